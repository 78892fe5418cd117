"""From an event to an acknowledgement: `python -m benchmarks.round_trip --people 1000`.

The records hold the histories of so many people. Then one person after the other tells of a danger,
a worker sends what follows to a FHIR server on this machine, somebody there accepts, and the worker
takes that into the records. Timed are each of these parts, for so many events (`EVENTS`).

The floor is the same server and the same HTTP client: the same resources created one by one, with
nothing looked up, kept or read back. Server and worker share a process here, so that only ratios
say something.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import track
from sqlalchemy import insert, select

from benchmarks.histories import AS_OF, histories, subject
from delivery.receiver import Receiver, running
from peer_match.decide.kernel import Kernel
from peer_match.delivery.addresses import Reach
from peer_match.delivery.client import FhirClient, Server
from peer_match.delivery.deliver import deliver_once
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.read_back import read_back, settle
from peer_match.delivery.worker import READS_BACK
from peer_match.facts.event import Event
from peer_match.facts.provenance import PartialDate
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.records.schema import log
from peer_match.records.store import Store, open_store
from records import postgresql

Json = dict[str, Any]

EVENTS = 50
LOOKED_AT = 200
WRITTEN = 1000
AT_ONCE = 500
"""People whose histories are put down in one transaction."""
RESPONDER = {"reference": "Practitioner/rao", "display": "Dr. Samir Rao"}


@contextmanager
def store_of(database: str) -> Generator[Store]:
    """An empty store on one of the two databases."""
    if database == "sqlite":
        with (
            tempfile.TemporaryDirectory(prefix="peer-match-benchmark-") as folder,
            open_store(f"sqlite:///{Path(folder) / 'records.db'}") as store,
        ):
            store.migrate()
            yield store
        return
    programs = postgresql.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not here: sudo apt-get install postgresql")
    with postgresql.running(programs) as server:
        server.execute("CREATE DATABASE benchmark")
        with open_store(server.url("benchmark")) as store:
            store.migrate()
            yield store


def fill(store: Store, policy: Policy, people: int) -> None:
    """Put down so many histories: some one by one, and copies of them under other names."""
    first = min(people, WRITTEN)
    told = histories(policy, first)
    for _ in track(range(0, first, AT_ONCE), description="Filling"):
        with store.writing("benchmark", AS_OF) as work:
            for _, one in zip(range(AT_ONCE), told, strict=False):
                work.append(one.subject, "patient", (*one.coverage, *one.events))
    columns = [one for one in log.columns if one.name not in ("seq", "subject")]
    originals = log.c.subject.not_like("%-copy-%")
    for copy in track(range(1, people // first), description="Copying"):
        copied = select(log.c.subject + f"-copy-{copy}", *columns).where(originals)
        with store.writing("benchmark", AS_OF) as work:
            work.connection.execute(insert(log).from_select(["subject", *columns], copied))


def danger(number: int) -> Event:
    """Somebody tells of a danger, just now."""
    return Event(kind="c-ssrs-screener", source="tablet", id=f"danger-{number}", severity="high",
                 date=PartialDate.of(AS_OF), recorded=AS_OF)  # fmt: skip


class Parts:
    """Seconds of each part of the way, summed over the events."""

    def __init__(self) -> None:
        self.taken = {"taken in": 0.0, "sent": 0.0, "accepted and read back": 0.0}
        self._began = time.perf_counter()

    def begin(self) -> None:
        self._began = time.perf_counter()

    def end(self, part: str) -> None:
        self.taken[part] += time.perf_counter() - self._began
        self.begin()


def play(store: Store, policy: Policy, receiver: Receiver, events: int) -> tuple[Parts, int]:
    """The way of so many events; gives the times, and how many resources were sent."""
    client = client_of(receiver)
    parts, sent = Parts(), 0
    with Kernel() as kernel:
        follow_up = FollowUp(policy, store, kernel)
        for number in track(range(events), description="Playing"):
            now, who = AS_OF + number * READS_BACK, subject(number)
            parts.begin()
            follow_up.take_in(who, "patient", [danger(number)], actor="tablet", now=now)
            parts.end("taken in")
            while keys := deliver_once(store, client, now, "worker").sent:
                sent += len(keys)
            parts.end("sent")
            called = [one for one in receiver.kept("Task") if is_call(one, who)]
            for task in called:
                receiver.change(f"Task/{task['id']}", status="accepted", owner=RESPONDER)
            parts.begin()
            while changes := read_back(store, client, now, "worker").changes:
                settle(store, changes, now, "worker")
            parts.end("accepted and read back")
            with store.reading() as reader:
                if open := reader.escalations(("open",), who):
                    raise AssertionError(f"{who}: still open: {[one.rule for one in open]}")
    return parts, sent


def is_call(task: Json, who: str) -> bool:
    """Whether a task is a step of somebody's escalation that waits for an answer."""
    of_who = task["for"]["reference"] == f"Patient/{who}"
    return of_who and task["status"] == "requested" and "groupIdentifier" in task


def look(store: Store, policy: Policy, people: int) -> float:
    """Seconds for looking once more at one person of whom there is nothing new."""
    follow_up = FollowUp(policy, store)

    def everybody() -> float:
        began = time.perf_counter()
        for number in range(people):
            follow_up.look_again(subject(number), "patient", actor="worker", now=AS_OF)
        return time.perf_counter() - began

    everybody()  # what was overdue long before is news the first time only
    return everybody() / people


def floor(resources: Sequence[Json]) -> float:
    """Seconds for creating these resources at an empty server of the same kind."""
    with running() as receiver:
        client = client_of(receiver)
        client.capabilities()
        began = time.perf_counter()
        for one in resources:
            client.create(one, None)
        return time.perf_counter() - began


def client_of(receiver: Receiver) -> FhirClient:
    """A client of the server on this machine."""
    return FhirClient(Server(receiver.base, Reach((receiver.base,), loopback=True)))


def run(database: str, people: int, events: int) -> str:
    """The table of one database and one number of people."""
    policy = load_policy()
    with store_of(database) as store, running() as receiver:
        began = time.perf_counter()
        fill(store, policy, people)
        filled = time.perf_counter() - began
        parts, sent = play(store, policy, receiver, events)
        again = look(store, policy, min(people, LOOKED_AT))
        least = floor(receiver.kept())
    whole = sum(parts.taken.values())
    lines = [f"{database}, {people:,} people (put down in {filled:,.0f} s), {events} events, "
             f"{sent / events:.0f} resources an event"]  # fmt: skip
    rows = {**parts.taken, "the whole way": whole, "created one by one (floor)": least}
    for name, seconds in rows.items():
        lines.append(f"  {name:28} {1000 * seconds / events:8.1f} ms an event  "
                     f"{seconds / least:5.2f} x the floor")  # fmt: skip
    lines.append(f"  looking again at somebody    {1000 * again:8.1f} ms a person")
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.round_trip", description=__doc__)
    parser.add_argument("--people", type=int, action="append")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = parser.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        for people in given.people or [1000, 100_000]:
            print(run(database, people, given.events), flush=True)


if __name__ == "__main__":
    main()
