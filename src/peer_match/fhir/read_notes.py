"""What a reading has to say besides the facts: nothing that was not understood is lost silently.

A note says what was found, where, and what to do about it. Notes that say the same thing are one
note, with the first place and how often it was found. No note holds a name or a free text of the
record.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """What sort of thing a note says; in the order in which a reader should look at them."""

    REFUSED = "refused"
    NEEDS_A_PERSON = "needs a person"
    UNREADABLE = "unreadable"
    NOT_UNDERSTOOD = "not understood"
    DOUBTFUL = "doubtful"
    NOT_SELF_STATED = "not stated by the person"
    ABOUT_OTHERS = "about somebody else"
    ASSUMED = "assumed"
    PROTECTED = "protected"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was found. `where` is a FHIR path, or a line of a file; `times` counts it."""

    kind: NoteKind
    where: str
    message: str
    fix: str
    times: int = 1


class Notes:
    """The notes of one reading while it is under way."""

    def __init__(self) -> None:
        self._first: dict[tuple[NoteKind, str, str], str] = {}
        self._times: dict[tuple[NoteKind, str, str], int] = {}

    def add(self, kind: NoteKind, where: str, message: str, fix: str) -> None:
        """Say something; said before, it is counted."""
        key = (kind, message, fix)
        self._first.setdefault(key, where)
        self._times[key] = self._times.get(key, 0) + 1

    def refused(self) -> bool:
        """Whether anything was said that leaves no patient to read."""
        return any(kind is NoteKind.REFUSED for kind, _, _ in self._first)

    def all(self) -> tuple[Note, ...]:
        """Every note, the ones to look at first in front."""
        order = list(NoteKind)
        return tuple(
            sorted(
                (
                    Note(kind, self._first[key], message, fix, times)
                    for key, times in self._times.items()
                    for kind, message, fix in [key]
                ),
                key=lambda note: (order.index(note.kind), note.message, note.where),
            )
        )
