"""Who sees what of a decision: each part for each kind of recipient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from facts.stated import AS_OF, many, one, said
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match import suggest
from peer_match.decide.decision import Change, Decision, PlanTask, Question, Score, Suggestion
from peer_match.decide.project import project
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.provenance import PartialDate
from peer_match.policy.policy import Policy
from peer_match.policy.rule_files import RecipientShape

from .made import must_not, plan, policy, prefer, screening, shortlist, support

TASK: dict[str, Any] = {"title": "Do it", "role": "clinician", "within": "7 days"}
RISK = "patient.suicide_screen is high"
WORK = "patient.goals shares any with group.topics"
TIE = "pair.ties includes recorded-conflict"

# Every rule of these reads one kind of fact: health, mental health, or another person.
RULES = policy(
    must_not("secret", TIE, shown_as_unavailable=True),
    must_not("at-risk", RISK, if_unknown="ask", asks="clinician"),
    prefer("by-goal", WORK),
    prefer("by-risk", RISK, weight=5),
    support("ride", "patient.home becomes group.place"),
    support("calm", "patient.home becomes group.place", offered_when=RISK),
    plan("a", proposals={"groups": 5, "mentors": 0}),
    plan("by-risk-plan", RISK, if_unknown_include=True, task=TASK),
    plan(
        "goal-of-risk",
        RISK,
        if_unknown_include=True,
        goal={"description": "Feel safe", "direction": "increase", "within": "7 days"},
    ),
    plan("goal-of-all", goal={"description": "Come", "direction": "increase", "within": "7 days"}),
    plan("often", frequency={"times": 1, "per": "1 week"}),
    plan("how", format="patient.formats"),
    plan("of-concern", "patient.concerns includes alcohol", if_unknown_include=True, task=TASK),
)
PERSON = person("pat", name="Pat Doe", goals=many("find-work"), mentor_wanted=one(True),
                formats=many("online"), record_status=one("active"))  # fmt: skip
TARGETS = [a_group("g1", topics=many("find-work")), a_group("g2", topics=many("housing"))]
WHOLE = suggest(RULES, PERSON, TARGETS, as_of=AS_OF, notes=["a file was not read"])
EVERYTHING = frozenset(WHOLE.facts[key].privacy for key in WHOLE.facts)


def recipient(*sees: str, **other: Any) -> RecipientShape:
    values: dict[str, Any] = {"code": "they", "label": "They", "treating": True}
    return RecipientShape.model_validate(values | {"sees": list(sees)} | other)


def seen(
    *sees: str,
    decision: Decision = WHOLE,
    consents: tuple[Consent, ...] = (),
    target: str | None = None,
    rules: Policy = RULES,
    **other: Any,
) -> Decision:
    told = replace(rules, recipients={"they": recipient(*sees, **other)})
    return project(decision, told, "they", consents, target=target)


def agreed(*categories: str, **other: Any) -> Consent:
    values: dict[str, Any] = {
        "id": "c1",
        "use": ConsentUse.DISCLOSURE,
        "provenance": said("2026-01-01"),
        "recipients": frozenset({"they"}),
        "categories": frozenset(categories),
        "signed": PartialDate("2026-01-01"),
    }
    return Consent(**values | other)


def first(decision: Decision) -> Suggestion:
    return decision.groups.eligible[0]


def changed(one: Suggestion, **other: Any) -> Decision:
    """The decision with its first group told otherwise."""
    groups = replace(WHOLE.groups, eligible=(replace(one, **other), *WHOLE.groups.eligible[1:]))
    return replace(WHOLE, groups=groups)


PUBLIC_AND_HEALTH = ("public", "health")
ALL = (
    "public", "health", "mental-health", "another-person", "location", "preference",
    "administrative", "substance-use",
)  # fmt: skip


# -- who is told anything --------------------------------------------------------------------------


def test_what_needs_a_consent_is_seen_only_with_one_and_only_where_the_table_lists_it() -> None:
    bare = seen("public", sees_with_consent=["health"])
    assert bare.facts["patient.goals"].withheld is not None
    given = seen("public", sees_with_consent=["health"], consents=(agreed("health"),))
    assert given.facts["patient.goals"].withheld is None
    not_listed = seen("public", consents=(agreed("health"),))
    assert not_listed.facts["patient.goals"].withheld is not None


def test_outside_the_treatment_nothing_is_told_without_a_consent_to_know_of_it() -> None:
    told: dict[str, Any] = {"treating": False, "sees_with_consent": ["participation", "health"]}
    nothing = seen("public", **told, consents=(agreed("health"),))
    assert (nothing.patient.id, nothing.patient.name) == ("withheld", None)
    assert nothing.recipient == "they"
    assert nothing.mentors_wanted is None
    assert (nothing.questions, nothing.facts, nothing.rules) == ((), {}, {})
    assert nothing.groups == nothing.mentors == shortlist()
    assert nothing.plan.missing == nothing.plan.tasks == nothing.plan.rules == ()
    assert nothing.point_of_contact is None
    assert nothing.notes == ("withheld: no valid consent to disclose to the recipient `they`",)
    with_consent = seen("public", **told, consents=(agreed("health", "participation"),))
    assert with_consent.patient.id == "pat"


@pytest.mark.parametrize(
    ("target", "told"), [("g1", True), ("g2", True), ("g9", False), (None, False)]
)
def test_who_sees_only_their_own_is_told_only_where_they_are_proposed(
    target: str | None, told: bool
) -> None:
    found = seen(*ALL, sees_only_own=True, target=target)
    assert [one.target for one in found.groups.eligible] == ([target] if told else [])
    assert found.plan.proposed_groups == ((target,) if told else ())
    assert (found.patient.id == "pat") == told
    assert found.groups.runner_up is None
    assert found.plan.rules == found.plan.missing == found.questions == ()
    assert {task.target for task in found.plan.tasks} == ({target} if told else set())


def test_a_proposed_mentor_is_told_like_a_proposed_group() -> None:
    proposed = replace(WHOLE, plan=replace(WHOLE.plan, proposed_mentors=("m1",)))
    assert seen(*ALL, decision=proposed, sees_only_own=True, target="m1").patient.id == "pat"


def test_who_sees_only_their_own_hears_of_no_changes() -> None:
    with_changes = changed(first(WHOLE), changes=(Change((), ("patient.goals",), "could pass"),))
    assert first(seen(*ALL, decision=with_changes)).changes != ()
    own = seen(*ALL, decision=with_changes, sees_only_own=True, target=first(WHOLE).target)
    assert first(own).changes == ()


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        ({"recipients": frozenset(), "categories": frozenset()}, set()),
        ({"recipients": frozenset(), "categories": frozenset({"health"})}, {"location"}),
        ({"recipients": frozenset({"they"}), "categories": frozenset()}, set()),
        ({"recipients": frozenset({"others"}), "categories": frozenset()}, {"health", "location"}),
    ],
)
def test_a_refusal_that_names_nobody_or_nothing_is_about_all(
    refusal: dict[str, Any], left: set[str]
) -> None:
    no = agreed(agreed=False, id="no", signed=PartialDate("2026-02-01"), **refusal)
    told = ["health", "location"]
    found = seen("public", sees_with_consent=told, consents=(agreed(*told), no))
    assert (found.facts["patient.goals"].withheld is None) == ("health" in left)


# -- the person ------------------------------------------------------------------------------------


def test_the_name_what_was_asked_for_and_the_formats_need_their_own_kinds() -> None:
    plain = seen("public")
    assert (plain.patient.id, plain.patient.name) == ("pat", None)
    assert (plain.mentors_wanted, plain.plan.formats) == (None, ())
    assert seen("administrative").patient.name == "Pat Doe"
    asked = seen("preference")
    assert (asked.mentors_wanted, asked.plan.formats) == (True, WHOLE.plan.formats)
    assert WHOLE.plan.formats != ()


@pytest.mark.parametrize(
    ("kinds", "told"),
    [(("preference", "health"), True), (("preference",), False), (("health",), False)],
)
def test_how_often_is_told_to_who_sees_wishes_and_health(
    kinds: tuple[str, ...], told: bool
) -> None:
    assert seen(*kinds).plan.frequency == (WHOLE.plan.frequency if told else ())
    assert WHOLE.plan.frequency == ("1 a week",)


def test_notes_on_the_record_are_told_only_to_who_sees_every_kind_of_fact_about_the_person() -> (
    None
):
    kinds = {one.privacy for one in CATALOGUE.values() if one.subject == "patient"}
    assert seen(*kinds).notes == ("a file was not read",)
    for lacking in kinds:
        assert seen(*(kinds - {lacking})).notes == ()


# -- targets ---------------------------------------------------------------------------------------


def test_a_rule_whose_facts_may_not_be_seen_tells_its_outcome_alone() -> None:
    found = first(seen(*PUBLIC_AND_HEALTH))
    assert found.screening == (screening("withheld", "ask", truth="unknown"),)
    assert found.outcome == "ask"
    assert first(seen(*ALL)).screening == first(WHOLE).screening


def test_points_are_told_where_every_fact_behind_them_may_be_seen() -> None:
    assert [one.rule for one in first(seen(*PUBLIC_AND_HEALTH)).points] == ["by-goal"]
    assert [one.rule for one in first(seen("health")).points] == []
    assert [one.rule for one in first(seen(*ALL)).points] == ["by-goal", "by-risk"]


@pytest.mark.parametrize("name", ["score", "novice_score", "mentor_score"])
def test_a_score_of_which_some_is_withheld_is_told_in_whole_hundredths(name: str) -> None:
    full = Score(6_667, 9_999, 10, 15, 15, ("at-risk", "by-goal"))
    decision = changed(first(WHOLE), **{name: full})
    assert getattr(first(seen(*ALL, decision=decision)), name) == full
    part = getattr(first(seen(*PUBLIC_AND_HEALTH, decision=decision)), name)
    assert part == Score(6_600, 9_900, 0, 0, 0, ("by-goal",))
    outside = seen(
        "public",
        decision=decision,
        treating=False,
        sees_with_consent=["participation", "health"],
        consents=(agreed("participation", "health"),),
    )
    assert getattr(first(outside), name) is None


def test_no_score_stays_none() -> None:
    decision = changed(first(WHOLE), score=None)
    assert first(seen(*PUBLIC_AND_HEALTH, decision=decision)).score is None


def test_what_passed_what_helps_and_what_would_change_is_told_by_what_it_reads() -> None:
    decision = changed(
        first(WHOLE),
        passed=("at-risk", "by-goal", "secret"),
        supports=("calm", "ride"),
        changes=(
            Change(("calm",), (), "would pass"),
            Change(("ride",), (), "would pass"),
            Change((), ("patient.suicide_screen",), "could pass"),
            Change((), ("patient.goals", "group.topics@g1"), "could pass"),
        ),
    )
    part = first(seen("public", "health", "location", decision=decision))
    assert part.passed == ("by-goal",)
    assert part.supports == ("ride",)
    assert [(one.supports, one.answers) for one in part.changes] == [
        (("ride",), ()),
        ((), ("patient.goals", "group.topics@g1")),
    ]
    safety = first(seen(*ALL, decision=decision, sees_other_people=True))
    assert safety.passed == ("at-risk", "by-goal", "secret")


def hidden(outcome: Any, **other: Any) -> Decision:
    """The decision with the confidential rule saying something of the first group."""
    told = screening("secret", outcome, facts=("pair.ties@pat+g1",), **other)
    one = first(WHOLE)
    return changed(one, outcome=outcome, screening=(*one.screening, told))


@pytest.mark.parametrize("outcome", ["hold", "blocked"])
def test_what_is_kept_apart_by_a_confidential_rule_is_unavailable_and_nothing_else(
    outcome: str,
) -> None:
    found = seen(*PUBLIC_AND_HEALTH, decision=hidden(outcome))
    target = first(WHOLE).target
    assert target not in [one.target for one in found.groups.eligible]
    (blocked,) = found.groups.blocked
    assert (blocked.target, blocked.name) == (target, first(WHOLE).name)
    assert blocked.kind == "group"
    assert (blocked.outcome, blocked.existing) == ("blocked", False)
    assert blocked.screening == (screening("unavailable", "blocked"),)
    assert (blocked.passed, blocked.points, blocked.supports, blocked.changes) == ((), (), (), ())
    assert (blocked.score, blocked.novice_score, blocked.mentor_score) == (None, None, None)
    assert blocked.doubts == ()
    assert "secret" not in found.rules


def test_what_a_confidential_rule_says_without_keeping_apart_is_not_told() -> None:
    found = first(seen(*PUBLIC_AND_HEALTH, decision=hidden("caution")))
    assert found.screening == (screening("withheld", "ask", truth="unknown"),)
    assert found.outcome == "ask"


def test_the_safety_role_sees_what_a_confidential_rule_says() -> None:
    found = seen(*ALL, decision=hidden("blocked"), sees_other_people=True)
    assert first(found).screening[-1].rule == "secret"
    assert found.groups.blocked == ()
    assert "secret" in found.rules


def test_blocked_targets_are_in_the_order_of_their_ids() -> None:
    """Where a neutral one stood in its list would tell why it is not available."""
    kept = hidden("blocked")
    ids = [first(WHOLE).target, WHOLE.groups.eligible[1].target]
    other = replace(kept.groups.eligible[1], outcome="blocked")
    groups = replace(kept.groups, eligible=kept.groups.eligible[:1], blocked=(other,))
    found = seen(*ALL[:3], decision=replace(kept, groups=groups))
    assert [one.target for one in found.groups.blocked] == sorted(ids)


# -- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "about", "sees", "told"),
    [
        ("patient.goals", "patient", ("health",), True),
        ("patient.suicide_screen", "patient", ("health",), False),
        ("group.topics", "g1", ("public",), True),
        ("group.topics", "g9", ("public",), False),
        ("facilitator.status", "fay", ("staff",), True),
        ("facilitator.status", "bob", ("staff",), False),
    ],
)
def test_a_question_is_told_by_its_kind_and_whom_it_is_about(
    fact: str, about: str, sees: tuple[str, ...], told: bool
) -> None:
    asked = Question(fact, about, "What?", "patient", 1, 0, ())
    goals = WHOLE.facts["patient.goals"]
    led = replace(goals, fact="facilitator.status", subject="fay", privacy="staff")
    taught = replace(goals, fact="group.place", subject="bob", privacy="staff")
    facts = {**WHOLE.facts, "facilitator.status@fay": led, "group.place@bob": taught}
    decision = replace(WHOLE, questions=(asked,), facts=facts)
    assert bool(seen(*sees, decision=decision).questions) == told
    assert seen(*sees, decision=decision, sees_only_own=True, target="g1").questions == ()


# -- plan and facts --------------------------------------------------------------------------------


def test_what_rules_add_to_the_plan_is_told_where_all_that_they_read_may_be_seen() -> None:
    part, whole = seen(*PUBLIC_AND_HEALTH).plan, seen(*ALL).plan
    assert [one.rule for one in whole.goals] == ["goal-of-all", "goal-of-risk"]
    assert [one.rule for one in part.goals] == ["goal-of-all"]
    assert "by-risk-plan" in {one.rule for one in whole.tasks}
    assert "by-risk-plan" not in {one.rule for one in part.tasks}
    assert whole.rules == WHOLE.plan.rules
    assert set(part.rules) == set(WHOLE.plan.rules) - {"by-risk-plan", "goal-of-risk", "of-concern"}
    assert part.missing == WHOLE.plan.missing
    assert part.proposed_groups == WHOLE.plan.proposed_groups


@pytest.mark.parametrize(
    ("fact", "told"), [("patient.goals", True), ("patient.suicide_screen", False)]
)
def test_a_task_about_a_fact_is_told_to_who_may_see_the_fact(fact: str, told: bool) -> None:
    task = PlanTask("id", "question", "Ask", "clinician", None, "2026-03-08", None, None, (fact,))
    decision = replace(WHOLE, plan=replace(WHOLE.plan, tasks=(task,)))
    assert seen(*PUBLIC_AND_HEALTH, decision=decision).plan.tasks == ((task,) if told else ())


def test_facts_are_told_withheld_or_left_out() -> None:
    """Withheld where something told of the person rests on it; left out where nothing does."""
    unused = replace(WHOLE.facts["patient.goals"], fact="patient.purposes")
    decision = replace(WHOLE, facts={"patient.purposes": unused, **WHOLE.facts})
    found = seen(*PUBLIC_AND_HEALTH, decision=decision)
    assert "patient.purposes" not in found.facts
    assert found.facts["patient.goals"] == WHOLE.facts["patient.goals"]
    assert found.facts["group.topics@g1"] == WHOLE.facts["group.topics@g1"]
    risk = found.facts["patient.suicide_screen"]
    assert risk.withheld == "needs the person's consent to tell `they` (mental-health)"
    assert (risk.values, risk.complete, risk.unknown, risk.sources) == ((), False, None, ())
    whole = WHOLE.facts["patient.suicide_screen"]
    assert (risk.fact, risk.subject, risk.privacy, risk.meaning) == (
        whole.fact, whole.subject, whole.privacy, whole.meaning,
    )  # fmt: skip
    assert list(found.facts) == sorted(found.facts)


def test_facts_of_others_are_never_named_as_withheld() -> None:
    assert not [key for key in seen("health").facts if "@" in key]


def test_what_plan_rules_read_is_told_with_them() -> None:
    assert seen("substance-use").facts["patient.concerns"].withheld is None
    assert seen("health").facts["patient.concerns"].withheld is not None


def test_only_rules_that_something_told_rests_on_are_named() -> None:
    part = seen("public", "health")
    assert set(part.rules) == {"by-goal", "a", "goal-of-all", "how", "often"} | {
        rule for one in first(part).passed for rule in [one] if rule in WHOLE.rules
    }
    whole = seen(*ALL, sees_other_people=True)
    assert {"at-risk", "by-goal", "by-risk", "a", "goal-of-risk", "by-risk-plan"} <= set(
        whole.rules
    )
    assert set(whole.rules) < set(WHOLE.rules)


def test_a_projected_decision_keeps_what_everybody_may_know() -> None:
    found = seen("public")
    for name in ("policy", "as_of", "known_at", "safety", "engine_version", "tzdata_version"):
        assert getattr(found, name) == getattr(WHOLE, name)
