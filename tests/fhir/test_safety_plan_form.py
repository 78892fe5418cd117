"""The six steps as a Questionnaire, and a blank response to it."""

from typing import Any

from peer_match.fhir.intake_of_pack import blank_response
from peer_match.fhir.safety_plan_form import safety_plan_form

from .hapi import Validator
from .plans import answers, form, read


def test_the_form_and_a_blank_response_are_valid_r4(fhir_validator: Validator) -> None:
    asked = safety_plan_form(form())
    assert fhir_validator.errors(asked) == []
    assert fhir_validator.errors(blank_response(asked, "p")) == []


def test_every_step_stands_in_its_order_with_the_pack_s_words() -> None:
    opening, *steps = safety_plan_form(form())["item"]
    assert opening["text"] == form().opening
    for number, (item, step) in enumerate(zip(steps, form().steps, strict=True), 1):
        assert (item["linkId"], item["prefix"], item["text"]) == (
            step.step, f"{number}.", step.title,
        )  # fmt: skip
        assert step.asks in {one.get("text") for one in item["item"]}


def test_no_words_ask_for_a_promise() -> None:
    words = str(safety_plan_form(form())).casefold()
    assert "promise" not in words
    assert "contract" not in words


def links(items: list[dict[str, Any]]) -> set[str]:
    return {one["linkId"] for one in items} | {
        link for one in items for link in links(one.get("item", []))
    }


def test_the_sample_answers_questions_of_the_form() -> None:
    assert links(answers()["item"]) <= links(safety_plan_form(form())["item"])
    assert answers()["questionnaire"] == safety_plan_form(form())["url"]


def test_a_blank_response_that_is_sent_as_complete_has_nothing_in_it() -> None:
    sent = blank_response(safety_plan_form(form()), "p") | {"status": "completed"}
    reading = read(sent)
    assert reading.notes == ()
    assert reading.plan is not None
    assert reading.plan.steps == {}
