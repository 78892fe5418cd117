"""The items that our Questionnaires have in common."""

from __future__ import annotations

from typing import Any, Literal

Item = dict[str, Any]

_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
_CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"


def text_item(
    link: str, text: str, *, repeats: bool = False, type: Literal["string", "text"] = "string"
) -> Item:
    """A question that is answered in words; `text` has room for several lines."""
    item: Item = {"linkId": link, "text": text, "type": type}
    return {**item, "repeats": True} if repeats else item


def help_item(link: str, text: str) -> Item:
    """Words beside a question: `link` is the question's."""
    return {
        "linkId": f"{link}.help",
        "text": text,
        "type": "display",
        "extension": [
            {
                "url": _CONTROL,
                "valueCodeableConcept": {"coding": [{"system": _CONTROLS, "code": "help"}]},
            }
        ],
    }


def declined_item(link: str) -> Item:
    """That the person prefers not to answer a question: `link` is the question's."""
    return {"linkId": f"{link}.declined", "text": "I prefer not to say", "type": "boolean"}
