"""The grammar of sentences: controlled English, read by a real parser with every word's place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from lark import Lark, Token, Tree

from peer_match.policy.measures import MEASURES

_WORD = re.compile(r"[a-z]+")
_KEYWORDS = (
    "is not one of includes any all none shares with at least most more less than between and "
    "before after within known unknown holds today ago becomes gains fell by overdue severity"
)

_RULES = r"""
sentence: FACT IS value                                     -> is_value
    | FACT IS NOT value                                     -> is_not_value
    | FACT IS ONE OF values                                 -> is_value
    | FACT IS NOT ONE OF values                             -> is_not_value
    | FACT INCLUDES value                                   -> includes_any
    | FACT INCLUDES ANY OF (values | FACT)                  -> includes_any
    | FACT INCLUDES ALL OF (values | FACT)                  -> includes_all
    | FACT INCLUDES NONE OF (values | FACT)                 -> includes_none
    | FACT SHARES ANY WITH FACT                             -> includes_any
    | FACT IS KNOWN                                         -> is_known
    | FACT IS UNKNOWN                                       -> is_unknown
    | FACT IS BEFORE (DATE | TODAY)                         -> before
    | FACT IS AFTER (DATE | TODAY)                          -> after
    | FACT IS WITHIN NUMBER CODE                            -> within
    | FACT IS AT LEAST NUMBER CODE AGO                      -> at_least_ago
    | FACT IS LESS THAN NUMBER CODE AGO                     -> less_than_ago
    | CODE HOLDS                                            -> holds
    | FACT IS _limit                                        -> fact_amount
    | measure IS _limit                                     -> measure_amount
    | AT LEAST NUMBER CODE (OF SEVERITY AT LEAST CODE)? WITHIN NUMBER CODE  -> event
    | CODE FELL BY AT LEAST NUMBER CODE WITHIN NUMBER CODE  -> event
    | CODE IS OVERDUE BY NUMBER CODE                        -> event

_limit: at_least | at_most | more_than | less_than | between
at_least: AT LEAST NUMBER CODE
at_most: AT MOST NUMBER CODE
more_than: MORE THAN NUMBER CODE
less_than: LESS THAN NUMBER CODE
between: BETWEEN NUMBER AND NUMBER CODE

edit: FACT BECOMES (value | FACT)                           -> becomes
    | FACT GAINS (values | FACT)                            -> gains

values: value ("," value)*
value: CODE

DATE.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])/
NUMBER.2: /[0-9]+(?![\w-])/
FACT.2: /[a-z]+\.[a-z][a-z0-9_]*/
CODE: /[a-z][a-z0-9]*(-[a-z0-9]+)*/
%ignore /[ \t\r\n]+/
"""


def _word(word: str) -> str:
    return word.upper()


def _measure_rule(phrase: str, id: str) -> str:
    parts = [
        "FACT" if word == "{}" else "NUMBER" if word == "#" else _word(word)
        for word in phrase.split()
    ]
    return f"{' '.join(parts)} -> {id.replace('-', '_')}_measure"


def _grammar() -> str:
    words = set(_WORD.findall(_KEYWORDS))
    for measure in MEASURES.values():
        words.update(_WORD.findall(measure.phrase))
    terminals = "\n".join(f"{_word(word)}.2: /{word}(?![\\w-])/" for word in sorted(words))
    measures = "\n    | ".join(_measure_rule(one.phrase, one.id) for one in MEASURES.values())
    return f"{_RULES}\nmeasure: {measures}\n{terminals}\n"


@cache
def _parser(start: str) -> Lark:
    return Lark(
        _grammar(), start=start, parser="lalr", propagate_positions=True, maybe_placeholders=False
    )


def _parse(start: str, text: str) -> Tree[Token]:
    return _parser(start).parse(text)  # pyright: ignore[reportUnknownMemberType]


def parse_sentence(text: str) -> Tree[Token]:
    """The tree of a condition's sentence. Raises lark's UnexpectedInput."""
    return _parse("sentence", text)


def parse_measure(text: str) -> Tree[Token]:
    """The tree of a measure's phrase alone. Raises lark's UnexpectedInput."""
    return _parse("measure", text)


def parse_edit(text: str) -> Tree[Token]:
    """The tree of a support's edit of a fact. Raises lark's UnexpectedInput."""
    return _parse("edit", text)


_FORMS = {
    "a fact such as `patient.goals`": {"FACT"},
    "a value such as `opioids`": {"CODE"},
    "a whole number": {"NUMBER"},
    "a date such as 2026-01-31": {"DATE"},
    "a comma and another value": {"COMMA"},
}


def expected_forms(terminals: Iterable[str]) -> str:
    """What could stand at a place, in words: from the names of the acceptable terminals."""
    left = set(terminals)
    said: list[str] = []
    for words, names in _FORMS.items():
        if left & names:
            said.append(words)
            left -= names
    said.extend(f"`{name.lower()}`" for name in sorted(left - {"$END"}))
    if "$END" in left:
        said.append("the end of the sentence")
    return ", ".join(said)
