"""Open questions of safety: one task for what one role has to find out by one time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peer_match.decide.assessment import Assessment, OpenQuestion
from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_question_tasks import asked_of
from peer_match.policy.safety_files import SEVERITIES, Severity

from .assessments import RELEASE, WITHDRAWAL, emergent, errors_in
from .hapi import Validator

Json = dict[str, Any]
TREMOR = replace(
    WITHDRAWAL, id="q-tremor", rule="tremor", unknown=("the last CIWA-Ar", "whether hands shake")
)
LATER = replace(WITHDRAWAL, id="q-later", could_be="urgent", due="2026-03-03T09:00:00-08:00")


def asked(*questions: OpenQuestion) -> Assessment:
    return replace(emergent(), questions=questions)


def tasks(assessment: Assessment) -> list[Json]:
    resources = [entry["resource"] for entry in assessment_bundle(assessment)["entry"]]
    found = [one for one in resources if one["resourceType"] == "Task"]
    return [one for one in found if one["code"]["coding"][0]["code"] == "safety-question"]


def test_what_one_role_finds_out_by_one_time_is_one_task() -> None:
    [task] = tasks(asked(WITHDRAWAL, TREMOR, RELEASE))
    assert task["description"] == "Find out what is not known of 2 concerns for safety"
    assert [one["valueString"] for one in task["input"]] == [
        "the last CIWA-Ar; when the person last drank",
        "the last CIWA-Ar; whether hands shake",
    ]
    concerns, facts = (one["text"] for one in task["note"])
    assert concerns.startswith("Concerns: ")
    assert facts.count("the last CIWA-Ar") == 1
    assert "whether hands shake" in facts


def test_another_time_or_role_is_another_task() -> None:
    other = replace(TREMOR, role="point-of-contact")
    found = tasks(asked(WITHDRAWAL, other, LATER))
    assert [one["priority"] for one in found] == ["stat", "stat", "asap"]
    assert len({one["id"] for one in found}) == len(found)


def test_a_concern_that_may_not_be_known_is_not_named() -> None:
    hidden = replace(TREMOR, rule=WITHHELD, unknown=())
    [task] = tasks(asked(WITHDRAWAL, hidden))
    last = task["input"][-1]
    assert last == {"type": {"text": CONCERN}, "valueString": "what is not known"}


def test_the_same_list_is_the_same_task_and_another_is_not() -> None:
    [first] = tasks(asked(WITHDRAWAL, TREMOR))
    [again] = tasks(asked(TREMOR, WITHDRAWAL))
    [fewer] = tasks(asked(TREMOR))
    assert first["id"] == again["id"] != fewer["id"]


def test_a_validator_that_nobody_here_wrote_finds_nothing(fhir_validator: Validator) -> None:
    bundle = assessment_bundle(asked(WITHDRAWAL, TREMOR, LATER))
    assert errors_in(fhir_validator, bundle) == []


def questions() -> st.SearchStrategy[tuple[OpenQuestion, ...]]:
    def made(number: int, severity: Severity, role: str | None) -> OpenQuestion:
        due = None if role is None else f"2026-03-{SEVERITIES.index(severity) + 3:02}T09:00:00Z"
        return OpenQuestion(
            f"q-{number}", f"rule-{number}", severity, (f"fact {number}",), role, due
        )

    one = st.tuples(st.sampled_from(SEVERITIES), st.sampled_from([None, "clinician", "safety"]))
    return st.lists(one, max_size=12).map(
        lambda drawn: tuple(made(number, *each) for number, each in enumerate(drawn))
    )


@given(questions())
def test_no_question_that_somebody_is_asked_is_left_out_or_asked_later(
    drawn: tuple[OpenQuestion, ...],
) -> None:
    found = asked_of(drawn)
    grouped = [one for each in found for one in each.questions]
    assert sorted(one.id for one in grouped) == sorted(one.id for one in drawn if one.role)
    for each in found:
        assert {(one.role, one.due) for one in each.questions} == {(each.role, each.due)}
        worst = max(SEVERITIES.index(one.could_be) for one in each.questions)
        assert SEVERITIES.index(each.could_be) == worst
