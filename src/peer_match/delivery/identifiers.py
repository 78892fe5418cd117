"""The business identifier of a resource: what a server knows it by, however often it arrives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from peer_match.delivery.answers import objects

# What separates the parts of a search parameter stands with a backslash where it is none.
_SEPARATORS = re.compile(r"([\\,$|])")


@dataclass(frozen=True, slots=True)
class BusinessIdentifier:
    """A name that nobody else gives: a system and a value in it."""

    system: str
    value: str

    @property
    def query(self) -> str:
        """The search parameter that finds it, encoded for an address: `identifier=system|value`."""
        return f"identifier={_encoded(self.system)}|{_encoded(self.value)}"

    def is_of(self, resource: dict[str, Any]) -> bool:
        """Whether a resource bears it."""
        return any(
            (one.get("system"), one.get("value")) == (self.system, self.value)
            for one in _identifiers(resource)
        )


def business_identifier(resource: dict[str, Any]) -> BusinessIdentifier | None:
    """The first identifier of a resource, which is its own; later ones may name a group of them."""
    found = _identifiers(resource)
    system, value = (found[0].get("system"), found[0].get("value")) if found else (None, None)
    if not isinstance(system, str) or not isinstance(value, str) or not system or not value:
        return None
    return BusinessIdentifier(system, value)


def _identifiers(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found: object = resource.get("identifier")
    # Some types have one identifier at most, which is then no list.
    return [*objects(found), *objects([found])]


def _encoded(part: str) -> str:
    return quote(_SEPARATORS.sub(r"\\\1", part), safe=":/")
