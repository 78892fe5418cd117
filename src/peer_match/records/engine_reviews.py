"""Where the rules engine failed or differed from the evaluator: what a person has to look at.

The more severe answer stood each time, so nobody was left without help. What is to be found out is
why the two did not agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from peer_match.decide.assessment import Assessment
from peer_match.facts.patient import Person
from peer_match.records.canonical import canonical
from peer_match.records.errors import RecordsError
from peer_match.records.people import named, person
from peer_match.records.schema import engine_review


@dataclass(frozen=True, slots=True)
class EngineReview:
    """One thing to look at, met `times` times. It is open while nobody has closed it by name."""

    id: int
    subject: str
    about: str
    state: str
    reason: str
    rules: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime
    closed_by: Person | None
    closed_at: datetime | None
    closed_reason: str | None


def ask_for(connection: Connection, assessment: Assessment, now: datetime) -> bool:
    """Put down that somebody must look; False where that is open already and was counted."""
    same = {
        "subject": assessment.subject.id,
        "about": assessment.about,
        "state": assessment.engine.state,
        "reason": assessment.engine.reason,
        "rules": canonical(sorted(assessment.engine.rules)),
    }
    met = (
        update(engine_review)
        .where(*(engine_review.c[name] == value for name, value in same.items()))
        .where(engine_review.c.closed_by.is_(None))
        .values(times=engine_review.c.times + 1, last_at=now)
    )
    if connection.execute(met).rowcount:
        return False
    connection.execute(insert(engine_review).values(**same, times=1, first_at=now, last_at=now))
    return True


def listed(connection: Connection, *, closed: bool) -> tuple[EngineReview, ...]:
    """Everything that nobody has closed, the earliest first; with `closed`, the rest as well."""
    wanted = select(engine_review).order_by(engine_review.c.seq)
    if not closed:
        wanted = wanted.where(engine_review.c.closed_by.is_(None))
    return tuple(map(_stored, connection.execute(wanted)))


def close(connection: Connection, id: int, by: Person, reason: str, now: datetime) -> EngineReview:
    """Say by name what was found. Raises RecordsError where there is none open of this number, or
    without a reason."""
    who = named(by)
    if not reason.strip():
        raise RecordsError("say what was found out about the engine")
    there = select(engine_review).where(engine_review.c.seq == id)
    row = connection.execute(there).one_or_none()
    if row is None:
        raise RecordsError(f"there is no review of the engine with the number {id}")
    if row.closed_by is not None:
        raise RecordsError(f"the review of the engine {id} is closed already")
    connection.execute(
        update(engine_review)
        .where(engine_review.c.seq == id)
        .values(closed_by=who, closed_at=now, closed_reason=reason)
    )
    return _stored(connection.execute(there).one())


def _stored(row: Row[Any]) -> EngineReview:
    return EngineReview(
        id=row.seq,
        subject=row.subject,
        about=row.about,
        state=row.state,
        reason=row.reason,
        rules=tuple(orjson.loads(row.rules)),
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        closed_by=person(row.closed_by),
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
    )
