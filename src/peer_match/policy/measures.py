"""The named measures: quantities computed from facts of both sides.

A measure is a phrase with places for facts and numbers, a unit, and a pure function from what is
known to the lowest and highest value it can have. To add one, add a row to `MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from peer_match.facts.catalogue import Kind
from peer_match.facts.observed import Observed
from peer_match.facts.place import Place, metres_between
from peer_match.facts.truth import Truth
from peer_match.facts.week import Availability, Meeting, common_minutes, share_attendable
from peer_match.policy.units import Dimension

HORIZON_WEEKS = 54  # every daylight-saving change of a year, and a margin
PERCENT = 100
METRES_A_KILOMETRE = 1_000
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """The lowest and highest value a quantity can have, both included; None has no limit."""

    low: int
    high: int | None


Compute = Callable[[Sequence[Observed], Sequence[int], datetime], Interval]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    `phrase` marks the places of facts with `{}` and of whole numbers with `#`; `kinds` are the
    kinds of fact that its places take, in order.
    """

    id: str
    phrase: str
    kinds: tuple[Kind, ...]
    dimension: Dimension
    meaning: str
    compute: Compute


def _distance(facts: Sequence[Observed], numbers: Sequence[int], at: datetime) -> Interval:
    one, other = (fact.value for fact in facts)
    if isinstance(one, Place) and isinstance(other, Place):
        metres = metres_between(one, other)
        if metres is not None:
            return Interval(metres, metres)
    return Interval(0, None)


def _share_met(facts: Sequence[Observed], numbers: Sequence[int], at: datetime) -> Interval:
    wanted, offered = facts
    if wanted.unknown is not None:
        return Interval(0, PERCENT)
    if not wanted.values:
        return Interval(0, 0)
    truths = [offered.holds(value) for value in wanted.values]
    met, unsure = truths.count(Truth.YES), truths.count(Truth.UNKNOWN)
    return Interval(PERCENT * met // len(truths), PERCENT * (met + unsure) // len(truths))


def _share_attendable(facts: Sequence[Observed], numbers: Sequence[int], at: datetime) -> Interval:
    """The best meeting of the group counts: nobody needs to attend every one of them.

    A meeting of which it is not known how it is held, or whether it is held every week, can raise
    the high end of the range only.
    """
    meetings_fact, availability_fact, home, place = facts
    meetings, availability = meetings_fact.value, availability_fact.value
    if meetings is None or not isinstance(availability, Availability):
        return Interval(0, PERCENT)
    travel = _travel_minutes(home, place, numbers[0], at)
    ways = {"in-person": (travel, True), "online": (_NO_WAY, False)}
    best_low = best_high = 0
    for meeting in cast("tuple[Meeting, ...]", meetings):
        for way in meeting.formats or ways:
            minutes, in_person = ways.get(way, (_NO_WAY, False))
            share = share_attendable(
                meeting,
                availability,
                start=at,
                weeks=HORIZON_WEEKS,
                travel_minutes=minutes,
                in_person=in_person,
            )
            best_high = max(best_high, PERCENT * share.attended_high // share.of)
            if meeting.weekly and meeting.formats:
                best_low = max(best_low, PERCENT * share.attended_low // share.of)
    return Interval(best_low, best_high)


_NO_WAY = (0, 0)


def _travel_minutes(
    home: Observed, place: Observed, kilometres_an_hour: int, at: datetime
) -> tuple[int, int] | None:
    distance = _distance((home, place), (), at)
    if distance.high is None:
        return None
    minutes = -(-distance.high * MINUTES_AN_HOUR // (kilometres_an_hour * METRES_A_KILOMETRE))
    return minutes, minutes


def _common_time(facts: Sequence[Observed], numbers: Sequence[int], at: datetime) -> Interval:
    one, other = (fact.value for fact in facts)
    if isinstance(one, Availability) and isinstance(other, Availability):
        low, _ = common_minutes(one, other, start=at, weeks=HORIZON_WEEKS)
        return Interval(low, low)
    return Interval(0, None)


MEASURES: dict[str, Measure] = {
    measure.id: measure
    for measure in (
        Measure(
            "travel-distance",
            "travel distance from {} to {}",
            (Kind.PLACE, Kind.PLACE),
            "distance",
            "The great-circle distance between two places. Unknown when a place is unknown or "
            "is only the middle of an area.",
            _distance,
        ),
        Measure(
            "share-met",
            "share of {} met by {}",
            (Kind.CODES, Kind.CODES),
            "share",
            "Of the values of the first set, the percentage that the second set has, rounded "
            "down. 0 when the first set is known to be empty.",
            _share_met,
        ),
        Measure(
            "share-attendable",
            "share of {} within {} travelling from {} to {} at # km an hour",
            (Kind.MEETINGS, Kind.AVAILABILITY, Kind.PLACE, Kind.PLACE),
            "share",
            "Of the occurrences of the group's best meeting in the next 54 weeks, the percentage "
            "that lies within the person's free time with the way there and back, rounded down. "
            "Each occurrence is checked in real time zones; online meetings need no way.",
            _share_attendable,
        ),
        Measure(
            "common-time",
            "time shared by {} and {}",
            (Kind.AVAILABILITY, Kind.AVAILABILITY),
            "duration",
            "Minutes a week that both people are free, in the worst of the next 54 weeks.",
            _common_time,
        ),
    )
}
