"""A place in FHIR JSON that nobody has checked: its value, its path, and where to note doubts.

Every reader goes through these: a value of the wrong type is noted once and reads as absent, so
that no shape of input can raise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, NamedTuple, cast

from peer_match.facts.provenance import PartialDate
from peer_match.fhir.read_notes import NoteKind, Notes

ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Coded(NamedTuple):
    """A coding as it stands; each part may be missing."""

    system: str | None
    code: str | None
    display: str | None

    def __str__(self) -> str:
        name = f" ({self.display})" if self.display else ""
        return f"{self.system or 'no system'} {self.code or 'no code'}{name}"


class Element:
    """A value at a path. Absent values are elements too, and have nothing in them."""

    __slots__ = ("notes", "path", "value")

    def __init__(self, value: Any, path: str, notes: Notes) -> None:
        self.value: Any = value
        self.path = path
        self.notes = notes

    def __bool__(self) -> bool:
        return self.value is not None

    def __getitem__(self, key: str) -> Element:
        found = self._mapping().get(key) if self else None
        return Element(found, f"{self.path}.{key}", self.notes)

    def first(self, *keys: str) -> Element:
        """The first of these children that is there, else the last of them, absent."""
        for key in keys:
            if child := self[key]:
                return child
        return self[keys[-1]]

    def children(self) -> tuple[str, ...]:
        """The names of the children."""
        return tuple(self._mapping()) if self else ()

    def items(self) -> Iterator[Element]:
        """The elements of a list; gaps are left out."""
        if self.value is None:
            return
        found: object = self.value
        if not isinstance(found, list):
            self.unreadable("a list")
            return
        for place, one in enumerate(cast("list[Any]", found)):
            if one is not None:
                yield Element(one, f"{self.path}[{place}]", self.notes)

    def text(self) -> str | None:
        """Text that holds more than spaces."""
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            self.unreadable("text")
            return None
        return self.value.strip() or None

    def boolean(self) -> bool | None:
        """True or false."""
        if self.value is None or isinstance(self.value, bool):
            return self.value
        self.unreadable("true or false")
        return None

    def number(self) -> int | float | None:
        """A finite number."""
        value = self.value
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and isfinite(value):
            return value
        self.unreadable("a number")
        return None

    def whole_number(self) -> int | None:
        """A number without a fraction."""
        value = self.number()
        if value is None or value == int(value):
            return None if value is None else int(value)
        self.unreadable("a whole number")
        return None

    def date(self) -> PartialDate | None:
        """A date, whole or partial, or a date with a time."""
        text = self.text()
        if text is None:
            return None
        try:
            return PartialDate(text)
        except ValueError:
            self.unreadable("a date such as 2026, 2026-03 or 2026-03-01T09:00:00Z")
            return None

    def coding(self) -> Coded:
        """The parts of a Coding."""
        return Coded(self["system"].text(), self["code"].text(), self["display"].text())

    def codings(self) -> tuple[Coded, ...]:
        """The codings of a CodeableConcept."""
        return tuple(one.coding() for one in self["coding"].items())

    def codes(self) -> frozenset[str]:
        """The codes of a CodeableConcept, whatever their systems."""
        return frozenset(one.code for one in self.codings() if one.code)

    def absent_because(self, key: str) -> str | None:
        """Why a primitive child is absent, from its `_key` extension."""
        for extension in self[f"_{key}"]["extension"].items():
            if extension["url"].text() == ABSENT_REASON:
                return extension["valueCode"].text()
        return None

    def unreadable(self, expected: str) -> None:
        """Note that the value is not what it should be."""
        self.notes.add(
            NoteKind.UNREADABLE,
            self.path,
            f"expected {expected} in `{self.path.rsplit('.', 1)[-1].split('[')[0]}`, "
            f"found {_kind_of(self.value)}",
            "correct the record; this value was left out",
        )

    def _mapping(self) -> Mapping[str, Any]:
        found: object = self.value
        if isinstance(found, dict):
            return cast("dict[str, Any]", found)
        self.unreadable("an object")
        return {}


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "other text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "something else"
