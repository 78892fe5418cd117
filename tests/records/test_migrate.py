"""Migrations make the tables that the code describes, once, and never undo a newer release."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert, inspect, text, update
from sqlalchemy.exc import DBAPIError

from peer_match.records.errors import NewerSchemaError, RecordsError
from peer_match.records.schema import log, metadata
from peer_match.records.store import Store, open_store
from records.made import NOON, event


def index_in_words(index: Any) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that the database says of its tables."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": [
                {**column, "type": str(column["type"])} for column in inspector.get_columns(table)
            ],
            "primary key": inspector.get_pk_constraint(table),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "checks": sorted(map(str, inspector.get_check_constraints(table))),
            "indexes": sorted(map(index_in_words, inspector.get_indexes(table))),
            "foreign keys": inspector.get_foreign_keys(table),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_a_migrated_database_has_the_tables_that_the_code_describes(empty_url: str) -> None:
    engine = create_engine(empty_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        metadata.create_all(connection)
        described = shape(connection)
        metadata.drop_all(connection)
    engine.dispose()
    with open_store(empty_url) as store:
        store.migrate()
        with store.reading() as read:
            assert shape(read.connection) == described
            assert compare_metadata(MigrationContext.configure(read.connection), metadata) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.writing("feed", NOON) as work:
        work.append("ana", "patient", [event()])
    store.migrate()
    with store.reading() as read:
        assert read.history("ana").events == (event(),)


def test_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    with (
        open_store(empty_url) as store,
        pytest.raises(RecordsError, match="lacks tables of these records; migrate it"),
        store.reading() as read,
    ):
        read.history("ana")


def test_the_database_of_a_newer_release_is_left_alone(url: str) -> None:
    with open_store(url) as store:
        with store.writing("newer release", NOON) as work:
            work.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(NewerSchemaError, match="`9999`"):
            store.migrate()
    with pytest.raises(NewerSchemaError, match="use the release that migrated it"):
        open_store(url)


CHANGES = [
    "UPDATE {table} SET subject = 'other'",
    "UPDATE {table} SET seq = seq + 100",
    "DELETE FROM {table}",
]


@pytest.mark.parametrize("table", ["log", "audit"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_only_grows_refuses_other_changes(store: Store, table: str, change: str) -> None:
    with store.writing("feed", NOON) as work:
        work.append("ana", "patient", [event()])
    with pytest.raises(RecordsError, match="forbid"), store.writing("feed", NOON) as work:
        work.connection.execute(text(change.format(table=table)))
    with store.reading() as read:
        assert read.history("ana").events == (event(),)


@pytest.mark.parametrize("table", ["log", "audit"])
def test_what_only_grows_cannot_be_emptied_or_replaced(store: Store, table: str) -> None:
    with store.writing("feed", NOON) as work:
        work.append("ana", "patient", [event()])
        on_sqlite = work.connection.dialect.name == "sqlite"
    around = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    change = around if on_sqlite else f"TRUNCATE {table}"
    with pytest.raises(RecordsError, match="forbid"), store.writing("feed", NOON) as work:
        work.connection.execute(text(change))


def test_an_event_cannot_be_put_in_the_place_of_another_by_its_key(store: Store) -> None:
    with store.writing("feed", NOON) as work:
        work.append("ana", "patient", [event()])
        row = work.connection.execute(log.select()).one()._asdict()
        del row["seq"]
        on_sqlite = work.connection.dialect.name == "sqlite"
    again = insert(log).values(**row)
    with pytest.raises(RecordsError, match="forbid"), store.writing("feed", NOON) as work:
        work.connection.execute(again.prefix_with("OR REPLACE") if on_sqlite else again)


def test_a_refused_change_names_no_value(store: Store) -> None:
    with store.writing("feed", NOON) as work:
        work.append("ana", "patient", [event()])
    with pytest.raises(RecordsError) as refused, store.writing("feed", NOON) as work:
        work.connection.execute(update(log).values(subject="Ana Secret"))
    assert "Secret" not in str(refused.value)
    assert refused.value.__suppress_context__
    assert isinstance(refused.value.__context__, DBAPIError)
    assert "Secret" not in str(refused.value.__context__)
