"""Medicines: taken now, by code; doubt leaves the list unknown."""

from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.truth import Truth

from .intakes import chosen, item, merged
from .records import about, concept, read, said, seen, the_patient, values

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
METHADONE = concept(RXNORM, "864706", "methadone hydrochloride 10 MG Oral Tablet")


def order(**more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": METHADONE,
        "authoredOn": "2026-01-01",
    }
    return about("MedicationRequest", **{**content, **more})


def test_an_active_order_is_a_medicine_taken() -> None:
    person = the_patient(order())
    assert values(person, "medications") == {"methadone"}
    assert seen(person, "medications").holds("opioid-use-disorder-medication") is Truth.YES


def test_a_list_of_medicines_is_never_complete() -> None:
    assert seen(the_patient(order()), "medications").holds("acamprosate") is Truth.UNKNOWN


@pytest.mark.parametrize(
    "more",
    [
        {"status": "stopped"},
        {"status": "completed"},
        {"status": "draft"},
        {"status": "entered-in-error"},
        {"intent": "proposal"},
        {"doNotPerform": True},
    ],
)
def test_what_is_not_taken_now_states_nothing(more: dict[str, Any]) -> None:
    found = the_patient(order(**more)).medications
    assert (found.statements, found.denied) == ((), ())


@pytest.mark.parametrize("status", ["on-hold", "unknown", None])
def test_a_status_that_leaves_doubt_leaves_the_list_unknown(status: str | None) -> None:
    reading = read(order(status=status))
    assert reading.patient is not None
    assert seen(reading.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(reading, "nobody can tell whether a medicine is taken")


def test_a_statement_holds_for_its_period() -> None:
    statement = about(
        "MedicationStatement",
        status="active",
        medicationCodeableConcept=METHADONE,
        effectivePeriod={"start": "2020-01-01", "end": "2021-01-01"},
    )
    assert values(the_patient(statement), "medications") == set()
    ongoing = {**statement, "effectivePeriod": {"start": "2020-01-01"}}
    assert values(the_patient(ongoing), "medications") == {"methadone"}


def test_a_medicine_of_unknown_code_is_noted_and_leaves_the_list_unknown() -> None:
    reading = read(order(medicationCodeableConcept=concept(RXNORM, "314076", "lisinopril")))
    assert reading.patient is not None
    assert seen(reading.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(reading, "no term of `medication` has this medicine")


def test_a_medicine_in_words_alone_leaves_the_list_unknown() -> None:
    reading = read(order(medicationCodeableConcept={"text": "Suboxone"}))
    assert reading.patient is not None
    assert seen(reading.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(reading, "named in words")
    other = read(order(medicationCodeableConcept={"text": "OTP dose"}))
    assert other.patient is not None
    assert seen(other.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(other, "without a code that can be found")


def given(type: str, status: str = "completed", **more: Any) -> dict[str, Any]:
    return about(type, status=status, medicationCodeableConcept=METHADONE, **more)


SNOMED = concept("http://snomed.info/sct", "387286002", "Methadone")
BRAND = concept("http://hl7.org/fhir/sid/ndc", "12496-1208-03", "Suboxone 8mg-2mg film")
CODE_ALONE = {"coding": [{"system": RXNORM, "code": "1996189"}]}
SINCE = [
    order(medicationCodeableConcept=CODE_ALONE, authoredOn="2026-05-25"),
    order(medicationCodeableConcept=SNOMED, authoredOn="2026-05-25"),
    order(medicationCodeableConcept=BRAND, authoredOn="2026-05-25"),
    order(medicationCodeableConcept={"coding": [{"code": "6813"}]}, authoredOn="2026-05-25"),
    order(medicationCodeableConcept={"text": "OTP dose"}, authoredOn="2026-05-25"),
    order(intent="plan", reportedBoolean=True, authoredOn="2026-05-25"),
    order(status="completed", authoredOn="2026-05-25"),
    order(medicationCodeableConcept=CODE_ALONE, authoredOn=None),
    given("MedicationDispense", whenHandedOver="2026-05-25"),
    given("MedicationDispense"),
    given("MedicationAdministration", effectiveDateTime="2026-05-25"),
    given("MedicationAdministration", effectivePeriod={"end": "2026-05-25"}),
    given("MedicationStatement", status="unknown", dateAsserted="2026-05-25"),
]
# What a word on the whole list, later, does not settle by itself.
BEFORE_AND_NAMED = [
    order(medicationCodeableConcept=SNOMED),
    order(medicationCodeableConcept=BRAND),
    order(medicationCodeableConcept={"text": "Methadone 80 mg"}),
    order(status="on-hold"),
]
SETTLED = [
    order(medicationCodeableConcept=concept(RXNORM, "314076", "lisinopril 10 MG Oral Tablet")),
    given("MedicationDispense", whenHandedOver="2026-01-01"),
    given("MedicationDispense", status="cancelled", whenHandedOver="2026-05-25"),
    given("MedicationAdministration", status="not-done", effectiveDateTime="2026-05-25"),
]


def with_none_on_the_20th_of_may(entry: dict[str, Any]) -> Truth:
    clinician = {"reference": "Practitioner/dr"}
    none = item("medications", chosen("none"))
    person = merged(none, into=the_patient(entry), source=clinician)
    return seen(person, "medications").holds("opioid-use-disorder-medication")


@pytest.mark.parametrize("entry", SINCE + BEFORE_AND_NAMED)
def test_a_closed_list_is_open_again_for_what_may_be_a_medicine(entry: dict[str, Any]) -> None:
    assert with_none_on_the_20th_of_may(entry) is not Truth.NO


@pytest.mark.parametrize("entry", SETTLED)
def test_a_later_word_settles_older_entries_and_what_was_not_given(entry: dict[str, Any]) -> None:
    assert with_none_on_the_20th_of_may(entry) is Truth.NO


def test_a_medicine_may_be_known_by_its_ingredient() -> None:
    inner = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [{"itemCodeableConcept": METHADONE}],
    }
    entry = order(medicationReference={"reference": "#m"}, contained=[inner])
    del entry["medicationCodeableConcept"]
    assert values(the_patient(entry), "medications") == {"methadone"}


def test_a_medicine_named_in_words_needs_a_person() -> None:
    reading = read(order(medicationCodeableConcept=SNOMED))
    assert said(reading, "named in words")


@pytest.mark.parametrize("more", [{}, {"status": "stopped"}, {"doNotPerform": True}])
def test_an_order_with_a_modifier_leaves_the_list_unknown(more: dict[str, Any]) -> None:
    reading = read(order(modifierExtension=[{"url": "urn:not"}], **more))
    assert reading.patient is not None
    assert values(reading.patient, "medications") == set()
    assert seen(reading.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(reading, "is not relied on")
