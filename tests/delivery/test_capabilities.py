"""What a server says it can do; a statement that cannot be read never says "nothing"."""

from __future__ import annotations

import pytest

from peer_match.delivery.capabilities import (
    NOTHING,
    Capabilities,
    Remembered,
    TypeCapabilities,
    read_statement,
)
from peer_match.delivery.failures import TemporaryError

from .made import QUICK, Json, client_of
from .receiver import Failure, Kind, Receiver


def statement(*resources: Json, **rest: object) -> Json:
    return {
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "rest": [{"mode": "server", "resource": list(resources), **rest}],
    }


def of(**said: object) -> TypeCapabilities:
    return read_statement(statement({"type": "Task", **said})).of("Task")


def interactions(*codes: str) -> list[Json]:
    return [{"code": code} for code in codes]


def test_everything_that_is_said_is_read() -> None:
    found = of(
        interaction=interactions("create", "read", "update", "search-type"),
        searchParam=[{"name": "identifier", "type": "token"}],
        conditionalCreate=True,
        conditionalUpdate=True,
    )
    assert found == TypeCapabilities(True, True, True, True, True, True, True)


def test_what_is_not_said_is_not_there() -> None:
    assert of() == of(conditionalCreate="yes", interaction="create") == NOTHING
    assert read_statement(statement()).of("Task") == NOTHING


def test_transactions_are_an_interaction_of_the_whole() -> None:
    assert not read_statement(statement()).transactions
    assert read_statement(statement(interaction=interactions("transaction"))).transactions


@pytest.mark.parametrize(
    ("said", "creates_once"),
    [
        ({"interaction": interactions("create"), "conditionalCreate": True}, True),
        ({"interaction": interactions("create")}, False),
        ({"interaction": interactions("create", "search-type")}, False),
        (
            {
                "interaction": interactions("create", "search-type"),
                "searchParam": [{"name": "identifier"}],
            },
            True,
        ),
        ({"interaction": interactions("search-type"), "conditionalCreate": True}, False),
        ({"interaction": interactions("create"), "searchParam": [{"name": "identifier"}]}, False),
    ],
)
def test_what_can_be_sent_twice(said: Json, creates_once: bool) -> None:
    assert of(**said).creates_once is creates_once


@pytest.mark.parametrize("release", ["4.0.1", "4.0.0", "4.3.0"])
def test_releases_that_are_taken(release: str) -> None:
    assert read_statement({**statement(), "fhirVersion": release}) == Capabilities({})


@pytest.mark.parametrize(
    "said",
    [
        {},
        {**statement(), "resourceType": "OperationOutcome"},
        {**statement(), "fhirVersion": "5.0.0"},
        {**statement(), "fhirVersion": "3.0.2"},
        {**statement(), "fhirVersion": None},
        {**statement(), "rest": []},
        {**statement(), "rest": [{"mode": "client"}]},
        {**statement(), "rest": "none"},
    ],
)
def test_what_is_no_statement_is_a_failure_for_now(said: Json) -> None:
    with pytest.raises(TemporaryError) as error:
        read_statement(said)
    assert error.value.ends_round


@pytest.mark.parametrize("failure", [one for one in Failure if one is not Failure.REFUSES])
def test_a_statement_that_cannot_be_read_is_a_failure_for_now(
    receiver: Receiver, failure: Failure
) -> None:
    client = client_of(receiver, QUICK)
    with receiver.failing(failure, on=("GET",)), pytest.raises(TemporaryError):
        client.capabilities()
    assert client_of(receiver).capabilities().of("Task").creates_once


def test_another_release_is_a_failure_for_now(receiver: Receiver) -> None:
    receiver.kind = Kind(release="5.0.0")
    with pytest.raises(TemporaryError):
        client_of(receiver).capabilities()


def test_a_statement_is_read_again_when_it_is_old_or_was_wrong() -> None:
    now = 0.0
    read: list[int] = []

    def reading() -> Capabilities:
        read.append(1)
        return Capabilities({})

    remembered = Remembered(reading, clock=lambda: now)
    remembered.get()
    now = 3599.0
    remembered.get()
    assert len(read) == 1
    now = 3600.0
    remembered.get()
    assert len(read) == 2
    remembered.forget()
    remembered.get()
    assert len(read) == 3


def test_a_failure_is_not_remembered() -> None:
    answers = iter([TemporaryError("no"), Capabilities({}, True)])

    def reading() -> Capabilities:
        answer = next(answers)
        if isinstance(answer, TemporaryError):
            raise answer
        return answer

    remembered = Remembered(reading)
    with pytest.raises(TemporaryError):
        remembered.get()
    assert remembered.get().transactions
