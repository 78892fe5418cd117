"""The week: when people are free, when groups meet, and whether the two go together.

Owns windows of a week, people's free time, weekly meetings, and the exact comparison of them,
occurrence by occurrence, over a horizon long enough to see every clock change of a year.

- Free and busy time is wall-clock time: somebody free from 18:00 is free from 18:00 on their own
  clock in every week. An instant is free when the clock shows a free and no busy minute then.
- A meeting starts at a wall-clock time of its own zone and lasts for elapsed minutes. `Offsets.utc`
  says what a start means that the clocks skip or show twice.
- A horizon is a number of weeks; 54 hold every clock change of a year, with a margin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from peer_match.facts.offsets import DAY, WEEK, Offsets, datetime_of, minute_of, offsets
from peer_match.facts.provenance import Frozen
from peer_match.facts.zones import zone

HORIZON_WEEKS = 54

# Bit n of a whole number stands for minute n: of the week (Monday 00:00 is 0), or of a span.
_WHOLE_WEEK = (1 << WEEK) - 1
# Nobody who is ever busy can travel for longer; it also bounds the spans that are looked at.
_LONGEST_TRAVEL = 2 * WEEK
_MOST_WEEKS = 5_200

Weekday = Annotated[int, Field(ge=0, le=6, description="0 is Monday, 6 is Sunday")]
StartMinute = Annotated[int, Field(ge=0, lt=DAY, description="minutes after 00:00")]
Minutes = Annotated[int, Field(ge=1, le=WEEK, description="a length, in minutes")]
Format = Literal["in-person", "online"]


def _known_zone(name: str) -> str:
    zone(name)
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class Window(Frozen):
    """A stretch of every week, on the wall clock. It may run past midnight and past Sunday."""

    weekday: Weekday
    start_minute: StartMinute
    minutes: Minutes


def _ordered(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple(sorted(set(windows), key=lambda w: (w.weekday, w.start_minute, w.minutes)))


Windows = Annotated[tuple[Window, ...], AfterValidator(_ordered)]


class Availability(Frozen):
    """When a person is free in a week, on the clock of their zone.

    `busy` (work, caring for somebody) wins over `free`. Where only `busy` is given, the rest of
    the week is free. The order of windows means nothing; they are kept sorted.
    """

    zone: ZoneName
    free: Windows = ()
    busy: Windows = ()

    @model_validator(mode="after")
    def _says_something(self) -> Availability:
        if not self.free and not self.busy:
            # Silence is not knowing; it must not read as "never free" or "always free".
            raise ValueError("neither a free nor a busy window is given; leave the fact unknown")
        return self


class Meeting(Frozen):
    """A weekly meeting, on the clock of its zone.

    `zone` None and empty `formats` mean that it is not known. `length_assumed` says that `minutes`
    was not stated. `weekly` is False or None when notes say, or may say, that it does not take
    place every week; occurrences are counted as if it did.
    """

    id: str = Field(min_length=1)
    weekday: Weekday
    start_minute: StartMinute
    minutes: Minutes
    zone: ZoneName | None
    formats: frozenset[Format]
    name: str | None = None
    length_assumed: bool = False
    weekly: bool | None = True


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a meeting takes place, as aware datetimes in UTC; the end is not included."""

    start_utc: datetime
    end_utc: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """How many `of` the occurrences somebody can attend: surely (low) and possibly (high)."""

    attended_low: int
    attended_high: int
    of: int


class WeekTime(NamedTuple):
    """A time of the week: `weekday` 0 is Monday, `start_minute` counts from 00:00."""

    weekday: int
    start_minute: int


def occurrences(
    meeting: Meeting, start: datetime, weeks: int = HORIZON_WEEKS
) -> tuple[Occurrence, ...]:
    """The first `weeks` times that the meeting begins at or after `start` (aware).

    Raises ValueError for a meeting whose zone is not known.
    """
    return tuple(
        Occurrence(datetime_of(first), datetime_of(first + meeting.minutes))
        for first in _starts_of(meeting, minute_of(start), weeks)
    )


