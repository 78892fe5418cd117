"""What sentences can say of histories: the kinds of event and the obligations of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from peer_match.facts.event import About
from peer_match.facts.vocabulary import Coding, CountsAs
from peer_match.policy.units import Span

ONLY_IN_SAFETY = "rules of kind `escalate` and `always`, and findings below `safety/`, read them"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event. `scale` are the severities that it can have, rising; empty if ungraded.

    `instrument` scores its answers. With `signal`, it follows from the answers to that instrument.
    """

    code: str
    label: str
    about: About
    counts_as: CountsAs
    privacy: str
    scale: tuple[str, ...] = ()
    scale_labels: Mapping[str, str] = field(default_factory=dict[str, str])
    instrument: str | None = None
    signal: str | None = None
    points: Literal["higher is worse", "higher is better"] | None = None
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Obligation:
    """What is due `within` a span of each event that begins it, until an event meets it."""

    code: str
    label: str
    about: About
    privacy: str
    begun_by: tuple[str, ...]
    met_by: tuple[str, ...]
    within: Span


@dataclass(frozen=True, slots=True)
class Events:
    """Every kind and every obligation, by code.

    `at_fault` are the names of entries that could not be bound. Without `is_read` the whole file
    could not be read. What names either of them is not at fault itself.
    """

    kinds: Mapping[str, EventKind] = field(default_factory=dict[str, EventKind])
    obligations: Mapping[str, Obligation] = field(default_factory=dict[str, Obligation])
    at_fault: frozenset[str] = frozenset()
    is_read: bool = True

    def could_not_be_read(self, name: str) -> bool:
        """Whether a name was told where it is listed, so that using it is no second fault."""
        return not self.is_read or name in self.at_fault
