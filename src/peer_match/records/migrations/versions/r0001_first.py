"""The first tables, and the triggers that let `log` and `audit` only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()
TEXT = sa.Text()
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Table -> what makes an inserted row the same as one that is there. SQLite's INSERT OR REPLACE
# deletes the old row without asking the trigger on DELETE.
ONLY_GROW = {
    "log": """seq = NEW.seq OR (subject = NEW.subject AND about = NEW.about
        AND entry = NEW.entry AND key = NEW.key)""",
    "audit": "seq = NEW.seq",
}


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        _only_grow_in_sqlite()
    else:
        _only_grow_in_postgresql()


def _only_grow_in_sqlite() -> None:
    for table, same in ONLY_GROW.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'the table {table} only grows'); END"
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {refuse}"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )


def _only_grow_in_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the table % only grows', TG_TABLE_NAME;
        END
        $$
        """
    )
    for table in ONLY_GROW:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _tables() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", COUNTER, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("details", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "decision",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("policy_digest", TEXT, nullable=False),
        sa.Column("tzdata_version", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decision")),
        sa.UniqueConstraint("kind", "digest", name=op.f("uq_decision_kind_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decision_subject"), "decision", ["subject"], unique=False)
    op.create_table(
        "escalation",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("pathway", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("ladder", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", TEXT, nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("closed_by", TEXT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_reason", TEXT, nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by IS NOT NULL)",
            name=op.f("ck_escalation_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "severity IN ('routine', 'soon', 'urgent', 'emergent')",
            name=op.f("ck_escalation_severity"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'closed')", name=op.f("ck_escalation_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index(
        op.f("ix_escalation_subject_about"), "escalation", ["subject", "about"], unique=False
    )
    op.create_index(
        "uq_escalation_unclosed",
        "escalation",
        ["subject", "about", "rule"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "ledger",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("server", TEXT, nullable=False),
        sa.Column("remote_id", TEXT, nullable=False),
        sa.Column("remote_version", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ledger")),
    )
    op.create_table(
        "log",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("entry", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=True),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("appended_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "entry IN ('event', 'retraction', 'reassessment', 'coverage')",
            name=op.f("ck_log_entry"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log")),
        sa.UniqueConstraint(
            "subject", "about", "entry", "key", name=op.f("uq_log_subject_about_entry_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("lease_owner", TEXT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'sent', 'dead')", name=op.f("ck_outbox_state")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_state_next_at"), "outbox", ["state", "next_at"], unique=False)
    op.create_index(op.f("ix_outbox_subject_state"), "outbox", ["subject", "state"], unique=False)
    op.create_table(
        "policy_release",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("first_approver", TEXT, nullable=False),
        sa.Column("second_approver", TEXT, nullable=False),
        sa.Column("effective_from", INSTANT, nullable=False),
        sa.Column("effective_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "first_approver <> second_approver", name=op.f("ck_policy_release_two_approvers")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_release")),
    )
    op.create_table(
        "review",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("reason_code", TEXT, nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_review")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "worker",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "deadline",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("escalation", TEXT, nullable=False),
        sa.Column("ladder", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("fired_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'fired', 'met', 'cancelled')", name=op.f("ck_deadline_state")
        ),
        sa.ForeignKeyConstraint(
            ["escalation"], ["escalation.id"], name=op.f("fk_deadline_escalation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint(
            "escalation",
            "ladder",
            "step",
            "round",
            name=op.f("uq_deadline_escalation_ladder_step_round"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deadline_state_due_at"), "deadline", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_deadline_waiting",
        "deadline",
        ["escalation"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
