"""What every output says alike."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from peer_match.decide.decision import DraftPlan, PlanTask
from peer_match.decide.in_words import (
    BEFORE_ALL_ELSE,
    HOW_SOON,
    STATED_BY,
    comes_first,
    out_of_100,
    place_words,
)
from peer_match.facts.provenance import StatedBy
from peer_match.policy.rule_files import TaskPriority


@pytest.mark.parametrize(
    ("points", "words"),
    [(0, "0"), (49, "0"), (50, "1"), (149, "1"), (150, "2"), (9_949, "99"), (10_000, "100")],
)
def test_points_are_told_out_of_100_with_a_half_rounded_up(points: int, words: str) -> None:
    assert out_of_100(points) == words


def test_every_origin_and_every_priority_has_words_of_its_own() -> None:
    assert set(STATED_BY) == {one.value for one in StatedBy}
    assert set(HOW_SOON) == set(get_args(TaskPriority))
    for words in (STATED_BY, HOW_SOON):
        assert len(set(words.values())) == len(words)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("self", "said by the person"),
        ("clinician", "stated by a clinician"),
        ("record", "from the record"),
        ("directory", "from a public directory"),
        ("annotation", "added by the programme"),
        ("programme", "from the programme"),
    ],
)
def test_who_stated_a_fact_reads_after_it(by: str, words: str) -> None:
    assert STATED_BY[by] == words


def test_the_sooner_something_is_due_the_shorter_is_its_wait() -> None:
    assert [HOW_SOON[one] for one in ("stat", "asap", "urgent", "routine")] == [
        "at once", "as soon as possible", "soon", "in turn",
    ]  # fmt: skip


def task(id: str, priority: Any) -> PlanTask:
    return PlanTask(
        id, "other", "Do it", "clinician", None, "2026-03-08", None, None, priority=priority
    )


def test_what_is_to_be_done_at_once_comes_first_in_the_order_of_the_plan() -> None:
    tasks = tuple(
        task(f"{number}", one)
        for number, one in enumerate(("asap", "routine", "stat", "urgent", "asap"))
    )
    plan = DraftPlan((), (), (), (), (), tasks, (), ())
    assert [one.id for one in comes_first(plan)] == ["0", "2", "4"]
    assert set(BEFORE_ALL_ELSE) == {"stat", "asap"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("33.70, -117.85", "near 33.70° north, 117.85° west"),
        ("Hall, -1.05, 2.00 (an area)", "Hall, near 1.05° south, 2.00° east (an area)"),
        ("no place at all", "no place at all"),
    ],
)
def test_a_position_is_told_with_its_directions(value: str, words: str) -> None:
    assert place_words(value) == words
