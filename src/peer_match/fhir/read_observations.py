"""Observations: who made them, when, whether they stand, and the answers that they hold."""

from __future__ import annotations

from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.truth import Truth, all_of
from peer_match.fhir.read_answers import read_answer, read_answer_in_doubt
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry, type_of
from peer_match.fhir.read_screens import is_screen
from peer_match.fhir.read_suicide import is_evidence, read_evidence_in_answer
from peer_match.fhir.read_values import Answer, answer_in
from peer_match.fhir.read_whose import points_at

_STANDS = frozenset({"final", "amended", "corrected"})
_WITHDRAWN = frozenset({"cancelled", "entered-in-error"})
_PEOPLE = frozenset({"Patient", "RelatedPerson", "Practitioner", "PractitionerRole"})


def read_observation(chart: Chart, entry: Entry) -> None:
    """An Observation that is about the person: its own value and those of its components.

    One that cannot be relied on states nothing. Only screens are still read from it: left out, a
    high one would let a lower one beside it stand alone.
    """
    observation = entry.resource
    whose = _whose(chart, entry)
    if whose is Truth.NO or observation["status"].text() in _WITHDRAWN:
        return
    source, doubt = observed_by(chart, entry), _doubt(observation)
    if whose is Truth.UNKNOWN:
        chart.note_whose_is_unknown(entry, "subject")
    for holder in [observation, *observation["component"].items()]:
        question, answer = holder["code"].codings(), _answer(chart, holder)
        if answer is None:
            continue
        if not is_screen(chart, question) and read_evidence_in_answer(
            chart, holder["code"]["text"].text(), question, answer, source
        ):
            continue
        if whose is Truth.UNKNOWN or doubt is not None:
            read_answer_in_doubt(chart, question, answer, source)
            if doubt is not None:
                _note_doubt(chart, doubt, question)
        elif not read_answer(chart, question, answer, source):
            _note_not_read(chart, holder, question)


def _answer(chart: Chart, holder: Element) -> Answer | None:
    """The answer of an observation or component.

    A screen, or what speaks of suicide, without a value and without parts that have one, is on
    record and says nothing that can be read: its result stands in an interpretation or a note.
    """
    answer = answer_in(holder)
    if answer is not None or holder["component"] or holder["hasMember"]:
        return answer
    if is_screen(chart, holder["code"].codings()) or is_evidence(chart, holder["code"]):
        return Answer(holder, absent_because="unknown")
    return None


def _whose(chart: Chart, entry: Entry) -> Truth:
    """Whether it is about the person: not, where `focus` is somebody else, such as the mother."""
    found = [chart.whose(entry, "subject")]
    for focus in entry.resource["focus"].items():
        if type_of(focus) not in _PEOPLE:
            continue
        found.append(points_at(focus, chart.entry, entry.resource))
        if found[-1] is Truth.NO:
            chart.notes.add(
                NoteKind.ABOUT_OTHERS,
                focus.path,
                "an observation in this record is about somebody else",
                "nothing to do; it was left out",
            )
    return all_of(found)


def _doubt(observation: Element) -> tuple[str, str] | None:
    """Why an observation cannot be relied on, and where that stands; None where it can."""
    status = observation["status"]
    if status.text() not in _STANDS:
        return status.path, f"of status {status.text() or 'missing'}"
    if (modifier := modifier_in(observation)) is not None:
        return modifier.path, f"with {modifier.what}, which is not read,"
    return None


def when(observation: Element) -> PartialDate | None:
    """When it was so: the effective time, else the end of its period, else when it was issued."""
    period = observation["effectivePeriod"]
    return (
        observation["effectiveDateTime"].date()
        or observation["effectiveInstant"].date()
        or period["end"].date()
        or (None if period["end"] else period["start"].date())
        or (None if _is_timed(observation) else observation["issued"].date())
    )


def _is_timed(observation: Element) -> bool:
    """Whether anything says when it was so, though it may not be readable."""
    return any(
        name.removeprefix("_").startswith("effective") and observation[name]
        for name in observation.children()
    )


def observed_by(chart: Chart, entry: Entry) -> Provenance:
    """Who observed it, and when."""
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


def _note_doubt(chart: Chart, doubt: tuple[str, str], question: tuple[Coded, ...]) -> None:
    said = next((str(one) for one in question if one.code), "without a code")
    where, why = doubt
    chart.notes.add(
        NoteKind.DOUBTFUL,
        where,
        f"an observation {why} is not relied on: {said}",
        "make it final and plain, or withdraw it",
    )
