"""Killed at any instruction, a unit of work has left everything or nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import Table, select

from peer_match.records.audit import head, verify
from peer_match.records.deadlines import fire_due
from peer_match.records.schema import audit, deadline, decision, log, outbox
from peer_match.records.schema import escalation as escalations
from peer_match.records.store import Store, open_store
from records.made import after, assessment, call, escalation
from records.test_latch import record, stored

VICTIM = Path(__file__).with_name("victim.py")


@contextmanager
def victim(url: str, task: str) -> Generator[IO[str], None, None]:
    """What a process tells that works on the records; killed at the end of the block."""
    command = [sys.executable, str(VICTIM), url, task]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.kill()


def numbers(store: Store, table: Table, column: str) -> set[int]:
    """The numbers at the end of the texts in a column, such as 7 of `e7`."""
    with store.reading() as read:
        found = read.connection.execute(select(table.c[column])).scalars()
        return {int(text.lstrip("sek")) for text in found}


@pytest.mark.parametrize("milliseconds", [0, 2, 7])
def test_every_unit_of_work_is_there_as_a_whole_or_not_at_all(url: str, milliseconds: int) -> None:
    with victim(url, "work") as told:
        kept = {int(told.readline()) for _ in range(5)}
        time.sleep(milliseconds / 1000)
    with open_store(url) as store:
        events = numbers(store, log, "subject")
        assert kept <= events == set(range(len(events)))
        for table, column in (
            (decision, "subject"),
            (escalations, "id"),
            (deadline, "escalation"),
            (outbox, "key"),
            (audit, "subject"),
        ):
            assert numbers(store, table, column) == events
        with store.reading() as read:
            acknowledged = {one.subject for one in read.escalations(["acknowledged"])}
            rows = read.connection.execute(select(audit.c.seq)).all()
        assert acknowledged == {f"s{number}" for number in events if number % 2}
        assert len(rows) == 2 * len(events) + len(acknowledged)
        assert verify(store, head(store)) == ()


def test_a_unit_of_work_that_was_killed_before_its_end_left_nothing(url: str) -> None:
    with victim(url, "hang-work") as told:
        assert told.readline() == "inside\n"
    with open_store(url) as store:
        for table, column in ((log, "subject"), (escalations, "id"), (outbox, "key")):
            assert numbers(store, table, column) == set()
        assert head(store) == ""
        record(store, assessment(escalation()))


def test_a_deadline_whose_worker_was_killed_fires_in_another_one(url: str) -> None:
    with open_store(url) as store:
        record(store, assessment(escalation()))
    with victim(url, "hang-fire") as told:
        assert told.readline() == "inside\n"
    with open_store(url) as store:
        assert stored(store).step == 0
        assert fire_due(store, after(15), call, "another").calls == ("e1/0/1/0",)
        assert fire_due(store, after(15), call, "another").calls == ()
