"""A fact: what was stated, by whom, when, and what holds at a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from peer_match.facts.provenance import Frozen, Moment, PartialDate, Provenance
from peer_match.facts.vocabulary import CountsAs

Value = TypeVar("Value")


class Unknown(StrEnum):
    """Why a fact is not known. None of these ever reads as "no"."""

    NOT_RECORDED = "not recorded"
    DECLINED = "the person preferred not to say"
    CONFLICTING = "the records contradict each other"
    OUT_OF_DATE = "the record is too old to rely on"
    INCOMPLETE = "the list may be incomplete"
    UNREADABLE = "a record was there but could not be understood"


class Statement(Frozen, Generic[Value]):
    """One statement of a value. `until` is the day it stopped being so, where that is known."""

    value: Value
    provenance: Provenance
    until: PartialDate | None = None

    def in_force(self, moment: Moment) -> bool:
        """Known by then, not about the future, and not over."""
        recorded, date = self.provenance.recorded, self.provenance.date
        if recorded is not None and recorded > moment.known_at:
            return False
        if date is not None and date.surely_after(moment.as_of):
            return False
        return self.until is None or not _over(self.until, moment)

    def is_ahead(self, moment: Moment) -> bool:
        """Known by then, as far as anybody can tell, and dated in the future."""
        recorded, date = self.provenance.recorded, self.provenance.date
        known = recorded is None or recorded <= moment.known_at
        return known and date is not None and date.surely_after(moment.as_of)


def _over(until: PartialDate, moment: Moment) -> bool:
    if until.instant is not None:
        return until.instant <= moment.as_of
    return until.latest < moment.as_of.date()


class Fact(Frozen, Generic[Value]):
    """A fact with one value at a time, as the statements about it.

    At a moment, the latest statement holds; statements that disagree and of which none is surely
    the later leave it unknown (conflicting).
    """

    statements: tuple[Statement[Value], ...] = ()
    declined: Provenance | None = None
    unreadable: tuple[Provenance, ...] = ()


class FactSet(Frozen, Generic[Value]):
    """A fact with many values at a time.

    The world is open: only when `complete` says so does a value's absence mean "no". `closed` says
    who said that the list is whole, and when: it is not whole before that, nor once something later
    was added. Without it the list is whole by definition. `denied` holds what was asked and
    answered with no; `perhaps`, what may be so: it makes a no doubtful that is not surely later.
    """

    statements: tuple[Statement[Value], ...] = ()
    denied: tuple[Statement[Value], ...] = ()
    perhaps: tuple[Statement[Value], ...] = ()
    complete: bool = False
    closed: Provenance | None = None
    declined: Provenance | None = None
    unreadable: tuple[Provenance, ...] = ()


def closing(word: Provenance) -> Provenance:
    """Who said that a list is whole, with the day from which it surely counts.

    Somebody who said so in May may have said so on its last day.
    """
    date = word.date
    if date is None or date.earliest == date.latest:
        return word
    return word.model_copy(update={"date": PartialDate.of(date.latest)})


@dataclass(frozen=True, slots=True)
class About:
    """What the rule language may do with a field: its vocabulary or unit, and its privacy.

    `privacy` is a category of `rules/disclosure.yaml`. `self_stated` facts are refused unless the
    person stated them. `recurs` says that a new statement of the same value is news: it happened
    again. `counts_as` says what a fact without a vocabulary says of risk. A field without `About`
    is not visible to rules.
    """

    meaning: str
    privacy: str
    vocabulary: str | None = None
    unit: Literal["people", "points", "kilometres", "hours"] | None = None
    self_stated: bool = False
    recurs: bool = False
    counts_as: CountsAs | None = None


def latest(statements: tuple[Statement[Value], ...]) -> tuple[Statement[Value], ...]:
    """The statements that no other surely supersedes, in the order given.

    One supersedes another whose date is surely before its own.
    """
    is_latest = none_later(date for one in statements if (date := one.provenance.date) is not None)
    return tuple(
        one for one in statements if one.provenance.date is None or is_latest(one.provenance.date)
    )


def none_later(dates: Iterable[PartialDate]) -> Callable[[PartialDate], bool]:
    """Whether a date is surely before none of these. In one pass:

    1. Find the latest instant, the latest first day of dates without one, and of all dates.
    2. Compare an instant with instants, and by its day with dates that have none; compare a date
       without an instant with all by the day.
    """
    known = tuple(dates)
    instant = max((one.instant for one in known if one.instant is not None), default=None)
    of_a_day = max((one.earliest for one in known if one.instant is None), default=None)
    of_any = max((one.earliest for one in known), default=None)

    def stands(date: PartialDate) -> bool:
        if date.instant is None:
            return of_any is None or date.latest >= of_any
        on_time = instant is None or date.instant >= instant
        return on_time and (of_a_day is None or date.latest >= of_a_day)

    return stands
