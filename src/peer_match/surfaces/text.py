"""A decision in the terminal, as a summary of one screen.

Owns the layout. What is said comes from `views` and `words`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from peer_match.decide.decision import FULL_SCORE, Decision, Score, Shortlist
from peer_match.surfaces import words
from peer_match.surfaces.lists import (
    ELIGIBLE,
    SUPPORTED,
    Cut,
    Entry,
    Remarks,
    asked,
    awaited,
    four,
    part,
    tasks,
)
from peer_match.surfaces.text_head import first, head
from peer_match.surfaces.text_lines import INDENT, Indented, heading, indented, plain
from peer_match.surfaces.views import Reader

# How much of each list one screen takes.
MOST_SUGGESTIONS = 5  # groups that fit, and as many that fit with support
MOST_MENTORS = 3  # mentors that fit
MOST_REASONS = 4  # reasons why groups wait or do not fit
MOST_QUESTIONS = 3  # next best questions
MOST_TASKS = 5  # the first to fall due
BAR = 20  # characters of a score bar
PLACES = 2  # characters of a place in a list
NAME = 36  # characters, so that scores stand below each other
SCORE = 21  # characters of a score in words
DEEP = INDENT + PLACES + 2  # where a name begins


def render_text(decision: Decision) -> RenderableType:
    """What was decided for one person, on about one screen."""
    parts: list[RenderableType] = [*head(decision)]
    if words.standing(decision) == "withheld":
        return Group(*parts, *(plain(note) for note in decision.notes))
    reader = Reader.of(decision)
    parts.extend(first(reader))
    parts.extend(_lists(reader, decision.groups, "group", MOST_SUGGESTIONS))
    parts.extend(_mentors(reader))
    parts.extend(_awaited(reader))
    parts.extend(_questions(reader))
    parts.extend(_plan(reader))
    if decision.notes:
        parts.append(
            plain(f"{words.plural(len(decision.notes), 'note')} about the records; see --json")
        )
    return Group(*parts)


def _lists(reader: Reader, shortlist: Shortlist, noun: str, most: int) -> Iterable[RenderableType]:
    parts = [part(reader, code, shortlist, Cut(full=most, brief=0)) for code in four(shortlist)]
    yield heading(f"{noun.capitalize()}s: {sum(one.total for one in parts):,} looked at")
    for one in parts:
        if one.total or one.code == ELIGIBLE:
            yield plain(one.counted)
        if one.code in (ELIGIBLE, SUPPORTED) and one.full:
            for entry in one.full:
                yield from _suggestion(entry)
            if len(one.full) < one.total:
                yield indented(f"{one.total - len(one.full):,} more; see --html or --json", "dim")
            for said in _remarks(one.shared):
                yield indented(f"All of these: {said}", "caution")
        for reason in one.reasons[:MOST_REASONS]:
            lacking = f" (not known: {words.join(reason.waits_for)})" if reason.waits_for else ""
            yield indented(f"{reason.count:,} × {reason.rule.title}{lacking}")
        if len(one.reasons) > MOST_REASONS:
            more = words.plural(len(one.reasons) - MOST_REASONS, "more reason")
            yield indented(f"{more}; see --html or --json", "dim")


def _suggestion(entry: Entry) -> Iterable[RenderableType]:
    """A name with its score, and below it, as wide as may be, what is to be said of it."""
    one = entry.card.suggestion
    name = words.clean(one.name)
    line = Text(f"{' ' * INDENT}{entry.card.number:>{PLACES}}  {name}")
    score = f"{words.score_words(one.score):<{SCORE}}"
    room = INDENT + PLACES + 2 + NAME - line.cell_len
    line.append(f"{' ' * max(room, 2)}{score}").append_text(_bar(one.score))
    yield line
    for support in entry.card.supports:
        yield Indented(plain(f"needs {support}", "fits-with-support"), DEEP)
    for remark in _remarks(entry.own):
        yield Indented(plain(remark, "caution"), DEEP)


def _remarks(remarks: Remarks) -> Iterable[str]:
    for line in remarks.sure:
        failed = " (it could not be evaluated; it holds)" if line.truth == "error" else ""
        yield f"{line.outcome}: {line.rule.title}{failed}"
    for gap in remarks.open:
        yield f"{words.gap_words(gap.first, gap.role)}: {'; '.join(gap.what)}"


def _bar(score: Score | None) -> Text:
    if score is None:
        return Text("")
    sure, most = (points * BAR // FULL_SCORE for points in (score.low, score.high))
    bar = Text("█" * sure, "blue")
    bar.append("▒" * (most - sure), "blue")
    return bar.append("·" * (BAR - most), "dim")


def _mentors(reader: Reader) -> Iterable[RenderableType]:
    mentors = reader.decision.mentors
    if any(four(mentors).values()):
        yield from _lists(reader, mentors, "mentor", MOST_MENTORS)


def _awaited(reader: Reader) -> Iterable[RenderableType]:
    found = awaited(reader)
    if found:
        yield heading("What is waited for")
    for one in found[:MOST_REASONS]:
        yield indented(one)


def _questions(reader: Reader) -> Iterable[RenderableType]:
    found = asked(reader)
    if found:
        yield heading("Ask next")
    for number, one in enumerate(found[:MOST_QUESTIONS], start=1):
        about = words.some(one.about)
        whom = f"about {about}; " if about else ""
        yield indented(
            f"{number}. {one.asks} ({whom}ask the {words.role_words(one.role)}; "
            f"{words.effect(one.reach, one.swing)})"
        )


def _plan(reader: Reader) -> Iterable[RenderableType]:
    plan = reader.decision.plan
    lines = tasks(reader)
    if plan.tasks:
        yield heading(f"Draft plan: {words.plural(len(plan.tasks), 'task')}")
    for line in lines[:MOST_TASKS]:
        task = line.task
        owner = task.owner or f"{words.role_words(task.role)}, no one named"
        about = f" (about {line.about})" if line.about else ""
        again = f"; {line.more} more, to {words.day_words(line.last_due)}" if line.more else ""
        yield indented(
            f"{words.day_words(task.due)}  {task.title}{about} ({owner}){again}", task.priority
        )
    more = sum(1 + line.more for line in lines[MOST_TASKS:])
    if more > 0:
        yield indented(f"{more} more; see --html or --json", "dim")
    if plan.missing:
        yield plain(f"Missing before it can be activated: {words.join(plan.missing)}.")
