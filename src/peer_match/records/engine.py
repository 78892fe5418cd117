"""Connections to SQLite or PostgreSQL that keep what they commit and let one writer in at a time.

One writer at a time, on both databases: the audit chain is one, so writers wait for each other
anyway, and nothing can change between what a unit of work reads and what it writes.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from peer_match.records.errors import RecordsError

PATIENCE = timedelta(seconds=10)
"""How long to wait for another writer before giving up."""

_WRITES = "peer_match_writes"
# Any number will do, as long as nobody else takes it for an advisory lock in the same database.
_WRITER_LOCK = 0x7065_6572_5F6D_6174
EXPECTED = (
    "expected the address of a database, such as `sqlite:////var/lib/peer-match/records.db` or "
    "`postgresql://user@server/peer_match`"
)


def connect_to(url: str, patience: timedelta) -> tuple[Engine, str]:
    """The engine for an address, and the place in words, without a password.

    Raises RecordsError for an address of neither database, or of one that lives in memory only.
    """
    try:
        address = make_url(url)
        backend = address.get_backend_name()
        if backend == "sqlite":
            return _sqlite(address, patience), f"database `{address.database}`"
        if backend == "postgresql":
            return _postgresql(address, patience), f"database `{address.database}` on the server"
    except (ArgumentError, ValueError):  # the latter quotes what is no port
        pass
    raise RecordsError(EXPECTED)


@contextmanager
def writing(engine: Engine) -> Generator[Connection, None, None]:
    """A transaction that holds the one right to write from its first moment."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
        yield connection


@contextmanager
def reading(engine: Engine) -> Generator[Connection, None, None]:
    """A transaction that sees one moment and changes nothing."""
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def _sqlite(address: URL, patience: timedelta) -> Engine:
    name = address.database or ":memory:"
    if ":memory:" in name or address.query.get("mode") == "memory":
        raise RecordsError(f"a database in memory keeps nothing; {EXPECTED}")
    engine = create_engine(address.set(drivername="sqlite+pysqlite"), hide_parameters=True)

    def connected(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions late, and only for some statements; see `begun`.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {patience // timedelta(milliseconds=1)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _postgresql(address: URL, patience: timedelta) -> Engine:
    wait = patience // timedelta(milliseconds=1)
    # A server may be set to answer before a commit is on disk; these records may not.
    settings = f"-c lock_timeout={wait} -c synchronous_commit=on -c timezone=UTC"
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={"options": settings},
        pool_pre_ping=True,
        hide_parameters=True,
    )
