"""What must hold once everything was told, acknowledged and sent: the records, against what a run
without kills gives, and the receiver, against the records."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crash import acts
from crash.acts import WORKERS, Place
from crash.found import Found
from peer_match.delivery.endings import TAKEN_BACK
from peer_match.fhir.write_standalone import business_key
from peer_match.records.audit import verify
from peer_match.records.escalations import StoredEscalation
from peer_match.records.schema import audit, deadline, outbox
from peer_match.records.store import Reader, open_store

_ALL = ("open", "acknowledged", "closed")
_A_ROUND = timedelta(seconds=15)  # on our clock, which is set further on between two rounds
_WAITING = ("draft", "requested", "received", "ready")
_ESCALATION = "urn:peer-match:escalation"


@dataclass(frozen=True, slots=True)
class Expected:
    """What one event gives where nothing is killed: rules that escalate, and what is sent beside
    the calls, by type."""

    rules: Counter[str]
    beside_calls: Counter[str]


def expected(place: Place, now: datetime) -> Expected:
    """Tell the event once, in records of its own."""
    with tempfile.TemporaryDirectory(prefix="peer-match-crash-") as folder:
        there = replace(place, url=f"sqlite:///{Path(folder) / 'records.db'}")
        with open_store(there.url) as store:
            store.migrate()
        acts.tell(there, "somebody", now, now)
        with open_store(there.url) as store, store.reading() as reader:
            rules = Counter(one.rule for one in reader.escalations())
            bodies = reader.connection.execute(select(outbox.c.body)).scalars()
            return Expected(rules, _beside_calls(map(json.loads, bodies)))


def check(
    place: Place, wanted: Expected, people: Iterable[str], held: list[dict[str, Any]], found: Found
) -> None:
    """Look at the records and at the receiver, and add what is wrong."""
    found.at_the_receiver = len(held)
    keys = set(map(business_key, held))
    found.duplicates = doubled(held)
    found.left_standing = left_standing(held)
    with open_store(place.url) as store, store.reading() as reader:
        rows = reader.connection.execute(select(outbox).order_by(outbox.c.seq)).all()
        calls = Counter(reader.connection.execute(select(deadline.c.escalation)).scalars())
        late = reader.connection.execute(
            select(deadline.c.escalation, deadline.c.fired_at).where(deadline.c.state == "fired")
        ).all()
        for person in people:
            if not reader.history(person).events:
                found.events_lost.append(person)
            escalations = reader.escalations(_ALL, person)
            mine = [json.loads(row.body) for row in rows
                    if row.subject == person and not row.key.endswith(TAKEN_BACK)]  # fmt: skip
            found.escalations_lost += _lost(person, wanted, escalations, mine, calls)
            found.calls += sum(calls[one.id] for one in escalations)
            found.acknowledgements_lost += [
                f"{person}: {one.rule} is {one.state}"
                for one in escalations
                if one.state == "open" or one.acknowledged_by is None
            ]
        acknowledged = {one.id: one.acknowledged_at for one in reader.escalations(_ALL)}
        for row in late:
            at = acknowledged[row.escalation]
            if at is not None and row.fired_at > at:
                found.acknowledgements_lost.append(f"{row.escalation}: called after it")
        found.turns += turns(reader)
        found.faults += [f"audit chain: {one.seq} {one.what}" for one in verify(store)]
    for row in rows:
        if row.state == "dead":
            found.given_up.append(f"{row.key}: {row.last_error}")
        elif row.state != "sent":
            found.unsent.append(f"{row.key}: {row.state}, {row.attempts} attempts")
        elif row.key.removesuffix(f"|{TAKEN_BACK}") not in keys:
            found.unsent.append(f"{row.key}: said to be sent and not there")


def doubled(held: Iterable[dict[str, Any]]) -> list[str]:
    """The business keys that several resources have."""
    return [key for key, number in Counter(map(business_key, held)).items() if number > 1]


def left_standing(held: Iterable[dict[str, Any]]) -> list[str]:
    """The escalations of which more than one Task still waits for somebody: everybody here has said
    that they have it in hand, so at most the call that they answered is left to be done."""
    waiting = [one for one in held if one["resourceType"] == "Task" and one["status"] in _WAITING]
    number = Counter(id for type, id in _escalations(waiting) if type == "Task")
    return [f"{id}: {count} tasks" for id, count in number.items() if count > 1]


def turns(reader: Reader) -> int:
    """How often one worker wrote right after another in one round: both were at work.

    Both are started at once, so what the second one writes was left to it by the first, which wrote
    something else, or died.
    """
    rows = reader.connection.execute(select(audit).order_by(audit.c.seq)).all()
    return sum(
        before.actor != after.actor
        and {before.actor, after.actor} <= WORKERS
        and abs(after.at - before.at) < _A_ROUND
        for before, after in pairwise(rows)
    )


def _lost(
    person: str,
    wanted: Expected,
    escalations: Iterable[StoredEscalation],
    rows: list[dict[str, Any]],
    calls: Mapping[str, int],
) -> Iterator[str]:
    """Escalations that are not there, and those that less was put down for than should be sent."""
    there = list(escalations)
    if (rules := Counter(one.rule for one in there)) != wanted.rules:
        yield f"{person}: {dict(rules)} and not {dict(wanted.rules)}"
    if (beside := _beside_calls(rows)) != wanted.beside_calls:
        yield f"{person}: {dict(beside)} to be sent and not {dict(wanted.beside_calls)}"
    made = Counter(_escalations(rows))
    for one in there:
        if (number := made["Communication", one.id]) != calls[one.id]:
            yield f"{person}: {number} calls of {one.rule} put down and not {calls[one.id]}"
        if (number := made["Task", one.id]) != one.step + 1:
            yield f"{person}: {number} tasks of {one.rule} put down and not {one.step + 1}"


def _beside_calls(resources: Iterable[dict[str, Any]]) -> Counter[str]:
    return Counter(
        one["resourceType"]
        for one in resources
        if one["resourceType"] != "Communication"
        and (one["resourceType"] != "Task" or "groupIdentifier" not in one)
    )


def _escalations(resources: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The type and the escalation of what calls somebody."""
    for one in resources:
        identifiers = [one.get("groupIdentifier", {}), *one.get("identifier", [])]
        for id in (each["value"] for each in identifiers if each.get("system") == _ESCALATION):
            yield one["resourceType"], id
