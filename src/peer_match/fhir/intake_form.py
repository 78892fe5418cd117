"""The intake as a FHIR R4 Questionnaire: what an EHR record never holds, asked in plain words.

The wording comes from the pack's intake items and the options from the vocabularies; nothing is
worded here but what every question shares. A question's `linkId` is the name of the fact that it
fills; what belongs to one question lies below it, as `patient.home.latitude`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from peer_match.facts.catalogue import CATALOGUE, Kind
from peer_match.facts.consent import ConsentUse
from peer_match.facts.vocabulary import Vocabularies, Vocabulary
from peer_match.fhir.code_systems import BASE, local_system
from peer_match.fhir.questionnaire_items import Item, declined_item, help_item, text_item
from peer_match.fhir.read_consents import CATEGORY_SYSTEM, RECIPIENT_SYSTEM

ANSWER_SYSTEM = f"{BASE}:answer"
ABSENT_REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
DECLINED, NONE_OF_THESE = "asked-declined", "none"

CONSENTS = {
    "patient.group_consent": ConsentUse.GROUP_PLACEMENT,
    "patient.mentor_consent": ConsentUse.MENTOR_PAIRING,
    "patient.disclosure_consent": ConsentUse.DISCLOSURE,
}
"""The questions that fill consents, each with the use that it asks about."""


class IntakeItem(Protocol):
    """A question of a pack: the fact that it fills, its words, who is asked, and some help."""

    @property
    def fact(self) -> str: ...
    @property
    def asks(self) -> str: ...
    @property
    def asked_of(self) -> str: ...
    @property
    def help(self) -> str | None: ...


def questionnaire(
    items: Iterable[IntakeItem],
    vocabularies: Vocabularies,
    *,
    recipients: Mapping[str, str] | None = None,
    categories: Mapping[str, str] | None = None,
    id: str = "peer-core-intake",
    title: str = "Finding a peer group or a mentor",
) -> dict[str, Any]:
    """An R4 Questionnaire of every item about the patient, in the order of the items.

    `recipients` and `categories` are the codes and labels of the pack's disclosure table, for the
    consent to pass on information; without them that question is left out. Deterministic.
    """
    asked = [_item(one, vocabularies, recipients or {}, categories or {}) for one in items]
    return {
        "resourceType": "Questionnaire",
        "id": id,
        "url": f"{BASE}:questionnaire:{id}",
        "title": title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [one for one in asked if one is not None],
    }


def _item(
    one: IntakeItem,
    vocabularies: Vocabularies,
    recipients: Mapping[str, str],
    categories: Mapping[str, str],
) -> Item | None:
    if not one.fact.startswith("patient."):
        return None
    shape = _shape(one.fact, vocabularies, recipients, categories)
    if shape is None:
        return None
    item = {"linkId": one.fact, "text": one.asks, **shape}
    if one.help:
        item["item"] = [help_item(one.fact, one.help), *item.get("item", [])]
    return item


def _shape(
    fact: str,
    vocabularies: Vocabularies,
    recipients: Mapping[str, str],
    categories: Mapping[str, str],
) -> Item | None:
    """What kind of answer a fact takes; None for a fact that this form cannot ask for."""
    if fact == "patient.priorities":
        return _priorities(fact, vocabularies)
    if fact == "patient.point_of_contact":
        return _group(
            fact, text_item(f"{fact}.id", "Identifier"), text_item(f"{fact}.name", "Name")
        )
    if fact in CONSENTS:
        if fact == "patient.disclosure_consent" and not (recipients and categories):
            return None
        return _consent(fact, recipients, categories)
    kind = CATALOGUE[fact].kind if fact in CATALOGUE else None
    match kind:
        case Kind.CODE | Kind.CODES:
            vocabulary = vocabularies[CATALOGUE[fact].vocabulary or ""]
            return _choice(fact, vocabulary, many=kind is Kind.CODES)
        case Kind.YES_NO:
            return {"type": "choice", "answerOption": [*_yes_or_no(), _declined()]}
        case Kind.QUANTITY:
            return {"type": "integer", "item": [_date(f"{fact}.date", "On which day?")]}
        case Kind.DATE:
            return {"type": "date"}
        case Kind.PLACE:
            return _group(
                fact,
                _decimal(f"{fact}.latitude", "Latitude in degrees"),
                _decimal(f"{fact}.longitude", "Longitude in degrees"),
                declined_item(fact),
            )
        case Kind.AVAILABILITY:
            return _group(
                fact,
                text_item(f"{fact}.zone", "Time zone, such as America/Los_Angeles"),
                text_item(f"{fact}.free", "Free, such as Mon 18:00-21:00", repeats=True),
                text_item(f"{fact}.busy", "Working or caring for someone", repeats=True),
                declined_item(fact),
            )
        case _:
            return None


def _choice(fact: str, vocabulary: Vocabulary, *, many: bool) -> Item:
    options = [
        _option(local_system(vocabulary.id), term.code, term.label) for term in vocabulary.terms
    ]
    if many:
        options.append(_option(ANSWER_SYSTEM, NONE_OF_THESE, "None of these"))
    item: Item = {"type": "choice", "answerOption": [*options, _declined()]}
    if many:
        item["repeats"] = True
    if fact == "patient.goals":
        item["item"] = [text_item(f"{fact}.words", "In your own words")]
    if fact == "patient.suicide_screen":
        item["item"] = [_date(f"{fact}.date", "On which day?")]
    return item


def _priorities(fact: str, vocabularies: Vocabularies) -> Item:
    def options(id: str) -> list[Item]:
        return [_option(local_system(id), term.code, term.label) for term in vocabularies[id].terms]

    return {
        "type": "group",
        "repeats": True,
        "item": [
            _sub(f"{fact}.dimension", "What?", options("dimension")),
            _sub(f"{fact}.level", "How much does it matter?", options("priority-level")),
        ],
    }


def _consent(fact: str, recipients: Mapping[str, str], categories: Mapping[str, str]) -> Item:
    parts = [
        _sub(f"{fact}.agreed", "Do you agree?", [*_yes_or_no(), _declined()]),
        _date(f"{fact}.signed", "Signed on"),
        _date(f"{fact}.expires", "Holds until the end of"),
    ]
    if CONSENTS[fact] is ConsentUse.DISCLOSURE:
        parts += [
            text_item(f"{fact}.discloser", "Who may pass it on"),
            text_item(f"{fact}.purpose", "For what purpose"),
            _several(f"{fact}.recipients", "Who may know", RECIPIENT_SYSTEM, recipients),
            _several(f"{fact}.categories", "What they may know", CATEGORY_SYSTEM, categories),
        ]
    return {"type": "group", "repeats": True, "item": parts}


def _several(link: str, text: str, system: str, options: Mapping[str, str]) -> Item:
    found = [_option(system, code, label) for code, label in options.items()]
    return {**_sub(link, text, found), "repeats": True}


def _group(fact: str, *items: Item) -> Item:
    return {"type": "group", "item": list(items)}


def _sub(link: str, text: str, options: Sequence[Item]) -> Item:
    return {"linkId": link, "text": text, "type": "choice", "answerOption": list(options)}


def _date(link: str, text: str) -> Item:
    return {"linkId": link, "text": text, "type": "date"}


def _decimal(link: str, text: str) -> Item:
    return {"linkId": link, "text": text, "type": "decimal"}


def _yes_or_no() -> list[Item]:
    return [_option(ANSWER_SYSTEM, "yes", "Yes"), _option(ANSWER_SYSTEM, "no", "No")]


def _declined() -> Item:
    return _option(ABSENT_REASONS, DECLINED, "I prefer not to say")


def _option(system: str, code: str, display: str) -> Item:
    return {"valueCoding": {"system": system, "code": code, "display": display}}
