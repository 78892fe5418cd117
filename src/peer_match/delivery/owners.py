"""The person who has taken on a Task: its owner, if that is a member of staff with a name."""

from __future__ import annotations

from typing import cast

from peer_match.delivery.answers import objects, part
from peer_match.delivery.client import FhirClient
from peer_match.delivery.exchange import Json
from peer_match.delivery.failures import PermanentError
from peer_match.facts.patient import Person
from peer_match.fhir.write_elements import FHIR_ID, plain

# A patient or a relative can own a task, but does not answer for an escalation.
_STAFF = ("Practitioner", "PractitionerRole")


def named_owner(client: FhirClient, task: Json) -> Person | None:
    """The person who owns a Task; None where it is nobody, no member of staff, or has no name.

    A name that the Task leaves out is looked up where it points at a Practitioner. An owner without
    a type counts only with both an identifier and a name. Raises TemporaryError where the name
    cannot be looked up now.
    """
    owner = _owner(task)
    address = _address(owner, client.server.base)
    said = owner.get("type")
    type = said if isinstance(said, str) else _type_of(address)
    known = _text(part(owner, "identifier", "value"))
    if type not in _STAFF and (type or not known):
        return None
    id = known or address
    name = _text(owner.get("display")) or _looked_up(client, address)
    return Person(id=id, name=name) if id and name else None


def _owner(task: Json) -> Json:
    found = list(objects([task.get("owner")]))
    return found[0] if found else {}


def _address(owner: Json, base: str) -> str:
    """Where the owner is: `Practitioner/7` at this server, the whole address elsewhere."""
    found = owner.get("reference")
    address = found if isinstance(found, str) else ""
    return address.partition("/_history/")[0].removeprefix(f"{base}/")


def _type_of(address: str) -> str:
    steps = address.split("/")
    return steps[-2] if len(steps) > 1 else ""


def _looked_up(client: FhirClient, address: str) -> str:
    """The name of a Practitioner of this server; empty where there is none to be had."""
    type, _, id = address.partition("/")
    # An address elsewhere is not called, and its id is somebody else's here.
    if type != "Practitioner" or not FHIR_ID.fullmatch(id):
        return ""
    try:
        found = client.read(type, id).content or {}
    except PermanentError:
        return ""
    names = (_name(one) for one in objects(found.get("name")))
    return next(filter(None, names), "")


def _name(name: Json) -> str:
    """A HumanName: as it is written, or its parts."""
    found: object = name.get("given")
    given = cast("list[object]", found) if isinstance(found, list) else []
    parts = map(_text, [*given, name.get("family")])
    return _text(name.get("text")) or " ".join(filter(None, parts))


def _text(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""
