"""Instruments as tables: every name is known, every total has one band, and no part is idle."""

from typing import Any

import pytest

from peer_match.policy.instrument import CodedItem, Instrument

from .packs import Pack

YES_NO: dict[str, Any] = {"yes-no": ["no", "yes"]}
ITEMS: list[Any] = [
    {"item": "wish", "answers": "yes-no"},
    {"item": "thoughts", "answers": "yes-no"},
    {"item": "intent", "answers": "yes-no", "not_asked_unless": {"thoughts": ["yes"]}},
]
ROWS: list[Any] = [
    {"when": {"wish": ["yes"]}, "band": "low"},
    {"when": {"thoughts": ["yes"]}, "band": "low"},
    {"when": {"intent": ["yes"]}, "band": "high"},
]
SEVERE: dict[str, Any] = {
    "score": "most severe",
    "answers": YES_NO,
    "items": ITEMS,
    "bands": ["none", "low", "high"],
    "rows": ROWS,
}


def of(pack: Pack, **keys: Any) -> Instrument:
    return pack.instrument("screen", **keys).policy().instruments["screen"]


def told(pack: Pack, **keys: Any) -> list[tuple[str, str]]:
    pack.instrument("screen", **keys)
    return [(one.code, one.message) for one in pack.problems()]


def test_a_sum_knows_where_each_band_begins(pack: Pack) -> None:
    found = of(pack)
    assert (found.bands, found.starts, found.rows) == (("low", "high"), (0, 2), ())
    assert found.lowest_and_highest == (0, 4)


def test_a_table_knows_which_band_each_row_leads_to(pack: Pack) -> None:
    found = of(pack, **SEVERE)
    assert [row.band for row in found.rows] == [1, 1, 2]
    assert found.items[2].asked_after == (("thoughts", frozenset({"yes"})),)


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ({"low": "0..1", "high": "3..4"}, "a gap: `high` begins at 3, and 2 comes next"),
        ({"low": "0..2", "high": "2..4"}, "an overlap: `high` begins at 2, and 3 comes next"),
        ({"low": "1..2", "high": "3..4"}, "a gap: `low` begins at 1, and 0 comes next"),
        ({"low": "0..1", "high": "2..3"}, "the bands end at 3, the answers at 4"),
        ({"low": "0..1", "high": "2..5"}, "the bands end at 5, the answers at 4"),
        ({"low": "0..1", "high": "2 to 4"}, "`2 to 4` is not a range of totals"),
        ({"low": "0..1", "high": "4..2"}, "`high` ends before it begins"),
    ],
)
def test_a_gap_or_an_overlap_of_totals(pack: Pack, bands: Any, message: str) -> None:
    assert told(pack, bands=bands) == [("PM326", message)]
    assert told(pack, bands_for={"male": bands}) == [("PM326", message)]


def test_the_bands_for_a_sex_are_those_of_all(pack: Pack) -> None:
    other = {"male": {"low": "0..3", "severe": "4..4"}}
    message = "the bands for `male` are not those of `bands`"
    assert told(pack, bands_for=other) == [("PM220", message)]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"items": [*ITEMS[:2], {**ITEMS[2], "answers": "yes-or-no"}]},
         "no list of answers is called `yes-or-no`"),
        ({"items": [*ITEMS[:2], {**ITEMS[2], "not_asked_unless": {"thought": ["yes"]}}]},
         "no item before this is called `thought`"),
        ({"items": [*ITEMS[:2], {**ITEMS[2], "not_asked_unless": {"intent": ["yes"]}}]},
         "no item before this is called `intent`"),
        ({"items": [*ITEMS[:2], {**ITEMS[2], "refusal_counts_as": "maybe"}]},
         "`maybe` is no answer to `intent`"),
        ({"rows": [*ROWS, {"when": {"wish": ["yess"]}, "band": "high"}]},
         "`yess` is no answer to `wish`"),
        ({"rows": [*ROWS[:2], {**ROWS[2], "band": "hihg"}, ROWS[2]]}, "no band is called `hihg`"),
        ({"signals": {"intent-now": {"intend": ["yes"]}}},
         "no item before this is called `intend`"),
    ],
)  # fmt: skip
def test_a_name_that_the_instrument_does_not_have(pack: Pack, keys: Any, message: str) -> None:
    assert told(pack, **{**SEVERE, **keys}) == [("PM220", message)]


