"""What authors most often write where the grammar reads something else, with what would be right.

A slip is found by its own words around the place where the grammar stopped. Knows the words of
sentences and the names of facts, and neither files nor rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from peer_match.facts.catalogue import CATALOGUE, SUBJECTS
from peer_match.policy.diagnostics import listed, quote

_NEAR: Final = 160  # how far around the place a slip is looked for: hostile text is long
_FACT: Final = r"[a-z]+\.[a-z][a-z0-9_]*"
_CODE: Final = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OR_TWO: Final = rf"(?P<one>{_CODE})(?P<joint>\s*,\s*|\s+or\s+|\s+and\s+)(?P<two>{_CODE})"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong at `start` (offset, `length` characters), and what to write instead."""

    start: int
    length: int
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """A slip to look for: the group `wrong` of the pattern is what the author should change.

    `help` and `message` may name the groups of the pattern, and `lower`, `dotted`, `underscored`
    and `hyphened`: the wrong words so written.
    """

    pattern: re.Pattern[str]
    help: str
    message: str


def _kind(
    pattern: str,
    help: str,
    message: str = "cannot read the sentence at `{wrong}`",
) -> _Kind:
    return _Kind(re.compile(pattern, re.DOTALL), help, message)


def _say(words: str, right: str, after: str = "", before: str = "") -> _Kind:
    """Words for which there is one right word."""
    return _kind(rf"{after}(?P<wrong>{words}){before}", f"write {right}")


