"""What an assessment found for a person, in the few words that stand above everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peer_match.decide.assessment import Assessment
from peer_match.decide.decision import Decision
from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import WITHHELD
from peer_match.policy.safety_files import SEVERITIES, Severity
from peer_match.surfaces import words


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that holds, or that was escalated and nobody has closed. `basis` says which."""

    severity: Severity
    title: str
    basis: str


def concerns(assessment: Assessment | None) -> tuple[Concern, ...]:
    """Every concern, the most severe first; none without an assessment."""
    if assessment is None:
        return ()
    found = sorted(_concerns(assessment), key=lambda one: -SEVERITIES.index(one.severity))
    return tuple(found)


def caseload_safety(decisions: Iterable[Decision]) -> str:
    """In one sentence how many people of a caseload there is a concern for, by severity; "" where
    nobody was assessed."""
    assessed = [one.assessment for one in decisions if one.assessment is not None]
    if not assessed:
        return ""
    worst = [found[0].severity for one in assessed if (found := concerns(one))]
    counted = [f"{worst.count(one)} {one}" for one in reversed(SEVERITIES) if one in worst]
    rest = len(assessed) - len(worst)
    if rest:
        counted.append(f"no rule holds for {rest}")
    return f"safety assessed for {words.plural(len(assessed), 'person', 'people')}: " + ", ".join(
        counted
    )


def rule_title(rule: str, assessment: Assessment) -> str:
    """What a rule is called for whoever sees the assessment."""
    if rule == WITHHELD:
        return CONCERN
    return assessment.rules[rule].title if rule in assessment.rules else rule


def _concerns(assessment: Assessment) -> Iterator[Concern]:
    holding = {one.escalation for one in assessment.alerts}
    open = {one.id: one for one in assessment.still_open}
    for one in assessment.alerts:
        basis = "it holds now"
        if one.late is not None:
            basis = f"it held on {one.late[: len('2026-03-01')]}, and became known later"
        if one.escalation in open:
            basis += "; it was escalated before, and nobody has closed it"
        yield Concern(one.severity, rule_title(one.rule, assessment), basis)
    for one in assessment.still_open:
        if one.id not in holding:
            basis = "it was escalated before, and nobody has closed it"
            yield Concern(one.severity, rule_title(one.rule, assessment), basis)
