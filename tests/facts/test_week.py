"""Free time and meetings: worked cases, the slow reference, and laws."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from peer_match.facts.week import (
    HORIZON_WEEKS,
    Availability,
    Meeting,
    Share,
    Window,
    common_minutes,
    occurrences,
    share_attendable,
    week_in_zone,
)
from peer_match.facts.zones import UnknownZone, zone

from . import minute_by_minute

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "dst_cases.json").read_text("utf-8")
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * 60
WEEK = 7 * DAY
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def meeting(
    weekday: int,
    clock: str,
    minutes: int,
    zone_name: str | None,
    formats: frozenset[Any] = frozenset({"in-person", "online"}),
) -> Meeting:
    hour, minute = clock.split(":")
    return Meeting(
        id="one",
        weekday=weekday,
        start_minute=int(hour) * 60 + int(minute),
        minutes=minutes,
        zone=zone_name,
        formats=formats,
    )


def window(weekday: int, first_hour: int, hours: int) -> Window:
    return Window(weekday=weekday, start_minute=first_hour * 60, minutes=hours * 60)


def online(one: Meeting, availability: Availability, weeks: int = HORIZON_WEEKS) -> Share:
    return share_attendable(
        one, availability, start=MARCH, weeks=weeks, travel_minutes=None, in_person=False
    )


# --- the worked cases -----------------------------------------------------------------------


def case_meeting(case: dict[str, Any]) -> tuple[Meeting, datetime]:
    local = datetime.fromisoformat(case["local"])
    return meeting(local.weekday(), f"{local:%H:%M}", case["minutes"], case["zone"]), local


def test_there_are_28_worked_cases() -> None:
    assert len(CASES) == len({case["id"] for case in CASES}) == 28


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_worked_case_holds(case: dict[str, Any]) -> None:
    one, local = case_meeting(case)
    its_zone = zone(case["zone"])
    start = local.replace(tzinfo=UTC) - timedelta(days=2)
    [found] = occurrences(one, start, weeks=1)
    assert found.start_utc == datetime.fromisoformat(case["start_utc"])
    assert found.end_utc == datetime.fromisoformat(case["end_utc"])
    assert found.start_utc.tzinfo is found.end_utc.tzinfo is UTC
    assert found.end_utc.astimezone(its_zone).isoformat() == case["end_local"]
    assert DAYS[one.weekday] == case["local_weekday"]

    viewed = week_in_zone(one, case["viewer"], found.start_utc)
    viewer_start = datetime.fromisoformat(case["viewer_start"])
    assert DAYS[viewed.weekday] == case["viewer_weekday"]
    assert viewed.start_minute == viewer_start.hour * 60 + viewer_start.minute

    shown = week_in_zone(one, case["zone"], found.start_utc)
    assert (shown == (one.weekday, one.start_minute)) is case["exists"]
    in_zone = local.replace(tzinfo=its_zone)
    twice = in_zone.utcoffset() != in_zone.replace(fold=1).utcoffset()
    assert (twice and case["exists"]) is case["ambiguous"]


# --- the slow reference ---------------------------------------------------------------------

ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "America/Phoenix",
    "America/Santiago",
    "America/Vancouver",
    "Pacific/Apia",
)
zones = st.sampled_from(ZONES)
windows = st.builds(
    Window,
    weekday=st.integers(0, 6),
    start_minute=st.integers(0, DAY - 1),
    minutes=st.one_of(st.integers(1, 600), st.integers(1, WEEK)),
)
availabilities = st.builds(
    Availability,
    zone=zones,
    free=st.lists(windows, min_size=1, max_size=4).map(tuple),
    busy=st.lists(windows, max_size=2).map(tuple),
) | st.builds(Availability, zone=zones, busy=st.lists(windows, min_size=1, max_size=3).map(tuple))
meetings = st.builds(
    Meeting,
    id=st.just("one"),
    weekday=st.integers(0, 6),
    # Half of them in the small hours of a weekend, when clocks change.
    start_minute=st.integers(0, DAY - 1) | st.integers(0, 240),
    minutes=st.integers(1, 180) | st.integers(1, 2 * DAY),
    zone=zones,
    formats=st.just(frozenset({"in-person", "online"})),
)
# The weeks before a change somewhere, so that short horizons hold it; 2011: Samoa skipped a day.
changes = st.sampled_from(
    [
        datetime(2026, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 7, 30, 15, tzinfo=UTC),
        datetime(2026, 3, 25, tzinfo=UTC),
        datetime(2026, 9, 28, tzinfo=UTC),
        datetime(2026, 10, 22, 22, 59, tzinfo=UTC),
        datetime(2011, 12, 20, tzinfo=UTC),
    ]
)
horizon_starts = st.builds(
    lambda at, minutes: at + timedelta(minutes=minutes), changes, st.integers(0, 2 * WEEK)
)


@given(meetings, horizon_starts, st.integers(1, 60))
def test_occurrences_are_those_found_day_by_day(one: Meeting, start: datetime, weeks: int) -> None:
    found = occurrences(one, start, weeks)
    assert [each.start_utc for each in found] == minute_by_minute.starts(one, start, weeks)
    assert {each.end_utc - each.start_utc for each in found} == {timedelta(minutes=one.minutes)}


@settings(max_examples=300)
@given(meetings, availabilities, horizon_starts, st.integers(1, 5), st.integers(0, 90))
# Free exactly for the meeting, in the weeks in which clocks of both sides change.
@example(
    meeting(6, "02:00", 120, "America/New_York"),
    Availability(zone="America/New_York", free=(window(6, 2, 2),)),
    datetime(2026, 3, 2, tzinfo=UTC),
    3,
    0,
)
@example(
    meeting(6, "01:30", 60, "Europe/London"),
    Availability(zone="America/New_York", free=(window(5, 20, 3),)),
    datetime(2026, 10, 20, tzinfo=UTC),
    4,
    15,
)
@example(
    meeting(6, "23:30", 90, "America/New_York"),
    Availability(zone="America/New_York", free=(window(6, 23, 3),), busy=(window(0, 9, 8),)),
    datetime(2026, 10, 20, tzinfo=UTC),
    4,
    30,
)
def test_attendance_is_that_found_minute_by_minute(
    one: Meeting, availability: Availability, start: datetime, weeks: int, travel: int
) -> None:
    expected = minute_by_minute.attended(one, availability, start, weeks, travel)
    assert share_attendable(
        one,
        availability,
        start=start,
        weeks=weeks,
        travel_minutes=(travel, travel),
        in_person=True,
    ) == Share(expected, expected, weeks)


@settings(max_examples=40)
@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23))
def test_attendance_over_a_whole_year_is_that_found_minute_by_minute(
    theirs: str, mine: str, weekday: int, hour: int
) -> None:
    """Free for an hour either side of the first occurrence: clock changes move it out and in."""
    one = meeting(weekday, f"{hour}:00", 30, theirs)
    first = week_in_zone(one, mine, MARCH)
    start_minute = (first.weekday * DAY + first.start_minute - 60) % WEEK
    free = Window(weekday=start_minute // DAY, start_minute=start_minute % DAY, minutes=150)
    availability = Availability(zone=mine, free=(free,))
    expected = minute_by_minute.attended(one, availability, MARCH, HORIZON_WEEKS, 10)
    share = share_attendable(
        one, availability, start=MARCH, travel_minutes=(10, 10), in_person=True
    )
    assert share == Share(expected, expected, HORIZON_WEEKS)


@settings(max_examples=25)
@given(availabilities, availabilities, horizon_starts)
def test_shared_time_is_that_counted_minute_by_minute(
    a: Availability, b: Availability, start: datetime
) -> None:
    expected = minute_by_minute.common(a, b, start, 2)
    assert common_minutes(a, b, start=start, weeks=2) == expected


# --- what it means --------------------------------------------------------------------------


def test_a_meeting_across_the_atlantic_moves_for_some_weeks_of_the_year() -> None:
    """Thursdays 00:00 in London, but Wednesdays 23:00 while only New York has summer time."""
    evening = meeting(2, "19:00", 60, "America/New_York")
    never_wednesday = Availability(zone="Europe/London", busy=(window(2, 0, 24),))
    # Three weeks in March 2026 and one at the end of October.
    assert online(evening, never_wednesday) == Share(50, 50, 54)


@pytest.mark.parametrize(
    ("travel", "share"),
    [
        ((0, 0), Share(54, 54, 54)),
        ((30, 30), Share(54, 54, 54)),
        ((31, 31), Share(0, 0, 54)),
        ((20, 40), Share(0, 54, 54)),
        ((40, 20_000_000), Share(0, 0, 54)),
        (None, Share(0, 54, 54)),
    ],
)
def test_the_way_there_and_back_must_be_free_too(
    travel: tuple[int, int] | None, share: Share
) -> None:
    one = meeting(0, "18:30", 60, "America/New_York")
    free = Availability(zone="America/New_York", free=(window(0, 18, 2),))
    found = share_attendable(one, free, start=MARCH, travel_minutes=travel, in_person=True)
    assert found == share


def test_nobody_travels_online() -> None:
    one = meeting(0, "18:00", 60, "America/New_York")
    free = Availability(zone="America/New_York", free=(window(0, 18, 1),))
    for travel in (None, (5, 5)):
        assert share_attendable(
            one, free, start=MARCH, travel_minutes=travel, in_person=False
        ) == Share(54, 54, 54)


def test_an_unknown_zone_may_fit_always_or_never() -> None:
    free = Availability(zone="America/New_York", free=(window(0, 18, 2),))
    assert online(meeting(0, "18:00", 60, None), free) == Share(0, 54, 54)


@pytest.mark.parametrize(
    ("formats", "share"),
    [
        (frozenset({"online"}), Share(54, 54, 54)),
        (frozenset({"in-person"}), Share(0, 0, 54)),
        (frozenset({"in-person", "online"}), Share(54, 54, 54)),
        (frozenset[str](), Share(0, 54, 54)),
    ],
)
def test_a_format_counts_only_when_it_is_offered(formats: frozenset[str], share: Share) -> None:
    free = Availability(zone="America/New_York", free=(window(0, 18, 2),))
    assert online(meeting(0, "18:00", 60, "America/New_York", formats), free) == share


def test_a_format_that_is_not_offered_is_no_even_where_the_zone_is_unknown() -> None:
    free = Availability(zone="America/New_York", free=(window(0, 18, 2),))
    assert online(meeting(0, "18:00", 60, None, frozenset({"in-person"})), free) == Share(0, 0, 54)


def test_busy_wins_over_free() -> None:
    one = meeting(0, "18:00", 60, "America/New_York")
    evening, last_minute = window(0, 18, 2), Window(weekday=0, start_minute=1139, minutes=1)
    free = Availability(zone="America/New_York", free=(evening,))
    busy = Availability(zone="America/New_York", free=(evening,), busy=(last_minute,))
    assert online(one, free).attended_low == 54
    assert online(one, busy).attended_high == 0


def test_with_only_busy_time_the_rest_of_the_week_is_free() -> None:
    work = Availability(zone="UTC", busy=tuple(window(day, 9, 8) for day in range(5)))
    assert common_minutes(work, work, start=MARCH) == (WEEK - 40 * 60,) * 2
    assert online(meeting(0, "17:00", 60, "UTC"), work).attended_low == 54
    assert online(meeting(0, "16:59", 60, "UTC"), work).attended_high == 0


def test_a_window_runs_past_midnight_and_past_sunday() -> None:
    nights = Availability(zone="UTC", free=(window(6, 22, 4),))
    assert online(meeting(6, "23:30", 60, "UTC"), nights).attended_low == 54
    assert online(meeting(0, "01:00", 60, "UTC"), nights).attended_low == 54
    assert online(meeting(0, "01:01", 60, "UTC"), nights).attended_high == 0


def test_a_meeting_in_the_hour_that_is_skipped_takes_place_an_hour_later_by_the_clock() -> None:
    one = meeting(6, "02:30", 30, "America/New_York")
    until_three = Availability(zone="America/New_York", free=(window(6, 2, 1),))
    start = datetime(2026, 3, 2, tzinfo=UTC)
    share = share_attendable(
        one, until_three, start=start, weeks=2, travel_minutes=None, in_person=False
    )
    assert share == Share(1, 1, 2)


def test_somebody_always_free_can_travel_for_ever() -> None:
    always = Availability(zone="America/New_York", free=(window(0, 0, 7 * 24),))
    one = meeting(3, "12:00", 60, "Europe/London")
    far = (10_000_000, 20_000_000)
    share = share_attendable(one, always, start=MARCH, travel_minutes=far, in_person=True)
    assert share == Share(54, 54, 54)


def test_shared_time_in_different_zones_has_a_worst_and_a_best_week() -> None:
    london = Availability(zone="Europe/London", free=(window(2, 22, 2),))
    new_york = Availability(zone="America/New_York", free=(window(2, 17, 2),))
    assert common_minutes(london, new_york, start=MARCH) == (60, 120)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 6, tzinfo=UTC), (3, 0)),
        # Monday of the next week in India, while it is still Sunday in New York.
        (datetime(2026, 3, 9, 1, tzinfo=UTC), (2, 23 * 60)),
    ],
)
def test_the_week_shown_is_the_viewer_s(at: datetime, expected: tuple[int, int]) -> None:
    evening = meeting(2, "19:00", 60, "America/New_York")
    assert week_in_zone(evening, "Europe/London", at) == expected


# --- laws -----------------------------------------------------------------------------------


def attended(one: Meeting, availability: Availability, travel: tuple[int, int]) -> Share:
    return share_attendable(one, availability, start=MARCH, travel_minutes=travel, in_person=True)


@given(meetings, availabilities, st.lists(windows, max_size=3), st.integers(0, 120))
def test_more_free_time_never_lowers_attendance(
    one: Meeting, before: Availability, more: list[Window], travel: int
) -> None:
    # With only busy time given, a free window would narrow: there less busy time is more.
    after = (
        before.model_copy(update={"free": (*before.free, *more)})
        if before.free
        else Availability(zone=before.zone, busy=before.busy[:1])
    )
    less, greater = (attended(one, each, (travel, travel)) for each in (before, after))
    assert less.attended_low <= greater.attended_low
    assert less.attended_high <= greater.attended_high


@given(meetings, availabilities, windows)
def test_more_busy_time_never_raises_attendance(
    one: Meeting, before: Availability, more: Window
) -> None:
    after = before.model_copy(update={"busy": (*before.busy, more)})
    assert attended(one, after, (0, 0)).attended_high <= attended(one, before, (0, 0)).attended_low


@given(meetings, availabilities, st.lists(st.integers(0, 40_000), min_size=3, max_size=3))
def test_more_travel_never_raises_attendance(
    one: Meeting, availability: Availability, travel: list[int]
) -> None:
    least, middle, most = sorted(travel)
    near = attended(one, availability, (least, middle))
    far = attended(one, availability, (middle, most))
    assert far.attended_low <= near.attended_low
    assert far.attended_high <= near.attended_high
    assert near.attended_low == far.attended_high


@given(meetings, availabilities, st.integers(0, 200), st.integers(0, 200))
def test_an_unknown_travel_time_is_no_narrower_than_any_known_one(
    one: Meeting, availability: Availability, least: int, more: int
) -> None:
    unknown = share_attendable(one, availability, start=MARCH, travel_minutes=None, in_person=True)
    known = attended(one, availability, (least, least + more))
    assert unknown.attended_low == 0 <= known.attended_low <= known.attended_high
    assert known.attended_high <= unknown.attended_high <= unknown.of == known.of


@given(meetings, availabilities, st.randoms(use_true_random=False), st.data())
def test_the_order_of_windows_never_matters(
    one: Meeting, availability: Availability, random: Any, data: st.DataObject
) -> None:
    free, busy = list(availability.free), list(availability.busy)
    random.shuffle(free)
    random.shuffle(busy)
    repeated = free + free[:1]
    shuffled = Availability(zone=availability.zone, free=tuple(repeated), busy=tuple(busy))
    assert shuffled == availability
    assert shuffled.model_dump_json() == availability.model_dump_json()
    assert attended(one, shuffled, (5, 9)) == attended(one, availability, (5, 9))


@given(availabilities, availabilities)
def test_shared_time_is_the_same_from_both_sides(a: Availability, b: Availability) -> None:
    low, high = common_minutes(a, b, start=MARCH)
    assert (low, high) == common_minutes(b, a, start=MARCH)
    assert 0 <= low <= high


@given(meetings, horizon_starts, zones)
def test_a_week_view_is_the_start_of_an_occurrence(one: Meeting, at: datetime, viewer: str) -> None:
    local = at.astimezone(zone(viewer))
    monday = minute_by_minute.mondays(viewer, at - timedelta(days=16), 3)
    since = max(each for each in monday if each <= at)
    [first] = occurrences(one, since, weeks=1)
    seen = first.start_utc.astimezone(local.tzinfo)
    assert week_in_zone(one, viewer, at) == (seen.weekday(), seen.hour * 60 + seen.minute)


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"weekday": 7},
        {"weekday": -1},
        {"start_minute": 1440},
        {"start_minute": -1},
        {"minutes": 0},
        {"minutes": 10_081},
        {"minutes": 30.5},
        {"length": 60},
    ],
)
def test_a_window_outside_the_week_is_refused(change: dict[str, Any]) -> None:
    good = {"weekday": 6, "start_minute": 1439, "minutes": 10_080}
    Window(**good)
    with pytest.raises(ValidationError):
        Window(**{**good, **change})


def test_a_zone_that_does_not_exist_is_refused_with_a_proposal() -> None:
    with pytest.raises(ValidationError, match="did you mean `America/New_York`"):
        Availability(zone="America/New_york", free=(window(0, 18, 2),))
    with pytest.raises(ValidationError, match="is not the name of a time zone"):
        meeting(0, "18:00", 60, "Pacific Time (US & Canada)")
    with pytest.raises(UnknownZone):
        week_in_zone(meeting(0, "18:00", 60, "UTC"), "Mars/Olympus_Mons", MARCH)


def test_an_availability_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="leave the fact unknown"):
        Availability(zone="America/New_York")


def test_a_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="formats"):
        meeting(0, "18:00", 60, None, frozenset({"hybrid"}))


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        window(0, 18, 2).minutes = 5


def test_times_of_a_meeting_in_an_unknown_zone_cannot_be_asked_for() -> None:
    nowhere = meeting(0, "18:00", 60, None)
    with pytest.raises(ValueError, match="time zone of meeting `one` is not known"):
        occurrences(nowhere, MARCH)
    with pytest.raises(ValueError, match="time zone of meeting `one` is not known"):
        week_in_zone(nowhere, "UTC", MARCH)


@pytest.mark.parametrize("weeks", [0, -1, 5_201])
def test_a_horizon_is_at_least_a_week(weeks: int) -> None:
    free = Availability(zone="UTC", free=(window(0, 18, 2),))
    for zone_name in ("UTC", None):
        with pytest.raises(ValueError, match="must be between 1 and"):
            online(meeting(0, "18:00", 60, zone_name), free, weeks)
    with pytest.raises(ValueError, match="must be between 1 and"):
        common_minutes(free, free, start=MARCH, weeks=weeks)
    with pytest.raises(ValueError, match="must be between 1 and"):
        occurrences(meeting(0, "18:00", 60, "UTC"), MARCH, weeks)


@pytest.mark.parametrize("travel", [(-1, 5), (6, 5)])
def test_a_travel_range_runs_upwards_from_nothing(travel: tuple[int, int]) -> None:
    free = Availability(zone="UTC", free=(window(0, 18, 2),))
    with pytest.raises(ValueError, match="expected 0 <= shortest <= longest"):
        attended(meeting(0, "18:00", 60, "UTC"), free, travel)
