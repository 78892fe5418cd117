"""What every output has in common: how a score is rounded, who stated a fact, what comes first.

Owns nothing that one output alone needs. Page, terminal and FHIR read it here, so that they never
say different things of the same decision.
"""

from __future__ import annotations

import re

from peer_match.decide.decision import FULL_SCORE, DraftPlan, PlanTask
from peer_match.policy.rule_files import TaskPriority

STATED_BY = {
    "self": "said by the person",
    "clinician": "stated by a clinician",
    "record": "from the record",
    "directory": "from a public directory",
    "annotation": "added by the programme",
    "programme": "from the programme",
}
HOW_SOON: dict[TaskPriority, str] = {
    "stat": "at once",
    "asap": "as soon as possible",
    "urgent": "soon",
    "routine": "in turn",
}
BEFORE_ALL_ELSE: tuple[TaskPriority, ...] = ("stat", "asap")
"""The priorities of tasks that are told before anything else is, on every surface."""
_POSITION = re.compile(r"(?<![\d.])(-?)(\d+\.\d\d), (-?)(\d+\.\d\d)(?![\d.])")
_HUNDREDTH = FULL_SCORE // 100


def out_of_100(points: int) -> str:
    """Points out of 10,000 as a whole number out of 100, a half rounded up."""
    return str((points + _HUNDREDTH // 2) // _HUNDREDTH)


def comes_first(plan: DraftPlan) -> tuple[PlanTask, ...]:
    """The tasks that the rules put before everything else, in the order of the plan."""
    return tuple(one for one in plan.tasks if one.priority in BEFORE_ALL_ELSE)


def place_words(value: str) -> str:
    """A place with its position in words: `12 Ellis Ave, near 33.70° north, 117.85° west`."""
    return _POSITION.sub(_position, value)


def _position(found: re.Match[str]) -> str:
    south, latitude, west, longitude = found.groups()
    north_or_south, east_or_west = "south" if south else "north", "west" if west else "east"
    return f"near {latitude}° {north_or_south}, {longitude}° {east_or_west}"
