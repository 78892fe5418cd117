"""Bulk exports: NDJSON files with the resources of many people.

1. A first pass keeps the Patients, and the few resources that others point at.
2. A second pass reads every other line into the chart of the person it is about, and forgets it.

So memory grows with the facts of the people, not with the size of the export. Rows that are no
resources, such as those of an export's `log.ndjson`, are counted and left out.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import orjson

from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.read import (
    POINTED_AT,
    READERS,
    PatientReading,
    close_chart,
    questionnaires_in,
    read_entries,
)
from peer_match.fhir.read_bundle import refuse_other_versions
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_person import read_person
from peer_match.fhir.read_references import Entry, Resources
from peer_match.policy.instrument import Instrument

LINE_LIMIT = 20_000_000
"""Bytes of one line. One resource is far smaller, attachments included."""

_ENDINGS = (".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_SUBJECTS = ("subject", "patient")


def read_bulk(
    where: Path | str | Iterable[Path | str],
    *,
    vocabularies: Vocabularies,
    instruments: Iterable[Instrument] = (),
    line_limit: int = LINE_LIMIT,
) -> Iterator[PatientReading]:
    """The people of an export: a folder of `.ndjson` files, gzipped or not, or the files.

    Readings come by patient id. Whatever concerns no single person (unreadable lines, rows that
    are no resources, resources about people who are not in the export) comes last, in a reading
    without a patient, if there is anything to say.
    """
    where = Path(where) if isinstance(where, str) else where
    files = _files(where)
    notes = Notes()
    kept = [
        entry
        for entry in _entries(files, notes, line_limit)
        if entry.type == "Patient" or entry.type in POINTED_AT
    ]
    name = where.name if isinstance(where, Path) else "export"
    if not any(entry.type == "Patient" for entry in kept):
        notes.add(NoteKind.REFUSED, name, "there is no Patient", "add the file of Patients")
    charts = {} if notes.refused() else _charts(kept, vocabularies, notes)
    asked = tuple(instruments)
    for chart in charts.values():
        chart.instruments = asked
    if charts:
        _read_the_rest(files, charts, notes, line_limit)
    for id in sorted(charts):
        yield close_chart(charts[id], charts[id].entry.source)
    if notes.all():
        yield PatientReading(name, None, notes.all())


def is_export(where: Path) -> bool:
    """Whether a path is a folder, or a file of lines, as exports are."""
    return where.is_dir() or where.name.endswith(_ENDINGS)


def _files(where: Path | Iterable[Path | str]) -> list[Path]:
    if not isinstance(where, Path):
        return [Path(one) for one in where]
    if not where.is_dir():
        return [where]
    return sorted(path for path in where.iterdir() if path.name.endswith(_ENDINGS))


def _charts(kept: list[Entry], vocabularies: Vocabularies, notes: Notes) -> dict[str, Chart]:
    refuse_other_versions(kept, notes)
    if notes.refused():
        return {}
    resources, questionnaires = Resources(kept), questionnaires_in(kept)
    charts: dict[str, Chart] = {}
    for entry in kept:
        if entry.type != "Patient":
            continue
        id = entry.id
        if id is None or id in charts:
            notes.add(
                NoteKind.UNREADABLE,
                entry.resource.path,
                "a Patient has no id of its own, so nothing can be told to be about them",
                "give each Patient an id; this one was left out",
            )
            if id is not None and entry.resource.value != charts[id].entry.resource.value:
                _doubt_status(charts[id])
            continue
        own = Notes()
        person = Entry(Element(entry.resource.value, entry.resource.path, own), "Patient")
        charts[id] = Chart(
            entry=person,
            id=id,
            vocabularies=vocabularies,
            resources=resources,
            notes=own,
            questionnaires=questionnaires,
        )
        read_person(charts[id])
    return charts


def _doubt_status(chart: Chart) -> None:
    """Of two records with one id, one may say that the person has died."""
    source = Provenance(source=chart.entry.source, stated_by=StatedBy.RECORD)
    chart.cannot_read("record_status", source)
    chart.notes.add(
        NoteKind.UNREADABLE,
        chart.entry.resource.path,
        "there is another Patient with this id, which says something else",
        "keep the one that is right, or confirm with a clinician that the person is alive",
    )


def _read_the_rest(
    files: list[Path], charts: dict[str, Chart], notes: Notes, line_limit: int
) -> None:
    unheard = Notes()  # the first pass has already said what is wrong with lines
    for entry in _entries(files, unheard, line_limit):
        if entry.type == "Patient" or entry.type in POINTED_AT:
            continue
        if entry.type not in READERS:
            notes.add(
                NoteKind.NOT_READ,
                entry.resource.path,
                f"resources of type {entry.type} are not read",
                "nothing to do; no fact comes from them",
            )
            continue
        chart = charts.get(_subject_of(entry) or "")
        if chart is None:
            notes.add(
                NoteKind.DOUBTFUL,
                entry.resource.path,
                f"a resource of type {entry.type} is about nobody in the export",
                "check that the export holds all its Patients; it was left out",
            )
            continue
        resource = Element(entry.resource.value, entry.resource.path, chart.notes)
        again = Entry(resource, entry.type)
        refuse_other_versions([again], chart.notes)
        if not chart.notes.refused():
            read_entries(chart, [again])


def _subject_of(entry: Entry) -> str | None:
    """The id of the patient a resource names; `points_at` has the last word on it."""
    silent = Element(entry.resource.value, entry.resource.path, Notes())
    text = silent.first(*_SUBJECTS)["reference"].text()
    if text is None:
        return None
    return text.partition("/_history/")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _entries(files: list[Path], notes: Notes, line_limit: int) -> Iterator[Entry]:
    for path in files:
        for number, line in _lines(path, notes, line_limit):
            where = f"{path.name}:{number}"
            row = _parse(line, where, notes)
            if row is None:
                continue
            resource = Element(row, where, notes)
            kind = resource["resourceType"].text()
            if kind is None:
                notes.add(
                    NoteKind.NOT_READ,
                    where,
                    f"a row of {path.name} is no resource",
                    "nothing to do; rows of an export's log are of this kind",
                )
                continue
            yield Entry(resource, kind)


def _parse(line: bytes, where: str, notes: Notes) -> dict[str, Any] | None:
    try:
        row: object = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        notes.add(
            NoteKind.UNREADABLE,
            f"{where}:{problem.colno}",
            "a line is not JSON",
            "export the file again; the line was left out",
        )
        return None
    if isinstance(row, dict):
        return cast("dict[str, Any]", row)
    notes.add(
        NoteKind.UNREADABLE,
        where,
        "a line is JSON, but no resource",
        "export the file again; the line was left out",
    )
    return None


def _lines(path: Path, notes: Notes, line_limit: int) -> Iterator[tuple[int, bytes]]:
    """The lines that hold anything, with their numbers, never more than one in memory."""
    number = 0
    try:
        with _opened(path) as file:
            while line := file.readline(line_limit):
                number += 1
                if len(line) >= line_limit:
                    notes.add(
                        NoteKind.UNREADABLE,
                        f"{path.name}:{number}",
                        f"a line has {line_limit:,} bytes or more, and one resource never does",
                        "check that the file is NDJSON; the rest of the file was left out",
                    )
                    return
                if text := line.removeprefix(b"\xef\xbb\xbf").strip():
                    yield number, text
    except (OSError, EOFError, zlib.error):
        notes.add(
            NoteKind.REFUSED,
            f"{path.name}:{number + 1}",
            "the file cannot be read to its end",
            "check that the file is there and was copied whole",
        )


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")
