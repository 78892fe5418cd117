"""HSDS services at locations."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.directories import DirectoryReading, Format, Reason
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.group import Group
from peer_match.facts.provenance import Moment

Read = Callable[..., DirectoryReading]

SCHEDULE: dict[str, Any] = {
    "id": "s",
    "freq": "WEEKLY",
    "interval": 1,
    "byday": "TU,TH",
    "opens_at": "18:00",
    "closes_at": "19:30",
    "timezone": -5,
}
SERVICE: dict[str, Any] = {
    "id": "service-1",
    "name": "Evening circle",
    "status": "active",
    "description": "Ask for Ann",
    "assured_date": "2023-04-01",
    "last_modified": "2023-06-15T10:30:45.123Z",
    "minimum_age": 18,
    "languages": [{"code": "ur"}, {"code": "es-MX"}, {"code": "tlh"}],
    "schedules": [SCHEDULE],
}
LOCATION: dict[str, Any] = {
    "id": "place-1",
    "name": "Civic Center",
    "location_type": "physical",
    "latitude": 40.7,
    "longitude": -74.0,
    "addresses": [
        {"address_type": "postal", "address_1": "PO Box 1"},
        {"address_type": "physical", "address_1": "1 Main St", "city": "Newark"},
    ],
}
ZONE = "America/New_York"


def at_location(**changes: Any) -> dict[str, Any]:
    """A service at a location; a change goes into the service where it has the key."""
    service, location = dict(SERVICE), dict(LOCATION)
    for key, value in changes.items():
        (location if key in LOCATION and key not in ("id", "name") else service)[key] = value
    return {"id": "sal-1", "service": service, "location": location}


def only(reading: DirectoryReading) -> Group:
    assert reading.problems == ()
    assert reading.format is Format.HSDS
    assert len(reading.groups) == 1, reading.notes
    return reading.groups[0]


def values(fact: Fact[Any] | FactSet[Any]) -> set[Any]:
    return {statement.value for statement in fact.statements}


def doubts(reading: DirectoryReading) -> set[Reason]:
    return {note.reason for note in reading.notes}


def test_a_plain_service_at_a_location(read: Read) -> None:
    reading = read(at_location(), zone=ZONE)
    group = only(reading)
    assert (group.id, group.name) == ("feed/sal-1", "Evening circle")
    assert [
        (one.id, one.weekday, one.start_minute, one.minutes, one.zone, one.weekly)
        for one in group.meetings.statements[0].value
    ] == [
        ("feed/sal-1~tu-1800", 1, 1080, 90, ZONE, True),
        ("feed/sal-1~th-1800", 3, 1080, 90, ZONE, True),
    ]
    assert values(group.formats) == {"in-person"}
    assert values(group.languages) == {"urdu", "spanish"}
    assert values(group.admits_minors) == {False}
    assert values(group.status) == {"open"}
    assert values(group.kind) == set()
    [place] = values(group.place)
    assert place.label == "Civic Center, 1 Main St, Newark"
    [confirmed] = values(group.last_confirmed)
    assert confirmed.text == "2023-04-01"
    assert doubts(reading) == set()
    assert (Reason.CODE_NOT_MAPPED, "tlh") in {
        (note.reason, note.detail) for note in reading.feed_notes
    }
    assert "Ann" not in reading.model_dump_json()


def test_an_offset_is_not_a_zone(read: Read) -> None:
    reading = read(at_location())
    assert {one.zone for one in only(reading).meetings.statements[0].value} == {None}
    assert doubts(reading) == {Reason.ZONE_OFFSET_ONLY}


def test_a_service_with_its_locations_gives_a_row_for_each(read: Read) -> None:
    service = SERVICE | {
        "service_at_locations": [
            {"id": "a", "location": LOCATION},
            {"id": "b", "location": LOCATION | {"id": "place-2"}},
        ]
    }
    reading = read({"contents": [service], "total_items": 1}, zone=ZONE)
    assert reading.rows == 2
    assert [group.id for group in reading.groups] == ["feed/a", "feed/b"]


def test_a_service_alone(read: Read) -> None:
    reading = read([SERVICE], zone=ZONE)
    assert only(reading).id == "feed/service-1"
    assert doubts(reading) == {Reason.ATTENDANCE_UNKNOWN}


def test_the_schedules_at_the_location_go_before_those_of_the_service(read: Read) -> None:
    row = at_location() | {"schedules": [SCHEDULE | {"byday": "MO"}]}
    [meeting] = only(read(row, zone=ZONE)).meetings.statements[0].value
    assert meeting.weekday == 0


@pytest.mark.parametrize(
    "change",
    [
        {"interval": 2},
        {"freq": "MONTHLY"},
        {"bymonthday": "2,3"},
        {"byweekno": "41"},
        {"byday": "1TU"},
    ],
)
def test_a_schedule_that_is_not_weekly(read: Read, change: dict[str, Any]) -> None:
    reading = read(at_location(schedules=[SCHEDULE | change]), zone=ZONE)
    assert {one.weekly for one in only(reading).meetings.statements[0].value} == {False}
    assert doubts(reading) == {Reason.NOT_WEEKLY}


def test_a_rule_without_days_takes_the_day_it_starts_on(read: Read) -> None:
    schedule = SCHEDULE | {"byday": None, "dtstart": "2023-04-05"}
    [meeting] = (
        only(read(at_location(schedules=[schedule]), zone=ZONE)).meetings.statements[0].value
    )
    assert meeting.weekday == 2


@pytest.mark.parametrize("byday", ["TU,XX", "Tuesday", "3"])
def test_days_that_are_not_understood_leave_the_schedule_out(read: Read, byday: str) -> None:
    reading = read(at_location(schedules=[SCHEDULE | {"byday": byday}]), zone=ZONE)
    assert values(only(reading).meetings) == set()
    assert only(reading).meetings.unreadable
    assert Reason.DAY_NOT_UNDERSTOOD in doubts(reading)


def test_a_schedule_that_ends_holds_through_its_last_day(read: Read) -> None:
    schedule = SCHEDULE | {"valid_to": "2023-12-31", "until": "2024-06-30"}
    reading = read(at_location(schedules=[schedule]), zone=ZONE)
    [statement] = only(reading).meetings.statements
    assert statement.in_force(Moment.at(datetime(2023, 12, 31, 23, tzinfo=UTC)))
    assert not statement.in_force(Moment.at(datetime(2024, 1, 1, 1, tzinfo=UTC)))
    assert doubts(reading) == {Reason.SCHEDULE_ENDS}


def test_a_schedule_of_so_many_times_is_not_known_to_hold(read: Read) -> None:
    reading = read(at_location(schedules=[SCHEDULE | {"count": 3}]), zone=ZONE)
    assert only(reading).meetings.statements == ()
    assert only(reading).meetings.unreadable
    assert doubts(reading) == {Reason.SCHEDULE_ENDS}


def test_a_schedule_yet_to_begin_does_not_hold_before(read: Read) -> None:
    schedule = SCHEDULE | {"valid_from": "2024-01-01"}
    [statement] = only(read(at_location(schedules=[schedule]), zone=ZONE)).meetings.statements
    assert not statement.in_force(Moment.at(datetime(2023, 12, 31, tzinfo=UTC)))
    assert statement.in_force(Moment.at(datetime(2024, 1, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("inactive", {"temporarily-closed"}),
        ("temporarily closed", {"temporarily-closed"}),
        ("defunct", {"closed"}),
        ("thriving", set()),
        (None, set()),
    ],
)
def test_status(read: Read, status: Any, ours: set[str]) -> None:
    group = only(read(at_location(status=status), zone=ZONE))
    assert values(group.status) == ours
    assert bool(group.status.unreadable) is not bool(ours)


@pytest.mark.parametrize(
    ("youngest", "admits"), [(12, {True}), (18, {False}), (None, set()), (True, set())]
)
def test_minors(read: Read, youngest: Any, admits: set[bool]) -> None:
    assert values(only(read(at_location(minimum_age=youngest), zone=ZONE)).admits_minors) == admits


@pytest.mark.parametrize(
    ("kind", "formats", "doubt"),
    [("virtual", {"online"}, None), ("postal", set(), Reason.ATTENDANCE_UNKNOWN)],
)
def test_location_type(read: Read, kind: str, formats: set[str], doubt: Reason | None) -> None:
    reading = read(at_location(location_type=kind), zone=ZONE)
    assert values(only(reading).formats) == formats
    assert doubts(reading) == ({doubt} if doubt else set())


def test_a_record_that_is_no_service_is_refused(read: Read) -> None:
    reading = read([at_location(), {"id": "organization-1"}], zone=ZONE)
    assert [(note.row, note.reason) for note in reading.notes] == [(2, Reason.SERVICE_MISSING)]


def test_texts_of_a_schedule_are_searched(read: Read) -> None:
    schedule = SCHEDULE | {"description": "Cancelled in summer months, ask Ann"}
    reading = read(at_location(schedules=[schedule]), zone=ZONE)
    assert doubts(reading) == {Reason.MAY_NOT_BE_WEEKLY, Reason.MAY_BE_CANCELLED}
    assert values(only(reading).status) == set()
    assert "Ann" not in reading.model_dump_json()
