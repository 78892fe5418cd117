"""The sample's directories: each row is read as it was meant, and every doubt is a meant one."""

import orjson
import pytest

from peer_match import sample
from peer_match.directories import Format, NoteKind, RowNote
from peer_match.directories.reasons import Reason
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.observed import observe
from peer_match.facts.provenance import Moment
from sample.caseload import groups, policy, roster

MOMENT = Moment.at(sample.SAMPLE_AS_OF)

# Feed -> its format, its rows, its groups.
SIZES = {
    "larkhaven-aa": (Format.MEETING_GUIDE, 94, 70),
    "larkhaven-al-anon": (Format.MEETING_GUIDE, 10, 10),
    "larkhaven-services": (Format.HSDS, 18, 17),
    "online-intergroup": (Format.MEETING_GUIDE, 20, 10),
    "riverbend": (Format.PEER_MATCH, 29, 29),
    "tri-rivers-ga": (Format.MEETING_GUIDE, 3, 3),
    "tri-rivers-na": (Format.BMLT, 29, 24),
}

DOUBTS = {
    "larkhaven-aa": {
        ("closed-for-repairs", Reason.LOCATION_CLOSED),
        ("moved-online", Reason.LOCATION_CLOSED),
        ("last-saturday-speaker", Reason.MAY_NOT_BE_WEEKLY),
        ("perhaps-suspended", Reason.MAY_BE_CANCELLED),
        ("never-updated", Reason.UPDATED_MISSING),
        ("no-end-time", Reason.LENGTH_ASSUMED),
        ("ends-before-it-starts", Reason.END_BEFORE_START),
        ("one-minute-to-midnight", Reason.MIDNIGHT_AS_23_59),
        ("place-at-zero", Reason.PLACE_AT_ZERO),
        ("somewhere-in-millbrook", Reason.PLACE_APPROXIMATE),
        ("by-appointment", Reason.BY_APPOINTMENT),
        ("women-and-nonbinary", Reason.LIMITS_UNCLEAR),
        ("no-codes-at-all", Reason.TYPES_MISSING),
        ("inside-alder-creek", Reason.TEXT_SPEAKS_OF_A_SETTING),
    },
    "larkhaven-services": {
        ("monthly-forum", Reason.NOT_WEEKLY),
        ("spring-course", Reason.SCHEDULE_ENDS),
        ("walk-in-desk", Reason.BY_APPOINTMENT),
        ("gone-service", Reason.INACTIVE),
        ("women-online", Reason.TEXT_SPEAKS_OF_A_LIMIT),
    },
    "online-intergroup": {("zone-of-nowhere", Reason.ZONE_NOT_UNDERSTOOD)},
    # The format has no date of last confirmation, so every row that is taken is in doubt.
    "tri-rivers-na": {(str(id), Reason.UPDATED_MISSING) for id in range(301, 329)}
    | {("327", Reason.LENGTH_UNLIKELY), ("328", Reason.LOCATION_CLOSED)},
}

REFUSALS = {
    "larkhaven-aa": {
        ("sunday-evening-open-copy", Reason.SAME_MEETING),
        ("unnamed", Reason.NAME_MISSING),
    },
    "larkhaven-services": {(None, Reason.SERVICE_MISSING)},
    "tri-rivers-na": {("329", Reason.UNPUBLISHED)},
}

FEED_NOTES = {
    "larkhaven-aa": {Reason.CODE_NOT_MAPPED},
    "larkhaven-al-anon": {Reason.CODE_NOT_MAPPED},
    "larkhaven-services": {Reason.FELLOWSHIP_NOT_CONFIGURED},
    "online-intergroup": {Reason.CODE_NOT_MAPPED},
    "tri-rivers-ga": {Reason.CODE_NOT_MAPPED},
    "tri-rivers-na": {Reason.CODE_NOT_MAPPED},
}


def noted(notes: tuple[RowNote, ...], kind: NoteKind) -> set[tuple[str | None, Reason]]:
    return {(one.id, one.reason) for one in notes if one.kind is kind}


def test_the_directories_are_these() -> None:
    assert groups().readings.keys() == SIZES.keys()
    assert groups().problems == ()
    assert sum(taken for _, _, taken in SIZES.values()) >= 120


