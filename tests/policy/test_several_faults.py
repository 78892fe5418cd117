"""Faults of different sorts in one file are told together; what depends on a fault stays silent."""

from collections.abc import Callable

import pytest

from .faults import told_without_files, write
from .packs import Pack

EVERY_SORT = """\
source:
  - {cite: invented-2019, finding: "a default"}
effective: next spring
owner: mary
when:
  all:
    - patient.phq9 is at least 10
    - patient.gaols includes housing
    - patient.goals includes homes
if_unknown: hold
override: {all_of: [patients], at_most: a while}
lifted_by: [no-such-support]
"""


def test_every_sort_of_fault_in_one_file_is_told_at_once(pack: Pack) -> None:
    write(pack, "must_not", EVERY_SORT)
    assert [(line, code) for _, line, _, code in pack.places()] == [
        (8, "PM401"),
        (9, "PM122"),
        (13, "PM204"),
        (14, "PM201"),
        (15, "PM202"),
        (17, "PM202"),
        (17, "PM204"),
    ]
    assert pack.read().policy is None


def test_the_text_of_each_is_that_of_the_fault_alone(pack: Pack) -> None:
    write(pack, "finding", "review_by: soon\nwhen: patient.phq9 is at least 10\n")
    assert (
        told_without_files(pack)
        == """\
:10:12: PM122 error: expected a date, found `soon`
  10 | review_by: soon
     |            ^^^^
  help: write year, month and day, such as `2026-01-31`
:11:32: PM204 error: `10` has no unit
  11 | when: patient.phq9 is at least 10
     |                                ^^
  help: write for example `10 points`
"""
    )


BAD_DATE = "effective: soon\n"
RIGHT = "when: patient.goals includes housing\n"


@pytest.mark.parametrize(
    ("kind", "text", "codes"),
    [
        # each key of the header, with a fault in what the rule does
        ("finding", f"{BAD_DATE}when: patient.goals includes homes\n", ["PM122", "PM202"]),
        ("finding", "status: on\nwhen: nothing-such holds\n", ["PM123", "PM212"]),
        ("finding", "title: []\nwhen: patient.phq9 is less than 0 points\n", ["PM122", "PM318"]),
        ("finding", "owner: Mary Smith\nwhen: {all: []}\n", ["PM137", "PM152"]),
        ("finding", f"colour: red\n{RIGHT}", ["PM120"]),
        ("finding", "colour: red\nwhen: patient.goals includes homes\n", ["PM120", "PM202"]),
        # parts of every kind
        ("prefer", "weight: heavy\ndimension: gaols\nwhen: group.kind is comunity\n",
         ["PM122", "PM202", "PM202"]),
        ("prefer", f"{BAD_DATE}measure: share of patient.goals met by group.topics\n"
         "grade: {10 km: 0, 100 percent: 100}\n", ["PM122", "PM204"]),
        ("prefer", "measure: share of patient.gaols met by group.topics\n"
         "grade: {0 percent: none, 100 percent: 100}\n", ["PM122", "PM201"]),
        ("prefer", f"{BAD_DATE}applies_when: share of patient.goals met by group.topics is at most"
         f" 10 percent\nwhen: group.kind is community\n", ["PM122", "PM317"]),
        ("prefer", f"{BAD_DATE}measure: travel distance from patient.home to group.place\n",
         ["PM122", "PM303"]),
        ("must_not", f"{BAD_DATE}{RIGHT}if_unknown: widen\n", ["PM122", "PM301"]),
        ("must_not", f"{BAD_DATE}when: pair.ties includes recorded-conflict\n",
         ["PM122", "PM315"]),
        ("must_not", f"cap: []\nif_unknown: widen\nasks: nobody\n{RIGHT}", ["PM122", "PM202"]),
        ("support", f"{BAD_DATE}offered_when: patient.goals includes homes\n"
         "provides: [patient.medications becomes acamprosate, patient.home becoms group.place]\n",
         ["PM122", "PM202", "PM150"]),
        ("support", "provides: [patient.home becoms group.place]\n"
         "task: {title: Arrange it, role: nobody}\n", ["PM150", "PM121", "PM202"]),
        ("plan", f"{BAD_DATE}when: group.kind is community\n"
         "include: {task: {title: Talk, role: nobody, within: a while}}\n",
         ["PM122", "PM201", "PM202", "PM204"]),
        # what follows from a fault is silent
        ("prefer", "wieght: 5\nweight:\n", ["PM120", "PM122"]),
        ("prefer", "mesure: share of patient.goals met by group.topics\n"
         "grade: {0 percent: 0, 100 percent: 100}\n", ["PM120"]),
        ("must_not", f"caps: 40 percent\n{RIGHT}if_unknown: widen\n", ["PM120"]),
        ("must_not", f"{RIGHT}if_unknown: perhaps\n", ["PM123"]),
        ("must_not", "shown: unavailable\nwhen: pair.ties includes recorded-conflict\n",
         ["PM120"]),
        ("finding", f"effective: 2026-02-30\nreview_by: 2020-01-01\n{RIGHT}", ["PM122"]),
        ("finding", f"{BAD_DATE}until: 2020-01-01\n{RIGHT}", ["PM122"]),
        ("plan", "include: {taks: {title: Talk, role: clinician, within: 1 day}}\n", ["PM120"]),
        ("plan", "include: all\nwhen: patient.goals includes homes\n", ["PM122", "PM202"]),
    ],
)  # fmt: skip
def test_what_is_told_of_one_file(pack: Pack, kind: str, text: str, codes: list[str]) -> None:
    write(pack, kind, text)
    assert sorted(pack.codes()) == sorted(codes)


def test_a_rule_that_uses_one_with_a_bad_date_is_judged_by_itself(
    new_pack: Callable[[], Pack],
) -> None:
    for wrong in ("effective: soon", "until: never", "status: on", "review_by: 1"):
        pack = new_pack()
        write(pack, "finding", f"{wrong}\n{RIGHT}", id="named")
        pack.must_not("uses", when="named holds")
        assert {place[0] for place in pack.places()} == {"findings/named.yaml"}


def test_a_finding_with_a_bad_date_is_still_seen_through(pack: Pack) -> None:
    """What it reads is known, so that a rule which may not read it is told at once."""
    write(pack, "finding", f"{BAD_DATE}when: group.kind is community\n", id="named")
    pack.plan("uses", when="named holds", include={"frequency": {"times": 1, "per": "1 week"}})
    assert pack.codes() == ["PM122", "PM213"]


def test_an_id_at_fault_is_told_once(pack: Pack) -> None:
    pack.write("findings/named.yaml", "finding: Named\n")
    pack.must_not("uses", when="named holds")
    assert {place[0] for place in pack.places()} == {"findings/named.yaml"}
