"""The shape of an instrument's file: its items, its answers, and the table that scores them.

Codes, scores and short names of items; never an item's own words, which may be somebody's property.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peer_match.policy.file_header import RuleHeader, Shape
from peer_match.policy.schema_reader import READS_WHOLE_NUMBER, KebabId, Text

Sex = Literal["female", "male", "other"]
"""What somebody stated, where a cut differs by it."""
Points = Annotated[int, Field(ge=0, le=1_000), READS_WHOLE_NUMBER]
MOST_ITEMS = 100
Codes = Annotated[list[KebabId], Field(min_length=1)]


class ItemShape(Shape):
    """One item. `not_asked_unless` names, for other items, the answers of which one must be given
    before this one is asked; `refusal_counts_as` is the answer that a refusal counts as."""

    item: KebabId
    answers: KebabId
    not_asked_unless: dict[KebabId, Codes] = {}
    refusal_counts_as: KebabId | None = None


class RowShape(Shape):
    """One row of a table: the answers that must all be given, and the band that follows."""

    when: Annotated[dict[KebabId, Codes], Field(min_length=1)]
    band: KebabId


class LoincShape(Shape):
    """The LOINC codes by which records hold an instrument: of items, and of the answers in each
    list. `yes` and `no` are known without one."""

    items: Annotated[dict[KebabId, Text], Field(min_length=1)]
    answers: dict[KebabId, dict[KebabId, Text]] = {}


class InstrumentFile(RuleHeader):
    """A screening instrument as a table.

    `collect sum` adds the points of the answers, and each total is in one band; `most severe`
    takes the most severe band of the rows that hold, and adds nothing up. `bands` rise.
    """

    instrument: KebabId
    score: Literal["collect sum", "most severe"]
    answers: Annotated[dict[KebabId, dict[KebabId, Points] | Codes], Field(min_length=1)]
    items: Annotated[list[ItemShape], Field(min_length=1, max_length=MOST_ITEMS)]
    bands: Annotated[dict[KebabId, Text], Field(min_length=2)] | Codes
    bands_for: dict[Sex, dict[KebabId, Text]] = {}
    rows: list[RowShape] = []
    loinc: LoincShape | None = None
    signals: dict[KebabId, Annotated[dict[KebabId, Codes], Field(min_length=1)]] = {}
