"""How a fact can be read: the help for an author who reads it in a way that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peer_match.facts.catalogue import CATALOGUE, FactType, Kind
from peer_match.policy.diagnostics import listed, quote
from peer_match.policy.units import BASE_UNIT, FACT_DIMENSION

_BY_MEASURE = {
    Kind.PLACE: "travel distance from … to …",
    Kind.AVAILABILITY: "time shared by … and …",
    Kind.MEETINGS: "share of … within … travelling from … to … at 30 km an hour",
}
_WORD_TO_SEARCH = 20  # letters; a longer word is no word of a fact
_NAMED = 4  # so many facts are named in one line of help


def how_to_read(fact: FactType) -> str:
    """A sentence that fits a fact."""
    name = fact.name
    match fact.kind:
        case Kind.CODE:
            return f"write for example `{name} is …`, or `{name} is one of …`"
        case Kind.CODES:
            return f"write for example `{name} includes …`, or `{name} includes any of …`"
        case Kind.YES_NO:
            return f"write `{name} is yes` or `{name} is no`"
        case Kind.QUANTITY:
            unit = BASE_UNIT[FACT_DIMENSION[fact.unit or "points"]]
            return f"write for example `{name} is at least 10 {unit}`"
        case Kind.DATE:
            return (
                f"write for example `{name} is at least 12 months ago`, or `is before 2026-01-31`"
            )
        case _:
            return f"only a measure reads it: `{_BY_MEASURE[fact.kind]}`"


def said_of_set(fact: FactType, codes: Sequence[str], *, negated: bool) -> str:
    """The sentence about a set that an author means who wrote `is` with some values."""
    words = "includes none of" if negated else "includes any of" if len(codes) > 1 else "includes"
    return f"write {quote(' '.join((fact.name, words, ', '.join(codes))))}"


def said_of_one(fact: FactType, codes: Sequence[str], *, negated: bool) -> str:
    """The sentence about a single value that an author means who wrote `includes`."""
    several = len(codes) > 1
    words = ("is not one of" if several else "is not") if negated else None
    words = words or ("is one of" if several else "is")
    return f"write {quote(' '.join((fact.name, words, ', '.join(codes))))}"


def what_is_read(subjects: frozenset[str]) -> str:
    """The subjects whose facts a rule can read."""
    return f"this rule reads facts of {listed(sorted(subjects), 'and')}"


def where_facts_are(name: str, subjects: frozenset[str]) -> str:
    """Where to look for the fact that an author means who wrote a name that is none."""
    subject, _, field = name.partition(".")
    known = f"the facts here are those of {listed(sorted(subjects), 'and')}"
    if subject not in subjects:
        return known
    word = max(field.split("_"), key=len)
    return f"{known}; `peer-match rules facts {word[:_WORD_TO_SEARCH]}` looks for one"


def is_alike(one: FactType, other: FactType) -> bool:
    """Whether two facts hold the same sort of values, so that one can be given to the other."""
    return (one.kind, one.vocabulary, one.unit) == (other.kind, other.vocabulary, other.unit)


def with_the_same_values(fact: FactType, subjects: frozenset[str]) -> str:
    """The facts that a fact can be compared with."""
    return _use(
        one.name
        for one in CATALOGUE.values()
        if is_alike(one, fact) and one.name != fact.name and one.subject in subjects
    )


def with_this_kind(kind: Kind, subjects: frozenset[str]) -> str:
    """The facts of a kind."""
    return _use(
        one.name for one in CATALOGUE.values() if one.kind is kind and one.subject in subjects
    )


def _use(names: Iterable[str]) -> str:
    found = list(names)
    if not found:
        return "no fact of this rule fits here"
    if len(found) > _NAMED:
        return f"use a fact such as {quote(found[0])}"
    return f"use {listed(found)}"
