"""Windows and meetings as people write them: `Mon 18:00-21:00`, `Tue 19:00 60 minutes`.

Owns this small notation of rule examples and files, both ways. Clocks have 24 hours; an end may be
24:00. What cannot be read raises a ValueError that names every problem of the text at once.
"""

from __future__ import annotations

import re
from typing import get_args

from peer_match.facts.offsets import DAY, WEEK
from peer_match.facts.week import Format, Meeting, Window
from peer_match.facts.zones import UnknownZone, zone

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORMATS: tuple[Format, ...] = get_args(Format)

_HOUR = 60
_SHORT = 3  # letters of a weekday's short name
_NUMBER_OF = {
    name: number
    for number, day in enumerate(WEEKDAYS)
    for name in (day.casefold(), day[:_SHORT].casefold())
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_WINDOW = re.compile(
    r"\s*(?P<day>\w+)\s+(?P<start>[\w:.]+)\s*[-–]\s*((?P<end_day>[^\W\d]\w*)\s+)?(?P<end>[\w:.]+)\s*"
)
_MEETING = re.compile(
    r"\s*(?P<day>\w+)\s+(?P<start>\S+)\s+(?P<minutes>\S+)\s+minutes?(?P<rest>(\s+\S+)*)\s*"
)


def parse_window(text: str) -> Window:
    """A window from `Mon 18:00-21:00`, or with the day of its end: `Fri 18:00-Mon 06:00`.

    Without that day, an end before the start is on the next day (`Fri 22:00-01:00`).
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a window such as `Mon 18:00-21:00`")
    problems: list[str] = []
    weekday = _read_weekday(found["day"], problems)
    start = _read_start(found["start"], problems)
    end = _read_clock(found["end"], problems)
    end_day = _read_weekday(found["end_day"], problems) if found["end_day"] else None
    if not problems and end_day is None and end == start:
        problems.append(
            f"it ends when it starts; if a whole day is meant, write `{_day(weekday)} "
            f"{found['start']}-{_day(weekday + 1)} {found['end']}`"
        )
    _raise_for(text, problems)
    if end_day is None:
        minutes = (end - start) % DAY or DAY  # from 00:00 to 24:00
    else:
        minutes = (end_day * DAY + end - weekday * DAY - start) % WEEK or WEEK
    return Window(weekday=weekday, start_minute=start, minutes=minutes)


def format_window(window: Window) -> str:
    """The shortest text that `parse_window` reads as this window."""
    start = f"{_day(window.weekday)} {_clock(window.start_minute)}"
    end = window.start_minute + window.minutes
    if window.minutes < DAY or end == DAY:
        return f"{start}-{_clock(end if end == DAY else end % DAY)}"
    days, end_minute = divmod(end, DAY)
    return f"{start}-{_day(window.weekday + days)} {_clock(end_minute)}"


def parse_meeting(text: str, id: str | None = None) -> Meeting:
    """A meeting from `Tue 19:00 60 minutes`, its zone and formats after it where they are known:
    `Tue 19:00 60 minutes America/New_York in-person online`.

    Without an `id` the text, as `format_meeting` writes it, serves as one.
    """
    found = _MEETING.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a meeting such as `Tue 19:00 60 minutes`")
    problems: list[str] = []
    weekday = _read_weekday(found["day"], problems)
    start = _read_start(found["start"], problems)
    minutes = _read_minutes(found["minutes"], problems)
    zone_name, formats = _read_rest(found["rest"].split(), problems)
    _raise_for(text, problems)
    return Meeting(
        id=id or _meeting_text(weekday, start, minutes, zone_name, formats),
        weekday=weekday,
        start_minute=start,
        minutes=minutes,
        zone=zone_name,
        formats=formats,
    )


def format_meeting(meeting: Meeting) -> str:
    """Time, length, zone and formats as `parse_meeting` reads them; what is unknown is left out."""
    return _meeting_text(
        meeting.weekday, meeting.start_minute, meeting.minutes, meeting.zone, meeting.formats
    )


def _meeting_text(
    weekday: int, start: int, minutes: int, zone_name: str | None, formats: frozenset[Format]
) -> str:
    unit = "minute" if minutes == 1 else "minutes"
    words = [_day(weekday), _clock(start), str(minutes), unit]
    if zone_name is not None:
        words.append(zone_name)
    return " ".join([*words, *sorted(formats)])


def _day(weekday: int) -> str:
    return WEEKDAYS[weekday % len(WEEKDAYS)][:_SHORT]


def _clock(minute: int) -> str:
    return f"{minute // _HOUR:02}:{minute % _HOUR:02}"


def _read_weekday(text: str, problems: list[str]) -> int:
    number = _NUMBER_OF.get(text.casefold())
    if number is None:
        problems.append(f"`{text}` is not a weekday such as Mon or Monday")
    return number or 0


def _read_clock(text: str, problems: list[str]) -> int:
    found = _CLOCK.fullmatch(text)
    hours, minutes = (int(found[1]), int(found[2])) if found else (DAY, 0)
    minute = hours * _HOUR + minutes
    if minutes >= _HOUR or minute > DAY:
        problems.append(f"`{text}` is not a time of day from 00:00 to 24:00")
    return minute


def _read_start(text: str, problems: list[str]) -> int:
    minute = _read_clock(text, problems)
    if minute == DAY:
        problems.append("a start cannot be 24:00; write 00:00 of the next day")
    return minute


def _read_minutes(text: str, problems: list[str]) -> int:
    # No length of more digits than a week has can be meant, however many follow.
    minutes = int(text) if re.fullmatch(r"\d{1,5}", text, re.ASCII) else 0
    if not 1 <= minutes <= WEEK:
        problems.append(f"`{text}` is not a length from 1 to {WEEK} minutes")
    return minutes


def _read_rest(words: list[str], problems: list[str]) -> tuple[str | None, frozenset[Format]]:
    formats = frozenset(FORMATS).intersection(words)
    others = [word for word in words if word not in FORMATS]
    for other in others:
        try:
            zone(other)
        except UnknownZone as unknown:
            problems.append(f"{unknown} (nor is it a format: {' or '.join(FORMATS)})")
    if len(others) > 1:
        problems.append("a meeting has one time zone")
    return (others[0] if others else None), formats


def _raise_for(text: str, problems: list[str]) -> None:
    if problems:
        raise ValueError(f"`{text}`: {'; '.join(problems)}")
