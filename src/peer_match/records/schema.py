"""The tables. What a migration makes must equal them; see `migrations/versions`.

JSON is kept as text, in the form of `canonical.py`, so that a digest of it can be taken again.
`log` and `audit` only grow: triggers made by the migration refuse every other change.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    literal_column,
)

from peer_match.records.columns import Instant, Words

EscalationState = Literal["open", "acknowledged", "closed"]
DeadlineState = Literal["waiting", "fired", "met", "cancelled"]
OutboxState = Literal["waiting", "leased", "sent", "dead"]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# SQLite counts up only an INTEGER that is the primary key.
_Counter = BigInteger().with_variant(Integer, "sqlite")


def _sequence() -> Column[int]:
    return Column("seq", _Counter, primary_key=True, autoincrement=True)


def _text(name: str) -> Column[str]:
    return Column(name, Words, nullable=False)


def _time(name: str) -> Column[datetime]:
    return Column(name, Instant, nullable=False)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


log = Table(
    "log",
    metadata,
    _sequence(),
    _text("subject"),
    _text("about"),
    _text("entry"),
    Column("key", Words),
    _text("body"),
    _time("recorded_at"),
    _time("appended_at"),
    _one_of("entry", "event", "retraction", "reassessment", "coverage"),
    # NULL differs from NULL, so an event without an id never is the same as another.
    UniqueConstraint("subject", "about", "entry", "key"),
    sqlite_autoincrement=True,
)
"""Everything recorded of anybody. `key` is what an entry is called by; see `entries.py`."""

decision = Table(
    "decision",
    metadata,
    _sequence(),
    _text("kind"),
    _text("subject"),
    _time("as_of"),
    _time("known_at"),
    _text("digest"),
    _text("policy_digest"),
    _text("tzdata_version"),
    _text("body"),
    _time("recorded_at"),
    UniqueConstraint("kind", "digest"),
    Index(None, "subject"),
    sqlite_autoincrement=True,
)
"""What was decided. `digest` is the SHA-256 of the canonical form, which for an assessment leaves
out how the engine fared; `body` holds all of it."""

escalation = Table(
    "escalation",
    metadata,
    Column("id", Words, primary_key=True),
    _text("subject"),
    _text("about"),
    _text("rule"),
    _text("pathway"),
    _text("severity"),
    _time("opened_at"),
    _text("state"),
    _text("evidence"),
    _text("body"),
    Column("ladder", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("acknowledged_by", Words),
    Column("acknowledged_at", Instant),
    Column("closed_by", Words),
    Column("closed_at", Instant),
    Column("closed_reason", Words),
    _one_of("severity", "routine", "soon", "urgent", "emergent"),
    _one_of("state", "open", "acknowledged", "closed"),
    CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL)", name="closed_by_somebody"),
    Index(
        "uq_escalation_unclosed",
        "subject",
        "about",
        "rule",
        unique=True,
        sqlite_where=literal_column("state <> 'closed'"),
        postgresql_where=literal_column("state <> 'closed'"),
    ),
    Index(None, "subject", "about"),
)
"""Who must act. `ladder` counts the restarts, `step` and `round` say which call is out."""

deadline = Table(
    "deadline",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("escalation", Words, ForeignKey("escalation.id"), nullable=False),
    Column("ladder", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    _time("due_at"),
    _text("state"),
    Column("fired_at", Instant),
    _one_of("state", "waiting", "fired", "met", "cancelled"),
    UniqueConstraint("escalation", "ladder", "step", "round"),
    Index(
        "uq_deadline_waiting",
        "escalation",
        unique=True,
        sqlite_where=literal_column("state = 'waiting'"),
        postgresql_where=literal_column("state = 'waiting'"),
    ),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)
"""By when somebody must have acknowledged. At most one of an escalation is waiting."""

outbox = Table(
    "outbox",
    metadata,
    _sequence(),
    _text("key"),
    _text("subject"),
    _text("body"),
    _text("state"),
    Column("lease_until", Instant),
    Column("lease_owner", Words),
    Column("attempts", Integer, nullable=False),
    _time("next_at"),
    Column("last_error", Words),
    _one_of("state", "waiting", "leased", "sent", "dead"),
    UniqueConstraint("key"),
    Index(None, "state", "next_at"),
    Index(None, "subject", "state"),
    sqlite_autoincrement=True,
)
"""What is to be sent, in the order of `seq` for each subject."""

ledger = Table(
    "ledger",
    metadata,
    Column("key", Words, primary_key=True),
    _text("server"),
    _text("remote_id"),
    Column("remote_version", Words),
    Column("status", Words),
    _time("updated_at"),
)
"""Under which id a receiver keeps what was sent to it."""

engine_review = Table(
    "engine_review",
    metadata,
    _sequence(),
    _text("subject"),
    _text("about"),
    _text("state"),
    _text("reason"),
    _text("rules"),
    Column("times", Integer, nullable=False),
    _time("first_at"),
    _time("last_at"),
    Column("closed_by", Words),
    Column("closed_at", Instant),
    Column("closed_reason", Words),
    _one_of("state", "failed", "differed"),
    Index(
        "uq_engine_review_unclosed",
        "subject",
        "about",
        "state",
        "reason",
        "rules",
        unique=True,
        sqlite_where=literal_column("closed_by IS NULL"),
        postgresql_where=literal_column("closed_by IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""Assessments for which the rules engine gave no answer, or another one than the evaluator: a
person has to look. The same for the same subject is counted and not put down again."""

review = Table(
    "review",
    metadata,
    _sequence(),
    _text("who"),
    _text("what"),
    _text("reason_code"),
    _time("reviewed_at"),
    sqlite_autoincrement=True,
)
"""What a person made of a decision."""

audit = Table(
    "audit",
    metadata,
    Column("seq", _Counter, primary_key=True, autoincrement=False),
    _time("at"),
    _text("actor"),
    _text("action"),
    Column("subject", Words),
    _text("details"),
    _text("previous"),
    _text("digest"),
)
"""Who did what when: a chain, each row holding the digest of the one before; see `chain.py`."""

policy_release = Table(
    "policy_release",
    metadata,
    Column("digest", Words, primary_key=True),
    _text("first_approver"),
    _text("second_approver"),
    _time("effective_from"),
    Column("effective_until", Instant),
    CheckConstraint("first_approver <> second_approver", name="two_approvers"),
)
"""Which pack was in force when, and which two people answered for it."""

worker = Table(
    "worker",
    metadata,
    Column("name", Words, primary_key=True),
    _time("seen_at"),
)
"""When each worker was last alive."""
