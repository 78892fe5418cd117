"""Answers to the items of instruments: whatever is said of a risk is heard, and nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.patient import ScreenAnswers
from peer_match.fhir.read import read_patient
from peer_match.policy.instrument import Instrument
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy

from .records import about, bundle, patient

LOINC = "http://loinc.org"
FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
WHEN = "2026-03-02T09:00:00Z"


@cache
def policy() -> Policy:
    return load_policy()


def instrument(id: str) -> Instrument:
    return policy().instruments[id]


def codes(id: str) -> dict[str, str]:
    return {one.item: one.code for one in instrument(id).loinc}


def read(*resources: dict[str, Any]) -> tuple[ScreenAnswers, ...]:
    reading = read_patient(
        bundle(patient(), *resources),
        name="record",
        vocabularies=policy().vocabularies,
        instruments=policy().instruments.values(),
    )
    assert reading.patient is not None, reading.notes
    return reading.patient.screen_answers


def coding(code: str) -> dict[str, Any]:
    return {"system": LOINC, "code": code}


def item(code: str, *answers: str | int | bool) -> dict[str, Any]:
    def value(one: str | int | bool) -> dict[str, Any]:
        if isinstance(one, bool):
            return {"valueBoolean": one}
        return {"valueInteger": one} if isinstance(one, int) else {"valueCoding": coding(one)}

    return {"linkId": f"/{code}", "answer": [value(one) for one in answers]}


def response(*items: dict[str, Any], **other: Any) -> dict[str, Any]:
    content = {"status": "completed", "authored": WHEN, "id": "7", **other}
    return about("QuestionnaireResponse", item=list(items), **content)


def observation(code: str, answer: str | None = None, **other: Any) -> dict[str, Any]:
    value = {} if answer is None else {"valueCodeableConcept": {"coding": [coding(answer)]}}
    content = {"status": "final", "effectiveDateTime": WHEN, **value, **other}
    return about("Observation", code={"coding": [coding(code)]}, **content)


def phq9(place: int = 0, **other: int) -> dict[str, Any]:
    """A whole PHQ-9, every item answered so, with some answered otherwise."""
    return response(*(item(code, FREQUENCY[other.get(name.replace("-", "_"), place)])
                      for name, code in codes("phq-9").items()))  # fmt: skip


def test_a_whole_response_is_one_occasion() -> None:
    [found] = read(phq9(0, self_harm=1))
    assert found.instrument == "phq-9"
    assert found.provenance.source == "QuestionnaireResponse/7"
    assert found.answers["self-harm"] == "several-days"
    assert set(found.answers) == set(codes("phq-9"))
    assert {said for name, said in found.answers.items() if name != "self-harm"} == {"not-at-all"}


@pytest.mark.parametrize("id", ["phq-9", "phq-2", "gad-7", "audit-c", "c-ssrs-screener"])
def test_every_coded_answer_of_every_instrument_is_read(id: str) -> None:
    for coded in instrument(id).loinc:
        pairs = coded.answers or (("yes", "LA33-6"), ("no", "LA32-8"))
        for name, code in pairs:
            [found] = read(response(*(item(one.code, code) if one is coded else item(one.code, 99)
                                      for one in instrument(id).loinc)))  # fmt: skip
            assert found.instrument == id
            assert found.answers == {coded.item: name}


def test_the_items_of_two_are_those_of_the_larger_where_it_was_asked() -> None:
    both = [item(code, FREQUENCY[2]) for code in codes("phq-2").values()]
    assert [one.instrument for one in read(response(*both))] == ["phq-2"]
    sleep = item(codes("phq-9")["sleep"], FREQUENCY[1])
    assert [one.instrument for one in read(response(*both, sleep))] == ["phq-9"]


def test_points_are_answers_where_they_are_added_up() -> None:
    [found] = read(response(item(codes("gad-7")["worry"], 2), item(codes("gad-7")["fear"], 9)))
    assert found.answers == {"worry": "more-than-half-the-days"}
    assert read(response(item(codes("c-ssrs-screener")["intent"], 1))) == ()


@pytest.mark.parametrize("answer", ["LA33-6", "LA32-8", True, False])
def test_yes_and_no_are_known_however_they_are_written(answer: str | bool) -> None:
    [found] = read(response(item(codes("c-ssrs-screener")["intent"], answer)))
    assert found.answers == {"intent": "yes" if answer in ("LA33-6", True) else "no"}


def test_a_refusal_is_no_no() -> None:
    declined = {"linkId": "/93249-1", "answer": [{"valueCoding": {"code": "asked-declined"}}]}
    [found] = read(response(declined))
    assert found.answers == {"intent": "refused"}


def test_of_two_answers_the_more_severe_counts() -> None:
    code = codes("phq-9")["self-harm"]
    for answers in ((FREQUENCY[0], FREQUENCY[3]), (FREQUENCY[3], FREQUENCY[0])):
        [found] = read(response(item(code, *answers)))
        assert found.answers == {"self-harm": "nearly-every-day"}


def test_who_answered_with_no_and_refused_as_well_has_not_said_no() -> None:
    code = codes("phq-9")["self-harm"]
    declined = {"linkId": f"/{code}", "answer": [{"valueCoding": {"code": "asked-declined"}}]}
    for items in ([item(code, FREQUENCY[0]), declined], [declined, item(code, FREQUENCY[0])]):
        assert read(response(*items))[0].answers == {"self-harm": "refused"}
    assert read(response(item(code, FREQUENCY[1]), declined))[0].answers == {
        "self-harm": "several-days"
    }


@pytest.mark.parametrize(
    "other",
    [
        {"status": "in-progress"},
        {"status": "entered-in-error"},
        {"subject": {"reference": "Patient/somebody-else"}},
        {"subject": None},
        {"implicitRules": "http://example.org"},
        {"modifierExtension": [{"url": "http://example.org", "valueBoolean": True}]},
    ],
)
def test_what_cannot_be_relied_on_is_left_to_a_person(other: dict[str, Any]) -> None:
    resource = phq9(3) | other
    assert read({name: value for name, value in resource.items() if value is not None}) == ()


def test_an_answer_of_another_list_is_not_known() -> None:
    """LA18930-0 is `5 or 6` drinks, and no answer to how often."""
    found = read(response(item(codes("audit-c")["frequency"], "LA18930-0")))
    assert found == ()


def test_observations_of_one_time_are_one_occasion_whatever_their_order() -> None:
    every = [observation(code, FREQUENCY[1], id=f"o-{number}")
             for number, code in enumerate(codes("phq-9").values())]  # fmt: skip
    [found] = read(*every)
    assert found == read(*reversed(every))[0]
    assert found.provenance.source == "Observation/o-0"
    assert len(found.answers) == len(every)
    other = observation(codes("phq-9")["self-harm"], FREQUENCY[0], id="x",
                        effectiveDateTime="2026-01-02T09:00:00Z")  # fmt: skip
    assert len(read(*every, other)) == 2


def test_the_parts_of_an_observation_are_one_occasion() -> None:
    parts = [{"code": {"coding": [coding(code)]}, "valueCodeableConcept":
              {"coding": [coding(FREQUENCY[2])]}} for code in codes("gad-7").values()]  # fmt: skip
    [found] = read(observation("69737-5", component=parts, id="p"))
    assert found.instrument == "gad-7"
    assert set(found.answers.values()) == {"more-than-half-the-days"}


def test_of_somebody_who_is_the_focus_nothing_is_taken() -> None:
    mother = observation(codes("phq-9")["self-harm"], FREQUENCY[3],
                         focus=[{"reference": "RelatedPerson/1"}])  # fmt: skip
    assert read(mother) == ()


def test_without_instruments_nothing_is_read() -> None:
    reading = read_patient(bundle(patient(), phq9()), name="r", vocabularies=policy().vocabularies)
    assert reading.patient is not None
    assert reading.patient.screen_answers == ()


PLACES = st.lists(st.integers(0, 3), min_size=9, max_size=9)


@given(PLACES)
def test_what_was_answered_is_what_is_read(places: list[int]) -> None:
    names = [one.item for one in instrument("phq-9").loinc]
    [found] = read(phq9(**{name.replace("-", "_"): place
                           for name, place in zip(names, places, strict=True)}))  # fmt: skip
    answers = dict(instrument("phq-9").items[0].answers)
    assert [answers[found.answers[name]] for name in names] == places


def test_an_item_that_was_asked_and_not_answered_is_not_known() -> None:
    """Else the first two answers of a PHQ-9 would read as a whole PHQ-2."""
    blank = [{"linkId": f"/{code}"} for code in list(codes("phq-9").values())[2:]]
    first = [item(code, FREQUENCY[0]) for code in codes("phq-2").values()]
    [found] = read(response(*first, *blank))
    assert found.instrument == "phq-9"
    assert found.answers == {"interest": "not-at-all", "mood": "not-at-all"}


def test_a_form_without_an_answer_says_nothing() -> None:
    assert read(response(*({"linkId": f"/{code}"} for code in codes("phq-9").values()))) == ()
