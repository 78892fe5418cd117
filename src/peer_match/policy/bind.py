"""From the nodes of a condition to a checked condition.

Every sentence is read by the grammar and bound word by word (`bind_sentence`). All problems of a
condition are reported, each at its word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.bind_sentence import RefusedError, Scope, SentenceBinder
from peer_match.policy.condition import AllOf, AnyOf, Condition, MeasureCall, Not
from peer_match.policy.diagnostics import Diagnostic, did_you_mean, error, quote
from peer_match.policy.edit import Edit
from peer_match.policy.grammar import expected_forms, parse_edit, parse_measure, parse_sentence
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.phrases import phrase_at
from peer_match.policy.slips import slip_at
from peer_match.policy.typography import how_to_type, how_to_type_here, typeset_in
from peer_match.policy.units import BASE_UNIT, UNITS, Dimension, whole_number

_WORD = re.compile(r"[\w-]+|.", re.DOTALL)
_LONGEST_WORD = 60
_READ_ALL_THE_SAME = re.compile(r"[’‘](?:t\b|s\s)|–\s*[0-9]")
"""`doesn’t`, `patient’s` and `10–20` are slips of their own, whatever sign stands in them."""
_WORDS_OF_CONDITIONS = {"and": "all", "or": "any", "every": "all", "either": "any", "none": "not"}


@dataclass
class Binder(Scope):
    """Binds the conditions, measures and edits of one rule file."""

    def condition(self, node: Node) -> Condition | None:
        """The condition of a node, or None when something in it was refused."""
        if isinstance(node, Scalar) and node.text.strip():
            return self._sentence(node)
        if isinstance(node, Mapping) and len(node.entries) == 1:
            key, value = node.entries[0]
            if key.text == "not":
                return self._negated(value)
            if key.text in ("all", "any"):
                return self._several(key, value)
        self.problems.append(_no_condition(node))
        return None

    def _several(self, key: Scalar, value: Node) -> Condition | None:
        if not isinstance(value, Sequence) or not value.items:
            typeset = typeset_in(value.text) if isinstance(value, Scalar) else None
            if isinstance(value, Scalar) and typeset is not None and typeset.start == 0:
                message = f"{quote(value.text[0])} begins no item of a list"
                help = f"{typeset.name} from a word processor stands here; write `- `"
                self.problems.append(error("PM152", message, value.at(0, 1), help))
                return None
            self.problems.append(
                error(
                    "PM152",
                    f"{quote(key.text)} needs a list of conditions",
                    key.position,
                    f"below `{key.text}:`, begin each condition on a line of its own with a dash",
                )
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
                        value.items[1].position if value.items else value.position,
                        "put several below `all:` or `any:` inside the `not:`"
                        if value.items
                        else "write the condition after `not:`",
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
            return SentenceBinder(self, node).bind(tree)
        except RefusedError:
            return None

    def measure(self, node: Scalar) -> tuple[MeasureCall, Dimension] | None:
        """The measure of a `measure:` line and the dimension of its unit."""
        tree = self._parse(node, parse_measure)
        if tree is None:
            return None
        try:
            return SentenceBinder(self, node).measure(tree)
        except RefusedError:
            return None

    def edit(self, node: Scalar) -> Edit | None:
        """One `provides:` line of a support."""
        tree = self._parse(node, parse_edit)
        if tree is None:
            return None
        try:
            return SentenceBinder(self, node).edit(tree)
        except RefusedError:
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
                how_to_type(node.text) or f"write for example `10 {_example_unit(dimension)}`",
            )
        )
        return None

    def _parse(self, node: Scalar, parse: Callable[[str], Tree[Token]]) -> Tree[Token] | None:
        try:
            return parse(node.text)
        except UnexpectedInput as problem:
            self.problems.append(_unreadable(node, problem, self.vocabularies))
            return None


def _no_condition(node: Node) -> Diagnostic:
    """Why a node is no condition, in the words of what its author most likely meant."""
    position = node.position
    message = "a condition is a sentence, or one of `all:`, `any:`, `not:`"
    help = "write each sentence as an item of a list below `all:` or `any:`"
    match node:
        case Scalar():
            message = "a condition is missing here"
            help = "write a sentence, or `all:`, `any:` or `not:` with conditions below it"
        case Sequence(items=(_, *_)):
            message = "a list of conditions does not say how many of them must hold"
            help = "write `all:` or `any:` above the list"
        case Mapping(entries=((key, Scalar(text=said)),)) if " " in key.text or "." in key.text:
            position = key.position
            message = f"a sentence has no colon, as after {quote(key.text)}"
            help = f"write {quote(f'{key.text} {said}')}"
            if " " not in key.text:
                help = f"write for example {quote(f'{key.text} is {said}')}"
        case Mapping(entries=((key, _),)):
            position = key.position
            message = f"{quote(key.text)} is not one of `all:`, `any:`, `not:`"
            word = _WORDS_OF_CONDITIONS.get(key.text.lower())
            help = f"write `{word}:`" if word else how_to_type(key.text)
            help = help or did_you_mean(key.text, ("all", "any", "not"))
        case Mapping(entries=(_, (key, _), *_)):
            position = key.position
            message = f"{quote(key.text)} stands beside another condition, not below it"
            help = "put both into the list of one `all:` or `any:`"
        case _:
            pass
    return error("PM151", message, position, help)


def _unreadable(node: Scalar, problem: UnexpectedInput, vocabularies: Vocabularies) -> Diagnostic:
    """A sentence that the grammar could not read: a slip that is well known, or what could stand
    where it stopped."""
    text = node.text
    length, allowed = 1, frozenset[str]()
    place = problem.pos_in_stream or 0
    at_end = False
    if isinstance(problem, UnexpectedToken):
        token = cast("Token", problem.token)  # pyright: ignore[reportUnknownMemberType]
        allowed = frozenset(problem.accepts or problem.expected)
        at_end = token.type == "$END"
        place, length = (len(text.rstrip()) if at_end else token.start_pos or 0), len(token)
    elif isinstance(problem, UnexpectedCharacters):
        allowed = frozenset(problem.allowed or ())
        length = len(_WORD.findall(text[place : place + _LONGEST_WORD])[0])
    phrase = phrase_at(text, place, vocabularies)
    if phrase is not None:
        message = f"{quote(' '.join(phrase.words.split()))} is not a value of `{phrase.fact}`"
        return error("PM202", message, node.at(phrase.start, len(phrase.words)), phrase.help)
    slip = slip_at(text, place)
    typeset = typeset_in(text, place)
    if typeset is not None and typeset.start == place and not _READ_ALL_THE_SAME.match(text, place):
        message = f"cannot read the sentence at {quote(text[place : place + 1])}"
        help = how_to_type_here(text, typeset)
        return error("PM150", message, node.at(place, 1), help)
    if slip is not None:
        where = node.at(slip.start, slip.length)
        return error("PM150", slip.message, where, slip.help)
    forms = expected_forms(allowed, text[:place])
    help = f"expected {forms}" if forms else ""
    if at_end:
        last = text.split()[-1] if text.split() else ""
        where = node.at(place - len(last), len(last))
        return error("PM150", "the sentence stops too early", where, help)
    found = quote(text[place : place + length])
    return error("PM150", f"cannot read the sentence at {found}", node.at(place, length), help)


def _example_unit(dimension: Dimension) -> str:
    return "km" if dimension == "distance" else BASE_UNIT.get(dimension, "")
