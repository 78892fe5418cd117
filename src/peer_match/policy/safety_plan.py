"""The checked form of a pack's safety plan, and what its words may not be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from peer_match.policy.file_header import TaskPriority
from peer_match.policy.rule import Citation
from peer_match.policy.safety_plan_files import PlanStepShape
from peer_match.policy.units import Span

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What a plan asks, who makes it, and when it is looked at again (see `SafetyPlanFile`)."""

    id: str
    title: str
    opening: str
    sources: tuple[Citation, ...]
    made_by: str
    privacy: str
    review: str
    review_after: tuple[str, ...]
    review_within: Span
    mended_within: Span
    priority: TaskPriority
    priority_if_pressing: TaskPriority
    no_promises: tuple[str, ...]
    steps: tuple[PlanStepShape, ...]


def promise_in(text: str, phrases: Iterable[str]) -> str | None:
    """The first of some phrases that stands in a text, word for word; None where none does.

    Case, accents of typography and what stands between words do not matter.
    """
    words = f" {_words(text)} "
    return next((one for one in phrases if f" {_words(one)} " in words), None)


def _words(text: str) -> str:
    plain = text.translate(_APOSTROPHES).casefold().replace("'", "")
    return _BETWEEN_WORDS.sub(" ", plain).strip()
