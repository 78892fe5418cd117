"""A safety plan as text for a terminal: the steps as they are read, then what there is to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group as Lines
from rich.console import RenderableType

from peer_match.decide.plan_review import PlanReview, Standing
from peer_match.fhir.write_safety_plan import DECLINED, NOTHING_YET, entry_words, gap_words
from peer_match.surfaces import words
from peer_match.surfaces.text_assessment import line_of, when
from peer_match.surfaces.text_lines import deeper, heading, indented, plain

STANDING: dict[Standing, str] = {
    "overdue": "It is overdue to be looked at again",
    "due": "Something happened since: it is to be looked at again",
    "in time": "It is to be looked at again",
    "not known": "It is to be looked at again, as far as is known",
}


def render_plan(review: PlanReview) -> RenderableType:
    """The plan and its review."""
    return Lines(*_lines(review))


def _lines(review: PlanReview) -> Iterable[RenderableType]:
    if not review.steps:
        yield from (plain(f"{words.sentence(one)}.") for one in review.notes)
        return
    name = review.subject.name or review.subject.id
    yield plain(name, "bold", f"  {review.title}")
    if not review.policy.signed:
        yield plain(f"{words.sentence(review.policy.statement)}.", "blocked")
    yield plain(_made(review), "dim")
    yield plain(review.opening)
    for number, step in enumerate(review.steps, 1):
        yield heading(f"{number}. {step.title}")
        yield from (indented(f"- {entry_words(one)}") for one in step.entries)
        if not step.entries:
            yield indented(f"{DECLINED if step.declined else NOTHING_YET}.", "dim")
    yield heading("At any hour")
    yield from (indented(line_of(one)) for one in review.lines)
    role = words.role_words(review.role)
    if review.gaps and review.mend_by is not None:
        late = ", which has passed" if _has_passed(review.mend_by, review) else ""
        yield heading(f"What it lacks, to be mended by the {role} by {when(review.mend_by)}{late}")
        yield from (indented(gap_words(review, one.step, one.words)) for one in review.gaps)
    yield heading("When it is looked at again")
    style = "asap" if review.standing in ("overdue", "due") else ""
    due = when(review.review_by)
    yield indented(f"{STANDING[review.standing]}, by the {role}, by {due}.", style)
    for one in review.reasons:
        day = "on a day that nobody noted" if one.date is None else f"on {when(one.date)}"
        yield deeper(f"because of: {one.what}, {day} ({one.key}, stated by {one.stated_by})")
    if review.unknown:
        yield indented("Nobody would have recorded each of these since, so ask:")
        yield from (deeper(f"- {one.what}") for one in review.unknown)
    if review.notes:
        yield heading("Notes")
        yield from (indented(f"{words.sentence(one)}.") for one in review.notes)


def _has_passed(due: str, review: PlanReview) -> bool:
    return datetime.fromisoformat(due) < datetime.fromisoformat(review.as_of)


def _made(review: PlanReview) -> str:
    made = "on a day that nobody noted" if review.made is None else f"on {when(review.made)}"
    who = review.made_with
    clinician = "nobody who is named" if who is None else who.name or who.id
    return (
        f"Made {made} with {clinician}; as of {when(review.as_of)}, "
        f"for {words.role_words(review.recipient or '')} ({review.plan})"
    )
