"""Whatever a row holds, reading never raises and every row is accounted for."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.directories import DirectoryReading, Format, NoteKind, read_annotations
from peer_match.facts.vocabulary import Vocabularies

Read = Callable[..., DirectoryReading]

# Text that JSON can hold: no lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["", "0", "7", "25:00", "19:30", "11:00 AM", "yes", "2023-02-30", "x" * 400])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)

GOOD: dict[Format, dict[str, Any]] = {
    Format.MEETING_GUIDE: {
        "slug": "dawn", "id": 7, "name": "Dawn", "day": 1, "time": "07:00", "end_time": "08:00",
        "duration": 60, "types": ["O", "W"], "location": "Library", "location_id": 3,
        "group_id": 4, "group": "Dawn", "notes": "n", "address": "1 Main St",
        "formatted_address": "1 Main St, Springfield, IL 62701, USA", "latitude": 39.78,
        "longitude": -89.65, "approximate": "no", "attendance_option": "in_person",
        "conference_url": "https://example.org", "conference_phone": "1",
        "updated": "2023-08-29 15:56:59", "timezone": "America/Chicago",
    },
    Format.BMLT: {
        "id_bigint": "1", "meeting_name": "Dawn", "weekday_tinyint": "2",
        "start_time": "19:00:00", "duration_time": "01:30:00", "formats": "O,W", "published": "1",
        "latitude": "42.9", "longitude": "-77.1", "location_text": "Hall",
        "location_street": "1 Main St", "venue_type": 1, "time_zone": "America/New_York",
        "virtual_meeting_link": "https://example.org", "comments": "c",
    },
    Format.HSDS: {
        "id": "1", "service": {"id": "2", "name": "Dawn", "status": "active"},
        "location": {"id": "3", "location_type": "physical", "latitude": 1, "longitude": 2,
                     "addresses": [{"address_type": "physical"}]},
        "schedules": [{"freq": "WEEKLY", "byday": "TU", "opens_at": "10:00",
                       "closes_at": "11:00", "timezone": 1, "valid_to": "2024-01-01"}],
        "service_at_locations": [],
    },
}  # fmt: skip


def paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a row."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    found = [(*above, step) for step in steps]
    return found + [path for step in steps for path in paths(value[step], (*above, step))]


@st.composite
def rows(draw: st.DrawFn, good: dict[str, Any]) -> Any:
    """A good row with some of its values replaced or taken away, or no row at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    row = copy.deepcopy(good)
    for _ in range(draw(st.integers(0, 5))):
        *above, last = draw(st.sampled_from(paths(row)))
        parent: Any = row
        for step in above:
            parent = parent[step]
        if draw(st.booleans()):
            parent[last] = draw(VALUES)
        else:
            del parent[last]
    return row


def account(reading: DirectoryReading, number: int) -> None:
    assert reading.problems == ()
    assert reading.rows == number
    assert reading.taken + reading.refused == number
    refused = {note.row for note in reading.notes if note.kind is NoteKind.REFUSED}
    doubted = {note.row for note in reading.notes if note.kind is NoteKind.TAKEN_WITH_DOUBT}
    assert not refused & doubted
    assert refused | doubted <= set(range(1, number + 1))
    assert len(reading.groups) <= reading.taken
    assert bool(reading.groups) == bool(reading.taken)
    ids = [group.id for group in reading.groups]
    assert ids == sorted(set(ids))
    meetings = [
        meeting.id
        for group in reading.groups
        for statement in group.meetings.statements
        for meeting in statement.value
    ]
    assert len(set(meetings)) == len(meetings)


@pytest.mark.parametrize("format", GOOD)
@given(data=st.data())
def test_mutated_rows(read: Read, format: Format, data: st.DataObject) -> None:
    mutated = data.draw(st.lists(rows(GOOD[format]), min_size=1, max_size=5))
    reading = read(mutated, format, fellowship="aa")
    # One record of HSDS may be several rows.
    account(reading, reading.rows if format is Format.HSDS else len(mutated))
    orjson.loads(reading.model_dump_json())


@given(VALUES)
def test_any_json_at_all(read: Read, value: Any) -> None:
    for format in (None, *Format):
        reading = read(value, format)
        assert bool(reading.problems) != bool(reading.format) or format is not None


@given(st.binary(max_size=200))
def test_any_bytes_at_all(read: Read, content: bytes) -> None:
    reading = read(content)
    assert reading.problems or reading.rows


@given(VALUES, VALUES, VALUES)
def test_any_annotations_at_all(
    vocabularies: Vocabularies, feeds: Any, groups: Any, facts: Any
) -> None:
    entry = {"group": "a", "source": "s", "date": "2023", "facts": facts}
    for content in (
        {"feeds": feeds, "groups": groups},
        {"groups": [entry, groups]},
        {"groups": [entry | {"facts": {"status": facts, "languages": groups, "place": feeds}}]},
    ):
        annotations = read_annotations(
            orjson.dumps({"peer_match_annotations": 1} | content), vocabularies=vocabularies
        )
        assert not (annotations.problems and annotations.groups)
        assert all(one.message and one.help and one.path for one in annotations.problems)
