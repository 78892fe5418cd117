"""The id of a person: from the resource or its address, and never a number of theirs."""

from typing import Any

import pytest

from peer_match.fhir.intake import read_intake
from peer_match.fhir.read import PatientReading, read_patient
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_identity import person_of
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_whose import points_at

from .intakes import item, items, response
from .records import about, bundle, notes, patient, said, vocabularies

SSN = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6789"}
URN = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"


def anonymous(**more: Any) -> dict[str, Any]:
    return {key: value for key, value in patient(identifier=[SSN], **more).items() if key != "id"}


def reading(person: dict[str, Any], address: str | None = None) -> PatientReading:
    record = bundle(person)
    if address:
        record["entry"][0]["fullUrl"] = address
    return read_patient(record, name="record", vocabularies=vocabularies())


def id_of(person: dict[str, Any], address: str | None = None) -> str:
    found = reading(person, address).patient
    assert found is not None
    return found.id


@pytest.mark.parametrize(
    ("person", "address", "id"),
    [
        (patient(), "https://ehr.test/fhir/Patient/7", "p"),
        (patient(), URN, "p"),
        (anonymous(), "https://ehr.test/fhir/Patient/7", "7"),
        (anonymous(), URN, URN),
        (anonymous(), "urn:oid:1.2.3", "urn:oid:1.2.3"),
    ],
)
def test_the_id_is_that_of_the_resource_or_its_address(
    person: dict[str, Any], address: str, id: str
) -> None:
    assert id_of(person, address) == id


@pytest.mark.parametrize(
    "address", [None, "https://ehr.test/Patient?identifier=us-ssn|123-45-6789"]
)
def test_without_either_it_is_made_of_the_whole_resource(address: str | None) -> None:
    id = id_of(anonymous(), address)
    assert id.startswith("urn:peer-match:record:")
    assert "6789" not in id
    assert id == id_of(dict(reversed(anonymous().items())), address)
    assert id != id_of(anonymous(gender="other"), address)
    assert said(reading(anonymous(), address), "one was made of the whole resource")


def test_no_number_of_the_person_is_told_as_a_source() -> None:
    found = reading(anonymous(), "https://ehr.test/Patient?identifier=us-ssn|123-45-6789").patient
    assert found is not None
    assert "6789" not in str(found.record_status)


@pytest.mark.parametrize(
    "person", [{"resourceType": "Patient"}, {"resourceType": "Patient", "identifier": [SSN]}]
)
def test_a_record_that_tells_nobody_apart_is_refused(person: dict[str, Any]) -> None:
    found = reading(person)
    assert found.patient is None
    assert [note.where for note in notes(found, NoteKind.REFUSED)] == [
        "Bundle.entry[0].resource.id"
    ]


@pytest.mark.parametrize("subject", [{"reference": URN}, {"reference": f"Patient/{URN[9:]}"}])
def test_answers_find_the_person_by_their_urn(subject: dict[str, Any]) -> None:
    found = reading(anonymous(), URN).patient
    assert found is not None
    mentor = {**response(item("mentor_wanted", {"valueBoolean": True})), "subject": subject}
    merged = read_intake(
        {**mentor, "source": subject},
        name="intake",
        items=items(),
        vocabularies=vocabularies(),
        patient=found,
    )
    assert merged.patient is not None
    assert [one.value for one in merged.patient.mentor_wanted.statements] == [True]
    assert not notes(merged, NoteKind.ASSUMED)


def test_what_we_write_of_a_person_with_a_urn_is_read_as_theirs() -> None:
    subject = {"type": "Patient", "identifier": {"system": "urn:ietf:rfc:3986", "value": URN}}
    owner = Element(about("Task"), "Task", Notes())
    person = person_of(URN, Notes())
    assert points_at(Element(subject, "subject", Notes()), person, owner).value == "yes"
