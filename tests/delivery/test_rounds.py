"""Rounds go on until they are stopped, and no deadline waits for a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from decide.made import SHIPPED
from peer_match.delivery.exchange import Limits
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.rounds import go_on
from peer_match.delivery.worker import Round, Worker
from peer_match.facts.event import Event
from peer_match.facts.provenance import PartialDate
from peer_match.records.store import Store

from .made import client_of
from .receiver import Failure, Receiver

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOON = 5.0  # seconds within which a deadline fires while a worker is live
EVERY = 0.1


def told(store: Store) -> FollowUp:
    follow_up = FollowUp(SHIPPED, store)
    event = Event(
        kind="disclosure-of-suicidal-thoughts", source="form", id="1", severity="immediate",
        date=PartialDate.of(NOW), recorded=NOW,
    )  # fmt: skip
    follow_up.take_in("ann", "patient", [event], actor="form", now=NOW)
    return follow_up


class Going:
    """Rounds that go on in a thread, by a clock that the test sets."""

    def __init__(self) -> None:
        self.now, self.said = NOW, list[Round]()
        self.stopped = threading.Event()

    @contextmanager
    def on(self, worker: Worker) -> Generator[threading.Thread]:
        rounds = threading.Thread(
            target=go_on, args=(worker, EVERY, lambda: self.now, self.said.append, self.stopped)
        )
        rounds.start()
        try:
            yield rounds
        finally:
            self.stopped.set()
            rounds.join()

    @property
    def calls(self) -> list[str]:
        return [call for one in self.said for call in one.fired.calls]


def soon(what: Callable[[], object]) -> bool:
    """Whether something comes true within the time in which a deadline fires."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > SOON:
            return False
        time.sleep(0.02)
    return True


def test_a_deadline_fires_while_a_round_waits_for_a_server_that_hangs(
    store: Store, receiver: Receiver
) -> None:
    worker = Worker(told(store), "w", client_of(receiver, Limits()))
    going = Going()
    with receiver.failing(Failure.HANGS, on=("GET", "POST", "PUT")), going.on(worker):
        assert soon(lambda: receiver.requests)
        going.now += timedelta(minutes=11)
        fired = soon(lambda: going.calls)
        waits_still = len(receiver.requests) == 1
        going.stopped.set()
        receiver.close()
    assert fired
    assert waits_still
    assert len(going.calls) == len(set(going.calls))


def test_rounds_follow_one_another_and_end_when_they_are_stopped(
    store: Store, receiver: Receiver
) -> None:
    going = Going()
    with going.on(Worker(told(store), "w", client_of(receiver))) as rounds:
        assert soon(lambda: len(going.said) > 2)
        assert receiver.kept("Task")
        going.stopped.set()
        rounds.join(SOON)
        assert not rounds.is_alive()


def test_a_round_that_fails_ends_the_calls_as_well(store: Store) -> None:
    """Or a program that does half of its work would be taken for one that works."""

    def fails(said: Round) -> None:
        raise BrokenPipeError

    stopped, threads = threading.Event(), threading.active_count()
    with pytest.raises(BrokenPipeError):
        go_on(Worker(told(store), "w"), EVERY, lambda: NOW, fails, stopped)
    assert stopped.is_set()
    assert threading.active_count() == threads
