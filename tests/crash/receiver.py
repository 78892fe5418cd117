"""A FHIR server for crashes: it keeps what it is sent, and fails in ten ways in rotation."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

FAILURES = (
    "refuses the connection", "hangs", "500", "503 with Retry-After", "429", "409", "412",
    "redirects", "half a body", "stores and closes without an answer",
)  # fmt: skip
EVERY = 4  # one request in so many fails, by chance: or it could be that of one resource each time
SEED = 1
HANGS = 0.5  # seconds, longer than the client of these tests waits
REFUSES = 0.1  # seconds for which nobody listens
_STORES = ("hangs", "half a body", "stores and closes without an answer")
TYPES = ("Task", "Flag", "RiskAssessment", "RequestGroup", "Communication", "DocumentReference")


OWNER = {
    "type": "Practitioner", "identifier": {"value": "staff-05"}, "display": "Maria Delgado, LCSW",
}  # fmt: skip


class _Kept:
    """What the server holds, by type and id."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.ids, self.failed = count(1), Counter[str]()
        self.random, self.failures = Random(SEED), cycle(FAILURES)

    def keep(self, resource: dict[str, Any], id: str) -> dict[str, Any]:
        """Keep a new version of a resource."""
        key = resource["resourceType"], id
        before = int(self.resources[key]["meta"]["versionId"]) if key in self.resources else 0
        meta = resource.get("meta", {}) | {"versionId": str(before + 1)}
        self.resources[key] = resource | {"id": id, "meta": meta}
        return self.resources[key]

    def accept(self, subject: str) -> None:
        """Somebody with a name takes on every task of a person that belongs to an escalation, and
        has done the others."""
        for (type, id), one in list(self.resources.items()):
            is_new = type == "Task" and one["status"] == "requested"
            if is_new and one["for"]["reference"] == f"Patient/{subject}":
                status = "accepted" if "groupIdentifier" in one else "completed"
                self.keep(one | {"status": status, "owner": OWNER}, id)

    def with_identifier(self, type: str, wanted: str) -> list[dict[str, Any]]:
        return [
            one
            for (kind, _), one in self.resources.items()
            if kind == type
            and any(f"{i['system']}|{i['value']}" == wanted for i in one.get("identifier", []))
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: _Kept

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        failure = self._failure()
        if failure is not None:
            self._fail(failure)
            return
        url = urlparse(self.path)
        parts = [one for one in url.path.split("/") if one]
        with self.kept.lock:
            if parts == ["metadata"]:
                self._answer(200, _statement())
            elif len(parts) == 2 and (parts[0], parts[1]) in self.kept.resources:
                self._answer(200, self.kept.resources[parts[0], parts[1]])
            elif len(parts) == 1:
                wanted = parse_qs(url.query).get("identifier", [""])[0]
                entries = [{"resource": one} for one in self.kept.with_identifier(parts[0], wanted)]
                bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
                self._answer(200, bundle)
            else:
                self._answer(404, {"resourceType": "OperationOutcome"})

    def do_POST(self) -> None:
        resource = self._read()
        wanted = parse_qs(self.headers.get("If-None-Exist", "")).get("identifier", [""])[0]

        def change() -> tuple[int, dict[str, Any]]:
            found = self.kept.with_identifier(resource["resourceType"], wanted) if wanted else []
            if found:
                return 200, found[0]
            return 201, self.kept.keep(resource, str(next(self.kept.ids)))

        self._changed(change)

    def do_PUT(self) -> None:
        resource = self._read()
        seen = self.headers.get("If-Match")

        def change() -> tuple[int, dict[str, Any]]:
            known = self.kept.resources[resource["resourceType"], resource["id"]]
            if seen != f'W/"{known["meta"]["versionId"]}"':
                return 412, {"resourceType": "OperationOutcome"}
            return 200, self.kept.keep(resource, resource["id"])

        self._changed(change)

    def _changed(self, change: Callable[[], tuple[int, dict[str, Any]]]) -> None:
        """Change something and say so, or fail: before the change or after it."""
        failure = self._failure()
        if failure is not None and failure not in _STORES:
            self._fail(failure)
            return
        if failure == "hangs":
            time.sleep(HANGS)  # by now the client has given up, and perhaps has asked again
        with self.kept.lock:
            answer = change()
        if failure is not None:
            self._fail(failure)
        else:
            self._answer(*answer)

    def _read(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _failure(self) -> str | None:
        with self.kept.lock:
            if self.kept.random.randrange(EVERY):
                return None
            failure = next(self.kept.failures)
            self.kept.failed[failure] += 1
            return failure

    def _fail(self, failure: str) -> None:
        match failure:
            case "hangs":
                time.sleep(HANGS)
                self._cut()
            case "refuses the connection":
                self._cut()
                self.server.shutdown()  # see `_serve`: it listens again after a while
            case "500" | "429" | "409" | "412":
                self._answer(int(failure), {"resourceType": "OperationOutcome"})
            case "503 with Retry-After":
                self._answer(503, {"resourceType": "OperationOutcome"}, {"Retry-After": "1"})
            case "redirects":
                self._answer(302, {}, {"Location": "/elsewhere"})
            case "half a body":
                self.send_response(201)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"resourceType": "Task"')
                self._cut()
            case _:
                self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that were killed are no news."""


def _statement() -> dict[str, Any]:
    interactions = [{"code": one} for one in ("read", "create", "update", "search-type")]
    search = [{"name": "identifier", "type": "token"}]
    return {
        "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "status": "active",
        "kind": "instance", "format": ["json"],
        "rest": [{"mode": "server", "resource": [
            {"type": one, "interaction": interactions, "conditionalCreate": True,
             "searchParam": search} for one in TYPES]}],
    }  # fmt: skip


def _serve(pipe: Connection) -> None:
    """Listen until the other end is gone, and answer what it asks: `held`, or whose tasks somebody
    accepts."""
    kept = _Kept()
    handler = type("Handler", (_Handler,), {"kept": kept})
    server = _Server(("127.0.0.1", 0), handler)
    pipe.send(server.server_address[1])

    def listen() -> None:
        listening: _Server | None = server
        while True:
            listening.serve_forever(poll_interval=0.02)
            listening.server_close()
            time.sleep(REFUSES)
            listening = None
            while listening is None:
                with suppress(OSError):  # some client has the port at its end of a connection
                    listening = _Server(server.server_address, handler)

    Thread(target=listen, daemon=True).start()
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            return
        with kept.lock:
            if asked == "held":
                pipe.send((list(kept.resources.values()), dict(kept.failed)))
            else:
                pipe.send(kept.accept(asked))


class Receiver:
    """A server in a process of its own, with what it holds."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.base, self._pipe = f"http://127.0.0.1:{port}", pipe

    def held(self) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Every resource, and how often the server failed in which way."""
        self._pipe.send("held")
        return self._pipe.recv()

    def accept(self, person: str) -> None:
        """A clinician accepts the tasks that are there about a person."""
        self._pipe.send(person)
        self._pipe.recv()


@contextmanager
def receiving() -> Generator[Receiver]:
    """A receiver that runs until the end of the block."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that a receiver that does not start is seen
    try:
        yield Receiver(ours.recv(), ours)
    finally:
        process.kill()
        process.join()
