"""Scoring: what every `prefer` gives one target, as a range.

Steps:
1. A rule whose `applies_when` is no has no say; unknown counts as applying, with 0 to its weight.
2. Its weight is scaled by the person's priority for its dimension (a percentage of the pack).
3. `when` gives all or nothing; a measure gives a grade read off straight lines. What is unknown
   gives a range, and so does an error.
4. Score = floor(sum of points / sum of weights), out of 10,000, rounded once, here.
"""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.decide.decision import FULL_SCORE, Points, Score
from peer_match.decide.evaluate import World, amount, evaluate
from peer_match.facts.truth import Truth
from peer_match.policy.measures import MEASURES, PERCENT, Interval
from peer_match.policy.policy import Grade, Prefer
from peer_match.policy.units import show_amount

GRADES_A_PERCENT = FULL_SCORE // PERCENT
USUAL = PERCENT


def score_rule(rule: Prefer, world: World, facts: tuple[str, ...], priority: int) -> Points:
    """What one rule gives (steps 1 to 3 of this module).

    `facts` are those that the rule reads; `priority` is the person's, in percent.
    """
    seen = world.facts
    keys = tuple(seen.key(name) for name in facts)
    weight = rule.weight * priority
    try:
        applies = Truth.YES if rule.applies_when is None else evaluate(rule.applies_when, world)
        low, high, measured = _grades(rule, world)
        said = applies.value
    except Exception:  # an erroring preference widens the range; it never passes as a zero
        applies, low, high, measured, said = Truth.UNKNOWN, 0, FULL_SCORE, None, "error"
    if applies is Truth.NO:
        return Points(rule.id, rule.side, "no", 0, 0, 0, 0, 0, None, keys, ())
    if applies is Truth.UNKNOWN:
        low, high = 0, FULL_SCORE
    unknown: tuple[str, ...] = ()
    if low != high:
        unknown = tuple(seen.key(one) for one in facts if seen.observed(one).unknown is not None)
    return Points(
        rule.id,
        rule.side,
        said,
        weight * FULL_SCORE,
        weight * low,
        weight * high,
        low,
        high,
        measured,
        keys,
        unknown,
    )


def _grades(rule: Prefer, world: World) -> tuple[int, int, str | None]:
    if rule.grade is not None:
        measured = amount(rule.grade.measure, world)
        low, high = grade_range(rule.grade, measured)
        return low, high, _show(rule.grade, measured)
    assert rule.when is not None
    truth = evaluate(rule.when, world)
    if truth is Truth.UNKNOWN:
        return 0, FULL_SCORE, None
    share = FULL_SCORE if truth is Truth.YES else 0
    return share, share, None


def _show(grade: Grade, measured: Interval) -> str:
    dimension = MEASURES[grade.measure.measure].dimension
    if measured.high is None:
        return "unknown"
    low, high = show_amount(measured.low, dimension), show_amount(measured.high, dimension)
    return low if low == high else f"{low} to {high}"


def grade_range(grade: Grade, measured: Interval) -> tuple[int, int]:
    """The lowest and highest grade, in ten-thousandths, that a measured range can have.

    The ends of the range and every knot inside it are tried: between knots the lines are straight.
    """
    inside = [
        knot
        for knot, _ in grade.knots
        if knot > measured.low and (measured.high is None or knot < measured.high)
    ]
    ends = [measured.low, grade.knots[-1][0] if measured.high is None else measured.high]
    grades = [grade_at(grade, one) for one in (*inside, *ends)]
    return min(grades), max(grades)


def grade_at(grade: Grade, measured: int) -> int:
    """The grade of one amount, in ten-thousandths: straight lines between knots, rounded down."""
    before: tuple[int, int] | None = None
    for knot, percent in grade.knots:
        if measured == knot:
            return percent * GRADES_A_PERCENT
        if measured < knot:
            if before is None:
                return percent * GRADES_A_PERCENT
            start, start_percent = before
            parts = start_percent * (knot - measured) + percent * (measured - start)
            return GRADES_A_PERCENT * parts // (knot - start)
        before = (knot, percent)
    return grade.knots[-1][1] * GRADES_A_PERCENT


def total(points: Iterable[Points], caps: Iterable[tuple[str, int, bool]]) -> Score | None:
    """The score of some rules' points (step 4), or None when no rule applies.

    `caps` are (rule, highest score, certain). A certain cap limits both ends of the range, an
    uncertain one only the low end: the high end is reached if the cap turns out not to apply.
    """
    given = [one for one in points if one.applies != "no"]
    weight = sum(one.weight for one in given) // FULL_SCORE
    if weight == 0:
        return None
    numerator_low = sum(one.low for one in given)
    numerator_high = sum(one.high for one in given)
    low, high = numerator_low // weight, numerator_high // weight
    capped: list[str] = []
    for rule, limit, certain in sorted(caps):
        if certain and limit < high:
            high = limit
            capped.append(rule)
        if limit < low:
            low = limit
            capped.append(rule)
    return Score(low, high, numerator_low, numerator_high, weight, tuple(dict.fromkeys(capped)))
