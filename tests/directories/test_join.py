"""Rows with one id that disagree: the cautious reading holds, in any order, with a reason."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.directories import DirectoryReading, NoteKind, Reason
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.group import Group
from peer_match.facts.observed import Observed, observe
from peer_match.facts.provenance import Moment
from peer_match.facts.vocabulary import Vocabularies

Read = Callable[..., DirectoryReading]
MOMENT = Moment.at(datetime(2023, 9, 15, tzinfo=UTC))


def row(**changes: Any) -> dict[str, Any]:
    return {
        "slug": "dawn",
        "name": "Dawn",
        "day": 1,
        "time": "07:00",
        "end_time": "08:00",
        "types": ["O", "EN"],
        "latitude": 39.78,
        "longitude": -89.65,
        "attendance_option": "in_person",
        "updated": "2023-08-29 15:56:59",
        "timezone": "America/Chicago",
    } | changes


def joined(read: Read, *rows: dict[str, Any], reason: Reason = Reason.ROWS_DISAGREE) -> Group:
    """The one group of some rows, the same in either order but for the numbers of rows."""
    readings = [read(list(rows)), read(list(rows[::-1]))]
    for reading in readings:
        assert len(reading.groups) == 1
        assert reading.counts(NoteKind.TAKEN_WITH_DOUBT)[reason] == len(rows)
    assert readings[0].groups == readings[1].groups
    return readings[0].groups[0]


def seen(group: Group, field: str, vocabularies: Vocabularies) -> Observed:
    fact = CATALOGUE[f"group.{field}"]
    vocabulary = vocabularies[fact.vocabulary] if fact.vocabulary else None
    return observe(getattr(group, field), fact, vocabulary, MOMENT)


@pytest.mark.parametrize("closed", [{"attendance_option": "inactive"}, {"types": ["O", "TC"]}])
@pytest.mark.parametrize("day", [1, 2])
def test_one_row_that_is_closed_leaves_open_whether_the_group_meets(
    read: Read, vocabularies: Vocabularies, closed: dict[str, Any], day: int
) -> None:
    group = joined(read, row(), row(day=day) | closed)
    assert seen(group, "status", vocabularies).value is None
    assert group.status.unreadable


def test_a_limit_that_one_row_names_holds(read: Read, vocabularies: Vocabularies) -> None:
    group = joined(read, row(), row(types=["O", "EN", "W"]))
    assert [one.value for one in group.limited_to.statements] == ["woman"]
    assert group.limited_to.unreadable
    assert not group.limited_to.complete


def test_limits_that_contradict_each_other_are_unknown(read: Read) -> None:
    group = joined(read, row(types=["O", "M"]), row(types=["O", "W"]))
    assert group.limited_to.statements == ()
    assert group.limited_to.unreadable
    assert not group.limited_to.complete


def test_only_a_language_of_every_row_counts(read: Read) -> None:
    group = joined(read, row(types=["EN", "S"]), row(types=["EN"], day=2))
    assert [one.value for one in group.languages.statements] == ["english"]
    assert group.languages.unreadable
    assert not group.languages.complete


def test_two_places_are_none(read: Read) -> None:
    group = joined(read, row(), row(latitude=40.0, day=2))
    assert group.place.statements == ()
    assert group.place.unreadable


def test_the_row_confirmed_longest_ago_dates_the_group(read: Read) -> None:
    group = joined(read, row(), row(updated="2019-01-05"), reason=Reason.SAME_ID_JOINED)
    assert [one.value.text for one in group.last_confirmed.statements] == ["2019-01-05"]


def test_one_time_of_two_lengths_is_as_long_as_the_longer(read: Read) -> None:
    group = joined(read, row(), row(end_time="08:30"), reason=Reason.SAME_ID_JOINED)
    [meeting] = group.meetings.statements[0].value
    assert (meeting.id, meeting.minutes, meeting.length_assumed) == ("feed/dawn", 90, True)


def test_a_time_that_one_row_does_not_tell_is_not_hidden(read: Read) -> None:
    group = joined(read, row(), row(day=None, time=None))
    assert group.meetings.unreadable


def test_two_zones_are_none(read: Read) -> None:
    group = joined(read, row(), row(timezone="America/New_York"))
    [meeting] = group.meetings.statements[0].value
    assert meeting.zone is None
