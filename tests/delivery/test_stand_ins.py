"""What stands for a resource keeps its identifier, subject, due time, priority and words."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.delivery.create_once import due
from peer_match.delivery.stand_ins import communication, document_reference, service_request
from peer_match.fhir.write_check import check
from peer_match.fhir.write_elements import identifier

from ..fhir.conftest import fhir_validator
from ..fhir.hapi import Validator
from .made import Json, task

__all__ = ["fhir_validator"]

PRIORITIES = ("routine", "urgent", "asap", "stat")
STATUSES = (
    *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
    *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
)
FLAG: Json = {"type": "Flag", "identifier": identifier("flag", "f")}
FULL = task(
    "t",
    description="Call back",
    owner={"identifier": identifier("staff", "kim"), "display": "Kim Park"},
    focus=FLAG,
    basedOn=[{"type": "RequestGroup", "identifier": identifier("request-group", "g")}],
    partOf=[{"type": "Task", "identifier": identifier("task", "first")}],
    reasonCode={"text": "A crisis call (rule crisis-call)"},
    reasonReference={"type": "RiskAssessment", "identifier": identifier("risk", "r")},
    note=[{"text": "Call 988"}],
    input=[{"type": {"text": "who told"}, "valueString": "x"}],
)
OTHERS: tuple[Json, ...] = (
    {
        "resourceType": "Flag",
        "id": "f",
        "identifier": [identifier("flag", "f")],
        "status": "active",
        "code": {"text": "Crisis call"},
        "subject": {"reference": "Patient/ana"},
        "period": {"start": "2026-03-01T12:00:00+00:00"},
    },
    {
        "resourceType": "RiskAssessment",
        "id": "r",
        "identifier": [identifier("risk", "r")],
        "status": "final",
        "subject": {"reference": "Patient/ana"},
        "reasonCode": [{"coding": [{"display": "Emergent"}]}],
    },
    {
        "resourceType": "RequestGroup",
        "id": "g",
        "identifier": [identifier("request-group", "g")],
        "status": "active",
        "intent": "order",
        "priority": "stat",
        "authoredOn": "2026-03-01",
        "subject": {"type": "Group", "identifier": identifier("group", "g")},
    },
    {
        "resourceType": "Communication",
        "id": "c",
        "identifier": [identifier("communication", "c")],
        "status": "preparation",
        "about": [FLAG],
    },
)


def attached(document: Json) -> tuple[str, Json]:
    """The text and the resource that a DocumentReference holds."""
    text, resource = (base64.b64decode(one["attachment"]["data"]) for one in document["content"])
    return text.decode(), orjson.loads(resource)


def valid(resource: Json) -> list[Any]:
    entry = {"fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "resource": resource}
    return check({"resourceType": "Bundle", "type": "collection", "entry": [entry]})


def stand_ins(original: Json) -> list[Json]:
    written = [service_request(original), communication(original), document_reference(original)]
    return [one for one in written if one is not None]


@pytest.mark.parametrize("status", STATUSES)
def test_stand_ins_of_a_task_are_valid(status: str) -> None:
    for one in stand_ins({**FULL, "status": status}):
        assert valid(one) == []


@pytest.mark.parametrize("original", OTHERS, ids=lambda one: one["resourceType"])
def test_documents_are_valid_and_hold_the_whole(original: Json) -> None:
    document = document_reference(original)
    assert valid(document) == []
    assert document["identifier"] == original["identifier"]
    assert attached(document)[1] == original


def test_the_reference_validator_finds_no_error(fhir_validator: Validator) -> None:
    for original in (FULL, task("t"), *OTHERS):
        written = stand_ins(original) if original["resourceType"] == "Task" else []
        for one in (*written, document_reference(original)):
            assert fhir_validator.errors(one) == [], one["resourceType"]


def test_a_service_request_carries_every_part() -> None:
    request = service_request(FULL)
    assert request is not None
    assert request["requisition"] == FULL["groupIdentifier"]
    assert request["performer"] == [FULL["owner"]]
    assert request["performerType"] == {"text": "on-call"}
    assert request["reasonCode"] == [FULL["reasonCode"]]
    pointed = [FULL["focus"], *FULL["basedOn"], *FULL["partOf"], FULL["reasonReference"]]
    assert request["supportingInfo"] == pointed
    notes = [one["text"] for one in request["note"]]
    assert notes[0] == "Call back" and notes[-1] == "Call 988"
    assert "takes no Task" in notes[1] and "Not carried over: input" in notes[1]
    assert "id" not in request


def test_a_communication_asks_in_words_and_names_whom_it_asks() -> None:
    message = communication(FULL)
    said = [one["contentString"] for one in message["payload"]]
    assert said == [
        "Call back",
        "To: Kim Park",
        "Due: 2026-03-01T12:15:00+00:00",
        "Priority: stat",
        "Because of: A crisis call (rule crisis-call)",
    ]
    assert message["recipient"] == [FULL["owner"]]
    assert message["identifier"] == [*FULL["identifier"], FULL["groupIdentifier"]]
    without_owner = communication({**FULL, "owner": None})
    assert without_owner["recipient"] == [{"display": "on-call"}]


def test_a_document_says_in_words_what_it_holds() -> None:
    text, original = attached(document_reference(FULL))
    assert original == FULL
    for words in ("Call back", "Kim Park", "12:15", "stat", "crisis call", "Nobody is asked"):
        assert words in text


@pytest.mark.parametrize("type", ["PractitionerRole", "HealthcareService"])
def test_a_subject_that_cannot_be_one_is_what_it_is_about(type: str) -> None:
    subject = {"type": type, "identifier": identifier("mentor", "m")}
    original = {**FULL, "for": subject}
    assert service_request(original) is None
    message, document = communication(original), document_reference(original)
    assert "subject" not in message and message["about"][0] == subject
    assert "subject" not in document and document["context"]["related"][0] == subject
    assert valid(message) == valid(document) == []


def test_a_document_has_no_date_that_is_no_instant() -> None:
    assert "date" not in document_reference({**FULL, "authoredOn": "2026-03"})
    assert "date" not in document_reference({**FULL, "authoredOn": "2026-03-01"})
    assert document_reference(FULL)["date"] == FULL["authoredOn"]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
MOMENTS = st.integers(0, 4_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat()
)


@given(
    name=NAMES,
    patient=st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True),
    until=MOMENTS,
    priority=st.sampled_from(PRIORITIES),
    status=st.sampled_from(STATUSES),
    words=st.text(),
)
def test_identifier_subject_due_and_priority_are_kept(
    name: str, patient: str, until: str, priority: str, status: str, words: str
) -> None:
    original = task(
        name,
        patient,
        priority=priority,
        status=status,
        description=words,
        restriction={"period": {"end": until}},
    )
    request, message = service_request(original), communication(original)
    document = document_reference(original)
    assert request is not None
    for one in (request, message, document):
        assert one["identifier"][0] == original["identifier"][0]
        assert one["subject"] == original["for"]
        assert one["meta"]["security"] == original["meta"]["security"]
    assert due(request) == due(document) == datetime.fromisoformat(until)
    said = [one["contentString"] for one in message["payload"]]
    assert f"Due: {until}" in said
    assert request["priority"] == message["priority"] == priority
    assert f"Priority: {priority}" in attached(document)[0]
    assert attached(document)[1] == original


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*FULL]), JSON))
def test_nothing_in_a_row_makes_a_stand_in_fail(elements: Json) -> None:
    for type in ("Task", "Flag"):
        stand_ins({**FULL, **elements, "resourceType": type})


def test_a_document_of_what_was_taken_back_says_so_first() -> None:
    over: Json = {
        "status": "cancelled",
        "statusReason": {"text": "Somebody else has taken this on."},
    }
    written = document_reference(task("t1", **over))
    text = base64.b64decode(written["content"][0]["attachment"]["data"]).decode()
    assert text.startswith("Taken back: Somebody else has taken this on.\n")
    assert (written["status"], written["docStatus"]) == ("superseded", "amended")
    assert (
        "Taken back"
        not in base64.b64decode(
            document_reference(task("t1"))["content"][0]["attachment"]["data"]
        ).decode()
    )
