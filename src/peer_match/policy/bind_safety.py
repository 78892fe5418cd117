"""From the checked shapes of safety files to rules, ladders and lines that mean something."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.facts.event import About
from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import (
    Condition,
    EventCount,
    Overdue,
    PointsFell,
    Sentence,
    facts_read,
)
from peer_match.policy.diagnostics import error, meant, quote
from peer_match.policy.nodes import node_at
from peer_match.policy.reads import sentences_reached
from peer_match.policy.rule_files import PackFile
from peer_match.policy.rule_parts import RuleParts
from peer_match.policy.safety import (
    Always,
    CrisisLine,
    Escalate,
    Pathway,
    SafetyTimes,
    Step,
)
from peer_match.policy.safety_files import (
    REPEAT,
    SEVERITIES,
    AlwaysFile,
    CrisisLinesFile,
    EscalateFile,
    PathwayFile,
    Severity,
)
from peer_match.policy.units import Span

ROLES = "override-role"


class SafetyParts(RuleParts):
    """Binds one file of safety."""

    def bind(self) -> None:
        """Add what the file says to the assembly, or the problems for which it cannot be used."""
        match self.file.shape:
            case EscalateFile() as shape:
                self._escalate(shape)
            case AlwaysFile() as shape:
                self._always(shape)
            case PathwayFile() as shape:
                self._pathway(shape)
            case CrisisLinesFile() as shape:
                self._lines(shape)
            case PackFile() as shape:
                self._times(shape)
            case _:
                raise AssertionError(self.file.kind)

    def _escalate(self, shape: EscalateFile) -> None:
        when = self._condition("when")
        if shape.asks is not None:
            self._known_in(ROLES, "asks")
        elif shape.if_unknown == "review" and self._all_known():
            self._problem("PM322", "the rule asks for a review, but does not say of whom",
                          "if_unknown", "add a line such as `asks: clinician`")  # fmt: skip
        severe = shape.floor or shape.severity in ("urgent", "emergent")
        if shape.if_unknown == "note" and severe and self._all_known():
            self._problem("PM302", "a rule as severe as this cannot pass over what is unknown",
                          "if_unknown", "write `if_unknown: review`")  # fmt: skip
        if self._refused() or when is None:
            return
        self.assembly.escalates.append(
            Escalate(
                **self._header(shape),
                floor=bool(shape.floor),
                about="patient",
                when=when,
                severity=shape.severity,
                pathway=shape.pathway,
                review_if_unknown=shape.if_unknown == "review",
                asks=shape.asks,
                seen_to_by=frozenset(shape.seen_to_by),
            )
        )

    def _always(self, shape: AlwaysFile) -> None:
        when = self._condition("when")
        if self._refused() or when is None:
            return
        self.assembly.always.append(
            Always(**self._header(shape), about="patient", when=when, severity=shape.severity)
        )

    def _pathway(self, shape: PathwayFile) -> None:
        names = [one.step for one in shape.steps]
        steps: dict[str, Step] = {}
        for number, one in enumerate(shape.steps):
            path = ("steps", number)
            self._known_in(ROLES, *path, "role")
            within = self._span(*path, "within", clock=True)
            if one.if_silent != REPEAT and one.if_silent not in names:
                self._unknown_step(one.if_silent, names, *path, "if_silent")
            if one.step in steps:
                self._tell("PM218", f"{quote(one.step)} is listed twice",
                           "give each step a name of its own", *path, "step")  # fmt: skip
            if within is not None:
                then = None if one.if_silent == REPEAT else one.if_silent
                steps[one.step] = Step(one.step, one.title, one.role, within, one.priority, then)
        for severity, step in shape.enters_at.items():
            if step not in names:
                self._unknown_step(step, names, "enters_at", severity)
        if self._refused() or not self._all_known():
            return
        self.assembly.pathways[self.file.id] = Pathway(
            **self._header(shape),
            enters_at=dict(shape.enters_at),
            steps=steps,
            instructions=tuple(shape.instructions),
        )

    def _lines(self, shape: CrisisLinesFile) -> None:
        seen: set[str] = set()
        for number, one in enumerate(shape.lines):
            path = ("lines", number)
            if one.line in seen:
                self._tell("PM218", f"{quote(one.line)} is listed twice",
                           "keep one of the two entries", *path, "line")  # fmt: skip
            seen.add(one.line)
            for place in range(len(one.languages)):
                self._known_in("language", *path, "languages", place)
            if one.cite not in self.assembly.sources:
                self._tell("PM401", f"{quote(one.cite)} is not in `sources.yaml`",
                           meant(one.cite, self.assembly.sources, "sources"), *path, "cite"
                           )  # fmt: skip
            self.assembly.lines.append(
                CrisisLine(
                    code=one.line,
                    name=one.name,
                    contact=one.contact,
                    is_emergency=one.kind == "emergency",
                    country=one.country,
                    languages=tuple(one.languages),
                    for_veterans=one.who == "veterans",
                    verified=one.verified,
                    verified_by=one.verified_by,
                    cite=one.cite,
                )
            )

    def _times(self, shape: PackFile) -> None:
        said = shape.safety
        if said is None:
            return
        reach = self._by_severity("time_to_human")
        ask = self._by_severity("questions_within")
        late = self._span("safety", "late", clock=True)
        verified = self._span("safety", "lines_verified_within")
        for key, roles in (
            ("final_roles", said.final_roles),
            ("reassessed_by", said.reassessed_by),
            ("retracted_by", said.retracted_by),
        ):
            for place in range(len(roles)):
                self._known_in(ROLES, "safety", key, place)
        if self._refused() or late is None or verified is None:
            self.assembly.times_are_at_fault = True
            return
        self.assembly.times = SafetyTimes(
            time_to_human=reach,
            questions_within=ask,
            final_roles=tuple(said.final_roles),
            reassessed_by=frozenset(said.reassessed_by),
            retracted_by=frozenset(said.retracted_by),
            late=late,
            lines_verified_within=verified,
            country=said.country,
        )

    def _by_severity(self, key: str) -> dict[Severity, Span]:
        found: dict[Severity, Span] = {}
        for severity in SEVERITIES:
            span = self._span("safety", key, severity, clock=True)
            if span is not None:
                found[severity] = span
        return found

    def _unknown_step(self, name: str, names: list[str], *path: str | int) -> None:
        self._tell("PM224", f"no step is called {quote(name)}", meant(name, names, "steps"), *path)

    def _tell(self, code: str, message: str, help: str, *path: str | int) -> None:
        found = node_at(self.file.node, path)
        position = self.file.node.position if found is None else found.position
        self.problems.append(error(code, message, position, help))


def abouts(condition: Condition, assembly: Assembly) -> frozenset[About]:
    """Whom the sentences of a condition are about, those of its findings included."""
    return frozenset(
        about
        for one in sentences_reached([condition], assembly.findings)
        for about in _about(one, assembly)
    )


def _about(sentence: Sentence, assembly: Assembly) -> Iterable[About]:
    match sentence:
        case EventCount(kind=kind) | PointsFell(kind=kind):
            return (assembly.events.kinds[kind].about,)
        case Overdue(obligation=obligation):
            return (assembly.events.obligations[obligation].about,)
        case _:
            return ("patient",) if facts_read(sentence) else ()
