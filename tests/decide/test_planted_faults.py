"""Faults planted in the engine, one at a time: the comparison with the specification finds each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peer_match.decide import case as case_room
from peer_match.decide import evaluate, pairings, score, screen, shortlist, suggest
from peer_match.decide.decision import Score, Screening, Suggestion
from peer_match.decide.pairings import Rulebook, Scores
from peer_match.facts import observed as observing
from peer_match.facts.fact import Statement
from peer_match.facts.observed import Observed
from peer_match.facts.provenance import Moment
from peer_match.facts.truth import Truth, any_of
from peer_match.policy.condition import Includes, Quantifier
from peer_match.policy.measures import Interval
from peer_match.policy.policy import MustNot

from .strategies import sample
from .test_against_specification import CASES, expected
from .translate import decided, plain_decision

pytestmark = pytest.mark.differential

Plant = Callable[[pytest.MonkeyPatch], None]


def unknown_is_read_as_no(plant: pytest.MonkeyPatch) -> None:
    def wrong(*given: Any) -> Truth:
        found = evaluate.evaluate(*given)
        return Truth.NO if found is Truth.UNKNOWN else found

    plant.setattr(screen, "evaluate", wrong)


def an_error_is_allowed(plant: pytest.MonkeyPatch) -> None:
    right = screen._evaluated

    def wrong(*given: Any) -> Screening:
        found = right(*given)
        return replace(found, outcome="allowed") if found.truth == "error" else found

    plant.setattr(screen, "_evaluated", wrong)


def an_error_gives_no_points(plant: pytest.MonkeyPatch) -> None:
    right = score.score_rule

    def wrong(*given: Any) -> Any:
        found = right(*given)
        return replace(found, high=0, grade_high=0) if found.applies == "error" else found

    plant.setattr(pairings, "score_rule", wrong)


def caps_are_ignored(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(pairings, "_caps", lambda *_: iter(()))


def a_score_is_rounded_to_the_nearest(plant: pytest.MonkeyPatch) -> None:
    right = score.total

    def wrong(points: Any, caps: Any) -> Score | None:
        found = right(points, caps)
        if found is None or found.capped_by:
            return found
        half = found.denominator // 2
        low = (found.numerator_low + half) // found.denominator
        return replace(found, low=low, high=max(low, found.high))

    plant.setattr(pairings, "total", wrong)


def ties_go_to_the_last_id(plant: pytest.MonkeyPatch) -> None:
    right = shortlist.rank_key

    def wrong(one: Suggestion) -> Any:
        *scores, id = right(one)
        return (*scores, [-ord(letter) for letter in id])

    plant.setattr(shortlist, "rank_key", wrong)


def ranks_go_by_the_low_end_first(plant: pytest.MonkeyPatch) -> None:
    def wrong(one: Suggestion) -> Any:
        return (1, 1, one.target) if one.score is None else (-one.score.low, 0, one.target)

    plant.setattr(shortlist, "rank_key", wrong)


def the_scope_of_the_other_kind_is_taken(plant: pytest.MonkeyPatch) -> None:
    right = screen._outcome
    other = {"programme": "community", "community": "programme"}

    def wrong(rule: MustNot, *given: Any) -> Any:
        scope = tuple((other[kind], outcome) for kind, outcome in rule.scope)
        return right(replace(rule, scope=scope), *given)

    plant.setattr(screen, "_outcome", wrong)


def none_of_is_read_as_any_of(plant: pytest.MonkeyPatch) -> None:
    right = evaluate._includes

    def wrong(condition: Includes, *given: Any) -> Truth:
        if condition.quantifier is Quantifier.NONE:
            condition = replace(condition, quantifier=Quantifier.ANY)
        return right(condition, *given)

    plant.setattr(evaluate, "_includes", wrong)


def an_incomplete_set_is_taken_for_complete(plant: pytest.MonkeyPatch) -> None:
    right = observing._observe_set

    def wrong(fact: Any, *given: Any) -> Observed:
        return right(fact.model_copy(update={"complete": True}), *given)

    plant.setattr(observing, "_observe_set", wrong)


def a_support_reaches_rules_that_do_not_name_it(plant: pytest.MonkeyPatch) -> None:
    right = suggest._Request._book

    def wrong(*given: Any) -> Rulebook:
        book = right(*given)
        rules = (*book.must_nots, *book.prefers)
        every = tuple(sorted({support for rule in rules for support in rule.lifted_by}))
        return replace(
            book,
            must_nots=tuple(replace(rule, lifted_by=every) for rule in book.must_nots),
            prefers=tuple(replace(rule, lifted_by=every) for rule in book.prefers),
        )

    plant.setattr(suggest._Request, "_book", wrong)


def a_support_is_given_out_of_place(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(pairings, "is_offered", lambda book, id, _: id in book.supports)


def an_override_outlives_a_change_of_the_facts(plant: pytest.MonkeyPatch) -> None:
    covers_whatever(plant, lambda override, _, found: override_with(override, found))


def override_with(override: Any, found: Screening) -> Any:
    return override.model_copy(update={"facts_digest": found.facts_digest})


def an_override_outlives_a_change_of_the_rule(plant: pytest.MonkeyPatch) -> None:
    covers_whatever(plant, lambda one, rule, _: one.model_copy(update={"rule_digest": rule.digest}))


def an_override_outlives_its_time(plant: pytest.MonkeyPatch) -> None:
    later = timedelta(minutes=1)
    covers_whatever(
        plant,
        lambda one, *_: one.model_copy(
            update={"granted": one.granted + later, "until": one.until + later}
        ),
    )


def covers_whatever(plant: pytest.MonkeyPatch, change: Callable[..., Any]) -> None:
    right = screen._covers

    def wrong(override: Any, rule: MustNot, found: Screening, pairing: Any) -> bool:
        return right(change(override, rule, found), rule, found, pairing)

    plant.setattr(screen, "_covers", wrong)


def a_standing_placement_is_blocked_like_a_new_one(plant: pytest.MonkeyPatch) -> None:
    right = screen._set_aside

    def wrong(rule: MustNot, *given: Any) -> Screening:
        return right(replace(rule, applies_to_existing=True), *given)

    plant.setattr(screen, "_set_aside", wrong)


def the_mildest_outcome_wins(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(pairings, "worst", lambda found: min(found, key=screen.rank, default="allowed"))


def only_the_first_facilitator_counts(plant: pytest.MonkeyPatch) -> None:
    right = screen.screen_rule

    def wrong(rule: MustNot, pairing: Any, *given: Any) -> Screening:
        return right(rule, replace(pairing, worlds=pairing.worlds[:1]), *given)

    plant.setattr(screen, "screen_rule", wrong)


def a_mentor_is_shown_with_the_greater_score(plant: pytest.MonkeyPatch) -> None:
    right = pairings.scores_of

    def wrong(*given: Any) -> Scores:
        found = right(*given)
        sides = [one for one in (found.novice, found.mentor) if one is not None]
        return replace(found, shown=max(sides, key=lambda one: one.low, default=None))

    plant.setattr(pairings, "scores_of", wrong)


def unknown_applicability_is_read_as_not_applying(plant: pytest.MonkeyPatch) -> None:
    right = score.score_rule

    def wrong(rule: Any, world: Any, *given: Any) -> Any:
        found = right(rule, world, *given)
        return replace(found, applies="no") if found.applies == "unknown" else found

    plant.setattr(pairings, "score_rule", wrong)


def priorities_are_forgotten(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(suggest, "_priorities", lambda *_: {})


def one_of_two_conflicting_values_is_believed(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(observing, "latest", lambda statements: statements[-1:])


def what_became_known_later_is_known(plant: pytest.MonkeyPatch) -> None:
    right = Statement.in_force

    def wrong(self: Any, moment: Moment) -> bool:
        return right(self, Moment.at(moment.as_of, moment.as_of + timedelta(days=3650)))

    plant.setattr(Statement, "in_force", wrong)


def the_last_severe_screen_is_lowered_by_a_later_one(plant: pytest.MonkeyPatch) -> None:
    def wrong(fact: Any, _: Any, type: Any, vocabulary: Any, moment: Any) -> Observed:
        plain = vocabulary.model_copy(update={"order": "none"})
        return observing._observe_single(fact, type, plain, moment)

    plant.setattr(observing, "_observe_highest", wrong)


def at_least_leaves_out_its_limit(plant: pytest.MonkeyPatch) -> None:
    def wrong(seen: Interval, low: int | None, high: int | None) -> Truth:
        return right(seen, None if low is None else low + 1, high)

    right = evaluate._within
    plant.setattr(evaluate, "_within", wrong)


def a_broader_term_does_not_cover_its_kinds(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(Observed, "_covered", lambda self, code: frozenset({code}))


def one_of_all_is_enough(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(evaluate, "all_of", any_of)


def an_edit_is_not_seen(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(case_room, "_edited", lambda seen, *_: seen)


def a_list_is_closed_before_anybody_said_so(plant: pytest.MonkeyPatch) -> None:
    right = observing._observe_set

    def wrong(fact: Any, *given: Any) -> Observed:
        return right(fact.model_copy(update={"closed": None}), *given)

    plant.setattr(observing, "_observe_set", wrong)


def what_could_not_be_read_is_forgotten(plant: pytest.MonkeyPatch) -> None:
    right = observing.observe

    def wrong(fact: Any, *given: Any) -> Observed:
        return right(fact.model_copy(update={"unreadable": ()}), *given)

    plant.setattr(case_room, "observe", wrong)


def a_block_with_a_support_beside_an_unknown_is_final(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(
        pairings,
        "_is_lifted",
        lambda *given: not pairings._keeps_apart(pairings.with_supports_given(*given)),
    )


def a_group_that_changed_its_kind_keeps_its_override(plant: pytest.MonkeyPatch) -> None:
    right = screen.facts_digest
    plant.setattr(
        screen,
        "facts_digest",
        lambda facts, case: right([one for one in facts if one != screen.GROUP_KIND], case),
    )


def a_gain_from_an_open_list_closes_it(plant: pytest.MonkeyPatch) -> None:
    right = Observed.gaining
    plant.setattr(
        Observed,
        "gaining",
        lambda self, other: replace(right(self, other), complete=self.complete, unknown=None),
    )


def what_may_be_so_leaves_a_no_as_it_is(plant: pytest.MonkeyPatch) -> None:
    def wrong(fact: Any, type: Any, vocabulary: Any, moment: Moment) -> Observed:
        return right(fact.model_copy(update={"perhaps": ()}), type, vocabulary, moment)

    right = observing._observe_set
    plant.setattr(observing, "_observe_set", wrong)


FAULTS: tuple[Plant, ...] = (
    unknown_is_read_as_no,
    an_error_is_allowed,
    an_error_gives_no_points,
    caps_are_ignored,
    a_score_is_rounded_to_the_nearest,
    ties_go_to_the_last_id,
    ranks_go_by_the_low_end_first,
    the_scope_of_the_other_kind_is_taken,
    none_of_is_read_as_any_of,
    an_incomplete_set_is_taken_for_complete,
    a_support_reaches_rules_that_do_not_name_it,
    a_support_is_given_out_of_place,
    an_override_outlives_a_change_of_the_facts,
    an_override_outlives_a_change_of_the_rule,
    an_override_outlives_its_time,
    a_standing_placement_is_blocked_like_a_new_one,
    the_mildest_outcome_wins,
    only_the_first_facilitator_counts,
    a_mentor_is_shown_with_the_greater_score,
    unknown_applicability_is_read_as_not_applying,
    priorities_are_forgotten,
    one_of_two_conflicting_values_is_believed,
    what_became_known_later_is_known,
    the_last_severe_screen_is_lowered_by_a_later_one,
    at_least_leaves_out_its_limit,
    a_broader_term_does_not_cover_its_kinds,
    one_of_all_is_enough,
    an_edit_is_not_seen,
    a_list_is_closed_before_anybody_said_so,
    what_could_not_be_read_is_forgotten,
    a_block_with_a_support_beside_an_unknown_is_final,
    a_group_that_changed_its_kind_keeps_its_override,
    a_gain_from_an_open_list_closes_it,
    what_may_be_so_leaves_a_no_as_it_is,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.replace("_", " "))
def test_the_comparison_finds(fault: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    busiest = sorted(sample(CASES), key=lambda case: -len(case["policy"]["support"]))
    assert any(plain_decision(decided(case)) != expected(case) for case in busiest)
