"""From checked shapes to bound rules: every word of every rule now refers to something."""

from __future__ import annotations

from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.assembly import Assembly
from peer_match.policy.bind_events import bind_events
from peer_match.policy.bind_instrument import InstrumentParts
from peer_match.policy.bind_safety import SafetyParts
from peer_match.policy.bind_safety_plan import SafetyPlanParts
from peer_match.policy.diagnostics import (
    Diagnostic,
    error,
    listed,
    quote,
)
from peer_match.policy.edit import Edit
from peer_match.policy.event_files import EventsFile
from peer_match.policy.events import Events
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.grading import read_cap, read_grade
from peer_match.policy.instrument_files import InstrumentFile
from peer_match.policy.nodes import Mapping, Scalar, Sequence
from peer_match.policy.pack_files import FilesRead, PackFileRead
from peer_match.policy.policy import (
    Finding,
    MustNot,
    Outcome,
    Plan,
    Prefer,
    Support,
)
from peer_match.policy.rule_files import (
    DisclosureFile,
    FindingFile,
    IncludeShape,
    MustNotFile,
    OnYes,
    PackFile,
    PlanFile,
    PreferFile,
    SourcesFile,
    SupportFile,
)
from peer_match.policy.rule_parts import RuleParts, read_span
from peer_match.policy.safety_files import (
    AlwaysFile,
    CrisisLinesFile,
    EscalateFile,
    PathwayFile,
)
from peer_match.policy.safety_plan_files import SafetyPlanFile

__all__ = ["assemble", "read_span"]

OUTCOME_OF: dict[OnYes, Outcome] = {
    "block": "blocked",
    "hold": "hold",
    "ask": "ask",
    "caution": "caution",
}


def assemble(read: FilesRead, vocabularies: Vocabularies, problems: list[Diagnostic]) -> Assembly:
    """Bind every rule; a rule with a problem is left out and its problems are added.

    What sentences refer to comes before the sentences: sources, instruments, kinds of event.
    """
    assembly = Assembly(vocabularies, read.refused)
    for file in read.files:
        if isinstance(file.shape, SourcesFile):
            assembly.sources.update({one.id: one for one in file.shape.entries})
    if "events" in read.refused:
        assembly.events = Events(is_read=False)
    rules = [one for one in read.files if isinstance(one.shape, RuleHeader)]
    unique = [one for one in rules if _takes_its_id(one, assembly, problems)]
    for file in unique:
        if file.kind == "instrument":
            _Rule(file, vocabularies, assembly, problems).bind()
    for file in read.files:
        match file.shape:
            case DisclosureFile():
                assembly.treating = tuple(one.code for one in file.shape.recipients if one.treating)
            case EventsFile():
                assembly.events = bind_events(file, assembly, problems)
            case CrisisLinesFile() | PackFile():
                SafetyParts(file, vocabularies, assembly, problems).bind()
            case _:
                pass
    for file in read.files:  # after the events that it names
        if isinstance(file.shape, SafetyPlanFile):
            SafetyPlanParts(file, vocabularies, assembly, problems).bind()
    for file in unique:
        if file.kind != "instrument":
            _Rule(file, vocabularies, assembly, problems).bind()
    return assembly


def _takes_its_id(file: PackFileRead, assembly: Assembly, problems: list[Diagnostic]) -> bool:
    """Whether no other rule has the id; the second is told and left out."""
    if file.id in assembly.files:
        problems.append(
            error(
                "PM211",
                f"the id {quote(file.id)} is taken by {assembly.files[file.id].name}",
                file.node.entries[0][1].position,
                "an id names one rule of the whole pack",
            )
        )
        return False
    assembly.files[file.id] = file
    return True


