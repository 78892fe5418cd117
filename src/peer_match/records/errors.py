"""What went wrong with the records, in words and without a value of anybody's.

Messages of database drivers quote rows, so none of them is passed on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError


class RecordsError(Exception):
    """The records could not be read or kept; the message says why and what to do."""


class ConflictingEntryError(RecordsError):
    """Entries with the keys of others that are there already, and with another content.

    `keys` are all of them.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        named = ", ".join(f"`{key}`" for key in keys)
        super().__init__(
            f"recorded already with another content: {named}; "
            "to correct an entry, have a named person retract it and record a new one"
        )


class NewerSchemaError(RecordsError):
    """The database was migrated by a newer release than this one."""


# The name of SQLite's result code begins with one of these.
_SQLITE_WORDS = {
    "SQLITE_FULL": "the disk is full; free some space and do this again",
    "SQLITE_BUSY": "another program is holding the database; try again",
    "SQLITE_LOCKED": "another program is holding the database; try again",
    "SQLITE_READONLY": "the database may only be read; let this program write it and its folder",
    "SQLITE_NOTADB": "the file is not a database of SQLite; check the address",
    "SQLITE_CORRUPT": "the file is damaged; restore it from a backup",
    "SQLITE_CANTOPEN": "the file cannot be opened; check that its folder is there",
    "SQLITE_PERM": "this program may not open the file; check its permissions",
    "SQLITE_IOERR": "the disk failed to read or write; check it, then do this again",
    "SQLITE_CONSTRAINT": "the database refused a change that its rules forbid",
}
_LOST = "the connection to the database was lost; do this again"
# PostgreSQL's SQLSTATE begins with one of these; the more exact ones come first.
_POSTGRESQL_WORDS = {
    "53100": "the disk of the database server is full; free some space and do this again",
    "53": "the database server is short of memory or connections; try again",
    "55P03": "another program is holding the database; try again",
    "08": _LOST,
    "57P": _LOST,
    "57014": "the database took too long; try again",
    "25006": "the database may only be read; let this user write it",
    "28": "the database server refused the user or the password; check both",
    "3D000": "there is no database of this name on the server; create it, or check the address",
    "42501": "this user may not use the tables; grant it what it needs",
    "42P01": "the database lacks tables of these records; migrate it",
    "40": "the database gave up on this work for the sake of other work; do it again",
    "23": "the database refused a change that its rules forbid",
    "P0001": "the database refused a change that its rules forbid",
}
_NO_SERVER = (
    "the database server cannot be reached, or refused the user or the password; check these"
)
_LACKS_TABLES = "the database lacks tables of these records; migrate it"
_UNKNOWN = "the database failed"


@contextmanager
def in_words(place: str) -> Generator[None, None, None]:
    """Turn what a database or its driver raises into a RecordsError that names `place`."""
    try:
        yield
    except SQLAlchemyError as error:
        # What a column refuses arrives wrapped, with the statement around it.
        if isinstance(error, StatementError) and isinstance(error.orig, RecordsError):
            raise error.orig from None
        raise RecordsError(f"{place}: {_words(error)}") from None


def _words(error: SQLAlchemyError) -> str:
    if not isinstance(error, DBAPIError):
        return _UNKNOWN
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_words(error.orig)
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:
        return _LOST if error.connection_invalidated else _NO_SERVER
    return _first(_POSTGRESQL_WORDS, state) or _UNKNOWN


def _sqlite_words(error: sqlite3.Error) -> str:
    name: str = getattr(error, "sqlite_errorname", "")
    # SQLite has no code of its own for a table that is not there.
    if name == "SQLITE_ERROR" and str(error).startswith("no such table"):
        return _LACKS_TABLES
    return _first(_SQLITE_WORDS, name) or _UNKNOWN


def _first(words: dict[str, str], code: str) -> str | None:
    return next((said for begins, said in words.items() if code.startswith(begins)), None)
