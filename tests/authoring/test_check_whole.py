"""`rules check` says in one run all that is wrong with a pack, its examples included."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from peer_match.authoring.scaffold import FOLDERS, scaffold
from peer_match.authoring.unfinished import unfinished
from peer_match.surfaces.cli import app
from policy.faults import write
from policy.packs import LADDER, Pack, place_of

TODAY = date(2026, 3, 1)
RIGHT = """\
applies_when: patient.barriers includes childcare
when: group.accessibility includes children-welcome
weight: 5
examples:
  - given: {patient.barriers: [childcare], group.accessibility: [children-welcome]}
    expect: {points: 5}
  - given: {patient.barriers: [childcare], group.accessibility: [wheelchair]}
    expect: {points: 0}
  - given: {patient.barriers: [childcare]}
    expect: {points: 0..5}
"""


def check(pack: Pack) -> list[tuple[int, str]]:
    """The line and the code of every problem that the command tells, in its order."""
    result = CliRunner().invoke(app, ["rules", "check", str(pack.root), "--json"])
    found = json.loads(result.stdout)["diagnostics"]
    assert result.exit_code == int(any(one["severity"] == "error" for one in found))
    text = CliRunner().invoke(app, ["rules", "check", str(pack.root)]).stdout
    assert [one["code"] for one in found] == [
        line.split(": ")[1].split()[0] for line in text.splitlines() if ".yaml:" in line
    ]
    return [(one["line"], one["code"]) for one in found]


@pytest.fixture
def right(pack: Pack) -> Pack:
    return write(pack, "prefer", RIGHT)


RULE = "group/prefer/the-rule.yaml"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("weight: 5", "weight: 5", []),
        ("expect: {points: 0}", "expect: {points: 3}", [(17, "PM503")]),
        ("group.accessibility: [wheelchair]}", "...}", [(17, "PM501")]),
        ("group.accessibility: [wheelchair]", "group.accessibility: “wheelchair”",
         [(17, "PM501")]),
        ("  - given: {patient.barriers: [childcare]}\n    expect: {points: 0..5}\n", "",
         [(14, "PM502")]),
    ],
)  # fmt: skip
def test_faults_of_examples_are_told_by_check(
    right: Pack, old: str, new: str, told: list[tuple[int, str]]
) -> None:
    right.edit(RULE, old, new)
    assert check(right) == told


def test_two_of_three_kinds_of_example_are_missing(right: Pack) -> None:
    text = (right.root / RULE).read_text("utf-8")
    right.write(RULE, text[: text.index("  - given: {patient.barriers: [childcare], group.acc"
                                        "essibility: [wheel")])  # fmt: skip
    assert check(right) == [(14, "PM502"), (14, "PM502")]


def test_examples_of_other_rules_are_run_beside_a_rule_at_fault(right: Pack) -> None:
    right.edit(RULE, "expect: {points: 0}", "expect: {points: 3}")
    write(right, "finding", "effective: soon\nwhen: patient.goals includes homes\n", id="a-fault")
    found = check(right)
    assert {code for _, code in found} == {"PM122", "PM202", "PM503"}


def test_examples_of_a_rule_at_fault_are_read_and_not_run(right: Pack) -> None:
    """What they say can be judged; what the rule gives cannot."""
    right.edit(RULE, "includes children-welcome", "includes children-welcom")
    right.edit(RULE, "group.accessibility: [wheelchair]}", "...}")
    assert check(right) == [(12, "PM202"), (17, "PM501")]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("title: ", "source_of_truth: x\ntitle: ", "PM120"),
        ("effective: 2023-01-01", "effective: soon", "PM122"),
        ("title: ", "title: Another\ntitle: ", "PM114"),
        ("dimension: goals", "dimension: gaols", "PM202"),
    ],
)
def test_what_follows_from_a_fault_is_not_told(right: Pack, old: str, new: str, code: str) -> None:
    text = (right.root / RULE).read_text("utf-8")
    right.write(RULE, text.replace(old, new, 1))
    assert [one for _, one in check(right)] == [code]


def test_examples_that_use_a_finding_at_fault_are_silent(right: Pack) -> None:
    write(right, "finding", "when: other holds\n", id="named")
    write(right, "finding", "when: named holds\n", id="other")
    right.edit(
        RULE, "applies_when: patient.barriers includes childcare", "applies_when: named holds"
    )
    assert {code for _, code in check(right)} == {"PM310"}


def test_a_missing_vocabulary_is_told_once(right: Pack) -> None:
    (right.root / "vocabulary" / "barrier.yaml").unlink()
    assert {code for _, code in check(right)} == {"PM210"}


@pytest.mark.parametrize("kind", sorted(FOLDERS))
def test_the_text_of_a_started_rule_is_a_warning_until_the_rule_is_active(
    pack: Pack, kind: str
) -> None:
    pack.pathway(LADDER)
    path = scaffold(kind, "started", pack.root, "group", TODAY)
    name = path.relative_to(pack.root).as_posix()
    found = unfinished(pack.read())
    assert [place_of(one)[1:] for one in found] == [
        (2, 8, "PM405"), (3, 6, "PM405"), (5, 37, "PM405")
    ]  # fmt: skip
    assert {one.severity for one in found} == {"warning"}
    assert [code for _, code in check(pack)].count("PM405") == 3
    pack.edit(name, "status: draft ", "status: active ")
    assert {one.severity for one in unfinished(pack.read())} == {"error"}
    pack.edit(name, "status: active ", "status: retired ")
    assert unfinished(pack.read()) == []


def test_text_that_was_written_is_not_told(pack: Pack) -> None:
    path = scaffold("finding", "started", pack.root, "group", TODAY)
    name = path.relative_to(pack.root).as_posix()
    pack.edit(name, "Say in one plain sentence what this rule does", "Medication is taken")
    pack.edit(name, "Say why, so that", "So that")
    pack.edit(name, "What was found, and where; the id is in sources.yaml", "chosen by the board")
    assert check(pack) == []
