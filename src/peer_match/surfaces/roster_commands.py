"""`peer-match roster`: is everybody whom the roster names somebody?

For whoever looks after the whole programme: it names people and what stands between them, which
whoever matches one person is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from peer_match.directories.roster import Roster
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.read import read_patient_file
from peer_match.policy.load import load_policy
from peer_match.surfaces.faults import EXIT_CODES, Exit, Faults
from peer_match.surfaces.files import check_readable
from peer_match.surfaces.inputs import GroupsInput, annotations_from, groups_from, roster_from
from peer_match.surfaces.printing import JsonOption, print_json, warn, working
from peer_match.surfaces.unmatched import (
    Known,
    UnmatchedRow,
    known_ids,
    lines_of,
    unmatched_rows,
)

_ENDINGS = (".json", ".json.gz")

roster_app = typer.Typer(help="The roster of a programme.", epilog=EXIT_CODES, no_args_is_help=True)


@roster_app.callback()
def roster() -> None:
    """The roster of a programme."""


@roster_app.command(epilog=EXIT_CODES)
def check(
    file: Annotated[Path, typer.Argument(help="The roster.", readable=False)],
    groups: Annotated[
        list[Path],
        typer.Option("--groups", help="A directory of groups; may be given again.", readable=False),
    ],
    patients: Annotated[
        list[Path] | None,
        typer.Option(
            "--patients",
            help="The record of a person, or a folder of records; may be given again.",
            readable=False,
        ),
    ] = None,
    annotations: Annotated[
        Path | None,
        typer.Option(
            "--annotations",
            help="What directories lack: also who leads and attends.",
            readable=False,
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Every id of a roster that matches nobody, with its row: most often it is mistyped.

    For example: peer-match roster check roster.json --groups meetings.json
    --annotations annotations.json --patients records/

    Give every record and every directory of the programme. The answer names people and what stands
    between them: it is for whoever looks after the roster. Exit code 1 if an id matches nobody.
    """
    with working("Checking"):
        found, listed, people = _read(file, groups, patients or (), annotations)
        known = known_ids(people, listed.groups, found)
        rows = unmatched_rows(found, known)
    if not patients:
        warn(["without --patients, the ids of patients match nobody and are listed as well"])
    warn(listed.warnings)
    warn(f"{annotations}: {one}" for one in listed.unmatched)
    if json:
        print_json(
            {"file": str(file), "patients": len(people), "unmatched": _as_json(file, rows, known)}
        )
    else:
        typer.echo("".join(f"{line}\n" for line in lines_of(file, rows, known)), nl=False)
        typer.echo(_counted(rows, people))
    if rows:
        raise typer.Exit(Exit.PROBLEMS)


def _read(
    file: Path, groups: Sequence[Path], patients: Iterable[Path], annotated: Path | None
) -> tuple[Roster, GroupsInput, tuple[str, ...]]:
    """The roster, the groups and the ids of the people; stops with every problem of every file."""
    faults = Faults()
    vocabularies = load_policy().vocabularies
    annotations = annotations_from(annotated, vocabularies, faults)
    listed = groups_from(groups, annotations, vocabularies, faults)
    found = roster_from(file, vocabularies, faults)
    people = [
        id
        for given in patients
        for path in _records(given, faults)
        for id in _id_of(path, vocabularies, faults)
    ]
    faults.stop_if_any()
    return found, listed, tuple(people)


def _records(given: Path, faults: Faults) -> Sequence[Path]:
    """A record, or every record of a folder."""
    if not given.is_dir():
        return [given]
    found = sorted(one for one in given.iterdir() if one.name.endswith(_ENDINGS))
    if not found:
        faults.file(given, "no record lies in this folder", "name a folder of `.json` files")
    return found


def _id_of(path: Path, vocabularies: Vocabularies, faults: Faults) -> Iterator[str]:
    try:
        check_readable(path)
        reading = read_patient_file(path, vocabularies=vocabularies)
    except OSError as problem:
        faults.unreadable(path, problem)
        return
    for note in reading.refusals:
        faults.record(path, note)
    if reading.patient is not None:
        yield reading.patient.id


def _as_json(file: Path, rows: Iterable[UnmatchedRow], known: Known) -> list[dict[str, object]]:
    lines = lines_of(file, rows, known)
    return [
        {"file": str(file), "row": row.row, "id": row.id, "expected": row.kind, "message": line}
        for row, line in zip(rows, lines, strict=True)
    ]


def _counted(rows: Sequence[UnmatchedRow], people: Sequence[str]) -> str:
    patients = "1 patient" if len(people) == 1 else f"{len(people)} patients"
    if not rows:
        return f"checked with {patients}: every id matches somebody"
    return f"checked with {patients}: ids that match nobody: {len(rows)}"
