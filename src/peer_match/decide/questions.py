"""The next best questions: the unknowns whose answers could change the ranking most.

It falls out of the ranges. For each unknown fact:
1. In a target that waits, an answer that it waits for could bring it in: the swing is how far the
   top of its range lies above the low end of the present first, or all of it where nothing fits.
   Answers that could keep it apart all the same come after, with no swing of their own.
2. In an eligible target, the swing is the width of its score that this fact accounts for, where
   that can change the first place: in the first itself, and in others that could pass it.
3. Where the answer could keep eligible targets apart, the swing is how far the best of them lies
   above the best of those that would be left, or all of it where none would be. So what is not
   known of a person's safety comes first: it could change everything.
Questions come in the order of swing, then reach (how many targets), then those about the person,
then fact. What a person declined to say is not asked again, and what concerns another person is
never a question.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from peer_match.decide.decision import FULL_SCORE, Question, Reading, Suggestion
from peer_match.policy.policy import Policy

KEEPS_APART = ("hold", "blocked")
MOST_QUESTIONS = (
    12  # a page of questions; the ranges of the others are in the decision all the same
)


@dataclass
class _Tally:
    swing: int = 0
    targets: set[str] = field(default_factory=set[str])
    rules: set[str] = field(default_factory=set[str])

    def add(self, target: str, swing: int, rule: str) -> None:
        self.swing = max(self.swing, swing)
        self.targets.add(target)
        self.rules.add(rule)


def questions(
    policy: Policy,
    eligible: Iterable[Suggestion],
    waiting: Iterable[Suggestion],
    facts: Mapping[str, Reading],
    hidden: frozenset[str],
) -> tuple[Question, ...]:
    """The questions worth asking, best first (steps 1 and 2 of this module).

    `eligible` and `waiting` are of one kind, groups or mentors. `hidden` are the rules whose
    outcome is shown as plain unavailability: what they lack is not asked, since the question would
    tell.
    """
    ranked, held = tuple(eligible), tuple(waiting)
    leader_low = next((one.score.low for one in ranked if one.score is not None), 0)
    tallies: dict[str, _Tally] = {}
    for one in ranked:
        if one.score is None or one.score.high < leader_low:
            continue
        for points in one.points:
            side = one.mentor_score if points.side == "mentor" else one.novice_score
            weight = (side or one.score).denominator
            for key in points.unknown_facts:
                width = (points.high - points.low) // max(weight, 1)
                tallies.setdefault(key, _Tally()).add(one.target, width, points.rule)
        for screening in one.screening:
            for key in screening.unknown_facts:
                if screening.rule not in hidden:
                    tallies.setdefault(key, _Tally()).add(one.target, 0, screening.rule)
    for key, rules in _could_be_lost(ranked, hidden).items():
        swing = _loss(ranked, rules)
        for target, rule in rules.items():
            if key in tallies:
                tallies[key].add(target, swing, rule)
    for one in held:
        high = one.score.high if one.score is not None else FULL_SCORE
        for screening in one.screening:
            worst = screening.at_worst or screening.outcome
            if worst not in KEEPS_APART or screening.rule in hidden:
                continue
            waits = screening.outcome == "hold"
            for key in screening.unknown_facts:
                swing = max(high - leader_low, 0) if waits else 0
                tallies.setdefault(key, _Tally()).add(one.target, swing, screening.rule)
    found = (_question(policy, tally, facts[key]) for key, tally in tallies.items())
    return best(one for one in found if one is not None)


def _could_be_lost(
    ranked: Iterable[Suggestion], hidden: frozenset[str]
) -> dict[str, dict[str, str]]:
    """For each unknown fact the eligible targets that an answer could keep apart, and by which
    rule."""
    found: dict[str, dict[str, str]] = {}
    for one in ranked:
        for screening in one.screening:
            if screening.at_worst in KEEPS_APART and screening.rule not in hidden:
                for key in screening.unknown_facts:
                    found.setdefault(key, {})[one.target] = screening.rule
    return found


def _loss(ranked: Iterable[Suggestion], lost: Container[str]) -> int:
    """How far the best of the targets that could be lost lies above the best of the others."""
    scores = {one.target: one.score for one in ranked if one.score is not None}
    most = max((score.high for target, score in scores.items() if target in lost), default=0)
    left = max((score.low for target, score in scores.items() if target not in lost), default=0)
    return max(most - left, 0)


def best(found: Iterable[Question]) -> tuple[Question, ...]:
    """Questions in the order of swing, then reach, then fact, each fact once."""
    ranked = sorted(found, key=_place)
    return tuple(_first_of_each_fact(ranked))[:MOST_QUESTIONS]


def _place(one: Question) -> tuple[int, int, bool, str, str]:
    return -one.swing, -one.reach, one.about != "patient", one.about, one.fact


def _first_of_each_fact(found: Iterable[Question]) -> Iterator[Question]:
    """One question for each fact: of many groups that lack it, about the one that matters most."""
    seen: set[str] = set()
    for one in found:
        if one.fact not in seen:
            seen.add(one.fact)
            yield one


def _question(policy: Policy, tally: _Tally, reading: Reading) -> Question | None:
    """None where nobody is asked."""
    if reading.asked_of is None:
        return None
    item = next((one for one in policy.intake if one.fact == reading.fact), None)
    return Question(
        fact=reading.fact,
        about=reading.subject,
        asks=item.asks if item is not None else f"What is {reading.meaning}?",
        asked_of=reading.asked_of,
        reach=len(tally.targets),
        swing=tally.swing,
        rules=tuple(sorted(tally.rules)),
    )
