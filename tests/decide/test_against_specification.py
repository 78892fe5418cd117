"""The engine against the specification, over random policies, facts and people."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from specification import match

from .features import expected_features, features
from .given_quantities import quantities
from .strategies import cases, sample
from .translate import decided, plain_decision

pytestmark = pytest.mark.differential

# `make differential` takes many more.
CASES = int(os.environ.get("PEER_MATCH_CASES", "400"))
LEAST_PERCENT = 5


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """What the specification says; of a blocked target a decision tells what keeps it apart."""
    said = match(case["policy"], case, quantities(case["broken"]))
    for one in (*said["group"]["blocked"], *said["mentor"]["blocked"]):
        for screening in one["screening"].values():
            if screening["outcome"] not in ("hold", "blocked"):
                screening.update(truth="no", outcome="allowed")
    return said


@settings(max_examples=100)
@given(cases())
def test_the_engine_decides_as_the_specification_says(case: dict[str, Any]) -> None:
    assert plain_decision(decided(case)) == expected(case)


def test_the_engine_decides_a_fixed_sample_as_the_specification_says() -> None:
    for case in sample(CASES):
        assert plain_decision(decided(case)) == expected(case)


def test_everything_in_the_language_makes_up_a_twentieth_of_the_sample() -> None:
    counted = Counter(feature for case in sample(CASES) for feature in features(case))
    rare = {
        one: counted[one]
        for one in expected_features()
        if counted[one] * 100 < LEAST_PERCENT * CASES
    }
    assert not rare, f"of {CASES} cases: {rare}"
