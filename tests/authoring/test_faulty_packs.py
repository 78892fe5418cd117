"""Every command for authors ends in words, whatever is wrong with the pack."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app
from policy.faults import write
from policy.packs import Pack

FAR = "measure: travel distance from patient.home to group.place\n"
TIES = "when: pair.ties includes recorded-conflict\n"
FAULTS: dict[str, tuple[str, str, str, str]] = {
    # code: kind, folder, text, and what is told first
    "PM136": ("must_not", "groups", "when: group.kind is community\n", "stands below"),
    "PM150": ("finding", "", "when: patient.goals Includes housing\n", "has a capital letter"),
    "PM151": ("finding", "", "when:\n  - group.kind is community\n", "how many of them"),
    "PM152": ("finding", "", "when: {all: []}\n", "needs a list"),
    "PM161": ("finding", "", "when: at least 2 missed-meeting within 14 days\n", "events cannot"),
    "PM203": ("finding", "", "when: patient.goals is housing\n", "several values"),
    "PM205": ("finding", "", "when: patient.phq9 is between 9 and 5 points\n", "lower bound"),
    "PM206": ("finding", "", "when: patient.birth_date is after 2026-02-30\n", "calendar"),
    "PM212": ("finding", "", "when: nothing-of-the-kind holds\n", "no finding"),
    "PM301": ("must_not", "", "when: group.kind is community\nif_unknown: widen\n", "`cap`"),
    "PM303": ("prefer", "", FAR, "without a `grade`"),
    "PM306": ("plan", "", "include: {}\n", "includes nothing"),
    "PM308": ("prefer", "", f"{FAR}grade: {{2 km: 100}}\n", "two amounts"),
    "PM315": ("must_not", "", TIES, "shown_as: unavailable"),
    "PM318": ("finding", "", "when: patient.phq9 is less than 0 points\n", "never hold"),
    "PM323": ("must_not", "", "when: group.kind is community\ncap: 40 percent\nif_unknown: widen\n"
              "outcome: hold\n", "does nothing"),
    "PM402": ("finding", "", "until: 2020-01-01\nwhen: group.kind is community\n", "ends before"),
}  # fmt: skip


def run(*arguments: str) -> Result:
    """A command, which ends by itself and not by an error of the program."""
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack(tmp_path / "pack")


@pytest.fixture
def faulty(pack: Pack) -> Pack:
    """A pack with a rule for each of the faults, called like its code."""
    for code, (kind, folder, text, _) in FAULTS.items():
        write(pack, kind, text, id=code.lower(), folder=folder)
    return pack


def test_check_and_test_tell_every_fault(faulty: Pack) -> None:
    root = str(faulty.root)
    for arguments in (["check", root], ["test", root], ["check", root, "--as-of", "2026-01-01"]):
        result = run(*arguments)
        assert result.exit_code == 1
        lines = [one for one in result.output.splitlines() if ": PM5" not in one]
        for code, (_, _, _, words) in FAULTS.items():
            (line,) = (one for one in lines if f"{code.lower()}.yaml:" in one)
            assert f"{code} error" in line and words in line
    for command in ("check", "test"):
        result = run(command, root, "--json")
        assert result.exit_code == 1
        found = [one["code"] for one in json.loads(result.stdout)["diagnostics"]]
        # The examples of these rules are none, and are told as well.
        assert sorted(code for code in found if code[:3] != "PM5") == sorted(FAULTS)


@pytest.mark.parametrize("rule", [[], ["pm303"], ["record-out-of-use"], ["not-there"]])
def test_nothing_is_shown_of_a_pack_at_fault(faulty: Pack, rule: list[str]) -> None:
    """Not even a rule that is itself right: what it refers to may be what is wrong."""
    result = run("show", *rule, "--rules", str(faulty.root))
    assert result.exit_code == 2
    assert "PM303 error" in result.output


def test_a_rule_can_be_started_beside_those_at_fault(faulty: Pack) -> None:
    result = run("new", "finding", "a-new-one", "--rules", str(faulty.root))
    assert result.exit_code == 0
    assert sorted(faulty.codes()) == sorted(FAULTS)


def test_a_file_where_a_folder_belongs_is_told(pack: Pack) -> None:
    pack.write("plan", "not a folder")
    result = run("new", "plan", "a-new-one", "--rules", str(pack.root))
    assert result.exit_code == 2
    assert str(pack.root / "plan") in result.output


@pytest.mark.parametrize("make", [
    lambda root: (root / "group.yaml").mkdir(),
    lambda root: (root / "gone.yaml").symlink_to("nowhere"),
])  # fmt: skip
def test_what_cannot_be_read_as_a_file_is_told(pack: Pack, make: Callable[[Path], None]) -> None:
    make(pack.root)
    result = run("check", str(pack.root))
    assert (result.exit_code, "PM100 error" in result.output) == (1, True)


def test_a_folder_whose_name_is_not_text_is_shown_with_a_mark(pack: Pack) -> None:
    folder = os.fsdecode(b"caf\xe9")
    write(pack, "finding", "when: group.kind is community\n", folder=f"findings/{folder}")
    assert pack.codes() == []
    assert "findings/caf\N{REPLACEMENT CHARACTER}/" in run("check", str(pack.root)).output
    result = run("show", "the-rule", "--rules", str(pack.root), "--json")
    assert result.exit_code == 0
    assert (
        "findings/caf\N{REPLACEMENT CHARACTER}/the-rule.yaml"
        in json.loads(result.stdout)["the-rule"]
    )
