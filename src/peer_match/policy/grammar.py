"""The grammar of sentences: controlled English, read by a real parser with every word's place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

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
    | AT LEAST NUMBER CODE WITHIN NUMBER CODE               -> event_count
    | AT LEAST NUMBER CODE OF SEVERITY AT LEAST CODE WITHIN NUMBER CODE  -> event_count
    | CODE FELL BY AT LEAST NUMBER CODE WITHIN NUMBER CODE  -> points_fell
    | CODE IS OVERDUE BY NUMBER CODE                        -> overdue

// A number without a unit is read here, so that the binder can say which unit it lacks.
_limit: at_least | at_most | more_than | less_than | between
at_least: AT LEAST NUMBER CODE?
at_most: AT MOST NUMBER CODE?
more_than: MORE THAN NUMBER CODE?
less_than: LESS THAN NUMBER CODE?
between: BETWEEN NUMBER AND NUMBER CODE?

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


def keywords() -> frozenset[str]:
    """The words that have a meaning of their own somewhere in a sentence."""
    phrases = " ".join(measure.phrase for measure in MEASURES.values())
    return frozenset(_WORD.findall(f"{_KEYWORDS} {phrases}"))


def grammar() -> str:
    """The whole grammar in lark's notation, with a rule for every measure."""
    terminals = "\n".join(f"{_word(word)}.2: /{word}(?![\\w-])/" for word in sorted(keywords()))
    measures = "\n    | ".join(_measure_rule(one.phrase, one.id) for one in MEASURES.values())
    return f"{_RULES}\nmeasure: {measures}\n{terminals}\n"


@cache
def _parser(start: str) -> Lark:
    return Lark(
        grammar(), start=start, parser="lalr", propagate_positions=True, maybe_placeholders=False
    )


def _parse(start: str, text: str) -> Tree[Token]:
    return _parser(start).parse(text)  # pyright: ignore[reportUnknownMemberType]


def parse_sentence(text: str) -> Tree[Token]:
    """The tree of a condition's sentence. Raises lark's UnexpectedInput."""
    return _parse("sentence", text)


def is_read_as(form: str, text: str) -> bool:
    """Whether a sentence is read, and in this form."""
    try:
        return str(parse_sentence(text).data) == form
    except UnexpectedInput:
        return False


def parse_measure(text: str) -> Tree[Token]:
    """The tree of a measure's phrase alone. Raises lark's UnexpectedInput."""
    return _parse("measure", text)


def parse_edit(text: str) -> Tree[Token]:
    """The tree of a support's edit of a fact. Raises lark's UnexpectedInput."""
    return _parse("edit", text)


_FORMS = {
    "FACT": ("a fact such as `patient.goals`",),
    "CODE": ("a value such as `opioids`",),
    "NUMBER": ("a whole number",),
    "DATE": ("a date such as 2026-01-31",),
    "COMMA": ("a comma and another value",),
    "ALL": ("`all of`",),
    "ANY": ("`any of`",),
    "NONE": ("`none of`",),
    "ONE": ("`one of`",),
    "AT": ("`at least`", "`at most`"),
    "LESS": ("`less than`",),
    "MORE": ("`more than`",),
    "SHARES": ("`shares any with`",),
    "SHARE": ("`share of …`",),
    "TIME": ("`time shared by …`",),
    "TRAVEL": ("`travel distance from …`",),
}
_ENDS = frozenset({"$END", "<END-OF-FILE>"})
_IN_ORDER = [*_FORMS, "IS", "INCLUDES", "HOLDS"]
_OF_EVENTS = frozenset({"AT", "FELL", "IS"})
_UNIT = re.compile(r"[0-9]\s*$")


def expected_forms(terminals: Iterable[str], before: str) -> str:
    """What could stand at a place, in words.

    `terminals` are the names of the acceptable terminals, `before` the text up to the place.
    Sentences about events are never proposed: few rules may read them.
    """
    left = set(terminals)
    forms = dict(_FORMS)
    if "CODE" in left and _UNIT.search(before):
        forms["CODE"] = ("a unit such as `points`",)
    if {"FACT", "CODE", "AT"} <= left:
        forms["CODE"] = ("the id of a finding",)
    if left == {"ANY"}:
        forms["ANY"] = ("`any with`",)
    if {"FACT", "AT"} <= left or {"FELL", "HOLDS"} <= left:
        left -= _OF_EVENTS
    ordered = sorted(
        left - _ENDS, key=lambda name: (_IN_ORDER.index(name) if name in _IN_ORDER else 99, name)
    )
    said = [phrase for name in ordered for phrase in forms.get(name, (f"`{name.lower()}`",))]
    if left & _ENDS:
        said.append("the end of the sentence")
    return f"{', '.join(said[:-1])} or {said[-1]}" if len(said) > 1 else "".join(said)
