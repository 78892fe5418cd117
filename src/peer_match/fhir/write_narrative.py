"""The narrative of a care plan: what a person would say who reads it out.

It says nothing that the projected decision does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.decide.decision import PlanGoal, PlanTask, Shortlist, Suggestion
from peer_match.decide.in_words import HOW_SOON, comes_first
from peer_match.decide.safety_standing import NOT_ASSESSED
from peer_match.fhir.write_elements import plain, texts
from peer_match.fhir.write_markup import (
    bold,
    heading,
    listed,
    named,
    narrative_of,
    paragraph,
    sentence,
)
from peer_match.fhir.write_proposal import Proposal
from peer_match.fhir.write_words import (
    awaited,
    behind,
    cautions,
    day,
    fit,
    frequency,
    joined,
    reasons,
    support_titles,
    uncapitalised,
    where_and_when,
)

_NUMBERED = re.compile(r" \(\d+ of \d+\)$")


def narrative(proposal: Proposal) -> str:
    """The narrative as an XHTML `div`."""
    return narrative_of(_parts(proposal))


def _parts(proposal: Proposal) -> Iterator[str]:
    yield from _opening(proposal)
    yield from listed("Before everything else", _firsts(proposal))
    yield from _groups(proposal)
    yield from listed("What is waited for", awaited(proposal))
    yield from _mentors(proposal)
    yield from listed("Already in place", _existing(proposal))
    yield from _attendance(proposal)
    yield from listed("Goals", (_goal(one) for one in proposal.decision.plan.goals))
    yield from listed("What is to be done", _tasks(proposal))
    yield from listed(
        "Needed before this plan can start", (sentence(t) for t in proposal.decision.plan.missing)
    )
    yield from _closing(proposal)


def _opening(proposal: Proposal) -> Iterator[str]:
    decision = proposal.decision
    name = plain(decision.patient.name or "")
    whom = f" for {name}" if name else ""
    yield paragraph(f"This is a draft of a peer support plan{whom}, made on {day(decision.as_of)}.")
    standing = [plain(decision.policy.statement), plain(decision.safety)]
    yield bold(f"Please note: {joined(standing)}.")
    if not decision.policy.signed:
        yield paragraph("No clinician has approved the rules that this plan was made by.")
    if decision.safety == NOT_ASSESSED:
        yield paragraph("It does not say whether the person is safe; somebody has to find out.")
    yield paragraph("Nothing has been arranged. The person chooses, and a clinician signs.")


def _firsts(proposal: Proposal) -> Iterator[str]:
    """What the rules put before everything else, and what was seen that it answers to."""
    for task in comes_first(proposal.decision.plan):
        said = [_task([task], proposal)]
        said.extend(sentence(text) for text in behind(task, proposal))
        yield " ".join(said)


def _groups(proposal: Proposal) -> Iterator[str]:
    chosen = [one for one in proposal.proposed if one.kind == "group"]
    looked_at = _counts(proposal.decision.groups, "group")
    if chosen:
        title = "Proposed group" if len(chosen) == 1 else "Proposed groups to choose from"
        yield from named(title, (_suggestion(one, proposal) for one in chosen))
    elif looked_at:
        yield heading("Groups")
        yield paragraph("No group is proposed.")
    if looked_at:
        yield paragraph(looked_at)


def _mentors(proposal: Proposal) -> Iterator[str]:
    chosen = [one for one in proposal.proposed if one.kind == "mentor"]
    if chosen:
        title = "Proposed mentor" if len(chosen) == 1 else "Proposed mentors to choose from"
        yield from named(title, (_suggestion(one, proposal) for one in chosen))
    elif proposal.decision.mentors_wanted:
        yield heading("Mentors")
        yield paragraph("A mentor is wanted, and none is proposed.")
    looked_at = _counts(proposal.decision.mentors, "mentor")
    if looked_at:
        yield paragraph(looked_at)


def _counts(list: Shortlist, noun: str) -> str:
    """`Of 12 groups, 3 fit, 1 fits with support and 8 do not fit.`"""
    parts = [
        (len(list.eligible), "fits", "fit"),
        (len(list.eligible_with_support), "fits with support", "fit with support"),
        (len(list.waiting), "waits for an answer", "wait for an answer"),
        (len(list.blocked), "does not fit or is not available", "do not fit or are not available"),
    ]
    number = sum(count for count, _, _ in parts)
    if number == 0:
        return ""
    said = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
    return f"Of {number} {noun}{'' if number == 1 else 's'} looked at, {joined(said)}."


def _suggestion(one: Suggestion, proposal: Proposal) -> tuple[str, str]:
    """The name, and what there is to say."""
    said = [f"{fit(one.score)}."] if one.score is not None else []
    said.extend(f"{text}." for text in where_and_when(one, proposal))
    for lead, parts in (
        ("What speaks for it:", list(reasons(one, proposal))),
        ("Look at this first:", list(cautions(one, proposal))),
        ("It needs support:", list(support_titles(one, proposal))),
    ):
        if parts:
            said.append(sentence(f"{lead} {'; '.join(parts)}"))
    return proposal.name(one), " ".join(said)


def _existing(proposal: Proposal) -> Iterator[str]:
    """Standing placements, and where each stands now."""
    for list in (proposal.decision.groups, proposal.decision.mentors):
        for part, standing in (
            (list.eligible, "fits"),
            (list.eligible_with_support, "fits with support"),
            (list.waiting, "waits for an answer"),
            (list.blocked, "does not fit, or is not available"),
        ):
            for one in part:
                if one.existing:
                    yield f"{proposal.name(one)}: {standing}."


def _attendance(proposal: Proposal) -> Iterator[str]:
    plan = proposal.decision.plan
    how_often = [_how_often(text) for text in texts(plan.frequency)]
    if how_often:
        yield paragraph(f"How often: {joined(how_often)}.")
    formats = [uncapitalised(text) for text in texts(plan.formats)]
    if formats:
        yield paragraph(f"How the person can take part: {joined(formats)}.")


def _how_often(text: str) -> str:
    found = frequency(text)
    return found.in_words() if found else text


def _goal(goal: PlanGoal) -> str:
    said = [sentence(goal.description)]
    measure = plain(goal.measure_display or "")
    target = plain(goal.target or "")
    if measure and target:
        said.append(f"It is measured by {measure}: {target} by {day(goal.due)}.")
    elif target:
        said.append(f"By {day(goal.due)}: {target}.")
    elif measure:
        said.append(f"It is measured by {measure}, and looked at on {day(goal.due)}.")
    else:
        said.append(f"It is looked at on {day(goal.due)}.")
    return " ".join(said)


def _tasks(proposal: Proposal) -> Iterator[str]:
    """The tasks in the order of the plan; check-ins of one series are said once."""

    def series(task: PlanTask) -> str:
        return f"{task.rule} {task.role}" if task.kind == "check-in" else task.id

    runs: dict[str, list[PlanTask]] = {}
    for task in proposal.decision.plan.tasks:
        runs.setdefault(series(task), []).append(task)
    for run in runs.values():
        yield _task(run, proposal)


def _task(run: list[PlanTask], proposal: Proposal) -> str:
    first, last = run[0], run[-1]
    owner = plain(first.owner or "")
    role = proposal.role_in_words(first.role)
    who = f"{role}, {owner}" if owner else role
    title = (
        _NUMBERED.sub("", plain(first.title)) if first.kind == "check-in" else plain(first.title)
    )
    about = proposal.known.get(first.target or "")
    if about is not None and first.kind == "question":
        title = f"{title} (about {proposal.name(about)})"
    if len(run) > 1:
        when = f"{len(run)} times, from {day(first.due)} to {day(last.due)}"
    else:
        soon = "" if first.priority == "routine" else f"{HOW_SOON[first.priority]}, "
        when = f"{soon}by {day(first.due)}"
    return sentence(f"{who}, {when}: {title}")


def _closing(proposal: Proposal) -> Iterator[str]:
    decision = proposal.decision
    contact = plain(decision.point_of_contact or "")
    if contact:
        yield paragraph(f"The person's point of contact is {contact}.")
    withheld = sum(1 for one in decision.facts.values() if one.withheld is not None)
    if withheld:
        facts = "1 fact is" if withheld == 1 else f"{withheld} facts are"
        yield paragraph(f"{facts} not shown here, because the person has not agreed to it.")
    if decision.notes:
        yield paragraph(
            "Not everything in the record was understood: the notes of this plan say what."
        )
    pack = decision.policy
    yield paragraph(
        f"Made by peer_match {decision.engine_version} with the rules {pack.id}, "
        f"version {pack.version}."
    )
