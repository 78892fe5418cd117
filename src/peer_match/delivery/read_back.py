"""What became of the tasks at a server: accepted, begun, done, rejected, cancelled.

An escalation is acknowledged by a person with a name and by nothing else: the owner of a Task that
is accepted, in progress or completed. `received` says that a system has it. A change that nobody
stands behind is kept and noted, and the ladder goes on; so it does after a rejection, which means
that the next person has to be called. Where an escalation has become more severe and its ladder has
begun again, what somebody accepted before that does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import orjson

from peer_match.delivery import endings
from peer_match.delivery.answers import objects, part
from peer_match.delivery.client import FhirClient
from peer_match.delivery.endings import was_taken_back
from peer_match.delivery.exchange import Json
from peer_match.delivery.failures import GoneError, PermanentError, SendingError
from peer_match.delivery.identifiers import business_identifier
from peer_match.delivery.ledger import DELETED, Kept, changed, looked_at, tasks_to_read
from peer_match.delivery.owners import named_owner
from peer_match.facts.patient import Person
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_elements import FHIR_ID
from peer_match.records.escalations import StoredEscalation
from peer_match.records.store import Store, UnitOfWork

TASKS_AT_ONCE = 50

IN_HAND = ("accepted", "in-progress", "completed")
"""The states in which the owner of a Task has taken it on."""
DECLINED = ("rejected", "cancelled", "failed")

# https://hl7.org/fhir/R4/valueset-task-status.html. Another word may be anything.
_STATUSES = (
    *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
    *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
)
_ESCALATION = f"{BASE}:escalation"

Meaning = Literal["acknowledged", "declined", "noted", "taken back"]
"""`taken back`: this program has cancelled it, because somebody else has taken it on."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a server says of a Task that it did not say before.

    `escalation` is the one that the Task belongs to, as this program wrote it; None for others.
    `by` is the named person who owns it. `at` is when the server says that it changed.
    `reason_codes` are those of its status reason, without its words.
    """

    key: str
    subject: str
    escalation: str | None
    remote_id: str
    version: str | None
    before: str | None
    status: str
    by: Person | None
    at: datetime | None
    reason_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What changed, how many tasks were read, and why some could not be: key and code."""

    changes: tuple[Change, ...]
    read: int
    failed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A change and what the records made of it."""

    change: Change
    meaning: Meaning


def read_back(
    store: Store, client: FhirClient, now: datetime, worker: str, limit: int = TASKS_AT_ONCE
) -> ReadBack:
    """Read up to `limit` tasks that are not over, first those of open escalations, in turn.

    Changes nothing but when they were looked at: give the changes to `settle`. One that was not
    settled is found again. Ends early where the server as a whole does not answer.
    """
    changes: list[Change] = []
    failed: list[tuple[str, str]] = []
    seen: list[Kept] = []
    for task in tasks_to_read(store, client.server.base, limit):
        try:
            said = _said(client, task)
        except SendingError as error:
            failed.append((task.key, error.code))
            if error.ends_round:
                break
            continue
        finally:
            seen.append(task)
        if said is not None and _is_news(store, said, task):
            changes.append(said)
    if seen:
        with store.writing(worker, now) as work:
            looked_at(work.connection, [task.key for task in seen], now)
    return ReadBack(tuple(changes), len(seen) - len(failed), tuple(failed))


def settle(
    store: Store, changes: Iterable[Change], now: datetime, worker: str
) -> tuple[Settled, ...]:
    """Keep each change and what follows from it, in one transaction: an acknowledgement by the
    named person, or a note in the audit chain. Only the former stops the ladder."""
    settled: list[Settled] = []
    for change in changes:
        with store.writing(worker, now) as work:
            meaning = _settled(work, change)
            changed(work.connection, change.key, change.status, change.version)
        settled.append(Settled(change, meaning))
    return tuple(settled)


def _settled(work: UnitOfWork, change: Change) -> Meaning:
    meaning: Meaning = "declined" if change.status in DECLINED else "noted"
    if change.status == "cancelled" and was_taken_back(work, change.key, change.subject):
        meaning = "taken back"
    waiting = {one.id: one for one in work.escalations(("open",), change.subject)}
    acknowledged = _acknowledged(change, waiting)
    if acknowledged is not None:
        endings.acknowledge(work, *acknowledged, through=change.key)
        meaning = "acknowledged"
    details: dict[str, object] = {
        "key": change.key,
        "remote_id": change.remote_id,
        "before": change.before,
        "status": change.status,
        "by": None if change.by is None else change.by.model_dump(),
        "reasons": change.reason_codes,
        "meaning": meaning,
    }
    work.note("read-back", change.subject, details)
    return meaning


def _is_news(store: Store, said: Change, task: Kept) -> bool:
    """Whether something has changed. A name can come after the state: then the state is old and
    what it means is new."""
    if said.status != task.status:
        return True
    if said.by is None:
        return False
    with store.reading() as read:
        waiting = {one.id: one for one in read.escalations(("open",), said.subject)}
    return _acknowledged(said, waiting) is not None


def _acknowledged(
    change: Change, waiting: Mapping[str, StoredEscalation]
) -> tuple[str, Person] | None:
    """Which of the escalations that wait for somebody a named person has taken on, and who."""
    escalation = waiting.get(change.escalation or "")
    if change.status not in IN_HAND or change.by is None or escalation is None:
        return None
    has_begun_again = escalation.ladder > 0
    if has_begun_again:
        began = datetime.fromisoformat(escalation.plan.steps[0].begins)
        if change.at is None or change.at < began:
            return None
    return escalation.id, change.by


def _said(client: FhirClient, task: Kept) -> Change | None:
    """What the server says of a task; None where that is nothing that R4 has."""
    type, _, id = task.remote_id.partition("/")
    ours: Json = orjson.loads(task.body)
    try:
        stored = client.read(type, id)
    except GoneError:
        return _changed(task, ours, DELETED, None, {})
    content = stored.content or {}
    identifier = business_identifier(ours)
    if identifier is None or not identifier.is_of(content):
        raise PermanentError("the task at the server has lost its business identifier")
    status = stored.status
    if status not in _STATUSES:
        return None
    by = named_owner(client, content) if status in IN_HAND else None
    return replace(_changed(task, ours, status, stored.version, content), by=by)


def _changed(task: Kept, ours: Json, status: str, version: str | None, content: Json) -> Change:
    return Change(
        key=task.key,
        subject=task.subject,
        escalation=_escalation(ours),
        remote_id=task.remote_id,
        version=version,
        before=task.status,
        status=status,
        by=None,
        at=_when(content.get("lastModified")) or _when(part(content, "meta", "lastUpdated")),
        reason_codes=_reason_codes(content),
    )


def _escalation(ours: Json) -> str | None:
    if part(ours, "groupIdentifier", "system") != _ESCALATION:
        return None
    value = part(ours, "groupIdentifier", "value")
    return value if isinstance(value, str) else None


def _reason_codes(task: Json) -> tuple[str, ...]:
    codings = objects(part(task, "statusReason", "coding"))
    codes = (one.get("code") for one in codings)
    return tuple(code for code in codes if isinstance(code, str) and FHIR_ID.fullmatch(code))


def _when(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if when is None or when.tzinfo is None else when
