"""`peer-match worker` and `peer-match status`: deadlines fired, resources sent, how that goes."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from peer_match.decide.kernel import Kernel
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.rounds import go_on
from peer_match.delivery.worker import Round, Worker
from peer_match.records.store import Store
from peer_match.surfaces.faults import Exit, stop
from peer_match.surfaces.health import what_is_wrong
from peer_match.surfaces.health_server import LOOPBACK, serving_health
from peer_match.surfaces.person_commands import RulesOption
from peer_match.surfaces.printing import JsonOption, print_json, print_text, warn
from peer_match.surfaces.request import policy_from
from peer_match.surfaces.server_client import Reaching, Registered, client_of
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, now, records
from peer_match.surfaces.text_lines import indented, plain

PAUSE = 2.0  # seconds between two rounds
HIGHEST_PORT = 65535  # of TCP
SHORTEST_PAUSE = 0.1  # seconds; less would keep a database busy for nothing


def worker(
    server: Annotated[
        str | None,
        typer.Option("--server", help="The base address of the EHR's FHIR server, over https."),
    ] = None,
    loopback: Annotated[
        bool, typer.Option("--loopback", help="Allow a server on this machine, over http as well.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            help="A further address below which this program may call, such as that of a server "
            "of tokens; may be given again.",
        ),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--network",
            help="A private network in which a server may lie, such as 10.20.0.0/16; may be given "
            "again. Others are refused.",
        ),
    ] = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            "--client-id", help="How this program is registered (SMART backend services)."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="Its private key, PEM or JWK, readable by its owner alone.",
            readable=False,
        ),
    ] = None,
    key_id: Annotated[
        str | None,
        typer.Option("--key-id", help="What the server calls the key; default: its `kid`."),
    ] = None,
    scope: Annotated[
        str, typer.Option("--scope", help="What it asks the server for.")
    ] = "system/*.cruds",
    once: Annotated[bool, typer.Option("--once", help="Do one round and end.")] = False,
    every: Annotated[
        float, typer.Option("--every", help="Seconds between two rounds.", min=SHORTEST_PAUSE)
    ] = PAUSE,
    health: Annotated[
        str | None,
        typer.Option(
            "--health",
            help="Answer `GET /health` at this PORT of this machine, or at HOST:PORT.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Its name in the records; default: made up.")
    ] = None,
    rules: RulesOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Call whoever is due, look again at what time alone can change, and send to the EHR.

    For example: peer-match worker --server https://ehr.example/fhir

    It runs until it is stopped; several may run at once. Without --server nothing is sent.
    """
    policy = policy_from(rules)
    registered = Registered(client_id, key, key_id, scope)
    reaching = Reaching(loopback, tuple(allow or ()), tuple(network or ()))
    client = None if server is None else client_of(server, reaching, registered)
    place = None if health is None else _place(health)
    called = name or f"{socket.gethostname()}-{os.getpid()}"
    stopped = threading.Event()
    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stopping(stopped))
    with records(database, quiet=True) as store, Kernel() as kernel, _answering(place, store):
        one = Worker(FollowUp(policy, store, kernel), called, client)
        if not once:
            go_on(one, every, now, partial(_say, json=json), stopped)
            return
        found = one.round(now())
        _say(found, json=json)
        raise typer.Exit(Exit.PROBLEMS if found.problems else Exit.DONE)


@contextmanager
def _answering(place: tuple[str, int] | None, store: Store) -> Generator[None]:
    """Answers how it goes meanwhile, where that was asked for."""
    if place is None:
        yield
        return
    with ExitStack() as stack:
        try:
            address = stack.enter_context(serving_health(store, place, now))
        except OSError as problem:
            stop([f"--health: nothing can listen at {place[0]}:{place[1]} ({problem.strerror})"])
        typer.echo(f"Answering at {address}", err=True)
        yield


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > HIGHEST_PORT:
        stop(["--health: give a port, such as 8089, or a host and a port, such as 0.0.0.0:8089"])
    return host or LOOPBACK, int(port)


def _stopping(stopped: threading.Event) -> Callable[[int, FrameType | None], None]:
    """Ends the loop after the round that is going on: nothing is cut off in its middle."""

    def stop_soon(number: int, frame: FrameType | None) -> None:
        stopped.set()

    return stop_soon


def status(database: DatabaseOption = DEFAULT, json: JsonOption = False) -> None:
    """Whether deadlines fire and resources go out: the exit code is 1 where somebody must look."""
    with records(database, quiet=True) as store, store.reading() as reader:
        found = reader.status(now())
    wrong = what_is_wrong(found, now())
    if json:
        print_json({**asdict(found), "healthy": not wrong, "problems": wrong})
    else:
        for line in wrong:
            print_text(plain(line, "bold red"))
        if not wrong:
            print_text(plain("Healthy.", "green"))
        overdue = found.oldest_overdue_seconds
        print_text(indented(f"deadlines waiting: {found.waiting_deadlines}"))
        print_text(
            indented(
                "oldest overdue deadline: "
                + ("none" if overdue is None else f"{overdue} seconds over its time")
            )
        )
        print_text(indented(f"to be sent: {found.outbox_waiting}"))
        for worker_name, seen in found.heartbeats.items():
            print_text(indented(f"worker {worker_name}: last seen {seen:%Y-%m-%d %H:%M:%S} UTC"))
    if wrong:
        raise typer.Exit(Exit.PROBLEMS)


def _say(found: Round, *, json: bool) -> None:
    warn(found.problems)
    failed = len(found.delivered.failed)
    if failed:
        why = "; ".join(found.delivered.errors)
        warn([f"not sent yet, and tried again: {failed} ({why})"])
    if json:
        print_json({"calls": found.fired.calls, "sent": found.delivered.sent,
                    "failed": found.delivered.failed, "dead": found.delivered.dead,
                    "errors": found.delivered.errors,
                    "looked_at": found.looked_at, "problems": found.problems})  # fmt: skip
        return
    for call in found.fired.calls:
        print_text(plain(f"nobody answered in time, so the next step begins: {call}", "bold red"))
    for settled in found.answered:
        print_text(f"{settled.meaning}: {settled.change.escalation}")
    for key in found.delivered.sent:
        print_text(f"sent {key}")
    for key in found.delivered.dead:
        print_text(plain(f"given up, somebody must look: {key}", "bold red"))
