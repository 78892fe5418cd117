"""Closed lists of codes, each with a label, a meaning and its codings in other systems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, Field

from peer_match.facts.provenance import Frozen

CountsAs = Literal["risk", "protective", "context"]
"""What an event or a value says of risk. More of what counts as risk never lowers a severity."""


class Coding(Frozen):
    """A code of another system that means this term (`system` is a URI or a feed's name)."""

    system: str
    code: str
    display: str | None = None


class Term(Frozen):
    """One code of a vocabulary.

    `kind_of` names a broader term of the same vocabulary. `implies` names what follows for other
    facts (a fellowship implies the purpose of its groups, a yes on a screen a level of risk).
    `counts_as` says what the value says of risk; without it, what the broader term or the
    vocabulary says.
    """

    code: str
    label: str
    meaning: str = ""
    codings: tuple[Coding, ...] = ()
    kind_of: str | None = None
    counts_as: CountsAs | None = None
    implies: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Vocabulary(Frozen):
    """A closed list of terms.

    With `order: rising` the terms are listed from least to most, and a repeated observation is
    read as its highest value within `within_days`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    id: str
    title: str
    terms: tuple[Term, ...]
    order: Literal["none", "rising"] = "none"
    within_days: int | None = None
    counts_as: CountsAs | None = None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code of the list."""
        return frozenset(term.code for term in self.terms)

    @cached_property
    def _by_code(self) -> dict[str, Term]:
        return {term.code: term for term in self.terms}

    def term(self, code: str) -> Term | None:
        """The term of a code, or None."""
        return self._by_code.get(code)

    def label(self, code: str) -> str:
        """The label of a code, or the code itself where the list lacks it."""
        term = self._by_code.get(code)
        return term.label if term else code

    def rank(self, code: str) -> int:
        """The place of a code in an ordered list, from 0. Raises KeyError for a foreign code."""
        return {term.code: place for place, term in enumerate(self.terms)}[code]

    @cached_property
    def _narrower(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {term.code: {term.code} for term in self.terms}
        for term in self.terms:
            above, seen = term.kind_of, {term.code}
            while above is not None and above in found and above not in seen:
                seen.add(above)
                found[above].add(term.code)
                above = self._by_code[above].kind_of
        return {code: frozenset(codes) for code, codes in found.items()}

    def covered_by(self, code: str) -> frozenset[str]:
        """A code and every code that is a kind of it."""
        return self._narrower.get(code, frozenset({code}))


class Vocabularies:
    """Every vocabulary of a pack, and the way from a foreign coding to its term."""

    def __init__(self, vocabularies: Iterable[Vocabulary]) -> None:
        self._by_id = {one.id: one for one in sorted(vocabularies, key=lambda one: one.id)}
        self._by_coding: dict[tuple[str, str, str], str] = {}
        for one in self._by_id.values():
            for term in one.terms:
                for coding in term.codings:
                    self._by_coding.setdefault((one.id, coding.system, coding.code), term.code)

    def __iter__(self) -> Iterator[Vocabulary]:
        return iter(self._by_id.values())

    def __contains__(self, vocabulary: str) -> bool:
        return vocabulary in self._by_id

    def __getitem__(self, vocabulary: str) -> Vocabulary:
        return self._by_id[vocabulary]

    def code_for(self, vocabulary: str, system: str, code: str) -> str | None:
        """The term that a coding means in one vocabulary, or None."""
        return self._by_coding.get((vocabulary, system, code))
