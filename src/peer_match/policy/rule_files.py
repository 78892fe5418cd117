"""The shape of each kind of file in a pack, as written by its authors.

These models are what editors get a JSON Schema of. They check shape only; what words refer to is
checked in `bind` and `load`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peer_match.facts.vocabulary import Coding, CountsAs
from peer_match.policy.event_files import EventsFile
from peer_match.policy.file_header import RawCondition, RuleHeader, Shape, TaskPriority
from peer_match.policy.instrument_files import InstrumentFile
from peer_match.policy.safety_files import (
    AlwaysFile,
    CrisisLinesFile,
    EscalateFile,
    PathwayFile,
    SafetyShape,
)
from peer_match.policy.safety_plan_files import SafetyPlanFile
from peer_match.policy.schema_reader import (
    READS_WHOLE_NUMBER,
    IsoDate,
    KebabId,
    Text,
    WholeNumber,
    YesNo,
)

# Above any number that a pack has a use for, and low enough for every sum and date to be exact.
Weight = Annotated[int, Field(ge=0, le=10_000), READS_WHOLE_NUMBER]
Percentage = Annotated[int, Field(ge=0, le=10_000), READS_WHOLE_NUMBER]
Count = Annotated[int, Field(ge=0, le=1_000), READS_WHOLE_NUMBER]
Times = Annotated[int, Field(ge=1, le=1_000), READS_WHOLE_NUMBER]
Days = Annotated[int, Field(ge=1, le=100_000), READS_WHOLE_NUMBER]

# Every term knows all its narrower ones, so that the work grows with the square of this.
MOST_TERMS = 2_000

OnYes = Literal["block", "hold", "ask", "caution"]


class OverrideShape(Shape):
    """Who together may override a block, and for how long at most."""

    all_of: Annotated[list[KebabId], Field(min_length=1)]
    at_most: Text


class MustNotFile(RuleHeader):
    """A rule that keeps a person from a group or a mentor, or caps a score."""

    must_not: KebabId
    floor: YesNo = False
    when: RawCondition
    outcome: OnYes = "block"
    cap: Text | None = None
    if_unknown: Literal["hold", "ask", "allow", "widen"]
    scope: dict[Literal["programme", "community"], OnYes] | None = None
    applies_to: Literal["new", "new and existing"] = "new"
    override: Literal["nobody"] | OverrideShape = "nobody"
    lifted_by: list[KebabId] = []
    shown_as: Literal["reason", "unavailable"] = "reason"
    asks: KebabId | None = None


class PreferFile(RuleHeader):
    """A rule that gives points for fit."""

    prefer: KebabId
    weight: Weight
    dimension: KebabId
    when: RawCondition | None = None
    measure: Text | None = None
    grade: dict[str, WholeNumber] | None = None
    applies_when: RawCondition | None = None
    if_unknown: Literal["widen"]
    lifted_by: list[KebabId] = []
    side: Literal["novice", "mentor"] = "novice"


class FindingFile(RuleHeader):
    """A named condition that other rules use."""

    finding: KebabId
    when: RawCondition
    if_unknown: Literal["pass on"]


class TaskShape(Shape):
    """Something that somebody must do, and how soon it is to be taken up."""

    title: Text
    role: KebabId
    within: Text
    priority: TaskPriority = "routine"


class SupportFile(RuleHeader):
    """Help that lifts a barrier: what it changes, and the task that arranges it."""

    support: KebabId
    offered_when: RawCondition | None = None
    if_unknown: Literal["offer"]
    provides: Annotated[list[Text], Field(min_length=1)]
    task: TaskShape


class FrequencyShape(Shape):
    """How often to attend."""

    times: Times
    per: Text


class CodeShape(Shape):
    """A coded measure with its display."""

    system: Text
    code: Text
    display: Text


class GoalShape(Shape):
    """A goal of the plan with what it is measured by."""

    for_goal: KebabId | None = None
    description: Text
    measure: CodeShape | None = None
    direction: Literal["increase", "decrease", "maintain"]
    target: Text | None = None
    within: Text


class CheckInShape(Shape):
    """Check-ins of a cadence, by a role."""

    title: Text
    every: Text
    times: Times
    role: KebabId


class ProposalsShape(Shape):
    """How many groups and mentors the plan proposes."""

    groups: Count
    mentors: Count


class ContactShape(Shape):
    """The point of contact that a plan needs before it can be activated."""

    role: KebabId
    task: TaskShape


class IncludeShape(Shape):
    """What a plan rule adds: exactly one of these."""

    frequency: FrequencyShape | None = None
    format: Text | None = None
    goal: GoalShape | None = None
    check_in: CheckInShape | None = None
    contact: ContactShape | None = None
    proposals: ProposalsShape | None = None
    task: TaskShape | None = None
    friction: TaskShape | None = None


class PlanFile(RuleHeader):
    """A rule that adds something to the plan.

    `needs` says what the plan must propose for the rule to make sense: nobody is asked how a
    group went to which they were not sent.
    """

    plan: KebabId
    when: RawCondition | None = None
    needs: Literal["nothing", "a proposal", "a group", "a mentor"] = "nothing"
    include: IncludeShape
    if_unknown: Literal["include", "leave out"]


class TermShape(Shape):
    """One term of a vocabulary."""

    code: KebabId
    label: Text
    meaning: Text | None = None
    kind_of: KebabId | None = None
    counts_as: CountsAs | None = None
    codings: list[Coding] = []
    implies: dict[str, list[KebabId]] = {}


class VocabularyFile(Shape):
    """A closed list of codes."""

    vocabulary: KebabId
    title: Text
    order: Literal["none", "rising"] = "none"
    within_days: Days | None = None
    counts_as: CountsAs | None = None
    terms: Annotated[list[TermShape], Field(min_length=1, max_length=MOST_TERMS)]


class SourceShape(Shape):
    """A source that rules may cite. V: seen; M: from memory, to confirm; D: design default."""

    id: KebabId
    title: Text
    locator: Text
    status: Literal["V", "M", "D"]
    findings: Annotated[list[Text], Field(min_length=1)]


class SourcesFile(Shape):
    """Everything that the rules of a pack may cite."""

    sources: KebabId
    entries: Annotated[list[SourceShape], Field(min_length=1)]


class IntakeItemShape(Shape):
    """One question: the fact that it fills, its words, and who is asked."""

    fact: Text
    asks: Text
    asked_of: KebabId
    help: Text | None = None


class IntakeFile(Shape):
    """The questions that fill what records lack."""

    intake: KebabId
    items: Annotated[list[IntakeItemShape], Field(min_length=1)]


class RecipientShape(Shape):
    """Who a recipient is to the person, and what kinds of fact they may see.

    `sees` needs no consent; `sees_with_consent` needs a valid consent that names the recipient
    and the kind of fact. Everything else is withheld. Whoever is not `treating` sees nothing at
    all without such a consent. `sees_only_own` is for a mentor or a group: only what concerns
    their own pairing.
    """

    code: KebabId
    label: Text
    treating: YesNo = False
    sees: list[KebabId] = []
    sees_with_consent: list[KebabId] = []
    sees_other_people: YesNo = False
    sees_only_own: YesNo = False


class DisclosureFile(Shape):
    """Who may see which kinds of fact. What is not listed is not seen."""

    disclosure: KebabId
    categories: dict[KebabId, Text]
    recipients: Annotated[list[RecipientShape], Field(min_length=1)]


class SourceAttributes(Shape):
    """The 13 source attributes that US certification asks of evidence-based decision support
    (45 CFR 170.315(b)(11)(iv)(A))."""

    bibliographic_citation: Text
    developer: Text
    funding_source: Text
    release_and_revision_dates: Text
    use_of_race: Text
    use_of_ethnicity: Text
    use_of_language: Text
    use_of_sexual_orientation: Text
    use_of_gender_identity: Text
    use_of_sex: Text
    use_of_date_of_birth: Text
    use_of_social_determinants_of_health: Text
    use_of_health_status_assessments: Text


class SignOff(Shape):
    """A named person's approval of this version of the pack."""

    name: Text
    role: KebabId
    date: IsoDate
    digest: Text


