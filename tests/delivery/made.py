"""Tasks, clients and rounds for the tests of sending."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from peer_match.delivery.addresses import Reach
from peer_match.delivery.client import FhirClient, Server
from peer_match.delivery.deliver import Delivered, deliver_once
from peer_match.delivery.exchange import Limits
from peer_match.fhir.write_standalone import business_key
from peer_match.records.outbox import RETRIES, Retries
from peer_match.records.outgoing import Outgoing
from peer_match.records.schema import audit, outbox
from peer_match.records.store import Store
from records.made import NOON, SUBJECT

from .receiver import Receiver

Json = dict[str, Any]

TASK = "urn:peer-match:task"
GROUP = "urn:peer-match:escalation"
QUICK = Limits(seconds=0.4, connect_seconds=0.4)
"""Of a server on this machine nothing takes longer, unless it hangs."""
PATIENT_ONCE = Limits(seconds=20, connect_seconds=20)
"""For tests in which nothing hangs, on a machine that may be busy."""


def task(name: str, subject: str = SUBJECT, **elements: object) -> Json:
    """A Task as this program writes them; None takes an element away."""
    made: Json = {
        "resourceType": "Task",
        "id": name,
        "meta": {"security": [{"system": "http://example.org/labels", "code": "R"}]},
        "identifier": [{"system": TASK, "value": name}],
        "groupIdentifier": {"system": GROUP, "value": "e1"},
        "status": "requested",
        "intent": "order",
        "priority": "stat",
        "code": {"text": "Step of an escalation"},
        "description": "Call back",
        "for": {"reference": f"Patient/{subject}", "type": "Patient"},
        "executionPeriod": {"start": "2026-03-01T12:00:00+00:00"},
        "authoredOn": "2026-03-01T12:00:00+00:00",
        "requester": {"display": "peer_match"},
        "performerType": [{"text": "on-call"}],
        "restriction": {"period": {"end": "2026-03-01T12:15:00+00:00"}},
        **elements,
    }
    return {name: value for name, value in made.items() if value is not None}


def put(store: Store, *resources: Json, subject: str = SUBJECT, at: datetime = NOON) -> None:
    """Put resources in the outbox."""
    rows = [Outgoing(business_key(one), subject, orjson.dumps(one).decode()) for one in resources]
    with store.writing("engine", at) as work:
        work.send(rows, subject)


def client_of(receiver: Receiver, limits: Limits = PATIENT_ONCE) -> FhirClient:
    reach = Reach(bases=(receiver.base,), loopback=True)
    return FhirClient(Server(receiver.base, reach, limits))


def deliver(
    store: Store,
    client: FhirClient,
    now: datetime = NOON,
    worker: str = "w",
    retries: Retries = RETRIES,
) -> Delivered:
    """One round in which no time goes by."""
    return deliver_once(store, client, now, worker, retries=retries, elapsed=lambda: 0.0)


def deliver_all(store: Store, client: FhirClient, now: datetime, rounds: int = 30) -> datetime:
    """Rounds until nothing waits; gives the moment of the last one."""
    for _ in range(rounds):
        deliver(store, client, now)
        if not {"waiting", "leased"} & set(states(store).values()):
            return now
        now += RETRIES.longest_wait
    raise AssertionError(f"something still waits: {states(store)}")


def states(store: Store) -> Mapping[str, str]:
    """The state of every row by the value of its identifier, in the order of the rows."""
    with store.reading() as read:
        rows = read.connection.execute(select(outbox.c.key, outbox.c.state).order_by(outbox.c.seq))
        return {row.key.rpartition("|")[2]: row.state for row in rows}


def errors(store: Store) -> list[str | None]:
    with store.reading() as read:
        return list(
            read.connection.execute(select(outbox.c.last_error).order_by(outbox.c.seq)).scalars()
        )


def noted(store: Store, action: str) -> list[Json]:
    """The details of the rows of the audit chain with this action."""
    with store.reading() as read:
        rows = read.connection.execute(
            select(audit.c.details).where(audit.c.action == action).order_by(audit.c.seq)
        )
        return [orjson.loads(details) for details in rows.scalars()]


def names(resources: Iterable[Json]) -> list[str]:
    """The values of the first identifiers."""
    return [one["identifier"][0]["value"] for one in resources]


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)
