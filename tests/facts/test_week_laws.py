"""Weekly time against the slow reference, and its laws."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

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
from peer_match.facts.zones import zone

from . import minute_by_minute
from .week_values import (
    DAY,
    MARCH,
    WEEK,
    ZONES,
    attended,
    availabilities,
    beside_a_change,
    horizon_starts,
    meeting,
    meetings,
    window,
    windows,
    zones,
)

# --- the slow reference ---------------------------------------------------------------------


@given(meetings, horizon_starts, st.integers(1, 60))
# 01:15 for the second time: the first occurrence is not today at 01:30, which was before.
@example(meeting(6, "01:30", 60, "America/New_York"), datetime(2026, 11, 1, 6, 15, tzinfo=UTC), 2)
# 01:45 before the clocks skip to 03:00: the occurrence of 02:30 is still to come.
@example(meeting(6, "02:30", 60, "America/New_York"), datetime(2026, 3, 8, 6, 45, tzinfo=UTC), 2)
def test_occurrences_are_those_found_day_by_day(one: Meeting, start: datetime, weeks: int) -> None:
    found = occurrences(one, start, weeks)
    assert [each.start_utc for each in found] == minute_by_minute.starts(one, start, weeks)
    assert {each.end_utc - each.start_utc for each in found} == {timedelta(minutes=one.minutes)}


@settings(max_examples=300)
@given(
    meetings,
    availabilities,
    horizon_starts,
    st.integers(1, 5),
    st.integers(0, 90) | st.integers(0, 3 * DAY),
)
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


@settings(max_examples=400)
@given(beside_a_change())
def test_attendance_beside_a_change_is_that_found_minute_by_minute(
    case: tuple[Meeting, Availability, datetime, int],
) -> None:
    one, availability, start, travel = case
    expected = minute_by_minute.attended(one, availability, start, 3, travel)
    assert share_attendable(
        one, availability, start=start, weeks=3, travel_minutes=(travel, travel), in_person=True
    ) == Share(expected, expected, 3)


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


# --- laws -----------------------------------------------------------------------------------


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