_EVENTS: Final = (
    _kind(
        rf"^\s*(?P<wrong>(?:at\s+(?:least|most)|exactly|(?:more|less|fewer)\s+than)\s+[0-9]+\s+{_CODE}"
        r"(?:\s.*)?)$",
        "counts of events are written `at least 2 missed-meeting within 14 days`",
    ),
    _kind(
        rf"^\s*(?P<wrong>(?:{_FACT}|{_CODE})\s+(?:fell|rose|dropped|increased|decreased|changed)\b"
        r".*)$",
        "changes are written `hope fell by at least 5 points within 30 days`",
    ),
)
_EDGES: Final = (
    _kind(r"(?P<wrong>[.;!])\s*$", "take it out", "a sentence ends without `{wrong}`"),
    _kind(r"(?P<wrong>,)\s*$", "take it out, or write another value", "nothing follows the comma"),
    _kind(r"^\s*(?P<wrong>(?:if|when|where|that|the)(?:\s+the)?)\s", "begin with the fact"),
)
_DATES: Final = (
    _kind(
        rf"(?:before|after)\s+(?P<wrong>(?!(?:today|{_DAY})\b)\S.*?)\s*$",
        "write year, month and day, such as `2026-01-31`, or `today`",
        "`{wrong}` is not a date",
    ),
    _kind(
        rf"is\s+(?P<wrong>(?:on\s+)?(?P<day>{_DAY}))",
        "write `is before {day}` or `is after {day}`",
        "a date is not compared with `is` alone",
    ),
    _kind(
        rf"(?P<wrong>(?:more|longer)\s+than)\s+[0-9]+\s+{_CODE}\s+ago",
        "write `at least`; before `ago` stands `at least` or `less than` with a span",
    ),
    _kind(
        rf"is\s+(?P<wrong>at\s+most)\s+(?P<span>[0-9]+\s+{_CODE})\s+ago",
        "write `is less than {span} ago`, or `is within {span}`",
    ),
    _kind(
        rf"(?P<wrong>between)\s+[0-9]+\s+and\s+[0-9]+\s+{_CODE}\s+ago",
        "write two sentences below `all:`, one with `at least … ago`, one with `less than … ago`",
    ),
    _kind(rf"(?:at\s+least|less\s+than)\s+[0-9]+\s+{_CODE}\s+(?P<wrong>old)\b", "write `ago`"),
    _kind(
        rf"\bis\s+(?P<wrong>(?P<span>[0-9]+\s+{_CODE}))\s+ago",
        "write `is at least {span} ago` or `is less than {span} ago`",
        "a date is not compared with `is` alone",
    ),
    _say(
        r"within\s+(?:the\s+)?(?:last|past|next)|(?:in|during)\s+the\s+(?:last|past)",
        "`within`",
    ),
)
_SIGNS: Final = tuple(
    _kind(rf"(?P<wrong>{sign})", f"say it in words: {words}")
    for sign, words in (
        (">=|=>|≥", "`is at least`"),
        ("<=|=<|≤", "`is at most`"),
        ("!=|<>|≠", "`is not`"),
        (">", "`is more than`"),
        ("<", "`is less than`"),
        ("={1,3}", "`is`"),
    )
)
_AMOUNTS: Final = (
    _say(r"not\s+at\s+least|fewer\s+than", "`less than`"),
    _say(r"not\s+at\s+most", "`more than`"),
    _say(r"(?:not|no)\s+more\s+than|up\s+to", "`at most`"),
    _say(r"(?:not|no)\s+(?:less|fewer)\s+than", "`at least`"),
    _kind(r"is\s+(?P<wrong>not\s+(?:between|within))\b", "put the sentence below `not:`"),
    _say(
        r"(?:greater|higher|bigger|larger|longer)\s+th[ae]n|(?:above|over)|more\s+then",
        "`more than`",
        r"\bis\s+",
    ),
    _say(
        r"(?:lower|smaller|shorter)\s+th[ae]n|(?:below|under)|(?:less|fewer)\s+then",
        "`less than`",
        r"\bis\s+",
    ),
    _kind(
        r"(?:between|is)\s+(?P<wrong>(?P<low>[0-9]+)\s*(?:-|–|to|or)\s*(?P<high>[0-9]+))",
        "write `between {low} and {high}`, with the unit",
    ),
    _kind(
        r"\bis\s+(?P<wrong>(?:exactly\s+|equal\s+to\s+)?(?P<number>[0-9]+))(?![\w.,%-])",
        "write `is at least {number}`, or for this number alone `is between {number} and {number}`,"
        " with the unit",
        "a number is not compared with `is` alone",
    ),
    _kind(
        rf"between\s+[0-9]+\s+(?P<wrong>{_CODE})\s+and\s",
        "write the unit once, after the second number",
    ),
    _kind(r"(?P<wrong>(?P<number>[0-9]+)\s*%)", "write `{number} percent`"),
    _kind(r"(?P<wrong>[0-9]+\.[0-9]+)", "amounts are whole numbers; choose a smaller unit"),
    _kind(r"(?P<wrong>[0-9]{1,3}(?:,[0-9]{3})+)", "write the number in digits only"),
    _kind(r"(?<![\w-])(?P<wrong>-[0-9]+)", "amounts are whole numbers from 0"),
    _kind(
        r"(?P<wrong>(?P<number>[0-9]+)(?P<unit>[a-z]+))\b",
        "write `{number} {unit}`, with a space between",
    ),
    _kind(
        rf"(?:least|most|than|between|within|between\s+[0-9]+\s+and)\s+(?P<wrong>{_CODE})",
        "write the amount in digits; to compare values, name them with `is one of`",
        "expected a number, found `{wrong}`",
    ),
)
_JOINED: Final = (
    _kind(r"^\s*(?P<wrong>not)\s", "write `not:`, with a colon, before the sentence"),
    _kind(
        rf"\s(?P<wrong>and)\s+(?:not\s+)?(?:{_FACT}\s|{_CODE}\s+holds)",
        "write one sentence a line, as a list below `all:`",
    ),
    _kind(
        rf"\s(?P<wrong>or)\s+(?:not\s+)?(?:{_FACT}\s|{_CODE}\s+holds)",
        "write one sentence a line, as a list below `any:`",
    ),
)
_VERBS: Final = (
    _say(
        r"(?:does\s+not|doesn['’]t|do\s+not)\s+(?:include|contain|have)|not\s+includes"
        r"|includes\s+not?(?!\w)(?:\s+any(?:\s+of)?)?|excludes",
        "`includes none of`",
    ),
    _say(r"includes\s+one\s+of", "`includes any of`"),
    _kind(
        r"includes\s+(?P<wrong>any|all|none)\s+(?!of\b)",
        "write `{wrong} of`",
        "`of` is missing after `{wrong}`",
    ),
    _say(r"include|contains?|has|have", "`includes`", rf"{_FACT}\s+", r"(?=\s)"),
    _say(r"isn['’]t|aren['’]t|are\s+not|was\s+not", "`is not`"),
    _say(r"are|was|were|equals|be", "`is`", rf"{_FACT}\s+", r"(?=\s)"),
    _say(r"is\s+none\s+of|is\s+not\s+any\s+of", "`is not one of`"),
    _say(r"is\s+any\s+of|is\s+either", "`is one of`"),
    _say(r"shares?(?!\s+any\s+with)", "`shares any with`", rf"{_FACT}\s+", r"(?=\s)"),
    _say(r"share\s+any\s+with", "`shares any with`", rf"{_FACT}\s+"),
    _kind(
        rf"^\s*(?P<finding>{_CODE})\s+(?P<wrong>(?:does\s+not|doesn['’]t)\s+holds?|holds\s+not"
        r"|is\s+(?:no|not|false)|not\s+holds)",
        "write `not: {finding} holds`",
    ),
    _say(r"hold|is\s+(?:yes|true)|applies", "`holds`", rf"^\s*{_CODE}\s+", r"(?!\w)"),
)
_VALUES: Final = (
    _kind(
        rf"includes\s+(?P<wrong>{_FACT})",
        "to compare two sets write `includes any of {wrong}`",
    ),
    _kind(
        rf"\bis\s+(?:not\s+)?(?:one\s+of\s+)?(?P<wrong>{_FACT})",
        "name the values; only two sets are compared with each other, by `shares any with`",
        "`is` compares a fact with values, not with another fact",
    ),
    _kind(
        rf"shares\s+any\s+with\s+(?P<wrong>{_CODE})",
        "write `includes any of {wrong}`; `shares any with` is followed by another fact",
    ),
    _kind(
        rf"includes\s+(?P<wrong>{_OR_TWO})",
        "write `includes any of {one}, {two}`, or `includes all of {one}, {two}`",
        "`includes` alone is followed by one value",
    ),
    _kind(
        rf"\bis\s+not\s+(?P<wrong>{_OR_TWO})",
        "write `is not one of {one}, {two}`",
        "`is not` alone is followed by one value",
    ),
    _kind(
        rf"\bis\s+(?P<wrong>{_OR_TWO})",
        "write `is one of {one}, {two}`",
        "`is` alone is followed by one value",
    ),
    _kind(
        rf"\b(?:of|is|not|becomes|gains|includes)\s+(?:{_CODE}\s*,\s*)*{_CODE},?"
        rf"\s+(?P<wrong>or|and)\s+{_CODE}",
        "put a comma between values, and no word",
    ),
    _kind(
        rf"\bof\s+(?:{_CODE}\s*,\s*)+(?P<wrong>or|and)\s+{_CODE}",
        "put a comma between values, and no word",
    ),
    _kind(
        r"(?P<wrong>[\"“”‘’'][^\"“”‘’']*[\"“”‘’']?)",
        "write the value alone, without quotes",
    ),
)
_NAMES: Final = (
    _kind(
        r"(?P<wrong>[A-Za-z0-9_-]*[A-Z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)",
        "write `{lower}`",
        "`{wrong}` has a capital letter",
    ),
    _kind(
        rf"^\s*(?P<wrong>(?:{'|'.join(SUBJECTS)})\s+[a-z][a-z0-9_]*)\s",
        "write `{dotted}`, with a dot",
    ),
    _kind(
        r"(?P<wrong>[a-z]+\.[a-z0-9_]+(?:-[a-z0-9_]+)+)",
        "write `{underscored}`; the words of a fact are joined by underscores",
    ),
    _kind(
        r"(?<![\w.])(?P<wrong>[a-z][a-z0-9-]*(?:_[a-z0-9-]+)+)",
        "write `{hyphened}`; the words of values and findings are joined by hyphens",
    ),
    _say(r"distance", "`travel distance`", r"^\s*", r"\s+(?:from|between)\s"),
)
_KINDS: Final = (
    *_EVENTS,
    *_EDGES,
    *_DATES,
    *_SIGNS,
    *_AMOUNTS,
    *_JOINED,
    *_VERBS,
    *_VALUES,
    *_NAMES,
)
_BARE: Final = re.compile(
    rf"(?:^\s*|\b(?:from|to|of|within|and|by|with)\s+)(?P<wrong>{_CODE})(?!\.)(?:\s|$)"
)
_POSSESSIVE: Final = re.compile(
    rf"\b(?P<subject>{'|'.join(SUBJECTS)})['’‘]s\s+(?P<field>[a-z0-9]+(?: [a-z0-9]+){{0,4}})"
)


