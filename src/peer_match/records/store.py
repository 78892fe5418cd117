"""The store: what is read from the records, and the unit of work in which they change.

A unit of work is one transaction. Whatever happens before its end, nothing of it is kept; after its
end, all of it is on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, insert, select

from peer_match.decide.assessment import Assessment
from peer_match.decide.canonical import canonical_assessment
from peer_match.facts.event import About, EarlierEscalation, History
from peer_match.facts.patient import Person
from peer_match.records import chain, engine_reviews, entries, escalations
from peer_match.records.canonical import canonical, digest
from peer_match.records.engine import EXPECTED, PATIENCE, connect_to, reading, writing
from peer_match.records.engine_reviews import EngineReview
from peer_match.records.entries import Entry
from peer_match.records.errors import RecordsError, in_words
from peer_match.records.escalations import StoredEscalation
from peer_match.records.latch import Latched, latch
from peer_match.records.migrate import migrate, refuse_newer
from peer_match.records.outgoing import Outgoing, Sending, put, sendings
from peer_match.records.schema import EscalationState, decision
from peer_match.records.status import Status, status

ASSESSMENT = "assessment"
"""The kind of a decision that is one."""

UNCLOSED: tuple[EscalationState, ...] = ("open", "acknowledged")


@dataclass(frozen=True, slots=True)
class Reader:
    """The records at one moment."""

    connection: Connection

    def history(self, subject: str, about: About = "patient") -> History:
        """Everything recorded of one subject; empty for one that nobody has heard of."""
        return entries.history(self.connection, subject, about)

    def subjects(self) -> tuple[tuple[str, About], ...]:
        """Everybody of whom something is recorded, sorted."""
        return entries.subjects(self.connection)

    def earlier(self, subject: str, about: About = "patient") -> tuple[EarlierEscalation, ...]:
        """Every escalation there ever was of one subject, as an assessment wants them."""
        return escalations.earlier(self.connection, subject, about)

    def escalations(
        self, states: Collection[EscalationState] = UNCLOSED, subject: str | None = None
    ) -> tuple[StoredEscalation, ...]:
        """The escalations in these states, the earliest first."""
        return escalations.listed(self.connection, states, subject)

    def escalation(self, id: str) -> StoredEscalation:
        """One escalation. Raises RecordsError if there is none of this id."""
        found = escalations.find(self.connection, id)
        if found is None:
            raise RecordsError(f"there is no escalation `{id}`")
        return found

    def sendings(self, subject: str, prefix: str = "") -> tuple[Sending, ...]:
        """What was put in the outbox about a subject, and how far it has come, by how its keys
        begin."""
        return sendings(self.connection, subject, prefix)

    def engine_reviews(self, *, closed: bool = False) -> tuple[EngineReview, ...]:
        """Where the rules engine failed or differed and nobody has closed it; or all."""
        return engine_reviews.listed(self.connection, closed=closed)

    def status(self, now: datetime) -> Status:
        """How the records are doing."""
        return status(self.connection, now)


@dataclass(frozen=True, slots=True)
class UnitOfWork(Reader):
    """One transaction of `actor` (the id of a person or a program) at `now`.

    Every method that changes something adds a row to the audit chain.
    """

    actor: str
    now: datetime

    def append(self, subject: str, about: About, new: Iterable[Entry]) -> int:
        """Append entries to the history of a subject; gives how many were not known before.

        Raises ConflictingEntryError, and appends none, where the key of one is there already with
        another content.
        """
        added = entries.append(self.connection, subject, about, new, self.now)
        if added:
            self.note("append", subject, {"about": about, "entries": added})
        return added

    def record(self, assessment: Assessment, outgoing: Iterable[Outgoing] = ()) -> Latched:
        """Keep an assessment, open or latch its escalations, and put what follows in the outbox.

        Recording the same assessment again changes nothing.
        """
        identity = digest(canonical_assessment(assessment).decode())
        kept = self._keep(assessment, identity)
        latched = latch(self.connection, assessment, self.now)
        sent = put(self.connection, outgoing, self.now)
        if kept or sent or latched != Latched():
            self.note(
                "record",
                assessment.subject.id,
                {
                    "decision": identity,
                    "engine": assessment.engine.state,
                    "opened": latched.opened,
                    "raised": latched.raised,
                    "widened": latched.widened,
                    "outgoing": sent,
                },
            )
        return latched

    def send(self, outgoing: Iterable[Outgoing], subject: str | None = None) -> tuple[str, ...]:
        """Put rows in the outbox; gives the keys that were not there yet."""
        sent = put(self.connection, outgoing, self.now)
        if sent:
            self.note("send", subject, {"outgoing": sent})
        return sent

    def acknowledge(self, id: str, by: Person) -> bool:
        """Say that a named person has an escalation in hand; False if one had it already.

        Raises RecordsError for one that is closed or unknown.
        """
        known = self.escalation(id)
        is_news = escalations.acknowledge(self.connection, known, by, self.now)
        if is_news:
            self.note("acknowledge", known.subject, {"escalation": id, "by": by.model_dump()})
        return is_news

    def close(self, id: str, by: Person, reason: str) -> bool:
        """End an escalation for a reason; False if the same person had done so for the same.

        Raises RecordsError for one that was closed otherwise or is unknown.
        """
        known = self.escalation(id)
        is_news = escalations.close(self.connection, known, by, reason, self.now)
        if is_news:
            details = {"escalation": id, "by": by.model_dump(), "reason": reason}
            self.note("close", known.subject, details)
        return is_news

    def ask_for_engine_review(self, assessment: Assessment) -> None:
        """Put down that a person must look at the rules engine, once for the same of a subject."""
        if engine_reviews.ask_for(self.connection, assessment, self.now):
            engine = assessment.engine
            said = {"state": engine.state, "reason": engine.reason, "rules": engine.rules}
            self.note("engine needs review", assessment.subject.id, said)

    def close_engine_review(self, id: int, by: Person, reason: str) -> EngineReview:
        """Say by name what was found. Raises RecordsError where none of this number is open."""
        closed = engine_reviews.close(self.connection, id, by, reason, self.now)
        details = {"review": id, "by": by.model_dump(), "reason": reason}
        self.note("engine reviewed", closed.subject, details)
        return closed

    def note(self, action: str, subject: str | None, details: Mapping[str, object]) -> None:
        """Add a row to the audit chain."""
        chain.append(self.connection, self.now, self.actor, action, subject, details)

    def _keep(self, assessment: Assessment, identity: str) -> bool:
        """Keep an assessment, unless it is there already."""
        there = select(decision.c.seq).where(
            decision.c.kind == ASSESSMENT, decision.c.digest == identity
        )
        if self.connection.execute(there).first() is not None:
            return False
        self.connection.execute(
            insert(decision).values(
                kind=ASSESSMENT,
                subject=assessment.subject.id,
                as_of=datetime.fromisoformat(assessment.as_of),
                known_at=datetime.fromisoformat(assessment.known_at),
                digest=identity,
                policy_digest=assessment.policy.digest,
                tzdata_version=assessment.tzdata_version,
                body=canonical(assessment),
                recorded_at=self.now,
            )
        )
        return True


class Store:
    """A database of records. Safe to share between threads."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._place = place

    def migrate(self) -> None:
        """Bring the database to the schema of this release, or change nothing.

        Raises NewerSchemaError if a newer release has migrated it.
        """
        with in_words(self._place), writing(self._engine) as connection:
            migrate(connection)

    @contextmanager
    def writing(self, actor: str, now: datetime) -> Generator[UnitOfWork, None, None]:
        """One unit of work: kept at the end of the block, undone if the block raises.

        Units of work follow one another; a second one waits for the first. Do nothing slow in it.
        Raises RecordsError where the database cannot be written.
        """
        if not actor.strip():
            raise RecordsError("say who changes the records")
        with in_words(self._place), writing(self._engine) as connection:
            yield UnitOfWork(connection, actor, now)

    @contextmanager
    def reading(self) -> Generator[Reader, None, None]:
        """The records at one moment, whatever is written meanwhile."""
        with in_words(self._place), reading(self._engine) as connection:
            yield Reader(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str, patience: timedelta = PATIENCE) -> Store:
    """The store at an address: `sqlite:////path/records.db` or `postgresql://user@host/name`.

    `patience` is how long to wait for another writer. A new database has to be migrated once.
    Raises RecordsError, which never quotes a password, where it cannot be opened.
    """
    engine, place = connect_to(url, patience)
    try:
        with in_words(place), reading(engine) as connection:
            refuse_newer(connection)
    except (ValueError, TypeError):  # what a driver makes of a part that it cannot read
        engine.dispose()
        raise RecordsError(EXPECTED) from None
    except RecordsError:
        engine.dispose()
        raise
    return Store(engine, place)
