"""Local codes: each has a code system that says what it means, and nothing else is written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from peer_match.decide.decision import PlanTask
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_bundle import write_bundle
from peer_match.fhir.write_code_systems import (
    TASK_INPUT,
    TASK_KIND,
    code_systems,
    code_systems_folder,
    display_of,
)

from .decisions import decision, policy
from .hapi import Validator, why_not

SHIPPED = sorted(code_systems_folder().glob("*.json"))


@pytest.fixture(scope="module")
def informed_validator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Validator]:
    """The reference validator with our code systems, so that it looks our codes up."""
    if why_not():
        pytest.skip(why_not())
    folder: Path = tmp_path_factory.mktemp("code-systems")
    for system in code_systems(policy()):
        (folder / f"{system['id']}.json").write_text(json.dumps(system))
    with Validator([folder]) as validator:
        yield validator


def local_codings(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if "code" in value and str(value.get("system", "")).startswith(BASE):
            yield value["system"], value["code"]
        for part in value.values():
            yield from local_codings(part)
    elif isinstance(value, list):
        for part in value:
            yield from local_codings(part)


def test_every_local_code_that_is_written_is_defined() -> None:
    known = {
        (system["url"], concept["code"])
        for system in code_systems(policy())
        for concept in system["concept"]
    }
    written = set(local_codings(write_bundle(decision(), policy())))
    assert written <= known
    assert {system for system, _ in written} == {
        TASK_KIND,
        TASK_INPUT,
        f"{BASE}:vocabulary:goal",
        f"{BASE}:vocabulary:override-role",
    }


def test_the_kinds_of_task_are_those_of_a_plan() -> None:
    kinds = get_args(get_type_hints(PlanTask)["kind"])
    [system] = [one for one in code_systems(policy()) if one["url"] == TASK_KIND]
    assert {concept["code"] for concept in system["concept"]} == set(kinds)
    assert all(display_of(TASK_KIND, kind) for kind in kinds)


def test_each_vocabulary_is_a_code_system() -> None:
    systems = code_systems(policy())
    urls = [one["url"] for one in systems]
    assert urls == sorted(set(urls))
    assert len({one["id"] for one in systems}) == len(systems)
    assert {f"{BASE}:vocabulary:{one.id}" for one in policy().vocabularies} < set(urls)


def test_the_reference_validator_accepts_every_code_system(fhir_validator: Validator) -> None:
    for system in code_systems(policy()):
        assert fhir_validator.errors(system) == [], system["id"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_shipped_code_says_what_it_means(path: Path) -> None:
    system = json.loads(path.read_text("utf-8"))
    assert system["url"] == f"{BASE}:code:{path.stem}"
    assert all(concept["definition"].endswith(".") for concept in system["concept"])


def test_local_codes_hold_up_when_they_are_looked_up(informed_validator: Validator) -> None:
    bundle = write_bundle(decision(), policy())
    said = informed_validator.issues(bundle)
    assert [issue for issue in said if issue.is_error] == []
    assert [issue.message for issue in said if f"unknown and can't be validated: {BASE}" in (
        issue.message
    )] == []  # fmt: skip
    [task] = [e["resource"] for e in bundle["entry"] if e["resource"]["id"].endswith("000020")]
    task["code"]["coding"][0]["code"] = "no-such-kind"
    assert "no-such-kind" in " ".join(
        issue.message for issue in informed_validator.issues(bundle) if issue not in said
    )
