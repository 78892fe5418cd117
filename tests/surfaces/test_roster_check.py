"""The check of a whole roster: every id that matches nobody, for whoever looks after the roster."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match import sample
from peer_match.surfaces.cli import app

from .command_line import ANNOTATIONS, PATIENT, ROSTER, Inputs, whole_inputs

WHO = {"source": "register", "date": "2026-01-10"}
MENTOR = {"id": "m1", "name": "Ruth", "person": "person-12", **WHO}


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def conflict(one: str, other: str) -> dict[str, Any]:
    return {"id": f"{one}+{other}", "between": [one, other], "kind": "protective-order", **WHO}


def standing(person: str, target: str) -> dict[str, Any]:
    return {"person": person, "target": target, **WHO}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["roster", "check", *map(str, arguments)])


def check(inputs: Inputs, *more: str | Path, **rows: Any) -> Result:
    inputs.mentors.write_bytes(orjson.dumps({**ROSTER, "mentors": [MENTOR], **rows}))
    everybody = ("--annotations", inputs.annotations, "--patients", inputs.patient)
    return run(inputs.mentors, "--groups", inputs.groups, *everybody, *more)


def test_every_id_that_matches_nobody_with_its_row(inputs: Inputs) -> None:
    result = check(
        inputs,
        conflicts=[conflict("p1", "m1"), conflict("pers0n-12", "p1"), conflict("P1", "m1")],
        placements=[standing("x-2", "m1")],
        refusals=[standing("p1", "feed/second-wint")],
    )
    start = f"{inputs.mentors}: "
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        f"{start}conflicts[1]: no person in these files is `pers0n-12`, so the row has no effect; "
        "did you mean `person-12`?",
        f"{start}conflicts[2]: no person in these files is `P1`, so the row has no effect; "
        "did you mean `p1`?",
        f"{start}placements[0]: no person in these files is `x-2`, so the row has no effect",
        f"{start}refusals[0]: no group or mentor in these files is `feed/second-wint`, "
        "so the row has no effect; did you mean `feed/second-wind`?",
        "checked with 1 patient: ids that match nobody: 4",
    ]


def test_as_json(inputs: Inputs) -> None:
    result = check(inputs, "--json", conflicts=[conflict("p1", "feed/second-wind")])
    assert result.exit_code == 1
    found = orjson.loads(result.stdout)
    [one] = found["unmatched"]
    message = one.pop("message")
    assert "`feed/second-wind`" in message
    assert one == {
        "file": str(inputs.mentors),
        "row": "conflicts[0]",
        "id": "feed/second-wind",
        "expected": "person",
    }


def test_members_and_facilitators_are_somebody(inputs: Inputs) -> None:
    leads = {"members": ["person-40"], "facilitators": [{"id": "f-1"}], **WHO}
    groups = [{"group": "feed/second-wind", **leads}]
    inputs.annotations.write_bytes(orjson.dumps({**ANNOTATIONS, "groups": groups}))
    result = check(inputs, conflicts=[conflict("p1", "person-40"), conflict("f-1", "p1")])
    assert (result.exit_code, result.stdout) == (
        0,
        "checked with 1 patient: every id matches somebody\n",
    )


def test_without_the_people_it_says_so(inputs: Inputs) -> None:
    inputs.mentors.write_bytes(orjson.dumps({**ROSTER, "placements": [standing("p1", "nowhere")]}))
    result = run(inputs.mentors, "--groups", inputs.groups)
    assert result.exit_code == 1
    assert result.stderr.startswith("warning: without --patients")
    assert "placements[0]: no person in these files is `p1`" in result.stdout


def test_every_problem_of_every_file_at_once(inputs: Inputs) -> None:
    inputs.patient.write_bytes(orjson.dumps({**PATIENT, "entry": []}))
    inputs.groups.write_bytes(b"[")
    result = check(inputs, "--patients", inputs.folder / "nowhere.json", conflicts=3)
    assert (result.exit_code, result.stdout) == (2, "")
    for one in (inputs.patient, inputs.groups, inputs.mentors, inputs.folder / "nowhere.json"):
        assert str(one) in result.stderr


def test_everybody_of_the_sample_is_somebody() -> None:
    groups = [part for one in sample.directories() for part in ("--groups", one.path)]
    people = ("--patients", sample.patients()[0].parent)
    result = run(sample.roster(), *groups, "--annotations", sample.annotations(), *people)
    assert result.exit_code == 0
    assert result.stdout.endswith(" patients: every id matches somebody\n")


def test_a_folder_without_records(inputs: Inputs, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = check(inputs, "--patients", empty)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no record lies in this folder" in result.stderr
