"""A unit of work is one transaction; readers see one moment."""

from __future__ import annotations

import threading
from dataclasses import replace

from sqlalchemy import select

from peer_match.decide.assessment import Engine
from peer_match.decide.canonical import canonical_assessment
from peer_match.records.audit import verify
from peer_match.records.canonical import digest
from peer_match.records.schema import audit, decision
from peer_match.records.store import Store, open_store
from records.made import NOON, SUBJECT, assessment, escalation, event
from records.test_latch import record


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    with store.reading() as read:
        assert read.history(SUBJECT).events == ()
        with store.writing("feed", NOON) as work:
            work.append(SUBJECT, "patient", [event()])
        assert read.history(SUBJECT).events == ()
    with store.reading() as read:
        assert read.history(SUBJECT).events == (event(),)


def test_a_unit_of_work_sees_what_it_has_written(store: Store) -> None:
    with store.writing("feed", NOON) as work:
        work.append(SUBJECT, "patient", [event()])
        assert work.history(SUBJECT).events == (event(),)
        work.record(assessment(escalation()))
        assert work.escalation("e1").state == "open"
        assert [one.id for one in work.earlier(SUBJECT)] == ["e1"]


def test_what_was_written_is_there_for_the_next_who_opens_it(url: str) -> None:
    with open_store(url) as store:
        record(store, assessment(escalation()))
    with open_store(url) as store, store.reading() as read:
        assert read.escalation("e1").severity == "urgent"


def test_two_who_see_the_same_at_once_open_one_escalation(url: str) -> None:
    start = threading.Barrier(2)

    def see(id: str) -> None:
        with open_store(url) as store:
            start.wait()
            for number in range(5):
                one = escalation(f"{id}-{number}")
                record(store, assessment(one, evidence=[f"{id}#{number}"]))

    both = [threading.Thread(target=see, args=(id,)) for id in ("a", "b")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with open_store(url) as store:
        with store.reading() as read:
            [found] = read.escalations()
        assert len(found.evidence) == 10
        assert verify(store) == ()


def test_a_decision_is_kept_with_the_digest_of_its_canonical_form(store: Store) -> None:
    one = assessment(escalation())
    record(store, one)
    with store.reading() as read:
        row = read.connection.execute(select(decision)).one()
    assert row.digest == digest(canonical_assessment(one).decode())
    assert (row.kind, row.subject, row.as_of) == ("assessment", SUBJECT, NOON)
    assert (row.policy_digest, row.tzdata_version) == ("0" * 64, "2026.1")
    assert '"engine":{"reason":"","rules":[],"state":"agreed"}' in row.body


def test_how_the_engine_fared_makes_no_other_decision_of_it(store: Store) -> None:
    one = assessment(escalation())
    record(store, replace(one, engine=Engine("failed", "no answer")))
    record(store, one)
    with store.reading() as read:
        [row] = read.connection.execute(select(decision)).all()
        [noted] = read.connection.execute(select(audit)).all()
    assert '"state":"failed"' in row.body
    assert '"engine":"failed"' in noted.details
