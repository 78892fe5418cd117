"""What is to be sent to somebody else, put down in the transaction that made it necessary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from peer_match.records.schema import outbox


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to send about a subject.

    `key` is the business identifier by which the receiver knows it again when it arrives twice.
    What follows from the same cause must have the same key, and nothing else may have it.
    """

    key: str
    subject: str
    body: str


def lying(connection: Connection, subject: str, prefix: str) -> tuple[Outgoing, ...]:
    """Every row of a subject whose key begins so, sent or not, in the order of the outbox."""
    rows = connection.execute(
        select(outbox.c.key, outbox.c.subject, outbox.c.body)
        .where(outbox.c.subject == subject, outbox.c.key.startswith(prefix, autoescape=True))
        .order_by(outbox.c.seq)
    )
    return tuple(Outgoing(row.key, row.subject, row.body) for row in rows)


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
