"""One suggestion: what is told of a target, and which supports lift what keeps it apart."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, many, one
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Suggestion
from peer_match.decide.evaluate import World
from peer_match.decide.pairings import MOST_SUPPORTS, Rulebook, is_offered, suggestion
from peer_match.decide.screen import Pairing
from peer_match.policy.policy import MustNot
from peer_match.policy.reads import all_facts

from .made import SHIPPED, must_not, prefer, support

TOPICS = ("housing", "money", "education", "parenting")


def book(*rules: Any, supports: tuple[Any, ...] = ()) -> Rulebook:
    reads = {rule.id: all_facts(rule, SHIPPED.findings) for rule in rules}
    blocks = tuple(one for one in rules if isinstance(one, MustNot))
    prefers = tuple(one for one in rules if not isinstance(one, MustNot))
    return Rulebook("group", blocks, prefers, {one.id: one for one in supports}, reads, {})


def pairing(rules: Rulebook, *, existing: bool = False, **facts: Any) -> Pairing:
    views: dict[str, Any] = {
        "patient": view(person(goals=many()), NOW, SHIPPED.vocabularies),
        "group": view(a_group("g1", **facts), NOW, SHIPPED.vocabularies),
    }
    world = World(Case(views), SHIPPED.findings, AS_OF)
    return Pairing("g1", "pat", (world,), existing, (), rules.reads)


def suggested(rules: Rulebook, doubts: tuple[str, ...] = (), **facts: Any) -> Suggestion:
    return suggestion(rules, pairing(rules, **facts), "Seven", doubts)


def test_a_suggestion_says_which_target_it_is_about() -> None:
    found = suggested(book(), ("may not meet every week",), existing=True)
    assert (found.target, found.kind, found.name) == ("g1", "group", "Seven")
    assert (found.existing, found.doubts, found.changes) == (True, ("may not meet every week",), ())
    assert (found.outcome, found.score, found.novice_score, found.mentor_score) == (
        "allowed", None, None, None,
    )  # fmt: skip


def lacking(topic: str) -> MustNot:
    """Keeps apart from a group that lacks a topic, which a support of that name brings."""
    return must_not(
        f"no-{topic}", f"group.topics includes none of {topic}", lifted_by=(f"bring-{topic}",)
    )


def bringing(topic: str) -> Any:
    return support(f"bring-{topic}", f"group.topics gains {topic}")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_three_supports_at_once_are_a_plan_and_four_are_not(number: int) -> None:
    topics = TOPICS[:number]
    rules = book(*map(lacking, topics), supports=tuple(map(bringing, topics)))
    found = suggested(rules, topics=many())
    assert MOST_SUPPORTS == 3
    if number <= MOST_SUPPORTS:
        assert found.supports == tuple(sorted(f"bring-{topic}" for topic in topics))
        assert found.outcome == "allowed"
    else:
        assert (found.supports, found.outcome) == ((), "blocked")


def test_the_fewest_supports_are_taken_and_of_as_many_the_first_by_id() -> None:
    either = must_not(
        "no-housing", "group.topics includes none of housing", lifted_by=("c", "b", "a")
    )
    a = support("a", "group.topics gains money")
    b, c = (support(id, "group.topics gains housing") for id in "bc")
    assert suggested(book(either, supports=(c, b, a)), topics=many()).supports == ("b",)


def test_what_is_kept_apart_tells_what_keeps_it_apart_and_no_points() -> None:
    rules = book(
        must_not("blocks", "group.topics includes none of housing"),
        must_not("warns", "group.topics includes none of money", outcome="caution"),
        must_not("asks", "group.topics includes none of money", outcome="ask"),
        prefer("likes", "group.topics includes none of money"),
    )
    apart = suggested(rules, topics=many())
    assert [each.rule for each in apart.screening] == ["blocks"]
    assert (apart.passed, apart.points, apart.score) == (("warns", "asks"), (), None)
    together = suggested(rules, topics=many("housing"))
    assert [each.rule for each in together.screening] == ["warns", "asks"]
    assert together.passed == ("blocks",)
    assert together.outcome == "ask"
    assert [each.rule for each in together.points] == ["likes"]


def test_a_support_is_offered_unless_it_is_surely_out_of_place() -> None:
    for kind, offered in (("programme", True), ("community", False), (None, True)):
        help = support("help", "group.topics gains money", offered_when="group.kind is programme")
        rules = book(supports=(help,))
        facts: dict[str, Any] = {} if kind is None else {"kind": one(kind)}
        assert is_offered(rules, "help", pairing(rules, **facts)) == offered
    assert not is_offered(book(), "help", pairing(book()))


def test_a_support_that_cannot_be_evaluated_lifts_nothing() -> None:
    help = support("help", "group.topics gains money", offered_when="record-out-of-use holds")
    rules = book(supports=(help,))
    asked = pairing(rules)
    without = World(asked.world.facts, {}, AS_OF)
    assert not is_offered(rules, "help", Pairing("g1", "pat", (without,), False, (), {}))


def test_every_pair_of_blocks_is_lifted_by_the_pair_of_its_supports() -> None:
    for pair in combinations(TOPICS, 2):
        rules = book(*map(lacking, TOPICS), supports=tuple(map(bringing, TOPICS)))
        there = many(*(topic for topic in TOPICS if topic not in pair))
        found = suggested(rules, topics=there)
        assert found.supports == tuple(sorted(f"bring-{topic}" for topic in pair))
