"""Whether a condition holds: three-valued, one sentence at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from peer_match.decide.case import Facts
from peer_match.decide.timeline import Timeline
from peer_match.facts.observed import Observed
from peer_match.facts.provenance import PartialDate
from peer_match.facts.truth import Truth, all_of, any_of, negation
from peer_match.policy.condition import (
    AllOf,
    AmountIs,
    AnyOf,
    CodeIs,
    Condition,
    DateAgo,
    DateIs,
    DateWithin,
    EventCount,
    Holds,
    Includes,
    IsKnown,
    MeasureCall,
    Not,
    Overdue,
    PointsFell,
    Quantifier,
    YesNoIs,
)
from peer_match.policy.measures import MEASURES, Interval
from peer_match.policy.policy import Finding


@dataclass(frozen=True, slots=True)
class World:
    """What a condition is evaluated against: the facts, the findings, the moment, and the history
    up to then, where it is known."""

    facts: Facts
    findings: Mapping[str, Finding]
    as_of: datetime
    timeline: Timeline | None = None

    def on(self, facts: Facts) -> World:
        """The same moment and findings, on other facts."""
        return replace(self, facts=facts)


def evaluate(condition: Condition, world: World) -> Truth:
    """Whether a condition holds."""
    match condition:
        case AllOf(parts):
            return all_of(evaluate(part, world) for part in parts)
        case AnyOf(parts):
            return any_of(evaluate(part, world) for part in parts)
        case Not(part):
            return negation(evaluate(part, world))
        case Holds(finding=finding):
            found = world.findings[finding]
            if not found.in_force(world.as_of.date()):
                return Truth.UNKNOWN
            return evaluate(found.when, world)
        case CodeIs():
            return _code_is(condition, world.facts.observed(condition.fact))
        case YesNoIs(fact=fact, value=value):
            seen = world.facts.observed(fact).value
            return Truth.UNKNOWN if seen is None else Truth.of(seen == value)
        case Includes():
            return _includes(condition, world)
        case AmountIs(subject=subject, low=low, high=high):
            return _within(amount(subject, world), low, high)
        case DateIs() | DateAgo() | DateWithin():
            seen = world.facts.observed(condition.fact).value
            if not isinstance(seen, PartialDate):
                return Truth.UNKNOWN
            return _date(condition, seen, world.as_of)
        case IsKnown(fact=fact, known=known):
            return Truth.of((world.facts.observed(fact).unknown is None) == known)
        case EventCount() | PointsFell() | Overdue():
            return Truth.UNKNOWN if world.timeline is None else world.timeline.truth(condition)


def _code_is(condition: CodeIs, seen: Observed) -> Truth:
    if seen.unknown is not None:
        return Truth.UNKNOWN
    found = any_of(seen.holds(code) for code in condition.codes)
    return negation(found) if condition.negated else found


def _includes(condition: Includes, world: World) -> Truth:
    """On an open list a value is there or unknown, never known to be missing."""
    seen = world.facts.observed(condition.fact)
    if condition.other is None:
        asked = tuple((Truth.YES, seen.holds(code)) for code in condition.codes)
    else:
        asked = _asked_by_another(world.facts.observed(condition.other), seen)
    if condition.quantifier is Quantifier.ALL:
        return all_of(any_of((negation(wanted), held)) for wanted, held in asked)
    found = any_of(all_of((wanted, held)) for wanted, held in asked)
    return negation(found) if condition.quantifier is Quantifier.NONE else found


def _asked_by_another(other: Observed, seen: Observed) -> Iterator[tuple[Truth, Truth]]:
    """For each value that another fact may have: whether it has it, and whether `seen` holds it.

    An open list may also have something that no vocabulary names, which an open list may hold.
    """
    assert other.vocabulary is not None
    for code in other.vocabulary.codes:
        yield other.states(code), seen.holds(code)
    if not other.complete:
        yield Truth.UNKNOWN, Truth.NO if seen.complete else Truth.UNKNOWN


def amount(subject: str | MeasureCall, world: World) -> Interval:
    """The lowest and highest value that a quantity or a measure can have, in base units."""
    if isinstance(subject, MeasureCall):
        observed = [world.facts.observed(name) for name in subject.facts]
        return MEASURES[subject.measure].compute(observed, subject.numbers, world.as_of)
    value = world.facts.observed(subject).value
    return Interval(0, None) if value is None else Interval(int(value), int(value))


def _within(seen: Interval, low: int | None, high: int | None) -> Truth:
    """Yes when every value that the quantity can have is within, no when none is."""
    above = low is None or seen.low >= low
    below = high is None or (seen.high is not None and seen.high <= high)
    if above and below:
        return Truth.YES
    too_low = low is not None and seen.high is not None and seen.high < low
    too_high = high is not None and seen.low > high
    return Truth.NO if too_low or too_high else Truth.UNKNOWN


def _date(condition: DateIs | DateAgo | DateWithin, seen: PartialDate, as_of: datetime) -> Truth:
    match condition:
        case DateIs(before=before, day=day):
            limit = day or as_of.date()
            surely = seen.latest < limit if before else seen.earliest > limit
            never = seen.earliest >= limit if before else seen.latest <= limit
            return _decided(surely, never)
        case DateAgo(span=span, at_least=at_least):
            found = _at_or_before(seen, span.before(as_of))
            return found if at_least else negation(found)
        case DateWithin(span=span):
            return all_of((_after(seen, span.before(as_of)), _at_or_before(seen, as_of)))


def _at_or_before(seen: PartialDate, moment: datetime) -> Truth:
    if seen.instant is not None:
        return Truth.of(seen.instant <= moment)
    return _decided(seen.latest <= moment.date(), seen.earliest > moment.date())


def _after(seen: PartialDate, moment: datetime) -> Truth:
    """Later than a moment. A date without a time counts from the day after the moment's."""
    if seen.instant is not None:
        return Truth.of(seen.instant > moment)
    day: date = moment.date()
    return _decided(seen.earliest > day, seen.latest <= day)


def _decided(surely: bool, never: bool) -> Truth:
    if surely:
        return Truth.YES
    return Truth.NO if never else Truth.UNKNOWN
