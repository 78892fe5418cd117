"""BMLT rows."""

from collections.abc import Callable
from typing import Any

import pytest

from peer_match.directories import DirectoryReading, Format, Reason, WeekdayBase
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.group import Group

Read = Callable[..., DirectoryReading]

ROW: dict[str, Any] = {
    "id_bigint": "2566",
    "weekday_tinyint": "2",
    "start_time": "19:00:00",
    "duration_time": "01:30:00",
    "formats": "O,D",
    "latitude": "42.96",
    "longitude": "-77.12",
    "meeting_name": "Step up",
    "location_text": "Hospital",
    "location_street": "128 Main street",
    "location_municipality": "Clifton Springs",
    "location_province": "NY",
    "virtual_meeting_link": "",
    "phone_meeting_number": "",
    "venue_type": "1",
    "time_zone": "America/New_York",
}


def row(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (ROW | changes).items() if value is not None}


def only(reading: DirectoryReading) -> Group:
    assert reading.problems == ()
    assert reading.format is Format.BMLT
    assert len(reading.groups) == 1, reading.notes
    return reading.groups[0]


def values(fact: Fact[Any] | FactSet[Any]) -> set[Any]:
    return {statement.value for statement in fact.statements}


def doubts(reading: DirectoryReading) -> set[Reason]:
    # The format never says when a listing was confirmed.
    return {note.reason for note in reading.notes} - {Reason.UPDATED_MISSING}


def test_a_plain_row(read: Read) -> None:
    reading = read([row()])
    group = only(reading)
    [meeting] = group.meetings.statements[0].value
    assert (group.id, group.name) == ("feed/2566", "Step up")
    assert (meeting.weekday, meeting.start_minute, meeting.minutes) == (0, 1140, 90)
    assert meeting.zone == "America/New_York"
    assert values(group.formats) == {"in-person"}
    [place] = values(group.place)
    assert place.label == "Hospital, 128 Main street, Clifton Springs, NY"
    assert {note.reason for note in reading.notes} == {Reason.UPDATED_MISSING}
    assert values(group.last_confirmed) == set()


@pytest.mark.parametrize(("day", "expected"), [("1", 6), (1, 6), ("7", 5), ("2", 0)])
def test_sunday_is_day_one(read: Read, day: Any, expected: int) -> None:
    assert only(read([row(weekday_tinyint=day)])).meetings.statements[0].value[0].weekday == (
        expected
    )


def test_the_zero_of_its_database_needs_the_settings(read: Read) -> None:
    reading = read([row(weekday_tinyint="0")])
    assert doubts(reading) == {Reason.DAY_NOT_UNDERSTOOD}
    group = only(read([row(weekday_tinyint="0")], weekday_base=WeekdayBase.SUNDAY_IS_0))
    assert group.meetings.statements[0].value[0].weekday == 6


@pytest.mark.parametrize(
    ("duration", "minutes", "assumed", "doubt"),
    [
        ("01:00:00", 60, False, None),
        ("07:00:00", 420, False, Reason.LENGTH_UNLIKELY),
        ("12:00:00", 720, False, Reason.LENGTH_UNLIKELY),
        ("00:00:00", 60, True, Reason.END_EQUALS_START),
        ("", 60, True, Reason.LENGTH_ASSUMED),
        ("long", 60, True, Reason.END_NOT_UNDERSTOOD),
    ],
)
def test_durations(
    read: Read, duration: str, minutes: int, assumed: bool, doubt: Reason | None
) -> None:
    reading = read([row(duration_time=duration)])
    [meeting] = only(reading).meetings.statements[0].value
    assert (meeting.minutes, meeting.length_assumed) == (minutes, assumed)
    assert doubts(reading) == ({doubt} if doubt else set())


@pytest.mark.parametrize(
    ("changes", "formats"),
    [
        ({"venue_type": 2}, {"online"}),
        ({"venue_type": "3"}, {"in-person", "online"}),
        ({"venue_type": "", "formats": "VM"}, {"online"}),
        ({"venue_type": 0, "formats": "HY"}, {"in-person", "online"}),
        ({"venue_type": None}, {"in-person"}),
        ({"venue_type": None, "virtual_meeting_link": "https://x"}, {"in-person", "online"}),
        ({"venue_type": "3", "formats": "TC"}, {"online"}),
        ({"formats": "TC", "virtual_meeting_link": "https://x"}, {"online"}),
        ({"venue_type": "9"}, set()),
    ],
)
def test_attendance(read: Read, changes: dict[str, Any], formats: set[str]) -> None:
    assert values(only(read([row(**changes)])).formats) == formats


def test_a_closed_location_without_a_link_does_not_meet(read: Read) -> None:
    reading = read([row(formats="O,TC")])
    assert values(only(reading).status) == {"temporarily-closed"}
    assert doubts(reading) == {Reason.LOCATION_CLOSED}


def test_formats_become_our_codes(read: Read) -> None:
    group = only(read([row(formats="W,GL,WC,B,ES")]))
    assert values(group.limited_to) == {"woman"}
    assert values(group.focuses) == {"women-group", "lgbtq-group", "newcomer-group"}
    assert values(group.accessibility) == {"wheelchair"}
    assert values(group.languages) == {"spanish"}
    assert group.languages.complete
    assert values(group.welcomes_newcomers) == {True}


def test_women_only_and_men_only_contradict(read: Read) -> None:
    reading = read([row(formats="W,M")])
    assert values(only(reading).limited_to) == set()
    assert doubts(reading) == {Reason.LIMITS_UNCLEAR}


@pytest.mark.parametrize(
    ("formats", "doubt"),
    [("", Reason.TYPES_MISSING), (None, Reason.TYPES_MISSING), (3, Reason.TYPES_NOT_UNDERSTOOD)],
)
def test_without_formats_nobody_knows_who_it_is_for(
    read: Read, formats: Any, doubt: Reason
) -> None:
    reading = read([row(formats=formats)])
    assert not only(reading).limited_to.complete
    assert doubts(reading) == {doubt}


def test_an_unpublished_row_is_refused(read: Read) -> None:
    reading = read([row(published="0")])
    assert reading.groups == ()
    assert [note.reason for note in reading.notes] == [Reason.UNPUBLISHED]


def test_the_answer_with_the_formats_beside_the_meetings(read: Read) -> None:
    assert only(read({"meetings": [row()], "formats": []})).name == "Step up"


def test_the_fellowship_is_never_supposed(read: Read) -> None:
    assert values(only(read([row()])).purposes) == set()


def test_comments_are_searched_and_never_kept(read: Read) -> None:
    reading = read([row(comments="Ann opens every other week")])
    assert doubts(reading) == {Reason.MAY_NOT_BE_WEEKLY}
    assert "Ann" not in reading.model_dump_json()
