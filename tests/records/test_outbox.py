"""What lies in the outbox is sent in order, at least once, or ends where a person sees it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from peer_match.facts.patient import Person
from peer_match.records import outbox
from peer_match.records.errors import RecordsError
from peer_match.records.outbox import LEASE, RETRIES, Leased, Receipt, Retries
from peer_match.records.outgoing import Outgoing
from peer_match.records.schema import audit
from peer_match.records.schema import outbox as table
from peer_match.records.store import Store, open_store
from records.made import NOON, SUBJECT, after

DANA = Person(id="dana", name="Dana Ruiz")
RECEIPT = Receipt("https://ehr.example", "Task/7", "1", "requested")


def put(store: Store, *keys: str, subject: str = SUBJECT) -> tuple[str, ...]:
    with store.writing("engine", NOON) as work:
        return work.send([Outgoing(key, subject, f"body of {key}") for key in keys], subject)


def lease(store: Store, minutes: float = 0, worker: str = "w", limit: int = 20) -> list[Leased]:
    return list(outbox.lease(store, after(minutes), worker, limit))


def keys(leased: list[Leased]) -> list[str]:
    return [row.key for row in leased]


def states(store: Store) -> list[str]:
    with store.reading() as read:
        rows = read.connection.execute(select(table.c.state).order_by(table.c.seq))
        return list(rows.scalars())


def sent(store: Store, row: Leased, worker: str = "w") -> None:
    outbox.sent(store, row, RECEIPT, worker, after(1))


def test_what_was_put_down_is_leased_with_its_body(store: Store) -> None:
    put(store, "a")
    [row] = lease(store)
    assert row == Leased(row.seq, "a", SUBJECT, "body of a", 1)


def test_the_same_key_is_put_down_once(store: Store) -> None:
    assert put(store, "a", "a", "b") == ("a", "b")
    assert put(store, "b", "c") == ("c",)


def test_one_subject_is_sent_in_order_one_by_one(store: Store) -> None:
    put(store, "a", "b", "c")
    for key in ("a", "b", "c"):
        [row] = lease(store)
        assert row.key == key
        assert lease(store, worker="other") == []
        sent(store, row)
    assert lease(store) == []
    assert states(store) == ["sent"] * 3


def test_subjects_do_not_wait_for_each_other(store: Store) -> None:
    put(store, "a", "b")
    put(store, "c", subject="ben")
    assert keys(lease(store)) == ["a", "c"]


def test_no_more_than_the_limit_are_leased(store: Store) -> None:
    for subject in "abc":
        put(store, subject, subject=subject)
    assert keys(lease(store, limit=2)) == ["a", "b"]
    assert keys(lease(store)) == ["c"]


def test_a_row_that_failed_holds_up_its_subject_until_it_was_tried_again(store: Store) -> None:
    put(store, "a", "b")
    [row] = lease(store)
    outbox.failed(store, row, "the receiver is busy", "w", NOON)
    assert lease(store) == []
    [again] = lease(store, minutes=1)
    assert (again.key, again.attempts) == ("a", 2)


def test_waits_double_up_to_the_longest_and_differ_by_key() -> None:
    waits = [RETRIES.wait("a", attempts) for attempts in range(1, 20)]
    assert waits[0] >= RETRIES.first
    assert all(wait < RETRIES.first * 2**number * 1.2 for number, wait in enumerate(waits))
    assert all(RETRIES.longest <= wait <= RETRIES.longest_wait for wait in waits[6:])
    assert RETRIES.wait("a", 5) == RETRIES.wait("a", 5) != RETRIES.wait("b", 5)
    assert RETRIES.wait("a", 10_000) <= RETRIES.longest_wait


def test_a_receiver_may_be_down_for_an_hour() -> None:
    waits = (RETRIES.wait("a", attempts) for attempts in range(1, RETRIES.attempts))
    assert sum(waits, timedelta()) > timedelta(hours=1)


def test_after_the_last_attempt_it_is_a_dead_letter(store: Store) -> None:
    put(store, "a")
    twice = Retries(attempts=2)
    for minutes in (0, 1):
        [row] = lease(store, minutes=minutes)
        outbox.failed(store, row, "the receiver is busy", "w", after(minutes), retries=twice)
    [dead] = outbox.dead_letters(store)
    assert (dead.key, dead.attempts, dead.error) == ("a", 2, "the receiver is busy")
    assert lease(store, minutes=1000) == []


def test_a_permanent_error_is_not_tried_again(store: Store) -> None:
    put(store, "a")
    [row] = lease(store)
    outbox.failed(store, row, "refused as invalid", "w", NOON, is_permanent=True)
    assert states(store) == ["dead"]
    with store.reading() as read:
        assert read.status(NOON).dead_letters == 1
        actions = select(audit.c.action).order_by(audit.c.seq)
        assert list(read.connection.execute(actions).scalars()) == ["send", "dead"]


def test_a_named_person_sends_a_dead_letter_again(store: Store) -> None:
    put(store, "a", "b")
    [row] = lease(store)
    outbox.failed(store, row, "refused as invalid", "w", NOON, is_permanent=True)
    again = outbox.resend(store, row.seq, DANA, after(5))
    assert (again.key, again.error) == ("a", "refused as invalid")
    assert outbox.dead_letters(store) == ()
    [row] = lease(store, minutes=5)
    assert (row.key, row.attempts) == ("a", 1)
    sent(store, row)
    assert keys(lease(store, minutes=5)) == ["b"]
    with store.reading() as read:
        noted = read.connection.execute(select(audit.c.details).where(audit.c.action == "resend"))
        assert "Dana Ruiz" in noted.scalar_one()


@pytest.mark.parametrize("number", [1, 2, 7])
def test_only_a_dead_letter_is_sent_again(store: Store, number: int) -> None:
    put(store, "a", "b")
    [row] = lease(store)
    sent(store, row)
    with pytest.raises(RecordsError, match=f"no dead letter with the number {number}"):
        outbox.resend(store, number, DANA, after(5))
    assert states(store) == ["sent", "waiting"]


def test_nobody_without_a_name_sends_again(store: Store) -> None:
    put(store, "a")
    [row] = lease(store)
    outbox.failed(store, row, "refused as invalid", "w", NOON, is_permanent=True)
    with pytest.raises(RecordsError, match="a person with an id and a name"):
        outbox.resend(store, row.seq, Person(id="dana", name=" "), after(5))
    assert states(store) == ["dead"]


def test_a_dead_letter_does_not_hold_up_what_comes_after_it(store: Store) -> None:
    put(store, "a", "b")
    [row] = lease(store)
    outbox.failed(store, row, "refused as invalid", "w", NOON, is_permanent=True)
    assert keys(lease(store)) == ["b"]


def test_the_row_of_a_worker_that_died_is_handed_out_again(store: Store) -> None:
    put(store, "a")
    lease(store, worker="dies")
    just_before = LEASE.total_seconds() / 60 - 0.01
    assert lease(store, minutes=just_before) == []
    [row] = lease(store, minutes=just_before + 0.01)
    assert row.attempts == 2


def test_a_row_that_kills_every_worker_becomes_a_dead_letter(store: Store) -> None:
    put(store, "a", "b")
    for attempt in range(RETRIES.attempts):
        assert keys(lease(store, minutes=attempt * 3)) == ["a"]
    assert lease(store, minutes=1000) == []
    [dead] = outbox.dead_letters(store)
    assert dead.error == outbox.GIVEN_UP
    assert keys(lease(store, minutes=1000)) == ["b"]


def test_a_worker_that_was_too_slow_cannot_fail_the_row_of_another(store: Store) -> None:
    put(store, "a")
    [slow] = lease(store, worker="slow")
    [quick] = lease(store, minutes=3, worker="quick")
    outbox.failed(store, slow, "took too long", "slow", after(3), is_permanent=True)
    assert states(store) == ["leased"]
    sent(store, quick, "quick")
    outbox.failed(store, slow, "took too long", "slow", after(3), is_permanent=True)
    assert states(store) == ["sent"]


def test_whoever_has_sent_it_may_say_so(store: Store) -> None:
    put(store, "a")
    [slow] = lease(store, worker="slow")
    [quick] = lease(store, minutes=3, worker="quick")
    sent(store, slow, "slow")
    sent(store, quick, "quick")
    assert states(store) == ["sent"]


def test_the_ledger_knows_where_it_went(store: Store) -> None:
    put(store, "a")
    assert outbox.receipt(store, "a") is None
    [row] = lease(store)
    sent(store, row)
    assert outbox.receipt(store, "a") == RECEIPT
    newer = Receipt("https://ehr.example", "Task/7", "2", "accepted")
    outbox.sent(store, row, newer, "w", after(2))
    assert outbox.receipt(store, "a") == newer


@pytest.mark.parametrize("fails", [True, False])
def test_a_clock_that_ran_ahead_holds_nothing_up_once_it_is_right(
    store: Store, fails: bool
) -> None:
    put(store, "a")
    in_a_year = 60 * 24 * 365
    [row] = lease(store, minutes=in_a_year)
    if fails:
        outbox.failed(store, row, "the receiver is busy", "w", after(in_a_year))
    assert keys(lease(store)) == ["a"]


def test_two_workers_never_have_the_same_row(url: str) -> None:
    number = 12
    with open_store(url) as store:
        for index in range(number):
            put(store, f"k{index}", subject=f"s{index}")

    leased: list[str] = []
    start = threading.Barrier(2)

    def work(name: str) -> None:
        with open_store(url) as store:
            start.wait()
            while rows := lease(store, worker=name, limit=2):
                leased.extend(keys(rows))

    workers = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(leased) == sorted(f"k{index}" for index in range(number))
