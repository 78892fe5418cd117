"""A round of the worker: what is pressing first, and a fault in one part stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from decide.made import SHIPPED
from peer_match.decide.assessment import Assessment
from peer_match.delivery import worker as worker_module
from peer_match.delivery.follow_up import FollowUp
from peer_match.delivery.worker import LOOKS_AGAIN, READS_BACK, Round, Worker
from peer_match.facts.event import About, Event
from peer_match.facts.provenance import PartialDate
from peer_match.records.errors import RecordsError
from peer_match.records.schema import escalation
from peer_match.records.store import Store

from .made import client_of, states
from .receiver import Failure, Receiver

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECRET = "Ann Example was drunk"
KIM = {"type": "Practitioner", "identifier": {"value": "kim"}, "display": "Kim Park"}
PARTS = ("fire_due", "deliver_once", "read_back", "look_again")


def disclosure(source: str = "form") -> Event:
    return Event(
        kind="disclosure-of-suicidal-thoughts", source=source, id="1", severity="immediate",
        date=PartialDate.of(NOW), recorded=NOW,
    )  # fmt: skip


def told(store: Store, subject: str = "ann") -> FollowUp:
    follow_up = FollowUp(SHIPPED, store)
    follow_up.take_in(subject, "patient", [disclosure()], actor="form", now=NOW)
    return follow_up


@dataclass
class Seen:
    """The parts of a round in the order in which they ran; those of `failing` fail."""

    parts: list[str] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Note each part as it begins, and otherwise let it be done as it is."""
        for part in PARTS:
            owner: Any = FollowUp if part == "look_again" else worker_module
            monkeypatch.setattr(owner, part, self._watched(part, getattr(owner, part)))

    def _watched(self, part: str, done: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            if self.parts[-1:] != [part]:
                self.parts.append(part)
            if part in self.failing:
                raise self.failing[part]
            return done(*given, **named)

        return watched


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found = Seen()
    found.watch(monkeypatch)
    return found


def worker(store: Store, receiver: Receiver | None) -> Worker:
    client = None if receiver is None else client_of(receiver)
    return Worker(FollowUp(SHIPPED, store), "w", client)


class TestARound:
    def test_does_what_is_pressing_first(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        told(store)
        found = worker(store, receiver).round(NOW)
        assert seen.parts == ["fire_due", "deliver_once", "read_back", "look_again",
                              "deliver_once"]  # fmt: skip
        assert found.problems == ()
        assert found.delivered.sent

    def test_sends_what_looking_again_has_found_in_the_same_round(
        self, store: Store, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = worker(store, receiver)
        one.round(NOW)

        def finds(self: FollowUp, subject: str, about: About, **_: object) -> None:
            told(store, "ben")

        with store.writing("form", NOW) as work:
            work.append("ann", "patient", [disclosure()])
        monkeypatch.setattr(FollowUp, "look_again", finds)
        one.round(NOW + LOOKS_AGAIN)
        assert {one["for"]["reference"] for one in receiver.kept("Task")} == {"Patient/ben"}

    def test_calls_whoever_is_due_and_sends_the_call(
        self, store: Store, receiver: Receiver
    ) -> None:
        told(store)
        one = worker(store, receiver)
        one.round(NOW)
        before = len(receiver.kept("Task"))
        found = one.round(NOW + timedelta(minutes=11))
        assert found.fired.calls
        assert len(receiver.kept("Task")) > before

    def test_without_a_server_sends_nothing_and_keeps_it_all(self, store: Store) -> None:
        told(store)
        found = worker(store, None).round(NOW + timedelta(minutes=11))
        assert found.fired.calls
        assert found.delivered.sent == ()
        assert set(states(store).values()) == {"waiting"}

    def test_leaves_a_sign_of_life(self, store: Store) -> None:
        one = worker(store, None)
        for minutes in (0, 1):
            now = NOW + timedelta(minutes=minutes)
            one.round(now)
            with store.reading() as read:
                assert read.status(now).heartbeats == {"w": now}


class TestHowOften:
    def rounds(self, store: Store, receiver: Receiver, seen: Seen, *seconds: float) -> list[int]:
        """How often it had read back and looked again after each round."""
        told(store)
        one = worker(store, receiver)
        found: list[int] = []
        for second in seconds:
            seen.parts.clear()
            one.round(NOW + timedelta(seconds=second))
            found.append(seen.parts.count("read_back") + 10 * seen.parts.count("look_again"))
        return found

    def test_it_reads_back_every_fifteen_seconds(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        assert timedelta(seconds=15) == READS_BACK
        assert self.rounds(store, receiver, seen, 0, 2, 14, 15, 29, 30) == [11, 0, 0, 1, 0, 1]

    def test_it_looks_again_every_quarter_of_an_hour(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        assert timedelta(minutes=15) == LOOKS_AGAIN
        assert self.rounds(store, receiver, seen, 0, 899, 900) == [11, 1, 10]

    def test_deadlines_and_what_is_to_be_sent_are_looked_at_each_time(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        self.rounds(store, receiver, seen, 0, 1)
        assert seen.parts == ["fire_due", "deliver_once"]

    def test_who_is_looked_at_in_a_round_is_bounded_and_nobody_is_left_out(
        self, store: Store, receiver: Receiver
    ) -> None:
        """A programme of thousands takes minutes: what is new is sent between."""
        for subject in ("ann", "ben", "cem"):
            told(store, subject)
        one = worker(store, receiver)
        one.looks_for = 0.0
        looked = [one.round(NOW + timedelta(seconds=number)).looked_at for number in range(5)]
        assert looked == [1, 1, 1, 0, 0]
        told(store, "dan")
        again = [one.round(NOW + LOOKS_AGAIN + timedelta(seconds=n)) for n in range(5)]
        assert [found.looked_at for found in again] == [1, 1, 1, 1, 0]
        assert "Patient/dan" in {task["for"]["reference"] for task in receiver.kept("Task")}

    def test_a_clock_that_was_put_back_stops_nothing(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        """What was done at a moment that is still to come would else not be done until then."""
        assert self.rounds(store, receiver, seen, 3600, 0, 1, 15) == [11, 11, 0, 1]


class TestAFault:
    @pytest.mark.parametrize("part", PARTS)
    @pytest.mark.parametrize("kind", [ValueError, KeyError, RecordsError])
    def test_in_one_part_stops_no_other(
        self,
        store: Store,
        receiver: Receiver,
        seen: Seen,
        part: str,
        kind: type[Exception],
    ) -> None:
        told(store)
        seen.failing[part] = kind(SECRET) if kind is not RecordsError else kind("the disk is full")
        found = worker(store, receiver).round(NOW)
        assert set(seen.parts) == set(PARTS)
        assert found.problems
        if part != "deliver_once":
            assert found.delivered.sent

    @pytest.mark.parametrize("part", PARTS)
    def test_is_told_without_its_words(
        self, store: Store, receiver: Receiver, seen: Seen, part: str
    ) -> None:
        """They may quote a person."""
        told(store)
        seen.failing[part] = ValueError(SECRET)
        found = worker(store, receiver).round(NOW)
        assert SECRET not in str(found)
        assert "a fault of this program: ValueError" in found.problems

    def test_of_the_records_is_told_in_its_words(
        self, store: Store, receiver: Receiver, seen: Seen
    ) -> None:
        seen.failing["fire_due"] = RecordsError("the disk is full")
        assert "the disk is full" in worker(store, receiver).round(NOW).problems

    def test_about_one_person_stops_nobody_else(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for subject in ("ann", "ben", "cem"):
            told(store, subject)
        right = FollowUp.look_again
        looked_at: list[str] = []

        def look_again(
            self: FollowUp, subject: str, about: About, *, actor: str, now: datetime
        ) -> Assessment:
            if subject == "ann":
                raise ValueError(SECRET)
            looked_at.append(subject)
            return right(self, subject, about, actor=actor, now=now)

        monkeypatch.setattr(FollowUp, "look_again", look_again)
        found = worker(store, None).round(NOW)
        assert looked_at == ["ben", "cem"]
        assert found.problems == ("a fault of this program: ValueError",)

    def test_of_one_escalation_stops_no_other_call(self, store: Store) -> None:
        """What is kept of it cannot be read any more."""
        for subject in ("ann", "ben"):
            told(store, subject)
        with store.writing("somebody", NOW) as work:
            broken = work.escalations(subject="ann")
            for one in broken:
                change = escalation.update().where(escalation.c.id == one.id)
                work.connection.execute(change.values(body="{}"))
        found = worker(store, None).round(NOW + timedelta(minutes=11))
        with store.reading() as read:
            called = [one for one in read.escalations(subject="ben") if one.step]
        assert called
        assert found.problems

    def test_of_one_escalation_stops_no_other_answer(
        self, store: Store, receiver: Receiver
    ) -> None:
        for subject in ("ann", "ben"):
            told(store, subject)
        one = worker(store, receiver)
        while set(states(store).values()) != {"sent"}:
            one.round(NOW)
        for task in receiver.kept("Task"):
            if "groupIdentifier" in task:
                receiver.change(f"Task/{task['id']}", status="accepted", owner=KIM)
        with store.writing("somebody", NOW) as work:
            change = escalation.update().where(escalation.c.subject == "ann")
            work.connection.execute(change.values(body="{}"))
        rounds = [one.round(NOW + number * READS_BACK) for number in range(1, 4)]
        answered = [each for found in rounds for each in found.answered]
        assert {one.change.subject for one in answered if one.meaning == "acknowledged"} == {"ben"}
        assert all(found.problems for found in rounds)

    def test_of_the_server_is_no_fault_of_the_round(self, store: Store, receiver: Receiver) -> None:
        told(store)
        with receiver.failing(Failure.ERROR, on=("GET", "POST", "PUT")):
            found = worker(store, receiver).round(NOW)
        assert found.delivered.failed
        assert found.problems == ()
        assert isinstance(found, Round)


def test_what_a_person_did_at_the_server_is_taken_in(store: Store, receiver: Receiver) -> None:
    told(store)
    one = worker(store, receiver)
    one.round(NOW)
    receiver.change("Task/1", status="accepted", owner=KIM)
    found = one.round(NOW + READS_BACK)
    assert [one.meaning for one in found.answered] == ["acknowledged"]
    assert one.round(NOW + 2 * READS_BACK).answered == ()
