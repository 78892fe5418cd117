"""A resource is made once, and changed only while nobody has acted on it."""

from __future__ import annotations

import threading

import pytest

from peer_match.delivery.client import Stored
from peer_match.delivery.create_once import create_once, due
from peer_match.delivery.failures import ConflictError, PermanentError, TemporaryError
from peer_match.fhir.write_elements import identifier

from .made import Json, client_of, task
from .receiver import ALL, NO_CONDITIONAL_CREATE, Failure, Kind, Receiver

KINDS = (
    ALL,
    NO_CONDITIONAL_CREATE,
    Kind(shows=False),
    Kind(search=False),
    Kind(search=False, shows=False),
)
SOON, LATER = "2026-03-01T12:15:00+00:00", "2026-03-01T13:00:00+00:00"


def sent(receiver: Receiver, resource: Json) -> Stored:
    client = client_of(receiver)
    return create_once(client, resource, client.capabilities().of(resource["resourceType"]))


def until(moment: str) -> Json:
    return {"period": {"end": moment}}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_often_is_there_once(receiver: Receiver, kind: Kind) -> None:
    receiver.kind = kind
    places = {sent(receiver, task("t")).remote_id for _ in range(3)}
    assert places == {"Task/1"}
    [kept] = receiver.kept()
    assert kept["status"] == "requested"
    assert kept["meta"]["versionId"] == "1"


@pytest.mark.parametrize("kind", [ALL, NO_CONDITIONAL_CREATE])
def test_the_id_is_the_servers_own(receiver: Receiver, kind: Kind) -> None:
    receiver.kind = kind
    stored = sent(receiver, task("t"))
    assert (stored.id, stored.version, stored.status) == ("1", "1", "requested")


def test_many_at_once_make_one(receiver: Receiver) -> None:
    workers = [threading.Thread(target=sent, args=(receiver, task("t"))) for _ in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(receiver.kept()) == 1


# --- what is there already ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_becomes_a_request(receiver: Receiver, kind: Kind) -> None:
    receiver.kind = kind
    sent(receiver, task("t", status="draft"))
    assert sent(receiver, task("t")).version == "2"
    [kept] = receiver.kept()
    assert kept["status"] == "requested"
    [update] = receiver.asked("PUT")
    assert update.headers["if-match"] == 'W/"1"'


@pytest.mark.parametrize(
    "status", ["received", "accepted", "in-progress", "on-hold", "completed", "rejected", "odd"]
)
@pytest.mark.parametrize("kind", [ALL, NO_CONDITIONAL_CREATE])
def test_what_somebody_has_acted_on_is_left_alone(
    receiver: Receiver, kind: Kind, status: str
) -> None:
    receiver.kind = kind
    sent(receiver, task("t"))
    receiver.change("Task/1", status=status)
    again = sent(receiver, task("t", priority="routine", restriction=until(LATER)))
    assert (again.status, again.version) == (status, "2")
    assert receiver.asked("PUT") == []


@pytest.mark.parametrize(
    "change", [{"priority": "asap"}, {"restriction": until(LATER)}, {"status": "accepted"}]
)
def test_what_nobody_has_acted_on_is_told_of_a_change(receiver: Receiver, change: Json) -> None:
    sent(receiver, task("t"))
    sent(receiver, task("t", **change))
    [kept] = receiver.kept()
    assert kept | change == kept
    assert kept["meta"]["versionId"] == "2"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"description": "In other words"},
        {"restriction": until("2026-03-01T04:15:00-08:00")},
    ],
    ids=["back", "words", "another-zone"],
)
def test_what_tells_nothing_new_changes_nothing(receiver: Receiver, change: Json) -> None:
    sent(receiver, task("t"))
    sent(receiver, task("t", **change))
    assert receiver.asked("PUT") == []


def test_an_update_keeps_what_the_server_has_added(receiver: Receiver) -> None:
    own = identifier("ehr", "4711")
    sent(receiver, task("t", status="draft"))
    [kept] = receiver.kept()
    receiver.change(
        "Task/1",
        identifier=[own, *kept["identifier"]],
        businessStatus={"text": "triaged"},
        text={"status": "generated", "div": "<div>draft</div>"},
        meta={"tag": [{"code": "ehr"}], "lastUpdated": "2026-03-01T12:00:00Z"},
    )
    sent(receiver, task("t"))
    [kept] = receiver.kept()
    assert kept["identifier"] == [*task("t")["identifier"], own]
    assert kept["businessStatus"] == {"text": "triaged"}
    assert "text" not in kept
    assert kept["meta"]["tag"] == [{"code": "ehr"}]
    assert kept["meta"]["security"] == task("t")["meta"]["security"]
    [update] = receiver.asked("PUT")
    assert b"lastUpdated" not in update.body and b"versionId" not in update.body


