"""One suggestion: what is told of a target, and which supports lift what keeps it apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, many, one
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide import screen as screens
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Score, Suggestion
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.pairings import (
    MOST_SUPPORTS,
    Rulebook,
    Scores,
    _smaller,
    edits_of,
    is_offered,
    scores_of,
    suggestion,
    with_supports_given,
)
from peer_match.decide.screen import Pairing, screen
from peer_match.facts.truth import Truth
from peer_match.policy.condition import AnyOf
from peer_match.policy.policy import MustNot
from peer_match.policy.reads import all_facts

from .made import SHIPPED, must_not, points, prefer, score, screening, support

RISKY = "patient.goals includes parenting"
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


# -- scores of mentors -----------------------------------------------------------------------------


def of_mentors(*sides: tuple[str, int, int], caps: tuple[str, ...] = ()) -> Scores:
    """The scores of a mentor with one preference of equal weight for each side given."""
    given = [
        points(f"rule {number}", 10_000 * low, 10_000 * high, weight=100_000_000, side=side)
        for number, (side, low, high) in enumerate(sides)
    ]
    limits = [must_not(id, "patient.goals includes money", cap=50) for id in caps]
    rules = Rulebook("mentor", tuple(limits), (), {}, {}, {})
    return scores_of(rules, given, [screening(id) for id in caps])


def test_a_mentor_is_shown_with_the_range_of_the_smaller_score() -> None:
    found = of_mentors(("novice", 3_000, 9_000), ("mentor", 4_000, 6_000))
    assert found.shown == Score(3_000, 6_000, 0, 0, 0)
    assert found.novice is not None and found.mentor is not None
    assert (found.novice.low, found.novice.high) == (3_000, 9_000)
    assert (found.mentor.low, found.mentor.high) == (4_000, 6_000)


def test_where_one_side_has_no_say_the_other_is_shown_whole() -> None:
    for side in ("novice", "mentor"):
        found = of_mentors((side, 3_000, 9_000))
        assert found.shown == getattr(found, side)
        assert found.shown is not None and found.shown.denominator == 10_000


def test_the_shown_score_names_the_caps_of_both_sides_once_and_in_order() -> None:
    found = of_mentors(
        ("novice", 9_000, 9_000), ("mentor", 9_000, 9_000), caps=("b", "d", "a", "c", "e")
    )
    assert found.shown == Score(5_000, 5_000, 0, 0, 0, ("a",))
    sides = [
        replace(score(9), capped_by=names) for names in (("e", "b", "a"), ("d", "b", "c", "f"))
    ]
    both = _smaller(*sides)
    assert both is not None
    assert both.capped_by == ("a", "b", "c", "d", "e", "f")


def test_a_group_has_one_score_whatever_sides_its_rules_name() -> None:
    rules = Rulebook("group", (), (), {}, {}, {})
    given = [points("a", 0, 10_000, side="novice"), points("b", 10_000, 10_000, side="mentor")]
    found = scores_of(rules, given, ())
    assert found.shown == Score(0, 10_000, 0, 10_000, 1)
    assert (found.novice, found.mentor) == (None, None)


def test_only_rules_with_a_cap_limit_a_score() -> None:
    rules = Rulebook(
        "group",
        (must_not("cap", "patient.goals includes money", cap=50), must_not("no", RISKY)),
        (), {}, {}, {},
    )  # fmt: skip
    given = [points("a", 10_000, 10_000, weight=10_000)]
    for said, low, high in (
        ("yes", 5_000, 5_000),
        ("unknown", 5_000, 10_000),
        ("no", 10_000, 10_000),
    ):
        found = scores_of(rules, given, [screening("cap", truth=said), screening("no")]).shown
        assert found is not None and (found.low, found.high) == (low, high)


# -- what supports do ------------------------------------------------------------------------------


def test_edits_come_in_the_order_of_the_ids_of_their_supports() -> None:
    """So that of two that set the same fact always the same one has the last word."""
    a, b, c, d = (
        support(id, f"group.topics becomes {topic}")
        for id, topic in zip("abcd", TOPICS, strict=True)
    )
    rules = book(supports=(d, c, b, a))
    for ids in (("d", "a", "c"), ("a", "c", "d"), {"c", "d", "a"}):
        assert edits_of(rules, ids) == (*a.provides, *c.provides, *d.provides)


def test_one_block_that_nothing_may_lift_is_enough_for_no_support_at_all() -> None:
    final = must_not("final", "group.topics includes none of money")
    rules = book(lacking("housing"), final, supports=(bringing("housing"),))
    assert suggested(rules, topics=many()).supports == ()
    assert suggested(rules, topics=many("money")).supports == ("bring-housing",)


def test_no_support_is_given_against_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though one would lift it: nobody knows what the rule would have said."""
    other = replace(lacking("housing"), id="other", when=AnyOf((lacking("housing").when,)))
    rules = book(lacking("housing"), other, supports=(bringing("housing"),))
    asked = pairing(rules, topics=many())
    assert suggestion(rules, asked, "Seven", ()).supports == ("bring-housing",)

    def failing(when: Any, world: World) -> Truth:
        if isinstance(when, AnyOf) and not world.facts.observed("group.topics").values:
            raise ValueError
        return evaluate(when, world)

    monkeypatch.setattr(screens, "evaluate", failing)
    found = suggestion(rules, asked, "Seven", ())
    assert (found.supports, found.outcome) == ((), "blocked")
    held = next(one for one in screen(rules.must_nots, asked) if one.truth == "error")
    assert with_supports_given(rules, asked, held, ("bring-housing",)).outcome == "allowed"


def test_a_support_lifts_no_rule_that_does_not_name_it() -> None:
    """Not even beside one that it names: each sees only the supports that it names."""
    both = replace(lacking("money"), when=AnyOf((lacking("housing").when, lacking("money").when)))
    rules = book(both, supports=(bringing("housing"), bringing("money")))
    asked = pairing(rules, topics=many())
    blocked = screening(both.id, "blocked")
    given = with_supports_given(rules, asked, blocked, ("bring-housing", "bring-money"))
    assert given.outcome == "blocked"


def test_who_is_eligible_as_they_are_is_given_no_support() -> None:
    asks = must_not(
        "asks", "group.topics includes none of housing", outcome="ask", lifted_by=("bring-housing",)
    )
    found = suggested(book(asks, supports=(bringing("housing"),)), topics=many())
    assert (found.supports, found.outcome) == ((), "ask")


def test_who_waits_for_an_answer_and_is_blocked_beside_is_lifted_to_waiting() -> None:
    """What may keep apart waits with the support; what surely does is lifted by it."""
    waits = must_not("waits", "group.concerns includes alcohol")
    rules = book(lacking("housing"), waits, supports=(bringing("housing"),))
    found = suggested(rules, topics=many())
    assert (found.supports, found.outcome) == (("bring-housing",), "hold")


def test_a_support_may_not_leave_a_new_block_behind() -> None:
    """It brings what another rule keeps apart for; that rule names no support."""
    spoilt = must_not("spoilt", "group.topics includes housing")
    rules = book(lacking("housing"), spoilt, supports=(bringing("housing"),))
    assert suggested(rules, topics=many()).supports == ()
