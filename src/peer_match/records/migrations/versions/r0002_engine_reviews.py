"""Where the rules engine failed or differed, a person looks: the table of that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()
TEXT = sa.Text()
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "engine_review",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("closed_by", TEXT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_reason", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('failed', 'differed')", name=op.f("ck_engine_review_state")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_engine_review")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_engine_review_unclosed",
        "engine_review",
        ["subject", "about", "state", "reason", "rules"],
        unique=True,
        sqlite_where=sa.text("closed_by IS NULL"),
        postgresql_where=sa.text("closed_by IS NULL"),
    )
