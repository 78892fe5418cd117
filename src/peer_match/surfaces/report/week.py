"""The week as a picture: when the person is free and when the suggested groups meet.

`week_picture` takes from the facts what the recipient of a decision may see; `drawing` turns it
into rectangles. The columns are the days from Monday; the clock is the person's own where it may
be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peer_match.decide.decision import Decision
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact
from peer_match.facts.group import Group
from peer_match.facts.observed import observe
from peer_match.facts.offsets import DAY, WEEK
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.facts.week import Availability, Meeting, Window, week_in_zone
from peer_match.surfaces.words import DAYS, HOURS_A_DAY, MINUTES_AN_HOUR, clock

AVAILABILITY, MEETINGS = "patient.availability", "group.meetings"

# Measures of the drawing, in its own units: about a pixel of a phone.
AXIS = 30  # width of the hours on the left
COLUMN = 45  # width of a day
HEAD = 18  # height of the names of the days
HOUR = 14  # height of an hour
MARGIN = 4  # below the last hour
GAP = 1  # between blocks that lie side by side
FIRST_HOUR = 7  # shown even when nothing happens then
LAST_HOUR = 22  # likewise
HOURS_BETWEEN_LABELS = 3  # so that labels do not touch


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one day, in minutes after 00:00; `end` is at most 24:00 and not included."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MeetingTime:
    """One weekly meeting of a target, on the clock of the picture."""

    target: str
    weekday: int
    start: int
    minutes: int
    formats: tuple[str, ...]
    length_assumed: bool
    weekly: bool | None


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """What may be drawn of a person's week. `free` is None where it is not known or not shown."""

    zone: str
    is_persons_zone: bool
    free: tuple[Stretch, ...] | None
    busy: tuple[Stretch, ...]
    meetings: tuple[MeetingTime, ...]
    without_zone: tuple[str, ...]


def week_picture(
    decision: Decision, patient: Patient, groups: Mapping[str, Group]
) -> WeekPicture | None:
    """The week of a decision's person, at its moment, or None where there is nothing to draw.

    `groups` are the groups by id. Only meetings of groups that fit are taken, and the person's
    free time only where the decision shows it to its recipient.
    """
    moment = Moment.at(
        datetime.fromisoformat(decision.as_of), datetime.fromisoformat(decision.known_at)
    )
    availability: Availability | None = None
    if _is_shown(decision, AVAILABILITY) and patient.id == decision.patient.id:
        availability = _value(patient.availability, AVAILABILITY, moment)
    suggested = (*decision.groups.eligible, *decision.groups.eligible_with_support)
    found: list[tuple[str, Meeting]] = []
    for one in suggested:
        group = groups.get(one.target)
        if group is not None:
            meetings = _value(group.meetings, MEETINGS, moment) or ()
            found.extend((one.target, meeting) for meeting in meetings)
    if availability is None and not found:
        return None
    zone = availability.zone if availability else _commonest(meeting.zone for _, meeting in found)
    if zone is None:
        return None
    placed = [(target, meeting) for target, meeting in found if meeting.zone is not None]
    unplaced = dict.fromkeys(target for target, meeting in found if meeting.zone is None)
    return WeekPicture(
        zone=zone,
        is_persons_zone=availability is not None,
        free=None if availability is None else _free(availability),
        busy=() if availability is None else _days(_covered(availability.busy)),
        meetings=tuple(_meeting_time(one, meeting, zone, moment) for one, meeting in placed),
        without_zone=tuple(unplaced),
    )


def _is_shown(decision: Decision, key: str) -> bool:
    reading = decision.facts.get(key)
    return reading is not None and reading.withheld is None


def _value(fact: Fact[Any], name: str, moment: Moment) -> Any | None:
    return observe(fact, CATALOGUE[name], None, moment).value


def _commonest(zones: Iterable[str | None]) -> str | None:
    counts = Counter(zone for zone in zones if zone is not None)
    return min(counts, key=lambda zone: (-counts[zone], zone), default=None)


