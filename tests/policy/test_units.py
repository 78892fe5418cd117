"""Spans from minutes to years, before and after a moment, and the units that each place allows."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.policy.rule_parts import read_span
from peer_match.policy.units import (
    CALENDAR_UNITS,
    CLOCK_UNITS,
    EXACT,
    MOST_DIGITS,
    CalendarUnit,
    Span,
    show_amount,
    whole_number,
)

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
UNITS: tuple[CalendarUnit, ...] = ("minute", "hour", "day", "week", "month", "year")
MOMENTS = st.integers(0, 130 * 365 * 1_440).map(
    lambda minutes: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1 minute", Span(1, "minute")),
        ("15 minutes", Span(15, "minute")),
        ("1 hour", Span(1, "hour")),
        ("36 hours", Span(36, "hour")),
        ("1 day", Span(1, "day")),
        ("2 weeks", Span(2, "week")),
        ("12 months", Span(12, "month")),
        ("3 years", Span(3, "year")),
        ("  15   minutes ", Span(15, "minute")),
        ("999999999 minutes", Span(999_999_999, "minute")),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: Span) -> None:
    assert read_span(text, CLOCK_UNITS) == span


@pytest.mark.parametrize(
    "text",
    ["", "15", "minutes", "15minutes", "15 min", "15 mins", "2 hrs", "1.5 hours", "-1 hours",
     "0 minutes", "00 hours", "a day", "1 hour 30 minutes", "15 Minutes", "1 fortnight",
     "10 seconds", "1234567890 minutes", "١ hour", "² days"],
)  # fmt: skip
def test_what_is_no_span_is_none(text: str) -> None:
    assert read_span(text, CLOCK_UNITS) is None


@pytest.mark.parametrize("unit", ["minute", "minutes", "hour", "hours"])
def test_minutes_and_hours_are_read_only_where_a_clock_is(unit: str) -> None:
    """A goal within 3 hours, or a record confirmed 10 minutes ago, is no date of the calendar."""
    assert read_span(f"3 {unit}") is None
    assert read_span(f"3 {unit}", CLOCK_UNITS) is not None


def test_the_clock_reads_all_that_the_calendar_does() -> None:
    assert CALENDAR_UNITS.items() < CLOCK_UNITS.items()
    assert set(CLOCK_UNITS.values()) == set(UNITS)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(1, "minute"), "1 minute"),
        (Span(15, "minute"), "15 minutes"),
        (Span(1, "hour"), "1 hour"),
        (Span(24, "hour"), "24 hours"),
        (Span(1, "year"), "1 year"),
    ],
)
def test_a_span_is_said_as_it_is_written(span: Span, said: str) -> None:
    assert str(span) == said
    assert read_span(said, CLOCK_UNITS) == span


# -- before and after ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "before", "after"),
    [
        (Span(1, "minute"), "2026-03-31T11:59:00+00:00", "2026-03-31T12:01:00+00:00"),
        (Span(90, "minute"), "2026-03-31T10:30:00+00:00", "2026-03-31T13:30:00+00:00"),
        (Span(13, "hour"), "2026-03-30T23:00:00+00:00", "2026-04-01T01:00:00+00:00"),
        (Span(24, "hour"), "2026-03-30T12:00:00+00:00", "2026-04-01T12:00:00+00:00"),
        (Span(1, "day"), "2026-03-30T12:00:00+00:00", "2026-04-01T12:00:00+00:00"),
        (Span(1, "week"), "2026-03-24T12:00:00+00:00", "2026-04-07T12:00:00+00:00"),
        (Span(1, "month"), "2026-02-28T12:00:00+00:00", "2026-04-30T12:00:00+00:00"),
        (Span(13, "month"), "2025-02-28T12:00:00+00:00", "2027-04-30T12:00:00+00:00"),
        (Span(1, "year"), "2025-03-31T12:00:00+00:00", "2027-03-31T12:00:00+00:00"),
    ],
)
def test_a_span_before_and_after_a_moment(span: Span, before: str, after: str) -> None:
    assert span.before(NOON) == datetime.fromisoformat(before)
    assert span.after(NOON) == datetime.fromisoformat(after)


def test_the_last_day_of_february_is_kept_in_the_calendar() -> None:
    leap = datetime(2024, 2, 29, 8, 30, tzinfo=UTC)
    assert Span(1, "year").before(leap) == datetime(2023, 2, 28, 8, 30, tzinfo=UTC)
    assert Span(1, "year").after(leap) == datetime(2025, 2, 28, 8, 30, tzinfo=UTC)
    assert Span(4, "year").after(leap) == datetime(2028, 2, 29, 8, 30, tzinfo=UTC)
    assert Span(12, "month").after(leap) == Span(1, "year").after(leap)


def test_the_offset_of_a_moment_stays_its_own() -> None:
    """Hours are hours on any clock; whose midnight it is makes no difference to them."""
    here = datetime(2026, 3, 8, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
    later = Span(2, "hour").after(here)
    assert later - here == timedelta(hours=2)
    assert later.utcoffset() == here.utcoffset()


@pytest.mark.parametrize("unit", UNITS)
def test_no_span_leaves_the_calendar(unit: CalendarUnit) -> None:
    """The largest number that can be written ends on the first or on the last day there is."""
    longest = Span(10**MOST_DIGITS - 1, unit)
    earliest, latest = longest.before(NOON), longest.after(NOON)
    assert earliest.tzinfo == latest.tzinfo == UTC
    assert earliest < NOON < latest
    if unit != "minute":  # of which so many are some two thousand years
        assert (earliest.date(), latest.date()) == (date.min, date.max)


@pytest.mark.parametrize("unit", UNITS)
@given(moment=MOMENTS, number=st.integers(1, 500))
def test_longer_spans_reach_further(unit: CalendarUnit, moment: datetime, number: int) -> None:
    shorter, longer = Span(number, unit), Span(number + 1, unit)
    assert longer.before(moment) < shorter.before(moment) < moment
    assert moment < shorter.after(moment) < longer.after(moment)


@pytest.mark.parametrize("unit", sorted(EXACT))
@given(moment=MOMENTS, number=st.integers(1, 500))
def test_what_is_always_as_long_comes_back_to_where_it_began(
    unit: CalendarUnit, moment: datetime, number: int
) -> None:
    span = Span(number, unit)
    assert span.after(span.before(moment)) == moment
    assert span.after(moment) - moment == number * EXACT[unit]


@given(moment=MOMENTS)
def test_the_same_time_in_another_unit_is_the_same_time(moment: datetime) -> None:
    for shorter, longer in (
        (Span(60, "minute"), Span(1, "hour")),
        (Span(24, "hour"), Span(1, "day")),
        (Span(7, "day"), Span(1, "week")),
        (Span(12, "month"), Span(1, "year")),
    ):
        assert shorter.before(moment) == longer.before(moment)
        assert shorter.after(moment) == longer.after(moment)


def test_one_of_each_unit_is_longer_than_one_of_the_unit_before() -> None:
    reached = [Span(1, unit).after(NOON) for unit in UNITS]
    assert all(sooner < later for sooner, later in pairwise(reached))


# -- numbers and amounts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999), ("1234567890", None),
     ("-1", None), ("+1", None), ("1.0", None), ("1_000", None), ("", None), ("٣", None)],
)  # fmt: skip
def test_a_whole_number_is_written_in_digits(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("value", "dimension", "said"),
    [
        (999, "distance", "999 m"),
        (3_250, "distance", "3.2 km"),
        (45, "duration", "45 minutes"),
        (80, "share", "80 percent"),
        (12, "points", "12 points"),
    ],
)
def test_an_amount_is_shown_as_people_write_it(value: int, dimension: str, said: str) -> None:
    assert show_amount(value, dimension) == said
