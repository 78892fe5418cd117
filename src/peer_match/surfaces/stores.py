"""The records that a command reads and writes: where they are, and opening them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from peer_match.records.errors import RecordsError
from peer_match.records.store import Store, open_store
from peer_match.surfaces.faults import stop
from peer_match.surfaces.health import banner
from peer_match.surfaces.printing import warn

DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="PEER_MATCH_DATABASE",
        help="Where the records are: sqlite:///records.db or postgresql://user@host/name.",
    ),
]
DEFAULT = "sqlite:///peer-match.db"


@contextmanager
def records(url: str, *, quiet: bool = False) -> Generator[Store]:
    """The records at an address, in this release's schema; stops where they cannot be used.

    Unless `quiet`, what is wrong with deadlines and sending is said first, on every command: who
    believes that somebody is being called must know when nobody is.
    """
    try:
        with open_store(url) as store:
            store.migrate()
            if not quiet:
                with store.reading() as reader:
                    warn(banner(reader.status(now()), now()))
            yield store
    except RecordsError as problem:
        stop([str(problem)])


def now() -> datetime:
    """The moment at which a command runs."""
    return datetime.now(UTC)
