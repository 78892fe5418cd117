"""The Patient resource: who the record is of, whether they live, where, and in which languages.

Sex, race, ethnicity and gender in the record are somebody else's words about the person until the
person says them, so they never become facts about identity; they are listed in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from peer_match.facts.place import MICRODEGREES, Place
from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.code_systems import LANGUAGE_TAGS, is_loinc, term_of
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_shapes import COMMON, Children, Fault, faults

GEOLOCATION = "http://hl7.org/fhir/StructureDefinition/geolocation"
_ASKED_DECLINED = "asked-declined"
_NOT_A_HOME = ("old", "temp", "billing", "work")
_LINKS = frozenset({"refer", "replaced-by", "replaces", "seealso"})

# How R4 writes what is read here, as far as a doubt about it matters.
_SHAPES: Mapping[str, Children] = {
    **COMMON,
    "Status": {
        "active": "yes or no",
        "deceasedBoolean": "yes or no",
        "deceasedDateTime": "date",
        "link": "Link*",
    },
    "Link": {"other": "anything", "type": "text"},
    "Birth": {"birthDate": "date"},
    "Use": {"use": "text", "type": "text", "period": "Period"},
}
_FARTHEST_NORTH, _FARTHEST_EAST = 90 * MICRODEGREES, 180 * MICRODEGREES

# Extensions and elements of a Patient that describe identity, and what to call them.
_DESCRIBED_BY_OTHERS = {
    "us-core-race": "race",
    "us-core-ethnicity": "ethnicity",
    "us-core-birthsex": "sex at birth",
    "us-core-sex": "sex",
    "us-core-genderIdentity": "gender identity",
    "patient-genderIdentity": "gender identity",
    "individual-genderIdentity": "gender identity",
    "us-core-tribal-affiliation": "tribal affiliation",
    "patient-religion": "religion",
}


def read_person(chart: Chart) -> None:
    """Everything that the Patient resource itself says."""
    person, source = (
        chart.entry.resource,
        Provenance(source=chart.entry.source, stated_by=StatedBy.RECORD),
    )
    chart.name = _name(person)
    _read_modifier(chart, person, source)
    _read_status(chart, person, source)
    _read_birth_date(chart, person, source)
    _read_home(chart, person, source)
    for one in person["communication"].items():
        language = one["language"]
        read_language(chart, language, language.codings(), source)
    _note_descriptions(chart, person)


def _read_modifier(chart: Chart, person: Element, source: Provenance) -> None:
    """Something that may change the meaning of the whole leaves all that is read here unknown."""
    if (modifier := modifier_in(person)) is None:
        return
    for fact in ("record_status", "birth_date", "home", "languages"):
        chart.cannot_read(fact, source)
    chart.notes.add(
        NoteKind.DOUBTFUL,
        modifier.path,
        f"the record of the person comes with {modifier.what}, which is not read and may change "
        "its meaning",
        "send the Patient without it",
    )


def _name(person: Element) -> str | None:
    """The official name now in use, else the first."""
    names = list(person["name"].items())
    current = [one for one in names if not one["period"]["end"]] or names
    chosen = next((one for one in current if one["use"].text() == "official"), None)
    chosen = chosen or next(iter(current), None)
    if chosen is None:
        return None
    given = [text for one in chosen["given"].items() if (text := one.text())]
    parts = [*given, chosen["family"].text() or ""]
    return " ".join(part for part in parts if part) or chosen["text"].text()


def _read_status(chart: Chart, person: Element, source: Provenance) -> None:
    """Deceased beats doubt, doubt beats the rest; R4 takes a record without `active` as active."""
    doubts = tuple(_doubts_about_status(person))
    for doubt in doubts:
        chart.cannot_read("record_status", source)
        chart.notes.add(
            NoteKind.UNREADABLE,
            doubt.path,
            "nobody can tell whether the person is alive and the record is in use: "
            f"expected {doubt.expected}",
            "correct the record, or confirm it with a clinician",
        )
    died = person["deceasedDateTime"].date()
    if died is not None:
        known = source.model_copy(update={"date": died})
        chart.state("record_status", "deceased", known)
        chart.state("record_status", "active", source, until=died)
        return
    if person["deceasedDateTime"] or person["deceasedBoolean"].value is True:
        chart.state("record_status", "deceased", source)
        return
    replaced = any(one["type"].text() == "replaced-by" for one in person["link"].items())
    if person["active"].value is False or replaced:
        chart.state("record_status", "inactive", source)
    elif not doubts:
        chart.state("record_status", "active", source)
        if not person["active"]:
            chart.notes.add(
                NoteKind.ASSUMED,
                person["active"].path,
                "the record does not say that it is active, and R4 takes such a record as active",
                "confirm that the person is alive and the record is in use",
            )


def _doubts_about_status(person: Element) -> Iterator[Fault]:
    """What is said of life and use of the record, and cannot be read."""
    said = {
        name: value
        for name, value in cast("dict[str, Any]", person.value or {}).items()
        if _names_status(name.removeprefix("_").casefold())
    }
    yield from faults(said, person.path, "Status", _SHAPES)
    for one in person["link"].items():
        if one["type"].text() not in _LINKS:
            yield Fault(one["type"].path, "a type of link that R4 has")


def _names_status(name: str) -> bool:
    return name in ("active", "link") or name.startswith("deceased")


def _read_birth_date(chart: Chart, person: Element, source: Provenance) -> None:
    said = {name: person[name].value for name in ("birthDate", "_birthDate")}
    doubts = any(True for _ in faults(said, person.path, "Birth", _SHAPES))
    born, declined = person["birthDate"].date(), person.absent_because("birthDate")
    if born is not None and not doubts:
        chart.state("birth_date", born, source)
    elif not person["birthDate"] and declined == _ASKED_DECLINED:
        chart.of("birth_date").declined.setdefault("birthDate", []).append(source)
    elif doubts:
        chart.cannot_read("birth_date", source)


def _read_home(chart: Chart, person: Element, source: Provenance) -> None:
    """The coordinates of the address in use; an address without any is not looked up.

    Several addresses that may be home are all stated, so that they contradict each other.
    """
    homes = [one for one in person["address"].items() if _may_be_home(one)]
    called_home = [one for one in homes if one["use"].text() == "home"]
    placed = False
    for address in called_home or homes:
        dated = source.model_copy(update={"date": address["period"]["start"].date()})
        doubtful = any(True for _ in faults(_use_of(address), address.path, "Use", _SHAPES))
        for extension in address["extension"].items():
            if extension["url"].text() != GEOLOCATION:
                continue
            placed, place = True, _place(extension)
            if place is None or doubtful:
                chart.cannot_read("home", source if doubtful else dated)
            else:
                chart.state("home", place, dated)
    if homes and not placed:
        chart.notes.add(
            NoteKind.NOT_READ,
            homes[0].path,
            "the address has no coordinates, so distances cannot be worked out from it",
            "ask the person where they set out from, or add the geolocation extension",
        )


def _may_be_home(address: Element) -> bool:
    if address["use"].text() in _NOT_A_HOME or address["type"].text() == "postal":
        return False
    return not address["period"]["end"]


def _use_of(address: Element) -> dict[str, Any]:
    return {name: address[name].value for name in ("use", "type", "period")}


def _place(extension: Element) -> Place | None:
    degrees: dict[str | None, int | float | None] = {}
    for one in extension["extension"].items():
        degrees[one["url"].text()] = one["valueDecimal"].number()
    latitude, longitude = degrees.get("latitude"), degrees.get("longitude")
    place = None if latitude is None or longitude is None else place_at(latitude, longitude)
    if place is None:
        extension.notes.add(
            NoteKind.UNREADABLE,
            extension.path,
            "these coordinates are no place on earth where somebody lives",
            "give latitude and longitude in degrees; this address was left out",
        )
    return place


def place_at(latitude: float, longitude: float) -> Place | None:
    """A place from degrees; None outside the earth's range and at 0, 0, which means "not given"."""
    north, east = latitude * MICRODEGREES, longitude * MICRODEGREES
    if abs(north) > _FARTHEST_NORTH or abs(east) > _FARTHEST_EAST or (not north and not east):
        return None
    return Place(latitude=round(north), longitude=round(east))


