"""Answers to one of our Questionnaires, refused where they are not whole, not R4 or not theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from peer_match.facts.truth import Truth
from peer_match.fhir.read_bundle import refuse_other_versions
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_identity import person_of
from peer_match.fhir.read_json import SIZE_LIMIT, parse
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_references import Entry, conditional
from peer_match.fhir.read_whose import points_at

_COMPLETE = frozenset({"completed", "amended"})


@dataclass(frozen=True, slots=True)
class AnsweredForm:
    """A QuestionnaireResponse, and whether it says that it is about the person."""

    entry: Entry
    person: Entry
    surely_theirs: bool


def answered_form(
    data: bytes | Mapping[str, Any],
    *,
    name: str,
    form: str,
    subject: str,
    notes: Notes,
    size_limit: int = SIZE_LIMIT,
) -> AnsweredForm | None:
    """The answers of a person to a form; None, with every reason as a note, where they are refused.

    `form` is what the form is called in the notes, `subject` the person's id, `name` the file.
    """
    if isinstance(data, bytes | bytearray):
        root = parse(bytes(data), name, notes, size_limit=size_limit)
    else:
        root = dict(data)
    if notes.refused():
        return None
    top = Element(root, "input", notes)
    kind = top["resourceType"].text() if isinstance(root, dict) else None
    if kind != "QuestionnaireResponse":
        refuse(
            notes,
            "input",
            f"expected a QuestionnaireResponse, found {kind or 'something else'}",
            f"answer the Questionnaire of the {form}, and send the QuestionnaireResponse",
        )
        return None
    top.path = kind
    entry = Entry(top, kind)
    refuse_other_versions([entry], notes)
    status = top["status"].text()
    if status not in _COMPLETE:
        refuse(
            notes,
            top["status"].path,
            f"the answers have the status {status or 'missing'}, and only whole answers are read",
            "complete the answers, or amend them",
        )
    if (modifier := modifier_in(top)) is not None:
        refuse(
            notes,
            modifier.path,
            f"the answers come with {modifier.what}, which may change their meaning",
            "send the answers without it",
        )
    person = person_of(subject, notes)
    whose = points_at(top["subject"], person, top)
    if whose is Truth.NO or _names_another(top["subject"], whose):
        refuse(
            notes,
            top["subject"].path,
            "the answers are about somebody else",
            "send the answers together with the record of the person who gave them",
        )
    if notes.refused():
        return None
    return AnsweredForm(entry, person, whose is Truth.YES)


def named_in(data: bytes | Mapping[str, Any]) -> str | None:
    """The id of the person whom answers name, read loosely: for answers that come alone."""
    notes = Notes()
    root: Any = parse(bytes(data), "", notes) if isinstance(data, bytes | bytearray) else data
    if not isinstance(root, dict):
        return None
    top = Element(cast("dict[str, Any]", root), "QuestionnaireResponse", notes)
    text = top["subject"]["reference"].text() or ""
    type, slash, id = text.partition("/")
    return id if type == "Patient" and slash and "/" not in id else None


def refuse(notes: Notes, where: str, message: str, fix: str) -> None:
    """Say why answers are not read."""
    notes.add(NoteKind.REFUSED, where, message, fix)


def _names_another(subject: Element, whose: Truth) -> bool:
    """Whether answers name somebody by an id that is not the person's: then they are refused."""
    text = subject["reference"].text()
    named = text is not None and not text.startswith("#") and conditional(text) is None
    return whose is not Truth.YES and named
