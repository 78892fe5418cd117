"""Which unknown facts are worth asking about, of whom, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide.decision import FULL_SCORE, Question, Reading, Suggestion
from peer_match.decide.questions import MOST_QUESTIONS, best, questions
from peer_match.policy.rule_files import IntakeItemShape

from .made import points, policy, reading, score, screening, suggestion

GOALS, HOME, PLACE = "patient.goals", "patient.home", "group.place@g2"
POLICY = policy(intake=())


def readings(*others: tuple[str, Reading]) -> dict[str, Reading]:
    """Three facts that nobody has told, and others."""
    return {
        GOALS: reading(GOALS),
        HOME: reading(HOME),
        PLACE: reading("group.place", "g2"),
        **dict(others),
    }


def asked(
    *eligible: Suggestion,
    waiting: tuple[Suggestion, ...] = (),
    facts: dict[str, Reading] | None = None,
    hidden: tuple[str, ...] = (),
) -> tuple[Question, ...]:
    return questions(POLICY, eligible, waiting, facts or readings(), frozenset(hidden))


def open_points(rule: str, low: int, high: int, *keys: str, **other: Any) -> Any:
    return points(rule, low, high, unknown_facts=keys, **other)


# -- what an answer could change -------------------------------------------------------------------


def test_the_swing_in_the_first_place_is_the_width_that_the_fact_accounts_for() -> None:
    """The width of the points over the sum of the weights, rounded down."""
    first = suggestion(
        "g1", score(3_000, 8_000, weight=7), points=(open_points("by-goal", 5_000, 40_001, GOALS),)
    )
    (found,) = asked(first)
    assert (found.fact, found.swing, found.reach, found.rules) == (GOALS, 5_000, 1, ("by-goal",))


def test_without_a_weight_the_whole_width_counts() -> None:
    """The sums of the smaller of two scores are not told: its weight reads 0."""
    first = suggestion(
        "m1", replace(score(0, 5), denominator=0), points=(open_points("r", 10, 17, GOALS),)
    )
    assert [one.swing for one in asked(first)] == [7]


@pytest.mark.parametrize(("high", "is_asked"), [(4_999, False), (5_000, True), (5_001, True)])
def test_others_are_asked_about_only_where_they_could_reach_the_first(
    high: int, is_asked: bool
) -> None:
    first = suggestion("g1", score(5_000))
    second = suggestion("g2", score(0, high), points=(open_points("by-place", 0, 10, PLACE),))
    assert bool(asked(first, second)) == is_asked


def test_the_first_is_asked_about_though_others_have_more_above_it() -> None:
    first = suggestion("g1", score(2_000, 9_000), points=(open_points("r", 0, 3, GOALS),))
    assert [one.fact for one in asked(first, suggestion("g2", score(4_000)))] == [GOALS]


def test_one_without_a_score_is_passed_over_and_those_after_it_are_not() -> None:
    without = suggestion("g1", None, points=(open_points("lost", 0, 10, HOME),))
    behind = suggestion("g2", score(0, 4_000), points=(open_points("by-place", 0, 10, PLACE),))
    beaten = suggestion("g0", score(0, 10), points=(open_points("low", 0, 10, GOALS),))
    found = asked(without, suggestion("g3", score(100)), beaten, behind)
    assert [one.fact for one in found] == ["group.place"]


def test_each_side_of_a_mentor_is_measured_by_its_own_weights() -> None:
    mentor = suggestion(
        "m1",
        replace(score(0, 9_000), denominator=0),
        novice_score=score(0, 9_000, weight=2),
        mentor_score=score(0, 9_000, weight=5),
        points=(
            open_points("theirs", 0, 100, HOME, side="mentor"),
            open_points("ours", 0, 100, GOALS, side="novice"),
        ),
    )
    assert {one.fact: one.swing for one in asked(mentor)} == {GOALS: 50, HOME: 20}


def test_what_a_rule_that_asks_lacks_is_asked_with_no_swing() -> None:
    asking = screening("asks", "ask", truth="unknown", unknown_facts=(GOALS,))
    (found,) = asked(suggestion("g1", score(100), screening=(asking,)))
    assert (found.swing, found.reach, found.rules) == (0, 1, ("asks",))


def test_in_one_that_waits_the_swing_is_how_far_it_could_pass_the_first() -> None:
    holds = screening("holds", "hold", truth="unknown", unknown_facts=(GOALS,))
    waits = suggestion("g2", score(10, 7_000), outcome="hold", screening=(holds,))
    assert [one.swing for one in asked(suggestion("g1", score(4_000)), waiting=(waits,))] == [3_000]
    assert [one.swing for one in asked(suggestion("g1", score(7_500)), waiting=(waits,))] == [0]
    assert [one.swing for one in asked(waiting=(waits,))] == [7_000]
    unscored = replace(waits, score=None)
    assert [one.swing for one in asked(waiting=(unscored,))] == [FULL_SCORE]


def test_the_first_that_has_a_score_is_the_one_to_pass() -> None:
    holds = screening("holds", "hold", truth="unknown", unknown_facts=(GOALS,))
    waits = suggestion("g9", score(7_000), outcome="hold", screening=(holds,))
    found = asked(suggestion("g1"), suggestion("g2", score(6_000)), waiting=(waits,))
    assert [one.swing for one in found] == [1_000]


def test_of_one_that_waits_only_what_holds_it_is_asked() -> None:
    said = (
        screening("careful", "caution", truth="unknown", unknown_facts=(HOME,)),
        screening("holds", "hold", truth="unknown", unknown_facts=(GOALS,)),
    )
    waits = suggestion("g1", score(100), outcome="hold", screening=said)
    assert [one.fact for one in asked(waiting=(waits,))] == [GOALS]


def test_of_one_that_waits_what_could_keep_it_apart_as_well_is_asked() -> None:
    """After what it waits for, since that comes first."""
    said = (
        screening("asks", "ask", truth="unknown", unknown_facts=(HOME,), at_worst="blocked"),
        screening("holds", "hold", truth="unknown", unknown_facts=(GOALS,)),
    )
    waits = suggestion("g1", score(100), outcome="hold", screening=said)
    assert [(one.fact, one.swing) for one in asked(waiting=(waits,))] == [(GOALS, 100), (HOME, 0)]


def test_what_hidden_rules_lack_is_never_asked() -> None:
    """The question would tell that something is on record. What other rules lack is."""
    said = (
        screening("secret", "hold", truth="unknown", unknown_facts=(HOME,)),
        screening("open", "hold", truth="unknown", unknown_facts=(GOALS,)),
    )
    one = suggestion("g1", score(100), screening=said)
    for found in (asked(one, hidden=("secret",)), asked(waiting=(one,), hidden=("secret",))):
        assert [each.fact for each in found] == [GOALS]


def test_a_fact_counts_its_largest_swing_and_every_target_and_rule_once() -> None:
    def lacking(target: str, rule: str, high: int) -> Suggestion:
        return suggestion(target, score(0, 9_000), points=(open_points(rule, 0, high, GOALS),))

    two = lacking("g2", "b-rule", 700)
    two = replace(two, points=(*two.points, open_points("a-rule", 0, 300, GOALS)))
    (found,) = asked(lacking("g1", "b-rule", 200), two, lacking("g3", "b-rule", 500))
    assert (found.swing, found.reach, found.rules) == (700, 3, ("a-rule", "b-rule"))


def risky(rule: str, *keys: str, **other: Any) -> Any:
    """A rule that asks, and that could keep apart once it is answered."""
    values: dict[str, Any] = {"truth": "unknown", "at_worst": "blocked", "unknown_facts": keys}
    return screening(rule, "ask", **values | other)


def test_an_answer_that_could_keep_apart_counts_what_would_be_lost() -> None:
    """The best that could be lost, by the top of its range, above the best that would be left, by
    its low end."""
    asks = risky("asks", GOALS)
    best_lost = suggestion("g1", score(5_000, 8_000), screening=(asks,))
    other_lost = suggestion("g2", score(4_000, 6_000), screening=(asks,))
    left = suggestion("g3", score(1_000, 9_500))
    worse = suggestion("g4", score(500, 7_500))
    unscored = suggestion("g5", screening=(risky("asks", GOALS),))
    (found,) = asked(best_lost, other_lost, left, worse, unscored)
    assert (found.swing, found.reach, found.rules) == (7_000, 3, ("asks",))
    (all_lost,) = asked(best_lost, other_lost)
    assert all_lost.swing == 8_000
    (better_left,) = asked(
        suggestion("g0", score(9_000)), replace(best_lost, score=score(0, 9_000))
    )
    assert better_left.swing == 0
    nothing = suggestion("g6", score(0), points=(open_points("r", 0, 0, GOALS),))
    (without_score,) = asked(nothing, unscored)
    assert without_score.swing == 0


@pytest.mark.parametrize(
    ("at_worst", "swing"), [("blocked", 5_000), ("hold", 5_000), ("caution", 0), (None, 0)]
)
def test_only_what_could_keep_apart_is_a_loss(at_worst: str | None, swing: int) -> None:
    asks = risky("asks", GOALS, at_worst=at_worst)
    assert [one.swing for one in asked(suggestion("g1", score(5_000), screening=(asks,)))] == [
        swing
    ]


def test_what_hidden_rules_could_keep_apart_is_no_loss() -> None:
    said = (risky("secret", GOALS), screening("open", "ask", unknown_facts=(GOALS,)))
    one = suggestion("g1", score(5_000), screening=said)
    (found,) = asked(one, hidden=("secret",))
    assert (found.swing, found.rules) == (0, ("open",))


def test_in_one_that_waits_what_could_keep_it_apart_all_the_same_comes_after() -> None:
    waits = suggestion(
        "g1",
        score(5_000),
        outcome="hold",
        screening=(
            screening("holds", "hold", truth="unknown", unknown_facts=(GOALS,)),
            risky("asks", HOME),
            risky("mild", PLACE, at_worst="caution"),
        ),
    )
    assert [(one.fact, one.swing) for one in asked(waiting=(waits,))] == [(GOALS, 5_000), (HOME, 0)]


# -- who is asked what -----------------------------------------------------------------------------


def lacking(*keys: str) -> Suggestion:
    return suggestion("g1", score(0, 9_000), points=(open_points("r", 0, 10, *keys),))


def test_the_words_are_those_of_the_intake_and_the_role_that_of_the_reading() -> None:
    item = IntakeItemShape(fact=GOALS, asks="What do you want?", asked_of="patient")
    other = IntakeItemShape(fact=HOME, asks="Where do you live?", asked_of="patient")
    facts = readings((GOALS, reading(GOALS, asked_of="social-worker")))
    found = questions(policy(intake=(other, item)), [lacking(GOALS)], (), facts, frozenset())
    assert [(one.asks, one.asked_of) for one in found] == [("What do you want?", "social-worker")]


def test_what_the_intake_lacks_is_asked_by_what_it_means() -> None:
    facts = readings(("group.place", reading("group.place", "x1", meaning="how it stands")))
    (found,) = asked(lacking("group.place"), facts=facts)
    assert (found.fact, found.about) == ("group.place", "x1")
    assert found.asks == "What is how it stands?"


def test_what_nobody_is_to_be_asked_is_not_asked() -> None:
    facts = readings((HOME, reading(HOME, asked_of=None)))
    assert [one.fact for one in asked(lacking(HOME, GOALS), facts=facts)] == [GOALS]


# -- order -----------------------------------------------------------------------------------------


def question(fact: str, swing: int = 0, reach: int = 1, about: str = "patient") -> Question:
    return Question(fact, about, "What?", "patient", reach, swing, ())


def test_questions_come_by_swing_then_reach_then_the_person_first_then_fact() -> None:
    in_order = [
        question("z.z", swing=3),
        question("y.y", swing=2, reach=5, about="g2"),
        question("w.w", swing=2, reach=4, about="patient"),
        question("x.x", swing=2, reach=4, about="g1"),
        question("a.a", swing=2, reach=4, about="g2"),
        question("b.b", swing=2, reach=4, about="g2"),
    ]
    assert list(best(in_order[::-1])) == in_order


def test_each_fact_is_asked_once_where_it_matters_most() -> None:
    """Of many groups that lack it, about the one that it changes most."""
    found = best([question("group.place", 1, about="g1"), question("group.place", 2, about="g2")])
    assert [(one.about, one.swing) for one in found] == [("g2", 2)]


def test_no_more_questions_are_asked_than_fit_on_a_page() -> None:
    many = [question(f"patient.fact-{number:02}") for number in range(20)]
    assert MOST_QUESTIONS == 12
    assert list(best(many)) == many[:12]
