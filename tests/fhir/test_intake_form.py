"""The intake as a Questionnaire: valid, whole, and in the pack's own words."""

import orjson

from peer_match.fhir.intake import questionnaire

from .hapi import Validator
from .intakes import form, items
from .records import vocabularies


def test_the_form_is_valid_r4(fhir_validator: Validator) -> None:
    assert fhir_validator.errors(form()) == []


def test_every_question_about_the_patient_is_in_the_form_in_the_packs_words() -> None:
    asked = {one["linkId"]: one["text"] for one in form()["item"]}
    assert asked == {one.fact: one.asks for one in items() if one.fact.startswith("patient.")}


def test_every_term_is_an_option_and_every_list_can_be_declined() -> None:
    for one in form()["item"]:
        if one["type"] != "choice" or one["linkId"] in (
            "patient.new_to_groups",
            "patient.mentor_wanted",
        ):
            continue
        codes = {option["valueCoding"]["code"] for option in one["answerOption"]}
        assert "asked-declined" in codes, one["linkId"]
        systems = {option["valueCoding"]["system"] for option in one["answerOption"]}
        [own] = {system for system in systems if ":vocabulary:" in system}
        assert vocabularies()[own.rpartition(":")[2]].codes <= codes


def test_the_consent_to_pass_on_information_needs_the_disclosure_table() -> None:
    links = {one["linkId"] for one in questionnaire(items(), vocabularies())["item"]}
    assert "patient.disclosure_consent" not in links
    assert "patient.group_consent" in links


def test_the_form_is_the_same_every_time() -> None:
    assert orjson.dumps(form()) == orjson.dumps(form())
