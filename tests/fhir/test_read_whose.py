"""Whom a reference names: the person, somebody else, or nobody can tell."""

from typing import Any

import pytest

from peer_match.facts.patient import Patient
from peer_match.facts.truth import Truth
from peer_match.fhir.read import read_patient
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import Notes
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_whose import points_at

from .records import bundle, concept, patient, seen, values, vocabularies

MRN = {"system": "urn:mrn", "value": "7"}
OTHER_MRN = {"system": "urn:mrn", "value": "8"}
SERVER = "https://ehr.test/fhir"
OLD = {"type": "replaces", "other": {"reference": "Patient/old"}}

OWN: list[Any] = [
    {"reference": "/Patient/p"},
    {"reference": "http://ehr.test/fhir/Patient/p"},
    {"reference": "https://EHR.test/fhir/Patient/p/"},
    {"reference": "urn:uuid:P"},
    {"reference": "Patient/old"},
    {"reference": f"{SERVER}/Patient/old"},
    {"reference": "Patient/zz", "identifier": MRN},
]
UNCLEAR: list[Any] = [
    {"reference": "https://inside.test/fhir/Patient/p"},
    {"reference": "Patient/zz"},
    {"reference": "Patient/p", "type": "RelatedPerson"},
    {"reference": "Practitioner/dr"},
    {},
]
OTHERS: list[Any] = [
    {"reference": "RelatedPerson/m"},
    {"reference": "Group/g"},
    {"reference": "Patient/zz", "identifier": OTHER_MRN},
    {"reference": "#child"},
    {"reference": "#mother"},
]
CONTAINED = [
    {"resourceType": "Patient", "id": "child", "identifier": [OTHER_MRN]},
    {"resourceType": "RelatedPerson", "id": "mother"},
]


def whose(reference: Any, **more: Any) -> Truth:
    resource = patient(identifier=[MRN], link=[OLD], **more)
    person = Entry(Element(resource, "Patient", Notes()), "Patient", f"{SERVER}/Patient/p")
    owner = Element({"contained": CONTAINED}, "Condition", Notes())
    return points_at(Element(reference, "subject", Notes()), person, owner)


@pytest.mark.parametrize("reference", OWN)
def test_another_way_of_writing_it_is_the_person(reference: Any) -> None:
    assert whose(reference) is Truth.YES


@pytest.mark.parametrize("reference", UNCLEAR)
def test_what_may_be_the_person_is_unknown(reference: Any) -> None:
    assert whose(reference) is Truth.UNKNOWN


@pytest.mark.parametrize("reference", OTHERS)
def test_somebody_else_is_one_who_is_named_as_such(reference: Any) -> None:
    assert whose(reference) is Truth.NO


@pytest.mark.parametrize("kind", ["replaces", "replaced-by", "refer", "seealso"])
def test_every_link_of_r4_is_to_the_same_person(kind: str) -> None:
    link = {"type": kind, "other": {"reference": f"{SERVER}/Patient/twin"}}
    person = Entry(Element(patient(link=[link]), "Patient", Notes()), "Patient")
    assert (
        points_at(
            Element({"reference": "Patient/twin"}, "subject", Notes()),
            person,
            Element({}, "Condition", Notes()),
        )
        is Truth.YES
    )


def of(subject: Any, type: str, **content: Any) -> Patient:
    name = "patient" if type == "Consent" else "subject"
    record = bundle(
        patient(identifier=[MRN]), {"resourceType": type, "id": "x", name: subject, **content}
    )
    record["entry"][0]["fullUrl"] = f"{SERVER}/Patient/p"
    found = read_patient(record, name="record", vocabularies=vocabularies()).patient
    assert found is not None
    return found


METHADONE = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "6813")
NALOXONE = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "7242")
UNSURE: list[Any] = [None, {"reference": "Patient/zz"}, *UNCLEAR[:1]]


@pytest.mark.parametrize("subject", UNSURE)
def test_a_medicine_that_may_be_theirs_counts_unless_it_protects(subject: Any) -> None:
    more: dict[str, Any] = {"status": "active", "intent": "order"}
    taken = of(subject, "MedicationRequest", medicationCodeableConcept=METHADONE, **more)
    assert values(taken, "medications") == {"methadone"}
    kept = of(subject, "MedicationRequest", medicationCodeableConcept=NALOXONE, **more)
    assert values(kept, "medications") == set()
    assert kept.medications.unreadable


@pytest.mark.parametrize("subject", UNSURE)
def test_a_condition_that_may_be_theirs_is_in_doubt(subject: Any) -> None:
    found = of(subject, "Condition", code=concept("http://snomed.info/sct", "82313006"))
    assert values(found, "risk_factors") == set()
    assert seen(found, "risk_factors").unknown == "a record was there but could not be understood"


@pytest.mark.parametrize("subject", UNSURE)
def test_an_answer_about_home_that_may_be_theirs_is_in_doubt(subject: Any) -> None:
    found = of(
        subject,
        "Observation",
        status="final",
        code=concept("http://loinc.org", "93026-3"),
        valueCodeableConcept=concept("http://loinc.org", "LA32-8"),
    )
    assert found.risk_factors.unreadable


@pytest.mark.parametrize("subject", UNSURE)
def test_a_refusal_that_may_be_theirs_is_one_and_a_yes_is_none(subject: Any) -> None:
    use = [concept("urn:peer-match:consent-use", "group-placement")]
    scope = concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment")
    content: dict[str, Any] = {"category": use, "scope": scope, "dateTime": "2026-01-01"}
    refused = of(subject, "Consent", status="rejected", **content).consents
    assert [one.agreed for one in refused] == [False]
    assert of(subject, "Consent", status="active", **content).consents == ()
