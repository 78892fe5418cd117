"""Runs migrations on the connection that `migrate.py` hands over, in its transaction.

A migration is never changed once it is released, and never imports `schema.py`, which changes.
"""

from __future__ import annotations

from alembic import context

from peer_match.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
