"""Only a named person acknowledges; every other change is kept, noted, and stops nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peer_match.delivery.read_back import Change, Meaning, ReadBack, read_back, settle
from peer_match.facts.patient import Person
from peer_match.records.outbox import receipt
from peer_match.records.store import Store
from records.made import NOON, SUBJECT, assessment, escalation, steps

from .made import Json, client_of, deliver, later, noted, put, task
from .receiver import Failure, Receiver

KIM: Json = {
    "type": "Practitioner",
    "identifier": {"system": "http://example.org/staff", "value": "kim"},
    "display": "Kim Park",
}
AT_SERVER = "Task/1"


@pytest.fixture
def called(store: Store, receiver: Receiver) -> Store:
    """An open escalation whose Task the receiver has."""
    with store.writing("engine", NOON) as work:
        work.record(assessment(escalation()))
    put(store, task("t1"))
    assert deliver(store, client_of(receiver)).sent
    return store


def looked(store: Store, receiver: Receiver, minutes: float = 1) -> ReadBack:
    return read_back(store, client_of(receiver), later(minutes), "reader")


def settled(store: Store, receiver: Receiver, minutes: float = 1) -> list[Meaning]:
    changes = looked(store, receiver, minutes).changes
    return [one.meaning for one in settle(store, changes, later(minutes), "reader")]


def state(store: Store) -> str:
    with store.reading() as read:
        return read.escalation("e1").state


def test_nothing_has_changed(called: Store, receiver: Receiver) -> None:
    assert looked(called, receiver) == ReadBack((), 1, ())
    assert noted(called, "read-back") == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "completed"])
def test_a_named_owner_acknowledges(called: Store, receiver: Receiver, status: str) -> None:
    receiver.change(AT_SERVER, status=status, owner=KIM)
    assert settled(called, receiver) == ["acknowledged"]
    with called.reading() as read:
        known = read.escalation("e1")
    assert known.state == "acknowledged"
    assert known.acknowledged_by == Person(id="kim", name="Kim Park")
    assert known.due_at is None
    assert settled(called, receiver, 2) == []


@pytest.mark.parametrize(
    "owner",
    [
        None,
        {"display": "Night team"},
        {"type": "Practitioner", "display": "Kim Park"},
        {**KIM, "display": " "},
        {**KIM, "type": "Organization"},
        {**KIM, "type": "Patient"},
        {"reference": "CareTeam/7", "display": "Night team"},
        {"reference": "Practitioner/unknown"},
    ],
)
def test_who_is_nobody_by_name_acknowledges_nothing(
    called: Store, receiver: Receiver, owner: Json | None
) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=owner)
    assert settled(called, receiver) == ["noted"]
    assert state(called) == "open"
    assert noted(called, "read-back")[0]["status"] == "accepted"


def test_a_system_that_has_received_it_acknowledges_nothing(
    called: Store, receiver: Receiver
) -> None:
    receiver.change(AT_SERVER, status="received", owner=KIM)
    assert settled(called, receiver) == ["noted"]
    assert state(called) == "open"


def test_a_name_that_comes_after_the_state_acknowledges(called: Store, receiver: Receiver) -> None:
    receiver.change(AT_SERVER, status="accepted")
    assert settled(called, receiver) == ["noted"]
    assert settled(called, receiver, 2) == []
    receiver.change(AT_SERVER, owner=KIM)
    assert settled(called, receiver, 3) == ["acknowledged"]


@pytest.mark.parametrize("status", ["rejected", "cancelled", "failed"])
def test_a_decline_is_noted_and_the_ladder_goes_on(
    called: Store, receiver: Receiver, status: str
) -> None:
    words = "Ana Example was drunk"
    reason = {"coding": [{"code": "no-capacity", "display": words}], "text": words}
    receiver.change(AT_SERVER, status=status, owner=KIM, statusReason=reason)
    [change] = looked(called, receiver).changes
    assert (change.before, change.status) == ("requested", status)
    assert change.reason_codes == ("no-capacity",)
    assert settled(called, receiver) == ["declined"]
    assert state(called) == "open"
    [note] = noted(called, "read-back")
    assert note["meaning"] == "declined"
    assert words not in str(note)


def test_a_task_that_is_over_is_not_read_again(called: Store, receiver: Receiver) -> None:
    receiver.change(AT_SERVER, status="rejected")
    settled(called, receiver)
    assert looked(called, receiver, 2).read == 0


def test_a_deleted_task_is_noted_once(called: Store, receiver: Receiver) -> None:
    receiver.delete(AT_SERVER)
    assert settled(called, receiver) == ["noted"]
    assert state(called) == "open"
    assert looked(called, receiver, 2).read == 0


def test_what_was_not_settled_is_found_again(called: Store, receiver: Receiver) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    first = looked(called, receiver).changes
    assert looked(called, receiver, 2).changes == first
    settle(called, first, later(3), "reader")
    assert settle(called, first, later(4), "other")[0].meaning == "noted"
    with called.reading() as read:
        assert read.escalation("e1").acknowledged_at == later(3)


def test_the_ledger_keeps_what_the_server_said(called: Store, receiver: Receiver) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    settled(called, receiver)
    kept = receipt(called, f"Task|{task('t1')['identifier'][0]['system']}|t1")
    assert kept is not None
    assert (kept.status, kept.version, kept.remote_id) == ("accepted", "2", AT_SERVER)


def test_a_closed_escalation_stays_closed(called: Store, receiver: Receiver) -> None:
    with called.writing("dana", later(0.5)) as work:
        work.close("e1", Person(id="dana", name="Dana Reyes"), "reached by phone")
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    assert settled(called, receiver) == ["noted"]
    assert state(called) == "closed"


@pytest.mark.parametrize(("minutes", "meaning"), [(-5, "noted"), (5, "acknowledged")])
def test_what_was_accepted_before_the_severity_rose_does_not_count(
    called: Store, receiver: Receiver, minutes: float, meaning: Meaning
) -> None:
    raised = later(30)
    ladder = steps(since=raised)
    with called.writing("engine", raised) as work:
        new = escalation(severity="emergent", since=raised, ladder=ladder)
        assert work.record(assessment(new, at=raised)).raised == ("e1",)
    said = (raised + timedelta(minutes=minutes)).isoformat()
    receiver.change(AT_SERVER, status="accepted", owner=KIM, lastModified=said)
    assert settled(called, receiver, 40) == [meaning]
    # An old acceptance is told once and not at each look.
    assert settled(called, receiver, 41) == []


def test_a_task_of_no_escalation_acknowledges_none(called: Store, receiver: Receiver) -> None:
    put(called, task("t2", groupIdentifier=None))
    deliver(called, client_of(receiver))
    receiver.change("Task/2", status="accepted", owner=KIM)
    [change] = looked(called, receiver).changes
    assert change.escalation is None
    assert settled(called, receiver) == ["noted"]


def test_another_resource_under_the_same_id_is_not_believed(
    called: Store, receiver: Receiver
) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=KIM, identifier=[])
    found = looked(called, receiver)
    assert found.changes == ()
    [(_, code)] = found.failed
    assert "identifier" in code
    assert state(called) == "open"


@pytest.mark.parametrize(
    "failure",
    [
        *(Failure.REFUSES, Failure.ERROR, Failure.BUSY, Failure.REDIRECT, Failure.HALF_BODY),
        *(Failure.NOT_JSON, Failure.UNAUTHORIZED, Failure.INVALID),
    ],
    ids=lambda one: one.name.lower(),
)
def test_a_failing_server_changes_nothing(
    called: Store, receiver: Receiver, failure: Failure
) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    with receiver.failing(failure, on=("GET",)):
        found = looked(called, receiver)
    assert found.changes == ()
    assert len(found.failed) == 1
    assert settled(called, receiver, 2) == ["acknowledged"]


def test_tasks_take_turns(store: Store, receiver: Receiver) -> None:
    for number in range(3):
        put(store, task(f"t{number}"), subject=f"{SUBJECT}-{number}")
    deliver(store, client_of(receiver))
    seen: list[str] = []
    for minutes in range(1, 4):
        before = len(receiver.requests)
        read_back(store, client_of(receiver), later(minutes), "reader", limit=1)
        seen += [one.path for one in receiver.requests[before:]]
    assert sorted(seen) == ["/Task/1", "/Task/2", "/Task/3"]


def test_what_is_long_closed_is_in_nobodys_way(called: Store, receiver: Receiver) -> None:
    for number in range(3):
        put(called, task(f"old{number}"), subject=f"old-{number}", at=later(-number))
    deliver(called, client_of(receiver))
    for minutes in range(1, 4):
        before = len(receiver.requests)
        read_back(called, client_of(receiver), later(minutes), "reader", limit=1)
        assert [one.path for one in receiver.requests[before:]] == [f"/{AT_SERVER}"]
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    assert settled(called, receiver, 5) == ["acknowledged"]
    # Nobody is waited for any more, so that the others have their turn.
    before = len(receiver.requests)
    assert looked(called, receiver, 6).read == 4
    assert len(receiver.requests) - before == 4


def test_changes_are_plain_values(called: Store, receiver: Receiver) -> None:
    receiver.change(AT_SERVER, status="accepted", owner=KIM)
    [change] = looked(called, receiver).changes
    assert change == Change(
        key="Task|urn:peer-match:task|t1",
        subject=SUBJECT,
        escalation="e1",
        remote_id=AT_SERVER,
        version="2",
        before="requested",
        status="accepted",
        by=Person(id="kim", name="Kim Park"),
        at=NOON,
        reason_codes=(),
    )
