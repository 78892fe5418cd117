"""How a fact reads in a decision: its values in words, where they came from, and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from peer_match.decide.case import Facts
from peer_match.decide.decision import Reading, Source
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Unknown
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.observed import Observed
from peer_match.facts.place import Place, Precision
from peer_match.facts.provenance import Provenance
from peer_match.facts.week import Availability, Meeting
from peer_match.facts.week_text import format_meeting, format_window
from peer_match.policy.rule_files import IntakeItemShape

MICRODEGREES_A_HUNDREDTH = 10_000  # a home is shown to about a kilometre, enough to check it by
MOST_SHOWN = 12  # a long list of meetings is cut in a reading; the feed has them all
ASKED_OF = {
    "patient": "patient",
    "group": "programme-manager",
    "facilitator": "programme-manager",
    "mentor": "supervisor",
}
"""Who can say something of a subject, where the intake does not ask it of somebody else."""
NEVER_ASKED = frozenset({"another-person", "mentor-private"})


def reading(name: str, facts: Facts, intake: Iterable[IntakeItemShape] = ()) -> Reading:
    """One fact as a decision reads it. `intake` says of whom a fact is asked."""
    seen = facts.observed(name)
    type = CATALOGUE[name]
    key = facts.key(name)
    return Reading(
        fact=name,
        subject=key.partition("@")[2] or "patient",
        privacy=type.privacy,
        meaning=type.meaning,
        values=_values(seen, type),
        complete=seen.unknown is None,
        unknown=None if seen.unknown is None else str(seen.unknown),
        sources=_sources(seen.basis)[:MOST_SHOWN],
        asked_of=_asked_of(seen, type, intake),
    )


def _asked_of(seen: Observed, type: FactType, intake: Iterable[IntakeItemShape]) -> str | None:
    """Nobody, where it is known, was declined, or is about another person."""
    if seen.unknown in (None, Unknown.DECLINED) or type.privacy in NEVER_ASKED:
        return None
    asked = (item.asked_of for item in intake if item.fact == type.name)
    return next(asked, ASKED_OF.get(type.subject, "clinician"))


def _sources(basis: tuple[Provenance, ...]) -> tuple[Source, ...]:
    """The newest first, whatever the order in which they were read; those without a date last."""
    by_name = sorted((_source(one) for one in basis), key=lambda one: (one.source, one.stated_by))
    return tuple(sorted(by_name, key=lambda one: one.date or "", reverse=True))


def _source(provenance: Provenance) -> Source:
    return Source(
        source=provenance.source,
        stated_by=provenance.stated_by.value,
        date=None if provenance.date is None else provenance.date.text,
    )


def _values(seen: Observed, type: FactType) -> tuple[str, ...]:
    shown = [words for value in seen.values for words in _words(value, seen, type)]
    shown.extend(f"not {_label(seen, code)}" for code in sorted(seen.denied))
    shown.extend(f"in doubt: {_label(seen, code)}" for code in sorted(seen.doubtful))
    if len(shown) > MOST_SHOWN:
        return (*shown[:MOST_SHOWN], f"and {len(shown) - MOST_SHOWN} more")
    return tuple(shown)


def _label(seen: Observed, code: str) -> str:
    return seen.vocabulary.label(code) if seen.vocabulary else code


def _words(value: Any, seen: Observed, type: FactType) -> list[str]:
    match value:
        case bool():
            return ["yes" if value else "no"]
        case int():
            return [f"{value} {type.unit or ''}".strip()]
        case Place():
            return [_place(value)]
        case Availability():
            return _availability(value)
        case tuple():
            return [format_meeting(one) for one in cast("tuple[Meeting, ...]", value)]
        case str() if type.kind in (Kind.CODE, Kind.CODES):
            return [_label(seen, value)]
        case _:
            return [str(value)]


def _place(place: Place) -> str:
    latitude, longitude = (_hundredths(degrees) for degrees in (place.latitude, place.longitude))
    area = " (an area)" if place.precision is Precision.AREA else ""
    label = f"{place.label}, " if place.label else ""
    return f"{label}{latitude}, {longitude}{area}"


def _hundredths(microdegrees: int) -> str:
    sign = "-" if microdegrees < 0 else ""
    hundredths = (abs(microdegrees) + MICRODEGREES_A_HUNDREDTH // 2) // MICRODEGREES_A_HUNDREDTH
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def _availability(availability: Availability) -> list[str]:
    free = [f"free {format_window(one)}" for one in availability.free]
    busy = [f"busy {format_window(one)}" for one in availability.busy]
    return [*free, *busy, f"on the clock of {availability.zone}"]
