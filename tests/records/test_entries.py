"""What is appended comes back, once, whatever the order in which it arrived."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer_match.facts.event import Coverage, History, Reassessment, Retraction
from peer_match.records.entries import Entry
from peer_match.records.errors import ConflictingEntryError, RecordsError
from peer_match.records.store import Store
from records.made import DANA, NOON, SUBJECT, after, event

RETRACTION = Retraction(event="form#1", by=DANA, recorded=NOON, reason="typed for another")
REASSESSMENT = Reassessment(id="r1", by=DANA, recorded=NOON, considered=("form#1",))
COVERAGE = Coverage(kind="crisis-call", begins=NOON)


def append(store: Store, *entries: Entry, subject: str = SUBJECT) -> int:
    with store.writing("feed", NOON) as work:
        return work.append(subject, "patient", entries)


def history(store: Store, subject: str = SUBJECT) -> History:
    with store.reading() as read:
        return read.history(subject)


def test_every_kind_of_entry_comes_back(store: Store) -> None:
    assert append(store, event(), RETRACTION, REASSESSMENT, COVERAGE) == 4
    assert history(store) == History(
        subject=SUBJECT,
        events=(event(),),
        retractions=(RETRACTION,),
        reassessments=(REASSESSMENT,),
        coverage=(COVERAGE,),
    )


def test_of_somebody_nobody_has_heard_of_the_history_is_empty(store: Store) -> None:
    assert history(store) == History(subject=SUBJECT)


def test_the_history_of_one_role_is_not_that_of_another(store: Store) -> None:
    with store.writing("feed", NOON) as work:
        work.append(SUBJECT, "mentor", [event()])
        assert work.history(SUBJECT).events == ()
        assert work.history(SUBJECT, "mentor").events == (event(),)


def test_the_same_again_is_no_news(store: Store) -> None:
    everything = (event(), RETRACTION, REASSESSMENT, COVERAGE)
    append(store, *everything)
    before = history(store)
    assert append(store, *everything) == 0
    assert history(store) == before


def test_the_same_twice_in_one_call_is_recorded_once(store: Store) -> None:
    assert append(store, event(), event()) == 1


def test_the_same_instant_with_another_offset_is_the_same(store: Store) -> None:
    append(store, event())
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-5)))
    assert append(store, event().model_copy(update={"recorded": elsewhere})) == 0


def test_events_without_an_id_are_never_taken_for_each_other(store: Store) -> None:
    assert append(store, event(None), event(None)) == 2
    assert append(store, event(None)) == 1
    assert len(history(store).events) == 3


def test_the_same_key_of_another_subject_is_another_event(store: Store) -> None:
    assert append(store, event()) == 1
    assert append(store, event(), subject="ben") == 1


def test_the_same_key_with_another_content_is_refused_and_named(store: Store) -> None:
    append(store, event("1"), event("2"))
    with pytest.raises(ConflictingEntryError) as refused:
        append(store, event("3"), event("1", kind="relapse"), event("2", kind="relapse"))
    assert refused.value.keys == ("form#1", "form#2")
    assert "form#1" in str(refused.value)
    assert "retract" in str(refused.value)
    assert history(store).events == (event("1"), event("2"))


def test_two_contents_of_one_key_in_one_call_are_refused(store: Store) -> None:
    with pytest.raises(ConflictingEntryError):
        append(store, event(), event(kind="relapse"))
    assert history(store).events == ()


def test_a_refused_call_leaves_the_rest_of_the_unit_of_work_alone(store: Store) -> None:
    append(store, event("1"))
    with store.writing("feed", NOON) as work:
        with pytest.raises(ConflictingEntryError):
            work.append(SUBJECT, "patient", [event("2"), event("1", kind="relapse")])
        work.append(SUBJECT, "patient", [event("4")])
    assert history(store).events == (event("1"), event("4"))


def test_a_coverage_that_went_on_is_ended_by_recording_it_with_its_end(store: Store) -> None:
    ended = Coverage(kind="crisis-call", begins=NOON, ends=after(60))
    later = Coverage(kind="crisis-call", begins=NOON, ends=after(90))
    for subject, order in enumerate(itertools.permutations([COVERAGE, ended, later])):
        append(store, *order, subject=str(subject))
        assert history(store, str(subject)).coverage == (ended,)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_text_that_one_of_the_databases_cannot_hold_is_refused_by_both(
    store: Store, text: str
) -> None:
    with pytest.raises(RecordsError) as refused:
        append(store, event(), subject=text)
    assert text not in str(refused.value)
    with pytest.raises(RecordsError):
        append(store, event(source=text))
    with store.reading() as read:
        assert read.history(SUBJECT).events == ()


def test_an_entry_comes_back_as_it_was_to_the_microsecond(store: Store) -> None:
    precise = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
    append(store, event().model_copy(update={"recorded": precise}))
    [found] = history(store).events
    assert found.recorded == precise


moments = st.integers(0, 10_000).map(after)
entries = st.one_of(
    st.builds(
        lambda id, kind, recorded: event(id, kind=kind).model_copy(update={"recorded": recorded}),
        st.none() | st.sampled_from("abcdef"),
        st.just("crisis-call"),
        st.sampled_from([NOON, after(1)]),
    ),
    st.builds(
        Retraction,
        event=st.sampled_from(["form#a", "form#b"]),
        by=st.just(DANA),
        recorded=moments,
        reason=st.text(st.characters(codec="utf-8"), max_size=3),
    ),
    st.builds(
        Coverage,
        kind=st.sampled_from(["relapse", "crisis-call"]),
        begins=st.sampled_from([NOON, after(1)]),
        ends=st.none() | st.sampled_from([after(2), after(3)]),
    ),
)


def without_conflicts(drawn: list[Entry]) -> list[Entry]:
    first: dict[str, Entry] = {}
    return [
        entry
        for entry in drawn
        if (key := getattr(entry, "key", None)) is None or first.setdefault(key, entry) == entry
    ]


_subjects = itertools.count()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_of_arrival_never_matters(store: Store, data: st.DataObject) -> None:
    drawn = without_conflicts(data.draw(st.lists(entries, max_size=6)))
    shuffled = data.draw(st.permutations(drawn))
    split = data.draw(st.integers(0, len(drawn)))
    subject = f"s{next(_subjects)}"

    append(store, *drawn, subject=f"{subject}-one")
    append(store, *shuffled[:split], subject=f"{subject}-two")
    append(store, *shuffled[split:], subject=f"{subject}-two")

    one, two = history(store, f"{subject}-one"), history(store, f"{subject}-two")
    assert one.model_dump_json(exclude={"subject"}) == two.model_dump_json(exclude={"subject"})
