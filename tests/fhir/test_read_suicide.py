"""Evidence of suicide risk outside the screens: never silence beside a low one."""

from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.observed import Observed
from peer_match.fhir.read_notes import NoteKind

from .records import about, concept, notes, read, said, seen, the_patient

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
YES, NO = concept(LOINC, "LA33-6"), concept(LOINC, "LA32-8")
HIGH = concept(LOINC, "LA9193-9")
NOW = "2026-05-25"


def observation(code: Any, **more: Any) -> dict[str, Any]:
    return about("Observation", status="final", code=code, effectiveDateTime=NOW, **more)


def condition(code: Any, **more: Any) -> dict[str, Any]:
    return about("Condition", code=code, onsetDateTime=NOW, **more)


def flag(code: Any, **more: Any) -> dict[str, Any]:
    return about("Flag", status="active", code=code, **more)


def answers(item: dict[str, Any]) -> dict[str, Any]:
    return about("QuestionnaireResponse", status="completed", authored=NOW, item=[item])


LEVEL = concept(LOINC, "93374-7")
LOW = about(
    "Observation",
    status="final",
    code=LEVEL,
    effectiveDateTime="2026-05-20",
    valueCodeableConcept=concept(LOINC, "LA9194-7"),
)


def level(*resources: dict[str, Any]) -> Observed:
    return seen(the_patient(LOW, *resources), "suicide_screen")


CONDITIONS = [
    (SNOMED, "6471006"),
    (SNOMED, "247650009"),
    (SNOMED, "304594002"),
    (SNOMED, "82313006"),
    (ICD, "R45.851"),
    (ICD, "T14.91XA"),
    ("urn:oid:2.16.840.1.113883.6.90", "X71.0XXA"),
    (ICD, "X79.XXXD"),
    (ICD, "X83.8"),
]
OUTCOME = [{"outcome": concept(SNOMED, "82313006"), "qualitativeRisk": {"text": "high"}}]
OTHERS: list[dict[str, Any]] = [
    condition({"text": "Suicidal ideation with a plan"}),
    condition(concept("urn:local", "SI", "Suicidal ideation")),
    condition({"text": "Self-harm"}, verificationStatus={"coding": [{"code": "unconfirmed"}]}),
    flag(concept(SNOMED, "225444004"), period={"start": "2026-01-01"}),
    flag({"text": "High suicide risk"}),
    about("RiskAssessment", status="final", occurrenceDateTime=NOW, prediction=OUTCOME),
    about("RiskAssessment", status="final", code={"text": "Suicide risk"}),
    about("DiagnosticReport", status="final", code={"text": "C-SSRS"}, effectiveDateTime=NOW),
    about("DiagnosticReport", status="final", code={"text": "Visit"}, conclusion="Suicidal."),
    observation(concept("urn:asq", "5", "ASQ 5: thoughts now"), valueCodeableConcept=YES),
    observation(concept("urn:asq", "ASQ5"), valueCodeableConcept=YES),
    observation(concept("http://epic.example", "CSSRS_LEVEL"), valueCodeableConcept=HIGH),
    observation({"text": "ASQ result"}, valueString="acute positive"),
    observation({"text": "C-SSRS suicide risk level"}, valueCodeableConcept=HIGH),
    observation(concept(SNOMED, "225337009"), valueCodeableConcept=concept(SNOMED, "225444004")),
    observation({"text": "Mental state"}, valueCodeableConcept=concept(SNOMED, "6471006")),
    observation(LEVEL, interpretation=[{"text": "HIGH RISK"}]),
    observation(LEVEL),
    observation({"text": "Suicide risk"}, note=[{"text": "high"}]),
    answers({"linkId": "1", "text": "C-SSRS level", "answer": [{"valueCoding": {"code": "H"}}]}),
]


@pytest.mark.parametrize(("system", "code"), CONDITIONS)
def test_a_condition_beside_an_older_low_screen_leaves_the_level_unknown(
    system: str, code: str
) -> None:
    assert level(condition(concept(system, code))).unknown is Unknown.UNREADABLE


@pytest.mark.parametrize("evidence", OTHERS)
def test_other_evidence_leaves_the_level_unknown_and_needs_a_person(
    evidence: dict[str, Any],
) -> None:
    assert level(evidence).unknown is Unknown.UNREADABLE
    assert notes(read(LOW, evidence), NoteKind.NEEDS_A_PERSON)


@pytest.mark.parametrize("evidence", OTHERS)
def test_no_evidence_lowers_the_highest_level(evidence: dict[str, Any]) -> None:
    assert level({**LOW, "id": "h", "valueCodeableConcept": HIGH}, evidence).value == "high"


NOT_EVIDENCE: list[dict[str, Any]] = [
    condition({"text": "Hypertension"}),
    condition(concept(ICD, "R45.851"), verificationStatus={"coding": [{"code": "refuted"}]}),
    condition(concept(ICD, "R45.851")) | {"onsetDateTime": "2025-01-01"},
    condition(concept(ICD, "X70")),
    condition(concept(SNOMED, "23233009", "Previous suicide attempt")),
    flag({"text": "Falls"}),
    observation(concept("urn:asq", "1", "ASQ 1"), valueCodeableConcept=NO),
    observation(concept("urn:asq", "1", "ASQ 1"), valueBoolean=False),
    observation({"text": "ASQ"}, valueCodeableConcept=YES) | {"status": "entered-in-error"},
    about("RiskAssessment", status="final", code={"text": "Fracture risk"}),
    about("RiskAssessment", status="entered-in-error", code={"text": "Suicide risk"}),
    about("RiskAssessment", status="final", code={"text": "Suicide risk"})
    | {"subject": {"reference": "RelatedPerson/m"}},
]


@pytest.mark.parametrize("other", NOT_EVIDENCE)
def test_what_is_no_evidence_leaves_the_level_as_it_is(other: dict[str, Any]) -> None:
    assert level(other).value == "low"


def test_the_narrative_of_an_observation_is_no_question() -> None:
    narrative = {"status": "generated", "div": "<div>C-SSRS</div>"}
    asked = observation({"text": "Mood"}, text=narrative, valueCodeableConcept=YES)
    assert not notes(read(LOW, asked), NoteKind.UNREADABLE)
    assert level(asked).value == "low"


def test_a_warning_in_force_is_of_today_and_one_that_is_over_of_its_day() -> None:
    code = {"text": "Suicide risk"}
    old = {"start": "2024-01-01"}
    assert level(flag(code, period=old)).unknown is Unknown.UNREADABLE
    assert level(flag(code, period=old) | {"status": "inactive"}).value == "low"


@pytest.mark.parametrize(
    "item",
    [
        {"linkId": "93374-7.1"},
        {"linkId": "/93374-7/1"},
        {"linkId": "1", "definition": "http://loinc.org/93374-7"},
    ],
)
def test_a_screen_is_known_by_a_code_in_its_link_or_definition(item: dict[str, Any]) -> None:
    coding = HIGH["coding"][0]
    assert level(answers({**item, "answer": [{"valueCoding": coding}]})).value == "high"


@pytest.mark.parametrize("system", ["http://loinc.org/", "https://loinc.org"])
def test_a_system_may_be_written_otherwise(system: str) -> None:
    high = observation(concept(system, "93374-7"), valueCodeableConcept=HIGH)
    assert level(high).value == "high"


def test_a_resource_about_something_else_is_noted_as_not_read() -> None:
    other = about("DiagnosticReport", status="final", code={"text": "Blood count"})
    assert said(read(other), "a resource of type DiagnosticReport is not read")
