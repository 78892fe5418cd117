"""Firing deadlines: nobody has acknowledged in time, so the next person is called.

Everything of one deadline is one transaction: the deadline has fired, the escalation stands at its
next step, the next deadline waits, and what is to be sent lies in the outbox. A worker that is
killed has either done all of that or nothing, and another one takes it up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from peer_match.decide.assessment import Step
from peer_match.records.escalations import StoredEscalation, add_deadline, due, move
from peer_match.records.outgoing import Outgoing, put
from peer_match.records.schema import deadline
from peer_match.records.store import Store, UnitOfWork

Render = Callable[[StoredEscalation, Step], Iterable[Outgoing]]
"""What to send when an escalation has reached a step. `StoredEscalation.call` names it uniquely.

It is called within the transaction, so it must be quick and touch nothing."""

DEADLINES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Fired:
    """The calls that were made, by name (`StoredEscalation.call`), and what could not be rendered.

    `failed` holds ids of escalations that could not be read or rendered, with the type of the error
    and not its text, which may quote somebody. Their deadlines still wait, so the status shows them
    as overdue.
    """

    calls: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


class _RenderError(Exception):
    """Ends the transaction of one deadline and leaves the others alone."""

    def __init__(self, deadline: int, escalation: str, kind: str) -> None:
        super().__init__(kind)
        self.deadline = deadline
        self.of_escalation = escalation, kind


def fire_due(
    store: Store, now: datetime, render: Render, worker: str, limit: int = DEADLINES_AT_ONCE
) -> Fired:
    """Fire up to `limit` deadlines that have passed at `now`, the oldest first.

    Any number of workers may do so at once: each deadline fires exactly once. Raises RecordsError
    where the database fails; what was fired before stays fired.
    """
    calls: list[str] = []
    failed: dict[int, tuple[str, str]] = {}
    for _ in range(limit):
        try:
            with store.writing(worker, now) as work:
                passed = _claim(work, failed)
                if passed is None:
                    break
                made = _fire(work, passed, render)
        except _RenderError as error:
            failed[error.deadline] = error.of_escalation
        else:
            calls += made
    return Fired(tuple(calls), tuple(failed.values()))


def _claim(work: UnitOfWork, without: Collection[int]) -> Row[Any] | None:
    """The oldest deadline that has passed, locked, passing over those that another one holds."""
    return work.connection.execute(
        select(deadline)
        .where(
            deadline.c.state == "waiting",
            deadline.c.due_at <= work.now,
            deadline.c.id.not_in(without),
        )
        .order_by(deadline.c.due_at, deadline.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _fire(work: UnitOfWork, passed: Row[Any], render: Render) -> list[str]:
    """Climb the ladder until a deadline lies in the future; gives the names of the calls.

    1. The deadline has fired.
    2. While the deadline of the step that is reached has passed (nobody was there to fire it), go
       on to the next step. What is to be sent for each step is put down in order; none is left out.
    3. The last step has its deadline in the future, if it repeats. If it does not, the ladder ends
       there, and the status counts the escalation as one without a deadline.
    """
    work.connection.execute(
        update(deadline).where(deadline.c.id == passed.id).values(state="fired", fired_at=work.now)
    )
    reached, waits_until = _stored(work, passed), passed.due_at
    calls: list[str] = []
    sent: list[str] = []
    while waits_until is not None and waits_until <= work.now:
        reached, waits_until = _next_call(reached, waits_until, work.now)
        if waits_until is None:
            break
        step = reached.plan.steps[reached.step]
        sent += put(work.connection, _rendered(render, reached, step, passed), work.now)
        calls.append(reached.call)
        if waits_until <= work.now:
            add_deadline(work.connection, reached, waits_until, "fired", work.now)
        else:
            add_deadline(work.connection, reached, waits_until, "waiting")
    move(work.connection, reached)
    details = {"escalation": reached.id, "due": str(passed.due_at), "calls": calls}
    work.note("fire", reached.subject, details | {"outgoing": sent, "next": str(waits_until)})
    return calls


def _stored(work: UnitOfWork, passed: Row[Any]) -> StoredEscalation:
    try:
        reached = work.escalation(passed.escalation)
        due(reached.plan.steps[reached.step])
    except (ValueError, LookupError) as error:
        # One that cannot be read any more is the oldest that is due, in each round: unless it is
        # passed over, nobody is called for anybody.
        raise _RenderError(passed.id, passed.escalation, type(error).__name__) from None
    return reached


def _next_call(
    reached: StoredEscalation, passed: datetime, now: datetime
) -> tuple[StoredEscalation, datetime | None]:
    """The call after one whose deadline has passed, and its own deadline.

    The deadline is None where the ladder has ended and no call follows.
    """
    steps = reached.plan.steps
    last = len(steps) - 1
    if reached.step < last:
        following = replace(reached, step=reached.step + 1, round=0)
        until = due(steps[following.step])
    elif steps[last].repeats:
        following = replace(reached, round=reached.round + 1)
        until = passed
    else:
        return reached, None
    if following.step == last and steps[last].repeats:
        until = _after(until, timedelta(minutes=steps[last].minutes), now)
    return replace(following, due_at=until), until


def _after(first: datetime, span: timedelta, now: datetime) -> datetime:
    """The first of the times `first`, `first` + `span`, ... that lies after `now`.

    Calls that nobody was there to make are not made up for: one call now says as much.
    """
    if first > now:
        return first
    return first + ((now - first) // span + 1) * span


def _rendered(
    render: Render, reached: StoredEscalation, step: Step, passed: Row[Any]
) -> tuple[Outgoing, ...]:
    try:
        return tuple(render(reached, step))
    except Exception as error:
        # One escalation that cannot be rendered must not stop the calls of all others.
        raise _RenderError(passed.id, reached.id, type(error).__name__) from None
