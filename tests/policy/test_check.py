"""What a rule refers to is there, can be read by the rule, and could help it."""

from typing import Any

import pytest

from .faults import told, told_without_files, write
from .packs import Pack

FAR = "travel distance from patient.home to group.place is more than 40 km"
LIFTED: dict[str, Any] = {
    "when": FAR,
    "override": {"all_of": ["patient"], "at_most": "90 days"},
    "lifted_by": ["a-ride"],
}
RIDE = ["patient.home becomes group.place"]


def lines_of(pack: Pack) -> list[str]:
    return told(pack).splitlines()


# -- PM212: findings -------------------------------------------------------------------------------


def test_a_finding_that_is_not_there(pack: Pack) -> None:
    pack.finding("early-recovery", when="patient.goals includes stay-stopped")
    write(
        pack,
        "must_not",
        "when:\n  all:\n    - group.kind is community\n    - not: early-recovry holds\n",
    )
    assert (
        told(pack)
        == """\
pack/group/must_not/the-rule.yaml:14:12: PM212 error: no finding is called `early-recovry`
  14 |     - not: early-recovry holds
     |            ^^^^^^^^^^^^^^^^^^^
  help: did you mean `early-recovery`?
"""
    )
    write(pack, "must_not", "when: early-recovery holds\n")
    assert told(pack) == "\n"


def test_without_a_near_name_the_findings_there_are_are_listed(pack: Pack) -> None:
    pack.must_not("the-rule", when="zzz holds")
    (problem,) = pack.problems()
    assert (problem.code, problem.help) == ("PM212", "the findings are `record-out-of-use`")


def test_the_id_of_another_rule_is_no_finding(pack: Pack) -> None:
    """`holds` is said of findings, not of blocks or supports."""
    pack.must_not("a-block", when="group.kind is community")
    pack.must_not("the-rule", when="a-block holds")
    assert [(one.code, one.position.line) for one in pack.problems()] == [("PM212", 11)]


def test_the_finding_of_a_plan_that_is_not_there(pack: Pack) -> None:
    pack.edit("pack.yaml", "finding: record-out-of-use", "finding: record-out-of-us")
    assert lines_of(pack)[0].endswith("PM212 error: no finding is called `record-out-of-us`")
    assert lines_of(pack)[-1] == "  help: did you mean `record-out-of-use`?"
    (problem,) = pack.problems()
    assert problem.position.end_column - problem.position.column == len("record-out-of-us")


@pytest.mark.parametrize("id", ["at", "share", "time", "travel"])
def test_a_finding_that_no_sentence_can_name(pack: Pack, id: str) -> None:
    pack.finding(id, when="group.kind is community")
    (problem,) = pack.problems()
    assert (problem.code, problem.position.line) == ("PM219", 1)
    assert problem.position.column == len("finding: ") + 1
    assert problem.message == f"`{id}` is a word of sentences, so no rule can name this finding"
    pack.root.joinpath("findings", f"{id}.yaml").unlink()
    pack.finding(f"{id}-home", when="group.kind is community")
    pack.must_not("the-rule", when=f"{id}-home holds")
    assert pack.codes() == []


# -- PM213: what findings and supports read --------------------------------------------------------


def test_a_finding_that_reads_what_the_rule_cannot(pack: Pack) -> None:
    pack.finding("taking-people", when="mentor.languages includes english")
    pack.must_not("the-rule", when={"any": ["group.kind is community", "taking-people holds"]})
    (problem,) = pack.problems()
    assert problem.code == "PM213"
    assert problem.message == "`taking-people` reads `mentor.languages`, which this rule cannot"
    assert problem.help == "this rule reads facts of `facilitator`, `group`, `pair` and `patient`"
    place = problem.position
    before = 'when: {"any": ["group.kind is community", '
    assert (place.line, place.column) == (11, len(before) + 1)
    assert place.end_column - place.column == len('"taking-people holds"')
    (pack.root / "group/must_not/the-rule.yaml").unlink()
    pack.must_not("the-rule", folder="mentor/must_not", when="taking-people holds")
    assert pack.codes() == []


def test_a_finding_of_a_finding_counts(pack: Pack) -> None:
    pack.finding("inner", when="group.kind is community")
    pack.finding("outer", when={"not": "inner holds"})
    pack.plan("the-rule", include={"format": "any"}, when="outer holds")
    assert [(one.code, one.message) for one in pack.problems()] == [
        ("PM213", "`outer` reads `group.kind`, which this rule cannot")
    ]


def test_a_support_that_reads_what_the_rule_cannot_is_told_once(pack: Pack) -> None:
    """Not also as one that changes nothing: the author named the wrong support, once."""
    pack.support("a-swap", provides=["patient.availability becomes mentor.availability"])
    pack.must_not("the-rule", **{**LIFTED, "lifted_by": ["a-swap"]})
    (problem,) = pack.problems()
    assert problem.code == "PM213"
    assert problem.message == "`a-swap` reads `mentor.availability`, which this rule cannot"
    assert problem.position.end_column - problem.position.column == len('"a-swap"')


