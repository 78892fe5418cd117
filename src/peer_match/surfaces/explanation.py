"""One suggestion as JSON: with what every output says, and with all that it refers to."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.decide.decision import Decision, Score, Suggestion

ENVELOPE = (
    "schema_version",
    "engine_version",
    "tzdata_version",
    "policy",
    "patient",
    "as_of",
    "known_at",
    "safety",
    "recipient",
)
"""The fields of a decision that say what it rests on, for whom it is and what it does not say."""


def explanation(decision: Decision, one: Suggestion) -> dict[str, object]:
    """A suggestion of a decision in the envelope of that decision.

    `facts` and `rules` are those of the decision that the suggestion refers to, by their keys;
    what its recipient is not told of is in neither.
    """
    facts, rules = set(_facts(one)), set(_rules(one))
    return {
        **{name: getattr(decision, name) for name in ENVELOPE},
        "suggestion": one,
        "facts": {key: seen for key, seen in decision.facts.items() if key in facts},
        "rules": {id: rule for id, rule in decision.rules.items() if id in rules},
    }


def _facts(one: Suggestion) -> Iterable[str]:
    for said in (*one.screening, *one.points):
        yield from (*said.facts, *said.unknown_facts)
    for change in one.changes:
        yield from change.answers


def _rules(one: Suggestion) -> Iterable[str]:
    yield from (said.rule for said in (*one.screening, *one.points))
    yield from (*one.passed, *one.supports)
    for change in one.changes:
        yield from change.supports
    for score in (one.score, one.novice_score, one.mentor_score):
        yield from _caps(score)


def _caps(score: Score | None) -> tuple[str, ...]:
    return () if score is None else score.capped_by
