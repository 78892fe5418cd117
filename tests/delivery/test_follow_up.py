"""What an EHR gets of what happened: all that it needs to act, and nothing that it may not know."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import func, select

from decide.made import SHIPPED
from peer_match.decide.kernel import Kernel
from peer_match.decide.project_assessment import CONCERN
from peer_match.delivery.endings import MORE_SEVERE
from peer_match.delivery.follow_up import FollowUp
from peer_match.facts.event import About, Event
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.policy.policy import Policy
from peer_match.policy.safety_files import Severity
from peer_match.records.deadlines import fire_due
from peer_match.records.errors import ConflictingEntryError
from peer_match.records.escalations import StoredEscalation
from peer_match.records.schema import audit, decision, outbox
from peer_match.records.store import Store

from .made import Json

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DANGER, LAPSE = "suicidal-thoughts-danger-now", "return-to-use"


def event(kind: str, id: str = "1", severity: str | None = None, at: datetime = NOW) -> Event:
    return Event(
        kind=kind, source="group-form", id=id, date=PartialDate.of(at), recorded=at,
        severity=severity,
    )  # fmt: skip


def disclosure(id: str = "1") -> Event:
    return event("disclosure-of-suicidal-thoughts", id, "immediate")


def told(
    store: Store,
    *events: Event,
    about: About = "patient",
    policy: Policy = SHIPPED,
    now: datetime = NOW,
) -> FollowUp:
    """Take events in; gives what followed them up."""
    follow_up = FollowUp(policy, store, staff={"clinician": Person(id="kim", name="Kim Park")})
    follow_up.take_in("ann", about, events, actor="form", now=now)
    return follow_up


def outgoing(store: Store) -> list[Json]:
    """Everything in the outbox, in its order."""
    with store.reading() as read:
        bodies = read.connection.execute(select(outbox.c.body).order_by(outbox.c.seq)).scalars()
        return [orjson.loads(one) for one in bodies]


def calls(resources: Iterable[Json], escalation: StoredEscalation) -> list[Json]:
    """The tasks of the steps of an escalation."""
    return [
        one
        for one in resources
        if one["resourceType"] == "Task"
        and one.get("groupIdentifier", {}).get("value") == escalation.id
    ]


def of_rule(store: Store, rule: str) -> StoredEscalation:
    with store.reading() as read:
        (found,) = [one for one in read.escalations() if one.rule == rule]
        return found


def rows(store: Store) -> tuple[int, ...]:
    """How many decisions, rows to send and rows of the audit chain there are."""
    with store.reading() as read:
        return tuple(
            read.connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (decision, outbox, audit)
        )


def fire(store: Store, follow_up: FollowUp, now: datetime) -> None:
    assert fire_due(store, now, follow_up.step_begun, "w").failed == ()


class TestACall:
    def test_says_why_and_on_what_evidence(self, store: Store) -> None:
        told(store, disclosure())
        (task,) = calls(outgoing(store), of_rule(store, DANGER))
        (rule,) = [one for one in SHIPPED.safety.escalates if one.id == DANGER]
        said = task["reasonCode"]["text"]
        assert rule.title in said
        assert f"rule {DANGER}" in said
        assert "1 March 2026" in said

    def test_has_who_must_act_and_by_when(self, store: Store) -> None:
        told(store, disclosure())
        escalation = of_rule(store, DANGER)
        (task,) = calls(outgoing(store), escalation)
        assert task["status"] == "requested"
        assert task["priority"] == "stat"
        assert task["owner"]["display"] == "Kim Park"
        due = datetime.fromisoformat(task["restriction"]["period"]["end"])
        assert due == escalation.due_at

    def test_has_instructions_and_lines_in_an_emergency(self, store: Store) -> None:
        told(store, disclosure())
        escalation = of_rule(store, DANGER)
        (task,) = calls(outgoing(store), escalation)
        said = " ".join(one["text"] for one in task["note"])
        assert "988" in said
        assert "911" in said
        assert escalation.plan.instructions
        for one in escalation.plan.instructions:
            assert one in said

    def test_goes_before_all_that_is_not_a_call(self, store: Store) -> None:
        told(store, disclosure())
        types = [one["resourceType"] for one in outgoing(store)]
        first = next(number for number, one in enumerate(types) if one == "RiskAssessment")
        calling = {"Task", "Communication"}
        assert set(types[:first]) == calling
        assert types.index("Flag") > first

    def test_is_the_first_step_alone(self, store: Store) -> None:
        """A later one is called when the deadline before it has passed."""
        follow_up = told(store, disclosure())
        escalation = of_rule(store, DANGER)
        assert len(calls(outgoing(store), escalation)) == 1
        assert escalation.due_at is not None
        fire(store, follow_up, escalation.due_at)
        first, second = calls(outgoing(store), escalation)
        assert second["description"] == escalation.plan.steps[1].title
        assert second["identifier"] != first["identifier"]
        assert f"rule {DANGER}" in second["reasonCode"]["text"]

    def test_of_the_last_step_is_repeated_by_a_communication_alone(self, store: Store) -> None:
        follow_up = told(store, disclosure())
        escalation = of_rule(store, DANGER)
        last = escalation.plan.steps[-1]
        assert last.repeats
        now = datetime.fromisoformat(last.begins)
        said: list[int] = []
        for _ in range(3):
            fire(store, follow_up, now)
            said.append(sum(one["resourceType"] == "Communication" for one in outgoing(store)))
            now += timedelta(minutes=last.minutes)
        assert len(calls(outgoing(store), escalation)) == len(escalation.plan.steps)
        assert said == [said[0], said[0] + 1, said[0] + 2]

    def test_told_twice_is_one(self, store: Store) -> None:
        told(store, disclosure())
        before = outgoing(store)
        told(store, disclosure(), now=NOW + timedelta(minutes=1))
        after = outgoing(store)
        assert after[: len(before)] == before
        assert calls(after, of_rule(store, DANGER)) == calls(before, of_rule(store, DANGER))

    def test_says_nobody_was_reached(self, store: Store) -> None:
        """That a communication came through is said by nobody who has not acknowledged."""
        told(store, disclosure())
        for one in outgoing(store):
            if one["resourceType"] == "Communication":
                assert one["status"] == "in-progress"
                assert "received" not in one


class TestWhatTheEhrMayNotKnow:
    def test_nothing_goes_out_of_a_rule_about_another_person(self, store: Store) -> None:
        """It is the safety role's; its escalation stands and its deadlines fire here."""
        rule = "in-confidence-today"
        follow_up = told(store, event("protective-order"))
        escalation = of_rule(store, rule)
        (shipped,) = [one for one in SHIPPED.safety.escalates if one.id == rule]
        assert escalation.state == "open"
        assert escalation.due_at is not None
        fire(store, follow_up, escalation.due_at)
        assert of_rule(store, rule).step + of_rule(store, rule).round == 1
        said = orjson.dumps(outgoing(store)).decode()
        for secret in (rule, shipped.title, escalation.id, "protective", escalation.pathway):
            assert secret not in said

    def test_a_call_for_what_it_may_not_see_is_in_neutral_words(self, store: Store) -> None:
        rule = "mentor-crosses-boundary"
        told(store, event("mentor-crosses-boundary"), about="mentor")
        escalation = of_rule(store, rule)
        (shipped,) = [one for one in SHIPPED.safety.escalates if one.id == rule]
        (task,) = calls(outgoing(store), escalation)
        assert task["description"] == CONCERN
        assert task["reasonCode"]["text"] == CONCERN
        assert task["performerType"]
        assert task["restriction"]["period"]["end"]
        said = orjson.dumps(outgoing(store)).decode()
        titles = {one.title for one in escalation.plan.steps}
        for secret in (f"rule {rule}", shipped.title, shipped.why, "group-form", *titles):
            assert secret not in said

    def test_so_is_one_of_a_rule_that_the_pack_has_no_more(self, store: Store) -> None:
        told(store, disclosure())
        safety = SHIPPED.safety
        kept = tuple(one for one in safety.escalates if one.id != DANGER)
        later = FollowUp(replace(SHIPPED, safety=replace(safety, escalates=kept)), store)
        escalation = of_rule(store, DANGER)
        assert escalation.due_at is not None
        fire(store, later, escalation.due_at)
        _, second = calls(outgoing(store), escalation)
        assert second["description"] == CONCERN
        assert DANGER not in str(second)


