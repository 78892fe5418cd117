"""The shapes of the files that say what must happen: escalate, pathway, always, crisis lines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peer_match.policy.file_header import RawCondition, RuleHeader, Shape, TaskPriority
from peer_match.policy.schema_reader import IsoDate, KebabId, Text, YesNo

Severity = Literal["routine", "soon", "urgent", "emergent"]
SEVERITIES: tuple[Severity, ...] = ("routine", "soon", "urgent", "emergent")
"""How soon somebody must act, rising."""

REPEAT = "repeat"
"""What follows the last step of a pathway while nobody answers: the same step once more."""


class EscalateFile(RuleHeader):
    """A rule that makes somebody act by a time."""

    escalate: KebabId
    floor: YesNo = False
    when: RawCondition
    severity: Severity
    pathway: KebabId
    if_unknown: Literal["review", "note"]
    asks: KebabId | None = None
    seen_to_by: list[KebabId] = []


class StepShape(Shape):
    """One step of a pathway: who does what, and how long nobody may be silent.

    `if_silent` is the step that follows when nobody has acknowledged it within the time, or
    `repeat` at the end, where the same person is called again.
    """

    step: KebabId
    title: Text
    role: KebabId
    within: Text
    priority: TaskPriority = "urgent"
    if_silent: KebabId


class PathwayFile(RuleHeader):
    """A ladder of steps from a severity to a person who acts."""

    pathway: KebabId
    enters_at: Annotated[dict[Severity, KebabId], Field(min_length=1)]
    instructions: list[Text] = []
    steps: Annotated[list[StepShape], Field(min_length=1)]


class AlwaysFile(RuleHeader):
    """Something that must be so whatever the rest of the pack says."""

    always: KebabId
    when: RawCondition
    severity: Severity


class LineShape(Shape):
    """One number or address that people in a crisis can turn to.

    `verified` is the day on which a person (`verified_by`) last tried it or saw it published by its
    operator. A line that nobody has verified leaves both out, and every output says so.
    """

    line: KebabId
    name: Text
    contact: Text
    kind: Literal["crisis", "emergency"]
    country: Text
    languages: Annotated[list[KebabId], Field(min_length=1)]
    who: Literal["everyone", "veterans"] = "everyone"
    cite: KebabId
    verified: IsoDate | None = None
    verified_by: Text | None = None


class CrisisLinesFile(Shape):
    """Crisis lines and emergency numbers, by country and language."""

    crisis_lines: KebabId
    lines: Annotated[list[LineShape], Field(min_length=1)]


class SeverityTimes(Shape):
    """A span for each severity."""

    emergent: Text
    urgent: Text
    soon: Text
    routine: Text


class SafetyShape(Shape):
    """What a pack says of safety as a whole.

    `time_to_human` bounds how long a pathway may take to reach its last person;
    `questions_within` is the deadline of the question that an unknown condition opens, by the
    severity of the rule. `final_roles` may end a pathway, rising. `late` is how long after it was
    recorded an event is also assessed at the time at which it happened.
    """

    time_to_human: SeverityTimes
    questions_within: SeverityTimes
    final_roles: Annotated[list[KebabId], Field(min_length=1)]
    reassessed_by: Annotated[list[KebabId], Field(min_length=1)]
    retracted_by: Annotated[list[KebabId], Field(min_length=1)]
    late: Text
    lines_verified_within: Text
    country: Text
