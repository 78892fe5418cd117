"""Whatever may turn the yes of a consent into a no, or into less, leaves nothing agreed."""

from typing import Any

import pytest
from fhir.resources.R4B.consent import (
    Consent as R4Consent,
)
from fhir.resources.R4B.consent import (
    ConsentProvision,
    ConsentProvisionActor,
    ConsentProvisionData,
    ConsentVerification,
)

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.consent import Consent, ConsentState, ConsentUse, standing
from peer_match.facts.derived import derive
from peer_match.facts.fact import Unknown
from peer_match.facts.provenance import PartialDate
from peer_match.fhir.read_consent_doubts import TYPES
from peer_match.fhir.read_element import ABSENT_REASON
from peer_match.fhir.read_notes import NoteKind

from .records import LATER, about, concept, notes, read, the_patient

SCOPE = concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
PLACEMENT = concept("urn:peer-match:consent-use", "group-placement")
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ABSENT = {"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]}
MODIFIER = [{"url": "urn:not", "valueBoolean": True}]
ACTOR = {"role": concept("urn:peer-match:recipient", "group"), "reference": {}}


def consent(**more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "status": "active",
        "scope": SCOPE,
        "category": [PLACEMENT],
        "dateTime": "2026-01-01",
    }
    return about("Consent", **{**content, **more})


def period(**more: Any) -> dict[str, Any]:
    return {"provision": {"type": "permit", "period": more}}


def provision(**more: Any) -> dict[str, Any]:
    return {"provision": {"type": "permit", **more}}


def found_in(*resources: dict[str, Any]) -> tuple[Consent, ...]:
    return tuple(
        one for one in the_patient(*resources).consents if one.use is ConsentUse.GROUP_PLACEMENT
    )


DOUBTS: list[dict[str, Any]] = [
    # the status
    {"status": None},
    {"status": "Active"},
    {"status": "granted"},
    {"status": 5},
    {"status": ["active"]},
    {"_status": ABSENT},
    {"status": "inactive", "dateTime": None},
    # the scope and the category
    {"scope": None},
    {"scope": "patient-privacy"},
    {"scope": {"text": "peer groups"}},
    {"scope": concept("http://terminology.hl7.org/CodeSystem/consentscope", "research")},
    {"scope": {"coding": [*SCOPE["coding"], {"code": "adr"}]}},
    {"category": [PLACEMENT, 5]},
    {"category": [PLACEMENT, None]},
    {"category": [PLACEMENT, {"coding": [{"code": ["OPTOUT"]}]}]},
    {"category": [PLACEMENT, {"coding": {"code": "OPTOUT"}}]},
    # the date
    {"dateTime": "tomorrow"},
    {"dateTime": 2026},
    {"_dateTime": ABSENT},
    # the base rule
    {"policyRule": {"text": "opt out of everything"}},
    {"policyRule": concept(ACT_CODE, "OPTINR")},
    {"policyRule": concept("urn:other", "OPTIN")},
    {"policyRule": ["OPTOUT"]},
    # the period
    period(end="soon"),
    period(end=2030),
    period(end=""),
    period(start="now", end="2030"),
    period(_end=ABSENT),
    period(_start=ABSENT),
    period(finish="2026-02-01"),
    provision(period="2026"),
    provision(period=["2026"]),
    # the type of the provision
    {"provision": {"type": "Deny"}},
    {"provision": {"type": "refuse"}},
    {"provision": {"type": ["deny"]}},
    {"provision": {"type": ""}},
    {"provision": {"_type": ABSENT}},
    {"provision": {"Type": "deny"}},
    {"provision": "deny"},
    {"provision": {"actor": [ACTOR]}},
    # exceptions
    provision(provision=[{"type": "deny"}]),
    provision(provision=[{"type": "permit", "provision": [{"type": "deny"}]}]),
    provision(provision=[{"type": "permit", "provision": [{}]}]),
    provision(provision=[{"type": "permit"}]),
    provision(provision=[{"type": 5}]),
    provision(provision=[None]),
    provision(provision=["deny"]),
    provision(provision={"type": "deny"}),
    # what narrows it
    provision(actor=[ACTOR]),
    provision(action=[concept("http://terminology.hl7.org/CodeSystem/consentaction", "use")]),
    provision(securityLabel=[{"code": "N"}]),
    provision(purpose=[{"code": "HRESCH"}]),
    provision(code=[concept("urn:x", "y")]),
    provision(dataPeriod={"start": "2020"}),
    provision(data=[{"meaning": "instance", "reference": {"reference": "Task/1"}}]),
    provision(**{"class": [{"code": "Observation"}]}),
    # who verified it
    {"verification": [{}]},
    {"verification": [{"verified": "false"}]},
    {"verification": {"verified": False}},
    {"verification": [None]},
    # who agreed
    {"performer": [{"reference": "RelatedPerson/mother"}]},
    {"performer": [{"reference": "Practitioner/d"}, {"display": "the patient"}]},
    {"performer": [{"identifier": {"value": "7"}}]},
    {"performer": ["Patient/p"]},
    {"performer": {"reference": "Patient/p"}},
    # what modifies it
    {"modifierExtension": MODIFIER},
    {"implicitRules": "urn:rules"},
    {"provision": {"type": "permit", "modifierExtension": MODIFIER}},
    provision(provision=[{"type": "permit", "modifierExtension": MODIFIER}]),
    {"verification": [{"verified": True, "modifierExtension": MODIFIER}]},
    {"meta": {"tag": [{"code": "SUBSETTED"}]}},
    {"meta": {"security": [{"code": "REDACTED"}]}},
    # what R4 does not have
    {"refused": True},
    {"provision": {"deny": True}},
]  # fmt: skip


@pytest.mark.parametrize("more", DOUBTS)
def test_every_doubt_leaves_nothing_agreed(more: dict[str, Any]) -> None:
    reading = read(consent(**more))
    assert reading.patient is not None
    states = {one.state(LATER) for one in reading.patient.consents}
    assert states == {ConsentState.DOUBTFUL}
    assert any("a consent is in doubt" in one.message for one in notes(reading, NoteKind.DOUBTFUL))


@pytest.mark.parametrize("more", DOUBTS)
def test_a_doubt_may_be_a_no_to_what_was_agreed_before(more: dict[str, Any]) -> None:
    before = consent(id="before", dateTime="2025-01-01")
    later = {"dateTime": "2026-01-01", **more}
    assert standing(found_in(before), LATER)
    assert standing(found_in(before, consent(**later)), LATER) == ()


def test_an_agreement_signed_after_a_doubt_stands() -> None:
    doubtful = consent(dateTime="2025-01-01", status="granted")
    assert len(standing(found_in(doubtful, consent(id="later")), LATER)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"category": [PLACEMENT, concept("http://loinc.org", "59284-0")]},
        {"scope": concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment")},
        {"scope": {"coding": [{"code": "patient-privacy"}, {"system": "urn:x", "code": "pp"}]}},
        {"policyRule": concept(ACT_CODE, "42CFRPart2"), "provision": {"type": "permit"}},
        {"policyRule": concept(ACT_CODE, "OPTIN")},
        {"performer": [{"reference": "Practitioner/d"}, {"reference": "Patient/p"}]},
        {"policy": [{"uri": "urn:law"}], "sourceReference": {"reference": "Binary/1"}},
        {"verification": [{"verified": True, "verificationDate": "2026-01-01"}]},
        {"extension": [{"url": "urn:x"}], "text": {"status": "generated", "div": "<div/>"}},
        {"_dateTime": {"id": "a", "extension": [{"url": "urn:x"}]}},
        {"modifierExtension": []},
        {"contained": [{"resourceType": "Organization", "modifierExtension": MODIFIER}]},
        {"provision": {"period": {"start": "2026-01-01", "end": "2027"}}},
        provision(purpose=[{"code": "TREAT"}]),
        provision(actor=None),
        {"dateTime": "2026-01-01T09:00:00-05:00"},
    ],
)
def test_what_is_no_doubt_is_agreed(more: dict[str, Any]) -> None:
    reading = read(consent(**more))
    assert reading.patient is not None
    [found] = reading.patient.consents
    assert found.state(LATER) is ConsentState.VALID
    assert not notes(reading, NoteKind.DOUBTFUL)


