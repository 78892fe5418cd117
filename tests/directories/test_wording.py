"""What is kept of texts, and what they give away."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.directories.wording import (
    may_be_cancelled,
    may_not_be_weekly,
    plain,
    shown_code,
    shown_id,
    shown_value,
    usable_id,
)


@given(st.text(), st.integers(1, 40))
def test_a_plain_text_is_one_short_line_without_hidden_characters(text: str, longest: int) -> None:
    kept = plain(text, longest)
    assert len(kept) <= longest
    assert kept == kept.strip()
    assert all(unicodedata.category(one)[0] != "C" for one in kept)
    assert plain(kept, longest) == kept or "&" in kept


@given(st.text())
def test_an_id_is_stable_and_never_free_text(text: str) -> None:
    found, replaced = usable_id(text)
    assert usable_id(text) == (found, replaced)
    if found is None:
        assert not text.strip()
    else:
        assert usable_id(found) == (found, False)
        assert replaced == (found != text.strip())


def test_numbers_are_ids_and_truth_is_not() -> None:
    assert usable_id(0) == ("0", False)
    assert usable_id(True) == (None, False)
    assert usable_id(["a"]) == (None, False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (7, "7"),
        ("7", "7"),
        ("25:00", "25:00"),
        ("13:00 PM", "13:00 PM"),
        ("Ann", "text"),
        ("7 Ann", "text"),
        (True, "true"),
        ([1], "list"),
        ({"Ann": 1}, "object"),
    ],
)
def test_a_shown_value_is_never_a_text_of_the_feed(value: object, shown: str | None) -> None:
    assert shown_value(value) == shown


def test_codes_and_ids_that_look_like_text_are_not_shown() -> None:
    assert shown_code("12x12") == "12x12"
    assert shown_code("ask for Ann") == "(not a code)"
    assert shown_id("feed/slug~mo-0700") == "feed/slug~mo-0700"
    assert shown_id("feed/ask Ann") == "(not an id)"
    assert shown_id(7) is None


@pytest.mark.parametrize(
    "text",
    [
        "closed the last meeting of the month",
        "Open meeting 3rd Friday of month",
        "1st, 3rd and 5th Sundays",
        "BI-WEEKLY",
        "every second Tuesday",
        "every 2 weeks",
        "during term",
        "May-Sept",
        "summer only",
    ],
)
def test_wording_of_some_weeks(text: str) -> None:
    assert may_not_be_weekly([text])


@pytest.mark.parametrize(
    "text",
    ["First Things First", "Last Chance Group", "Daily, second floor", "March Street", "", None, 7],
)
def test_wording_of_every_week(text: object) -> None:
    assert not may_not_be_weekly([text])


@pytest.mark.parametrize(
    ("text", "cancelled"),
    [
        ("Temporarily Cancelled", True),
        ("canceled", True),
        ("closed until further notice", True),
        ("no longer meeting", True),
        ("on hiatus", True),
        ("Closed meeting", False),
        ("The building is closed on Sundays", False),
    ],
)
def test_wording_of_a_cancelled_meeting(text: str, cancelled: bool) -> None:
    assert may_be_cancelled([text]) is cancelled
