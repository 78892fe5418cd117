"""Conditions that can never hold, told at the sentence that makes them so."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import (
    AllOf,
    AmountIs,
    AnyOf,
    CodeIs,
    Condition,
    Holds,
    Not,
    Sentence,
    sentences,
)
from peer_match.policy.diagnostics import Diagnostic, error, quote
from peer_match.policy.policy import AnyRule, Prefer
from peer_match.policy.possible import Possible, Question, Reader, meet
from peer_match.policy.reads import conditions_of

CODE = "PM318"
MOST_TOLD = 20  # of one `all`; a hostile one can hold more than anybody would read


def check_possible(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every sentence that can never hold, alone or together with another of its `all`."""
    reader = Reader(assembly.vocabularies, _findings(assembly))
    for rule in assembly.rules():
        for condition in conditions_of(rule):
            problems.extend(_alone(sentence, reader) for sentence in _never(condition, reader))
            problems.extend(
                _opposite(one)
                for one in _blocks(condition)
                if isinstance(one, Not) and reader.of(one) is None
            )
        for group in _groups(rule):
            _check_together(group, reader, problems)


def _findings(assembly: Assembly) -> dict[tuple[str, bool], Possible | None]:
    """What is possible for each finding and its opposite: those that others use come first.

    Findings that depend on themselves are told elsewhere, and allow anything.
    """
    uses = {
        id: {one.finding for one in sentences(finding.when) if isinstance(one, Holds)}
        for id, finding in assembly.findings.items()
    }
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError:
        return {}
    found: dict[tuple[str, bool], Possible | None] = {}
    reader = Reader(assembly.vocabularies, found)
    for id in order:
        if id in assembly.findings:
            when = assembly.findings[id].when
            found[id, False] = reader.of(when)
            found[id, True] = reader.of(when, opposite=True)
    return found


def _never(condition: Condition, reader: Reader) -> Iterator[Sentence]:
    for sentence in sentences(condition):
        if not isinstance(sentence, Holds) and reader.of(sentence) is None:
            yield sentence


def _alone(sentence: Sentence, reader: Reader) -> Diagnostic:
    help = "write a span of at least 1 day"
    if isinstance(sentence, AmountIs):
        help = "an amount is 0 or more, and a share 100 percent or less"
    elif isinstance(sentence, CodeIs):
        help = f"no value of `{sentence.fact}` is left; leave one of them out"
    return error(CODE, "this can never hold, whatever is known", sentence.position, help)


def _opposite(never: Not) -> Diagnostic:
    first = next(sentences(never))
    return error(
        CODE,
        "the opposite of this can never hold",
        first.position,
        "what stands below this `not:` holds whatever is known; take it out",
    )


def _groups(rule: AnyRule) -> Iterator[AllOf]:
    """Every `all` of a rule, with what a preference asks in two places at once."""
    conditions = conditions_of(rule)
    if isinstance(rule, Prefer) and len(conditions) > 1:
        yield AllOf(tuple(reversed(conditions)))
    for condition in conditions:
        yield from (one for one in _blocks(condition) if isinstance(one, AllOf))


def _blocks(condition: Condition) -> Iterator[AllOf | AnyOf | Not]:
    """Every `all`, `any` and `not` of a condition."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            yield condition
        case Not(part):
            yield condition
            parts = (part,)
        case _:
            parts = ()
    for part in parts:
        yield from _blocks(part)


def _check_together(group: AllOf, reader: Reader, problems: list[Diagnostic]) -> None:
    """A part that leaves nothing possible together with those before it."""
    whole: Possible = {}
    before: list[tuple[Condition, Possible]] = []
    told = 0
    for part in group.parts:
        possible = reader.of(part)
        if possible is None:
            continue  # told where it is: in the part itself, or in the finding that it names
        both, question = meet(whole, possible)
        if question is None:
            whole = both
            before.append((part, possible))
            continue
        told += 1
        if told > MOST_TOLD:
            return
        other = next((one for one, held in before if meet(held, possible)[1] is not None), None)
        with_what = "the sentences above it"
        if other is not None:
            with_what = quote(_about(question, other, reader).text)
        problems.append(
            error(
                CODE,
                f"this can never hold together with {with_what}",
                _about(question, part, reader).position,
                "both must hold at once here; put them below `any:`, or take one out",
            )
        )


def _about(question: Question, part: Condition, reader: Reader) -> Sentence:
    """The first sentence of a part that asks a question, or the first of all."""
    every = list(sentences(part))
    return next((one for one in every if question in (reader.of(one) or {})), every[0])
