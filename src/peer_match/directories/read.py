"""Reading one directory, from bytes or from a file, to groups with an account of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from peer_match.directories import bmlt, hsds, meeting_guide
from peer_match.directories.assemble import gather, group_of, implied_by, unique
from peer_match.directories.code_book import CodeBook
from peer_match.directories.decode import Rows, decode, read_limited, rows_of
from peer_match.directories.listing import Listing, Refused, Row, mapping
from peer_match.directories.own_groups import read_groups
from peer_match.directories.reading import (
    DirectoryReading,
    FeedNote,
    FeedSettings,
    Format,
    NoteKind,
    Problem,
    RowNote,
)
from peer_match.directories.reasons import Reason
from peer_match.directories.wording import usable_id
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact_type import Kind
from peer_match.facts.group import Group
from peer_match.facts.vocabulary import Term, Vocabularies
from peer_match.facts.zones import UnknownZone, zone

DEFAULT_SETTINGS = FeedSettings()


def read_directory(
    data: bytes,
    *,
    name: str,
    vocabularies: Vocabularies,
    format: Format | None = None,
    settings: FeedSettings = DEFAULT_SETTINGS,
) -> DirectoryReading:
    """Reads a directory of a known format, or of the one that it shows itself to be.

    `name` stands for the feed in every id and source, so it must stay the same from one download
    to the next. Bad input never raises: `problems` says why a directory could not be read, and
    `notes` what became of its rows.
    """
    term, problems = _checked(name, settings, vocabularies)
    rows = decode(data, settings.size_limit)
    if not isinstance(rows, Problem):
        rows = rows_of(rows, format)
    if isinstance(rows, Problem):
        problems.append(rows)
    if problems or isinstance(rows, Problem):
        return DirectoryReading(name=name, format=format, problems=tuple(problems))
    if rows.format is Format.PEER_MATCH:
        groups, notes = read_groups(rows.rows, vocabularies)
        return _reading(name, rows, groups, notes, ())
    return _read_feed(name, rows, settings, term, vocabularies)


def read_directory_file(
    path: Path | str,
    *,
    vocabularies: Vocabularies,
    name: str | None = None,
    format: Format | None = None,
    settings: FeedSettings = DEFAULT_SETTINGS,
) -> DirectoryReading:
    """`read_directory` of a file, which is not even opened when it is larger than the limit.

    Without a `name` the file's own is used. Raises OSError where the file cannot be read.
    """
    path = Path(path)
    known_as = path.stem if name is None else name
    data = read_limited(path, settings.size_limit)
    if isinstance(data, Problem):
        return DirectoryReading(name=known_as, format=format, problems=(data,))
    return read_directory(
        data,
        name=known_as,
        format=format,
        settings=settings,
        vocabularies=vocabularies,
    )


def _checked(
    name: str, settings: FeedSettings, vocabularies: Vocabularies
) -> tuple[Term | None, list[Problem]]:
    """The fellowship's term, and every fault of the name and the settings."""
    problems: list[Problem] = []
    if usable_id(name) != (name, False):
        problems.append(
            Problem(
                code="name-not-usable",
                message="the name of the feed cannot be part of an id",
                help="use letters, digits, `-` and `_`, such as `orange-county`",
                path="name",
            )
        )
    term: Term | None = None
    if settings.fellowship is not None:
        if "fellowship" in vocabularies:
            term = vocabularies["fellowship"].term(settings.fellowship)
        if term is None:
            problems.append(
                Problem(
                    code="fellowship-not-known",
                    message=f"`{settings.fellowship}` is not in the vocabulary `fellowship`",
                    help="use a code of the vocabulary, or add the fellowship to it with what it "
                    "implies",
                    path="settings.fellowship",
                )
            )
    for field in sorted(term.implies) if term is not None else ():
        fact = CATALOGUE.get(f"group.{field}")
        if fact is None or fact.kind not in (Kind.CODE, Kind.CODES):
            problems.append(
                Problem(
                    code="fellowship-implies-no-fact",
                    message=f"the fellowship `{settings.fellowship}` implies `{field}`, which is "
                    "not a fact of a group with codes",
                    help="name a fact such as `purposes`, `concerns` or `pathways` in the "
                    "vocabulary `fellowship`",
                    path="settings.fellowship",
                )
            )
    if settings.zone is not None:
        try:
            zone(settings.zone)
        except UnknownZone as error:
            problems.append(
                Problem(
                    code="zone-not-known",
                    message=str(error),
                    help="name a zone of the tz database, such as `America/Los_Angeles`",
                    path="settings.zone",
                )
            )
    return term, problems


