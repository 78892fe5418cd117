"""Whom a safety assessment is about and why, and the ids of all that is written because of it.

Ids follow from the escalation and the step alone. So whatever is sent again, in a bundle or by
itself, is the same resource to whoever receives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from peer_match.decide.assessment import Assessment, Escalation, Evidence, Step
from peer_match.decide.plan import stable_id
from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import WITHHELD, PersonRef, RuleRef
from peer_match.decide.version import __version__
from peer_match.facts.event import About
from peer_match.fhir.write_elements import Json, elsewhere, identifier, inside, moment, plain
from peer_match.fhir.write_people import patient_reference, role_words
from peer_match.fhir.write_safety_codes import rule_concept
from peer_match.fhir.write_words import dated, day, joined
from peer_match.policy.safety_files import Severity

FLAGGED: tuple[Severity, ...] = ("urgent", "emergent")
"""The severities that stand as a Flag on the record until a person takes it down."""

# What a task can be for: R4 lets `Task.for` point at anything.
_FOR = {"mentor": "PractitionerRole", "facilitator": "PractitionerRole"}
# What a Flag can be about: R4 has no PractitionerRole and no HealthcareService there. A peer group
# stands as a Group that is known by identifier only: nothing says who belongs to it.
_ABOUT = {"mentor": "Practitioner", "facilitator": "Practitioner", "group": "Group"}


@dataclass(frozen=True, slots=True)
class Concern:
    """What the resources of one escalation say besides what it says itself.

    `rule` is None where its words are not known here; `evidence` may be empty.
    """

    subject: PersonRef
    about: About = "patient"
    rule: RuleRef | None = None
    evidence: tuple[Evidence, ...] = ()
    engine_version: str = __version__

    def task_for(self) -> Json:
        """`Task.for`: the person, mentor, facilitator or group."""
        if self.about == "patient":
            return patient_reference(self.subject)
        type = _FOR.get(self.about, "HealthcareService")
        return elsewhere(type, self.about, self.subject.id, self.subject.name)

    def flagged(self) -> Json:
        """`Flag.subject`: the same, as a type that R4 lets stand there."""
        if self.about == "patient":
            return patient_reference(self.subject)
        return elsewhere(_ABOUT[self.about], self.about, self.subject.id, self.subject.name)

    def subject_of_care(self) -> Json | None:
        """The subject where R4 takes a Patient or a Group only: None for a mentor or facilitator,
        who is neither, and must not become a patient by being looked after."""
        return self.flagged() if self.about in ("patient", "group") else None

    @property
    def title(self) -> str:
        """The title of the rule, or words that stand for it."""
        return (plain(self.rule.title) if self.rule is not None else "") or CONCERN

    def reason(self, rule: str) -> Json:
        """Why: the title and the id of the rule, and when what it holds because of happened."""
        days = list(dict.fromkeys(dated(one.date) for one in _by_date(self.evidence)))
        known = [] if rule == WITHHELD else [f"rule {rule}"]
        known += [f"on evidence of {joined(days)}"] if days else []
        return rule_concept(
            self.rule, f"{self.title} ({', '.join(known)})" if known else self.title
        )


def concern_of(assessment: Assessment, rule: str) -> Concern:
    """The concern of one rule of an assessment, without evidence: whom and what it is about."""
    return Concern(
        subject=assessment.subject,
        about=assessment.about,
        rule=assessment.rules.get(rule),
        engine_version=assessment.engine_version,
    )


def concern_behind(assessment: Assessment, escalation: Escalation) -> Concern:
    """The concern that an escalation follows from, with the evidence of its alert."""
    evidence = [
        one
        for alert in assessment.alerts
        if alert.escalation == escalation.id
        for one in alert.evidence
    ]
    return replace(concern_of(assessment, escalation.rule), evidence=tuple(evidence))


def _by_date(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    yield from sorted(evidence, key=lambda one: (one.date or "", one.key))


def is_told(step: Step) -> bool:
    """Whether the recipient may know which step it is. Otherwise nothing can be written of it that
    would be the same resource for whoever may."""
    return step.id != WITHHELD


# --- ids ---------------------------------------------------------------------------------------


def task_id(escalation: str, step: str) -> str:
    """The id of the task of one step. `escalation` and `step` are ids themselves."""
    return stable_id(escalation, "task", step)


def request_group_id(escalation: str) -> str:
    """The id of the request group of an escalation."""
    return stable_id(escalation, "request group")


def flag_id(escalation: str) -> str:
    """The id of the flag of an alert, by the escalation that follows from it."""
    return stable_id(escalation, "flag")


def communication_id(escalation: str, step: str, attempt: int) -> str:
    """The id of one attempt to deliver a step."""
    return stable_id(escalation, "communication", step, str(attempt))


def escalation_identifier(escalation: str) -> Json:
    """What all resources of one escalation have in common."""
    return identifier("escalation", escalation)


# --- references --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Addresses:
    """How the resources of one escalation refer to each other.

    `first_task` is None where the recipient may not know it. `risk_assessment` is None where it is
    not known: its id follows from a whole assessment.
    """

    first_task: Json | None
    request_group: Json
    flag: Json | None
    risk_assessment: Json | None


def in_bundle(escalation: Escalation, risk_assessment: str | None) -> Addresses:
    """Addresses of entries of one bundle. `risk_assessment` is the id of an entry."""
    first = escalation.steps[0]
    return Addresses(
        first_task=inside(task_id(escalation.id, first.id)) if is_told(first) else None,
        request_group=inside(request_group_id(escalation.id)),
        flag=inside(flag_id(escalation.id)) if escalation.severity in FLAGGED else None,
        risk_assessment=None if risk_assessment is None else inside(risk_assessment),
    )


def by_identifier(escalation: Escalation) -> Addresses:
    """Business identifiers, for a resource that goes out by itself: it makes sense without the
    others, and a receiver that never had them takes it all the same."""
    first = escalation.steps[0]
    task = elsewhere("Task", "task", task_id(escalation.id, first.id))
    flag = elsewhere("Flag", "flag", flag_id(escalation.id))
    return Addresses(
        first_task=task if is_told(first) else None,
        request_group=elsewhere("RequestGroup", "request-group", request_group_id(escalation.id)),
        flag=flag if escalation.severity in FLAGGED else None,
        risk_assessment=None,
    )


# --- words -------------------------------------------------------------------------------------


def who(step: Step) -> str:
    """`clinician, Kim Park`, or the role alone where nobody is named."""
    name = plain(step.person.name or "") if step.person is not None else ""
    role = role_words(step.role)
    return f"{role}, {name}" if name else role


def clock(text: str) -> str:
    """A moment to the minute, as its own clock shows it: `2 March 2026, 09:10 (UTC-08:00)`."""
    when = datetime.fromisoformat(moment(text)).isoformat(timespec="minutes")
    return f"{day(when)}, {when[11:16]} (UTC{when[16:]})"