def _meeting_time(target: str, meeting: Meeting, zone: str, moment: Moment) -> MeetingTime:
    begins = week_in_zone(meeting, zone, moment.as_of)
    return MeetingTime(
        target=target,
        weekday=begins.weekday,
        start=begins.start_minute,
        minutes=meeting.minutes,
        formats=tuple(sorted(meeting.formats)),
        length_assumed=meeting.length_assumed,
        weekly=meeting.weekly,
    )


def _free(availability: Availability) -> tuple[Stretch, ...]:
    """Free time less busy time; where only busy time is given, the rest of the week."""
    free = _covered(availability.free) if availability.free else [(0, WEEK)]
    left = free
    for start, end in _covered(availability.busy):
        left = [part for one in left for part in _without(one, start, end)]
    return _days(left)


def _without(one: tuple[int, int], start: int, end: int) -> Iterator[tuple[int, int]]:
    if one[0] < min(one[1], start):
        yield one[0], min(one[1], start)
    if max(one[0], end) < one[1]:
        yield max(one[0], end), one[1]


def _covered(windows: Iterable[Window]) -> list[tuple[int, int]]:
    """The minutes of the week that windows cover, as stretches in order that do not touch."""
    parts: list[tuple[int, int]] = []
    for window in windows:
        start = window.weekday * DAY + window.start_minute
        end = start + window.minutes
        parts.append((start, min(end, WEEK)))
        if end > WEEK:
            parts.append((0, min(end - WEEK, start)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _days(stretches: Iterable[tuple[int, int]]) -> tuple[Stretch, ...]:
    """Stretches of the week, cut at midnight."""
    return tuple(
        Stretch(day, max(start - day * DAY, 0), min(end - day * DAY, DAY))
        for start, end in stretches
        for day in range(start // DAY, -(-end // DAY))
    )


# -- drawing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle, in units of the drawing, with a number where it stands for a meeting."""

    x: int
    y: int
    width: int
    height: int
    number: int | None = None

    @property
    def middle(self) -> tuple[int, int]:
        """Where a number is written."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture of a week: rectangles, labels, and the same in words."""

    width: int
    height: int
    days: tuple[tuple[str, int], ...]
    hours: tuple[tuple[str, int], ...]
    columns: tuple[int, ...]
    free: tuple[Block, ...]
    busy: tuple[Block, ...]
    meetings: tuple[Block, ...]
    words: str


def drawing(picture: WeekPicture, numbers: Mapping[str, int]) -> Drawing:
    """The picture, with the meetings of the numbered targets only."""
    free = picture.free or ()
    meetings = [
        (numbers[one.target], part)
        for one in picture.meetings
        if one.target in numbers
        for part in _meeting_days(one)
    ]
    first, last = _hours([*free, *picture.busy, *(part for _, part in meetings)])
    height = HEAD + (last - first) * HOUR + MARGIN

    def block(one: Stretch, number: int | None = None, lane: int = 0, lanes: int = 1) -> Block:
        width = COLUMN // lanes
        return Block(
            x=AXIS + one.weekday * COLUMN + lane * width + GAP,
            y=HEAD + _down(one.start, first),
            width=width - 2 * GAP,
            height=max(_down(one.end, first) - _down(one.start, first), GAP),
            number=number,
        )

    return Drawing(
        width=AXIS + len(DAYS) * COLUMN,
        height=height,
        days=tuple((day, AXIS + at * COLUMN + COLUMN // 2) for at, day in enumerate(DAYS)),
        hours=tuple(
            (clock(hour * MINUTES_AN_HOUR), HEAD + (hour - first) * HOUR)
            for hour in range(first, last + 1)
            if hour % HOURS_BETWEEN_LABELS == 0
        ),
        columns=tuple(AXIS + at * COLUMN for at in range(len(DAYS) + 1)),
        free=tuple(block(one) for one in free),
        busy=tuple(block(one) for one in picture.busy),
        meetings=tuple(
            block(part, number, lane, lanes) for number, part, lane, lanes in _lanes(meetings)
        ),
        words=_words(picture, meetings),
    )


def _meeting_days(one: MeetingTime) -> tuple[Stretch, ...]:
    start = one.weekday * DAY + one.start
    return _days(
        (begin, end)
        for begin, end in ((start, min(start + one.minutes, WEEK)), (0, start + one.minutes - WEEK))
        if begin < end
    )


def _down(minute: int, first_hour: int) -> int:
    return (minute - first_hour * MINUTES_AN_HOUR) * HOUR // MINUTES_AN_HOUR


def _hours(stretches: Iterable[Stretch]) -> tuple[int, int]:
    """The first and last hour to show: a waking day, and whatever lies outside it."""
    first, last = FIRST_HOUR, LAST_HOUR
    for one in stretches:
        first = min(first, one.start // MINUTES_AN_HOUR)
        last = max(last, -(-one.end // MINUTES_AN_HOUR))
    return first, min(last, HOURS_A_DAY)


def _lanes(meetings: Iterable[tuple[int, Stretch]]) -> Iterator[tuple[int, Stretch, int, int]]:
    """Meetings at the same time side by side: (number, when, lane, how many lanes)."""
    together: list[tuple[int, Stretch]] = []
    until = -1
    for number, one in sorted(meetings, key=lambda m: (m[1].weekday, m[1].start, m[0])):
        start, end = (one.weekday * DAY + minute for minute in (one.start, one.end))
        if together and start >= until:
            yield from _side_by_side(together)
            together = []
        together.append((number, one))
        until = max(until, end)
    yield from _side_by_side(together)


def _side_by_side(
    together: list[tuple[int, Stretch]],
) -> Iterator[tuple[int, Stretch, int, int]]:
    ends: list[int] = []  # when each lane is free again
    placed: list[int] = []
    for _, one in together:
        lane = next((at for at, end in enumerate(ends) if end <= one.start), len(ends))
        ends[lane : lane + 1] = [one.end]
        placed.append(lane)
    for (number, one), lane in zip(together, placed, strict=True):
        yield number, one, lane, len(ends)


def _words(picture: WeekPicture, meetings: Iterable[tuple[int, Stretch]]) -> str:
    said = [f"Times on the clock of {picture.zone}."]
    if picture.free is None:
        said.append("The person's free time is not known or not shown.")
    else:
        said.append(f"Free: {_stretches(picture.free)}.")
    if picture.busy:
        said.append(f"Busy: {_stretches(picture.busy)}.")
    said.extend(f"Suggestion {number} meets {_stretch(one)}." for number, one in meetings)
    return " ".join(said)


def _stretches(stretches: Iterable[Stretch]) -> str:
    return ", ".join(_stretch(one) for one in stretches) or "at no time"


def _stretch(one: Stretch) -> str:
    return f"{DAYS[one.weekday]} {clock(one.start)} to {clock(one.end)}"


def times_words(picture: WeekPicture) -> dict[str, str]:
    """When each target meets: `Mon, Tue 19:00–20:00, in person; Sat 10:00–11:00, online`."""
    days: dict[str, dict[str, list[int]]] = {}
    for one in sorted(picture.meetings, key=lambda m: (m.weekday, m.start, m.minutes)):
        days.setdefault(one.target, {}).setdefault(_time(one), []).append(one.weekday)
    return {
        target: "; ".join(f"{_days_words(on)} {time}" for time, on in times.items())
        for target, times in days.items()
    }


def _days_words(weekdays: list[int]) -> str:
    on = sorted(set(weekdays))
    return "every day" if len(on) == len(DAYS) else ", ".join(DAYS[day] for day in on)


def _time(one: MeetingTime) -> str:
    end = (one.start + one.minutes) % DAY or DAY
    about = "about " if one.length_assumed else ""
    said = [f"{clock(one.start)}–{about}{clock(end)}"]
    if one.formats:
        said.append(" and ".join(_FORMATS[format] for format in one.formats))
    if one.weekly is not True:
        said.append("may not be every week")
    return ", ".join(said)


_FORMATS = {"in-person": "in person", "online": "online"}
