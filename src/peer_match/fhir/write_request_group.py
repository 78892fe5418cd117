"""The request group of an escalation: its pathway as it unfolds for one person.

R4 (https://hl7.org/fhir/R4/requestgroup.html): one action for each step, with the task that carries
it out as `resource`. An action is given as a task, never as further actions (invariant rqg-1).
`timingPeriod` has the absolute times. `relatedAction` says the same relative to the step before:
it begins a span after that one started, which is when its deadline passes. R4 has no relation for
"only if nobody acknowledged", so the description of the action says so.
"""

from __future__ import annotations

from urllib.parse import quote

from peer_match.decide.assessment import Assessment, Escalation, Step
from peer_match.decide.references import WITHHELD
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_concern import (
    concern_behind,
    escalation_identifier,
    is_told,
    request_group_id,
    task_id,
    who,
)
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    identifier,
    inside,
    markdown,
    moment,
    plain,
    present,
    texts,
)
from peer_match.fhir.write_people import engine_reference
from peer_match.fhir.write_safety_codes import safety_task

UCUM = "http://unitsofmeasure.org"


def pathway_url(pathway: str, version: str) -> str:
    """The canonical address of the PlanDefinition that a pathway is, in one version of its pack."""
    return f"{pathway_address(pathway)}|{quote(version)}"


def pathway_address(pathway: str) -> str:
    """The same address, whatever the version (`write_pathways`)."""
    return f"{BASE}:plan-definition:{quote(pathway)}"


def request_group(escalation: Escalation, assessment: Assessment) -> Json:
    """The RequestGroup of one escalation."""
    id = request_group_id(escalation.id)
    concern = concern_behind(assessment, escalation)
    actions = [_action(escalation, index) for index in range(len(escalation.steps))]
    return present(
        {
            "resourceType": "RequestGroup",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("request-group", id)],
            "instantiatesCanonical": _pathway(escalation, assessment),
            "groupIdentifier": escalation_identifier(escalation.id),
            "status": "active",
            "intent": "order",
            "priority": escalation.steps[0].priority,
            "subject": concern.subject_of_care(),
            "authoredOn": moment(escalation.since),
            "author": engine_reference(assessment.engine_version),
            "reasonCode": [concern.reason(escalation.rule)],
            "note": [{"text": markdown(text)} for text in texts(escalation.instructions)],
            "action": actions,
        }
    )


def _action(escalation: Escalation, index: int) -> Json:
    step = escalation.steps[index]
    return present(
        {
            "id": _action_id(index),
            "title": plain(step.title) or plain(step.id),
            "description": _description(step, index),
            "priority": step.priority,
            "code": [safety_task("escalation-step")],
            "relatedAction": [_after(escalation.steps[index - 1], index)] if index else None,
            "timingPeriod": {"start": moment(step.begins), "end": moment(step.due)},
            "resource": _resource(escalation, step),
        }
    )


def _pathway(escalation: Escalation, assessment: Assessment) -> list[str]:
    if escalation.pathway == WITHHELD:
        return []
    return [pathway_url(escalation.pathway, assessment.policy.version)]


def _resource(escalation: Escalation, step: Step) -> Json:
    """The task of a step, or words in its place where the recipient may not know which it is: R4
    wants something there."""
    if is_told(step):
        return inside(task_id(escalation.id, step.id))
    return {"display": plain(step.title) or WITHHELD}


def _action_id(index: int) -> str:
    """An id within the group: the id of a step may be longer than FHIR allows."""
    return f"step-{index + 1}"


def _after(before: Step, index: int) -> Json:
    return {
        "actionId": _action_id(index - 1),
        "relationship": "after-start",
        "offsetDuration": {
            "value": before.minutes,
            "unit": "minutes",
            "system": UCUM,
            "code": "min",
        },
    }


def _description(step: Step, index: int) -> str:
    said = [f"To be acknowledged by: {who(step)}."]
    if index:
        said.append("Only if nobody has acknowledged the step before by its deadline.")
    if step.repeats:
        said.append("While nobody acknowledges it, it is asked for again each time the span ends.")
    return " ".join(said)
