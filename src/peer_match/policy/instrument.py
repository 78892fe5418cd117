"""A checked instrument: what `decide` scores answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.policy.instrument_files import Sex
from peer_match.policy.rule import Rule

Answers = tuple[tuple[str, frozenset[str]], ...]
"""Items, each with some of its answers."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its answers with their points (0 where nothing is added up).

    It is asked only where one of `asked_after` was answered so; always, if there is none.
    """

    id: str
    answers: tuple[tuple[str, int], ...]
    asked_after: Answers
    refusal_counts_as: str | None


@dataclass(frozen=True, slots=True)
class CodedItem:
    """The LOINC code of an item, and of some of its answers."""

    item: str
    code: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The answers that must all be given, and the place of the band that follows."""

    when: Answers
    band: int


@dataclass(frozen=True, slots=True)
class Instrument(Rule):
    """A screening instrument.

    `bands` rise. With `method` "collect sum", `starts` holds for each band the lowest total in it,
    and `starts_for` the same where the person's sex changes it. A signal is on where any of its
    items was answered so. `loinc` says by which codes records hold its items.
    """

    method: Literal["collect sum", "most severe"]
    items: tuple[Item, ...]
    bands: tuple[str, ...]
    starts: tuple[int, ...]
    starts_for: tuple[tuple[Sex, tuple[int, ...]], ...]
    rows: tuple[Row, ...]
    signals: tuple[tuple[str, Answers], ...]
    loinc: tuple[CodedItem, ...] = ()

    @property
    def lowest_and_highest(self) -> tuple[int, int]:
        """The totals that answers can have."""
        points = [[number for _, number in item.answers] for item in self.items]
        return sum(map(min, points)), sum(map(max, points))

    def totals(self, starts: tuple[int, ...]) -> tuple[tuple[str, int, int], ...]:
        """Each band with its lowest and highest total, by where bands start."""
        ends = (*(start - 1 for start in starts[1:]), self.lowest_and_highest[1])
        return tuple(zip(self.bands, starts, ends, strict=True))
