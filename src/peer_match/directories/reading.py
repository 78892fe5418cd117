"""What comes out of reading a directory, and the settings that go in.

Row ids and details never hold free text of the feed: notes may name people.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum

from pydantic import Field

from peer_match.directories.reasons import LEFT_OUT_ON_PURPOSE, REASONS, Reason
from peer_match.facts.group import Group
from peer_match.facts.provenance import Frozen, Provenance

DEFAULT_SIZE_LIMIT = 32_000_000
"""Bytes. Twenty times the largest public feed seen; reading takes some thirty times the size."""


class Format(StrEnum):
    """The formats that can be read."""

    MEETING_GUIDE = "meeting-guide"
    BMLT = "bmlt"
    HSDS = "hsds"
    PEER_MATCH = "peer-match"


class WeekdayBase(StrEnum):
    """What the numbers of a feed call the days of the week."""

    SUNDAY_IS_0 = "sunday-is-0"
    SUNDAY_IS_1 = "sunday-is-1"
    MONDAY_IS_0 = "monday-is-0"
    MONDAY_IS_1 = "monday-is-1"


class FeedSettings(Frozen):
    """What a feed does not say of itself.

    `fellowship` is a code of the vocabulary `fellowship`; without it nobody knows what the groups
    are for. `fellowship_source` is who said so, where that is more than this configuration.
    `zone` (tz database name) is used for rows that give none. `weekday_base` overrides the
    format's own. `retrieved` is the day the feed was fetched: nothing in it was known before, and
    nothing can have been confirmed after. `size_limit` is in bytes.
    """

    fellowship: str | None = None
    fellowship_source: Provenance | None = None
    zone: str | None = None
    weekday_base: WeekdayBase | None = None
    retrieved: date | None = None
    size_limit: int = Field(default=DEFAULT_SIZE_LIMIT, gt=0)


class NoteKind(StrEnum):
    """What became of a row."""

    TAKEN_WITH_DOUBT = "taken-with-doubt"
    REFUSED = "refused"


class RowNote(Frozen):
    """One doubt about a row, or why it was refused.

    `row` counts from 1. `id` is the slug or id in the feed. `detail` is a code, a number or a
    field's path, never a text of the feed. `expected` says what that field should hold.
    """

    row: int
    id: str | None
    kind: NoteKind
    reason: Reason
    detail: str | None = None
    expected: str | None = None

    @property
    def meaning(self) -> str:
        """The reason in plain words."""
        return REASONS[self.reason]

    def __str__(self) -> str:
        """The row, the reason, and the field at fault with what it should hold."""
        row = f"row {self.row}" if self.id is None else f"row {self.row} (`{self.id}`)"
        if self.detail is None:
            return f"{row}: {self.reason}: {self.meaning}"
        expected = self.meaning if self.expected is None else self.expected
        return f"{row}: {self.reason}: `{self.detail}`: {expected}"


class FeedNote(Frozen):
    """Something about the feed as a whole; `count` is how many rows it concerns."""

    reason: Reason
    detail: str | None = None
    count: int = 0


class Problem(Frozen):
    """Why an input could not be read at all, where, and one way to put it right.

    `line` and `column` count from 1 and are given for broken JSON; `path` is a JSON path.
    """

    code: str
    message: str
    help: str
    line: int | None = None
    column: int | None = None
    path: str | None = None


class DirectoryReading(Frozen):
    """What a directory held. Either `problems` is empty or nothing was read.

    `rows` is the number of rows found; each was taken, taken with doubts, or refused. The notes of
    a row are of one kind.

    Nobody is matched with a group that was not read, so look at `problems` and at `refusals`
    before `groups` is used, and hand `warnings` to `suggest` as its `notes`: without them a
    directory that could not be read looks like one in which nothing fits.
    """

    name: str
    format: Format | None = None
    groups: tuple[Group, ...] = ()
    rows: int = 0
    notes: tuple[RowNote, ...] = ()
    feed_notes: tuple[FeedNote, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return len(self._rows(NoteKind.REFUSED))

    @property
    def refusals(self) -> tuple[RowNote, ...]:
        """Why rows were refused, in their order: every fault of every row."""
        return tuple(note for note in self.notes if note.kind is NoteKind.REFUSED)

    @property
    def lost(self) -> int:
        """How many rows were refused though they may have been a group: not because they are
        listed twice, or marked as not published.
        """
        return len({one.row for one in self.refusals if one.reason not in LEFT_OUT_ON_PURPOSE})

    @property
    def is_unusable(self) -> bool:
        """Whether nothing at all can be matched, though there is something in the directory."""
        return bool(self.problems) or (self.rows > 0 and not self.groups)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a decision that rests on this directory has to say of it, for its notes."""
        if self.problems:
            return tuple(f"{self.name}: not read: {one.message}" for one in self.problems)
        if not self.rows:
            return (f"{self.name}: the directory is empty: it has no rows",)
        if not self.lost:
            return ()
        reasons = ", ".join(
            f"{reason} {rows}"
            for reason, rows in self.counts(NoteKind.REFUSED).items()
            if reason not in LEFT_OUT_ON_PURPOSE
        )
        return (
            f"{self.name}: {self.lost} of {self.rows} rows could not be read, and no group of "
            f"theirs was looked at: {reasons}",
        )

    @property
    def taken(self) -> int:
        """How many rows are in `groups`, with a doubt or without."""
        return self.rows - self.refused

    @property
    def doubted(self) -> int:
        """How many rows were taken with a doubt."""
        return len(self._rows(NoteKind.TAKEN_WITH_DOUBT))

    def counts(self, kind: NoteKind) -> dict[Reason, int]:
        """How many rows have each reason, most frequent first."""
        found = Counter(
            reason for _, reason in {(n.row, n.reason) for n in self.notes if n.kind is kind}
        )
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _rows(self, kind: NoteKind) -> set[int]:
        return {note.row for note in self.notes if note.kind is kind}
