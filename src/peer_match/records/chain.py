"""The audit chain: every row holds the digest of the row before, so none can change or go unseen.

A chain cut at its end is still a chain: only a head that was exported before can show the cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from peer_match.records.canonical import canonical, digest
from peer_match.records.columns import EPOCH, MILLISECOND
from peer_match.records.schema import audit

BEFORE_THE_FIRST = ""
"""What stands for the digest of a row before the first."""

_DIGESTED = ("seq", "at", "actor", "action", "subject", "details", "previous")


def append(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    subject: str | None,
    details: Mapping[str, object],
) -> None:
    """Add one row. The transaction must hold the right to write, or two rows could follow one."""
    last = connection.execute(
        select(audit.c.seq, audit.c.digest).order_by(audit.c.seq.desc()).limit(1)
    ).one_or_none()
    row: dict[str, object] = {
        "seq": 1 if last is None else last.seq + 1,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "details": canonical(dict(details)),
        "previous": BEFORE_THE_FIRST if last is None else last.digest,
    }
    connection.execute(insert(audit).values(**row, digest=_digest(row)))


def digest_of(row: Row[Any]) -> str:
    """What the digest of a stored row must be."""
    return _digest({name: getattr(row, name) for name in _DIGESTED})


def _digest(row: Mapping[str, Any]) -> str:
    # The instant as it is kept, so that parts of a millisecond do not count.
    return digest(canonical({**row, "at": (row["at"] - EPOCH) // MILLISECOND}))
