"""No shape of input raises: mutated records, odd values everywhere, and arbitrary bytes."""

import copy
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_match.facts.patient import Patient
from peer_match.fhir.read import read_patient

from .records import RECORDS, concept, vocabularies

NAMES = sorted(path.name for path in RECORDS.glob("*.json"))
# What a place in a record may turn into: every type, and text that is nearly right.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "0000",
            "2020-02-30",
            "9999-12-31T23:59:60Z",
            "0001-01-01T00:00:00+14:00",
            "Patient/",
            "#",
            "http://[",
            "urn:uuid:",
            "?identifier=|",
            "LA33-6",
            "en-",
        ]
    ),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(
        st.sampled_from(["coding", "reference", "value", "extension", "url"]), st.none()
    ),
)


@cache
def record(name: str) -> Any:
    return orjson.loads((RECORDS / name).read_bytes())


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        found += places(inner, (*path, key))
    return found


@cache
def places_in(name: str) -> list[tuple[Any, ...]]:
    return places(record(name))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    name = draw(st.sampled_from(NAMES))
    changed = copy.deepcopy(record(name))
    for _ in range(draw(st.integers(1, 6))):
        *above, last = draw(st.sampled_from(places_in(name)))
        here = changed
        try:
            for key in above:
                here = here[key]
            here[last] = draw(ODD)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return changed


@settings(max_examples=200)
@given(mutated())
def test_a_mutated_record_gives_a_reading(changed: Any) -> None:
    reading = read_patient(changed, name="mutated", vocabularies=vocabularies())
    assert (reading.patient is None) == bool(reading.refusals)
    if reading.patient is not None:
        assert Patient.model_validate(reading.patient.model_dump()) == reading.patient


JSON = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)
KEYS = [
    "code",
    "status",
    "component",
    "item",
    "answer",
    "valueCodeableConcept",
    "valueQuantity",
    "valueCoding",
    "provision",
    "participant",
    "medicationReference",
    "medicationCodeableConcept",
    "contained",
    "meta",
    "performer",
    "focus",
    "effectiveDateTime",
    "onsetDateTime",
    "abatementDateTime",
    "clinicalStatus",
    "verificationStatus",
    "category",
    "scope",
    "policyRule",
    "dateTime",
    "address",
    "communication",
    "extension",
    "name",
    "link",
    "identifier",
]
TYPES = [
    "Condition",
    "Observation",
    "MedicationRequest",
    "MedicationStatement",
    "Consent",
    "Flag",
    "Medication",
    "Goal",
    "QuestionnaireResponse",
    "CareTeam",
    "Patient",
    "Questionnaire",
    "PractitionerRole",
]
# Codes that readers take, so that they get past the first look.
TAKEN = st.sampled_from(
    [
        concept(system, code)
        for system, code in [
            ("http://snomed.info/sct", "5602001"),
            ("http://loinc.org", "93374-7"),
            ("http://loinc.org", "93030-5"),
            ("http://loinc.org", "LA33-6"),
            ("http://loinc.org", "54899-0"),
            ("http://www.nlm.nih.gov/research/umls/rxnorm", "864706"),
            ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "42CFRPart2"),
            ("http://nucc.org/provider-taxonomy", "171M00000X"),
        ]
    ]
)
ME = st.just({"reference": "Patient/p"})
RESOURCES = st.lists(
    st.fixed_dictionaries(
        {"resourceType": st.sampled_from(TYPES), "subject": ME | ME | JSON, "patient": ME | JSON},
        optional=dict.fromkeys(KEYS, TAKEN | JSON),
    ),
    max_size=4,
)


@settings(max_examples=200)
@given(RESOURCES)
def test_resources_of_any_content_give_a_reading(resources: list[Any]) -> None:
    person: dict[str, Any] = {"resourceType": "Patient", "id": "p"}
    others: list[Any] = []
    for one in resources:
        if one["resourceType"] == "Patient":
            person = {**one, "id": "p"}
        else:
            others.append(one)
    record = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (person, *others)]}
    reading = read_patient(record, name="any", vocabularies=vocabularies())
    assert (reading.patient is None) == bool(reading.refusals)


@given(st.binary(max_size=200))
def test_bytes_of_any_content_give_a_reading(data: bytes) -> None:
    assert read_patient(data, name="bytes", vocabularies=vocabularies()).patient is None


@given(st.data())
def test_a_record_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    whole = (RECORDS / "synthea_yang_deceased.json").read_bytes().rstrip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    reading = read_patient(whole[:cut], name="cut", vocabularies=vocabularies())
    assert reading.patient is None
    assert reading.refusals


@pytest.mark.parametrize("number", [10**400, -(10**400), float("nan"), float("inf"), 1e300])
def test_numbers_beyond_all_measure_are_no_traceback(number: float) -> None:
    place = [{"url": "latitude", "valueDecimal": number}, {"url": "longitude", "valueDecimal": 1}]
    url = "http://hl7.org/fhir/StructureDefinition/geolocation"
    home = {"extension": [{"url": url, "extension": place}]}
    person = {"resourceType": "Patient", "id": "p", "address": [home]}
    score = {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "valueQuantity": {"value": number},
    }
    entries = [{"resource": person}, {"resource": score}]
    record = {"resourceType": "Bundle", "entry": entries}
    patient = read_patient(record, name="numbers", vocabularies=vocabularies()).patient
    assert patient is not None
    assert patient.home.statements == ()


def test_items_nested_deeply_are_read_without_recursion() -> None:
    item: dict[str, Any] = {"linkId": "93030-5", "answer": [{"valueBoolean": True}]}
    provision: dict[str, Any] = {"type": "deny"}
    for _ in range(5_000):
        item, provision = {"linkId": "g", "item": [item]}, {"provision": [provision]}
    about = {"subject": {"reference": "Patient/p"}, "patient": {"reference": "Patient/p"}}
    resources = [
        {"resourceType": "Patient", "id": "p"},
        {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [item], **about},
    ]
    record = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
    reading = read_patient(record, name="deep", vocabularies=vocabularies())
    assert reading.patient is not None
    assert [one.value for one in reading.patient.barriers.statements] == ["transport"]
