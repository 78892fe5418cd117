"""What tests of reading share: the pack's vocabularies, small records, and looking at facts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.observed import Observed, observe
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.facts.vocabulary import Vocabularies, Vocabulary
from peer_match.fhir.read import PatientReading, read_patient
from peer_match.fhir.read_notes import Note, NoteKind

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "tests" / "data" / "patients"
LATER = Moment.at(datetime(2026, 6, 1, 12, tzinfo=UTC))


@lru_cache(maxsize=1)
def vocabularies() -> Vocabularies:
    """The vocabularies of the default pack."""
    found: list[Vocabulary] = []
    for path in sorted((ROOT / "rules" / "vocabulary").glob("*.yaml")):
        content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        found.append(Vocabulary(id=content.pop("vocabulary"), **content))
    return Vocabularies(found)


def patient(**more: Any) -> dict[str, Any]:
    """A Patient resource."""
    return {"resourceType": "Patient", "id": "p", "active": True, "birthDate": "1990-05-01", **more}


def bundle(*resources: dict[str, Any], type: str = "collection") -> dict[str, Any]:
    """A Bundle of these resources."""
    return {"resourceType": "Bundle", "type": type, "entry": [{"resource": r} for r in resources]}


def about(resource_type: str, **content: Any) -> dict[str, Any]:
    """A resource about the patient."""
    key = "patient" if resource_type == "Consent" else "subject"
    return {"resourceType": resource_type, "id": "x", key: {"reference": "Patient/p"}, **content}


def concept(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding]}


def read(*resources: dict[str, Any], **first: Any) -> PatientReading:
    """The reading of a patient with these resources about them."""
    record = bundle(patient(**first), *resources)
    return read_patient(record, name="record", vocabularies=vocabularies())


def the_patient(*resources: dict[str, Any], **first: Any) -> Patient:
    """The patient of a reading that was not refused."""
    found = read(*resources, **first).patient
    assert found is not None
    return found


def seen(patient: Patient, field: str, moment: Moment = LATER) -> Observed:
    """A fact of a patient as seen at a moment."""
    type = CATALOGUE[f"patient.{field}"]
    vocabulary = vocabularies()[type.vocabulary] if type.vocabulary else None
    return observe(getattr(patient, field), type, vocabulary, moment)


def values(patient: Patient, field: str, moment: Moment = LATER) -> set[Any]:
    """The values of a fact at a moment."""
    return set(seen(patient, field, moment).values)


def notes(reading: PatientReading, kind: NoteKind) -> list[Note]:
    """The notes of one kind."""
    return [note for note in reading.notes if note.kind is kind]


def said(reading: PatientReading, words: str) -> bool:
    """Whether some note says these words."""
    return any(words in note.message for note in reading.notes)
