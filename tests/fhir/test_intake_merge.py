"""New answers, and what they do to a record and to consents given before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from peer_match.facts.consent import ConsentState, ConsentUse
from peer_match.facts.fact import Unknown
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment

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


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"agreed": chosen("perhaps")},
        {"agreed": chosen("yes"), "expires": {"valueDate": "next year"}},
        {"agreed": {"valueCoding": {"system": ABSENT, "code": "asked-declined"}}, "signed": SIGNED},
    ],
)
def test_doubt_about_a_consent_leaves_none(parts: dict[str, Any]) -> None:
    assert merged(consent("group_consent", **parts)).consents == ()


def test_a_consent_without_a_signature_is_unsigned() -> None:
    [found] = merged(consent("group_consent", agreed=chosen("yes"))).consents
    assert found.state(LATER) is ConsentState.UNSIGNED
