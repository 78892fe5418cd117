"""How the records are doing: what a health check and a person on duty look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select

from peer_match.records.schema import deadline, engine_review, escalation, outbox, worker

TRIES = 3
"""How often something is tried before it counts as failing: once can be anything."""


@dataclass(frozen=True, slots=True)
class Status:
    """Numbers without anybody's name.

    `oldest_overdue_seconds` is the age of the oldest deadline that has passed and has not fired,
    None where there is none: it grows where no worker is alive. `without_deadline` counts open
    escalations whose ladder has ended, so that nobody will be called any more.
    `oldest_unsent_seconds` is the time for which the oldest waiting row has been due for sending.
    `failing` counts the rows that were tried several times, and `failing_because` is the last
    reason of the one that was tried most often.
    `engine_reviews` counts where the rules engine failed or differed and nobody has looked.
    `heartbeats` say when each worker was last alive.
    """

    oldest_overdue_seconds: int | None
    waiting_deadlines: int
    without_deadline: int
    outbox_waiting: int
    oldest_unsent_seconds: int | None
    failing: int
    failing_because: str | None
    dead_letters: int
    engine_reviews: int
    heartbeats: dict[str, datetime]

    @property
    def last_heartbeat(self) -> datetime | None:
        """When any worker was last alive; None where there never was one."""
        return max(self.heartbeats.values(), default=None)


def status(connection: Connection, now: datetime) -> Status:
    """The status at `now`."""
    waiting = deadline.c.state == "waiting"
    unsent = outbox.c.state.in_(("waiting", "leased"))
    called = exists().where(deadline.c.escalation == escalation.c.id, waiting)
    overdue = select(func.min(deadline.c.due_at)).where(waiting, deadline.c.due_at <= now)
    late = select(func.min(outbox.c.next_at)).where(unsent, outbox.c.next_at <= now)
    failing = and_(unsent, outbox.c.attempts >= TRIES, outbox.c.last_error.is_not(None))
    why = (
        select(outbox.c.last_error)
        .where(failing)
        .order_by(outbox.c.attempts.desc(), outbox.c.seq)
        .limit(1)
    )
    heartbeats = connection.execute(select(worker.c.name, worker.c.seen_at).order_by(worker.c.name))
    return Status(
        oldest_overdue_seconds=_age(connection.execute(overdue).scalar_one(), now),
        waiting_deadlines=_count(connection, deadline, waiting),
        without_deadline=_count(connection, escalation, escalation.c.state == "open", ~called),
        outbox_waiting=_count(connection, outbox, unsent),
        oldest_unsent_seconds=_age(connection.execute(late).scalar_one(), now),
        failing=_count(connection, outbox, failing),
        failing_because=connection.execute(why).scalar_one_or_none(),
        dead_letters=_count(connection, outbox, outbox.c.state == "dead"),
        engine_reviews=_count(connection, engine_review, engine_review.c.closed_by.is_(None)),
        heartbeats={row.name: row.seen_at for row in heartbeats},
    )


def _count(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(table).where(*conditions)
    return connection.execute(counted).scalar_one()


def _age(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else (now - since) // timedelta(seconds=1)
