"""Conditions of rules, after their words were checked against facts, units and vocabularies.

A condition is a tree of frozen values. Nothing here evaluates: `decide` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from peer_match.policy.diagnostics import Position
from peer_match.policy.units import Span


@dataclass(frozen=True, slots=True)
class MeasureCall:
    """A named measure applied to facts and numbers, in the order of its phrase."""

    measure: str
    facts: tuple[str, ...]
    numbers: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What all sentences share: their words and where they stand."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class CodeIs(Sentence):
    """`X is V`, `X is one of A, B`, and with `negated` their opposites."""

    fact: str
    codes: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class YesNoIs(Sentence):
    """`X is yes`, `X is no`."""

    fact: str
    value: bool


class Quantifier(StrEnum):
    """How many of the named values a set must hold."""

    ANY = "any of"
    ALL = "all of"
    NONE = "none of"


@dataclass(frozen=True, slots=True)
class Includes(Sentence):
    """`X includes any of / all of / none of A, B`, or of another fact's values (`other`)."""

    fact: str
    quantifier: Quantifier
    codes: tuple[str, ...]
    other: str | None


@dataclass(frozen=True, slots=True)
class AmountIs(Sentence):
    """A quantity fact or a measure between `low` and `high`, both included, in base units."""

    subject: str | MeasureCall
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class DateIs(Sentence):
    """`X is before D`, `X is after D`; `day` None stands for today. The day itself is neither."""

    fact: str
    before: bool
    day: date | None


@dataclass(frozen=True, slots=True)
class DateAgo(Sentence):
    """`X is at least N months ago` (`at_least`), or its opposite `X is less than N months ago`."""

    fact: str
    span: Span
    at_least: bool


@dataclass(frozen=True, slots=True)
class DateWithin(Sentence):
    """`X is within N days`: in the span of time that ends now, its far end left out."""

    fact: str
    span: Span


@dataclass(frozen=True, slots=True)
class IsKnown(Sentence):
    """`X is known`, `X is unknown`."""

    fact: str
    known: bool


@dataclass(frozen=True, slots=True)
class Holds(Sentence):
    """`finding-id holds`."""

    finding: str


@dataclass(frozen=True, slots=True)
class EventCount(Sentence):
    """`at least N KIND of severity at least S within D days`: events in the span that ends now."""

    least: int
    kind: str
    severity: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class PointsFell(Sentence):
    """`KIND fell by at least N points within D days`: some earlier value above some later one."""

    kind: str
    points: int
    span: Span


@dataclass(frozen=True, slots=True)
class Overdue(Sentence):
    """`OBLIGATION is overdue by N days`."""

    obligation: str
    span: Span


EventSentence = EventCount | PointsFell | Overdue


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


Condition = (
    CodeIs
    | YesNoIs
    | Includes
    | AmountIs
    | DateIs
    | DateAgo
    | DateWithin
    | IsKnown
    | Holds
    | EventCount
    | PointsFell
    | Overdue
    | AllOf
    | AnyOf
    | Not
)


def sentences(condition: Condition) -> Iterator[Sentence]:
    """Every sentence of a condition, left to right."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from sentences(part)
    elif isinstance(condition, Not):
        yield from sentences(condition.part)
    else:
        yield condition


def facts_read(sentence: Sentence) -> tuple[str, ...]:
    """The facts that one sentence reads, in the order of its words."""
    match sentence:
        case Includes(fact=fact, other=other):
            return (fact,) if other is None else (fact, other)
        case AmountIs(subject=subject):
            return subject.facts if isinstance(subject, MeasureCall) else (subject,)
        case (
            CodeIs(fact=fact)
            | YesNoIs(fact=fact)
            | DateIs(fact=fact)
            | DateAgo(fact=fact)
            | DateWithin(fact=fact)
            | IsKnown(fact=fact)
        ):
            return (fact,)
        case _:
            return ()
