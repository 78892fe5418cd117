"""Every file of the corpus of real feeds, whole: what became of each row.

Needs the folder of the corpora in PEER_MATCH_CORPUS; it is too large to be kept here.
"""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from peer_match.directories import (
    DirectoryReading,
    FeedSettings,
    NoteKind,
    Reason,
    read_directory_file,
)
from peer_match.facts.vocabulary import Vocabularies, Vocabulary

pytestmark = pytest.mark.corpus

RULES = Path(__file__).parents[2] / "rules" / "vocabulary"

# Feed -> fellowship, zone, rows, groups, rows with each doubt.
FEEDS: dict[str, tuple[str, str | None, int, int, dict[str, int]]] = {
    "meeting_guide_orange_county.json": (
        "aa",
        "America/Los_Angeles",
        1967,
        1131,
        {
            "length-assumed": 1200,
            "types-missing": 27,
            "may-not-be-weekly": 12,
            "midnight-as-23-59": 7,
            "text-speaks-of-a-limit": 10,
            "length-unlikely": 6,
            "inactive": 2,
            "may-be-cancelled": 2,
            "place-approximate": 2,
            "by-appointment": 1,
            "limits-unclear": 1,
            "location-closed": 1,
            "name-of-a-family-group": 1,
        },
    ),
    "meeting_guide_edmonton.json": (
        "aa",
        "America/Edmonton",
        315,
        256,
        {
            "length-assumed": 315,
            "attendance-inferred": 294,
            "place-missing": 281,
            "may-not-be-weekly": 77,
            "location-closed": 43,
            "may-be-cancelled": 22,
            "text-speaks-of-a-setting": 3,
            "text-speaks-of-a-limit": 1,
            "types-not-understood": 1,
        },
    ),
    "meeting_guide_alanon_northern_illinois.json": (
        "al-anon",
        None,
        360,
        355,
        {
            "length-assumed": 360,
            "zone-missing": 360,
            "location-closed": 120,
            "type-not-known": 49,
            "inactive": 31,
            "may-not-be-weekly": 16,
            "text-speaks-of-a-limit": 11,
            "may-be-cancelled": 2,
        },
    ),
    "bmlt_yap_geneva_day2.json": (
        "na",
        "America/New_York",
        53,
        53,
        {
            "attendance-inferred": 53,
            "length-assumed": 53,
            "updated-missing": 53,
            "types-missing": 15,
            "text-speaks-of-a-limit": 1,
        },
    ),
}


@pytest.fixture(scope="module")
def corpus() -> Path:
    folder = os.environ.get("PEER_MATCH_CORPUS")
    if not folder:
        pytest.skip("PEER_MATCH_CORPUS does not name the folder of the corpora")
    return Path(folder) / "meetings"


@pytest.fixture(scope="module")
def shipped() -> Vocabularies:
    """The vocabularies of the default pack."""
    found: list[Vocabulary] = []
    for path in sorted(RULES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        content["id"] = content.pop("vocabulary")
        found.append(Vocabulary.model_validate(content))
    return Vocabularies(found)


def reading_of(path: Path, shipped: Vocabularies) -> DirectoryReading:
    fellowship, zone, *_ = FEEDS.get(path.name, (None, None))
    return read_directory_file(
        path, vocabularies=shipped, settings=FeedSettings(fellowship=fellowship, zone=zone)
    )


def test_no_file_is_lost_and_every_row_is_accounted_for(
    corpus: Path, shipped: Vocabularies
) -> None:
    files = sorted(corpus.iterdir())
    assert files
    for path in files:
        reading = reading_of(path, shipped)
        assert bool(reading.problems) != bool(reading.groups), path.name
        assert reading.taken + reading.refused == reading.rows
        assert sum(len(one.meetings.statements) for one in reading.groups) <= reading.taken


@pytest.mark.parametrize("name", FEEDS)
def test_what_became_of_the_rows(corpus: Path, shipped: Vocabularies, name: str) -> None:
    *_, rows, groups, doubts = FEEDS[name]
    reading = reading_of(corpus / name, shipped)
    assert (reading.rows, reading.refused, len(reading.groups)) == (rows, 0, groups)
    assert reading.counts(NoteKind.TAKEN_WITH_DOUBT) == doubts


@pytest.mark.parametrize("name", [one for one in FEEDS if one.startswith("meeting_guide")])
def test_the_counts_are_those_of_the_raw_rows(
    corpus: Path, shipped: Vocabularies, name: str
) -> None:
    """Counted again from the JSON, with nothing of this project."""
    raw: list[dict[str, Any]] = orjson.loads((corpus / name).read_bytes())
    reading = reading_of(corpus / name, shipped)
    counts = reading.counts(NoteKind.TAKEN_WITH_DOUBT)
    timed = [one for one in raw if one.get("time")]
    assert counts[Reason.LENGTH_ASSUMED] == sum("end_time" not in one for one in timed)
    assert counts[Reason.LOCATION_CLOSED] == sum("TC" in one.get("types", []) for one in raw)
    assert counts.get(Reason.INACTIVE, 0) == sum(
        one.get("attendance_option") == "inactive" for one in raw
    )
    meetings = [
        meeting
        for group in reading.groups
        for statement in group.meetings.statements
        for meeting in statement.value
    ]
    assert len(meetings) == len(timed)
    assert {meeting.id.partition("/")[2] for meeting in meetings} == {one["slug"] for one in timed}
    named = {group.name.casefold() for group in reading.groups}
    assert named == {" ".join(one["name"].split()).casefold() for one in raw}


def test_the_family_fellowship_is_never_for_ones_own_use(
    corpus: Path, shipped: Vocabularies
) -> None:
    reading = reading_of(corpus / "meeting_guide_alanon_northern_illinois.json", shipped)
    for group in reading.groups:
        assert [one.value for one in group.purposes.statements] == ["someone-elses-use"]
        assert group.purposes.complete


def test_no_note_of_a_feed_reaches_what_was_read(corpus: Path, shipped: Vocabularies) -> None:
    hidden = ("notes", "location_notes", "group_notes", "conference_url_notes", "website")
    for name in FEEDS:
        raw: list[dict[str, Any]] = orjson.loads((corpus / name).read_bytes())
        said = reading_of(corpus / name, shipped).model_dump_json()
        shown = {str(one.get(key)) for one in raw for key in ("name", "location") if one.get(key)}
        for one in raw:
            for key in hidden:
                text = str(one.get(key) or "").strip()
                # Short notes such as "Zoom" are words that names hold as well.
                if len(text) > 25 and not any(text in name for name in shown):
                    assert orjson.dumps(text)[1:-1].decode() not in said
