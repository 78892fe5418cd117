"""A safety plan from the answers to its Questionnaire, with every doubt at its place.

What stands in the answers and fits no question is told, never dropped in silence. Answers that do
not say whom they are about are refused: a plan of somebody else could cost a life.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from peer_match.facts.patient import Person
from peer_match.facts.safety_plan import PlanEntry, SafetyPlan, StepAnswers
from peer_match.fhir.answered_form import answered_form, named_in, refuse
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import Note, NoteKind, Notes
from peer_match.fhir.read_references import type_of
from peer_match.fhir.safety_plan_form import DECLINED, ENTRY, HOW, WHO
from peer_match.policy.safety_plan import PlanForm

_CLINICIANS = ("Practitioner", "PractitionerRole")


@dataclass(frozen=True, slots=True)
class SafetyPlanReading:
    """A plan as it was read; None where the answers were refused. `notes` say all that was odd."""

    name: str
    plan: SafetyPlan | None
    notes: tuple[Note, ...]

    @property
    def refusals(self) -> tuple[Note, ...]:
        """Why there is no plan."""
        return tuple(one for one in self.notes if one.kind is NoteKind.REFUSED)


def read_safety_plan(
    data: bytes | Mapping[str, Any], *, name: str, form: PlanForm, subject: str | None = None
) -> SafetyPlanReading:
    """The plan in a QuestionnaireResponse. `subject` is the id of the person whose plan it is to
    be; None takes it from the answers. Nothing is raised."""
    notes = Notes()
    whose = subject or named_in(data)
    answered = answered_form(data, name=name, form="safety plan", subject=whose or "unknown",
                             notes=notes)  # fmt: skip
    if answered is None:
        return SafetyPlanReading(name, None, notes.all())
    response = answered.entry.resource
    if whose is None or not answered.surely_theirs:
        refuse(
            notes,
            response["subject"].path,
            "the answers do not say whom they are about",
            "give `subject` a reference to the patient, such as Patient/42",
        )
        return SafetyPlanReading(name, None, notes.all())
    steps = {one.step: _Step() for one in form.steps}
    for item in response["item"].items():
        _read_step(item, steps, notes)
    plan = SafetyPlan(
        id=_id(response),
        subject=whose,
        made=response["authored"].date(),
        made_with=_clinician(response["author"], form.made_by),
        steps={id: StepAnswers(tuple(one.entries), one.declined) for id, one in steps.items()
               if one.entries or one.declined},
    )  # fmt: skip
    return SafetyPlanReading(name, plan, notes.all())


@dataclass
class _Step:
    """What stands below one step, while it is read."""

    entries: list[PlanEntry] = field(default_factory=list[PlanEntry])
    declined: bool = False


def _read_step(item: Element, steps: Mapping[str, _Step], notes: Notes) -> None:
    id = item["linkId"].text() or ""
    step = steps.get(id)
    if step is None:
        _left_out(item, notes)
        return
    if item["answer"]:
        _left_out(item, notes)
    for part in item["item"].items():
        link = part["linkId"].text()
        if link == f"{id}.{ENTRY}":
            step.entries.extend(_entries(part, id, notes))
        elif link == f"{id}.{DECLINED}":
            said = [one["valueBoolean"].boolean() for one in part["answer"].items()]
            step.declined = step.declined or any(said)
        else:
            _left_out(part, notes)


def _entries(part: Element, step: str, notes: Notes) -> Iterator[PlanEntry]:
    for given in part["answer"].items():
        text = _text(given["valueString"])
        if text is not None:
            yield PlanEntry(text)
        elif given.children():
            notes.add(NoteKind.UNREADABLE, given.path, "an answer is no text, and was left out",
                      "write it as `valueString`")  # fmt: skip
    below: dict[str, list[str]] = {WHO: [], HOW: []}
    for inner in part["item"].items():
        texts = below.get((inner["linkId"].text() or "").removeprefix(f"{step}."))
        if texts is None:
            _left_out(inner, notes)
            continue
        texts.extend(text for one in inner["answer"].items() if (text := _text(one["valueString"])))
    who, how = "; ".join(below[WHO]), "; ".join(below[HOW])
    if who or how:
        # A number without a name is still somebody to call.
        yield PlanEntry(who or how, how or None)


def _left_out(item: Element, notes: Notes) -> None:
    notes.add(
        NoteKind.NOT_UNDERSTOOD,
        item["linkId"].path,
        f"the plan has no question `{item['linkId'].text() or 'without a linkId'}` in this place",
        "use the Questionnaire of this pack; what stands there was left out",
    )


def _clinician(author: Element, role: str) -> Person | None:
    """Who made the plan with the person, where the answers name somebody who treats people."""
    if type_of(author) not in _CLINICIANS:
        return None
    id = _text(author["reference"]) or _text(author["identifier"]["value"])
    name = _text(author["display"])
    if id is None and name is None:
        return None
    return Person(id=id or name or "", name=name or id or "", role=role)


def _text(element: Element) -> str | None:
    """Its text; half of a character, which JSON can hold and nothing else, is a question mark."""
    text = element.text()
    return None if text is None else text.encode(errors="replace").decode()


def _id(response: Element) -> str:
    """How the document is called: by its id, or by a digest of all of it."""
    own = _text(response["id"])
    if own is not None:
        return f"QuestionnaireResponse/{own}"
    # Not orjson, which refuses numbers and characters that JSON from elsewhere may have.
    whole = json.dumps(response.value, sort_keys=True)
    return f"QuestionnaireResponse sha256:{hashlib.sha256(whole.encode()).hexdigest()}"
