"""The facts of an example, from their short forms in a rule file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Unknown
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.observed import Observed
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.vocabulary import Vocabularies
from peer_match.facts.week import Availability, Meeting
from peer_match.facts.week_text import parse_meeting, parse_window
from peer_match.policy.diagnostics import Diagnostic, did_you_mean, error, quote
from peer_match.policy.nearness import did_you_slip, value_meant
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.rule_parts import read_span
from peer_match.policy.typography import how_to_type
from peer_match.policy.units import FACT_DIMENSION, UNITS, whole_number

UNKNOWN_WORD = "unknown"


class _NotReadableError(Exception):
    """A value that cannot be read: what was expected."""


@dataclass
class ExampleFacts:
    """Reads the `given` of one example; problems are added as they are found."""

    vocabularies: Vocabularies
    as_of: datetime
    problems: list[Diagnostic]

    def read(self, given: Mapping) -> dict[str, Observed]:
        """Every fact given, by name."""
        found: dict[str, Observed] = {}
        for key, value in given.entries:
            type = CATALOGUE.get(key.text)
            if type is None:
                self.problems.append(
                    error(
                        "PM501",
                        f"unknown fact {quote(key.text)}",
                        key.position,
                        "write the facts out; what is left out is unknown"
                        if key.text in ("...", "…")
                        else how_to_type(key.text) or did_you_slip(key.text, CATALOGUE),
                    )
                )
                continue
            if type.vocabulary is not None and type.vocabulary not in self.vocabularies:
                continue  # the missing vocabulary is reported where it is missing
            try:
                found[key.text] = self._value(type, value)
            except (_NotReadableError, ValueError) as problem:
                self.problems.append(
                    error(
                        "PM501",
                        f"cannot read the value of `{key.text}`",
                        value.position,
                        how_to_type(value.text if isinstance(value, Scalar) else "")
                        or _first_line(problem),
                    )
                )
        return found

    def blank(self, name: str) -> Observed:
        """A fact of which nothing is said: unknown."""
        type = CATALOGUE[name]
        return Observed(type, self.vocabularies[type.vocabulary] if type.vocabulary else None)

    def _value(self, type: FactType, node: Node) -> Observed:
        blank = self.blank(type.name)
        if isinstance(node, Scalar) and node.text == UNKNOWN_WORD:
            return blank
        match type.kind:
            case Kind.CODES:
                return self._codes(blank, type, node)
            case Kind.CODE:
                return blank.known_as(self._code(type, _text(node)))
            case Kind.YES_NO:
                return blank.known_as(_yes_no(_text(node)))
            case Kind.QUANTITY:
                return blank.known_as(_quantity(type, _text(node)))
            case Kind.DATE:
                return blank.known_as(self._date(_text(node)))
            case Kind.PLACE:
                return blank.known_as(_place(_text(node)))
            case Kind.AVAILABILITY:
                return blank.known_as(_availability(node))
            case Kind.MEETINGS:
                return blank.known_as(_meetings(node))

    def _codes(self, blank: Observed, type: FactType, node: Node) -> Observed:
        """A bare list is exactly these; `{at_least: […]}` leaves the list open."""
        complete, items = True, node
        if isinstance(node, Mapping) and len(node.entries) == 1:
            key, items = node.entries[0]
            if key.text not in ("exactly", "at_least"):
                raise _NotReadableError("expected `exactly` or `at_least`")
            complete = key.text == "exactly"
        if not isinstance(items, Sequence):
            raise _NotReadableError("expected a list in square brackets")
        codes = tuple(sorted(self._code(type, _text(item)) for item in items.items))
        if complete:
            return blank.known_as(*codes)
        return replace(blank, values=codes, unknown=Unknown.INCOMPLETE)

    def _code(self, type: FactType, text: str) -> str:
        vocabulary = self.vocabularies[type.vocabulary or ""]
        if text not in vocabulary.codes:
            raise _NotReadableError(how_to_type(text) or value_meant(text, vocabulary))
        return text

    def _date(self, text: str) -> PartialDate:
        """A date, or a distance from the example's moment."""
        ago, ahead = text.removesuffix(" ago"), text.removeprefix("in ")
        span = read_span(ago) if ago != text else read_span(ahead) if ahead != text else None
        if span is not None:
            moment = span.before(self.as_of) if ago != text else span.after(self.as_of)
            return PartialDate.of(moment.date())
        return PartialDate(text)


def _first_line(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        return str(problem.errors()[0]["msg"])
    return str(problem).splitlines()[0] if str(problem) else ""


def _text(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise _NotReadableError("expected one value")
    return node.text


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise _NotReadableError("expected yes or no")
    return text == "yes"


def _quantity(type: FactType, text: str) -> int:
    dimension = FACT_DIMENSION[type.unit or "points"]
    words = text.split()
    unit = UNITS.get(words[1]) if len(words) == 2 else None
    number = whole_number(words[0]) if len(words) == 2 else None
    if unit is None or unit.dimension != dimension or number is None:
        raise _NotReadableError(f"expected a whole number of {type.unit}")
    return number * unit.factor


_PLACE = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)", re.ASCII)


def _place(text: str) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise _NotReadableError('expected latitude and longitude, such as "33.70, -117.80"')
    return Place.at(float(found[1]), float(found[2]))


def _entries(node: Node, allowed: frozenset[str]) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise _NotReadableError(f"expected {', '.join(sorted(allowed))}")
    for key, _ in node.entries:
        if key.text not in allowed:
            raise _NotReadableError(did_you_mean(key.text, allowed) or f"unknown key {key.text}")
    return {key.text: value for key, value in node.entries}


def _texts(node: Node | None) -> list[str]:
    if node is None:
        return []
    if not isinstance(node, Sequence):
        raise _NotReadableError("expected a list in square brackets")
    return [_text(item) for item in node.items]


def _availability(node: Node) -> Availability:
    parts = _entries(node, frozenset({"zone", "free", "busy"}))
    if "zone" not in parts:
        raise _NotReadableError("name the zone, such as America/Los_Angeles")
    return Availability(
        zone=_text(parts["zone"]),
        free=tuple(parse_window(text) for text in _texts(parts.get("free"))),
        busy=tuple(parse_window(text) for text in _texts(parts.get("busy"))),
    )


def _meetings(node: Node) -> tuple[Meeting, ...]:
    parts = _entries(node, frozenset({"zone", "formats", "at"}))
    zone = _text(parts["zone"]) if "zone" in parts else None
    formats = frozenset(_texts(parts.get("formats")))
    return tuple(
        Meeting.model_validate(
            parse_meeting(text, id=f"meeting-{place}").model_dump()
            | {"zone": zone, "formats": formats}
        )
        for place, text in enumerate(_texts(parts.get("at")), 1)
    )
