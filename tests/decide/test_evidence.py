"""What a condition holds because of, and what somebody has to find out: in words for people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from peer_match.decide.case import Case, view
from peer_match.decide.evaluate import World
from peer_match.decide.evidence import evidence_of, unknown_of
from peer_match.decide.timeline import timeline
from peer_match.facts.event import Event, History
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment, PartialDate

from .made import SHIPPED
from .made_safety import made_condition

NOW = datetime.fromisoformat("2026-03-01T12:00:00-08:00")


def world(*events: Event) -> World:
    moment = Moment.at(NOW)
    facts = Case({"patient": view(Patient(id="p"), moment, SHIPPED.vocabularies)})
    line = timeline(History(subject="p", events=events), SHIPPED.safety.events,
                    SHIPPED.instruments, moment)  # fmt: skip
    return World(facts, SHIPPED.findings, NOW, line)


def event(kind: str, id: str = "1", **other: Any) -> Event:
    when = NOW - timedelta(days=1)
    told: dict[str, Any] = {"source": "form", "date": PartialDate.of(when), "recorded": when}
    return Event(kind=kind, id=id, **told | other)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (("at least", 1, "disclosure", "moderate", 7, "days"),
         "whether there was in the past 7 days: A disclosure of distress, moderate or "
         "worse"),
        (("at least", 1, "overdose", None, 1, "days"),
         "whether there was in the past day: An overdose"),
        (("at least", 3, "missed-meeting", None, 14, "days"),
         "whether there were at least 3 in the past 14 days: A meeting missed without word"),
        (("fell", "hope", 10, 60, "days"),
         "whether it fell by 10 points or more in the past 60 days: A hope scale"),
        (("safety-plan", "is overdue by", 2, "hours"),
         "whether it is overdue by 2 hours: A safety plan after a risk was identified"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_in_the_labels_of_the_pack(sentence: Any, words: str) -> None:
    [found] = unknown_of(made_condition(sentence), world())
    assert found == words


def test_the_most_severe_of_a_scale_is_not_said_to_have_a_worse_one() -> None:
    [found] = unknown_of(made_condition(("at least", 1, "disclosure", "immediate", 7, "days")),
                         world())  # fmt: skip
    assert not found.endswith("or worse")


def test_the_same_is_asked_once_and_what_is_known_is_not() -> None:
    twice = ("at least", 1, "overdose", None, 1, "days")
    known = ("at least", 1, "disclosure", None, 7, "days")
    found = unknown_of(made_condition(("all", [twice, known, ("any", [twice])])),
                       world(event("disclosure")))  # fmt: skip
    assert found == ("whether there was in the past day: An overdose",)


def test_evidence_is_what_makes_a_sentence_hold_each_once_by_key() -> None:
    both = event("disclosure", "2", severity="severe"), event("overdose", "1")
    held = ("at least", 1, "disclosure", "severe", 7, "days")
    other = ("at least", 1, "overdose", None, 7, "days")
    found = evidence_of(made_condition(("any", [held, held, other])), world(*both))
    assert [one.key for one in found] == ["form#1", "form#2"]
    assert found[0].what == "An overdose"
    assert found[1].what.startswith("A disclosure of distress, severe")
    assert (found[0].privacy, found[0].stated_by) == ("substance-use", "record")


def test_below_a_not_it_is_what_does_not_hold() -> None:
    held = ("at least", 1, "overdose", None, 7, "days")
    assert evidence_of(made_condition(("not", ("not", held))), world(event("overdose"))) != ()
    assert evidence_of(made_condition(("not", held)), world(event("overdose"))) == ()
