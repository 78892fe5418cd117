"""The draft plan: what the plan rules include, and a task for everything that somebody must do.

Nothing here activates anything. A plan stays a draft until the person has chosen, a named
clinician has signed, and a point of contact is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid5

from peer_match.decide.decision import (
    DraftPlan,
    PlanGoal,
    PlanTask,
    Question,
    Shortlist,
    Suggestion,
)
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.safety_standing import NOT_ASSESSED
from peer_match.facts.patient import Person
from peer_match.facts.truth import Truth
from peer_match.policy.policy import Plan, Policy, Support
from peer_match.policy.reads import all_facts
from peer_match.policy.rule_files import (
    GoalShape,
    LastTaskShape,
    ProposalsShape,
    TaskPriority,
    TaskShape,
)
from peer_match.policy.rule_parts import read_span
from peer_match.policy.units import Span

NAMESPACE = UUID("6f0a4d8e-5a0b-5d0c-9b35-2f6c4c1d7a10")
POINT_OF_CONTACT = "point-of-contact"
PATIENT = "patient."
MOST_QUESTION_TASKS = 5  # the questions that matter most; a long list of tasks is not done

RISING: tuple[TaskPriority, ...] = get_args(TaskPriority)


@dataclass(frozen=True, slots=True)
class Planning:
    """What a plan is made from."""

    policy: Policy
    patient: str
    world: World
    people: Mapping[str, Person]
    supports: Mapping[str, Support]
    safety: str

    @property
    def as_of(self) -> datetime:
        """The moment of the decision."""
        return self.world.as_of


def stable_id(*parts: str) -> str:
    """An id that the same patient, rule, step and target always give."""
    return str(uuid5(NAMESPACE, "\x1f".join(parts)))


def draft_plan(
    planning: Planning,
    groups: Shortlist,
    mentors: Shortlist,
    questions: Iterable[Question],
    mentor_wanted: bool | None,
) -> DraftPlan:
    """The plan for a person, from the plan rules in force and the lists."""
    nothing = _nothing_to_plan(planning)
    if nothing is not None:
        return DraftPlan((), (), (), (), (), (nothing,), (), tuple(_missing(planning)))
    by_id = sorted(planning.policy.plans, key=lambda rule: rule.id)
    fitting = [rule for rule in by_id if _is_included(rule, planning)]
    proposals = next(
        (rule.include.proposals for rule in fitting if rule.include.proposals is not None), None
    )
    chosen_groups = _proposed(groups, proposals.groups if proposals else 0)
    chosen_mentors = _proposed(mentors, _mentors(proposals, mentor_wanted))
    included = [rule for rule in fitting if _has_what_it_needs(rule, chosen_groups, chosen_mentors)]
    tasks = [
        *_referrals(planning, chosen_groups, chosen_mentors),
        *_support_tasks(planning, (*chosen_groups, *chosen_mentors)),
        *_rule_tasks(planning, included),
        *_question_tasks(planning, questions),
    ]
    asks = planning.policy.pack.tasks
    if not (groups.eligible or groups.eligible_with_support):
        tasks.append(_nothing_fits(planning, groups, asks.nothing_fits, "nothing fits", "group"))
    if mentor_wanted and not (mentors.eligible or mentors.eligible_with_support):
        tasks.append(
            _nothing_fits(planning, mentors, asks.no_mentor_fits, "no mentor fits", "mentor")
        )
    return DraftPlan(
        proposed_groups=tuple(one.target for one in chosen_groups),
        proposed_mentors=tuple(one.target for one in chosen_mentors),
        frequency=tuple(
            f"{rule.include.frequency.times} a {_unit(rule.include.frequency.per)}"
            for rule in included
            if rule.include.frequency is not None
        ),
        formats=_formats(planning, included),
        goals=tuple(
            _goal(planning, rule, rule.include.goal)
            for rule in included
            if rule.include.goal is not None
        ),
        tasks=tuple(sorted(tasks, key=_order)),
        rules=tuple(rule.id for rule in included),
        missing=tuple(_missing(planning)),
    )


def _order(task: PlanTask) -> tuple[int, str, str, str, str]:
    """What a rule says must come first comes first, then what is due first."""
    return (-RISING.index(task.priority), task.due, task.kind, task.title, task.id)


def _is_included(rule: Plan, planning: Planning) -> bool:
    if not rule.in_force(planning.as_of.date()):
        return False
    try:
        truth = Truth.YES if rule.when is None else evaluate(rule.when, planning.world)
    except Exception:  # what cannot be evaluated is left to a person to strike out, never left out
        return True
    return truth is Truth.YES or (truth is Truth.UNKNOWN and rule.if_unknown_include)


def _nothing_to_plan(planning: Planning) -> PlanTask | None:
    """The one task that is left where there is nobody to plan for, such as a record out of use."""
    rule = planning.policy.pack.no_plan_when
    finding = planning.policy.findings[rule.finding]
    try:
        truth = evaluate(finding.when, planning.world)
    except Exception:  # the blocks that rest on the same finding hold; the draft is for a person
        return None
    if truth is not Truth.YES:
        return None
    return _task(planning, "other", rule.task, "no plan", rule.task.title, rule=rule.finding)


def _has_what_it_needs(
    rule: Plan, groups: Sequence[Suggestion], mentors: Sequence[Suggestion]
) -> bool:
    match rule.needs:
        case "a group":
            return bool(groups)
        case "a mentor":
            return bool(mentors)
        case "a proposal":
            return bool(groups or mentors)
        case "nothing":
            return True


def _proposed(shortlist: Shortlist, number: int) -> tuple[Suggestion, ...]:
    new = [one for one in shortlist.eligible if not one.existing]
    supported = [one for one in shortlist.eligible_with_support if not one.existing]
    return tuple((*new, *supported)[:number])


def _mentors(proposals: ProposalsShape | None, wanted: bool | None) -> int:
    """A mentor is proposed to those who want one; who was not asked is asked first."""
    return proposals.mentors if proposals is not None and wanted else 0


def _task(
    planning: Planning,
    kind: str,
    shape: TaskShape,
    step: str,
    title: str,
    *,
    target: str | None = None,
    rule: str | None = None,
    facts: tuple[str, ...] = (),
) -> PlanTask:
    span = read_span(shape.within)
    assert span is not None
    made = _task_due(planning, kind, shape.role, span, step, title, target, rule, facts)
    return replace(made, priority=shape.priority)


def _task_due(
    planning: Planning,
    kind: str,
    role: str,
    span: Span,
    step: str,
    title: str,
    target: str | None,
    rule: str | None,
    facts: tuple[str, ...] = (),
) -> PlanTask:
    owner = planning.people.get(role)
    return PlanTask(
        id=stable_id(
            planning.patient,
            kind,
            rule or "",
            step,
            target or "",
            *_occasion(planning, rule, facts),
        ),
        kind=kind,  # pyright: ignore[reportArgumentType]
        title=title,
        role=role,
        owner=None if owner is None else owner.name,
        due=span.after(planning.as_of).isoformat(),
        target=target,
        rule=rule,
        facts=facts,
    )


def _occasion(planning: Planning, rule: str | None, facts: tuple[str, ...]) -> Iterator[str]:
    """Which time it was that a task answers to: a second crisis is not the task of the first."""
    findings = planning.policy.findings
    rules = {one.id: one for one in (*planning.policy.plans, *findings.values())}
    read = all_facts(rules[rule], findings) if rule in rules else ()
    for name in sorted({*read, *facts}):
        if name.startswith(PATIENT):
            yield from planning.world.facts.observed(name).occasion


def _referrals(
    planning: Planning, groups: Iterable[Suggestion], mentors: Iterable[Suggestion]
) -> Iterator[PlanTask]:
    tasks = planning.policy.pack.tasks
    for one in groups:
        title = f"{tasks.referral.title}: {one.name}"
        yield _task(planning, "referral", tasks.referral, "referral", title, target=one.target)
    for one in mentors:
        title = f"{tasks.introduction.title}: {one.name}"
        yield _task(
            planning, "introduction", tasks.introduction, "introduction", title, target=one.target
        )


def _support_tasks(planning: Planning, chosen: Iterable[Suggestion]) -> Iterator[PlanTask]:
    for one in chosen:
        for id in one.supports:
            support = planning.supports[id]
            title = f"{support.task.title}: {one.name}"
            yield _task(
                planning, "support", support.task, "arrange", title, target=one.target, rule=id
            )


def _rule_tasks(planning: Planning, included: Iterable[Plan]) -> Iterator[PlanTask]:
    for rule in included:
        include = rule.include
        read = all_facts(rule, planning.policy.findings)
        for kind, shape in (("other", include.task), ("friction", include.friction)):
            if shape is not None:
                yield _task(planning, kind, shape, kind, shape.title, rule=rule.id, facts=read)
        if include.contact is not None and include.contact.role not in planning.people:
            task = include.contact.task
            yield _task(planning, "contact", task, "contact", task.title, rule=rule.id, facts=read)
        if include.check_in is not None:
            every = read_span(include.check_in.every)
            assert every is not None
            for number in range(1, include.check_in.times + 1):
                yield _task_due(
                    planning,
                    "check-in",
                    include.check_in.role,
                    Span(every.number * number, every.unit),
                    f"check-in {number}",
                    f"{include.check_in.title} ({number} of {include.check_in.times})",
                    None,
                    rule.id,
                )


def _question_tasks(planning: Planning, questions: Iterable[Question]) -> Iterator[PlanTask]:
    shape = planning.policy.pack.tasks.question
    span = read_span(shape.within)
    assert span is not None
    for question in tuple(questions)[:MOST_QUESTION_TASKS]:
        role = shape.role if question.asked_of == "patient" else question.asked_of
        target = None if question.about == "patient" else question.about
        yield _task_due(
            planning,
            "question",
            role,
            span,
            question.fact,
            f"{shape.title}: {question.asks}",
            target,
            None,
            (question.fact,),
        )


def _nothing_fits(
    planning: Planning, shortlist: Shortlist, shape: LastTaskShape, step: str, noun: str
) -> PlanTask:
    """A task for the first role that somebody is named for: it must not be left to nobody."""
    role = next((one for one in (shape.role, *shape.or_else) if one in planning.people), shape.role)
    waiting, blocked = len(shortlist.waiting), len(shortlist.blocked)
    wait = "waits for an answer" if waiting == 1 else "wait for an answer"
    why = f"{waiting} {wait}, {blocked} {'does' if blocked == 1 else 'do'} not fit"
    if not (waiting or blocked):  # and none fits, or nobody would be asking
        why = f"no {noun} was given"
    named = shape.model_copy(update={"role": role})
    return _task(planning, "nothing-fits", named, step, f"{shape.title}: {why}")


def _goal(planning: Planning, rule: Plan, shape: GoalShape) -> PlanGoal:
    span = read_span(shape.within)
    assert span is not None
    return PlanGoal(
        id=stable_id(planning.patient, "goal", rule.id),
        description=shape.description,
        goal=shape.for_goal,
        direction=shape.direction,
        measure_system=shape.measure.system if shape.measure else None,
        measure_code=shape.measure.code if shape.measure else None,
        measure_display=shape.measure.display if shape.measure else None,
        target=shape.target,
        due=span.after(planning.as_of).date().isoformat(),
        rule=rule.id,
    )


def _formats(planning: Planning, included: Iterable[Plan]) -> tuple[str, ...]:
    """The person's own formats where a rule asks for them."""
    if not any(rule.include.format is not None for rule in included):
        return ()
    seen = planning.world.facts.observed("patient.formats")
    vocabulary = seen.vocabulary
    return tuple(vocabulary.label(code) if vocabulary else code for code in seen.values)


def _unit(text: str) -> str:
    span = read_span(text)
    assert span is not None
    return span.unit if span.number == 1 else str(span)


def _missing(planning: Planning) -> Iterator[str]:
    yield "the person's recorded choice"
    yield "the signature of a named clinician"
    if POINT_OF_CONTACT not in planning.people:
        yield "an active primary point of contact"
    if planning.safety == NOT_ASSESSED:
        yield f"a safety assessment: {NOT_ASSESSED}"
    if not planning.policy.signed:
        yield "clinical approval of the rule pack"
