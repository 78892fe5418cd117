"""What each answer means, without a word of what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.delivery.answers import (
    located,
    object_at,
    objects,
    outcome_codes,
    part,
    refusal,
    rest_asked_for,
    version_of,
)
from peer_match.delivery.exchange import Answer
from peer_match.delivery.failures import (
    ConflictError,
    GoneError,
    PermanentError,
    TemporaryError,
)

JSON = {"content-type": "application/fhir+json"}
LATER = (300, 301, 302, 303, 307, 308, 401, 408, 409, 412, 425, 429, 500, 501, 502, 503, 504, 599)
NEVER = (400, 403, 404, 405, 406, 410, 413, 415, 422, 451)
CONFLICTS = (409, 412)
ABOUT_THE_SERVER = (301, 302, 307, 308, 401, 403, 429, 503)


def answer(status: int, body: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, JSON | named, b"" if body is None else orjson.dumps(body))


def outcome(*codes: object) -> dict[str, object]:
    issues = [{"code": code, "diagnostics": "Ana Example"} for code in codes]
    return {"resourceType": "OperationOutcome", "issue": issues}


@pytest.mark.parametrize("status", LATER)
def test_what_may_succeed_later(status: int) -> None:
    error = refusal(answer(status))
    assert isinstance(error, TemporaryError)
    assert isinstance(error, ConflictError) == (status in CONFLICTS)
    assert str(status) in error.code


@pytest.mark.parametrize("status", NEVER)
def test_what_will_never_succeed(status: int) -> None:
    error = refusal(answer(status))
    assert isinstance(error, PermanentError)
    assert isinstance(error, GoneError) == (status == 410)


@pytest.mark.parametrize("status", [*LATER, *NEVER])
def test_a_round_ends_where_the_server_is_at_fault(status: int) -> None:
    assert refusal(answer(status)).ends_round == (status in ABOUT_THE_SERVER or status < 400)


def test_an_outcome_is_reduced_to_its_codes() -> None:
    error = refusal(answer(422, outcome("invalid", "required", "invalid", "Ana Example", 7, None)))
    assert error.code == "the server answered 422 (invalid, required)"


def test_an_outcome_has_a_few_codes_at_most() -> None:
    codes = ("invalid", "structure", "required", "value", "invariant", "security", "login")
    assert outcome_codes(answer(400, outcome(*codes))) == codes[:5]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"issue": [{"code": "invalid"}]}, {**outcome(), "issue": "invalid"}]
)
def test_what_is_no_outcome_has_no_codes(body: object) -> None:
    assert outcome_codes(answer(400, body)) == ()


@given(st.binary(max_size=200), st.sampled_from([*LATER, *NEVER]))
def test_no_body_is_quoted_or_makes_it_fail(body: bytes, status: int) -> None:
    bare = refusal(Answer(status, JSON, b"")).code
    assert refusal(Answer(status, JSON, body)).code == bare


# --- how long to rest --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503])
def test_the_rest_that_is_asked_for_is_passed_on(status: int) -> None:
    error = refusal(answer(status, retry_after="120"))
    assert isinstance(error, TemporaryError)
    assert error.after == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("0", timedelta(0)),
        (" 7 ", timedelta(seconds=7)),
        ("999999999", timedelta(days=1)),
        ("9" * 400, timedelta(days=1)),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", timedelta(0)),
        ("Mon, 01 Jan 2001 00:00:00 -0000", timedelta(0)),
        ("Fri, 01 Jan 9999 00:00:00 GMT", timedelta(days=1)),
    ],
)
def test_rests(said: str, rest: timedelta | None) -> None:
    assert rest_asked_for(answer(503, retry_after=said)) == rest


def test_a_date_to_rest_until() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    rest = rest_asked_for(answer(503, retry_after=until))
    assert rest is not None
    assert timedelta(minutes=59) < rest <= timedelta(hours=1)


@given(st.text(max_size=40))
def test_any_header_is_a_rest_or_none(said: str) -> None:
    rest = rest_asked_for(answer(503, retry_after=said))
    assert rest is None or timedelta(0) <= rest <= timedelta(days=1)


# --- where it lies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("https://ehr.example/fhir/Task/7/_history/2", ("7", "2")),
        ("https://ehr.example/fhir/Task/7", ("7", "9")),
        ("Task/7/", ("7", "9")),
        ("/fhir/Task/a-b.c/_history/x", ("a-b.c", "x")),
        ("https://ehr.example/fhir/Flag/7", None),
        ("https://ehr.example/fhir/SubTask/7", None),
        ("https://ehr.example/fhir/Task", None),
        ("https://ehr.example/fhir/Task/7?x=Task/8&", None),
        (f"Task/{'7' * 65}", None),
        ("", None),
    ],
)
def test_locations(location: str, found: tuple[str, str] | None) -> None:
    said = answer(201, location=location, etag='W/"9"')
    assert located(said, "Task") == found


def test_the_other_header_says_it_as_well() -> None:
    assert located(answer(200, content_location="Task/7"), "Task") == ("7", None)


@pytest.mark.parametrize(
    ("etag", "version"),
    [('W/"3"', "3"), ('"3"', "3"), ("3", None), ('W/"3" x', None), ('W/"\\"', None), ("", None)],
)
def test_versions(etag: str, version: str | None) -> None:
    assert version_of(answer(200, etag=etag)) == version


# --- looking into what arrives -----------------------------------------------------------------


def test_a_body_counts_only_if_it_says_that_it_is_json() -> None:
    body = b'{"a": 1}'
    assert Answer(200, JSON, body).json() == {"a": 1}
    assert Answer(200, {"content-type": "application/json"}, body).json() == {"a": 1}
    assert Answer(200, {"content-type": "text/html"}, body).json() is None
    assert Answer(200, {}, body).json() is None
    assert Answer(200, JSON, b"[1]").json() is None
    assert Answer(200, JSON, b"{").json() is None


def test_what_is_not_there_is_nothing() -> None:
    assert list(objects("text")) == list(objects(None)) == list(objects([1, "a", None])) == []
    assert list(objects([{"a": 1}, 2])) == [{"a": 1}]
    assert part({"a": {"b": 1}}, "a", "b") == 1
    assert part({"a": [1]}, "a", "b") is None
    assert object_at({"a": {"b": 1}}, "a") == {"b": 1}
    assert object_at({"a": "b"}, "a") == {}
