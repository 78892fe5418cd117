"""Whatever goes wrong at the receiver: nothing is lost, nothing is there twice, order is kept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from peer_match.delivery import deliver as deliver_module
from peer_match.delivery.capabilities import TypeCapabilities
from peer_match.delivery.client import FhirClient, Stored
from peer_match.delivery.create_once import create_once
from peer_match.records.audit import verify
from peer_match.records.outbox import LEASE, RETRIES, Receipt, dead_letters, receipt
from peer_match.records.store import Store, open_store
from records.made import NOON

from .made import (
    PATIENT_ONCE,
    QUICK,
    Json,
    client_of,
    deliver,
    deliver_all,
    errors,
    later,
    names,
    noted,
    put,
    states,
    task,
)
from .receiver import (
    ALL,
    NO_CONDITIONAL_CREATE,
    NO_TASK,
    NOTHING,
    RETRY_AFTER,
    WRITES,
    Failure,
    Kind,
    Receiver,
)

EVERYTHING = ("GET", *WRITES)
PASSING = [one for one in Failure if one is not Failure.INVALID]
# A server refuses connections or it does not, whatever the request.
SINGLE = [one for one in PASSING if one is not Failure.REFUSES]
ALL_OF_ANA, ALL_OF_BEN = ["a1", "a2", "a3"], ["b1", "b2"]


class Killed(BaseException):
    """Stands for the end of a process: no handler of ordinary errors sees it."""


def put_five(store: Store) -> None:
    """Three rows of one subject and two of another, in turn."""
    for name, subject in zip(
        ("a1", "b1", "a2", "b2", "a3"), ("ana", "ben", "ana", "ben", "ana"), strict=True
    ):
        put(store, task(name, subject), subject=subject)


def assert_whole(store: Store, receiver: Receiver) -> None:
    """Everything was sent, is there once, and came to be in the order of each subject."""
    assert set(states(store).values()) == {"sent"}
    there = names(receiver.kept())
    assert [name for name in there if name in ALL_OF_ANA] == ALL_OF_ANA
    assert [name for name in there if name in ALL_OF_BEN] == ALL_OF_BEN
    assert len(there) == 5
    assert dead_letters(store) == ()
    assert verify(store) == ()


def test_what_lies_in_the_outbox_is_sent(store: Store, receiver: Receiver) -> None:
    put_five(store)
    done = deliver(store, client_of(receiver))
    assert_whole(store, receiver)
    assert (len(done.sent), done.failed, done.dead, done.stepped_down) == (5, (), (), ())
    first = receiver.kept()[0]
    assert receipt(store, "Task|urn:peer-match:task|a1") == Receipt(
        receiver.base, f"Task/{first['id']}", "1", "requested"
    )


@pytest.mark.parametrize("on", [WRITES, EVERYTHING], ids=["writes", "everything"])
@pytest.mark.parametrize("kind", [ALL, NO_CONDITIONAL_CREATE], ids=["all", "searches"])
@pytest.mark.parametrize("failure", PASSING, ids=lambda one: one.name.lower())
def test_a_failure_that_passes_loses_nothing(
    store: Store, receiver: Receiver, failure: Failure, kind: Kind, on: tuple[str, ...]
) -> None:
    receiver.kind = kind
    put_five(store)
    client = client_of(receiver, QUICK if failure is Failure.HANGS else PATIENT_ONCE)
    with receiver.failing(failure, on=on):
        for number in range(3):
            assert deliver(store, client, later(6 * number)).dead == ()
    assert len(states(store)) == 5
    deliver_all(store, client_of(receiver), later(18))
    assert_whole(store, receiver)


@pytest.mark.parametrize("failure", SINGLE, ids=lambda one: one.name.lower())
def test_a_failure_of_every_second_request_loses_nothing(
    store: Store, receiver: Receiver, failure: Failure
) -> None:
    put_five(store)
    client = client_of(receiver, QUICK if failure is Failure.HANGS else PATIENT_ONCE)
    now = NOON
    for _ in range(5):
        with receiver.failing(failure, times=1):
            deliver(store, client, now)
        now += RETRIES.longest_wait
    deliver_all(store, client_of(receiver), now)
    assert_whole(store, receiver)


@pytest.mark.parametrize("kind", [ALL, NO_CONDITIONAL_CREATE, Kind(shows=False)])
def test_a_worker_that_is_killed_before_it_marks_a_row_makes_no_second_resource(
    store: Store, receiver: Receiver, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.kind = kind
    put_five(store)

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(deliver_module, "sent", dies)
        with pytest.raises(Killed):
            deliver(store, client_of(receiver), worker="first")
    assert names(receiver.kept()) == ["a1"]
    assert states(store)["a1"] == "leased"
    # Until its lease has run out the row is the first one's, and holds up its subject.
    deliver(store, client_of(receiver), later(1), "second")
    assert names(receiver.kept()) == ["a1", "b1", "b2"]
    deliver(store, client_of(receiver), NOON + LEASE, "second")
    assert_whole(store, receiver)


def test_two_workers_at_once_make_nothing_twice(url: str, receiver: Receiver) -> None:
    subjects = ("ana", "ben", "cem")
    with open_store(url) as store:
        for number in range(4):
            for subject in subjects:
                put(store, task(f"{subject}-{number}", subject), subject=subject)

    def work(name: str) -> None:
        with open_store(url) as own:
            for _ in range(10):
                deliver(own, client_of(receiver), worker=name)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = names(receiver.kept())
    for subject in subjects:
        own = [name for name in there if name.startswith(subject)]
        assert own == [f"{subject}-{number}" for number in range(4)]
    with open_store(url) as store:
        assert set(states(store).values()) == {"sent"}


# --- what is never sent ------------------------------------------------------------------------


def test_what_is_refused_for_ever_is_a_dead_letter_and_later_rows_go(
    store: Store, receiver: Receiver
) -> None:
    put_five(store)
    with receiver.failing(Failure.INVALID, containing='"a1"'):
        done = deliver(store, client_of(receiver))
        deliver(store, client_of(receiver), later(60))
    assert done.dead == ("Task|urn:peer-match:task|a1",)
    assert states(store) == {"a1": "dead", **dict.fromkeys(("b1", "a2", "b2", "a3"), "sent")}
    assert [name for name in names(receiver.kept()) if name in ALL_OF_ANA] == ["a2", "a3"]
    [letter] = dead_letters(store)
    assert (letter.subject, letter.attempts) == ("ana", 1)
    # A code of FHIR and not the server's words, which quote somebody.
    assert letter.error == "the server answered 422 (invalid)"
    assert noted(store, "dead")[0]["error"] == letter.error


def test_what_fails_too_often_is_a_dead_letter_and_later_rows_go(
    store: Store, receiver: Receiver
) -> None:
    put_five(store)
    now = NOON
    with receiver.failing(Failure.ERROR, containing='"a1"'):
        for _ in range(RETRIES.attempts):
            assert "a2" not in names(receiver.kept())
            deliver(store, client_of(receiver), now)
            now += RETRIES.longest_wait
        deliver(store, client_of(receiver), now)
    assert states(store) == {"a1": "dead", **dict.fromkeys(("b1", "a2", "b2", "a3"), "sent")}
    [letter] = dead_letters(store)
    assert letter.attempts == RETRIES.attempts
    assert letter.error == "the server answered 500 (transient)"


@pytest.mark.parametrize("body", ["{", "[]", "{}", '"Task"', '{"resourceType": "../Patient"}'])
def test_a_row_that_is_no_resource_is_a_dead_letter(
    store: Store, receiver: Receiver, body: str
) -> None:
    put(store, task("a1"))
    with store.writing("engine", NOON) as work:
        work.connection.exec_driver_sql(f"UPDATE outbox SET body = '{body}'")
    deliver(store, client_of(receiver))
    assert states(store) == {"a1": "dead"}
    assert receiver.asked("POST") == []


def test_a_resource_without_an_identifier_is_not_sent(store: Store, receiver: Receiver) -> None:
    put(store, task("a1"))
    with store.writing("engine", NOON) as work:
        work.connection.exec_driver_sql("""UPDATE outbox SET body = '{"resourceType":"Task"}'""")
    deliver(store, client_of(receiver))
    assert errors(store) == ["the resource has no business identifier"]
    assert receiver.asked("POST") == []


def test_a_fault_of_this_program_says_its_type_and_stops_nobody_else(
    store: Store, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_five(store)

    def faulty(client: FhirClient, resource: Json, can: TypeCapabilities) -> Stored:
        if names([resource]) == ["a1"]:
            raise KeyError("Ana Example")
        return create_once(client, resource, can)

    with monkeypatch.context() as patch:
        patch.setattr(deliver_module, "create_once", faulty)
        deliver(store, client_of(receiver))
    assert names(receiver.kept()) == ["b1", "b2"]
    assert errors(store)[0] == "a fault of this program: KeyError"
    deliver_all(store, client_of(receiver), later(10))
    assert_whole(store, receiver)


# --- how a server is spared --------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        *(Failure.REFUSES, Failure.HANGS, Failure.BUSY, Failure.TOO_MANY),
        *(Failure.REDIRECT, Failure.UNAUTHORIZED),
    ],
    ids=lambda one: one.name.lower(),
)
def test_an_outage_uses_up_the_attempts_of_one_row_at_a_time(
    store: Store, receiver: Receiver, failure: Failure
) -> None:
    put_five(store)
    with receiver.failing(failure):
        done = deliver(store, client_of(receiver, QUICK))
    assert done.failed == ("Task|urn:peer-match:task|a1",)
    assert errors(store)[1:] == [None] * 4


@pytest.mark.parametrize("failure", [Failure.BUSY, Failure.TOO_MANY])
def test_a_server_that_asks_for_rest_gets_it(
    store: Store, receiver: Receiver, failure: Failure
) -> None:
    put(store, task("a1"))
    with receiver.failing(failure, times=1):
        deliver(store, client_of(receiver))
    deliver(store, client_of(receiver), NOON + timedelta(seconds=RETRY_AFTER - 1))
    assert len(receiver.asked("POST")) == 1
    deliver(store, client_of(receiver), NOON + timedelta(seconds=RETRY_AFTER * 1.2))
    assert names(receiver.kept()) == ["a1"]


def test_waits_grow(store: Store, receiver: Receiver) -> None:
    put(store, task("a1"))
    waits: list[int] = []
    last = 0
    with receiver.failing(Failure.ERROR):
        for second in range(120):
            before = len(receiver.asked("POST"))
            deliver(store, client_of(receiver), NOON + timedelta(seconds=second))
            if len(receiver.asked("POST")) > before:
                waits.append(second - last)
                last = second
    assert waits[0] == 0
    assert [5 * 2**n <= wait <= 6 * 2**n + 1 for n, wait in enumerate(waits[1:])] == [True] * 4


def test_a_redirect_is_not_followed(store: Store, receiver: Receiver) -> None:
    put(store, task("a1"))
    with receiver.failing(Failure.REDIRECT):
        deliver(store, client_of(receiver))
    assert errors(store) == ["the server answered 307 (transient)"]
    assert not any("elsewhere" in one.path for one in receiver.requests)


# --- what a server cannot take -----------------------------------------------------------------


def test_what_went_out_as_something_else_is_said(store: Store, receiver: Receiver) -> None:
    receiver.kind = NO_TASK
    put(store, task("a1"))
    done = deliver(store, client_of(receiver))
    [kept] = receiver.kept()
    assert (kept["resourceType"], names([kept])) == ("ServiceRequest", ["a1"])
    [stepped] = done.stepped_down
    assert (stepped.key, stepped.remote_id) == (done.sent[0], f"ServiceRequest/{kept['id']}")
    assert noted(store, "step-down") == [
        {
            "key": done.sent[0],
            "sent_as": stepped.remote_id,
            "passed_over": ["Task: the server does not create it"],
        }
    ]


def test_a_stand_in_is_made_once_as_well(
    store: Store, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.kind = NO_TASK
    put(store, task("a1"))

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(deliver_module, "sent", dies)
        with pytest.raises(Killed):
            deliver(store, client_of(receiver))
    deliver(store, client_of(receiver), NOON + LEASE)
    assert len(receiver.kept()) == 1
    assert states(store) == {"a1": "sent"}
    # It is said before the mark, so that it is never missing.
    assert len(noted(store, "step-down")) == 2


def test_a_server_that_takes_nothing_is_said_to(store: Store, receiver: Receiver) -> None:
    receiver.kind = NOTHING
    put(store, task("a1"))
    done = deliver(store, client_of(receiver))
    assert done.dead == ("Task|urn:peer-match:task|a1",)
    assert errors(store) == [
        "the server takes none of these: Task: the server does not create it; "
        "ServiceRequest: the server does not create it; "
        "Communication: the server does not create it; "
        "DocumentReference: the server does not create it"
    ]


def test_a_server_that_would_make_a_second_one_is_sent_nothing(
    store: Store, receiver: Receiver
) -> None:
    receiver.kind = Kind(conditional_create=False, search=False)
    put(store, task("a1"))
    deliver(store, client_of(receiver))
    assert receiver.kept() == []
    [error] = errors(store)
    assert error is not None and "the server would create it again each time it is sent" in error


def test_a_server_that_has_learned_to_take_it_is_seen_at_once(
    store: Store, receiver: Receiver
) -> None:
    client = client_of(receiver)
    receiver.kind = NOTHING
    put(store, task("a1"))
    deliver(store, client)
    receiver.kind = ALL
    put(store, task("a2"))
    deliver(store, client, later(1))
    assert names(receiver.kept("Task")) == ["a2"]
