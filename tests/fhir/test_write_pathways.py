"""Pathways as PlanDefinitions: what the request groups instantiate, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_pathways import plan_definitions
from peer_match.fhir.write_request_group import pathway_url
from peer_match.policy.load import load_policy
from peer_match.policy.safety_files import SEVERITIES

from .assessments import emergent, errors_in, soon
from .hapi import Validator

POLICY = load_policy()
PATHWAYS = POLICY.safety.pathways
DEFINED = {one["id"]: one for one in plan_definitions(POLICY)}


def actions(id: str) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in DEFINED[id]["action"]}


def test_each_pathway_is_one_and_valid_r4(fhir_validator: Validator) -> None:
    assert [*DEFINED] == sorted(PATHWAYS)
    for one in DEFINED.values():
        assert errors_in(fhir_validator, one) == []


@pytest.mark.parametrize("id", PATHWAYS)
def test_a_ladder_can_be_followed_from_each_severity_that_enters(id: str) -> None:
    """By `relatedAction` alone: each step names those that it follows."""
    pathway, found = PATHWAYS[id], actions(id)
    following = {
        before["actionId"]: (step, before["offsetDuration"]["value"])
        for step, action in found.items()
        for before in action.get("relatedAction", [])
    }
    for severity in SEVERITIES:
        if severity not in pathway.enters_at:
            continue
        ladder = pathway.ladder(severity)
        walked, at = [ladder[0].id], ladder[0].id
        while at in following:
            at, offset = following[at]
            assert offset == pathway.steps[walked[-1]].within.number
            walked.append(at)
        assert walked == [one.id for one in ladder]
        assert "The pathway begins here when it is: " in found[walked[0]]["description"]


@pytest.mark.parametrize("id", PATHWAYS)
def test_each_step_says_who_within_what_time_and_how_urgent(id: str) -> None:
    for step in PATHWAYS[id].steps.values():
        action = actions(id)[step.id]
        assert (action["title"], action["priority"]) == (step.title, step.priority)
        [role] = action["participant"]
        assert role["role"]["coding"][0]["code"] == step.role
        assert action["timingDuration"]["value"] == step.within.number
        assert ("repeated until somebody" in action["description"]) is (step.then is None)


def test_what_a_request_group_instantiates_is_one_of_them() -> None:
    addresses = {f"{one['url']}|{one['version']}" for one in DEFINED.values()}
    assert addresses == {pathway_url(id, POLICY.pack.version) for id in PATHWAYS}
    for found in (emergent(), soon()):
        written = [
            address
            for one in assessment_bundle(found)["entry"]
            for address in one["resource"].get("instantiatesCanonical", [])
        ]
        assert written == [
            pathway_url(one.pathway, found.policy.version) for one in found.escalations
        ]
