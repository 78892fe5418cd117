"""Observations: who made them, when, whether they stand, and the answers that they hold."""

from __future__ import annotations

from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.fhir.read_answers import answer_in, read_answer
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry, type_of

_STANDS = frozenset({"final", "amended", "corrected"})
_WITHDRAWN = frozenset({"cancelled", "entered-in-error"})
_PEOPLE = frozenset({"Patient", "RelatedPerson", "Practitioner", "PractitionerRole"})


def read_observation(chart: Chart, entry: Entry) -> None:
    """An Observation that is about the person: its own value and those of its components."""
    observation = entry.resource
    if not chart.is_about_the_person(entry, "subject") or _is_about_another(chart, observation):
        return
    status = observation["status"].text()
    if status in _WITHDRAWN:
        return
    source = _provenance(chart, entry)
    holders = [observation, *observation["component"].items()]
    for holder in holders:
        question, answer = holder["code"].codings(), answer_in(holder)
        if answer is None:
            continue
        if status is not None and status not in _STANDS:
            _note_not_final(chart, observation, status, question)
        elif not read_answer(chart, question, answer, source):
            _note_not_read(chart, holder, question)


def _is_about_another(chart: Chart, observation: Element) -> bool:
    """Whether `focus` makes it an observation about somebody else, such as the mother."""
    for focus in observation["focus"].items():
        if type_of(focus) in _PEOPLE and not chart.is_the_person(focus, observation):
            chart.notes.add(
                NoteKind.ABOUT_OTHERS,
                focus.path,
                "an observation in this record is about somebody else",
                "nothing to do; it was left out",
            )
            return True
    return False


def when(observation: Element) -> PartialDate | None:
    """When it was so: the effective time, else the end of its period, else when it was issued."""
    period = observation["effectivePeriod"]
    return (
        observation["effectiveDateTime"].date()
        or observation["effectiveInstant"].date()
        or period["end"].date()
        or period["start"].date()
        or observation["issued"].date()
    )


def _provenance(chart: Chart, entry: Entry) -> Provenance:
    observation = entry.resource
    return Provenance(
        source=entry.source,
        stated_by=chart.stated_by(observation["performer"].items(), observation),
        date=when(observation),
        recorded=recorded(observation["issued"].date()),
    )


def _note_not_read(chart: Chart, holder: Element, question: tuple[Coded, ...]) -> None:
    said = next((str(one) for one in question if one.code), "without a code")
    chart.notes.add(
        NoteKind.NOT_READ,
        holder.path,
        f"no fact holds this observation: {said}",
        "nothing to do",
    )


def _note_not_final(
    chart: Chart, observation: Element, status: str, question: tuple[Coded, ...]
) -> None:
    said = next((str(one) for one in question if one.code), "without a code")
    chart.notes.add(
        NoteKind.DOUBTFUL,
        observation["status"].path,
        f"an observation of status {status} was left out: {said}",
        "make it final, or withdraw it",
    )
