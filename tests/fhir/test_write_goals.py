"""Targets of goals: an amount where it is one, words where it is not."""

from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide.decision import PlanGoal
from peer_match.fhir.write_goals import detail, goals
from peer_match.fhir.write_proposal import Proposal

from .decisions import decision, goal, policy


def written(one: PlanGoal) -> dict[str, Any]:
    plan = replace(decision().plan, goals=(one,))
    [found] = goals(Proposal(replace(decision(), plan=plan), policy()))
    return found


@pytest.mark.parametrize(
    ("target", "quantity"),
    [
        ("8", {"value": 8}),
        ("8 sessions", {"value": 8, "unit": "sessions"}),
        ("at least 8 sessions", {"value": 8, "comparator": ">=", "unit": "sessions"}),
        ("at most 9 points", {"value": 9, "comparator": "<=", "unit": "points"}),
        ("up to 3", {"value": 3, "comparator": "<="}),
        ("more than 2", {"value": 2, "comparator": ">"}),
        ("below 10 points", {"value": 10, "comparator": "<", "unit": "points"}),
        (" 0 \n points ", {"value": 0, "unit": "points"}),
    ],
)
def test_an_amount_is_a_quantity(target: str, quantity: dict[str, Any]) -> None:
    assert detail(target) == {"detailQuantity": quantity}


@pytest.mark.parametrize(
    "target",
    [
        "8 of 12 sessions",
        "about 8 sessions",
        "twice a week",
        "-3",
        "8.5 points",
        "Weekly call",
        "at least eight",
        "8 a week",
    ],
)
def test_anything_else_stays_in_words(target: str) -> None:
    assert detail(target) == {"detailString": target}


@pytest.mark.parametrize("target", [None, "", "  "])
def test_no_target_is_no_detail(target: str | None) -> None:
    assert detail(target) == {}


def test_a_goal_of_the_vocabulary_is_coded() -> None:
    [coding] = written(goal(1, "Call a friend", goal="connect-with-others"))["description"][
        "coding"
    ]
    assert coding == {
        "system": "urn:peer-match:vocabulary:goal",
        "code": "connect-with-others",
        "display": "Be less alone",
    }


def test_a_goal_is_proposed_with_its_measure_and_its_day() -> None:
    found = written(
        goal(
            1,
            "Feel less low",
            measure_system="http://loinc.org",
            measure_code="44261-6",
            measure_display="PHQ-9 total score",
            target="at most 9 points",
        )
    )
    assert found["lifecycleStatus"] == "proposed"
    [target] = found["target"]
    assert target["measure"]["coding"][0]["code"] == "44261-6"
    assert target["dueDate"] == "2026-06-02"
    assert found["description"] == {"text": "Feel less low"}


def test_a_target_has_a_measure_wherever_it_has_a_detail() -> None:
    """Invariant gol-1 of R4."""
    assert written(goal(1, "Go there", target="8 times"))["target"][0]["measure"] == {
        "text": "Go there"
    }


def test_a_goal_without_words_still_has_a_measure() -> None:
    assert written(goal(1, " ", target="8"))["target"][0]["measure"]["text"]
