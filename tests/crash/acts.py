"""What the processes do that are killed: tell of an event, work, acknowledge."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peer_match.decide.kernel import Kernel
from peer_match.delivery import endings
from peer_match.delivery.addresses import Reach
from peer_match.delivery.client import FhirClient, Server
from peer_match.delivery.exchange import Limits
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.worker import Worker
from peer_match.facts.event import Event
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.policy.policy import Policy
from peer_match.records.store import open_store

RESPONDER = Person(id="staff-04", name="Dr. Samir Rao", role="clinician")
LIMITS = Limits(seconds=0.3, connect_seconds=0.3, tls=ssl.create_default_context())
"""Short, so that a server that hangs does not hold up a thousand kills. What every process would
read of certificates anew is read once."""

WORKERS = {"doomed", "steady", "other"}
"""The names of workers. Any may be killed, the first mostly."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records and the receiver are. `problems` is a file for what went wrong."""

    url: str
    receiver: str
    policy: Policy
    problems: str

    def note(self, problem: str) -> None:
        """Keep a problem in words; many processes write at once, a line each."""
        with open(self.problems, "a", encoding="utf-8") as file:
            file.write(f"{problem}\n")


class _Follows(FollowUp):
    """Does not assess anew what was assessed: that would take the most of the time, and mend what
    these runs are to find."""

    def look_again(self, *given: Any, **named: Any) -> Any:
        return None


def tell(
    place: Place, person: str, told: datetime, now: datetime, kernel: Kernel | None = None
) -> None:
    """A person tells of a danger, first at `told`, in the same words each time."""
    event = Event(kind="c-ssrs-screener", source="form", id=person, severity="high",
                  date=PartialDate.of(told), recorded=told)  # fmt: skip
    with open_store(place.url) as store:
        follow_up = _Follows(place.policy, store, kernel)
        follow_up.take_in(person, "patient", [event], actor="form", now=now)


def tell_the_engine(place: Place, person: str, told: datetime, now: datetime) -> None:
    """The same, where the rules engine is asked as well, in its own process."""
    with Kernel() as kernel:
        tell(place, person, told, now, kernel)


def work(place: Place, name: str, now: datetime, rounds: int = 1) -> None:
    """Rounds of a worker, six minutes apart, so that every lease and every wait has passed."""
    server = Server(place.receiver, Reach((place.receiver,), loopback=True), LIMITS)
    with open_store(place.url) as store:
        worker = Worker(_Follows(place.policy, store), name, FhirClient(server))
        for number in range(rounds):
            for problem in worker.round(now + number * timedelta(minutes=6)).problems:
                place.note(problem)


def acknowledge(place: Place, person: str, now: datetime) -> None:
    """A named person takes on everything that is open of somebody."""
    with open_store(place.url) as store, store.writing("page", now) as work:
        for one in work.escalations(("open",), person):
            endings.acknowledge(work, one.id, RESPONDER)
