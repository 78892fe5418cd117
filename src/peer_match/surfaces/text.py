"""A decision in the terminal: a summary of one screen, and everything about one group or mentor.

Owns the layout. What is said comes from `views` and `words`; rich leaves the colours out where the
output is not a terminal. Text from data is never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from peer_match.decide.decision import FULL_SCORE, Decision, Score, Shortlist, Suggestion
from peer_match.surfaces import words
from peer_match.surfaces.lists import (
    ELIGIBLE,
    SUPPORTED,
    Cut,
    Entry,
    First,
    Remarks,
    asked,
    awaited,
    firsts,
    four,
    part,
    tasks,
)
from peer_match.surfaces.views import Card, PointLine, Reader, ScreenLine, Seen, Side

# How much of each list one screen takes.
MOST_SUGGESTIONS = 5  # groups that fit, and as many that fit with support
MOST_MENTORS = 3  # mentors that fit
MOST_REASONS = 4  # reasons why groups wait or do not fit
MOST_QUESTIONS = 3  # next best questions
MOST_TASKS = 5  # the first to fall due
FIRST = "Before everything else"
SAID_IF_ANY = ("comes-first", "withheld")  # standings that are counted only where somebody has them
BAR = 20  # characters of a score bar
INDENT = 2  # characters
PLACES = 2  # characters of a place in a list
NAME = 36  # characters, so that scores stand below each other
SCORE = 21  # characters of a score in words
DEEP = INDENT + PLACES + 2  # where a name begins
COLOURS = {
    "comes-first": "bold red",
    "fits": "green",
    "fits-with-support": "cyan",
    "waiting": "yellow",
    "nothing-fits": "red",
    "withheld": "dim",
    "allowed": "green",
    "caution": "yellow",
    "ask": "yellow",
    "hold": "yellow",
    "blocked": "red",
    "routine": "",
    "urgent": "yellow",
    "asap": "bold red",
    "stat": "bold red",
}


def render_text(decision: Decision) -> RenderableType:
    """What was decided for one person, on about one screen."""
    parts: list[RenderableType] = [*_head(decision)]
    if words.standing(decision) == "withheld":
        return Group(*parts, *(_line(note) for note in decision.notes))
    reader = Reader.of(decision)
    parts.extend(_first(reader))
    parts.extend(_lists(reader, decision.groups, "group", MOST_SUGGESTIONS))
    parts.extend(_mentors(reader))
    parts.extend(_awaited(reader))
    parts.extend(_questions(reader))
    parts.extend(_plan(reader))
    if decision.notes:
        parts.append(
            _line(f"{words.plural(len(decision.notes), 'note')} about the records; see --json")
        )
    return Group(*parts)


def explain(decision: Decision, target: str) -> RenderableType:
    """Everything that was found about one group or mentor of a decision.

    Raises KeyError for a target that the decision does not list.
    """
    reader, card = Reader.of(decision), _card(decision, target)
    parts: list[RenderableType] = [*_about(reader, card)]
    for side in card.sides:
        parts.extend(_side(side))
    if card.screening:
        parts.append(_heading("Rules that have something to say"))
        for line in card.screening:
            parts.extend(_screening(line))
    if card.passed:
        parts.append(_heading("Rules that were checked and do not apply: no"))
        parts.extend(_passed(reader, card.suggestion))
    return Group(*parts)


def explain_briefly(decision: Decision, target: str) -> RenderableType:
    """What counts of one group or mentor, in a line for each rule.

    Raises KeyError for a target that the decision does not list.
    """
    card = _card(decision, target)
    parts: list[RenderableType] = [*_about(Reader.of(decision), card)]
    for side in card.sides:
        parts.append(_heading(f"{side.title}: {words.score_words(side.score)}"))
        parts.extend(_indented(f"Limited by: {rule}", "caution") for rule in side.capped_by)
        for line in side.points:
            measured = f" ({line.measured})" if line.measured is not None else ""
            parts.append(_indented(f"{line.words}  {line.rule.title}{measured}"))
    told = [one for one in card.screening if one.outcome != "allowed" or one.note is not None]
    if told:
        parts.append(_heading("What stands in the way, or is to be settled first"))
    for line in told:
        gaps = (f"{one.what} (ask the {one.role})" if one.role else one.what for one in line.gaps)
        lacking = f"; not known: {'; '.join(gaps)}" if line.gaps else ""
        note = f"; {line.note}" if line.note is not None else ""
        override = f"; may be overridden by: {line.override}" if line.override else ""
        said = f"{words.EFFECT[line.outcome]}: {line.rule.title}{lacking}{note}{override}"
        parts.append(_indented(said, line.outcome))
    silent = len(card.passed) + len(card.screening) - len(told)
    if silent:
        parts.append(_line(""))
        said = f"{words.plural(silent, 'rule')} checked that {'does' if silent == 1 else 'do'} not"
        parts.append(_line(f"{said} stand in the way. All of it with facts and sources: --all"))
    return Group(*parts)


def _card(decision: Decision, target: str) -> Card:
    reader = Reader.of(decision)
    found = {
        one.target: reader.card(number, one, shortlist.runner_up)
        for shortlist in (decision.groups, decision.mentors)
        for part in four(shortlist).values()
        for number, one in enumerate(part, start=1)
        if one.target == target
    }
    return found[target]


def _about(reader: Reader, card: Card) -> Iterable[RenderableType]:
    one = card.suggestion
    yield from _head(reader.decision)
    yield from _first(reader)
    yield _line("")
    yield _line(one.name, "bold", f"  {one.kind} {one.target}")
    yield _line(f"{words.OUTCOME[one.outcome]}: number {card.number} of its list", one.outcome)
    yield from _standing(card)


def caseload_summary(decisions: Sequence[Decision]) -> RenderableType:
    """Who must be seen to first, a caseload as a table, and how many people stand how."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Person", overflow="fold")
    table.add_column("Best fit", overflow="fold")
    table.add_column("Score", no_wrap=True)
    for title in ("Fit", "Support", "Wait", "Not"):
        table.add_column(title, justify="right", no_wrap=True)
    for decision in decisions:
        lists = decision.groups
        best = next(iter((*lists.eligible, *lists.eligible_with_support)), None)
        standing = words.standing(decision)
        table.add_row(
            _line(words.person_words(decision)),
            _best(standing, best),
            _line("" if best is None else words.score_short(best.score)),
            *(Text(f"{len(part):,}") for part in four(lists).values()),
        )
    counts = [
        f"{title.lower()}: {sum(words.standing(one) == standing for one in decisions)}"
        for standing, title in words.STANDING.items()
        if standing not in SAID_IF_ANY or any(words.standing(one) == standing for one in decisions)
    ]
    statements = dict.fromkeys(
        words.sentence(said)
        for one in decisions
        for said in (one.safety, *(() if one.policy.signed else (one.policy.statement,)))
    )
    return Group(
        *_firsts_of(decisions),
        table,
        _line(""),
        _line(f"{words.plural(len(decisions), 'person', 'people')}; {', '.join(counts)}."),
        *(_line(f"{said}.", "blocked") for said in statements),
    )