def slip_at(text: str, place: int) -> Slip | None:
    """The slip in a sentence that the grammar could not read at `place`, or None.

    The first kind that matches words around the place counts.
    """
    first = max(0, place - _NEAR)
    near = text[first : place + _NEAR]
    slip = _possessive(near, place - first, first)
    if slip is not None:
        return slip
    for kind in _KINDS:
        for found in kind.pattern.finditer(near):
            if _is_about(found, near, place - first):
                return _made(kind, found, first)
    return _bare_field(near, place - first, first)


def _is_about(found: re.Match[str], near: str, place: int) -> bool:
    """Whether the place is in the words found, or is the next word after them."""
    return found.start() <= place and not near[found.end() : place].strip()


def _made(kind: _Kind, found: re.Match[str], first: int) -> Slip:
    wrong = found["wrong"]
    words = {
        **found.groupdict(),
        "lower": wrong.lower(),
        "dotted": ".".join(wrong.split()),
        "underscored": wrong.replace("-", "_"),
        "hyphened": wrong.replace("_", "-"),
    }
    shown = {name: quote(" ".join((text or "").split()))[1:-1] for name, text in words.items()}
    return Slip(
        first + found.start("wrong"),
        len(wrong),
        kind.message.format(**shown),
        kind.help.format(**shown),
    )


