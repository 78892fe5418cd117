"""What the clocks of a zone show, in whole minutes, over a span of time.

Owns the step between elapsed time and wall-clock time. Minutes are counted from Monday 5 January
1970 00:00 UTC, so that a wall-clock minute modulo `WEEK` is the minute of the week. Elapsed time
is always subtracted in UTC: Python ignores clock changes between two times of one zone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from peer_match.facts.zones import zone

DAY = 24 * 60
WEEK = 7 * DAY
EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# Since 1973 every offset of every zone is whole minutes (Liberia was the last, in 1972).
FIRST_YEAR, LAST_YEAR = 1973, 9000
# Spans are widened to multiples of this, so that near spans share one table.
_BLOCK = 52 * WEEK


@dataclass(frozen=True, slots=True)
class Offsets:
    """The offsets of one zone: `minutes[i]` (east of UTC) holds until `changes[i]` (in UTC).

    `minutes` has one entry more than `changes`. `wall_changes` are the same changes as wall-clock
    minutes from which the later offset is meant.
    """

    changes: tuple[int, ...]
    minutes: tuple[int, ...]
    wall_changes: tuple[int, ...]

    def at(self, moment: int) -> int:
        """The offset at a UTC minute."""
        return self.minutes[bisect_right(self.changes, moment)]

    def utc(self, wall: int) -> int:
        """The UTC minute at which the clocks show `wall`.

        Of a time that occurs twice, the first; a time that the clocks skip is read with the
        offset before the change, so it comes out as much later as the clocks were put forward
        (02:30 as 03:30). This is what `fold=0` means in PEP 495.
        """
        return wall - self.minutes[bisect_right(self.wall_changes, wall)]

    def pieces(self, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """[first, end) in UTC cut at the changes, as (first, end, offset)."""
        at = bisect_right(self.changes, first)
        while at < len(self.changes) and self.changes[at] < end:
            yield first, self.changes[at], self.minutes[at]
            first = self.changes[at]
            at += 1
        yield first, end, self.minutes[at]


def offsets(zone_name: str, first: int, end: int) -> Offsets:
    """The offsets of a zone from UTC minute `first` to `end` at least. Raises UnknownZone."""
    return _offsets(zone_name, first // _BLOCK, -(-end // _BLOCK))


@lru_cache(maxsize=4096)
def _offsets(zone_name: str, first_block: int, end_block: int) -> Offsets:
    # No zone changes twice within a day, so one look a day misses no change.
    looks = range(first_block * _BLOCK, end_block * _BLOCK + DAY, DAY)
    minutes = [_offset(zone_name, looks[0])]
    changes: list[int] = []
    for look in looks[1:]:
        offset = _offset(zone_name, look)
        if offset != minutes[-1]:
            changes.append(_change(zone_name, look - DAY, look))
            minutes.append(offset)
    wall_changes = (
        change + max(before, after)
        for change, before, after in zip(changes, minutes, minutes[1:], strict=False)
    )
    return Offsets(tuple(changes), tuple(minutes), tuple(wall_changes))


def _change(zone_name: str, before: int, after: int) -> int:
    """The first UTC minute with the offset of `after`, by halving."""
    offset = _offset(zone_name, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone_name, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset(zone_name: str, moment: int) -> int:
    offset = datetime_of(moment).astimezone(zone(zone_name)).utcoffset()
    assert offset is not None  # every zone of the package has one
    return offset // MINUTE


def minute_of(moment: datetime) -> int:
    """The first whole UTC minute at or after `moment`.

    Raises ValueError when it carries no offset or lies outside `FIRST_YEAR` to `LAST_YEAR`.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} carries no offset from UTC")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(
            f"{moment.isoformat()} is not between the years {FIRST_YEAR} and {LAST_YEAR}"
        )
    return -((EPOCH - moment) // MINUTE)


def datetime_of(moment: int) -> datetime:
    """A UTC minute as an aware datetime in UTC."""
    return EPOCH + timedelta(minutes=moment)
