"""Killing the path from an event to its acknowledged delivery, step by step, and counting what is
left: `make crash`.

Each kill: a person tells of a danger; some process (the one that takes the event in, a worker, the
one that acknowledges) is killed with -9 at a step. Whoever told and got no answer looks whether the
event is there, and tells it again only if it is not. Another worker goes on at the same time. At
the end nothing may be lost, nothing may be at the receiver twice, and no deadline may be overdue.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crash.receiver import Receiver, receiving
from crash.steps import STEPS, Step, arm
from peer_match.delivery import create_once as creating
from peer_match.delivery import deliver
from peer_match.delivery.addresses import Reach
from peer_match.delivery.client import FhirClient, Server
from peer_match.delivery.exchange import Limits
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.worker import Worker
from peer_match.facts.event import Event
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.records.outbox import dead_letters
from peer_match.records.store import Store, open_store
from records import postgresql

BEGINS = datetime(2026, 3, 1, 9, tzinfo=UTC)
A_STEP = timedelta(minutes=11)
"""A little more than the time of each step of the pathway for acute risk."""
SOON = timedelta(seconds=5)
NEVER = timedelta(days=9_999)
RESPONDER = Person(id="staff-04", name="Dr. Samir Rao", role="clinician")
MOST_ROUNDS = 60
PATIENCE = 6
"""So many times as many people as kills are told of before a step counts as never reached."""


@dataclass
class Found:
    """What came of a run."""

    database: str
    kills: Counter[str] = field(default_factory=Counter[str])
    events_lost: list[str] = field(default_factory=list[str])
    escalations_lost: list[str] = field(default_factory=list[str])
    duplicates: list[str] = field(default_factory=list[str])
    overdue: list[str] = field(default_factory=list[str])
    unsent: list[str] = field(default_factory=list[str])
    at_the_receiver: int = 0
    failures: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, doubled or forgotten."""
        wrong = (
            self.events_lost,
            self.escalations_lost,
            self.duplicates,
            self.overdue,
            self.unsent,
        )
        return not any(wrong)

    def lines(self) -> Iterator[str]:
        yield f"{self.database}: {self.kills.total()} kills"
        yield from (f"  {self.kills[one.name]:5}  {one.name}" for one in STEPS)
        lost = len(self.events_lost), len(self.escalations_lost)
        yield f"  events lost {lost[0]}, escalations lost {lost[1]}"
        yield f"  at the receiver {self.at_the_receiver}, duplicates {len(self.duplicates)}"
        yield f"  deadlines overdue {len(self.overdue)}, never sent {len(self.unsent)}"
        failed = sum(self.failures.values())
        yield f"  the receiver failed {failed} times, in {len(self.failures)} ways"


