"""Rules, and what an engine says, made directly, with what a test does not care about filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from facts.stated import AS_OF
from peer_match import load_policy
from peer_match.decide.decision import Points, Reading, Score, Screening, Shortlist, Suggestion
from peer_match.policy.bind import Binder
from peer_match.policy.condition import Condition
from peer_match.policy.diagnostics import Diagnostic, as_text, start_of_file
from peer_match.policy.edit import Edit
from peer_match.policy.nodes import Scalar
from peer_match.policy.policy import (
    Finding,
    Grade,
    MustNot,
    Outcome,
    Plan,
    Policy,
    Prefer,
    Support,
)
from peer_match.policy.rule_files import IncludeShape, TaskShape
from peer_match.policy.units import Span

SHIPPED = load_policy()
"""The shipped pack, for its vocabularies and tables."""
HERE = start_of_file("rules/somewhere.yaml")
SUBJECTS = frozenset({"patient", "group", "facilitator", "mentor", "pair"})
TASK = TaskShape(title="Do it", role="clinician", within="7 days")


# -- sentences and rules ---------------------------------------------------------------------------


def _bound(sentence: str, reader: str) -> Any:
    problems: list[Diagnostic] = []
    found = getattr(Binder(SHIPPED.vocabularies, SUBJECTS, problems), reader)(
        Scalar(sentence, "plain", HERE)
    )
    assert found is not None, as_text(problems)
    return found


def condition(sentence: str) -> Condition:
    return _bound(sentence, "condition")


def edit(sentence: str) -> Edit:
    return _bound(sentence, "edit")


def grade(measure: str, *knots: tuple[int, int]) -> Grade:
    return Grade(_bound(measure, "measure")[0], knots)


def _header(id: str, **other: Any) -> dict[str, Any]:
    header: dict[str, Any] = {
        "id": id,
        "title": f"Title of {id}",
        "why": "For no reason.",
        "sources": (),
        "owner": "nobody",
        "status": "active",
        "effective": date(2020, 1, 1),
        "until": None,
        "review_by": date(2100, 1, 1),
        "position": HERE,
        "digest": f"digest of {id}",
    }
    return header | other


def must_not(id: str, when: str, **other: Any) -> MustNot:
    values: dict[str, Any] = {
        "target": "group",
        "floor": False,
        "outcome": "blocked",
        "cap": None,
        "if_unknown": "hold",
        "scope": (),
        "applies_to_existing": False,
        "override": None,
        "lifted_by": (),
        "shown_as_unavailable": False,
        "asks": None,
    }
    return MustNot(**_header(id, when=condition(when), **values | other))


def prefer(id: str, when: str | None, **other: Any) -> Prefer:
    values: dict[str, Any] = {
        "target": "group",
        "weight": 10,
        "dimension": "goals",
        "grade": None,
        "applies_when": None,
        "lifted_by": (),
        "side": "novice",
    }
    said = None if when is None else condition(when)
    return Prefer(**_header(id, when=said, **values | other))


def support(id: str, *provides: str, offered_when: str | None = None, **other: Any) -> Support:
    said = None if offered_when is None else condition(offered_when)
    values = {"task": TASK, "within": Span(7, "day")} | other
    edits = tuple(edit(one) for one in provides)
    return Support(**_header(id, offered_when=said, provides=edits, **values))


def plan(id: str, when: str | None = None, **other: Any) -> Plan:
    """A plan rule; what is not a field of the rule is what it includes."""
    values: dict[str, Any] = {"needs": "nothing", "if_unknown_include": False}
    own = {key: other.pop(key) for key in tuple(other) if key in values or key == "status"}
    said = None if when is None else condition(when)
    include = IncludeShape.model_validate(other)
    return Plan(**_header(id, when=said, include=include, **values | own))


def policy(*rules: Any, **other: Any) -> Policy:
    """Some rules on the vocabularies, the tables and the findings of the shipped pack."""
    kinds: dict[type, list[Any]] = {kind: [] for kind in (MustNot, Prefer, Finding, Support, Plan)}
    for one in rules:
        kinds[type(one)].append(one)
    return replace(
        SHIPPED,
        must_nots=tuple(kinds[MustNot]),
        prefers=tuple(kinds[Prefer]),
        findings=SHIPPED.findings | {one.id: one for one in kinds[Finding]},
        supports={one.id: one for one in kinds[Support]},
        plans=tuple(kinds[Plan]),
        **other,
    )


# -- what the engine says --------------------------------------------------------------------------


def score(low: int, high: int | None = None, weight: int = 1) -> Score:
    top = low if high is None else high
    return Score(low, top, low * weight, top * weight, weight)


def screening(rule: str, outcome: Outcome = "allowed", **other: Any) -> Screening:
    values: dict[str, Any] = {"truth": "yes", "facts": (), "unknown_facts": ()}
    return Screening(rule, outcome=outcome, **values | other)


def points(rule: str, low: int = 0, high: int = 0, **other: Any) -> Points:
    values: dict[str, Any] = {
        "side": "novice",
        "applies": "yes",
        "weight": 10_000,
        "grade_low": 0,
        "grade_high": 0,
        "measured": None,
        "facts": (),
        "unknown_facts": (),
    }
    return Points(rule, low=low, high=high, **values | other)


def suggestion(target: str, found: Score | None = None, **other: Any) -> Suggestion:
    values: dict[str, Any] = {
        "kind": "group",
        "name": f"Name of {target}",
        "outcome": "allowed",
        "existing": False,
        "screening": (),
        "passed": (),
        "points": (),
        "novice_score": None,
        "mentor_score": None,
        "supports": (),
        "changes": (),
    }
    return Suggestion(target, score=found, **values | other)


def shortlist(**lists: tuple[Suggestion, ...]) -> Shortlist:
    """The lists that a test names; the others are empty."""
    names = ("eligible", "eligible_with_support", "waiting", "blocked")
    return Shortlist(**{name: lists.get(name, ()) for name in names}, runner_up=None)


def reading(fact: str, subject: str = "patient", **other: Any) -> Reading:
    values: dict[str, Any] = {
        "privacy": "health",
        "meaning": f"the meaning of {fact}",
        "values": (),
        "complete": False,
        "unknown": "not recorded",
        "sources": (),
        "asked_of": "patient",
    }
    return Reading(fact, subject, **values | other)


def in_days(number: int) -> str:
    """The day so many days after the moment of the tests."""
    return (AS_OF.date() + (date(2026, 3, 2) - date(2026, 3, 1)) * number).isoformat()
