"""What a server says it can take: its CapabilityStatement (R4), read from `/metadata`.

https://hl7.org/fhir/R4/capabilitystatement.html. A statement that cannot be read says nothing,
least of all that the server can do nothing: that is a failure for now, and the row is tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peer_match.delivery.answers import objects
from peer_match.delivery.failures import TemporaryError

STATEMENT_AGE = timedelta(hours=1)
"""For how long a statement is believed."""

_RELEASES = ("4.0", "4.3")  # R4 and R4B, which are alike in all that is sent


@dataclass(frozen=True, slots=True)
class TypeCapabilities:
    """What a server can do with resources of one type."""

    create: bool = False
    read: bool = False
    update: bool = False
    search: bool = False
    finds_identifier: bool = False
    """Whether it says that it searches by `identifier`."""
    conditional_create: bool = False
    conditional_update: bool = False

    @property
    def creates_once(self) -> bool:
        """Whether a resource can be sent again without a second one coming to be."""
        return self.create and (self.conditional_create or self.finds_identifier)


NOTHING = TypeCapabilities()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do, by type of resource."""

    types: Mapping[str, TypeCapabilities]
    transactions: bool = False

    def of(self, type: str) -> TypeCapabilities:
        """What it can do with one type; nothing where its statement leaves the type out."""
        return self.types.get(type, NOTHING)


def read_statement(statement: Mapping[str, Any]) -> Capabilities:
    """What a CapabilityStatement says. Raises TemporaryError where it is none of an R4 server."""
    if statement.get("resourceType") != "CapabilityStatement":
        raise TemporaryError("no CapabilityStatement at the address of one", ends_round=True)
    if not str(statement.get("fhirVersion", "")).startswith(_RELEASES):
        raise TemporaryError("the server speaks another release of FHIR than R4", ends_round=True)
    servers = [rest for rest in objects(statement.get("rest")) if rest.get("mode") == "server"]
    if not servers:
        raise TemporaryError("a CapabilityStatement that describes no server", ends_round=True)
    types: dict[str, TypeCapabilities] = {}
    for rest in servers:
        for resource in objects(rest.get("resource")):
            types[str(resource.get("type"))] = _of_type(resource)
    interactions = {code for rest in servers for code in _codes(rest)}
    return Capabilities(types, transactions="transaction" in interactions)


def _of_type(resource: Mapping[str, Any]) -> TypeCapabilities:
    interactions = _codes(resource)
    parameters = {one.get("name") for one in objects(resource.get("searchParam"))}
    is_searched = "search-type" in interactions
    return TypeCapabilities(
        create="create" in interactions,
        read="read" in interactions,
        update="update" in interactions,
        search=is_searched,
        finds_identifier=is_searched and "identifier" in parameters,
        conditional_create=resource.get("conditionalCreate") is True,
        conditional_update=resource.get("conditionalUpdate") is True,
    )


def _codes(holder: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(one.get("code")) for one in objects(holder.get("interaction")))


class Remembered:
    """What a server can do, read again once it is older than `age`."""

    def __init__(
        self,
        read: Callable[[], Capabilities],
        age: timedelta = STATEMENT_AGE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._age = age.total_seconds()
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, Capabilities] | None = None

    def get(self) -> Capabilities:
        """What the server can do. Raises what reading it raises; nothing is remembered then."""
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] >= self._age:
                self._known = now, self._read()
            return self._known[1]

    def forget(self) -> None:
        """Read it again next time: the server did not do what it had said."""
        with self._lock:
            self._known = None
