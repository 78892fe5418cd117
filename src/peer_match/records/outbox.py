"""Sending what lies in the outbox: leased, then sent, or failed and tried again.

Exactly once in the database, at least once outward: a worker can be killed between sending and
saying so. The receiver knows a second copy by its key.

Order is kept for each subject: a row is not handed out while an earlier one of the same subject is
still to be sent. Different subjects never wait for each other.

A row that cannot be sent becomes a dead letter, which a person sees in the status and in
`dead_letters`. It does **not** hold up the later rows of its subject, of the same escalation
either: they call other, more senior people, and a call that is made without the one before it is
better than none. So every row must make sense without the earlier ones. Once the cause is mended, a
person sends it again by name (`resend`): each resource has one row alone, so none that came after
can be undone by it, and a resource on which somebody has acted meanwhile is left as it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, insert, or_, select, update

from peer_match.facts.patient import Person
from peer_match.records.columns import MILLISECOND
from peer_match.records.errors import RecordsError
from peer_match.records.people import named
from peer_match.records.schema import ledger, outbox
from peer_match.records.store import Store, UnitOfWork

ROWS_AT_ONCE = 20
LEASE = timedelta(minutes=2)
"""For how long a row is one worker's. Longer than any sending may take."""

# More would overflow what a span can hold; every sensible wait is at its longest by then.
_DOUBLINGS_AT_MOST = 30
# Of the wait, one for each value of a byte; all together make a fifth.
_SHARES = 256 * 5

GIVEN_UP = "given up: every worker that tried to send it has disappeared"


@dataclass(frozen=True, slots=True)
class Retries:
    """How sending is tried again: after `first`, then twice as long each time, at most `longest`,
    up to `attempts` in all. Each wait is lengthened by up to a fifth, by the key of the row."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=5)
    attempts: int = 20

    def wait(self, key: str, attempts: int) -> timedelta:
        """How long to wait after so many attempts. The same for the same key and number."""
        doubled = self.first * 2 ** min(attempts - 1, _DOUBLINGS_AT_MOST)
        wait = min(doubled, self.longest)
        # So that rows which failed together are not all tried again at one moment.
        share = hashlib.sha256(f"{key}#{attempts}".encode()).digest()[0]
        return wait + wait * share // _SHARES

    @property
    def longest_wait(self) -> timedelta:
        """No row ever waits longer."""
        return self.longest + self.longest // 5


RETRIES = Retries()
"""A receiver may be down for more than an hour before a person has to look."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A row to send, which is this worker's for a while. `attempts` counts this one as well."""

    seq: int
    key: str
    subject: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Under which id and version a server keeps what was sent, and the status it last gave."""

    server: str
    remote_id: str
    version: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What could not be sent, and why. `key` says what it was about."""

    seq: int
    key: str
    subject: str
    attempts: int
    error: str | None


def lease(
    store: Store,
    now: datetime,
    worker: str,
    limit: int = ROWS_AT_ONCE,
    lasting: timedelta = LEASE,
    retries: Retries = RETRIES,
) -> tuple[Leased, ...]:
    """Up to `limit` rows to send, the oldest first and one of each subject at most.

    A row whose lease ran out is handed out again: its worker may have died. One that was handed out
    as often as `retries` allow becomes a dead letter. All workers must give the same `lasting` and
    `retries`.
    """
    with store.writing(worker, now) as work:
        leased: list[Leased] = []
        for row in work.connection.execute(_to_send(now, limit, lasting, retries)).all():
            if row.attempts >= retries.attempts:
                _bury(work, row, GIVEN_UP)
                continue
            work.connection.execute(
                update(outbox)
                .where(outbox.c.seq == row.seq)
                .values(
                    state="leased",
                    lease_owner=worker,
                    lease_until=now + lasting,
                    attempts=row.attempts + 1,
                )
            )
            leased.append(Leased(row.seq, row.key, row.subject, row.body, row.attempts + 1))
        return tuple(leased)


def sent(store: Store, row: Leased, receipt: Receipt, worker: str, now: datetime) -> None:
    """The receiver has it: the row is done, and the ledger knows where it went.

    Whoever has sent it may say so, even after another worker took it over.
    """
    with store.writing(worker, now) as work:
        work.connection.execute(
            update(outbox)
            .where(outbox.c.seq == row.seq)
            .values(state="sent", lease_owner=None, lease_until=None, last_error=None)
        )
        _keep_receipt(work, row.key, receipt)
        work.note("sent", row.subject, {"key": row.key, "attempts": row.attempts})


