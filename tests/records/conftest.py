"""Every test of the records runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_match.records.store import Store, open_store
from records import postgresql

_TEMPLATE = "migrated"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server with a migrated database to copy from."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not here: sudo apt-get install postgresql")
    with postgresql.running(programs) as server:
        server.execute(f"CREATE DATABASE {_TEMPLATE}")
        with open_store(server.url(_TEMPLATE)) as store:
            store.migrate()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database without tables."""
    yield from _new_database(request, tmp_path, template="template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with the tables of this release."""
    for address in _new_database(request, tmp_path, template=_TEMPLATE):
        if address.startswith("sqlite"):
            with open_store(address) as store:
                store.migrate()
        yield address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store on a new database."""
    with open_store(url) as opened:
        yield opened


def _new_database(request: pytest.FixtureRequest, folder: Path, template: str) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'records.db'}"
        return
    server: postgresql.Server = request.getfixturevalue("server")
    name = f"test_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")
