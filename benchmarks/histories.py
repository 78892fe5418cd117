"""Invented histories of people in a programme, the same for the same number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.policy.events import EventKind
from peer_match.policy.policy import Policy

AS_OF = datetime(2026, 3, 1, 9, tzinfo=UTC)
BEGAN = AS_OF - timedelta(days=400)
MOST_EVENTS = 40
ORDINARY = 0.9
"""The share of events that are no risk: attendance, contacts, screens with a low result."""


def subject(number: int) -> str:
    """The id of one person."""
    return f"person-{number:06d}"


def histories(policy: Policy, people: int) -> Iterator[History]:
    """One history after the other: most are short and quiet, some long and not."""
    kinds = [one for one in policy.safety.events.kinds.values() if one.about == "patient"]
    coverage = tuple(Coverage(kind=one.code, begins=BEGAN) for one in kinds)
    for number in range(people):
        chance = Random(number)
        count = chance.randrange(chance.randrange(1, MOST_EVENTS))
        events = tuple(_event(kinds, index, chance) for index in range(count))
        yield History(subject=subject(number), events=events, coverage=coverage)


def _event(kinds: list[EventKind], index: int, chance: Random) -> Event:
    quiet = [one for one in kinds if one.counts_as != "risk"]
    kind = chance.choice(quiet if chance.random() < ORDINARY else kinds)
    when = AS_OF - timedelta(minutes=chance.randrange(60, 365 * 24 * 60))
    return Event(
        kind=kind.code,
        source="feed",
        id=str(index),
        date=PartialDate.of(when),
        recorded=when + timedelta(minutes=chance.randrange(60)),
        severity=chance.choice(kind.scale) if kind.scale else None,
        points=chance.randrange(20, 60) if not kind.scale and kind.instrument else None,
    )
