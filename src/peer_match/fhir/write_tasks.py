"""A task for everything that somebody must do.

Nothing is active before a clinician has signed. A task that carries the plan out is a draft until
then. A task without which there will be no plan to sign (ask, talk it through, name a point of
contact, find a way forward where nothing fits) is requested: it asks to be taken up now, and
binds nobody until somebody accepts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.decision import PlanTask
from peer_match.fhir.write_code_systems import TASK_INPUT, TASK_KIND, display_of
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    coded,
    identifier,
    inside,
    moment,
    plain,
    present,
)
from peer_match.fhir.write_proposal import Proposal

BEFORE_SIGN_OFF = frozenset({"question", "friction", "contact", "nothing-fits"})
"""The kinds of task that come before a plan can be signed."""

FULFIL: Json = {
    "system": "http://hl7.org/fhir/CodeSystem/task-code",
    "code": "fulfill",
    "display": "Fulfill the focal request",
}


def tasks(proposal: Proposal) -> Iterator[Json]:
    """One Task for each task of the plan."""
    for one in proposal.decision.plan.tasks:
        yield _task(one, proposal)


def _task(task: PlanTask, proposal: Proposal) -> Json:
    why = proposal.rule_title(task.rule)
    return present(
        {
            "resourceType": "Task",
            "id": task.id,
            "meta": RESTRICTED,
            "identifier": [identifier("task", task.id)],
            "basedOn": [inside(proposal.care_plan_id)],
            "status": "requested" if task.kind in BEFORE_SIGN_OFF else "draft",
            "intent": "proposal",
            "code": _code(task, proposal),
            "description": plain(task.title) or display_of(TASK_KIND, task.kind),
            "focus": proposal.about(task),
            "for": proposal.patient(),
            "authoredOn": proposal.as_of,
            "requester": proposal.engine(),
            "performerType": [proposal.role(task.role)],
            "owner": present({"display": plain(task.owner or "")}),
            "reasonCode": {"text": why} if why else None,
            "restriction": {"period": {"end": moment(task.due)}},
            "input": list(_intake_items(task, proposal)),
        }
    )


def _code(task: PlanTask, proposal: Proposal) -> Json:
    kind = coded(TASK_KIND, task.kind, display_of(TASK_KIND, task.kind))
    carries_out = task.kind in ("referral", "introduction") and task.target in proposal.proposed
    if carries_out:
        kind["coding"].insert(0, dict(FULFIL))
    return kind


def _intake_items(task: PlanTask, proposal: Proposal) -> Iterator[Json]:
    """Where in the intake the question is asked, so that the answer can be read back."""
    asked = {item.fact for item in proposal.policy.intake}
    for fact in task.facts:
        if task.kind == "question" and fact in asked:
            type = coded(TASK_INPUT, "intake-item", display_of(TASK_INPUT, "intake-item"))
            yield {"type": type, "valueString": fact}
