"""Wall-clock time and elapsed time, against `zoneinfo` over every zone there is."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.offsets import (
    DAY,
    EPOCH,
    FIRST_YEAR,
    WEEK,
    datetime_of,
    minute_of,
    offsets,
)
from peer_match.facts.zones import zone, zone_names

MINUTE = timedelta(minutes=1)
zone_name = st.sampled_from(sorted(zone_names()))
# About 1990 to 2049: past and present oddities, and the rules that run on for ever.
moment = st.integers(20 * 52 * WEEK, 80 * 52 * WEEK)


def changes_in_file(name: str) -> Iterator[tuple[int, int]]:
    """(second, offset in seconds) of the 64-bit block of a zone's file; RFC 8536, section 3."""
    data = files(tzdata).joinpath("zoneinfo", *name.split("/")).read_bytes()
    header = struct.Struct(">4sc15x6L")
    _, _, isut, isstd, leaps, times, types, letters = header.unpack_from(data)
    block = header.size + times * 5 + types * 6 + letters + leaps * 8 + isstd + isut
    *_, times, types, _ = header.unpack_from(data, block)
    block += header.size
    seconds = struct.unpack_from(f">{times}q", data, block)
    kinds = data[block + times * 8 : block + times * 9]
    utoff = [struct.unpack_from(">l", data, block + times * 9 + 6 * i)[0] for i in range(types)]
    before = None
    for second, kind in zip(seconds, kinds, strict=True):
        if utoff[kind] != before:
            yield second, utoff[kind]
        before = utoff[kind]


def test_no_zone_changes_twice_in_a_day_or_by_seconds() -> None:
    """What one look a day and whole minutes rest on."""
    since = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    gaps: list[int] = []
    for name in zone_names():
        changes = [change for change in changes_in_file(name) if change[0] >= since]
        assert all(offset % 60 == 0 and second % 60 == 0 for second, offset in changes), name
        gaps += (later - earlier for (earlier, _), (later, _) in pairwise(changes))
    assert min(gaps) > DAY * 60


@given(zone_name, moment, st.integers(0, 60 * WEEK))
def test_the_offset_is_that_of_zoneinfo(name: str, first: int, after: int) -> None:
    clock = offsets(name, first, first + 60 * WEEK)
    local = datetime_of(first + after).astimezone(zone(name))
    assert local.utcoffset() == clock.at(first + after) * MINUTE


@given(zone_name, moment, st.data())
def test_changes_are_found_to_the_minute(name: str, first: int, data: st.DataObject) -> None:
    clock = offsets(name, first, first + 54 * WEEK)
    if not clock.changes:
        return
    change = data.draw(st.sampled_from(clock.changes))
    before, at = (datetime_of(m).astimezone(zone(name)) for m in (change - 1, change))
    assert before.utcoffset() != at.utcoffset()


@given(zone_name, moment, st.data())
def test_wall_clock_time_means_what_fold_0_means(
    name: str, first: int, data: st.DataObject
) -> None:
    """Especially around the changes, where times are skipped or shown twice."""
    clock = offsets(name, first, first + 54 * WEEK)
    near = st.sampled_from(clock.wall_changes or (first,))
    wall = data.draw(
        st.one_of(
            st.integers(first, first + 54 * WEEK),
            st.builds(lambda at, by: at + by, near, st.integers(-200, 200)),
        )
    )
    local = (EPOCH + wall * MINUTE).replace(tzinfo=zone(name), fold=0)
    assert datetime_of(clock.utc(wall)) == local.astimezone(UTC)


@given(zone_name, moment, st.integers(1, 300) | st.integers(1, 50 * WEEK), st.data())
def test_pieces_cover_a_span_without_gap_or_change_inside(
    name: str, first: int, length: int, data: st.DataObject
) -> None:
    clock = offsets(name, first, first + 104 * WEEK)
    first = data.draw(
        st.builds(
            lambda at, by: at - by,
            st.sampled_from(clock.changes[:2] or (first,)),
            st.integers(-1, length + 1),
        )
    )
    pieces = list(clock.pieces(first, first + length))
    assert [piece[0] for piece in pieces] == [first, *(piece[1] for piece in pieces[:-1])]
    assert pieces[-1][1] == first + length
    for since, until, offset in pieces:
        assert since < until
        assert clock.at(since) == clock.at(until - 1) == offset


def test_minute_0_is_a_monday() -> None:
    assert datetime_of(0) == EPOCH
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert monday.weekday() == EPOCH.weekday() == 0
    assert minute_of(monday) % WEEK == 0


@given(st.timedeltas(timedelta(days=365 * 5), timedelta(days=365 * 100)), zone_name)
def test_a_moment_is_rounded_up_to_the_minute(since: timedelta, name: str) -> None:
    instant = (EPOCH + since).astimezone(zone(name))
    rounded = datetime_of(minute_of(instant))
    assert timedelta(0) <= rounded - instant < MINUTE
    assert rounded.second == rounded.microsecond == 0


@pytest.mark.parametrize(
    ("instant", "complaint"),
    [
        (datetime(2026, 3, 1), "carries no offset"),  # noqa: DTZ001 - the fault under test
        (datetime(1972, 12, 31, tzinfo=UTC), "not between the years 1973 and 9000"),
        (datetime(9001, 1, 1, tzinfo=UTC), "not between the years 1973 and 9000"),
    ],
)
def test_a_moment_that_cannot_be_placed_is_refused(instant: datetime, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        minute_of(instant)


@pytest.mark.parametrize(
    ("name", "size"),
    [("America/New_York", {60}), ("Australia/Lord_Howe", {30}), ("America/Phoenix", set())],
)
def test_a_change_moves_the_wall_clock_by_its_size(name: str, size: set[int]) -> None:
    start = minute_of(datetime(2026, 1, 1, tzinfo=UTC))
    clock = offsets(name, start, start + 52 * WEEK)
    assert {abs(later - earlier) for earlier, later in pairwise(clock.minutes)} == size