def with_severity(rule: str, severity: Severity) -> Policy:
    """The shipped pack where one rule is more or less severe."""
    safety = SHIPPED.safety
    escalates = tuple(
        replace(one, severity=severity) if one.id == rule else one for one in safety.escalates
    )
    return replace(SHIPPED, safety=replace(safety, escalates=escalates))


class TestALadderThatBeginsAgain:
    """The severity rose: whoever had it in hand had something less severe in hand."""

    @pytest.fixture
    def raised(self, store: Store) -> Store:
        told(store, event(LAPSE))
        told(
            store,
            event(LAPSE, "2", at=NOW + timedelta(hours=1)),
            policy=with_severity(LAPSE, "urgent"),
            now=NOW + timedelta(hours=1),
        )
        return store

    def test_has_tasks_of_its_own(self, raised: Store) -> None:
        escalation = of_rule(raised, LAPSE)
        assert escalation.ladder == 1
        before, again, after = calls(outgoing(raised), escalation)
        assert again["identifier"] == before["identifier"]
        assert (again["status"], again["statusReason"]["text"]) == ("cancelled", MORE_SEVERE)
        assert before["identifier"] != after["identifier"]
        assert after["status"] == "requested"
        begins = datetime.fromisoformat(after["executionPeriod"]["start"])
        assert begins == NOW + timedelta(hours=1)

    def test_says_why_and_on_what_evidence(self, raised: Store) -> None:
        *_, after = calls(outgoing(raised), of_rule(raised, LAPSE))
        assert f"rule {LAPSE}" in after["reasonCode"]["text"]
        assert "1 March 2026" in after["reasonCode"]["text"]