def test_the_finding_of_a_plan_is_about_the_patient(pack: Pack) -> None:
    pack.finding("no-room", when="group.kind is community")
    pack.edit("pack.yaml", "finding: record-out-of-use", "finding: no-room")
    (problem,) = pack.problems()
    assert (problem.code, problem.message, problem.help) == (
        "PM213",
        "`no-room` reads `group.kind`; a plan knows the patient only",
        "name a finding that reads facts of `patient` alone",
    )
    assert problem.position.end_column - problem.position.column == len("no-room")


# -- PM215: supports -------------------------------------------------------------------------------


def test_a_support_that_is_not_there(pack: Pack) -> None:
    pack.support("a-ride", provides=RIDE)
    pack.must_not("lifted", **LIFTED)
    write(
        pack,
        "must_not",
        f"when: {FAR}\n"
        "override: {all_of: [patient], at_most: 90 days}\n"
        "lifted_by:\n  - a-ride\n  - aride\n",
    )
    assert (
        told(pack)
        == """\
pack/group/must_not/the-rule.yaml:15:5: PM215 error: no support is called `aride`
  15 |   - aride
     |     ^^^^^
  help: did you mean `a-ride`?
"""
    )


@pytest.mark.parametrize(
    ("supports", "help"),
    [
        ([], "the pack has no supports"),
        (["a-ride", "a-fare"], "the supports are `a-fare` and `a-ride`"),
        ([f"help-{n}" for n in range(9)], ""),
    ],
)
def test_without_a_near_name_few_supports_are_listed(
    pack: Pack, supports: list[str], help: str
) -> None:
    for id in supports:
        pack.support(id, provides=RIDE, status="draft")
    pack.must_not("the-rule", **{**LIFTED, "lifted_by": ["zzz"]})
    assert [(one.code, one.help) for one in pack.problems()] == [("PM215", help)]


def test_a_finding_is_no_support(pack: Pack) -> None:
    pack.must_not("the-rule", **{**LIFTED, "lifted_by": ["record-out-of-use"]})
    assert pack.codes() == ["PM215"]


# -- PM312: supports that could help ---------------------------------------------------------------


def test_a_support_that_changes_nothing_that_the_rule_reads(pack: Pack) -> None:
    pack.support("a-ride", provides=RIDE)
    pack.support("captioning", provides=["group.accessibility gains captions"])
    write(
        pack,
        "must_not",
        f"when: {FAR}\n"
        "override: {all_of: [patient], at_most: 90 days}\n"
        "lifted_by: [a-ride, captioning]\n",
    )
    assert (
        told_without_files(pack)
        == """\
:13:21: PM312 error: `captioning` changes nothing that this rule reads
  13 | lifted_by: [a-ride, captioning]
     |                     ^^^^^^^^^^
  help: name a support whose `provides` is about a fact and a value of this rule
"""
    )


NEEDS = "patient.accessibility_needs includes captions"
OFFERS = "group.accessibility includes none of captions"


@pytest.mark.parametrize(
    ("provides", "when", "helps"),
    [
        # the value that the rule asks for, or another one
        ("group.accessibility gains captions", OFFERS, True),
        ("group.accessibility gains interpreter, captions", OFFERS, True),
        ("group.accessibility gains interpreter", OFFERS, False),
        ("group.accessibility becomes interpreter", OFFERS, True),
        # a narrower value is a kind of the one that the rule asks for
        ("group.concerns gains opioids", "group.concerns includes none of any-substance", True),
        ("group.concerns gains gambling", "group.concerns includes none of any-substance", False),
        # whatever value it is, when it is compared with another fact or measured
        ("group.languages gains english", "patient.languages includes none of group.languages",
         True),
        ("group.languages gains patient.languages", "group.languages includes none of english",
         True),
        ("group.topics gains housing",
         "share of patient.goals met by group.topics is less than 50 percent", True),
        # by way of a finding
        ("group.accessibility gains captions", "nothing-to-read holds", True),
        ("group.accessibility gains interpreter", "nothing-to-read holds", False),
    ],
)  # fmt: skip
def test_a_support_helps_where_it_changes_a_value_that_is_asked_for(
    pack: Pack, provides: str, when: str, helps: bool
) -> None:
    pack.finding("nothing-to-read", when={"all": [NEEDS, OFFERS]})
    pack.support("a-ride", provides=[provides])
    pack.must_not("the-rule", **{**LIFTED, "when": when})
    assert pack.codes() == ([] if helps else ["PM312"])
    if not helps:
        fact = provides.split(maxsplit=1)[0]
        (problem,) = pack.problems()
        assert problem.message == f"`a-ride` changes no value of `{fact}` that this rule reads"


def test_a_support_may_help_a_measure_or_what_a_preference_applies_to(pack: Pack) -> None:
    pack.support("a-topic", provides=["group.topics gains housing"])
    pack.prefer(
        "measured",
        measure="share of patient.goals met by group.topics",
        grade={"0 percent": 0, "100 percent": 100},
        lifted_by=["a-topic"],
    )
    pack.prefer(
        "applying",
        applies_when="group.topics includes housing",
        when="group.kind is community",
        lifted_by=["a-topic"],
    )
    assert pack.codes() == []
