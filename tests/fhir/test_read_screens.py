"""No doubt about a result of a screen hides a high one, or lets a low one stand alone."""

from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.observed import Observed
from peer_match.fhir.read_notes import NoteKind

from .records import about, concept, notes, read, said, seen, the_patient

LOINC = "http://loinc.org"
LEVEL, PHQ_9, THOUGHTS = "93374-7", "44261-6", "44260-8"
LOW, MODERATE, HIGH = "LA9194-7", "LA6751-7", "LA9193-9"
YES, NO, DECLINED = "LA33-6", "LA32-8", "LA30122-8"
MODIFIER = [{"url": "urn:not", "valueBoolean": True}]
MOTHER = {"type": "RelatedPerson", "identifier": {"value": "m"}}


def observation(code: Any, date: str | None = "2026-05-20", **more: Any) -> dict[str, Any]:
    asked = concept(LOINC, code) if isinstance(code, str) else code
    content: dict[str, Any] = {"status": "final", "effectiveDateTime": date, **more}
    return about("Observation", code=asked, **content)


def answered(code: Any, *answers: str, date: str | None = "2026-05-20", **more: Any) -> Any:
    codings = [{"system": LOINC, "code": answer} for answer in answers]
    return observation(code, date, valueCodeableConcept={"coding": codings}, **more)


def part(code: str, answer: str) -> dict[str, Any]:
    return {"code": concept(LOINC, code), "valueCodeableConcept": concept(LOINC, answer)}


def response(*answers: tuple[str, Any], **more: Any) -> dict[str, Any]:
    items = [
        {"linkId": f"/x/{code}", "answer": given if isinstance(given, list) else [given]}
        for code, given in answers
    ]
    content = {"status": "completed", "authored": "2026-05-21", "item": items, **more}
    return about("QuestionnaireResponse", **content)


def chosen(code: str) -> dict[str, Any]:
    return {"valueCoding": {"system": LOINC, "code": code}}


def suicide(*resources: dict[str, Any]) -> Observed:
    return seen(the_patient(*resources), "suicide_screen")


LOW_BEFORE = answered(LEVEL, LOW, date="2026-05-19")


@pytest.mark.parametrize(
    "more",
    [
        {"status": "preliminary"},
        {"status": "registered"},
        {"status": "unknown"},
        {"status": "Final"},
        {"status": None},
        {"status": 5},
        {"date": None},
        {"date": "2026-05"},
        {"date": "last week", "issued": "2020-01-01T00:00:00Z"},
        {"date": None, "effectiveTiming": {}, "issued": "2020-01-01T00:00:00Z"},
        {"modifierExtension": MODIFIER},
        {"implicitRules": "urn:rules"},
    ],
)
@pytest.mark.parametrize(
    ("level", "value"), [(HIGH, "high"), (MODERATE, None), (LOW, None), ("LA0-0", None)]
)
def test_a_result_that_cannot_be_relied_on_is_unknown_or_the_highest(
    more: dict[str, Any], level: str, value: str | None
) -> None:
    doubtful = answered(LEVEL, level, **more)
    for record in ((doubtful,), (LOW_BEFORE, doubtful), (doubtful, LOW_BEFORE)):
        found = suicide(*record)
        assert (found.value, found.unknown) == (value, None if value else Unknown.UNREADABLE)
    assert notes(read(doubtful), NoteKind.NEEDS_A_PERSON)


def test_versions_of_one_result_are_told_apart() -> None:
    assert LOW_BEFORE["id"] == answered(LEVEL, HIGH)["id"]
    assert suicide(LOW_BEFORE, answered(LEVEL, HIGH)).value == "high"
    assert suicide(answered(LEVEL, HIGH), LOW_BEFORE).value == "high"


def test_a_withdrawn_result_is_left_out() -> None:
    for status in ("entered-in-error", "cancelled"):
        assert suicide(LOW_BEFORE, answered(LEVEL, HIGH, status=status)).value == "low"