class TestLookingAgain:
    def test_keeps_nothing_where_nothing_is_new(self, store: Store) -> None:
        follow_up = told(store, disclosure())
        before = rows(store)
        for minutes in (1, 2):
            moment = NOW + timedelta(minutes=minutes)
            found = follow_up.look_again("ann", "patient", actor="w", now=moment)
            assert found.severity == "emergent"
        assert rows(store) == before

    def test_waits_for_nobody_who_writes_where_nothing_is_new(self, store: Store) -> None:
        """Nor does anybody wait for it: to look at everybody takes minutes."""
        follow_up = told(store, disclosure())
        with store.writing("somebody", NOW):
            found = follow_up.look_again("ann", "patient", actor="w", now=NOW)
        assert found.severity == "emergent"

    def test_finds_what_time_alone_makes_overdue(self, store: Store) -> None:
        begun = event("suicide-attempt", at=NOW - timedelta(hours=1))
        follow_up = told(store, begun)
        before = rows(store)
        covered = {one.rule for one in _open(store)}
        later = NOW + timedelta(days=3)
        follow_up.look_again("ann", "patient", actor="w", now=later)
        assert {one.rule for one in _open(store)} >= covered
        assert rows(store) >= before

    def test_of_somebody_of_whom_nothing_is_known_keeps_nothing(self, store: Store) -> None:
        follow_up = FollowUp(SHIPPED, store)
        found = follow_up.look_again("nobody", "patient", actor="w", now=NOW)
        assert found.severity is None
        assert rows(store) == (0, 0, 0)


def _open(store: Store) -> tuple[StoredEscalation, ...]:
    with store.reading() as read:
        return read.escalations()


class TestAllOrNothing:
    def test_what_contradicts_what_is_recorded_changes_nothing(self, store: Store) -> None:
        told(store, event(LAPSE))
        before = rows(store)
        with pytest.raises(ConflictingEntryError):
            told(store, disclosure("2"), event("missed-dose", "1"), event(LAPSE, "1", at=NOW
                 - timedelta(days=1)))  # fmt: skip
        assert rows(store) == before
        assert [one.rule for one in _open(store)] == [LAPSE]

    def test_a_stamped_event_keeps_the_moment_it_was_first_told(self, store: Store) -> None:
        follow_up = FollowUp(SHIPPED, store)
        for minutes in (0, 5):
            moment = NOW + timedelta(minutes=minutes)
            stamped = disclosure().model_copy(update={"recorded": moment})
            follow_up.take_in("ann", "patient", [stamped], actor="form", now=moment, stamped=True)
        with store.reading() as read:
            (kept,) = read.history("ann").events
        assert kept.recorded == NOW


class TestAnEngineThatFails:
    def test_is_looked_at_by_a_person_and_the_call_goes_out(self, store: Store) -> None:
        with Kernel(loading=1.0, answering=1.0, worker=(sys.executable, "-c", "")) as broken:
            follow_up = FollowUp(SHIPPED, store, broken)
            follow_up.take_in("ann", "patient", [disclosure()], actor="form", now=NOW)
            for minutes in (15, 30):
                moment = NOW + timedelta(minutes=minutes)
                follow_up.look_again("ann", "patient", actor="w", now=moment)
        with store.reading() as read:
            [review] = read.engine_reviews()
        assert (review.subject, review.state, review.times) == ("ann", "failed", 3)
        assert DANGER in {one.rule for one in _open(store)}
