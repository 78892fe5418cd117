"""Killing the path from an event to its acknowledged delivery, step by step, and counting what is
left: `make crash`.

Some process (the one that takes an event in, a worker, the one that acknowledges) is killed with -9
at a step, a thousand times in all, on each database. At the end nothing may be lost, nothing may be
at the receiver twice, and no deadline may have been late. Then the same with one of two promises
taken out of the program: that must be found.
"""

from __future__ import annotations

import argparse
import gc
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from crash.acts import Place
from crash.found import Found
from crash.lane import Lane
from crash.receiver import receiving
from crash.sabotage import SABOTAGE
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.records.store import open_store
from records import postgresql

NOTHING = "nothing"  # is taken out of the program
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LANES = 4
"""Runs at once, each against records and a receiver of its own. Much of their time is waiting."""
LEAST = 50  # kills in a lane; fewer would not come to every step
KILLS_OF_SABOTAGE = 60
A_LINE = 50  # kills between two lines of progress


@dataclass(frozen=True, slots=True)
class Work:
    """What one lane does: so many kills on the database at `url`, with something taken out."""

    url: str
    kills: int
    seed: int
    without: str | None


def crash(name: str, kills: int, without: str | None = None, seed: int = 0) -> Found:
    """So many kills at least on one database, in lanes. Raises RuntimeError where a lane fails."""
    policy, began = load_policy(), time.monotonic()
    number = max(1, min(LANES, kills // LEAST))
    with databases(name, number) as urls:
        gc.freeze()  # or every process that is forked would copy what it counts
        works = [
            Work(url, math.ceil(kills / number), seed + lane, without)
            for lane, url in enumerate(urls)
        ]
        found = Found()
        left = [_lane(policy, work) for work in works]
        killed = 0
        while left:
            for one in wait(left):
                assert isinstance(one, Connection)
                try:
                    said = one.recv()
                except EOFError:
                    raise RuntimeError("a lane has ended without saying what it found") from None
                if isinstance(said, Found):
                    found.add(said)
                    left.remove(one)
                    continue
                killed += 1
                if killed % A_LINE == 0:
                    took = time.monotonic() - began
                    print(f"  {DATABASES[name]}: {killed} kills, {took:.0f} s", flush=True)
        return found


def _lane(policy: Policy, work: Work) -> Connection:
    """Start a lane in a process of its own; gives where it tells each kill and, last, what it
    found."""
    ours, theirs = multiprocessing.Pipe(duplex=False)

    def run() -> None:
        seeks = None
        if work.without is not None:
            SABOTAGE[work.without].take_out()
            seeks = SABOTAGE[work.without].finds
        with receiving() as receiver, tempfile.NamedTemporaryFile(prefix="peer-match-") as problems:
            place = Place(work.url, receiver.base, policy, problems.name)
            lane = Lane(place, receiver, work.seed, theirs.send, seeks)
            theirs.send(lane.run(work.kills))

    multiprocessing.get_context("fork").Process(target=run).start()
    theirs.close()
    return ours


@contextmanager
def databases(name: str, number: int) -> Generator[list[str]]:
    """The addresses of new databases, migrated. Raises LookupError where there is no PostgreSQL."""
    with ExitStack() as stack:
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="peer-match-crash-"))
            urls = [f"sqlite:///{Path(folder) / f'records-{one}.db'}" for one in range(number)]
        else:
            programs = postgresql.programs()
            if programs is None:
                raise LookupError("PostgreSQL is not here: sudo apt-get install postgresql")
            server = stack.enter_context(postgresql.running(programs))
            server.execute(*(f"CREATE DATABASE crash_{one}" for one in range(number)))
            urls = [server.url(f"crash_{one}") for one in range(number)]
        for url in urls:
            with open_store(url) as store:
                store.migrate()
        yield urls


def _is_as_it_should_be(name: str, kills: int, without: str | None, seed: int) -> bool:
    """One part of the whole, printed: a run of the program as it is finds nothing wrong, a run of
    a program with something taken out finds what follows from that."""
    taken_out = "" if without is None else f", without the {without}"
    print(f"{DATABASES[name]}{taken_out}: {kills} kills", flush=True)
    try:
        found = crash(name, kills, without, seed)
    except LookupError as missing:
        print(f"  {missing}")
        return False
    if without is not None:
        # It ended once that was found, so that much else is unfinished and is not told.
        sought = SABOTAGE[without].finds
        is_found = bool(found.wrong[sought])
        print(f"  {found.kills.total()} kills of processes, {found.people} people")
        print("\n".join(found.lines_of(sought)))
        print("  the fault was found" if is_found else "  THE FAULT WAS NOT FOUND", flush=True)
        return is_found
    print("\n".join(found.lines()))
    if found.never:
        print(f"  never: {', '.join(found.never)}", flush=True)
    return found.is_whole and not found.never


def main() -> int:
    """Run from the command line; 1 where something was lost, or where sabotage is not found."""
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="on each database")
    parser.add_argument("--database", choices=list(DATABASES), action="append")
    parser.add_argument("--without", choices=[NOTHING, *SABOTAGE], action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    parts: list[bool] = []
    for taken_out in given.without or [NOTHING, *SABOTAGE]:
        without = None if taken_out == NOTHING else taken_out
        kills = given.kills if without is None else min(given.kills, KILLS_OF_SABOTAGE)
        for name in given.database or list(DATABASES):
            parts.append(_is_as_it_should_be(name, kills, without, given.seed))
    print("crash: all is as it should be" if all(parts) else "crash: FAILED")
    return 0 if all(parts) else 1


if __name__ == "__main__":
    sys.exit(main())