def _possessive(near: str, place: int, first: int) -> Slip | None:
    """`patient’s accessibility needs`, as a rule is read aloud, for the name of the fact."""
    for found in _POSSESSIVE.finditer(near):
        words = found["field"].split()
        for count in range(len(words), 0, -1):
            name = f"{found['subject']}.{'_'.join(words[:count])}"
            if name in CATALOGUE and found.start() <= place <= found.end():
                length = found.start("field") - found.start() + len(" ".join(words[:count]))
                wrong = near[found.start() : found.start() + length]
                return Slip(
                    first + found.start(),
                    length,
                    f"{quote(wrong)} is a fact as it is read aloud",
                    f"write `{name}`",
                )
    return None


def _bare_field(near: str, place: int, first: int) -> Slip | None:
    """`goals` for `patient.goals`: the name of a fact without whose it is."""
    for found in _BARE.finditer(near):
        if not found.start("wrong") <= place <= found.end():
            continue
        field = found["wrong"].replace("-", "_")
        facts = [name for name, fact in CATALOGUE.items() if fact.field == field]
        if facts:
            wrong = found["wrong"]
            return Slip(
                first + found.start("wrong"),
                len(wrong),
                f"`{wrong}` does not say whose it is",
                f"write {listed(facts)}",
            )
    return None
