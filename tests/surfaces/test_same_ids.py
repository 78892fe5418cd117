"""Files that give the same ids: a problem for each of them, with the ids and the other file."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app

from .command_line import GROUPS, ROSTER, Inputs, whole_inputs

MENTOR: dict[str, Any] = {"id": "m1", "name": "Ruth", "source": "file", "date": "2026-02-20"}


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def suggest(inputs: Inputs, *more: str | Path) -> Result:
    arguments = [str(one) for one in ("suggest", *inputs.arguments(), "--json", *more)]
    return CliRunner().invoke(app, arguments)


def refused(result: Result, *said: str) -> None:
    """The run ended with these problems and no other, each with a way to put it right."""
    assert (result.exit_code, result.stdout) == (2, ""), result
    lines = result.stderr.splitlines()
    problems = [line for line in lines if not line.startswith("  help: ")]
    assert sorted(problems) == sorted(said)
    assert len(lines) == 2 * len(said)


def directory(path: Path, *groups: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(groups))
    return path


def test_a_directory_given_twice(inputs: Inputs) -> None:
    path = inputs.groups
    refused(suggest(inputs, "--groups", path), f"{path}: it is given more than once")
    twice_more = ("--groups", path, "--groups", path)
    refused(suggest(inputs, *twice_more), f"{path}: it is given more than once")


@pytest.mark.parametrize("name", ["other.json", "sub/feed.json"])
@pytest.mark.parametrize("hard", [True, False])
def test_a_directory_given_by_two_names(inputs: Inputs, name: str, hard: bool) -> None:
    link = inputs.folder / name
    link.parent.mkdir(exist_ok=True)
    if hard:
        link.hardlink_to(inputs.groups)
    else:
        link.symlink_to(inputs.groups)
    refused(
        suggest(inputs, "--groups", link),
        f"{inputs.groups}: it is the same file as {link}",
        f"{link}: it is the same file as {inputs.groups}",
    )


def test_two_directories_of_one_name_with_the_same_groups(inputs: Inputs) -> None:
    other = directory(inputs.folder / "last-week" / "feed.json", *GROUPS)
    ids = "`feed/harbour-lights` and `feed/second-wind`"
    refused(
        suggest(inputs, "--groups", other),
        f"{inputs.groups}: 2 of its ids are also in {other}: {ids}",
        f"{other}: 2 of its ids are also in {inputs.groups}: {ids}",
    )


def test_two_directories_of_one_name_with_other_groups(inputs: Inputs) -> None:
    """Annotations say of a feed by its name what fellowship it is: they would hold for both."""
    other = directory(inputs.folder / "na" / "feed.json", {**GROUPS[0], "slug": "night-owls"})
    refused(
        suggest(inputs, "--groups", other),
        f"{inputs.groups}: {other} is the feed `feed` as well",
        f"{other}: {inputs.groups} is the feed `feed` as well",
    )


def test_a_directory_and_what_was_kept_of_it(inputs: Inputs) -> None:
    kept = inputs.folder / "kept.json"
    arguments = ["directory", "read", str(inputs.groups), "--out", str(kept)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    result = suggest(inputs, "--groups", kept)
    assert result.exit_code == 2
    assert f"{inputs.groups}: 2 of its ids are also in {kept}: " in result.stderr
    assert f"{kept}: 2 of its ids are also in {inputs.groups}: " in result.stderr


def test_own_files_of_one_name_with_other_groups_are_fine(inputs: Inputs) -> None:
    """Their groups say their ids themselves."""
    kept: list[Path] = []
    for slug in ("night-owls", "early-birds"):
        feed = directory(inputs.folder / f"{slug}.json", {**GROUPS[0], "slug": slug})
        kept.append(inputs.folder / slug / "groups.json")
        arguments = ["directory", "read", str(feed), "--out", str(kept[-1])]
        assert CliRunner().invoke(app, arguments).exit_code == 0
    result = suggest(inputs, "--groups", kept[0], "--groups", kept[1])
    assert result.exit_code == 0, result.stderr


def test_many_ids_are_counted(inputs: Inputs) -> None:
    groups = [{**GROUPS[0], "slug": f"group-{n}", "name": f"Group {n}"} for n in range(10, 18)]
    directory(inputs.groups, *groups)
    other = directory(inputs.folder / "again" / "feed.json", *groups)
    result = suggest(inputs, "--groups", other)
    first = ", ".join(f"`feed/group-{n}`" for n in range(10, 15))
    assert f"8 of its ids are also in {other}: {first} and 3 more\n" in result.stderr


def test_a_mentor_with_the_id_of_a_group(inputs: Inputs) -> None:
    mentor = {**MENTOR, "id": "feed/second-wind"}
    inputs.mentors.write_bytes(orjson.dumps({**ROSTER, "mentors": [mentor]}))
    refused(
        suggest(inputs),
        f"{inputs.groups}: 1 of its ids is also in {inputs.mentors}: `feed/second-wind`",
        f"{inputs.mentors}: 1 of its ids is also in {inputs.groups}: `feed/second-wind`",
    )


def test_it_is_told_with_every_other_problem(inputs: Inputs) -> None:
    inputs.patient.write_bytes(b"")
    result = suggest(inputs, "--groups", inputs.groups)
    assert "the file is empty" in result.stderr
    assert "given more than once" in result.stderr
