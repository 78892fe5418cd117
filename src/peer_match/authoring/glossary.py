"""Every fact that rules can read and every value that it can have, for whoever writes rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from peer_match.facts.catalogue import CATALOGUE, SUBJECTS
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.vocabulary import Vocabularies, Vocabulary
from peer_match.policy.units import BASE_UNIT, FACT_DIMENSION

PAGE = """\
# The facts that rules can read

Written by the program (`authoring/glossary.py`), which reads the same list as the engine. \
`peer-match rules facts WORD` finds a fact, `peer-match rules vocabulary ID` lists values, also \
those of your own pack (`--rules`).

A rule below `group/` reads facts of `patient`, `group`, `facilitator` and `pair`; one below \
`mentor/` those of `patient`, `mentor` and `pair`; a plan rule those of `patient`. The last column \
is a sentence as it stands in a rule.
"""


def facts_about(word: str, vocabularies: Vocabularies) -> list[FactType]:
    """The facts whose name, meaning or values have a word, in whatever letters; "" gives all."""
    wanted = word.lower()
    return [
        fact
        for fact in CATALOGUE.values()
        if any(wanted in text.lower() for text in _texts(fact, vocabularies))
    ]


def _texts(fact: FactType, vocabularies: Vocabularies) -> Iterator[str]:
    yield from (fact.name, fact.name.replace("_", " "), fact.meaning, fact.vocabulary or "")
    for term in _vocabulary(fact, vocabularies).terms if fact.vocabulary else ():
        yield from (term.code, term.label)


def _vocabulary(fact: FactType, vocabularies: Vocabularies) -> Vocabulary:
    return vocabularies[fact.vocabulary or ""]


def sentence_about(fact: FactType, vocabularies: Vocabularies) -> str:
    """A sentence that reads a fact, as it stands in a rule."""
    name = fact.name
    match fact.kind:
        case Kind.CODE:
            return f"{name} is {_vocabulary(fact, vocabularies).terms[0].code}"
        case Kind.CODES:
            return f"{name} includes {_vocabulary(fact, vocabularies).terms[0].code}"
        case Kind.YES_NO:
            return f"{name} is yes"
        case Kind.QUANTITY:
            return f"{name} is at least 10 {BASE_UNIT[FACT_DIMENSION[fact.unit or 'points']]}"
        case Kind.DATE:
            return f"{name} is at least 12 months ago"
        case Kind.PLACE:
            other = "group.place" if fact.subject == "patient" else "patient.home"
            return f"travel distance from {name} to {other} is at most 10 km"
        case Kind.AVAILABILITY:
            other = "mentor" if fact.subject == "patient" else "patient"
            return f"time shared by {name} and {other}.availability is at least 60 minutes"
        case Kind.MEETINGS:
            return (
                f"share of {name} within patient.availability travelling from patient.home to "
                "group.place at 30 km an hour is at least 80 percent"
            )


def fact_as_json(fact: FactType, vocabularies: Vocabularies) -> dict[str, str | None]:
    """One fact as plain values."""
    return {
        "fact": fact.name,
        "kind": str(fact.kind),
        "unit": fact.unit,
        "vocabulary": fact.vocabulary,
        "meaning": fact.meaning,
        "sentence": sentence_about(fact, vocabularies),
    }


def fact_as_text(fact: FactType, vocabularies: Vocabularies) -> str:
    """One fact in a few lines."""
    return (
        f"{fact.name}: {fact.meaning}\n"
        f"  {_kind(fact)}{_where_from(fact)}\n"
        f"  {sentence_about(fact, vocabularies)}"
    )


def _kind(fact: FactType) -> str:
    if fact.kind is Kind.QUANTITY:
        return f"a number of {fact.unit}"
    return str(fact.kind)


def _where_from(fact: FactType) -> str:
    return f" of vocabulary {fact.vocabulary}" if fact.vocabulary else ""


def vocabulary_as_json(vocabulary: Vocabulary) -> dict[str, object]:
    """A vocabulary with its codes, as plain values."""
    return {
        "vocabulary": vocabulary.id,
        "title": vocabulary.title,
        "facts": _facts_of(vocabulary),
        "terms": [
            {
                "code": term.code,
                "label": term.label,
                "meaning": term.meaning,
                "kind_of": term.kind_of,
            }
            for term in vocabulary.terms
        ],
    }


def vocabulary_as_text(vocabulary: Vocabulary) -> str:
    """A vocabulary: each code, its label, and the broader code that it is a kind of."""
    width = max(len(term.code) for term in vocabulary.terms)
    lines = [
        f"  {term.code:{width}}  {term.label}"
        + (f" (a kind of {term.kind_of})" if term.kind_of else "")
        for term in vocabulary.terms
    ]
    facts = _facts_of(vocabulary)
    read = f"values of {', '.join(facts)}" if facts else "no fact has these values"
    return "\n".join([f"{vocabulary.id}: {vocabulary.title}; {read}", *lines])


def _facts_of(vocabulary: Vocabulary) -> list[str]:
    return [fact.name for fact in CATALOGUE.values() if fact.vocabulary == vocabulary.id]


def write_page(path: Path, vocabularies: Vocabularies) -> None:
    """Write the page of all facts, and of the vocabularies that they have values of."""
    path.write_text("\n".join(_page(vocabularies)) + "\n", encoding="utf-8")


def _page(vocabularies: Vocabularies) -> Iterator[str]:
    yield PAGE
    for subject in SUBJECTS:
        yield f"## {subject.capitalize()}\n"
        yield "| fact | kind | values | meaning | for example |"
        yield "|---|---|---|---|---|"
        for fact in CATALOGUE.values():
            if fact.subject == subject:
                values = f"[{fact.vocabulary}](#{fact.vocabulary})" if fact.vocabulary else ""
                sentence = sentence_about(fact, vocabularies)
                yield (
                    f"| `{fact.name}` | {_kind(fact)} | {values} | {fact.meaning} | `{sentence}` |"
                )
        yield ""
    yield "# The values that they have\n"
    yield "Those of the default pack. What is written in a rule is the code.\n"
    for vocabulary in vocabularies:
        if _facts_of(vocabulary):
            yield f"## {vocabulary.id}\n"
            yield f"{vocabulary.title}.\n"
            yield "| code | label |"
            yield "|---|---|"
            yield from (f"| `{term.code}` | {term.label} |" for term in vocabulary.terms)
            yield ""