def read_language(
    chart: Chart, where: Element, codings: tuple[Coded, ...], source: Provenance
) -> None:
    """A language that the person can take part in, from a code, a tag or its name."""
    coded_as = {one for coded in codings if (one := _language(chart, coded))}
    if len(coded_as) > 1:
        chart.cannot_read("languages", source)
        chart.notes.add(
            NoteKind.DOUBTFUL,
            where.path,
            "one language is coded as several",
            "give each language an entry of its own",
        )
        return
    found = next(iter(coded_as), None)
    names = [one.display for one in codings if one.display]
    if isinstance(where.value, dict) and (text := where["text"].text()):
        names.append(text)
    found = found or next((one for name in names if (one := _language_named(chart, name))), None)
    if found is not None:
        chart.state("languages", found, source)
    elif where:
        chart.cannot_read("languages", source)
        said = next((str(one) for one in codings if one.code), "a language without a code")
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            where.path,
            f"a language was not understood: {said}",
            "use a BCP 47 code such as `en` or `es`",
        )


def _language(chart: Chart, coded: Coded) -> str | None:
    """A code of a system, or a tag without one; `en-US` is a kind of `en`."""
    if coded.code is None:
        return None
    system = coded.system or LANGUAGE_TAGS
    if is_loinc(system):
        return chart.term("language", coded)
    for tag in (coded.code, re.split(r"[-_]", coded.code)[0].lower()):
        if found := term_of(chart.vocabularies, "language", system, tag):
            return found
    return None


def _language_named(chart: Chart, name: str) -> str | None:
    """The language of a name such as `English` or `English (United States)`."""
    if "language" not in chart.vocabularies:
        return None
    plain = name.partition("(")[0].strip().casefold()
    for term in chart.vocabularies["language"].terms:
        if term.label.casefold() == plain:
            return term.code
    return None


def _note_descriptions(chart: Chart, person: Element) -> None:
    found = {
        _DESCRIBED_BY_OTHERS[name]
        for one in person["extension"].items()
        if (name := (one["url"].text() or "").rsplit("/", 1)[-1]) in _DESCRIBED_BY_OTHERS
    }
    if person["gender"]:
        found.add("administrative gender")
    for description in sorted(found):
        chart.notes.add(
            NoteKind.NOT_SELF_STATED,
            person.path,
            f"the record gives {description}; not used, since it may not be the person's word",
            "ask the person, if a group is limited to some people",
        )
