"""Local codes of an assessment: each has a code system that says what it means."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_code_systems import SAFETY_RULE, code_systems
from peer_match.fhir.write_safety_codes import (
    EMERGENCY_DISCLOSURE,
    PRIORITY_OF,
    SAFETY_TASK,
    SEVERITY,
    severity_words,
)
from peer_match.policy.load import load_policy
from peer_match.policy.safety_files import SEVERITIES

from .assessments import emergent, errors_in, soon
from .hapi import Validator, why_not


def local_codings(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if "code" in value and str(value.get("system", "")).startswith(BASE):
            yield value["system"], value["code"]
        for part in value.values():
            yield from local_codings(part)
    elif isinstance(value, list):
        for part in value:
            yield from local_codings(part)


def written() -> list[dict[str, Any]]:
    return [assessment_bundle(emergent()), assessment_bundle(soon())]


def systems() -> dict[str, dict[str, Any]]:
    return {one["url"]: one for one in code_systems(load_policy())}


def test_every_local_code_that_is_written_is_defined() -> None:
    known = {(url, concept["code"]) for url, one in systems().items() for concept in one["concept"]}
    found = set(local_codings(written()))
    # The rules of the examples are made up; those of the pack have a code system of their own.
    assert {pair for pair in found if pair[0] != SAFETY_RULE} <= known
    assert {system for system, _ in found} == {
        *(SEVERITY, SAFETY_TASK, EMERGENCY_DISCLOSURE, SAFETY_RULE),
        f"{BASE}:vocabulary:override-role",
    }


def test_the_rules_of_safety_are_a_code_system() -> None:
    policy = load_policy()
    rules = policy.safety.escalates
    assert {one["code"] for one in systems()[SAFETY_RULE]["concept"]} == {one.id for one in rules}
    without = replace(policy, safety=replace(policy.safety, escalates=()))
    assert SAFETY_RULE not in {one["url"] for one in code_systems(without)}


def test_every_severity_has_words_and_a_priority() -> None:
    assert {one["code"] for one in systems()[SEVERITY]["concept"]} == set(SEVERITIES)
    assert PRIORITY_OF.keys() == set(SEVERITIES)
    for one in SEVERITIES:
        assert severity_words(one).lower().startswith(f"{one}: ")


def test_local_codes_hold_up_when_they_are_looked_up(tmp_path: Path) -> None:
    if why_not():
        pytest.skip(why_not())
    for url, system in systems().items():
        if url == SAFETY_RULE:  # it has the rules of the pack and not those of the examples
            continue
        (tmp_path / f"{system['id']}.json").write_text(json.dumps(system))
    with Validator([tmp_path]) as informed:
        for bundle in written():
            assert errors_in(informed, bundle) == []
        for system in (SEVERITY, SAFETY_TASK, EMERGENCY_DISCLOSURE, SAFETY_RULE):
            assert informed.errors(systems()[system]) == []
