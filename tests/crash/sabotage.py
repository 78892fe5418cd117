"""Faults that the runs must find: each promise taken out of the program, alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from peer_match.delivery import deliver, endings, worker
from peer_match.delivery.follow_up import FollowUp
from peer_match.records import deadlines
from peer_match.records.schema import deadline


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What takes a promise out of this process, and what a run must find then: a name of
    `Found.wrong`."""

    take_out: Callable[[], None]
    finds: str


def _without_the_idempotency_key() -> None:
    """Every resource is created, whether or not one with its identifier is there."""

    def wrong(client: Any, resource: Any, can: Any) -> Any:
        return client.create(resource, None).stored

    deliver.create_once = wrong


def _without_the_single_transaction_of_an_event() -> None:
    """An event is kept first, and what follows from it in a transaction of its own."""

    def take_in(self: FollowUp, subject: Any, about: Any, entries: Any, **given: Any) -> Any:
        actor, now = given["actor"], given["now"]
        with self.store.writing(actor, now) as work:
            work.append(subject, about, entries)
        with self.store.writing(actor, now) as work:
            return getattr(self, "_assessed")(work, subject, about, now, None)  # noqa: B009

    FollowUp.take_in = take_in  # pyright: ignore[reportAttributeAccessIssue]


def _without_the_single_transaction_of_a_deadline() -> None:
    """That a deadline has fired is kept first, and the next call in a transaction of its own."""

    def fire_due(store: Any, now: Any, render: Any, name: str) -> deadlines.Fired:
        calls: list[str] = []
        while True:
            with store.writing(name, now) as work:
                passed = getattr(deadlines, "_claim")(work, ())  # noqa: B009
                if passed is None:
                    return deadlines.Fired(tuple(calls), ())
                fired = update(deadline).where(deadline.c.id == passed.id)
                work.connection.execute(fired.values(state="fired", fired_at=now))
            with store.writing(name, now) as work:
                calls += getattr(deadlines, "_fire")(work, passed, render)  # noqa: B009

    worker.fire_due = fire_due  # pyright: ignore[reportAttributeAccessIssue]


def _without_taking_the_other_calls_back() -> None:
    """Somebody has it in hand, and the others are not told."""

    def left(work: Any, known: Any, why: str, kept: str | None = None) -> None:
        return None

    setattr(endings, "_take_back", left)  # noqa: B010


SABOTAGE = {
    "idempotency key": Sabotage(_without_the_idempotency_key, "duplicates at the receiver"),
    "single transaction of an event": Sabotage(
        _without_the_single_transaction_of_an_event, "escalations lost"
    ),
    "single transaction of a deadline": Sabotage(
        _without_the_single_transaction_of_a_deadline, "escalations lost"
    ),
    "taking the other calls back": Sabotage(
        _without_taking_the_other_calls_back, "calls left standing at the receiver"
    ),
}
"""By what is taken out."""
