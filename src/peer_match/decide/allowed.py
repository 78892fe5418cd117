"""Whose word takes something back: a retraction or a reassessment counts by its role alone."""

from __future__ import annotations

from peer_match.facts.event import History, Reassessment, Retraction
from peer_match.policy.safety import SafetyTimes


def allowed_history(history: History, times: SafetyTimes) -> tuple[History, tuple[str, ...]]:
    """The history without what was said by somebody who may not say it, with a note.

    A note names no event: whoever reads it may not be one who sees all kinds of them.
    """
    notes: list[str] = []
    reassessed: list[Reassessment] = []
    retracted: list[Retraction] = []
    for one in history.reassessments:
        if one.by.role in times.reassessed_by:
            reassessed.append(one)
        else:
            notes.append("a reassessment does not count: it is by nobody who may reassess")
    for one in history.retractions:
        if one.by.role in times.retracted_by:
            retracted.append(one)
        else:
            notes.append("a retraction does not count: it is by nobody who may retract")
    allowed = history.model_copy(
        update={"reassessments": tuple(reassessed), "retractions": tuple(retracted)}
    )
    return allowed, tuple(sorted({*notes}))
