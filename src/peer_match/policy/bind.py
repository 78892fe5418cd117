"""From the words of a condition to a checked condition.

Every fact is looked up, every value is checked against its vocabulary, every unit against its
fact. All problems of a condition are reported, each at its word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from peer_match.facts.catalogue import CATALOGUE, FactType, Kind
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
    YesNoIs,
)
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, listed, quote
from peer_match.policy.edit import Edit
from peer_match.policy.grammar import expected_forms, parse_edit, parse_measure, parse_sentence
from peer_match.policy.measures import MEASURES
from peer_match.policy.source import Mapping, Node, Scalar, Sequence
from peer_match.policy.units import (
    BASE_UNIT,
    CALENDAR_UNITS,
    FACT_DIMENSION,
    MOST_DIGITS,
    UNITS,
    Dimension,
    Span,
    whole_number,
)

_YES_NO = {"yes": True, "no": False}


class _RefusedError(Exception):
    """A sentence that cannot be bound; its diagnostics are already in the list."""


@dataclass
class Binder:
    """Binds the conditions of one rule file.

    `subjects` are the subjects that the file may speak of. Problems are added to `problems`.
    """

    vocabularies: Vocabularies
    subjects: frozenset[str]
    problems: list[Diagnostic]

    def condition(self, node: Node) -> Condition | None:
        """The condition of a node, or None when something in it was refused."""
        if isinstance(node, Scalar):
            return self._sentence(node)
        if isinstance(node, Mapping) and len(node.entries) == 1:
            key, value = node.entries[0]
            if key.text == "not":
                return self._negated(value)
            if key.text in ("all", "any"):
                return self._several(key, value)
        self.problems.append(
            error(
                "PM151",
                "a condition is a sentence, or one of `all:`, `any:`, `not:`",
                node.position,
                "write each sentence as an item of a list below `all:` or `any:`",
            )
        )
        return None

    def _several(self, key: Scalar, value: Node) -> Condition | None:
        if not isinstance(value, Sequence) or not value.items:
            self.problems.append(
                error("PM152", f"{quote(key.text)} needs a list of conditions", value.position)
            )
            return None
        parts = [self.condition(item) for item in value.items]
        if any(part is None for part in parts):
            return None
        whole = tuple(part for part in parts if part is not None)
        return AllOf(whole) if key.text == "all" else AnyOf(whole)

    def _negated(self, value: Node) -> Condition | None:
        if isinstance(value, Sequence):
            if len(value.items) != 1:
                self.problems.append(
                    error(
                        "PM152",
                        "`not` takes one condition",
                        value.position,
                        "put several below `all:` or `any:` inside the `not:`",
                    )
                )
                return None
            value = value.items[0]
        part = self.condition(value)
        return None if part is None else Not(part)

    def _sentence(self, node: Scalar) -> Condition | None:
        tree = self._parse(node, parse_sentence)
        if tree is None:
            return None
        try:
            return _SentenceBinder(self, node).bind(tree)
        except _RefusedError:
            return None

    def measure(self, node: Scalar) -> tuple[MeasureCall, Dimension] | None:
        """The measure of a `measure:` line and the dimension of its unit."""
        tree = self._parse(node, parse_measure)
        if tree is None:
            return None
        try:
            return _SentenceBinder(self, node).measure(tree)
        except _RefusedError:
            return None

    def edit(self, node: Scalar) -> Edit | None:
        """One `provides:` line of a support."""
        tree = self._parse(node, parse_edit)
        if tree is None:
            return None
        try:
            return _SentenceBinder(self, node).edit(tree)
        except _RefusedError:
            return None

    def amount(self, node: Scalar, dimension: Dimension) -> int | None:
        """`10 km` in base units of a dimension."""
        words = node.text.split()
        unit = UNITS.get(words[1]) if len(words) == 2 else None
        number = whole_number(words[0]) if len(words) == 2 else None
        if number is not None and unit is not None and unit.dimension == dimension:
            return number * unit.factor
        self.problems.append(
            error(
                "PM204",
                f"expected a whole number and a unit of {dimension}, found {quote(node.text)}",
                node.position,
                f"write for example `10 {_example_unit(dimension)}`",
            )
        )
        return None

    def _parse(self, node: Scalar, parse: Callable[[str], Tree[Token]]) -> Tree[Token] | None:
        try:
            return parse(node.text)
        except UnexpectedInput as problem:
            self.problems.append(_syntax(node, problem))
            return None


def _syntax(node: Scalar, problem: UnexpectedInput) -> Diagnostic:
    if isinstance(problem, UnexpectedToken):
        token = cast("Token", problem.token)  # pyright: ignore[reportUnknownMemberType]
        forms = expected_forms(problem.accepts or problem.expected)
        if token.type == "$END":
            return error(
                "PM150",
                "the sentence stops too early",
                node.at(max(len(node.text) - 1, 0), 1),
                f"expected {forms}",
            )
        found, length, offset = str(token), len(token), token.start_pos or 0
    else:
        offset = problem.pos_in_stream or 0
        found, length = node.text[offset : offset + 1], 1
        forms = (
            expected_forms(problem.allowed or ())
            if isinstance(problem, UnexpectedCharacters)
            else ""
        )
    return error(
        "PM150",
        f"cannot read the sentence at {quote(found)}",
        node.at(offset, length),
        f"expected {forms}" if forms else "",
    )


def _example_unit(dimension: Dimension) -> str:
    return "km" if dimension == "distance" else BASE_UNIT.get(dimension, "")


class _SentenceBinder:
    """Binds the tree of one sentence."""

    def __init__(self, binder: Binder, node: Scalar) -> None:
        self.binder = binder
        self.node = node

    # -- the forms -------------------------------------------------------------------------

    def bind(self, tree: Tree[Token]) -> Condition:
        form = str(tree.data)
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        if form in ("is_value", "is_not_value"):
            return self._is_value(facts[0], self._values(tree), negated=form == "is_not_value")
        if form.startswith("includes_"):
            return self._includes(tree, facts, Quantifier[form.removeprefix("includes_").upper()])
        if form in ("is_known", "is_unknown"):
            fact = self._fact(facts[0])
            return IsKnown(*self._words(), fact.name, form == "is_known")
        if form in ("before", "after"):
            fact = self._fact(facts[0], Kind.DATE)
            return DateIs(*self._words(), fact.name, form == "before", self._day(tokens))
        if form in ("within", "at_least_ago", "less_than_ago"):
            fact = self._fact(facts[0], Kind.DATE)
            span = self._span(tokens)
            if form == "within":
                return DateWithin(*self._words(), fact.name, span)
            return DateAgo(*self._words(), fact.name, span, form == "at_least_ago")
        if form == "fact_amount":
            fact = self._fact(facts[0], Kind.QUANTITY)
            return self._amount(tree, fact.name, FACT_DIMENSION[fact.unit or "points"])
        if form == "measure_amount":
            phrase = next(one for one in tree.children if isinstance(one, Tree))
            call, dimension = self.measure(phrase)
            return self._amount(tree, call, dimension)
        if form == "holds":
            return Holds(*self._words(), str(tokens[0]))
        self._refuse(
            "PM160",
            "sentences about events are not yet supported",
            self.node.position,
            "a coming version reads event histories; leave this rule out until then",
        )
        raise AssertionError(form)

    def measure(self, tree: Tree[Token]) -> tuple[MeasureCall, Dimension]:
        id = str(tree.data).removesuffix("_measure").replace("_", "-")
        measure = MEASURES[id]
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        names = tuple(
            self._fact(token, kind).name for token, kind in zip(facts, measure.kinds, strict=True)
        )
        written = [one for one in tokens if one.type == "NUMBER"]
        numbers = tuple(self._number(one) for one in written)
        if 0 in numbers:
            zero = written[numbers.index(0)]
            self._refuse("PM204", "a measure cannot use 0 here", self._at(zero))
        first, last = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
        text = " ".join(self.node.text[first:last].split())
        return MeasureCall(id, names, numbers, text), measure.dimension

    def edit(self, tree: Tree[Token]) -> Edit:
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        replaces = tree.data == "becomes"
        fact = self._fact(facts[0])
        if not replaces and fact.kind is not Kind.CODES:
            self._mismatch(facts[0], fact, "is not a set, so it cannot gain a value")
        if len(facts) > 1:
            other = self._fact(facts[1])
            if other.kind is not fact.kind or other.vocabulary != fact.vocabulary:
                self._mismatch(facts[1], other, f"cannot be given to `{fact.name}`")
            return Edit(self.node.text, self.node.position, fact.name, replaces, (), other.name)
        codes = self._values(tree)
        if fact.kind is Kind.YES_NO:
            value = self._yes_no(codes[0])
            return Edit(self.node.text, self.node.position, fact.name, True, (value,), None)
        if fact.kind not in (Kind.CODE, Kind.CODES):
            self._mismatch(facts[0], fact, "can only become another fact")
        checked = self._codes(fact, codes)
        return Edit(self.node.text, self.node.position, fact.name, replaces, checked, None)

    def _is_value(self, token: Token, codes: list[Token], *, negated: bool) -> Condition:
        fact = self._fact(token)
        if fact.kind is Kind.YES_NO:
            value = self._yes_no(codes[0])
            if len(codes) > 1:
                self._mismatch(codes[1], fact, "is yes or no; name one of them")
            return YesNoIs(*self._words(), fact.name, value != negated)
        if fact.kind is Kind.CODES:
            self._mismatch(token, fact, "can hold several values; say `includes`")
        if fact.kind is not Kind.CODE:
            self._mismatch(token, fact, f"is {fact.kind}, so it cannot be compared with a value")
        return CodeIs(*self._words(), fact.name, self._codes(fact, codes), negated)

    def _includes(self, tree: Tree[Token], facts: list[Token], quantifier: Quantifier) -> Condition:
        fact = self._fact(facts[0])
        if fact.kind is not Kind.CODES:
            self._mismatch(facts[0], fact, "holds one value; say `is`")
        if len(facts) == 1:
            codes = self._codes(fact, self._values(tree))
            return Includes(*self._words(), fact.name, quantifier, codes, None)
        other = self._fact(facts[1])
        if other.kind not in (Kind.CODES, Kind.CODE) or other.vocabulary != fact.vocabulary:
            self._mismatch(facts[1], other, f"cannot be compared with `{fact.name}`")
        return Includes(*self._words(), fact.name, quantifier, (), other.name)

    def _amount(
        self, tree: Tree[Token], subject: str | MeasureCall, dimension: Dimension
    ) -> Condition:
        limit = next(
            one
            for one in tree.children
            if isinstance(one, Tree) and not str(one.data).endswith("_measure")
        )
        tokens = [one for one in limit.children if isinstance(one, Token)]
        unit_token = next(one for one in tokens if one.type == "CODE")
        unit = UNITS.get(str(unit_token))
        if unit is None or unit.dimension != dimension:
            known = [name for name, one in UNITS.items() if one.dimension == dimension]
            self._refuse(
                "PM204",
                f"{quote(str(unit_token))} is not a unit of {dimension}",
                self._at(unit_token),
                f"use {listed(known)}",
            )
            raise AssertionError
        numbers = [self._number(one) * unit.factor for one in tokens if one.type == "NUMBER"]
        low: int | None
        high: int | None
        match str(limit.data):
            case "at_least":
                low, high = numbers[0], None
            case "at_most":
                low, high = None, numbers[0]
            case "more_than":
                low, high = numbers[0] + 1, None
            case "less_than":
                low, high = None, numbers[0] - 1
            case _:
                low, high = numbers[0], numbers[1]
                if low > high:
                    self._refuse(
                        "PM205",
                        "the lower bound is above the upper bound",
                        self._at(tokens[0]),
                        "write the smaller number first",
                    )
        return AmountIs(*self._words(), subject, low, high)

    # -- the words -------------------------------------------------------------------------

    def _words(self) -> tuple[str, Position]:
        return " ".join(self.node.text.split()), self.node.position

    def _at(self, token: Token) -> Position:
        return self.node.at(token.start_pos or 0, len(token))

    def _refuse(self, code: str, message: str, position: Position, help: str = "") -> None:
        self.binder.problems.append(error(code, message, position, help))
        raise _RefusedError

    def _mismatch(self, token: Token, fact: FactType, why: str) -> None:
        self._refuse("PM203", f"`{fact.name}` {why}", self._at(token))

    def _fact(self, token: Token, kind: Kind | None = None) -> FactType:
        name = str(token)
        fact = CATALOGUE.get(name)
        if fact is None or fact.subject not in self.binder.subjects:
            choices = [n for n, one in CATALOGUE.items() if one.subject in self.binder.subjects]
            message = f"unknown fact {quote(name)}"
            if fact is not None:
                message = f"{quote(name)} cannot be read here"
            self._refuse("PM201", message, self._at(token), did_you_mean(name, choices))
            raise AssertionError
        if kind is not None and fact.kind is not kind:
            self._mismatch(token, fact, f"is {fact.kind}, not {kind}")
        return fact

    def _values(self, tree: Tree[Token]) -> list[Token]:
        found: list[Token] = []
        for child in tree.iter_subtrees_topdown():
            if child.data == "value":
                found.extend(one for one in child.children if isinstance(one, Token))
        return found

    def _codes(self, fact: FactType, tokens: list[Token]) -> tuple[str, ...]:
        if (fact.vocabulary or "") not in self.binder.vocabularies:
            raise _RefusedError  # the missing vocabulary is reported where it is missing
        vocabulary = self.binder.vocabularies[fact.vocabulary or ""]
        wrong = [one for one in tokens if str(one) not in vocabulary.codes]
        for token in wrong:
            self.binder.problems.append(
                error(
                    "PM202",
                    f"{quote(str(token))} is not a value of `{fact.name}`",
                    self._at(token),
                    did_you_mean(str(token), vocabulary.codes)
                    or f"the values are in vocabulary `{vocabulary.id}`",
                )
            )
        if wrong:
            raise _RefusedError
        return tuple(sorted({str(one) for one in tokens}))

    def _yes_no(self, token: Token) -> bool:
        if str(token) not in _YES_NO:
            self._refuse("PM202", f"expected yes or no, found {quote(str(token))}", self._at(token))
        return _YES_NO[str(token)]

    def _day(self, tokens: list[Token]) -> date | None:
        found = next((one for one in tokens if one.type == "DATE"), None)
        if found is None:
            return None
        try:
            return date.fromisoformat(str(found))
        except ValueError:
            self._refuse("PM206", f"{quote(str(found))} is not in the calendar", self._at(found))
            raise

    def _span(self, tokens: list[Token]) -> Span:
        number = next(one for one in tokens if one.type == "NUMBER")
        word = next(one for one in tokens if one.type == "CODE")
        unit = CALENDAR_UNITS.get(str(word))
        if unit is None:
            self._refuse(
                "PM204",
                f"{quote(str(word))} is not a unit of calendar time",
                self._at(word),
                "use `days`, `weeks`, `months` or `years`",
            )
            raise AssertionError
        return Span(self._number(number), unit)

    def _number(self, token: Token) -> int:
        number = whole_number(str(token))
        if number is None:
            self._refuse(
                "PM204",
                f"{quote(str(token))} is too large a number",
                self._at(token),
                f"write at most {MOST_DIGITS} digits",
            )
            raise AssertionError
        return number
