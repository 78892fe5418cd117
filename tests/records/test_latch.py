"""While an escalation is not closed, its severity only rises and its evidence only grows."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from peer_match.decide.assessment import Assessment
from peer_match.policy.safety_files import SEVERITIES
from peer_match.records.escalations import StoredEscalation
from peer_match.records.latch import Latched
from peer_match.records.outgoing import Outgoing
from peer_match.records.schema import audit, deadline, decision, outbox
from peer_match.records.store import Store
from records.made import DANA, NOON, SUBJECT, after, assessment, escalation, steps


def record(store: Store, one: Assessment, *outgoing: Outgoing, at: float = 0) -> Latched:
    with store.writing("engine", after(at)) as work:
        return work.record(one, outgoing)


def stored(store: Store, id: str = "e1") -> StoredEscalation:
    with store.reading() as read:
        return read.escalation(id)


def count(store: Store, table: object) -> int:
    with store.reading() as read:
        return read.connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def deadlines(store: Store) -> list[tuple[int, int, str]]:
    with store.reading() as read:
        rows = read.connection.execute(select(deadline).order_by(deadline.c.id))
        return [(row.ladder, row.step, row.state) for row in rows]


def test_an_escalation_opens_at_its_first_step(store: Store) -> None:
    assert record(store, assessment(escalation())) == Latched(opened=("e1",))
    found = stored(store)
    assert (found.state, found.severity, found.step, found.round) == ("open", "urgent", 0, 0)
    assert found.due_at == after(15)
    assert found.opened_at == NOON
    assert found.evidence == ("form#1",)
    assert found.plan == escalation()
    assert found.call == "e1/0/0/0"


def test_the_same_assessment_again_changes_nothing(store: Store) -> None:
    one = assessment(escalation())
    record(store, one, Outgoing("k", SUBJECT, "call"))
    rows = [count(store, table) for table in (decision, outbox, audit)]
    assert record(store, one, Outgoing("k", SUBJECT, "call"), at=1) == Latched()
    assert [count(store, table) for table in (decision, outbox, audit)] == rows == [1, 1, 1]
    assert stored(store).opened_at == NOON


def test_an_assessment_without_escalations_is_kept_as_well(store: Store) -> None:
    assert record(store, assessment()) == Latched()
    assert (count(store, decision), count(store, audit)) == (1, 1)


def test_the_same_rule_is_not_opened_twice_and_its_evidence_is_united(store: Store) -> None:
    record(store, assessment(escalation()))
    second = assessment(escalation("e2"), evidence=["form#2"])
    assert record(store, second, at=5) == Latched(widened=("e1",))
    found = stored(store)
    assert found.evidence == ("form#1", "form#2")
    assert (found.due_at, found.ladder) == (after(15), 0)
    assert deadlines(store) == [(0, 0, "waiting")]


def test_a_lower_severity_lowers_nothing(store: Store) -> None:
    record(store, assessment(escalation(severity="emergent")))
    record(store, assessment(escalation("e2", severity="routine"), evidence=["form#2"]))
    assert stored(store).severity == "emergent"
    assert stored(store).evidence == ("form#1", "form#2")


def test_no_assessment_closes_an_escalation(store: Store) -> None:
    record(store, assessment(escalation()))
    record(store, assessment(), at=60)
    assert stored(store).state == "open"


def test_a_rising_severity_begins_the_ladder_again(store: Store) -> None:
    record(store, assessment(escalation(ladder=steps(2))))
    worse = escalation("e2", severity="emergent", since=after(5))
    assert record(store, assessment(worse, evidence=["form#2"]), at=5) == Latched(raised=("e1",))
    found = stored(store)
    assert (found.severity, found.ladder, found.step) == ("emergent", 1, 0)
    assert found.due_at == after(20)
    assert found.call == "e1/1/0/0"
    assert len(found.plan.steps) == 3
    assert deadlines(store) == [(0, 0, "cancelled"), (1, 0, "waiting")]


def test_a_rising_severity_undoes_the_acknowledgement_of_the_lower_one(store: Store) -> None:
    record(store, assessment(escalation()))
    with store.writing("page", after(1)) as work:
        work.acknowledge("e1", DANA)
    record(store, assessment(escalation("e2", severity="emergent", since=after(5))), at=5)
    found = stored(store)
    assert (found.state, found.acknowledged_by, found.acknowledged_at) == ("open", None, None)
    assert deadlines(store) == [(0, 0, "met"), (1, 0, "waiting")]


def test_more_of_the_same_severity_leaves_it_acknowledged(store: Store) -> None:
    record(store, assessment(escalation()))
    with store.writing("page", after(1)) as work:
        work.acknowledge("e1", DANA)
    record(store, assessment(escalation("e2"), evidence=["form#2"]), at=5)
    assert stored(store).state == "acknowledged"
    assert stored(store).evidence == ("form#1", "form#2")


def test_what_was_closed_is_not_opened_again_but_new_evidence_opens_anew(store: Store) -> None:
    record(store, assessment(escalation()))
    with store.writing("page", after(1)) as work:
        work.close("e1", DANA, "spoke with Ana")
    assert record(store, assessment(escalation(severity="emergent")), at=2) == Latched()
    assert stored(store).state == "closed"
    second = assessment(escalation("e2"), evidence=["form#2"])
    assert record(store, second, at=3) == Latched(opened=("e2",))


def test_different_rules_escalate_apart(store: Store) -> None:
    both = assessment(escalation(), escalation("e2", rule="relapse"))
    assert record(store, both) == Latched(opened=("e1", "e2"))


def test_the_same_rule_for_another_subject_escalates_apart(store: Store) -> None:
    record(store, assessment(escalation()))
    other = assessment(escalation("e2"), subject="ben")
    assert record(store, other) == Latched(opened=("e2",))


def test_the_id_of_another_subject_is_a_fault_that_changes_nothing(store: Store) -> None:
    record(store, assessment(escalation()))
    with pytest.raises(ValueError, match="of another subject"):
        record(store, assessment(escalation(), subject="ben"))
    assert count(store, decision) == 1


def test_earlier_escalations_are_told_as_an_assessment_wants_them(store: Store) -> None:
    record(store, assessment(escalation()))
    record(store, assessment(escalation("e2", rule="relapse", severity="soon")))
    with store.writing("page", after(1)) as work:
        work.close("e1", DANA, "spoke with Ana")
        first, second = work.earlier(SUBJECT)
        assert work.earlier("ben") == ()
    assert (first.id, first.is_open, first.severity) == ("e1", False, "urgent")
    assert (second.id, second.is_open, second.severity) == ("e2", True, "soon")
    assert first.evidence == {"form#1"}


def test_a_plan_without_steps_is_a_fault(store: Store) -> None:
    with pytest.raises(ValueError, match="no steps"):
        record(store, assessment(escalation(ladder=())))
    assert count(store, decision) == 0


_subjects = itertools.count()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seen=st.lists(
        st.tuples(st.sampled_from(SEVERITIES), st.sets(st.sampled_from("abcd"), min_size=1)),
        min_size=1,
        max_size=5,
    )
)
def test_it_ends_at_the_highest_severity_with_all_evidence(
    store: Store, seen: list[tuple[str, set[str]]]
) -> None:
    subject = f"s{next(_subjects)}"
    for number, (severity, evidence) in enumerate(seen):
        one = escalation(f"{subject}-{number}", severity=severity)  # type: ignore[arg-type]
        record(store, assessment(one, subject=subject, evidence=evidence, at=after(number)))
    with store.reading() as read:
        [found] = read.escalations(subject=subject)
    assert found.severity == max((s for s, _ in seen), key=SEVERITIES.index)  # type: ignore[arg-type]
    assert set(found.evidence) == set[str]().union(*(evidence for _, evidence in seen))


def test_the_evidence_of_an_escalation_is_that_of_its_own_rule(store: Store) -> None:
    """A milder rule that leaves its evidence to this one had some of its own escalated before: what
    this rule did not read can still call somebody by it, once it becomes more severe."""
    one = assessment(escalation())
    milder = replace(
        one.alerts[0], rule="milder", escalated_as=one.alerts[0].rule, is_new=False,
        evidence=(*one.alerts[0].evidence, replace(one.alerts[0].evidence[0], key="form#0")),
    )  # fmt: skip
    record(store, replace(one, alerts=(*one.alerts, milder)))
    assert stored(store).evidence == ("form#1",)
