"""What an assessment says to a decision: in one sentence, and as a fact that rules may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from peer_match.decide.assess import most_severe
from peer_match.decide.assessment import Assessment
from peer_match.decide.project_assessment import OTHERS, privacies
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.policy.policy import Policy
from peer_match.policy.safety_files import SEVERITIES

NOT_ASSESSED = "safety not assessed"
NOT_TOLD = "safety is not told to this recipient"
NONE_OPEN = "none-open"
"""The value of `patient.open_escalation` where an assessment found nothing: never "safe"."""
NOT_OF_THE_PERSON = frozenset({OTHERS, "mentor-private"})
"""What is known of others: a fact of the person must not tell that it is there."""


def standing(assessment: Assessment | None) -> str:
    """One sentence on how severe, what is open, and what is not known."""
    if assessment is None:
        return NOT_ASSESSED
    return "; ".join(_parts(assessment))


def _parts(assessment: Assessment) -> Iterator[str]:
    severity = most_severe(
        one.severity for part in (assessment.alerts, assessment.still_open) for one in part
    )
    if severity is None:
        yield "safety assessed: no rule holds, which is not a finding of safety"
    else:
        yield f"safety assessed: {severity}"
    if assessment.alerts:
        yield _counted(len(assessment.alerts), "concern holds", "concerns hold")
    if assessment.still_open:
        yield _counted(len(assessment.still_open), "escalation is open", "escalations are open")
    if assessment.questions:
        yield _counted(len(assessment.questions), "question is open", "questions are open")
    if assessment.engine.needs_review:
        yield "the rules engine needs a person to look"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def open_escalation(assessment: Assessment | None, policy: Policy) -> Fact[str]:
    """The most severe of what holds and of what nobody has closed, as a fact of the person.

    Without an assessment nothing is stated, so that it is unknown. What is about another person
    does not count. The source is the escalation's id, which tells nothing to whoever may not see
    what it is about.
    """
    if assessment is None:
        return Fact()
    others = {
        one.id for one in policy.safety.escalates if privacies(one, policy) & NOT_OF_THE_PERSON
    }
    open = [
        *(
            (one.severity, one.escalation, None)
            for one in assessment.alerts
            if one.rule not in others
        ),
        *(
            (one.severity, one.id, one.since)
            for one in assessment.still_open
            if one.rule not in others
        ),
    ]
    open.sort(key=lambda one: (-SEVERITIES.index(one[0]), one[1]))
    severity, id, since = open[0] if open else (NONE_OPEN, None, None)
    date = PartialDate.of(datetime.fromisoformat(since or assessment.as_of))
    source = "the assessment" if id is None else f"escalation {id}"
    said = Provenance(source=source, stated_by=StatedBy.PROGRAMME, date=date)
    return Fact(statements=(Statement(value=severity, provenance=said),))
