"""The status tells a dead worker, an overdue call and what cannot be sent."""

from __future__ import annotations

from peer_match.records import outbox
from peer_match.records.deadlines import fire_due
from peer_match.records.outbox import RETRIES, Receipt, failed, lease, sent
from peer_match.records.outgoing import Outgoing
from peer_match.records.status import Status
from peer_match.records.store import Store
from peer_match.records.workers import heartbeat
from records.made import NOON, SUBJECT, after, assessment, call, escalation
from records.test_latch import record


def status(store: Store, minutes: float) -> Status:
    with store.reading() as read:
        return read.status(after(minutes))


def test_with_nothing_to_do_all_is_well(store: Store) -> None:
    found = status(store, 0)
    assert found == Status(None, 0, 0, 0, None, 0, None, 0, 0, {})
    assert found.last_heartbeat is None


def test_a_deadline_that_nobody_fires_grows_old(store: Store) -> None:
    record(store, assessment(escalation()))
    record(store, assessment(escalation("e2", since=after(1)), subject="ben"))
    assert status(store, 14).oldest_overdue_seconds is None
    assert status(store, 15).oldest_overdue_seconds == 0
    assert status(store, 20).oldest_overdue_seconds == 300
    assert status(store, 20).waiting_deadlines == 2
    fire_due(store, after(20), call, "worker")
    assert status(store, 20).oldest_overdue_seconds is None


def test_what_is_not_sent_grows_old_whether_waiting_or_leased(store: Store) -> None:
    record(store, assessment(), Outgoing("a", SUBJECT, "call"))
    assert status(store, 2).oldest_unsent_seconds == 120
    [row] = outbox.lease(store, after(2), "worker")
    assert status(store, 3).oldest_unsent_seconds == 180
    assert status(store, 3).outbox_waiting == 1
    outbox.sent(store, row, outbox.Receipt("https://ehr.example", "Task/1"), "worker", after(3))
    assert status(store, 4).oldest_unsent_seconds is None
    assert status(store, 4).outbox_waiting == 0


def test_each_worker_says_when_it_was_last_alive(store: Store) -> None:
    heartbeat(store, "one", after(0))
    heartbeat(store, "two", after(1))
    heartbeat(store, "one", after(2))
    found = status(store, 9)
    assert found.heartbeats == {"one": after(2), "two": after(1)}
    assert found.last_heartbeat == after(2)


def test_what_fails_again_and_again_is_counted_with_its_reason(store: Store) -> None:
    """Once can be anything: a server that restarts is no reason to call somebody."""
    with store.writing("engine", NOON) as work:
        work.send([Outgoing("Task|a", SUBJECT, "{}")], SUBJECT)
    now = NOON
    for tries in range(1, 4):
        [row] = lease(store, now, "w")
        failed(store, row, f"reason {tries}", "w", now)
        now += RETRIES.longest_wait
        with store.reading() as read:
            found = read.status(now)
        expected = (0, None) if tries < 3 else (1, "reason 3")
        assert (found.failing, found.failing_because) == expected
    [row] = lease(store, now, "w")
    sent(store, row, Receipt("http://s", "Task/1"), "w", now)
    with store.reading() as read:
        assert read.status(now).failing == 0
