"""Ids that more than one file gives: nobody could say which group or mentor is meant by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peer_match.directories.reading import DirectoryReading, Format
from peer_match.directories.roster import Roster
from peer_match.policy.diagnostics import listed
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.files import is_same_file

MOST_SHOWN = 5  # ids that are named; the others are counted
RENAME = (
    "leave one of the two out, or rename it: the ids of a public directory begin with the name "
    "of its file"
)


@dataclass(frozen=True)
class IdsOfFile:
    """The ids that one file gives. `feed` is what they begin with, in a public directory."""

    path: Path
    ids: frozenset[str]
    feed: str | None = None


def ids_of_directory(path: Path, reading: DirectoryReading) -> IdsOfFile:
    """The ids of the groups of a directory."""
    own = reading.format is Format.PEER_MATCH
    return IdsOfFile(
        path, frozenset(one.id for one in reading.groups), None if own else reading.name
    )


def ids_of_roster(path: Path, roster: Roster) -> IdsOfFile:
    """The ids of the mentors of a roster; a placement names a group or a mentor by id alone."""
    return IdsOfFile(path, frozenset(one.id for one in roster.mentors))


def check_apart(files: Sequence[IdsOfFile], faults: Faults) -> None:
    """A problem for each file that gives an id, or the name of a feed, that another gives too."""
    told: set[tuple[Path, str]] = set()
    for number, one in enumerate(files):
        others = (*files[:number], *files[number + 1 :])
        for message, help in _problems(one, others):
            if (one.path, message) not in told:
                told.add((one.path, message))
                faults.file(one.path, message, help)


def _problems(one: IdsOfFile, others: Sequence[IdsOfFile]) -> Iterator[tuple[str, str]]:
    for other in others:
        shared = sorted(one.ids & other.ids)
        if one.path == other.path:
            yield "it is given more than once", "give each file once"
        elif is_same_file(one.path, other.path):
            yield f"it is the same file as {other.path}", "give each file once"
        elif shared:
            yield f"{_count(shared)} also in {other.path}: {_some(shared)}", RENAME
        elif one.feed is not None and one.feed == other.feed:
            # No id is there twice, but annotations could not tell the two feeds apart.
            yield f"{other.path} is the feed `{one.feed}` as well", RENAME


def _count(ids: Sequence[str]) -> str:
    return "1 of its ids is" if len(ids) == 1 else f"{len(ids):,} of its ids are"


def _some(ids: Sequence[str]) -> str:
    if len(ids) <= MOST_SHOWN:
        return listed(ids, last="and")
    return ", ".join(f"`{id}`" for id in ids[:MOST_SHOWN]) + f" and {len(ids) - MOST_SHOWN:,} more"
