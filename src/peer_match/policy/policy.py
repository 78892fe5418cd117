"""A checked, frozen pack of rules: what `decide` evaluates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.condition import Condition, MeasureCall
from peer_match.policy.edit import Edit
from peer_match.policy.instrument import Instrument
from peer_match.policy.rule import Rule
from peer_match.policy.rule_files import (
    IncludeShape,
    IntakeItemShape,
    PackFile,
    RecipientShape,
    SourceShape,
    TaskShape,
)
from peer_match.policy.safety import Always, Escalate, Pathway, Safety
from peer_match.policy.units import Span

Target = Literal["group", "mentor"]
Outcome = Literal["allowed", "caution", "ask", "hold", "blocked"]
OUTCOMES: tuple[Outcome, ...] = ("allowed", "caution", "ask", "hold", "blocked")


@dataclass(frozen=True, slots=True)
class Override:
    """Who together may override, and for how long at most."""

    all_of: frozenset[str]
    at_most: Span


@dataclass(frozen=True, slots=True)
class MustNot(Rule):
    """A rule that keeps apart, or (with `cap`, in percent) limits a score."""

    target: Target
    floor: bool
    when: Condition
    outcome: Outcome
    cap: int | None
    if_unknown: Literal["hold", "ask", "allow", "widen"]
    scope: tuple[tuple[str, Outcome], ...]
    applies_to_existing: bool
    override: Override | None
    lifted_by: tuple[str, ...]
    shown_as_unavailable: bool
    asks: str | None


@dataclass(frozen=True, slots=True)
class Grade:
    """Knots of straight lines: (amount in base units, percent of the weight), amounts rising."""

    measure: MeasureCall
    knots: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Prefer(Rule):
    """A rule that gives points: its weight when `when` holds, or a share of it by `grade`."""

    target: Target
    weight: int
    dimension: str
    when: Condition | None
    grade: Grade | None
    applies_when: Condition | None
    lifted_by: tuple[str, ...]
    side: Literal["novice", "mentor"]


@dataclass(frozen=True, slots=True)
class Finding(Rule):
    """A named condition."""

    when: Condition


@dataclass(frozen=True, slots=True)
class Support(Rule):
    """Help that lifts a barrier."""

    offered_when: Condition | None
    provides: tuple[Edit, ...]
    task: TaskShape
    within: Span


@dataclass(frozen=True, slots=True)
class Plan(Rule):
    """Something that a plan contains."""

    when: Condition | None
    needs: Literal["nothing", "a proposal", "a group", "a mentor"]
    include: IncludeShape
    if_unknown_include: bool


AnyRule = MustNot | Prefer | Finding | Support | Plan | Escalate | Always


@dataclass(frozen=True)
class Policy:
    """A whole pack, checked: every reference resolves and every unit fits.

    `digest` is the SHA-256 of what the files mean: their order, their comments and their layout
    do not change it.
    """

    pack: PackFile
    vocabularies: Vocabularies
    sources: dict[str, SourceShape]
    must_nots: tuple[MustNot, ...]
    prefers: tuple[Prefer, ...]
    findings: dict[str, Finding]
    supports: dict[str, Support]
    plans: tuple[Plan, ...]
    instruments: dict[str, Instrument]
    intake: tuple[IntakeItemShape, ...]
    disclosure_categories: frozenset[str]
    recipients: dict[str, RecipientShape]
    digest: str
    signed: bool = field(default=False)
    safety: Safety = field(default_factory=Safety)

    def rules_and_tables(self) -> tuple[AnyRule | Instrument | Pathway, ...]:
        """Every file that has an owner and a date of review, by id."""
        every = (*self.rules(), *self.instruments.values(), *self.safety.pathways.values())
        return tuple(sorted(every, key=lambda rule: rule.id))

    def rules(self) -> tuple[AnyRule, ...]:
        """Every rule with a condition, by id."""
        return tuple(
            sorted(
                (
                    *self.must_nots,
                    *self.prefers,
                    *self.findings.values(),
                    *self.supports.values(),
                    *self.plans,
                    *self.safety.escalates,
                    *self.safety.always,
                ),
                key=lambda rule: rule.id,
            )
        )
