"""Ids that match nobody: told to whoever runs the command, and to nobody else."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match import sample
from peer_match.surfaces.cli import app

from .command_line import ANNOTATIONS, ROSTER, Inputs, whole_inputs

WHO = {"source": "register", "date": "2026-01-10"}
MENTOR = {"id": "m1", "name": "Ruth", "person": "person-12", **WHO}
RECIPIENTS = ("clinician", "point-of-contact", "patient", "safety", "researcher")


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def conflict(one: str, other: str, kind: str = "protective-order") -> dict[str, Any]:
    return {"id": f"{one}+{other}", "between": [one, other], "kind": kind, **WHO}


def standing(person: str, target: str) -> dict[str, Any]:
    return {"person": person, "target": target, **WHO}


ABOUT_OTHERS: dict[str, list[dict[str, Any]]] = {
    "conflicts": [conflict("p1", "secret-1"), conflict("secret-2", "secret-3")],
    "placements": [standing("secret-4", "m1")],
    "refusals": [standing("secret-5", "secret-6")],
}
HINT = "to see whether each of its ids is somebody, run `peer-match roster check`"


def suggest(inputs: Inputs, *more: str, **roster: Any) -> Result:
    inputs.mentors.write_bytes(orjson.dumps({**ROSTER, "mentors": [MENTOR], **roster}))
    arguments = [str(one) for one in ("suggest", *inputs.arguments(), *more)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    return result


def warned(inputs: Inputs, **roster: Any) -> list[str]:
    """The warnings about the roster, without the name of the file."""
    start = f"warning: {inputs.mentors}: "
    lines = suggest(inputs, "--json", **roster).stderr.splitlines()
    assert all(line.startswith(start) for line in lines)
    return [line.removeprefix(start) for line in lines]


def notes(inputs: Inputs, *more: str, **roster: Any) -> list[str]:
    return orjson.loads(suggest(inputs, "--json", *more, **roster).stdout)["notes"]


# -- what is told --------------------------------------------------------------------------------


def test_nothing_where_everybody_is_there(inputs: Inputs) -> None:
    everything = {
        "conflicts": [conflict("p1", "person-12"), conflict("m1", "p1", "household")],
        "placements": [standing("p1", "feed/second-wind")],
        "refusals": [standing("p1", "m1")],
    }
    assert warned(inputs, **everything) == []
    assert notes(inputs, **everything) == notes(inputs)


def test_the_other_of_a_conflict_is_not_named(inputs: Inputs) -> None:
    """With one record at hand, everybody else of the programme is in none of the files."""
    assert warned(inputs, conflicts=[conflict("p1", "m1"), conflict("nadia", "p1")]) == [HINT]


@pytest.mark.parametrize("written", ["P1", "p-1", "urn:x/p1"])
def test_the_person_by_an_id_that_is_written_otherwise(inputs: Inputs, written: str) -> None:
    """A protective order that would keep nobody apart, for a slip of the pen."""
    rows = {
        "conflicts": [conflict(written, "person-12")],
        "placements": [standing(written, "m1")],
        "refusals": [standing(written, "m1")],
    }
    for name, value in rows.items():
        # Not which kind of row it is: the id may be somebody else's after all.
        assert warned(inputs, **{name: value}) == [
            "it seems to name this person by an id that is written otherwise, and what it says "
            "there has no effect: run `peer-match roster check`"
        ]


def test_members_and_facilitators_are_somebody(inputs: Inputs) -> None:
    group = {
        "group": "feed/second-wind",
        "members": ["person-40"],
        "facilitators": [{"id": "f-1"}],
        **WHO,
    }
    inputs.annotations.write_bytes(orjson.dumps({**ANNOTATIONS, "groups": [group]}))
    assert warned(inputs, conflicts=[conflict("p1", "person-40"), conflict("f-1", "p1")]) == []


@pytest.mark.parametrize("kind", ["placements", "refusals"])
def test_a_target_that_is_nowhere(inputs: Inputs, kind: str) -> None:
    rows = {kind: [standing("p1", "m1"), standing("p1", "feed/second-wint")]}
    assert warned(inputs, **rows) == [
        f"{kind}[1]: no group or mentor in these files is `feed/second-wint`, "
        "so the row has no effect; did you mean `feed/second-wind`?"
    ]
    # It is said of the person themselves, and concerns whoever plans for them.
    said = f"{kind}[1] of the roster: no group or mentor is called `feed/second-wint`"
    assert said in notes(inputs, **rows)


def test_rows_about_others_show_by_the_same_line_whatever_they_are(inputs: Inputs) -> None:
    for name, rows in ABOUT_OTHERS.items():
        assert warned(inputs, **{name: rows}) == [HINT]
    assert warned(inputs, **ABOUT_OTHERS) == [HINT]


def test_annotations_that_fit_nothing(inputs: Inputs) -> None:
    groups = [{"group": "feed/nowhere", **WHO}]
    feeds = [*ANNOTATIONS["feeds"], {"feed": "food", **WHO}]
    inputs.annotations.write_bytes(orjson.dumps({**ANNOTATIONS, "feeds": feeds, "groups": groups}))
    result = suggest(inputs, "--json")
    for said in ("feeds[1]: nothing is called `food`", "groups[0]: nothing is called"):
        assert f"warning: {inputs.annotations}: {said}" in result.stderr
        assert any(said in note for note in orjson.loads(result.stdout)["notes"])


@pytest.mark.parametrize(("count", "lines"), [(10, 10), (11, 11), (1_300, 11)])
def test_many_annotations_that_fit_nothing_are_counted(
    inputs: Inputs, count: int, lines: int
) -> None:
    groups = [{"group": f"feed/nowhere-{number}", **WHO} for number in range(count)]
    inputs.annotations.write_bytes(orjson.dumps({**ANNOTATIONS, "groups": groups}))
    result = suggest(inputs, "--json")
    told = result.stderr.splitlines()
    assert len(told) == lines
    assert all("feed/nowhere-" in line for line in told[:10])
    if count > 10:
        assert told[10] == (
            f"warning: {inputs.annotations}: {count - 10:,} more fit nothing; "
            "the notes of --json have them all"
        )
    assert sum("feed/nowhere-" in one for one in orjson.loads(result.stdout)["notes"]) == count


def test_explain_tells_as_well_and_no_more(inputs: Inputs) -> None:
    rows = {**ABOUT_OTHERS, "placements": [standing("p1", "nowhere")]}
    inputs.mentors.write_bytes(orjson.dumps({**ROSTER, **rows}))
    arguments = [str(one) for one in ("explain", "feed/second-wind", *inputs.arguments())]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "placements[0]: no group or mentor in these files is `nowhere`" in result.stderr
    assert "secret" not in result.stderr
    assert "conflict" not in result.stderr


def test_demo_tells_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = orjson.loads(sample.roster().read_bytes())
    roster["conflicts"].append(conflict("aisha-grant", "nobody-at-all"))
    path = tmp_path / "roster.json"
    path.write_bytes(orjson.dumps(roster))
    monkeypatch.setattr(sample, "roster", lambda: path)
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 0
    assert result.stderr.startswith(f"warning: {path}: conflicts[12]: no person in these files is ")
    assert result.stderr.count("\n") == 1


# -- to whom it is not told ----------------------------------------------------------------------


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_nothing_about_another_person_goes_out(inputs: Inputs, recipient: str) -> None:
    """Not one byte of what is shown differs, whatever stands in the roster about others."""
    fhir, html = inputs.folder / "fhir.json", inputs.folder / "report.html"
    options = ("--recipient", recipient, "--fhir", str(fhir), "--html", str(html))
    seen: list[tuple[str | bytes, ...]] = []
    for roster in ({}, ABOUT_OTHERS):
        text = suggest(inputs, *options, **roster).stdout
        json = suggest(inputs, "--json", *options, **roster).stdout
        seen.append((text, json, fhir.read_bytes(), html.read_bytes()))
    assert seen[0] == seen[1]


def test_the_person_s_own_rows_go_the_way_of_every_note(inputs: Inputs) -> None:
    rows = {"placements": [standing("p1", "feed/nowhere")]}
    assert any("feed/nowhere" in note for note in notes(inputs, **rows))
    assert notes(inputs, "--recipient", "point-of-contact", **rows) == []
