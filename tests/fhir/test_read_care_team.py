"""The point of contact, where a role says so; and goals, where a code says which."""

from typing import Any

import pytest

from peer_match.facts.patient import Goal, Person
from peer_match.fhir.read_notes import NoteKind

from .records import about, concept, notes, read, the_patient

ROLE = concept("http://nucc.org/provider-taxonomy", "171M00000X")
DOCTOR = {"resourceType": "Practitioner", "id": "d", "name": [{"given": ["Ada"], "family": "Lee"}]}
POST = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/d"},
    "code": [ROLE],
}
ADA = Person(id="Practitioner/d", name="Ada Lee", role="point-of-contact")


def team(*participants: dict[str, Any], **more: Any) -> dict[str, Any]:
    return about("CareTeam", status="active", participant=list(participants), **more)


def test_a_member_with_the_role_is_the_point_of_contact() -> None:
    member = {"role": [ROLE], "member": {"reference": "Practitioner/d"}, "period": {"end": "2027"}}
    [statement] = the_patient(team(member), DOCTOR).point_of_contact.statements
    assert statement.value == ADA
    assert str(statement.until) == "2027"


def test_the_role_may_be_that_of_the_post() -> None:
    member = {"member": {"reference": "PractitionerRole/r"}}
    [statement] = the_patient(team(member), POST, DOCTOR).point_of_contact.statements
    assert (statement.value.id, statement.value.name) == ("PractitionerRole/r", "Ada Lee")


def test_a_member_outside_the_record_is_known_by_display() -> None:
    member = {"role": [ROLE], "member": {"reference": "Practitioner/z", "display": "Zoe"}}
    [statement] = the_patient(team(member)).point_of_contact.statements
    assert statement.value == Person(id="Practitioner/z", name="Zoe", role="point-of-contact")


@pytest.mark.parametrize(
    "participant",
    [
        {"role": [concept("http://snomed.info/sct", "223366009")], "member": {"display": "A"}},
        {"member": {"reference": "Practitioner/d"}},
        {"role": [ROLE], "member": {}},
    ],
)
def test_nobody_else_is_guessed_to_be_the_point_of_contact(participant: dict[str, Any]) -> None:
    assert the_patient(team(participant), DOCTOR).point_of_contact.statements == ()


def test_a_team_without_the_role_is_noted() -> None:
    reading = read(team({"member": {"reference": "Practitioner/d"}}), DOCTOR)
    assert [note.kind for note in notes(reading, NoteKind.NOT_UNDERSTOOD)] == [
        NoteKind.NOT_UNDERSTOOD
    ]


def test_a_team_that_is_over_has_no_point_of_contact() -> None:
    over = {**team({"role": [ROLE], "member": {"display": "A"}}), "status": "inactive"}
    assert the_patient(over).point_of_contact.statements == ()


def goal(**more: Any) -> dict[str, Any]:
    words = {"text": "be there for my kids"}
    code = {**concept("urn:peer-match:vocabulary:goal", "parenting"), **words}
    content = {"lifecycleStatus": "active", "description": code, "startDate": "2026-01-01", **more}
    return about("Goal", **content)


def test_a_goal_with_our_code_is_a_recovery_goal_in_the_persons_words() -> None:
    [statement] = the_patient(goal(expressedBy={"reference": "Patient/p"})).goals.statements
    assert statement.value == Goal(code="parenting", words="be there for my kids")
    assert statement.provenance.stated_by == "self"


def test_a_goal_in_words_alone_leaves_the_goals_unknown() -> None:
    found = the_patient(goal(description={"text": "Stop smoking"})).goals
    assert (found.statements, len(found.unreadable)) == ((), 1)


@pytest.mark.parametrize("status", ["completed", "cancelled", "rejected", "entered-in-error"])
def test_a_goal_that_is_over_is_no_goal(status: str) -> None:
    assert the_patient(goal(lifecycleStatus=status)).goals.statements == ()


MODIFIED = {"modifierExtension": [{"url": "urn:not"}]}


@pytest.mark.parametrize("status", ["active", "completed"])
def test_a_goal_with_a_modifier_leaves_the_goals_unknown(status: str) -> None:
    found = the_patient(goal(lifecycleStatus=status, **MODIFIED)).goals
    assert (found.statements, len(found.unreadable)) == ((), 1)


def test_a_team_with_a_modifier_names_no_point_of_contact() -> None:
    member = {"role": [ROLE], "member": {"reference": "Practitioner/d"}}
    reading = read(team(member, **MODIFIED), DOCTOR)
    assert reading.patient is not None
    found = reading.patient.point_of_contact
    assert (found.statements, len(found.unreadable)) == ((), 1)
    assert notes(reading, NoteKind.DOUBTFUL)
