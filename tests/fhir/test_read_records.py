"""Whole records as they are exported: what each person came out as, fact by fact."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.fhir.read import PatientReading, read_patient_file
from peer_match.fhir.read_bulk import read_bulk
from peer_match.fhir.read_notes import NoteKind

from .records import RECORDS, notes, said, values, vocabularies

SEPTEMBER_2023 = Moment.at(datetime(2023, 9, 1, 12, tzinfo=UTC))


def reading_of(name: str) -> PatientReading:
    return read_patient_file(RECORDS / name, vocabularies=vocabularies())


def facts_of(patient: Patient, moment: Moment = SEPTEMBER_2023) -> dict[str, Any]:
    """The values of every fact that has any, but for home and date of birth."""
    names = [type.field for type in CATALOGUE.values() if type.subject == "patient"]
    known = {name: values(patient, name, moment) for name in names if hasattr(patient, name)}
    return {
        name: found for name, found in known.items() if found and name not in ("home", "birth_date")
    }


EXPECTED: dict[str, dict[str, Any]] = {
    "synthea_judi.json": {
        "record_status": {"active"},
        "languages": {"english"},
        "concerns": {"opioids", "unspecified-drugs"},
        "medications": {"buprenorphine"},
        "risk_factors": {"custody-in-past-year", "partner-violence"},
        "phq2": {0},
        "gad7": {13},
    },
    "synthea_bennett.json": {
        "record_status": {"active"},
        "languages": {"english"},
        "risk_factors": {"afraid-of-partner"},
        "barriers": {"childcare"},
    },
    "synthea_yang_deceased.json": {
        "record_status": {"deceased"},
        "languages": {"english"},
        "risk_factors": {"past-overdose"},
        "phq9": {15},
    },
    "part2_carl.json": {
        "record_status": {"active"},
        "medications": {"antidepressant", "buprenorphine"},
        "risk_factors": {"depression"},
        "phq9": {15},
    },
    "gravity_colin.json": {
        "record_status": {"active"},
        "languages": {"english"},
        "identities": {"lgbtq", "man"},
        "risk_factors": {"homelessness", "unsafe-at-home"},
        "barriers": {"childcare", "housing", "transport"},
    },
    "hl7_consents.json": {"record_status": {"active"}},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_each_person_came_out_as(name: str) -> None:
    patient = reading_of(name).patient
    assert patient is not None
    assert facts_of(patient) == EXPECTED[name]


def test_a_concern_recorded_later_was_not_known_earlier() -> None:
    patient = reading_of("part2_carl.json").patient
    assert patient is not None
    later = Moment.at(datetime(2025, 5, 1, tzinfo=UTC))
    assert "concerns" not in facts_of(patient)
    assert facts_of(patient, later)["concerns"] == {"opioids"}


def test_resources_under_part_2_are_pointed_out() -> None:
    assert [note.times for note in notes(reading_of("part2_carl.json"), NoteKind.PROTECTED)] == [2]


def test_what_was_not_read_is_counted() -> None:
    reading = reading_of("synthea_judi.json")
    for type in ("CarePlan", "Encounter"):
        assert said(reading, f"resources of type {type} are not read: 1")
    assert said(reading, "no fact here holds this condition: http://snomed.info/sct 160903007")


def test_no_record_gives_its_people_a_recovery_goal_or_a_consent_to_a_placement() -> None:
    for name in EXPECTED:
        patient = reading_of(name).patient
        assert patient is not None
        assert patient.goals.statements == ()
        agreed = [one for one in patient.consents if one.agreed]
        assert {one.use.value for one in agreed} <= {"disclosure"}


def test_no_name_of_the_record_is_in_a_note() -> None:
    for name in EXPECTED:
        reading = reading_of(name)
        assert reading.patient is not None
        for part in (reading.patient.name or "").split():
            assert not [note for note in reading.notes if part.strip(".") and part in note.message]


def test_the_order_of_a_bundle_does_not_show(tmp_path: Path) -> None:
    for name in EXPECTED:
        record = orjson.loads((RECORDS / name).read_bytes())
        record["entry"].reverse()
        path = tmp_path / name
        path.write_bytes(orjson.dumps(record))
        turned = read_patient_file(path, vocabularies=vocabularies())
        assert turned.patient == reading_of(name).patient


if CORPUS := os.environ.get("PEER_MATCH_CORPUS"):

    @pytest.mark.corpus
    @pytest.mark.parametrize(
        "path",
        sorted(path for path in Path(CORPUS).glob("patients/*/*") if path.is_file()),
        ids=lambda path: path.name,
    )
    def test_every_file_of_the_corpus_gives_a_reading(path: Path) -> None:
        """`PEER_MATCH_CORPUS` names a folder with `patients/*/*`."""
        reading = read_patient_file(path, vocabularies=vocabularies())
        assert (reading.patient is None) == bool(reading.refusals)
        if ".ndjson" in path.name:
            assert list(read_bulk(path, vocabularies=vocabularies()))
