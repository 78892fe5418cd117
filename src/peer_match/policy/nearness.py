"""What an author may have meant by a value, a source or a fact that is not there.

A wrong guess is worse than none: a name is offered where it is a plausible slip of the hand, or
shares words with what was written, and never because its letters are much the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from peer_match.facts.vocabulary import Vocabulary
from peer_match.policy.diagnostics import listed, quote

FEW: Final = 8  # so many values can be listed in one line of help
_MOST_SHARING: Final = 3  # more values than these share a word by chance
_LONGEST: Final = 120  # a longer word is no slip of a name, and costs time to compare
_LETTERS_TO_SHARE: Final = 4
_LETTERS_OF_A_STEM: Final = 4
_DEFAULT_SOURCE: Final = "design-default"


def distance(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with the next one.

    Damerau, "A technique for computer detection and correction of spelling errors" (1964), in the
    form that changes no place twice:
    1. Row i holds the least number of slips from the first i letters of one to each start of other.
    2. Each entry is the least of: one letter more, one less, one changed, two swapped.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            least = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]


def slips_of(wrong: str, names: Iterable[str]) -> list[str]:
    """The names that are a slip or two away from what was written, the nearest alone."""
    if len(wrong) > _LONGEST:
        return []
    most = 1 if len(wrong) <= _LETTERS_TO_SHARE else 2
    lower = wrong.lower()
    near = [
        (distance(lower, name.lower()), name)
        for name in sorted(names)
        if abs(len(name) - len(wrong)) <= most
    ]
    least = min((one for one, _ in near), default=most + 1)
    return [name for one, name in near if one == least <= most]


def did_you_slip(wrong: str, names: Iterable[str]) -> str:
    """A help line for a name that was misspelled, or ""."""
    near = slips_of(wrong, names)
    return f"did you mean {listed(near[:_MOST_SHARING])}?" if near else ""


def as_code(words: str) -> str:
    """Words as a code would be written: "Work schedule" as `work-schedule`."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def exact_value(words: str, vocabulary: Vocabulary) -> str | None:
    """The code that has these words, or whose label they are."""
    said = as_code(words)
    labels = {as_code(term.label): term.code for term in vocabulary.terms}
    return said if said in vocabulary.codes else labels.get(said)


def value_meant(word: str, vocabulary: Vocabulary) -> str:
    """A help line for a word that is no value: the value that has these words or this label, one
    that is a slip away, those that share a word, or where all of them are."""
    said = as_code(word)
    exact = exact_value(word, vocabulary)
    if exact is not None:
        return f"write {quote(exact)}"
    slip = did_you_slip(word, vocabulary.codes)
    if slip:
        return slip
    if len(vocabulary.terms) <= FEW:
        return f"use {listed(term.code for term in vocabulary.terms)}"
    every = f"all values: `peer-match rules vocabulary {vocabulary.id}`"
    stems = _stems(said)
    sharing = [
        f"`{term.code}` ({term.label})"
        for term in vocabulary.terms
        if stems & (_stems(term.code) | _stems(as_code(term.label)))
    ]
    if 0 < len(sharing) <= _MOST_SHARING:
        return f"perhaps {' or '.join(sharing)}; {every}"
    return every


def _stems(code: str) -> frozenset[str]:
    """The beginnings of its words, so that `work` and `working` share one."""
    return frozenset(
        word[:_LETTERS_OF_A_STEM] for word in code.split("-") if len(word) >= _LETTERS_TO_SHARE
    )


def source_meant(id: str, sources: Collection[str]) -> str:
    """A help line for a citation that does not resolve.

    An id is offered only where this one is a slip of it, or names the same author: to cite a source
    because its id looks alike would be to invent what it says.
    """
    author = id.partition("-")[0]
    near = [
        one
        for one in slips_of(id, sources)
        if one.partition("-")[0] == author or len(slips_of(author, [one.partition("-")[0]])) == 1
    ] or [one for one in sorted(sources) if author and _is_of_author(one, author, id)]
    if near:
        return f"did you mean {listed(near[:_MOST_SHARING])}? cite it only for what it says"
    default = f", or cite `{_DEFAULT_SOURCE}`" if _DEFAULT_SOURCE in sources else ""
    return f"add it to `sources.yaml` with what it says{default}"


def _is_of_author(source: str, author: str, id: str) -> bool:
    """Whether both ids are an author and a year, and the author is the same."""
    years = (one.rpartition("-")[2] for one in (source, id))
    return source.rpartition("-")[0] == id.rpartition("-")[0] != "" and all(
        re.fullmatch(r"[0-9]{4}[a-z]?", year) for year in years
    )
