"""A safety plan as somebody wrote it down with the person: who and what helps, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One thing of a step: what to notice or to do, or whom to turn to (`contact`: how)."""

    text: str
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class StepAnswers:
    """What the person said to one step. `declined`: they prefer not to say, which is theirs to do,
    and leaves the step open all the same."""

    entries: tuple[PlanEntry, ...] = ()
    declined: bool = False


@dataclass(frozen=True, slots=True)
class SafetyPlan:
    """One version of a plan.

    `id` names the document it was read from; `made` is when it was written down, None where nobody
    noted it; `made_with` is the clinician who made it with the person, where one is named. `steps`
    are by the id of a step of the pack; what was not asked is not there.
    """

    id: str
    subject: str
    made: PartialDate | None
    made_with: Person | None
    steps: dict[str, StepAnswers]
