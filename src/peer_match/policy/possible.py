"""What the facts of a condition could be when it holds.

Each question that sentences ask of a fact has an answer of one of three shapes. `meet` leaves what
two sentences both allow, `join` what either of them allows. Where the exact answer has no shape
here, a wider one is taken, so that nothing is called impossible that is possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.condition import (
    AllOf,
    AmountIs,
    AnyOf,
    CodeIs,
    Condition,
    DateAgo,
    DateIs,
    DateWithin,
    Holds,
    Includes,
    IsKnown,
    MeasureCall,
    Not,
    Quantifier,
    Sentence,
    YesNoIs,
)
from peer_match.policy.measures import MEASURES, PERCENT
from peer_match.policy.units import DAYS_A_WEEK, MONTHS_A_YEAR, Span

Value = TypeVar("Value")
MOST_HELD = 200  # a hostile rule can ask a set for more than there is time to compare


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these values."""

    values: frozenset[Hashable]

    @property
    def is_empty(self) -> bool:
        return not self.values

    def meet(self, other: Choice) -> Choice:
        return Choice(self.values & other.values)

    def join(self, other: Choice) -> Choice:
        return Choice(self.values | other.values)


@dataclass(frozen=True, slots=True)
class Reach:
    """A whole number from `low` to `high`, both included; None is no limit."""

    low: int | None
    high: int | None

    @property
    def is_empty(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def meet(self, other: Reach) -> Reach:
        lows = [one for one in (self.low, other.low) if one is not None]
        highs = [one for one in (self.high, other.high) if one is not None]
        return Reach(max(lows, default=None), min(highs, default=None))

    def join(self, other: Reach) -> Reach:
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Reach(low, high)


@dataclass(frozen=True, slots=True)
class Held:
    """A set without the codes `without`, and with at least one code of each of `some`."""

    without: frozenset[str] = frozenset()
    some: frozenset[frozenset[str]] = frozenset()

    @property
    def is_empty(self) -> bool:
        return any(codes <= self.without for codes in self.some)

    def meet(self, other: Held) -> Held:
        some = self.some | other.some if len(self.some) < MOST_HELD else self.some
        return Held(self.without | other.without, some)

    def join(self, other: Held) -> Held:
        some: frozenset[frozenset[str]] = frozenset()
        if self.some and other.some:
            some = frozenset({min(self.some, key=_size) | min(other.some, key=_size)})
        return Held(self.without & other.without, some)


def _size(codes: frozenset[str]) -> tuple[int, list[str]]:
    return len(codes), sorted(codes)


Answer = Choice | Reach | Held
Question = tuple[str, Hashable]
Possible = dict[Question, Answer]
"""What each question must be answered with; what is not asked can be anything."""


def meet(one: Possible, other: Possible) -> tuple[Possible, Question | None]:
    """What both allow, and the first question that has no answer then."""
    found = dict(one)
    for question, answer in other.items():
        before = found.get(question)
        found[question] = answer if before is None else _met(before, answer)
        if found[question].is_empty:
            return found, question
    return found, None


def _met(one: Answer, other: Answer) -> Answer:
    match one, other:
        case (Choice(), Choice()):
            return one.meet(other)
        case (Reach(), Reach()):
            return one.meet(other)
        case (Held(), Held()):
            return one.meet(other)
        case _:
            raise AssertionError((one, other))


def _joined(one: Answer, other: Answer) -> Answer:
    match one, other:
        case (Choice(), Choice()):
            return one.join(other)
        case (Reach(), Reach()):
            return one.join(other)
        case (Held(), Held()):
            return one.join(other)
        case _:
            raise AssertionError((one, other))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads conditions. `findings` has, for a finding's id and whether its opposite is meant, what
    is possible (None: it can never be so); a finding that is not there allows anything."""

    vocabularies: Vocabularies
    findings: Mapping[tuple[str, bool], Possible | None]

    def of(self, condition: Condition | Sentence, *, opposite: bool = False) -> Possible | None:
        """What is possible when a condition (or its opposite) holds; None when it never does."""
        match condition:
            case Not(part):
                return self.of(part, opposite=not opposite)
            case AllOf(parts) | AnyOf(parts):
                found = [self.of(part, opposite=opposite) for part in parts]
                every = isinstance(condition, AllOf) != opposite
                return _every(found) if every else _some(found)
            case Holds(finding=finding):
                return self.findings.get((finding, opposite), {})
            case _:
                found = self._sentence(condition, opposite)
                return None if any(one.is_empty for one in found.values()) else found

    def _sentence(self, sentence: Sentence, opposite: bool) -> Possible:
        match sentence:
            case CodeIs(fact=fact, codes=codes, negated=negated):
                every = self.vocabularies[CATALOGUE[fact].vocabulary or ""].codes
                named = self._covered(fact, codes)
                values = every - named if negated != opposite else named
                return {("value", fact): Choice(values), ("known", fact): _choice(True)}
            case YesNoIs(fact=fact, value=value):
                return {
                    ("value", fact): _choice(value != opposite),
                    ("known", fact): _choice(True),
                }
            case IsKnown(fact=fact, known=known):
                return {("known", fact): _choice(known != opposite)}
            case Includes():
                return self._includes(sentence, opposite)
            case AmountIs(subject=subject):
                return {("amount", _name(subject)): _amount(sentence, opposite)}
            case DateIs() | DateAgo() | DateWithin():
                return _date(sentence, opposite)
            case _:
                return {}

    def _covered(self, fact: str, codes: Iterable[str]) -> frozenset[str]:
        vocabulary = self.vocabularies[CATALOGUE[fact].vocabulary or ""]
        return frozenset(one for code in codes for one in vocabulary.covered_by(code))

    def _includes(self, sentence: Includes, opposite: bool) -> Possible:
        quantifier = sentence.quantifier
        if quantifier is Quantifier.ALL:
            if opposite and len(sentence.codes) == 1:
                quantifier = Quantifier.NONE
            elif opposite or sentence.other is not None:
                return {}
        elif opposite:
            quantifier = Quantifier.ANY if quantifier is Quantifier.NONE else Quantifier.NONE
        if sentence.other is not None:
            shared = _choice(quantifier is Quantifier.ANY)
            return {("shared", frozenset({sentence.fact, sentence.other})): shared}
        named = [self._covered(sentence.fact, [code]) for code in sentence.codes]
        every = frozenset[str]().union(*named)
        held = {
            Quantifier.ANY: Held(some=frozenset({every})),
            Quantifier.ALL: Held(some=frozenset(named)),
            Quantifier.NONE: Held(without=every),
        }
        return {("held", sentence.fact): held[quantifier]}


def _every(found: Iterable[Possible | None]) -> Possible | None:
    whole: Possible = {}
    for one in found:
        if one is None:
            return None
        whole, without_answer = meet(whole, one)
        if without_answer is not None:
            return None
    return whole


def _some(found: Iterable[Possible | None]) -> Possible | None:
    whole: Possible | None = None
    for one in found:
        if whole is None or one is None:
            whole = one if whole is None else whole
        else:
            both = whole.keys() & one.keys()
            whole = {question: _joined(whole[question], one[question]) for question in both}
    return whole


def _choice(value: bool) -> Choice:
    return Choice(frozenset({value}))


def _name(subject: str | MeasureCall) -> Hashable:
    if isinstance(subject, MeasureCall):
        return subject.measure, subject.facts, subject.numbers
    return subject


def _amount(sentence: AmountIs, opposite: bool) -> Reach:
    """No amount is below 0, and no share above 100 percent."""
    subject = sentence.subject
    is_share = isinstance(subject, MeasureCall) and MEASURES[subject.measure].dimension == "share"
    there_are = Reach(0, PERCENT if is_share else None)
    return there_are.meet(_reach(sentence.low, sentence.high, opposite))


def _reach(low: int | None, high: int | None, opposite: bool) -> Reach:
    if not opposite:
        return Reach(low, high)
    if low is None and high is not None:
        return Reach(high + 1, None)
    if high is None and low is not None:
        return Reach(None, low - 1)
    return Reach(None, None)  # on either side of a span


def _date(sentence: DateIs | DateAgo | DateWithin, opposite: bool) -> Possible:
    """Dates by the calendar, and how long ago in halves of a day and of a month.

    A half stands for all that lies between two whole numbers. How many days a month has is left
    open, so that days and months are never compared.
    """
    fact = sentence.fact
    if isinstance(sentence, DateIs) and sentence.day is not None:
        day = sentence.day.toordinal()
        reach = (None, day - 1) if sentence.before else (day + 1, None)
        return {("day", fact): _reach(*reach, opposite)}
    if isinstance(sentence, DateIs):
        reach = (1, None) if sentence.before else (None, -1)
        answer = _reach(*reach, opposite)
        return {("days ago", fact): answer, ("months ago", fact): answer}
    unit, number = _halves(sentence.span)
    if isinstance(sentence, DateWithin):
        return {(unit, fact): _reach(0, number - 1, opposite)}
    reach = (number, None) if sentence.at_least else (None, number - 1)
    return {(unit, fact): _reach(*reach, opposite)}


def _halves(span: Span) -> tuple[str, int]:
    if span.unit in ("day", "week"):
        return "days ago", 2 * span.number * (DAYS_A_WEEK if span.unit == "week" else 1)
    return "months ago", 2 * span.number * (MONTHS_A_YEAR if span.unit == "year" else 1)
