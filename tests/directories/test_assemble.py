"""Rows to groups: ids, duplicates, rows of one group; the order of rows never matters."""

import random
import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from peer_match.directories import DirectoryReading, NoteKind, Reason

Read = Callable[..., DirectoryReading]


def row(slug: str, day: Any, time: str = "07:00", **changes: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": "Dawn",
        "day": day,
        "time": time,
        "end_time": "08:00",
        "types": ["O"],
        "location_id": 7,
        "latitude": 39.78,
        "longitude": -89.65,
        "attendance_option": "in_person",
        "updated": "2023-08-29 15:56:59",
        "timezone": "America/Chicago",
    } | changes


def shape(reading: DirectoryReading) -> list[tuple[str, list[str]]]:
    return [
        (group.id, [one.id for one in group.meetings.statements[0].value])
        for group in reading.groups
    ]


def test_rows_that_differ_in_time_alone_are_one_group(read: Read) -> None:
    reading = read([row("dawn-2", 2), row("dawn", 1), row("dawn-3", 3)])
    assert shape(reading) == [("feed/dawn", ["feed/dawn", "feed/dawn-2", "feed/dawn-3"])]
    assert reading.groups[0].status.statements[0].provenance.source == "feed rows 1, 2, 3"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Dusk"},
        {"location_id": 8},
        {"group_id": 5},
        {"types": ["O", "W"]},
        {"attendance_option": "online"},
        {"conference_url": "https://example.org"},
        {"approximate": "yes"},
        {"group": "Cancelled"},
    ],
)
def test_rows_that_say_something_else_are_another_group(read: Read, change: dict[str, Any]) -> None:
    reading = read([row("dawn", 1), row("dawn-2", 2, **change)])
    assert len(reading.groups) == 2


def test_the_group_was_confirmed_when_its_oldest_row_was(read: Read) -> None:
    reading = read([row("dawn", 1), row("dawn-2", 2, updated="2019-01-05 00:00:00")])
    [statement] = reading.groups[0].last_confirmed.statements
    assert statement.value.text == "2019-01-05"


def test_one_row_without_a_date_leaves_the_group_without_one(read: Read) -> None:
    reading = read([row("dawn", 1), row("dawn-2", 2, updated=None)])
    assert reading.groups[0].last_confirmed.statements == ()


def test_a_row_with_an_unknown_time_stays_by_itself(read: Read) -> None:
    reading = read([row("dawn", 1), row("dawn-2", "9")])
    assert [group.id for group in reading.groups] == ["feed/dawn", "feed/dawn-2"]
    assert reading.groups[1].meetings.unreadable


def test_one_id_at_two_times_is_one_group(read: Read) -> None:
    rows = [row("dawn", 2), row("dawn", 1)]
    reading = read(rows)
    assert shape(reading) == [("feed/dawn", ["feed/dawn~mo-0700", "feed/dawn~tu-0700"])]
    assert reading.counts(NoteKind.TAKEN_WITH_DOUBT) == {Reason.SAME_ID_JOINED: 2}
    assert reading.groups[0].status.statements[0].provenance.source == "feed rows 1, 2"


@pytest.mark.parametrize(
    "added",
    [
        row("dawn", 2),
        row("dawn", 1, name="Another"),
        row("a-dawn", 2),
        row("a-dawn", 1),
        row("e-dawn", 1),
    ],
)
def test_no_row_that_is_added_takes_an_id_away(read: Read, added: dict[str, Any]) -> None:
    for rows in ([row("dawn", 1), added], [added, row("dawn", 1)]):
        [group] = read(rows).groups
        assert "feed/dawn" in {group.id, *group.also_listed_as}


def test_a_slug_cannot_look_like_an_id_made_here(read: Read) -> None:
    reading = read([row("dawn", 1), row("dawn", 2), row("dawn~mo-0700", 3, name="Other")])
    first, other = sorted(reading.groups, key=lambda group: group.name)
    assert first.id == "feed/dawn"
    assert other.id.startswith("feed/id-")


def test_a_row_that_says_the_very_same_is_refused(read: Read) -> None:
    reading = read([row("dawn", 1), row("dawn", 1)])
    assert (reading.rows, reading.taken, reading.refused) == (2, 1, 1)
    assert reading.counts(NoteKind.REFUSED) == {Reason.SAME_ID_AND_TIME: 1}


def test_one_meeting_under_two_ids_is_refused_the_second_time(read: Read) -> None:
    reading = read([row("dawn-b", 1), row("dawn-a", 1)])
    assert shape(reading) == [("feed/dawn-a", ["feed/dawn-a"])]
    [note] = reading.notes
    assert (note.row, note.reason) == (1, Reason.SAME_MEETING)


def test_a_refused_row_is_not_doubted_as_well(read: Read) -> None:
    reading = read([row("b", 1, end_time=None), row("a", 1, end_time=None)])
    assert (reading.taken, reading.doubted, reading.refused) == (1, 1, 1)
    assert {(note.row, note.reason) for note in reading.notes} == {
        (1, Reason.SAME_MEETING),
        (2, Reason.LENGTH_ASSUMED),
    }


def test_the_order_of_rows_never_matters(read: Read) -> None:
    rows = [
        row("dawn", 1),
        row("dawn", 2),
        row("dawn", 2, name="Other"),
        row("dawn-4", 4),
        row("dawn-5", 4),
        row("dusk", [1, 2], name="Dusk", types=["W", "BE"]),
        row("dusk-2", "9", name="Dusk"),
    ]

    def said(order: list[dict[str, Any]]) -> str:
        """The groups, with row numbers replaced by what they stand for."""
        text = orjson.dumps(orjson.loads(read(order).model_dump_json())["groups"]).decode()

        def named(found: re.Match[str]) -> str:
            numbers = [int(one) for one in re.findall(r"\d+", found[0])]
            return " ".join(sorted(str(rows.index(order[number - 1])) for number in numbers))

        return re.sub(r"feed rows? [\d, ]+", named, text)

    expected = said(rows)
    shuffled = list(rows)
    for seed in range(10):
        random.Random(seed).shuffle(shuffled)
        assert said(shuffled) == expected
