"""Rules that are complete and of one piece are bound; what is amiss is told at its words."""

import pytest

from peer_match.policy.policy import Policy

from .faults import told, told_without_files, write
from .packs import Pack

NO_GOAL = "when: patient.goals includes none of group.topics\n"
MET = "measure: share of patient.goals met by group.topics\n"
FAR = "measure: travel distance from patient.home to group.place\n"


def faults(pack: Pack, code: str, kind: str, text: str, folder: str = "") -> str:
    """What is told of one rule with one fault of that code, without the name of its file."""
    write(pack, kind, text, folder=folder)
    assert pack.codes() == [code]
    return told_without_files(pack)


def rule_of(pack: Pack, kind: str, text: str, folder: str = "") -> Policy:
    """The policy of the same pack with a rule that is right."""
    return write(pack, kind, text, folder=folder).policy()


# -- PM136: the folder -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "folder", "where", "help"),
    [
        ("must_not", "groups", "in `groups`", "did you mean `group`?"),
        ("prefer", "mentors/prefer", "in `mentors`", "did you mean `mentor`?"),
        ("must_not", "safety/must_not", "in `safety`",
         "move the file; the folder says whom the rule is about"),
        ("prefer", ".", "in no folder", "move the file; the folder says whom the rule is about"),
        ("must_not", "plan", "in `plan`", "move the file; the folder says whom the rule is about"),
    ],
)  # fmt: skip
def test_a_rule_in_a_folder_that_does_not_say_whom_it_is_about(
    pack: Pack, kind: str, folder: str, where: str, help: str
) -> None:
    """It is told once: that its facts may be read is not in doubt as well."""
    write(pack, kind, "when: group.kind is community\n", folder=folder)
    (problem,) = pack.problems()
    place = problem.position
    assert (problem.code, place.line, place.column) == ("PM136", 1, 1)
    assert place.end_column - place.column == len(kind)
    assert problem.message == (
        f"a {kind} rule stands below `group` or `mentor`, and this one {where}"
    )
    assert problem.help == help
    pack.root.joinpath(folder, "the-rule.yaml").unlink()
    write(pack, kind, "when: group.kind is community\n", folder="group/anything/deeper")
    assert told(pack) == "\n"


def test_findings_supports_and_plans_stand_in_any_folder(pack: Pack) -> None:
    pack.finding("found", folder="anywhere", when="group.kind is community")
    pack.plan("planned", folder=".", include={"format": "any"})
    assert pack.codes() == []


# -- PM301: widen and caps -------------------------------------------------------------------------


def test_widen_without_a_cap(pack: Pack) -> None:
    assert (
        faults(pack, "PM301", "must_not", f"{NO_GOAL}if_unknown: widen\n")
        == """\
:11:13: PM301 error: `widen` is for rules with a `cap`, and this rule has none
  11 | if_unknown: widen
     |             ^^^^^
  help: write `hold`, `ask` or `allow`; only a score can become a range
"""
    )
    assert rule_of(pack, "must_not", f"{NO_GOAL}if_unknown: hold\n").must_nots[0].cap is None


def test_a_cap_without_widen(pack: Pack) -> None:
    assert (
        faults(pack, "PM301", "must_not", f"{NO_GOAL}cap: 40 percent\nif_unknown: hold\n")
        == """\
:12:13: PM301 error: with a `cap`, what is unknown makes the score a range
  12 | if_unknown: hold
     |             ^^^^
  help: write `if_unknown: widen`
"""
    )
    right = f"{NO_GOAL}cap: 40 percent\nif_unknown: widen\n"
    assert rule_of(pack, "must_not", right).must_nots[0].cap == 40


# -- PM303: ways to give points --------------------------------------------------------------------