def test_a_consent_in_doubt_is_unknown_to_the_rules_so_it_holds_and_asks() -> None:
    type = CATALOGUE["patient.group_consent"]
    seen = derive(the_patient(consent(status="granted")), type, None, LATER)
    assert (seen.values, seen.unknown) == ((), Unknown.UNREADABLE)
    assert [one.source for one in seen.basis] == ["Consent/x"]
    refused = consent(id="b", status="rejected")
    assert derive(the_patient(consent(status="granted"), refused), type, None, LATER).values == (
        "refused",
    )


def test_deep_nesting_is_read_to_the_bottom() -> None:
    inner: dict[str, Any] = {"type": "deny"}
    for _ in range(5_000):
        inner = {"type": "permit", "provision": [inner]}
    [found] = the_patient(consent(provision=inner)).consents
    assert found.agreed is None


def test_a_refusal_with_doubts_is_still_a_refusal() -> None:
    [found] = the_patient(consent(status="rejected", modifierExtension=MODIFIER)).consents
    assert found.state(LATER) is ConsentState.REFUSED
    assert found.provenance.date == PartialDate("2026-01-01")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Consent", R4Consent),
        ("Provision", ConsentProvision),
        ("Actor", ConsentProvisionActor),
        ("Data", ConsentProvisionData),
        ("Verification", ConsentVerification),
    ],
)
def test_the_children_of_a_consent_are_those_of_r4(name: str, model: Any) -> None:
    known = {one for one in model.elements_sequence() if not one.endswith("xtension")} - {"id"}
    assert set(TYPES[name]) - {"resourceType"} == known
