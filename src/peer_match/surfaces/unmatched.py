"""Ids that match nobody: what a roster or an annotation file says of somebody who is nowhere.

Most often such an id is mistyped, and then a protective order keeps nobody apart, in silence. Two
readers are told, each what is theirs:
- Whoever looks after the whole programme is told of each, with the row and the id (`roster check`).
- Whoever runs one person's match is told of that person's own placements and refusals alone. With
  one record at hand everybody else is "nowhere", so naming an id would tell who else is in the
  programme and who must be kept apart from whom; they are sent to the check instead.

Only a placement or a refusal of the person themselves becomes a note of the decision, where it goes
the way of every note on their record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peer_match.directories.roster import Roster, Standing
from peer_match.facts.group import Group
from peer_match.policy.diagnostics import quote
from peer_match.surfaces.printing import near

PERSON = "person"
TARGET = "group or mentor"
CHECK = "peer-match roster check"
MOST_ANNOTATIONS = 10  # annotations that fit nothing and get a line each


@dataclass(frozen=True)
class UnmatchedRow:
    """An id that is nowhere, and the row of the roster that names it.

    `kind` says what the id should be of. `about` is the person at hand whom the row is about, or
    seems to be about but for how the id is written; None for a row about others.
    """

    row: str
    id: str
    kind: str
    about: str | None


@dataclass(frozen=True)
class Known:
    """Every id that can be matched: of people, and of groups and mentors."""

    patients: dict[str, str]
    people: frozenset[str]
    targets: frozenset[str]

    def patient(self, id: str) -> str | None:
        """The patient whom an id means or seems to mean: `p-7`, `P7` and `Patient/p7` are alike."""
        return self.patients.get(_plain(id))


def _plain(id: str) -> str:
    return "".join(one for one in id.rpartition("/")[2].casefold() if one.isalnum()) or id


def known_ids(patients: Iterable[str], groups: Iterable[Group], roster: Roster) -> Known:
    """The ids in the files of a command."""
    found = {_plain(id): id for id in patients}
    people, targets = set(found.values()), {one.id for one in roster.mentors}
    for mentor in roster.mentors:
        people |= {mentor.id, mentor.person or mentor.id}
    for group in groups:
        targets.add(group.id)
        people |= {*group.members, *(one.id for one in group.facilitators)}
    return Known(found, frozenset(people), frozenset(targets))


def unmatched_rows(roster: Roster, known: Known) -> tuple[UnmatchedRow, ...]:
    """Every id of a conflict, a placement or a refusal that matches nobody, in the file's order."""
    return (
        *_conflicts(roster, known),
        *_standings("placements", roster.placements, known),
        *_standings("refusals", roster.refusals, known),
    )


def _conflicts(roster: Roster, known: Known) -> Iterator[UnmatchedRow]:
    for number, conflict in enumerate(roster.conflicts):
        about = next(filter(None, map(known.patient, conflict.between)), None)
        for id in conflict.between:
            if id not in known.people:
                yield UnmatchedRow(f"conflicts[{number}]", id, PERSON, about)


def _standings(name: str, standings: Sequence[Standing], known: Known) -> Iterator[UnmatchedRow]:
    for number, one in enumerate(standings):
        about = known.patient(one.person)
        if one.person not in known.people:
            yield UnmatchedRow(f"{name}[{number}]", one.person, PERSON, about)
        if one.target.value not in known.targets:
            yield UnmatchedRow(f"{name}[{number}]", one.target.value, TARGET, about)


def lines_of(path: Path, rows: Iterable[UnmatchedRow], known: Known) -> Iterator[str]:
    """Every row, for whoever looks after the whole roster; for nobody else."""
    for row in rows:
        yield (
            f"{path}: {row.row}: no {row.kind} in these files is {quote(row.id)}, "
            f"so the row has no effect{meant(row, known)}"
        )


def warnings_of(path: Path, rows: Sequence[UnmatchedRow], known: Known) -> Iterator[str]:
    """What is told to whoever runs a command for one person.

    Rows about others, and the other people of this person's conflicts, show by nothing but a line
    that is always the same.
    """
    own = [row for row in rows if _is_told(row)]
    yield from lines_of(path, own, known)
    if any(row.about is not None and known.patient(row.id) == row.about for row in rows):
        yield (
            f"{path}: it seems to name this person by an id that is written otherwise, and what it "
            f"says there has no effect: run `{CHECK}`"
        )
    elif len(own) < len(rows):
        yield f"{path}: to see whether each of its ids is somebody, run `{CHECK}`"


def _is_told(row: UnmatchedRow) -> bool:
    return row.about is not None and row.kind is TARGET


def meant(row: UnmatchedRow, known: Known) -> str:
    """What the id may have been meant for, to add to a line; "" where nothing is near."""
    if row.kind is TARGET:
        return near(row.id, known.targets)
    patient = known.patient(row.id)
    return near(row.id, known.people) if patient is None else f"; did you mean {quote(patient)}?"


def warnings_of_annotations(path: Path, unmatched: Sequence[str]) -> Iterator[str]:
    """The first annotations that fit nothing, and how many more there are.

    With one directory of several at hand, most annotations are about groups that are nowhere.
    """
    yield from (f"{path}: {one}" for one in unmatched[:MOST_ANNOTATIONS])
    more = len(unmatched) - MOST_ANNOTATIONS
    if more > 0:
        yield f"{path}: {more:,} more fit nothing; the notes of --json have them all"


def notes_of(rows: Iterable[UnmatchedRow]) -> Iterator[str]:
    """What may stand in the decision: only what is said of the person themselves."""
    for row in rows:
        if _is_told(row):
            yield f"{row.row} of the roster: no group or mentor is called {quote(row.id)}"
