"""A FHIR server for crashes: it keeps what it is sent, and fails in ten ways in rotation."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

FAILURES = (
    "refuses the connection", "hangs", "500", "503 with Retry-After", "429", "409", "412",
    "redirects", "half a body", "stores and closes without an answer",
)  # fmt: skip
EVERY = 4  # one request that changes something in so many fails
HANGS = 0.7  # seconds, longer than the client of these tests waits
TYPES = ("Task", "Flag", "RiskAssessment", "RequestGroup", "Communication", "DocumentReference")


class _Kept:
    """What the server holds, by type and id."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests, self.ids, self.failed = count(1), count(1), Counter[str]()

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
        url = urlparse(self.path)
        parts = [one for one in url.path.split("/") if one]
        if parts == ["metadata"]:
            self._answer(200, _statement())
        elif len(parts) == 2 and (parts[0], parts[1]) in self.kept.resources:
            self._answer(200, self.kept.resources[parts[0], parts[1]])
        elif len(parts) == 1:
            wanted = parse_qs(url.query).get("identifier", [""])[0]
            with self.kept.lock:
                found = self.kept.with_identifier(parts[0], wanted)
            entries = [{"resource": one} for one in found]
            self._answer(200, {"resourceType": "Bundle", "type": "searchset", "entry": entries})
        else:
            self._answer(404, {"resourceType": "OperationOutcome"})

    def do_POST(self) -> None:
        resource = self._read()
        failure = self._failure()
        if failure is not None and failure != FAILURES[-1]:
            self._fail(failure)
            return
        wanted = parse_qs(self.headers.get("If-None-Exist", "")).get("identifier", [""])[0]
        with self.kept.lock:
            found = self.kept.with_identifier(resource["resourceType"], wanted) if wanted else []
            if not found:
                resource = self._keep(resource, str(next(self.kept.ids)), 1)
        if failure is not None:
            self._fail(failure)
        elif found:
            self._answer(200, found[0])
        else:
            self._answer(201, resource)

    def do_PUT(self) -> None:
        resource = self._read()
        key = resource["resourceType"], str(resource["id"])
        with self.kept.lock:
            known = self.kept.resources.get(key)
            version = 1 if known is None else int(known["meta"]["versionId"]) + 1
            kept = self._keep(resource, key[1], version)
        self._answer(200, kept)

    def _read(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _keep(self, resource: dict[str, Any], id: str, version: int) -> dict[str, Any]:
        meta = resource.get("meta", {}) | {"versionId": str(version)}
        kept = resource | {"id": id, "meta": meta}
        self.kept.resources[resource["resourceType"], id] = kept
        return kept

    def _failure(self) -> str | None:
        number = next(self.kept.requests)
        if number % EVERY:
            return None
        failure = FAILURES[(number // EVERY) % len(FAILURES)]
        self.kept.failed[failure] += 1
        return failure

    def _fail(self, failure: str) -> None:
        match failure:
            case "hangs":
                time.sleep(HANGS)
                self.close_connection = True
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


def _serve(ready: Connection) -> None:
    kept = _Kept()
    handler = type("Handler", (_Handler,), {"kept": kept})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    ready.send(server.server_address[1])

    def told() -> Iterator[None]:
        while True:
            yield ready.recv()

    Thread(target=server.serve_forever, daemon=True).start()
    for _ in told():
        with kept.lock:
            ready.send((list(kept.resources.values()), dict(kept.failed)))


class Receiver:
    """A server in a process of its own, with what it holds."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.base, self._pipe = f"http://127.0.0.1:{port}", pipe

    def held(self) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Every resource, and how often the server failed in which way."""
        self._pipe.send("held")
        return self._pipe.recv()


@contextmanager
def receiving() -> Generator[Receiver]:
    """A receiver that runs until the end of the block."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Receiver(ours.recv(), ours)
    finally:
        process.kill()
        process.join()
