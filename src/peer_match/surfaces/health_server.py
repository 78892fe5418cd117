"""`GET /health` of a running worker, for whoever watches over it: 200 while all is well, else 503.

It tells numbers, and nobody's name. A worker that is dead does not answer at all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import orjson

from peer_match.records.errors import RecordsError
from peer_match.records.status import Status
from peer_match.records.store import Store
from peer_match.surfaces.health import what_is_wrong

LOOPBACK = "127.0.0.1"
Answer = Callable[[], tuple[HTTPStatus, dict[str, Any]]]
PATIENCE = 5.0  # seconds for which one who asks may take to ask; nothing else waits for them


def health(store: Store, now: datetime) -> tuple[HTTPStatus, dict[str, Any]]:
    """What is answered, and with which status. Records that cannot be read are not healthy."""
    try:
        with store.reading() as reader:
            found = reader.status(now)
    except RecordsError as problem:
        return HTTPStatus.SERVICE_UNAVAILABLE, {"healthy": False, "problems": [str(problem)]}
    wrong = what_is_wrong(found, now)
    state = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return state, {"healthy": not wrong, "problems": wrong, **_numbers(found, now)}


@contextmanager
def serving_health(
    store: Store, place: tuple[str, int], now: Callable[[], datetime]
) -> Generator[str]:
    """Answer at a host and port (0: any that is free) meanwhile; gives the address of `/health`.

    Raises OSError where nothing can listen there.
    """

    server = ThreadingHTTPServer(place, partial(_Handler, lambda: health(store, now())))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield f"http://{place[0]}:{server.server_address[1]}/health"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _numbers(found: Status, now: datetime) -> dict[str, Any]:
    numbers = asdict(found)
    del numbers["heartbeats"]  # names of machines are nobody's business outside
    seen = found.last_heartbeat
    silence = None if seen is None else max(0, (now - seen) // timedelta(seconds=1))
    return {**numbers, "last_heartbeat_seconds": silence}


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE
    server_version = "peer-match"
    sys_version = ""

    def __init__(self, answer: Answer, *connection: Any) -> None:
        self.answer = answer  # first, since the base answers while it is made
        super().__init__(*connection)

    def do_GET(self) -> None:  # the name that the library calls
        if self.path.partition("?")[0] != "/health":
            self._send(HTTPStatus.NOT_FOUND, {"problems": ["only /health is here"]})
            return
        self._send(*self.answer())

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each look: there is one every few seconds."""

    def _send(self, state: HTTPStatus, body: dict[str, Any]) -> None:
        data = orjson.dumps(body)
        self.send_response(state)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
