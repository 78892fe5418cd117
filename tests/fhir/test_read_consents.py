"""Consents: every doubt leaves less agreed, never more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.consent import Consent, ConsentState, ConsentUse
from peer_match.facts.provenance import Moment
from peer_match.fhir.read import read_patient_file

from .records import LATER, RECORDS, about, concept, read, said, the_patient, vocabularies

SCOPE = concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
PART_2 = concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "42CFRPart2")
OPT_OUT = concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTOUT")
PLACEMENT = concept("urn:peer-match:consent-use", "group-placement")


def consent(**more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "status": "active",
        "scope": SCOPE,
        "category": [PLACEMENT],
        "dateTime": "2026-01-01",
    }
    return about("Consent", **{**content, **more})


def the_consent(**more: Any) -> Consent:
    [found] = the_patient(consent(**more)).consents
    return found


def test_a_consent_to_a_placement() -> None:
    found = the_consent(provision={"period": {"end": "2027-01-01"}})
    assert found.use is ConsentUse.GROUP_PLACEMENT
    assert found.state(LATER) is ConsentState.VALID
    assert found.state(Moment.at(datetime(2027, 6, 1, tzinfo=UTC))) is ConsentState.EXPIRED
    assert found.state(Moment.at(datetime(2025, 6, 1, tzinfo=UTC))) is ConsentState.NOT_YET


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"status": "rejected"}, ConsentState.REFUSED),
        ({"provision": {"type": "deny"}}, ConsentState.REFUSED),
        ({"policyRule": OPT_OUT}, ConsentState.REFUSED),
        ({"category": [PLACEMENT, OPT_OUT]}, ConsentState.REFUSED),
        ({"status": "draft"}, ConsentState.UNSIGNED),
        ({"status": "proposed"}, ConsentState.UNSIGNED),
        ({"status": None}, ConsentState.UNSIGNED),
        ({"dateTime": None}, ConsentState.UNSIGNED),
        ({"dateTime": "tomorrow"}, ConsentState.UNSIGNED),
        ({"verification": [{"verified": False}]}, ConsentState.UNSIGNED),
        ({"status": "inactive"}, ConsentState.REVOKED),
    ],
)
def test_doubt_leaves_nothing_agreed(more: dict[str, Any], state: ConsentState) -> None:
    assert the_consent(**more).state(LATER) is state


@pytest.mark.parametrize("more", [{"category": [PART_2]}, {"category": [], "policyRule": PART_2}])
def test_a_privacy_consent_is_about_passing_on_and_opens_only_what_it_names(
    more: dict[str, Any],
) -> None:
    reading = read(consent(**more))
    assert reading.patient is not None
    [found] = reading.patient.consents
    assert found.use is ConsentUse.DISCLOSURE
    assert (found.recipients, found.categories) == (frozenset(), frozenset())
    assert said(reading, "names nobody in the codes used here")


def test_recipients_and_kinds_of_fact_come_from_our_own_codes() -> None:
    provision = {
        "actor": [{"role": concept("urn:peer-match:recipient", "mentor"), "reference": {}}],
        "securityLabel": [{"system": "urn:peer-match:disclosure-category", "code": "schedule"}],
        "purpose": [{"code": "TREAT", "display": "treatment"}],
    }
    found = the_consent(
        category=[PART_2], provision=provision, organization=[{"display": "Clinic"}]
    )
    assert found.recipients == {"mentor"}
    assert found.categories == {"schedule"}
    assert (found.purpose, found.discloser) == ("treatment", "Clinic")


def test_exceptions_are_noted() -> None:
    reading = read(consent(provision={"provision": [{"provision": [{"type": "deny"}]}]}))
    assert said(reading, "a consent makes exceptions, which are not read")


def test_a_consent_to_something_else_is_noted() -> None:
    reading = read(consent(scope=concept("x", "research"), category=[]))
    assert reading.patient is not None
    assert reading.patient.consents == ()
    assert said(reading, "neither to a placement nor to passing on")


def test_a_consent_in_error_does_not_exist() -> None:
    assert the_patient(consent(status="entered-in-error")).consents == ()


def test_no_example_of_the_specification_opens_anything() -> None:
    reading = read_patient_file(RECORDS / "hl7_consents.json", vocabularies=vocabularies())
    assert reading.patient is not None
    found = reading.patient.consents
    assert len(found) == 12
    assert all(one.use is ConsentUse.DISCLOSURE and not one.recipients for one in found)
    refused = {one.id for one in found if one.state(LATER) is ConsentState.REFUSED}
    assert {"Consent/consent-example-Out", "Consent/consent-example-Emergency"} <= refused
    expired = {one.id for one in found if one.state(LATER) is ConsentState.EXPIRED}
    assert "Consent/consent-example-basic" in expired
