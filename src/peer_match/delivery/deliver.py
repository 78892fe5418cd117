"""Sending what lies in the outbox to one FHIR server.

Rows are taken one at a time: a lease begins when its row is about to be sent, and a row of a person
is only handed out once the one before it is done. The server's answer and the mark `sent` cannot be
one act. Whoever is killed in between leaves a row that is sent again, and the server knows it by
its business identifier.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import orjson

from peer_match.delivery.client import FhirClient, Stored
from peer_match.delivery.create_once import create_once
from peer_match.delivery.exchange import Json
from peer_match.delivery.failures import PermanentError, SendingError, TemporaryError
from peer_match.delivery.step_down import PassedOver, Refused, step_down
from peer_match.records.outbox import (
    RETRIES,
    ROWS_AT_ONCE,
    Leased,
    Receipt,
    Retries,
    failed,
    lease,
    sent,
)
from peer_match.records.store import Store


@dataclass(frozen=True, slots=True)
class SteppedDown:
    """A row that went out as another resource than it is: under which id it is kept, and why."""

    key: str
    remote_id: str
    passed_over: tuple[PassedOver, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The keys of the rows that were sent, that failed and will be tried again, and that a person
    has to look at. `stepped_down` are among those that were sent; `errors` are why rows failed,
    each once."""

    sent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    stepped_down: tuple[SteppedDown, ...] = ()
    errors: tuple[str, ...] = ()


def deliver_once(
    store: Store,
    client: FhirClient,
    now: datetime,
    worker: str,
    limit: int = ROWS_AT_ONCE,
    *,
    retries: Retries = RETRIES,
    elapsed: Callable[[], float] = time.monotonic,
) -> Delivered:
    """Send up to `limit` rows, the oldest first.

    `now` is the beginning; while it sends, time goes on by `elapsed`, in seconds. It ends early
    where the fault lies with the server as a whole, so that one outage does not use up the attempts
    of every row. Raises RecordsError where the records fail: what was sent before is marked.
    """
    began = elapsed()
    done = Delivered()

    def moment() -> datetime:
        return now + timedelta(seconds=elapsed() - began)

    for _ in range(limit):
        rows = lease(store, moment(), worker, 1, retries=retries)
        if not rows:
            break
        row = rows[0]
        try:
            stored, passed_over = _send(client, row)
        except SendingError as error:
            is_dead = _keep_failure(store, row, error, worker, moment(), retries)
            done = _with_failure(done, row.key, error.code, is_dead)
            if error.ends_round:
                break
            continue
        if passed_over:
            _note_step_down(store, row, stored, passed_over, worker, moment())
            step = SteppedDown(row.key, stored.remote_id, passed_over)
            done = replace(done, stepped_down=(*done.stepped_down, step))
        receipt = Receipt(client.server.base, stored.remote_id, stored.version, stored.status)
        sent(store, row, receipt, worker, moment())
        done = replace(done, sent=(*done.sent, row.key))
    return done


def _send(client: FhirClient, row: Leased) -> tuple[Stored, tuple[PassedOver, ...]]:
    """Send one row; whatever goes wrong with it is a SendingError."""
    try:
        resource = _resource(row.body)
        capabilities = client.capabilities()
        step = step_down(resource, capabilities)
        if isinstance(step, Refused):
            raise PermanentError(str(step))
        can = capabilities.of(step.resource["resourceType"])
        return create_once(client, step.resource, can), step.passed_over
    except PermanentError:
        # The server may not do what it had said, or learn to do more.
        client.forget_capabilities()
        raise
    except SendingError:
        raise
    except Exception as error:
        # One row must not stop those of everybody else. The text of the error may quote a person.
        raise TemporaryError(f"a fault of this program: {type(error).__name__}") from None


def _resource(body: str) -> Json:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PermanentError("the row is not JSON") from None
    found = cast("Json", value) if isinstance(value, dict) else {}
    type = found.get("resourceType")
    if not isinstance(type, str) or not type.isascii() or not type.isalpha():
        raise PermanentError("the row is not a FHIR resource")
    return found


def _keep_failure(
    store: Store, row: Leased, error: SendingError, worker: str, now: datetime, retries: Retries
) -> bool:
    """Put the row back, or bury it; gives whether it was buried."""
    is_permanent = isinstance(error, PermanentError)
    after = error.after if isinstance(error, TemporaryError) else None
    if after is not None and after > retries.wait(row.key, row.attempts):
        # The server asked for a longer rest, which no row may be given beyond the longest wait.
        rest = min(after, retries.longest)
        failed(store, row, error.code, worker, now, retries=_resting(retries, rest))
    else:
        failed(store, row, error.code, worker, now, is_permanent, retries)
    return is_permanent or row.attempts >= retries.attempts


def _resting(retries: Retries, rest: timedelta) -> Retries:
    return replace(retries, first=rest, longest=rest)


def _with_failure(done: Delivered, key: str, error: str, is_dead: bool) -> Delivered:
    errors = tuple(dict.fromkeys((*done.errors, error)))
    if is_dead:
        return replace(done, dead=(*done.dead, key), errors=errors)
    return replace(done, failed=(*done.failed, key), errors=errors)


def _note_step_down(
    store: Store,
    row: Leased,
    stored: Stored,
    passed_over: tuple[PassedOver, ...],
    worker: str,
    now: datetime,
) -> None:
    """Say in the audit chain that something else went out. Before the mark `sent`, so that it is
    never missing; after a kill in between it is there twice."""
    details = {
        "key": row.key,
        "sent_as": stored.remote_id,
        "passed_over": [str(one) for one in passed_over],
    }
    with store.writing(worker, now) as work:
        work.note("step-down", row.subject, details)
