"""Who sees which targets of a decision, and which rules are named with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from facts.stated import AS_OF
from peer_match.decide.decision import Change, Decision, PlanGoal, PlanTask, Question
from peer_match.decide.project import project
from peer_match.facts.consent import ConsentUse

from .made import points, score, screening, shortlist, suggestion
from .test_project import ALL, RULES, WHOLE, agreed, changed, first, hidden, seen

OUTSIDE: dict[str, Any] = {
    "treating": False,
    "sees_with_consent": ["participation", "health", "mental-health", "location"],
}
TOLD = (agreed(*OUTSIDE["sees_with_consent"]),)
EMPTY = replace(WHOLE.plan, goals=(), tasks=(), rules=())


def with_lists(**lists: Any) -> Decision:
    """The decision with other lists of groups, of which the first of each two is proposed."""
    plan = replace(EMPTY, proposed_groups=("b", "d"), proposed_mentors=("m2",))
    mentors = shortlist(eligible=(suggestion("m1"), suggestion("m2")))
    return replace(WHOLE, groups=shortlist(**lists), mentors=mentors, plan=plan)


LISTS = with_lists(
    eligible=(suggestion("d", score(9)), suggestion("b", score(8)), suggestion("a", score(7))),
    eligible_with_support=(suggestion("e"),),
    waiting=(suggestion("f", outcome="hold"),),
    blocked=(suggestion("g", outcome="blocked"),),
)


def ids(part: Any) -> list[str]:
    return [one.target for one in part]


def test_who_treats_the_person_sees_every_list_in_its_order() -> None:
    found = seen(*ALL, decision=replace(LISTS, groups=replace(LISTS.groups, runner_up="b")))
    assert ids(found.groups.eligible) == ["d", "b", "a"]
    assert ids(found.groups.eligible_with_support) == ["e"]
    assert ids(found.groups.waiting) == ["f"]
    assert ids(found.groups.blocked) == ["g"]
    assert found.groups.runner_up == "b"
    assert ids(found.mentors.eligible) == ["m1", "m2"]
    assert found.plan.proposed_groups == ("b", "d")
    assert found.plan.proposed_mentors == ("m2",)


def test_outside_the_treatment_only_what_is_proposed_is_seen_in_the_order_of_the_ids() -> None:
    with_runner = replace(LISTS, groups=replace(LISTS.groups, runner_up="b"))
    found = seen("public", decision=with_runner, consents=TOLD, **OUTSIDE)
    assert ids(found.groups.eligible) == ["b", "d"]
    assert found.groups.eligible_with_support == found.groups.waiting == found.groups.blocked == ()
    assert found.groups.runner_up is None
    assert ids(found.mentors.eligible) == ["m2"]
    assert found.plan.proposed_groups == ("b", "d")
    assert found.plan.proposed_mentors == ("m2",)


def test_a_mentor_sees_nothing_of_the_groups_that_are_proposed_beside() -> None:
    found = seen("public", decision=LISTS, sees_only_own=True, target="m2")
    assert ids(found.mentors.eligible) == ["m2"]
    assert found.groups == shortlist()
    assert (found.plan.proposed_groups, found.plan.proposed_mentors) == ((), ("m2",))


def test_outside_the_treatment_nothing_is_said_of_what_would_change_a_place() -> None:
    """It would name the first of a list that is not told, and tell how this one stands to it."""
    change = Change((), ("patient.goals",), "could pass Name of g2")
    decision = changed(first(WHOLE), changes=(change,))
    assert first(seen("health", decision=decision)).changes == (change,)
    assert first(seen("public", decision=decision, consents=TOLD, **OUTSIDE)).changes == ()


def test_outside_the_treatment_what_keeps_its_facts_to_itself_is_not_even_mentioned() -> None:
    risky = screening("at-risk", "ask", truth="unknown", facts=("patient.suicide_screen",))
    decision = changed(first(WHOLE), screening=(risky,))
    treating = first(seen("public", decision=decision))
    assert [one.rule for one in treating.screening] == ["withheld"]
    outside: dict[str, Any] = {**OUTSIDE, "sees_with_consent": ["participation"]}
    told = seen("public", decision=decision, consents=(agreed("participation"),), **outside)
    assert (first(told).screening, first(told).outcome) == ((), "allowed")


def test_only_the_complete_decision_can_be_projected() -> None:
    with pytest.raises(ValueError, match="cannot be projected again"):
        project(seen("public"), RULES, "safety")


@pytest.mark.parametrize(
    "other",
    [
        {"use": ConsentUse.GROUP_PLACEMENT},
        {"recipients": frozenset({"others"})},
        {"categories": frozenset({"location"})},
        {"agreed": False},
    ],
)
def test_a_consent_is_for_its_use_its_recipient_and_its_kinds(other: dict[str, Any]) -> None:
    """Beside one that holds for another kind."""
    consents = (agreed("health", **other), agreed("location", id="c2"))
    found = seen("public", sees_with_consent=["health", "location"], consents=consents)
    assert found.facts["patient.goals"].withheld is not None


def test_the_safety_role_sees_a_confidential_rule_that_keeps_apart_beside_others() -> None:
    decision = hidden("hold")
    found = seen(*ALL, decision=decision, sees_other_people=True)
    assert first(found).outcome == "hold"
    plain = seen(*ALL[:3], decision=decision)
    assert ids(plain.groups.blocked) == [first(WHOLE).target]


def test_what_a_confidential_rule_passed_is_not_told_to_who_sees_its_facts() -> None:
    decision = changed(first(WHOLE), passed=("by-goal", "secret"))
    assert first(seen(*ALL, decision=decision)).passed == ("by-goal",)
    safety = seen(*ALL, decision=decision, sees_other_people=True)
    assert first(safety).passed == ("by-goal", "secret")


def test_an_agreement_that_names_nobody_is_for_nobody() -> None:
    """A refusal that names nobody is about all; an agreement never is."""
    to_nobody = agreed("health", recipients=frozenset())
    found = seen("public", sees_with_consent=["health"], consents=(to_nobody,))
    assert found.facts["patient.goals"].withheld is not None


def test_what_a_confidential_rule_says_without_keeping_apart_makes_nothing_unavailable() -> None:
    found = seen(*ALL[:3], decision=hidden("caution"))
    assert first(found).target == first(WHOLE).target
    assert found.groups.blocked == ()


def test_outside_the_treatment_what_may_be_seen_is_told_with_its_rule() -> None:
    open_to_them = screening("by-goal", "ask", truth="unknown", facts=("patient.goals",))
    decision = changed(first(WHOLE), screening=(open_to_them,))
    told = seen("public", decision=decision, consents=TOLD, **OUTSIDE)
    assert first(told).screening == (open_to_them,)
    assert first(told).outcome == "ask"


def test_a_group_sees_nothing_of_the_mentors_that_are_proposed_beside() -> None:
    found = seen("public", decision=LISTS, sees_only_own=True, target="b")
    assert ids(found.groups.eligible) == ["b"]
    assert found.mentors == shortlist()
    assert (found.plan.proposed_groups, found.plan.proposed_mentors) == (("b",), ())


# -- questions and tasks about targets -------------------------------------------------------------


@pytest.mark.parametrize("name", ["eligible", "eligible_with_support", "waiting", "blocked"])
def test_a_question_about_a_target_of_any_list_is_told(name: str) -> None:
    decision = replace(
        with_lists(**{name: (suggestion("x"),)}),
        questions=(Question("group.topics", "x", "What?", "patient", 1, 0, ()),),
    )
    assert len(seen("public", decision=decision).questions) == 1


def task(rule: str | None, target: str | None = None, *facts: str) -> PlanTask:
    due = AS_OF.isoformat()
    return PlanTask("id", "other", "Do it", "clinician", None, due, target, rule, facts)


@pytest.mark.parametrize(
    ("given", "treating", "outside"),
    [
        (task(None), True, False),
        (task("by-goal", "b"), True, True),
        (task("by-goal", "a"), True, False),
        (task("secret", "b"), False, False),
        (task("of-concern", "b"), False, False),
        (task(None, "b", "patient.goals"), True, True),
        (task(None, "b", "patient.concerns"), False, False),
    ],
)
def test_a_task_is_told_by_its_target_its_rule_and_its_facts(
    given: PlanTask, treating: bool, outside: bool
) -> None:
    decision = replace(LISTS, plan=replace(LISTS.plan, tasks=(given,)))
    assert bool(seen("public", "health", decision=decision).plan.tasks) == treating
    theirs = seen("public", decision=decision, consents=TOLD, **OUTSIDE)
    assert bool(theirs.plan.tasks) == outside


# -- rules and facts -------------------------------------------------------------------------------


GOAL = PlanGoal("id", "Come", None, "increase", None, None, None, None, "2026-03-08", "ride")


@pytest.mark.parametrize(
    "decision",
    [
        replace(WHOLE, plan=replace(EMPTY, tasks=(task("ride"),))),
        replace(WHOLE, plan=replace(EMPTY, goals=(GOAL,))),
        replace(WHOLE, plan=replace(EMPTY, rules=("ride",))),
        changed(first(WHOLE), supports=("ride",)),
        changed(first(WHOLE), passed=("ride",)),
        changed(first(WHOLE), screening=(screening("ride"),)),
        changed(first(WHOLE), points=(points("ride"),)),
        changed(first(WHOLE), changes=(Change(("ride",), (), "would pass"),)),
    ],
)
def test_every_rule_that_something_told_names_is_told(decision: Decision) -> None:
    assert "ride" not in seen(*ALL).rules
    assert "ride" in seen(*ALL, decision=decision).rules


def test_a_task_without_a_rule_names_none() -> None:
    bare = replace(WHOLE, plan=replace(EMPTY, tasks=(task(None),)), groups=shortlist())
    assert seen(*ALL, decision=bare).rules == {}


@pytest.mark.parametrize("kinds", [("public",), ("health",), ("public", "mental-health"), ALL])
def test_no_fact_is_told_that_may_not_be_seen_and_withheld_are_those_of_the_person_alone(
    kinds: tuple[str, ...],
) -> None:
    for key, reading in seen(*kinds).facts.items():
        assert (reading.withheld is None) == (reading.privacy in kinds)
        assert reading.withheld is None or key.startswith("patient.")


def test_facts_behind_points_that_are_withheld_are_not_told() -> None:
    """Not even those of them that could be seen: which ones are told would tell of the rule."""
    mixed = points("by-risk", facts=("patient.suicide_screen", "group.place@g1"))
    place = replace(WHOLE.facts["group.topics@g1"], fact="group.place")
    decision = replace(
        changed(first(WHOLE), points=(mixed,), screening=()),
        facts={**WHOLE.facts, "group.place@g1": place},
    )
    assert "group.place@g1" not in seen("public", "health", decision=decision).facts
    assert "group.place@g1" in seen(*ALL, decision=decision).facts