class LastTaskShape(TaskShape):
    """What must not be left to nobody: where nobody is named for its role, the first of `or_else`
    for which somebody is."""

    or_else: list[KebabId]


class PackTasks(Shape):
    """Who does what is left to people, and by when."""

    nothing_fits: LastTaskShape
    no_mentor_fits: LastTaskShape
    referral: TaskShape
    introduction: TaskShape
    question: TaskShape


class NoPlanShape(Shape):
    """When there is nothing to plan (a finding), and the one task that is then left."""

    finding: KebabId
    task: TaskShape


class PackFile(Shape):
    """What a pack says about itself."""

    pack: KebabId
    version: Text
    title: Text
    publisher: Text
    effective: IsoDate
    jurisdiction: Text
    tzdata: Text
    sign_offs: list[SignOff] = []
    source_attributes: SourceAttributes
    priorities: dict[KebabId, Percentage]
    tasks: PackTasks
    no_plan_when: NoPlanShape
    safety: SafetyShape | None = None


RULE_KINDS: dict[str, type[RuleHeader]] = {
    "must_not": MustNotFile,
    "prefer": PreferFile,
    "finding": FindingFile,
    "support": SupportFile,
    "plan": PlanFile,
    "instrument": InstrumentFile,
    "escalate": EscalateFile,
    "pathway": PathwayFile,
    "always": AlwaysFile,
}
FILE_KINDS: dict[str, type[Shape]] = {
    **RULE_KINDS,
    "vocabulary": VocabularyFile,
    "sources": SourcesFile,
    "intake": IntakeFile,
    "disclosure": DisclosureFile,
    "pack": PackFile,
    "events": EventsFile,
    "crisis_lines": CrisisLinesFile,
    "safety_plan": SafetyPlanFile,
}
NOT_YET_KEYS = {"pack": ("extends",)}
