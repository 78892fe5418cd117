"""What a preference gives, how grades are read off, and how points become a score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, at_least, many, one, place
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import FULL_SCORE, Points, Score
from peer_match.decide.evaluate import World
from peer_match.decide.score import grade_at, grade_range, score_rule, total
from peer_match.policy.condition import AnyOf
from peer_match.policy.measures import Interval
from peer_match.policy.reads import all_facts

from .made import SHIPPED, condition, grade, points, prefer

WAY = "travel distance from patient.home to group.place"
UP_AND_DOWN = grade(WAY, (10, 0), (20, 100), (30, 50))
ONLINE = "group.formats includes online"


def scored(rule: Any, group: dict[str, Any] | None = None, **facts: Any) -> Points:
    views: dict[str, Any] = {
        "patient": view(person("pat", **facts), NOW, SHIPPED.vocabularies),
        "group": view(a_group("g1", **(group or {})), NOW, SHIPPED.vocabularies),
    }
    world = World(Case(views), SHIPPED.findings, AS_OF)
    return score_rule(rule, world, all_facts(rule, SHIPPED.findings), 150)


# -- grades ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "found"),
    [
        (0, 0), (10, 0), (11, 1_000), (13, 3_000), (19, 9_000), (20, 10_000),
        (21, 9_500), (29, 5_500), (30, 5_000), (31, 5_000), (10_000, 5_000),
    ],
)  # fmt: skip
def test_a_grade_is_read_off_straight_lines_and_is_level_outside_them(
    amount: int, found: int
) -> None:
    assert grade_at(UP_AND_DOWN, amount) == found


def test_a_grade_is_rounded_down() -> None:
    assert grade_at(grade(WAY, (0, 0), (3, 100)), 1) == 3_333
    assert grade_at(grade(WAY, (0, 100), (3, 0)), 1) == 6_666


@pytest.mark.parametrize(
    ("low", "high", "grades"),
    [
        (15, 15, (5_000, 5_000)),
        (12, 18, (2_000, 8_000)),
        (12, 28, (2_000, 10_000)),
        (20, 30, (5_000, 10_000)),
        (25, None, (5_000, 7_500)),
        (0, None, (0, 10_000)),
        (40, None, (5_000, 5_000)),
    ],
)
def test_the_grades_of_a_range_are_those_of_its_ends_and_of_every_knot_inside(
    low: int, high: int | None, grades: tuple[int, int]
) -> None:
    assert grade_range(UP_AND_DOWN, Interval(low, high)) == grades


def test_beyond_every_knot_the_grade_is_that_of_the_last() -> None:
    assert grade_range(grade(WAY, (0, 100), (7_000, 0)), Interval(3_500, None)) == (0, 5_000)


# -- points ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formats", "low", "high"),
    [
        (many("online"), 10_000, 10_000),
        (many("in-person"), 0, 0),
        (at_least("in-person"), 0, 10_000),
    ],
)
def test_a_condition_gives_all_or_nothing_or_anything_between(
    formats: Any, low: int, high: int
) -> None:
    found = scored(prefer("r", ONLINE, weight=4, side="mentor"), {"formats": formats})
    assert (found.rule, found.side, found.applies, found.measured) == ("r", "mentor", "yes", None)
    assert (found.weight, found.low, found.high) == (6_000_000, 600 * low, 600 * high)
    assert (found.grade_low, found.grade_high) == (low, high)
    assert found.facts == ("group.formats@g1",)
    assert found.unknown_facts == (("group.formats@g1",) if low != high else ())


def test_only_what_is_unknown_is_named_as_unknown() -> None:
    rule = prefer("r", "patient.goals shares any with group.topics")
    found = scored(rule, {"topics": at_least("money")}, goals=many("find-work"))
    assert found.facts == ("patient.goals", "group.topics@g1")
    assert found.unknown_facts == ("group.topics@g1",)


def test_where_all_is_settled_nothing_is_named_as_unknown() -> None:
    """One of two conditions is enough; that the other is unknown changes nothing."""
    either = AnyOf((condition(ONLINE), condition("group.topics includes money")))
    rule = replace(prefer("r", ONLINE), when=either)
    assert scored(rule, {"formats": many("online")}).unknown_facts == ()


@pytest.mark.parametrize(
    ("kind", "applies", "ends"),
    [
        ("programme", "yes", (10_000, 10_000)),
        ("community", "no", (0, 0)),
        (None, "unknown", (0, 10_000)),
    ],
)
def test_a_rule_counts_where_it_applies(
    kind: str | None, applies: str, ends: tuple[int, int]
) -> None:
    rule = prefer("r", ONLINE, weight=1, applies_when=condition("group.kind is programme"))
    facts = {"formats": many("online")} | ({} if kind is None else {"kind": one(kind)})
    found = scored(rule, facts)
    assert (found.applies, (found.grade_low, found.grade_high)) == (applies, ends)
    assert found.weight == (0 if applies == "no" else 1_500_000)
    assert found.low == found.weight // 10_000 * ends[0]
    assert found.high == found.weight // 10_000 * ends[1]
    assert found.facts == ("group.formats@g1", "group.kind@g1")
    assert found.unknown_facts == (("group.kind@g1",) if applies == "unknown" else ())


def test_a_measure_gives_a_grade_and_is_told_in_words() -> None:
    rule = prefer("r", None, grade=grade(WAY, (0, 100), (7_000, 0)))
    found = scored(rule, {"place": place(0, 0.026979646)}, home=place(0, 0))
    assert (found.measured, found.grade_low, found.grade_high) == ("3.0 km", 5_714, 5_714)
    assert found.unknown_facts == ()


def test_an_unknown_measure_gives_a_range_and_says_so() -> None:
    rule = prefer("r", None, grade=grade(WAY, (0, 100), (7_000, 0)))
    found = scored(rule, {"place": place(0, 0)})
    assert (found.measured, found.grade_low, found.grade_high) == ("unknown", 0, 10_000)
    assert found.unknown_facts == ("patient.home",)


def test_a_measure_of_a_range_tells_both_ends() -> None:
    rule = prefer(
        "r",
        None,
        grade=grade("share of patient.goals met by group.topics", (0, 0), (100, 100)),
    )
    found = scored(rule, {"topics": at_least("money")}, goals=many("money", "find-work"))
    assert (found.measured, found.grade_low, found.grade_high) == (
        "50 percent to 100 percent", 5_000, 10_000,
    )  # fmt: skip


def test_an_error_widens_to_the_whole_weight() -> None:
    found = scored(broken())
    assert (found.applies, found.measured) == ("error", None)
    assert (found.grade_low, found.grade_high, found.weight) == (0, 10_000, 15_000_000)


def broken() -> Any:
    """A rule whose measure has no line to be read off."""
    return prefer("r", None, grade=grade(WAY))


# -- scores ----------------------------------------------------------------------------------------


def weighing(rule: str, weight: int, low: int, high: int, applies: Any = "yes") -> Points:
    return points(rule, weight * low, weight * high, weight=weight * FULL_SCORE, applies=applies)


def test_a_score_is_the_sum_of_points_over_the_sum_of_weights_rounded_down() -> None:
    given = [
        weighing("a", 3, 1_000, 2_000),
        weighing("b", 4, 0, 10_000, "unknown"),
        points("c", 70_000, 70_000, weight=90_000, applies="no"),
    ]
    assert total(given, []) == Score(428, 6_571, 3_000, 46_000, 7)


@pytest.mark.parametrize("given", [[], [points("a", weight=0)], [points("a", applies="no")]])
def test_where_no_rule_has_a_say_there_is_no_score(given: list[Points]) -> None:
    assert total(given, []) is None


@pytest.mark.parametrize(
    ("caps", "low", "high", "named"),
    [
        ([("sure", 5_000, True)], 3_000, 5_000, ("sure",)),
        ([("sure", 2_000, True)], 2_000, 2_000, ("sure",)),
        ([("sure", 9_000, True)], 3_000, 9_000, ()),
        ([("sure", 9_500, True)], 3_000, 9_000, ()),
        ([("perhaps", 5_000, False)], 3_000, 9_000, ()),
        ([("perhaps", 3_000, False)], 3_000, 9_000, ()),
        ([("perhaps", 2_000, False)], 2_000, 9_000, ("perhaps",)),
        ([("b", 4_000, True), ("a", 5_000, True)], 3_000, 4_000, ("a", "b")),
        ([("b", 5_000, True), ("a", 4_000, True)], 3_000, 4_000, ("a",)),
    ],
)
def test_a_cap_limits_both_ends_where_it_is_sure_and_the_low_end_where_it_may_be(
    caps: list[tuple[str, int, bool]], low: int, high: int, named: tuple[str, ...]
) -> None:
    found = total([weighing("a", 2, 3_000, 9_000)], caps)
    assert found == Score(low, high, 6_000, 18_000, 2, named)
