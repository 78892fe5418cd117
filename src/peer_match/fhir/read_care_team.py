"""Care teams: the one point of contact, where somebody's role says so.

A general practitioner or a member without such a role is no point of contact: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.facts.patient import Person
from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import is_modified
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

_POINT_OF_CONTACT = "point-of-contact"
_WORKS = frozenset({"active", "proposed", "suspended"})


def read_care_team(chart: Chart, entry: Entry) -> None:
    """A CareTeam of the person."""
    team = entry.resource
    if not chart.is_about_the_person(entry, "subject"):
        return
    if (team["status"].text() or "active") not in _WORKS:
        return
    if is_modified(team):
        chart.cannot_read("point_of_contact", _provenance(entry, team["period"]))
        return
    found = False
    for participant in team["participant"].items():
        member = chart.resources.find(participant["member"], team)
        codings = (*_roles(participant["role"]), *_roles_of(member))
        if _POINT_OF_CONTACT not in chart.terms("override-role", codings):
            continue
        found = True
        _state(chart, entry, participant, member)
    if not found:
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            team["participant"].path,
            "no member of a care team has a role that makes them the point of contact",
            "name the point of contact in the intake, or give the role its code",
        )


def _state(chart: Chart, entry: Entry, participant: Element, member: Entry | None) -> None:
    reference = participant["member"]
    id = member.source if member else reference["reference"].text()
    name = (_name(chart, member) if member else None) or reference["display"].text()
    if id is None and name is None:
        return
    period, whole = participant["period"], entry.resource["period"]
    chart.state(
        "point_of_contact",
        Person(id=id or name or "", name=name or id or "", role=_POINT_OF_CONTACT),
        _provenance(entry, period, whole),
        until=period["end"].date() or whole["end"].date(),
    )


def _provenance(entry: Entry, *periods: Element) -> Provenance:
    starts = (one["start"].date() for one in periods)
    start = next((one for one in starts if one is not None), None)
    return Provenance(source=entry.source, stated_by=StatedBy.RECORD, date=start)


def _roles(concepts: Element) -> Iterator[Coded]:
    for one in concepts.items():
        yield from one.codings()


def _roles_of(member: Entry | None) -> Iterator[Coded]:
    if member is not None and member.type == "PractitionerRole":
        yield from _roles(member.resource["code"])
        yield from _roles(member.resource["specialty"])


def _name(chart: Chart, member: Entry) -> str | None:
    resource = member.resource
    if member.type == "PractitionerRole":
        inner = chart.resources.find(resource["practitioner"], resource)
        if inner is None:
            return resource["practitioner"]["display"].text()
        resource = inner.resource
    if member.type == "Organization":
        return resource["name"].text()
    for one in resource["name"].items():
        given = [text for part in one["given"].items() if (text := part.text())]
        whole = " ".join([*given, one["family"].text() or ""]).strip()
        return one["text"].text() or whole or None
    return None
