"""The four lists: who is in which, in which order, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, many
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Change, Shortlist, Suggestion
from peer_match.decide.evaluate import World
from peer_match.decide.pairings import Rulebook
from peer_match.decide.screen import Pairing
from peer_match.decide.shortlist import MOST_COMPARED, rank_key, shortlist
from peer_match.policy.reads import all_facts

from .made import SHIPPED, condition, points, prefer, score, screening, suggestion, support

ONLINE = prefer("online", "group.formats includes online", lifted_by=("seat", "visit"))
SEAT = support("seat", "group.formats gains online")
VISIT = support("visit", "group.formats gains in-person")


def book(*prefers: Any, supports: tuple[Any, ...] = (SEAT, VISIT)) -> Rulebook:
    reads = {rule.id: all_facts(rule, SHIPPED.findings) for rule in prefers}
    return Rulebook("group", (), prefers, {one.id: one for one in supports}, reads, {})


def pairing(target: str, rules: Rulebook) -> Pairing:
    views: dict[str, Any] = {
        "patient": view(person(), NOW, SHIPPED.vocabularies),
        "group": view(a_group(target, formats=many("in-person")), NOW, SHIPPED.vocabularies),
    }
    world = World(Case(views), SHIPPED.findings, AS_OF)
    return Pairing(target, "pat", (world,), False, (), rules.reads)


def listed(
    *found: Suggestion, rules: Rulebook | None = None, hidden: tuple[str, ...] = ()
) -> Shortlist:
    kept = rules or book()
    pairings = {one.target: pairing(one.target, kept) for one in found}
    return shortlist(kept, found, pairings, frozenset(hidden))


def ids(part: tuple[Suggestion, ...]) -> list[str]:
    return [one.target for one in part]


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        ("allowed", "eligible"),
        ("caution", "eligible"),
        ("ask", "eligible"),
        ("hold", "waiting"),
        ("blocked", "blocked"),
    ],
)
def test_each_outcome_has_its_list(outcome: str, name: str) -> None:
    found = listed(suggestion("g1", score(5), outcome=outcome))
    for each in ("eligible", "eligible_with_support", "waiting", "blocked"):
        assert ids(getattr(found, each)) == (["g1"] if each == name else [])


def test_who_is_eligible_with_a_support_is_listed_apart_and_says_with_which() -> None:
    (one,) = listed(suggestion("g1", score(5), supports=("seat",))).eligible_with_support
    assert one.changes == (Change(("seat",), (), "makes this eligible"),)


def test_the_rank_is_by_both_ends_then_by_the_low_end_then_by_id() -> None:
    found = listed(
        suggestion("none"),
        suggestion("d", score(3, 7)),
        suggestion("c", score(5, 5)),
        suggestion("b", score(5, 5)),
        suggestion("a", score(1, 8)),
        suggestion("zero", score(0, 0)),
    )
    assert ids(found.eligible) == ["b", "c", "d", "a", "zero", "none"]
    assert found.runner_up == "c"


def test_blocked_targets_are_in_the_order_of_their_ids_whatever_their_scores() -> None:
    found = listed(
        suggestion("b", score(9), outcome="blocked"), suggestion("a", None, outcome="blocked")
    )
    assert ids(found.blocked) == ["a", "b"]


def test_without_a_score_a_target_comes_after_one_that_has_nothing() -> None:
    assert rank_key(suggestion("a")) > rank_key(suggestion("z", score(0)))


@pytest.mark.parametrize(("number", "runner_up"), [(0, None), (1, None), (2, "g1")])
def test_the_runner_up_is_the_second(number: int, runner_up: str | None) -> None:
    found = listed(*(suggestion(f"g{n}", score(9 - n)) for n in range(number)))
    assert found.runner_up == runner_up


# -- what would change it --------------------------------------------------------------------------


def behind(low: int, high: int, *keys: str) -> Suggestion:
    open_points = points("r", unknown_facts=keys)
    return suggestion("g2", score(low, high), points=(points("s"), open_points))


@pytest.mark.parametrize(("high", "could"), [(4_999, False), (5_000, False), (5_001, True)])
def test_answers_could_bring_a_target_past_the_first(high: int, could: bool) -> None:
    second = behind(0, high, "patient.home", "patient.goals")
    found = listed(suggestion("g1", score(5_000)), second).eligible[1]
    expected = Change((), ("patient.goals", "patient.home"), "could pass Name of g1")
    assert found.changes == ((expected,) if could else ())


def test_where_nothing_is_unknown_no_answer_would_change_it() -> None:
    assert listed(suggestion("g1", score(5_000)), behind(0, 9_000)).eligible[1].changes == ()


def test_the_first_has_nobody_to_pass() -> None:
    alone = suggestion("g1", score(0, 9), points=(points("r", unknown_facts=("patient.home",)),))
    assert listed(alone).eligible[0].changes == ()


def test_targets_without_scores_are_not_compared() -> None:
    lacking = points("r", unknown_facts=("patient.home",))
    found = listed(suggestion("g1"), suggestion("g2", points=(lacking,)))
    assert [one.changes for one in found.eligible] == [(), ()]
    found = listed(suggestion("g1", score(0, 5)), suggestion("g2", points=(lacking,)))
    assert [one.changes for one in found.eligible] == [(), ()]


@pytest.mark.parametrize(("goal", "would"), [(4_999, True), (5_000, False), (9_999, False)])
def test_a_support_that_would_bring_a_target_past_the_first_is_named(
    goal: int, would: bool
) -> None:
    """With the seat the group has online meetings, and half of all that counts."""
    rules = book(ONLINE, prefer("never", "patient.goals is known"))
    found = listed(suggestion("g1", score(goal)), suggestion("g2", score(0)), rules=rules)
    expected = Change(("seat",), (), "would pass Name of g1")
    assert found.eligible[1].changes == ((expected,) if would else ())


def test_a_support_with_which_nothing_is_left_to_score_brings_nobody_forward() -> None:
    rule = prefer(
        "r",
        "group.formats includes in-person",
        applies_when=condition("group.formats includes in-person"),
        lifted_by=("visit",),
    )
    away = support("visit", "group.formats becomes online")
    found = listed(
        suggestion("g1", score(10)), suggestion("g2", score(0)), rules=book(rule, supports=(away,))
    )
    assert found.eligible[1].changes == ()


def test_each_support_is_looked_at_alone_and_only_where_it_is_offered() -> None:
    out_of_place = support(
        "seat", "group.formats gains online", offered_when="group.formats includes online"
    )
    another = support("visit", "group.formats becomes online")
    rules = book(ONLINE, supports=(out_of_place, another))
    found = listed(suggestion("g1", score(10)), suggestion("g2", score(0)), rules=rules)
    assert [one.supports for one in found.eligible[1].changes] == [("visit",)]


def test_changes_are_worked_out_for_the_first_ten_and_all_are_listed() -> None:
    assert MOST_COMPARED == 10
    lacking = points("r", unknown_facts=("patient.home",))
    many = [suggestion(f"g{n:02}", score(0, 100 - n), points=(lacking,)) for n in range(12)]
    found = listed(*many).eligible
    assert ids(found) == [one.target for one in many]
    assert [bool(one.changes) for one in found] == [False, *[True] * 9, False, False]


def held(rule: str, *keys: str, **other: Any) -> Any:
    return screening(rule, "hold", unknown_facts=keys, **{"truth": "unknown", **other})


def waiting(*said: Any, supports: tuple[str, ...] = (), hidden: tuple[str, ...] = ()) -> Any:
    one = suggestion("g1", score(5), outcome="hold", screening=said, supports=supports)
    return listed(one, hidden=hidden).waiting[0].changes


def test_one_that_waits_says_which_answers_it_waits_for_and_with_which_supports() -> None:
    said = (
        held("b", "patient.home", "patient.goals"),
        held("a", "patient.goals"),
        replace(held("c", "patient.belief"), outcome="caution"),
    )
    answers = ("patient.goals", "patient.home")
    assert waiting(*said) == (Change((), answers, "could become eligible"),)
    assert waiting(*said, supports=("seat",))[0].supports == ("seat",)


def test_what_waits_for_something_hidden_or_certain_names_no_answers() -> None:
    """To answer the rest would not be enough, and to say so of what is hidden would tell."""
    said = (held("a", "patient.goals"), held("b", "patient.home"))
    assert waiting(*said, hidden=("b",)) == ()
    assert waiting(said[0], replace(said[1], truth="error", unknown_facts=())) == ()
    assert waiting(held("a")) == ()
