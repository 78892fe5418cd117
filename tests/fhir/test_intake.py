"""Answers of the intake, one question at a time, and what is refused."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_match.facts.consent import ConsentState, ConsentUse
from peer_match.facts.fact import Unknown
from peer_match.facts.observed import Observed
from peer_match.facts.patient import Goal, Patient, Priority
from peer_match.facts.place import Place
from peer_match.facts.provenance import Moment, StatedBy
from peer_match.facts.truth import Truth
from peer_match.facts.week_text import parse_window
from peer_match.fhir.read_notes import NoteKind

from .hapi import Validator
from .intakes import ABSENT, chosen, form, group, item, items, merge, merged, response
from .records import LATER, about, concept, notes, said, seen, the_patient, values

CLINICIAN = {"reference": "Practitioner/d"}


def test_a_whole_intake_is_valid_r4_and_fills_the_facts(fhir_validator: Validator) -> None:
    answers = response(
        item("purposes", chosen("own-substance-use")),
        item(
            "goals",
            chosen(
                "parenting",
                item=[{"linkId": "patient.goals.words", "answer": [{"valueString": "be there"}]}],
            ),
        ),
        item("formats", chosen("in-person"), chosen("online")),
        item("mentor_wanted", chosen("yes")),
        item("new_to_groups", chosen("no")),
        item("belief", chosen("secular")),
        item("identities", chosen("woman"), chosen("veteran")),
        item("barriers", chosen("none")),
        group(
            "availability",
            {
                "linkId": "patient.availability.zone",
                "answer": [{"valueString": "America/Los_Angeles"}],
            },
            {
                "linkId": "patient.availability.free",
                "answer": [{"valueString": "Mon 18:00-21:00"}, {"valueString": "Sat 09:00-12:00"}],
            },
        ),
        group(
            "home",
            {"linkId": "patient.home.latitude", "answer": [{"valueDecimal": 33.7455}]},
            {"linkId": "patient.home.longitude", "answer": [{"valueDecimal": -117.8677}]},
        ),
        group(
            "priorities",
            {"linkId": "patient.priorities.dimension", "answer": [chosen("reach")]},
            {"linkId": "patient.priorities.level", "answer": [chosen("essential")]},
        ),
        group(
            "group_consent",
            {"linkId": "patient.group_consent.agreed", "answer": [chosen("yes")]},
            {"linkId": "patient.group_consent.signed", "answer": [{"valueDate": "2026-05-20"}]},
            {"linkId": "patient.group_consent.expires", "answer": [{"valueDate": "2027-05-20"}]},
        ),
        questionnaire=form()["url"],
    )
    assert fhir_validator.errors(answers) == []
    reading = merge(answers)
    assert reading.notes == ()
    person = reading.patient
    assert person is not None
    assert values(person, "purposes") == {"own-substance-use"}
    assert [one.value for one in person.goals.statements] == [
        Goal(code="parenting", words="be there")
    ]
    assert values(person, "formats") == {"in-person", "online"}
    assert values(person, "mentor_wanted") == {True}
    assert values(person, "new_to_groups") == {False}
    assert values(person, "belief") == {"secular"}
    assert values(person, "identities") == {"woman", "veteran"}
    assert seen(person, "barriers").complete
    [free] = values(person, "availability")
    assert free.free == (parse_window("Mon 18:00-21:00"), parse_window("Sat 09:00-12:00"))
    assert seen(person, "home").value == Place(latitude=33_745_500, longitude=-117_867_700)
    assert [one.value for one in person.priorities.statements] == [
        Priority(dimension="reach", level="essential")
    ]
    [consent] = person.consents
    assert (consent.use, consent.state(LATER)) == (ConsentUse.GROUP_PLACEMENT, ConsentState.VALID)
    stated = [one.provenance for one in person.goals.statements]
    assert [(str(one.date), one.stated_by) for one in stated] == [
        ("2026-05-20T09:00:00Z", StatedBy.SELF)
    ]


def test_what_is_left_unchosen_is_no_and_what_is_left_out_is_unknown() -> None:
    person = merged(item("barriers", chosen("transport")))
    assert seen(person, "barriers").holds("childcare") is Truth.NO
    assert seen(person, "formats").holds("online") is Truth.UNKNOWN


@pytest.mark.parametrize("link", ["barriers", "belief", "mentor_wanted", "identities"])
def test_preferring_not_to_say_is_declined_and_never_no(link: str) -> None:
    declined = {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}
    found = seen(merged(item(link, declined)), link)
    assert (found.unknown, found.denied, found.complete) == (Unknown.DECLINED, frozenset(), False)


@pytest.mark.parametrize("link", ["availability", "home"])
def test_a_group_of_questions_can_be_declined(link: str) -> None:
    no = {"linkId": f"patient.{link}.declined", "answer": [{"valueBoolean": True}]}
    assert seen(merged(group(link, no)), link).unknown is Unknown.DECLINED


def time_of(part: str, *lines: Any) -> dict[str, Any]:
    answers = [{"valueString": line} for line in lines]
    return {"linkId": f"patient.availability.{part}", "answer": answers}


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([time_of("zone", "Mars/Olympus"), time_of("free", "Mon 18:00-21:00")], "Mars/Olympus"),
        ([time_of("free", "Mon 18:00-21:00")], "without a time zone"),
        ([time_of("zone", "America/New_York"), time_of("free", "Mon 18-21")], "`Mon 18-21`"),
        (
            [
                time_of("zone", "America/New_York"),
                time_of("free", "Mon 18:00-21:00"),
                time_of("busy", "all day"),
            ],
            "all day",
        ),
        ([time_of("zone", "America/New_York"), time_of("free", 5)], "is not a window"),
        ([time_of("zone", "America/New_York")], "no time of the week"),
    ],
)
def test_half_an_availability_is_none(parts: list[Any], says: str) -> None:
    reading = merge(response(group("availability", *parts)))
    assert reading.patient is not None
    assert seen(reading.patient, "availability").unknown is Unknown.UNREADABLE
    assert said(reading, says)


@pytest.mark.parametrize("link", ["home", "availability", "point_of_contact", "priorities"])
def test_a_question_whose_parts_have_no_answer_says_nothing(link: str) -> None:
    reading = merge(response(group(link, {"linkId": f"patient.{link}.first", "text": "First?"})))
    assert reading.notes == ()
    assert reading.patient == merge(response()).patient


@pytest.mark.parametrize("degrees", [[33.7], [0, 0], [91, 5], ["33.7", "-117"]])
def test_half_a_home_is_none(degrees: list[Any]) -> None:
    names = ("latitude", "longitude")
    parts = [
        {"linkId": f"patient.home.{name}", "answer": [{"valueDecimal": value}]}
        for name, value in zip(names, degrees, strict=False)
    ]
    found = seen(merged(group("home", *parts)), "home")
    assert (found.values, found.unknown) == ((), Unknown.UNREADABLE)


def test_a_code_that_is_no_option_leaves_the_list_open_and_is_noted() -> None:
    reading = merge(response(item("barriers", chosen("transport"), chosen("dragons"))))
    assert reading.patient is not None
    found = seen(reading.patient, "barriers")
    assert (found.values, found.complete) == (("transport",), False)
    assert said(reading, "`patient.barriers` has no such answer: dragons")


def test_a_question_that_is_not_in_the_pack_is_noted() -> None:
    assert said(merge(response(item("shoe_size", chosen("9")))), "no question `patient.shoe_size`")


def test_identity_counts_only_when_the_person_answers() -> None:
    answers = [
        item("identities", chosen("woman")),
        item("belief", chosen("secular")),
        item("formats", chosen("online")),
    ]
    for source in (None, {"reference": "Practitioner/d"}, {"reference": "RelatedPerson/m"}):
        reading = merge(response(*answers, source=source))
        assert reading.patient is not None
        assert reading.patient.identities.statements == ()
        assert reading.patient.belief.statements == ()
        assert values(reading.patient, "formats") == {"online"}
        assert not seen(reading.patient, "formats").complete
        assert notes(reading, NoteKind.NOT_SELF_STATED)


def test_the_author_counts_where_no_source_is_named() -> None:
    mine = {"reference": "Patient/p"}
    person = merged(item("identities", chosen("woman")), source=None, author=mine)
    assert values(person, "identities") == {"woman"}


def test_a_clinician_closes_the_lists_that_are_asked_of_clinicians() -> None:
    doctor = {"reference": "Practitioner/d"}
    answers = item("readiness", chosen("none")), item("medications", chosen("methadone"))
    person = merged(*answers, source=doctor)
    assert seen(person, "readiness").holds("life-crisis") is Truth.NO
    assert seen(person, "medications").holds("acamprosate") is Truth.NO
    own = merged(*answers)
    assert seen(own, "readiness").holds("life-crisis") is Truth.UNKNOWN


def test_screens_and_their_day() -> None:
    day = {"linkId": "patient.phq9.date", "answer": [{"valueDate": "2026-05-02"}]}
    level = {"linkId": "patient.suicide_screen.date", "answer": [{"valueDate": "2026-05-10"}]}
    person = merged(
        item("phq9", {"valueInteger": 12, "item": [day]}),
        item("suicide_screen", chosen("moderate", item=[level])),
        source=CLINICIAN,
    )
    assert values(person, "phq9") == {12}
    assert values(person, "suicide_screen") == {"moderate"}
    assert [str(one.provenance.date) for one in person.phq9.statements] == ["2026-05-02"]
    assert [str(one.provenance.date) for one in person.suicide_screen.statements] == ["2026-05-10"]


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        ([chosen("low"), chosen("high")], "high"),
        ([chosen("low"), chosen("fine")], None),
        ([chosen("high"), chosen("fine")], "high"),
        ([chosen("low"), {}], None),
        ([chosen("low"), chosen("asked-declined")], "low"),
        ([chosen("high"), chosen("asked-declined")], "high"),
        ([{**chosen("low"), "valueString": "high"}], None),
        (chosen("low"), None),
    ],
)
def test_no_doubt_about_a_screen_hides_a_high_one(answers: Any, value: str | None) -> None:
    person = merged({"linkId": "patient.suicide_screen", "answer": answers}, source=CLINICIAN)
    assert seen(person, "suicide_screen").value == value


@pytest.mark.parametrize("days", [["2026-05"], ["yesterday"], ["2026-05-10", "2026-05-11"], [None]])
def test_a_screen_whose_day_is_in_doubt_is_unknown_or_the_highest(days: list[Any]) -> None:
    def on(link: str) -> dict[str, Any]:
        return {"linkId": f"{link}.date", "answer": [{"valueDate": day} for day in days]}

    level = "patient.suicide_screen"
    assert (
        seen(
            merged(item("suicide_screen", chosen("low", item=[on(level)]))), "suicide_screen"
        ).unknown
        is Unknown.UNREADABLE
    )
    assert values(
        merged(item("suicide_screen", chosen("high", item=[on(level)]))), "suicide_screen"
    ) == {"high"}
    total = item("phq9", {"valueInteger": 3, "item": [on("patient.phq9")]})
    assert seen(merged(total), "phq9").unknown is Unknown.UNREADABLE


def test_a_screen_in_answers_without_a_date_is_unknown() -> None:
    assert (
        seen(merged(item("suicide_screen", chosen("low")), authored=None), "suicide_screen").unknown
        is Unknown.UNREADABLE
    )


def test_a_screen_after_thoughts_of_self_harm_settles_them() -> None:
    thoughts = about(
        "Observation",
        status="final",
        code=concept("http://loinc.org", "44260-8"),
        effectiveDateTime="2026-05-18",
        valueInteger=2,
    )
    into = the_patient(thoughts)
    assert seen(into, "suicide_screen").unknown is Unknown.UNREADABLE
    person = merged(item("suicide_screen", chosen("low")), into=into, source=CLINICIAN)
    assert values(person, "suicide_screen") == {"low"}
    then = Moment.at(datetime(2026, 5, 19, tzinfo=UTC))
    assert seen(person, "suicide_screen", then).unknown is Unknown.UNREADABLE
    day = {"linkId": "patient.suicide_screen.date", "answer": [{"valueDate": "2026-05-17"}]}
    before = merged(item("suicide_screen", chosen("low", item=[day])), into=into, source=CLINICIAN)
    assert seen(before, "suicide_screen").unknown is Unknown.UNREADABLE
    none = merged(item("suicide_screen", chosen("none-reported")), into=into, source=CLINICIAN)
    assert seen(none, "suicide_screen").unknown is Unknown.UNREADABLE
    own = merged(item("suicide_screen", chosen("low")), into=into)
    assert seen(own, "suicide_screen").unknown is Unknown.UNREADABLE


@pytest.mark.parametrize("source", [{"reference": "Patient/p"}, {"reference": "Device/d"}, None])
def test_a_level_that_no_clinician_gives_settles_nothing_and_hides_nothing(source: Any) -> None:
    def level(code: str, into: Any = None) -> Observed:
        person = merged(item("suicide_screen", chosen(code)), into=into, source=source)
        return seen(person, "suicide_screen")

    screened = merged(item("suicide_screen", chosen("low")), source=CLINICIAN)
    assert level("none-reported").unknown is Unknown.NOT_RECORDED
    assert level("none-reported", screened).value == "low"
    for code in ("low", "moderate"):
        assert level(code).unknown is Unknown.UNREADABLE
        assert level(code, screened).unknown is Unknown.UNREADABLE
    assert level("high", screened).value == "high"
    note = merge(response(item("suicide_screen", chosen("low")), source=source))
    assert notes(note, NoteKind.NEEDS_A_PERSON)


def test_a_point_of_contact_has_an_id_and_a_name() -> None:
    def part(name: str, text: str) -> dict[str, Any]:
        link = f"patient.point_of_contact.{name}"
        return {"linkId": link, "answer": [{"valueString": text}]}

    person = merged(group("point_of_contact", part("id", "Practitioner/d"), part("name", "Ada")))
    assert [one.value.name for one in person.point_of_contact.statements] == ["Ada"]
    assert said(merge(response(group("point_of_contact", part("id", "x")))), "an id and a name")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "the JSON ends too early"),
        (b"[]", "expected a QuestionnaireResponse, found something else"),
        ({"resourceType": "Patient"}, "expected a QuestionnaireResponse, found Patient"),
        (response(status="in-progress"), "only whole answers are read"),
        (response(subject={"reference": "Patient/q"}), "the answers are about somebody else"),
        (response(parent=[{}]), "this is FHIR STU3 or DSTU2"),
        (response(modifierExtension=[{"url": "urn:not"}]), "which may change their meaning"),
        (response(implicitRules="urn:rules"), "which may change their meaning"),
    ],
)
def test_what_is_no_whole_intake_of_this_person_is_refused(data: Any, message: str) -> None:
    reading = merge(data)
    assert reading.patient is None
    assert message in reading.refusals[0].message


def test_answers_that_do_not_say_whom_they_are_about_are_taken_and_noted() -> None:
    reading = merge(response(item("formats", chosen("online")), subject=None))
    assert reading.patient is not None
    assert said(reading, "do not say whom they are about")


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([[], {}, [None], [{}], {"coding": [{}]}]),
)


@settings(max_examples=150)
@given(st.data())
def test_no_answer_of_any_shape_raises(data: st.DataObject) -> None:
    """Every question with answers of junk, in place of the answer or of a part of it."""
    link = data.draw(st.sampled_from([one.fact for one in items()] + ["patient.x"]))
    keys = (
        "valueCoding",
        "valueString",
        "valueInteger",
        "valueDecimal",
        "valueDate",
        "valueBoolean",
    )
    answers = st.lists(st.dictionaries(st.sampled_from([*keys, "item"]), JUNK), max_size=3) | JUNK
    suffixes = (
        "latitude",
        "longitude",
        "zone",
        "free",
        "busy",
        "declined",
        "agreed",
        "signed",
        "expires",
        "recipients",
        "dimension",
        "level",
        "id",
        "name",
        "words",
        "date",
    )
    parts = data.draw(st.lists(st.tuples(st.sampled_from(suffixes), answers), max_size=4))
    inner = [{"linkId": f"{link}.{name}", "answer": found} for name, found in parts]
    whole = {"linkId": link, "answer": data.draw(answers), "item": inner}
    reading = merge(response(copy.deepcopy(whole)))
    assert reading.patient is not None
    assert Patient.model_validate(reading.patient.model_dump()) == reading.patient
