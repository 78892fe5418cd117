"""Who owns a Task: a member of staff by name, looked up where the Task only points at them."""

from __future__ import annotations

import pytest

from peer_match.delivery.failures import TemporaryError
from peer_match.delivery.owners import named_owner
from peer_match.facts.patient import Person

from .made import Json, client_of
from .receiver import Failure, Receiver

KIM = Person(id="kim", name="Kim Park")
NAMED: Json = {"identifier": {"system": "urn:peer-match:staff", "value": "kim"}}


def owner(receiver: Receiver, **said: object) -> Person | None:
    return named_owner(client_of(receiver), {"owner": said})


def keep_practitioner(receiver: Receiver, *names: Json) -> str:
    return receiver.keep({"resourceType": "Practitioner", "name": list(names)})


@pytest.mark.parametrize("type", [None, "Practitioner", "PractitionerRole"])
def test_an_identifier_and_a_name(receiver: Receiver, type: str | None) -> None:
    said = {**NAMED, "display": "Kim Park"} | ({} if type is None else {"type": type})
    assert owner(receiver, **said) == KIM


@pytest.mark.parametrize(
    ("address", "id"),
    [
        ("Practitioner/7", "Practitioner/7"),
        ("Practitioner/7/_history/2", "Practitioner/7"),
        ("https://ehr.example/fhir/Practitioner/7", "https://ehr.example/fhir/Practitioner/7"),
    ],
)
def test_a_reference_and_a_name(receiver: Receiver, address: str, id: str) -> None:
    found = owner(receiver, reference=address, display="Kim Park")
    assert found == Person(id=id, name="Kim Park")
    assert receiver.requests == []


@pytest.mark.parametrize(
    "name",
    [
        {"text": "Kim Park"},
        {"given": ["Kim"], "family": "Park"},
        {"given": ["Kim", "Park"]},
    ],
)
def test_a_name_is_looked_up(receiver: Receiver, name: Json) -> None:
    address = keep_practitioner(receiver, {}, name)
    assert owner(receiver, reference=address) == Person(id=address, name="Kim Park")


@pytest.mark.parametrize("names", [[], [{}], [{"text": " "}], [{"given": "Kim"}]])
def test_a_practitioner_without_a_name_is_nobody(receiver: Receiver, names: list[Json]) -> None:
    assert owner(receiver, reference=keep_practitioner(receiver, *names)) is None


def test_an_address_elsewhere_is_never_called(receiver: Receiver) -> None:
    assert owner(receiver, reference="https://elsewhere.example/fhir/Practitioner/1") is None
    assert receiver.requests == []


def test_the_whole_address_of_this_server_is_the_short_one(receiver: Receiver) -> None:
    address = keep_practitioner(receiver, {"text": "Kim Park"})
    found = owner(receiver, reference=f"{receiver.base}/{address}")
    assert found == Person(id=address, name="Kim Park")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"display": "Kim Park"},
        NAMED,
        {"reference": "PractitionerRole/7"},
        {"reference": "#kim", "display": "Kim Park"},
        {"reference": "Practitioner/../Task"},
        {**NAMED, "display": ["Kim Park"]},
        {"identifier": "kim", "display": "Kim Park"},
        {"reference": "RelatedPerson/7", "display": "Kim Park"},
    ],
)
def test_nobody_by_name(receiver: Receiver, said: Json) -> None:
    assert owner(receiver, **said) is None


def test_a_task_without_an_owner(receiver: Receiver) -> None:
    assert named_owner(client_of(receiver), {}) is None
    assert named_owner(client_of(receiver), {"owner": []}) is None


def test_a_name_that_cannot_be_looked_up_now_is_asked_for_later(receiver: Receiver) -> None:
    address = keep_practitioner(receiver, {"text": "Kim Park"})
    with receiver.failing(Failure.ERROR, on=("GET",)), pytest.raises(TemporaryError):
        owner(receiver, reference=address)
