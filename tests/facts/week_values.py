"""Meetings, windows and free time for tests: by hand, and drawn at random near clock changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from peer_match.facts.week import Availability, Meeting, Share, Window, share_attendable
from peer_match.facts.zones import zone

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


def attended(one: Meeting, availability: Availability, travel: tuple[int, int]) -> Share:
    return share_attendable(one, availability, start=MARCH, travel_minutes=travel, in_person=True)


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


@st.composite
def beside_a_change(draw: st.DrawFn) -> tuple[Meeting, Availability, datetime, int]:
    """A meeting that begins close to a change of somebody's clock, and free time close to it."""
    name, change = draw(
        st.sampled_from(
            [
                ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
                ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
                ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
                ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
                ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
                ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
            ]
        )
    )
    length = draw(st.integers(1, 120) | st.integers(1, 3 * DAY))
    travel = draw(st.integers(0, 60) | st.integers(0, 2 * DAY))
    minutes = st.integers(-length - travel - 5, travel + 5)
    begins = change + timedelta(minutes=draw(minutes))
    its_zone = zone(draw(st.sampled_from([name, *ZONES])))
    local = begins.astimezone(its_zone)
    one = meeting(local.weekday(), f"{local:%H:%M}", length, its_zone.key)
    # Free for the whole of it by the clock, give or take some minutes or a change's size.
    slack = st.sampled_from([0, 0, 30, 60]) | st.integers(-5, 120)
    before, after = travel + draw(slack), travel + draw(slack)
    first = begins.astimezone(zone(name)) - timedelta(minutes=before)
    free = Window(
        weekday=first.weekday(),
        start_minute=first.hour * 60 + first.minute,
        minutes=min(max(before + length + after, 1), WEEK),
    )
    return one, Availability(zone=name, free=(free,)), begins - timedelta(days=8), travel
