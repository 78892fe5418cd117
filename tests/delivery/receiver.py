"""A small FHIR server on this machine that is real where it matters: it keeps what it is given.

It creates on a condition, searches by identifier, reads, and updates against a version. It can be
told to be one of several kinds of server, and to fail in several ways. It answers in threads, so a
request that hangs holds up no other.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Json = dict[str, Any]

WRITES = ("POST", "PUT")
RETRY_AFTER = 120
"""Seconds that a busy server asks for."""
_LONGEST_ASSERTION = 300
_TYPES = (
    *("Task", "ServiceRequest", "Communication", "DocumentReference", "Flag", "RiskAssessment"),
    *("RequestGroup", "CommunicationRequest", "Practitioner"),
)


class Failure(Enum):
    """What can go wrong with a request."""

    REFUSES = auto()
    HANGS = auto()
    ERROR = auto()
    BUSY = auto()
    TOO_MANY = auto()
    CONFLICT = auto()
    FAILED_CONDITION = auto()
    REDIRECT = auto()
    HALF_BODY = auto()
    NOT_JSON = auto()
    STORES_AND_CLOSES = auto()
    UNAUTHORIZED = auto()
    INVALID = auto()
    """The one that speaks of the resource: it will be refused each time."""


_STATUS = {
    Failure.ERROR: 500,
    Failure.BUSY: 503,
    Failure.TOO_MANY: 429,
    Failure.CONFLICT: 409,
    Failure.FAILED_CONDITION: 412,
    Failure.REDIRECT: 307,
    Failure.UNAUTHORIZED: 401,
    Failure.INVALID: 422,
}
_DOES_IT_ALL_THE_SAME = (Failure.HALF_BODY, Failure.STORES_AND_CLOSES)


@dataclass(frozen=True)
class Kind:
    """What a server can do. `missing` are types that it does not know at all."""

    conditional_create: bool = True
    search: bool = True
    update: bool = True
    missing: frozenset[str] = frozenset()
    shows: bool = True
    """Whether it shows what it made. Where it does not, it says only where it is."""
    release: str = "4.0.1"


ALL = Kind()
NO_CONDITIONAL_CREATE = Kind(conditional_create=False)
NO_TASK = Kind(missing=frozenset({"Task"}))
NOTHING = Kind(missing=frozenset(_TYPES))


@dataclass(frozen=True)
class Request:
    """A request that arrived. `path` is what follows the base; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Registered:
    """A client that may have tokens: its id and its public key by the name of the key."""

    client_id: str
    keys: dict[str, RSAKey | ECKey]
    algorithm: str


@dataclass
class _Failing:
    failure: Failure
    methods: Collection[str]
    containing: str
    left: int | None


