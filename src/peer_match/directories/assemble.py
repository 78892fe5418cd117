"""From understood rows to groups: ids, duplicates, rows of one group, and the fellowship.

Steps:
1. Rows with the same id are joined (`join`), whatever they say, so an id stays the same when a
   row is added. A row that says the very same again is refused. The order of rows never matters.
2. Rows become one group when they have the same name, location and link and say the same of
   everything but time and date. A row whose time is unknown stays a group of its own, so that one
   unknown time does not hide behind a known one.
3. A group takes the smallest id of its rows, and keeps the others in `also_listed_as`; each
   meeting keeps its row's id, with the day and time where a row has several. Its date is that of
   the row that was confirmed longest ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from peer_match.directories.code_book import FIELDS, PHONE
from peer_match.directories.join import joined, oldest
from peer_match.directories.listing import NOT_KNOWN, Listing, Time
from peer_match.directories.reading import NoteKind, RowNote
from peer_match.directories.reasons import Reason
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet, Statement, closing
from peer_match.facts.fact_type import Kind
from peer_match.facts.group import Group
from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.facts.vocabulary import Term
from peer_match.facts.week import Meeting

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

SETS = (*(field for field in FIELDS if field != "belief"), "purposes", "limited_to", "formats")

# What a fellowship's own definition settles: its groups are for nothing else.
SETTLED_BY_FELLOWSHIP = frozenset({"purposes", "concerns"})


def unique(listings: Iterable[Listing]) -> tuple[list[Listing], list[RowNote]]:
    """One listing for each id, and notes on the rows that were joined or refused."""
    by_id: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        by_id[listing.id].append(listing)
    kept: list[Listing] = []
    notes: list[RowNote] = []
    for same in by_id.values():
        rows: list[Listing] = []
        seen: list[Listing] = []
        for listing in sorted(same, key=_content):
            if replace(listing, row=0) in seen:
                notes.append(_note(listing, NoteKind.REFUSED, Reason.SAME_ID_AND_TIME))
                continue
            seen.append(replace(listing, row=0))
            rows.append(listing)
        if len(rows) == 1:
            kept.extend(rows)
            continue
        whole, agree = joined(rows)
        kept.append(whole)
        reason = Reason.SAME_ID_JOINED if agree else Reason.ROWS_DISAGREE
        notes.extend(_note(one, NoteKind.TAKEN_WITH_DOUBT, reason) for one in rows)
    return kept, notes


def gather(listings: Iterable[Listing]) -> tuple[list[list[Listing]], list[RowNote]]:
    """The rows of each group, by id, and notes on rows that list a meeting a second time."""
    alike: dict[Any, list[Listing]] = defaultdict(list)
    for listing in sorted(listings, key=lambda one: one.id):
        alike[_likeness(listing)].append(listing)
    groups: list[list[Listing]] = []
    notes: list[RowNote] = []
    for same in alike.values():
        rows: dict[tuple[Time, ...], Listing] = {}
        for listing in same:
            known = rows.get(listing.times)
            if known is None:
                rows[listing.times] = listing
                continue
            notes.extend(_refusals(listing))
            ids = (*known.other_ids, listing.id)
            rows[listing.times] = replace(known, other_ids=ids)
        groups.append(list(rows.values()))
    return groups, notes


def _refusals(listing: Listing) -> Iterator[RowNote]:
    for row in (listing.row, *listing.other_rows):
        yield _note(replace(listing, row=row), NoteKind.REFUSED, Reason.SAME_MEETING)


def _content(listing: Listing) -> tuple[Any, ...]:
    """An order of listings that depends on neither their place in the file nor the run."""
    times = tuple((one.weekday, one.start, one.minutes) for one in listing.times)
    codes = sorted((field, *sorted(own)) for field, own in listing.codes.items())
    sets = [sorted(one) for one in (listing.formats, listing.complete, listing.unreadable)]
    plain = replace(
        listing,
        row=0,
        times=(),
        codes={},
        formats=NOT_KNOWN,
        complete=frozenset(),
        unreadable=frozenset(),
    )
    return times, repr(plain), codes, sets


def _likeness(listing: Listing) -> Any:
    if not listing.times:
        return listing.id
    codes = tuple(sorted((field, tuple(sorted(own))) for field, own in listing.codes.items()))
    return (
        codes,
        listing.name.casefold(),
        listing.same_group,
        listing.formats,
        listing.complete,
        listing.unreadable,
        listing.place,
        listing.status,
        listing.kind,
        listing.by_phone,
        listing.welcomes_newcomers,
        listing.admits_minors,
        listing.first_day,
        listing.last_day,
    )


def _stamp(when: Time) -> str:
    return f"{_DAYS[when.weekday]}-{when.start // 60:02}{when.start % 60:02}"


def _note(listing: Listing, kind: NoteKind, reason: Reason) -> RowNote:
    return RowNote(row=listing.row, id=listing.id, kind=kind, reason=reason)


def group_of(
    feed: str, rows: Sequence[Listing], fellowship: dict[str, Any], retrieved: date | None
) -> Group:
    """One group from its rows, which say the same of everything but time and date.

    `fellowship` holds the facts that the feed's fellowship implies: a set gains what the row says,
    and a fact with one value gives way to it. `retrieved` is when the feed was fetched.
    """
    first = rows[0]
    numbers = sorted(number for row in rows for number in (row.row, *row.other_rows))
    provenance = Provenance(
        source=f"{feed} row{'s' if len(numbers) > 1 else ''} "
        + ", ".join(str(number) for number in numbers),
        stated_by=StatedBy.DIRECTORY,
        date=oldest(row.updated for row in rows),
        recorded=datetime.combine(retrieved, time.min, UTC) if retrieved else None,
    )
    single = {
        "place": first.place,
        "status": first.status,
        "last_confirmed": provenance.date,
        "welcomes_newcomers": first.welcomes_newcomers,
        "admits_minors": first.admits_minors,
        "belief": next(iter(first.codes.get("belief", ())), None),
    }
    sets = {field: first.codes.get(field, frozenset[str]()) for field in SETS}
    sets["formats"] = first.formats | (frozenset({PHONE}) if first.by_phone else frozenset())
    facts = dict(fellowship)
    for field, value in single.items():
        unreadable = (provenance,) if field in first.unreadable else ()
        if value is not None or unreadable:
            statements = () if value is None else (_statement(value, provenance),)
            facts[field] = Fact(statements=statements, unreadable=unreadable)
    for field, values in sets.items():
        implied: FactSet[Any] = facts.get(field, FactSet())
        unreadable = (provenance,) if field in first.unreadable else ()
        if unreadable and field in SETTLED_BY_FELLOWSHIP:
            implied = FactSet()  # What the row says of itself casts doubt on its fellowship.
        if values or unreadable or field in first.complete:
            facts[field] = FactSet(
                statements=implied.statements
                + tuple(_statement(value, provenance) for value in sorted(values)),
                complete=implied.complete or field in first.complete,
                closed=_closed(implied, provenance, bool(values), field in first.complete),
                unreadable=unreadable,
            )
    if first.kind is not None:
        # A format supposes the kind; no row states it, so it has no date.
        supposed = provenance.model_copy(update={"date": None})
        facts["kind"] = Fact(statements=(_statement(first.kind, supposed),))
    return Group(
        id=f"{feed}/{first.id}",
        name=first.name,
        meetings=_meetings(feed, rows, provenance),
        also_listed_as=_other_ids(feed, rows),
        **facts,
    )


def _other_ids(feed: str, rows: Sequence[Listing]) -> frozenset[str]:
    ids = {id for row in rows for id in (row.id, *row.other_ids)}
    return frozenset(f"{feed}/{id}" for id in ids - {rows[0].id})


def _closed(implied: FactSet[Any], row: Provenance, adds: bool, closes: bool) -> Provenance | None:
    """Who said that a list is whole, and when: the fellowship, or the row of the directory.

    A row that adds to what the fellowship settles does not open the list: it is whole with what
    was added, from the later of the two on.
    """
    if implied.complete:
        said = implied.closed.date if implied.closed is not None else None
        row_is_later = said is not None and row.date is not None and said.surely_before(row.date)
        return closing(row) if adds and row_is_later else implied.closed
    return closing(row) if closes else None


def _statement(value: Any, provenance: Provenance) -> Statement[Any]:
    return Statement(value=value, provenance=provenance)


def _meetings(
    feed: str, rows: Sequence[Listing], provenance: Provenance
) -> Fact[tuple[Meeting, ...]]:
    unreadable = (provenance,) if "meetings" in rows[0].unreadable else ()
    meetings = tuple(
        Meeting(
            id=f"{feed}/{row.id}" + (f"~{_stamp(when)}" if len(row.times) > 1 else ""),
            name=row.name,
            weekday=when.weekday,
            start_minute=when.start,
            minutes=when.minutes,
            length_assumed=when.length_assumed,
            zone=row.zone,
            formats=row.formats,
            weekly=row.weekly,
        )
        for row in rows
        for when in row.times
    )
    if not meetings:
        return Fact(unreadable=unreadable)
    ordered = tuple(sorted(meetings, key=lambda one: (one.weekday, one.start_minute, one.id)))
    first = rows[0].first_day
    if first is not None and (provenance.date is None or provenance.date.surely_before(first)):
        # A statement is in force from its date, so one yet to begin does not hold yet.
        provenance = provenance.model_copy(update={"date": first})
    statement = Statement(value=ordered, provenance=provenance, until=rows[0].last_day)
    return Fact(statements=(statement,), unreadable=unreadable)


def implied_by(term: Term, feed: str, said: Provenance | None) -> dict[str, Any]:
    """The facts of a group that follow from its fellowship.

    They have no date of their own unless `said`, who stated the fellowship, gives one. What the
    term implies must be facts of groups that are codes.
    """
    provenance = said or Provenance(
        source=f"fellowship `{term.code}` configured for {feed}", stated_by=StatedBy.DIRECTORY
    )
    facts: dict[str, Any] = {"fellowship": Fact(statements=(_statement(term.code, provenance),))}
    for field, codes in sorted(term.implies.items()):
        statements = tuple(_statement(code, provenance) for code in codes)
        if CATALOGUE[f"group.{field}"].kind is Kind.CODE:
            facts[field] = Fact(statements=statements)
        else:
            settled = field in SETTLED_BY_FELLOWSHIP
            facts[field] = FactSet(
                statements=statements,
                complete=settled,
                closed=closing(said) if settled and said is not None else None,
            )
    return facts
