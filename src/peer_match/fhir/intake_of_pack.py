"""The intake of a pack, whole: its Questionnaire, and a blank response to fill.

The labels of the kinds of fact, about which a consent to pass on information asks, stand in the
pack's disclosure table and not in the `Policy`, so the pack is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from peer_match.fhir.intake_form import questionnaire
from peer_match.policy.load import PolicyError, read_pack, shipped_rules
from peer_match.policy.rule_files import DisclosureFile


def intake_questionnaire(rules: Path | str | None = None) -> dict[str, Any]:
    """The FHIR R4 Questionnaire of the pack in a folder, or of the pack that ships.

    It holds every question about the person: theirs and those of the treating side. Raises
    PolicyError with all problems when the pack has errors.
    """
    reading = read_pack(shipped_rules() if rules is None else Path(rules))
    policy = reading.policy
    if policy is None:
        raise PolicyError(reading.diagnostics)
    [disclosure] = (one.shape for one in reading.files if isinstance(one.shape, DisclosureFile))
    return questionnaire(
        policy.intake,
        policy.vocabularies,
        recipients={code: one.label for code, one in policy.recipients.items()},
        categories=dict(disclosure.categories),
        id=f"{policy.pack.pack}-intake",
    )


def blank_response(form: Mapping[str, Any], patient: str) -> dict[str, Any]:
    """A QuestionnaireResponse to a Questionnaire, with every question and no answer.

    `patient` is the person's id in their record. It is not complete, and so not read, until its
    status is `completed`; a question that is left without an answer says nothing. `source` names
    who answers: put the clinician there for what a clinician answers. `authored` is to be added:
    answers without a day close no list.
    """
    person = {"reference": f"Patient/{patient}"}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form["url"],
        "status": "in-progress",
        "subject": person,
        "source": person,
        "item": list(_blank(form["item"])),
    }


def _blank(items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if item["type"] == "display":
            continue
        question = (
            {"linkId": item["linkId"], "text": item["text"]}
            if "text" in item
            else {"linkId": item["linkId"]}
        )
        parts = list(_blank(item.get("item", ()))) if item["type"] == "group" else []
        yield {**question, "item": parts} if parts else question
