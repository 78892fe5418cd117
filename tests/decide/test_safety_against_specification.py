"""durable-rules, the evaluator and the specification against each other, over random packs and
random histories.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import specification_safety
from peer_match.decide.kernel import Kernel
from peer_match.policy.policy import Policy
from specification_safety import assessed

from .made_safety import made_assessment, made_policy, plain_assessment
from .random_histories import histories

pytestmark = pytest.mark.differential

# `make differential` takes many more.
SESSIONS = int(os.environ.get("PEER_MATCH_SESSIONS", "5000"))
EACH = 20
LEAST_PERCENT = 5
FORMS = ("all", "any", "not", "holds", "at least", "at least of severity", "fell", "is overdue by")
TRUTHS = ("yes", "no", "unknown")


def cases(
    number: int = SESSIONS, each: int = EACH, seed: int = 0
) -> Iterator[tuple[dict[str, Any], Policy]]:
    """Cases, each with its policy as the engine reads it, made once for the histories of a pack."""
    policy: Policy | None = None
    before: Any = None
    for case in histories(number // each, each, seed):
        if policy is None or case["policy"] is not before:
            policy, before = made_policy(case["policy"]), case["policy"]
        yield case, policy


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return assessed(case["policy"], case["history"], case["as_of"], case["known_at"])


def test_three_evaluations_agree() -> None:
    with Kernel() as kernel:
        for case, policy in cases():
            found = made_assessment(case, policy, kernel)
            assert found.engine.state == "agreed", (found.engine, case)
            assert plain_assessment(found) == expected(case), case


def test_everything_in_the_language_makes_up_a_twentieth_of_the_cases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, counted = 1000, Counter[str]()
    right = specification_safety.truth
    seen: set[str] = set()

    def traced(condition: Any, line: Any) -> str:
        answer = right(condition, line)
        form = next((one for one in (condition[0], condition[1]) if one in FORMS), "holds")
        seen.add(f"{form}: {answer}")
        if form == "at least" and condition[3] is not None:
            seen.add(f"at least of severity: {answer}")
        return answer

    monkeypatch.setattr(specification_safety, "truth", traced)
    for case, _ in cases(number, each=2, seed=1):
        seen.clear()
        said = expected(case)
        seen.update({f"severity {said['severity']}"}, {"alerts"} if said["alerts"] else set())
        seen.update({"a question"} if said["questions"] else set())
        counted.update(seen)
    wanted = [f"{form}: {truth}" for form in FORMS for truth in TRUTHS]
    wanted += [f"severity {one}" for one in (None, *specification_safety.SEVERITIES)]
    wanted += ["alerts", "a question"]
    rare = {one: counted[one] for one in wanted if counted[one] * 100 < LEAST_PERCENT * number}
    assert not rare, f"of {number} cases: {rare}"
