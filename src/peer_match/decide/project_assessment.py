"""Who sees what of an assessment: denied by default, and never less than what must be done.

Steps:
1. Which kinds of fact the recipient sees, as for a decision. Whoever is not treating the person is
   told nothing: not by a consent, and not by an emergency, whose exception (42 CFR 2.51) is for
   medical personnel and is a disclosure that a person makes and documents.
2. An alert is told in full only where everything that its rule reads may be seen. To others who
   treat the person it is a concern for their safety: how severe, and what they themselves have to
   do by when.
3. Evidence that may not be seen is left out; a rule about another person is the safety role's: to
   everybody else neither its alert, nor a question, nor a crisis line tells that it holds.
4. A rule that the pack has no more is told as one that may not be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from peer_match.decide.assessment import (
    Alert,
    Assessment,
    Escalation,
    HelpLine,
    OpenQuestion,
    Step,
)
from peer_match.decide.consented import consented_categories
from peer_match.decide.references import WITHHELD, PersonRef
from peer_match.facts.consent import Consent
from peer_match.facts.provenance import Moment
from peer_match.policy import reads
from peer_match.policy.policy import Policy
from peer_match.policy.safety import Escalate

OTHERS = "another-person"
"""The category of what stands between two people: of that nobody but the safety role is told."""
CONCERN = "A concern for the person’s safety"
"""What an alert is called for whoever may not see what it is about."""


def project_assessment(
    assessment: Assessment,
    policy: Policy,
    recipient: str,
    consents: Iterable[Consent] = (),
) -> Assessment:
    """The assessment as a recipient may see it at its own moment.

    `recipient` is a code of the pack's disclosure table; `consents` are the person's.

    Raises KeyError for a recipient that the pack does not list, and ValueError for an assessment
    that was projected before.
    """
    if assessment.recipient is not None:
        raise ValueError("a projected assessment cannot be projected again")
    shape = policy.recipients[recipient]
    if not shape.treating:
        return _nothing(assessment, recipient)
    moment = Moment.at(
        datetime.fromisoformat(assessment.as_of), datetime.fromisoformat(assessment.known_at)
    )
    consented = consented_categories(consents, recipient, moment)
    allowed = frozenset(shape.sees) | (consented & frozenset(shape.sees_with_consent))
    seen = {rule.id for rule in policy.safety.escalates if privacies(rule, policy) <= allowed}
    others = {one.id for one in policy.safety.escalates if OTHERS in privacies(one, policy)}
    silent = frozenset[str]() if OTHERS in allowed else others
    told = [one for one in assessment.alerts if one.rule not in silent]
    kept = {one.escalation for one in told}
    return replace(
        assessment,
        recipient=recipient,
        alerts=tuple(_alert(one, seen, allowed) for one in told),
        escalations=tuple(
            _escalation(one, one.rule in seen, recipient)
            for one in assessment.escalations
            if one.id in kept
        ),
        still_open=tuple(
            one if one.rule in seen else replace(one, rule=WITHHELD)
            for one in assessment.still_open
            if one.rule not in silent
        ),
        questions=tuple(
            _question(one, one.rule in seen)
            for one in assessment.questions
            if one.rule in seen or (one.role == recipient and one.rule not in silent)
        ),
        severity=next((one.severity for one in told), None),
        findings=assessment.findings if len(seen) == len(policy.safety.escalates) else (),
        lines=_lines(assessment, allowed) if told else (),
        engine=replace(
            assessment.engine, rules=tuple(one for one in assessment.engine.rules if one in seen)
        ),
        rules={id: rule for id, rule in assessment.rules.items() if id in seen},
        notes=assessment.notes if _scored(policy) <= allowed else (),
    )


def called_as(escalation: Escalation, policy: Policy, recipient: str) -> Escalation | None:
    """An escalation as it may be told while somebody is called for it, None where not at all: to
    nobody who is not treating the person, and of what stands between two people to few.

    Whoever may not see what it is about is told that there is a concern, who is to act, and by
    when: the steps keep their ids, so that a call is known again.
    """
    shape = policy.recipients[recipient]
    allowed = frozenset(shape.sees)
    rule = next((one for one in policy.safety.escalates if one.id == escalation.rule), None)
    read = None if rule is None else privacies(rule, policy)
    if not shape.treating or (read is not None and OTHERS in read - allowed):
        return None
    if read is not None and read <= allowed:
        return escalation
    steps = tuple(replace(one, title=CONCERN) for one in escalation.steps)
    return replace(escalation, rule=WITHHELD, pathway=WITHHELD, instructions=(), steps=steps)


def privacies(rule: Escalate, policy: Policy) -> frozenset[str]:
    """The kinds of fact that a rule reads, directly or through findings."""
    return reads.privacies(rule, policy.findings, policy.safety.events)


def _scored(policy: Policy) -> frozenset[str]:
    """The kinds of fact that notes can tell of: they name no event, but an instrument."""
    kinds = policy.safety.events.kinds.values()
    return frozenset(one.privacy for one in kinds if one.instrument is not None)


def _lines(assessment: Assessment, allowed: frozenset[str]) -> tuple[HelpLine, ...]:
    """That somebody is a veteran is theirs to tell."""
    return tuple(one for one in assessment.lines if "identity" in allowed or not one.for_veterans)


def _nothing(assessment: Assessment, recipient: str) -> Assessment:
    """Not even that the person is known here may be told."""
    return replace(
        assessment,
        recipient=recipient,
        subject=PersonRef(WITHHELD, None),
        severity=None,
        alerts=(),
        escalations=(),
        still_open=(),
        questions=(),
        findings=(),
        lines=(),
        engine=replace(assessment.engine, rules=()),
        rules={},
        notes=(f"withheld: the recipient `{recipient}` is not treating this person",),
    )


def _alert(alert: Alert, seen: set[str], allowed: frozenset[str]) -> Alert:
    evidence = tuple(one for one in alert.evidence if one.privacy in allowed)
    if alert.rule in seen:
        under = alert.escalated_as
        shown = WITHHELD if under is not None and under not in seen else under
        return replace(alert, evidence=evidence, escalated_as=shown)
    return replace(alert, rule=WITHHELD, findings=(), evidence=(), late=None, escalated_as=None)


def _escalation(escalation: Escalation, is_seen: bool, recipient: str) -> Escalation:
    if is_seen:
        return escalation
    return replace(
        escalation,
        rule=WITHHELD,
        pathway=WITHHELD,
        instructions=(),
        steps=tuple(_step(one, recipient) for one in escalation.steps),
    )


def _step(step: Step, recipient: str) -> Step:
    """Whose turn it is and by when; what is to be done only where it is the recipient's own."""
    return step if step.role == recipient else replace(step, id=WITHHELD, title=CONCERN)


def _question(question: OpenQuestion, is_seen: bool) -> OpenQuestion:
    return question if is_seen else replace(question, rule=WITHHELD, unknown=())