def share_attendable(
    meeting: Meeting,
    availability: Availability,
    *,
    start: datetime,
    weeks: int = HORIZON_WEEKS,
    travel_minutes: tuple[int, int] | None,
    in_person: bool,
) -> Share:
    """How many of the first `weeks` occurrences from `start` (aware) fit into the free time.

    An occurrence fits when the person is free during all of it and, `in_person`, of the way there
    and back. `travel_minutes` is the shortest and longest time that one way can take, None when it
    is not known; online nobody travels.

    What is not known widens the answer: a travel time, a zone, or whether the meeting is held in
    this format at all. A format known not to be offered gives 0.
    """
    _check_weeks(weeks)
    wanted: Format = "in-person" if in_person else "online"
    if meeting.formats and wanted not in meeting.formats:
        return Share(0, 0, weeks)
    if meeting.zone is None:
        return Share(0, weeks, weeks)
    least, most = _travel(travel_minutes) if in_person else (0, 0)
    free = _free_week(availability.free, availability.busy)
    series = (meeting.zone, _minute_of_week(meeting), minute_of(start), weeks)
    high = _attended(series, meeting.minutes, least, free, availability.zone)
    if most is None or not meeting.formats:
        return Share(0, high, weeks)
    low = (
        high if most == least else _attended(series, meeting.minutes, most, free, availability.zone)
    )
    return Share(low, high, weeks)


def common_minutes(
    a: Availability, b: Availability, *, start: datetime, weeks: int = HORIZON_WEEKS
) -> tuple[int, int]:
    """The fewest and the most minutes that both are free in any one week of the horizon.

    Weeks run from Monday 00:00 on the calendar of either person, beginning with the first full
    week from `start` (aware); both calendars count, so the order of the two makes no difference.
    Minutes are elapsed: an hour that the clocks show twice counts twice.
    """
    _check_weeks(weeks)
    first = minute_of(start)
    end = first + (weeks + 2) * WEEK
    clocks = {one.zone: offsets(one.zone, first - WEEK, end) for one in (a, b)}
    shared: list[int] = []
    for calendar in clocks.values():
        mondays = _weekly(0, first, weeks + 1, calendar)
        for monday, next_monday in pairwise(mondays):
            free_a, free_b = (
                _free_span(_free_week(one.free, one.busy), clocks[one.zone], monday, next_monday)
                for one in (a, b)
            )
            shared.append((free_a & free_b).bit_count())
    return min(shared), max(shared)


def week_in_zone(meeting: Meeting, zone: str, at: datetime) -> WeekTime:
    """When the meeting begins on the clock of `zone`, in the week that holds `at` (aware) there.

    The week runs from Monday 00:00 in `zone`. Where a clock change leaves none or two in it, the
    first from that Monday on is meant. Raises UnknownZone, and ValueError for a meeting whose own
    zone is not known.
    """
    moment = minute_of(at)
    clock = offsets(zone, moment - 2 * WEEK, moment + 2 * WEEK)
    wall = moment + clock.at(moment)
    [begins] = _starts_of(meeting, clock.utc(wall - wall % WEEK), 1)
    return WeekTime(*divmod((begins + clock.at(begins)) % WEEK, DAY))


def _check_weeks(weeks: int) -> None:
    if not 1 <= weeks <= _MOST_WEEKS:
        raise ValueError(f"a horizon of {weeks} weeks; it must be between 1 and {_MOST_WEEKS}")


def _travel(travel_minutes: tuple[int, int] | None) -> tuple[int, int | None]:
    if travel_minutes is None:
        return 0, None
    least, most = travel_minutes
    if not 0 <= least <= most:
        raise ValueError(f"travel of {least} to {most} minutes; expected 0 <= shortest <= longest")
    return min(least, _LONGEST_TRAVEL), min(most, _LONGEST_TRAVEL)


