"""Medicines that the person takes now, by the codes of the vocabulary `medication`.

A list of medicines in a record is never complete, so none of it says that a medicine is not taken.
"""

from __future__ import annotations

from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

_TAKEN = frozenset({"active", "intended"})
_NOT_TAKEN = frozenset(
    {"cancelled", "completed", "draft", "entered-in-error", "not-taken", "stopped"}
)
_PROPOSALS = frozenset({"option", "plan", "proposal"})


def read_medication(chart: Chart, entry: Entry) -> None:
    """A MedicationRequest or MedicationStatement that is about the person."""
    medicine = entry.resource
    if not chart.is_about_the_person(entry, "subject"):
        return
    status, intent = medicine["status"].text(), medicine["intent"].text()
    codings = _codings(chart, medicine)
    terms = chart.terms("medication", codings)
    if not terms:
        _note_unknown(chart, medicine, codings, status)
        return
    source = _provenance(chart, entry)
    if status in _NOT_TAKEN or intent in _PROPOSALS or medicine["doNotPerform"].boolean():
        return
    if status not in _TAKEN:
        chart.cannot_read("medications", source)
        chart.notes.add(
            NoteKind.DOUBTFUL,
            medicine["status"].path,
            f"nobody can tell whether a medicine is taken: status {status or 'missing'}, "
            f"{_said(codings)}",
            "ask the prescriber whether the person takes it now",
        )
        return
    until = medicine["effectivePeriod"]["end"].date()
    for term in terms:
        chart.state("medications", term, source, until=until)


def _codings(chart: Chart, medicine: Element) -> tuple[Coded, ...]:
    """The codes of the medicine, written here or in the Medication that is pointed at."""
    if reference := medicine["medicationReference"]:
        found = chart.resources.find(reference, medicine)
        if found is None or found.type != "Medication":
            return ()
        return found.resource["code"].codings()
    return medicine["medicationCodeableConcept"].codings()


def _provenance(chart: Chart, entry: Entry) -> Provenance:
    medicine = entry.resource
    written = medicine.first("authoredOn", "dateAsserted").date()
    begun = medicine["effectivePeriod"]["start"].date() or medicine["effectiveDateTime"].date()
    return Provenance(
        source=entry.source,
        stated_by=chart.stated_by([medicine.first("informationSource", "requester")], medicine),
        date=begun or written,
        recorded=recorded(written),
    )


def _note_unknown(
    chart: Chart, medicine: Element, codings: tuple[Coded, ...], status: str | None
) -> None:
    taken = status is None or status not in _NOT_TAKEN
    if not any(one.code for one in codings) and taken:
        chart.cannot_read(
            "medications", Provenance(source=medicine.path, stated_by=StatedBy.RECORD)
        )
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            medicine.path,
            "a medicine is listed without a code that can be found",
            "give its RxNorm code; it may be medication for opioid use disorder",
        )
        return
    chart.notes.add(
        NoteKind.NOT_UNDERSTOOD if taken else NoteKind.NOT_READ,
        medicine.path,
        f"no term of `medication` has this medicine"
        f"{'' if taken else ', which is not taken now'}: {_said(codings)}",
        "nothing to do, unless it is taken for recovery or mental health; "
        "then add its code to the vocabulary",
    )


def _said(codings: tuple[Coded, ...]) -> str:
    return next((str(one) for one in codings if one.code), "without a code")