class Run:
    """One run against one database and one receiver."""

    def __init__(self, url: str, name: str, receiver: Receiver, policy: Policy, seed: int) -> None:
        self.url, self.receiver, self.policy = url, receiver, policy
        self.found, self.random = Found(name), random.Random(seed)
        self.now = BEGINS
        self.people: list[str] = []

    def wants_more(self, kills: int) -> bool:
        """Until there are enough, and some at each step: a worker that is to die at one may come
        too late, when another was faster."""
        missing = any(not self.found.kills[one.name] for one in STEPS)
        enough = self.found.kills.total() >= kills
        return not enough or (missing and len(self.people) < PATIENCE * max(kills, len(STEPS)))

    def kill(self, step: Step) -> None:
        """One person, one kill, and the others go on."""
        person = f"person-{len(self.people)}"
        self.people.append(person)
        self.now += timedelta(minutes=1)
        if step.path == "event":
            self._died(step, self._forked(lambda: self._tell(person), step))
        while not self._is_told(person):
            self._forked(lambda: self._tell(person), None)
        if step.path in ("deadline", "delivery"):
            if step.path == "deadline":
                self.now += A_STEP
            other = self._start(lambda: self._work("steady", 2), None)
            self._died(step, self._forked(lambda: self._work("doomed", 2), step))
            os.waitpid(other, 0)
        if step.path == "acknowledgement":
            self._died(step, self._forked(lambda: self._acknowledge(person), step))
        if self.random.random() < 0.3 or step.path == "acknowledgement":
            self._forked(lambda: self._acknowledge(person), None)

    def end(self) -> Found:
        """Let a worker call whoever is due, then have everything acknowledged and sent, and look
        at what is left."""
        self._forked(lambda: self._work("steady", 2), None)
        self.now += timedelta(minutes=6)
        with open_store(self.url) as store, store.reading() as reader:
            self.found.overdue = [
                one.id
                for one in reader.escalations(("open",))
                if one.due_at is not None and one.due_at + SOON < self.now
            ]
        self._forked(self._acknowledge_all, None)
        for _ in range(MOST_ROUNDS):
            self.now += timedelta(minutes=6)
            self._forked(lambda: self._work("steady", 3), None)
            if self._is_idle():
                break
        self._check()
        return self.found

    # -- what the processes do -------------------------------------------------------------

    def _tell(self, person: str) -> None:
        event = Event(kind="c-ssrs-screener", source="form", id=person, severity="high",
                      date=PartialDate.of(BEGINS), recorded=BEGINS)  # fmt: skip
        with open_store(self.url) as store:
            self._follow_up(store).take_in(person, "patient", [event], actor="form", now=self.now)

    def _work(self, name: str, rounds: int) -> None:
        limits = Limits(seconds=0.5, connect_seconds=0.5)
        server = Server(self.receiver.base, Reach((self.receiver.base,), loopback=True), limits)
        with open_store(self.url) as store:
            worker = Worker(self._follow_up(store), name, FhirClient(server), looks_again=NEVER)
            for number in range(rounds):
                worker.round(self.now + number * timedelta(minutes=6))

    def _acknowledge(self, person: str) -> None:
        with open_store(self.url) as store, store.writing("page", self.now) as work:
            for one in work.escalations(("open",), person):
                work.acknowledge(one.id, RESPONDER)

    def _acknowledge_all(self) -> None:
        with open_store(self.url) as store, store.writing("page", self.now) as work:
            for one in work.escalations(("open",)):
                work.acknowledge(one.id, RESPONDER)

    def _follow_up(self, store: Store) -> FollowUp:
        return FollowUp(self.policy, store)

    # -- processes -------------------------------------------------------------------------

    def _start(self, do: Callable[[], None], step: Step | None) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            if step is not None:
                arm(step, self.random.choice((1, 1, 1, 2)) if step.path == "delivery" else 1)
            do()
        except BaseException as problem:
            sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
            os._exit(1)
        os._exit(0)

    def _forked(self, do: Callable[[], None], step: Step | None) -> bool:
        """Run something in a process of its own; whether it was killed."""
        _, status = os.waitpid(self._start(do, step), 0)
        return os.WIFSIGNALED(status)

    def _died(self, step: Step, killed: bool) -> None:
        if killed:
            self.found.kills[step.name] += 1

    # -- looking ---------------------------------------------------------------------------

    def _is_told(self, person: str) -> bool:
        with open_store(self.url) as store, store.reading() as reader:
            return bool(reader.history(person).events)

    def _is_idle(self) -> bool:
        with open_store(self.url) as store, store.reading() as reader:
            return reader.status(self.now).outbox_waiting == 0

    def _check(self) -> None:
        resources, self.found.failures = self.receiver.held()
        self.found.at_the_receiver = len(resources)
        sent = Counter(
            f"{one['resourceType']} {one['identifier'][0]['value']}" for one in resources
        )
        self.found.duplicates = [name for name, number in sent.items() if number > 1]
        tasks = {one["for"]["reference"].partition("/")[2]
                 for one in resources if one["resourceType"] == "Task"}  # fmt: skip
        with open_store(self.url) as store, store.reading() as reader:
            given_up = {one.subject for one in dead_letters(store)}
            everything = ("open", "acknowledged", "closed")
            escalated = {one.subject for one in reader.escalations(everything)}
            for person in self.people:
                if not reader.history(person).events:
                    self.found.events_lost.append(person)
                if person not in escalated:
                    self.found.escalations_lost.append(person)
                if person not in tasks | given_up:
                    self.found.unsent.append(person)


