"""Free time and meetings: the worked cases, what they mean, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
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

from .week_values import DAY, MARCH, WEEK, attended, meeting, window

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "dst_cases.json").read_text("utf-8")
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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


# --- what it means --------------------------------------------------------------------------


def test_an_occurrence_that_begins_at_the_start_of_the_horizon_counts() -> None:
    noon = meeting(6, "12:00", 60, "UTC")
    assert MARCH.weekday() == 6
    assert occurrences(noon, MARCH, weeks=1)[0].start_utc == MARCH
    late = MARCH + timedelta(microseconds=1)
    assert occurrences(noon, late, weeks=1)[0].start_utc == MARCH + timedelta(days=7)


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


def test_a_way_of_days_needs_days() -> None:
    one = meeting(3, "12:00", 60, "UTC")
    four_days = Availability(zone="UTC", free=(Window(weekday=1, start_minute=0, minutes=4 * DAY),))
    # Thursday 13:00 to Friday 24:00 is 35 hours; before the meeting there is more.
    for travel, times in ((35 * 60, 54), (35 * 60 + 1, 0)):
        assert attended(one, four_days, (travel, travel)) == Share(times, times, 54)


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
    ("one", "at", "expected"),
    [
        (meeting(2, "19:00", 60, "America/New_York"), datetime(2026, 3, 6, tzinfo=UTC), (3, 0)),
        # Monday of the next week in London, while it is still Sunday in New York.
        (
            meeting(2, "19:00", 60, "America/New_York"),
            datetime(2026, 3, 9, 1, tzinfo=UTC),
            (2, 23 * 60),
        ),
        # The Monday of that week counts, not the one after the change.
        (
            meeting(0, "12:00", 60, "America/New_York"),
            datetime(2026, 3, 8, 23, 59, tzinfo=UTC),
            (0, 17 * 60),
        ),
    ],
)
def test_the_week_shown_is_the_viewer_s(
    one: Meeting, at: datetime, expected: tuple[int, int]
) -> None:
    assert week_in_zone(one, "Europe/London", at) == expected


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
