"""A reviewed plan as resources: a CarePlan in the person's words, and tasks with a time.

After a change that is meant, write the golden file anew and read the difference:

    PEER_MATCH_GOLDEN=write .venv/bin/pytest tests/fhir/test_write_safety_plan.py
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peer_match.decide.safety_plan import review_plan
from peer_match.facts.event import History
from peer_match.fhir.write_safety_plan import safety_plan_bundle

from .assessments import errors_in
from .hapi import Validator
from .plans import AS_OF, answers, policy, read, reviewed

GOLDEN = Path(__file__).parent / "golden" / "safety_plan.json"


def resources(bundle: dict[str, Any], type: str) -> list[dict[str, Any]]:
    every = [one["resource"] for one in bundle.get("entry", [])]
    return [one for one in every if one["resourceType"] == type]


def care_plan(response: Any = None) -> dict[str, Any]:
    [plan] = resources(safety_plan_bundle(reviewed(response)), "CarePlan")
    return plan


def test_the_bundle_is_the_golden_one() -> None:
    found = reviewed()
    # What changes with each rule, each release and each year is not what is looked at here.
    fixed = replace(found, policy=replace(found.policy, digest="0" * 64, version="0.1.0"),
                    engine_version="0.1.0", tzdata_version="2026.1")  # fmt: skip
    written = json.dumps(safety_plan_bundle(fixed), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("PEER_MATCH_GOLDEN") == "write":
        GOLDEN.write_text(written, "utf-8")
        assert os.environ.get("CI") != "true", "under CI nothing is written anew"
    assert written == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    "other",
    [{}, {"author": None}, {"authored": None}, {"authored": "2026"}, {"item": None}, {"id": None},
     {"authored": "2026-03-05T11:30:00"}, {"author": {"type": "Practitioner", "display": "Dr. A"}}],
)  # fmt: skip
def test_the_reference_validator_finds_no_error(
    fhir_validator: Validator, other: dict[str, Any]
) -> None:
    assert errors_in(fhir_validator, safety_plan_bundle(reviewed(answers(**other)))) == []


def test_a_plan_with_a_named_clinician_is_active_and_any_other_a_draft() -> None:
    with_one, without = care_plan(), care_plan(answers(author=None))
    assert (with_one["status"], with_one["intent"]) == ("active", "plan")
    assert with_one["author"]["reference"] == "Practitioner/staff-04"
    assert (without["status"], without["intent"]) == ("draft", "proposal")
    assert without["author"]["type"] == "Device"
    assert {one["detail"]["status"] for one in with_one["activity"]} == {"in-progress"}
    assert {one["detail"]["status"] for one in without["activity"]} == {"not-started"}


def test_each_step_is_an_activity_in_the_person_s_words() -> None:
    said = [one["detail"]["description"] for one in care_plan()["activity"]]
    assert len(said) == 6
    assert said[0] == "I stop answering the phone; I lie awake and count what I have lost"
    assert said[3] == "My brother Dan (555-0142, also at night)"
    assert said[5] == "The person prefers not to say"


def test_no_code_of_a_treatment_escalation_plan_is_used() -> None:
    codes = [coding["code"] for one in care_plan()["category"] for coding in one["coding"]]
    assert codes == ["assess-plan", "safety-plan"]
    assert "735324008" not in json.dumps(safety_plan_bundle(reviewed()))


def test_the_tasks_name_a_role_and_an_absolute_time() -> None:
    complete, again = resources(safety_plan_bundle(reviewed()), "Task")
    assert complete["code"]["coding"][0]["code"] == "complete-safety-plan"
    assert complete["restriction"]["period"]["end"] == "2026-03-08T11:30:00-06:00"
    assert again["code"]["coding"][0]["code"] == "review-safety-plan"
    assert again["restriction"]["period"]["end"] == "2026-03-10T07:00:00-06:00"
    for one in (complete, again):
        assert one["performerType"][0]["text"] == "clinician"
        assert one["priority"] == "urgent"


def test_the_plan_is_one_whenever_it_is_reviewed_and_another_when_a_word_changes() -> None:
    """What it lacks and when it is due are tasks, so the plan is created once."""
    found = read().plan
    assert found is not None
    later = review_plan(
        policy(), found, History(subject=found.subject), as_of=AS_OF.replace(day=20)
    )
    later = replace(later, recipient="clinician")
    [again] = resources(safety_plan_bundle(later), "CarePlan")
    assert again == care_plan()
    response = json.loads(json.dumps(answers()).replace("brother Dan", "sister Ann"))
    assert care_plan(response)["id"] != again["id"]


def test_for_others_there_is_nothing_to_write() -> None:
    for recipient in ("mentor", "group", "payer", "programme-manager", "point-of-contact"):
        bundle = safety_plan_bundle(reviewed(recipient=recipient))
        assert bundle == {"resourceType": "Bundle", "type": "transaction"}


def test_a_review_is_projected_before_it_is_written() -> None:
    with pytest.raises(ValueError, match="project"):
        safety_plan_bundle(replace(reviewed(), recipient=None))


def test_words_of_the_person_are_no_markup() -> None:
    response = json.loads(json.dumps(answers()).replace("brother Dan", "<b>Dan</b> & [x](y)"))
    plan = care_plan(response)
    assert "&lt;b&gt;Dan&lt;/b&gt; &amp; [x](y)" in plan["text"]["div"]


def test_half_a_character_is_no_fault() -> None:
    """JSON from elsewhere can hold it, and nothing that is written can."""
    response = json.loads(json.dumps(answers(id="\ud800")).replace("brother Dan", "\\ud83d"))
    assert "My ? (555-0142" in json.dumps(safety_plan_bundle(reviewed(response)))
