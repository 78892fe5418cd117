"""Input that cannot be one person's R4 record: a clear refusal at its place, no traceback."""

import gzip
import os
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest

from peer_match.fhir.read import PatientReading, read_patient, read_patient_file

from .records import RECORDS, about, bundle, patient, read, vocabularies


def reading_of(data: Any, **more: Any) -> PatientReading:
    return read_patient(data, name="record.json", vocabularies=vocabularies(), **more)


def refusal(reading: PatientReading) -> tuple[str, str]:
    assert reading.patient is None
    assert len(reading.refusals) == 1
    return reading.refusals[0].where, reading.refusals[0].message


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (b'{"resourceType": "Bundle",\n "entry": [', "record.json:2:12", "the JSON ends too early"),
        (b'{"a": NaN}', "record.json:1:7", "NaN and Infinity are not numbers in JSON"),
        (b'{"a": -Infinity}', "record.json:1:8", "NaN and Infinity are not numbers in JSON"),
        (b'{"a" 1}', "record.json:1:6", "this is not JSON"),
        (b"", "record.json:1:1", "the file is empty"),
        (b"\xff\xfe{}", "record.json:1:1", "the file is not UTF-8 text"),
        (b"[" * 50_000, "record.json:1:1026", "the JSON is nested too deeply"),
        (b'{"a":1}\n{"a":2}', "record.json:2:1", "there is more than one JSON value"),
    ],
)
def test_broken_text_is_refused_where_it_breaks(text: bytes, where: str, message: str) -> None:
    assert refusal(reading_of(text)) == (where, message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[]", "this is no FHIR resource"),
        (b"{}", "it has no `resourceType`, so it is no FHIR record of a person"),
        (b'{"resourceType": "Task"}', "a resource of type Task is no record of a person"),
        (bundle(), "there is no Patient"),
        (bundle(patient(), patient(id="q")), "there are 2 Patients, and a record is about one"),
        (
            bundle(patient(), type="history"),
            "a Bundle of type history may hold several versions of one record, or none",
        ),
    ],
)
def test_what_is_no_record_of_one_person_is_refused(data: Any, message: str) -> None:
    assert refusal(reading_of(data))[1] == message


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_record_may_come_through_a_pipe(tmp_path: Path, pack: Any) -> None:
    """It is read once, as it comes: a pipe gives nothing a second time."""
    pipe = tmp_path / "record.json"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(pack(orjson.dumps(bundle(patient()))),))
    writer.start()
    reading = read_patient_file(pipe, vocabularies=vocabularies())
    writer.join()
    assert reading.patient is not None


def test_the_same_patient_twice_is_one_patient() -> None:
    assert reading_of(bundle(patient(), patient())).patient is not None


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        (patient(animal={"species": {}}), "FHIR STU3 or DSTU2"),
        (patient(fhirVersion="3.0.2"), "FHIR 3.0.2"),
        (patient(meta={"fhirVersion": "5.0.0"}), "FHIR 5.0.0"),
    ],
)
def test_a_patient_of_another_version_is_refused_by_name(resource: Any, version: str) -> None:
    message = refusal(reading_of(bundle(resource)))[1]
    assert message == f"this is {version}, and only FHIR R4 (4.0.1) is read"


@pytest.mark.parametrize(
    ("resource", "version", "where"),
    [
        (about("Condition", clinicalStatus="active"), "STU3", "clinicalStatus"),
        (about("Condition", assertedDate="2016-01-01"), "STU3", "assertedDate"),
        (about("Observation", related=[{}]), "STU3", "related"),
        (about("Consent", consentingParty=[{}]), "STU3", "consentingParty"),
        (about("CareTeam", participant=[{"role": {"text": "x"}}]), "STU3", "participant[0].role"),
        (
            about("QuestionnaireResponse", questionnaire={"reference": "Q/1"}),
            "STU3",
            "questionnaire",
        ),
        (about("ReferralRequest"), "STU3", "resourceType"),
        (about("MedicationRequest", medication={"concept": {}}), "R5", "medication"),
        (about("Consent", provision=[{}]), "R5", "provision"),
        (about("Encounter", **{"class": [{}]}), "R5", "class"),
        (about("ServiceRequest", code={"concept": {}}), "R5", "code.concept"),
        (about("Transport"), "R5", "resourceType"),
    ],
)
def test_one_resource_of_another_version_refuses_the_record(
    resource: Any, version: str, where: str
) -> None:
    place, message = refusal(read(resource))
    assert place == f"Bundle.entry[1].resource.{where}"
    assert version in message


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.name)
def test_no_real_r4_record_is_taken_for_another_version(path: Path) -> None:
    assert read_patient_file(path, vocabularies=vocabularies()).refusals == ()


@pytest.mark.parametrize(
    "kind", ["transaction", "batch", "collection", "searchset", "document", "message"]
)
def test_every_kind_of_bundle_with_one_state_of_a_record_is_read(kind: str) -> None:
    assert reading_of(bundle(patient(), type=kind)).patient is not None


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(b"\xef\xbb\xbf" + orjson.dumps(bundle(patient())))
    assert read_patient_file(path, vocabularies=vocabularies()).patient is not None


def test_a_gzipped_file_is_unpacked_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(gzip.compress(orjson.dumps(bundle(patient()))))
    assert read_patient_file(path, vocabularies=vocabularies()).patient is not None


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    with path.open("wb") as file:  # a hole: 200 MB that take no room on the disk
        file.truncate(200_000_000)
    where, message = refusal(read_patient_file(path, vocabularies=vocabularies()))
    assert where == "record.json"
    assert message.startswith("the file has 100,000,000 bytes or more")


def test_a_small_gzip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.json.gz"
    path.write_bytes(gzip.compress(b" " * 5_000_000))
    reading = read_patient_file(path, vocabularies=vocabularies(), size_limit=1_000_000)
    assert "1,000,000 bytes or more" in refusal(reading)[1]


def test_bytes_that_are_too_large_are_refused() -> None:
    assert "10 bytes or more" in refusal(reading_of(b" " * 10, size_limit=10))[1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "no such file"), (gzip.compress(b"{}", mtime=0)[:-4], "it is not whole")],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "record.json.gz"
    if content is not None:
        path.write_bytes(content)
    assert reason in refusal(read_patient_file(path, vocabularies=vocabularies()))[1]


def test_pages_that_are_missing_are_noted() -> None:
    record = bundle(patient(), type="searchset")
    record["link"] = [{"relation": "next", "url": "https://ehr.test/next"}]
    assert any("further pages" in note.message for note in reading_of(record).notes)


def test_a_file_may_be_named_by_a_text(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(orjson.dumps(bundle(patient())))
    found = read_patient_file(str(path), vocabularies=vocabularies())
    assert found == read_patient_file(path, vocabularies=vocabularies())
    assert found.patient is not None
