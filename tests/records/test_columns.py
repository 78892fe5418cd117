"""Instants and text come back from both databases as they were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from peer_match.records.errors import RecordsError
from peer_match.records.schema import worker
from peer_match.records.store import Store
from records.made import NOON


def kept(store: Store, moment: datetime) -> datetime:
    with store.writing("test", NOON) as work:
        work.connection.execute(worker.insert().values(name="w", seen_at=moment))
    with store.reading() as read:
        return read.connection.execute(worker.select()).one().seen_at


@pytest.mark.parametrize("hours", [-12, -5, 0, 5.5, 14])
def test_an_instant_comes_back_in_utc_whatever_its_offset(store: Store, hours: float) -> None:
    given = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=hours)))
    found = kept(store, given)
    assert found == given
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_instants_far_away_come_back(store: Store, moment: datetime) -> None:
    assert kept(store, moment) == moment


def test_parts_of_a_millisecond_are_dropped(store: Store) -> None:
    assert kept(store, NOON + timedelta(microseconds=1_999)) == NOON + timedelta(milliseconds=1)


def test_a_time_without_an_offset_is_refused(store: Store) -> None:
    with pytest.raises(RecordsError, match="without an offset"):
        kept(store, NOON.replace(tzinfo=None))
