"""Nobody acknowledged in time: the next person is called, exactly once, and none is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from sqlalchemy import create_engine, select, text

from peer_match.decide.assessment import Step
from peer_match.records.audit import verify
from peer_match.records.deadlines import Fired, fire_due
from peer_match.records.errors import RecordsError
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Outgoing
from peer_match.records.schema import audit, deadline, outbox
from peer_match.records.store import Store, open_store
from records.made import DANA, after, assessment, call, escalation, steps
from records.test_latch import deadlines, record, stored


def fire(store: Store, minutes: float, **options: int) -> Fired:
    return fire_due(store, after(minutes), call, "worker", **options)


def outgoing(store: Store) -> list[str]:
    with store.reading() as read:
        rows = read.connection.execute(select(outbox.c.key).order_by(outbox.c.seq))
        return list(rows.scalars())


def test_before_its_time_nothing_fires(store: Store) -> None:
    record(store, assessment(escalation()))
    assert fire(store, 14.99) == Fired((), ())
    assert deadlines(store) == [(0, 0, "waiting")]


def test_at_its_time_the_next_step_is_called(store: Store) -> None:
    record(store, assessment(escalation()))
    assert fire(store, 15).calls == ("e1/0/1/0",)
    found = stored(store)
    assert (found.state, found.step, found.due_at) == ("open", 1, after(30))
    assert deadlines(store) == [(0, 0, "fired"), (0, 1, "waiting")]
    assert outgoing(store) == ["e1/0/1/0"]
    with store.reading() as read:
        assert read.connection.execute(select(deadline.c.fired_at)).scalars().first() == after(15)
        last = select(audit.c.action).order_by(audit.c.seq.desc()).limit(1)
        assert read.connection.execute(last).scalar_one() == "fire"


def test_the_next_deadline_counts_from_its_stored_time_and_not_from_the_firing(
    store: Store,
) -> None:
    record(store, assessment(escalation()))
    fire(store, 17)
    assert stored(store).due_at == after(30)


def test_what_is_rendered_is_the_step_that_was_reached(store: Store) -> None:
    seen: list[tuple[int, str]] = []

    def render(reached: StoredEscalation, step: Step) -> Iterable[Outgoing]:
        seen.append((reached.step, step.id))
        return ()

    record(store, assessment(escalation()))
    fire_due(store, after(15), render, "worker")
    fire_due(store, after(30), render, "worker")
    assert seen == [(1, "step-1"), (2, "step-2")]


def test_the_last_step_is_called_again_each_time_its_span_has_passed(store: Store) -> None:
    record(store, assessment(escalation()))
    made = [fire(store, minutes).calls for minutes in (15, 30, 45, 50, 60, 75)]
    assert made == [
        ("e1/0/1/0",),
        ("e1/0/2/0",),
        ("e1/0/2/1",),
        (),
        ("e1/0/2/2",),
        ("e1/0/2/3",),
    ]
    assert stored(store).due_at == after(90)


def test_after_an_outage_every_step_is_called_in_order_and_the_next_lies_ahead(
    store: Store,
) -> None:
    record(store, assessment(escalation()))
    assert fire(store, 300).calls == ("e1/0/1/0", "e1/0/2/0")
    assert outgoing(store) == ["e1/0/1/0", "e1/0/2/0"]
    assert stored(store).due_at == after(315)
    assert deadlines(store) == [(0, 0, "fired"), (0, 1, "fired"), (0, 2, "waiting")]
    assert fire(store, 300).calls == ()


def test_after_an_outage_the_ladder_stops_at_the_step_whose_time_has_not_passed(
    store: Store,
) -> None:
    record(store, assessment(escalation(ladder=steps(4))))
    assert fire(store, 31).calls == ("e1/0/1/0", "e1/0/2/0")
    assert stored(store).due_at == after(45)


def test_calls_missed_by_the_repeating_step_are_not_made_up_for(store: Store) -> None:
    record(store, assessment(escalation(ladder=steps(1))))
    assert fire(store, 100).calls == ("e1/0/0/1",)
    assert stored(store).due_at == after(105)


def test_a_ladder_that_ends_is_seen_in_the_status(store: Store) -> None:
    record(store, assessment(escalation(ladder=steps(2, repeats=False))))
    assert fire(store, 15).calls == ("e1/0/1/0",)
    assert fire(store, 30).calls == ()
    assert stored(store).state == "open"
    with store.reading() as read:
        status = read.status(after(31))
    assert (status.without_deadline, status.waiting_deadlines) == (1, 0)


@pytest.mark.parametrize("ending", ["acknowledge", "close"])
def test_once_somebody_has_answered_nothing_fires(store: Store, ending: str) -> None:
    record(store, assessment(escalation()))
    with store.writing("page", after(5)) as work:
        if ending == "acknowledge":
            work.acknowledge("e1", DANA)
        else:
            work.close("e1", DANA, "she is safe")
    assert fire(store, 500).calls == ()


def test_the_oldest_fire_first_and_no_more_than_the_limit(store: Store) -> None:
    for number, since in enumerate((3, 1, 2)):
        one = escalation(f"e{number}", since=after(since))
        record(store, assessment(one, subject=f"s{number}"))
    assert fire(store, 20, limit=2).calls == ("e1/0/1/0", "e2/0/1/0")
    assert fire(store, 20).calls == ("e0/0/1/0",)


def test_a_clock_that_was_set_back_fires_nothing_early(store: Store) -> None:
    record(store, assessment(escalation()))
    fire(store, 15)
    assert fire(store, 0).calls == ()
    assert fire(store, 30).calls == ("e1/0/2/0",)


def test_one_that_cannot_be_rendered_does_not_stop_the_others(store: Store) -> None:
    record(store, assessment(escalation("bad"), subject="Ana Secret"))
    record(store, assessment(escalation("good", since=after(1)), subject="ben"))

    def render(reached: StoredEscalation, step: Step) -> list[Outgoing]:
        if reached.id == "bad":
            raise KeyError(reached.subject)
        return call(reached, step)

    fired = fire_due(store, after(20), render, "worker")
    assert fired == Fired(("good/0/1/0",), (("bad", "KeyError"),))
    assert stored(store, "bad").step == 0
    with store.reading() as read:
        assert read.status(after(20)).oldest_overdue_seconds == 300
    assert fire(store, 20).calls == ("bad/0/1/0",)


def test_two_workers_fire_each_deadline_exactly_once(url: str) -> None:
    number = 12
    with open_store(url) as store:
        for index in range(number):
            record(store, assessment(escalation(f"e{index}"), subject=f"s{index}"))

    calls: list[str] = []
    start = threading.Barrier(2)

    def work(name: str) -> None:
        with open_store(url) as store:
            start.wait()
            calls.extend(fire_due(store, after(15), call, name).calls)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(calls) == sorted(f"e{index}/0/1/0" for index in range(number))
    with open_store(url) as store:
        assert sorted(outgoing(store)) == sorted(calls)
        assert verify(store) == ()


# On SQLite, whoever holds a row holds the whole database.
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_row_held_by_somebody_at_a_console_is_passed_over(store: Store, url: str) -> None:
    record(store, assessment(escalation("e1")))
    record(store, assessment(escalation("e2", since=after(1)), subject="ben"))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as console:
        console.execute(text("SELECT 1 FROM deadline WHERE escalation = 'e1' FOR UPDATE"))
        assert fire(store, 20).calls == ("e2/0/1/0",)
    engine.dispose()
    assert fire(store, 20).calls == ("e1/0/1/0",)


def test_a_database_that_fails_is_an_error_and_not_a_failed_call(store: Store) -> None:
    def render(reached: StoredEscalation, step: Step) -> list[Outgoing]:
        return [Outgoing("a\0b", reached.subject, "")]

    record(store, assessment(escalation()))
    with pytest.raises(RecordsError):
        fire_due(store, after(15), render, "worker")
    assert stored(store).step == 0
