"""Escalations as they stand, and what named people do with them: acknowledge and close."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, and_, insert, select, update

from peer_match.decide.assessment import Escalation, Step
from peer_match.facts.event import About, EarlierEscalation
from peer_match.facts.patient import Person
from peer_match.policy.safety_files import Severity
from peer_match.records.errors import RecordsError
from peer_match.records.people import named, person
from peer_match.records.schema import DeadlineState, EscalationState, deadline, escalation

_BODY = TypeAdapter(Escalation)


@dataclass(frozen=True, slots=True)
class StoredEscalation:
    """An escalation as it stands.

    `step` is the index, in `plan.steps`, of the call that is out, `round` how often that last step
    was repeated, and `ladder` how often the ladder was begun again because the severity rose.
    `due_at` is None where nobody is waited for. `evidence` is sorted.
    """

    id: str
    subject: str
    about: About
    rule: str
    pathway: str
    severity: Severity
    opened_at: datetime
    state: EscalationState
    evidence: tuple[str, ...]
    plan: Escalation
    ladder: int
    step: int
    round: int
    due_at: datetime | None
    acknowledged_by: Person | None
    acknowledged_at: datetime | None
    closed_by: Person | None
    closed_at: datetime | None
    closed_reason: str | None

    @property
    def call(self) -> str:
        """The name of the call that is out, which no other call ever has."""
        return f"{self.id}/{self.ladder}/{self.step}/{self.round}"


def find(connection: Connection, id: str) -> StoredEscalation | None:
    """One escalation, or None."""
    row = connection.execute(_escalations().where(escalation.c.id == id)).one_or_none()
    return None if row is None else _stored(row)


def unclosed(
    connection: Connection, subject: str, about: About, rule: str
) -> StoredEscalation | None:
    """The one escalation of a subject and rule that is not closed, or None."""
    row = connection.execute(
        _escalations().where(
            escalation.c.subject == subject,
            escalation.c.about == about,
            escalation.c.rule == rule,
            escalation.c.state != "closed",
        )
    ).one_or_none()
    return None if row is None else _stored(row)


def listed(
    connection: Connection,
    states: Collection[EscalationState],
    subject: str | None = None,
) -> tuple[StoredEscalation, ...]:
    """The escalations in these states, of one subject or of all, the earliest first."""
    wanted = _escalations().where(escalation.c.state.in_(states))
    if subject is not None:
        wanted = wanted.where(escalation.c.subject == subject)
    ordered = wanted.order_by(escalation.c.opened_at, escalation.c.id)
    return tuple(map(_stored, connection.execute(ordered)))


def earlier(connection: Connection, subject: str, about: About) -> tuple[EarlierEscalation, ...]:
    """Every escalation there ever was of one subject, sorted by id."""
    rows = connection.execute(
        select(escalation)
        .where(escalation.c.subject == subject, escalation.c.about == about)
        .order_by(escalation.c.id)
    )
    return tuple(
        EarlierEscalation(
            id=row.id,
            rule=row.rule,
            severity=row.severity,
            evidence=frozenset(orjson.loads(row.evidence)),
            is_open=row.state != "closed",
            since=row.opened_at,
        )
        for row in rows
    )


def acknowledge(connection: Connection, known: StoredEscalation, by: Person, now: datetime) -> bool:
    """Say that a person has it in hand: nobody else is called. False if it was so already.

    Raises RecordsError if it is closed.
    """
    who = named(by)
    if known.state == "closed":
        raise RecordsError(f"the escalation `{known.id}` is closed and cannot be acknowledged")
    if known.state == "acknowledged":
        return False
    change(connection, known.id, state="acknowledged", acknowledged_by=who, acknowledged_at=now)
    settle_deadline(connection, known.id, "met")
    return True


def close(
    connection: Connection, known: StoredEscalation, by: Person, reason: str, now: datetime
) -> bool:
    """End it, for a reason in words. False if the same person closed it for the same reason.

    Raises RecordsError without a reason, or if it was closed otherwise.
    """
    who = named(by)
    if not reason.strip():
        raise RecordsError("say why the escalation is closed")
    if known.state == "closed":
        if (known.closed_by, known.closed_reason) == (by, reason):
            return False
        raise RecordsError(f"the escalation `{known.id}` is closed already")
    change(
        connection,
        known.id,
        state="closed",
        closed_by=who,
        closed_at=now,
        closed_reason=reason,
    )
    settle_deadline(connection, known.id, "cancelled")
    return True


def move(connection: Connection, moved: StoredEscalation) -> None:
    """Keep the step and the round that an escalation has reached."""
    change(connection, moved.id, step=moved.step, round=moved.round)


def add_deadline(
    connection: Connection,
    called: StoredEscalation,
    due_at: datetime,
    state: DeadlineState,
    fired_at: datetime | None = None,
) -> None:
    """The deadline of the call that is out."""
    connection.execute(
        insert(deadline).values(
            escalation=called.id,
            ladder=called.ladder,
            step=called.step,
            round=called.round,
            due_at=due_at,
            state=state,
            fired_at=fired_at,
        )
    )


def settle_deadline(connection: Connection, id: str, state: DeadlineState) -> None:
    """Nobody is waited for any more, if anybody was."""
    connection.execute(
        update(deadline)
        .where(deadline.c.escalation == id, deadline.c.state == "waiting")
        .values(state=state)
    )


def due(step: Step) -> datetime:
    """When a step must have been acknowledged."""
    return datetime.fromisoformat(step.due)


def change(connection: Connection, id: str, **values: object) -> None:
    """Set columns of one escalation."""
    connection.execute(update(escalation).where(escalation.c.id == id).values(**values))


def _escalations() -> Select[Any]:
    waiting = and_(deadline.c.escalation == escalation.c.id, deadline.c.state == "waiting")
    return select(escalation, deadline.c.due_at).select_from(
        escalation.outerjoin(deadline, waiting)
    )


def _stored(row: Row[Any]) -> StoredEscalation:
    return StoredEscalation(
        id=row.id,
        subject=row.subject,
        about=row.about,
        rule=row.rule,
        pathway=row.pathway,
        severity=row.severity,
        opened_at=row.opened_at,
        state=row.state,
        evidence=tuple(orjson.loads(row.evidence)),
        plan=_BODY.validate_json(row.body),
        ladder=row.ladder,
        step=row.step,
        round=row.round,
        due_at=row.due_at,
        acknowledged_by=person(row.acknowledged_by),
        acknowledged_at=row.acknowledged_at,
        closed_by=person(row.closed_by),
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
    )
