"""Bulk exports: many people, whatever lies beside them, in little memory."""

import gzip
from pathlib import Path
from typing import Any

import orjson

from peer_match.fhir.read import PatientReading
from peer_match.fhir.read_bulk import read_bulk
from peer_match.fhir.read_notes import NoteKind

from .records import RECORDS, about, concept, patient, said, seen, values, vocabularies

BULK = RECORDS / "bulk"


def read_all(where: Any, **more: Any) -> dict[str, PatientReading]:
    return {one.name: one for one in read_bulk(where, vocabularies=vocabularies(), **more)}


def write(path: Path, *rows: Any) -> Path:
    lines = [row if isinstance(row, bytes) else orjson.dumps(row) for row in rows]
    content = b"\n".join(lines)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_the_people_of_an_export() -> None:
    found = read_all(BULK)
    people = [name for name in found if found[name].patient]
    assert people == [
        "Patient/a4a401d1-a46a-eb4a-8a38-760d5d79d6ec",
        "Patient/cbc86e51-9eca-3855-76ec-c058f72c5761",
    ]
    first, second = (found[name].patient for name in people)
    assert first is not None and second is not None
    assert values(first, "concerns") == {"alcohol"}
    assert values(second, "concerns") == {"unspecified-drugs"}


def test_what_concerns_no_single_person_comes_last() -> None:
    *_, last = read_bulk(BULK, vocabularies=vocabularies())
    assert last.patient is None
    assert said(last, "a row of log.ndjson is no resource")
    assert said(last, "about nobody in the export")
    assert not last.refusals


def test_lines_are_told_apart_from_what_is_no_resource(tmp_path: Path) -> None:
    write(
        tmp_path / "all.ndjson",
        b"\xef\xbb\xbf" + orjson.dumps(patient()),
        b"",
        b'{"resourceType": "Condition", ',
        b"[1]",
        {"resourceType": "Encounter"},
    )
    found = read_all(tmp_path)
    assert found["Patient/p"].patient is not None
    notes = {note.where: note.message for note in found[tmp_path.name].notes}
    assert notes["all.ndjson:3:30"] == "a line is not JSON"
    assert notes["all.ndjson:4"] == "a line is JSON, but no resource"
    assert notes["all.ndjson:5"] == "resources of type Encounter are not read"


def test_references_reach_into_other_files(tmp_path: Path) -> None:
    code = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "864706")
    order = about(
        "MedicationRequest", status="active", medicationReference={"reference": "Medication/m"}
    )
    files = [
        write(tmp_path / "orders.ndjson", {**order, "subject": {"reference": "urn:uuid:p"}}),
        write(tmp_path / "people.ndjson.gz", patient()),
        write(tmp_path / "drugs.ndjson", {"resourceType": "Medication", "id": "m", "code": code}),
    ]
    person = read_all(files)["Patient/p"].patient
    assert person is not None
    assert values(person, "medications") == {"methadone"}


def test_facts_of_one_person_stay_with_them(tmp_path: Path) -> None:
    opioids = concept("http://snomed.info/sct", "5602001")
    write(tmp_path / "a.ndjson", patient(), patient(id="q"), about("Condition", code=opioids))
    found = read_all(tmp_path)
    mine, other = found["Patient/p"].patient, found["Patient/q"].patient
    assert mine is not None and other is not None
    assert (values(mine, "concerns"), values(other, "concerns")) == ({"opioids"}, set())


def test_an_export_in_another_version_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.ndjson", patient(animal={}))
    found = read_all(tmp_path)
    assert "FHIR STU3" in found[tmp_path.name].refusals[0].message
    assert found.keys() == {tmp_path.name}


def test_one_persons_resource_in_another_version_refuses_that_person(tmp_path: Path) -> None:
    stu3 = about("Condition", clinicalStatus="active")
    write(tmp_path / "a.ndjson", patient(), patient(id="q"), stu3)
    found = read_all(tmp_path)
    assert found["Patient/p"].patient is None
    assert found["Patient/p"].refusals
    assert found["Patient/q"].patient is not None


def test_an_export_without_people_is_refused(tmp_path: Path) -> None:
    [only] = read_bulk(tmp_path, vocabularies=vocabularies())
    assert [note.message for note in only.refusals] == ["there is no Patient"]


def test_a_file_that_was_cut_off_refuses_the_export(tmp_path: Path) -> None:
    whole = gzip.compress(orjson.dumps(patient()) + b"\n" + bytes(range(256)) * 99)
    (tmp_path / "a.ndjson.gz").write_bytes(whole[:-200])
    found = read_all(tmp_path)
    assert found[tmp_path.name].refusals
    assert all(one.patient is None for one in found.values())


def test_a_line_without_end_is_never_held_in_memory(tmp_path: Path) -> None:
    write(tmp_path / "a.ndjson", patient(), b" " * 3_000)
    found = read_all(tmp_path, line_limit=2_000)
    assert said(found[tmp_path.name], "a line has 2,000 bytes or more")
    assert found["Patient/p"].patient is not None


def test_people_without_an_id_or_with_the_same_are_left_out_and_noted(tmp_path: Path) -> None:
    nameless = {"resourceType": "Patient"}
    write(tmp_path / "a.ndjson", patient(), patient(birthDate="2000-01-01"), nameless)
    found = read_all(tmp_path)
    assert [
        note.times for note in found[tmp_path.name].notes if note.kind is NoteKind.UNREADABLE
    ] == [2]


def test_of_two_people_with_one_id_who_differ_neither_is_known_to_be_alive(tmp_path: Path) -> None:
    write(tmp_path / "same.ndjson", patient(), patient())
    write(tmp_path / "other.ndjson", patient(), patient(deceasedBoolean=True))
    for name, value in (("same", "active"), ("other", None)):
        found = read_all(tmp_path / f"{name}.ndjson")["Patient/p"].patient
        assert found is not None
        assert seen(found, "record_status").value == value
