"""From a Bundle (or a lone Patient) to its entries, and to the one person it is about."""

from __future__ import annotations

from dataclasses import dataclass

from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_versions import other_version

BUNDLES = frozenset({"transaction", "batch", "collection", "searchset", "document", "message"})
"""The types of Bundle that hold one state of a record."""
NO_RESOURCE = "input"
"""Where a note is about JSON that is no FHIR resource, so that it has no path."""


@dataclass(frozen=True, slots=True)
class Record:
    """The entries of one person's record, and the Patient among them."""

    person: Entry
    entries: tuple[Entry, ...]


def record_in(root: object, notes: Notes) -> Record | None:
    """The record in a Bundle or a lone Patient; None, with notes that say why not."""
    top = Element(root, NO_RESOURCE, notes)
    if not isinstance(root, dict):
        _refuse(notes, NO_RESOURCE, "this is no FHIR resource", "send a Bundle with one Patient")
        return None
    kind = top["resourceType"].text()
    top.path = kind or NO_RESOURCE
    if kind == "Bundle":
        entries = _entries(top, notes)
    elif kind == "Patient":
        entries = [Entry(top, kind)]
    else:
        _refuse(
            notes,
            top.path,
            "it has no `resourceType`, so it is no FHIR record of a person"
            if kind is None
            else f"a resource of type {kind} is no record of a person",
            "send a Bundle with one Patient and what is known about them",
        )
        return None
    refuse_other_versions(entries, notes)
    person = _the_person(entries, notes)
    if person is None or notes.refused():
        return None
    return Record(person, tuple(entries))


def _entries(bundle: Element, notes: Notes) -> list[Entry]:
    kind = bundle["type"].text()
    if kind is not None and kind not in BUNDLES:
        _refuse(
            notes,
            bundle["type"].path,
            f"a Bundle of type {kind} may hold several versions of one record, or none",
            f"send one of these types: {', '.join(sorted(BUNDLES))}",
        )
    for link in bundle["link"].items():
        if link["relation"].text() == "next":
            notes.add(
                NoteKind.DOUBTFUL,
                link.path,
                "the search has further pages, so the record is not whole",
                "send all pages in one Bundle",
            )
    found: list[Entry] = []
    for entry in bundle["entry"].items():
        if (one := _entry(entry, notes)) is not None:
            found.append(one)
    return found


def _entry(entry: Element, notes: Notes) -> Entry | None:
    resource = entry["resource"]
    if not resource or entry["request"]["method"].text() == "DELETE":
        notes.add(
            NoteKind.NOT_READ, entry.path, "an entry holds no resource to read", "nothing to do"
        )
        return None
    kind = resource["resourceType"].text()
    if kind is None:
        notes.add(
            NoteKind.UNREADABLE,
            resource.path,
            "a resource does not say its type",
            "give its `resourceType`; it was left out",
        )
        return None
    if kind == "OperationOutcome":
        notes.add(
            NoteKind.DOUBTFUL,
            resource.path,
            "the server answered with a warning or an error beside the record",
            "look at the OperationOutcome; the record may not be whole",
        )
        return None
    return Entry(resource, kind, entry["fullUrl"].text())


def refuse_other_versions(entries: list[Entry], notes: Notes) -> None:
    """Refuse resources that are written in STU3 or R5, by name."""
    for entry in entries:
        if (sign := other_version(entry.resource, entry.type)) is not None:
            version, path = sign
            _refuse(
                notes,
                path,
                f"this is {version}, and only FHIR R4 (4.0.1) is read",
                "export the record as R4",
            )


def _the_person(entries: list[Entry], notes: Notes) -> Entry | None:
    people = [one for one in entries if one.type == "Patient"]
    different = {str(one.resource.value): one for one in people}
    if not people:
        _refuse(notes, "Bundle.entry", "there is no Patient", "add the Patient resource")
        return None
    if len(different) > 1:
        _refuse(
            notes,
            people[1].resource.path,
            f"there are {len(different)} Patients, and a record is about one",
            "send one Bundle for each person",
        )
        return None
    return people[0]


def _refuse(notes: Notes, where: str, message: str, fix: str) -> None:
    notes.add(NoteKind.REFUSED, where, message, fix)
