"""Answers: yes, no, "I choose not to answer", scores and levels, wherever they are written."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.provenance import Moment
from peer_match.facts.truth import Truth
from peer_match.fhir.read_notes import NoteKind

from .records import about, concept, notes, read, said, seen, the_patient, values

LOINC = "http://loinc.org"
YES, NO, DECLINED = "LA33-6", "LA32-8", "LA30122-8"
SELF = [{"reference": "Patient/p"}]


def observation(code: str, date: str = "2026-05-20", **value: Any) -> dict[str, Any]:
    more: dict[str, Any] = {"status": "final", "effectiveDateTime": date, **value}
    return about("Observation", code=concept(LOINC, code), **more)


def coded(code: str, answer: str, date: str = "2026-05-20", **more: Any) -> dict[str, Any]:
    return observation(code, date, valueCodeableConcept=concept(LOINC, answer), **more)


def component(code: str, answer: str) -> dict[str, Any]:
    return {"code": concept(LOINC, code), "valueCodeableConcept": concept(LOINC, answer)}


def response(link: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    item = {"linkId": link, "answer": list(answers)}
    content = {"status": "completed", "authored": "2026-05-20", "item": [item], **more}
    return about("QuestionnaireResponse", **content)


@pytest.mark.parametrize(
    "resource",
    [
        coded("93030-5", NO),
        observation("93025-5", component=[component("93030-5", NO)]),
        response("/93041-2/93030-5", {"valueCoding": {"system": LOINC, "code": NO}}),
        response("93030-5", {"valueBoolean": False}),
    ],
)
def test_no_is_a_denial_wherever_it_is_written(resource: dict[str, Any]) -> None:
    assert seen(the_patient(resource), "barriers").denied == {"transport"}


@pytest.mark.parametrize("answer", ["LA30133-5", "LA30134-3", YES])
def test_yes_in_any_of_its_forms_states_the_barrier(answer: str) -> None:
    assert values(the_patient(coded("93030-5", answer)), "barriers") == {"transport"}


def test_choosing_not_to_answer_is_declined_and_never_no() -> None:
    found = seen(the_patient(coded("93030-5", DECLINED)), "barriers")
    assert (found.denied, found.unknown) == (frozenset(), Unknown.DECLINED)


@pytest.mark.parametrize("first", ["93030-5", "93031-3"])
def test_an_answer_given_later_ends_a_refusal(first: str) -> None:
    later = coded(first, NO if first == "93030-5" else "LA30125-1", "2026-05-21")
    declined = coded(first, DECLINED, "2026-05-20")
    assert seen(the_patient(declined, later), "barriers").unknown is not Unknown.DECLINED
    earlier = coded(first, NO, "2026-05-19")
    assert seen(the_patient(declined, earlier), "barriers").unknown is Unknown.DECLINED


def test_unsure_is_unknown() -> None:
    found = seen(the_patient(coded("76501-6", "LA14072-5")), "risk_factors")
    assert (found.values, found.denied, found.unknown) == ((), frozenset(), Unknown.UNREADABLE)


def test_a_question_put_the_other_way_is_not_misread() -> None:
    assert values(the_patient(coded("93026-3", NO)), "risk_factors") == {"unsafe-at-home"}
    assert seen(the_patient(coded("93026-3", YES)), "risk_factors").denied == {"unsafe-at-home"}


def test_what_was_chosen_holds_until_the_question_is_answered_anew() -> None:
    then = observation("93025-5", "2020-01-01", component=[component("93031-3", "LA30127-7")])
    now = observation("93025-5", "2025-01-01", component=[component("93031-3", "LA30129-3")])
    person = the_patient(then, now)
    assert values(person, "barriers") == {"device-or-data"}
    before = Moment.at(datetime(2021, 1, 1, tzinfo=UTC))
    assert values(person, "barriers", before) == {"childcare"}


def test_several_choices_of_one_day_hold_together() -> None:
    parts = [component("93031-3", "LA30127-7"), component("93031-3", "LA30129-3")]
    person = the_patient(observation("93025-5", component=parts))
    assert values(person, "barriers") == {"childcare", "device-or-data"}


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("44261-6", "phq9"),
        ("55758-7", "phq2"),
        ("70274-6", "gad7"),
        ("75626-2", "audit_c"),
        ("82667-7", "dast10"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"value": 7, "unit": "{score}"}},
        {"valueInteger": 7},
        {"valueDecimal": 7.0},
    ],
)
def test_totals_of_screens(code: str, field: str, value: dict[str, Any]) -> None:
    assert values(the_patient(observation(code, **value)), field) == {7}
    assert values(the_patient(response(f"/x/{code}", value)), field) == {7}


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "seven"},
        {"valueInteger": -1},
        {"valueDecimal": 7.5},
        {"valueBoolean": True},
        {"valueQuantity": {"value": "7"}},
        {"dataAbsentReason": concept("x", "unknown")},
    ],
)
def test_a_total_that_cannot_be_read_hides_an_older_one(value: dict[str, Any]) -> None:
    old = observation("44261-6", "2020-01-01", valueInteger=3)
    found = seen(the_patient(old, observation("44261-6", **value)), "phq9")
    assert found.unknown is Unknown.UNREADABLE


@pytest.mark.parametrize(
    ("answer", "level"), [("LA9194-7", "low"), ("LA6751-7", "moderate"), ("LA9193-9", "high")]
)
def test_the_level_of_the_suicide_risk_screen(answer: str, level: str) -> None:
    assert values(the_patient(coded("93374-7", answer)), "suicide_screen") == {level}


def test_a_later_low_level_takes_nothing_back_within_the_window() -> None:
    person = the_patient(coded("93374-7", "LA9193-9"), coded("93374-7", "LA9194-7", "2026-05-21"))
    assert values(person, "suicide_screen") == {"high"}


def test_a_level_that_cannot_be_read_is_never_taken_as_none() -> None:
    reading = read(observation("93374-7", valueString="fine"))
    assert reading.patient is not None
    assert seen(reading.patient, "suicide_screen").unknown is Unknown.UNREADABLE
    assert notes(reading, NoteKind.NEEDS_A_PERSON)


def test_answers_to_the_screener_without_a_level_need_a_person() -> None:
    reading = read(coded("93246-7", NO))
    assert reading.patient is not None
    assert seen(reading.patient, "suicide_screen").unknown is Unknown.UNREADABLE
    assert said(reading, "without its risk level")


def test_answers_to_the_screener_beside_their_level_need_nothing() -> None:
    parts = [component("93246-7", YES), component("93374-7", "LA9194-7")]
    reading = read(observation("93373-9", component=parts))
    assert reading.patient is not None
    assert values(reading.patient, "suicide_screen") == {"low"}
    assert not notes(reading, NoteKind.NEEDS_A_PERSON)


@pytest.mark.parametrize(
    ("value", "alarms"),
    [
        ({"valueInteger": 1}, True),
        ({"valueInteger": 0}, False),
        ({"valueCodeableConcept": concept(LOINC, "LA6569-3")}, True),
        ({"valueCodeableConcept": concept(LOINC, "LA6568-5")}, False),
    ],
)
def test_an_answer_about_self_harm_needs_a_person(value: dict[str, Any], alarms: bool) -> None:
    assert bool(notes(read(observation("44260-8", **value)), NoteKind.NEEDS_A_PERSON)) is alarms


def identity(**more: Any) -> dict[str, Any]:
    value = concept("http://snomed.info/sct", "33791000087105")
    return observation("76691-5", valueCodeableConcept=value, **more)


def test_gender_identity_counts_when_the_person_said_it() -> None:
    assert values(the_patient(identity(performer=SELF)), "identities") == {"nonbinary"}


@pytest.mark.parametrize(
    "performer", [[], [{"reference": "Practitioner/d"}], [*SELF, {"reference": "Practitioner/d"}]]
)
def test_gender_identity_from_anybody_else_is_only_noted(performer: list[Any]) -> None:
    reading = read(identity(performer=performer))
    assert reading.patient is not None
    assert reading.patient.identities.statements == ()
    assert said(reading, "does not say that the person gave it")


def test_service_in_the_armed_forces_counts_when_the_person_said_it() -> None:
    answer = {"valueCoding": {"system": LOINC, "code": YES}}
    own = response("/93043-8/93034-7", answer, source={"reference": "Patient/p"})
    assert values(the_patient(own), "identities") == {"veteran"}
    assert the_patient(response("/93043-8/93034-7", answer)).identities.statements == ()


def test_what_is_said_about_a_relative_is_not_about_the_person() -> None:
    mother = coded("93030-5", YES, focus=[{"reference": "RelatedPerson/m"}])
    reading = read(mother)
    assert reading.patient is not None
    assert reading.patient.barriers.statements == ()
    assert said(reading, "about somebody else")


@pytest.mark.parametrize("status", ["preliminary", "registered", "unknown"])
def test_an_observation_that_is_not_final_states_nothing(status: str) -> None:
    reading = read(coded("93030-5", YES, status=status))
    assert reading.patient is not None
    assert reading.patient.barriers.statements == ()
    assert said(reading, f"status {status} is not relied on")


def test_a_withdrawn_observation_states_nothing() -> None:
    assert the_patient(coded("93030-5", YES, status="entered-in-error")).barriers.statements == ()


def test_a_questionnaire_in_the_record_gives_its_items_their_codes() -> None:
    questionnaire = {
        "resourceType": "Questionnaire",
        "url": "urn:q",
        "status": "active",
        "item": [
            {
                "linkId": "g",
                "type": "group",
                "item": [
                    {
                        "linkId": "1",
                        "type": "choice",
                        "code": [{"system": LOINC, "code": "93030-5"}],
                    }
                ],
            }
        ],
    }
    answers = response("1", {"valueCoding": {"system": LOINC, "code": NO}}, questionnaire="urn:q|2")
    assert seen(the_patient(questionnaire, answers), "barriers").denied == {"transport"}


def test_unfinished_answers_are_left_out() -> None:
    reading = read(response("93030-5", {"valueBoolean": True}, status="in-progress"))
    assert reading.patient is not None
    assert reading.patient.barriers.statements == ()
    assert said(reading, "answers of status in-progress are not relied on")


def test_tobacco_in_the_social_history_is_a_concern() -> None:
    daily = observation(
        "72166-2", valueCodeableConcept=concept("http://snomed.info/sct", "449868002")
    )
    assert values(the_patient(daily), "concerns") == {"tobacco"}


def test_the_preferred_language_is_read_from_an_answer() -> None:
    assert values(the_patient(coded("54899-0", "LA43-5")), "languages") == {"english"}
    assert seen(the_patient(coded("54899-0", DECLINED)), "languages").unknown is Unknown.DECLINED


def test_a_language_other_than_english_is_an_answer_that_names_none() -> None:
    languages = the_patient(coded("54899-0", "LA30188-9")).languages
    assert (languages.statements, languages.unreadable, languages.complete) == ((), (), False)
    assert said(read(coded("54899-0", "LA30188-9")), "does not say which")


@pytest.mark.parametrize(
    "doubtful",
    [
        coded("93030-5", YES, date="2026-05-25", status="preliminary"),
        coded("93030-5", YES, date="2026-05-25", modifierExtension=[{"url": "urn:not"}]),
        coded("93030-5", YES, date="2026-05-25", subject={"display": "Somebody"}),
        response("93030-5", {"valueBoolean": True}, status="in-progress", authored="2026-05-25"),
    ],
    ids=["preliminary", "modified", "of nobody knows whom", "unfinished"],
)
def test_a_yes_in_doubt_puts_an_older_no_in_doubt(doubtful: dict[str, Any]) -> None:
    older = coded("93030-5", NO, date="2026-05-01")
    assert seen(the_patient(older), "barriers").states("transport") is Truth.NO
    assert seen(the_patient(older, doubtful), "barriers").states("transport") is Truth.UNKNOWN
    later = coded("93030-5", NO, date="2026-05-28")
    assert seen(the_patient(later, doubtful), "barriers").states("transport") is Truth.NO


def test_a_no_in_doubt_puts_no_yes_in_doubt() -> None:
    older = coded("93030-5", YES, date="2026-05-01")
    doubtful = coded("93030-5", NO, date="2026-05-25", status="preliminary")
    assert values(the_patient(older, doubtful), "barriers") == {"transport"}


def test_unsure_about_a_partner_puts_an_older_no_in_doubt() -> None:
    older = coded("76501-6", NO, date="2026-05-01")
    unsure = coded("76501-6", "LA14072-5", date="2026-05-25")
    term = "afraid-of-partner"
    assert seen(the_patient(older), "risk_factors").states(term) is Truth.NO
    assert seen(the_patient(older, unsure), "risk_factors").states(term) is Truth.UNKNOWN
