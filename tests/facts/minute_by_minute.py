"""The slow reference for `peer_match.facts.week`: looks at every minute by itself.

Written from what the module promises and sharing none of its arithmetic: a meeting's start is a
local time of `zoneinfo`, taken to UTC; a minute is free when the person's clock shows a minute of
a free window and of no busy one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from peer_match.facts.week import Availability, Meeting, Window
from peer_match.facts.zones import zone

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def starts(meeting: Meeting, start: datetime, weeks: int) -> list[datetime]:
    """The first `weeks` starts at or after `start`, in UTC, by looking at every day."""
    assert meeting.zone is not None
    found: list[datetime] = []
    day = start.astimezone(zone(meeting.zone)).replace(tzinfo=None) - 3 * DAY
    while len(found) < weeks:
        if day.weekday() == meeting.weekday:
            hour, minute = divmod(meeting.start_minute, 60)
            local = day.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
            begins = local.replace(tzinfo=zone(meeting.zone)).astimezone(UTC)
            if begins >= start:
                found.append(begins)
        day += DAY
    return found


def holds(window: Window, local: datetime) -> bool:
    """Whether the clock shows a minute of the window."""
    since_its_day = (local.weekday() - window.weekday) % 7 * 24 * 60
    since = since_its_day + local.hour * 60 + local.minute - window.start_minute
    return since % (7 * 24 * 60) < window.minutes


def is_free(availability: Availability, moment: datetime) -> bool:
    local = moment.astimezone(zone(availability.zone))
    free = not availability.free or any(holds(window, local) for window in availability.free)
    return free and not any(holds(window, local) for window in availability.busy)


def minutes(first: datetime, end: datetime) -> Iterator[datetime]:
    while first < end:
        yield first
        first += MINUTE


def attended(
    meeting: Meeting, availability: Availability, start: datetime, weeks: int, travel: int
) -> int:
    way = travel * MINUTE
    return sum(
        all(
            is_free(availability, moment)
            for moment in minutes(begins - way, begins + meeting.minutes * MINUTE + way)
        )
        for begins in starts(meeting, start, weeks)
    )


def mondays(zone_name: str, start: datetime, count: int) -> list[datetime]:
    """The first `count` Mondays 00:00 on the clock of a zone, from `start` on, in UTC."""
    monday = Meeting(
        id="monday", weekday=0, start_minute=0, minutes=1, zone=zone_name, formats=frozenset()
    )
    return starts(monday, start, count)


def common(a: Availability, b: Availability, start: datetime, weeks: int) -> tuple[int, int]:
    totals = [
        sum(is_free(a, moment) and is_free(b, moment) for moment in minutes(monday, next_monday))
        for zone_name in (a.zone, b.zone)
        for calendar in [mondays(zone_name, start, weeks + 1)]
        for monday, next_monday in pairwise(calendar)
    ]
    return min(totals), max(totals)
