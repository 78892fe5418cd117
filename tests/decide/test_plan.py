"""The draft plan: what it proposes, who does what by when, and what is missing to activate it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from facts.stated import AS_OF, NOW, many, one
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import DraftPlan, PlanTask, Question, Shortlist
from peer_match.decide.evaluate import World
from peer_match.decide.plan import Planning, draft_plan, stable_id
from peer_match.decide.safety_standing import NOT_ASSESSED
from peer_match.facts.patient import Person
from peer_match.policy.policy import Policy

from .made import SHIPPED, plan, policy, shortlist, suggestion, support

FEWER: dict[str, Any] = {"proposals": {"groups": 2, "mentors": 1}}
GROUPS = shortlist(
    eligible=(suggestion("g1"), suggestion("g2")),
    eligible_with_support=(suggestion("g3", supports=("ride",)),),
    waiting=(suggestion("g4"), suggestion("g5")),
    blocked=(suggestion("g6"),),
)
MENTORS = shortlist(eligible=(suggestion("m1"), suggestion("m2")))
TASK: dict[str, Any] = {"title": "Do it", "role": "clinician", "within": "7 days"}
LEE, SAM = Person(id="lee", name="Dr Lee"), Person(id="sam", name="Sam Ortiz")


def drafted(
    rules: Policy,
    groups: Shortlist = GROUPS,
    mentors: Shortlist = MENTORS,
    *,
    people: dict[str, Person] | None = None,
    questions: tuple[Question, ...] = (),
    wanted: bool | None = True,
    **facts: Any,
) -> DraftPlan:
    about: dict[str, Any] = {"record_status": one("active"), **facts}
    facts_of = Case({"patient": view(person("pat", **about), NOW, SHIPPED.vocabularies)})
    world = World(facts_of, rules.findings, AS_OF)
    planning = Planning(rules, "pat", world, people or {}, rules.supports, NOT_ASSESSED)
    return draft_plan(planning, groups, mentors, questions, wanted)


def of_kind(kind: str, found: DraftPlan) -> list[PlanTask]:
    return [one for one in found.tasks if one.kind == kind]


def day(task: PlanTask) -> str:
    return task.due[:10]


# -- proposals -------------------------------------------------------------------------------------


def test_as_many_are_proposed_as_the_first_rule_in_force_says() -> None:
    """The first by id: those eligible as they are come before those that need a support."""
    rules = policy(
        plan("c", proposals={"groups": 1, "mentors": 0}),
        plan("b", proposals={"groups": 3, "mentors": 2}),
        plan("a", task=TASK),
        support("ride", "patient.home becomes group.place"),
    )
    found = drafted(rules)
    assert found.proposed_groups == ("g1", "g2", "g3")
    assert found.proposed_mentors == ("m1", "m2")
    assert found.rules == ("a", "b", "c")
    fewer = drafted(policy(plan("b", **FEWER)))
    assert (fewer.proposed_groups, fewer.proposed_mentors) == (("g1", "g2"), ("m1",))


def test_nothing_is_proposed_where_no_rule_says_how_many() -> None:
    found = drafted(policy(plan("a", task=TASK)))
    assert (found.proposed_groups, found.proposed_mentors) == ((), ())


def test_where_a_person_already_goes_is_not_proposed_again() -> None:
    groups = shortlist(
        eligible=(suggestion("g1", existing=True), suggestion("g2")),
        eligible_with_support=(suggestion("g3", existing=True), suggestion("g4")),
    )
    found = drafted(policy(plan("a", proposals={"groups": 4, "mentors": 0})), groups)
    assert found.proposed_groups == ("g2", "g4")


@pytest.mark.parametrize(("wanted", "proposed"), [(True, ("m1",)), (False, ()), (None, ())])
def test_a_mentor_is_proposed_only_to_who_wants_one(
    wanted: bool | None, proposed: tuple[str, ...]
) -> None:
    assert drafted(policy(plan("a", **FEWER)), wanted=wanted).proposed_mentors == proposed


# -- what is included ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needs", "groups", "wanted", "included"),
    [
        ("nothing", shortlist(), False, True),
        ("a group", GROUPS, False, True),
        ("a group", shortlist(), True, False),
        ("a mentor", GROUPS, True, True),
        ("a mentor", GROUPS, False, False),
        ("a proposal", GROUPS, False, True),
        ("a proposal", shortlist(), True, True),
        ("a proposal", shortlist(), False, False),
    ],
)
def test_a_rule_is_included_only_with_what_it_needs(
    needs: str, groups: Shortlist, wanted: bool, included: bool
) -> None:
    rules = policy(plan("a", **FEWER), plan("b", needs=needs, task=TASK))
    assert ("b" in drafted(rules, groups, wanted=wanted).rules) == included


@pytest.mark.parametrize(
    ("goals", "if_unknown", "included"),
    [
        (many("find-work"), False, True),
        (many("housing"), True, False),
        (many(complete=False), True, True),
        (many(complete=False), False, False),
    ],
)
def test_a_rule_is_included_where_its_condition_holds(
    goals: Any, if_unknown: bool, included: bool
) -> None:
    rule = plan("a", "patient.goals includes find-work", if_unknown_include=if_unknown, task=TASK)
    assert drafted(policy(rule), goals=goals).rules == (("a",) if included else ())


def test_a_rule_that_is_not_in_force_is_left_out() -> None:
    assert drafted(policy(plan("a", status="draft", task=TASK))).rules == ()


def test_a_rule_that_cannot_be_evaluated_is_left_to_a_person_to_strike_out() -> None:
    rule = plan("a", "record-out-of-use holds", task=TASK)
    without = replace(policy(rule), findings={})
    facts_of = Case({"patient": view(person(), NOW, SHIPPED.vocabularies)})
    world = World(facts_of, without.findings, AS_OF)
    whole = replace(without, findings=SHIPPED.findings)
    planning = Planning(whole, "pat", world, {}, {}, NOT_ASSESSED)
    assert draft_plan(planning, GROUPS, MENTORS, (), False).rules == ("a",)


@pytest.mark.parametrize(("status", "planned"), [("inactive", False), ("active", True)])
def test_nothing_is_planned_for_a_record_out_of_use_but_to_put_it_right(
    status: str, planned: bool
) -> None:
    found = drafted(policy(plan("a", **FEWER)), record_status=one(status))
    assert bool(found.proposed_groups) == planned
    if not planned:
        (task,) = found.tasks
        assert (task.kind, task.title) == ("other", "Correct or close the record")
        assert (task.rule, task.role, task.target) == ("record-out-of-use", "clinician", None)
        assert day(task) == "2026-03-04"
        assert task.id == stable_id("pat", "other", "record-out-of-use", "no plan", "")
        assert (found.rules, found.frequency, found.formats, found.goals) == ((), (), (), ())
        assert found.missing[0] == "the person's recorded choice"


def test_what_is_not_known_of_the_record_stops_no_plan() -> None:
    assert drafted(policy(plan("a", **FEWER)), record_status=one("nonsense")).rules == ("a",)


# -- what a rule adds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "per", "words"), [(1, "1 week", "1 a week"), (3, "2 weeks", "3 a 2 weeks")]
)
def test_how_often_to_attend(times: int, per: str, words: str) -> None:
    rules = policy(plan("a", frequency={"times": times, "per": per}), plan("b", task=TASK))
    assert drafted(rules).frequency == (words,)


def test_the_formats_are_those_of_the_person_where_a_rule_asks_for_them() -> None:
    rules = policy(plan("a", format="patient.formats"), plan("b", task=TASK))
    labels = tuple(SHIPPED.vocabularies["format"].label(code) for code in ("in-person", "online"))
    assert drafted(rules, formats=many("online", "in-person")).formats == labels
    without = policy(plan("b", task=TASK))
    assert drafted(without, formats=many("online")).formats == ()


def test_a_goal_is_told_with_its_measure_and_its_day() -> None:
    measure = {"system": "http://loinc.org", "code": "44261-6", "display": "PHQ-9 total"}
    told = {"description": "Feel better", "direction": "decrease", "within": "30 days"}
    rules = policy(
        plan("a", goal={**told, "measure": measure, "target": "below 5", "for_goal": "find-work"}),
        plan("b", goal={**told, "direction": "maintain"}),
        plan("c", task=TASK),
    )
    first, second = drafted(rules).goals
    assert (first.description, first.direction, first.target) == (
        "Feel better", "decrease", "below 5",
    )  # fmt: skip
    assert (first.measure_system, first.measure_code, first.measure_display) == (
        "http://loinc.org", "44261-6", "PHQ-9 total",
    )  # fmt: skip
    assert (first.goal, first.due, first.rule) == ("find-work", "2026-03-31", "a")
    assert first.id == stable_id("pat", "goal", "a")
    assert (second.measure_system, second.measure_code, second.measure_display) == (None,) * 3
    assert (second.goal, second.target, second.direction, second.rule) == (
        None, None, "maintain", "b",
    )  # fmt: skip


def test_tasks_and_frictions_of_rules_name_the_rule_the_role_and_the_person_who_has_it() -> None:
    rough = {"title": "Smooth it", "role": "supervisor", "within": "2 days"}
    rules = policy(plan("a", task=TASK), plan("b", friction=rough))
    found = drafted(rules, people={"clinician": LEE})
    (task,), (friction,) = of_kind("other", found), of_kind("friction", found)
    assert (task.title, task.role, task.owner, task.rule) == ("Do it", "clinician", "Dr Lee", "a")
    assert (friction.title, friction.role, friction.owner) == ("Smooth it", "supervisor", None)
    assert (day(task), day(friction)) == ("2026-03-08", "2026-03-03")
    assert task.id == stable_id("pat", "other", "a", "other", "")
    assert friction.id == stable_id("pat", "friction", "b", "friction", "")
    assert (task.target, task.facts) == (None, ())


def test_what_a_rule_puts_first_comes_first_whenever_it_is_due() -> None:
    def shape(title: str, within: str, **more: str) -> dict[str, Any]:
        return {"title": title, "role": "clinician", "within": within, **more}

    rules = policy(
        plan("a", task=shape("Soon due", "1 day")),
        plan("b", task=shape("Urgent", "3 days", priority="urgent")),
        plan("c", task=shape("First of all", "2 days", priority="stat")),
        plan("d", task=shape("Second", "2 days", priority="asap")),
        plan("e", task=shape("Urgent too", "2 days", priority="urgent")),
    )
    found = drafted(rules, wanted=False).tasks
    assert [(one.priority, one.title) for one in found][:5] == [
        ("stat", "First of all"),
        ("asap", "Second"),
        ("urgent", "Urgent too"),
        ("urgent", "Urgent"),
        ("routine", "Soon due"),
    ]


def test_the_task_of_a_rule_names_the_facts_that_the_rule_has_read() -> None:
    rule = plan("a", "high-suicide-risk holds", if_unknown_include=True, task=TASK)
    (found,) = of_kind("other", drafted(policy(rule)))
    assert found.facts == ("patient.suicide_screen",)


@pytest.mark.parametrize("named", [True, False])
def test_a_contact_is_looked_for_only_where_none_is_named(named: bool) -> None:
    rules = policy(plan("a", contact={"role": "point-of-contact", "task": TASK}))
    found = of_kind("contact", drafted(rules, people={"point-of-contact": SAM} if named else {}))
    assert [(one.title, one.rule, one.role) for one in found] == (
        [] if named else [("Do it", "a", "clinician")]
    )
    if found:
        assert found[0].id == stable_id("pat", "contact", "a", "contact", "")


def test_check_ins_come_at_their_distance_one_after_the_other() -> None:
    every = {"title": "See how it goes", "every": "2 weeks", "times": 3, "role": "supervisor"}
    found = of_kind("check-in", drafted(policy(plan("a", check_in=every))))
    assert [(day(one), one.title) for one in found] == [
        ("2026-03-15", "See how it goes (1 of 3)"),
        ("2026-03-29", "See how it goes (2 of 3)"),
        ("2026-04-12", "See how it goes (3 of 3)"),
    ]
    assert {(one.role, one.rule, one.target) for one in found} == {("supervisor", "a", None)}
    assert [one.id for one in found] == [
        stable_id("pat", "check-in", "a", f"check-in {number}", "") for number in (1, 2, 3)
    ]


def test_each_proposal_has_a_referral_an_introduction_and_its_supports() -> None:
    ride = support("ride", "patient.home becomes group.place")
    rules = policy(plan("a", proposals={"groups": 3, "mentors": 1}), ride)
    found = drafted(rules)
    assert [(one.title, one.target, one.role) for one in of_kind("referral", found)] == [
        (f"Introduce the person to the group: Name of {id}", id, "point-of-contact")
        for id in ("g1", "g2", "g3")
    ]
    (meeting,) = of_kind("introduction", found)
    assert meeting.title == "Introduce the person to the mentor: Name of m1"
    assert (meeting.target, day(meeting), meeting.rule) == ("m1", "2026-03-15", None)
    assert meeting.id == stable_id("pat", "introduction", "", "introduction", "m1")
    (arranged,) = of_kind("support", found)
    assert arranged.title == "Do it: Name of g3"
    assert (arranged.target, arranged.rule, day(arranged)) == ("g3", "ride", "2026-03-08")
    assert arranged.id == stable_id("pat", "support", "ride", "arrange", "g3")
    assert of_kind("referral", found)[0].id == stable_id("pat", "referral", "", "referral", "g1")


# -- questions and dead ends -----------------------------------------------------------------------


def question(fact: str, about: str = "patient", asked_of: str = "patient") -> Question:
    return Question(fact, about, f"How is {fact}?", asked_of, 1, 0, ())


def test_the_five_questions_that_matter_most_become_tasks() -> None:
    names = [f"patient.{one}" for one in ("barriers", "concerns", "formats", "goals", "home", "zz")]
    found = of_kind("question", drafted(policy(), questions=tuple(map(question, names))))
    assert [one.facts for one in found] == [(name,) for name in names[:5]]
    assert found[0].title == "Ask: How is patient.barriers?"
    assert {day(one) for one in found} == {"2026-03-08"}
    assert found[0].id == stable_id("pat", "question", "", "patient.barriers", "")


@pytest.mark.parametrize(
    ("asked", "role", "target"),
    [
        (question("patient.goals"), "point-of-contact", None),
        (question("patient.goals", asked_of="clinician"), "clinician", None),
        (question("group.place", "g1", "programme-manager"), "programme-manager", "g1"),
    ],
)
def test_who_is_to_ask_and_about_what(asked: Question, role: str, target: str | None) -> None:
    """What the person knows, their point of contact asks them."""
    (found,) = of_kind("question", drafted(policy(), questions=(asked,)))
    assert (found.role, found.target, found.rule) == (role, target, None)


@pytest.mark.parametrize(
    ("groups", "tasks"),
    [
        (shortlist(eligible=GROUPS.eligible), 0),
        (shortlist(eligible_with_support=GROUPS.eligible), 0),
        (shortlist(waiting=GROUPS.waiting, blocked=GROUPS.blocked), 1),
    ],
)
def test_where_no_group_fits_somebody_finds_a_way_forward(groups: Shortlist, tasks: int) -> None:
    found = of_kind("nothing-fits", drafted(policy(), groups, wanted=False))
    assert [one.title for one in found] == [
        "Find a way forward: 2 wait for an answer, 1 does not fit"
    ] * tasks
    if found:
        assert day(found[0]) == "2026-03-04"
        assert found[0].id == stable_id("pat", "nothing-fits", "", "nothing fits", "")


@pytest.mark.parametrize(
    ("mentors", "wanted", "tasks"),
    [
        (shortlist(), True, 1),
        (shortlist(), False, 0),
        (shortlist(), None, 0),
        (MENTORS, True, 0),
        (shortlist(eligible_with_support=MENTORS.eligible), True, 0),
    ],
)
def test_where_no_mentor_fits_who_is_wanted_somebody_finds_one(
    mentors: Shortlist, wanted: bool | None, tasks: int
) -> None:
    found = of_kind("nothing-fits", drafted(policy(), GROUPS, mentors, wanted=wanted))
    assert [one.title for one in found] == ["Find a mentor: no mentor was given"] * tasks
    if found:
        assert found[0].id == stable_id("pat", "nothing-fits", "", "no mentor fits", "")


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (("point-of-contact", "clinician"), "point-of-contact"),
        (("clinician", "programme-manager"), "programme-manager"),
        (("clinician",), "clinician"),
        ((), "point-of-contact"),
    ],
)
def test_a_way_forward_is_left_to_the_first_role_that_somebody_has(
    roles: tuple[str, ...], role: str
) -> None:
    people = dict.fromkeys(roles, LEE)
    (found,) = of_kind("nothing-fits", drafted(policy(), shortlist(), wanted=False, people=people))
    assert (found.role, found.owner) == (role, "Dr Lee" if roles else None)


def test_tasks_come_by_day_then_kind_then_title() -> None:
    def to_do(title: str, within: str) -> dict[str, Any]:
        return {"title": title, "role": "clinician", "within": within}

    rules = policy(
        plan("a", task=to_do("Last", "9 days")),
        plan("b", task=to_do("B", "2 days")),
        plan("c", friction=to_do("Z", "2 days")),
        plan("d", task=to_do("A", "2 days")),
    )
    found = drafted(rules, wanted=False)
    assert [one.title for one in found.tasks] == ["Z", "A", "B", "Last"]


# -- what is missing -------------------------------------------------------------------------------


def test_what_is_missing_before_the_plan_can_be_activated() -> None:
    always = (
        "the person's recorded choice",
        "the signature of a named clinician",
        "a safety assessment: safety not assessed",
    )
    contact = "an active primary point of contact"
    approval = "clinical approval of the rule pack"
    named = {"point-of-contact": SAM}
    assert drafted(policy(signed=True), people=named).missing == always
    assert drafted(policy(signed=True)).missing == (*always[:2], contact, always[2])
    assert drafted(policy(signed=False), people=named).missing == (*always, approval)


def test_ids_are_the_same_for_the_same_parts_and_never_for_others() -> None:
    """They stay the same from one version to the next: tasks that were sent keep theirs."""
    assert stable_id("pat", "question", "", "patient.goals", "") == (
        "79d1a041-e037-5152-a8d1-53677ec5f030"
    )
    assert stable_id("a", "b") != stable_id("ab")
    assert UUID(stable_id("a")).version == 5
