"""Whatever is done to the audit chain behind its back is found."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from peer_match.records import chain
from peer_match.records.audit import Tampering, head, verify
from peer_match.records.schema import audit
from peer_match.records.store import Store
from records.made import DANA, after, assessment, event
from records.made import escalation as made_escalation

ROWS = 4


@pytest.fixture(autouse=True)
def four_rows(store: Store) -> None:
    with store.writing("feed", after(0)) as work:
        work.append("ana", "patient", [event()])
        work.record(assessment(made_escalation()))
    with store.writing("page", after(1)) as work:
        work.acknowledge("e1", DANA)
        work.close("e1", DANA, "she is safe")


def tamper(store: Store, statement: str) -> None:
    """Change the audit table as somebody with the rights of its owner can."""
    with store.writing("intruder", after(9)) as work:
        if work.connection.dialect.name == "sqlite":
            for change in ("update", "delete"):
                work.connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{change}"))
        else:
            work.connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        work.connection.execute(text(statement))


def test_an_untouched_chain_is_whole(store: Store) -> None:
    assert verify(store) == ()
    assert verify(store, head(store)) == ()
    with store.reading() as read:
        counted = read.connection.execute(select(func.count()).select_from(audit)).scalar_one()
    assert counted == ROWS


def test_a_head_that_was_exported_earlier_stays_good(store: Store) -> None:
    earlier = head(store)
    with store.writing("feed", after(2)) as work:
        work.append("ana", "patient", [event("2")])
    assert head(store) != earlier
    assert verify(store, earlier) == ()


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'nobody'",
        "action = 'nothing'",
        "subject = 'ben'",
        "subject = NULL",
        "details = '{}'",
        "at = at + 1",
    ],
)
def test_a_changed_row_is_found(store: Store, change: str) -> None:
    tamper(store, f"UPDATE audit SET {change} WHERE seq = 2")
    assert verify(store) == (Tampering(2, "changed"),)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_missing_row_is_found(store: Store, number: int) -> None:
    tamper(store, f"DELETE FROM audit WHERE seq = {number}")
    assert verify(store) == (Tampering(number, "missing"),)


def test_a_gap_that_was_closed_again_is_found(store: Store) -> None:
    tamper(store, "DELETE FROM audit WHERE seq = 3")
    tamper(store, "UPDATE audit SET seq = 3 WHERE seq = 4")
    assert {problem.seq for problem in verify(store)} == {3}


@pytest.mark.parametrize("kept", [0, 1, ROWS - 1])
def test_a_chain_cut_at_its_end_is_found_through_an_exported_head(store: Store, kept: int) -> None:
    exported = head(store)
    tamper(store, f"DELETE FROM audit WHERE seq > {kept}")
    assert verify(store) == ()
    [problem] = verify(store, exported)
    assert problem.seq == kept
    assert "cut off" in problem.what


def test_a_chain_that_was_written_anew_is_found_through_an_exported_head(store: Store) -> None:
    exported = head(store)
    tamper(store, f"DELETE FROM audit WHERE seq = {ROWS}")
    with store.writing("intruder", after(9)) as work:
        chain.append(work.connection, after(1), "page", "close", "ana", {})
    assert verify(store) == ()
    assert len(verify(store, exported)) == 1


def test_an_empty_chain_is_whole(empty_store: Store) -> None:
    assert head(empty_store) == ""
    assert verify(empty_store, "") == ()


@pytest.fixture
def empty_store(store: Store) -> Store:
    tamper(store, "DELETE FROM audit")
    return store


def test_the_chain_says_who_did_what_to_whom(store: Store) -> None:
    with store.reading() as read:
        rows = read.connection.execute(select(audit).order_by(audit.c.seq)).all()
    assert [(row.seq, row.actor, row.action, row.subject) for row in rows] == [
        (1, "feed", "append", "ana"),
        (2, "feed", "record", "ana"),
        (3, "page", "acknowledge", "ana"),
        (4, "page", "close", "ana"),
    ]
    assert "Dana Reyes" in rows[2].details