def _best(standing: words.Standing, best: Suggestion | None) -> Text:
    """The best fit, after what must be done first; or how somebody stands for whom nothing fits."""
    if best is None:
        return _line(words.STANDING[standing], standing)
    if standing == "comes-first":
        return _line(words.STANDING[standing], standing).append(f"\nthen {words.clean(best.name)}")
    return _line(best.name)


def _firsts_of(decisions: Sequence[Decision]) -> Iterable[RenderableType]:
    for decision in decisions:
        found = firsts(Reader.of(decision))
        if found:
            yield _line(words.person_words(decision), "blocked", f"  {decision.patient.id}")
            yield from _first_lines(found)
            yield _line("")


# -- one screen ----------------------------------------------------------------------------------


def _head(decision: Decision) -> Iterable[RenderableType]:
    standing = words.standing(decision)
    head = _line(words.person_words(decision), "bold", f"  {decision.patient.id}  ")
    head.append(words.STANDING[standing], COLOURS[standing])
    yield head
    yield _line(f"{words.sentence(decision.safety)}.", "blocked")
    if not decision.policy.signed:
        yield _line(f"{words.sentence(decision.policy.statement)}.", "blocked")
    contact = decision.point_of_contact or "none: name one"
    yield _line(f"Point of contact: {contact}")
    prepared = (
        "complete, for no recipient"
        if decision.recipient is None
        else f"for {words.role_words(decision.recipient)}"
    )
    policy = decision.policy
    yield _line(
        f"As of {words.date_words(decision.as_of)}, {prepared}, "
        f"{policy.id} {policy.version} ({words.short(policy.digest)}), "
        f"tzdata {decision.tzdata_version}",
        "dim",
    )


