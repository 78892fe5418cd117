"""Whether what a rule refers to is in force for as long as the rule itself."""

from __future__ import annotations

from peer_match.policy.assembly import Assembly
from peer_match.policy.diagnostics import Diagnostic, Position, error, quote
from peer_match.policy.rule import Rule

IN_FORCE = frozenset({"status", "effective", "until"})
"""The keys that say when a rule is in force."""


def check_span(
    rule: Rule,
    used: Rule,
    position: Position,
    assembly: Assembly,
    problems: list[Diagnostic],
) -> None:
    """Add an error where an active rule outlasts what it refers to at a position."""
    at_fault = assembly.files[rule.id].at_fault | assembly.files[used.id].at_fault
    if rule.status != "active" or at_fault & IN_FORCE:
        return
    ends_before = used.until is not None and (rule.until is None or rule.until > used.until)
    if used.status != "active" or used.effective > rule.effective or ends_before:
        problems.append(
            error(
                "PM214",
                f"{quote(used.id)} is not in force for all the time that this rule is",
                position,
                "make its dates and status cover those of the rule",
            )
        )
