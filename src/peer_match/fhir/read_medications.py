"""Medicines that the person takes now, by the codes of the vocabulary `medication`.

A list of medicines in a record is never complete, so none of it says that a medicine is not taken.
An entry that is not understood is kept as such, with its date: a list that somebody closed before
it is open again. One that names a medicine of the vocabulary in words has no date, so that nobody
closes it without looking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.truth import Truth
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import is_modified
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

KEPT_AT_HAND = "overdose-reversal-medication"
"""Medicines of this kind protect; one that may be somebody else's is not taken as the person's."""

_TAKEN = frozenset({"active", "intended"})
_NOT_TAKEN = frozenset(
    {"cancelled", "completed", "draft", "entered-in-error", "not-taken", "stopped"}
)
_PROPOSALS = frozenset({"option", "plan", "proposal"})
# A medicine that was handed over or given, as far as its status says.
_NOT_GIVEN = frozenset({"cancelled", "declined", "entered-in-error", "not-done", "preparation"})
_WHEN_GIVEN = ("whenHandedOver", "whenPrepared", "effectiveDateTime")
_WORD = re.compile(r"[a-z]{5,}")
_BRAND = re.compile(r"(?<=[ (])[A-Z][a-z]{4,}")
# Words of doses and forms, which name no medicine.
_COMMON_WORDS = frozenset(
    {
        "buccal", "calcium", "chewing", "containing", "delayed", "implant", "injection", "lozenge",
        "medicinal", "medication", "mouth", "prefilled", "product", "release", "replacement",
        "solution", "sublingual", "syringe", "system", "tablet", "transdermal", "hydrochloride",
        "stabiliser",
    }
)  # fmt: skip


def read_medication(chart: Chart, entry: Entry) -> None:
    """A MedicationRequest or MedicationStatement that is, or may be, about the person."""
    medicine = entry.resource
    whose = chart.surely_or_perhaps(entry, "subject")
    if whose is Truth.NO:
        return
    status, intent = medicine["status"].text(), medicine["intent"].text()
    concepts = tuple(_concepts(chart, medicine))
    codings = tuple(coded for one in concepts for coded in one.codings())
    terms = chart.terms("medication", codings)
    source = _provenance(chart, entry)
    reported = bool(medicine["reportedReference"]) or medicine["reportedBoolean"].boolean() is True
    proposed = intent in _PROPOSALS and not (intent == "plan" and reported)
    modified = is_modified(medicine)
    if medicine["doNotPerform"].boolean() and not modified:
        return
    if modified and terms:
        _note_perhaps_taken(chart, medicine, codings, source)
    elif status in _NOT_TAKEN or proposed:
        # What a prescription provides may still be taken when all of it has been handed out.
        if status == "completed" and entry.type == "MedicationRequest" and not proposed and terms:
            chart.cannot_read("medications", source)
        if not terms:
            _note_unknown(chart, medicine, codings, taken=False)
    elif not terms:
        _keep_unknown(chart, medicine, concepts, codings, source)
    elif status not in _TAKEN:
        _note_perhaps_taken(chart, medicine, codings, source)
    else:
        until = medicine["effectivePeriod"]["end"].date()
        _state(chart, terms, source, until, whose)


def read_given_medicine(chart: Chart, entry: Entry) -> None:
    """A MedicationDispense or MedicationAdministration: it was taken or handed over on a day.

    Nobody can tell from it how long it is taken, so it states nothing and opens the list.
    """
    medicine = entry.resource
    if chart.surely_or_perhaps(entry, "subject") is Truth.NO:
        return
    concepts = tuple(_concepts(chart, medicine))
    codings = tuple(coded for one in concepts for coded in one.codings())
    if medicine["status"].text() in _NOT_GIVEN:
        return
    given = medicine.first(*_WHEN_GIVEN).date() or medicine["effectivePeriod"]["end"].date()
    source = Provenance(
        source=entry.source,
        stated_by=chart.stated_by([], medicine),
        date=given,
        recorded=recorded(given),
    )
    if chart.terms("medication", codings):
        chart.cannot_read("medications", source)
        chart.notes.add(
            NoteKind.DOUBTFUL,
            medicine.path,
            f"a medicine was given, and nobody can tell whether it is taken now: {_said(codings)}",
            "ask the person or the prescriber whether it is taken now",
        )
    else:
        _keep_unknown(chart, medicine, concepts, codings, source)


def _state(
    chart: Chart,
    terms: tuple[str, ...],
    source: Provenance,
    until: PartialDate | None,
    whose: Truth,
) -> None:
    at_hand = chart.vocabularies["medication"].covered_by(KEPT_AT_HAND)
    for term in terms:
        if whose is Truth.UNKNOWN and term in at_hand:
            chart.cannot_read("medications", source)
        else:
            chart.state("medications", term, source, until=until)


def _concepts(chart: Chart, medicine: Element) -> Iterator[Element]:
    """The names of the medicine, written here or in the Medication that is pointed at."""
    if reference := medicine["medicationReference"]:
        found = chart.resources.find(reference, medicine)
        if found is not None and found.type == "Medication":
            yield found.resource["code"]
            for one in found.resource["ingredient"].items():
                yield one["itemCodeableConcept"]
        else:
            yield reference
    yield medicine["medicationCodeableConcept"]


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


def _note_perhaps_taken(
    chart: Chart, medicine: Element, codings: tuple[Coded, ...], source: Provenance
) -> None:
    # Without its date: who closes a list does not say what became of this order.
    chart.cannot_read("medications", source.model_copy(update={"date": None}))
    chart.notes.add(
        NoteKind.DOUBTFUL,
        medicine["status"].path,
        "nobody can tell whether a medicine is taken: status "
        f"{medicine['status'].text() or 'missing'}, {_said(codings)}",
        "ask the prescriber whether the person takes it now",
    )


def _keep_unknown(
    chart: Chart,
    medicine: Element,
    concepts: tuple[Element, ...],
    codings: tuple[Coded, ...],
    source: Provenance,
) -> None:
    """A medicine that may be one of the vocabulary under another name or code."""
    coded = any(one.code for one in codings)
    named = _names_a_medicine(chart, concepts)
    undated = source.model_copy(update={"date": None})
    chart.cannot_read("medications", source if coded and not named else undated)
    if named:
        chart.notes.add(
            NoteKind.NEEDS_A_PERSON,
            medicine.path,
            "a medicine is named in words that the vocabulary `medication` knows, and its code is "
            f"not known: {_said(codings)}",
            "confirm which medicine the person takes, and give its RxNorm code",
        )
    elif coded:
        _note_unknown(chart, medicine, codings, taken=True)
    else:
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            medicine.path,
            "a medicine is listed without a code that can be found",
            "give its RxNorm code; it may be medication for opioid use disorder",
        )


def _names_a_medicine(chart: Chart, concepts: tuple[Element, ...]) -> bool:
    """Whether the words of an entry name a medicine of the vocabulary, whatever its code."""
    vocabulary = chart.vocabularies["medication"]
    # A term that covers others is a kind of medicine: its label is no medicine's name.
    names = {
        word
        for term in vocabulary.terms
        if len(vocabulary.covered_by(term.code)) == 1
        for text in (
            term.label,
            *(one.display or "" for one in term.codings),
            *_BRAND.findall(term.meaning),
        )
        for word in _WORD.findall(text.casefold())
    } - _COMMON_WORDS
    said = " ".join(text for one in concepts for text in _texts(one)).casefold()
    return any(word in names for word in _WORD.findall(said))


def _texts(concept: Element) -> Iterator[str]:
    for key in ("text", "display"):
        if text := concept[key].text():
            yield text
    for one in concept["coding"].items():
        if text := one["display"].text():
            yield text


def _note_unknown(
    chart: Chart, medicine: Element, codings: tuple[Coded, ...], *, taken: bool
) -> None:
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
