"""Everything about one group or mentor of a decision, in the terminal.

Owns the layout. What is said comes from `views` and `words`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType

from peer_match.decide.decision import FULL_SCORE, Decision, Suggestion
from peer_match.surfaces import words
from peer_match.surfaces.lists import (
    four,
)
from peer_match.surfaces.text_head import facts, first, head
from peer_match.surfaces.text_lines import deeper, heading, indented, plain
from peer_match.surfaces.views import Card, PointLine, Reader, ScreenLine, Side


def explain(decision: Decision, target: str) -> RenderableType:
    """Everything that was found about one group or mentor of a decision.

    Raises KeyError for a target that the decision does not list.
    """
    reader, card = Reader.of(decision), _card(decision, target)
    parts: list[RenderableType] = [*_about(reader, card)]
    for side in card.sides:
        parts.extend(_side(side))
    if card.screening:
        parts.append(heading("Rules that have something to say"))
        for line in card.screening:
            parts.extend(_screening(line))
    if card.passed:
        parts.append(heading("Rules that were checked and do not apply: no"))
        parts.extend(_passed(reader, card.suggestion))
    return Group(*parts)


def explain_briefly(decision: Decision, target: str) -> RenderableType:
    """What counts of one group or mentor, in a line for each rule.

    Raises KeyError for a target that the decision does not list.
    """
    card = _card(decision, target)
    parts: list[RenderableType] = [*_about(Reader.of(decision), card)]
    for side in card.sides:
        parts.append(heading(f"{side.title}: {words.score_words(side.score)}"))
        parts.extend(indented(f"Limited by: {rule}", "caution") for rule in side.capped_by)
        for line in side.points:
            measured = f" ({line.measured})" if line.measured is not None else ""
            parts.append(indented(f"{line.words}  {line.rule.title}{measured}"))
    told = [one for one in card.screening if one.outcome != "allowed" or one.note is not None]
    if told:
        parts.append(heading("What stands in the way, or is to be settled first"))
    for line in told:
        gaps = (f"{one.what} (ask the {one.role})" if one.role else one.what for one in line.gaps)
        lacking = f"; not known: {'; '.join(gaps)}" if line.gaps else ""
        note = f"; {line.note}" if line.note is not None else ""
        override = f"; may be overridden by: {line.override}" if line.override else ""
        said = f"{words.EFFECT[line.outcome]}: {line.rule.title}{lacking}{note}{override}"
        parts.append(indented(said, line.outcome))
    silent = len(card.passed) + len(card.screening) - len(told)
    if silent:
        parts.append(plain(""))
        said = f"{words.plural(silent, 'rule')} checked that {'does' if silent == 1 else 'do'} not"
        parts.append(plain(f"{said} stand in the way. All of it with facts and sources: --all"))
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
    yield from head(reader.decision)
    yield from first(reader)
    yield plain("")
    yield plain(one.name, "bold", f"  {one.kind} {one.target}")
    yield plain(f"{words.OUTCOME[one.outcome]}: number {card.number} of its list", one.outcome)
    yield from _standing(card)


def _standing(card: Card) -> Iterable[RenderableType]:
    one = card.suggestion
    if one.existing:
        yield plain("Already placed here.")
    if card.is_proposed:
        yield plain("In the draft plan.")
    if card.is_runner_up:
        yield plain("The runner-up.")
    if card.where is not None:
        yield plain(f"Where: {card.where}")
    if card.supports:
        yield plain(f"Needs {words.join(card.supports)}.")
    for doubt in one.doubts:
        yield plain(f"To be checked before anyone goes: {doubt}.")
    for change in card.changes:
        answers = tuple(f"an answer about {one}" for one in change.answers)
        yield plain(f"What would change it: {'; '.join((*change.supports, *answers))}.")
        yield indented(f"It {change.effect}.")


def _side(side: Side) -> Iterable[RenderableType]:
    score = side.score
    yield heading(f"{side.title}: {words.score_words(score)}")
    if score is not None:
        low, high = f"{score.numerator_low:,}", f"{score.numerator_high:,}"
        yield indented(
            f"{words.spread(low, high)} points over {score.denominator:,} of weight "
            f"= {words.spread(f'{score.low:,}', f'{score.high:,}')} of {FULL_SCORE:,}"
        )
    for rule in side.capped_by:
        yield indented(f"Limited by: {rule}", "yellow")
    for line in side.points:
        yield from _points(line)
    for rule in side.without_a_say:
        yield indented(f"Had no say here: {rule}", "dim")


def _points(line: PointLine) -> Iterable[RenderableType]:
    yield indented("")
    yield indented(f"{line.rule.title}: {line.words}", "bold")
    low, high, most = (f"{part:,}" for part in line.exact)
    yield deeper(f"applies: {words.TRUTH[line.applies]}; {words.spread(low, high)} of {most}")
    if line.measured is not None:
        yield deeper(f"measured: {line.measured}")
    if line.note is not None:
        yield deeper(line.note)
    yield from facts(line.seen)
    yield from _basis(line.rule.where, line.rule.owner, line.rule.sources)


def _screening(line: ScreenLine) -> Iterable[RenderableType]:
    yield indented("")
    yield indented(line.rule.title, "bold")
    yield deeper(f"{words.APPLIES[line.truth]}: {words.EFFECT[line.outcome]}", line.outcome)
    if line.waits_for:
        yield deeper(f"not known: {words.join(line.waits_for)}")
    if line.asks is not None:
        yield deeper(f"to be asked of: {line.asks}")
    if line.note is not None:
        yield deeper(line.note)
    if line.override is not None:
        yield deeper(f"may be overridden by: {line.override}")
    yield from facts(line.seen)
    yield from _basis(line.rule.where, line.rule.owner, line.rule.sources)


def _basis(where: str, owner: str, sources: Iterable[str]) -> Iterable[RenderableType]:
    for source in sources:
        yield deeper(source, "dim")
    if where:
        yield deeper(f"{where}, owner {words.role_words(owner)}", "dim")


def _passed(reader: Reader, one: Suggestion) -> Iterable[RenderableType]:
    for id in one.passed:
        rule = reader.rule(id)
        yield indented(f"{rule.title}  {rule.where}")
