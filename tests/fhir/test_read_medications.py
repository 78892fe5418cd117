"""Medicines: taken now, by code; doubt leaves the list unknown."""

from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.truth import Truth

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


def test_another_medicine_is_noted_and_says_nothing_about_the_list() -> None:
    reading = read(order(medicationCodeableConcept=concept(RXNORM, "314076", "lisinopril")))
    assert reading.patient is not None
    assert seen(reading.patient, "medications").unknown is Unknown.NOT_RECORDED
    assert said(reading, "no term of `medication` has this medicine")


def test_a_medicine_in_words_alone_leaves_the_list_unknown() -> None:
    reading = read(order(medicationCodeableConcept={"text": "Suboxone"}))
    assert reading.patient is not None
    assert seen(reading.patient, "medications").unknown is Unknown.UNREADABLE
    assert said(reading, "without a code that can be found")
