"""The project's own groups file, both ways."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from peer_match.directories import (
    DirectoryReading,
    Format,
    NoteKind,
    Reason,
    annotate,
    read_annotations,
    write_groups,
)
from peer_match.facts.group import Group
from peer_match.facts.vocabulary import Vocabularies

Read = Callable[..., DirectoryReading]


@pytest.fixture
def groups(read: Read, vocabularies: Vocabularies) -> tuple[Group, ...]:
    """Groups with every kind of fact in them."""
    rows = [
        {"slug": "dawn", "name": "Dawn", "day": 1, "time": "07:00", "types": ["W", "BE", "S"],
         "latitude": 39.78, "longitude": -89.65, "location": "Library",
         "attendance_option": "hybrid", "updated": "2023-08-01", "timezone": "America/Chicago"},
        {"slug": "dusk", "name": "Dusk", "day": "9", "time": "07:00", "types": ["W", "M"]},
    ]  # fmt: skip
    reading = read(rows, fellowship="aa", retrieved="2023-09-01", name="springfield")
    entry = {
        "group": "springfield/dusk",
        "source": "call",
        "date": "2023-09-01",
        "facts": {"crisis_plan_date": "2023-05", "free_seats": 3, "admits_minors": False},
        "facilitators": [{"id": "f-1", "facts": {"status": "active"}}],
        "members": ["p-2", "p-1"],
    }
    annotations = read_annotations(
        orjson.dumps({"peer_match_annotations": 1, "groups": [entry]}), vocabularies=vocabularies
    )
    return annotate(reading.groups, annotations).groups


def rows_of(groups: tuple[Group, ...]) -> list[dict[str, Any]]:
    return orjson.loads(write_groups(groups))["groups"]


def test_what_is_written_is_read_back_whole(groups: tuple[Group, ...], read: Read) -> None:
    reading = read(write_groups(groups))
    assert reading.format is Format.PEER_MATCH
    assert reading.groups == groups
    assert (reading.rows, reading.taken, reading.doubted, reading.notes) == (2, 2, 0, ())


def test_the_bytes_do_not_depend_on_the_order(groups: tuple[Group, ...]) -> None:
    assert write_groups(groups) == write_groups(groups[::-1])
    assert write_groups(groups) == write_groups(rows for rows in groups)


def test_a_faulty_group_is_refused_with_each_of_its_faults(
    groups: tuple[Group, ...], read: Read
) -> None:
    good, bad = rows_of(groups)
    bad["name"] = 7
    bad["free_seats"]["statements"][0]["value"] = "three"
    bad["what Ann said"] = True
    reading = read({"peer_match_groups": 1, "groups": [good, bad]})
    assert (reading.rows, reading.taken, reading.refused) == (2, 1, 1)
    assert {(note.row, note.reason, note.detail) for note in reading.notes} == {
        (2, Reason.GROUP_NOT_VALID, "name"),
        (2, Reason.GROUP_NOT_VALID, "free_seats.statements.0.value"),
        (2, Reason.GROUP_NOT_VALID, "(not a code)"),
    }
    assert reading.counts(NoteKind.REFUSED) == {Reason.GROUP_NOT_VALID: 1}


def test_each_fault_says_what_was_expected_and_nothing_that_is_there(
    groups: tuple[Group, ...], read: Read
) -> None:
    good, bad = rows_of(groups)
    bad["meetings"] = [{"day": "Mon", "secret": "Ann"}]
    bad["languages"] = ["english"]
    bad["last_confirmed"]["statements"] = [
        {"value": "` is not Ann", "provenance": {"source": "x", "stated_by": "Ann"}}
    ]
    reading = read({"peer_match_groups": 1, "groups": [good, bad, 3]})
    said = {note.detail: note.expected for note in reading.refusals}
    a_fact = said["meetings"]
    assert a_fact is not None
    assert a_fact.startswith('expected a fact, such as {"statements": [{"value"')
    assert said == {
        "meetings": a_fact,
        "languages": a_fact,
        "last_confirmed.statements.0.value": "expected a date such as 2026, 2026-03 or 2026-03-01",
        "last_confirmed.statements.0.provenance.stated_by": "expected 'self', 'clinician', "
        "'record', 'directory', 'annotation' or 'programme'",
        None: "expected an object",
    }
    assert "Ann" not in "".join(map(str, reading.refusals))


def test_a_reading_says_what_a_decision_has_to_say_of_it(
    groups: tuple[Group, ...], read: Read
) -> None:
    good, _ = rows_of(groups)
    whole = {"peer_match_groups": 1}
    some = read({**whole, "groups": [good, {}, {}]})
    assert (some.lost, some.is_unusable) == (2, False)
    assert some.warnings == (
        "feed: 2 of 3 rows could not be read, and no group of theirs was looked at: "
        "group-not-valid 2",
    )
    none, empty = read({**whole, "groups": [{}]}), read({**whole, "groups": []})
    assert (none.is_unusable, empty.is_unusable) == (True, False)
    assert empty.warnings == ("feed: the directory is empty: it has no rows",)
    broken = read(b"[")
    assert broken.is_unusable
    assert broken.warnings[0].startswith("feed: not read: the file is not valid JSON")
    assert read({**whole, "groups": [good]}).warnings == ()


def test_codes_are_checked_against_the_vocabularies(groups: tuple[Group, ...], read: Read) -> None:
    first, second = rows_of(groups)
    first["languages"]["statements"][0]["value"] = "klingon"
    first["languages"]["perhaps"] = [first["focuses"]["statements"][0] | {"value": "dwarvish"}]
    first["languages"]["denied"] = [first["focuses"]["statements"][0] | {"value": "elvish"}]
    second["facilitators"][0]["status"]["statements"][0]["value"] = "asleep"
    reading = read({"peer_match_groups": 1, "groups": [first, second]})
    assert reading.groups == ()
    assert [(note.row, note.id, note.detail) for note in reading.notes] == [
        (1, "springfield/dawn", "languages.statements.0"),
        (1, "springfield/dawn", "languages.denied.0"),
        (1, "springfield/dawn", "languages.perhaps.0"),
        (2, "springfield/dusk", "facilitators.0.status.statements.0"),
    ]


def test_an_id_counts_once(groups: tuple[Group, ...], read: Read) -> None:
    first, _ = rows_of(groups)
    reading = read({"peer_match_groups": 1, "groups": [first, first]})
    assert (len(reading.groups), reading.refused) == (1, 1)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"peer_match_groups": 2, "groups": []}, "peer_match_groups"),
        ({"peer_match_groups": True, "groups": []}, "peer_match_groups"),
        ({"peer_match_groups": 1}, "groups"),
        ({"peer_match_groups": 1, "groups": {}}, "groups"),
    ],
)
def test_a_file_that_is_not_one(read: Read, content: dict[str, Any], path: str) -> None:
    [problem] = read(content).problems
    assert problem.path == path
