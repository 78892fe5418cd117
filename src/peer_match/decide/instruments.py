"""The score of a screening instrument, as far as the answers settle it.

Steps:
1. For each item, the answers that it may have: the one given; after a refusal the one that a
   refusal counts as; every one of them after any other refusal, and where it was not answered.
   An item that is surely not asked, because of the answer to another, has none.
2. A sum: the lowest and the highest total of those answers, and the bands that hold them.
   A table: the most severe band of the rows that surely hold, and of those that may.
3. A signal is on where one of its items surely has one of its answers, off where none may have.
A range is never narrowed by a guess: who answers nothing may have every band.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peer_match.facts.truth import Truth, all_of, any_of
from peer_match.policy.instrument import Answers, Instrument, Item, Row
from peer_match.policy.instrument_files import Sex

REFUSED = "refused"
"""What is given as the answer of whoever did not want to answer."""


@dataclass(frozen=True, slots=True)
class InstrumentScore:
    """What an instrument says. Ranges are (least, most), and equal where it is settled.

    `total` is in points, None where nothing is added up. `unanswered` are the items that may have
    been asked and have no answer, `refused` those that the person did not want to answer.
    `because` are the answers, each `item: answer`, that give the band, or the most points.
    """

    instrument: str
    total: tuple[int, int] | None
    band: tuple[str, str]
    signals: Mapping[str, Truth]
    unanswered: tuple[str, ...]
    refused: tuple[str, ...]
    because: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Whether no missing answer could change the band or a signal."""
        return self.band[0] == self.band[1] and Truth.UNKNOWN not in self.signals.values()


class AnswerError(ValueError):
    """Answers that no item has. `problems` are all of them, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


def score_instrument(
    instrument: Instrument, answers: Mapping[str, str], *, sex: Sex | None = None
) -> InstrumentScore:
    """Score answers, by item; `REFUSED` is one too. `sex` is what the person stated, if known.

    Raises AnswerError for an item or an answer that the instrument does not have.
    """
    _check(instrument, answers)
    possible = _possible(instrument, answers)
    refused = tuple(item.id for item in instrument.items if answers.get(item.id) == REFUSED)
    open_items = tuple(
        item.id
        for item in instrument.items
        if len(possible[item.id]) > 1 and item.id not in refused
    )
    signals = {name: _any_given(given, possible) for name, given in instrument.signals}
    if instrument.method == "collect sum":
        total = _total(instrument, possible)
        starts = instrument.starts
        if sex is not None:
            starts = dict(instrument.starts_for).get(sex, starts)
        band = _band_of(instrument, starts, total[0]), _band_of(instrument, starts, total[1])
        because = _points_given(instrument, answers)
    else:
        total = None
        band, because = _by_rows(instrument, possible)
    return InstrumentScore(instrument.id, total, band, signals, open_items, refused, because)


def is_asked(instrument: Instrument, item: str, answers: Mapping[str, str]) -> Truth:
    """Whether an item is asked after the answers to those before it."""
    found = next(one for one in instrument.items if one.id == item)
    return _asked(found, _possible(instrument, answers))


def holds_surely(instrument: Instrument, row: Row, answers: Mapping[str, str]) -> bool:
    """Whether a row of a table holds, whatever the missing answers are."""
    possible = _possible(instrument, answers)
    return all(_is_given(item, wanted, possible) is Truth.YES for item, wanted in row.when)


def _check(instrument: Instrument, answers: Mapping[str, str]) -> None:
    items = {item.id: [code for code, _ in item.answers] for item in instrument.items}
    problems: list[str] = []
    for id, answer in answers.items():
        if id not in items:
            problems.append(f"`{instrument.id}` has no item `{id}`: {', '.join(items)}")
        elif answer not in (*items[id], REFUSED):
            allowed = ", ".join((*items[id], REFUSED))
            problems.append(f"`{answer}` is no answer to `{id}`: {allowed}")
    if problems:
        raise AnswerError(problems)


def _possible(
    instrument: Instrument, answers: Mapping[str, str]
) -> dict[str, frozenset[str | None]]:
    """For each item the answers that it may have; None stands for not asked."""
    found: dict[str, frozenset[str | None]] = {}
    for item in instrument.items:
        every = frozenset[str | None](code for code, _ in item.answers)
        given = answers.get(item.id)
        if given is None:
            asked = _asked(item, found)
            nothing = frozenset[str | None]({None})
            found[item.id] = {
                Truth.YES: every, Truth.NO: nothing, Truth.UNKNOWN: every | nothing,
            }[asked]  # fmt: skip
        elif given == REFUSED:
            counted = item.refusal_counts_as
            found[item.id] = every if counted is None else frozenset({counted})
        else:
            found[item.id] = frozenset({given})
    return found


def _asked(item: Item, possible: Mapping[str, frozenset[str | None]]) -> Truth:
    return _any_given(item.asked_after, possible) if item.asked_after else Truth.YES


def _is_given(
    item: str, wanted: frozenset[str], possible: Mapping[str, frozenset[str | None]]
) -> Truth:
    may = possible[item]
    if may <= wanted:
        return Truth.YES
    return Truth.UNKNOWN if may & wanted else Truth.NO


def _any_given(answers: Answers, possible: Mapping[str, frozenset[str | None]]) -> Truth:
    return any_of(_is_given(item, wanted, possible) for item, wanted in answers)


def _total(
    instrument: Instrument, possible: Mapping[str, frozenset[str | None]]
) -> tuple[int, int]:
    low = high = 0
    for item in instrument.items:
        points = _points(item)
        may = [points.get(code, 0) for code in possible[item.id]]
        low, high = low + min(may), high + max(may)
    return low, high


def _points(item: Item) -> dict[str | None, int]:
    return dict[str | None, int](item.answers)


def _band_of(instrument: Instrument, starts: tuple[int, ...], total: int) -> str:
    return instrument.bands[max(bisect_right(starts, total) - 1, 0)]


def _points_given(instrument: Instrument, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The answers that gave points, those with the most first."""
    given = [
        (-_points(item).get(answers[item.id], 0), f"{item.id}: {answers[item.id]}")
        for item in instrument.items
        if item.id in answers
    ]
    return tuple(words for points, words in sorted(given, key=lambda one: one[0]) if points)


def _by_rows(
    instrument: Instrument, possible: Mapping[str, frozenset[str | None]]
) -> tuple[tuple[str, str], tuple[str, ...]]:
    """The least and the most severe band that follow, and the answers behind the least."""
    low = high = 0
    because: list[str] = []
    for row in instrument.rows:
        holds = all_of(_is_given(item, wanted, possible) for item, wanted in row.when)
        if holds is Truth.NO:
            continue
        high = max(high, row.band)
        if holds is Truth.YES and row.band >= low:
            because = because if row.band == low else []
            low = row.band
            because.extend(
                f"{item}: {' or '.join(sorted(code for code in possible[item] if code))}"
                for item, _ in row.when
            )
    said = tuple(dict.fromkeys(because))
    return (instrument.bands[low], instrument.bands[high]), said
