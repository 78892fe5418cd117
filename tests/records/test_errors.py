"""Whatever fails below, the error has words, names no one, and nothing is half-written."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from peer_match.facts.event import Event
from peer_match.records.errors import RecordsError
from peer_match.records.store import Store, open_store
from records.made import NOON, event
from records.postgresql import ADMINISTRATOR, PASSWORD_ROLE, Server

SECRET = "Ana Secret"
IMPATIENT = timedelta(milliseconds=50)


@contextmanager
def refused(words: str) -> Generator[None, None, None]:
    with pytest.raises(RecordsError, match=words) as error:
        yield
    shown = "".join(traceback.format_exception(error.value))
    assert SECRET not in str(error.value)
    assert SECRET not in shown.replace(f'"{SECRET}"', "")


def append(store: Store, *events: Event) -> None:
    with store.writing("feed", NOON) as work:
        work.append(SECRET, "patient", events)


def events(store: Store) -> int:
    with store.reading() as read:
        return len(read.history(SECRET).events)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_full_disk(store: Store) -> None:
    append(store, event("1"))
    with refused("the disk is full"), store.writing("feed", NOON) as work:
        work.append(SECRET, "patient", [event("2")])
        pages = work.connection.execute(text("PRAGMA page_count")).scalar_one()
        work.connection.execute(text(f"PRAGMA max_page_count = {pages + 1}"))
        work.append(SECRET, "patient", [event("3", source="x" * 1_000_000)])
    assert events(store) == 1


def test_a_locked_database(url: str) -> None:
    with open_store(url) as holder, open_store(url, IMPATIENT) as store:
        with holder.writing("feed", NOON) as work:
            work.append(SECRET, "patient", [event("1")])
            with refused("another program is holding the database"):
                append(store, event("2"))
            assert events(store) == 0
        append(store, event("2"))
        assert events(store) == 2


def test_a_database_that_may_only_be_read(url: str, request: pytest.FixtureRequest) -> None:
    with open_store(url) as store:
        append(store, event("1"))
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        url = f"sqlite:///file:{path}?mode=ro&uri=true"
    else:
        server: Server = request.getfixturevalue("server")
        database = make_url(url).database
        server.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    with open_store(url) as store:
        with refused("may only be read"):
            append(store, event("2"))
        assert events(store) == 1


def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_text(SECRET * 1000)
    with refused("not a database"):
        open_store(f"sqlite:///{path}")


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with open_store(f"sqlite:///{path}") as store:
        store.migrate()
        append(store, *(event(str(number)) for number in range(200)))
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 3] + b"\xff" * (len(whole) - 4096 * 3))
    with refused("damaged"), open_store(f"sqlite:///{path}") as store:
        events(store)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with refused("cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'none' / 'records.db'}")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "records.db",
        "mysql://server/records",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:////tmp/records.db?timeout=soon",
        "sqlite:////tmp/records\0.db",
        "sqlite:////tmp/records\ud800.db",
        f"postgresql://server:{SECRET}",
        f"postgresql://server:{SECRET}/records",
    ],
)
def test_an_address_of_nothing_that_keeps(url: str) -> None:
    with refused("sqlite:////var/lib"):
        open_store(url)


@pytest.fixture
def role_with_password(server: Server) -> Iterator[None]:
    server.execute(
        f"CREATE ROLE {PASSWORD_ROLE} LOGIN PASSWORD 'right'",
        f"GRANT pg_read_all_data TO {PASSWORD_ROLE}",
    )
    yield
    server.execute(f"DROP ROLE {PASSWORD_ROLE}")


@pytest.mark.usefixtures("role_with_password")
def test_a_wrong_password(server: Server) -> None:
    open_store(server.url("postgres", PASSWORD_ROLE, "right")).close()
    with refused("refused the user or the password"):
        open_store(server.url("postgres", PASSWORD_ROLE, SECRET))


@pytest.mark.usefixtures("role_with_password")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_tables_that_the_user_may_not_use(url: str) -> None:
    mine = url.replace(f"{ADMINISTRATOR}@", f"{PASSWORD_ROLE}:right@")
    with open_store(mine) as store, refused("may not use the tables"):
        append(store, event())


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with refused("cannot be reached"):
        open_store(f"postgresql://nobody@/records?host={tmp_path}")


def test_a_database_that_is_not_there(server: Server) -> None:
    with refused("cannot be reached|no database of this name"):
        open_store(server.url("none"))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost(store: Store, server: Server) -> None:
    with refused("connection to the database was lost"), store.writing("feed", NOON) as work:
        work.append(SECRET, "patient", [event()])
        own = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        server.execute(f"SELECT pg_terminate_backend({own})")
        work.append(SECRET, "patient", [event("2")])
    assert events(store) == 0
    append(store, event())
    assert events(store) == 1


def test_an_error_of_the_caller_undoes_the_unit_of_work(store: Store) -> None:
    with pytest.raises(KeyError), store.writing("feed", NOON) as work:
        work.append(SECRET, "patient", [event()])
        raise KeyError
    assert events(store) == 0


def test_nobody_changes_the_records(store: Store) -> None:
    with refused("say who"), store.writing(" ", NOON):
        pass


def test_sqlite_keeps_what_it_commits(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with open_store(f"sqlite:///{path}") as store:
        store.migrate()
        with store.reading() as read:
            settings = {
                name: read.connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM log").fetchone() == (0,)
    raw.close()
