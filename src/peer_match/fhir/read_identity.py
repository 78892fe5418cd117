"""The id by which a person is known here: no number of theirs is ever one.

An identifier of a record may be a social security or insurance number, and the id of a person is
shown to everyone who is told anything. Steps:
1. The id of the Patient resource, or the one in its address on a server.
2. An address that is a URN, as it stands: it names the resource, and says nothing of the person.
3. A digest of the whole Patient resource, which changes when the resource does. A number alone
   could be guessed from its digest; a resource that says no more than its type tells nobody apart.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

import orjson

from peer_match.fhir.code_systems import BASE
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_references import URN, Entry

_TELLS_APART = frozenset({"address", "birthDate", "name", "telecom"})


def id_of(person: Entry, notes: Notes) -> str:
    """The id of a person; where nothing tells them apart, the record is refused."""
    own, address = person.resource["id"].text(), person.full_url
    if own is None and address and address.casefold().startswith(URN):
        return address
    if person.id is not None:
        return person.id
    found = cast("dict[str, Any]", person.resource.value)
    if not found.keys() & _TELLS_APART:
        notes.add(
            NoteKind.REFUSED,
            person.resource["id"].path,
            "the Patient has no id, and nothing that tells them from others",
            "give the Patient its id, or its address as `fullUrl`",
        )
    whole = orjson.dumps(found, option=orjson.OPT_SORT_KEYS)
    notes.add(
        NoteKind.ASSUMED,
        person.resource["id"].path,
        "the Patient has no id, so one was made of the whole resource; it changes with it",
        "give the Patient its id, or its address as `fullUrl`",
    )
    return f"{BASE}:record:{hashlib.sha256(whole).hexdigest()[:32]}"


def person_of(id: str, notes: Notes) -> Entry:
    """A Patient of which only the id is known, as references name it."""
    if id.casefold().startswith(URN):
        return Entry(Element({"resourceType": "Patient"}, "Patient", notes), "Patient", id)
    return Entry(Element({"resourceType": "Patient", "id": id}, "Patient", notes), "Patient")
