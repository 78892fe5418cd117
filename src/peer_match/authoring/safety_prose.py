"""Rules of safety and pathways read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from peer_match.policy.check_safety import in_words, time_to_human
from peer_match.policy.condition import Condition
from peer_match.policy.diagnostics import listed
from peer_match.policy.safety import Always, Escalate, Pathway
from peer_match.policy.safety_files import SEVERITIES

INDENT = "  "
AT = {
    "emergent": "at once",
    "urgent": "within a day",
    "soon": "within days",
    "routine": "within a week or so",
}
"""How people say the severities; the deadlines themselves are those of the pathways."""
Said = Callable[[Condition, int], Iterator[str]]


def escalate_prose(rule: Escalate, said: Said) -> Iterator[str]:
    """What makes somebody act, who, and what follows where it is not known."""
    yield f"When{_whose(rule)}:"
    yield from said(rule.when, 1)
    yield f"Somebody must act {AT[rule.severity]} ({rule.severity}), by the pathway {rule.pathway}."
    if rule.review_if_unknown:
        yield f"When it is not known: a question to {rule.asks}, with a deadline of its own."
    else:
        yield "When it is not known: it is noted, and nobody is asked."
    if rule.seen_to_by:
        yield f"Nobody is called twice for the same: it is seen to by {listed(rule.seen_to_by)}."
    if rule.floor:
        yield "A site may tighten this rule, never loosen or remove it."


def always_prose(rule: Always, said: Said) -> Iterator[str]:
    """What must be so, whatever the rest of the pack says."""
    yield f"Whenever this is so{_whose(rule)}:"
    yield from said(rule.when, 1)
    yield f"the severity is at least {rule.severity}, whatever else is known or not."


def _whose(rule: Escalate | Always) -> str:
    return "" if rule.about == "patient" else f", in the history of a {rule.about}"


def pathway_prose(pathway: Pathway) -> Iterator[str]:
    """The ladder from each severity, step by step."""
    for severity in reversed(SEVERITIES):
        if severity not in pathway.enters_at:
            continue
        ladder = pathway.ladder(severity)
        yield f"{severity.capitalize()}:"
        for number, step in enumerate(ladder, 1):
            how = f"within {step.within} ({step.priority})"
            yield f"{INDENT}{number}. {step.title}: {step.role}, {how}."
        yield f"{INDENT}Then {ladder[-1].role} again, each time {ladder[-1].within} have passed."
        if len(ladder) > 1:
            after = in_words(time_to_human(ladder))
            yield f"{INDENT}If nobody answers, the last is called after {after}."
    if pathway.instructions:
        yield "Until then, whoever is with the person:"
        yield from (f"{INDENT}- {one}" for one in pathway.instructions)