@dataclass
class Said:
    """An answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Receiver:
    """The server. Everything it has seen and keeps can be looked at."""

    def __init__(self, kind: Kind = ALL) -> None:
        self.kind = kind
        self.scripted: dict[str, Said] = {}
        """What it says instead, by method and path without the query: `GET /Task`."""
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.registered: Registered | None = None
        self.endpoint: str | None = None
        """The token endpoint that the server names, if it is not its own."""
        self.expires_in: object = 300
        self.clock: Callable[[], float] = time.time
        self.tokens: list[str] = []
        self._valid: set[str] = set()
        self._jtis: set[str] = set()
        self._kept: dict[str, list[Json]] = {}  # by "Task/1", every version
        self._deleted: set[str] = set()
        self._lock = threading.Lock()
        self._failing: list[_Failing] = []
        self._over = threading.Event()
        self._listening: _Listener | None = None
        self._port = 0
        self._listen()

    # --- where it is and what it keeps ---------------------------------------------------------

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def base(self) -> str:
        return f"{self.origin}/fhir"

    @property
    def token_endpoint(self) -> str:
        return self.endpoint or f"{self.origin}/auth/token"

    def kept(self, type: str | None = None) -> list[Json]:
        """The newest version of everything it keeps, in the order in which it came to be."""
        newest = [versions[-1] for versions in self._kept.values()]
        return [one for one in newest if type in (None, one["resourceType"])]

    def versions(self, address: str) -> list[Json]:
        return self._kept[address]

    def asked(self, method: str, path: str = "") -> list[Request]:
        """The requests of a method whose path begins so."""
        return [one for one in self.requests if one.method == method and one.path.startswith(path)]

    def keep(self, resource: Json) -> str:
        """Somebody else makes a resource at the server; gives where it is."""
        with self._lock:
            id = str(len(self._kept) + 1)
            address = f"{resource['resourceType']}/{id}"
            self._keep(address, {**resource, "id": id})
            return address

    def change(self, address: str, **elements: object) -> None:
        """Somebody changes a resource at the server; None takes an element away."""
        with self._lock:
            changed = {**self._kept[address][-1], **elements}
            self._keep(address, {name: one for name, one in changed.items() if one is not None})

    def delete(self, address: str) -> None:
        with self._lock:
            self._deleted.add(address)

    def revoke(self) -> None:
        """No token that was given is good any more."""
        self._valid.clear()

    # --- failing --------------------------------------------------------------------------------

    @contextmanager
    def failing(
        self,
        failure: Failure,
        *,
        on: Collection[str] = WRITES,
        containing: str = "",
        times: int | None = None,
    ) -> Generator[None, None, None]:
        """Fail the next `times` requests (None: all) of these methods whose path or body has this
        in it. A server that refuses connections refuses all."""
        if failure is Failure.REFUSES:
            self._stop_listening()
            yield
            self._listen()
            return
        failing = _Failing(failure, on, containing, times)
        self._failing.append(failing)
        yield
        self._failing.remove(failing)

    def close(self) -> None:
        self._over.set()
        self._stop_listening()

    def _failure_of(self, request: Request) -> Failure | None:
        with self._lock:
            for one in self._failing:
                text = request.path.encode() + request.body
                if one.left == 0 or request.method not in one.methods:
                    continue
                if one.containing.encode() not in text:
                    continue
                if one.left is not None:
                    one.left -= 1
                return one.failure
        return None

    # --- answering ------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._listening = _Listener(self, self._port)
        self._port = self._listening.server_address[1]
        # Polled often, or every test would wait for it to end.
        threading.Thread(target=self._listening.serve_forever, args=(0.01,), daemon=True).start()

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()
            self._listening = None

    def respond(self, handler: _Handler) -> None:
        """Answer one request, or fail it."""
        length = int(handler.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(length)
        path = handler.path.removeprefix("/fhir")
        request = Request(handler.command, path, headers, body)
        self.requests.append(request)
        failure = self._failure_of(request)
        if failure is None:
            _write(handler, self._answer(request))
            return
        if failure is Failure.HANGS:
            self._over.wait(30)
            handler.close_connection = True
            return
        if failure in _DOES_IT_ALL_THE_SAME:
            answer = self._answer(request)
            if failure is Failure.HALF_BODY:
                _write(handler, answer, half=True)
            handler.close_connection = True
            return
        _write(handler, self._refusal(failure))

    def _refusal(self, failure: Failure) -> Said:
        if failure is Failure.NOT_JSON:
            page = b"<html><body>Sign in to continue</body></html>"
            return Said(200, page, {"content-type": "text/html"})
        headers = {}
        if failure in (Failure.BUSY, Failure.TOO_MANY):
            headers["retry-after"] = str(RETRY_AFTER)
        if failure is Failure.REDIRECT:
            headers["location"] = f"{self.origin}/elsewhere/Task"
        code = "invalid" if failure is Failure.INVALID else "transient"
        outcome = _outcome(code, "Ana Example, born 1990, was refused")
        return said(_STATUS[failure], outcome, **headers)

    def _answer(self, request: Request) -> Said:
        address = urlsplit(request.path)
        if (scripted := self.scripted.get(f"{request.method} {address.path}")) is not None:
            return scripted
        if address.path == "/auth/token":
            return self._token(request)
        if address.path == "/.well-known/smart-configuration":
            return said(200, {"token_endpoint": self.token_endpoint})
        if address.path == "/metadata":
            return said(200, self._statement())
        if self.registered is not None:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme != "Bearer" or token not in self._valid:
                return said(401, _outcome("login", "unknown token"))
        type, _, id = address.path.removeprefix("/").partition("/")
        if type not in _TYPES or type in self.kind.missing:
            return said(404, _outcome("not-supported", type))
        with self._lock:
            if request.method == "POST" and not id:
                return self._create(request, type)
            if request.method == "PUT" and self.kind.update:
                return self._update(request, f"{type}/{id}")
            if request.method == "GET" and id:
                return self._read(f"{type}/{id}")
            if request.method == "GET" and self.kind.search:
                return self._search(type, address.query)
        return said(405, _outcome("not-supported", request.method))

    def _create(self, request: Request, type: str) -> Said:
        condition = request.headers.get("if-none-exist")
        if condition is not None:
            if not self.kind.conditional_create:
                return said(412, _outcome("not-supported", "If-None-Exist"))
            there = self._matching(type, condition)
            if len(there) > 1:
                return said(412, _outcome("multiple-matches", condition))
            if there:
                return self._shown(200, there[0])
        resource: Json = json.loads(request.body)
        assert resource["resourceType"] == type and "id" not in resource
        id = str(len(self._kept) + 1)
        self._keep(f"{type}/{id}", {**resource, "id": id})
        return self._shown(201, self._kept[f"{type}/{id}"][-1])

    def _update(self, request: Request, address: str) -> Said:
        if address not in self._kept or address in self._deleted:
            return said(404, _outcome("not-found", address))
        current = self._kept[address][-1]
        if request.headers.get("if-match") != f'W/"{current["meta"]["versionId"]}"':
            return said(412, _outcome("conflict", address))
        self._keep(address, json.loads(request.body))
        return self._shown(200, self._kept[address][-1])

    def _read(self, address: str) -> Said:
        if address in self._deleted:
            return said(410, _outcome("deleted", address))
        if address not in self._kept:
            return said(404, _outcome("not-found", address))
        return self._shown(200, self._kept[address][-1], is_read=True)

    def _search(self, type: str, query: str) -> Said:
        found = self._matching(type, query)
        entries = [{"resource": one, "search": {"mode": "match"}} for one in found]
        return said(
            200, {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
            | ({"entry": entries} if entries else {}),
        )  # fmt: skip

    def _matching(self, type: str, query: str) -> list[Json]:
        assert query.startswith("identifier="), query
        wanted = _token_of(unquote(query.removeprefix("identifier=")))
        return [
            one
            for one in self.kept(type)
            if f"{type}/{one['id']}" not in self._deleted
            and any((i.get("system"), i.get("value")) == wanted for i in one["identifier"])
        ]

    def _keep(self, address: str, resource: Json) -> None:
        versions = self._kept.setdefault(address, [])
        meta = {**resource.get("meta", {}), "versionId": str(len(versions) + 1)}
        meta["lastUpdated"] = "2026-03-01T12:00:00Z"
        versions.append({**resource, "meta": meta})

    def _shown(self, status: int, resource: Json, *, is_read: bool = False) -> Said:
        version = resource["meta"]["versionId"]
        place = f"{self.base}/{resource['resourceType']}/{resource['id']}/_history/{version}"
        headers = {"etag": f'W/"{version}"', "location": place}
        if is_read or self.kind.shows:
            return said(status, resource, **headers)
        return Said(status, b"", headers)

    def _statement(self) -> Json:
        kind = self.kind
        interactions = [*("create", "read"), *(["update"] if kind.update else [])]
        if kind.search:
            interactions.append("search-type")
        resources = [
            {
                "type": type,
                "interaction": [{"code": code} for code in interactions],
                "conditionalCreate": kind.conditional_create,
                "searchParam": [{"name": "identifier", "type": "token"}] if kind.search else [],
            }
            for type in _TYPES
            if type not in kind.missing
        ]
        return {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "fhirVersion": kind.release,
            "rest": [{"mode": "server", "resource": resources}],
        }

    def _token(self, request: Request) -> Said:
        """Give a token to whoever has signed who they are, as the specification wants it."""
        form = {name: one for name, [one] in parse_qs(request.body.decode()).items()}
        known = self.registered
        try:
            assert known is not None and form["grant_type"] == "client_credentials"
            assert form["client_assertion_type"].endswith(":client-assertion-type:jwt-bearer")
            named = jwt.decode(
                form["client_assertion"],
                lambda signed: known.keys[signed.headers()["kid"]],
                algorithms=[known.algorithm],
            )
            claims = named.claims
            assert named.header["typ"] == "JWT"
            assert claims["iss"] == claims["sub"] == known.client_id
            assert claims["aud"] == self.token_endpoint
            assert 0 < claims["exp"] - self.clock() <= _LONGEST_ASSERTION
            assert claims["jti"] not in self._jtis
        except Exception as error:
            return said(400, {"error": "invalid_client", "why": repr(error)})
        self._jtis.add(claims["jti"])
        token = f"token-{len(self.tokens) + 1}"
        self.tokens.append(token)
        self._valid.add(token)
        granted: Json = {"access_token": token, "token_type": "bearer", "scope": form["scope"]}
        if self.expires_in is not None:
            granted["expires_in"] = self.expires_in
        return said(200, granted)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, receiver: Receiver, port: int) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what several of the failures bring about. Anything else is a
        fault of the server itself, which would pass for one of its failures."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.receiver.faults.append(repr(error))


class _Handler(BaseHTTPRequestHandler):
    server: _Listener  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.receiver.respond(self)

    do_POST = do_GET  # noqa: N815
    do_PUT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Not to the output of the tests."""


def _write(handler: _Handler, answer: Said, *, half: bool = False) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(answer.body)))
    handler.end_headers()
    handler.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)


def said(status: int, body: Json, **headers: str) -> Said:
    """An answer in the JSON of FHIR."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {"content-type": "application/fhir+json; charset=utf-8"}
    return Said(status, json.dumps(body).encode(), kind | named)


def _outcome(code: str, words: str) -> Json:
    issue = {"severity": "error", "code": code, "diagnostics": words}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _token_of(text: str) -> tuple[str, str]:
    """System and value of a search by token: a backslash takes its meaning from a separator."""
    parts = [""]
    characters = iter(text)
    for one in characters:
        if one == "|":
            parts.append("")
        else:
            parts[-1] += next(characters) if one == "\\" else one
    system, value = parts
    return system, value


@contextmanager
def running(kind: Kind = ALL) -> Generator[Receiver, None, None]:
    """A server that ends with the block."""
    receiver = Receiver(kind)
    try:
        yield receiver
    finally:
        receiver.close()
    assert receiver.faults == []


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def without(kind: Kind, *types: str) -> Kind:
    """A server that does not know these types either."""
    return replace(kind, missing=kind.missing | set(types))
