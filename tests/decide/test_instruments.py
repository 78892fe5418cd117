"""Scores of instruments: what is missing leaves a range, and no guess ever narrows it."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.decide.instruments import (
    REFUSED,
    AnswerError,
    InstrumentScore,
    holds_surely,
    is_asked,
    score_instrument,
)
from peer_match.facts.truth import Truth
from peer_match.policy.diagnostics import start_of_file
from peer_match.policy.instrument import Instrument, Item, Row

from .made import SHIPPED

NO_YES = (("no", 0), ("yes", 0))


def instrument(**parts: Any) -> Instrument:
    whole: dict[str, Any] = {
        "method": "most severe", "items": (), "bands": ("none", "low", "high"), "starts": (),
        "starts_for": (), "rows": (), "signals": (), **parts,
    }  # fmt: skip
    return Instrument(
        id="screen", title="", why="", sources=(), owner="", status="active",
        effective=date(2023, 1, 1), until=None, review_by=date(2027, 1, 1),
        position=start_of_file("screen.yaml"), digest="", **whole,
    )  # fmt: skip


# -- random instruments, and what every completion of their answers gives ------------------------


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    adds = draw(st.booleans())
    items: list[Item] = []
    for number in range(draw(st.integers(1, 4))):
        codes = [f"a{n}" for n in range(draw(st.integers(2, 3)))]
        answers = tuple((code, draw(st.integers(0, 3)) if adds else 0) for code in codes)
        asked = ()
        if items and draw(st.booleans()):
            other = draw(st.sampled_from(items))
            wanted = draw(st.sets(st.sampled_from([code for code, _ in other.answers]), min_size=1))
            asked = ((other.id, frozenset(wanted)),)
        counted = draw(st.sampled_from([None, *codes]))
        items.append(Item(f"i{number}", answers, asked, counted))
    bands = ("none", "low", "high")
    if adds:
        highest = sum(max(points for _, points in item.answers) for item in items)
        starts = (0, draw(st.integers(1, 4)), draw(st.integers(5, 9)))
        assert highest <= 12
        return instrument(method="collect sum", items=tuple(items), bands=bands, starts=starts)
    rows = tuple(
        Row(
            tuple(
                (item.id, frozenset({draw(st.sampled_from([code for code, _ in item.answers]))}))
                for item in draw(st.lists(st.sampled_from(items), min_size=1, max_size=2,
                                          unique_by=lambda one: one.id))
            ),
            draw(st.integers(1, 2)),
        )
        for _ in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    return instrument(items=tuple(items), bands=bands, rows=rows)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[str, str]]:
    found = draw(instruments())
    answers: dict[str, str] = {}
    for item in found.items:
        said = draw(st.sampled_from([None, REFUSED, *(code for code, _ in item.answers)]))
        if said is not None:
            answers[item.id] = said
    return found, answers


def completions(found: Instrument, answers: dict[str, str]) -> list[dict[str, str | None]]:
    """Every way in which the missing answers can be given; None is an item that is not asked."""
    whole: list[dict[str, str | None]] = []
    options = [
        [item.refusal_counts_as] if answers.get(item.id) == REFUSED and item.refusal_counts_as
        else [answers[item.id]] if item.id in answers and answers[item.id] != REFUSED
        else [code for code, _ in item.answers]
        for item in found.items
    ]  # fmt: skip
    for chosen in product(*options):
        one: dict[str, str | None] = {}
        for item, code in zip(found.items, chosen, strict=True):
            asked = not item.asked_after or any(one[i] in wanted for i, wanted in item.asked_after)
            one[item.id] = code if asked or item.id in answers else None
        whole.append(one)
    return whole


def naive(found: Instrument, one: dict[str, str | None]) -> tuple[int, int]:
    """The total (0 for a table) and the place of the band of whole answers, in the plainest way."""
    if found.method == "collect sum":
        total = sum(dict(item.answers).get(one[item.id] or "", 0) for item in found.items)
        return total, max(n for n, start in enumerate(found.starts) if total >= start)
    held = [row.band for row in found.rows if all(one[item] in wanted for item, wanted in row.when)]
    return 0, max(held, default=0)


@given(answered())
def test_the_range_holds_every_completion(case: tuple[Instrument, dict[str, str]]) -> None:
    found, answers = case
    said = score_instrument(found, answers)
    every = [naive(found, one) for one in completions(found, answers)]
    least, most = (found.bands.index(one) for one in said.band)
    assert least <= min(band for _, band in every)
    assert most >= max(band for _, band in every)
    if said.total is not None:
        assert said.total[0] <= min(total for total, _ in every)
        assert said.total[1] >= max(total for total, _ in every)
    if not any(item.asked_after for item in found.items) and all(
        len(row.when) == 1 for row in found.rows
    ):
        assert most == max(band for _, band in every)
        if said.total is not None:
            assert least == min(band for _, band in every)


@given(answered())
def test_whole_answers_have_one_result(case: tuple[Instrument, dict[str, str]]) -> None:
    found, answers = case
    for one in completions(found, answers)[:8]:
        whole = {item: said for item, said in one.items() if said is not None}
        said = score_instrument(found, whole)
        total, band = naive(found, one)
        assert said.band == (found.bands[band], found.bands[band])
        assert said.total in (None, (total, total))
        assert (said.unanswered, said.refused, said.is_settled) == ((), (), True)


@given(answered(), st.data())
def test_an_answer_only_narrows(case: tuple[Instrument, dict[str, str]], data: Any) -> None:
    """And so a refusal that counts as nothing is as wide as no answer."""
    found, answers = case
    item = data.draw(st.sampled_from(found.items))
    without = {id: said for id, said in answers.items() if id != item.id}
    wide = score_instrument(found, without)
    if is_asked(found, item.id, without) is Truth.YES:
        for code, _ in item.answers:
            narrow = score_instrument(found, {**without, item.id: code})
            assert found.bands.index(narrow.band[0]) >= found.bands.index(wide.band[0])
            assert found.bands.index(narrow.band[1]) <= found.bands.index(wide.band[1])
        if item.refusal_counts_as is None:
            refused = score_instrument(found, {**without, item.id: REFUSED})
            assert (refused.band, refused.total) == (wide.band, wide.total)


# -- by hand ---------------------------------------------------------------------------------------

POINTS = (("never", 0), ("once", 1), ("daily", 3))
A, B = Item("a", POINTS, (), None), Item("b", POINTS, (("a", frozenset({"once", "daily"})),), None)
ADDS = instrument(
    method="collect sum",
    items=(A, B),
    bands=("low", "high"),
    starts=(0, 4),
    starts_for=(("male", (0, 6)),),
    signals=(("b-daily", (("b", frozenset({"daily"})),)),),
)
TABLE = instrument(
    items=(Item("a", NO_YES, (), None), Item("b", NO_YES, (), None), Item("c", NO_YES, (), None)),
    rows=(
        Row((("a", frozenset({"yes"})),), 1),
        Row((("b", frozenset({"no", "yes"})),), 1),
        Row((("b", frozenset({"yes"})), ("c", frozenset({"yes"}))), 2),
    ),
)


@pytest.mark.parametrize(
    ("answers", "total", "band", "signal"),
    [
        ({"a": "never"}, (0, 0), ("low", "low"), Truth.NO),
        ({"a": "once"}, (1, 4), ("low", "high"), Truth.UNKNOWN),
        ({"a": "daily", "b": "never"}, (3, 3), ("low", "low"), Truth.NO),
        ({"a": "once", "b": "daily"}, (4, 4), ("high", "high"), Truth.YES),
        ({}, (0, 6), ("low", "high"), Truth.UNKNOWN),
        ({"a": "daily"}, (3, 6), ("low", "high"), Truth.UNKNOWN),
        ({"b": "once"}, (1, 4), ("low", "high"), Truth.NO),
    ],
)
def test_a_sum_by_hand(answers: Any, total: Any, band: Any, signal: Truth) -> None:
    said = score_instrument(ADDS, answers)
    assert (said.total, said.band, said.signals) == (total, band, {"b-daily": signal})
    assert said.is_settled == (band[0] == band[1] and signal is not Truth.UNKNOWN)


def test_a_settled_band_with_an_open_signal_is_not_settled() -> None:
    short = instrument(
        method="collect sum", items=(A, B), bands=("low", "high"), starts=(0, 9),
        signals=ADDS.signals,
    )  # fmt: skip
    said = score_instrument(short, {"a": "once"})
    assert (said.band, said.is_settled) == (("low", "low"), False)


def test_the_answers_that_gave_points_come_with_the_most_first() -> None:
    assert score_instrument(ADDS, {"a": "once", "b": "daily"}).because == ("b: daily", "a: once")
    assert score_instrument(ADDS, {"a": "daily", "b": "never"}).because == ("a: daily",)
    assert score_instrument(ADDS, {"a": "once", "b": "once"}).because == ("a: once", "b: once")
    assert score_instrument(ADDS, {"a": "never"}).because == ()
    assert score_instrument(ADDS, {"b": REFUSED}).because == ()


def test_only_a_known_sex_changes_where_bands_begin() -> None:
    answers = {"a": "once", "b": "daily"}
    assert score_instrument(ADDS, answers, sex="male").band == ("low", "low")
    assert score_instrument(ADDS, answers, sex="female").band == ("high", "high")
    assert score_instrument(ADDS, answers).band == ("high", "high")


def test_the_answers_behind_the_band_of_a_table() -> None:
    assert score_instrument(TABLE, {"a": "yes", "b": "no", "c": "no"}).because == (
        "a: yes", "b: no",
    )  # fmt: skip
    both = score_instrument(TABLE, {"a": "yes", "b": "yes", "c": "yes"})
    assert (both.band, both.because) == (("high", "high"), ("b: yes", "c: yes"))
    either = score_instrument(TABLE, {"a": "no", "c": "no"})
    assert (either.band, either.because) == (("low", "low"), ("b: no or yes",))


def test_what_is_refused_is_not_listed_as_unanswered() -> None:
    said = score_instrument(ADDS, {"a": REFUSED})
    assert (said.unanswered, said.refused) == (("b",), ("a",))


def test_whether_an_item_is_asked() -> None:
    assert is_asked(ADDS, "a", {}) is Truth.YES
    assert is_asked(ADDS, "b", {}) is Truth.UNKNOWN
    assert is_asked(ADDS, "b", {"a": "never"}) is Truth.NO
    assert is_asked(ADDS, "b", {"a": "once"}) is Truth.YES


def test_whether_a_row_surely_holds() -> None:
    row = TABLE.rows[2]
    assert holds_surely(TABLE, row, {"b": "yes", "c": "yes"})
    assert not holds_surely(TABLE, row, {"b": "yes"})
    assert not holds_surely(TABLE, row, {"b": "yes", "c": "no"})
    assert not holds_surely(TABLE, row, {"b": "no", "c": "yes"})


def test_a_wrong_answer_is_told_with_those_that_are_right() -> None:
    with pytest.raises(AnswerError) as told:
        score_instrument(ADDS, {"a": "often", "c": "never"})
    assert told.value.problems == (
        "`often` is no answer to `a`: never, once, daily, refused",
        "`screen` has no item `c`: a, b",
    )
    assert str(told.value) == "; ".join(told.value.problems)


# -- the shipped instruments -----------------------------------------------------------------------


def shipped(id: str, *, sex: Any = None, **answers: str) -> InstrumentScore:
    whole = {item.replace("_", "-"): said for item, said in answers.items()}
    return score_instrument(SHIPPED.instruments[id], whole, sex=sex)


def points_of(id: str, *points: int, sex: Any = None) -> InstrumentScore:
    """The items of a sum answered with these points, in their order."""
    items = SHIPPED.instruments[id].items
    answers = {
        item.id: next(code for code, number in item.answers if number == wanted)
        for item, wanted in zip(items, points, strict=True)
    }
    return score_instrument(SHIPPED.instruments[id], answers, sex=sex)


# The bands of every total, as published: DAST-10 by a clinical data standard (cde.drugabuse.gov,
# element 3254089), the others by the pages that `rules/sources.yaml` names.
PUBLISHED: list[tuple[str, int, dict[range, str]]] = [
    ("dast-10", 1, {range(1): "none-reported", range(1, 3): "low", range(3, 6): "moderate",
                    range(6, 9): "substantial", range(9, 11): "severe"}),
    ("phq-9", 3, {range(5): "minimal", range(5, 10): "mild", range(10, 15): "moderate",
                  range(15, 20): "moderately-severe", range(20, 28): "severe"}),
    ("gad-7", 3, {range(5): "minimal", range(5, 10): "mild", range(10, 15): "moderate",
                  range(15, 22): "severe"}),
    ("phq-2", 3, {range(3): "negative", range(3, 7): "positive"}),
    ("audit-c", 4, {range(3): "negative", range(3, 13): "positive"}),
]  # fmt: skip
TOTALS = [(id, most, total, band) for id, most, bands in PUBLISHED
          for totals, band in bands.items() for total in totals]  # fmt: skip


@pytest.mark.parametrize(("id", "most", "total", "band"), TOTALS)
def test_every_total_has_its_published_band(id: str, most: int, total: int, band: str) -> None:
    number = len(SHIPPED.instruments[id].items)
    points = [min(most, max(0, total - most * place)) for place in range(number)]
    assert sum(points) == total
    said = points_of(id, *points)
    assert (said.total, said.band) == ((total, total), (band, band))


@pytest.mark.parametrize(
    ("sex", "cut"), [("female", 3), ("other", 3), (None, 3), ("male", 4)], ids=str
)
def test_the_cut_of_the_audit_c_is_lower_for_all_but_men(sex: Any, cut: int) -> None:
    for total in range(13):
        points = [min(4, max(0, total - 4 * place)) for place in range(3)]
        band = "positive" if total >= cut else "negative"
        assert points_of("audit-c", *points, sex=sex).band == (band, band)


def test_a_worked_example_of_the_dast_10() -> None:
    """primecalcpro.com, DAST-10: one item endorsed is 1, low; four are 4, moderate."""
    no = dict.fromkeys((one.id for one in SHIPPED.instruments["dast-10"].items), "no")
    no["able-to-stop"] = "yes"
    dast = SHIPPED.instruments["dast-10"]
    one = score_instrument(dast, {**no, "other-than-medical": "yes"})
    assert (one.total, one.band) == ((1, 1), ("low", "low"))
    endorsed = ("more-than-one-at-once", "blackouts", "complaints-of-family", "guilt")
    four = score_instrument(dast, {**no, **dict.fromkeys(endorsed, "yes")})
    assert (four.total, four.band) == ((4, 4), ("moderate", "moderate"))


@pytest.mark.parametrize("said", ["several-days", "more-than-half-the-days", "nearly-every-day"])
def test_any_thought_of_self_harm_is_a_signal_whatever_the_total(said: str) -> None:
    rest = {item.id: "not-at-all" for item in SHIPPED.instruments["phq-9"].items}
    found = score_instrument(SHIPPED.instruments["phq-9"], {**rest, "self-harm": said})
    assert found.signals["thoughts-of-self-harm"] is Truth.YES
    assert found.band == ("minimal", "minimal")


@pytest.mark.parametrize("said", [{}, {"self_harm": REFUSED}])
def test_no_answer_about_self_harm_is_no_no(said: dict[str, str]) -> None:
    assert shipped("phq-9", **said).signals["thoughts-of-self-harm"] is Truth.UNKNOWN


@pytest.mark.parametrize(
    "refused", ["wish-to-be-dead", "better-off-without", "thoughts-this-week", "attempt-ever"]
)
def test_a_refusal_on_the_asq_is_positive(refused: str) -> None:
    asq = SHIPPED.instruments["asq"]
    no = {item.id: "no" for item in asq.items if not item.asked_after}
    assert score_instrument(asq, no).band == ("negative", "negative")
    found = score_instrument(asq, {**no, refused: REFUSED})
    assert found.band == ("non-acute-positive", "acute-positive")
    assert found.unanswered == ("thoughts-now",)
    assert found.refused == (refused,)


def test_the_c_ssrs_is_never_a_sum() -> None:
    """One grave answer is high; five grave ones are no more, and four mild ones are low."""
    assert shipped("c-ssrs-screener").total is None
    one = shipped("c-ssrs-screener", plan_with_intent="yes")
    assert one.band == ("high", "high")
    assert one.because == ("plan-with-intent: yes",)
    mild = shipped("c-ssrs-screener", wish_to_be_dead="yes", thoughts="yes", method="no",
                   intent="no", plan_with_intent="no", behaviour_ever="no")  # fmt: skip
    assert mild.band == ("low", "low")


def test_what_was_not_asked_counts_as_nothing_and_what_was_answered_all_the_same_counts() -> None:
    quick = {"wish_to_be_dead": "no", "thoughts": "no", "behaviour_ever": "no"}
    assert shipped("c-ssrs-screener", **quick).unanswered == ()
    assert shipped("c-ssrs-screener", **quick, intent="yes").band == ("high", "high")


def test_behaviour_of_unknown_age_may_be_recent() -> None:
    found = shipped("c-ssrs-screener", wish_to_be_dead="no", thoughts="no", behaviour_ever="yes")
    assert (found.band, found.unanswered) == (("moderate", "high"), ("behaviour-in-three-months",))
    assert not found.is_settled


def test_every_wrong_answer_is_told_at_once() -> None:
    with pytest.raises(AnswerError) as told:
        shipped("phq-2", mood="sometimes", sleep="not-at-all")
    assert [line.partition(":")[0] for line in told.value.problems] == [
        "`sometimes` is no answer to `mood`",
        "`phq-2` has no item `sleep`",
    ]


def test_the_instrument_without_a_source_of_its_own_is_a_draft() -> None:
    drafts = [one.id for one in SHIPPED.instruments.values() if one.status != "active"]
    assert drafts == ["c-ssrs-since-last-contact"]
    for one in SHIPPED.instruments.values():
        assert one.id in drafts or {source.status for source in one.sources} != {"D"}
