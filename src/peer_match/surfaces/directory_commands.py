"""`peer-match directory`: read a directory, and see what became of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from peer_match.directories.own_groups import write_groups
from peer_match.directories.read import read_directory_file
from peer_match.directories.reading import DirectoryReading, FeedSettings, Format, NoteKind
from peer_match.directories.reasons import REASONS
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.load import load_policy
from peer_match.surfaces.faults import EXIT_CODES, Exit, Faults, stop
from peer_match.surfaces.files import check_named_outputs, check_readable, write_or_stop
from peer_match.surfaces.printing import JsonOption, print_json, working

directory_app = typer.Typer(help="Directories of groups.", epilog=EXIT_CODES, no_args_is_help=True)


@directory_app.callback()
def directory() -> None:
    """Directories of groups."""


@directory_app.command(epilog=EXIT_CODES)
def read(
    file: Annotated[Path, typer.Argument(help="A directory file.", readable=False)],
    format: Annotated[
        Format | None, typer.Option("--format", help="Default: what the file shows itself to be.")
    ] = None,
    fellowship: Annotated[
        str | None, typer.Option("--fellowship", help="A code of the vocabulary `fellowship`.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="The time zone of rows that do not say theirs.")
    ] = None,
    retrieved: Annotated[
        str | None, typer.Option("--retrieved", help="The day the file was fetched.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write the groups here, for `suggest --groups`.", readable=False
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Read a directory: how many rows were taken, doubted and refused, and why.

    For example: peer-match directory read meetings.json --fellowship aa
    --zone America/Los_Angeles --out groups.json

    Exit code 1 if rows were refused that may have been groups; the others are written all the same.
    """
    outputs = () if out is None else (out,)
    faults = Faults()
    check_named_outputs(outputs, [file], faults)
    day = _day(retrieved, faults)
    faults.stop_if_any()
    settings = FeedSettings(fellowship=fellowship, zone=zone, retrieved=day)
    with working(f"Reading {file.name}"):
        reading = _reading(file, format, settings, faults)
        if reading is None or faults.said:
            stop(faults.said)
        write_or_stop({one: write_groups(reading.groups) for one in outputs})
    if json:
        print_json(_as_json(reading))
    else:
        typer.echo(_as_text(file, reading))
    if reading.lost:
        raise typer.Exit(Exit.PROBLEMS)


def _day(text: str | None, faults: Faults) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        faults.said.append(f"`{text}` is not a date such as 2026-03-01")
        return None


def _reading(
    file: Path, format: Format | None, settings: FeedSettings, faults: Faults
) -> DirectoryReading | None:
    try:
        check_readable(file)
        reading = read_directory_file(
            file, vocabularies=load_policy().vocabularies, format=format, settings=settings
        )
    except OSError as problem:
        faults.unreadable(file, problem)
        return None
    for problem in reading.problems:
        faults.problem(file, problem)
    return reading


def _counts(reading: DirectoryReading) -> Counter[tuple[str, str]]:
    return Counter((note.kind.value, note.reason.value) for note in reading.notes)


def _as_json(reading: DirectoryReading) -> dict[str, object]:
    return {
        "name": reading.name,
        "format": reading.format,
        "rows": reading.rows,
        "groups": len(reading.groups),
        "tzdata_version": TZDATA_VERSION,
        "reasons": [
            {"kind": kind, "reason": reason, "rows": count}
            for (kind, reason), count in sorted(_counts(reading).items())
        ],
        "notes": [
            {**note.model_dump(mode="json"), "meaning": note.meaning} for note in reading.notes
        ],
        "feed_notes": [note.model_dump(mode="json") for note in reading.feed_notes],
    }


def _meanings(reading: DirectoryReading) -> Iterable[str]:
    """What the codes of doubts mean; each refused row is told with the meaning of its own."""
    doubts = {one.reason for one in reading.notes if one.kind is NoteKind.TAKEN_WITH_DOUBT}
    told = sorted(doubts | {one.reason for one in reading.feed_notes})
    yield from (f"  {reason.value}: {REASONS[reason]}" for reason in told)
    if doubts:
        yield "  --json lists the rows"


def _as_text(file: Path, reading: DirectoryReading) -> str:
    lines = [
        f"{reading.name}: {reading.rows} rows, {len(reading.groups)} groups ({reading.format})"
    ]
    if not reading.rows:
        lines.append("  the directory is empty: it has no rows")
    lines.extend(
        f"  {count:>5}  {kind}: {reason}"
        for (kind, reason), count in sorted(_counts(reading).items())
    )
    lines.extend(_meanings(reading))
    lines.extend(
        f"  note: {note.reason.value} {note.detail or ''} ({note.count})".rstrip()
        for note in reading.feed_notes
    )
    lines.extend(f"{file}: {one}" for one in reading.refusals)
    return "\n".join(lines)
