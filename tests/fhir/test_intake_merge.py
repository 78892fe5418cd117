"""New answers, and what they do to a record and to consents given before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.consent import ConsentState, ConsentUse, standing
from peer_match.facts.fact import Statement, Unknown
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment, PartialDate, Provenance, StatedBy
from peer_match.facts.truth import Truth

from .intakes import ABSENT, chosen, group, item, merge, merged, response
from .records import LATER, about, concept, said, seen, the_patient, values


def home(latitude: float) -> dict[str, Any]:
    parts = {"latitude": latitude, "longitude": -117.0}
    return group(
        "home",
        *(
            {"linkId": f"patient.home.{name}", "answer": [{"valueDecimal": value}]}
            for name, value in parts.items()
        ),
    )


def somebody_elsewhere() -> Patient:
    inner = [{"url": "latitude", "valueDecimal": 42}, {"url": "longitude", "valueDecimal": -71}]
    url = "http://hl7.org/fhir/StructureDefinition/geolocation"
    language = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}
    opioids = about("Condition", code=concept("http://snomed.info/sct", "5602001"))
    address = [{"extension": [{"url": url, "extension": inner}]}]
    return the_patient(opioids, address=address, communication=[language])


@pytest.mark.parametrize(
    "authored", ["2026-05-20T09:00:00Z", "2026-05-20", "2026-05", "2026-06-01"]
)
def test_the_persons_word_replaces_what_a_record_says_without_a_date(authored: str) -> None:
    person = merged(
        home(33.0),
        item("languages", chosen("spanish")),
        into=somebody_elsewhere(),
        authored=authored,
    )
    assert {place.latitude for place in values(person, "home")} == {33_000_000}
    assert values(person, "languages") == {"spanish"}


def test_before_the_answers_the_record_held() -> None:
    person = merged(home(33.0), into=somebody_elsewhere())
    before = Moment.at(datetime(2026, 5, 1, tzinfo=UTC))
    assert {place.latitude for place in values(person, "home", before)} == {42_000_000}


def test_clinical_concerns_are_added_to_not_replaced() -> None:
    person = merged(item("concerns", chosen("alcohol")), into=somebody_elsewhere())
    assert values(person, "concerns") == {"alcohol", "opioids"}


def test_answers_without_a_date_replace_nothing() -> None:
    reading = merge(response(home(33.0), authored=None), somebody_elsewhere())
    assert reading.patient is not None
    assert seen(reading.patient, "home").unknown is Unknown.CONFLICTING
    assert said(reading, "the answers have no date")


def test_a_later_intake_replaces_an_earlier_one() -> None:
    first = merged(item("formats", chosen("online")), home(33.0), authored="2026-01-01")
    second = merged(item("formats", chosen("in-person")), home(34.0), into=first)
    assert values(second, "formats") == {"in-person"}
    assert {place.latitude for place in values(second, "home")} == {34_000_000}


def test_declining_takes_a_single_answer_back() -> None:
    first = merged(item("mentor_wanted", {"valueBoolean": True}), authored="2026-01-01")
    declined = {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}
    assert values(merged(item("mentor_wanted", declined), into=first), "mentor_wanted") == set()


def test_declining_to_say_who_one_is_takes_back_what_was_said_before() -> None:
    first = merged(item("identities", chosen("woman")), authored="2026-01-01")
    declined = {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}
    assert values(merged(item("identities", declined), into=first), "identities") == set()


def test_declining_takes_no_need_back() -> None:
    first = merged(item("formats", chosen("online")), authored="2026-01-01")
    declined = {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}
    assert values(merged(item("formats", declined), into=first), "formats") == {"online"}


def consent(link: str, **parts: Any) -> dict[str, Any]:
    return group(
        link,
        *(
            {
                "linkId": f"patient.{link}.{name}",
                "answer": value if isinstance(value, list) else [value],
            }
            for name, value in parts.items()
        ),
    )


SIGNED = {"valueDate": "2026-05-20"}


def test_a_consent_to_pass_on_names_who_may_know_what() -> None:
    person = merged(
        consent(
            "disclosure_consent",
            agreed=chosen("yes"),
            signed=SIGNED,
            recipients=[chosen("mentor")],
            categories=[chosen("schedule"), chosen("health")],
            purpose={"valueString": "mentoring"},
            discloser={"valueString": "the clinic"},
        ),
    )
    [found] = person.consents
    assert found.use is ConsentUse.DISCLOSURE
    assert found.recipients == {"mentor"}
    assert found.categories == {"schedule", "health"}
    assert (found.purpose, found.discloser) == ("mentoring", "the clinic")


def test_refusing_takes_back_what_was_agreed_before() -> None:
    first = merged(
        consent("group_consent", agreed=chosen("yes"), signed=SIGNED),
        consent("mentor_consent", agreed=chosen("yes"), signed=SIGNED),
    )
    second = merged(
        consent("group_consent", agreed=chosen("no")), into=first, authored="2026-05-25"
    )
    states = {(one.use.value, one.state(LATER).value) for one in second.consents}
    assert states == {
        ("group-placement", "revoked"),
        ("group-placement", "refused"),
        ("mentor-pairing", "valid"),
    }


YES, NO = chosen("yes"), chosen("no")
BELOW = {"item": [{"linkId": "x", "answer": [{"valueString": "only with Ruth"}]}]}


@pytest.mark.parametrize(
    "parts",
    [
        {"agreed": chosen("perhaps")},
        {"agreed": {"valueString": "yes"}},
        {"agreed": {"valueBoolean": "true"}},
        {"agreed": [{}]},
        {"agreed": [YES, NO]},
        {"agreed": {**YES, "valueBoolean": False}},
        {"agreed": YES, "expires": {"valueDate": "next year"}},
        {"agreed": YES, "expires": {"valueString": "2027-01-01"}},
        {"agreed": YES, "expires": [{"valueDate": "2027"}, {"valueDate": "2026-05-25"}]},
        {"agreed": YES, "expires": [{}]},
        {"agreed": YES, "signed": [SIGNED, {"valueDate": "2026-05-21"}]},
        {"agreed": YES, "signed": {"valueDate": "today"}},
        {"agreed": {**YES, **BELOW}},
        {"agreed": YES, "only_for": {"valueString": "one group"}},
        {"agreed": {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}},
        {"signed": SIGNED},
    ],
)
def test_doubt_about_a_consent_leaves_nothing_agreed(parts: dict[str, Any]) -> None:
    given = consent("group_consent", **{"signed": SIGNED, **parts})
    [found] = merged(given).consents
    assert found.state(LATER) is ConsentState.DOUBTFUL
    before = merged(consent("group_consent", agreed=YES, signed=SIGNED), authored="2026-05-19")
    assert standing(before.consents, LATER)
    assert standing(merged(given, into=before, authored="2026-05-21").consents, LATER) == ()


def part(name: str, answer: Any) -> dict[str, Any]:
    return {"linkId": f"patient.group_consent.{name}", "answer": answer}


@pytest.mark.parametrize(
    "given",
    [
        {"answer": [{"valueBoolean": False}]},
        {"item": "no"},
        {"item": [part("agreed", [YES]), "no"]},
        {"item": [part("agreed", [YES]), part("expires", {"valueDate": "2026-05-21"})]},
        {"item": [part("agreed", [YES]), {**part("expires", [SIGNED]), "linkId": 5}]},
    ],
)
def test_a_consent_of_another_shape_leaves_nothing_agreed(given: dict[str, Any]) -> None:
    [found] = merged({"linkId": "patient.group_consent", **given}).consents
    assert found.state(LATER) is ConsentState.DOUBTFUL


@pytest.mark.parametrize(
    "given", [{}, {"item": []}, {"item": [{"linkId": "patient.group_consent.help"}]}]
)
def test_a_consent_that_was_not_asked_for_changes_nothing(given: dict[str, Any]) -> None:
    before = merged(consent("group_consent", agreed=YES, signed=SIGNED))
    after = merged({"linkId": "patient.group_consent", **given}, into=before)
    assert after.consents == before.consents


def test_a_clear_no_is_a_no_whatever_else_is_said() -> None:
    [found] = merged(consent("group_consent", agreed=NO, expires={"valueDate": "soon"})).consents
    assert found.state(LATER) is ConsentState.REFUSED


def test_a_consent_of_answers_about_nobody_knows_whom_is_in_doubt() -> None:
    given = consent("group_consent", agreed=YES, signed=SIGNED)
    [found] = merged(given, subject=None).consents
    assert found.state(LATER) is ConsentState.DOUBTFUL


@pytest.mark.parametrize(
    ("codes", "named"), [([chosen("mentor")], {"mentor"}), ([chosen("mentor"), {}], set[str]())]
)
def test_a_refusal_to_pass_on_with_a_name_that_cannot_be_read_is_one_to_everybody(
    codes: list[Any], named: set[str]
) -> None:
    [found] = merged(consent("disclosure_consent", agreed=NO, recipients=codes)).consents
    assert found.recipients == named


def test_a_consent_without_a_signature_is_unsigned() -> None:
    [found] = merged(consent("group_consent", agreed=chosen("yes"))).consents
    assert found.state(LATER) is ConsentState.UNSIGNED


def test_a_list_is_closed_from_the_date_of_the_answers_on() -> None:
    person = merged(item("barriers", chosen("transport")))
    before = Moment.at(datetime(2026, 5, 20, 8, 59, tzinfo=UTC))
    at = Moment.at(datetime(2026, 5, 20, 9, tzinfo=UTC))
    assert seen(person, "barriers", before).holds("childcare") is Truth.UNKNOWN
    assert seen(person, "barriers", at).holds("childcare") is Truth.NO
    unheard = Moment.at(LATER.as_of, before.known_at)
    assert seen(person, "barriers", unheard).holds("childcare") is Truth.UNKNOWN


def test_a_list_that_was_closed_at_some_time_of_a_month_is_closed_when_the_month_is_over() -> None:
    person = merged(item("barriers", chosen("transport")), authored="2026-05")
    within = Moment.at(datetime(2026, 5, 30, 9, tzinfo=UTC))
    assert seen(person, "barriers", within).holds("childcare") is Truth.UNKNOWN
    assert seen(person, "barriers").holds("childcare") is Truth.NO


def test_answers_without_a_date_close_no_list() -> None:
    person = merged(item("barriers", chosen("none")), authored=None)
    assert seen(person, "barriers").holds("childcare") is Truth.UNKNOWN


def test_what_is_added_after_a_list_was_closed_opens_it_again() -> None:
    person = merged(item("barriers", chosen("transport")))
    added = Statement(
        value="cost",
        provenance=Provenance(
            source="later", stated_by=StatedBy.RECORD, date=PartialDate("2026-05-25")
        ),
    )
    barriers = person.barriers.model_copy(
        update={"statements": (*person.barriers.statements, added)}
    )
    again = person.model_copy(update={"barriers": barriers})
    assert seen(again, "barriers").holds("childcare") is Truth.UNKNOWN


@pytest.mark.parametrize("dates", [("2026-05-01", "2026-05-20"), ("2026-05-20", "2026-05-01")])
def test_of_two_answers_the_later_closes_the_list(dates: tuple[str, str]) -> None:
    first = merged(item("barriers", chosen("transport")), authored=dates[0])
    person = merged(item("barriers", chosen("cost")), into=first, authored=dates[1])
    assert person.barriers.closed is not None
    assert str(person.barriers.closed.date) == "2026-05-20"
    assert seen(person, "barriers").holds("childcare") is Truth.NO


@pytest.mark.parametrize(
    "answers", [[chosen("transport"), {}], [chosen("transport"), None], chosen("transport")]
)
def test_an_answer_without_a_value_leaves_a_list_open(answers: Any) -> None:
    person = merged({"linkId": "patient.barriers", "answer": answers})
    assert seen(person, "barriers").holds("childcare") is Truth.UNKNOWN


def test_none_of_these_beside_one_of_these_leaves_a_list_open() -> None:
    person = merged(item("barriers", chosen("transport"), chosen("none")))
    assert values(person, "barriers") == {"transport"}
    assert seen(person, "barriers").holds("childcare") is Truth.UNKNOWN


def test_a_clinician_never_ends_what_the_person_said() -> None:
    doctor: dict[str, Any] = {
        "source": {"reference": "Practitioner/d"},
        "authored": "2026-05-25T09:00:00Z",
    }
    taken = merged(item("medications", chosen("methadone")))
    none = merged(item("medications", chosen("none")), into=taken, **doctor)
    assert seen(none, "medications").holds("methadone") is Truth.YES
    needs = merged(item("accessibility_needs", chosen("wheelchair")))
    more = merged(item("accessibility_needs", chosen("large-print")), into=needs, **doctor)
    assert values(more, "accessibility_needs") == {"wheelchair", "large-print"}
    own = merged(
        item("accessibility_needs", chosen("large-print")),
        into=needs,
        authored="2026-05-25T09:00:00Z",
    )
    assert values(own, "accessibility_needs") == {"large-print"}
