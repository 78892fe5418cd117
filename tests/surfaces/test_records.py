"""One person's part of a bulk export on the command line, and nothing of anybody else's."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app

from .command_line import PATIENT, Inputs, whole_inputs

PERSON: dict[str, Any] = PATIENT["entry"][0]["resource"]
OTHER: dict[str, Any] = {**PERSON, "id": "p2", "name": [{"family": "Nobody-Else"}]}
RISK: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "93374-7"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-05-25",
    "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA9193-9"}]},
}


def lines(*resources: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(one) + b"\n" for one in resources)


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    folder.joinpath("Patient.000.ndjson").write_bytes(lines(OTHER, PERSON))
    packed = gzip.compress(lines(RISK))
    folder.joinpath("Observation.000.ndjson.gz").write_bytes(packed)
    return folder


def suggest(inputs: Inputs, record: Path, *more: str) -> Result:
    arguments = [str(one) for one in inputs.arguments()]
    arguments[arguments.index("--patient") + 1] = str(record)
    return CliRunner().invoke(app, ["suggest", *arguments, "--json", *more])


def test_a_person_of_an_export_is_decided_as_from_a_record_of_their_own(
    inputs: Inputs, export: Path, tmp_path: Path
) -> None:
    found = suggest(inputs, export, "--person", "p1")
    assert (found.exit_code, found.stderr) == (0, "")
    assert suggest(inputs, export, "--person", "Patient/p1").stdout == found.stdout
    own = tmp_path / "own.json"
    entries = [{"resource": one} for one in (PERSON, RISK)]
    own.write_bytes(orjson.dumps({**PATIENT, "entry": entries}))
    from_own, from_export = (orjson.loads(one.stdout) for one in (suggest(inputs, own), found))
    for part in ("patient", "groups", "mentors", "questions", "plan", "facts"):
        assert from_export[part] == from_own[part], part
    assert "high" in found.stdout
    assert "Nobody-Else" not in found.stdout
    assert "p2" not in found.stdout


def test_one_file_of_lines_is_an_export_too(inputs: Inputs, tmp_path: Path) -> None:
    file = tmp_path / "all.ndjson"
    file.write_bytes(lines(OTHER, PERSON, RISK))
    assert suggest(inputs, file, "--person", "p1").exit_code == 0


@pytest.mark.parametrize(
    ("person", "message", "help"),
    [
        ((), "a bulk export holds many people", "say whose with `--person ID`"),
        (("--person", "p9"), "nobody in it has the id `p9`", "take the id of a Patient"),
        (("--person", "\\x1b[2J"), "nobody in it has the id", "take the id of a Patient"),
    ],
)
def test_whose_record_it_is_must_be_said(
    inputs: Inputs, export: Path, person: tuple[str, ...], message: str, help: str
) -> None:
    found = suggest(inputs, export, *person)
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"{export}: {message}" in found.stderr
    assert f"  help: {help}" in found.stderr
    assert "p1" not in found.stderr.replace(str(export), "")


def test_the_record_of_one_person_needs_no_person(inputs: Inputs) -> None:
    found = suggest(inputs, inputs.patient, "--person", "p1")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "this is the record of one person" in found.stderr


def test_a_folder_without_people_is_refused(inputs: Inputs, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    found = suggest(inputs, empty, "--person", "p1")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "there is no Patient" in found.stderr


def test_a_line_that_cannot_be_read_may_be_about_them(inputs: Inputs, export: Path) -> None:
    export.joinpath("Condition.000.ndjson").write_bytes(b'{"resourceType": "Cond\\n')
    found = suggest(inputs, export, "--person", "p1")
    assert found.exit_code == 0
    assert "warning: unreadable: Condition.000.ndjson:1" in found.stderr
    assert "Condition.000.ndjson:1" in found.stdout
