"""Every file of the corpora, read: what became of each row and each resource, as two tables.

    python tests/acceptance/read_everything.py CORPUS

Single resources of one folder are read alone, which refuses all but a Patient, and together, as a
record of the folder's person.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from peer_match.directories import FeedSettings, NoteKind, read_directory_file
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.read import (
    POINTED_AT,
    READERS,
    PatientReading,
    read_patient,
    read_patient_file,
)
from peer_match.fhir.read_bulk import read_bulk
from peer_match.policy.load import load_policy

# What the feeds do not say of themselves. Illinois is left without its zone on purpose.
SETTINGS = {
    "meeting_guide_orange_county": FeedSettings(fellowship="aa", zone="America/Los_Angeles"),
    "meeting_guide_edmonton": FeedSettings(fellowship="aa", zone="America/Edmonton"),
    "meeting_guide_alanon_northern_illinois": FeedSettings(fellowship="al-anon"),
    "bmlt_yap_geneva_day2": FeedSettings(fellowship="na", zone="America/New_York"),
}
TOGETHER = ("gravity", "hl7-r4-examples")
BULK = "bulk-ndjson"


@dataclass(frozen=True)
class Directory:
    """What came of a file of meetings; `problems` says why nothing did."""

    file: str
    format: str
    rows: int
    taken: int
    doubted: int
    refused: int
    groups: int
    why: str


@dataclass(frozen=True)
class Record:
    """What came of a file or folder about people.

    `read`, `looked_up` and `not_read` count resources that facts come from, that others point at,
    and that no fact comes from. `notes` counts what the readers said.
    """

    file: str
    people: int
    refused: str
    read: int
    looked_up: int
    not_read: int
    notes: str


def directories(corpus: Path) -> list[Directory]:
    """Every file of `meetings`, in the order of names."""
    vocabularies = load_policy().vocabularies
    return [_directory(path, vocabularies) for path in sorted((corpus / "meetings").iterdir())]


def records(corpus: Path) -> list[Record]:
    """Every file of `patients`, in the order of names, and the folders read as a whole."""
    vocabularies = load_policy().vocabularies
    found: list[Record] = []
    for path in sorted((corpus / "patients").rglob("*")):
        if path.is_dir() and path.name == BULK:
            resources = [one for file in sorted(path.iterdir()) for one in _lines(file)]
            readings = list(read_bulk(path, vocabularies=vocabularies))
            found.append(_record(f"{path.name}/ as an export", readings, resources))
        elif path.is_dir() and path.name in TOGETHER:
            resources = [_one(file) for file in sorted(path.iterdir())]
            reading = read_patient(_bundle(resources), name=path.name, vocabularies=vocabularies)
            found.append(_record(f"{path.name}/ as one record", [reading], resources))
        elif path.is_file():
            reading = read_patient_file(path, vocabularies=vocabularies)
            name = str(path.relative_to(corpus / "patients"))
            found.append(_record(name, [reading], _resources(path)))
    return found


def by_folder(found: list[Record]) -> list[Record]:
    """The same, with the single files of each folder in one row."""
    rows: dict[str, list[Record]] = {}
    for one in found:
        folder = one.file.partition("/")[0]
        whole = "/" not in one.file or one.file.startswith(f"{folder}/ ")
        rows.setdefault(one.file if whole else f"{folder}/, each file alone", []).append(one)
    return [_sum(file, same) for file, same in sorted(rows.items())]


def _sum(file: str, same: list[Record]) -> Record:
    if len(same) == 1:
        return same[0]
    why = Counter(_why_alike(one.refused) for one in same if one.refused)
    notes: Counter[str] = Counter()
    for kind, times in (said.rsplit(" ", 1) for one in same for said in one.notes.split(", ")):
        notes[kind] += int(times)
    return Record(
        file=f"{file} ({len(same)})",
        people=sum(one.people for one in same),
        refused=", ".join(f"{said} {n}" for said, n in why.most_common()),
        read=sum(one.read for one in same),
        looked_up=sum(one.looked_up for one in same),
        not_read=sum(one.not_read for one in same),
        notes=", ".join(f"{kind} {n}" for kind, n in sorted(notes.items())),
    )


def _why_alike(refused: str) -> str:
    """Why there is nobody, without the place and the type."""
    message = refused.partition(": ")[2]
    return "no record of a person" if message.endswith("record of a person") else message


def _directory(path: Path, vocabularies: Vocabularies) -> Directory:
    settings = SETTINGS.get(path.stem, FeedSettings())
    reading = read_directory_file(path, vocabularies=vocabularies, settings=settings)
    said = [one.code for one in reading.problems]
    for kind, word in ((NoteKind.REFUSED, "refused "), (NoteKind.TAKEN_WITH_DOUBT, "")):
        said += [f"{word}{reason.value} {n}" for reason, n in reading.counts(kind).items()]
    return Directory(
        file=path.name,
        format=reading.format.value if reading.format else "",
        rows=reading.rows,
        taken=reading.taken,
        doubted=reading.doubted,
        refused=reading.refused,
        groups=len(reading.groups),
        why=", ".join(said),
    )


def _record(file: str, readings: list[PatientReading], resources: list[Any]) -> Record:
    notes: Counter[str] = Counter()
    refusals: list[str] = []
    for reading in readings:
        refusals += [f"{one.where}: {one.message}" for one in reading.refusals]
        for note in reading.notes:
            notes[note.kind.value] += note.times
    people = sum(one.patient is not None for one in readings)
    types = Counter(_type_of(one) for one in resources)
    # Where there is nobody, nothing was read.
    taken = {*READERS, "Patient"} if people else set[str]()
    pointed_at = POINTED_AT if people else frozenset[str]()
    return Record(
        file=file,
        people=people,
        refused="; ".join(refusals),
        read=sum(n for type, n in types.items() if type in taken),
        looked_up=sum(n for type, n in types.items() if type in pointed_at),
        not_read=sum(n for type, n in types.items() if type not in taken | pointed_at),
        notes=", ".join(f"{kind} {n}" for kind, n in sorted(notes.items())),
    )


def _type_of(resource: Any) -> str:
    return str(resource.get("resourceType")) if isinstance(resource, dict) else ""


def _resources(path: Path) -> list[Any]:
    """The resources of a file, whatever it is; none where it is no JSON."""
    if ".ndjson" in path.name:
        return list(_lines(path))
    try:
        whole = _one(path)
    except orjson.JSONDecodeError:
        return []
    entries = whole.get("entry") if _type_of(whole) == "Bundle" else None
    return [whole] if entries is None else [one.get("resource") for one in entries]


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.name.endswith(".gz") else data


def _one(path: Path) -> Any:
    return orjson.loads(_content(path).removeprefix(b"\xef\xbb\xbf"))


def _lines(path: Path) -> Iterator[Any]:
    yield from (orjson.loads(line) for line in _content(path).splitlines() if line.strip())


def _bundle(resources: list[Any]) -> dict[str, Any]:
    """A record of the folder's Patient, or, where it has none, of the one of HL7's examples."""
    if not any(_type_of(one) == "Patient" for one in resources):
        resources = [{"resourceType": "Patient", "id": "example"}, *resources]
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def table(rows: Iterable[Any], titles: dict[str, str]) -> str:
    """A Markdown table of some fields of values."""
    lines = ["| " + " | ".join(titles.values()) + " |", "|" + "---|" * len(titles)]
    for row in rows:
        values = [getattr(row, name) for name in titles]
        cells = [f"{value:,}" if isinstance(value, int) else value for value in values]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


DIRECTORY_TITLES = {
    "file": "file", "format": "format", "rows": "rows", "taken": "taken", "doubted": "with doubt",
    "refused": "refused", "groups": "groups", "why": "why: rows with each reason",
}  # fmt: skip
RECORD_TITLES = {
    "file": "file", "people": "people", "read": "resources read", "looked_up": "looked up",
    "not_read": "not read", "notes": "notes", "refused": "why nobody",
}  # fmt: skip


def main(corpus: Path) -> None:
    print(table(directories(corpus), DIRECTORY_TITLES))
    print()
    print(table(by_folder(records(corpus)), RECORD_TITLES))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