def _first(reader: Reader) -> Iterable[RenderableType]:
    found = firsts(reader)
    if found:
        yield _heading(FIRST)
        yield from _first_lines(found)


def _first_lines(found: Iterable[First]) -> Iterable[RenderableType]:
    for one in found:
        said = f"{one.task.title}: {words.how_soon(one.task)} ({words.owner_words(one.task)})"
        yield _indented(said, "blocked")
        yield from _facts(one.seen)


def _lists(reader: Reader, shortlist: Shortlist, noun: str, most: int) -> Iterable[RenderableType]:
    parts = [part(reader, code, shortlist, Cut(full=most, brief=0)) for code in four(shortlist)]
    yield _heading(f"{noun.capitalize()}s: {sum(one.total for one in parts):,} looked at")
    for one in parts:
        if one.total or one.code == ELIGIBLE:
            yield _line(one.counted)
        if one.code in (ELIGIBLE, SUPPORTED) and one.full:
            for entry in one.full:
                yield from _suggestion(entry)
            if len(one.full) < one.total:
                yield _indented(f"{one.total - len(one.full):,} more; see --html or --json", "dim")
            for said in _remarks(one.shared):
                yield _indented(f"All of these: {said}", "caution")
        for reason in one.reasons[:MOST_REASONS]:
            lacking = f" (not known: {words.join(reason.waits_for)})" if reason.waits_for else ""
            yield _indented(f"{reason.count:,} × {reason.rule.title}{lacking}")
        if len(one.reasons) > MOST_REASONS:
            more = words.plural(len(one.reasons) - MOST_REASONS, "more reason")
            yield _indented(f"{more}; see --html or --json", "dim")


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
        yield Indented(_line(f"needs {support}", "fits-with-support"), DEEP)
    for remark in _remarks(entry.own):
        yield Indented(_line(remark, "caution"), DEEP)


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
        yield _heading("What is waited for")
    for one in found[:MOST_REASONS]:
        yield _indented(one)


def _questions(reader: Reader) -> Iterable[RenderableType]:
    found = asked(reader)
    if found:
        yield _heading("Ask next")
    for number, one in enumerate(found[:MOST_QUESTIONS], start=1):
        about = words.some(one.about)
        whom = f"about {about}; " if about else ""
        yield _indented(
            f"{number}. {one.asks} ({whom}ask the {words.role_words(one.role)}; "
            f"{words.effect(one.reach, one.swing)})"
        )


def _plan(reader: Reader) -> Iterable[RenderableType]:
    plan = reader.decision.plan
    lines = tasks(reader)
    if plan.tasks:
        yield _heading(f"Draft plan: {words.plural(len(plan.tasks), 'task')}")
    for line in lines[:MOST_TASKS]:
        task = line.task
        owner = task.owner or f"{words.role_words(task.role)}, no one named"
        about = f" (about {line.about})" if line.about else ""
        again = f"; {line.more} more, to {words.day_words(line.last_due)}" if line.more else ""
        yield _indented(
            f"{words.day_words(task.due)}  {task.title}{about} ({owner}){again}", task.priority
        )
    more = sum(1 + line.more for line in lines[MOST_TASKS:])
    if more > 0:
        yield _indented(f"{more} more; see --html or --json", "dim")
    if plan.missing:
        yield _line(f"Missing before it can be activated: {words.join(plan.missing)}.")


# -- everything about one target -----------------------------------------------------------------


