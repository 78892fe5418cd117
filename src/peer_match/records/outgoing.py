"""What is to be sent to somebody else, put down in the transaction that made it necessary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from peer_match.records.schema import OutboxState, ledger, outbox


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to send about a subject.

    `key` is the business identifier by which the receiver knows it again when it arrives twice.
    What follows from the same cause must have the same key, and nothing else may have it.
    """

    key: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Sending:
    """How far something has come. `state` is that of its row; `remote_id` is what the receiver
    keeps it as, and `status` what the receiver last gave, both None before it was sent."""

    key: str
    subject: str
    body: str
    state: OutboxState
    attempts: int
    error: str | None
    remote_id: str | None
    status: str | None


def sendings(connection: Connection, subject: str, prefix: str = "") -> tuple[Sending, ...]:
    """Every row of a subject whose key begins so, sent or not, in the order of the outbox."""
    rows = connection.execute(
        select(outbox, ledger.c.remote_id, ledger.c.status)
        .select_from(outbox.outerjoin(ledger, ledger.c.key == outbox.c.key))
        .where(outbox.c.subject == subject, outbox.c.key.startswith(prefix, autoescape=True))
        .order_by(outbox.c.seq)
    )
    return tuple(
        Sending(row.key, row.subject, row.body, row.state, row.attempts, row.last_error,
                row.remote_id, row.status)
        for row in rows
    )  # fmt: skip


def put(connection: Connection, outgoing: Iterable[Outgoing], now: datetime) -> tuple[str, ...]:
    """Put rows at the end of the outbox; gives the keys that were not there yet."""
    added: list[str] = []
    for row in outgoing:
        there = select(outbox.c.seq).where(outbox.c.key == row.key)
        if connection.execute(there).first() is not None:
            continue
        connection.execute(
            insert(outbox).values(
                key=row.key,
                subject=row.subject,
                body=row.body,
                state="waiting",
                attempts=0,
                next_at=now,
            )
        )
        added.append(row.key)
    return tuple(added)
