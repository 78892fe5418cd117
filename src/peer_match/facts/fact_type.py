"""The type of a fact: what sort of value it holds, and what rules may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from peer_match.facts.vocabulary import CountsAs


class Kind(StrEnum):
    """What sort of value a fact holds, which settles the sentences that can be said of it."""

    CODE = "one code"
    CODES = "a set of codes"
    YES_NO = "yes or no"
    QUANTITY = "a number with a unit"
    DATE = "a date"
    PLACE = "a place"
    AVAILABILITY = "free time in a week"
    MEETINGS = "weekly meetings"


@dataclass(frozen=True, slots=True)
class FactType:
    """One readable fact: `name` is `subject.field`."""

    name: str
    subject: str
    field: str
    kind: Kind
    meaning: str
    privacy: str
    vocabulary: str | None
    unit: str | None
    self_stated: bool
    recurs: bool = False
    counts_as: CountsAs | None = None
