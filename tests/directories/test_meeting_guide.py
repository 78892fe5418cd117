"""Meeting Guide rows, trap by trap."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from peer_match.directories import (
    DirectoryReading,
    FeedSettings,
    NoteKind,
    Reason,
    WeekdayBase,
    read_directory,
)
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.group import Group
from peer_match.facts.place import Precision, metres_between
from peer_match.facts.provenance import StatedBy
from peer_match.facts.vocabulary import Term, Vocabularies, Vocabulary
from peer_match.facts.week import Meeting

Read = Callable[..., DirectoryReading]

ROW: dict[str, Any] = {
    "slug": "dawn",
    "name": "Dawn",
    "day": 1,
    "time": "07:00",
    "end_time": "08:00",
    "types": ["O"],
    "location": "Library",
    "formatted_address": "1 Main St, Springfield, IL 62701, USA",
    "latitude": 39.78,
    "longitude": -89.65,
    "approximate": "no",
    "attendance_option": "in_person",
    "updated": "2023-08-29 15:56:59",
    "timezone": "America/Chicago",
}


def row(**changes: Any) -> dict[str, Any]:
    """The plain row with changes; a value of None takes the key away."""
    return {key: value for key, value in (ROW | changes).items() if value is not None}


def doubts(reading: DirectoryReading) -> set[Reason]:
    return {note.reason for note in reading.notes}


def only(reading: DirectoryReading) -> Group:
    assert reading.problems == ()
    assert len(reading.groups) == 1, reading.notes
    return reading.groups[0]


def meetings(group: Group) -> tuple[Meeting, ...]:
    return group.meetings.statements[0].value if group.meetings.statements else ()


def values(fact: Fact[Any] | FactSet[Any]) -> set[Any]:
    return {statement.value for statement in fact.statements}


def test_a_plain_row_becomes_a_group_without_a_doubt(read: Read) -> None:
    reading = read([row()])
    group = only(reading)
    assert (reading.rows, reading.taken, reading.doubted, reading.refused) == (1, 1, 0, 0)
    assert (group.id, group.name) == ("feed/dawn", "Dawn")
    assert meetings(group) == (
        Meeting(
            id="feed/dawn",
            name="Dawn",
            weekday=0,
            start_minute=420,
            minutes=60,
            zone="America/Chicago",
            formats=frozenset({"in-person"}),
        ),
    )
    assert values(group.formats) == {"in-person"}
    assert group.formats.complete
    assert values(group.status) == {"open"}
    assert values(group.kind) == {"community"}
    [place] = values(group.place)
    assert (place.latitude, place.longitude) == (39_780_000, -89_650_000)
    assert place.label == "Library, 1 Main St, Springfield, IL 62701, USA"
    [confirmed] = values(group.last_confirmed)
    assert confirmed.text == "2023-08-29"
    provenance = group.status.statements[0].provenance
    assert (provenance.source, provenance.stated_by) == ("feed row 1", StatedBy.DIRECTORY)
    assert provenance.date == confirmed


class TestTrap01WeekdayIndex:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [(0, 6), (6, 5), ("1", 0), ([6], 5), ("Sunday", 6), ("tue", 1), ([1, 3], 0)],
    )
    def test_days(self, read: Read, day: Any, expected: int) -> None:
        assert meetings(only(read([row(day=day)])))[0].weekday == expected

    def test_seven_is_no_day_here(self, read: Read) -> None:
        reading = read([row(day="7")])
        group = only(reading)
        assert doubts(reading) == {Reason.DAY_NOT_UNDERSTOOD}
        assert reading.notes[0].detail == "7"
        assert meetings(group) == ()
        assert group.meetings.unreadable

    def test_seven_is_sunday_where_the_settings_say_so(self, read: Read) -> None:
        rows = [row(day=7), row(slug="stray", name="Stray", day=0)]
        reading = read(rows, weekday_base=WeekdayBase.MONDAY_IS_1)
        dawn, stray = reading.groups
        assert meetings(dawn)[0].weekday == 6
        assert meetings(stray) == ()

    def test_a_list_gives_one_meeting_for_each_day(self, read: Read) -> None:
        group = only(read([row(day=[5, 1])]))
        assert [(one.id, one.weekday) for one in meetings(group)] == [
            ("feed/dawn~mo-0700", 0),
            ("feed/dawn~fr-0700", 4),
        ]


class TestTrap02Clock:
    @pytest.mark.parametrize(
        ("time", "start"),
        [("9:05", 545), ("19:30:00", 1170), ("11:00 AM", 660), ("12:15 PM", 735)],
    )
    def test_times(self, read: Read, time: str, start: int) -> None:
        [meeting] = meetings(only(read([row(time=time, end_time=None)])))
        assert meeting.start_minute == start

    def test_free_text_is_not_a_time_and_is_not_repeated(self, read: Read) -> None:
        reading = read([row(time="Thurs 10.30 -12.00pm ask Ann")])
        assert meetings(only(reading)) == ()
        assert only(reading).meetings.unreadable
        [note] = reading.notes
        assert (note.reason, note.detail) == (Reason.TIME_NOT_UNDERSTOOD, "text")


class TestTrap03Length:
    def test_without_an_end_one_hour_is_assumed_and_marked(self, read: Read) -> None:
        reading = read([row(end_time=None)])
        [meeting] = meetings(only(reading))
        assert (meeting.minutes, meeting.length_assumed) == (60, True)
        assert doubts(reading) == {Reason.LENGTH_ASSUMED}

    def test_a_duration_in_minutes(self, read: Read) -> None:
        [meeting] = meetings(only(read([row(end_time=None, duration=90)])))
        assert (meeting.minutes, meeting.length_assumed) == (90, False)

    def test_an_end_that_cannot_be_read(self, read: Read) -> None:
        reading = read([row(end_time="late")])
        [meeting] = meetings(only(reading))
        assert (meeting.minutes, meeting.length_assumed) == (60, True)
        assert doubts(reading) == {Reason.END_NOT_UNDERSTOOD}


class TestTrap04EndBeforeStart:
    def test_past_midnight(self, read: Read) -> None:
        reading = read([row(time="23:00", end_time="00:00")])
        [meeting] = meetings(only(reading))
        assert (meeting.minutes, meeting.length_assumed) == (60, False)
        assert doubts(reading) == set()

    @pytest.mark.parametrize(
        ("time", "end"), [("12:15", "01:15"), ("12:30", "01:30"), ("17:30", "16:30")]
    )
    def test_data_errors(self, read: Read, time: str, end: str) -> None:
        reading = read([row(time=time, end_time=end)])
        [meeting] = meetings(only(reading))
        assert (meeting.minutes, meeting.length_assumed) == (60, True)
        assert doubts(reading) == {Reason.END_BEFORE_START}


class TestTrap05MidnightAndEqualEnds:
    def test_end_equals_start(self, read: Read) -> None:
        reading = read([row(time="10:00", end_time="10:00")])
        assert meetings(only(reading))[0].minutes == 60
        assert doubts(reading) == {Reason.END_EQUALS_START}

    def test_one_minute_to_midnight_is_kept_and_marked(self, read: Read) -> None:
        reading = read([row(time="23:59", end_time="01:00")])
        [meeting] = meetings(only(reading))
        assert (meeting.weekday, meeting.start_minute, meeting.minutes) == (0, 1439, 61)
        assert doubts(reading) == {Reason.MIDNIGHT_AS_23_59}

    def test_midnight_is_the_first_minute_of_the_listed_day(self, read: Read) -> None:
        [meeting] = meetings(only(read([row(day=1, time="00:00", end_time="01:00")])))
        assert (meeting.weekday, meeting.start_minute) == (0, 0)


class TestTrap06And07Zone:
    def test_a_missing_zone_comes_from_the_settings(self, read: Read) -> None:
        reading = read([row(timezone=None)], zone="America/Denver")
        assert meetings(only(reading))[0].zone == "America/Denver"
        assert doubts(reading) == set()

    def test_without_settings_it_is_unknown_whatever_the_place(self, read: Read) -> None:
        reading = read([row(timezone=None)])
        assert meetings(only(reading))[0].zone is None
        assert doubts(reading) == {Reason.ZONE_MISSING}

    def test_the_zone_of_the_row_goes_before_the_settings(self, read: Read) -> None:
        [meeting] = meetings(only(read([row()], zone="America/Denver")))
        assert meeting.zone == "America/Chicago"

    def test_a_wrong_zone_is_not_replaced_by_the_settings(self, read: Read) -> None:
        reading = read([row(timezone="Central time")], zone="America/Denver")
        assert meetings(only(reading))[0].zone is None
        assert doubts(reading) == {Reason.ZONE_NOT_UNDERSTOOD}

    @pytest.mark.parametrize(
        "alias", ["America/Buenos_Aires", "America/Montreal", "Europe/Kiev", "US/Pacific"]
    )
    def test_legacy_names_are_zones(self, read: Read, alias: str) -> None:
        reading = read([row(timezone=alias)])
        assert meetings(only(reading))[0].zone == alias
        assert doubts(reading) == set()


class TestTrap13NotWeekly:
    @pytest.mark.parametrize(
        "notes",
        [
            "Meets on the last Saturday of the month",
            "1st & 3rd Fridays",
            "Second and fourth Tuesday only",
            "every other week",
            "Fortnightly in term time",
            "Bi-weekly",
            "Once a month, ask Ann",
            "alternating Sundays",
            "school year only",
            "May thru September",
        ],
    )
    def test_wording_makes_weekly_unknown_and_is_not_kept(self, read: Read, notes: str) -> None:
        reading = read([row(notes=notes)])
        group = only(reading)
        assert meetings(group)[0].weekly is None
        assert doubts(reading) == {Reason.MAY_NOT_BE_WEEKLY}
        assert notes not in group.model_dump_json() + reading.model_dump_json()

    @pytest.mark.parametrize(
        "notes", ["First Step study", "Second floor", "Month of Sundays Book", "Last door left"]
    )
    def test_other_wording_does_not(self, read: Read, notes: str) -> None:
        reading = read([row(notes=notes)])
        assert meetings(only(reading))[0].weekly is True
        assert doubts(reading) == set()


class TestTrap14ClosedAndStale:
    def test_a_closed_location_without_a_link_does_not_meet(self, read: Read) -> None:
        reading = read([row(types=["O", "TC"])])
        group = only(reading)
        assert values(group.status) == {"temporarily-closed"}
        assert values(group.formats) == set()
        assert not group.formats.complete
        assert doubts(reading) == {Reason.LOCATION_CLOSED}

    @pytest.mark.parametrize("option", ["hybrid", "online", "in_person", None])
    def test_a_closed_location_with_a_link_meets_online_alone(
        self, read: Read, option: str | None
    ) -> None:
        rows = [
            row(types=["TC", "ONL"], conference_url="https://example.org", attendance_option=option)
        ]
        group = only(read(rows))
        assert values(group.status) == {"open"}
        assert values(group.formats) == {"online"}
        assert meetings(group)[0].formats == {"online"}
        assert values(group.place) == set()

    def test_inactive_stays_inactive_even_with_a_link(self, read: Read) -> None:
        group = only(
            read([row(attendance_option="inactive", conference_url="https://example.org")])
        )
        assert values(group.status) == {"temporarily-closed"}

    @pytest.mark.parametrize("name", ["Tower Cancelled", "Study (Closed until September 2023)"])
    def test_wording_of_a_cancelled_meeting_makes_its_status_unknown(
        self, read: Read, name: str
    ) -> None:
        reading = read([row(group=name)])
        assert values(only(reading).status) == set()
        assert only(reading).status.unreadable
        assert doubts(reading) == {Reason.MAY_BE_CANCELLED}

    def test_a_closed_meeting_is_not_a_cancelled_one(self, read: Read) -> None:
        reading = read([row(name="Women's Closed Book Study", types=["W", "C"])])
        assert doubts(reading) == set()
        assert doubts(read([row(name="Dawn (Closed)", types=["C"])])) == set()

    @pytest.mark.parametrize("name", ["Dawn **CLOSED**", "Dawn (closed)", "Dawn - Closed"])
    def test_a_name_that_says_closed_by_itself_is_in_doubt(self, read: Read, name: str) -> None:
        reading = read([row(name=name)])
        assert only(reading).status.unreadable
        assert doubts(reading) == {Reason.MAY_BE_CANCELLED}

    def test_no_date_of_confirmation_is_none(self, read: Read) -> None:
        reading = read([row(updated=None)])
        assert values(only(reading).last_confirmed) == set()
        assert doubts(reading) == {Reason.UPDATED_MISSING}

    def test_a_date_after_the_feed_was_fetched_is_not_believed(self, read: Read) -> None:
        reading = read([row(updated="2031-01-01 00:00:00")], retrieved="2023-09-01")
        assert values(only(reading).last_confirmed) == set()
        assert doubts(reading) == {Reason.UPDATED_AFTER_RETRIEVAL}

    def test_nothing_was_known_before_the_feed_was_fetched(self, read: Read) -> None:
        group = only(read([row()], retrieved="2023-09-01"))
        recorded = group.status.statements[0].provenance.recorded
        assert recorded is not None
        assert recorded.isoformat() == "2023-09-01T00:00:00+00:00"


class TestTrap15Coordinates:
    @pytest.mark.parametrize(
        ("latitude", "longitude", "doubt"),
        [
            (0, 0, Reason.PLACE_AT_ZERO),
            ("0.0", "0", Reason.PLACE_AT_ZERO),
            (None, -89.65, Reason.PLACE_MISSING),
            ("", "", Reason.PLACE_MISSING),
            (100, 101, Reason.PLACE_NOT_UNDERSTOOD),
            ("north", 3, Reason.PLACE_NOT_UNDERSTOOD),
            ("nan", 3, Reason.PLACE_NOT_UNDERSTOOD),
            (True, 3, Reason.PLACE_NOT_UNDERSTOOD),
        ],
    )
    def test_no_place(self, read: Read, latitude: Any, longitude: Any, doubt: Reason) -> None:
        reading = read([row(latitude=latitude, longitude=longitude)])
        assert values(only(reading).place) == set()
        assert doubts(reading) == {doubt}

    def test_text_is_a_number_too(self, read: Read) -> None:
        [place] = values(only(read([row(latitude="39.78", longitude="-89.65")])).place)
        assert place.precision is Precision.POINT
        assert place.latitude == 39_780_000

    def test_the_middle_of_a_town_has_no_distance(self, read: Read) -> None:
        reading = read([row(approximate="yes")])
        [place] = values(only(reading).place)
        assert place.precision is Precision.AREA
        assert metres_between(place, place) is None
        assert doubts(reading) == {Reason.PLACE_APPROXIMATE}

    @pytest.mark.parametrize(
        ("address", "precision"),
        [
            ("Anytown, OK 12345, USA", Precision.AREA),
            ("1 Main St, Anytown, OK 12345, USA", Precision.POINT),
            ("12 Rue Cler, 75007 Paris, France", Precision.POINT),
            (None, Precision.POINT),
        ],
    )
    def test_an_address_of_a_town_is_its_middle_where_the_row_does_not_say(
        self, read: Read, address: str | None, precision: Precision
    ) -> None:
        [place] = values(only(read([row(approximate=None, formatted_address=address)])).place)
        assert place.precision is precision

    def test_an_online_meeting_is_nowhere(self, read: Read) -> None:
        group = only(read([row(attendance_option="online")]))
        assert values(group.place) == set()


class TestAttendance:
    @pytest.mark.parametrize(
        ("changes", "formats"),
        [
            ({}, {"in-person"}),
            ({"conference_url": "https://example.org"}, {"in-person", "online"}),
            ({"conference_phone": "+1"}, {"in-person", "online", "phone"}),
            ({"types": ["ONL"], "approximate": "yes"}, {"online"}),
            ({"types": ["ONL"], "formatted_address": "Springfield, IL, USA"}, {"online"}),
            ({"formatted_address": None, "address": "1 Main St"}, {"in-person"}),
        ],
    )
    def test_it_is_inferred_with_a_doubt(
        self, read: Read, changes: dict[str, Any], formats: set[str]
    ) -> None:
        reading = read([row(attendance_option=None, **changes)])
        assert values(only(reading).formats) == formats
        assert Reason.ATTENDANCE_INFERRED in doubts(reading)

    def test_where_nothing_says_it_stays_unknown(self, read: Read) -> None:
        reading = read(
            [row(attendance_option=None, location=None, formatted_address="Anytown, OK 12345, USA")]
        )
        group = only(reading)
        assert values(group.formats) == set()
        assert not group.formats.complete
        assert meetings(group)[0].formats == frozenset()
        assert doubts(reading) == {Reason.ATTENDANCE_UNKNOWN}

    def test_an_unknown_way_is_not_guessed_from_the_rest(self, read: Read) -> None:
        reading = read([row(attendance_option="telepathy", conference_url="https://example.org")])
        assert values(only(reading).formats) == set()
        assert only(reading).formats.unreadable
        assert doubts(reading) == {Reason.ATTENDANCE_NOT_UNDERSTOOD}


class TestAppointments:
    def test_neither_day_nor_time(self, read: Read) -> None:
        reading = read([row(day=None, time=None, end_time=None)])
        assert meetings(only(reading)) == ()
        assert doubts(reading) == {Reason.BY_APPOINTMENT}

    def test_a_time_without_a_day(self, read: Read) -> None:
        reading = read([row(day=None)])
        assert meetings(only(reading)) == ()
        assert doubts(reading) == {Reason.DAY_MISSING}

    def test_a_day_without_a_time(self, read: Read) -> None:
        reading = read([row(time=None, end_time=None)])
        assert meetings(only(reading)) == ()
        assert doubts(reading) == {Reason.TIME_MISSING}


class TestTypes:
    def test_codes_become_ours_through_the_vocabularies(self, read: Read) -> None:
        group = only(read([row(types=["S", "LGBTQ", "X", "BE", "NDG", "A", "ASL"])]))
        assert values(group.languages) == {"spanish", "american-sign-language"}
        assert values(group.focuses) == {"lgbtq-group", "newcomer-group"}
        assert values(group.accessibility) == {"wheelchair", "sign-language"}
        assert values(group.cultures) == {"indigenous"}
        assert values(group.belief) == {"secular"}
        assert values(group.welcomes_newcomers) == {True}

    @pytest.mark.parametrize(
        ("types", "spoken", "all_of_them"),
        [
            (["S"], {"spanish"}, True),
            (["S", "EN", "ASL"], {"spanish", "english", "american-sign-language"}, True),
            (["ASL"], {"american-sign-language"}, False),
            (["O"], set(), False),
            (["S", 7], {"spanish"}, False),
        ],
    )
    def test_spoken_languages_that_are_named_are_all_there_are(
        self, read: Read, types: list[Any], spoken: set[str], all_of_them: bool
    ) -> None:
        languages = only(read([row(types=types)])).languages
        assert values(languages) == spoken
        assert languages.complete is all_of_them

    @pytest.mark.parametrize(("code", "who"), [("W", "woman"), ("M", "man")])
    def test_women_and_men_mean_only(self, read: Read, code: str, who: str) -> None:
        group = only(read([row(types=[code])]))
        assert values(group.limited_to) == {who}
        assert group.limited_to.complete

    @pytest.mark.parametrize("code", ["LGBTQ", "G", "Y"])
    def test_no_other_code_keeps_anyone_out(self, read: Read, code: str) -> None:
        group = only(read([row(types=[code])]))
        assert values(group.limited_to) == set()
        assert group.limited_to.complete
        assert values(group.focuses)

    @pytest.mark.parametrize("types", [["W", "M"], ["W", "NB"], ["M", "T"]])
    def test_limits_that_contradict_leave_it_unknown(self, read: Read, types: list[str]) -> None:
        reading = read([row(types=types)])
        group = only(reading)
        assert values(group.limited_to) == set()
        assert not group.limited_to.complete
        assert group.limited_to.unreadable
        assert doubts(reading) == {Reason.LIMITS_UNCLEAR}

    @pytest.mark.parametrize("types", [None, []])
    def test_without_codes_nobody_knows_who_it_is_for(self, read: Read, types: Any) -> None:
        reading = read([row(types=types)])
        assert not only(reading).limited_to.complete
        assert doubts(reading) == {Reason.TYPES_MISSING}

    @pytest.mark.parametrize("types", ["W,O", [""], ["O", 7], {"W": True}])
    def test_codes_in_another_shape(self, read: Read, types: Any) -> None:
        reading = read([row(types=types)])
        assert not only(reading).limited_to.complete
        assert doubts(reading) == {Reason.TYPES_NOT_UNDERSTOOD}

    def test_a_code_that_nothing_maps_is_counted_once_for_the_feed(self, read: Read) -> None:
        reading = read(
            [row(types=["O", "AC"]), row(slug="two", name="Two", types=["AC", "call Ann"])],
            fellowship="aa",
        )
        assert [(note.reason, note.detail, note.count) for note in reading.feed_notes] == [
            (Reason.CODE_NOT_MAPPED, "AC", 2),
            (Reason.CODE_NOT_MAPPED, "(not a code)", 1),
            (Reason.CODE_NOT_MAPPED, "O", 1),
        ]
        assert doubts(reading) == {Reason.TYPE_NOT_KNOWN}

    @pytest.mark.parametrize("code", ["w", "Women", "WO", "XYZ"])
    def test_a_code_that_is_not_in_the_list_leaves_limits_open(self, read: Read, code: str) -> None:
        reading = read([row(types=["O", code])])
        assert only(reading).limited_to.unreadable
        assert not only(reading).limited_to.complete
        assert doubts(reading) == {Reason.TYPE_NOT_KNOWN}

    @pytest.mark.parametrize(
        ("changes", "field", "reason"),
        [
            ({"name": "Women Only Steps"}, "limited_to", Reason.TEXT_SPEAKS_OF_A_LIMIT),
            ({"notes": "inmates only"}, "closed_to_outsiders", Reason.TEXT_SPEAKS_OF_A_SETTING),
            ({"name": "Hope Al-Anon"}, "purposes", Reason.NAME_OF_A_FAMILY_GROUP),
        ],
    )
    def test_what_a_text_speaks_of_is_left_open(
        self, read: Read, changes: dict[str, Any], field: str, reason: Reason
    ) -> None:
        reading = read([row(**changes)], fellowship="aa")
        fact = getattr(only(reading), field)
        assert fact.unreadable
        assert not fact.complete
        assert fact.statements == ()
        assert doubts(reading) == {reason}

    def test_a_family_group_of_a_family_fellowship_is_in_no_doubt(self, read: Read) -> None:
        reading = read([row(name="Hope Al-Anon")], fellowship="al-anon")
        assert doubts(reading) == set()
        assert only(reading).purposes.complete


class TestNamesAndIds:
    def test_a_row_without_a_name_is_refused(self, read: Read) -> None:
        reading = read([row(name=" "), row(slug="two")])
        assert (reading.taken, reading.refused) == (1, 1)
        [note] = reading.notes
        assert (note.row, note.id, note.kind) == (1, "dawn", NoteKind.REFUSED)
        assert note.reason is Reason.NAME_MISSING

    def test_a_row_without_an_id_is_refused(self, read: Read) -> None:
        reading = read([row(slug="")])
        assert [note.reason for note in reading.notes] == [Reason.ID_MISSING]

    def test_the_number_stands_in_for_a_missing_slug(self, read: Read) -> None:
        assert only(read([row(slug="", id=42)])).id == "feed/42"

    def test_a_slug_that_may_be_text_is_replaced_by_its_digest(self, read: Read) -> None:
        reading = read([row(slug="ask Ann for the key")])
        assert only(reading).id.startswith("feed/id-")
        assert doubts(reading) == {Reason.ID_REPLACED}
        assert "Ann" not in reading.model_dump_json()

    def test_names_lose_control_and_direction_characters(self, read: Read) -> None:
        name = "Serenity\u202e &amp;\x00 Hope\n\n\u200bNow"
        assert only(read([row(name=name)])).name == "Serenity & Hope Now"

    def test_a_name_that_is_too_long_is_cut(self, read: Read) -> None:
        reading = read([row(name="x" * 300)])
        assert len(only(reading).name) == 255
        assert doubts(reading) == {Reason.NAME_SHORTENED}

    def test_no_free_text_but_name_and_address_gets_through(self, read: Read) -> None:
        secret = "ANN-PERSONA"
        kept = {
            "notes", "location_notes", "group", "group_notes", "conference_url_notes",
            "conference_phone_notes", "contact_1_name", "website", "district", "entity",
        }  # fmt: skip
        reading = read([row(**dict.fromkeys(kept, secret), feedback_emails=[secret])])
        assert secret not in reading.model_dump_json()


class TestFellowship:
    def test_without_configuration_the_purpose_is_unknown(self, read: Read) -> None:
        reading = read([row()])
        group = only(reading)
        assert values(group.purposes) == set()
        assert not group.purposes.complete
        assert reading.feed_notes[0].reason is Reason.FELLOWSHIP_NOT_CONFIGURED

    def test_a_family_fellowship_is_for_nobodys_own_use(self, read: Read) -> None:
        group = only(read([row()], fellowship="al-anon"))
        assert values(group.purposes) == {"someone-elses-use"}
        assert group.purposes.complete
        assert "al-anon" in group.purposes.statements[0].provenance.source

    def test_what_it_implies(self, read: Read) -> None:
        group = only(read([row()], fellowship="aa"))
        assert values(group.fellowship) == {"aa"}
        assert values(group.concerns) == {"alcohol"}
        assert values(group.pathways) == {"twelve-step"}
        assert values(group.belief) == {"spiritual"}

    def test_a_row_that_speaks_for_itself_goes_before_it(self, read: Read) -> None:
        assert values(only(read([row(types=["A"])], fellowship="aa")).belief) == {"secular"}

    def test_a_set_gains_what_the_row_says(self, read: Read) -> None:
        group = only(read([row(types=["DD"])], fellowship="aa"))
        assert values(group.concerns) == {"alcohol", "mental-health"}
        assert group.concerns.complete

    def test_what_it_implies_must_be_facts(self, vocabularies: Vocabularies) -> None:
        fellowships = Vocabulary(
            id="fellowship",
            title="",
            terms=(Term(code="aa", label="AA", implies={"purpose": ("x",), "place": ("y",)}),),
        )
        others = [one for one in vocabularies if one.id != "fellowship"]
        reading = read_directory(
            orjson.dumps([row()]),
            name="feed",
            vocabularies=Vocabularies([*others, fellowships]),
            settings=FeedSettings(fellowship="aa"),
        )
        assert [one.code for one in reading.problems] == ["fellowship-implies-no-fact"] * 2

    def test_an_unknown_fellowship_or_zone_stops_the_reading(self, read: Read) -> None:
        reading = read([row()], fellowship="a-a", zone="Moon/Base", name="my feed")
        assert reading.groups == ()
        assert [one.code for one in reading.problems] == [
            "name-not-usable",
            "fellowship-not-known",
            "zone-not-known",
        ]