@pytest.mark.parametrize("more", [{"subject": None}, {"focus": [{"reference": "Patient/q"}]}])
def test_a_result_of_nobody_knows_whom_counts_if_it_is_the_highest(more: dict[str, Any]) -> None:
    assert suicide(LOW_BEFORE, answered(LEVEL, HIGH, **more)).value == "high"
    found = suicide(LOW_BEFORE, answered(LEVEL, MODERATE, **more))
    assert (found.value, found.unknown) == (None, Unknown.UNREADABLE)


@pytest.mark.parametrize("mother", [{"reference": "RelatedPerson/m"}, MOTHER])
def test_a_result_of_somebody_else_is_left_out(mother: dict[str, Any]) -> None:
    assert suicide(LOW_BEFORE, answered(LEVEL, HIGH, focus=[mother])).value == "low"


@pytest.mark.parametrize("levels", [(LOW, HIGH), (HIGH, LOW), (LOW, MODERATE, HIGH)])
def test_of_levels_that_are_coded_together_the_highest_counts(levels: tuple[str, ...]) -> None:
    assert suicide(answered(LEVEL, *levels)).value == "high"
    assert suicide(answered(LEVEL, *levels, status="preliminary")).value == "high"


@pytest.mark.parametrize(
    "codings",
    [
        [{"system": "http://snomed.info/sct", "code": "225444004"}],
        [{"system": LOINC, "code": "LA0-0"}],
        [{"system": LOINC, "code": YES}],
        [{"system": LOINC, "code": DECLINED}],
    ],
)
def test_a_low_level_beside_another_code_that_says_something_else_is_unknown(
    codings: list[Any],
) -> None:
    value = {"coding": [{"system": LOINC, "code": LOW}, *codings]}
    assert suicide(observation(LEVEL, valueCodeableConcept=value)).unknown is Unknown.UNREADABLE
    high = {"coding": [*codings, {"system": LOINC, "code": HIGH}]}
    assert suicide(observation(LEVEL, valueCodeableConcept=high)).value == "high"


def test_a_local_code_beside_a_level_changes_nothing() -> None:
    value = {"coding": [{"system": "urn:clinic", "code": "1"}, {"system": LOINC, "code": LOW}]}
    assert suicide(observation(LEVEL, valueCodeableConcept=value)).value == "low"


@pytest.mark.parametrize(
    "value",
    [
        {"valueCodeableConcept": concept(LOINC, LOW), "valueString": "high"},
        {"valueCodeableConcept": concept(LOINC, LOW), "dataAbsentReason": concept("x", "error")},
        {"valueCodeableConcept": concept(LOINC, LOW), "dataAbsentReason": {"text": "?"}},
        {"_valueCodeableConcept": {"extension": []}},
        {"valueQuantity": {"value": 1}},
    ],
)
def test_a_value_that_says_two_things_or_none_is_unknown(value: dict[str, Any]) -> None:
    found = suicide(LOW_BEFORE, observation(LEVEL, **value))
    assert (found.value, found.unknown) == (None, Unknown.UNREADABLE)


@pytest.mark.parametrize(
    "question",
    [
        {"coding": [{"code": LEVEL}]},
        {"coding": [{"system": LOINC, "code": "93246-7"}, {"system": LOINC, "code": LEVEL}]},
        {"coding": [{"system": LOINC, "code": PHQ_9}, {"system": LOINC, "code": LEVEL}]},
    ],
)
def test_a_question_that_is_not_surely_one_instrument_leaves_doubt(question: Any) -> None:
    assert suicide(answered(question, LOW)).unknown is Unknown.UNREADABLE
    assert suicide(LOW_BEFORE, answered(question, HIGH)).value == "high"


