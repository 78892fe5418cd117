"""The reference validator finds what `faults.py` says it finds, and answers in every situation."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from . import hapi
from .faults import CAUGHT, GOOD, NOT_CAUGHT, Fault, good, with_fault
from .hapi import Validator

RESOURCES = sorted(path.stem for path in GOOD.glob("*.json"))


def title(fault: Fault) -> str:
    return f"{fault[1]}: {fault[0]}"


@pytest.mark.parametrize("resource", RESOURCES)
def test_good_resource_has_no_errors(fhir_validator: Validator, resource: str) -> None:
    assert fhir_validator.errors(good(resource)) == []


@pytest.mark.parametrize("fault", CAUGHT, ids=title)
def test_fault_is_caught_where_it_is(fhir_validator: Validator, fault: Fault) -> None:
    assert fault[-1] in {error.location for error in fhir_validator.errors(with_fault(fault))}


@pytest.mark.parametrize("fault", NOT_CAUGHT, ids=title)
def test_fault_is_not_caught(fhir_validator: Validator, fault: Fault) -> None:
    """Holds the second list to the truth: what becomes caught belongs in the first."""
    said = fhir_validator.issues(with_fault(fault))
    assert not [issue for issue in said if issue.is_error]
    # Nothing new is said where nothing is expected, something is where something is.
    places = {issue.location for issue in said}
    places -= {issue.location for issue in fhir_validator.issues(good(fault[1]))} - {fault[-1]}
    assert places - {""} == ({fault[-1]} if fault[-1] else set())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"Task"',
        "{}",
        '{"resourceType": "Task", "status": "draft", "intent": "order"} and more',
        '{"resourceType": "Task", "status": "draft", "intent": "order", "intent": "plan"}',
        '{"resourceType": "Task", "status": "draft", "intent": "order",}',
    ],
)
def test_text_that_is_no_resource_is_an_error(fhir_validator: Validator, text: str) -> None:
    assert fhir_validator.errors(text)
    assert fhir_validator.errors(good("Task")) == []


def test_one_answer_to_each_resource(fhir_validator: Validator) -> None:
    """Line breaks of either kind, in the layout or escaped, do not put the answers out of step."""
    spread = json.dumps(good("Task") | {"description": "one\ntwo\r\nthree\u2028four"}, indent=1)
    for text in (spread, spread.replace("\n", "\r\n"), json.loads(spread)):
        assert fhir_validator.errors(text) == []
        assert fhir_validator.errors({"resourceType": "Task"}) != []


def test_a_validator_that_stops_says_why() -> None:
    unbuilt = hapi.why_not()
    if unbuilt:
        pytest.skip(unbuilt)
    with Validator([Path("nowhere.json")]) as validator, pytest.raises(RuntimeError) as stopped:
        validator.errors(good("Task"))
    assert "nowhere.json" in str(stopped.value)


def test_files_and_a_package_on_the_command_line(tmp_path: Path, fhir_validator: Validator) -> None:
    """One line of answer to each resource, and an exit code, for use outside these tests."""
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for resource in ("CodeSystem", "Questionnaire", "StructureDefinition"):
            archive.add(GOOD / f"{resource}.json", f"package/{resource}.json")
    bare = {"resourceType": "Task", "status": "draft", "intent": "order"}
    unowned = bare | {"meta": good("Task")["meta"]}
    many = tmp_path / "many.ndjson"
    many.write_text(f"{json.dumps(bare)}\n{json.dumps(unowned)}\n", encoding="utf-8")

    run = subprocess.run(
        [*hapi.JAVA, "--conformance", package, GOOD / "Task.json", many],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [answer["source"] for answer in answers] == [
        str(GOOD / "Task.json"),
        f"{many}:1",
        f"{many}:2",
    ]
    errors = [
        [issue["message"] for issue in answer["issues"] if issue["severity"] == "error"]
        for answer in answers
    ]
    assert errors[:2] == [[], []]
    assert [message.split(":")[0] for message in errors[2]] == ["Task.owner"]
    assert (run.returncode, run.stderr) == (1, "")


def test_the_libraries_are_the_recorded_ones(fhir_validator: Validator) -> None:
    assert hapi.unrecorded_libraries() == []


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 error"), ("", "1 skipped")])
def test_without_java_tests_skip_and_under_ci_fail(ci: str, outcome: str) -> None:
    one_test = f"{__file__}::test_good_resource_has_no_errors[Goal]"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", one_test],
        cwd=hapi.ROOT,
        env=os.environ | {"CI": ci, "PATH": ""},
        capture_output=True,
        check=False,
        text=True,
    )
    assert outcome in run.stdout.splitlines()[-1]
    assert "no Java here to run the FHIR validator" in run.stdout
    assert "make validator" in run.stdout
    assert run.returncode == (1 if ci else 0)


def test_a_validator_not_built_or_out_of_date_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fhir_validator: Validator
) -> None:
    program = tmp_path / "validator.jar"
    monkeypatch.setattr(hapi, "PROGRAM", program)
    assert "has not been built" in hapi.why_not()
    program.touch()
    assert hapi.why_not() == ""
    os.utime(program, (0, 0))
    assert "is older than" in hapi.why_not()
