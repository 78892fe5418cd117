"""Examples of instruments: what they say is run, and what none of them shows is told."""

from typing import Any

import pytest

from policy.packs import Pack

EDGES: list[Any] = [
    {"given": {"every": "never"}, "expect": {"total": 0, "band": "low"}},
    {"given": {"a": "once", "b": "never"}, "expect": {"total": 1, "band": "low"}},
    {"given": {"a": "daily", "b": "never"}, "expect": {"total": 2, "band": "high"}},
    {"given": {"every": "daily"}, "expect": {"total": 4, "band": "high"}},
    {"given": {"a": "once"}, "expect": {"total": "1..3", "band": "low..high"}},
]
SUM: dict[str, Any] = {"answers": {"often": {"never": 0, "once": 1, "daily": 2}}}
TABLE: dict[str, Any] = {
    "score": "most severe",
    "answers": {"yes-no": ["no", "yes"]},
    "items": [
        {"item": "a", "answers": "yes-no"},
        {"item": "b", "answers": "yes-no", "not_asked_unless": {"a": ["yes"]}},
    ],
    "bands": ["none", "low", "high"],
    "rows": [{"when": {"a": ["yes"]}, "band": "low"}, {"when": {"b": ["yes"]}, "band": "high"}],
    "signals": {"b-now": {"b": ["yes"]}},
}
TOLD: list[Any] = [
    {"given": {"every": "no"}, "expect": {"band": "none", "signals": {"b-now": "no"}}},
    {"given": {"a": "yes", "b": "no"}, "expect": {"band": "low"}},
    {"given": {"every": "yes"}, "expect": {"band": "high", "signals": {"b-now": "yes"}}},
    {"given": {"a": "yes"}, "expect": {"band": "low..high", "signals": {"b-now": "unknown"}}},
]


def told(pack: Pack, *examples: Any, **keys: Any) -> list[tuple[str, str]]:
    pack.instrument("screen", examples=list(examples), **keys)
    return [(one.code, one.message) for one in pack.examples().diagnostics]


def test_both_ends_of_every_band_and_something_open_are_enough(pack: Pack) -> None:
    assert told(pack, *EDGES, **SUM) == []
    found = [one for one in pack.examples().results if one.rule == "screen"]
    assert [one.passed for one in found] == [True] * 5
    assert found[0].expected == "total 0, band low"


def test_every_row_and_none_of_them_and_something_open_are_enough(pack: Pack) -> None:
    assert told(pack, *TOLD, **TABLE) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (0, "with a total of 0, the edge of `low`"),
        (1, "with a total of 1, the edge of `low`"),
        (2, "with a total of 2, the edge of `high`"),
        (3, "with a total of 4, the edge of `high`"),
        (4, "that a missing answer leaves open"),
    ],
)
def test_a_band_without_its_edges(pack: Pack, left_out: int, missing: str) -> None:
    examples = [one for place, one in enumerate(EDGES) if place != left_out]
    assert told(pack, *examples, **SUM) == [("PM502", f"`screen` has no example {missing}")]


def test_a_cut_of_its_own_has_edges_of_its_own(pack: Pack) -> None:
    keys = {**SUM, "bands_for": {"male": {"low": "0..2", "high": "3..4"}}}
    missing = [message for _, message in told(pack, *EDGES, **keys)]
    assert missing == [
        f"`screen` has no example with a total of {total}, the edge of `{band}` for `male`"
        for total, band in [(0, "low"), (2, "low"), (3, "high"), (4, "high")]
    ]
    male = [
        {"given": {"every": "never"}, "sex": "male", "expect": {"band": "low"}},
        {"given": {"every": "once"}, "sex": "male", "expect": {"band": "low"}},
        {"given": {"a": "daily", "b": "once"}, "sex": "male", "expect": {"band": "high"}},
        {"given": {"every": "daily"}, "sex": "male", "expect": {"band": "high"}},
    ]
    assert told(pack, *EDGES, *male, **keys) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (0, ["in which no row holds"]),
        (1, ["in which row 1 decides"]),
        (2, ["in which row 2 decides"]),
        (3, ["that a missing answer leaves open"]),
    ],
)
def test_a_row_that_no_example_shows(pack: Pack, left_out: int, missing: list[str]) -> None:
    examples = [one for place, one in enumerate(TOLD) if place != left_out]
    expected = [("PM502", f"`screen` has no example {one}") for one in missing]
    assert told(pack, *examples, **TABLE) == expected


def test_an_example_that_comes_out_otherwise(pack: Pack) -> None:
    wrong = {"given": {"every": "daily"}, "expect": {"total": 4, "band": "low"}}
    assert told(pack, *EDGES, wrong, **SUM) == [
        ("PM503", "expected `total 4, band low`, the rule gives `total 4, band high`")
    ]


def test_a_signal_that_is_not_there_does_not_come_out(pack: Pack) -> None:
    wrong = {"given": {"every": "no"}, "expect": {"signals": {"c": "no"}}}
    assert told(pack, *TOLD, wrong, **TABLE) == [
        ("PM503", "expected `c no`, the rule gives `c is no signal`")
    ]


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ({"given": {"c": "never"}, "expect": {"band": "low"}}, "`screen` has no item `c`: a, b"),
        ({"given": {"a": "always"}, "expect": {"band": "low"}},
         "`always` is no answer to `a`: never, once, daily, refused"),
        ({"given": {}, "expect": {"level": "low"}}, "unknown key `level`"),
        ({"given": {}, "expect": {}}, "the example expects nothing"),
        ({"given": {}, "expect": "low"}, "an example has blocks `given` and `expect`"),
        ({"given": {}, "sex": "mal", "expect": {"band": "low"}},
         "expected `female`, `male` or `other`"),
        ({"given": {}, "as_of": "2026-01-01", "expect": {"band": "low..high"}},
         "unknown key `as_of`"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read(pack: Pack, example: Any, message: str) -> None:
    """It is told alone: it may be the very one that seems to be missing."""
    found = told(pack, *EDGES[1:], example, **SUM)
    assert ("PM501", message) in found
    assert {code for code, _ in found} <= {"PM501", "PM503"}


def test_an_instrument_at_fault_runs_no_example(pack: Pack) -> None:
    assert told(pack, EDGES[0], **SUM, bands={"low": "0..1", "high": "3..4"}) == []