def test_a_name_is_told_where_it_stands_with_what_may_be_meant(pack: Pack) -> None:
    pack.instrument("screen", **{**SEVERE, "rows": [*ROWS[:2], {**ROWS[2], "band": "hihg"}]})
    found = pack.problems()[0]
    line = pack.root.joinpath("instruments/screen.yaml").read_text("utf-8").splitlines()
    place = found.position
    assert line[place.line - 1][place.column - 1 :].lstrip('"').startswith("hihg")
    assert found.help == "did you mean `high`?"


def test_an_item_that_is_listed_twice(pack: Pack) -> None:
    assert told(pack, **{**SEVERE, "items": [*ITEMS, ITEMS[0]]}) == [
        ("PM218", "the item `wish` is listed twice")
    ]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"answers": {"yes-no": {"no": 0, "yes": 1}}},
         "the answers `yes-no` have points, and nothing is added up"),
        ({"bands": {"none": "0..0", "low": "1..1", "high": "2..3"}},
         "the bands do not fit `most severe`"),
        ({"rows": []}, "`most severe` has no rows"),
        ({"bands_for": {"male": {"none": "0..1"}}}, "`bands_for` is for `collect sum`"),
    ],
)  # fmt: skip
def test_a_table_adds_nothing_up(pack: Pack, keys: Any, message: str) -> None:
    assert told(pack, **{**SEVERE, **keys}) == [("PM325", message)]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"answers": {"often": ["never", "daily"]}},
         "the answers `often` have no points to add up"),
        ({"bands": ["low", "high"]}, "the bands do not fit `collect sum`"),
        ({"rows": [{"when": {"a": ["daily"]}, "band": "high"}]},
         "`rows` are for `most severe`"),
    ],
)  # fmt: skip
def test_a_sum_has_points_and_no_rows(pack: Pack, keys: Any, message: str) -> None:
    assert told(pack, **keys) == [("PM325", message)]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"bands": ["none", "low", "moderate", "high"]}, "no row leads to the band `moderate`"),
        ({"rows": [*ROWS, {"when": {"wish": ["no"]}, "band": "none"}]},
         "the lowest band is what follows when no row holds"),
        ({"rows": [*ROWS, {"when": {"wish": ["yes"], "intent": ["yes"]}, "band": "low"}]},
         "another row says as much whenever this one holds"),
        ({"rows": [*ROWS, ROWS[0]]}, "another row says as much whenever this one holds"),
        ({"items": [*ITEMS, {"item": "mood", "answers": "yes-no"}]},
         "no row reads the item `mood`"),
    ],
)  # fmt: skip
def test_a_part_that_can_never_matter(pack: Pack, keys: Any, message: str) -> None:
    assert told(pack, **{**SEVERE, **keys}) == [("PM327", message)]


def test_what_is_at_fault_in_its_shape_is_told_once(pack: Pack) -> None:
    assert [code for code, _ in told(pack, **{**SEVERE, "score": "the sum"})] == ["PM123"]


# -- codes of records ------------------------------------------------------------------------------

LOINC: dict[str, Any] = {
    "items": {"wish": "1-8", "intent": "2-6"},
    "answers": {"yes-no": {"yes": "LA33-6", "no": "LA32-8"}},
}


def test_the_codes_of_items_come_with_those_of_their_answers(pack: Pack) -> None:
    answers = (("yes", "LA33-6"), ("no", "LA32-8"))
    assert of(pack, **SEVERE, loinc=LOINC).loinc == (
        CodedItem("wish", "1-8", answers),
        CodedItem("intent", "2-6", answers),
    )


def test_without_codes_none_are_known(pack: Pack) -> None:
    assert of(pack, **SEVERE).loinc == ()


@pytest.mark.parametrize(
    ("loinc", "code", "message"),
    [
        ({"items": {"wishes": "1-8"}}, "PM220", "`wishes` is no item of this instrument"),
        (LOINC | {"answers": {"yes-now": {}}}, "PM220", "no list of answers is called `yes-now`"),
        (LOINC | {"answers": {"yes-no": {"maybe": "LA1-1"}}}, "PM220",
         "`maybe` is no answer of this instrument"),
        ({"items": {"wish": "1-8", "intent": "1-8"}}, "PM218", "the code `1-8` is listed twice"),
        (LOINC | {"answers": {"yes-no": {"yes": "LA1-1", "no": "LA1-1"}}}, "PM218",
         "the code `LA1-1` is listed twice"),
    ],
)  # fmt: skip
def test_a_code_means_one_item_and_one_answer(
    pack: Pack, loinc: Any, code: str, message: str
) -> None:
    assert told(pack, **SEVERE, loinc=loinc) == [(code, message)]
