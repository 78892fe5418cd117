"""The rules of a pack while they are checked, and what each of them can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.events import Events
from peer_match.policy.instrument import Instrument
from peer_match.policy.pack_files import ABOUT_A_TARGET, PackFileRead
from peer_match.policy.policy import AnyRule, Finding, MustNot, Plan, Prefer, Support, Target
from peer_match.policy.rule_files import SourceShape
from peer_match.policy.safety import Always, CrisisLine, Escalate, Pathway, SafetyTimes
from peer_match.policy.safety_plan import PlanForm

TARGETS: dict[str, Target] = {"group": "group", "mentor": "mentor"}
OF_SAFETY = ("escalate", "always")
"""The kinds of rule that read histories, wherever their file lies."""
SAFETY_FOLDER = "safety"
"""Findings below this folder read histories as well."""
SUBJECTS: dict[str, frozenset[str]] = {
    SAFETY_FOLDER: frozenset({"patient"}),
    "group": frozenset({"patient", "group", "facilitator", "pair"}),
    "mentor": frozenset({"patient", "mentor", "pair"}),
    "plan": frozenset({"patient"}),
}
EVERY_SUBJECT = frozenset({"patient", "group", "facilitator", "mentor", "pair"})


@dataclass
class Assembly:
    """The bound rules of a pack, with the files they came from by rule id.

    `refused` are the names of files that could not be read. With `times_are_at_fault` the pack
    does say something of safety, and it was told what is wrong with it. `treating` are the
    recipients who treat the person, None where the file that names them could not be read.
    """

    vocabularies: Vocabularies
    refused: frozenset[str] = frozenset()
    treating: tuple[str, ...] | None = None
    files: dict[str, PackFileRead] = field(default_factory=dict[str, PackFileRead])
    sources: dict[str, SourceShape] = field(default_factory=dict[str, SourceShape])
    must_nots: list[MustNot] = field(default_factory=list[MustNot])
    prefers: list[Prefer] = field(default_factory=list[Prefer])
    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    supports: dict[str, Support] = field(default_factory=dict[str, Support])
    plans: list[Plan] = field(default_factory=list[Plan])
    instruments: dict[str, Instrument] = field(default_factory=dict[str, Instrument])
    events: Events = field(default_factory=Events)
    escalates: list[Escalate] = field(default_factory=list[Escalate])
    pathways: dict[str, Pathway] = field(default_factory=dict[str, Pathway])
    always: list[Always] = field(default_factory=list[Always])
    lines: list[CrisisLine] = field(default_factory=list[CrisisLine])
    plan_form: PlanForm | None = None
    times: SafetyTimes | None = None
    times_are_at_fault: bool = False

    def rules(self) -> Iterator[AnyRule]:
        """Every bound rule with a condition of its own."""
        yield from self.must_nots
        yield from self.prefers
        yield from self.findings.values()
        yield from self.supports.values()
        yield from self.plans
        yield from self.escalates
        yield from self.always

    def could_not_be_read(self, kind: str, id: str) -> bool:
        """Whether a rule is there but is itself at fault, so that naming it is none."""
        file = self.files.get(id)
        return id in self.refused if file is None else file.kind == kind


def subjects_of(file: PackFileRead) -> frozenset[str]:
    """The subjects that a rule can read: by its kind for plans, by its folder for the rest.

    A rule about a target that stands in neither's folder can read all: it is told once, for that.
    """
    if file.kind in ABOUT_A_TARGET and file.folder not in TARGETS:
        return EVERY_SUBJECT
    if file.kind in OF_SAFETY:
        return SUBJECTS[SAFETY_FOLDER]
    return SUBJECTS.get("plan" if file.kind == "plan" else file.folder, EVERY_SUBJECT)


def reads_events(file: PackFileRead) -> bool:
    """Whether a file's sentences may be about histories."""
    in_safety = file.kind == "finding" and file.folder == SAFETY_FOLDER
    return file.kind in OF_SAFETY or in_safety
