"""Where the rules engine failed or differed, a person looks: counted, and closed by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peer_match.decide.assessment import Assessment, Engine
from peer_match.facts.patient import Person
from peer_match.records.errors import RecordsError
from peer_match.records.store import Store
from records.made import after, assessment

DANA = Person(id="dana", name="Dana Ruiz", role="programme-manager")
DIFFERED = replace(assessment(), engine=Engine("differed", "they differ", ("rule-b", "rule-a")))
FAILED = replace(assessment(), engine=Engine("failed", "it died"))


def ask(store: Store, found: Assessment, minutes: float = 0) -> None:
    with store.writing("engine", after(minutes)) as work:
        work.ask_for_engine_review(found)


def test_the_same_is_counted_and_asked_for_once(store: Store) -> None:
    ask(store, FAILED)
    ask(store, FAILED, 15)
    ask(store, DIFFERED, 20)
    ask(store, replace(FAILED, subject=replace(FAILED.subject, id="ben")), 30)
    with store.reading() as read:
        first, second, third = read.engine_reviews()
        assert read.status(after(31)).engine_reviews == 3
    assert (first.times, first.first_at, first.last_at) == (2, after(0), after(15))
    assert (second.state, second.rules) == ("differed", ("rule-a", "rule-b"))
    assert (third.subject, third.reason) == ("ben", "it died")


def test_a_named_person_closes_it_and_it_can_come_again(store: Store) -> None:
    ask(store, FAILED)
    with store.writing("dana", after(5)) as work:
        closed = work.close_engine_review(1, DANA, "the machine was out of memory")
        assert (closed.closed_by, closed.closed_at) == (DANA, after(5))
    ask(store, FAILED, 10)
    with store.reading() as read:
        [again] = read.engine_reviews()
        assert (again.id, again.times) == (2, 1)
        assert [one.id for one in read.engine_reviews(closed=True)] == [1, 2]
        assert read.status(after(11)).engine_reviews == 1


@pytest.mark.parametrize(
    ("number", "by", "reason", "words"),
    [
        (7, DANA, "x", "no review of the engine with the number 7"),
        (1, DANA, "  ", "say what was found out"),
        (1, Person(id="", name=""), "x", "only a person with an id and a name"),
        (2, DANA, "x", "is closed already"),
    ],
)
def test_nothing_is_closed_otherwise(
    store: Store, number: int, by: Person, reason: str, words: str
) -> None:
    ask(store, FAILED)
    ask(store, DIFFERED)
    with store.writing("dana", after(1)) as work:
        work.close_engine_review(2, DANA, "seen")
    with pytest.raises(RecordsError, match=words), store.writing("dana", after(2)) as work:
        work.close_engine_review(number, by, reason)
    with store.reading() as read:
        assert [one.id for one in read.engine_reviews()] == [1]
