"""Answers to the form of a safety plan: nothing in them is lost, and nobody else's is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.facts.safety_plan import PlanEntry, StepAnswers
from peer_match.fhir.read_notes import NoteKind

from .plans import answers, read


def told(response: Any, **other: Any) -> list[tuple[str, str]]:
    return [(one.kind.value, one.where) for one in read(response, **other).notes]


def step(id: str, *parts: Any) -> dict[str, Any]:
    return {"linkId": id, "item": list(parts)}


def text(id: str, *values: Any) -> dict[str, Any]:
    return {"linkId": id, "answer": [{"valueString": one} for one in values]}


def test_the_sample_is_read_whole() -> None:
    reading = read()
    assert reading.notes == ()
    plan = reading.plan
    assert plan is not None
    assert (plan.id, plan.subject) == (
        "QuestionnaireResponse/thomas-reed-safety-plan",
        "thomas-reed",
    )
    assert plan.made == PartialDate("2026-03-05T11:30:00-06:00")
    assert plan.made_with == Person(id="Practitioner/staff-04", name="Dr. Samir Rao",
                                    role="clinician")  # fmt: skip
    assert plan.steps["people-who-help"] == StepAnswers(
        (PlanEntry("My brother Dan", "555-0142, also at night"),)
    )
    assert plan.steps["safer-surroundings"] == StepAnswers(declined=True)
    assert len(plan.steps["warning-signs"].entries) == 2


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"status": "in-progress"}, "QuestionnaireResponse.status"),
        ({"status": None}, "QuestionnaireResponse.status"),
        ({"implicitRules": "http://example.org"}, "QuestionnaireResponse.implicitRules"),
        ({"subject": None}, "QuestionnaireResponse.subject"),
        ({"subject": {"display": "Thomas"}}, "QuestionnaireResponse.subject"),
        ({"subject": {"reference": "Group/1"}}, "QuestionnaireResponse.subject"),
        ({"resourceType": "Bundle"}, "input"),
    ],
)
def test_answers_that_cannot_be_relied_on_are_refused(other: dict[str, Any], where: str) -> None:
    reading = read(answers(**other))
    assert reading.plan is None
    assert (NoteKind.REFUSED, where) in [(one.kind, one.where) for one in reading.refusals]


def test_answers_of_somebody_else_are_refused() -> None:
    reading = read(subject="rosa-delgado")
    assert reading.plan is None
    assert [one.where for one in reading.refusals] == ["QuestionnaireResponse.subject"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"resourceType": 1}', b"\xff"])
def test_what_is_no_response_is_refused_with_its_place(data: bytes) -> None:
    reading = read(data)
    assert reading.plan is None
    assert reading.refusals != ()


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"reference": "Practitioner/7", "display": "Dr. Rao"}, "Dr. Rao"),
        ({"reference": "PractitionerRole/7"}, "PractitionerRole/7"),
        ({"type": "Practitioner", "identifier": {"value": "1234"}}, "1234"),
        ({"type": "Practitioner", "display": "Dr. Rao"}, "Dr. Rao"),
        ({"type": "Practitioner"}, None),
        ({"reference": "Patient/thomas-reed", "display": "Thomas"}, None),
        ({"reference": "Device/1"}, None),
        ({"display": "Dr. Rao"}, None),
        (None, None),
    ],
)
def test_a_clinician_is_one_who_is_named_as_one(author: Any, name: str | None) -> None:
    plan = read(answers(author=author)).plan
    assert plan is not None
    assert (plan.made_with and plan.made_with.name) == name


def test_what_fits_no_question_is_told_with_its_place() -> None:
    item = [
        step("warning-sign", text("warning-sign.entry", "Alone")),
        step("warning-signs", text("coping-alone.entry", "Walk"), text("warning-signs.entry", "A")),
        step("professionals", step("professionals.entry", text("professionals.what", "x"))),
        {"linkId": "coping-alone", "answer": [{"valueString": "Walk"}]},
        {"item": []},
    ]
    assert told(answers(item=item)) == [
        ("not understood", "QuestionnaireResponse.item[1].item[0].linkId"),
        ("not understood", "QuestionnaireResponse.item[3].linkId"),
        ("not understood", "QuestionnaireResponse.item[2].item[0].item[0].linkId"),
        ("not understood", "QuestionnaireResponse.item[0].linkId"),
        ("not understood", "QuestionnaireResponse.item[4].linkId"),
    ]


def test_an_answer_that_is_no_text_is_told() -> None:
    wrong = {"linkId": "warning-signs.entry", "answer": [{"valueInteger": 4}, {}]}
    response = answers(item=[step("warning-signs", wrong)])
    place = "QuestionnaireResponse.item[0].item[0].answer[0]"
    assert told(response) == [("unreadable", place)]


def test_a_number_without_a_name_is_somebody_to_call() -> None:
    item = [step("professionals", step("professionals.entry", text("professionals.how", "555")))]
    plan = read(answers(item=item)).plan
    assert plan is not None
    assert plan.steps["professionals"].entries == (PlanEntry("555", "555"),)


def test_steps_that_stand_twice_are_one() -> None:
    item = [step("coping-alone", text("coping-alone.entry", one)) for one in ("Walk", "Read")]
    plan = read(answers(item=item)).plan
    assert plan is not None
    assert [one.text for one in plan.steps["coping-alone"].entries] == ["Walk", "Read"]


def test_without_an_id_a_digest_names_the_document() -> None:
    first, other = read(answers(id=None)).plan, read(answers(id=None, authored="2026-03-06")).plan
    assert first is not None
    assert other is not None
    assert first.id.startswith("QuestionnaireResponse sha256:")
    assert first.id != other.id


@pytest.mark.parametrize("value", [2**70, -(2**70), "\ud800", {"a": [2**70]}])
def test_no_id_that_json_can_hold_is_in_the_way(value: Any) -> None:
    plan = read(answers(id=value)).plan
    assert plan is not None
    assert plan.id.startswith("QuestionnaireResponse")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["linkId", "item", "answer", "valueString", "valueBoolean", "reference"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["item", "subject", "author", "authored", "id", "status"]), JSON)
def test_no_shape_of_answers_raises(element: str, value: Any) -> None:
    reading = read(answers(**{element: value}))
    assert (reading.plan is None) == bool(reading.refusals)
    assert json.dumps([one.message for one in reading.notes])
