"""A safety plan as a FHIR R4 Questionnaire: six steps, each with what helps, in the person's words.

The wording is the pack's. The `linkId` of a step is its id; below it are `.entry`, which repeats,
and `.declined`. Somebody to turn to is a group with `.who` and `.how`.
"""

from __future__ import annotations

from typing import Any

from peer_match.fhir.code_systems import BASE
from peer_match.fhir.questionnaire_items import Item, declined_item, help_item, text_item
from peer_match.policy.safety_plan import PlanForm
from peer_match.policy.safety_plan_files import PlanStepShape

ENTRY, DECLINED, WHO, HOW = "entry", "declined", "who", "how"
"""What stands below a step, after its id and a dot; the last two below an entry."""

_WHO = {"company": "Who or where", "contact": "Who"}
_HOW = {"company": "How to get there, or when", "contact": "How to reach them at any hour"}


def safety_plan_form(form: PlanForm) -> dict[str, Any]:
    """The Questionnaire of a pack's safety plan. Deterministic."""
    return {
        "resourceType": "Questionnaire",
        "id": form.id,
        "url": f"{BASE}:questionnaire:{form.id}",
        "title": form.title,
        "status": "active",
        "description": form.opening,
        "subjectType": ["Patient"],
        "item": [
            {"linkId": "opening", "text": form.opening, "type": "display"},
            *(_step(number, one) for number, one in enumerate(form.steps, 1)),
        ],
    }


def _step(number: int, step: PlanStepShape) -> Item:
    asked = _entry(step)
    help = [] if step.help is None else [help_item(step.step, step.help)]
    return {
        "linkId": step.step,
        "prefix": f"{number}.",
        "text": step.title,
        "type": "group",
        "item": [*help, asked, declined_item(step.step)],
    }


def _entry(step: PlanStepShape) -> Item:
    link = f"{step.step}.{ENTRY}"
    if step.entries == "text":
        return text_item(link, step.asks, repeats=True, type="text")
    return {
        "linkId": link,
        "text": step.asks,
        "type": "group",
        "repeats": True,
        "item": [
            text_item(f"{step.step}.{WHO}", _WHO[step.entries]),
            text_item(f"{step.step}.{HOW}", _HOW[step.entries]),
        ],
    }
