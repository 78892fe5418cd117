"""Who answers for something: always a person with a name."""

from __future__ import annotations

from peer_match.facts.patient import Person
from peer_match.records.canonical import canonical
from peer_match.records.errors import RecordsError


def named(person: Person) -> str:
    """The person as JSON. Raises RecordsError where id or name is empty."""
    if not person.id.strip() or not person.name.strip():
        raise RecordsError("only a person with an id and a name can do this")
    return canonical(person.model_dump(mode="json"))


def person(text: str | None) -> Person | None:
    """The person that `named` has written."""
    return None if text is None else Person.model_validate_json(text)