def test_a_high_level_in_a_part_beside_a_low_one_counts() -> None:
    both = observation("93373-9", component=[part(LEVEL, LOW), part(LEVEL, HIGH)])
    assert suicide(both).value == "high"
    assert suicide(answered(LEVEL, LOW, component=[part(LEVEL, HIGH)])).value == "high"
    assert suicide(response((LEVEL, chosen(LOW)), (LEVEL, chosen(HIGH)))).value == "high"
    assert suicide(response((LEVEL, [chosen(LOW), chosen(HIGH)]))).value == "high"


INTENT = ("93249-1", "93250-9", "93269-9")


@pytest.mark.parametrize("code", INTENT)
def test_a_yes_that_means_high_beside_a_low_level_is_high(code: str) -> None:
    parts = [part(code, YES), part(LEVEL, LOW)]
    assert suicide(observation("93373-9", component=parts)).value == "high"
    assert suicide(answered(code, YES), answered(LEVEL, LOW)).value == "high"
    assert suicide(response((code, chosen(YES)), (LEVEL, chosen(LOW)))).value == "high"
    assert suicide(answered(code, YES)).value == "high"
    assert said(read(*[answered(code, YES), answered(LEVEL, LOW)]), "may mean a higher risk")


@pytest.mark.parametrize("code", ["93248-3", "93267-3"])
def test_a_yes_that_means_moderate_beside_a_low_level_is_not_low(code: str) -> None:
    found = suicide(answered(code, YES), answered(LEVEL, LOW))
    assert (found.value, found.unknown) == (None, Unknown.UNREADABLE)
    assert suicide(answered(code, YES), answered(LEVEL, MODERATE)).value == "moderate"
    assert suicide(answered(code, YES), answered(LEVEL, HIGH)).value == "high"


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "yes"},
        {"valueCodeableConcept": concept(LOINC, DECLINED)},
        {"valueCodeableConcept": {"coding": [{"code": YES}, {"code": NO}]}},
        {"valueBoolean": False, "valueString": "yes"},
        {"valueBoolean": "true"},
        {"dataAbsentReason": concept("x", "unknown")},
        {"valueBoolean": False, "status": "preliminary"},
    ],
)
def test_an_answer_that_may_mean_high_leaves_a_low_level_unknown(value: dict[str, Any]) -> None:
    found = suicide(observation("93250-9", **value), answered(LEVEL, LOW))
    assert (found.value, found.unknown) == (None, Unknown.UNREADABLE)


def test_answers_that_agree_with_the_level_beside_them_leave_it_known() -> None:
    nos = [part(code, NO) for code in ("93247-5", "93248-3", "93267-3", *INTENT)]
    panel = observation("93373-9", component=[part("93246-7", YES), *nos, part(LEVEL, LOW)])
    reading = read(panel)
    assert reading.patient is not None
    assert seen(reading.patient, "suicide_screen").value == "low"
    assert not notes(reading, NoteKind.NEEDS_A_PERSON)


def test_answers_of_another_day_are_not_accounted_for_by_a_level() -> None:
    assert suicide(LOW_BEFORE, answered("93246-7", NO)).unknown is Unknown.UNREADABLE
    month = answered("93246-7", NO, date="2026-05")
    first = answered(LEVEL, LOW, date="2026-05-01")
    assert suicide(first, month).unknown is Unknown.UNREADABLE


@pytest.mark.parametrize("status", ["in-progress", "stopped", "Completed", None])
def test_a_screen_in_answers_that_are_not_whole_leaves_doubt(status: str | None) -> None:
    assert suicide(LOW_BEFORE, response((LEVEL, chosen(LOW)), status=status)).value is None
    assert suicide(LOW_BEFORE, response((LEVEL, chosen(HIGH)), status=status)).value == "high"
    assert suicide(LOW_BEFORE, response(("93250-9", chosen(YES)), status=status)).value == "high"


def test_withdrawn_answers_are_left_out() -> None:
    error = response((LEVEL, chosen(HIGH)), status="entered-in-error")
    assert suicide(LOW_BEFORE, error).value == "low"


