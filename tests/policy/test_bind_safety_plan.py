"""A pack's safety plan: six steps in their order, names that mean something, and no promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer_match.policy.safety_plan import promise_in
from peer_match.policy.safety_plan_files import STEPS
from peer_match.policy.units import Span

from .packs import RULES, Pack

PLAN = "safety_plan.yaml"


def told(pack: Pack, old: str, new: str) -> list[tuple[str, str]]:
    """Each problem after an edit: its code and the marked word."""
    pack.edit(PLAN, old, new)
    return [
        (one.code,
         one.source_line[one.position.column - 1 : one.position.end_column - 1].strip('"'))
        for one in pack.problems()
    ]  # fmt: skip


def test_the_shipped_plan_has_the_six_steps_in_their_order(whole_pack: Pack) -> None:
    form = whole_pack.policy().safety.plan
    assert form is not None
    assert tuple(one.step for one in form.steps) == STEPS
    assert (form.made_by, form.review, form.privacy) == (
        "clinician", "safety-plan-review", "mental-health",
    )  # fmt: skip
    assert form.review_within == Span(1, "day")
    assert {one.cite for one in form.sources} >= {"stanley-brown-2012"}


def test_a_pack_may_have_none(whole_pack: Pack) -> None:
    (whole_pack.root / PLAN).unlink()
    assert whole_pack.policy().safety.plan is None


def test_a_pack_without_safety_has_none(pack: Pack) -> None:
    pack.write(PLAN, (RULES / PLAN).read_text("utf-8"))
    assert pack.problems() != []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("step: warning-signs", "step: warning-sign", ("PM342", "warning-sign")),
        ("step: coping-alone", "step: warning-signs", ("PM342", "warning-signs")),
        ("review: safety-plan-review", "review: safety-plan-revue", ("PM221", "safety-plan-revue")),
        ("self-harm, risk-identified", "self-ham, risk-identified", ("PM221", "self-ham")),
        ("cite: stanley-brown-2012", "cite: stanley-2012", ("PM401", "stanley-2012")),
        ("made_by: clinician", "made_by: clinican", ("PM202", "clinican")),
        ("privacy: mental-health", "privacy: mental", ("PM217", "mental")),
    ],
)
def test_a_name_that_means_nothing_is_told_where_it_is(
    whole_pack: Pack, old: str, new: str, problem: tuple[str, str]
) -> None:
    assert problem in told(whole_pack, old, new)


def test_the_steps_keep_their_order(whole_pack: Pack) -> None:
    first, second = "step: warning-signs", "step: coping-alone"
    whole_pack.edit(PLAN, first, "step: other")
    whole_pack.edit(PLAN, second, first)
    assert told(whole_pack, "step: other", second) == [("PM342", "coping-alone")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within: 1 day", "within: 1 dayz"),
        ("mended_within: 3 days", "mended_within: soon"),
        ("priority: routine", "priority: quick"),
        ("entries: company", "entries: place"),
        ("entries: company\n    at_least: 1", "entries: company\n    at_least: 0"),
    ],
)
def test_a_value_that_cannot_be_read_is_told(whole_pack: Pack, old: str, new: str) -> None:
    assert told(whole_pack, old, new) != []


def test_the_words_of_the_plan_ask_for_no_promise(whole_pack: Pack) -> None:
    asks = "Whom can you tell that it is hard, and ask for help?"
    new = "Do you promise not to harm yourself?"
    assert [code for code, _ in told(whole_pack, asks, new)] == ["PM343"]


# -- words of a promise ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["I PROMISE NOT TO do it", "well: i promise\nnot to", "I promise, not to", "I promise  not—to"],
)
def test_a_promise_is_found_however_it_is_typed(text: str) -> None:
    assert promise_in(text, ["other words", "i promise not to"]) == "i promise not to"


def test_an_apostrophe_of_typography_is_one() -> None:
    assert promise_in("I won’t do it", ["won't"]) == "won't"
    assert promise_in("I wont do it", ["won't"]) == "won't"


@pytest.mark.parametrize("text", ["", "a promise", "promised not to", "I promise nothing to"])
def test_other_words_are_none(text: str) -> None:
    assert promise_in(text, ["i promise not to"]) is None


def test_the_file_of_the_plan_is_the_shipped_one() -> None:
    assert Path(RULES, PLAN).is_file()
