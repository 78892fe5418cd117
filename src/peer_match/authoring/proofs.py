"""Proofs of what must always be so of a pack, whatever else is known or not.

An `always` says: whenever its condition holds, the severity is at least so high. Rules of safety
become no milder as evidence of risk is added (`policy.check_polarity`), so the worst case is known:
everything that the property implies is so, every other evidence of risk is absent, and the context
is whatever it likes. For each way in which the property can hold, and for each state of the context
(yes, no or unknown), the rules are evaluated; one case in which they say less is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.truth import Truth, all_of, any_of, negation
from peer_match.policy.assembly import Assembly
from peer_match.policy.check_polarity import declared
from peer_match.policy.condition import (
    AllOf,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Includes,
    Not,
    Overdue,
    PointsFell,
    Quantifier,
    Sentence,
)
from peer_match.policy.diagnostics import Diagnostic, error, quote
from peer_match.policy.safety import Always, Escalate
from peer_match.policy.safety_files import SEVERITIES
from peer_match.policy.units import CalendarUnit, Span

MOST_CONTEXT = 8
"""Sentences about the context that a proof goes through: three to the power of them."""
MOST_WAYS = 200
"""Ways in which one property can hold."""
MINUTES: dict[CalendarUnit, tuple[int, int]] = {
    "minute": (1, 1),
    "hour": (60, 60),
    "day": (1_440, 1_440),
    "week": (10_080, 10_080),
    "month": (28 * 1_440, 31 * 1_440),
    "year": (365 * 1_440, 366 * 1_440),
}
"""The shortest and the longest that a unit can be."""

Literal = tuple[Sentence, bool]
Values = Mapping[str, Truth]


def prove(assembly: Assembly, day: date) -> list[Diagnostic]:
    """An error for each property in force that does not hold of the pack, or cannot be proved."""
    found: list[Diagnostic] = []
    for rule in assembly.always:
        if rule.in_force(day):
            problem = _Proof(rule, assembly, day).problem()
            if problem is not None:
                found.append(problem)
    return found


@dataclass(frozen=True)
class _Proof:
    rule: Always
    assembly: Assembly
    day: date

    def problem(self) -> Diagnostic | None:
        rules = [
            one
            for one in self.assembly.escalates
            if one.about == self.rule.about and one.in_force(self.day)
        ]
        for number, way in enumerate(self._ways(self.rule.when, upright=True)):
            if number >= MOST_WAYS:
                return self._unproved("it can hold in too many ways")
            problem = self._fails(way, rules)
            if problem is not None:
                return problem
        return None

    def _fails(self, way: tuple[Literal, ...], rules: list[Escalate]) -> Diagnostic | None:
        leaves = {one.text: one for rule in rules for one in self._leaves(rule.when)}
        values: dict[str, Truth] = {}
        context: list[str] = []
        for text, leaf in leaves.items():
            said = _implied(leaf, way, self.assembly)
            if said is not None:
                values[text] = said
            elif self._is_risk(leaf):
                values[text] = Truth.NO
            else:
                context.append(text)
        if len(context) > MOST_CONTEXT:
            return self._unproved(f"the rules read {len(context)} sentences about the context")
        for states in product((Truth.NO, Truth.UNKNOWN, Truth.YES), repeat=len(context)):
            case = values | dict(zip(context, states, strict=True))
            highest = max(
                (SEVERITIES.index(one.severity) for one in rules
                 if self._truth(one.when, case) is Truth.YES),
                default=-1,
            )  # fmt: skip
            if highest < SEVERITIES.index(self.rule.severity):
                return self._disproved(way, dict(zip(context, states, strict=True)), highest)
        return None

    # -- conditions ------------------------------------------------------------------------

    def _ways(self, condition: Condition, *, upright: bool) -> Iterator[tuple[Literal, ...]]:
        """Every way in which a condition can hold: some sentences that hold, some that do not."""
        match condition:
            case AllOf(parts) | AnyOf(parts) if isinstance(condition, AllOf) is upright:
                for chosen in product(*(tuple(self._ways(one, upright=upright)) for one in parts)):
                    yield tuple(literal for way in chosen for literal in way)
            case AllOf(parts) | AnyOf(parts):
                for one in parts:
                    yield from self._ways(one, upright=upright)
            case Not(part):
                yield from self._ways(part, upright=not upright)
            case Holds(finding=finding):
                yield from self._ways(self.assembly.findings[finding].when, upright=upright)
            case _:
                yield ((condition, upright),)

    def _leaves(self, condition: Condition) -> Iterator[Sentence]:
        match condition:
            case AllOf(parts) | AnyOf(parts):
                for one in parts:
                    yield from self._leaves(one)
            case Not(part):
                yield from self._leaves(part)
            case Holds(finding=finding):
                yield from self._leaves(self.assembly.findings[finding].when)
            case _:
                yield condition

    def _truth(self, condition: Condition, values: Values) -> Truth:
        match condition:
            case AllOf(parts):
                return all_of(self._truth(one, values) for one in parts)
            case AnyOf(parts):
                return any_of(self._truth(one, values) for one in parts)
            case Not(part):
                return negation(self._truth(part, values))
            case Holds(finding=finding):
                found = self.assembly.findings[finding]
                if not found.in_force(self.day):
                    return Truth.UNKNOWN
                return self._truth(found.when, values)
            case _:
                return values[condition.text]

    def _is_risk(self, leaf: Sentence) -> bool:
        """Whether a sentence can only add to a severity, so that its absence is the worst case."""
        match leaf:
            case EventCount(kind=kind):
                return self.assembly.events.kinds[kind].counts_as == "risk"
            case PointsFell() | Overdue():
                return True
            case Includes(fact=fact, quantifier=Quantifier.ANY, other=None):
                counted = {declared(CATALOGUE[fact], one, self.assembly) for one in leaf.codes}
                return counted == {"risk"}
            case _:
                return False

    # -- what is told ----------------------------------------------------------------------

    def _disproved(self, way: tuple[Literal, ...], context: Values, highest: int) -> Diagnostic:
        said = [f"{one.text}" if holds else f"not: {one.text}" for one, holds in way]
        said += [f"{text} is {truth.value}" for text, truth in context.items()]
        gets = "nothing" if highest < 0 else f"`{SEVERITIES[highest]}`"
        return error(
            "PM336",
            f"{quote(self.rule.id)} does not hold: the pack says {gets}, not "
            f"`{self.rule.severity}`",
            self.rule.position,
            f"the case: {'; '.join(said)}; nothing else is known",
        )

    def _unproved(self, why: str) -> Diagnostic:
        return error("PM337", f"{quote(self.rule.id)} cannot be proved: {why}",
                     self.rule.position, "say more in `when`, or split it in two")  # fmt: skip


def _implied(leaf: Sentence, way: tuple[Literal, ...], assembly: Assembly) -> Truth | None:
    """What the sentences of a way say of another one; None where they say nothing."""
    if any(holds and _implies(one, leaf, assembly) for one, holds in way):
        return Truth.YES
    if any(not holds and _implies(leaf, one, assembly) for one, holds in way):
        return Truth.NO
    return None


def _implies(one: Sentence, other: Sentence, assembly: Assembly) -> bool:
    """Whether a sentence that holds makes another one hold."""
    match one, other:
        case EventCount(), EventCount():
            scale = assembly.events.kinds[one.kind].scale
            graded = other.severity is None or (
                one.severity is not None
                and one.kind == other.kind
                and scale.index(one.severity) >= scale.index(other.severity)
            )
            return (
                one.kind == other.kind
                and one.least >= other.least
                and graded
                and _is_within(one.span, other.span)
            )
        case PointsFell(), PointsFell():
            return (
                one.kind == other.kind
                and one.points >= other.points
                and _is_within(one.span, other.span)
            )
        case Overdue(), Overdue():
            return one.obligation == other.obligation and _is_within(other.span, one.span)
        case Includes(), Includes():
            return _includes_implies(one, other, assembly)
        case _:
            return " ".join(one.text.split()) == " ".join(other.text.split())


def _includes_implies(one: Includes, other: Includes, assembly: Assembly) -> bool:
    if one.text == other.text:
        return True
    is_plain = one.other is None and other.other is None and one.fact == other.fact
    if not is_plain or other.quantifier is not Quantifier.ANY:
        return False
    vocabulary = assembly.vocabularies[CATALOGUE[one.fact].vocabulary or ""]
    covered = {code for named in other.codes for code in vocabulary.covered_by(named)}
    if one.quantifier is Quantifier.ANY:
        return covered.issuperset(one.codes)
    return one.quantifier is Quantifier.ALL and bool(covered & {*one.codes})


def _is_within(inner: Span, outer: Span) -> bool:
    """Whether a span is never longer than another."""
    return inner.number * MINUTES[inner.unit][1] <= outer.number * MINUTES[outer.unit][0] or (
        inner.unit == outer.unit and inner.number <= outer.number
    )
