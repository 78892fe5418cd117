"""A resource goes out as the first of its stand-ins that the server takes, or is refused aloud."""

from __future__ import annotations

import pytest

from peer_match.delivery.capabilities import Capabilities, TypeCapabilities
from peer_match.delivery.step_down import PassedOver, Refused, ToSend, step_down

from .made import Json, task

CAN = TypeCapabilities(create=True, conditional_create=True)
SEARCHES = TypeCapabilities(create=True, search=True, finds_identifier=True)
FORGETS = TypeCapabilities(create=True, search=True)
CREATES_NOT = "the server does not create it"
CREATES_AGAIN = "the server would create it again each time it is sent"
LADDER = ("Task", "ServiceRequest", "Communication", "DocumentReference")
OTHERS = ("Flag", "RiskAssessment", "RequestGroup", "Communication")


def server(*types: str, can: TypeCapabilities = CAN) -> Capabilities:
    return Capabilities(dict.fromkeys(types, can))


def sent(resource: Json, capabilities: Capabilities) -> ToSend:
    found = step_down(resource, capabilities)
    assert isinstance(found, ToSend)
    return found


@pytest.mark.parametrize("type", [*LADDER, *OTHERS])
def test_what_the_server_takes_goes_out_as_it_is(type: str) -> None:
    resource = {**task("t"), "resourceType": type}
    assert sent(resource, server(type)) == ToSend(resource)
    assert sent(resource, server(type, can=SEARCHES)) == ToSend(resource)


@pytest.mark.parametrize("taken", range(1, len(LADDER)))
def test_a_task_steps_down_to_the_first_that_is_taken(taken: int) -> None:
    found = sent(task("t"), server(*LADDER[taken:]))
    assert found.resource["resourceType"] == LADDER[taken]
    assert found.passed_over == tuple(PassedOver(one, CREATES_NOT) for one in LADDER[:taken])


def test_a_type_that_would_be_created_twice_is_passed_over() -> None:
    capabilities = Capabilities({"Task": FORGETS, "Communication": CAN})
    found = sent(task("t"), capabilities)
    assert found.resource["resourceType"] == "Communication"
    assert found.passed_over[0] == PassedOver("Task", CREATES_AGAIN)


@pytest.mark.parametrize("type", ["PractitionerRole", "HealthcareService", None])
def test_a_task_for_no_patient_becomes_no_request(type: str | None) -> None:
    reference = {"identifier": {"value": "m"}} | ({} if type is None else {"type": type})
    found = sent({**task("t"), "for": reference}, server(*LADDER[1:]))
    assert found.resource["resourceType"] == "Communication"
    assert "about whom" in found.passed_over[1].reason


@pytest.mark.parametrize("type", OTHERS)
def test_other_types_become_a_document(type: str) -> None:
    resource = {**task("t"), "resourceType": type}
    found = sent(resource, server("Task", "ServiceRequest", "DocumentReference"))
    assert found.resource["resourceType"] == "DocumentReference"
    assert found.passed_over == (PassedOver(type, CREATES_NOT),)


@pytest.mark.parametrize("type", [*LADDER, *OTHERS])
def test_where_nothing_is_taken_the_refusal_names_every_type(type: str) -> None:
    found = step_down({**task("t"), "resourceType": type}, server())
    assert isinstance(found, Refused)
    named = [one.type for one in found.passed_over]
    assert named == (list(LADDER) if type == "Task" else list(dict.fromkeys([type, LADDER[-1]])))
    assert all(f"{name}: {CREATES_NOT}" in str(found) for name in named)


def test_a_refusal_tells_nothing_of_anybody() -> None:
    secret = "Ana Example"
    found = step_down({**task("t", description=secret), "for": {"display": secret}}, server())
    assert secret not in str(found)
