"""Whom a reference names: surely this person, surely somebody else, or nobody can tell.

A record is of one person, and most references that look foreign are theirs: written with another
scheme, host or case, by a merged record's id, or with an identifier that the record lacks. So a
reference is somebody else's only where it says so: by a type that is no patient, by a contained
patient with other identifiers, or by an identifier of one of the person's own systems.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from peer_match.facts.truth import Truth
from peer_match.fhir.code_systems import URI_SYSTEM
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_references import (
    URN,
    Entry,
    Identifier,
    conditional,
    contained,
    identifier_in,
    relative,
    type_of,
    without_version,
)

# Links between two records of the same person; any other word may mean something else.
_SAME_PERSON = frozenset({"refer", "replaced-by", "replaces", "seealso"})
# What else a resource may be about. Who treats the person is named there only by mistake.
_OTHERS = frozenset({"Device", "Group", "Location", "RelatedPerson"})


def points_at(reference: Element, person: Entry, owner: Element) -> Truth:
    """Whether a reference inside `owner` names this person. Unknown where nobody can tell."""
    kind, text = type_of(reference), reference["reference"].text()
    if kind not in (None, person.type):
        theirs = text is not None and _names(text, person)
        return Truth.NO if kind in _OTHERS and not theirs else Truth.UNKNOWN
    identifier = identifier_in(reference["identifier"])
    if identifier is not None and identifier in (*person.identifiers(), _address_of(person)):
        return Truth.YES
    if text is None:
        return Truth.UNKNOWN
    if text.startswith("#"):
        return _contained_is(owner, text[1:], person)
    if asked := conditional(text):
        return Truth.YES if asked[1] in person.identifiers() else Truth.UNKNOWN
    if _names(text, person) or _is_linked(text, person):
        return Truth.YES
    other = identifier is not None and _is_of_others({identifier}, person)
    return Truth.NO if other else Truth.UNKNOWN


def _address_of(person: Entry) -> Identifier:
    """The address of the resource as an identifier."""
    return URI_SYSTEM, person.full_url or ""


def _contained_is(owner: Element, id: str, person: Entry) -> Truth:
    inner = contained(owner, id)
    if inner is None:
        return Truth.UNKNOWN
    if inner.type != person.type:
        return Truth.NO if inner.type in _OTHERS else Truth.UNKNOWN
    if inner.identifiers() & person.identifiers():
        return Truth.YES
    return Truth.NO if _is_of_others(inner.identifiers(), person) else Truth.UNKNOWN


def _is_of_others(identifiers: set[Identifier] | frozenset[Identifier], person: Entry) -> bool:
    """Whether identifiers are of systems in which the person has others."""
    own = {system for system, _ in person.identifiers() if system}
    return any(system in own for system, _ in identifiers)


def _names(text: str, person: Entry) -> bool:
    """Whether an address is one of the person's: on any server that may be the record's own."""
    text = without_version(text).lstrip("/")
    names = set(person.names())
    if text in names or _without_scheme(text) in {_without_scheme(name) for name in names}:
        return True
    if text.casefold().startswith(URN):
        return text.casefold() in {name.casefold() for name in names}
    if "://" not in text or relative(text) != f"{person.type}/{person.id}":
        return False
    # The same id on another server may be another person.
    return not (person.full_url and "://" in person.full_url)


def _is_linked(text: str, person: Entry) -> bool:
    """Whether an address is of another record that the Patient says is the person's."""
    wanted = _without_scheme(without_version(text).lstrip("/"))
    for link in person.resource["link"].items():
        named = link["other"]["reference"].text()
        if named is None or link["type"].text() not in _SAME_PERSON:
            continue
        linked = _without_scheme(without_version(named).lstrip("/"))
        if wanted == linked or (
            {"://" in text, "://" in named} == {True, False} and relative(text) == relative(named)
        ):
            return True
    return False


def _without_scheme(text: str) -> str:
    """An address without http or https, with its host in lower case."""
    try:
        address = urlsplit(text)
    except ValueError:
        return text
    if address.scheme not in ("http", "https"):
        return text
    return f"{address.netloc.casefold()}{address.path.rstrip('/')}"
