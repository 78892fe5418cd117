"""What the Patient resource itself says, and what it never says about identity."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.fact import Unknown
from peer_match.facts.place import Place
from peer_match.facts.provenance import Moment, PartialDate
from peer_match.fhir.read_notes import NoteKind

from .records import notes, read, said, seen, the_patient, values


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"active": True}, "active"),
        ({"active": False}, "inactive"),
        ({"deceasedBoolean": True}, "deceased"),
        ({"deceasedBoolean": False}, "active"),
        ({"deceasedDateTime": "2020"}, "deceased"),
        ({"deceasedDateTime": "whenever"}, "deceased"),
        ({"link": [{"type": "replaced-by", "other": {"reference": "Patient/q"}}]}, "inactive"),
    ],
)
def test_the_status_of_the_record(fields: dict[str, Any], status: str) -> None:
    assert values(the_patient(**fields), "record_status") == {status}


def test_a_record_without_a_word_about_it_is_taken_as_active_and_says_so() -> None:
    reading = read(active=None)
    assert reading.patient is not None
    assert values(reading.patient, "record_status") == {"active"}
    assert [note.kind for note in notes(reading, NoteKind.ASSUMED)] == [NoteKind.ASSUMED]


ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ABSENT = {"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]}
MODIFIER = [{"url": "urn:not", "valueBoolean": True}]


@pytest.mark.parametrize(
    "fields",
    [
        {"deceasedBoolean": "true"},
        {"deceasedBoolean": "false"},
        {"deceasedBoolean": 1},
        {"deceasedBoolean": 0},
        {"deceasedBoolean": [True]},
        {"deceasedBoolean": {}},
        {"deceasedBoolean": None, "_deceasedBoolean": ABSENT},
        {"deceasedBoolean": False, "_deceasedBoolean": ABSENT},
        {"_deceasedBoolean": {"id": "a"}},
        {"_deceasedDateTime": ABSENT},
        {"deceased": True},
        {"deceased": {"boolean": True}},
        {"DeceasedBoolean": True},
        {"deceasedString": "yes"},
        {"active": "true"},
        {"active": 1},
        {"active": None, "_active": ABSENT},
        {"active": True, "_active": ABSENT},
        {"link": {"type": "replaced-by"}},
        {"link": ["replaced-by"]},
        {"link": [None]},
        {"link": [{}]},
        {"link": [{"type": "replaced"}]},
        {"link": [{"type": ["replaced-by"]}]},
        {"link": [{"_type": ABSENT}]},
        {"modifierExtension": MODIFIER},
        {"implicitRules": "urn:rules"},
        {"meta": {"tag": [{"code": "SUBSETTED"}]}},
        {"link": [{"type": "seealso", "modifierExtension": MODIFIER}]},
    ],
)
def test_doubt_about_life_and_use_of_the_record_is_unknown_and_holds(
    fields: dict[str, Any],
) -> None:
    reading = read(**fields)
    assert reading.patient is not None
    found = seen(reading.patient, "record_status")
    assert (found.value, found.unknown) == (None, Unknown.UNREADABLE)
    assert [one for one in reading.notes if one.kind is not NoteKind.ASSUMED]


def test_a_death_is_no_doubt_whatever_else_is_unreadable() -> None:
    for fields in (
        {"deceasedBoolean": True, "active": "no"},
        {"deceasedDateTime": "2020", "deceasedBoolean": "?"},
        {"deceasedDateTime": 2020},
    ):
        assert values(the_patient(**fields), "record_status") == {"deceased"}


@pytest.mark.parametrize("type", ["refer", "replaces", "seealso"])
def test_other_links_leave_a_record_in_use(type: str) -> None:
    assert values(the_patient(link=[{"type": type}]), "record_status") == {"active"}


def test_somebody_lived_before_the_day_of_their_death() -> None:
    person = the_patient(deceasedDateTime="2020-03-01")
    before = Moment.at(datetime(2020, 2, 1, tzinfo=UTC))
    assert values(person, "record_status", before) == {"active"}
    assert values(person, "record_status") == {"deceased"}


@pytest.mark.parametrize("born", ["1990", "1990-05", "1990-05-01"])
def test_a_date_of_birth_may_be_partial(born: str) -> None:
    assert values(the_patient(birthDate=born), "birth_date") == {PartialDate(born)}


def test_an_unreadable_date_of_birth_is_unknown_because_unreadable() -> None:
    person = the_patient(birthDate="01.05.1990")
    assert seen(person, "birth_date").unknown is Unknown.UNREADABLE


def test_a_date_of_birth_that_was_declined_is_declined() -> None:
    reason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    extension = {"extension": [{"url": reason, "valueCode": "asked-declined"}]}
    person = the_patient(birthDate=None, _birthDate=extension)
    assert seen(person, "birth_date").unknown is Unknown.DECLINED


@pytest.mark.parametrize(
    "fields",
    [
        {"birthDate": ""},
        {"birthDate": 1990},
        {"birthDate": None, "_birthDate": ABSENT},
        {"birthDate": "1990-05-01", "_birthDate": ABSENT},
        {"modifierExtension": MODIFIER},
    ],
)
def test_doubt_about_a_date_of_birth_is_unknown(fields: dict[str, Any]) -> None:
    assert seen(the_patient(**fields), "birth_date").unknown is Unknown.UNREADABLE


def test_the_time_of_birth_is_no_doubt() -> None:
    time = {"extension": [{"url": "urn:time", "valueDateTime": "1990-05-01T09:00:00Z"}]}
    assert values(the_patient(_birthDate=time), "birth_date") == {PartialDate("1990-05-01")}


def address(latitude: Any, longitude: Any, **more: Any) -> dict[str, Any]:
    inner = [
        {"url": "latitude", "valueDecimal": latitude},
        {"url": "longitude", "valueDecimal": longitude},
    ]
    url = "http://hl7.org/fhir/StructureDefinition/geolocation"
    return {"extension": [{"url": url, "extension": inner}], **more}


def test_home_is_the_address_in_use() -> None:
    addresses = [
        address(1.0, 1.0, use="old"),
        address(2.0, 2.0, period={"end": "2019"}),
        address(3.0, 3.0, type="postal"),
        address(33.7, -117.8, use="home"),
    ]
    person = the_patient(address=addresses)
    assert seen(person, "home").value == Place(latitude=33_700_000, longitude=-117_800_000)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0, 0), (91, 0), (0, 181), ("33.7", -117), (None, 5)]
)
def test_coordinates_of_nowhere_are_refused(latitude: Any, longitude: Any) -> None:
    person = the_patient(address=[address(latitude, longitude)])
    assert seen(person, "home").unknown is Unknown.UNREADABLE


@pytest.mark.parametrize(
    "more",
    [{"use": 5}, {"type": ["postal"]}, {"period": "2019"}, {"period": {"_start": ABSENT}}],
)
def test_an_address_whose_use_is_in_doubt_is_no_known_home(more: dict[str, Any]) -> None:
    assert seen(the_patient(address=[address(1, 1, **more)]), "home").unknown is Unknown.UNREADABLE


def test_of_two_addresses_nobody_is_sent_from_the_one_that_comes_first() -> None:
    two = [address(1, 1), address(2, 2)]
    assert seen(the_patient(address=two), "home").unknown is Unknown.CONFLICTING
    called = [address(1, 1), address(2, 2, use="home")]
    assert seen(the_patient(address=called), "home").value == Place(
        latitude=2_000_000, longitude=2_000_000
    )
    dated = [address(1, 1, period={"start": "2020"}), address(2, 2, period={"start": "2021"})]
    assert seen(the_patient(address=dated), "home").value == Place(
        latitude=2_000_000, longitude=2_000_000
    )


def test_an_address_without_coordinates_is_not_looked_up() -> None:
    reading = read(address=[{"city": "Santa Ana"}])
    assert reading.patient is not None
    assert seen(reading.patient, "home").unknown is Unknown.NOT_RECORDED
    assert said(reading, "the address has no coordinates")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ({"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}]}, "spanish"),
        ({"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}]}, "english"),
        ({"coding": [{"code": "es_MX"}]}, "spanish"),
        ({"coding": [{"code": "x", "display": "English (United States)"}]}, "english"),
        ({"text": "English"}, "english"),
        ({"text": "arabic "}, "arabic"),
    ],
)
def test_languages_by_code_tag_or_name(language: dict[str, Any], expected: str) -> None:
    assert values(the_patient(communication=[{"language": language}]), "languages") == {expected}


@pytest.mark.parametrize("language", [{"text": "TextInEnglish"}, {"coding": [{"code": "qq"}]}, {}])
def test_a_language_that_is_not_understood_is_noted(language: dict[str, Any]) -> None:
    reading = read(communication=[{"language": language}])
    assert reading.patient is not None
    assert seen(reading.patient, "languages").unknown is Unknown.UNREADABLE
    assert said(reading, "a language was not understood")


def test_a_language_that_is_coded_as_two_is_neither() -> None:
    system = "urn:ietf:bcp:47"
    both = {"coding": [{"system": system, "code": code} for code in ("en", "es")]}
    person = the_patient(communication=[{"language": both}])
    assert seen(person, "languages").values == ()
    same = {"coding": [{"system": system, "code": code} for code in ("en", "en-US")]}
    assert values(the_patient(communication=[{"language": same}]), "languages") == {"english"}


def test_identity_in_the_record_never_becomes_a_fact() -> None:
    core = "http://hl7.org/fhir/us/core/StructureDefinition"
    extensions = [
        {"url": f"{core}/us-core-birthsex", "valueCode": "F"},
        {"url": f"{core}/us-core-race", "extension": []},
        {"url": f"{core}/us-core-genderIdentity", "valueCodeableConcept": {}},
    ]
    reading = read(gender="female", extension=extensions)
    assert reading.patient is not None
    assert reading.patient.identities.statements == ()
    assert len(notes(reading, NoteKind.NOT_SELF_STATED)) == 4


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            [{"family": "Old", "period": {"end": "2020"}}, {"given": ["A", "B"], "family": "New"}],
            "A B New",
        ),
        (
            [
                {"use": "nickname", "text": "Bo"},
                {"use": "official", "given": ["B."], "family": "X"},
            ],
            "B. X",
        ),
        ([{"text": "Only Text"}], "Only Text"),
        ([{"given": [None, "A"]}], "A"),
        ([], None),
    ],
)
def test_the_name_now_in_use(names: list[Any], expected: str | None) -> None:
    assert the_patient(name=names).name == expected
