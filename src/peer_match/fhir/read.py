"""FHIR R4 records of one person, read into facts.

Owns the public way in. Each resource type has a reader of its own; what no reader takes is counted
in the notes, so that nothing is lost silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peer_match.facts.patient import Patient
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.read_bundle import Record, record_in
from peer_match.fhir.read_care_team import read_care_team
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_conditions import read_condition, read_flag
from peer_match.fhir.read_consents import read_consent
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_goals import read_goal
from peer_match.fhir.read_identity import id_of
from peer_match.fhir.read_instruments import read_instruments, screen_answers
from peer_match.fhir.read_json import SIZE_LIMIT, parse, read_bytes
from peer_match.fhir.read_medications import read_given_medicine, read_medication
from peer_match.fhir.read_notes import Note, NoteKind, Notes
from peer_match.fhir.read_observations import read_observation
from peer_match.fhir.read_person import read_person
from peer_match.fhir.read_references import Entry, Resources
from peer_match.fhir.read_responses import read_response
from peer_match.fhir.read_screens import close_screens
from peer_match.fhir.read_suicide import read_risk_assessment
from peer_match.policy.instrument import Instrument

READERS: Mapping[str, Callable[[Chart, Entry], None]] = {
    "CareTeam": read_care_team,
    "Condition": read_condition,
    "Consent": read_consent,
    "DiagnosticReport": read_risk_assessment,
    "Flag": read_flag,
    "Goal": read_goal,
    "MedicationAdministration": read_given_medicine,
    "MedicationDispense": read_given_medicine,
    "MedicationRequest": read_medication,
    "MedicationStatement": read_medication,
    "Observation": read_observation,
    "QuestionnaireResponse": read_response,
    "RiskAssessment": read_risk_assessment,
}
"""The resource types that facts come from, besides the Patient."""

POINTED_AT = frozenset(
    {"Medication", "Organization", "Practitioner", "PractitionerRole", "Questionnaire"}
)
"""Types that are read where another resource points at them."""

_PART_2 = frozenset({"42CFRPart2", "SUD", "ETHUD", "OPIOIDUD"})


@dataclass(frozen=True, slots=True)
class PatientReading:
    """What came of reading one person's record: `name` says which, as the caller called it.

    `patient` is None when the record was refused; the notes of kind `refused` say why. The other
    notes list what was left out, doubted or assumed.
    """

    name: str
    patient: Patient | None
    notes: tuple[Note, ...]

    @property
    def refusals(self) -> tuple[Note, ...]:
        """Why there is no patient."""
        return tuple(note for note in self.notes if note.kind is NoteKind.REFUSED)


def read_patient(
    data: bytes | Mapping[str, Any],
    *,
    name: str,
    vocabularies: Vocabularies,
    instruments: Iterable[Instrument] = (),
    size_limit: int = SIZE_LIMIT,
) -> PatientReading:
    """One person's R4 record: a Bundle (transaction, batch, collection, searchset, document or
    message) or a lone Patient, as bytes or as JSON that is already read.

    `instruments` are those of the pack: answers to their items are read by the codes that it gives.
    `size_limit` is in bytes. Input of any shape gives a reading; nothing is raised.
    """
    notes = Notes()
    if isinstance(data, bytes | bytearray):
        root = parse(bytes(data), name, notes, size_limit=size_limit)
    else:
        root = dict(data)
    record = None if notes.refused() else record_in(root, notes)
    if record is None:
        return PatientReading(name, None, notes.all())
    chart = open_chart(record, vocabularies, notes)
    chart.instruments = tuple(instruments)
    read_person(chart)
    read_entries(chart, record.entries)
    return close_chart(chart, name)


def read_patient_file(
    path: Path | str,
    *,
    vocabularies: Vocabularies,
    instruments: Iterable[Instrument] = (),
    size_limit: int = SIZE_LIMIT,
) -> PatientReading:
    """One person's R4 record in a `.json` file, gzipped or not. The size is checked before the
    file is read, so a file that is too large takes no memory.
    """
    path, notes = Path(path), Notes()
    data = read_bytes(path, notes, size_limit=size_limit)
    if data is None:
        return PatientReading(path.name, None, notes.all())
    return read_patient(data, name=path.name, vocabularies=vocabularies, instruments=instruments,
                        size_limit=size_limit)  # fmt: skip


def open_chart(record: Record, vocabularies: Vocabularies, notes: Notes) -> Chart:
    """An empty chart for the person of a record."""
    return Chart(
        entry=record.person,
        id=id_of(record.person, notes),
        vocabularies=vocabularies,
        resources=Resources(record.entries),
        notes=notes,
        questionnaires=questionnaires_in(record.entries),
    )


def questionnaires_in(entries: Iterable[Entry]) -> dict[str, Element]:
    """The Questionnaires of a record, by their canonical address."""
    return {
        url: one.resource
        for one in entries
        if one.type == "Questionnaire" and (url := one.resource["url"].text())
    }


def read_entries(chart: Chart, entries: Iterable[Entry]) -> None:
    """Everything that the resources of a record say, each by its reader."""
    unread: Counter[str] = Counter()
    for entry in entries:
        reader = READERS.get(entry.type)
        if reader is not None:
            _note_protection(chart, entry)
            reader(chart, entry)
            read_instruments(chart, entry)
        elif entry.type not in POINTED_AT and entry.type != "Patient":
            unread[entry.type] += 1
    for type, count in sorted(unread.items()):
        chart.notes.add(
            NoteKind.NOT_READ,
            "Bundle.entry",
            f"resources of type {type} are not read: {count}",
            "nothing to do; no fact comes from them",
        )


def close_chart(chart: Chart, name: str) -> PatientReading:
    """The reading of a chart that is full."""
    close_screens(chart)
    patient = None if chart.notes.refused() else chart.patient()
    if patient is not None and chart.item_answers:
        answers = screen_answers(chart.item_answers, chart)
        patient = patient.model_copy(update={"screen_answers": answers})
    return PatientReading(name, patient, chart.notes.all())


def _note_protection(chart: Chart, entry: Entry) -> None:
    labels = {one.coding().code for one in entry.resource["meta"]["security"].items()}
    if labels & _PART_2:
        chart.notes.add(
            NoteKind.PROTECTED,
            entry.resource.path,
            "a resource is labelled as protected by 42 CFR Part 2",
            "what is read from it may be passed on only with the person's consent",
        )
