"""Files that cannot be read: a clear problem each, at its place, and never an exception."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peer_match.directories import (
    DirectoryReading,
    FeedSettings,
    Format,
    read_directory_file,
)
from peer_match.facts.vocabulary import Vocabularies

Read = Callable[..., DirectoryReading]

MEETING = {"slug": "dawn", "name": "Dawn", "day": 1, "time": "07:00"}


def test_the_broken_feed_says_where(data: Path, vocabularies: Vocabularies) -> None:
    reading = read_directory_file(data / "tsml_invalid_fixture.txt", vocabularies=vocabularies)
    [problem] = reading.problems
    assert (problem.code, problem.line, problem.column) == ("not-json", 80, 3)
    assert (reading.groups, reading.rows, reading.name) == ((), 0, "tsml_invalid_fixture")


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b'[\n {"slug": "dawn",\n  "day": NaN}]', 3, 10),
        (b'[{"latitude": Infinity}]', 1, 15),
        (b'[{"latitude": 1e999}]', 1, 15),
        (b'[\n {"slug": "daw', 2, 15),
        (b"", 1, 1),
        (b"   \n", 1, 1),
        (b"<!doctype html>", 1, 1),
        (b"[" * 50_000, 1, 1026),
    ],
    ids=[
        "nan",
        "infinity",
        "overflow",
        "truncated",
        "empty",
        "blank",
        "web page",
        "50,000 brackets",
    ],
)
def test_broken_json(read: Read, content: bytes, line: int, column: int) -> None:
    reading = read(content)
    [problem] = reading.problems
    assert problem.code == "not-json"
    assert (problem.line, problem.column) == (line, column)
    assert problem.help


def test_bytes_that_are_no_text(read: Read) -> None:
    [problem] = read(b'[\n {"name": "caf\xe9"}]').problems
    assert (problem.code, problem.line, problem.column) == ("not-utf-8", 2, 15)


def test_a_byte_order_mark_is_allowed(read: Read) -> None:
    reading = read(b'\xef\xbb\xbf[{"slug": "dawn", "name": "Dawn"}]')
    assert len(reading.groups) == 1


def test_a_file_too_large_is_not_opened(tmp_path: Path, vocabularies: Vocabularies) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(200_000_000)  # a hole: takes no room on the disk
    large.chmod(0)  # opening it would not even be allowed
    reading = read_directory_file(large, vocabularies=vocabularies)
    [problem] = reading.problems
    assert problem.code == "file-too-large"
    assert "200,000,000" in problem.message


def test_a_file_without_a_size_is_read_to_the_limit_only(vocabularies: Vocabularies) -> None:
    settings = FeedSettings(size_limit=1000)
    reading = read_directory_file(
        Path("/dev/zero"), vocabularies=vocabularies, settings=settings, name="endless"
    )
    [problem] = reading.problems
    assert problem.code == "file-too-large"


def test_the_limit_holds_for_bytes_and_is_a_setting(read: Read) -> None:
    rows = [MEETING] * 10
    assert read(rows, size_limit=100).problems[0].code == "file-too-large"
    assert read(rows, size_limit=1000).problems == ()


@pytest.mark.parametrize(
    ("rows", "format"),
    [
        ([MEETING], Format.MEETING_GUIDE),
        ({"meetings": [MEETING]}, Format.MEETING_GUIDE),
        ([{"id_bigint": "1", "meeting_name": "Dawn"}], Format.BMLT),
        ({"meetings": [{"weekday_tinyint": "1"}], "formats": []}, Format.BMLT),
        ([{"id": "1", "name": "Dawn", "schedules": []}], Format.HSDS),
        ({"service": {"name": "Dawn"}, "location": {}}, Format.HSDS),
        ({"contents": [{"id": "1", "service_at_locations": []}]}, Format.HSDS),
        ({"peer_match_groups": 1, "groups": []}, Format.PEER_MATCH),
    ],
)
def test_a_directory_shows_its_format(read: Read, rows: Any, format: Format) -> None:
    assert read(rows).format is format


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "it has no rows"),
        ([1, None], "no row looks like a meeting"),
        ([{"key_string": "B"}], "no row looks like a meeting"),
        ([MEETING, {"weekday_tinyint": "1"}], "meeting-guide and like bmlt"),
        ({"type": "object"}, "neither a list of rows"),
        ("text", "neither a list of rows"),
        (None, "neither a list of rows"),
    ],
)
def test_an_unclear_format_is_a_problem(read: Read, rows: Any, why: str) -> None:
    [problem] = read(rows).problems
    assert problem.code == "format-unclear"
    assert why in problem.message
    assert "`bmlt`" in problem.help


def test_the_format_can_be_said(read: Read) -> None:
    rows = [MEETING, {"weekday_tinyint": "1"}]
    reading = read(rows, Format.MEETING_GUIDE)
    assert (reading.rows, reading.taken, reading.refused) == (2, 1, 1)
    assert read([], Format.BMLT).rows == 0
    assert read([], Format.PEER_MATCH).problems[0].code == "format-unclear"


def test_rows_that_are_no_objects_are_refused_one_by_one(read: Read) -> None:
    reading = read([MEETING, None, 3, "x", [], {}], Format.MEETING_GUIDE)
    assert (reading.rows, reading.taken, reading.refused) == (6, 1, 5)


def test_settings_have_no_nonsense() -> None:
    with pytest.raises(ValueError, match="size_limit"):
        FeedSettings(size_limit=0)
