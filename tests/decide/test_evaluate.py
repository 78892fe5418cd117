"""Single sentences: when they hold, when they do not, and when nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from facts.stated import AS_OF, NOW, at_least, conflicting, day, many, none_of, one, points
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.evaluate import World, _within, amount, evaluate
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.truth import Truth
from peer_match.policy.measures import Interval

from .made import SHIPPED, condition

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def world(group: dict[str, Any] | None = None, **facts: Any) -> World:
    views: dict[str, Any] = {
        "patient": view(person("pat", **facts), NOW, SHIPPED.vocabularies),
        "group": view(a_group("g1", **(group or {})), NOW, SHIPPED.vocabularies),
    }
    return World(Case(views), SHIPPED.findings, AS_OF)


@pytest.mark.parametrize(
    ("fact", "known", "unknown"),
    [(one(True), YES, NO), (Fact(), NO, YES), (conflicting(True, False), NO, YES)],
)
def test_whether_a_fact_is_known_is_always_known(fact: Any, known: Truth, unknown: Truth) -> None:
    told = world(mentor_wanted=fact)
    assert evaluate(condition("patient.mentor_wanted is known"), told) is known
    assert evaluate(condition("patient.mentor_wanted is unknown"), told) is unknown


@pytest.mark.parametrize(("fact", "truth"), [(one(True), YES), (one(False), NO), (Fact(), UNKNOWN)])
def test_yes_or_no(fact: Any, truth: Truth) -> None:
    assert evaluate(condition("patient.mentor_wanted is yes"), world(mentor_wanted=fact)) is truth


@pytest.mark.parametrize(
    ("kind", "same", "other"),
    [
        (one("programme"), YES, NO),
        (one("community"), NO, YES),
        (Fact(), UNKNOWN, UNKNOWN),
        (conflicting("programme", "community"), UNKNOWN, UNKNOWN),
    ],
)
def test_one_code_or_another(kind: Any, same: Truth, other: Truth) -> None:
    told = world({"kind": kind})
    assert evaluate(condition("group.kind is programme"), told) is same
    assert evaluate(condition("group.kind is not programme"), told) is other


@pytest.mark.parametrize(
    ("goals", "any_of", "all_of", "none_of_them"),
    [
        (many("find-work", "housing"), YES, YES, NO),
        (many("find-work"), YES, NO, NO),
        (at_least("find-work"), YES, UNKNOWN, NO),
        (many("money"), NO, NO, YES),
        (at_least("money"), UNKNOWN, UNKNOWN, UNKNOWN),
        (none_of("find-work"), UNKNOWN, NO, UNKNOWN),
        (none_of("find-work", "housing"), NO, NO, YES),
        (FactSet(), UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_a_list_has_any_all_or_none_of_some_codes(
    goals: Any, any_of: Truth, all_of: Truth, none_of_them: Truth
) -> None:
    told = world(goals=goals)
    named = "find-work, housing"
    assert evaluate(condition(f"patient.goals includes any of {named}"), told) is any_of
    assert evaluate(condition(f"patient.goals includes all of {named}"), told) is all_of
    assert evaluate(condition(f"patient.goals includes none of {named}"), told) is none_of_them


@pytest.mark.parametrize(
    ("goals", "topics", "shares"),
    [
        (many("find-work"), many("find-work", "money"), YES),
        (many("find-work"), many("money"), NO),
        (many("find-work"), at_least("money"), UNKNOWN),
        (at_least("find-work"), many("money"), UNKNOWN),
        (at_least("find-work"), many(), NO),
        (many(), at_least("money"), NO),
    ],
)
def test_a_list_shares_something_with_another(goals: Any, topics: Any, shares: Truth) -> None:
    told = world({"topics": topics}, goals=goals)
    assert evaluate(condition("patient.goals shares any with group.topics"), told) is shares


def test_two_open_lists_may_share_what_no_vocabulary_names() -> None:
    every = SHIPPED.vocabularies["goal"].codes
    open_list, whole = none_of(*every), many()
    shares = condition("patient.goals shares any with group.topics")
    assert evaluate(shares, world({"topics": open_list}, goals=open_list)) is UNKNOWN
    assert evaluate(shares, world({"topics": whole}, goals=open_list)) is NO
    assert evaluate(shares, world({"topics": open_list}, goals=whole)) is NO


@pytest.mark.parametrize(
    ("score", "at_least_ten", "less_than_ten"),
    [
        (points(9), NO, YES),
        (points(10), YES, NO),
        (points(11), YES, NO),
        (Fact(), UNKNOWN, UNKNOWN),
    ],
)
def test_an_amount_is_at_a_limit_or_below(
    score: Any, at_least_ten: Truth, less_than_ten: Truth
) -> None:
    told = world(phq9=score)
    assert evaluate(condition("patient.phq9 is at least 10 points"), told) is at_least_ten
    assert evaluate(condition("patient.phq9 is less than 10 points"), told) is less_than_ten


def test_an_unknown_amount_is_anything_from_nothing_up() -> None:
    assert amount("patient.phq9", world()) == Interval(0, None)
    assert amount("patient.phq9", world(phq9=points(4))) == Interval(4, 4)
    at_least_nothing = condition("patient.phq9 is at least 0 points")
    assert evaluate(at_least_nothing, world()) is YES


@pytest.mark.parametrize(
    ("date", "before", "after"),
    [
        ("2026-02-14", YES, NO),
        ("2026-02-15", NO, NO),
        ("2026-02-16", NO, YES),
        ("2026-02", UNKNOWN, UNKNOWN),
        ("2026-01", YES, NO),
        ("2026-02-15T12:00:00-08:00", NO, NO),
    ],
)
def test_a_date_is_before_or_after_a_day(date: str, before: Truth, after: Truth) -> None:
    told = world(birth_date=day(date))
    assert evaluate(condition("patient.birth_date is before 2026-02-15"), told) is before
    assert evaluate(condition("patient.birth_date is after 2026-02-15"), told) is after
    assert evaluate(condition("patient.birth_date is before 2026-02-15"), world()) is UNKNOWN


@pytest.mark.parametrize(
    ("date", "ago", "less"),
    [
        ("2026-02-22T12:00:00-08:00", YES, NO),
        ("2026-02-22T12:00:01-08:00", NO, YES),
        ("2026-02-22T20:00:01+00:00", NO, YES),
        ("2026-02-22T11:59:59-08:00", YES, NO),
        ("2026-02-22", YES, NO),
        ("2026-02-23", NO, YES),
        ("2026-02", UNKNOWN, UNKNOWN),
    ],
)
def test_a_date_is_so_long_ago_to_the_instant_or_to_the_day(
    date: str, ago: Truth, less: Truth
) -> None:
    told = world(birth_date=day(date))
    assert evaluate(condition("patient.birth_date is at least 7 days ago"), told) is ago
    assert evaluate(condition("patient.birth_date is less than 7 days ago"), told) is less


@pytest.mark.parametrize(
    ("date", "within"),
    [
        ("2026-02-22T12:00:00-08:00", NO),
        ("2026-02-22T12:00:01-08:00", YES),
        ("2026-03-01T12:00:00-08:00", YES),
        ("2026-02-22", NO),
        ("2026-02-23", YES),
        ("2026-03-01", YES),
        ("2026-02", UNKNOWN),
        ("2026-01", NO),
    ],
)
def test_a_date_is_within_a_span_that_ends_now(date: str, within: Truth) -> None:
    told = world(birth_date=day(date))
    assert evaluate(condition("patient.birth_date is within 7 days"), told) is within


def test_a_finding_holds_as_its_condition_does_and_is_unknown_out_of_force() -> None:
    told = world(record_status=one("deceased"))
    sentence = condition("record-out-of-use holds")
    assert evaluate(sentence, told) is YES
    early = World(told.facts, told.findings, AS_OF.replace(year=2000))
    assert evaluate(sentence, early) is UNKNOWN


def test_a_world_on_other_facts_keeps_its_findings_and_its_moment() -> None:
    told, other = world(), world(mentor_wanted=one(True))
    moved = told.on(other.facts)
    assert (moved.facts, moved.findings, moved.as_of) == (other.facts, told.findings, AS_OF)


@pytest.mark.parametrize(
    ("low", "high", "truth"),
    [
        (10, 20, YES),
        (None, 20, YES),
        (10, None, YES),
        (11, None, UNKNOWN),
        (20, None, UNKNOWN),
        (21, None, NO),
        (None, 10, UNKNOWN),
        (None, 9, NO),
        (11, 19, UNKNOWN),
    ],
)
def test_a_range_is_within_limits_or_outside_only_as_a_whole(
    low: int | None, high: int | None, truth: Truth
) -> None:
    assert _within(Interval(10, 20), low, high) is truth
    assert _within(Interval(10, None), 5, high=5) is NO
    assert _within(Interval(10, None), 11, high=None) is UNKNOWN
