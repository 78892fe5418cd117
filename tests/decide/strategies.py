"""Random cases: vocabularies, a policy, a patient, groups, mentors and overrides, at a moment.

A case is plain data: the specification reads it as it is, `translate` makes it what the engine
reads. Only facts that some rule reads are filled.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import Draw, chance, pick
from .random_facts import draw_facts, draw_overrides, draw_target
from .random_rules import DIMENSIONS, PRIORITIES, draw_policy, read_by
from .random_sentences import MOMENTS, VOCABULARIES, draw_vocabulary, fact_types

MEASURES = ("travel distance", "share met", "share attendable", "common time")


@cache
def below(number: int) -> st.SearchStrategy[int]:
    """Strategies are kept: to make one costs more than to draw from it."""
    return st.integers(0, number - 1)


@st.composite
def cases(draw: DrawFn, supports: bool = True) -> dict[str, Any]:
    """Cases as a strategy, for laws: a failing one is made small."""
    return draw_case(lambda number: draw(below(number)), supports)


@cache
def sample(number: int, seed: int = 0) -> tuple[dict[str, Any], ...]:
    """A fixed number of cases, always the same, every choice equally likely."""
    random = Random(seed)
    return tuple(draw_case(random.randrange) for _ in range(number))


def draw_case(draw: Draw, supports: bool = True) -> dict[str, Any]:
    """A policy, a patient, some groups and mentors, and overrides; at a moment."""
    as_of = pick(draw, MOMENTS)
    vocabularies = {id: draw_vocabulary(draw, id) for id in VOCABULARIES}
    case: dict[str, Any] = {
        "as_of": as_of,
        "known_at": as_of - timedelta(days=10) if chance(draw, 15) else as_of,
        "vocabularies": vocabularies,
        "types": fact_types(vocabularies),
        "patient": "ann",
        "priorities": {one: pick(draw, PRIORITIES) for one in DIMENSIONS if chance(draw, 30)},
    }
    targets = pick(draw, (("group",), ("mentor",), ("group", "mentor")))
    case["policy"] = policy = draw_policy(draw, case, targets, supports)
    rules = [*policy["must_not"], *policy["prefer"], *policy["plan"], *policy["support"].values()]
    case["read"] = {name for rule in rules for name in read_by(rule, policy["finding"])}
    case["read"] |= {"group.kind"} if any(rule.get("scope") for rule in rules) else set()
    edits = [edit for support in policy["support"].values() for edit in support["provides"]]
    case["read"] |= {given for _, _, given in edits if isinstance(given, str)}
    case["facts"] = draw_facts(draw, "patient", case)
    case["targets"] = [
        draw_target(draw, f"{kind}-{number}", kind, case)
        for kind in targets
        for number in range(1 + draw(3))
    ]
    ids = [one["id"] for one in case["targets"]]
    case["placements"] = [id for id in ids if chance(draw, 12)]
    measures = sorted({one[0] for one in measures_used(policy)})
    case["broken"] = [pick(draw, measures)] if measures and chance(draw, 25) else []
    case["overrides"] = [
        one for id in ids for one in draw_overrides(draw, id, case) if chance(draw, 80)
    ]
    return case


def measures_used(part: Any) -> list[tuple[Any, ...]]:
    """Every measure in some rules or conditions."""
    if isinstance(part, dict):
        return [one for value in part.values() for one in measures_used(value)]
    if isinstance(part, tuple) and part and part[0] in MEASURES:
        return [part]
    if isinstance(part, tuple | list):
        return [one for value in part for one in measures_used(value)]
    return []
