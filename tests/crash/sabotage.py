"""Faults that the runs must find: two of the promises, each taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from peer_match.delivery import deliver, worker
from peer_match.delivery.follow_up import FollowUp
from peer_match.records import deadlines
from peer_match.records.schema import deadline


def without_the_idempotency_key() -> None:
    """Every resource is created, whether or not one with its identifier is there."""

    def wrong(client: Any, resource: Any, can: Any) -> Any:
        return client.create(resource, None).stored

    deliver.create_once = wrong


def without_the_single_transaction() -> None:
    """What happened is kept first, and what follows from it in a transaction of its own: an event
    and its escalations, a deadline that has fired and the next one."""

    def take_in(self: FollowUp, subject: Any, about: Any, entries: Any, **given: Any) -> Any:
        actor, now = given["actor"], given["now"]
        with self.store.writing(actor, now) as work:
            work.append(subject, about, entries)
        with self.store.writing(actor, now) as work:
            return getattr(self, "_assessed")(work, subject, about, now, None)  # noqa: B009

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

    FollowUp.take_in = take_in  # pyright: ignore[reportAttributeAccessIssue]
    worker.fire_due = fire_due  # pyright: ignore[reportAttributeAccessIssue]


SABOTAGE: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "idempotency key": without_the_idempotency_key,
    "single transaction": without_the_single_transaction,
}
"""By what is taken out."""
