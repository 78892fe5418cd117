"""Rows of a directory that were refused or fit nobody, in the words that are printed.

A group that was not read is matched with nobody, and then "nothing fits" would be said of people
for whom something does: so whoever runs a command is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from peer_match.directories.reading import DirectoryReading, RowNote
from peer_match.directories.reasons import LEFT_OUT_ON_PURPOSE, Reason
from peer_match.facts.group import Group

MOST_SHOWN = 5  # faults that are shown where a command does something else than read a directory
ALL = "`peer-match directory read` shows all"


def none_usable(reading: DirectoryReading) -> tuple[str, str]:
    """What is said of a directory that has rows and yields no group, and how to put it right."""
    shown = "".join(f"\n  {one}" for one in reading.refusals[:MOST_SHOWN])
    return (
        f"none of its {reading.rows} rows can be used as a group, so nothing was decided{shown}"
        f"{_more(len(reading.refusals))}",
        f"put the rows right; {ALL}",
    )


def warnings_of_rows(path: Path, reading: DirectoryReading) -> Iterator[str]:
    """What is said of a directory of which something was used, or which is empty."""
    if not reading.rows:
        yield f"{path}: the directory is empty: it has no rows"
    if reading.lost:
        lost = _lost(reading)
        shown = "".join(f"\n  {one}" for one in lost[:MOST_SHOWN])
        yield (
            f"{path}: {reading.lost} of {reading.rows} rows were refused, and no group of theirs "
            f"was looked at; `peer-match directory read {path}` shows all{shown}{_more(len(lost))}"
        )


def warnings_of_purpose(
    path: Path, reading: DirectoryReading, annotated: Iterable[Group]
) -> Iterator[str]:
    """Why nobody is matched with groups of a feed that says nowhere what they are for.

    `annotated` are the groups of every directory, with what annotations say of them.
    """
    if all(one.reason is not Reason.FELLOWSHIP_NOT_CONFIGURED for one in reading.feed_notes):
        return
    ids = {one.id for one in reading.groups}
    unknown = sum(one.id in ids and not one.purposes.statements for one in annotated)
    if unknown:
        yield (
            f"{path}: what {unknown:,} of its {len(ids):,} groups are for is unknown, as no "
            "fellowship is given: name it in `feeds` of --annotations, or read the feed with "
            "`peer-match directory read --fellowship`"
        )


def _lost(reading: DirectoryReading) -> list[RowNote]:
    return [one for one in reading.refusals if one.reason not in LEFT_OUT_ON_PURPOSE]


def _more(count: int) -> str:
    return f"\n  … and {count - MOST_SHOWN:,} more" if count > MOST_SHOWN else ""
