"""From the tree of one sentence to a checked sentence: facts, values, units and dates looked up.

Every problem is reported at its word. A sentence with a problem is refused as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lark import Token, Tree

from peer_match.facts.catalogue import CATALOGUE, FactType, Kind
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.condition import (
    AmountIs,
    CodeIs,
    Condition,
    DateAgo,
    DateIs,
    DateWithin,
    EventCount,
    Holds,
    Includes,
    IsKnown,
    MeasureCall,
    Overdue,
    PointsFell,
    Quantifier,
    YesNoIs,
)
from peer_match.policy.diagnostics import Diagnostic, Position, error, listed, meant, quote
from peer_match.policy.edit import Edit
from peer_match.policy.events import ONLY_IN_SAFETY, Events
from peer_match.policy.fitting import (
    how_to_read,
    is_alike,
    said_of_one,
    said_of_set,
    what_is_read,
    where_facts_are,
    with_the_same_values,
    with_this_kind,
)
from peer_match.policy.measures import MEASURES
from peer_match.policy.nearness import did_you_slip, value_meant
from peer_match.policy.nodes import Scalar
from peer_match.policy.units import (
    BASE_UNIT,
    CALENDAR_UNITS,
    CLOCK_UNITS,
    FACT_DIMENSION,
    MOST_DIGITS,
    UNITS,
    Dimension,
    Span,
    whole_number,
)

_YES_NO = {"yes": True, "no": False}
_WORDS_OF_KNOWING = {"known": "is unknown", "unknown": "is known"}


class RefusedError(Exception):
    """A sentence that cannot be bound; its diagnostics are already in the list."""


@dataclass
class Scope:
    """What the sentences of one rule file can refer to.

    `subjects` are the subjects that the file may speak of, `events` what it may say of histories:
    None where it may not. Problems are added to `problems`.
    """

    vocabularies: Vocabularies
    subjects: frozenset[str]
    problems: list[Diagnostic]
    events: Events | None = None


class SentenceBinder:
    """Binds the tree of one sentence; each method raises RefusedError after adding its problem."""

    def __init__(self, scope: Scope, node: Scalar) -> None:
        self.scope = scope
        self.node = node

    # -- the forms -------------------------------------------------------------------------

    def bind(self, tree: Tree[Token]) -> Condition:
        """A condition's sentence."""
        form = str(tree.data)
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        if form in ("is_value", "is_not_value"):
            return self._is_value(facts[0], _values(tree), negated=form == "is_not_value")
        if form.startswith("includes_"):
            return self._includes(tree, facts, Quantifier[form.removeprefix("includes_").upper()])
        if form in ("is_known", "is_unknown"):
            fact = self._fact(facts[0])
            return IsKnown(*self._words(), fact.name, form == "is_known")
        if form in ("before", "after"):
            fact = self._fact_of_kind(facts[0], Kind.DATE)
            return DateIs(*self._words(), fact.name, form == "before", self._day(tokens))
        if form in ("within", "at_least_ago", "less_than_ago"):
            fact = self._fact_of_kind(facts[0], Kind.DATE)
            span = self._span(tokens)
            if form == "within":
                return DateWithin(*self._words(), fact.name, span)
            return DateAgo(*self._words(), fact.name, span, form == "at_least_ago")
        if form == "fact_amount":
            fact = self._fact_of_kind(facts[0], Kind.QUANTITY)
            return self._amount(tree, fact.name, FACT_DIMENSION[fact.unit or "points"])
        if form == "measure_amount":
            phrase = next(one for one in tree.children if isinstance(one, Tree))
            call, dimension = self.measure(phrase)
            return self._amount(tree, call, dimension)
        if form == "holds":
            return Holds(*self._words(), str(tokens[0]))
        return self._of_events(form, tokens)

    def _of_events(self, form: str, tokens: list[Token]) -> Condition:
        """A sentence about a history."""
        if self.scope.events is None:
            raise self._refused(
                "PM161", "events cannot be read here", self.node.position, ONLY_IN_SAFETY
            )
        codes = [one for one in tokens if one.type == "CODE"]
        numbers = [self._counted(one) for one in tokens if one.type == "NUMBER"]
        if form == "overdue":
            obligation = self.scope.events.obligations.get(str(codes[0]))
            if obligation is None:
                raise self._no_such("obligation", "obligations", codes[0])
            return Overdue(*self._words(), obligation.code, self._clock_span(tokens))
        kind = self.scope.events.kinds.get(str(codes[0]))
        if kind is None:
            raise self._no_such("kind of event", "kinds of event", codes[0])
        if form == "points_fell":
            if kind.points is None:
                raise self._refused(
                    "PM223", f"{quote(kind.code)} has no points", self._at(codes[0]),
                    "only what is measured in points can fall",
                )  # fmt: skip
            if str(codes[1]) not in ("point", "points"):
                raise self._refused("PM204", f"{quote(str(codes[1]))} is not a unit of points",
                                    self._at(codes[1]), "write `points`")  # fmt: skip
            return PointsFell(*self._words(), kind.code, numbers[0], self._clock_span(tokens))
        severity = str(codes[1]) if len(codes) == 3 else None
        if severity is not None and severity not in kind.scale:
            help = did_you_slip(severity, kind.scale) or f"its severities are {listed(kind.scale)}"
            raise self._refused(
                "PM223",
                f"{quote(severity)} is not a severity of {quote(kind.code)}",
                self._at(codes[1]),
                help if kind.scale else "events of this kind are not graded",
            )
        return EventCount(*self._words(), numbers[0], kind.code, severity, self._clock_span(tokens))

    def _no_such(self, one: str, several: str, token: Token) -> RefusedError:
        events, name = self.scope.events, str(token)
        if events is None or events.could_not_be_read(name):
            return RefusedError()
        if name in events.obligations:
            help = f"it is an obligation; write {quote(f'{name} is overdue by 1 day')}"
        elif name in events.kinds:
            help = f"it is a kind of event; write {quote(f'at least 1 {name} within 7 days')}"
        else:
            names = [*(events.obligations if one == "obligation" else events.kinds)]
            help = did_you_slip(name, names) or meant(name, names, several)
            help = help or f"`events.yaml` lists the {several}"
        return self._refused("PM221", f"no {one} is called {quote(name)}", self._at(token), help)

    def _clock_span(self, tokens: list[Token]) -> Span:
        """The last number and unit of a sentence, as fine as minutes."""
        number = [one for one in tokens if one.type == "NUMBER"][-1]
        word = [one for one in tokens if one.type == "CODE"][-1]
        unit = CLOCK_UNITS.get(str(word))
        if unit is None:
            raise self._refused(
                "PM204",
                f"{quote(str(word))} is not a unit of time",
                self._at(word),
                "use `minutes`, `hours`, `days`, `weeks`, `months` or `years`",
            )
        return Span(self._number(number), unit)

    def measure(self, tree: Tree[Token]) -> tuple[MeasureCall, Dimension]:
        """A measure's phrase, and the dimension of its unit."""
        id = str(tree.data).removesuffix("_measure").replace("_", "-")
        measure = MEASURES[id]
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        read = [
            self._fact_of_kind(token, kind)
            for token, kind in zip(facts, measure.kinds, strict=True)
        ]
        if measure.kinds == (Kind.CODES, Kind.CODES) and read[0].vocabulary != read[1].vocabulary:
            raise self._incomparable(facts[1], read[1], read[0])
        written = [one for one in tokens if one.type == "NUMBER"]
        numbers = tuple(self._number(one) for one in written)
        if 0 in numbers:
            raise self._refused(
                "PM204",
                "a measure cannot use 0 here",
                self._at(written[numbers.index(0)]),
                "write a number of at least 1",
            )
        first, last = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
        text = " ".join(self.node.text[first:last].split())
        names = tuple(fact.name for fact in read)
        return MeasureCall(id, names, numbers, text), measure.dimension

    def edit(self, tree: Tree[Token]) -> Edit:
        """One `provides:` line of a support."""
        tokens = [one for one in tree.children if isinstance(one, Token)]
        facts = [one for one in tokens if one.type == "FACT"]
        replaces = tree.data == "becomes"
        fact = self._fact(facts[0])
        if not replaces and fact.kind is not Kind.CODES:
            raise self._mismatch(
                facts[0],
                f"`{fact.name}` is not a set, so it cannot gain a value",
                f"write `{fact.name} becomes …`",
            )
        if len(facts) > 1:
            other = self._fact(facts[1])
            if not is_alike(fact, other):
                raise self._mismatch(
                    facts[1],
                    f"`{other.name}` cannot be given to `{fact.name}`",
                    with_the_same_values(fact, self.scope.subjects),
                )
            return Edit(self.node.text, self.node.position, fact.name, replaces, (), other.name)
        codes = _values(tree)
        if fact.kind is Kind.YES_NO:
            value = self._yes_no(codes[0])
            return Edit(self.node.text, self.node.position, fact.name, True, (value,), None)
        if fact.kind not in (Kind.CODE, Kind.CODES):
            raise self._mismatch(
                facts[0],
                f"`{fact.name}` can only become another fact",
                with_the_same_values(fact, self.scope.subjects),
            )
        checked = self._codes(fact, codes)
        return Edit(self.node.text, self.node.position, fact.name, replaces, checked, None)

    def _is_value(self, token: Token, codes: list[Token], *, negated: bool) -> Condition:
        fact = self._fact(token)
        if fact.kind is Kind.YES_NO:
            value = self._yes_no(codes[0])
            if len(codes) > 1:
                raise self._mismatch(
                    codes[1], f"`{fact.name}` is yes or no, so one of them is enough", "keep one"
                )
            return YesNoIs(*self._words(), fact.name, value != negated)
        if fact.kind is Kind.CODES:
            named = self._own_values(fact, codes)
            raise self._mismatch(
                token,
                f"`{fact.name}` can hold several values, so `is` does not fit it",
                said_of_set(fact, named, negated=negated) if named else how_to_read(fact),
            )
        if fact.kind is not Kind.CODE:
            raise self._mismatch(
                token,
                f"`{fact.name}` is {fact.kind}, so it cannot be compared with a value",
                how_to_read(fact),
            )
        return CodeIs(*self._words(), fact.name, self._codes(fact, codes), negated)

    def _includes(self, tree: Tree[Token], facts: list[Token], quantifier: Quantifier) -> Condition:
        fact = self._fact(facts[0])
        if fact.kind is not Kind.CODES:
            what = "holds one value" if fact.kind is Kind.CODE else f"is {fact.kind}"
            named = self._own_values(fact, _values(tree))
            raise self._mismatch(
                facts[0],
                f"`{fact.name}` {what}, not a set",
                said_of_one(fact, named, negated=quantifier is Quantifier.NONE)
                if named
                else how_to_read(fact),
            )
        if len(facts) == 1:
            codes = self._codes(fact, _values(tree))
            return Includes(*self._words(), fact.name, quantifier, codes, None)
        other = self._fact(facts[1])
        if other.kind not in (Kind.CODES, Kind.CODE) or other.vocabulary != fact.vocabulary:
            raise self._incomparable(facts[1], other, fact)
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
        written = [one for one in tokens if one.type == "NUMBER"]
        factor = self._factor(tokens, dimension)
        numbers = [self._number(one) * factor for one in written]
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
                    first, last = written[0].start_pos or 0, written[1].end_pos or 0
                    raise self._refused(
                        "PM205",
                        "the lower bound is above the upper bound",
                        self.node.at(first, last - first),
                        f"write the smaller number first: `{written[1]} and {written[0]}`",
                    )
        return AmountIs(*self._words(), subject, low, high)

    def _factor(self, tokens: list[Token], dimension: Dimension) -> int:
        """How many base units the unit of an amount is."""
        number = next(one for one in reversed(tokens) if one.type == "NUMBER")
        word = next((one for one in tokens if one.type == "CODE"), None)
        if word is None:
            unit = "km" if dimension == "distance" else BASE_UNIT[dimension]
            raise self._refused(
                "PM204",
                f"{quote(str(number))} has no unit",
                self._at(number),
                f"write for example {quote(f'{number} {unit}')}",
            )
        unit = UNITS.get(str(word))
        if unit is None or unit.dimension != dimension:
            known = [name for name, one in UNITS.items() if one.dimension == dimension]
            raise self._refused(
                "PM204",
                f"{quote(str(word))} is not a unit of {dimension}",
                self._at(word),
                f"use {listed(known)}",
            )
        return unit.factor

    # -- the words -------------------------------------------------------------------------

    def _words(self) -> tuple[str, Position]:
        return " ".join(self.node.text.split()), self.node.position

    def _at(self, token: Token) -> Position:
        return self.node.at(token.start_pos or 0, len(token))

    def _refused(self, code: str, message: str, position: Position, help: str) -> RefusedError:
        self.scope.problems.append(error(code, message, position, help))
        return RefusedError()

    def _mismatch(self, token: Token, message: str, help: str) -> RefusedError:
        return self._refused("PM203", message, self._at(token), help)

    def _incomparable(self, token: Token, fact: FactType, other: FactType) -> RefusedError:
        return self._mismatch(
            token,
            f"`{fact.name}` cannot be compared with `{other.name}`",
            with_the_same_values(other, self.scope.subjects),
        )

    def _fact(self, token: Token) -> FactType:
        name = str(token)
        fact = CATALOGUE.get(name)
        subjects = self.scope.subjects
        if fact is None:
            choices = [one for one, known in CATALOGUE.items() if known.subject in subjects]
            raise self._refused(
                "PM201",
                f"unknown fact {quote(name)}",
                self._at(token),
                did_you_slip(name, choices) or where_facts_are(name, subjects),
            )
        if fact.subject not in subjects:
            raise self._refused(
                "PM201",
                f"{quote(name)} cannot be read here",
                self._at(token),
                what_is_read(subjects),
            )
        return fact

    def _fact_of_kind(self, token: Token, kind: Kind) -> FactType:
        fact = self._fact(token)
        if fact.kind is kind:
            return fact
        help = how_to_read(fact)
        if kind not in (Kind.DATE, Kind.QUANTITY):
            help = with_this_kind(kind, self.scope.subjects)
        raise self._mismatch(token, f"`{fact.name}` is {fact.kind}, not {kind}", help)

    def _codes(self, fact: FactType, tokens: list[Token]) -> tuple[str, ...]:
        if (fact.vocabulary or "") not in self.scope.vocabularies:
            raise RefusedError  # the missing vocabulary is reported where it is missing
        vocabulary = self.scope.vocabularies[fact.vocabulary or ""]
        wrong = [one for one in tokens if str(one) not in vocabulary.codes]
        for token in wrong:
            word = str(token)
            help = value_meant(word, vocabulary)
            if word in _WORDS_OF_KNOWING:
                help = f"write `{fact.name} {_WORDS_OF_KNOWING[word]}`"
            self.scope.problems.append(
                error(
                    "PM202",
                    f"{quote(word)} is not a value of `{fact.name}`",
                    self._at(token),
                    help,
                )
            )
        if wrong:
            raise RefusedError
        return tuple(sorted({str(one) for one in tokens}))

    def _own_values(self, fact: FactType, tokens: list[Token]) -> list[str]:
        """The words as written when all are values of the fact, else none."""
        words = [str(one) for one in tokens]
        name = fact.vocabulary or ""
        if name not in self.scope.vocabularies:
            return []
        return words if self.scope.vocabularies[name].codes.issuperset(words) else []

    def _yes_no(self, token: Token) -> bool:
        word = str(token)
        if word not in _YES_NO:
            right = {"true": "`yes`", "false": "`no`"}.get(word, "`yes` or `no`")
            if word in _WORDS_OF_KNOWING:
                right = f"`{_WORDS_OF_KNOWING[word]}`"
            raise self._refused(
                "PM202",
                f"expected yes or no, found {quote(word)}",
                self._at(token),
                f"write {right}",
            )
        return _YES_NO[word]

    def _day(self, tokens: list[Token]) -> date | None:
        found = next((one for one in tokens if one.type == "DATE"), None)
        if found is None:
            return None
        try:
            return date.fromisoformat(str(found))
        except ValueError:
            raise self._refused(
                "PM206",
                f"{quote(str(found))} is not in the calendar",
                self._at(found),
                "dates are year, month and day, such as `2026-01-31`",
            ) from None

    def _span(self, tokens: list[Token]) -> Span:
        number = next(one for one in tokens if one.type == "NUMBER")
        word = next(one for one in tokens if one.type == "CODE")
        unit = CALENDAR_UNITS.get(str(word))
        if unit is None:
            raise self._refused(
                "PM204",
                f"{quote(str(word))} is not a unit of calendar time",
                self._at(word),
                "use `days`, `weeks`, `months` or `years`",
            )
        return Span(self._number(number), unit)

    def _number(self, token: Token) -> int:
        number = whole_number(str(token))
        if number is None:
            raise self._refused(
                "PM204",
                f"{quote(str(token))} is too large a number",
                self._at(token),
                f"write at most {MOST_DIGITS} digits",
            )
        return number

    def _counted(self, token: Token) -> int:
        """A number of events, of points or of units of time: none of them would say anything."""
        number = self._number(token)
        if number == 0:
            raise self._refused(
                "PM204",
                "0 says nothing of a history",
                self._at(token),
                "write a number of at least 1",
            )
        return number


def _values(tree: Tree[Token]) -> list[Token]:
    found: list[Token] = []
    for child in tree.iter_subtrees_topdown():
        if child.data == "value":
            found.extend(one for one in child.children if isinstance(one, Token))
    return found
