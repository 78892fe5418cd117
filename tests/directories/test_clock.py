"""Days, times, lengths and dates: what is read, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.directories import Reason, WeekdayBase
from peer_match.directories.clock import (
    DAY,
    DEFAULT_MINUTES,
    LONGEST_LIKELY_MINUTES,
    day_of,
    length_between,
    length_of_duration,
    minute_of_day,
    minutes_of_duration,
    slash_order,
    weekday,
    weekdays,
)

SUNDAY, MONDAY, SATURDAY = 6, 0, 5
TEXTS_OR_NUMBERS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
)


@pytest.mark.parametrize(
    ("base", "value", "expected"),
    [
        (WeekdayBase.SUNDAY_IS_0, 0, SUNDAY),
        (WeekdayBase.SUNDAY_IS_0, 1, MONDAY),
        (WeekdayBase.SUNDAY_IS_0, 6, SATURDAY),
        (WeekdayBase.SUNDAY_IS_0, 7, None),
        (WeekdayBase.SUNDAY_IS_1, 1, SUNDAY),
        (WeekdayBase.SUNDAY_IS_1, 7, SATURDAY),
        (WeekdayBase.SUNDAY_IS_1, 0, None),
        (WeekdayBase.MONDAY_IS_1, 1, MONDAY),
        (WeekdayBase.MONDAY_IS_1, 7, SUNDAY),
        (WeekdayBase.MONDAY_IS_1, 0, None),
        (WeekdayBase.MONDAY_IS_0, 0, MONDAY),
        (WeekdayBase.MONDAY_IS_0, 7, None),
        (WeekdayBase.SUNDAY_IS_0, "2", 1),
        (WeekdayBase.SUNDAY_IS_0, 2.0, 1),
        (WeekdayBase.SUNDAY_IS_0, 2.5, None),
        (WeekdayBase.SUNDAY_IS_0, True, None),
        (WeekdayBase.SUNDAY_IS_0, "", None),
        (WeekdayBase.SUNDAY_IS_0, "²", None),
        (WeekdayBase.SUNDAY_IS_0, -1, None),
        (WeekdayBase.SUNDAY_IS_1, "Monday", MONDAY),
        (WeekdayBase.SUNDAY_IS_1, " sun ", SUNDAY),
        (WeekdayBase.SUNDAY_IS_1, "Thurs", 3),
        (WeekdayBase.SUNDAY_IS_1, "someday", None),
    ],
)
def test_weekday(base: WeekdayBase, value: object, expected: int | None) -> None:
    assert weekday(value, base) == expected


def test_a_list_of_days_is_read_whole_or_not_at_all() -> None:
    base = WeekdayBase.SUNDAY_IS_0
    assert weekdays([5, 1, 3, 1], base) == (0, 2, 4)
    assert weekdays([1, 9], base) is None
    assert weekdays([], base) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19:30", 1170),
        ("9:05", 545),
        ("00:00", 0),
        ("23:59", 1439),
        ("19:30:00", 1170),
        ("11:00 AM", 660),
        ("12:00 AM", 0),
        ("12:15 PM", 735),
        ("7:30pm", 1170),
        ("7:30 p.m.", 1170),
        ("13:00 PM", None),
        ("0:30 AM", None),
        ("24:00", None),
        ("19:60", None),
        ("Thurs 10.30 -12.00pm", None),
        ("noon", None),
        ("١٩:٣٠", None),
        (1930, None),
        (None, None),
    ],
)
def test_minute_of_day(text: object, expected: int | None) -> None:
    assert minute_of_day(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("01:30", 90),
        ("01:30:00", 90),
        ("07:00:00", 420),
        (60, 60),
        ("90", 90),
        (90.0, 90),
        (1.5, None),
        (-5, None),
        (99999, None),
        (True, None),
        ("an hour", None),
    ],
)
def test_minutes_of_duration(value: object, expected: int | None) -> None:
    assert minutes_of_duration(value) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("19:00", "20:15", (75, None)),
        ("23:00", "00:00", (60, None)),
        ("22:30", "01:00", (150, None)),
        ("20:00", "00:00", (240, None)),
        ("19:59", "00:00", (60, Reason.END_BEFORE_START)),
        ("12:15", "01:15", (60, Reason.END_BEFORE_START)),
        ("17:30", "16:30", (60, Reason.END_BEFORE_START)),
        ("10:00", "10:00", (60, Reason.END_EQUALS_START)),
        ("08:00", "12:00", (240, None)),
        ("08:00", "12:01", (241, Reason.LENGTH_UNLIKELY)),
        ("00:00", "23:59", (1439, Reason.LENGTH_UNLIKELY)),
    ],
)
def test_length_between(start: str, end: str, expected: tuple[int, Reason | None]) -> None:
    begins = minute_of_day(start)
    assert begins is not None
    assert length_between(begins, minute_of_day(end)) == expected


@given(st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_a_length_is_positive_and_an_overnight_one_is_at_most_four_hours(
    start: int, end: int
) -> None:
    minutes, _ = length_between(start, end)
    assert 1 <= minutes < DAY
    if end < start:
        assert minutes <= LONGEST_LIKELY_MINUTES


def test_a_length_that_cannot_be_read_is_assumed() -> None:
    assert length_between(600, None) == (DEFAULT_MINUTES, Reason.END_NOT_UNDERSTOOD)
    assert length_of_duration(None) == (DEFAULT_MINUTES, Reason.END_NOT_UNDERSTOOD)
    assert length_of_duration(0) == (DEFAULT_MINUTES, Reason.END_EQUALS_START)
    assert length_of_duration(720) == (720, Reason.LENGTH_UNLIKELY)


@pytest.mark.parametrize(
    ("text", "order", "day", "doubt"),
    [
        ("2023-08-29 15:56:59", None, "2023-08-29", None),
        ("2023-03-15T10:30:45.123Z", None, "2023-03-15", None),
        ("2005-01-01", None, "2005-01-01", None),
        ("8/25/2022 11:17:07 AM", "month-first", "2022-08-25", None),
        ("9/8/2022 1:41:27 PM", "month-first", "2022-09-08", None),
        ("9/8/2022 1:41:27 PM", "day-first", "2022-08-09", None),
        ("9/8/2022 1:41:27 PM", None, "2022", Reason.UPDATED_AMBIGUOUS),
        ("9/9/2022", None, "2022-09-09", None),
        ("25/8/2022", "month-first", None, Reason.UPDATED_NOT_UNDERSTOOD),
        ("0000-00-00 00:00:00", None, None, Reason.UPDATED_NOT_UNDERSTOOD),
        ("2023-02-30 10:00:00", None, None, Reason.UPDATED_NOT_UNDERSTOOD),
        ("last week", None, None, Reason.UPDATED_NOT_UNDERSTOOD),
        (1693324619, None, None, Reason.UPDATED_NOT_UNDERSTOOD),
        ("", None, None, Reason.UPDATED_MISSING),
        (None, None, None, Reason.UPDATED_MISSING),
    ],
)
def test_day_of(text: object, order: str | None, day: str | None, doubt: Reason | None) -> None:
    found, why = day_of(text, order)  # type: ignore[arg-type]
    assert (found.text if found else None, why) == (day, doubt)


def test_the_order_of_a_date_comes_from_the_dates_that_can_only_be_read_one_way() -> None:
    assert slash_order(["8/25/2022 1:00:00 AM", "9/8/2022"]) == "month-first"
    assert slash_order(["25/8/2022", "9/8/2022"]) == "day-first"
    assert slash_order(["9/8/2022", None, 3]) is None
    assert slash_order(["25/8/2022", "8/25/2022"]) is None


@given(TEXTS_OR_NUMBERS, st.sampled_from(list(WeekdayBase)))
def test_nothing_that_json_can_hold_makes_them_raise(value: object, base: WeekdayBase) -> None:
    day = weekday(value, base)
    minute = minute_of_day(value)
    length = minutes_of_duration(value)
    assert day is None or 0 <= day <= 6
    assert minute is None or 0 <= minute < DAY
    assert length is None or 0 <= length <= DAY
    weekdays(value, base)
    found, doubt = day_of(value, None)
    assert found is not None or doubt is not None
