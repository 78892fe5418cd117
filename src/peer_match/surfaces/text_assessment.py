"""An assessment as text for a terminal: how severe, who acts by when, why, and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group as Lines
from rich.console import RenderableType

from peer_match.decide.assessment import (
    Alert,
    Assessment,
    Escalation,
    Evidence,
    HelpLine,
    OpenQuestion,
)
from peer_match.fhir.write_escalation_tasks import NOT_VERIFIED
from peer_match.surfaces import words
from peer_match.surfaces.concerns import rule_title
from peer_match.surfaces.text_lines import deeper, heading, indented, plain

SEVERITY = {
    "emergent": ("emergent: now", "stat"),
    "urgent": ("urgent: within a day", "asap"),
    "soon": ("soon: within days", "urgent"),
    "routine": ("routine", ""),
}
NOTHING_HOLDS = "no safety rule holds"
NOT_SAFE = "This is not a finding of safety: it says only what is known."
NOBODY_YET = "Nobody has been told of this by the engine. It stands until a person acknowledges it."
ENGINE = {
    "not run": "The rules were evaluated once, without the rules engine beside it",
    "failed": "The rules engine gave no answer: the evaluation stands alone; a person must look",
    "differed": "The two evaluations differ: the more severe answer stands; a person must look",
}


def render_assessment(assessment: Assessment) -> RenderableType:
    """The whole assessment, what must be done at once before anything else."""
    return Lines(*_lines(assessment))


def _lines(assessment: Assessment) -> Iterable[RenderableType]:
    yield from _head(assessment)
    by_id = {one.id: one for one in assessment.escalations}
    if assessment.severity == "emergent":
        yield from _at_once(assessment)
    told = {one.escalation for one in assessment.alerts}
    if assessment.alerts:
        yield heading("What holds, and who must act by when")
    for alert in assessment.alerts:
        yield from _alert(alert, by_id.pop(alert.escalation, None), assessment)
    left = [one for one in assessment.still_open if one.id not in told]
    if left:
        yield heading("Escalated before, and closed by nobody")
    for one in left:
        since = "" if one.since is None else f", since {when(one.since)}"
        yield indented(f"{one.severity.capitalize()}: {rule_title(one.rule, assessment)}{since}",
                       SEVERITY[one.severity][1])  # fmt: skip
        yield deeper(f"escalation {one.id}", "dim")
    if assessment.questions:
        yield heading("Not known, and to be looked at")
        for asked in _by_who_andwhen(assessment.questions):
            yield from _questions(asked, assessment)
        noted = [one for one in assessment.questions if one.due is None]
        if noted:
            names = ", ".join(rule_title(one.rule, assessment).lower() for one in noted)
            yield indented(f"Noted only, since it is not known: {names}", "dim")
    if assessment.notes:
        yield heading("Notes")
        yield from (indented(f"{words.sentence(one)}.") for one in assessment.notes)


def _head(assessment: Assessment) -> Iterable[RenderableType]:
    name = assessment.subject.name or assessment.subject.id
    said = NOTHING_HOLDS if assessment.severity is None else SEVERITY[assessment.severity][0]
    style = "" if assessment.severity is None else SEVERITY[assessment.severity][1]
    line = plain(name, "bold", f"  {assessment.subject.id}  ")
    yield line.append_text(plain(said, style))
    if not assessment.policy.signed:
        yield plain(f"{words.sentence(assessment.policy.statement)}.", "blocked")
    if assessment.severity is None:
        yield plain(NOT_SAFE)
    if assessment.engine.state in ENGINE:
        reason = f" ({assessment.engine.reason})" if assessment.engine.state != "differed" else ""
        yield plain(f"{ENGINE[assessment.engine.state]}{reason}.",
                    "blocked" if assessment.engine.needs_review else "dim")  # fmt: skip
    policy = assessment.policy
    prepared = (
        "complete, for no recipient"
        if assessment.recipient is None
        else f"for {words.role_words(assessment.recipient)}"
    )
    yield plain(
        f"As of {when(assessment.as_of)}, {prepared}, "
        f"{policy.id} {policy.version} ({words.short(policy.digest)})",
        "dim",
    )


def _at_once(assessment: Assessment) -> Iterable[RenderableType]:
    yield heading("At once")
    said = dict.fromkeys(line for one in assessment.escalations for line in one.instructions)
    yield from (indented(f"- {one}", "bold") for one in said)
    yield from (indented(line_of(one)) for one in assessment.lines)
    yield indented(NOBODY_YET)


def _alert(
    alert: Alert, escalation: Escalation | None, assessment: Assessment
) -> Iterable[RenderableType]:
    said, style = SEVERITY[alert.severity]
    yield indented(
        f"{said.partition(':')[0].capitalize()}: {rule_title(alert.rule, assessment)}", style
    )
    if alert.late is not None:
        yield deeper(f"It held on {when(alert.late)}, and became known only later")
    for one in alert.evidence:
        yield deeper(f"because of: {_evidence(one)}")
    if alert.rule in assessment.rules:
        rule = assessment.rules[alert.rule]
        yield deeper(f"by the rule {rule.id} ({rule.file}, line {rule.line})", "dim")
    if alert.escalated_as is not None:
        title = rule_title(alert.escalated_as, assessment)
        yield deeper(f"nobody is called twice for the same, see: {title}")
        return
    if escalation is None:
        is_above = any(one.id == alert.escalation for one in assessment.escalations)
        yield deeper(f"see above: {alert.escalation}" if is_above
                     else f"escalated before: {alert.escalation}")  # fmt: skip
        return
    yield deeper(f"escalation {escalation.id}", "dim")
    for step in escalation.steps:
        who = words.role_words(step.role)
        named = f" ({step.person.name})" if step.person is not None and step.person.name else ""
        begins = "" if step.tier == 1 else f", if nobody has acknowledged by {when(step.begins)}"
        yield deeper(f"{step.tier}. {step.title}: {who}{named}, by {when(step.due)}{begins}")


def _by_who_andwhen(questions: Iterable[OpenQuestion]) -> Iterable[list[OpenQuestion]]:
    """The questions that have a time, together where one role answers them by one time."""
    asked: dict[tuple[str | None, str], list[OpenQuestion]] = {}
    for one in questions:
        if one.due is not None:
            asked.setdefault((one.role, one.due), []).append(one)
    return asked.values()


def _questions(asked: list[OpenQuestion], assessment: Assessment) -> Iterable[RenderableType]:
    """What one person has to find out by one time: what it is about, then each fact once."""
    first = asked[0]
    who = "somebody" if first.role is None else words.role_words(first.role)
    due = "" if first.due is None else f", by {when(first.due)}"
    yield indented(f"To be answered by {who}{due}:", "bold")
    for one in asked:
        yield deeper(f"- {rule_title(one.rule, assessment)}")
    yield deeper("Not known for these:")
    for fact in dict.fromkeys(fact for one in asked for fact in one.unknown):
        yield deeper(f"  {fact}")


def _evidence(one: Evidence) -> str:
    day = "on a day that nobody noted" if one.date is None else f"on {when(one.date)}"
    return f"{one.what}, {day} ({one.key}, stated by {one.stated_by})"


def line_of(line: HelpLine) -> str:
    """A crisis line or the emergency number, with the day on which a person last verified it."""
    what = "Emergency" if line.is_emergency else "Crisis line"
    day = NOT_VERIFIED if line.verified is None else f"last verified {line.verified}"
    return f"{what}: {line.name}, {line.contact} ({day})"


def when(text: str) -> str:
    """An instant as people read it, with its offset; a partial date as it is written."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if "T" not in text:
        return text
    return moment.strftime("%Y-%m-%d %H:%M %z").replace("+0000", "UTC")
