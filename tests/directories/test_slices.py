"""Slices of real feeds, read with the shipped vocabularies."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from peer_match.directories import (
    DirectoryReading,
    FeedSettings,
    Format,
    NoteKind,
    Reason,
    read_directory_file,
)
from peer_match.directories.code_book import (
    CLOSED,
    COMMUNITY,
    OPEN,
    PHONE,
    TEMPORARILY_CLOSED,
    vocabulary_of,
)
from peer_match.directories.meeting_guide import CONVENTION
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.group import Group
from peer_match.facts.vocabulary import Vocabularies, Vocabulary

RULES = Path(__file__).parents[2] / "rules" / "vocabulary"

# Feed -> fellowship, time zone of the area, rows, groups, rows with each doubt.
FEEDS: dict[str, tuple[str | None, str | None, int, int, dict[str, int]]] = {
    "meeting_guide_orange_county.json": (
        "aa",
        "America/Los_Angeles",
        38,
        30,
        {
            "length-assumed": 12,
            "midnight-as-23-59": 3,
            "inactive": 2,
            "place-approximate": 2,
            "types-missing": 2,
            "by-appointment": 1,
            "length-unlikely": 1,
            "limits-unclear": 1,
            "location-closed": 1,
            "may-be-cancelled": 1,
            "may-not-be-weekly": 1,
        },
    ),
    "meeting_guide_edmonton.json": (
        "aa",
        "America/Edmonton",
        23,
        23,
        {
            "length-assumed": 23,
            "place-missing": 22,
            "attendance-inferred": 19,
            "location-closed": 4,
            "may-be-cancelled": 4,
            "types-not-understood": 1,
        },
    ),
    "meeting_guide_al_anon.json": (
        "al-anon",
        "America/New_York",
        23,
        23,
        {
            "length-assumed": 23,
            "type-not-known": 9,
            "location-closed": 8,
            "inactive": 5,
            "may-not-be-weekly": 1,
        },
    ),
    "bmlt_geneva.json": (
        "na",
        "America/New_York",
        20,
        20,
        {
            "attendance-inferred": 20,
            "length-assumed": 20,
            "updated-missing": 20,
            "types-missing": 8,
        },
    ),
    "hsds_service.json": (
        None,
        None,
        1,
        1,
        {
            "length-unlikely": 1,
            "not-weekly": 1,
            "place-not-understood": 1,
            "schedule-ends": 1,
            "zone-offset-only": 1,
        },
    ),
    "hsds_service_at_location.json": (
        None,
        "Europe/London",
        1,
        1,
        {"length-unlikely": 1, "not-weekly": 1, "place-not-understood": 1, "schedule-ends": 1},
    ),
    "tsml_times_fixture.json": (
        None,
        None,
        9,
        9,
        {
            "place-missing": 9,
            "updated-missing": 9,
            "attendance-inferred": 8,
            "zone-missing": 8,
            "attendance-unknown": 1,
            "by-appointment": 1,
            "length-assumed": 1,
            "may-be-cancelled": 1,
            "type-not-known": 1,
        },
    ),
    "tsml_timezones_fixture.json": (
        None,
        None,
        2,
        2,
        {
            "attendance-unknown": 2,
            "length-assumed": 2,
            "place-missing": 2,
            "types-missing": 2,
            "updated-missing": 2,
        },
    ),
    "tsml_appointment_fixture.json": (
        None,
        None,
        2,
        2,
        {
            "attendance-inferred": 2,
            "types-missing": 2,
            "updated-missing": 2,
            "by-appointment": 1,
            "length-assumed": 1,
            "zone-missing": 1,
        },
    ),
}


@pytest.fixture(scope="module")
def shipped() -> Vocabularies:
    """The vocabularies of the default pack."""
    found: list[Vocabulary] = []
    for path in sorted(RULES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        content["id"] = content.pop("vocabulary")
        found.append(Vocabulary.model_validate(content))
    return Vocabularies(found)


def values(fact: Fact[Any] | FactSet[Any]) -> set[Any]:
    return {statement.value for statement in fact.statements}


def group(reading: DirectoryReading, slug: str) -> Group:
    return next(one for one in reading.groups if one.id == f"{reading.name}/{slug}")


Slices = dict[str, DirectoryReading]


@pytest.fixture(scope="module")
def slices(shipped: Vocabularies, data: Path) -> Slices:
    return {
        name: read_directory_file(
            data / name,
            vocabularies=shipped,
            settings=FeedSettings(fellowship=fellowship, zone=zone),
        )
        for name, (fellowship, zone, *_) in FEEDS.items()
    }


@pytest.mark.parametrize("name", FEEDS)
def test_every_row_is_accounted_for(slices: Slices, name: str) -> None:
    *_, rows, groups, doubts = FEEDS[name]
    reading = slices[name]
    assert reading.problems == ()
    assert (reading.rows, reading.taken + reading.refused) == (rows, rows)
    assert len(reading.groups) == groups
    assert reading.counts(NoteKind.TAKEN_WITH_DOUBT) == doubts
    assert reading.counts(NoteKind.REFUSED) == {}


def test_orange_county(slices: Slices) -> None:
    reading = slices["meeting_guide_orange_county.json"]
    men = group(reading, "40-minutes-to-freedom")
    assert values(men.limited_to) == {"man"}
    assert values(men.purposes) == {"own-substance-use"}
    assert values(men.languages) == {"english"}
    [meeting] = men.meetings.statements[0].value
    assert (meeting.weekday, meeting.start_minute, meeting.minutes) == (0, 1170, 45)
    bridge = group(reading, "under-the-bridge-2")
    assert [one.weekday for one in bridge.meetings.statements[0].value] == [2, 3]
    secular = group(reading, "beyond-belief-agnostic-discussion")
    assert values(secular.belief) == {"secular"}
    wild = group(reading, "womens-wild-bunch")
    assert values(wild.limited_to) == set()
    assert values(group(reading, "badge-2-badge-meeting").status) == {"temporarily-closed"}
    assert group(reading, "women").meetings.statements == ()


def test_edmonton(slices: Slices) -> None:
    reading = slices["meeting_guide_edmonton.json"]
    shifters = group(reading, "6")
    [meeting] = shifters.meetings.statements[0].value
    assert (meeting.weekday, meeting.start_minute) == (5, 660)
    assert [one.value.text for one in shifters.last_confirmed.statements] == ["2022-08-25"]
    # 9/8/2022: other dates of the feed, such as 8/25/2022, show that months come first.
    assert [one.value.text for one in group(reading, "8").last_confirmed.statements] == [
        "2022-09-08"
    ]
    assert values(group(reading, "16").status) == {"temporarily-closed"}
    cancelled = group(reading, "1543")
    assert values(cancelled.status) == set()
    assert cancelled.status.unreadable


def test_a_family_fellowship_is_never_for_ones_own_use(slices: Slices) -> None:
    reading = slices["meeting_guide_al_anon.json"]
    for one in reading.groups:
        assert values(one.purposes) == {"someone-elses-use"}
        assert one.purposes.complete


def test_hsds(slices: Slices) -> None:
    [one] = slices["hsds_service_at_location.json"].groups
    assert one.name == "Community Counselling"
    assert values(one.languages) == {"urdu"}
    assert values(one.admits_minors) == {True}
    [statement] = one.meetings.statements
    assert {meeting.weekly for meeting in statement.value} == {False}
    assert [meeting.weekday for meeting in statement.value] == [3, 4]
    assert statement.until is not None
    assert statement.until.text == "2005-01-01"
    assert "Persona" not in one.model_dump_json()


def test_the_shipped_vocabularies_have_what_the_readers_state(shipped: Vocabularies) -> None:
    assert {OPEN, TEMPORARILY_CLOSED, CLOSED} <= shipped["group-status"].codes
    assert COMMUNITY in shipped["group-kind"].codes
    assert {"in-person", "online", PHONE} <= shipped["format"].codes
    for code in CONVENTION.limits:
        for format in (Format.MEETING_GUIDE, Format.BMLT):
            assert shipped.code_for("identity", format.value, code)


def test_every_fellowship_implies_facts_of_groups(shipped: Vocabularies) -> None:
    for term in shipped["fellowship"].terms:
        for field, codes in term.implies.items():
            assert set(codes) <= shipped[vocabulary_of(field)].codes
            assert field != "belief" or len(codes) == 1


def test_what_the_feed_format_can_say_of_languages_and_access_is_mapped(
    shipped: Vocabularies, data: Path
) -> None:
    """Every official type code that could keep somebody out or let them in has a meaning here."""
    types = orjson.loads((data / "meeting_guide_types.json").read_bytes())
    fields = ("languages", "focuses", "accessibility", "cultures", "belief")
    mapped = Counter(
        code
        for code in types
        for field in fields
        if shipped.code_for(vocabulary_of(field), "meeting-guide", code)
    )
    unmapped = set(types) - set(mapped)
    assert unmapped <= {
        "12x12", "ABSI", "AL", "AL-AN", "BRK", "C", "CAN", "DB", "DR", "GR", "H", "LS", "O",
        "ONL", "POA", "SM", "TC", "TR",
    }  # fmt: skip


def test_the_list_of_types_is_not_a_directory(shipped: Vocabularies, data: Path) -> None:
    reading = read_directory_file(data / "meeting_guide_types.json", vocabularies=shipped)
    assert [one.code for one in reading.problems] == ["format-unclear"]


def test_the_same_bytes_give_the_same_bytes(shipped: Vocabularies, data: Path) -> None:
    first, second = (
        read_directory_file(
            data / "meeting_guide_orange_county.json", vocabularies=shipped
        ).model_dump_json()
        for _ in range(2)
    )
    assert first == second


def test_a_reason_reads_as_plain_words(slices: Slices) -> None:
    notes = slices["meeting_guide_orange_county.json"].notes
    [note] = [one for one in notes if one.reason is Reason.BY_APPOINTMENT]
    assert (note.id, note.meaning) == (
        "women",
        "no day and no time: the group meets by appointment, so no schedule can be checked",
    )


def test_a_file_may_be_named_by_a_text(data: Path, shipped: Vocabularies) -> None:
    path = data / "meeting_guide_types.json"
    found = read_directory_file(str(path), vocabularies=shipped)
    assert found == read_directory_file(path, vocabularies=shipped)
    assert found.name == "meeting_guide_types"