@pytest.mark.parametrize(
    ("given", "more"),
    [
        (chosen(LOW), {"subject": None}),
        (chosen(LOW), {"modifierExtension": MODIFIER}),
        ({"valueString": "low"}, {}),
        ({"_valueCoding": {"extension": []}}, {}),
    ],
)
def test_doubtful_answers_leave_the_level_unknown(given: Any, more: dict[str, Any]) -> None:
    assert suicide(LOW_BEFORE, response((LEVEL, given), **more)).unknown is Unknown.UNREADABLE


def test_answers_that_are_no_list_leave_the_level_unknown() -> None:
    broken = response((LEVEL, chosen(HIGH)))
    broken["item"][0]["answer"] = chosen(HIGH)
    assert suicide(LOW_BEFORE, broken).unknown is Unknown.UNREADABLE


def test_a_code_of_the_questionnaire_and_one_of_the_link_both_count() -> None:
    item = {"linkId": f"/x/{LEVEL}", "code": [{"system": "urn:clinic", "code": "1"}]}
    questionnaire = {"resourceType": "Questionnaire", "url": "urn:q", "item": [item]}
    answers = response((LEVEL, chosen(HIGH)), questionnaire="urn:q")
    assert suicide(LOW_BEFORE, questionnaire, answers).value == "high"


@pytest.mark.parametrize(
    "more",
    [
        {"valueInteger": 20, "status": "preliminary"},
        {"valueInteger": 20, "status": None},
        {"valueQuantity": {"value": 20, "comparator": ">"}},
        {"valueInteger": 3, "valueQuantity": {"value": 20}},
        {"valueInteger": 3, "dataAbsentReason": concept("x", "error")},
        {"valueInteger": 20, "subject": None},
    ],
)
def test_a_total_that_cannot_be_relied_on_hides_an_older_one(more: dict[str, Any]) -> None:
    old = observation(PHQ_9, "2026-05-01", valueInteger=3)
    assert seen(the_patient(old, observation(PHQ_9, **more)), "phq9").value is None


def test_a_newer_total_supersedes_a_doubtful_one() -> None:
    doubtful = observation(PHQ_9, "2026-05-01", valueInteger=20, status="preliminary")
    later = observation(PHQ_9, valueInteger=3)
    assert seen(the_patient(doubtful, later), "phq9").value == 3


@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 1},
        {"valueString": "never"},
        {"valueCodeableConcept": concept(LOINC, "LA6569-3")},
        {"valueCodeableConcept": {"coding": [{"code": "LA6568-5"}, {"code": "LA6569-3"}]}},
        {"valueInteger": 0, "dataAbsentReason": concept("x", "error")},
        {"valueInteger": 1, "status": "preliminary"},
    ],
)
def test_thoughts_of_self_harm_ask_for_a_level_since_then(value: dict[str, Any]) -> None:
    thoughts = observation(THOUGHTS, **value)
    assert notes(read(thoughts), NoteKind.NEEDS_A_PERSON)
    assert suicide(LOW_BEFORE, thoughts).unknown is Unknown.UNREADABLE
    assert suicide(thoughts, answered(LEVEL, HIGH, date="2026-05-19")).value == "high"
    for day in ("2026-05-20", "2026-05-21"):
        assert suicide(thoughts, answered(LEVEL, LOW, date=day)).value == "low"


@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 0},
        {"valueCodeableConcept": concept(LOINC, "LA6568-5")},
        {
            "valueCodeableConcept": {
                "coding": [{"system": "urn:clinic", "code": "none"}, {"code": "LA6568-5"}]
            }
        },
    ],
)
def test_not_at_all_asks_for_nothing(value: dict[str, Any]) -> None:
    assert suicide(LOW_BEFORE, observation(THOUGHTS, **value)).value == "low"
