"""Whose word takes something back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from peer_match.decide.allowed import allowed_history
from peer_match.facts.event import History, Reassessment, Retraction
from peer_match.facts.patient import Person
from peer_match.policy.safety import SafetyTimes

from .made import SHIPPED

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def times() -> SafetyTimes:
    found = SHIPPED.safety.times
    assert found is not None
    return found


def by(role: str | None) -> Person:
    return Person(id=f"of-{role}", name="Somebody", role=role)


def taken_back(role: str | None) -> Retraction:
    return Retraction(event="form#1", by=by(role), recorded=NOW, reason="a mistake")


def reassessed(role: str | None) -> Reassessment:
    return Reassessment(id=f"r-{role}", by=by(role), recorded=NOW, considered=("form#1",))


def test_the_word_of_the_roles_that_the_pack_names_counts() -> None:
    roles = sorted(times().retracted_by), sorted(times().reassessed_by)
    history = History(subject="p", retractions=tuple(map(taken_back, roles[0])),
                      reassessments=tuple(map(reassessed, roles[1])))  # fmt: skip
    assert allowed_history(history, times()) == (history, ())


def test_that_of_others_is_left_out_and_said_once_without_the_event() -> None:
    others = ("front-desk", None, "patient")
    history = History(subject="p", retractions=tuple(map(taken_back, others)),
                      reassessments=tuple(map(reassessed, others)))  # fmt: skip
    allowed, notes = allowed_history(history, times())
    assert (allowed.retractions, allowed.reassessments) == ((), ())
    assert notes == (
        "a reassessment does not count: it is by nobody who may reassess",
        "a retraction does not count: it is by nobody who may retract",
    )
    assert "form#1" not in str(notes)


def test_who_may_do_the_one_may_not_do_the_other_for_that() -> None:
    apart = replace(times(), retracted_by=frozenset({"supervisor"}),
                    reassessed_by=frozenset({"clinician"}))  # fmt: skip
    history = History(subject="p", retractions=(taken_back("clinician"),),
                      reassessments=(reassessed("supervisor"),))  # fmt: skip
    allowed, notes = allowed_history(history, apart)
    assert (allowed.retractions, allowed.reassessments, len(notes)) == ((), (), 2)


def test_everything_else_stays_as_it_is() -> None:
    history = History(subject="p", about="mentor")
    assert allowed_history(history, times()) == (history, ())
