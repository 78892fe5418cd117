"""Named people acknowledge and close; the deadline and the audit row go with it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peer_match.facts.patient import Person
from peer_match.records.errors import RecordsError
from peer_match.records.schema import audit
from peer_match.records.store import Store
from records.made import DANA, SUBJECT, after, assessment, escalation
from records.test_latch import deadlines, record, stored

LEE = Person(id="lee", name="Lee Wong", role="supervisor")
NOBODY = [Person(id="", name="Dana"), Person(id="dana", name=" ")]


@pytest.fixture(autouse=True)
def an_open_escalation(store: Store) -> None:
    record(store, assessment(escalation()))


def acknowledge(store: Store, by: Person = DANA, id: str = "e1", at: float = 5) -> bool:
    with store.writing("page", after(at)) as work:
        return work.acknowledge(id, by)


def close(store: Store, by: Person = DANA, reason: str = "she is safe", at: float = 9) -> bool:
    with store.writing("page", after(at)) as work:
        return work.close("e1", by, reason)


def actions(store: Store) -> list[str]:
    with store.reading() as read:
        rows = read.connection.execute(select(audit.c.action).order_by(audit.c.seq))
        return list(rows.scalars())


def test_to_acknowledge_meets_the_deadline(store: Store) -> None:
    assert acknowledge(store)
    found = stored(store)
    assert (found.state, found.due_at) == ("acknowledged", None)
    assert (found.acknowledged_by, found.acknowledged_at) == (DANA, after(5))
    assert deadlines(store) == [(0, 0, "met")]
    assert actions(store) == ["record", "acknowledge"]


def test_to_acknowledge_twice_changes_nothing(store: Store) -> None:
    acknowledge(store)
    assert not acknowledge(store, LEE, at=6)
    assert stored(store).acknowledged_by == DANA
    assert actions(store) == ["record", "acknowledge"]


def test_to_close_cancels_the_deadline(store: Store) -> None:
    assert close(store)
    found = stored(store)
    assert (found.state, found.closed_by, found.closed_at) == ("closed", DANA, after(9))
    assert found.closed_reason == "she is safe"
    assert deadlines(store) == [(0, 0, "cancelled")]
    assert actions(store) == ["record", "close"]


def test_what_was_acknowledged_can_be_closed(store: Store) -> None:
    acknowledge(store)
    assert close(store, LEE)
    assert deadlines(store) == [(0, 0, "met")]


def test_closing_again_for_the_same_reason_changes_nothing(store: Store) -> None:
    close(store)
    assert not close(store, at=10)
    assert stored(store).closed_at == after(9)


def test_closing_again_otherwise_is_refused(store: Store) -> None:
    close(store)
    with pytest.raises(RecordsError, match="`e1` is closed already"):
        close(store, reason="another")
    with pytest.raises(RecordsError, match="`e1` is closed already"):
        close(store, LEE)


def test_what_is_closed_cannot_be_acknowledged(store: Store) -> None:
    close(store)
    with pytest.raises(RecordsError, match="`e1` is closed and cannot be acknowledged"):
        acknowledge(store)


def test_what_is_not_there_cannot_be_acknowledged(store: Store) -> None:
    with pytest.raises(RecordsError, match="no escalation `e9`"):
        acknowledge(store, id="e9")


@pytest.mark.parametrize("nobody", NOBODY)
def test_only_named_people_acknowledge_or_close(store: Store, nobody: Person) -> None:
    with pytest.raises(RecordsError, match="an id and a name"):
        acknowledge(store, nobody)
    with pytest.raises(RecordsError, match="an id and a name"):
        close(store, nobody)
    assert stored(store).state == "open"


def test_closing_takes_a_reason(store: Store) -> None:
    with pytest.raises(RecordsError, match="say why"):
        close(store, reason=" ")


def test_escalations_are_listed_by_state_and_subject(store: Store) -> None:
    record(store, assessment(escalation("e2"), subject="ben"), at=1)
    acknowledge(store, id="e2")
    with store.reading() as read:
        assert [one.id for one in read.escalations()] == ["e1", "e2"]
        assert [one.id for one in read.escalations(["acknowledged"])] == ["e2"]
        assert [one.id for one in read.escalations(subject=SUBJECT)] == ["e1"]
        assert read.escalations(["closed"]) == ()