@pytest.mark.parametrize(
    ("before", "after", "is_changed"),
    [
        (
            {"resourceType": "Communication", "status": "preparation"},
            {"status": "in-progress"},
            True,
        ),
        (
            {"resourceType": "Communication", "status": "in-progress"},
            {"status": "completed"},
            True,
        ),
        (
            {"resourceType": "Communication", "status": "in-progress"},
            {"payload": [{"contentString": "Due: later"}]},
            True,
        ),
        (
            {"resourceType": "Communication", "status": "completed"},
            {"status": "in-progress"},
            False,
        ),
        (
            {"resourceType": "ServiceRequest", "status": "draft"},
            {"status": "active"},
            True,
        ),
        (
            {"resourceType": "ServiceRequest", "status": "active", "occurrencePeriod": {}},
            {"occurrencePeriod": {"end": SOON}},
            True,
        ),
        (
            {"resourceType": "ServiceRequest", "status": "revoked"},
            {"status": "active"},
            False,
        ),
        (
            {"resourceType": "DocumentReference", "docStatus": "preliminary"},
            {"docStatus": "final"},
            True,
        ),
        ({"resourceType": "Flag", "status": "inactive"}, {"status": "active"}, False),
        ({"resourceType": "RiskAssessment", "status": "preliminary"}, {"status": "final"}, False),
    ],
)
def test_other_types(receiver: Receiver, before: Json, after: Json, is_changed: bool) -> None:
    bare = {"identifier": [identifier("x", "1")]}
    sent(receiver, bare | before)
    sent(receiver, bare | before | after)
    assert len(receiver.kept()) == 1
    assert bool(receiver.asked("PUT")) == is_changed


# --- somebody comes in between -----------------------------------------------------------------


@pytest.mark.parametrize("failure", [Failure.CONFLICT, Failure.FAILED_CONDITION])
def test_a_conflict_over_something_that_is_there_is_no_failure(
    receiver: Receiver, failure: Failure
) -> None:
    sent(receiver, task("t"))
    with receiver.failing(failure, on=("POST",)):
        assert sent(receiver, task("t")).remote_id == "Task/1"


@pytest.mark.parametrize("failure", [Failure.CONFLICT, Failure.FAILED_CONDITION])
def test_a_conflict_over_something_that_is_not_there_is_tried_later(
    receiver: Receiver, failure: Failure
) -> None:
    with receiver.failing(failure, on=("POST",)), pytest.raises(ConflictError):
        sent(receiver, task("t"))
    assert receiver.kept() == []


def test_what_was_accepted_between_reading_and_changing_stays_accepted(receiver: Receiver) -> None:
    sent(receiver, task("t", status="draft"))
    client = client_of(receiver)
    can = client.capabilities().of("Task")
    update = client.update

    def accepted_first(resource: Json, id: str, version: str) -> Stored:
        receiver.change("Task/1", status="accepted")
        return update(resource, id, version)

    client.update = accepted_first  # pyright: ignore[reportAttributeAccessIssue]
    assert create_once(client, task("t"), can).status == "accepted"
    assert receiver.kept()[0]["status"] == "accepted"


# --- refused -----------------------------------------------------------------------------------


def test_several_with_one_identifier_are_for_a_person_to_look_at(receiver: Receiver) -> None:
    receiver.keep(task("t"))
    receiver.keep(task("t"))
    with pytest.raises(PermanentError, match="several"):
        sent(receiver, task("t"))


def test_a_draft_that_cannot_be_changed_is_for_a_person_to_look_at(receiver: Receiver) -> None:
    sent(receiver, task("t", status="draft"))
    receiver.kind = Kind(update=False)
    with pytest.raises(PermanentError, match="takes no updates"):
        sent(receiver, task("t"))


@pytest.mark.parametrize("kind", [ALL, NO_CONDITIONAL_CREATE])
def test_without_an_identifier_nothing_is_sent(receiver: Receiver, kind: Kind) -> None:
    receiver.kind = kind
    with pytest.raises(PermanentError, match="identifier"):
        sent(receiver, task("t", identifier=[{"value": "t"}]))
    assert receiver.asked("POST") == []


def test_where_it_would_be_made_again_nothing_is_sent(receiver: Receiver) -> None:
    receiver.kind = Kind(conditional_create=False, search=False)
    with pytest.raises(PermanentError, match="again"):
        sent(receiver, task("t"))
    assert receiver.asked("POST") == []


@pytest.mark.parametrize("failure", [Failure.NOT_JSON, Failure.HALF_BODY])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_is_no_answer_is_not_believed(
    receiver: Receiver, kind: Kind, failure: Failure
) -> None:
    receiver.kind = kind
    with receiver.failing(failure, times=1):
        try:
            stored = sent(receiver, task("t"))
        except TemporaryError:
            stored = sent(receiver, task("t"))
    assert stored.remote_id == "Task/1"
    assert len(receiver.kept()) == 1


def test_due_times() -> None:
    moment = due(task("t"))
    assert moment is not None and moment.isoformat() == SOON
    assert due(task("t", restriction=until("soon"))) is None
    assert due({"resourceType": "Flag"}) is None
