"""Consents: every doubt leaves less agreed, never more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.consent import Consent, ConsentState, ConsentUse, standing
from peer_match.facts.provenance import Moment
from peer_match.fhir.read import read_patient_file

from .records import LATER, RECORDS, about, concept, read, said, the_patient, vocabularies

SCOPE = concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
PART_2 = concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "42CFRPart2")
OPT_OUT = concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTOUT")
PLACEMENT = concept("urn:peer-match:consent-use", "group-placement")
PAIRING = concept("urn:peer-match:consent-use", "mentor-pairing")


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
        ({"dateTime": None}, ConsentState.UNSIGNED),
        ({"verification": [{"verified": False}]}, ConsentState.UNSIGNED),
        ({"status": "inactive"}, ConsentState.REVOKED),
        ({"dateTime": "2026"}, ConsentState.NOT_YET),
        ({"provision": {"period": {"start": "2026-07"}}}, ConsentState.NOT_YET),
        ({"provision": {"period": {"end": "2026"}}}, ConsentState.EXPIRED),
    ],
)
def test_what_is_no_agreement(more: dict[str, Any], state: ConsentState) -> None:
    assert the_consent(**more).state(LATER) is state


def test_a_consent_is_signed_when_it_was_written_not_when_it_begins() -> None:
    """A refusal between the two is the later word."""
    agreed = consent(id="a", dateTime="2025-01-01", provision={"period": {"start": "2026-02-01"}})
    refused = consent(id="b", dateTime="2025-06-01", status="rejected")
    assert standing(the_patient(agreed).consents, LATER)
    assert standing(the_patient(agreed, refused).consents, LATER) == ()


def test_a_refusal_counts_from_when_it_was_written_not_from_when_it_begins() -> None:
    agreed = consent(id="a", dateTime="2025-01-01")
    long_ago = {"type": "deny", "period": {"start": "2020-01-01"}}
    refused = consent(id="b", dateTime="2025-06-01", provision=long_ago)
    assert standing(the_patient(agreed, refused).consents, LATER) == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_versions_with_one_id_neither_hides_the_other(order: tuple[int, int]) -> None:
    versions = (consent(), consent(status="rejected"))
    found = the_patient(*(versions[place] for place in order)).consents
    assert {one.id for one in found} == {"Consent/x"}
    assert standing(found, LATER) == ()


def test_a_consent_to_two_things_is_two_consents() -> None:
    both = {"coding": [*PLACEMENT["coding"], *PAIRING["coding"]]}
    found = the_patient(consent(category=[both], status="rejected")).consents
    assert {(one.use, one.state(LATER)) for one in found} == {
        (ConsentUse.GROUP_PLACEMENT, ConsentState.REFUSED),
        (ConsentUse.MENTOR_PAIRING, ConsentState.REFUSED),
    }
    assert len({one.id for one in found}) == 2


@pytest.mark.parametrize("category", [None, [], [{"text": "peer groups"}], ["x"], "x"])
def test_a_refusal_that_does_not_say_of_what_may_be_one_of_anything(category: Any) -> None:
    treatment = concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment")
    silent = consent(id="b", scope=treatment, category=category, status="rejected")
    found = the_patient(consent(), silent).consents
    assert {one.use for one in found} == set(ConsentUse)
    assert standing((one for one in found if one.use is ConsentUse.GROUP_PLACEMENT), LATER) == ()


def test_an_agreement_that_does_not_say_to_what_changes_nothing() -> None:
    treatment = concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment")
    silent = consent(id="b", scope=treatment, category=[{"text": "general treatment"}])
    assert [one.id for one in the_patient(consent(), silent).consents] == ["Consent/x"]


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({}, True),
        ({"status": "rejected"}, False),
        ({"modifierExtension": [{"url": "urn:x"}]}, False),
    ],
)
def test_a_no_of_nobody_knows_whom_may_be_the_persons(more: dict[str, Any], left: bool) -> None:
    somebody = {**consent(id="b", **more), "patient": None}
    found = the_patient(consent(), somebody).consents
    assert bool(standing(found, LATER)) is left


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


MENTOR = {"role": concept("urn:peer-match:recipient", "mentor")}
GROUP = {"role": concept("urn:peer-match:recipient", "group")}
SCHEDULE = {"system": "urn:peer-match:disclosure-category", "code": "schedule"}
HEALTH = {"coding": [{"system": "urn:peer-match:disclosure-category", "code": "health"}]}
PERMIT: dict[str, Any] = {"type": "permit", "actor": [MENTOR], "securityLabel": [SCHEDULE]}


def disclosed(**more: Any) -> Consent:
    return the_consent(category=[PART_2], provision={**PERMIT, **more})


def test_recipients_and_kinds_of_fact_come_from_our_own_codes() -> None:
    found = the_consent(
        category=[PART_2],
        provision={**PERMIT, "purpose": [{"code": "TREAT", "display": "treatment"}]},
        organization=[{"display": "Clinic"}],
    )
    assert found.state(LATER) is ConsentState.VALID
    assert found.recipients == {"mentor"}
    assert found.categories == {"schedule"}
    assert (found.purpose, found.discloser) == ("treatment", "Clinic")


REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACTION = "http://terminology.hl7.org/CodeSystem/consentaction"


@pytest.mark.parametrize(
    "more",
    [
        {"purpose": [{"system": REASON, "code": "HRESCH"}]},
        {"action": [concept(ACTION, "collect")]},
        {"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Observation"}]},
        {"dataPeriod": {"start": "2020"}},
        {"data": [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]},
        {"provision": [{"type": "permit", "actor": [MENTOR]}]},
        {"securityLabel": [SCHEDULE, {"system": "urn:other", "code": "N"}]},
        {"actor": [{**MENTOR, "reference": {"reference": "Practitioner/ruth"}}]},
        {"actor": [{**MENTOR, "reference": {"identifier": {"value": "ruth"}}}]},
        {"actor": [{"role": {"coding": [*MENTOR["role"]["coding"], *GROUP["role"]["coding"]]}}]},
    ],
)
def test_a_consent_that_is_narrowed_by_what_is_not_read_opens_nothing(more: Any) -> None:
    found = disclosed(**more)
    assert (found.recipients, found.categories) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    "more",
    [
        {"action": [concept(ACTION, "disclose"), concept(ACTION, "use")]},
        {"purpose": [{"system": REASON, "code": "SUPNWK"}]},
        {"actor": [{**MENTOR, "reference": {"display": "any mentor"}}]},
    ],
)
def test_what_narrows_nothing_leaves_a_consent_open(more: dict[str, Any]) -> None:
    assert disclosed(**more).recipients == {"mentor"}


def test_labels_and_codes_together_mean_what_has_both() -> None:
    assert disclosed(code=[HEALTH]).categories == frozenset()
    assert disclosed(securityLabel=[], code=[HEALTH]).categories == {"health"}


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, ({"mentor"}, {"schedule"})),
        ({"actor": [MENTOR, {"role": concept("urn:other", "x")}]}, (set[str](), {"schedule"})),
        ({"securityLabel": [SCHEDULE, {"code": "x"}]}, ({"mentor"}, set[str]())),
        ({"actor": [MENTOR, "x"]}, (set[str](), set[str]())),
    ],
)
def test_a_refusal_to_pass_on_is_one_to_all_whom_it_does_not_clearly_name(
    more: dict[str, Any], refused: tuple[set[str], set[str]]
) -> None:
    found = disclosed(type="deny", **more)
    assert found.state(LATER) is ConsentState.REFUSED
    assert (found.recipients, found.categories) == refused


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
    told = [one for one in found if one.use is ConsentUse.DISCLOSURE]
    assert len(told) == 12
    assert not any(one.recipients for one in found)
    assert not any(one.state(LATER) is ConsentState.VALID for one in found if one not in told)
    sources = {one.id: one.provenance.source for one in told}
    refused = {sources[one.id] for one in told if one.state(LATER) is ConsentState.REFUSED}
    assert {"Consent/consent-example-Out", "Consent/consent-example-Emergency"} <= refused
    expired = {one.id for one in found if one.state(LATER) is ConsentState.EXPIRED}
    assert "Consent/consent-example-basic" in expired


# -- a no of a kind of document that says no use ------------------------------------------------

LOINC = "http://loinc.org"
TREATMENT = concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment")
RESEARCH = concept("http://terminology.hl7.org/CodeSystem/consentscope", "research")
DENY = {"provision": {"type": "deny"}}
REJECTED = {"status": "rejected"}


def uses(**more: Any) -> dict[ConsentUse, bool | None]:
    return {one.use: one.agreed for one in the_patient(consent(**more)).consents}


@pytest.mark.parametrize("no", [DENY, REJECTED, {"policyRule": OPT_OUT}])
@pytest.mark.parametrize("category", [[], [concept(LOINC, "59284-0")]])
def test_a_no_to_treatment_that_says_no_use_is_one_to_every_use(
    no: dict[str, Any], category: list[Any]
) -> None:
    assert uses(scope=TREATMENT, category=category, **no) == dict.fromkeys(ConsentUse, False)


@pytest.mark.parametrize("no", [DENY, REJECTED, {"policyRule": OPT_OUT}])
@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (SCOPE, None),
        (SCOPE, "59284-0"),
        (SCOPE, "64292-6"),
        (SCOPE, "57016-8"),
        (TREATMENT, "64292-6"),
        (TREATMENT, "57016-8"),
    ],
)
def test_a_no_to_passing_on_information_leaves_the_other_uses_in_doubt(
    no: dict[str, Any], scope: Any, code: str | None
) -> None:
    category = [concept(LOINC, code)] if code else []
    assert uses(scope=scope, category=category, **no) == {
        ConsentUse.GROUP_PLACEMENT: None,
        ConsentUse.MENTOR_PAIRING: None,
        ConsentUse.DISCLOSURE: False,
    }


@pytest.mark.parametrize("code", ["59284-0", "64292-6"])
def test_a_document_that_does_not_refuse_and_one_about_research_say_nothing_of_a_placement(
    code: str,
) -> None:
    category = [concept(LOINC, code)]
    assert ConsentUse.GROUP_PLACEMENT not in uses(scope=TREATMENT, category=category)
    assert uses(scope=RESEARCH, category=category, **DENY) == {}


def test_a_later_yes_outvotes_a_no_of_a_kind_of_document() -> None:
    no = consent(id="n", scope=TREATMENT, category=[concept(LOINC, "59284-0")], **REJECTED)
    later, same_day = consent(dateTime="2026-02-01"), consent()
    assert [one.use for one in standing(the_patient(no, later).consents, LATER)]
    placements = [
        one for one in the_patient(no, same_day).consents if one.use is ConsentUse.GROUP_PLACEMENT
    ]
    assert standing(placements, LATER) == ()
