"""What a server says is held against what it was asked before it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson
import pytest

from peer_match.delivery import client as client_module
from peer_match.delivery.addresses import Reach, RefusedAddressError
from peer_match.delivery.client import Creation, FhirClient, Server, Stored
from peer_match.delivery.exchange import Answer, Limits
from peer_match.delivery.failures import GoneError, PermanentError, TemporaryError
from peer_match.delivery.identifiers import BusinessIdentifier

from .made import Json, client_of, task
from .receiver import Receiver

BASE = "https://ehr.example/fhir/R4"
FHIR = {"content-type": "application/fhir+json"}
WANTED = BusinessIdentifier("urn:peer-match:task", "t")
KEPT = {**task("t"), "id": "7", "meta": {"versionId": "3"}}


class Told:
    """A server that gives these answers, one after another, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: Iterator[Answer] = iter(answers)
        self.asked: list[tuple[str, str]] = []

    def __call__(
        self,
        reach: Reach,
        limits: Limits,
        method: str,
        address: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Answer:
        self.asked.append((method, address.removeprefix(BASE)))
        return next(self.answers)


def client(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> tuple[FhirClient, Told]:
    told = Told(*answers)
    monkeypatch.setattr(client_module, "exchange", told)
    return FhirClient(Server(f"{BASE}/", Reach(bases=(BASE,)))), told


def answer(status: int, body: object = None, **headers: str) -> Answer:
    return Answer(status, FHIR | headers, b"" if body is None else orjson.dumps(body))


def bundle(*resources: object) -> Json:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


@pytest.mark.parametrize(
    "base", ["http://ehr.example/fhir", "https://other.example/fhir/R4", "https://ehr.example"]
)
def test_a_server_off_the_list_has_no_client(base: str) -> None:
    with pytest.raises(RefusedAddressError):
        Server(base, Reach(bases=(BASE,)))


# --- reading and searching ---------------------------------------------------------------------


def test_a_resource_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    one, told = client(monkeypatch, answer(200, KEPT))
    assert one.read("Task", "7") == Stored("Task", "7", "3", KEPT)
    assert told.asked == [("GET", "/Task/7")]


@pytest.mark.parametrize(
    "body",
    [
        None,
        bundle(),
        {**KEPT, "resourceType": "Flag"},
        {**KEPT, "id": None},
        {**KEPT, "id": "../7"},
        [KEPT],
    ],
)
def test_what_is_no_such_resource_is_a_failure_for_now(
    monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    one, _ = client(monkeypatch, answer(200, body))
    with pytest.raises(TemporaryError, match="kind that was asked for"):
        one.read("Task", "7")


def test_what_was_deleted_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = client(monkeypatch, answer(410))
    with pytest.raises(GoneError):
        one.read("Task", "7")


@pytest.mark.parametrize(
    ("meta", "etag", "version"),
    [
        ({"versionId": "3"}, 'W/"9"', "3"),
        ({}, 'W/"9"', "9"),
        (None, 'W/"9"', "9"),
        ({"versionId": 'x" \r\n'}, 'W/"9"', "9"),
        ({"versionId": 3}, "", None),
    ],
)
def test_a_version_is_that_of_the_resource_or_of_the_answer(
    monkeypatch: pytest.MonkeyPatch, meta: object, etag: str, version: str | None
) -> None:
    one, _ = client(monkeypatch, answer(200, {**KEPT, "meta": meta}, etag=etag))
    assert one.read("Task", "7").version == version


def test_the_one_with_the_identifier_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    one, told = client(monkeypatch, answer(200, bundle({"resourceType": "OperationOutcome"}, KEPT)))
    assert one.find("Task", WANTED) == Stored("Task", "7", "3", KEPT)
    assert told.asked == [("GET", "/Task?identifier=urn:peer-match:task|t")]


@pytest.mark.parametrize(
    "found", [bundle(), {"resourceType": "Bundle"}, bundle({"resourceType": "OperationOutcome"})]
)
def test_nothing_is_found(monkeypatch: pytest.MonkeyPatch, found: Json) -> None:
    one, _ = client(monkeypatch, answer(200, found))
    assert one.find("Task", WANTED) is None


def test_a_server_that_gives_everything_does_not_search(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [{**task(name), "id": name} for name in ("a", "b")]
    one, _ = client(monkeypatch, answer(200, bundle(*others)))
    with pytest.raises(PermanentError, match="does not search"):
        one.find("Task", WANTED)


def test_several_are_for_a_person_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = client(monkeypatch, answer(200, bundle(KEPT, {**KEPT, "id": "8"})))
    with pytest.raises(PermanentError, match="several"):
        one.find("Task", WANTED)


@pytest.mark.parametrize("body", [None, KEPT, {"resourceType": "OperationOutcome"}])
def test_what_is_no_bundle_does_not_say_that_nothing_is_there(
    monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    one, _ = client(monkeypatch, answer(200, body))
    with pytest.raises(TemporaryError):
        one.find("Task", WANTED)


# --- making ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        (answer(201, KEPT), Stored("Task", "7", "3", KEPT)),
        (answer(201, location=f"{BASE}/Task/7/_history/3"), Stored("Task", "7", "3", None)),
        (answer(201, location="Task/7", etag='W/"3"'), Stored("Task", "7", "3", None)),
    ],
)
def test_what_was_made_is_said_in_several_ways(
    monkeypatch: pytest.MonkeyPatch, said: Answer, stored: Stored
) -> None:
    one, _ = client(monkeypatch, said)
    assert one.create(task("t"), WANTED) == Creation(stored, is_new=True)


def test_a_place_with_something_else_beside_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Answer(201, {"content-type": "text/html", "location": "Task/7"}, b"<html>")
    one, told = client(monkeypatch, page, answer(200, KEPT))
    assert one.create(task("t"), WANTED) == Creation(Stored("Task", "7", "3", KEPT), is_new=True)
    assert told.asked[1] == ("GET", "/Task/7")


@pytest.mark.parametrize(
    "said",
    [
        answer(201),
        Answer(201, {"content-type": "text/html"}, b"<html>"),
        answer(201, {"resourceType": "OperationOutcome"}),
        answer(201, location="https://evil.example/Flag/7"),
    ],
)
def test_made_without_a_place_is_a_failure_for_now(
    monkeypatch: pytest.MonkeyPatch, said: Answer
) -> None:
    one, _ = client(monkeypatch, said)
    with pytest.raises(TemporaryError):
        one.create(task("t"), WANTED)


@pytest.mark.parametrize(
    "said",
    [
        answer(200),
        Answer(200, {"content-type": "text/html"}, b"<html>"),
        answer(200, {**KEPT, "identifier": []}),
        answer(202),
    ],
)
def test_what_is_said_to_be_there_and_not_shown_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, said: Answer
) -> None:
    one, _ = client(monkeypatch, said)
    assert one.create(task("t"), WANTED) == Creation(None, is_new=False)


def test_an_address_in_an_answer_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = answer(200, location="https://evil.example/fhir/Task/7")
    one, told = client(monkeypatch, elsewhere, answer(200, KEPT))
    one.create(task("t"), WANTED)
    assert told.asked == [("POST", "/Task"), ("GET", "/Task/7")]


# --- what is sent ------------------------------------------------------------------------------


def test_what_a_request_says(receiver: Receiver) -> None:
    client_of(receiver).create(task("t"), WANTED)
    [request] = receiver.requests
    assert request.headers["content-type"] == "application/fhir+json"
    assert request.headers["accept"] == "application/fhir+json"
    assert request.headers["prefer"] == "return=representation"
    assert request.headers["if-none-exist"] == "identifier=urn:peer-match:task|t"
    assert request.headers["host"] == receiver.origin.removeprefix("http://")
    assert "authorization" not in request.headers and "cookie" not in request.headers
