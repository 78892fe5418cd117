"""A rule read aloud: plain sentences that a programme manager can check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.authoring.instrument_prose import instrument_prose
from peer_match.authoring.safety_prose import always_prose, escalate_prose, pathway_prose
from peer_match.policy.condition import AllOf, AnyOf, Condition, Not
from peer_match.policy.diagnostics import counted, printable
from peer_match.policy.instrument import Instrument
from peer_match.policy.measures import MEASURES
from peer_match.policy.policy import (
    AnyRule,
    Finding,
    MustNot,
    Outcome,
    Plan,
    Policy,
    Prefer,
    Support,
)
from peer_match.policy.rule_files import IncludeShape
from peer_match.policy.safety import Always, Escalate, Pathway
from peer_match.policy.units import show_amount

ON_YES: dict[Outcome, str] = {
    "blocked": "The two are kept apart.",
    "hold": "It waits for an answer.",
    "ask": "It may be suggested, with a question that somebody must acknowledge.",
    "caution": "It may be suggested, with a caution.",
    "allowed": "Nothing follows.",
}
ON_UNKNOWN = {
    "hold": "it waits for an answer",
    "ask": "it may be suggested, and the question is asked",
    "allow": "it may be suggested, with a caution",
    "widen": "the score becomes a range",
}
NEEDED = {
    "a proposal": "It needs a plan that proposes a group or a mentor.",
    "a group": "It needs a plan that proposes a group.",
    "a mentor": "It needs a plan that proposes a mentor.",
}
FACT = re.compile(r"\b([a-z]+)\.([a-z][a-z0-9_]*)")
INDENT = "  "
WRITTEN = "written:"


def prose(rule: AnyRule | Instrument | Pathway, policy: Policy) -> str:
    """The rule as text, some lines of at most what its author wrote."""
    lines = [f"{rule.title} ({rule.id})", "", f"Why: {rule.why}", ""]
    match rule:
        case MustNot():
            lines.extend(_must_not(rule))
        case Prefer():
            lines.extend(_prefer(rule, policy))
        case Finding():
            lines.append("This is so when:")
            lines.extend(_condition(rule.when, 1))
        case Support():
            lines.extend(_support(rule))
        case Plan():
            lines.extend(_plan(rule))
        case Instrument():
            lines.extend(instrument_prose(rule))
        case Escalate():
            lines.extend(escalate_prose(rule, _condition))
        case Always():
            lines.extend(always_prose(rule, _condition))
        case Pathway():
            lines.extend(pathway_prose(rule))
    lines.append("")
    lines.extend(
        f"Source: {one.cite} ({_status(one.status)}): {one.finding}" for one in rule.sources
    )
    until = f" until {rule.until.isoformat()}" if rule.until else ""
    begins = f"{rule.status.capitalize()} from {rule.effective.isoformat()}"
    lines.append(
        f"Owner: {rule.owner}. {begins}{until}, to be reviewed by {rule.review_by.isoformat()}."
    )
    lines.append(f"Written in {printable(rule.position.file)}, line {rule.position.line}.")
    return "\n".join(lines)


def _status(status: str) -> str:
    return {"V": "seen", "M": "from memory, to be confirmed", "D": "design default"}[status]


def _condition(condition: Condition, depth: int) -> Iterator[str]:
    indent = INDENT * depth
    match condition:
        case AllOf(parts):
            yield f"{indent}all of these:"
            for part in parts:
                yield from _condition(part, depth + 1)
        case AnyOf(parts):
            yield f"{indent}at least one of these:"
            for part in parts:
                yield from _condition(part, depth + 1)
        case Not(part):
            yield f"{indent}the opposite of:"
            yield from _condition(part, depth + 1)
        case _:
            yield from _said(condition.text, indent)


def _said(text: str, indent: str) -> Iterator[str]:
    """A sentence read aloud, and below it as it is written in a rule, where the two differ."""
    aloud = _aloud(text)
    yield f"{indent}- {aloud}"
    if aloud != text:
        yield f"{indent}  {WRITTEN} {text}"


def _aloud(text: str) -> str:
    """The words of a sentence, with `patient.accessibility_needs` as people say it."""
    return FACT.sub(lambda found: f"{found[1]}’s {found[2].replace('_', ' ')}", text)


def _must_not(rule: MustNot) -> Iterator[str]:
    yield "When:"
    yield from _condition(rule.when, 1)
    if rule.cap is not None:
        yield f"the score is at most {rule.cap} percent."
    else:
        yield ON_YES[rule.outcome]
    for kind, outcome in rule.scope:
        yield f"For a {kind} group: {ON_YES[outcome][0].lower()}{ON_YES[outcome][1:]}"
    yield f"When it is not known: {ON_UNKNOWN[rule.if_unknown]}."
    if rule.asks is not None:
        yield f"The question goes to: {rule.asks}."
    if rule.override is None:
        yield "Nobody may set this aside."
    else:
        roles = " and ".join(sorted(rule.override.all_of))
        yield f"It may be set aside by {roles} together, for at most {rule.override.at_most}."
    if rule.lifted_by:
        yield f"It may be lifted by: {', '.join(rule.lifted_by)}."
    if rule.applies_to_existing:
        yield "It also touches standing placements."
    if rule.shown_as_unavailable:
        yield "Everyone but the safety role sees only that the place is not available."
    if rule.floor:
        yield "A site may tighten this rule, never loosen or remove it."


def _prefer(rule: Prefer, policy: Policy) -> Iterator[str]:
    if rule.applies_when is not None:
        yield "This counts only when:"
        yield from _condition(rule.applies_when, 1)
    if rule.when is not None:
        yield f"It gives {rule.weight} points when:"
        yield from _condition(rule.when, 1)
    elif rule.grade is not None:
        yield f"It gives up to {rule.weight} points by the {_aloud(rule.grade.measure.text)}:"
        yield f"{INDENT}{WRITTEN} {rule.grade.measure.text}"
        measure = rule.grade.measure.measure
        for amount, percent in rule.grade.knots:
            yield f"{INDENT}- {_amount(measure, amount)}: {percent} percent of them"
        yield "with straight lines between."
    yield "When it is not known, the score becomes a range."
    vocabulary = policy.vocabularies["dimension"]
    yield f"A person can say how much this matters to them: {vocabulary.label(rule.dimension)}."
    if rule.side == "mentor":
        yield "It counts for the mentor’s side."
    if rule.lifted_by:
        yield f"It may be improved by: {', '.join(rule.lifted_by)}."


def _amount(measure: str, amount: int) -> str:
    return show_amount(amount, MEASURES[measure].dimension).replace(".0 ", " ")


def _support(rule: Support) -> Iterator[str]:
    if rule.offered_when is not None:
        yield "It is offered when this is so, or is not known:"
        yield from _condition(rule.offered_when, 1)
    yield "With it, the rules that name it see:"
    for edit in rule.provides:
        yield from _said(" ".join(edit.text.split()), INDENT)
    yield f"{rule.task.title}: a task for {rule.task.role}, within {rule.task.within}."


def _plan(rule: Plan) -> Iterator[str]:
    if rule.when is not None:
        yield "When:"
        yield from _condition(rule.when, 1)
    yield f"The plan contains: {_included(rule.include)}."
    if rule.needs in NEEDED:
        yield NEEDED[rule.needs]
    also = "it is included" if rule.if_unknown_include else "it is left out"
    yield f"When it is not known: {also}."


def _included(include: IncludeShape) -> str:
    if include.frequency is not None:
        per = include.frequency.per.removeprefix("1 ")
        return f"{counted(include.frequency.times, 'meeting')} per {per}"
    if include.format is not None:
        return "the formats that the person can use"
    if include.goal is not None:
        return f"the goal “{include.goal.description}”, within {include.goal.within}"
    if include.check_in is not None:
        every = include.check_in
        return f"{every.times} check-ins, every {every.every}, by {every.role} ({every.title})"
    if include.contact is not None:
        return f"a {include.contact.role}; without one, a task: {include.contact.task.title}"
    if include.proposals is not None:
        return f"up to {include.proposals.groups} groups and {include.proposals.mentors} mentors"
    if include.friction is not None:
        task = include.friction
        return f"a difficulty for {task.role} to talk through, within {task.within}: {task.title}"
    assert include.task is not None
    return f"a task for {include.task.role}, within {include.task.within}: {include.task.title}"
