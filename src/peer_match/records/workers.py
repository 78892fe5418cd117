"""Signs of life of the workers that fire deadlines and send."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update

from peer_match.records.schema import worker
from peer_match.records.store import Store


def heartbeat(store: Store, name: str, now: datetime) -> None:
    """Say that a worker is alive, so that its silence can be seen in the status."""
    with store.writing(name, now) as work:
        seen = update(worker).where(worker.c.name == name).values(seen_at=now)
        if work.connection.execute(seen).rowcount == 0:
            work.connection.execute(insert(worker).values(name=name, seen_at=now))
