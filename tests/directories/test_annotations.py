"""The annotation file: what it adds, where it gives way, and every fault at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from peer_match.directories import (
    Annotations,
    DirectoryReading,
    FeedSettings,
    annotate,
    read_annotations,
)
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.fact_type import Kind
from peer_match.facts.group import Group
from peer_match.facts.observed import observe
from peer_match.facts.provenance import Moment, StatedBy
from peer_match.facts.vocabulary import Vocabularies

Read = Callable[..., DirectoryReading]
ReadAnnotations = Callable[..., Annotations]

MOMENT = Moment.at(datetime(2023, 9, 15, tzinfo=UTC))
WHO = {"source": "call with the group", "date": "2023-09-01"}


@pytest.fixture
def groups(read: Read) -> tuple[Group, ...]:
    """Dawn on two days, updated before and Dusk after the date of the annotations."""
    shared = {"time": "07:00", "types": ["O"], "attendance_option": "online"}
    reading = read(
        [
            {"slug": "dawn", "name": "Dawn", "day": 1, "updated": "2023-08-01"} | shared,
            {"slug": "dawn-2", "name": "Dawn", "day": 2, "updated": "2023-08-01"} | shared,
            {"slug": "dusk", "name": "Dusk", "day": 1, "updated": "2023-09-10"} | shared,
        ],
        fellowship="aa",
        name="springfield",
    )
    assert [group.id for group in reading.groups] == ["springfield/dawn", "springfield/dusk"]
    return reading.groups


@pytest.fixture
def read_file(vocabularies: Vocabularies) -> ReadAnnotations:
    def read(**parts: Any) -> Annotations:
        content = orjson.dumps({"peer_match_annotations": 1} | parts)
        return read_annotations(content, vocabularies=vocabularies)

    return read


def about(group: str = "springfield/dawn", **facts: Any) -> dict[str, Any]:
    return WHO | {"group": group, "facts": facts}


def values(fact: Fact[Any] | FactSet[Any]) -> set[Any]:
    return {statement.value for statement in fact.statements}


def observed(group: Group, field: str, vocabularies: Vocabularies) -> Any:
    fact = CATALOGUE[f"group.{field}"]
    vocabulary = vocabularies[fact.vocabulary] if fact.vocabulary else None
    return observe(getattr(group, field), fact, vocabulary, MOMENT)


WRITTEN: dict[str, tuple[Any, set[Any]]] = {
    "medication_stance": ("supportive", {"supportive"}),
    "free_seats": (4, {4}),
    "admits_minors": (False, {False}),
    "accessibility": (["wheelchair", "childcare-on-site"], {"wheelchair", "childcare-on-site"}),
    "topics": (["stay-sober"], {"stay-sober"}),
    "experiences": (["grief"], {"grief"}),
}


@pytest.mark.parametrize("field", WRITTEN)
def test_what_feeds_lack(groups: tuple[Group, ...], read_file: ReadAnnotations, field: str) -> None:
    written, expected = WRITTEN[field]
    annotated = annotate(groups, read_file(groups=[about(**{field: written})]))
    dawn, dusk = annotated.groups
    assert annotated.unmatched == ()
    assert values(getattr(dawn, field)) == expected
    assert values(getattr(dusk, field)) == set()
    provenance = getattr(dawn, field).statements[0].provenance
    assert provenance.stated_by is StatedBy.ANNOTATION
    assert provenance.source == "call with the group"
    assert provenance.date is not None
    assert provenance.date.text == "2023-09-01"


def test_dates_places_and_meetings(groups: tuple[Group, ...], read_file: ReadAnnotations) -> None:
    annotations = read_file(
        groups=[
            about(
                crisis_plan_date="2023-05",
                place={"latitude": 39.78, "longitude": -89, "label": "Library"},
                meetings=["Tue 19:00 75 minutes America/Chicago in-person"],
            )
        ]
    )
    assert annotations.problems == ()
    dawn = annotate(groups, annotations).groups[0]
    [date] = values(dawn.crisis_plan_date)
    [place] = values(dawn.place)
    [meeting] = dawn.meetings.statements[-1].value
    assert date.text == "2023-05"
    assert (place.latitude, place.label) == (39_780_000, "Library")
    assert (meeting.weekday, meeting.minutes, meeting.zone) == (1, 75, "America/Chicago")


def test_a_facilitator_with_facts_and_members(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    annotations = read_file(
        groups=[
            about()
            | {
                "facilitators": [
                    {"id": "f-1", "name": "Ann", "facts": {"status": "suspended"}},
                    {"id": "f-2", "facts": {"ethics_signed": "2022-01-31"}},
                ],
                "members": ["p-1", "p-2"],
            }
        ]
    )
    dawn = annotate(groups, annotations).groups[0]
    assert [one.id for one in dawn.facilitators] == ["f-1", "f-2"]
    assert values(dawn.facilitators[0].status) == {"suspended"}
    assert dawn.members == {"p-1", "p-2"}


def test_what_two_annotations_say_of_a_facilitator_is_joined(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    def led_by(**facts: str) -> dict[str, Any]:
        return about() | {"facilitators": [{"id": "f-1", "facts": facts}]}

    annotations = read_file(
        groups=[led_by(status="active"), led_by(ethics_signed="2022"), led_by(status="suspended")]
    )
    [one] = annotate(groups, annotations).groups[0].facilitators
    assert [statement.value for statement in one.status.statements] == ["active", "suspended"]
    assert len(one.ethics_signed.statements) == 1


def test_no_group_is_lost_to_another_with_its_id(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    annotated = annotate(groups + groups, read_file(groups=[about(free_seats=1)]))
    assert [values(one.free_seats) for one in annotated.groups] == [{1}, set(), {1}, set()]


def test_a_meeting_of_the_group_names_it_too(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    annotated = annotate(groups, read_file(groups=[about("springfield/dawn-2", free_seats=1)]))
    assert values(annotated.groups[0].free_seats) == {1}
    assert annotated.unmatched == ()


@pytest.mark.parametrize(
    "id", ["feed/dawn", "feed/dawn~mo-0700", "feed/dawn~su-0700", "feed/Dawn", "feed/a-dawn"]
)
def test_what_is_said_of_a_slug_holds_whatever_the_feed_adds(
    read: Read, read_file: ReadAnnotations, id: str
) -> None:
    row = {"slug": "dawn", "name": "Dawn", "time": "07:00", "attendance_option": "online"}
    rows = [row | {"day": day} for day in (1, 2)] + [row | {"slug": "a-dawn", "day": 3}]
    said = about(id, medication_stance="hostile") | {"members": ["person-9"]}
    annotated = annotate(read(rows).groups, read_file(groups=[said]))
    assert annotated.unmatched == ()
    [group] = annotated.groups
    assert values(group.medication_stance) == {"hostile"}
    assert group.members == {"person-9"}


def test_an_id_that_is_almost_that_of_a_group_is_told(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    annotated = annotate(groups, read_file(groups=[about("springfield/dwan", free_seats=1)]))
    [one] = annotated.unmatched
    assert (one.id, one.near) == ("springfield/dwan", "springfield/dawn")


def test_who_leads_two_groups_is_one_person(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    def led_by(group: str, date: str, **facts: str) -> dict[str, Any]:
        who = {"id": "f-1", "facts": facts}
        return about(group) | {"date": date, "facilitators": [who]}

    dawn, dusk = "springfield/dawn", "springfield/dusk"
    said = [
        led_by(dawn, "2023-05-01", status="active", ethics_signed="2022"),
        led_by(dusk, "2023-08-01", status="suspended"),
    ]
    for order in (said, said[::-1]):
        annotated = annotate(groups, read_file(groups=order))
        [one], [other] = (group.facilitators for group in annotated.groups)
        assert one == other
        assert {statement.value for statement in one.status.statements} == {"active", "suspended"}
        assert len(one.ethics_signed.statements) == 1


def test_what_is_said_of_a_facilitator_outlasts_the_group(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    def led_by(group: str, **facts: str) -> dict[str, Any]:
        return about(group) | {"facilitators": [{"id": "f-1", "facts": facts}]}

    said = [led_by("springfield/dawn"), led_by("springfield/gone-for-good", status="suspended")]
    annotated = annotate(groups, read_file(groups=said))
    [one] = annotated.groups[0].facilitators
    assert values(one.status) == {"suspended"}
    assert [one.id for one in annotated.unmatched] == ["springfield/gone-for-good"]


def test_people_are_named_as_fhir_refers_to_them_too(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    said = about() | {"members": ["Patient/p-9"], "facilitators": [{"id": "Practitioner/f-1"}]}
    dawn = annotate(groups, read_file(groups=[said])).groups[0]
    assert dawn.members == {"p-9"}
    assert [one.id for one in dawn.facilitators] == ["f-1"]


def test_what_fits_no_group_or_feed_is_reported(
    groups: tuple[Group, ...], read_file: ReadAnnotations
) -> None:
    annotations = read_file(
        groups=[about(free_seats=1), about("springfield/noon", free_seats=1)],
        feeds=[WHO | {"feed": "shelbyville"}],
    )
    annotated = annotate(groups, annotations)
    assert [(one.path, one.id) for one in annotated.unmatched] == [
        ("feeds[0]", "shelbyville"),
        ("groups[1]", "springfield/noon"),
    ]


class TestWithWhatTheDirectorySays:
    def test_the_later_of_two_dated_statements_holds(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations, vocabularies: Vocabularies
    ) -> None:
        annotations = read_file(
            groups=[about(status="closed"), about("springfield/dusk", status="closed")]
        )
        dawn, dusk = annotate(groups, annotations).groups
        assert observed(dawn, "status", vocabularies).values == ("closed",)
        assert observed(dusk, "status", vocabularies).values == ("open",)

    def test_what_no_row_dates_gives_way(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations, vocabularies: Vocabularies
    ) -> None:
        annotations = read_file(
            groups=[about("springfield/dusk", kind="programme", belief="secular")]
        )
        dusk = annotate(groups, annotations).groups[1]
        assert observed(dusk, "kind", vocabularies).values == ("programme",)
        assert observed(dusk, "belief", vocabularies).values == ("secular",)

    def test_a_set_gains_values(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations
    ) -> None:
        dawn = annotate(groups, read_file(groups=[about(concerns=["opioids"])])).groups[0]
        assert values(dawn.concerns) == {"alcohol", "opioids"}
        assert dawn.concerns.complete

    def test_a_denied_value_goes(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations
    ) -> None:
        annotations = read_file(
            groups=[
                about(purposes={"are": ["someone-elses-use"], "are_not": ["own-substance-use"]})
            ]
        )
        dawn = annotate(groups, annotations).groups[0]
        assert values(dawn.purposes) == {"someone-elses-use"}
        assert {one.value for one in dawn.purposes.denied} == {"own-substance-use"}

    def test_a_complete_set_is_the_annotations_own(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations
    ) -> None:
        annotations = read_file(groups=[about(formats={"are": ["in-person"], "complete": True})])
        dawn = annotate(groups, annotations).groups[0]
        assert values(dawn.formats) == {"in-person"}

    def test_what_is_said_of_a_feed_fills_gaps_only(
        self, groups: tuple[Group, ...], read_file: ReadAnnotations
    ) -> None:
        annotations = read_file(
            feeds=[
                WHO
                | {
                    "feed": "springfield",
                    "facts": {"languages": ["english"], "formats": ["in-person"]},
                }
            ],
            groups=[about("springfield/dusk", languages=["spanish"])],
        )
        dawn, dusk = annotate(groups, annotations).groups
        assert values(dawn.languages) == {"english"}
        assert values(dusk.languages) == {"spanish"}
        assert values(dawn.formats) == {"online"}


class TestSettings:
    def test_they_come_from_the_feed_where_none_are_given(
        self, read_file: ReadAnnotations, read: Read
    ) -> None:
        annotations = read_file(
            feeds=[WHO | {"feed": "north", "fellowship": "al-anon", "zone": "America/Chicago"}]
        )
        settings = annotations.settings_for("north", FeedSettings())
        assert (settings.fellowship, settings.zone) == ("al-anon", "America/Chicago")
        reading = read([{"slug": "a", "name": "A"}], name="north", **dict(settings))
        [statement] = reading.groups[0].purposes.statements
        assert statement.value == "someone-elses-use"
        assert statement.provenance.source == "call with the group"
        assert statement.provenance.stated_by is StatedBy.ANNOTATION

    def test_given_settings_go_first(self, read_file: ReadAnnotations) -> None:
        annotations = read_file(feeds=[WHO | {"feed": "north", "fellowship": "al-anon"}])
        given = FeedSettings(fellowship="aa")
        assert annotations.settings_for("north", given) == given

    def test_another_feed_is_left_alone(self, read_file: ReadAnnotations) -> None:
        annotations = read_file(feeds=[WHO | {"feed": "north", "fellowship": "al-anon"}])
        assert annotations.settings_for("south", FeedSettings()) == FeedSettings()


def test_every_fault_at_once_each_at_its_path(read_file: ReadAnnotations) -> None:
    annotations = read_file(
        feeds=[
            WHO | {"feed": "north", "fellowship": "alanon", "zone": "America/Springfield"},
            {"feed": "south"},
        ],
        groups=[
            about(
                medication_stance="suportive",
                medicine="x",
                free_seats=-1,
                admits_minors="no",
                crisis_plan_date="May",
                formats={"are": ["online"], "are_not": ["online"], "maybe": []},
                place={"latitude": 91, "longitude": "west"},
                meetings=["Tue 19:00 60 minutes", "Tuesday evenings", 7],
                languages=["klingon"],
                topics="stay-sober",
            ),
            about() | {"facilitators": [{"id": "f", "facts": {"status": "x"}}], "note": "n"},
            "dawn",
        ],
        notes="n",
    )
    assert (annotations.feeds, annotations.groups) == ((), ())
    assert sorted(one.path or "" for one in annotations.problems) == sorted(
        [
            "notes",
            "feeds[0].fellowship",
            "feeds[0].zone",
            "feeds[1].source",
            "feeds[1].date",
            "groups[0].facts.medication_stance",
            "groups[0].facts.medicine",
            "groups[0].facts.free_seats",
            "groups[0].facts.admits_minors",
            "groups[0].facts.crisis_plan_date",
            "groups[0].facts.formats.maybe",
            "groups[0].facts.place.latitude",
            "groups[0].facts.place.longitude",
            "groups[0].facts.meetings[1]",
            "groups[0].facts.meetings[2]",
            "groups[0].facts.languages",
            "groups[0].facts.topics",
            "groups[1].note",
            "groups[1].facilitators[0].facts.status",
            "groups[2]",
        ]
    )
    by_path = {one.path: one for one in annotations.problems}
    assert by_path["groups[0].facts.medication_stance"].help == "did you mean `supportive`?"
    assert by_path["groups[0].facts.free_seats"].message == (
        "`free_seats` must be a whole number, 0 or more"
    )
    assert all(one.message and one.help for one in annotations.problems)


def test_a_value_cannot_be_said_and_denied(read_file: ReadAnnotations) -> None:
    annotations = read_file(groups=[about(formats={"are": ["online"], "are_not": ["online"]})])
    assert [one.code for one in annotations.problems] == ["contradiction"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not-json"),
        (b"[]", "version-not-known"),
        (b'{"peer_match_annotations": 2}', "version-not-known"),
        (b'{"peer_match_annotations": true}', "version-not-known"),
        (b'{"peer_match_annotations": 1, "groups": {}}', "not-understood"),
    ],
)
def test_a_file_that_is_not_one(content: bytes, code: str, vocabularies: Vocabularies) -> None:
    annotations = read_annotations(content, vocabularies=vocabularies)
    assert [one.code for one in annotations.problems] == [code]


EXAMPLES = {
    Kind.YES_NO: True,
    Kind.QUANTITY: 3,
    Kind.DATE: "2023",
    Kind.PLACE: {"latitude": 1.5, "longitude": 2},
    Kind.MEETINGS: ["Mon 07:00 60 minutes"],
}


@pytest.mark.parametrize(
    "name", [one.name for one in CATALOGUE.values() if one.subject in ("group", "facilitator")]
)
def test_every_fact_of_a_group_or_facilitator_can_be_annotated(
    name: str, read_file: ReadAnnotations, vocabularies: Vocabularies
) -> None:
    fact = CATALOGUE[name]
    code = min(vocabularies[fact.vocabulary].codes) if fact.vocabulary else ""
    written: Any = {Kind.CODE: code, Kind.CODES: [code]}.get(fact.kind) or EXAMPLES[fact.kind]
    if fact.subject == "group":
        [group] = read_file(groups=[about() | {"facts": {fact.field: written}}]).groups
        assert group.facts[fact.field].statements
    else:
        facilitators = [{"id": "f", "facts": {fact.field: written}}]
        [group] = read_file(groups=[about() | {"facilitators": facilitators}]).groups
        assert getattr(group.facilitators[0], fact.field).statements
