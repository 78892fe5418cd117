"""The screens of a record are events: a total and the answers to it are one of them."""

from __future__ import annotations

from datetime import datetime

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.recorded_screens import with_screens
from peer_match.facts.event import History
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.patient import Patient, ScreenAnswers, ScreenResult
from peer_match.facts.provenance import Moment, PartialDate, Provenance, StatedBy

from .made import SHIPPED

NOW = datetime.fromisoformat("2026-03-02T09:00:00-06:00")
MOMENT = Moment.at(NOW)
ITEMS = [one.id for one in SHIPPED.instruments["phq-9"].items]


def source(id: str, date: str = "2026-03-01") -> Provenance:
    return Provenance(source=f"QuestionnaireResponse/{id}", stated_by=StatedBy.SELF,
                      date=PartialDate(date))  # fmt: skip


def answers(id: str = "1", said: str = "not-at-all", **other: str) -> ScreenAnswers:
    every = dict.fromkeys(ITEMS, said)
    every |= {name.replace("_", "-"): one for name, one in other.items()}
    return ScreenAnswers(instrument="phq-9", answers=every, provenance=source(id))


def total(score: int, id: str = "1") -> Fact[ScreenResult]:
    result = ScreenResult(instrument="phq-9", score=score)
    return Fact(statements=(Statement(value=result, provenance=source(id)),))


def patient(*given: ScreenAnswers, **facts: object) -> Patient:
    return Patient(id="p", screen_answers=given).model_copy(update=facts)


def assessed(person: Patient) -> Assessment:
    return assess(SHIPPED, History(subject="p"), as_of=NOW, patient=person)


def rules(found: Assessment) -> set[str]:
    return {one.rule for one in found.alerts}


def of_item_9() -> set[str]:
    """The rules that hold for somebody who answered the ninth item alone, and with yes."""
    return rules(assessed(patient(answers(self_harm="several-days"))))


def test_a_total_and_its_answers_are_one_event() -> None:
    person = patient(answers(self_harm="several-days"), phq9=total(1))
    [event] = with_screens(History(subject="p"), person, MOMENT).events
    assert (event.kind, event.id, event.points) == ("phq-9", "QuestionnaireResponse/1", 1)
    assert event.answers["self-harm"] == "several-days"


def test_of_two_totals_of_one_document_none_is_lost() -> None:
    both = Fact(statements=(*total(1).statements, *total(25).statements))
    events = with_screens(History(subject="p"), patient(answers(), phq9=both), MOMENT).events
    assert sorted(one.points or 0 for one in events) == [1, 25]


def test_answers_to_others_are_events_of_their_own() -> None:
    events = with_screens(History(subject="p"), patient(answers("1"), answers("2")), MOMENT).events
    assert [one.id for one in events] == ["QuestionnaireResponse/1", "QuestionnaireResponse/2"]


def test_a_positive_ninth_item_calls_somebody_whatever_the_total_is() -> None:
    found = of_item_9()
    assert found
    assert not found <= rules(assessed(patient(answers())))
    assert found <= rules(assessed(patient(answers(self_harm="several-days"), phq9=total(1))))


def test_not_at_all_takes_nothing_back() -> None:
    """Not that of the same day, and not that of the same form."""
    worse, none = answers("1", self_harm="nearly-every-day"), answers("2")
    for given in ((worse, none), (none, worse)):
        assert of_item_9() <= rules(assessed(patient(*given)))


def test_a_refusal_is_not_read_as_no() -> None:
    def asked(found: Assessment) -> set[str]:
        return {one.rule for one in found.questions}

    holding = of_item_9() - rules(assessed(patient(answers())))
    refused = assessed(patient(answers(self_harm="refused")))
    assert holding <= asked(refused)
    assert not holding & rules(refused)


def test_what_a_history_tells_already_is_not_told_twice() -> None:
    person = patient(answers())
    once = with_screens(History(subject="p"), person, MOMENT)
    assert with_screens(once, person, MOMENT) == once
