"""The assessment of one person at one moment, which is its own explanation.

Every output (page, task, flag, command line) is a projection of this value; none re-decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.facts.event import About
from peer_match.policy.file_header import TaskPriority
from peer_match.policy.safety_files import Severity

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event or fact behind an answer.

    `key` names it for retractions and reassessments: an event's source and id, or a fact's source.
    `date` is when it happened, as it was written; `privacy` is its category.
    """

    key: str
    what: str
    date: str | None
    recorded: str | None
    stated_by: str
    privacy: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation: who does what by when, if nobody has acknowledged before.

    `begins` and `due` are ISO instants. `repeats` says that after the last step the same role is
    called again each time the span has passed.
    """

    id: str
    tier: int
    title: str
    role: str
    person: PersonRef | None
    priority: TaskPriority
    begins: str
    due: str
    minutes: int
    repeats: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """What must happen because of an alert. `id` is the same whenever the same evidence is assessed
    again. `since` is the moment from which its deadlines run."""

    id: str
    rule: str
    pathway: str
    severity: Severity
    since: str
    steps: tuple[Step, ...]
    instructions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule of safety that holds. `escalation` is the id of what follows from it.

    `is_new` is False where all its evidence was escalated before, or is by a rule that sees to it;
    `escalated_as` is that rule, where the escalation is not the rule's own. `late` is the moment of
    a past event at which it held, where it does not hold now.
    """

    rule: str
    severity: Severity
    findings: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    escalation: str
    is_new: bool
    late: str | None
    escalated_as: str | None = None


@dataclass(frozen=True, slots=True)
class OpenEscalation:
    """An escalation of before that nobody has closed: it stands, whether or not its rule still
    holds. `since` is when it was opened, where that is known."""

    id: str
    rule: str
    severity: Severity
    since: str | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What is not known and could make a rule hold. It never lowers and never is a severity.

    `due` is None for what is noted only.
    """

    id: str
    rule: str
    could_be: Severity
    unknown: tuple[str, ...]
    role: str | None
    due: str | None


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Where somebody in a crisis can turn, with the day on which a person last verified it: None
    where nobody has. A line for veterans tells that somebody is one."""

    name: str
    contact: str
    is_emergency: bool
    verified: str | None
    for_veterans: bool = False


@dataclass(frozen=True, slots=True)
class Engine:
    """How the two evaluations of the rules went. It is no part of the digest of an assessment.

    `agreed`: both gave the same. `not run`: there was no worker. `failed`: the worker gave no
    answer, for `reason`. `differed`: of `rules`; the more severe answer stands. After the last two
    a person has to look.
    """

    state: Literal["agreed", "not run", "failed", "differed"]
    reason: str = ""
    rules: tuple[str, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person has to look at the engine."""
        return self.state in ("failed", "differed")


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer: how severe, why, who must act by when, and what is not known.

    `severity` is None where no rule holds, which is not the same as safe: `questions` say what was
    not known, and `still_open` what was escalated before and is closed by nobody. `notes` are what
    readers must know of the data, such as an event that nobody can place in time.
    """

    schema_version: str
    engine_version: str
    tzdata_version: str
    policy: PolicyRef
    about: About
    subject: PersonRef
    as_of: str
    known_at: str
    recipient: str | None
    severity: Severity | None
    alerts: tuple[Alert, ...]
    escalations: tuple[Escalation, ...]
    still_open: tuple[OpenEscalation, ...]
    questions: tuple[OpenQuestion, ...]
    findings: tuple[tuple[str, str], ...]
    lines: tuple[HelpLine, ...]
    rules: dict[str, RuleRef]
    notes: tuple[str, ...]
    engine: Engine