# -- databases, sabotage ---------------------------------------------------------------------------


@contextmanager
def databases(names: list[str]) -> Generator[list[tuple[str, str]]]:
    """New databases, migrated, each with its name."""
    with tempfile.TemporaryDirectory(prefix="peer-match-crash-") as folder:
        found: list[tuple[str, str]] = []
        programs = postgresql.programs() if "postgresql" in names else None
        if programs is None:
            if "sqlite" in names:
                found.append(("SQLite", f"sqlite:///{Path(folder) / 'records.db'}"))
            _migrated(found)
            yield found
            return
        with postgresql.running(programs) as server:
            server.execute("CREATE DATABASE crash")
            found.append(("PostgreSQL", server.url("crash")))
            if "sqlite" in names:
                found.append(("SQLite", f"sqlite:///{Path(folder) / 'records.db'}"))
            _migrated(found)
            yield found


def _migrated(found: list[tuple[str, str]]) -> None:
    for _, url in found:
        with open_store(url) as store:
            store.migrate()


def without_the_idempotency_key() -> None:
    """Every resource is created, whether or not one with its identifier is there."""

    def wrong(client: Any, resource: Any, can: Any) -> Any:
        made = client.create(resource, None)
        return made.stored

    creating.create_once = wrong
    deliver.create_once = wrong


def without_the_single_transaction() -> None:
    """The event is kept first, and what follows from it in a transaction of its own."""

    def wrong(self: FollowUp, subject: Any, about: Any, entries: Any, **given: Any) -> Any:
        with self.store.writing(given["actor"], given["now"]) as work:
            work.append(subject, about, entries)
        with self.store.writing(given["actor"], given["now"]) as work:
            return self._assessed(work, subject, about, given["now"], None)

    FollowUp.take_in = wrong  # pyright: ignore[reportAttributeAccessIssue]


SABOTAGE = {
    "none": lambda: None,
    "idempotency key": without_the_idempotency_key,
    "single transaction": without_the_single_transaction,
}


def crash(kills: int, names: list[str], seed: int = 0, progress: bool = False) -> list[Found]:
    """So many kills at least for each database, spread evenly over the steps."""
    policy = load_policy()
    found: list[Found] = []
    with databases(names) as addresses:
        for name, url in addresses:
            with receiving() as receiver:
                run = Run(url, name, receiver, policy, seed)
                began = time.monotonic()
                while run.wants_more(kills):
                    step = STEPS[len(run.people) % len(STEPS)]
                    run.kill(step)
                    if progress and len(run.people) % 50 == 0:
                        took = time.monotonic() - began
                        print(f"{name}: {run.found.kills.total()} kills, {took:.0f} s", flush=True)
                found.append(run.end())
    return found


def main() -> int:
    """Run from the command line; 1 where something was lost, or where sabotage is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="for each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--without", choices=list(SABOTAGE), default="none")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    SABOTAGE[given.without]()
    names = given.database or ["sqlite", "postgresql"]
    found = crash(given.kills, names, given.seed, progress=True)
    for one in found:
        print("\n".join(one.lines()))
    whole = all(one.is_whole for one in found)
    if given.without != "none":
        print("the fault was found" if not whole else "THE FAULT WAS NOT FOUND")
        return 0 if not whole else 1
    never = [one.name for one in STEPS if any(not run.kills[one.name] for run in found)]
    if never:
        print(f"steps at which nothing was killed: {', '.join(never)}")
    return 0 if whole and not never else 1


if __name__ == "__main__":
    sys.exit(main())
