"""Events, people and assessments for the tests of the records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from peer_match.decide.assessment import Alert, Assessment, Engine, Escalation, Evidence, Step
from peer_match.decide.references import PersonRef, PolicyRef
from peer_match.facts.event import Event
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.policy.safety_files import Severity
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Outgoing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DANA = Person(id="dana", name="Dana Reyes")
SUBJECT = "ana"
WITHIN = 15
"""Minutes that each step of the tests' ladder gives."""


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def event(id: str | None = "1", *, source: str = "form", kind: str = "crisis-call") -> Event:
    return Event(kind=kind, source=source, id=id, date=PartialDate("2026-03-01"), recorded=NOON)


def steps(count: int = 3, *, since: datetime = NOON, repeats: bool = True) -> tuple[Step, ...]:
    """A ladder of steps, each due a quarter of an hour after the one before."""
    return tuple(
        Step(
            id=f"step-{number}",
            tier=number,
            title="Call back",
            role="on-call",
            person=None,
            priority="stat",
            begins=(since + timedelta(minutes=WITHIN * number)).isoformat(),
            due=(since + timedelta(minutes=WITHIN * (number + 1))).isoformat(),
            minutes=WITHIN,
            repeats=repeats and number == count - 1,
        )
        for number in range(count)
    )


def escalation(
    id: str = "e1",
    *,
    rule: str = "crisis-call",
    severity: Severity = "urgent",
    since: datetime = NOON,
    ladder: tuple[Step, ...] | None = None,
) -> Escalation:
    return Escalation(
        id=id,
        rule=rule,
        pathway="to-a-human",
        severity=severity,
        since=since.isoformat(),
        steps=steps(since=since) if ladder is None else ladder,
        instructions=(),
    )


def assessment(
    *escalations: Escalation,
    subject: str = SUBJECT,
    evidence: Iterable[str] = ("form#1",),
    at: datetime = NOON,
) -> Assessment:
    """An assessment whose every escalation rests on the same evidence."""
    behind = tuple(
        Evidence(key, "a call", "2026-03-01", None, "record", "safety") for key in evidence
    )
    return Assessment(
        schema_version="1.0",
        engine_version="0.1.0",
        tzdata_version="2026.1",
        policy=PolicyRef("pack", "1", "0" * 64, signed=False, statement=""),
        about="patient",
        subject=PersonRef(subject, None),
        as_of=at.isoformat(),
        known_at=at.isoformat(),
        recipient=None,
        severity=escalations[0].severity if escalations else None,
        alerts=tuple(
            Alert(one.rule, one.severity, (), behind, one.id, True, None) for one in escalations
        ),
        escalations=escalations,
        still_open=(),
        questions=(),
        findings=(),
        lines=(),
        rules={},
        notes=(),
        engine=Engine("agreed"),
    )


def call(reached: StoredEscalation, step: Step) -> list[Outgoing]:
    """One message for each call, named by it."""
    return [Outgoing(reached.call, reached.subject, step.id)]
