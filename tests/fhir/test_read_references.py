"""Every way in which a resource can say that it is about the person."""

from typing import Any

import pytest

from peer_match.fhir.read import read_patient
from peer_match.fhir.read_notes import NoteKind

from .records import about, bundle, concept, notes, patient, read, values, vocabularies

OPIOIDS = concept("http://snomed.info/sct", "5602001")
IDENTIFIED = patient(identifier=[{"system": "urn:mrn", "value": "7"}])


def condition(subject: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": OPIOIDS, "subject": subject, **more}


def concerns(record: dict[str, Any]) -> set[str]:
    found = read_patient(record, name="record", vocabularies=vocabularies()).patient
    assert found is not None
    return values(found, "concerns")


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p"},
        {"reference": "Patient/p/_history/3"},
        {"reference": "urn:uuid:p"},
        {"reference": "https://ehr.test/fhir/Patient/p"},
        {"reference": "Patient?identifier=urn:mrn|7"},
        {"identifier": {"system": "urn:mrn", "value": "7"}},
    ],
)
def test_a_reference_to_the_person_is_followed(subject: Any) -> None:
    assert concerns(bundle(IDENTIFIED, condition(subject))) == {"opioids"}


def test_an_entry_without_resource_id_is_known_by_its_address() -> None:
    anonymous = {k: v for k, v in patient().items() if k != "id"}
    record = bundle(anonymous, condition({"reference": "urn:uuid:0-1-2"}))
    record["entry"][0]["fullUrl"] = "urn:uuid:0-1-2"
    reading = read_patient(record, name="record", vocabularies=vocabularies())
    assert reading.patient is not None
    assert reading.patient.id == "urn:uuid:0-1-2"
    assert values(reading.patient, "concerns") == {"opioids"}


def test_a_contained_patient_with_the_same_identifier_is_the_person() -> None:
    inner = {"resourceType": "Patient", "id": "c", "identifier": IDENTIFIED["identifier"]}
    inside = condition({"reference": "#c"}, contained=[inner])
    assert concerns(bundle(IDENTIFIED, inside)) == {"opioids"}


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ({"reference": "Patient/q"}, NoteKind.DOUBTFUL),
        ({"reference": "Group/p"}, NoteKind.ABOUT_OTHERS),
        ({"reference": "RelatedPerson/p"}, NoteKind.ABOUT_OTHERS),
        ({"reference": "https://other.test/fhir/Patient/p"}, NoteKind.DOUBTFUL),
        ({"reference": "#nobody"}, NoteKind.DOUBTFUL),
        ({"reference": "Patient?identifier=urn:mrn|8"}, NoteKind.DOUBTFUL),
        ({"identifier": {"system": "urn:mrn", "value": "8"}}, NoteKind.DOUBTFUL),
        ({"display": "Somebody"}, NoteKind.DOUBTFUL),
        (None, NoteKind.DOUBTFUL),
    ],
)
def test_what_is_not_surely_about_the_person_is_left_out_and_noted(
    subject: Any, kind: NoteKind
) -> None:
    record = bundle(IDENTIFIED, condition(subject))
    record["entry"][0]["fullUrl"] = "https://ehr.test/fhir/Patient/p"
    reading = read_patient(record, name="record", vocabularies=vocabularies())
    assert reading.patient is not None
    assert values(reading.patient, "concerns") == set()
    assert [note.times for note in notes(reading, kind)] == [1]


MEDICINE = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "864706")


@pytest.mark.parametrize(
    ("reference", "full_url"),
    [
        ("Medication/m", None),
        ("#m", None),
        ("urn:uuid:m1", "urn:uuid:m1"),
        ("https://ehr.test/Medication/m", None),
        ("Medication?identifier=urn:drug|9", None),
    ],
)
def test_a_medicine_may_lie_in_another_resource(reference: str, full_url: str | None) -> None:
    drug = {
        "resourceType": "Medication",
        "id": "m",
        "code": MEDICINE,
        "identifier": [{"system": "urn:drug", "value": "9"}],
    }
    order = about(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationReference={"reference": reference},
    )
    if reference.startswith("#"):
        order["contained"] = [drug]
    record = bundle(patient(), order, drug)
    if full_url:
        record["entry"][2]["fullUrl"] = full_url
    found = read_patient(record, name="record", vocabularies=vocabularies()).patient
    assert found is not None
    assert values(found, "medications") == {"methadone"}


def test_a_medicine_that_cannot_be_found_is_unknown_and_noted() -> None:
    order = about(
        "MedicationRequest", status="active", medicationReference={"reference": "Medication/none"}
    )
    reading = read(order)
    assert reading.patient is not None
    assert reading.patient.medications.unreadable
    assert next(note.kind for note in reading.notes) is NoteKind.NOT_UNDERSTOOD
