"""`GET /health`: 200 while all is well, 503 where somebody must look, and nobody's name."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from peer_match.records.store import Store, open_store
from peer_match.surfaces.health_server import LOOPBACK, serving_health

from .in_process import peer_match

NOW = datetime(2026, 3, 1, 16, tzinfo=UTC)
PROGRAM = Path(sys.executable).parent / "peer-match"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as one:
        one.migrate()
        yield one


def asked(store: Store, now: datetime) -> httpx.Response:
    with serving_health(store, (LOOPBACK, 0), lambda: now) as address:
        return httpx.get(address)


def told(url: str) -> None:
    """Ann speaks of an attempt at NOW, so that somebody has to answer."""
    happened = ("event", "add", "suicide-attempt", "--subject", "ann", "--source", "form")
    at = ("--id", "1", "--when", NOW.isoformat(), "--now", NOW.isoformat(), "--database", url)
    assert peer_match(*happened, *at).exit_code == 0


def test_nothing_to_do_is_healthy(store: Store) -> None:
    answer = asked(store, NOW)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["healthy"], body["problems"]) == (True, [])
    assert body["oldest_overdue_seconds"] is None
    assert body["last_heartbeat_seconds"] is None


def test_an_overdue_deadline_is_not(store: Store, url: str) -> None:
    told(url)
    answer = asked(store, NOW + timedelta(days=2))
    assert answer.status_code == 503
    body = answer.json()
    assert body["healthy"] is False
    assert body["oldest_overdue_seconds"] > timedelta(days=1).total_seconds()
    assert any("a deadline has been overdue" in one for one in body["problems"])
    assert "ann" not in re.findall(r"\w+", answer.text)


def test_a_worker_is_seen_and_not_named(store: Store, url: str) -> None:
    told(url)
    assert peer_match("worker", "--once", "--name", "host-77", "--database", url).exit_code == 0
    with store.reading() as reader:
        seen = reader.status(NOW).last_heartbeat
    assert seen is not None
    answer = asked(store, seen + timedelta(seconds=7))
    assert answer.json()["last_heartbeat_seconds"] == 7
    assert "host-77" not in answer.text


def test_records_that_cannot_be_read_are_not_healthy(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        answer = asked(store, NOW)
    assert answer.status_code == 503
    assert answer.json()["healthy"] is False
    assert answer.json()["problems"]


def test_only_health_is_there(store: Store) -> None:
    with serving_health(store, (LOOPBACK, 0), lambda: NOW) as address:
        assert httpx.get(address.replace("/health", "/records")).status_code == 404
        head = httpx.head(address)
        assert (head.status_code, head.text) == (200, "")
        assert httpx.post(address).status_code == 501


@pytest.mark.parametrize("place", ["nowhere", "70000", "127.0.0.1:", "-1"])
def test_a_place_that_is_none_is_refused(place: str, url: str) -> None:
    found = peer_match("worker", "--once", f"--health={place}", "--database", url)
    assert found.exit_code == 2
    assert "--health: give a port" in found.output


def test_a_place_that_is_taken_is_refused(url: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        place = f"{LOOPBACK}:{taken.getsockname()[1]}"
        found = peer_match("worker", "--once", "--health", place, "--database", url)
    assert found.exit_code == 2
    assert f"--health: nothing can listen at {place}" in found.output


def test_a_worker_answers_until_it_is_stopped(url: str) -> None:
    command = [PROGRAM, "worker", "--health", "0", "--every", "0.1", "--database", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        line = running.stderr.readline()
        address = line.removeprefix("Answering at ").strip()
        try:
            assert httpx.get(address).status_code == 200, line
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
