"""Checking the audit chain."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from peer_match.records.chain import BEFORE_THE_FIRST, digest_of
from peer_match.records.schema import audit
from peer_match.records.store import Store


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is wrong with the chain, and at which number of a row."""

    seq: int
    what: str


def head(store: Store) -> str:
    """The digest of the last row. Keep it elsewhere: it is what shows that rows were cut off."""
    with store.reading() as read:
        last = select(audit.c.digest).order_by(audit.c.seq.desc()).limit(1)
        return read.connection.execute(last).scalar_one_or_none() or BEFORE_THE_FIRST


def verify(store: Store, head: str | None = None) -> tuple[Tampering, ...]:
    """Everything that is wrong with the chain; empty where it is whole.

    1. Row by row: the numbers have no gap, each row holds the digest of the one before, and its own
       digest is that of its content.
    2. With a `head` that was exported before: a row with this digest must be there. A chain that
       was cut at its end, or written anew from some row on, lacks it.
    """
    found: list[Tampering] = []
    number, previous = 0, BEFORE_THE_FIRST
    has_head = head is None or head == BEFORE_THE_FIRST
    with store.reading() as read:
        for row in read.connection.execute(select(audit).order_by(audit.c.seq)):
            number += 1
            if row.seq != number:
                found.append(Tampering(number, "missing"))
                number = row.seq
            elif row.previous != previous:
                found.append(Tampering(row.seq, "does not follow the row before"))
            if digest_of(row) != row.digest:
                found.append(Tampering(row.seq, "changed"))
            previous = row.digest
            has_head = has_head or row.digest == head
    if not has_head:
        found.append(Tampering(number, "the exported head is not there: rows were cut off"))
    return tuple(found)