def _read_feed(
    name: str,
    rows: Rows,
    settings: FeedSettings,
    term: Term | None,
    vocabularies: Vocabularies,
) -> DirectoryReading:
    book = CodeBook(vocabularies, rows.format.value)
    purposes = frozenset(term.implies.get("purposes", ())) if term is not None else None
    listings, notes = _listings(rows, settings, book, purposes)
    listings, renamed = unique(listings)
    gathered, twice = gather(listings)
    implied = implied_by(term, name, settings.fellowship_source) if term is not None else {}
    groups = tuple(group_of(name, alike, implied, settings.retrieved) for alike in gathered)
    feed_notes = list(book.notes())
    if term is None:
        feed_notes.insert(
            0, FeedNote(reason=Reason.FELLOWSHIP_NOT_CONFIGURED, count=len(listings) - len(twice))
        )
    return _reading(name, rows, groups, [*notes, *renamed, *twice], feed_notes)


def _listings(
    rows: Rows, settings: FeedSettings, book: CodeBook, purposes: frozenset[str] | None
) -> tuple[list[Listing], list[RowNote]]:
    read_one, settings = _reader(rows, settings, book)
    listings: list[Listing] = []
    notes: list[RowNote] = []
    for number, value in enumerate(rows.rows, start=1):
        row = Row(number, mapping(value), settings, purposes=purposes)
        try:
            if not isinstance(value, dict):
                raise Refused(Reason.NOT_A_RECORD)
            listings.append(read_one(row))
        except Refused as refused:
            notes.append(
                RowNote(
                    row=number,
                    id=row.id,
                    kind=NoteKind.REFUSED,
                    reason=refused.reason,
                    detail=refused.detail,
                )
            )
        else:
            notes.extend(row.notes())
    return listings, notes


def _reader(
    rows: Rows, settings: FeedSettings, book: CodeBook
) -> tuple[Callable[[Row], Listing], FeedSettings]:
    """How to read a row of the format, and the settings with what its day numbers mean."""
    if rows.format is Format.MEETING_GUIDE:
        order = meeting_guide.order_of_dates(rows.rows)
        base = settings.weekday_base or meeting_guide.WEEKDAY_BASE
        return (
            lambda row: meeting_guide.listing(row, book, order),
            settings.model_copy(update={"weekday_base": base}),
        )
    if rows.format is Format.BMLT:
        base = settings.weekday_base or bmlt.WEEKDAY_BASE
        return (
            lambda row: bmlt.listing(row, book),
            settings.model_copy(update={"weekday_base": base}),
        )
    # HSDS names its days, so there is nothing to override.
    return (
        lambda row: hsds.listing(row, book),
        settings.model_copy(update={"weekday_base": hsds.WEEKDAY_BASE}),
    )


def _reading(
    name: str,
    rows: Rows,
    groups: Sequence[Group],
    notes: Sequence[RowNote],
    feed_notes: Sequence[FeedNote],
) -> DirectoryReading:
    refused = {note.row for note in notes if note.kind is NoteKind.REFUSED}
    notes = [one for one in notes if one.kind is NoteKind.REFUSED or one.row not in refused]
    return DirectoryReading(
        name=name,
        format=rows.format,
        groups=tuple(sorted(groups, key=lambda group: group.id)),
        rows=len(rows.rows),
        notes=tuple(sorted(notes, key=lambda note: (note.row, note.kind, note.reason))),
        feed_notes=tuple(feed_notes),
    )
