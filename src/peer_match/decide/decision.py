"""The decision, which is its own explanation.

Every output (page, card, plan, command line) is a projection of this value; none re-decides.
All points are integers in ten-thousandths of a full score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.decide.assessment import Assessment
from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.policy.policy import Outcome, Target
from peer_match.policy.rule_files import TaskPriority

SCHEMA_VERSION = "1.0"
FULL_SCORE = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where one statement of a fact came from, who said so, and when it was so."""

    source: str
    stated_by: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact as this decision saw it.

    `values` are labels ready to read. `unknown` says why something is missing, and `asked_of` the
    role that can answer, unless it is not to be asked. A reading that its recipient may not see
    keeps `fact` and `withheld` (the basis) and nothing else.
    """

    fact: str
    subject: str
    privacy: str
    meaning: str
    values: tuple[str, ...]
    complete: bool
    unknown: str | None
    sources: tuple[Source, ...]
    withheld: str | None = None
    asked_of: str | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """What one `must_not` said of one target.

    `facts` are keys of `Decision.facts`. `error` is set when the rule could not be evaluated; it
    then holds. `note` says why a rule that fired did not keep apart (an override, a standing
    placement). `at_worst` is the outcome if what is unknown turned out against the target, where
    that would be worse than `outcome`.
    """

    rule: str
    truth: Literal["yes", "no", "unknown", "error"]
    outcome: Outcome
    facts: tuple[str, ...]
    unknown_facts: tuple[str, ...]
    note: str | None = None
    question_to: str | None = None
    facts_digest: str | None = None
    at_worst: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """What one `prefer` gave: between `low` and `high` of `weight`, after priorities.

    The unit of `low`, `high` and `weight` is weight × 10,000, so nothing is rounded here.
    `grade_low` and `grade_high` are the share of the weight in ten-thousandths.
    """

    rule: str
    side: Literal["novice", "mentor"]
    applies: Literal["yes", "no", "unknown", "error"]
    weight: int
    low: int
    high: int
    grade_low: int
    grade_high: int
    measured: str | None
    facts: tuple[str, ...]
    unknown_facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A range of points out of 10,000, and how it came about.

    `numerator_*` over `denominator` gives the range before a cap; `capped_by` names the rules
    that limited it. A denominator of 0 says that the numerators are not told: the score is the
    smaller of two, or its recipient may not see all that is behind it (it is then rounded down to
    a whole hundredth).
    """

    low: int
    high: int
    numerator_low: int
    numerator_high: int
    denominator: int
    capped_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would change where a target stands: supports given, or a fact answered."""

    supports: tuple[str, ...]
    answers: tuple[str, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One group or mentor, with all that was found about it.

    `screening` has the rules that said something; of a blocked target those that keep it apart.
    `passed` are the ids of all other rules that were looked at.
    For mentors, `score` is the range that the smaller of `novice_score` and `mentor_score` can
    have; the two are never blended. `supports` are those that this suggestion depends on.
    """

    target: str
    kind: Target
    name: str
    outcome: Outcome
    existing: bool
    screening: tuple[Screening, ...]
    passed: tuple[str, ...]
    points: tuple[Points, ...]
    score: Score | None
    novice_score: Score | None
    mentor_score: Score | None
    supports: tuple[str, ...]
    changes: tuple[Change, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The four lists, each in its own order, and the runner-up to the first."""

    eligible: tuple[Suggestion, ...]
    eligible_with_support: tuple[Suggestion, ...]
    waiting: tuple[Suggestion, ...]
    blocked: tuple[Suggestion, ...]
    runner_up: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact worth asking about, and how much the answer could change.

    `reach` counts the targets whose place could change; `swing` is the largest change of points
    that the answer could bring to one of them.
    """

    fact: str
    about: str
    asks: str
    asked_of: str
    reach: int
    swing: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanTask:
    """Something that somebody must do, by a day.

    `facts` are keys of `Decision.facts`: what a question is about, or what the rule has read that
    the task comes from.
    """

    id: str
    kind: Literal[
        "referral", "introduction", "support", "question", "friction", "check-in", "contact",
        "nothing-fits", "other",
    ]  # fmt: skip
    title: str
    role: str
    owner: str | None
    due: str
    target: str | None
    rule: str | None
    facts: tuple[str, ...] = ()
    priority: TaskPriority = "routine"


@dataclass(frozen=True, slots=True)
class PlanGoal:
    """A goal of the plan with its measure and target."""

    id: str
    description: str
    goal: str | None
    direction: str
    measure_system: str | None
    measure_code: str | None
    measure_display: str | None
    target: str | None
    due: str
    rule: str


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """The proposed plan. A draft until a named clinician signs and the person has chosen.

    `missing` says what is needed before it can be activated.
    """

    proposed_groups: tuple[str, ...]
    proposed_mentors: tuple[str, ...]
    frequency: tuple[str, ...]
    formats: tuple[str, ...]
    goals: tuple[PlanGoal, ...]
    tasks: tuple[PlanTask, ...]
    rules: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that was decided for one person at one moment.

    `safety` says in one sentence where their safety stands, from the `assessment` that the decision
    was given; None where it was given none.
    """

    schema_version: str
    engine_version: str
    tzdata_version: str
    policy: PolicyRef
    patient: PersonRef
    as_of: str
    known_at: str
    safety: str
    assessment: Assessment | None
    recipient: str | None
    point_of_contact: str | None
    groups: Shortlist
    mentors: Shortlist
    mentors_wanted: bool | None
    questions: tuple[Question, ...]
    plan: DraftPlan
    facts: dict[str, Reading]
    rules: dict[str, RuleRef]
    notes: tuple[str, ...]
