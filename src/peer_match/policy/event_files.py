"""The shape of `events.yaml`: the kinds of event that histories hold, and what is due of people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peer_match.facts.event import About
from peer_match.facts.vocabulary import Coding, CountsAs
from peer_match.policy.file_header import Shape
from peer_match.policy.schema_reader import KebabId, Text


class SignalShape(Shape):
    """A signal of an instrument, such as an answer that is followed up whatever the total."""

    instrument: KebabId
    signal: KebabId


class EventKindShape(Shape):
    """One kind of event.

    It is graded by a rising vocabulary (`severity`) or by the bands of an `instrument`, or is not
    graded. `signal` says that it follows from answers to an instrument. `points` says which way
    its total is worse.
    """

    kind: KebabId
    label: Text
    meaning: Text | None = None
    about: About = "patient"
    counts_as: CountsAs
    privacy: KebabId
    severity: KebabId | None = None
    instrument: KebabId | None = None
    signal: SignalShape | None = None
    points: Literal["higher is worse", "higher is better"] | None = None
    codings: list[Coding] = []


class ObligationShape(Shape):
    """Something that is due a while after each event that begins it, until one meets it."""

    obligation: KebabId
    label: Text
    about: About = "patient"
    privacy: KebabId
    begun_by: Annotated[list[KebabId], Field(min_length=1)]
    met_by: Annotated[list[KebabId], Field(min_length=1)]
    within: Text


class EventsFile(Shape):
    """Every kind of event, and every obligation, that sentences can name."""

    events: KebabId
    kinds: Annotated[list[EventKindShape], Field(min_length=1)]
    obligations: list[ObligationShape] = []
