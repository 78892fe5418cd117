"""Units of the rule language: each has a dimension and a factor to the dimension's base unit."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Dimension = Literal["distance", "duration", "share", "people", "points"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written, its dimension, and how many base units it is."""

    name: str
    dimension: Dimension
    factor: int


_SPELLINGS: tuple[tuple[tuple[str, ...], Dimension, int], ...] = (
    (("m", "metre", "metres"), "distance", 1),
    (("km", "kilometre", "kilometres"), "distance", 1_000),
    (("minute", "minutes"), "duration", 1),
    (("hour", "hours"), "duration", 60),
    (("percent",), "share", 1),
    (("people", "person", "seats", "seat"), "people", 1),
    (("points", "point"), "points", 1),
)

UNITS: dict[str, Unit] = {
    name: Unit(name, dimension, factor) for names, dimension, factor in _SPELLINGS for name in names
}

BASE_UNIT: dict[str, str] = {
    "distance": "m",
    "duration": "minutes",
    "share": "percent",
    "people": "people",
    "points": "points",
}

FACT_DIMENSION: dict[str, Dimension] = {
    "people": "people",
    "points": "points",
    "kilometres": "distance",
    "hours": "duration",
}
"""The dimension of a fact that declares a unit in `facts`."""

CalendarUnit = Literal["minute", "hour", "day", "week", "month", "year"]

CALENDAR_UNITS: dict[str, CalendarUnit] = {
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
}

CLOCK_UNITS: dict[str, CalendarUnit] = {
    "minute": "minute",
    "minutes": "minute",
    "hour": "hour",
    "hours": "hour",
    **CALENDAR_UNITS,
}
"""What deadlines and windows of events are said in; only they are finer than a day."""

MOST_DIGITS = 9
DAYS_A_WEEK = 7
EXACT: dict[CalendarUnit, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=DAYS_A_WEEK),
}
"""The units that are as long whenever they begin."""
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time, such as 12 months or 15 minutes."""

    number: int
    unit: CalendarUnit

    def before(self, moment: datetime) -> datetime:
        """The moment this span earlier.

        Days and weeks are spans of 24 hours; months and years are read on the calendar, and a day
        that the month lacks becomes its last day (31 March less a month is 28 or 29 February).
        Nothing is earlier than the calendar's first day.
        """
        if self.unit in EXACT:
            try:
                return moment - self.number * EXACT[self.unit]
            except OverflowError:
                return _on_the_first_day(moment)
        months = self.number * (MONTHS_A_YEAR if self.unit == "year" else 1)
        place = moment.year * MONTHS_A_YEAR + moment.month - 1 - months
        year, month = divmod(place, MONTHS_A_YEAR)
        if year < date.min.year:
            return _on_the_first_day(moment)
        last = calendar.monthrange(year, month + 1)[1]
        return moment.replace(year=year, month=month + 1, day=min(moment.day, last))

    def after(self, moment: datetime) -> datetime:
        """The moment this span later, read as in `before`; at most on the calendar's last day."""
        if self.unit in EXACT:
            try:
                return moment + self.number * EXACT[self.unit]
            except OverflowError:
                return _on_the_last_day(moment)
        months = self.number * (MONTHS_A_YEAR if self.unit == "year" else 1)
        year, month = divmod(moment.year * MONTHS_A_YEAR + moment.month - 1 + months, MONTHS_A_YEAR)
        if year > date.max.year:
            return _on_the_last_day(moment)
        last = calendar.monthrange(year, month + 1)[1]
        return moment.replace(year=year, month=month + 1, day=min(moment.day, last))

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


def _on_the_first_day(moment: datetime) -> datetime:
    return datetime.combine(date.min, moment.timetz())


def _on_the_last_day(moment: datetime) -> datetime:
    return datetime.combine(date.max, moment.timetz())


def whole_number(text: str) -> int | None:
    """A number written in digits, or None for anything else, also for more than anyone means."""
    digits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if digits else None


def show_amount(value: int, dimension: str) -> str:
    """An amount in base units, as people write it: `3.2 km`, `45 minutes`, `80 percent`."""
    if dimension == "distance" and value >= UNITS["km"].factor:
        tenths = value * 10 // UNITS["km"].factor
        return f"{tenths // 10}.{tenths % 10} km"
    return f"{value} {BASE_UNIT.get(dimension, '')}".rstrip()
