"""A task for everything that somebody must do.

Nothing is active before a clinician has signed. A task that carries a placement out is a draft
until then. Every other task is requested: it asks to be taken up now and binds nobody until
somebody accepts it. Left as drafts, questions would never be asked, a person for whom nothing
fits would wait for a signature that nobody can give, and a review of risk would wait as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.decision import PlanTask
from peer_match.decide.in_words import BEFORE_ALL_ELSE
from peer_match.fhir.write_code_systems import TASK_INPUT, TASK_KIND, display_of
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    coded,
    identifier,
    inside,
    markdown,
    moment,
    plain,
    present,
)
from peer_match.fhir.write_proposal import Proposal
from peer_match.fhir.write_words import behind

AFTER_SIGN_OFF = frozenset({"referral", "introduction", "support", "check-in"})
"""The kinds of task that carry a placement out."""

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
            "status": "draft" if task.kind in AFTER_SIGN_OFF else "requested",
            "intent": "proposal",
            "priority": task.priority,
            "code": _code(task, proposal),
            "description": plain(task.title) or display_of(TASK_KIND, task.kind),
            "focus": proposal.about(task),
            "for": proposal.patient(),
            "authoredOn": proposal.as_of,
            "requester": proposal.engine(),
            "performerType": [proposal.role(task.role)],
            "owner": present({"display": plain(task.owner or "")}),
            "reasonCode": {"text": why} if why else None,
            "note": [{"text": markdown(text)} for text in _notes(task, proposal)],
            "restriction": {"period": {"end": moment(task.due)}},
            "input": list(_inputs(task, proposal)),
        }
    )


def _notes(task: PlanTask, proposal: Proposal) -> Iterator[str]:
    """What was seen that a task answers to which comes before everything else."""
    return behind(task, proposal) if task.priority in BEFORE_ALL_ELSE else iter(())


def _code(task: PlanTask, proposal: Proposal) -> Json:
    kind = coded(TASK_KIND, task.kind, display_of(TASK_KIND, task.kind))
    if task.kind in ("referral", "introduction") and proposal.request_of(task) is not None:
        kind["coding"].insert(0, dict(FULFIL))
    return kind


def _inputs(task: PlanTask, proposal: Proposal) -> Iterator[Json]:
    """What a question is about: an item of the intake where it has one, else the bare fact."""
    if task.kind != "question":
        return
    items = {item["linkId"] for item in proposal.intake["item"]}
    for fact in task.facts:
        if fact in items:
            yield {**_input("questionnaire"), "valueUri": proposal.intake["url"]}
            yield {**_input("intake-item"), "valueString": fact}
        else:
            yield {**_input("fact"), "valueString": fact}


def _input(code: str) -> Json:
    return {"type": coded(TASK_INPUT, code, display_of(TASK_INPUT, code))}