def _minute_of_week(meeting: Meeting) -> int:
    return meeting.weekday * DAY + meeting.start_minute


def _starts_of(meeting: Meeting, first: int, weeks: int) -> tuple[int, ...]:
    if meeting.zone is None:
        raise ValueError(f"the time zone of meeting `{meeting.id}` is not known")
    return _starts(meeting.zone, _minute_of_week(meeting), first, weeks)


@lru_cache(maxsize=16_384)
def _starts(zone_name: str, minute_of_week: int, first: int, weeks: int) -> tuple[int, ...]:
    _check_weeks(weeks)
    clock = offsets(zone_name, first - WEEK, first + (weeks + 1) * WEEK)
    return _weekly(minute_of_week, first, weeks, clock)


def _weekly(minute_of_week: int, first: int, count: int, clock: Offsets) -> tuple[int, ...]:
    """The first `count` UTC minutes, from `first` on, that a weekly wall-clock time means."""
    now = first + clock.at(first)
    wall = now - (now - minute_of_week) % WEEK
    while clock.utc(wall) < first:
        wall += WEEK
    return tuple(clock.utc(wall + week * WEEK) for week in range(count))


def _attended(
    series: tuple[str, int, int, int], minutes: int, travel: int, free: int, zone_name: str
) -> int:
    """How many starts of a series (the arguments of `_starts`) lie in free time, way included."""
    length = minutes + 2 * travel
    whole = (1 << length) - 1
    margin = DAY if minutes + travel <= DAY else WEEK + _LONGEST_TRAVEL
    ordinary, unsettled, clock = _seen_from(zone_name, *series, margin)
    attended = sum(
        times
        for begins, times in ordinary
        if _stretch(free, (begins - travel) % WEEK, length) == whole
    )
    for start in unsettled:
        first = start - travel
        attended += _free_span(free, clock, first, first + length) == whole
    return attended


@lru_cache(maxsize=16_384)
def _seen_from(
    viewer_zone: str, zone_name: str, minute_of_week: int, first: int, weeks: int, margin: int
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...], Offsets]:
    """The starts of a series on a viewer's clock.

    Most weeks look alike there, so a start with no change of that clock within `margin` minutes
    is counted under its minute of the week: (minute of the week, how many). The others follow as
    they are, in UTC, and the clock to judge them by.
    """
    starts = _starts(zone_name, minute_of_week, first, weeks)
    clock = offsets(viewer_zone, starts[0] - margin, starts[-1] + margin)
    ordinary: Counter[int] = Counter()
    unsettled: list[int] = []
    for start in starts:
        [(_, _, offset), *changes] = clock.pieces(start - margin, start + margin)
        if changes:
            unsettled.append(start)
        else:
            ordinary[(start + offset) % WEEK] += 1
    return tuple(ordinary.items()), tuple(unsettled), clock


def _free_span(free: int, clock: Offsets, first: int, end: int) -> int:
    """The free minutes of [first, end) in UTC: bit n stands for minute `first + n`."""
    span = 0
    for since, until, offset in clock.pieces(first, end):
        span |= _stretch(free, (since + offset) % WEEK, until - since) << (since - first)
    return span


def _stretch(free: int, minute_of_week: int, minutes: int) -> int:
    """`minutes` bits of the endlessly repeated week, beginning at a minute of the week."""
    repeats = -(-(minute_of_week + minutes) // WEEK)
    repeated = sum(free << week * WEEK for week in range(repeats))
    return repeated >> minute_of_week & (1 << minutes) - 1


@lru_cache(maxsize=4096)
def _free_week(free: tuple[Window, ...], busy: tuple[Window, ...]) -> int:
    return (_covered(free) if free else _WHOLE_WEEK) & ~_covered(busy)


def _covered(windows: Iterable[Window]) -> int:
    covered = 0
    for window in windows:
        bits = (1 << window.minutes) - 1 << window.weekday * DAY + window.start_minute
        covered |= (bits | bits >> WEEK) & _WHOLE_WEEK
    return covered
