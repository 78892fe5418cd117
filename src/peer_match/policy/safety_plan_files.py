"""The shape of `safety_plan.yaml`: the questions of a safety plan, and when it is looked at again.

The six steps and their order are those of Stanley and Brown's Safety Planning Intervention
(Cognitive and Behavioral Practice 2012; 19(2):256-264). The wording is the pack's own.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from peer_match.policy.file_header import Cited, Shape, TaskPriority
from peer_match.policy.schema_reader import READS_WHOLE_NUMBER, KebabId, Text

STEPS: Final = (
    "warning-signs",
    "coping-alone",
    "people-and-places",
    "people-who-help",
    "professionals",
    "safer-surroundings",
)
"""The steps in their order: each is taken where the one before it does not help enough."""

Few = Annotated[int, Field(ge=1, le=20), READS_WHOLE_NUMBER]


class PlanStepShape(Shape):
    """One step: what is asked, and how many answers a plan should have at least.

    `entries` says what an answer is: a text; a place or company, with how to get there where that
    matters; or somebody to turn to, who is no help without a way to reach them.
    """

    step: KebabId
    title: Text
    asks: Text
    help: Text | None = None
    entries: Literal["text", "company", "contact"]
    at_least: Few


class SafetyPlanFile(Shape):
    """A safety plan: its six steps, who makes it with the person, and when it is looked at again.

    `privacy` is the category of what is answered: whoever may not see it is not shown the plan.
    `review` is the obligation of `events.yaml` that says how often; `review_after` are the kinds of
    event after which it is looked at within `review_within`, and `mended_within` is the time for
    what it lacks. `priority` is that of its tasks, `priority_if_pressing` that of a plan that lacks
    something, is overdue, or has to be looked at because of an event. `no_promises` are words of a
    promise or contract, which is no step of a plan.
    """

    safety_plan: KebabId
    title: Text
    opening: Text
    source: Annotated[list[Cited], Field(min_length=1)]
    made_by: KebabId
    privacy: KebabId
    review: KebabId
    review_after: Annotated[list[KebabId], Field(min_length=1)]
    review_within: Text
    mended_within: Text
    priority: TaskPriority
    priority_if_pressing: TaskPriority
    no_promises: Annotated[list[Text], Field(min_length=1)]
    steps: Annotated[list[PlanStepShape], Field(min_length=1)]
