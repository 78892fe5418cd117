"""The screens that a person's record holds, as events: none of them takes another back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from peer_match.decide.timeline import bounds
from peer_match.facts.event import OF_THE_RECORD, Event, History
from peer_match.facts.fact import Fact
from peer_match.facts.patient import Patient, ScreenResult
from peer_match.facts.provenance import Moment, PartialDate, Provenance

KINDS = {
    "suicide_screen": "suicide-screen",
    "phq9": "phq-9",
    "phq2": "phq-2",
    "gad7": "gad-7",
    "audit_c": "audit-c",
    "dast10": "dast-10",
}
"""The facts that are screens, with the kind of event that each result is."""


def with_screens(history: History, patient: Patient | None, moment: Moment) -> History:
    """The history with the screens of the record among its events.

    Answers to the items of an instrument are an event of the kind that is called like it. A result
    that could not be read is a screen of which nothing but its time is known.
    """
    if patient is None:
        return history
    told = {one.key for one in history.events}
    found = list(_screens(patient, moment))
    for one in _answered(patient, moment):
        # A total and the answers to it are one screen, told in two ways.
        same = [place for place, other in enumerate(found)
                if (other.kind, other.key) == (one.kind, one.key)]  # fmt: skip
        for place in same:
            found[place] = found[place].model_copy(update={"answers": one.answers})
        found += [] if same else [one]
    found = [one for one in found if one.key not in told]
    return history.model_copy(update={"events": (*history.events, *found)})


def _screens(patient: Patient, moment: Moment) -> Iterator[Event]:
    for field, kind in KINDS.items():
        fact: Fact[ScreenResult] = getattr(patient, field)
        for one in fact.statements:
            yield _event(kind, one.provenance, moment, one.value)
        for provenance in fact.unreadable:
            yield _event(kind, provenance, moment, None)


def _answered(patient: Patient, moment: Moment) -> Iterator[Event]:
    for one in patient.screen_answers:
        told = _event(one.instrument, one.provenance, moment, None)
        yield told.model_copy(update={"answers": one.answers})


def _event(kind: str, provenance: Provenance, moment: Moment, result: ScreenResult | None) -> Event:
    return Event(
        kind=kind,
        source=OF_THE_RECORD,
        id=provenance.source,
        date=provenance.date,
        recorded=provenance.recorded or _by(provenance.date, moment),
        severity=None if result is None else result.level,
        points=None if result is None else result.score,
        stated_by=provenance.stated_by,
    )


def _by(date: PartialDate | None, moment: Moment) -> datetime:
    """When a result was known at the latest, where the record does not say: once it was taken."""
    return moment.known_at if date is None else min(bounds(date)[1], moment.known_at)
