"""Checked rules of safety: what `decide` assesses histories with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from peer_match.facts.event import About
from peer_match.policy.condition import Condition
from peer_match.policy.events import Events
from peer_match.policy.file_header import TaskPriority
from peer_match.policy.rule import Rule
from peer_match.policy.safety_files import Severity
from peer_match.policy.safety_plan import PlanForm
from peer_match.policy.units import Span


@dataclass(frozen=True, slots=True)
class Escalate(Rule):
    """A rule that makes somebody act: by its pathway, as soon as its severity says.

    `seen_to_by` are the rules that see to the same evidence, and those that see to theirs: where
    one of them holds of it, this one calls nobody anew.
    """

    floor: bool
    about: About
    when: Condition
    severity: Severity
    pathway: str
    review_if_unknown: bool
    asks: str | None
    seen_to_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pathway. `then` is the step after silence, None where this one is repeated."""

    id: str
    title: str
    role: str
    within: Span
    priority: TaskPriority
    then: str | None


@dataclass(frozen=True, slots=True)
class Pathway(Rule):
    """A ladder: where each severity enters, and what follows silence."""

    enters_at: Mapping[Severity, str]
    steps: Mapping[str, Step]
    instructions: tuple[str, ...]

    def ladder(self, severity: Severity) -> tuple[Step, ...]:
        """The steps from where a severity enters to the last, in order."""
        found: list[Step] = []
        next_step: str | None = self.enters_at[severity]
        while next_step is not None:
            step = self.steps[next_step]
            found.append(step)
            next_step = step.then
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Always(Rule):
    """Whenever `when` holds, the severity is at least this one."""

    about: About
    when: Condition
    severity: Severity


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """A number or address for people in a crisis, or of the emergency service."""

    code: str
    name: str
    contact: str
    is_emergency: bool
    country: str
    languages: tuple[str, ...]
    for_veterans: bool
    verified: date | None
    verified_by: str | None
    cite: str


@dataclass(frozen=True, slots=True)
class SafetyTimes:
    """What a pack says of safety as a whole (see `SafetyShape`)."""

    time_to_human: Mapping[Severity, Span]
    questions_within: Mapping[Severity, Span]
    final_roles: tuple[str, ...]
    reassessed_by: frozenset[str]
    retracted_by: frozenset[str]
    late: Span
    lines_verified_within: Span
    country: str


@dataclass(frozen=True, slots=True)
class Safety:
    """Everything that a pack says of safety; `times` is None in a pack that says nothing of it."""

    events: Events = field(default_factory=Events)
    escalates: tuple[Escalate, ...] = ()
    pathways: Mapping[str, Pathway] = field(default_factory=dict[str, Pathway])
    always: tuple[Always, ...] = ()
    lines: tuple[CrisisLine, ...] = ()
    times: SafetyTimes | None = None
    plan: PlanForm | None = None
