"""Rows that share one id, joined into one listing, so that an id is never renamed by another row.

Where the rows agree, the listing says what they say. Where they do not:
1. What keeps people out counts as soon as one row says it. Two rows that keep different people out
   contradict each other, and whom the group is limited to is left unknown.
2. Of what draws people in, only what every row says counts; the rest is unknown, not absent.
3. A fact with one value is unknown. So is a schedule of which one row does not tell the time.
4. It was confirmed when the row was that was confirmed longest ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from peer_match.directories.listing import Listing, Time
from peer_match.facts.provenance import PartialDate

KEEPS_OUT = frozenset({"limited_to", "closed_to_outsiders"})

_SINGLE = ("status", "kind", "welcomes_newcomers", "admits_minors")

Value = TypeVar("Value")


def joined(rows: Sequence[Listing]) -> tuple[Listing, bool]:
    """One listing of rows with one id, and whether they agree on all but their times.

    `rows` are in an order that depends on their content alone; there are at least two.
    """
    first = rows[0]
    unclear: set[str] = set()
    for field in _SINGLE:
        if _one(getattr(row, field) for row in rows) is None and any(
            getattr(row, field) is not None for row in rows
        ):
            unclear.add(field)
    codes = _codes(rows, unclear)
    formats = first.formats
    if any(row.formats != formats for row in rows):
        formats = formats.intersection(*(row.formats for row in rows))
        unclear.add("formats")
    places = [row.place for row in rows if row.place is not None]
    place = _one(places) if places else None
    if places and place is None:
        unclear.add("place")
    times = _times(rows)
    if any(not row.times for row in rows) and times:
        unclear.add("meetings")
    agree = not unclear and all(
        (row.name, row.zone, row.weekly, row.by_phone, row.place, row.same_group)
        == (first.name, first.zone, first.weekly, first.by_phone, first.place, first.same_group)
        for row in rows
    )
    merged = replace(
        first,
        row=min(row.row for row in rows),
        other_rows=tuple(sorted(row.row for row in rows))[1:],
        times=times,
        zone=_one(row.zone for row in rows),
        weekly=_one(row.weekly for row in rows),
        formats=formats,
        codes=codes,
        complete=first.complete.intersection(*(row.complete for row in rows)) - unclear,
        unreadable=frozenset(unclear).union(*(row.unreadable for row in rows)),
        place=place,
        by_phone=all(row.by_phone for row in rows),
        updated=oldest(row.updated for row in rows),
        first_day=max(_days(row.first_day for row in rows), key=_start, default=None),
        last_day=min(_days(row.last_day for row in rows), key=_start, default=None),
        **{field: _one(getattr(row, field) for row in rows) for field in _SINGLE},
    )
    return merged, agree


def oldest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    """The date of the longest ago, or None where one of them is not known."""
    every = list(dates)
    known = [one for one in every if one is not None]
    if len(known) < len(every):
        return None
    return min(known, key=lambda one: (one.earliest, one.text))


def _one(values: Iterable[Value | None]) -> Value | None:
    """The value that every row gives, else None."""
    found: list[Any] = list(values)
    return found[0] if all(one == found[0] for one in found) else None


def _codes(rows: Sequence[Listing], unclear: set[str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    nothing = frozenset[str]()
    for field in sorted({field for row in rows for field in row.codes}):
        said = [row.codes.get(field, nothing) for row in rows]
        if len(set(said)) == 1:
            found[field] = said[0]
            continue
        unclear.add(field)
        limits = {one for one in said if one}
        if field in KEEPS_OUT:
            if field != "limited_to" or len(limits) == 1:
                found[field] = nothing.union(*said)
        else:
            found[field] = said[0].intersection(*said)
    return {field: codes for field, codes in found.items() if codes}


def _times(rows: Sequence[Listing]) -> tuple[Time, ...]:
    """Every time once; of two lengths at one time the longer, as one that is assumed."""
    found: dict[tuple[int, int], Time] = {}
    for time in (time for row in rows for time in row.times):
        key = (time.weekday, time.start)
        known = found.get(key, time)
        found[key] = Time(
            *key,
            minutes=max(known.minutes, time.minutes),
            length_assumed=known.length_assumed
            or time.length_assumed
            or known.minutes != time.minutes,
        )
    return tuple(found[key] for key in sorted(found))


def _days(days: Iterable[PartialDate | None]) -> list[PartialDate]:
    return [one for one in days if one is not None]


def _start(day: PartialDate) -> Any:
    return day.earliest, day.text