@pytest.mark.parametrize("name", sorted(SIZES))
def test_every_row_is_read_as_it_was_meant(name: str) -> None:
    reading = groups().readings[name]
    assert reading.problems == ()
    assert (reading.format, reading.rows, len(reading.groups)) == SIZES[name]
    assert noted(reading.notes, NoteKind.TAKEN_WITH_DOUBT) == DOUBTS.get(name, set())
    assert noted(reading.notes, NoteKind.REFUSED) == REFUSALS.get(name, set())
    assert {one.reason for one in reading.feed_notes} == FEED_NOTES.get(name, set())


def test_the_only_codes_without_a_meaning_here_are_open_and_closed() -> None:
    codes = {
        one.detail
        for reading in groups().readings.values()
        for one in reading.feed_notes
        if one.reason is Reason.CODE_NOT_MAPPED
    }
    assert codes == {"O", "C"}


def test_rows_of_one_group_are_one_group() -> None:
    group = groups().by_id["larkhaven-aa/sunrise-group"]
    [meetings] = group.meetings.statements
    assert [one.weekday for one in meetings.value] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("id", "purposes"),
    [
        ("larkhaven-al-anon/monday-serenity", ("someone-elses-use",)),
        ("tri-rivers-ga/wednesday-freedom", ("own-gambling",)),
        ("riverbend/family-education", ("someone-elses-use",)),
        ("larkhaven-services/eating-peers", ("own-eating",)),
        ("tri-rivers-na/301", ("own-substance-use",)),
    ],
)
def test_what_groups_are_for(id: str, purposes: tuple[str, ...]) -> None:
    fact = CATALOGUE["group.purposes"]
    own = policy().vocabularies["purpose"]
    seen = observe(groups().by_id[id].purposes, fact, own, MOMENT)
    assert (seen.values, seen.complete) == (purposes, True)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("medication_stance", {"welcoming", "mixed", "opposed"}),
        ("status", {"open", "temporarily-closed", "closed"}),
        ("kind", {"programme", "community"}),
        ("formats", {"in-person", "online"}),
        ("limited_to", {"woman", "man", "veteran", "professional"}),
        ("closed_to_outsiders", {"clients", "inmates", "residents"}),
        ("languages", {"english", "spanish", "vietnamese", "american-sign-language"}),
        ("belief", {"secular", "spiritual", "religious", "no-preference"}),
    ],
)
def test_the_groups_differ(field: str, wanted: set[str]) -> None:
    found = {
        statement.value
        for group in groups().by_id.values()
        for statement in getattr(group, field).statements
    }
    assert found >= wanted


def test_the_zones_are_of_several_continents() -> None:
    zones = {
        meeting.zone
        for group in groups().by_id.values()
        for statement in group.meetings.statements
        for meeting in statement.value
    }
    assert zones >= {"America/Chicago", "Europe/London", "Asia/Kolkata", "Australia/Sydney", None}


def test_the_roster() -> None:
    found = roster()
    assert found.problems == ()
    assert len(found.mentors) >= 15
    kinds = {one.kind for one in found.conflicts}
    assert kinds <= policy().vocabularies["tie"].codes
    assert len(kinds) >= 8
    ids = groups().by_id.keys() | {one.id for one in found.mentors}
    assert {one.target.value for one in (*found.placements, *found.refusals)} <= ids


def test_ties_and_members_are_of_people_that_the_sample_knows() -> None:
    """A mistyped id would keep nobody apart, and nothing would say so."""
    members = {id for group in groups().by_id.values() for id in group.members}
    mentors = {one.person for one in roster().mentors}
    patients = {path.stem for path in sample.patients()}
    known = members | mentors | patients
    assert {id for one in roster().conflicts for id in one.between} <= known
    assert {one.person for one in (*roster().placements, *roster().refusals)} <= patients


def test_no_file_is_large_and_all_are_json() -> None:
    files = list(sample.annotations().parent.rglob("*.json"))
    assert sum(path.stat().st_size for path in files) < 1_500_000
    for path in files:
        assert orjson.loads(path.read_bytes())
