"""The intake of a whole pack: valid, with nothing left out, and a blank response that reads."""

from pathlib import Path

import orjson
import pytest

from peer_match.fhir.intake import blank_response, intake_questionnaire
from peer_match.policy.load import PolicyError, load_policy, shipped_rules

from .hapi import Validator
from .intakes import merge


def test_the_form_of_the_shipped_pack_is_valid_r4(fhir_validator: Validator) -> None:
    form = intake_questionnaire()
    assert fhir_validator.errors(form) == []
    assert fhir_validator.errors(blank_response(form, "p")) == []


def test_no_question_about_the_person_is_left_out() -> None:
    form = intake_questionnaire(shipped_rules())
    asked = [one["linkId"] for one in form["item"]]
    assert asked == [one.fact for one in load_policy().intake if one.fact.startswith("patient.")]


def test_the_consent_to_pass_on_information_names_the_pack_s_own_words() -> None:
    [consent] = (
        one
        for one in intake_questionnaire(str(shipped_rules()))["item"]
        if one["linkId"] == "patient.disclosure_consent"
    )
    offered = {
        part["linkId"].rpartition(".")[2]: {
            option["valueCoding"]["code"]: option["valueCoding"]["display"]
            for option in part["answerOption"]
        }
        for part in consent["item"]
        if part["type"] == "choice"
    }
    policy = load_policy()
    assert offered["recipients"] == {code: one.label for code, one in policy.recipients.items()}
    assert offered["categories"].keys() == policy.disclosure_categories
    assert offered["categories"]["schedule"] == "When the person is free"


def test_a_pack_at_fault_raises_with_every_problem(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        intake_questionnaire(tmp_path / "nowhere")


def test_a_blank_response_asks_everything_and_says_nothing() -> None:
    form = intake_questionnaire()
    blank = blank_response(form, "p")
    assert [one["linkId"] for one in blank["item"]] == [one["linkId"] for one in form["item"]]
    assert b'"answer"' not in orjson.dumps(blank)
    [refusal] = merge(blank).refusals
    assert "in-progress" in refusal.message
    reading = merge({**blank, "status": "completed", "authored": "2026-05-20T09:00:00Z"})
    assert reading.notes == ()
    assert reading.patient is not None
    assert reading.patient == merge({**blank, "status": "completed", "item": []}).patient
