"""What goes out alone: the task of a step that has begun, and each attempt to deliver it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pytest

from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_communications import DeliveryStatus, communication
from peer_match.fhir.write_escalation_tasks import step_resources

from .assessments import ACUTE, ANA, AS_OF, LOST, SCREEN, WORD, emergent, soon
from .hapi import Validator

Json = dict[str, Any]
SENT = datetime.fromisoformat(AS_OF)
REFERENCES = ("basedOn", "partOf", "focus", "reasonReference")
CASES = [(emergent, ACUTE, 0), (emergent, ACUTE, 1), (emergent, ACUTE, 2), (soon, LOST, 1)]


def in_chain(made: Any, index: int) -> Json:
    bundle = assessment_bundle(made())
    steps = [e["resource"] for e in bundle["entry"] if "groupIdentifier" in e["resource"]]
    return [one for one in steps if one["resourceType"] == "Task"][index]


@pytest.mark.parametrize(("made", "escalation", "index"), CASES)
def test_the_task_of_a_step_is_that_of_the_chain_and_requested(
    made: Any, escalation: Any, index: int
) -> None:
    case = made()
    [alert] = [one for one in case.alerts if one.escalation == escalation.id]
    [task] = step_resources(
        escalation,
        index,
        ANA,
        rule=case.rules[escalation.rule],
        evidence=alert.evidence,
        lines=case.lines,
    )
    known = in_chain(made, index)
    assert task["status"] == "requested"
    for one in (task, known):
        for name in ("status", *REFERENCES):
            one.pop(name, None)
    assert task == known


def test_it_refers_to_the_others_by_the_identifiers_that_they_have_in_the_chain() -> None:
    [task] = step_resources(ACUTE, 2, ANA)
    entries = {e["fullUrl"]: e["resource"] for e in assessment_bundle(emergent())["entry"]}
    known = in_chain(emergent, 2)
    for inside, alone in (
        (known["partOf"][0], task["partOf"][0]),
        (known["basedOn"][0], task["basedOn"][0]),
        (known["focus"], task["focus"]),
    ):
        meant = entries[inside["reference"]]
        assert alone["type"] == meant["resourceType"]
        assert alone["identifier"] == meant["identifier"][0]
    assert "reasonReference" not in task
    assert "focus" not in step_resources(LOST, 1, ANA)[0]


def test_it_says_why_as_far_as_that_is_at_hand() -> None:
    [bare] = step_resources(ACUTE, 1, ANA)
    assert bare["reasonCode"] == {"text": f"{CONCERN} (rule high-suicide-screen)"}
    [full] = step_resources(
        ACUTE, 1, ANA, rule=emergent().rules["high-suicide-screen"], evidence=(SCREEN, WORD)
    )
    assert full["reasonCode"]["text"].endswith("on evidence of 2026-02 and 1 March 2026)")


def test_a_step_that_was_withheld_goes_out_to_nobody() -> None:
    hidden = replace(ACUTE.steps[1], id=WITHHELD)
    with pytest.raises(ValueError, match="withheld"):
        step_resources(replace(ACUTE, steps=(ACUTE.steps[0], hidden)), 1, ANA)
    with pytest.raises(ValueError, match="withheld"):
        communication(ACUTE, hidden, 1, SENT, status="completed")


@pytest.mark.parametrize("index", [-1, 3])
def test_a_step_that_there_is_not_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        step_resources(ACUTE, index, ANA)


def test_the_reference_validator_finds_no_error_in_a_step(fhir_validator: Validator) -> None:
    for about in ("patient", "mentor", "facilitator", "group"):
        for index in range(3):
            [task] = step_resources(ACUTE, index, ANA, about=about)
            assert fhir_validator.errors(task) == []


# --- attempts to deliver -----------------------------------------------------------------------


@pytest.mark.parametrize("status", get_args(DeliveryStatus))
def test_an_attempt_is_a_communication_about_the_task(
    status: DeliveryStatus, fhir_validator: Validator
) -> None:
    sent = SENT if status in ("in-progress", "completed") else None
    found = communication(ACUTE, ACUTE.steps[0], 1, sent, status=status, subject=ANA)
    assert fhir_validator.errors(found) == []
    assert found["status"] == status
    [task] = step_resources(ACUTE, 0, ANA)
    assert found["about"] == [{"type": "Task", "identifier": task["identifier"][0]}]
    assert found.get("sent") == (AS_OF if sent else None)
    assert found["recipient"] == [
        {
            "type": "PractitionerRole",
            "identifier": {"system": "urn:peer-match:role", "value": "clinician"},
            "display": "clinician, Kim Park",
        }
    ]


def test_nobody_has_received_anything_because_it_was_sent() -> None:
    found = communication(ACUTE, ACUTE.steps[0], 1, SENT, status="completed")
    assert "received" not in found


def test_the_payload_names_the_escalation_and_the_step_and_nothing_of_the_person() -> None:
    found = communication(ACUTE, ACUTE.steps[1], 1, SENT, status="completed", subject=ANA)
    assert found["payload"] == [
        {"contentString": f"Escalation {ACUTE.id}, step Find somebody who evaluates the person now"}
    ]


def test_each_attempt_has_an_identifier_of_its_own_that_its_status_does_not_change() -> None:
    ids = {
        (step.id, attempt): {
            communication(ACUTE, step, attempt, SENT, status=status)["identifier"][0]["value"]
            for status in ("preparation", "completed")
        }
        for step in ACUTE.steps
        for attempt in (1, 2)
    }
    assert all(len(one) == 1 for one in ids.values())
    assert len(set.union(*ids.values())) == len(ids)


def test_why_nothing_was_sent_is_told() -> None:
    found = communication(ACUTE, ACUTE.steps[0], 1, None, status="not-done", reason="503\n twice")
    assert found["statusReason"] == {"text": "503 twice"}
    assert "statusReason" not in communication(ACUTE, ACUTE.steps[0], 1, None, status="not-done")


def test_a_mentor_is_no_subject_of_a_communication() -> None:
    found = communication(
        ACUTE, ACUTE.steps[0], 1, None, status="preparation", subject=ANA, about="mentor"
    )
    assert "subject" not in found


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        communication(ACUTE, ACUTE.steps[0], 1, SENT.replace(tzinfo=None), status="completed")


def test_a_step_without_a_title_is_named_by_its_id() -> None:
    bare = replace(ACUTE.steps[0], title=" ")
    found = communication(ACUTE, bare, 1, None, status="preparation")
    assert found["payload"][0]["contentString"].endswith("step call-the-clinician")
