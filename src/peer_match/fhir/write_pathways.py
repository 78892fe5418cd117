"""The pathways of a pack as FHIR R4 PlanDefinitions, which the RequestGroups instantiate.

R4 (https://hl7.org/fhir/R4/plandefinition.html): one action for each step. `relatedAction` says
that a step begins a span after the one before it began, which is when nobody has answered that one;
R4 has no relation for "only if nobody acknowledged", so the description says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.fhir.write_code_systems import of_pack
from peer_match.fhir.write_elements import Json, coded, plain, present
from peer_match.fhir.write_people import role_concept, role_words
from peer_match.fhir.write_request_group import UCUM, pathway_address
from peer_match.fhir.write_safety_codes import safety_task, severity_words
from peer_match.policy.policy import Policy
from peer_match.policy.safety import Pathway, Step
from peer_match.policy.safety_files import SEVERITIES
from peer_match.policy.units import Span

_TYPE = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
_UNITS = {"minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}


def plan_definitions(policy: Policy) -> tuple[Json, ...]:
    """A PlanDefinition for each pathway of a pack, by id. Deterministic."""
    pathways = policy.safety.pathways
    return tuple(_definition(pathways[id], policy) for id in sorted(pathways))


def _definition(pathway: Pathway, policy: Policy) -> Json:
    return present(
        {
            "resourceType": "PlanDefinition",
            "id": pathway.id[:64],
            "url": pathway_address(pathway.id),
            "name": "PeerMatchPathway"
            + "".join(part.title() for part in re.split(r"[^a-zA-Z0-9]+", pathway.id)),
            "title": plain(pathway.title),
            **of_pack(policy),
            "type": coded(_TYPE, "workflow-definition", "Workflow Definition"),
            "description": plain(pathway.why),
            "purpose": " ".join(map(plain, pathway.instructions)),
            "action": [_action(one, pathway) for one in pathway.steps.values()],
        }
    )


def _action(step: Step, pathway: Pathway) -> Json:
    return present(
        {
            "id": step.id,
            "title": plain(step.title),
            "description": " ".join(_described(step, pathway)),
            "priority": step.priority,
            "code": [safety_task("escalation-step")],
            "relatedAction": [
                {
                    "actionId": before.id,
                    "relationship": "after-start",
                    "offsetDuration": _duration(before.within),
                }
                for before in pathway.steps.values()
                if before.then == step.id
            ],
            "timingDuration": _duration(step.within),
            "participant": [
                {"type": "practitioner", "role": role_concept(step.role, role_words(step.role))}
            ],
        }
    )


def _described(step: Step, pathway: Pathway) -> Iterator[str]:
    yield f"To be acknowledged by: {role_words(step.role)}, within {step.within}."
    for severity in SEVERITIES:
        if pathway.enters_at.get(severity) == step.id:
            yield f"The pathway begins here when it is: {severity_words(severity)}."
    if any(one.then == step.id for one in pathway.steps.values()):
        yield "It follows only if nobody has acknowledged the step before by its deadline."
    if step.then is None:
        yield "It is repeated until somebody acknowledges."


def _duration(span: Span) -> Json:
    unit = span.unit if span.number == 1 else f"{span.unit}s"
    return {"value": span.number, "unit": unit, "system": UCUM, "code": _UNITS[span.unit]}
