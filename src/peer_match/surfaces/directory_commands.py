"""`peer-match directory`: read a directory, and see what became of every row."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer

from peer_match.directories.own_groups import write_groups
from peer_match.directories.read import read_directory_file
from peer_match.directories.reading import DirectoryReading, FeedSettings, Format
from peer_match.policy.load import load_policy
from peer_match.surfaces.files import write_whole
from peer_match.surfaces.inputs import Faults

directory_app = typer.Typer(help="Directories of groups.", no_args_is_help=True)
UNUSABLE = 2  # exit code: the file cannot be used


@directory_app.callback()
def directory() -> None:
    """Directories of groups."""


@directory_app.command()
def read(
    file: Annotated[Path, typer.Argument(help="A directory file.")],
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
        Path | None, typer.Option("--out", help="Write the groups here, for `suggest --groups`.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a directory: how many rows were taken, doubted and refused, and why."""
    faults = Faults()
    try:
        day = None if retrieved is None else date.fromisoformat(retrieved)
    except ValueError:
        typer.echo(f"`{retrieved}` is not a date such as 2026-03-01", err=True)
        raise typer.Exit(UNUSABLE) from None
    settings = FeedSettings(fellowship=fellowship, zone=zone, retrieved=day)
    try:
        reading = read_directory_file(
            file, vocabularies=load_policy().vocabularies, format=format, settings=settings
        )
    except OSError as problem:
        faults.unreadable(file, problem)
        reading = None
    if reading is not None:
        for problem in reading.problems:
            faults.problem(file, problem)
    if reading is None or faults.said:
        for line in faults.said:
            typer.echo(line, err=True)
        raise typer.Exit(UNUSABLE)
    if out is not None:
        write_whole(out, write_groups(reading.groups))
    if json:
        sys.stdout.buffer.write(
            orjson.dumps(_as_json(reading), option=orjson.OPT_SORT_KEYS) + b"\n"
        )
    else:
        typer.echo(_as_text(reading))


def _counts(reading: DirectoryReading) -> Counter[tuple[str, str]]:
    return Counter((note.kind.value, note.reason.value) for note in reading.notes)


def _as_json(reading: DirectoryReading) -> dict[str, object]:
    return {
        "name": reading.name,
        "format": reading.format,
        "rows": reading.rows,
        "groups": len(reading.groups),
        "reasons": [
            {"kind": kind, "reason": reason, "rows": count}
            for (kind, reason), count in sorted(_counts(reading).items())
        ],
        "notes": [note.model_dump(mode="json") for note in reading.notes],
        "feed_notes": [note.model_dump(mode="json") for note in reading.feed_notes],
    }


def _as_text(reading: DirectoryReading) -> str:
    lines = [
        f"{reading.name}: {reading.rows} rows, {len(reading.groups)} groups ({reading.format})"
    ]
    lines.extend(
        f"  {count:>5}  {kind}: {reason}"
        for (kind, reason), count in sorted(_counts(reading).items())
    )
    lines.extend(
        f"  note: {note.reason.value} {note.detail or ''} ({note.count})".rstrip()
        for note in reading.feed_notes
    )
    return "\n".join(lines)
