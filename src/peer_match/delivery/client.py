"""A client of one FHIR server: requests with a token, and answers that were seen to be true.

What a server says is checked against what was asked: a resource must be of the type and bear the
identifier that was looked for, since servers are known to pass over search parameters that they do
not know, and pages of a proxy arrive with a status of success.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Never, cast

import orjson

from peer_match.delivery.addresses import Reach
from peer_match.delivery.answers import (
    is_about_the_token,
    is_success,
    located,
    objects,
    refusal,
    version_of,
)
from peer_match.delivery.backend_services import TokenSource
from peer_match.delivery.capabilities import Capabilities, Remembered, read_statement
from peer_match.delivery.exchange import Answer, Json, Limits, exchange
from peer_match.delivery.failures import PermanentError, TemporaryError
from peer_match.delivery.identifiers import BusinessIdentifier
from peer_match.fhir.write_elements import FHIR_ID

_FHIR_JSON = "application/fhir+json"
_CREATED = 201


@dataclass(frozen=True, slots=True)
class Server:
    """Where a FHIR server is (`base`, without a slash at its end) and what may be called."""

    base: str
    reach: Reach
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.reach.check(self.base)
        object.__setattr__(self, "base", self.base.rstrip("/"))


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as a server keeps it; `content` is None where the server did not show it."""

    type: str
    id: str
    version: str | None
    content: Json | None

    @property
    def remote_id(self) -> str:
        """`Task/7`."""
        return f"{self.type}/{self.id}"

    @property
    def status(self) -> str | None:
        """The status that the server gave."""
        said = (self.content or {}).get("status")
        return said if isinstance(said, str) else None


@dataclass(frozen=True, slots=True)
class Creation:
    """What came of making a resource. Where it is not new, one was there already: `stored`, if the
    server showed it."""

    stored: Stored | None
    is_new: bool


class FhirClient:
    """Requests to one server. Safe to share between threads.

    Every method raises TemporaryError or PermanentError (see `failures.py`) where the server did
    not do what it was asked.
    """

    def __init__(self, server: Server, tokens: TokenSource | None = None) -> None:
        self.server = server
        self._tokens = tokens
        self._capabilities = Remembered(self._read_capabilities)

    def capabilities(self) -> Capabilities:
        """What the server can do, as its statement says that is an hour old at most."""
        return self._capabilities.get()

    def forget_capabilities(self) -> None:
        """Read the statement again: the server did not do what it had said."""
        self._capabilities.forget()

    def read(self, type: str, id: str) -> Stored:
        """One resource. Raises GoneError where it was deleted."""
        answer = self._asked("GET", f"/{type}/{id}")
        shown = _shown(answer, type)
        return shown if shown is not None and shown.id == id else _unreadable()

    def search(self, type: str, query: str) -> tuple[Stored, ...]:
        """The resources of a type that match, of the first page. `query` is encoded already."""
        answer = self._asked("GET", f"/{type}?{query}", {"prefer": "handling=strict"})
        bundle = answer.json() or {}
        if bundle.get("resourceType") != "Bundle":
            _unreadable()
        shown: list[Stored] = []
        for entry in objects(bundle.get("entry")):
            for content in objects([entry.get("resource")]):
                one = _stored(content, type, None)
                if one is not None:
                    shown.append(one)
        return tuple(shown)

    def find(self, type: str, identifier: BusinessIdentifier) -> Stored | None:
        """The one resource with this identifier. Raises PermanentError where there are several, or
        where the server gives others: then it does not search by identifier."""
        shown = self.search(type, identifier.query)
        found = [one for one in shown if identifier.is_of(one.content or {})]
        if len({one.id for one in found}) > 1:
            raise PermanentError("several resources at the server have this identifier")
        if shown and not found:
            raise PermanentError("the server does not search by identifier")
        return found[0] if found else None

    def create(self, resource: Json, only_without: BusinessIdentifier | None) -> Creation:
        """Make a resource, unless one with the identifier is there.

        Raises ConflictError where the server wants it looked at again.
        """
        type: str = resource["resourceType"]
        headers = {} if only_without is None else {"if-none-exist": only_without.query}
        content = {name: value for name, value in resource.items() if name != "id"}
        answer = self._asked("POST", f"/{type}", headers, content)
        is_new = answer.status == _CREATED
        shown, place = _shown(answer, type), located(answer, type)
        if shown is None and place is not None:
            # A body that is none of FHIR may have come from something else than the server.
            is_said = is_new and not answer.body
            shown = Stored(type, *place, None) if is_said else self.read(type, place[0])
        if is_new:
            return Creation(shown or _unreadable(), is_new)
        if shown is None or only_without is None or not only_without.is_of(shown.content or {}):
            return Creation(None, is_new)
        return Creation(shown, is_new)

    def update(self, resource: Json, id: str, version: str) -> Stored:
        """Change a resource that has this version still. Raises ConflictError where it has not."""
        type: str = resource["resourceType"]
        headers = {"if-match": f'W/"{version}"'}
        answer = self._asked("PUT", f"/{type}/{id}", headers, {**resource, "id": id})
        shown = _shown(answer, type)
        return shown if shown is not None and shown.id == id else self.read(type, id)

    def _read_capabilities(self) -> Capabilities:
        # What is wrong with a statement is wrong for now, whatever the server answered.
        try:
            answer = self._asked("GET", "/metadata")
        except PermanentError as error:
            raise TemporaryError(
                f"reading the CapabilityStatement: {error.code}", ends_round=True
            ) from None
        statement = answer.json()
        if statement is None:
            raise TemporaryError("the CapabilityStatement is not JSON", ends_round=True)
        return read_statement(statement)

    def _asked(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        content: dict[str, Any] | None = None,
    ) -> Answer:
        """The answer to a request, if it is a success; a refused token is replaced once."""
        token = None if self._tokens is None else self._tokens.token()
        answer = self._sent(method, path, headers or {}, content, token)
        if self._tokens is not None and token is not None and is_about_the_token(answer):
            self._tokens.forget(token)
            answer = self._sent(method, path, headers or {}, content, self._tokens.token())
        if not is_success(answer):
            raise refusal(answer)
        return answer

    def _sent(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        content: dict[str, Any] | None,
        token: str | None,
    ) -> Answer:
        said = {"accept": _FHIR_JSON, **headers}
        if token is not None:
            said["authorization"] = f"Bearer {token}"
        if content is not None:
            said |= {"content-type": _FHIR_JSON, "prefer": "return=representation"}
        body = None if content is None else orjson.dumps(content)
        address = self.server.base + path
        return exchange(self.server.reach, self.server.limits, method, address, said, body)


def _shown(answer: Answer, type: str) -> Stored | None:
    """The resource in an answer, if there is one of this type."""
    return _stored(answer.json() or {}, type, version_of(answer))


def _stored(content: Json, type: str, version: str | None) -> Stored | None:
    id, meta = content.get("id"), content.get("meta")
    if content.get("resourceType") != type or not isinstance(id, str) or not FHIR_ID.fullmatch(id):
        return None
    if isinstance(meta, dict):
        said = cast("Json", meta).get("versionId")
        if isinstance(said, str) and FHIR_ID.fullmatch(said):
            version = said
    return Stored(type, id, version, content)


def _unreadable() -> Never:
    raise TemporaryError("the answer is no FHIR resource of the kind that was asked for")
