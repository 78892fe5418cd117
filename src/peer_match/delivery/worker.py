"""One round of the worker: call whoever is due, send, see who has answered, look again, send.

Every part is safe to repeat and to share: any number of workers may do rounds at once, and one that
is killed in the middle leaves nothing half-done. What fails in one part does not stop the others.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from peer_match.delivery.client import FhirClient
from peer_match.delivery.deliver import Delivered, deliver_once
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.read_back import Settled, read_back, settle
from peer_match.facts.event import About
from peer_match.records.deadlines import Fired, fire_due
from peer_match.records.errors import RecordsError
from peer_match.records.workers import heartbeat

Found = TypeVar("Found")
Other = TypeVar("Other")
LOOKS_AGAIN = timedelta(minutes=15)
"""How often every history is assessed anew: what is due can become overdue by time alone."""
LOOKS_FOR = 2.0
"""For how many seconds of a round: longer, and what is new would wait for it to be sent."""
READS_BACK = timedelta(seconds=15)
"""How often the server is asked what people did with the tasks."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. `problems` are what failed, in words without anybody's facts."""

    fired: Fired
    delivered: Delivered
    answered: tuple[Settled, ...]
    looked_at: int
    problems: tuple[str, ...]


@dataclass
class Worker:
    """Does rounds under a name of its own. Without a `client` nothing is sent, and the outbox
    waits. A round looks again for `looks_for` seconds at most, and at one person at least."""

    follow_up: FollowUp
    name: str
    client: FhirClient | None = None
    looks_again: timedelta = LOOKS_AGAIN
    looks_for: float = LOOKS_FOR
    _left: deque[tuple[str, About]] = field(default_factory=deque[tuple[str, About]], init=False)
    _looked: datetime | None = field(default=None, init=False)
    _read: datetime | None = field(default=None, init=False)

    def call(self, now: datetime) -> Round:
        """Call whoever is due, and nothing more: this waits for no server."""
        problems: list[str] = []
        store, render = self.follow_up.store, self.follow_up.step_begun
        nothing = Fired((), ())
        fired = _tried(lambda: fire_due(store, now, render, self.name), nothing, problems)
        problems.extend(
            f"the escalation `{id}` could not be written: {kind}" for id, kind in fired.failed
        )
        return Round(fired, Delivered(), (), 0, tuple(problems))

    def round(self, now: datetime) -> Round:
        """One round at a moment. What is pressing comes first: nobody waits for others."""
        called = self.call(now)
        problems = [*called.problems]
        _tried(lambda: heartbeat(self.follow_up.store, self.name, now), None, problems)
        sent = _tried(lambda: self._deliver(now), Delivered(), problems)
        answered = _tried(lambda: self._read_back(now, problems), (), problems)
        looked = _tried(lambda: self._look_again(now, problems), 0, problems)
        if looked:
            sent = _both(sent, _tried(lambda: self._deliver(now), Delivered(), problems))
        return Round(called.fired, sent, answered, looked, tuple(problems))

    def _deliver(self, now: datetime) -> Delivered:
        if self.client is None:
            return Delivered()
        return deliver_once(self.follow_up.store, self.client, now, self.name)

    def _read_back(self, now: datetime, problems: list[str]) -> tuple[Settled, ...]:
        """What people did with the tasks at the server, taken into the records."""
        if self.client is None or not _is_due(self._read, READS_BACK, now):
            return ()
        self._read = now
        store = self.follow_up.store
        settled: list[Settled] = []
        for change in read_back(store, self.client, now, self.name).changes:
            one = partial(settle, store, (change,), now, self.name)
            settled += _tried(one, (), problems)
        return tuple(settled)

    def _look_again(self, now: datetime, problems: list[str]) -> int:
        """Look at some of the people, so that whoever must be told of somebody waits for none of
        the others; the rest is for the rounds that follow."""
        if not self._left:
            if not _is_due(self._looked, self.looks_again, now):
                return 0
            with self.follow_up.store.reading() as reader:
                self._left.extend(reader.subjects())
            self._looked = now
        looked, until = 0, time.monotonic() + self.looks_for
        while self._left and (not looked or time.monotonic() < until):
            subject, about = self._left.popleft()
            again = partial(self.follow_up.look_again, subject, about, actor=self.name, now=now)
            _tried(again, None, problems)
            looked += 1
        return looked


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether something is to be done once more. Where the last time lies ahead, a clock was put
    back: to wait for that time could be to wait for days."""
    return last is None or not timedelta(0) <= now - last < every


def _both(first: Delivered, then: Delivered) -> Delivered:
    return Delivered(
        (*first.sent, *then.sent),
        (*first.failed, *then.failed),
        (*first.dead, *then.dead),
        (*first.stepped_down, *then.stepped_down),
        tuple(dict.fromkeys((*first.errors, *then.errors))),
    )


def _tried(do: Callable[[], Found], otherwise: Other, problems: list[str]) -> Found | Other:
    """One part of a round, whatever happens in it: a fault about one person stops nobody else."""
    try:
        return do()
    except RecordsError as problem:
        problems.append(str(problem))
    except Exception as problem:  # its words may quote a person
        problems.append(f"a fault of this program: {type(problem).__name__}")
    return otherwise