def _standing(card: Card) -> Iterable[RenderableType]:
    one = card.suggestion
    if one.existing:
        yield _line("Already placed here.")
    if card.is_proposed:
        yield _line("In the draft plan.")
    if card.is_runner_up:
        yield _line("The runner-up.")
    if card.where is not None:
        yield _line(f"Where: {card.where}")
    if card.supports:
        yield _line(f"Needs {words.join(card.supports)}.")
    for doubt in one.doubts:
        yield _line(f"To be checked before anyone goes: {doubt}.")
    for change in card.changes:
        answers = tuple(f"an answer about {one}" for one in change.answers)
        yield _line(f"What would change it: {'; '.join((*change.supports, *answers))}.")
        yield _indented(f"It {change.effect}.")


def _side(side: Side) -> Iterable[RenderableType]:
    score = side.score
    yield _heading(f"{side.title}: {words.score_words(score)}")
    if score is not None:
        low, high = f"{score.numerator_low:,}", f"{score.numerator_high:,}"
        yield _indented(
            f"{words.spread(low, high)} points over {score.denominator:,} of weight "
            f"= {words.spread(f'{score.low:,}', f'{score.high:,}')} of {FULL_SCORE:,}"
        )
    for rule in side.capped_by:
        yield _indented(f"Limited by: {rule}", "yellow")
    for line in side.points:
        yield from _points(line)
    for rule in side.without_a_say:
        yield _indented(f"Had no say here: {rule}", "dim")


def _points(line: PointLine) -> Iterable[RenderableType]:
    yield _indented("")
    yield _indented(f"{line.rule.title}: {line.words}", "bold")
    low, high, most = (f"{part:,}" for part in line.exact)
    yield _deeper(f"applies: {words.TRUTH[line.applies]}; {words.spread(low, high)} of {most}")
    if line.measured is not None:
        yield _deeper(f"measured: {line.measured}")
    if line.note is not None:
        yield _deeper(line.note)
    yield from _facts(line.seen)
    yield from _basis(line.rule.where, line.rule.owner, line.rule.sources)


def _screening(line: ScreenLine) -> Iterable[RenderableType]:
    yield _indented("")
    yield _indented(line.rule.title, "bold")
    yield _deeper(f"{words.APPLIES[line.truth]}: {words.EFFECT[line.outcome]}", line.outcome)
    if line.waits_for:
        yield _deeper(f"not known: {words.join(line.waits_for)}")
    if line.asks is not None:
        yield _deeper(f"to be asked of: {line.asks}")
    if line.note is not None:
        yield _deeper(line.note)
    if line.override is not None:
        yield _deeper(f"may be overridden by: {line.override}")
    yield from _facts(line.seen)
    yield from _basis(line.rule.where, line.rule.owner, line.rule.sources)


def _facts(seen: Iterable[Seen]) -> Iterable[RenderableType]:
    for fact in seen:
        about = f" ({fact.about})" if fact.about else ""
        yield _deeper(f"{fact.meaning}{about}: {fact.value}")
        for source in fact.sources:
            yield _deeper(f"  {source}", "dim")


def _basis(where: str, owner: str, sources: Iterable[str]) -> Iterable[RenderableType]:
    for source in sources:
        yield _deeper(source, "dim")
    if where:
        yield _deeper(f"{where}, owner {words.role_words(owner)}", "dim")


def _passed(reader: Reader, one: Suggestion) -> Iterable[RenderableType]:
    for id in one.passed:
        rule = reader.rule(id)
        yield _indented(f"{rule.title}  {rule.where}")


# -- lines ---------------------------------------------------------------------------------------


def _line(text: str, style: str = "", rest: str = "") -> Text:
    line = Text(words.clean(text), COLOURS.get(style, style))
    return line.append(words.clean(rest), "not bold dim") if rest else line


def _heading(text: str) -> Text:
    return Text(f"\n{words.clean(text)}", "bold underline")


def _indented(text: str, style: str = "") -> Indented:
    return Indented(_line(text, style), INDENT)


def _deeper(text: str, style: str = "") -> Indented:
    return Indented(_line(text, style), 2 * INDENT)


@dataclass(frozen=True, slots=True)
class Indented:
    """Text whose every line begins further right, with nothing after its last word."""

    text: Text
    by: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, as wide as they may be."""
        for line in self.text.wrap(console, max(options.max_width - self.by, 1)):
            yield Text(" " * self.by).append_text(line)
