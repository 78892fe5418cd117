"""Histories as they are told: what an event is called by, and that nothing in one is changed."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from peer_match.facts.event import (
    OF_THE_RECORD,
    Coverage,
    EarlierEscalation,
    Event,
    History,
    Reassessment,
    Retraction,
)
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate, StatedBy

RECORDED = "2026-03-01T09:00:00-05:00"
EVENT: dict[str, Any] = {
    "kind": "disclosure", "source": "form", "id": "7", "date": "2026-02-28", "recorded": RECORDED,
}  # fmt: skip
WHO: dict[str, Any] = {"id": "c1", "name": "Dr Ada Park", "role": "clinician"}
REASSESSED: dict[str, Any] = {
    "id": "r1", "by": WHO, "recorded": RECORDED, "considered": ["form#7", "8"],
}  # fmt: skip
RETRACTED: dict[str, Any] = {
    "event": "form#7", "by": WHO, "recorded": RECORDED, "reason": "the wrong person",
}  # fmt: skip
COVERED: dict[str, Any] = {"kind": "disclosure", "begins": RECORDED}


def event(**keys: Any) -> Event:
    return Event.model_validate({**EVENT, **keys})


# -- events ----------------------------------------------------------------------------------------


def test_what_an_event_does_not_say_is_not_known() -> None:
    found = event()
    assert (found.severity, found.points, found.answers) == (None, None, {})
    assert found.date == PartialDate("2026-02-28")
    assert found.stated_by is StatedBy.RECORD


@pytest.mark.parametrize("date", ["2026", "2026-02", "2026-02-28", "2026-02-28T08:00:00Z", None])
def test_when_it_happened_may_be_known_roughly_or_not_at_all(date: str | None) -> None:
    found = event(date=date).date
    assert (None if found is None else found.text) == date


@pytest.mark.parametrize("date", ["yesterday", "2026-13", "2026-02-30", "28.02.2026", ""])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(ValidationError):
        event(date=date)


@pytest.mark.parametrize("field", ["kind", "source", "date", "recorded"])
def test_what_every_event_says_cannot_be_left_out(field: str) -> None:
    """Also when nobody knows when it was: then it says so."""
    with pytest.raises(ValidationError):
        Event.model_validate({key: said for key, said in EVENT.items() if key != field})


@pytest.mark.parametrize("recorded", ["2026-03-01T09:00:00", "2026-03-01", "soon", None])
def test_when_it_was_recorded_is_an_instant_with_an_offset(recorded: str | None) -> None:
    with pytest.raises(ValidationError):
        event(recorded=recorded)


@pytest.mark.parametrize(
    "keys", [{"severty": "mild"}, {"points": "many"}, {"points": 1.5}, {"answers": ["often"]}]
)
def test_what_no_event_can_say_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        event(**keys)


@pytest.mark.parametrize(
    ("source", "id", "key"),
    [
        ("form", "7", "form#7"),
        ("feed", "7", "feed#7"),
        (OF_THE_RECORD, "Observation/7", "Observation/7"),
        ("form", None, None),
        (OF_THE_RECORD, None, None),
    ],
)
def test_an_event_is_called_by_its_source_and_its_id(
    source: str, id: str | None, key: str | None
) -> None:
    """Two sources may use the same id; the person's own record calls things by their resource."""
    assert event(source=source, id=id).key == key


def test_the_same_id_of_two_sources_is_two_events() -> None:
    assert event(source="form").key != event(source="feed").key


# -- what is said of events later ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Event, EVENT),
        (Retraction, RETRACTED),
        (Reassessment, REASSESSED),
        (Coverage, COVERED),
        (History, {"subject": "p1", "events": [EVENT]}),
        (EarlierEscalation, {"id": "e1", "rule": "raised", "severity": "urgent",
                             "evidence": ["form#7"], "is_open": True}),
    ],
)  # fmt: skip
def test_nothing_in_a_history_is_ever_changed_and_all_of_it_can_be_written_down(
    model: type[BaseModel], said: dict[str, Any]
) -> None:
    found = model.model_validate(said)
    for field in model.model_fields:
        with pytest.raises(ValidationError):
            setattr(found, field, None)
    assert model.model_validate_json(found.model_dump_json()) == found
    with pytest.raises(ValidationError):
        model.model_validate({**said, "colour": "red"})


@pytest.mark.parametrize(("model", "said"), [(Retraction, RETRACTED), (Reassessment, REASSESSED)])
@pytest.mark.parametrize("left_out", ["by", "recorded"])
def test_only_a_named_person_takes_back_or_reassesses_and_says_when(
    model: type[BaseModel], said: dict[str, Any], left_out: str
) -> None:
    with pytest.raises(ValidationError):
        model.model_validate({key: one for key, one in said.items() if key != left_out})
    with pytest.raises(ValidationError):
        model.model_validate({**said, "by": {"role": "clinician"}})


def test_a_retraction_says_why_and_a_reassessment_what_was_looked_at() -> None:
    for model, said, field in (
        (Retraction, RETRACTED, "reason"),
        (Reassessment, REASSESSED, "considered"),
    ):
        with pytest.raises(ValidationError):
            TypeAdapter(model).validate_python(
                {key: one for key, one in said.items() if key != field}
            )
    assert Reassessment.model_validate(REASSESSED).considered == ("form#7", "8")
    assert Retraction.model_validate(RETRACTED).by == Person.model_validate(WHO)


# -- coverage and whole histories ------------------------------------------------------------------


def test_a_coverage_goes_on_until_it_says_when_it_ended() -> None:
    assert Coverage.model_validate(COVERED).ends is None
    ended = Coverage.model_validate({**COVERED, "ends": "2026-03-02T00:00:00Z"})
    assert ended.ends is not None
    for key in ("begins", "ends"):
        with pytest.raises(ValidationError):
            Coverage.model_validate({**COVERED, key: "2026-03-01T09:00:00"})


def test_a_history_is_of_one_subject_and_empty_unless_told() -> None:
    history = History(subject="p1")
    assert history.about == "patient"
    parts = (history.events, history.retractions, history.reassessments, history.coverage)
    assert parts == ((), (), (), ())


@pytest.mark.parametrize("about", ["patient", "mentor", "facilitator", "group"])
def test_a_history_is_about_one_of_four_kinds_of_subject(about: str) -> None:
    assert History.model_validate({"subject": "x", "about": about}).about == about


def test_a_history_is_about_nobody_else() -> None:
    with pytest.raises(ValidationError):
        History.model_validate({"subject": "x", "about": "clinic"})


def test_a_fault_deep_in_a_history_is_told_by_its_place() -> None:
    with pytest.raises(ValidationError) as raised:
        History.model_validate({"subject": "p1", "events": [EVENT, {**EVENT, "recorded": "soon"}]})
    assert [one["loc"] for one in raised.value.errors()] == [("events", 1, "recorded")]
