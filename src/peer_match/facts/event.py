"""What happened to somebody, as an append-only history: events, and what was said of them later.

Nothing in a history is ever changed. A mistake is taken back by a retraction, a risk is put in its
place by a reassessment; both name who said so and what they speak of.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from peer_match.facts.patient import Code, Person
from peer_match.facts.provenance import Frozen, PartialDate, StatedBy

About = Literal["patient", "mentor", "facilitator", "group"]
"""Whom a history is about."""


OF_THE_RECORD = "record"
"""The source of what the person's own record holds; its events are called by their resource."""


class Event(Frozen):
    """One thing that happened, or was observed.

    `kind` is a kind of `rules/events.yaml`. `source` is the feed, form or record that told it, and
    `id` its id there, if it has one. `date` is when it happened (None where nobody knows), and
    `recorded` when it became known.
    `severity` is a code of the scale of its kind, `points` its total, `answers` those to the items
    of an instrument; what is left out is not known.
    """

    kind: Code
    source: str
    id: str | None = None
    date: PartialDate | None
    recorded: AwareDatetime
    severity: Code | None = None
    points: int | None = None
    answers: dict[str, Code] = Field(default_factory=dict)
    stated_by: StatedBy = StatedBy.RECORD

    @property
    def key(self) -> str | None:
        """What a retraction or a reassessment calls it by; None for an event without an id."""
        if self.id is None or self.source == OF_THE_RECORD:
            return self.id
        return f"{self.source}#{self.id}"


class Retraction(Frozen):
    """A named person's word that an event was recorded by mistake."""

    event: str
    by: Person
    recorded: AwareDatetime
    reason: str


class Reassessment(Frozen):
    """A named person's judgement of a risk, after looking at the evidence that it lists.

    From then on the listed evidence (keys of events, sources of facts) counts no more; whatever is
    not listed still does.
    """

    id: str
    by: Person
    recorded: AwareDatetime
    considered: tuple[str, ...]
    finding: str = ""


class Coverage(Frozen):
    """A time in which every event of a kind would have been recorded.

    Outside it nobody can say that none happened. `ends` is None while it goes on.
    """

    kind: Code
    begins: AwareDatetime
    ends: AwareDatetime | None = None


class History(Frozen):
    """Everything recorded of one person (or group), in any order."""

    subject: str
    about: About = "patient"
    events: tuple[Event, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    reassessments: tuple[Reassessment, ...] = ()
    coverage: tuple[Coverage, ...] = ()


class EarlierEscalation(Frozen):
    """An escalation that was opened before, open still or closed by a named person.

    `evidence` are the keys of what it was opened for, or was seen with while it was open: what was
    escalated once is not escalated again, whatever became of it.
    """

    id: str
    rule: str
    severity: str
    evidence: frozenset[str]
    is_open: bool
    since: AwareDatetime | None = None
