"""Once somebody has an escalation in hand, nobody else is asked any more: at a real server."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peer_match.delivery import endings
from peer_match.delivery.endings import ANSWERED, CLOSED, TAKEN_BACK
from peer_match.delivery.ladders import call_key
from peer_match.delivery.worker import READS_BACK, Worker
from peer_match.facts.patient import Person
from peer_match.records.errors import RecordsError
from peer_match.records.escalations import StoredEscalation
from peer_match.records.store import Store

from .made import Json, client_of, states
from .receiver import Kind, Receiver, running
from .test_follow_up import DANGER, LAPSE, NOW, calls, disclosure, event, of_rule, outgoing, told

KIM = Person(id="kim", name="Kim Park", role="clinician")
OWNER: Json = {"type": "Practitioner", "identifier": {"value": "kim"}, "display": "Kim Park"}
LATER = NOW + timedelta(hours=2)


class Called:
    """Two steps of a ladder that were called and sent, and the worker that did."""

    def __init__(self, store: Store, receiver: Receiver) -> None:
        self.store, self.receiver = store, receiver
        self.worker = Worker(told(store, disclosure()), "w", client_of(receiver))
        self.now = NOW
        self.go_on(timedelta(minutes=1))
        due = self.escalation.due_at
        assert due is not None
        self.go_on(due - self.now + timedelta(seconds=1))
        assert self.escalation.step == 1

    @property
    def escalation(self) -> StoredEscalation:
        with self.store.reading() as read:
            (found,) = [one for one in read.escalations(("open", "acknowledged", "closed"))
                        if one.rule == DANGER]  # fmt: skip
            return found

    @property
    def tasks(self) -> list[Json]:
        """Those of the ladder at the receiver, in the order of their steps."""
        found = calls(self.receiver.kept("Task"), self.escalation)
        return sorted(found, key=lambda one: one["executionPeriod"]["start"])

    def go_on(self, by: timedelta) -> None:
        self.now += by
        assert self.worker.round(self.now).problems == ()

    def statuses(self) -> list[str]:
        return [one["status"] for one in self.tasks]


@pytest.fixture
def called(store: Store, receiver: Receiver) -> Called:
    return Called(store, receiver)


def test_who_says_so_here_keeps_the_call_that_is_out(called: Called) -> None:
    with called.store.writing("kim", called.now) as work:
        assert endings.acknowledge(work, called.escalation.id, KIM)
    assert called.statuses() == ["requested", "requested"]
    called.go_on(timedelta(seconds=2))
    assert called.statuses() == ["cancelled", "requested"]
    first = called.tasks[0]
    assert first["statusReason"] == {"text": ANSWERED}
    # Whoever has it open sees which call it was.
    assert first["restriction"]["period"]["end"]
    assert first["reasonCode"]["text"]


def test_who_accepts_the_first_call_is_not_cancelled(called: Called) -> None:
    first, second = called.tasks
    called.receiver.change(f"Task/{first['id']}", status="accepted", owner=OWNER)
    called.go_on(READS_BACK)
    called.go_on(READS_BACK)
    assert called.escalation.state == "acknowledged"
    assert called.statuses() == ["accepted", "cancelled"]
    said = called.receiver.kept("Communication")
    about = {one["about"][0]["identifier"]["value"]: one["status"] for one in said}
    mine, others = (one["identifier"][0]["value"] for one in (first, second))
    assert (about[mine], about[others]) == ("in-progress", "stopped")


def test_what_somebody_has_acted_on_is_left_alone(called: Called) -> None:
    first, _ = called.tasks
    called.receiver.change(f"Task/{first['id']}", status="in-progress")
    with called.store.writing("kim", called.now) as work:
        endings.acknowledge(work, called.escalation.id, KIM)
    called.go_on(timedelta(seconds=2))
    assert called.statuses() == ["in-progress", "requested"]


def test_a_task_that_was_not_taken_back_is_read_once(called: Called) -> None:
    first, _ = called.tasks
    called.receiver.change(f"Task/{first['id']}", status="in-progress")
    with called.store.writing("kim", called.now) as work:
        endings.acknowledge(work, called.escalation.id, KIM)
    called.go_on(READS_BACK)
    called.receiver.change(f"Task/{first['id']}", status="completed", owner=OWNER)
    found = called.worker.round(called.now + READS_BACK).answered
    assert [one.change.remote_id for one in found] == [f"Task/{first['id']}"]


@pytest.mark.parametrize("status", ["received", "ready"])
def test_what_only_a_system_has_is_taken_back(called: Called, status: str) -> None:
    called.receiver.change(f"Task/{called.tasks[0]['id']}", status=status)
    with called.store.writing("kim", called.now) as work:
        endings.acknowledge(work, called.escalation.id, KIM)
    called.go_on(timedelta(seconds=2))
    assert called.statuses() == ["cancelled", "requested"]


def test_closing_takes_back_whatever_nobody_has_taken_on(called: Called) -> None:
    with called.store.writing("kim", called.now) as work:
        assert endings.close(work, called.escalation.id, KIM, "seen")
        assert not endings.close(work, called.escalation.id, KIM, "seen")
    called.go_on(timedelta(seconds=2))
    assert called.statuses() == ["cancelled", "cancelled"]
    assert called.tasks[1]["statusReason"] == {"text": CLOSED}


def test_its_own_cancelling_is_no_answer_of_anybody(called: Called) -> None:
    """Read back as declined it would look as if a person had turned it down."""
    with called.store.writing("kim", called.now) as work:
        endings.acknowledge(work, called.escalation.id, KIM)
    found = called.worker.round(called.now + READS_BACK).answered
    assert [one.meaning for one in found] == ["taken back"]


def test_twice_is_once(called: Called) -> None:
    for news in (True, False):
        with called.store.writing("kim", called.now) as work:
            assert endings.acknowledge(work, called.escalation.id, KIM) is news
    back = [key for key in states(called.store) if key == TAKEN_BACK]
    taken = [one for one in outgoing(called.store) if one["status"] in ("cancelled", "stopped")]
    assert back == [TAKEN_BACK]
    assert [one["resourceType"] for one in taken] == ["Task", "Communication"]


def test_other_escalations_of_the_person_are_not_touched(store: Store) -> None:
    told(store, disclosure(), event(LAPSE, "2"))
    other = of_rule(store, LAPSE)
    with store.writing("kim", NOW) as work:
        endings.close(work, of_rule(store, DANGER).id, KIM, "seen")
    with store.reading() as read:
        assert read.escalation(other.id).state == "open"
        keys = {one.key for one in read.sendings("ann", "Task|") if one.key.endswith(TAKEN_BACK)}
    assert not any(key.startswith(call_key(other, 0)) for key in keys)


def test_one_that_nobody_knows_changes_nothing(store: Store) -> None:
    for act in (
        lambda work: endings.acknowledge(work, "no-such", KIM),
        lambda work: endings.close(work, "no-such", KIM, "seen"),
    ):
        with pytest.raises(RecordsError, match="no-such"), store.writing("kim", NOW) as work:
            act(work)
    assert outgoing(store) == []


def questions(resources: list[Json]) -> list[Json]:
    return [one for one in resources
            if one["resourceType"] == "Task" and "groupIdentifier" not in one]  # fmt: skip


def test_a_question_that_was_answered_and_is_open_again_is_asked_anew(called: Called) -> None:
    """The receiver leaves the one that is done with as it is, so that it would never be asked."""
    asked = questions(called.receiver.kept("Task"))
    assert asked
    told(called.store, disclosure("2"), now=called.now)
    called.go_on(timedelta(seconds=2))
    same = [one["id"] for one in asked]
    assert [one["id"] for one in questions(called.receiver.kept("Task"))] == same
    for one in asked:
        called.receiver.change(f"Task/{one['id']}", status="completed", owner=OWNER)
    called.go_on(READS_BACK)
    told(called.store, disclosure("3"), now=called.now)
    called.go_on(timedelta(seconds=2))
    now = questions(called.receiver.kept("Task"))
    assert len(now) == 2 * len(asked)
    assert len({one["id"] for one in now}) == len(now)
    new = [one for one in now if one["id"] not in same]
    assert {one["status"] for one in new} == {"requested"}
    assert [one["input"] for one in new] == [one["input"] for one in asked]


STAND_INS = {
    "ServiceRequest": ("status", "active", "revoked"),
    "Communication": ("status", "in-progress", "stopped"),
    "DocumentReference": ("status", "current", "superseded"),
}


@pytest.mark.parametrize("type", STAND_INS)
def test_what_stands_for_a_task_is_taken_back_as_well(store: Store, type: str) -> None:
    """At a server that takes no Task, and none of the stand-ins before this one."""
    before = [*STAND_INS][: [*STAND_INS].index(type)]
    kind = Kind(missing=frozenset({"Task", *before}))
    element, asked, over = STAND_INS[type]
    with running(kind) as receiver:
        worker = Worker(told(store, disclosure()), "w", client_of(receiver))
        worker.round(NOW + timedelta(minutes=1))
        escalation = of_rule(store, DANGER)
        value = call_key(escalation, 0).rpartition("|")[2]

        def held() -> str:
            [one] = [one for one in receiver.kept(type)
                     if value in {each["value"] for each in one["identifier"]}]  # fmt: skip
            return one[element]

        assert held() == asked
        with store.writing("kim", LATER) as work:
            endings.close(work, escalation.id, KIM, "seen")
        worker.round(LATER)
        worker.round(LATER + timedelta(seconds=2))
        assert held() == over