def failed(
    store: Store,
    row: Leased,
    error: str,
    worker: str,
    now: datetime,
    is_permanent: bool = False,
    retries: Retries = RETRIES,
) -> None:
    """It was not sent: try again later, or never.

    `error` must hold nothing of anybody's. A permanent error is one that the same row will always
    meet, such as being refused as invalid. Nothing changes where another worker has the row by now.
    """
    with store.writing(worker, now) as work:
        current = work.connection.execute(
            select(outbox).where(
                outbox.c.seq == row.seq,
                outbox.c.state == "leased",
                outbox.c.attempts == row.attempts,
            )
        ).one_or_none()
        if current is None:
            return
        if is_permanent or row.attempts >= retries.attempts:
            _bury(work, current, error)
            return
        work.connection.execute(
            update(outbox)
            .where(outbox.c.seq == row.seq)
            .values(
                state="waiting",
                lease_owner=None,
                lease_until=None,
                next_at=now + retries.wait(row.key, row.attempts),
                last_error=error,
            )
        )


def dead_letters(store: Store) -> tuple[DeadLetter, ...]:
    """Everything that could not be sent, the oldest first."""
    with store.reading() as read:
        rows = read.connection.execute(
            select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.seq)
        )
        return tuple(map(_letter, rows))


def resend(store: Store, seq: int, by: Person, now: datetime) -> DeadLetter:
    """A named person has a dead letter sent again, as if it had never been tried; gives what it
    was. Raises RecordsError where there is no dead letter of this number."""
    named(by)
    with store.writing(by.id, now) as work:
        row = work.connection.execute(select(outbox).where(outbox.c.seq == seq)).one_or_none()
        if row is None or row.state != "dead":
            raise RecordsError(f"there is no dead letter with the number {seq}")
        work.connection.execute(
            update(outbox)
            .where(outbox.c.seq == seq)
            .values(state="waiting", attempts=0, next_at=now)
        )
        details = {"key": row.key, "by": by.model_dump(), "error": row.last_error}
        work.note("resend", row.subject, details)
        return _letter(row)


def receipt(store: Store, key: str) -> Receipt | None:
    """Where the row with this key went; None if it was not sent."""
    with store.reading() as read:
        row = read.connection.execute(select(ledger).where(ledger.c.key == key)).one_or_none()
    if row is None:
        return None
    return Receipt(row.server, row.remote_id, row.remote_version, row.status)


def _to_send(now: datetime, limit: int, lasting: timedelta, retries: Retries) -> Select[Any]:
    """The rows whose time has come and that no earlier one of their subject holds up.

    A time further ahead than any lease or wait was set by a clock that went wrong: it has come too,
    or a row would wait until that clock is right again.
    """
    before = outbox.alias("before")
    waits_for_another = exists().where(
        before.c.subject == outbox.c.subject,
        before.c.seq < outbox.c.seq,
        before.c.state.in_(("waiting", "leased")),
    )
    return (
        select(outbox)
        .where(
            or_(
                and_(
                    outbox.c.state == "waiting",
                    ~outbox.c.next_at.between(now + MILLISECOND, now + retries.longest_wait),
                ),
                and_(
                    outbox.c.state == "leased",
                    ~outbox.c.lease_until.between(now + MILLISECOND, now + lasting),
                ),
            ),
            ~waits_for_another,
        )
        .order_by(outbox.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(row.seq, row.key, row.subject, row.attempts, row.last_error)


def _bury(work: UnitOfWork, row: Row[Any], error: str) -> None:
    work.connection.execute(
        update(outbox)
        .where(outbox.c.seq == row.seq)
        .values(state="dead", lease_owner=None, lease_until=None, last_error=error)
    )
    work.note("dead", row.subject, {"key": row.key, "attempts": row.attempts, "error": error})


def _keep_receipt(work: UnitOfWork, key: str, receipt: Receipt) -> None:
    values = {
        "server": receipt.server,
        "remote_id": receipt.remote_id,
        "remote_version": receipt.version,
        "status": receipt.status,
        "updated_at": work.now,
    }
    there = update(ledger).where(ledger.c.key == key).values(**values)
    if work.connection.execute(there).rowcount == 0:
        work.connection.execute(insert(ledger).values(key=key, **values))
