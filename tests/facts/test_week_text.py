"""Windows and meetings as text, both ways."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.week import Meeting, Window
from peer_match.facts.week_text import (
    FORMATS,
    WEEKDAYS,
    format_meeting,
    format_window,
    parse_meeting,
    parse_window,
)
from peer_match.facts.zones import zone_names

DAY = 24 * 60
WEEK = 7 * DAY

windows = st.builds(
    Window,
    weekday=st.integers(0, 6),
    start_minute=st.integers(0, DAY - 1) | st.just(0),
    minutes=st.integers(1, WEEK) | st.sampled_from([DAY, WEEK]) | st.integers(1, DAY),
)
meetings = st.builds(
    Meeting,
    id=st.just("one"),
    weekday=st.integers(0, 6),
    start_minute=st.integers(0, DAY - 1),
    minutes=st.integers(1, WEEK),
    zone=st.none() | st.sampled_from(sorted(zone_names())),
    formats=st.frozensets(st.sampled_from(FORMATS)),
)


@given(windows)
def test_a_window_is_read_back_as_it_was(window: Window) -> None:
    assert parse_window(format_window(window)) == window


@given(meetings)
def test_a_meeting_is_read_back_as_it_was(meeting: Meeting) -> None:
    text = format_meeting(meeting)
    assert parse_meeting(text, id="one") == meeting
    assert parse_meeting(text).id == text


@pytest.mark.parametrize(
    ("text", "weekday", "start_minute", "minutes", "canonical"),
    [
        ("Mon 18:00-21:00", 0, 1080, 180, None),
        ("Fri 22:00-01:00", 4, 1320, 180, None),
        ("Sun 23:00-07:00", 6, 1380, 480, None),
        ("Tue 22:00-24:00", 1, 1320, 120, None),
        ("Tue 22:00-00:00", 1, 1320, 120, "Tue 22:00-24:00"),
        ("Wed 00:00-24:00", 2, 0, DAY, None),
        ("Wed 09:00-Thu 09:00", 2, 540, DAY, None),
        ("Fri 18:00-Mon 06:00", 4, 1080, 3600, None),
        ("Fri 18:00-Sun 24:00", 4, 1080, 3240, "Fri 18:00-Mon 00:00"),
        ("Mon 09:00-Mon 17:00", 0, 540, 480, "Mon 09:00-17:00"),
        ("Mon 17:00-Mon 09:00", 0, 1020, WEEK - 480, None),
        ("Mon 00:00-Mon 00:00", 0, 0, WEEK, None),
        ("  monday 9:00 – 17:05 ", 0, 540, 485, "Mon 09:00-17:05"),
        ("SUNDAY 09:00-MONDAY 09:01", 6, 540, DAY + 1, "Sun 09:00-Mon 09:01"),
    ],
)
def test_windows_as_people_write_them(
    text: str, weekday: int, start_minute: int, minutes: int, canonical: str | None
) -> None:
    window = Window(weekday=weekday, start_minute=start_minute, minutes=minutes)
    assert parse_window(text) == window
    assert format_window(window) == (canonical or text)


@pytest.mark.parametrize("weekday", range(7))
def test_weekdays_are_read_whole_or_by_three_letters(weekday: int) -> None:
    for name in (WEEKDAYS[weekday], WEEKDAYS[weekday][:3], WEEKDAYS[weekday].upper()):
        assert parse_window(f"{name} 09:00-10:00").weekday == weekday


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["is not a window such as `Mon 18:00-21:00`"]),
        ("Mon", ["is not a window such as `Mon 18:00-21:00`"]),
        ("Mon 18:00", ["is not a window such as `Mon 18:00-21:00`"]),
        ("18:00-21:00", ["is not a window such as `Mon 18:00-21:00`"]),
        ("Mon-Fri 09:00-17:00", ["is not a window such as `Mon 18:00-21:00`"]),
        ("Mon 18:00-21:00 and more", ["is not a window such as `Mon 18:00-21:00`"]),
        ("Mo 18:00-21:00", ["`Mo` is not a weekday such as Mon or Monday"]),
        ("Mon 6pm-9pm", ["`6pm` is not a time of day", "`9pm` is not a time of day"]),
        ("Mon 18:60-21:00", ["`18:60` is not a time of day from 00:00 to 24:00"]),
        ("Mon 18:00-24:01", ["`24:01` is not a time of day from 00:00 to 24:00"]),
        ("Mon 18:00-99:00", ["`99:00` is not a time of day"]),
        ("Mon 18:00-٢١:٠٠", ["`٢١:٠٠` is not a time of day"]),
        ("Mon 24:00-01:00", ["a start cannot be 24:00; write 00:00 of the next day"]),
        ("Sun 09:00-09:00", ["ends when it starts", "write `Sun 09:00-Mon 09:00`"]),
        ("Moon 25:00-Fry 26:00", ["`Moon`", "`25:00`", "`26:00`", "`Fry`"]),
    ],
)
def test_a_window_that_cannot_be_read_names_every_problem(text: str, problems: list[str]) -> None:
    with pytest.raises(ValueError, match=re.escape(f"`{text}`")) as raised:
        parse_window(text)
    assert [problem for problem in problems if problem not in str(raised.value)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue 19:00 60 minutes", (1, 1140, 60, None, frozenset[str]())),
        ("tuesday 19:00 1 minute", (1, 1140, 1, None, frozenset[str]())),
        ("Sat 23:59 90 minutes UTC", (5, 1439, 90, "UTC", frozenset[str]())),
        (
            "Sun 00:00 75 minutes online America/Montreal in-person",
            (6, 0, 75, "America/Montreal", frozenset({"in-person", "online"})),
        ),
    ],
)
def test_meetings_as_people_write_them(text: str, expected: tuple[object, ...]) -> None:
    one = parse_meeting(text)
    assert (one.weekday, one.start_minute, one.minutes, one.zone, one.formats) == expected
    assert not one.length_assumed
    assert one.weekly


def test_what_a_meeting_does_not_say_is_left_out_of_its_text() -> None:
    assert format_meeting(parse_meeting("tuesday 9:00 60 minutes")) == "Tue 09:00 60 minutes"
    assert format_meeting(parse_meeting("Tue 09:00 1 minutes online")) == (
        "Tue 09:00 1 minute online"
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Tue 19:00", ["is not a meeting such as `Tue 19:00 60 minutes`"]),
        ("Tue 19:00 60", ["is not a meeting such as `Tue 19:00 60 minutes`"]),
        ("Tue 19:00 1 hour", ["is not a meeting such as `Tue 19:00 60 minutes`"]),
        ("Tue 19:00 0 minutes", ["`0` is not a length from 1 to 10080 minutes"]),
        ("Tue 19:00 -60 minutes", ["`-60` is not a length from 1 to 10080 minutes"]),
        ("Tue 19:00 10081 minutes", ["`10081` is not a length from 1 to 10080 minutes"]),
        (f"Tue 19:00 {'9' * 5_000} minutes", ["is not a length from 1 to 10080 minutes"]),
        ("Tue 24:00 60 minutes", ["a start cannot be 24:00"]),
        (
            "Tue 19:00 60 minutes America/New_york hybrid",
            ["did you mean `America/New_York`?", "`hybrid` is not", "in-person or online"],
        ),
        ("Tue 19:00 60 minutes UTC Asia/Kolkata", ["a meeting has one time zone"]),
        ("Someday 7pm sixty minutes Nowhere", ["`Someday`", "`7pm`", "`sixty`", "`Nowhere`"]),
    ],
)
def test_a_meeting_that_cannot_be_read_names_every_problem(text: str, problems: list[str]) -> None:
    with pytest.raises(ValueError, match=re.escape(f"`{text}`")) as raised:
        parse_meeting(text)
    assert [problem for problem in problems if problem not in str(raised.value)] == []


@given(st.text() | st.from_regex(r"(Mon|Fri) ?\d\d:\d\d ?[-–]? ?(Sun )?\d\d:\d\d( minutes)?"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_window, parse_meeting):
        try:
            parse(text)
        except ValueError as refused:
            assert type(refused) is ValueError
            assert text in str(refused)
