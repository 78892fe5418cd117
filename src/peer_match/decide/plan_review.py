"""What a review of a safety plan found: it is its own explanation, and every output shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.decide.assessment import Evidence, HelpLine
from peer_match.decide.references import PersonRef, PolicyRef
from peer_match.facts.safety_plan import PlanEntry
from peer_match.policy.file_header import TaskPriority

Lack = Literal[
    "not answered", "too few answers", "declined", "nobody to reach", "a promise",
    "no clinician", "no date",
]  # fmt: skip
Standing = Literal["overdue", "due", "not known", "in time"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a plan lacks. `step` is the id of the step, None for the plan as a whole."""

    lack: Lack
    step: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ReviewedStep:
    """A step with what stands below it."""

    id: str
    title: str
    asks: str
    entries: tuple[PlanEntry, ...]
    declined: bool


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A kind of event of which nobody would have recorded every one since the plan was looked at;
    `privacy` is its category."""

    what: str
    privacy: str


@dataclass(frozen=True, slots=True)
class PlanReview:
    """What somebody has to know of a plan at a moment.

    `made` is when it was written down, as it is written; `looked_at` the instant from which its
    review is counted, None where nobody knows one. `gaps` are to be mended by `mend_by` (None where
    there are none), and the plan is to be looked at again by `review_by`, both by `role`.

    `standing`: `overdue`, also where nobody knows when the plan was made; `due`, because of
    `reasons`; `in time`; `not known`, where it would be in time but nobody would have recorded
    what is listed in `unknown`.
    """

    schema_version: str
    engine_version: str
    tzdata_version: str
    policy: PolicyRef
    subject: PersonRef
    as_of: str
    known_at: str
    recipient: str | None
    plan: str
    title: str
    opening: str
    made: str | None
    made_with: PersonRef | None
    steps: tuple[ReviewedStep, ...]
    gaps: tuple[Gap, ...]
    role: str
    mend_by: str | None
    looked_at: str | None
    standing: Standing
    review_by: str
    reasons: tuple[Evidence, ...]
    unknown: tuple[Unrecorded, ...]
    priority: TaskPriority
    lines: tuple[HelpLine, ...]
    notes: tuple[str, ...]
