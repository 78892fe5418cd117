"""What references point at: every form in which one resource names another.

`urn:uuid:…`, `Type/id`, an absolute address, any of them with `/_history/version`, `#contained`,
an identifier alone, and a conditional `Type?identifier=system|value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from peer_match.fhir.read_element import Element

Identifier = tuple[str, str]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
URN = ("urn:uuid:", "urn:oid:")


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with its type, and its address where it has one."""

    resource: Element
    type: str
    full_url: str | None = None

    @property
    def id(self) -> str | None:
        """The resource's own id, or the one that its address ends in."""
        own = self.resource["id"].text()
        if own is None and self.full_url:
            last = self.full_url.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
            # An address by identifier names no resource, and may hold a number of the person.
            return last if _ID.fullmatch(last) and "?" not in self.full_url else None
        return own

    @property
    def source(self) -> str:
        """How facts name this resource: `Observation/42`, or its place without an id."""
        return f"{self.type}/{self.id}" if self.id else self.resource.path

    def identifiers(self) -> frozenset[Identifier]:
        """Its business identifiers."""
        return frozenset(
            found for one in self.resource["identifier"].items() if (found := identifier_in(one))
        )

    def names(self) -> Iterator[str]:
        """Every text by which a reference can name it."""
        if self.full_url:
            yield self.full_url
        if self.id:
            yield f"{self.type}/{self.id}"
            yield from (f"{urn}{self.id}" for urn in URN)


class Resources:
    """The resources that references may point at."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_name: dict[str, Entry] = {}
        self._by_identifier: dict[tuple[str, Identifier], Entry] = {}
        for entry in entries:
            for name in entry.names():
                self._by_name.setdefault(name, entry)
            for identifier in entry.identifiers():
                self._by_identifier.setdefault((entry.type, identifier), entry)

    def find(self, reference: Element, owner: Element) -> Entry | None:
        """The resource that a reference inside `owner` points at, or None."""
        text = reference["reference"].text()
        if text is None:
            identifier = identifier_in(reference["identifier"])
            kind = reference["type"].text()
            return self._by_identifier.get((kind or "", identifier)) if identifier else None
        if text.startswith("#"):
            return contained(owner, text[1:])
        if asked := conditional(text):
            return self._by_identifier.get(asked)
        text = without_version(text)
        return self._by_name.get(text) or self._by_name.get(relative(text))


def contained(owner: Element, id: str) -> Entry | None:
    """The resource of this id inside another one."""
    for one in owner["contained"].items():
        kind = one["resourceType"].text()
        if kind and one["id"].text() == id:
            return Entry(one, kind)
    return None


def type_of(reference: Element) -> str | None:
    """The resource type that a reference names, as far as its text tells."""
    stated, text = reference["type"].text(), reference["reference"].text()
    if stated:
        return stated.rsplit("/", 1)[-1]
    if text is None or text.startswith(("#", *URN)):
        return None
    name = relative(without_version(text)).split("?")[0].split("/")[0]
    return name if name[:1].isupper() else None


def identifier_in(element: Element) -> Identifier | None:
    """The system and value of an Identifier; None without a value."""
    value = element["value"].text()
    return (element["system"].text() or "", value) if value else None


def conditional(text: str) -> tuple[str, Identifier] | None:
    """The type and identifier of `Type?identifier=system|value`."""
    address, _, query = text.partition("?")
    for key, value in parse_qsl(query):
        if key == "identifier":
            system, _, bare = value.rpartition("|")
            return address.rsplit("/", 1)[-1], (system, unquote(bare))
    return None


def without_version(text: str) -> str:
    """A reference without the version that it names."""
    return text.partition("/_history/")[0]


def relative(text: str) -> str:
    """The `Type/id` that an address ends in."""
    try:
        path = urlsplit(text).path
    except ValueError:
        return text
    return "/".join(path.rstrip("/").split("/")[-2:])
