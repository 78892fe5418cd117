"""Decisions that were really made: the shipped pack on a person, a slice of a real directory and a
mentor, for every recipient that the pack knows.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from facts.stated import free, level, many, mentor, one, patient, place, points, said
from peer_match.decide.decision import Decision
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.directories.read import read_directory_file
from peer_match.directories.reading import FeedSettings
from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.group import Group
from peer_match.facts.patient import Patient, Person
from peer_match.facts.provenance import PartialDate
from peer_match.fhir.write_bundle import write_bundle
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy

from .hapi import Validator

FEED = Path(__file__).parents[1] / "data" / "directories" / "meeting_guide_orange_county.json"
AS_OF = datetime.fromisoformat("2023-09-01T09:00:00-07:00")
RECIPIENTS = (
    *("safety", "clinician", "point-of-contact", "patient"),
    *("mentor", "group", "payer", "researcher"),
)
CONSENTED = frozenset({"participation", "schedule", "administrative", "health"})


@cache
def policy() -> Policy:
    return load_policy()


def consent(use: ConsentUse, **more: Any) -> Consent:
    return Consent(
        id=use.value, use=use, provenance=said(), signed=PartialDate("2023-08-01"), **more
    )


@cache
def ana(told: tuple[str, ...] = ()) -> Patient:
    """Someone who answered the intake. `told` are recipients who may be told of her schedule."""
    disclosed = consent(
        ConsentUse.DISCLOSURE,
        recipients=frozenset(told),
        categories=CONSENTED,
    )
    return patient(
        "ana",
        name="Ana Test",
        record_status=one("active"),
        birth_date=one(PartialDate("1988-04-12")),
        home=place(33.70, -117.80),
        availability=free("Mon 17:00-22:00", "Tue 17:00-22:00", zone="America/Los_Angeles"),
        languages=many("english"),
        purposes=many("own-substance-use"),
        goals=many("stay-stopped", "connect-with-others"),
        concerns=many("alcohol"),
        medications=many("naltrexone"),
        formats=many("in-person", "online"),
        identities=many("woman"),
        risk_factors=many("recent-relapse"),
        barriers=many("transport"),
        suicide_screen=level("low"),
        phq9=points(14),
        mentor_wanted=one(True),
        new_to_groups=one(True),
        consents=(
            consent(ConsentUse.GROUP_PLACEMENT),
            consent(ConsentUse.MENTOR_PAIRING),
            *((disclosed,) if told else ()),
        ),
    )


@cache
def groups() -> tuple[Group, ...]:
    return read_directory_file(
        FEED,
        vocabularies=policy().vocabularies,
        settings=FeedSettings(fellowship="aa", zone="America/Los_Angeles"),
    ).groups


@cache
def decided(told: tuple[str, ...] = ()) -> Decision:
    return suggest(
        policy(),
        ana(told),
        groups(),
        [
            mentor(
                "lou",
                name="Lou",
                status=one("active"),
                credential=one("volunteer"),
                recovery_since=one(PartialDate("2019-05")),
                last_supervision=one(PartialDate("2023-08-29")),
                training_until=one(PartialDate("2024-05-01")),
                open_incident=one("none"),
                strain=one("none"),
                free_places=one(2),
                mentees=one(1),
                accepts_medication=one(True),
                concerns=many("alcohol"),
                declines=many(),
                formats=many("in-person", "online"),
                languages=many("english"),
                availability=free("Mon 17:00-22:00", zone="America/Los_Angeles"),
            )
        ],
        as_of=AS_OF,
        staff={"clinician": Person(id="kim", name="Kim Park")},
        notes=("not understood: Bundle.entry[3]: a Condition without a code",),
    )


def seen_by(recipient: str, told: tuple[str, ...] = ()) -> Decision:
    """A mentor and a group are the ones that are proposed."""
    plan = decided(told).plan
    own = {"mentor": plan.proposed_mentors, "group": plan.proposed_groups}.get(recipient, ())
    target = own[0] if own else None
    return project(decided(told), policy(), recipient, ana(told).consents, target=target)


def written(recipient: str, told: tuple[str, ...] = ()) -> dict[str, Any]:
    return write_bundle(seen_by(recipient, told), policy())


def test_the_case_has_something_in_every_list() -> None:
    plan = decided().plan
    assert plan.tasks
    assert plan.goals
    assert plan.proposed_groups
    assert plan.proposed_mentors
    assert len(groups()) > 20


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_what_is_written_is_valid(recipient: str, fhir_validator: Validator) -> None:
    for told in ((), (recipient,)):
        assert fhir_validator.errors(written(recipient, told)) == []


def test_those_who_treat_the_person_get_a_plan_that_says_where_it_stands() -> None:
    for recipient in RECIPIENTS[:4]:
        plan = written(recipient)["entry"][0]["resource"]
        assert plan["resourceType"] == "CarePlan"
        assert "not clinically approved and safety not assessed" in plan["text"]["div"]


def test_others_learn_nothing_without_a_consent() -> None:
    for recipient in RECIPIENTS[4:]:
        assert "entry" not in written(recipient)
        assert "entry" in written(recipient, (recipient,)), recipient


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_nothing_of_what_is_withheld_is_told(recipient: str) -> None:
    """Every value of a kind that the recipient may not see, unless something visible says it."""
    told = (recipient,)
    whole, seen = decided(told), seen_by(recipient, told)
    shape = policy().recipients[recipient]
    allowed = set(shape.sees) | (CONSENTED & set(shape.sees_with_consent))
    visible = json.dumps(seen, default=_plain)
    secrets = {
        value
        for reading in whole.facts.values()
        for value in reading.values
        if reading.privacy not in allowed and value not in visible
    }
    if recipient in ("point-of-contact", *RECIPIENTS[4:]):
        assert secrets, "the case must hold something that this recipient may not see"
    text = json.dumps(write_bundle(seen, policy()), ensure_ascii=False)
    assert [value for value in sorted(secrets) if value in text] == []


def test_names_and_places_stay_away_from_those_who_may_not_see_them() -> None:
    text = json.dumps(written("researcher", ("researcher",)))
    assert "Ana" not in text
    assert "33.70" not in text


def test_the_same_person_twice_is_byte_identical() -> None:
    seen = [
        project(
            suggest(policy(), ana(), groups()[: len(groups()) - cut], as_of=AS_OF),
            policy(),
            "clinician",
        )
        for cut in (0, 0, 1)
    ]
    first, second, other = (json.dumps(write_bundle(one, policy())) for one in seen)
    assert first == second
    assert first != other


def _plain(value: Any) -> Any:
    return {name: getattr(value, name) for name in value.__slots__}
