"""Bringing a database to the schema of this release."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from peer_match.records.errors import NewerSchemaError


def migrate(connection: Connection) -> None:
    """Run the migrations that the database lacks, in the transaction of `connection`."""
    refuse_newer(connection)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer(connection: Connection) -> None:
    """Raise NewerSchemaError if the database was migrated further than this release knows."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise NewerSchemaError(
            f"the database has the schema `{current}`, which this release does not know; "
            "use the release that migrated it, or a newer one"
        )


def _config() -> Config:
    config = Config()
    # By package and not by path: so it is found in an installed wheel as well.
    config.set_main_option("script_location", "peer_match.records:migrations")
    config.set_main_option("path_separator", "os")
    return config
