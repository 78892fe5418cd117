"""What an assessment does to the escalations of its subject: open them, or latch onto them.

Latched: while an escalation is not closed, its severity only rises, its evidence only grows, and no
assessment closes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert

from peer_match.decide.assessment import Assessment, Escalation
from peer_match.policy.safety_files import SEVERITIES
from peer_match.records.canonical import canonical
from peer_match.records.escalations import (
    StoredEscalation,
    change,
    due,
    find,
    settle_deadline,
    unclosed,
)
from peer_match.records.schema import deadline, escalation


@dataclass(frozen=True, slots=True)
class Latched:
    """What an assessment changed: ids of escalations.

    `opened` and `raised` in severity stand at the first step of their ladder, which is to be called
    now; `widened` only got more evidence.
    """

    opened: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()


def latch(connection: Connection, assessment: Assessment, now: datetime) -> Latched:
    """Open the escalations of an assessment, or latch them onto those that are not closed.

    1. An id that is there and closed: what was escalated and closed is not escalated again.
    2. An escalation of the same subject and rule that is not closed: evidence is united; if the
       severity rises, the ladder begins again at the first step of the new one, and an
       acknowledgement of the lower severity no longer counts.
    3. Otherwise it is opened at its first step.
    """
    changed: dict[str, list[str]] = {"opened": [], "raised": [], "widened": []}
    for new in assessment.escalations:
        evidence = _evidence(assessment, new)
        known = find(connection, new.id)
        if known is not None and known.subject != assessment.subject.id:
            raise ValueError(f"the escalation `{new.id}` is of another subject")
        if known is not None and known.state == "closed":
            continue
        known = known or unclosed(connection, assessment.subject.id, assessment.about, new.rule)
        if known is None:
            _open(connection, assessment, new, evidence, now)
            changed["opened"].append(new.id)
        elif SEVERITIES.index(new.severity) > SEVERITIES.index(known.severity):
            _raise(connection, known, new, evidence)
            changed["raised"].append(known.id)
        elif not evidence <= set(known.evidence):
            _widen(connection, known, evidence)
            changed["widened"].append(known.id)
    return Latched(**{what: tuple(ids) for what, ids in changed.items()})


def _open(
    connection: Connection,
    assessment: Assessment,
    new: Escalation,
    evidence: Iterable[str],
    now: datetime,
) -> None:
    connection.execute(
        insert(escalation).values(
            id=new.id,
            subject=assessment.subject.id,
            about=assessment.about,
            rule=new.rule,
            pathway=new.pathway,
            severity=new.severity,
            opened_at=now,
            state="open",
            evidence=canonical(sorted(evidence)),
            body=canonical(new),
            ladder=0,
            step=0,
            round=0,
        )
    )
    _begin_ladder(connection, new.id, 0, new)


def _raise(
    connection: Connection, known: StoredEscalation, new: Escalation, evidence: Iterable[str]
) -> None:
    plan = replace(new, id=known.id)
    change(
        connection,
        known.id,
        pathway=plan.pathway,
        severity=plan.severity,
        state="open",
        evidence=canonical(sorted({*known.evidence, *evidence})),
        body=canonical(plan),
        ladder=known.ladder + 1,
        step=0,
        round=0,
        acknowledged_by=None,
        acknowledged_at=None,
    )
    settle_deadline(connection, known.id, "cancelled")
    _begin_ladder(connection, known.id, known.ladder + 1, plan)


def _widen(connection: Connection, known: StoredEscalation, evidence: Iterable[str]) -> None:
    change(connection, known.id, evidence=canonical(sorted({*known.evidence, *evidence})))


def _begin_ladder(connection: Connection, id: str, ladder: int, plan: Escalation) -> None:
    if not plan.steps:
        raise ValueError(f"the escalation `{id}` has no steps")
    connection.execute(
        insert(deadline).values(
            escalation=id,
            ladder=ladder,
            step=0,
            round=0,
            due_at=due(plan.steps[0]),
            state="waiting",
        )
    )


def _evidence(assessment: Assessment, new: Escalation) -> set[str]:
    return {
        one.key for alert in assessment.alerts if alert.rule == new.rule for one in alert.evidence
    }
