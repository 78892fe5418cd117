"""One projected decision on its way into FHIR: the ids of its resources and how they refer to
people, groups and mentors.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import orjson

from peer_match.decide.decision import Decision, PlanTask, Shortlist, Suggestion
from peer_match.decide.plan import stable_id
from peer_match.fhir.code_systems import local_system
from peer_match.fhir.write_elements import (
    FHIR_ID,
    Json,
    coded,
    elsewhere,
    inside,
    moment,
    plain,
    present,
)
from peer_match.policy.policy import Policy

ROLES = "override-role"
"""The vocabulary of roles."""

# The FHIR type of whom or what a task or a question is about.
_TYPES = {"group": "HealthcareService", "mentor": "PractitionerRole"}
_FACILITATOR = "PractitionerRole"


@dataclass(frozen=True)
class Proposal:
    """A decision, already projected for its recipient, and the policy that it was made by."""

    decision: Decision
    policy: Policy

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the decision as its recipient sees it."""
        content = orjson.dumps(self.decision, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()

    @cached_property
    def care_plan_id(self) -> str:
        """Another decision is another proposal: the id follows from all that was decided."""
        return stable_id(self.decision.patient.id, "care plan", self.digest)

    @cached_property
    def provenance_id(self) -> str:
        """One for each care plan."""
        return stable_id(self.decision.patient.id, "provenance", self.digest)

    @cached_property
    def proposed(self) -> dict[str, Suggestion]:
        """The groups and then the mentors that the plan proposes, by id, in its order."""
        plan = self.decision.plan
        return {
            id: one
            for ids, known in (
                (plan.proposed_groups, _by_id(self.decision.groups)),
                (plan.proposed_mentors, _by_id(self.decision.mentors)),
            )
            for id in ids
            if (one := known.get(id)) is not None
        }

    @cached_property
    def known(self) -> dict[str, Suggestion]:
        """Every group and mentor that the recipient may know was looked at, by id."""
        return {**_by_id(self.decision.mentors), **_by_id(self.decision.groups)}

    @cached_property
    def as_of(self) -> str:
        """The moment of the decision, as FHIR writes it."""
        return moment(self.decision.as_of)

    def service_request_id(self, target: str) -> str:
        """The id of the request for one group or mentor: the same in every proposal."""
        return stable_id(self.decision.patient.id, "service request", target)

    def patient(self) -> Json:
        """The person, with a name only where the projection kept one."""
        ref = self.decision.patient
        if FHIR_ID.fullmatch(ref.id):
            return present({"reference": f"Patient/{ref.id}", "display": plain(ref.name or "")})
        return elsewhere("Patient", "patient", ref.id, ref.name)

    def engine(self) -> Json:
        """This program, as the device that makes proposals. No person has taken them on yet."""
        version = self.decision.engine_version
        return elsewhere("Device", "engine", version, f"peer_match {version}")

    def target(self, one: Suggestion) -> Json:
        """A group or a mentor."""
        return elsewhere(_TYPES[one.kind], one.kind, one.target, one.name or one.target)

    def about(self, task: PlanTask) -> Json | None:
        """What a task is about: its service request, or a group or a person, or nothing."""
        if task.target is None:
            return None
        if task.target in self.proposed:
            return inside(self.service_request_id(task.target))
        known = self.known.get(task.target)
        if known is not None:
            return self.target(known)
        return elsewhere(_FACILITATOR, "facilitator", task.target)

    def role(self, code: str) -> Json:
        """A role that the pack names, in words where its vocabulary has them."""
        return coded(local_system(ROLES), code, text=self.role_in_words(code))

    def role_in_words(self, code: str) -> str:
        """`The point of contact`."""
        known = ROLES in self.policy.vocabularies
        label = self.policy.vocabularies[ROLES].label(code) if known else code
        return plain(label if label != code else code.replace("-", " "))

    def rule_title(self, id: str | None) -> str | None:
        """The title of a rule, if the recipient may see the rule."""
        found = self.decision.rules.get(id) if id is not None else None
        return plain(found.title) if found is not None else None


def _by_id(list: Shortlist) -> dict[str, Suggestion]:
    every = (*list.eligible, *list.eligible_with_support, *list.waiting, *list.blocked)
    return {one.target: one for one in every}
