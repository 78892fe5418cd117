"""Consents that are given with the intake, read so that every doubt leaves less agreed.

Whoever was asked and did not clearly say yes has not agreed, and no longer agrees to what they
agreed to before.
"""

from __future__ import annotations

from collections.abc import Mapping

from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.provenance import PartialDate
from peer_match.fhir.intake_answers import Reading, answers_to, only_text
from peer_match.fhir.intake_form import CONSENTS
from peer_match.fhir.read_consents import CATEGORY_SYSTEM, RECIPIENT_SYSTEM
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_shapes import COMMON, Children, faults
from peer_match.fhir.read_values import Answered, answer_in

_TYPES: Mapping[str, Children] = {
    **COMMON,
    "Item": {
        "linkId": "text",
        "definition": "anything",
        "text": "anything",
        "answer": "Answer*",
        "item": "Item*",
    },
    "Answer": {
        "valueBoolean": "yes or no",
        "valueCoding": "Coding",
        "valueDate": "date",
        "valueDateTime": "date",
        "valueString": "text",
        "item": "Item*",
    },
}
_PARTS = ("agreed", "signed", "expires")
_PARTS_OF_DISCLOSURE = (*_PARTS, "discloser", "purpose", "recipients", "categories")
_ONE_ANSWER = frozenset({"agreed", "signed", "expires"})


def read_consent_answers(reading: Reading, link: str, item: Element) -> None:
    """One consent: the answers below the question that asks for it."""
    if not _is_answered(item):
        return
    said = {_said(given) for given in answers_to(item, f"{link}.agreed")}
    doubts = _doubts(link, item)
    if not reading.surely_theirs:
        doubts.append("the answers do not say whom they are about")
    agreed = None
    if said == {"no"}:
        agreed = False
    elif said == {"yes"} and not doubts:
        agreed = True
    elif said != {"declined"}:
        _note_doubt(reading, item, doubts)
    use = CONSENTS[link]
    place = sum(one.use is use for one in reading.chart.consents)
    reading.chart.consents.append(
        Consent(
            id=f"{reading.source.source}#{link}-{place + 1}",
            use=use,
            provenance=reading.source,
            agreed=agreed,
            discloser=only_text(item, f"{link}.discloser"),
            recipients=_codes(item, f"{link}.recipients", RECIPIENT_SYSTEM, agreed),
            categories=_codes(item, f"{link}.categories", CATEGORY_SYSTEM, agreed),
            purpose=only_text(item, f"{link}.purpose"),
            signed=_date(item, f"{link}.signed"),
            expires=_date(item, f"{link}.expires"),
        )
    )


def _is_answered(item: Element) -> bool:
    """Whether anything is answered, or nobody can tell."""
    if item["answer"] or (item["item"] and not isinstance(item["item"].value, list)):
        return True
    return any(not isinstance(part.value, dict) or part["answer"] for part in item["item"].items())


def _doubts(link: str, item: Element) -> list[str]:
    """Why nobody can tell what was agreed."""
    found = [
        f"it is not as R4 has it, which expects {fault.expected}"
        for fault in faults(item.value, item.path, "Item", _TYPES)
    ]
    if item["answer"]:
        found.append("it is answered as a whole, and not in its parts")
    names = _PARTS_OF_DISCLOSURE if CONSENTS[link] is ConsentUse.DISCLOSURE else _PARTS
    known = {f"{link}.{name}" for name in names}
    for part in item["item"].items():
        if part["answer"] and part["linkId"].text() not in known:
            found.append("a part of it is not in the form")
        if any(one["answer"] for one in _below(part)):
            found.append("more is answered below one of its parts")
    for name in sorted(_ONE_ANSWER):
        given = answers_to(item, f"{link}.{name}")
        if len(given) > 1:
            found.append(f"`{name}` has more than one answer")
        if name != "agreed" and given and _date(item, f"{link}.{name}") is None:
            found.append(f"`{name}` is no date such as 2026-03-01")
    return found


def _below(part: Element) -> list[Element]:
    """The questions that lie below a part of a consent. The form has none."""
    holders = [part, *part["answer"].items()]
    return [one for holder in holders for one in holder["item"].items()]


def _said(given: Element) -> Answered:
    answer = answer_in(given)
    return answer.says() if answer else None


def _date(item: Element, link: str) -> PartialDate | None:
    given = answers_to(item, link)
    return given[0].first("valueDate", "valueDateTime").date() if len(given) == 1 else None


def _codes(item: Element, link: str, system: str, agreed: bool | None) -> frozenset[str]:
    """The codes of a part. Of a no with a code that cannot be read, none, which means all."""
    given = [one["valueCoding"].coding() for one in answers_to(item, link)]
    found = [one.code for one in given if one.code and one.system in (None, system)]
    return frozenset(found) if agreed or len(found) == len(given) else frozenset()


def _note_doubt(reading: Reading, item: Element, doubts: list[str]) -> None:
    for why in doubts or ["it says neither yes nor no"]:
        reading.chart.notes.add(
            NoteKind.UNREADABLE,
            item.path,
            f"a consent is in doubt, so nothing is taken as agreed: {why}",
            "ask the person again",
        )
