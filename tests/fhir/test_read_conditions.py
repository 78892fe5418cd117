"""Conditions: what they state, from when until when, and what doubt does to them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.provenance import Moment, StatedBy
from peer_match.facts.truth import Truth
from peer_match.fhir.read_notes import NoteKind

from .records import LATER, about, concept, notes, read, said, seen, the_patient, values

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
OPIOIDS = concept(SNOMED, "5602001", "Opioid abuse")
OVERDOSE = concept(SNOMED, "55680006", "Drug overdose")


def condition(status: str | None = "active", **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"code": OPIOIDS, "onsetDateTime": "2020-01-01", **more}
    if status is not None:
        content["clinicalStatus"] = concept(CLINICAL, status)
    return about("Condition", **content)


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", "remission", None])
def test_a_condition_that_is_not_over_is_in_force(status: str | None) -> None:
    assert values(the_patient(condition(status)), "concerns") == {"opioids"}


def test_a_condition_without_a_status_is_taken_as_active_and_says_so() -> None:
    assert said(read(condition(None)), "without a clinical status was taken as active")


@pytest.mark.parametrize("status", ["resolved", "inactive", None])
def test_a_condition_holds_until_its_abatement(status: str | None) -> None:
    person = the_patient(condition(status, abatementDateTime="2022-01-01"))
    assert values(person, "concerns") == set()
    assert values(person, "concerns", Moment.at(datetime(2021, 1, 1, tzinfo=UTC))) == {"opioids"}


@pytest.mark.parametrize("more", [{}, {"abatementString": "long ago"}])
def test_a_condition_that_ended_nobody_knows_when_is_unknown_not_no(more: dict[str, Any]) -> None:
    reading = read(condition("resolved", **more))
    assert reading.patient is not None
    assert reading.patient.concerns.statements == ()
    assert not reading.patient.concerns.denied
    assert said(reading, "nobody wrote down since when")


def test_an_active_condition_with_an_end_is_active_and_doubted() -> None:
    reading = read(condition("active", abatementDateTime="2021-01-01"))
    assert reading.patient is not None
    assert values(reading.patient, "concerns") == {"opioids"}
    assert said(reading, "called active and also over")


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_a_refuted_condition_states_nothing(status: str) -> None:
    reading = read(condition(verificationStatus=concept(VERIFIED, status)))
    assert reading.patient is not None
    assert reading.patient.concerns.statements == ()
    assert said(reading, "refuted or entered in error")


@pytest.mark.parametrize("status", ["unconfirmed", "provisional", "differential"])
def test_an_unconfirmed_condition_is_unknown(status: str) -> None:
    person = the_patient(condition(verificationStatus=concept(VERIFIED, status)))
    assert seen(person, "concerns").values == ()
    assert seen(person, "concerns").unknown is Unknown.UNREADABLE


NO_MORE: dict[str, Any] = {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}
HOUSED = about(
    "Observation",
    status="final",
    code=concept(SNOMED, "32911000", "Homeless"),
    effectiveDateTime="2026-01-01",
    valueBoolean=False,
)
HOMELESS: dict[str, Any] = {"code": concept(SNOMED, "32911000"), "onsetDateTime": "2026-02-01"}


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": concept(VERIFIED, "unconfirmed")},
        NO_MORE,
        {**NO_MORE, "verificationStatus": concept(VERIFIED, "refuted")},
        {"subject": {"display": "Somebody"}},
    ],
    ids=["not confirmed", "modified", "modified and refuted", "of nobody knows whom"],
)
def test_what_may_be_so_puts_an_older_no_in_doubt_and_no_later_one(more: dict[str, Any]) -> None:
    perhaps = condition(**HOMELESS, **more)
    assert seen(the_patient(HOUSED), "risk_factors").states("homelessness") is Truth.NO
    found = seen(the_patient(HOUSED, perhaps), "risk_factors")
    assert found.states("homelessness") is Truth.UNKNOWN
    assert found.unknown is Unknown.UNREADABLE
    later = {**HOUSED, "effectiveDateTime": "2026-03-01"}
    assert seen(the_patient(later, perhaps), "risk_factors").states("homelessness") is Truth.NO


def test_what_may_be_so_takes_nothing_from_what_is_so() -> None:
    perhaps = condition(**HOMELESS, verificationStatus=concept(VERIFIED, "unconfirmed"))
    person = the_patient(condition(**{**HOMELESS, "onsetDateTime": "2025-01-01"}), perhaps)
    assert values(person, "risk_factors") == {"homelessness"}


def test_a_flag_with_a_modifier_states_nothing_and_says_so() -> None:
    flag = about("Flag", status="active", code=concept(SNOMED, "32911000"), **NO_MORE)
    reading = read(flag)
    assert reading.patient is not None
    assert values(reading.patient, "risk_factors") == set()
    assert said(reading, "a `modifierExtension`, which is not read, is not relied on")


def test_a_past_overdose_stays_so_when_its_record_ends() -> None:
    for more in ({"abatementDateTime": "2020-02-01"}, {}):
        person = the_patient(condition("resolved", code=OVERDOSE, **more))
        assert values(person, "risk_factors") == {"past-overdose"}


@pytest.mark.parametrize(
    ("system", "code", "term"),
    [
        (ICD, "F11.11", "opioids"),
        (ICD, "F10", "alcohol"),
        ("urn:oid:2.16.840.1.113883.6.90", "F14.20", "cocaine"),
        ("http://hl7.org/fhir/sid/icd-10", "F12.2", "cannabis"),
        ("urn:oid:2.16.840.1.113883.6.96", "5602001", "opioids"),
        ("urn:peer-match:vocabulary:concern", "gambling", "gambling"),
    ],
)
def test_codes_of_several_systems_mean_a_concern(system: str, code: str, term: str) -> None:
    assert values(the_patient(condition(code=concept(system, code))), "concerns") == {term}


@pytest.mark.parametrize(
    "code",
    [concept("", "5602001"), {"coding": [{"code": "5602001"}]}, {}, {"text": "Opioid abuse"}],
)
def test_a_code_without_its_system_states_nothing_and_is_noted(code: dict[str, Any]) -> None:
    reading = read(condition(code=code))
    assert reading.patient is not None
    assert reading.patient.concerns.statements == ()
    assert notes(reading, NoteKind.NOT_UNDERSTOOD)


def test_one_code_may_state_several_facts() -> None:
    person = the_patient(condition(code=concept(SNOMED, "32911000")))
    assert values(person, "risk_factors") == {"homelessness"}
    assert values(person, "barriers") == {"housing"}


def test_who_said_so_and_since_when() -> None:
    asserted = condition(
        asserter={"reference": "Practitioner/d"}, recordedDate="2020-02-01T09:00:00Z"
    )
    [statement] = the_patient(asserted).concerns.statements
    assert statement.provenance.source == "Condition/x"
    assert statement.provenance.stated_by is StatedBy.CLINICIAN
    assert str(statement.provenance.date) == "2020-01-01"
    assert statement.provenance.recorded == datetime(2020, 2, 1, 9, tzinfo=UTC)


def test_what_was_not_yet_recorded_was_not_yet_known() -> None:
    person = the_patient(condition(recordedDate="2024-01-01T00:00:00Z"))
    earlier = Moment.at(LATER.as_of, known_at=datetime(2023, 1, 1, tzinfo=UTC))
    assert values(person, "concerns", earlier) == set()
    assert values(person, "concerns") == {"opioids"}


def test_a_flag_warns_as_a_condition_does() -> None:
    flag = about("Flag", status="active", code=concept(SNOMED, "6471006"), period={"start": "2026"})
    assert values(the_patient(flag), "risk_factors") == {"thoughts-of-suicide"}
    ended = {**flag, "status": "inactive"}
    assert said(read(ended), "nobody wrote down since when")
    assert said(read({**flag, "status": "entered-in-error"}), "entered in error")
    over = {**flag, "status": "inactive", "period": {"start": "2020", "end": "2021"}}
    assert values(the_patient(over), "risk_factors") == set()
