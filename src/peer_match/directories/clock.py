"""Days, times, lengths and dates as feeds write them.

Pure functions from a JSON value to a number, or None where the value cannot be read with
certainty. Nothing here guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, cast

from peer_match.directories.reading import WeekdayBase
from peer_match.directories.reasons import Reason
from peer_match.facts.provenance import PartialDate

DAY = 24 * 60
DEFAULT_MINUTES = 60
"""The length that the Meeting Guide specification gives a meeting without an end."""
LONGEST_LIKELY_MINUTES = 240
"""Longer than this, an end before the start is an error and not a meeting past midnight."""

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {
    name[:length]: day for day, name in enumerate(_NAMES) for length in (2, 3, len(name))
} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
# The number that Monday has, and the numbers that exist.
_BASES = {
    WeekdayBase.SUNDAY_IS_0: (1, range(7)),
    WeekdayBase.SUNDAY_IS_1: (2, range(1, 8)),
    WeekdayBase.MONDAY_IS_0: (0, range(7)),
    WeekdayBase.MONDAY_IS_1: (1, range(1, 8)),
}

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(:[0-5]\d(\.0+)?)?(\s*(?P<half>[ap])\.?m\.?)?",
    re.ASCII | re.IGNORECASE,
)
_LENGTH = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(:[0-5]\d)?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?", re.ASCII | re.DOTALL)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(\s.*)?", re.ASCII | re.DOTALL)

SlashOrder = Literal["month-first", "day-first"]


def weekday(value: object, base: WeekdayBase) -> int | None:
    """A day of the week as 0 for Monday to 6 for Sunday: a number, a number as text, or a name."""
    if isinstance(value, str):
        text = value.strip().casefold()
        if text in _WEEKDAYS:
            return _WEEKDAYS[text]
        if not re.fullmatch(r"\d", text, re.ASCII):
            return None
        value = int(text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    monday, numbers = _BASES[base]
    return (value - monday) % 7 if value in numbers else None


def weekdays(value: object, base: WeekdayBase) -> tuple[int, ...] | None:
    """The days of a value or a list of values, in order and once each; None if any is unclear."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    found = [weekday(one, base) for one in values]
    known = {day for day in found if day is not None}
    return None if len(known) == 0 or None in found else tuple(sorted(known))


def minute_of_day(value: object) -> int | None:
    """Minutes after midnight of `19:30`, `9:05`, `19:30:00` or `7:30 PM`."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    hour, half = int(found["hour"]), found["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    return hour * 60 + int(found["minute"]) if hour < 24 else None


def minutes_of_duration(value: object) -> int | None:
    """The minutes of `01:30`, `01:30:00`, `90` (a number of minutes) or `"90"`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if found := _LENGTH.fullmatch(text):
            return int(found["hours"]) * 60 + int(found["minutes"])
        value = int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= DAY else None


def length_of_duration(minutes: int | None) -> tuple[int, Reason | None]:
    """The length of a meeting from a stated duration, and the doubt about it."""
    if minutes is None:
        return DEFAULT_MINUTES, Reason.END_NOT_UNDERSTOOD
    if minutes == 0:
        return DEFAULT_MINUTES, Reason.END_EQUALS_START
    return minutes, Reason.LENGTH_UNLIKELY if minutes > LONGEST_LIKELY_MINUTES else None


def length_between(start: int, end: int | None) -> tuple[int, Reason | None]:
    """The length of a meeting from start to end (minutes after midnight), and the doubt about it.

    An end before the start is the next day's only if that makes at most four hours; public feeds
    also hold 12:15 to 01:15 for what is an hour at noon.
    """
    if end is None:
        return DEFAULT_MINUTES, Reason.END_NOT_UNDERSTOOD
    if end == start:
        return DEFAULT_MINUTES, Reason.END_EQUALS_START
    if end < start:
        wrapped = end + DAY - start
        if wrapped > LONGEST_LIKELY_MINUTES:
            return DEFAULT_MINUTES, Reason.END_BEFORE_START
        return wrapped, None
    return length_of_duration(end - start)


def slash_order(values: Iterable[object]) -> SlashOrder | None:
    """Whether a feed writes 8/25/2022 or 25/8/2022, from the dates that can only be one of them."""
    orders: set[SlashOrder] = set()
    for value in values:
        found = _SLASHED.fullmatch(value.strip()) if isinstance(value, str) else None
        if found and int(found[2]) > 12:
            orders.add("month-first")
        elif found and int(found[1]) > 12:
            orders.add("day-first")
    return orders.pop() if len(orders) == 1 else None


def day_of(value: object, order: SlashOrder | None) -> tuple[PartialDate | None, Reason | None]:
    """The day of a time stamp, and the doubt about it. The time goes: its zone differs by feed."""
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "":
        return None, Reason.UPDATED_MISSING
    if not isinstance(text, str):
        return None, Reason.UPDATED_NOT_UNDERSTOOD
    if found := _ISO_DAY.fullmatch(text):
        return _calendar_day(found[1])
    found = _SLASHED.fullmatch(text)
    if found is None:
        return None, Reason.UPDATED_NOT_UNDERSTOOD
    month, day = (found[1], found[2]) if order != "day-first" else (found[2], found[1])
    if order is None and month != day and int(month) <= 12 and int(day) <= 12:
        return PartialDate(found[3]), Reason.UPDATED_AMBIGUOUS
    return _calendar_day(f"{found[3]}-{int(month):02}-{int(day):02}")


def _calendar_day(text: str) -> tuple[PartialDate | None, Reason | None]:
    try:
        return PartialDate.of(date.fromisoformat(text)), None
    except ValueError:
        return None, Reason.UPDATED_NOT_UNDERSTOOD
