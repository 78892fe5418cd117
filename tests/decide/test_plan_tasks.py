"""Tasks of a plan: what they say of several, and which time it was that they answer to."""

from __future__ import annotations

from typing import Any

import pytest

from facts.stated import one, stated
from peer_match.decide.decision import DraftPlan
from peer_match.facts.fact import Fact
from peer_match.facts.patient import ScreenResult
from peer_match.policy.policy import Finding, Policy
from peer_match.policy.rule_files import NoPlanShape, TaskShape

from .made import SHIPPED, _header, condition, plan, policy, shortlist, suggestion, support
from .test_plan import TASK, drafted, of_kind, question

HIGH = "patient.suicide_screen is high"


def test_the_supports_of_a_proposed_mentor_are_arranged_too() -> None:
    ride = support("ride", "patient.home becomes group.place")
    mentors = shortlist(eligible_with_support=(suggestion("m1", supports=("ride",)),))
    rules = policy(plan("a", proposals={"groups": 0, "mentors": 1}), ride)
    found = of_kind("support", drafted(rules, shortlist(), mentors))
    assert [(task.target, task.rule) for task in found] == [("m1", "ride")]


@pytest.mark.parametrize(
    ("waiting", "blocked", "words"),
    [
        (1, 2, "1 waits for an answer, 2 do not fit"),
        (2, 1, "2 wait for an answer, 1 does not fit"),
        (1, 0, "1 waits for an answer, 0 do not fit"),
        (0, 2, "0 wait for an answer, 2 do not fit"),
        (0, 0, "no group was given"),
    ],
)
def test_how_many_wait_and_do_not_fit_is_told_in_plain_words(
    waiting: int, blocked: int, words: str
) -> None:
    lists = shortlist(
        waiting=tuple(suggestion(f"w{number}") for number in range(waiting)),
        blocked=tuple(suggestion(f"b{number}") for number in range(blocked)),
    )
    (found,) = of_kind("nothing-fits", drafted(policy(), lists, wanted=False))
    assert found.title == f"Find a way forward: {words}"


# -- which time it was -----------------------------------------------------------------------------


def screens(*days: str) -> Fact[Any]:
    level = ScreenResult(instrument="c-ssrs", level="high")
    return Fact(statements=tuple(stated(level, day) for day in days))


def ids(rules: Policy, *days: str, **other: Any) -> list[str]:
    found: DraftPlan = drafted(rules, suicide_screen=screens(*days), wanted=False, **other)
    return [task.id for task in found.tasks]


def no_plan_at_high_risk() -> Policy:
    finding = Finding(**_header("at-risk", when=condition(HIGH)))
    task = TaskShape.model_validate(TASK)
    shape = NoPlanShape(finding="at-risk", task=task)
    return policy(finding, pack=SHIPPED.pack.model_copy(update={"no_plan_when": shape}))


EVERY = {"title": "See", "every": "1 week", "times": 2, "role": "clinician"}


@pytest.mark.parametrize(
    ("rules", "other"),
    [
        (policy(plan("a", HIGH, task=TASK)), {}),
        (policy(plan("a", HIGH, check_in=EVERY)), {}),
        (no_plan_at_high_risk(), {}),
        (policy(), {"questions": (question("patient.suicide_screen"),)}),
    ],
    ids=["task", "check-in", "no plan", "question"],
)
def test_a_task_about_another_night_is_another_task(rules: Policy, other: dict[str, Any]) -> None:
    first = ids(rules, "2026-02-20", **other)
    assert ids(rules, "2026-02-20", **other) == first
    again = ids(rules, "2026-02-20", "2026-02-28", **other)
    assert len(again) == len(first)
    assert set(again) != set(first)


def test_what_has_nothing_to_do_with_it_keeps_its_id() -> None:
    rules = policy(plan("a", "patient.record_status is active", task=TASK))
    about = {"record_status": one("active")}
    assert ids(rules, "2026-02-20", **about) == ids(rules, "2026-02-28", **about)
