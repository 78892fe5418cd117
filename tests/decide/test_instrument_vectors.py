"""Worked vectors of each instrument, each with the row of the published scoring that it follows.

An answer sheet is written as it is filled in: a digit for the points of each item, or `y`, `n`, `r`
for yes, no and refused, and `.` for an item that was not asked or not answered. What each source
says is quoted in `rules/sources.yaml` and in the instrument's own file.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from peer_match.decide.instruments import REFUSED, InstrumentScore, score_instrument
from peer_match.facts.truth import Truth

from .made import SHIPPED


class Vector(NamedTuple):
    """Answers in the order of the form, the published result, and the source that gives it."""

    instrument: str
    sheet: str
    total: int | None
    band: str
    source: str
    says: str
    signal: str | None = None
    sex: str | None = None


VECTORS = [
    # PHQ-9: nine items of 0 to 3; the ninth is followed up whatever the total is.
    Vector("phq-9", "100111000", 4, "minimal", "phq9-bands", "0-4", "no"),
    Vector("phq-9", "111110000", 5, "mild", "phq9-bands", "5-9", "no"),
    Vector("phq-9", "222111000", 9, "mild", "phq9-bands", "5-9", "no"),
    Vector("phq-9", "222211000", 10, "moderate", "phq9-bands", "10-14", "no"),
    Vector("phq-9", "222222110", 14, "moderate", "phq9-bands", "10-14", "no"),
    Vector("phq-9", "333222000", 15, "moderately-severe", "phq9-bands", "15-19", "no"),
    Vector("phq-9", "333331120", 19, "moderately-severe", "phq9-bands", "15-19", "no"),
    Vector("phq-9", "333333200", 20, "severe", "phq9-bands", "20-27", "no"),
    Vector("phq-9", "333333333", 27, "severe", "phq9-bands", "20-27", "yes"),
    Vector("phq-9", "000000001", 1, "minimal", "phq9-bands", "item 9 at 1 or more", "yes"),
    Vector("phq-9", "222111002", 11, "moderate", "phq9-bands", "item 9 at 1 or more", "yes"),
    # PHQ-2: its first two items; 3 or more of 6.
    Vector("phq-2", "00", 0, "negative", "phq2-cut", "3 or more"),
    Vector("phq-2", "11", 2, "negative", "phq2-cut", "3 or more"),
    Vector("phq-2", "20", 2, "negative", "phq2-cut", "3 or more"),
    Vector("phq-2", "30", 3, "positive", "phq2-cut", "3 or more"),
    Vector("phq-2", "12", 3, "positive", "phq2-cut", "3 or more"),
    Vector("phq-2", "33", 6, "positive", "phq2-cut", "3 or more"),
    # GAD-7: seven items of 0 to 3.
    Vector("gad-7", "1111000", 4, "minimal", "gad7-bands", "0-4"),
    Vector("gad-7", "2111000", 5, "mild", "gad7-bands", "5-9"),
    Vector("gad-7", "3111111", 9, "mild", "gad7-bands", "5-9"),
    Vector("gad-7", "2222200", 10, "moderate", "gad7-bands", "10-14"),
    Vector("gad-7", "2222222", 14, "moderate", "gad7-bands", "10-14"),
    Vector("gad-7", "3333300", 15, "severe", "gad7-bands", "15-21"),
    Vector("gad-7", "3333333", 21, "severe", "gad7-bands", "15-21"),
    # AUDIT-C: three items of 0 to 4. The cut for whoever is neither is the pack's own choice.
    Vector("audit-c", "200", 2, "negative", "audit-c-cut", "women 3 or more", sex="female"),
    Vector("audit-c", "111", 3, "positive", "audit-c-cut", "women 3 or more", sex="female"),
    Vector("audit-c", "111", 3, "negative", "audit-c-cut", "men 4 or more", sex="male"),
    Vector("audit-c", "310", 4, "positive", "audit-c-cut", "men 4 or more", sex="male"),
    Vector("audit-c", "003", 3, "positive", "audit-c-cut", "women 3 or more", sex="female"),
    Vector("audit-c", "444", 12, "positive", "audit-c-points", "0 to 4", sex="male"),
    # DAST-10: a point for each yes, and for a no to item 3.
    Vector("dast-10", "nnynnnnnnn", 0, "none-reported", "dast10-scoring", "0 none"),
    Vector("dast-10", "nnnnnnnnnn", 1, "low", "dast10-scoring", "for a no to item 3"),
    Vector("dast-10", "yyynnnnnnn", 2, "low", "dast10-scoring", "1-2 low"),
    Vector("dast-10", "yynnnnnnnn", 3, "moderate", "dast10-scoring", "3-5 moderate"),
    Vector("dast-10", "yynyynnnnn", 5, "moderate", "dast10-scoring", "3-5 moderate"),
    Vector("dast-10", "yynyyynnnn", 6, "substantial", "dast10-scoring", "6-8 substantial"),
    Vector("dast-10", "yynyyyyynn", 8, "substantial", "dast10-scoring", "6-8 substantial"),
    Vector("dast-10", "yynyyyyyyn", 9, "severe", "dast10-scoring", "9-10 severe"),
    Vector("dast-10", "yynyyyyyyy", 10, "severe", "dast10-scoring", "9-10 severe"),
    # ASQ: any yes to 1 to 4, or a refusal, is positive; a yes to 5 is acute.
    Vector("asq", "nnnn.", None, "negative", "asq-fpnotebook", "any yes to questions 1 to 4"),
    Vector("asq", "ynnnn", None, "non-acute-positive", "asq-fpnotebook", "no is non-acute"),
    Vector("asq", "nnnyn", None, "non-acute-positive", "asq-fpnotebook", "no is non-acute"),
    Vector("asq", "nyyny", None, "acute-positive", "asq-fpnotebook", "yes there is acute"),
    Vector("asq", "nrnnn", None, "non-acute-positive", "asq-fpnotebook", "or a refusal"),
    Vector("asq", "rrrry", None, "acute-positive", "asq-fpnotebook", "or a refusal"),
    # C-SSRS screener: questions 1 to 5, then behaviour ever and within three months; never a sum.
    Vector("c-ssrs-screener", "nn...n.", None, "none-reported", "rula-cssrs",
           "no to question 2 leads to question 6"),
    Vector("c-ssrs-screener", "yn...n.", None, "low", "rula-cssrs", "questions 1 or 2 only"),
    Vector("c-ssrs-screener", "yynnnn.", None, "low", "rula-cssrs", "questions 1 or 2 only"),
    Vector("c-ssrs-screener", "yyynnn.", None, "moderate", "rula-cssrs", "yes to question 3"),
    Vector("c-ssrs-screener", "nn...yn", None, "moderate", "rula-cssrs",
           "question 6 in a lifetime but more than 3 months ago"),
    Vector("c-ssrs-screener", "yyyynn.", None, "high", "columbia-triage-guidelines",
           "yes to question 4 or 5"),
    Vector("c-ssrs-screener", "nynnyn.", None, "high", "columbia-triage-guidelines",
           "yes to question 4 or 5"),
    Vector("c-ssrs-screener", "nn...yy", None, "high", "columbia-triage-guidelines",
           "question 6 in the past 3 months"),
]  # fmt: skip
LETTERS = {"y": "yes", "n": "no", "r": REFUSED}
LEAST = 5


def scored(vector: Vector) -> InstrumentScore:
    instrument = SHIPPED.instruments[vector.instrument]
    assert len(vector.sheet) == len(instrument.items)
    answers = {
        item.id: LETTERS.get(mark)
        or next(name for name, points in item.answers if points == int(mark))
        for item, mark in zip(instrument.items, vector.sheet, strict=True)
        if mark != "."
    }
    return score_instrument(instrument, answers, sex=vector.sex)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one.instrument} {one.sheet}")
def test_a_worked_vector(vector: Vector) -> None:
    found = scored(vector)
    assert found.band == (vector.band, vector.band)
    if vector.total is not None:
        assert found.total == (vector.total, vector.total)
    if vector.signal is not None:
        assert [*found.signals.values()] == [Truth(vector.signal)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one.instrument} {one.sheet}")
def test_its_source_is_one_that_the_instrument_cites_and_says_so(vector: Vector) -> None:
    cited = {one.cite: one for one in SHIPPED.instruments[vector.instrument].sources}
    source = cited[vector.source]
    assert source.status in ("V", "M")
    assert vector.says in source.finding


def test_every_instrument_in_use_has_enough_of_them_and_every_band_is_reached() -> None:
    for id, instrument in SHIPPED.instruments.items():
        if instrument.status != "active":
            continue
        mine = [one for one in VECTORS if one.instrument == id]
        assert len(mine) >= LEAST, id
        assert {one.band for one in mine} == set(instrument.bands)
