"""The tasks that a server keeps, as the ledger of the records has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, exists, or_, select, update

from peer_match.delivery.endings import TAKEN_BACK
from peer_match.records.schema import escalation, ledger, outbox
from peer_match.records.store import Store

OVER = ("rejected", "cancelled", "completed", "failed", "entered-in-error")
"""The states of a Task after which nothing more is done about it."""
DELETED = "deleted"
"""Our word for a Task that the server no longer has."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A Task at a server. `body` is what was put in the outbox, `status` what the server last
    gave."""

    key: str
    subject: str
    body: str
    remote_id: str
    status: str | None


def tasks_to_read(store: Store, server: str, limit: int) -> tuple[Kept, ...]:
    """Tasks at a server that are not over. Those come first about whose subject somebody is still
    waited for: most tasks of what is long closed stay as they are for ever, and would be in their
    way. Among each, those first that were looked at longest ago."""
    over = (*OVER, DELETED)
    is_waited_for = exists().where(
        escalation.c.subject == outbox.c.subject, escalation.c.state == "open"
    )
    with store.reading() as read:
        rows = read.connection.execute(
            select(ledger, outbox.c.subject, outbox.c.body)
            .join(outbox, outbox.c.key == ledger.c.key)
            .where(
                ledger.c.server == server,
                ledger.c.remote_id.startswith("Task/", autoescape=True),
                # The call that it takes back is the same Task, and is read.
                ~outbox.c.key.endswith(f"|{TAKEN_BACK}", autoescape=True),
                or_(ledger.c.status.is_(None), ledger.c.status.not_in(over)),
            )
            .order_by(case((is_waited_for, 0), else_=1), ledger.c.updated_at, ledger.c.key)
            .limit(limit)
        )
        return tuple(
            Kept(row.key, row.subject, row.body, row.remote_id, row.status) for row in rows
        )


def looked_at(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Keep that tasks were looked at, whatever was seen."""
    connection.execute(update(ledger).where(ledger.c.key.in_(keys)).values(updated_at=now))


def changed(connection: Connection, key: str, status: str, version: str | None) -> None:
    """Keep what the server says of a task."""
    values = {"status": status, "remote_version": version}
    connection.execute(update(ledger).where(ledger.c.key == key).values(**values))
