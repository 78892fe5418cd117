"""One projected decision on its way into FHIR: the ids of its resources and how they refer to
people, groups and mentors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from peer_match.decide.canonical import digest
from peer_match.decide.decision import Decision, PlanTask, Shortlist, Suggestion
from peer_match.decide.plan import stable_id
from peer_match.fhir.intake_form import questionnaire
from peer_match.fhir.write_elements import Json, elsewhere, inside, moment, plain
from peer_match.fhir.write_people import (
    ROLES,
    engine_reference,
    patient_reference,
    role_concept,
    role_words,
)
from peer_match.policy.policy import Policy

# The FHIR type of whom or what a task or a question is about.
_TYPES = {
    "group": "HealthcareService",
    "mentor": "PractitionerRole",
    "facilitator": "PractitionerRole",
}

# What a task of a kind is about, where only one thing can be meant.
_KIND_OF = {"referral": "group", "introduction": "mentor"}


@dataclass(frozen=True)
class Proposal:
    """A decision, already projected for its recipient, and the policy that it was made by."""

    decision: Decision
    policy: Policy

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the decision as its recipient sees it."""
        return digest(self.decision)

    @cached_property
    def care_plan_id(self) -> str:
        """Another decision is another proposal: the id follows from all that was decided."""
        return stable_id(self.decision.patient.id, "care plan", self.digest)

    @cached_property
    def provenance_id(self) -> str:
        """One for each care plan."""
        return stable_id(self.decision.patient.id, "provenance", self.digest)

    @cached_property
    def proposed(self) -> tuple[Suggestion, ...]:
        """The groups and then the mentors that the plan proposes, in its order."""
        plan = self.decision.plan
        groups, mentors = _by_id(self.decision.groups), _by_id(self.decision.mentors)
        return (
            *(groups[id] for id in plan.proposed_groups if id in groups),
            *(mentors[id] for id in plan.proposed_mentors if id in mentors),
        )

    @cached_property
    def known(self) -> dict[str, Suggestion]:
        """Every group and mentor that the recipient may know was looked at, by id."""
        return {**_by_id(self.decision.mentors), **_by_id(self.decision.groups)}

    @cached_property
    def intake(self) -> Json:
        """The intake Questionnaire of the policy, which questions point into."""
        policy = self.policy
        return questionnaire(
            policy.intake,
            policy.vocabularies,
            recipients={one.code: one.label for one in policy.recipients.values()},
            categories={code: code for code in sorted(policy.disclosure_categories)},
        )

    @cached_property
    def as_of(self) -> str:
        """The moment of the decision, as FHIR writes it."""
        return moment(self.decision.as_of)

    def service_request_id(self, one: Suggestion) -> str:
        """The id of the request for one group or mentor: the same in every proposal."""
        return stable_id(self.decision.patient.id, "service request", one.kind, one.target)

    def request_of(self, task: PlanTask) -> str | None:
        """The id of the request that a task serves, if it is about a proposed group or mentor."""
        wanted = _KIND_OF.get(task.kind)
        for one in self.proposed:
            if one.target == task.target and wanted in (None, one.kind):
                return self.service_request_id(one)
        return None

    def patient(self) -> Json:
        """The person, with a name only where the projection kept one."""
        return patient_reference(self.decision.patient)

    def engine(self) -> Json:
        """This program, as the device that makes proposals. No person has taken them on yet."""
        return engine_reference(self.decision.engine_version)

    def target(self, one: Suggestion) -> Json:
        """A group or a mentor."""
        return elsewhere(_TYPES[one.kind], one.kind, one.target, self.name(one))

    def name(self, one: Suggestion) -> str:
        """The name of a group or a mentor, or its id where it has none."""
        return plain(one.name) or plain(one.target)

    def about(self, task: PlanTask) -> Json | None:
        """What a task is about: its service request, or a group or a person, or nothing."""
        if task.target is None:
            return None
        request = self.request_of(task)
        if request is not None:
            return inside(request)
        known = self.known.get(task.target)
        if known is not None:
            return self.target(known)
        kind = task.facts[0].partition(".")[0] if task.facts else ""
        return elsewhere(_TYPES[kind], kind, task.target) if kind in _TYPES else None

    def role(self, code: str) -> Json:
        """A role that the pack names, in words where its vocabulary has them."""
        return role_concept(code, self.role_in_words(code))

    def role_in_words(self, code: str) -> str:
        """`The point of contact`."""
        known = ROLES in self.policy.vocabularies
        label = self.policy.vocabularies[ROLES].label(code) if known else code
        return plain(label) if label != code else role_words(code)

    def rule_title(self, id: str | None) -> str | None:
        """The title of a rule, if the recipient may see the rule."""
        found = self.decision.rules.get(id) if id is not None else None
        return plain(found.title) if found is not None else None


def _by_id(list: Shortlist) -> dict[str, Suggestion]:
    every = (*list.eligible, *list.eligible_with_support, *list.waiting, *list.blocked)
    return {one.target: one for one in every}