class _Rule(RuleParts):
    """Binds one rule file."""

    def bind(self) -> None:
        shape = self.file.shape
        match shape:
            case MustNotFile():
                self._must_not(shape)
            case PreferFile():
                self._prefer(shape)
            case FindingFile():
                self._finding(shape)
            case SupportFile():
                self._support(shape)
            case PlanFile():
                self._plan(shape)
            case InstrumentFile():
                InstrumentParts(self.file, self.vocabularies, self.assembly, self.problems).bind()
            case EscalateFile() | PathwayFile() | AlwaysFile():
                SafetyParts(self.file, self.vocabularies, self.assembly, self.problems).bind()
            case _:
                raise AssertionError(self.file.kind)

    # -- kinds -----------------------------------------------------------------------------

    def _must_not(self, shape: MustNotFile) -> None:
        target = self._target()
        when = self._condition("when")
        cap = None
        if (node := self._scalar("cap")) is not None:
            cap = read_cap(self.binder, node)
        if shape.cap is None and shape.if_unknown == "widen" and self._all_known():
            self._problem(
                "PM301",
                "`widen` is for rules with a `cap`, and this rule has none",
                "if_unknown",
                "write `hold`, `ask` or `allow`; only a score can become a range",
            )
        if shape.cap is not None and shape.if_unknown != "widen" and self._all_known():
            self._problem(
                "PM301",
                "with a `cap`, what is unknown makes the score a range",
                "if_unknown",
                "write `if_unknown: widen`",
            )
        if shape.floor and shape.if_unknown == "allow" and self._all_known():
            self._problem(
                "PM302",
                "a floor rule cannot allow what is unknown",
                "if_unknown",
                "use `ask` or `hold`",
            )
        override = self._override(shape.override)
        if shape.asks is not None:
            self._known_in("override-role", "asks")
        if self._refused() or target is None or when is None:
            return
        self.assembly.must_nots.append(
            MustNot(
                **self._header(shape),
                target=target,
                floor=bool(shape.floor),
                when=when,
                outcome=OUTCOME_OF[shape.outcome],
                cap=cap,
                if_unknown=shape.if_unknown,
                scope=tuple(
                    (kind, OUTCOME_OF[outcome])
                    for kind, outcome in sorted((shape.scope or {}).items())
                ),
                applies_to_existing=shape.applies_to == "new and existing",
                override=override,
                lifted_by=tuple(sorted(set(shape.lifted_by))),
                shown_as_unavailable=shape.shown_as == "unavailable",
                asks=shape.asks,
            )
        )

    def _prefer(self, shape: PreferFile) -> None:
        target = self._target()
        self._known_in("dimension", "dimension")
        self._check_ways(shape)
        when = None if shape.when is None else self._condition("when")
        grade = None
        measure = self._scalar("measure")
        if measure is not None:
            table = None if "grade" in self.file.at_fault else self.file.node.get("grade")
            grade = read_grade(self.binder, measure, table)
        applies = None if shape.applies_when is None else self._condition("applies_when")
        if shape.weight == 0 and shape.status != "retired" and "status" not in self.file.at_fault:
            self._problem(
                "PM304",
                "a weight of 0 can never matter",
                "weight",
                "remove the rule, or set `status: retired`",
            )
        if shape.side == "mentor" and target == "group":
            self._problem(
                "PM305",
                "a group has no side of its own",
                "side",
                "remove the line, or move the file below `mentor/` if it is about mentors",
            )
        if self._refused() or target is None:
            return
        self.assembly.prefers.append(
            Prefer(
                **self._header(shape),
                target=target,
                weight=int(shape.weight),
                dimension=shape.dimension,
                when=when,
                grade=grade,
                applies_when=applies,
                lifted_by=tuple(sorted(set(shape.lifted_by))),
                side=shape.side,
            )
        )

    def _check_ways(self, shape: PreferFile) -> None:
        """A preference gives points in exactly one way, which is whole."""
        if not self._all_known():
            return
        if shape.when is not None and shape.measure is not None:
            self._problem_at_key(
                "PM303",
                "a preference gives points by `when` or by `measure`, not by both",
                "measure",
                "keep one of the two; what limits for whom it counts is `applies_when`",
            )
        elif shape.measure is None and shape.grade is not None:
            self._problem_at_key(
                "PM303",
                "a `grade` is of a `measure`, and there is none",
                "grade",
                "add a line such as `measure: travel distance from patient.home to group.place`",
            )
        elif shape.measure is not None and shape.grade is None:
            self._problem_at_key(
                "PM303",
                "a `measure` without a `grade` gives no points",
                "measure",
                "add a `grade`, such as `grade: {2 km: 100, 40 km: 0}`",
            )
        elif shape.when is None and shape.measure is None:
            self._problem_at_key(
                "PM303",
                "the preference does not say what it gives points for",
                "prefer",
                "add `when`, or `measure` with `grade`",
            )

    def _finding(self, shape: FindingFile) -> None:
        when = self._condition("when")
        if not self._refused() and when is not None:
            self.assembly.findings[self.file.id] = Finding(**self._header(shape), when=when)

    def _support(self, shape: SupportFile) -> None:
        offered = None if shape.offered_when is None else self._condition("offered_when")
        edits: list[Edit] = []
        provides = self.file.node.get("provides")
        for item in provides.items if isinstance(provides, Sequence) else ():
            edit = self.binder.edit(item) if isinstance(item, Scalar) else None
            if edit is None:
                self.is_whole = False
            else:
                edits.append(edit)
        self._known_in("override-role", "task", "role")
        within = self._span("task", "within")
        if self._refused() or within is None:
            return
        self.assembly.supports[self.file.id] = Support(
            **self._header(shape),
            offered_when=offered,
            provides=tuple(edits),
            task=shape.task,
            within=within,
        )

    def _plan(self, shape: PlanFile) -> None:
        when = None if shape.when is None else self._condition("when")
        self._check_included()
        for path in (
            ("include", "frequency", "per"),
            ("include", "goal", "within"),
            ("include", "check_in", "every"),
            ("include", "task", "within"),
            ("include", "friction", "within"),
            ("include", "contact", "task", "within"),
        ):
            if self._has(*path):
                self._span(*path)
        for path in (
            ("include", "check_in", "role"),
            ("include", "task", "role"),
            ("include", "friction", "role"),
            ("include", "contact", "role"),
            ("include", "contact", "task", "role"),
        ):
            if self._has(*path):
                self._known_in("override-role", *path)
        if self._has("include", "goal", "for_goal"):
            self._known_in("goal", "include", "goal", "for_goal")
        if self._refused():
            return
        self.assembly.plans.append(
            Plan(
                **self._header(shape),
                when=when,
                needs=shape.needs,
                include=shape.include,
                if_unknown_include=shape.if_unknown == "include",
            )
        )

    def _check_included(self) -> None:
        """One rule includes one thing."""
        node = self.file.node.get("include")
        if not isinstance(node, Mapping) or "include" in self.file.at_fault:
            return
        for key, _ in node.entries[1:]:
            self.problems.append(
                error(
                    "PM306",
                    f"a plan rule includes one thing, and {quote(key.text)} is one more",
                    key.position,
                    "give each thing a rule of its own, so that each has its own reason",
                )
            )
        if not node.entries:
            self._problem(
                "PM306",
                "the rule includes nothing in the plan",
                "include",
                f"name one of {listed(IncludeShape.model_fields)}",
            )