WAYS = {
    "when and measure": (
        f"when: group.kind is community\n{MET}grade: {{0 percent: 0, 100 percent: 100}}\n",
        """\
:14:1: PM303 error: a preference gives points by `when` or by `measure`, not by both
  14 | measure: share of patient.goals met by group.topics
     | ^^^^^^^
  help: keep one of the two; what limits for whom it counts is `applies_when`
""",
    ),
    "neither": (
        "weight: 5\n",
        """\
:1:1: PM303 error: the preference does not say what it gives points for
  1 | prefer: the-rule
    | ^^^^^^
  help: add `when`, or `measure` with `grade`
""",
    ),
    "a measure alone": (
        MET,
        """\
:13:1: PM303 error: a `measure` without a `grade` gives no points
  13 | measure: share of patient.goals met by group.topics
     | ^^^^^^^
  help: add a `grade`, such as `grade: {2 km: 100, 40 km: 0}`
""",
    ),
    "a grade alone": (
        "grade: {2 km: 100, 40 km: 0}\n",
        """\
:13:1: PM303 error: a `grade` is of a `measure`, and there is none
  13 | grade: {2 km: 100, 40 km: 0}
     | ^^^^^
  help: add a line such as `measure: travel distance from patient.home to group.place`
""",
    ),
    "when with a grade": (
        "when: group.kind is community\ngrade: {2 km: 100, 40 km: 0}\n",
        """\
:14:1: PM303 error: a `grade` is of a `measure`, and there is none
  14 | grade: {2 km: 100, 40 km: 0}
     | ^^^^^
  help: add a line such as `measure: travel distance from patient.home to group.place`
""",
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_preference_gives_points_in_one_way(pack: Pack, name: str) -> None:
    text, expected = WAYS[name]
    assert faults(pack, "PM303", "prefer", text) == expected
    assert pack.codes() == ["PM303"]


@pytest.mark.parametrize(
    "text",
    [
        "when: group.kind is community\n",
        f"{MET}grade: {{0 percent: 0, 100 percent: 100}}\n",
        f"{MET}grade: {{0 percent: 0, 100 percent: 100}}\napplies_when: group.kind is community\n",
    ],
)
def test_either_way_is_fine(pack: Pack, text: str) -> None:
    (rule,) = rule_of(pack, "prefer", text).prefers
    assert (rule.when is None) != (rule.grade is None)


def test_what_is_wrong_within_one_way_is_told_beside_having_two(pack: Pack) -> None:
    text = (
        "when: group.kind is comunity\n"
        "measure: share of patient.goals met by group.place\n"
        "grade: {0 percent: 0, 100 percent: 100}\n"
    )
    write(pack, "prefer", text)
    assert [place[1:] for place in pack.places()] == [
        (13, 21, "PM202"), (14, 1, "PM303"), (14, 40, "PM203"),
    ]  # fmt: skip


# -- PM304, PM305: weight and side -----------------------------------------------------------------


def test_a_weight_of_nothing(pack: Pack) -> None:
    assert (
        faults(pack, "PM304", "prefer", "weight: 0\nwhen: group.kind is community\n")
        == """\
:12:9: PM304 error: a weight of 0 can never matter
  12 | weight: 0
     |         ^
  help: remove the rule, or set `status: retired`
"""
    )
    right = "weight: 1\nwhen: group.kind is community\n"
    assert rule_of(pack, "prefer", right).prefers[0].weight == 1
    retired = "weight: 0\nwhen: group.kind is community\nstatus: retired\n"
    assert rule_of(pack, "prefer", retired).prefers[0].weight == 0


def test_a_group_has_no_side(pack: Pack) -> None:
    text = "side: mentor\nwhen: patient.new_to_groups is yes\n"
    assert (
        faults(pack, "PM305", "prefer", text)
        == """\
:13:7: PM305 error: a group has no side of its own
  13 | side: mentor
     |       ^^^^^^
  help: remove the line, or move the file below `mentor/` if it is about mentors
"""
    )
    (pack.root / "group/prefer/the-rule.yaml").unlink()
    assert rule_of(pack, "prefer", text, "mentor/prefer").prefers[0].side == "mentor"
    novice = "side: novice\nwhen: patient.new_to_groups is yes\n"
    (pack.root / "mentor/prefer/the-rule.yaml").unlink()
    assert rule_of(pack, "prefer", novice).prefers[0].side == "novice"


# -- PM306: what a plan includes -------------------------------------------------------------------


def test_a_plan_rule_that_includes_nothing(pack: Pack) -> None:
    where, marked, carets, help = faults(
        pack, "PM306", "plan", "include: {}\n", "plan"
    ).splitlines()
    assert where == ":11:10: PM306 error: the rule includes nothing in the plan"
    assert (marked, carets) == ("  11 | include: {}", "     |          ^^")
    assert help == (
        "  help: name one of `frequency`, `format`, `goal`, `check_in`, `contact`, `proposals`, "
        "`task` or `friction`"
    )


def test_a_plan_rule_that_includes_two_things(pack: Pack) -> None:
    text = """\
include:
  frequency: {times: 1, per: 1 week}
  proposals: {groups: 2, mentors: 1}
"""
    assert (
        faults(pack, "PM306", "plan", text, "plan")
        == """\
:13:3: PM306 error: a plan rule includes one thing, and `proposals` is one more
  13 |   proposals: {groups: 2, mentors: 1}
     |   ^^^^^^^^^
  help: give each thing a rule of its own, so that each has its own reason
"""
    )
    one = "include:\n  frequency: {times: 1, per: 1 week}\n"
    assert rule_of(pack, "plan", one, "plan").plans[0].include.frequency is not None


# -- PM307, PM308: grades and caps -----------------------------------------------------------------


def test_a_cap_above_a_hundred(pack: Pack) -> None:
    assert (
        faults(pack, "PM307", "must_not", f"{NO_GOAL}cap: 101 percent\nif_unknown: widen\n")
        == """\
:11:6: PM307 error: a cap is a percentage up to 100
  11 | cap: 101 percent
     |      ^^^^^^^^^^^
  help: write the highest score that is left, such as `40 percent`
"""
    )
    for cap in (0, 100):
        right = f"{NO_GOAL}cap: {cap} percent\nif_unknown: widen\n"
        assert rule_of(pack, "must_not", right).must_nots[0].cap == cap


def test_a_grade_above_a_hundred(pack: Pack) -> None:
    assert (
        faults(pack, "PM307", "prefer", f"{FAR}grade: {{2 km: 110, 40 km: 0}}\n")
        == """\
:14:15: PM307 error: a grade is a percentage up to 100
  14 | grade: {2 km: 110, 40 km: 0}
     |               ^^^
  help: write what part of the weight the amount earns, from 0 to 100
"""
    )
    (rule,) = rule_of(pack, "prefer", f"{FAR}grade: {{2 km: 100, 40 km: 0}}\n").prefers
    assert rule.grade is not None
    assert rule.grade.knots == ((2_000, 100), (40_000, 0))


def test_a_grade_of_one_amount(pack: Pack) -> None:
    assert (
        faults(pack, "PM308", "prefer", f"{FAR}grade: {{2 km: 100}}\n")
        == """\
:14:9: PM308 error: a grade needs at least two amounts
  14 | grade: {2 km: 100}
     |         ^^^^
  help: give the amount that earns 100 and the amount that earns 0
"""
    )


def test_a_grade_with_one_amount_twice(pack: Pack) -> None:
    text = f"{FAR}grade:\n  2 km: 100\n  10 km: 50\n  2000 m: 0\n"
    assert (
        faults(pack, "PM308", "prefer", text)
        == """\
:17:3: PM308 error: `2000 m` is the same amount as `2 km`
  17 |   2000 m: 0
     |   ^^^^^^
  help: keep one of the two
"""
    )
    right = f"{FAR}grade:\n  2 km: 100\n  10 km: 50\n  2001 m: 0\n"
    assert rule_of(pack, "prefer", right).prefers[0].grade is not None


def test_a_grade_in_which_every_amount_earns_the_same(pack: Pack) -> None:
    """It would give the points for the measure being known, whatever it is."""
    text = f"{FAR}grade:\n  2 km: 100\n  10 km: 100\n"
    assert (
        faults(pack, "PM308", "prefer", text)
        == """\
:15:3: PM308 error: every amount earns the same
  15 |   2 km: 100
     |   ^^^^
  help: give the amount that earns 100 and the amount that earns 0
"""
    )
    right = f"{FAR}grade:\n  2 km: 100\n  10 km: 100\n  10001 m: 0\n"
    assert rule_of(pack, "prefer", right).prefers[0].grade is not None
