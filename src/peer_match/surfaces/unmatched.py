"""Ids that match nobody: what a roster or an annotation file says of somebody who is nowhere.

Most often such an id is mistyped, and then a protective order keeps nobody apart, in silence. So
whoever runs the command is told of each, with the file, the row and the id.

Not in the decision, though: whoever it is projected for would learn from a note on a conflict that
there is one, and from a row about another person that this person is in the programme. Only what
the roster says of the person themselves, a placement or a refusal, becomes a note of the decision,
where it goes the way of every note on their record.
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


def warnings_of(path: Path, rows: Sequence[UnmatchedRow], known: Known) -> Iterator[str]:
    """What is told to whoever runs the command: rows about the person first, then the others.

    A roster serves a whole programme and a command often one person, so rows about others are
    ordinary: they share a line, that the rows which matter here stay in sight.
    """
    for row in rows:
        if row.about is not None:
            yield (
                f"{path}: {row.row}: no {row.kind} in these files is {quote(row.id)}, "
                f"so the row has no effect{_meant(row, known)}"
            )
    others = [row for row in rows if row.about is None]
    if others:
        listed = ", ".join(f"{row.row} {quote(row.id)}" for row in others)
        yield f"{path}: rows about others, with ids that are not in these files: {listed}"


def _meant(row: UnmatchedRow, known: Known) -> str:
    if row.kind is TARGET:
        return near(row.id, known.targets)
    patient = known.patient(row.id)
    return near(row.id, known.people) if patient is None else f"; did you mean {quote(patient)}?"


def notes_of(rows: Iterable[UnmatchedRow]) -> Iterator[str]:
    """What may stand in the decision: only what is said of the person themselves."""
    for row in rows:
        if row.about is not None and row.kind is TARGET:
            yield f"{row.row} of the roster: no group or mentor is called {quote(row.id)}"
