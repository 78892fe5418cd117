"""What a server says is believed only where it fits what was asked."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer_match.delivery.addresses import Reach, RefusedAddressError
from peer_match.delivery.client import Creation, FhirClient, Server, Stored
from peer_match.delivery.failures import (
    ConflictError,
    GoneError,
    PermanentError,
    SendingError,
    TemporaryError,
)
from peer_match.delivery.identifiers import BusinessIdentifier

from .made import QUICK, TASK, Json, client_of, task
from .receiver import Failure, Kind, Receiver, Said, said

ID = BusinessIdentifier(TASK, "t")
PAGE = Said(200, b"<html>Sign in</html>", {"content-type": "text/html"})
OUTCOME: Json = {"resourceType": "OperationOutcome", "issue": []}


def bundle(*resources: object) -> Said:
    entries = [{"resource": one} for one in resources]
    return said(200, {"resourceType": "Bundle", "type": "searchset", "entry": entries})


def created(location: str, status: int = 201, body: bytes = b"") -> Said:
    return Said(status, body, {"location": location})


# --- where it is -------------------------------------------------------------------------------


def test_the_base_has_no_slash_at_its_end(receiver: Receiver) -> None:
    reach = Reach(bases=(receiver.base,), loopback=True)
    server = Server(f"{receiver.base}/", reach)
    assert server.base == receiver.base
    FhirClient(server).capabilities()
    assert [one.path for one in receiver.requests] == ["/metadata"]


def test_a_server_off_the_list_is_refused() -> None:
    with pytest.raises(RefusedAddressError):
        Server("https://evil.example/fhir", Reach(bases=("https://ehr.example/fhir",)))


# --- reading -----------------------------------------------------------------------------------


def test_a_resource_is_read(receiver: Receiver) -> None:
    address = receiver.keep(task("t"))
    found = client_of(receiver).read("Task", "1")
    assert (found.remote_id, found.version, found.status) == (address, "1", "requested")
    assert found.content == receiver.kept()[0]
    [request] = receiver.requests
    assert request.headers["accept"] == "application/fhir+json"
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        Said(200),
        Said(204),
        said(200, OUTCOME),
        said(200, {**task("t"), "resourceType": "Patient", "id": "1"}),
        said(200, {**task("t"), "id": "2"}),
        said(200, {**task("t"), "id": "../1"}),
        said(200, {**task("t"), "id": 1}),
        Said(200, json.dumps({**task("t"), "id": "1"}).encode(), {"content-type": "text/plain"}),
        Said(200, b"[]", {"content-type": "application/fhir+json"}),
        Said(200, b"\xff", {"content-type": "application/fhir+json"}),
    ],
)
def test_what_is_not_the_resource_is_no_answer(receiver: Receiver, answer: Said) -> None:
    receiver.scripted["GET /Task/1"] = answer
    with pytest.raises(TemporaryError):
        client_of(receiver).read("Task", "1")


def test_a_deleted_resource_is_gone(receiver: Receiver) -> None:
    receiver.delete(receiver.keep(task("t")))
    with pytest.raises(GoneError):
        client_of(receiver).read("Task", "1")


def test_the_version_of_the_resource_counts_and_then_that_of_the_header(
    receiver: Receiver,
) -> None:
    client = client_of(receiver)
    whole = {**task("t"), "id": "1"}
    receiver.scripted["GET /Task/1"] = said(200, whole | {"meta": {"versionId": "3"}}, etag='W/"2"')
    assert client.read("Task", "1").version == "3"
    receiver.scripted["GET /Task/1"] = said(200, whole, etag='W/"2"')
    assert client.read("Task", "1").version == "2"
    for odd in ('"a b"', "2", 'W/"2', ""):
        receiver.scripted["GET /Task/1"] = said(200, whole, etag=odd)
        assert client.read("Task", "1").version is None


def test_a_status_is_a_word(receiver: Receiver) -> None:
    receiver.scripted["GET /Task/1"] = said(200, {**task("t"), "id": "1", "status": ["accepted"]})
    assert client_of(receiver).read("Task", "1").status is None


# --- searching ---------------------------------------------------------------------------------


def test_a_resource_is_found_by_its_identifier(receiver: Receiver) -> None:
    receiver.keep(task("other"))
    receiver.keep(task("t"))
    found = client_of(receiver).find("Task", ID)
    assert found is not None and found.remote_id == "Task/2"
    [request] = receiver.requests
    assert request.headers["prefer"] == "handling=strict"


def test_what_is_not_there_is_not_found(receiver: Receiver) -> None:
    receiver.keep(task("other"))
    assert client_of(receiver).find("Task", ID) is None


@pytest.mark.parametrize("same", ["1", "2"])
def test_two_with_one_identifier_are_found_out(receiver: Receiver, same: str) -> None:
    one, two = {**task("t"), "id": "1"}, {**task("t"), "id": same}
    receiver.scripted["GET /Task"] = bundle(one, two)
    if same == "1":
        # The same one twice, as where a server shows what it has twice on one page.
        assert client_of(receiver).find("Task", ID) is not None
        return
    with pytest.raises(PermanentError, match="several resources"):
        client_of(receiver).find("Task", ID)


def test_a_server_that_passes_over_the_parameter_is_found_out(receiver: Receiver) -> None:
    receiver.scripted["GET /Task"] = bundle({**task("other"), "id": "1"})
    with pytest.raises(PermanentError, match="does not search by identifier"):
        client_of(receiver).find("Task", ID)


def test_what_else_lies_in_a_bundle_is_passed_over(receiver: Receiver) -> None:
    another_type = {**task("t"), "resourceType": "Patient", "id": "1"}
    no_id = {**task("t"), "id": "/"}
    ours = {**task("t"), "id": "7"}
    receiver.scripted["GET /Task"] = bundle(OUTCOME, None, "Task", another_type, no_id, ours)
    assert [one.id for one in client_of(receiver).search("Task", ID.query)] == ["7"]


@pytest.mark.parametrize("entry", [None, [], {}, "none", [1, None, []], [{"resource": []}]])
def test_a_bundle_without_entries_is_empty(receiver: Receiver, entry: object) -> None:
    receiver.scripted["GET /Task"] = said(200, {"resourceType": "Bundle", "entry": entry})
    assert client_of(receiver).search("Task", ID.query) == ()


@pytest.mark.parametrize("answer", [PAGE, Said(200), Said(204), said(200, OUTCOME)])
def test_what_is_no_bundle_says_nothing_of_what_is_there(receiver: Receiver, answer: Said) -> None:
    receiver.scripted["GET /Task"] = answer
    with pytest.raises(TemporaryError):
        client_of(receiver).find("Task", ID)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()))
def test_any_identifier_is_found_again(receiver: Receiver, value: str) -> None:
    identifier = BusinessIdentifier("urn:x|y,z", value)
    resource = task("t", identifier=[{"system": identifier.system, "value": value}])
    client = client_of(receiver)
    first = client.create(resource, identifier)
    again = client.create(resource, identifier)
    assert again.stored is not None and first.stored is not None
    assert (again.is_new, again.stored.id) == (False, first.stored.id)
    found = client.find("Task", identifier)
    assert found is not None and found.id == first.stored.id


# --- making ------------------------------------------------------------------------------------


def test_a_resource_is_made_on_a_condition_and_without_an_id(receiver: Receiver) -> None:
    made = client_of(receiver).create(task("t"), ID)
    assert made.is_new and made.stored is not None and made.stored.remote_id == "Task/1"
    [request] = receiver.requests
    assert request.headers["if-none-exist"] == f"identifier={TASK}|t"
    assert request.headers["content-type"] == "application/fhir+json"
    assert request.headers["prefer"] == "return=representation"
    assert "id" not in json.loads(request.body)


def test_without_a_condition_none_is_sent(receiver: Receiver) -> None:
    client_of(receiver).create(task("t"), None)
    assert "if-none-exist" not in receiver.requests[0].headers


@pytest.mark.parametrize("shows", [True, False])
def test_what_is_there_is_shown_as_it_is(receiver: Receiver, shows: bool) -> None:
    receiver.kind = Kind(shows=shows)
    receiver.change(receiver.keep(task("t")), status="accepted")
    made = client_of(receiver).create(task("t"), ID)
    assert not made.is_new and made.stored is not None
    assert (made.stored.remote_id, made.stored.status) == ("Task/1", "accepted")


def test_a_place_is_enough_where_it_is_new(receiver: Receiver) -> None:
    receiver.scripted["POST /Task"] = created(f"{receiver.base}/Task/9/_history/4")
    made = client_of(receiver).create(task("t"), ID)
    assert made == Creation(Stored("Task", "9", "4", None), True)


def test_a_place_elsewhere_is_not_called(receiver: Receiver) -> None:
    receiver.keep(task("t"))
    receiver.scripted["POST /Task"] = created("https://evil.example/fhir/Task/1", status=200)
    made = client_of(receiver).create(task("t"), ID)
    assert made.stored is not None and made.stored.remote_id == "Task/1"
    assert [one.path for one in receiver.asked("GET")] == ["/Task/1"]


def test_a_page_with_a_place_is_looked_at_again(receiver: Receiver) -> None:
    receiver.scripted["POST /Task"] = created("Task/1", body=b"<html>")
    with pytest.raises(PermanentError):
        client_of(receiver).create(task("t"), ID)
    receiver.keep(task("t"))
    made = client_of(receiver).create(task("t"), ID)
    assert made.stored is not None and made.stored.content is not None


@pytest.mark.parametrize(
    "answer",
    [
        Said(201),
        Said(201, b"<html>", {"content-type": "text/html"}),
        created("https://ehr.example/fhir/Patient/1"),
        created("https://ehr.example/fhir/Task/"),
        said(201, OUTCOME),
    ],
)
def test_what_is_new_and_cannot_be_seen_is_tried_again(receiver: Receiver, answer: Said) -> None:
    receiver.scripted["POST /Task"] = answer
    with pytest.raises(TemporaryError):
        client_of(receiver).create(task("t"), ID)


@pytest.mark.parametrize(
    "answer", [PAGE, Said(200), Said(204), said(200, {**task("other"), "id": "1"})]
)
def test_a_success_that_shows_something_else_is_none(receiver: Receiver, answer: Said) -> None:
    receiver.scripted["POST /Task"] = answer
    assert client_of(receiver).create(task("t"), ID) == Creation(None, False)


# --- changing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shows", [True, False])
def test_a_resource_is_changed_against_its_version(receiver: Receiver, shows: bool) -> None:
    receiver.kind = Kind(shows=shows)
    receiver.keep(task("t"))
    changed = client_of(receiver).update(task("t", priority="asap"), "1", "1")
    assert (changed.version, changed.remote_id) == ("2", "Task/1")
    [request] = receiver.asked("PUT")
    assert request.headers["if-match"] == 'W/"1"'
    assert json.loads(request.body)["id"] == "1"


def test_a_resource_that_has_changed_since_is_left_alone(receiver: Receiver) -> None:
    address = receiver.keep(task("t"))
    receiver.change(address, status="accepted")
    with pytest.raises(ConflictError):
        client_of(receiver).update(task("t"), "1", "1")
    assert len(receiver.versions(address)) == 2


def test_an_answer_about_another_resource_is_not_taken_for_this_one(receiver: Receiver) -> None:
    receiver.keep(task("t"))
    receiver.scripted["PUT /Task/1"] = said(200, {**task("other"), "id": "2"})
    assert client_of(receiver).update(task("t"), "1", "1").remote_id == "Task/1"


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", Failure, ids=lambda one: one.name.lower())
def test_an_error_tells_nothing_of_anybody(receiver: Receiver, failure: Failure) -> None:
    client = client_of(receiver, QUICK)
    resource = task("t", description="Ana Example, born 1990")
    with receiver.failing(failure, on=("POST", "GET")), pytest.raises(SendingError) as error:
        client.create(resource, ID)
        client.find("Task", ID)
    for secret in ("Ana", "1990", receiver.origin):
        assert secret not in str(error.value)
    assert str(error.value) == error.value.code
    # What the libraries say of it may quote an address.
    assert error.value.__suppress_context__ or error.value.__context__ is None
