"""Meeting Guide JSON (github.com/code4recovery/spec): a list of meetings, Sunday is day 0.

Readings of this format, each a choice:
- `W` and `M` mean for women only and for men only, as the specification's own pages use them. No
  other code limits who may come: `LGBTQ`, `Y` or `POC` name a focus. `W` with `M`, or either with
  `NB` or `T`, contradicts "only" and leaves it unknown.
- A list of codes without a limit says that there is none, unless one of them is not in the
  specification or the name or a note speaks of a limit; a row without codes says nothing.
- A row that names a spoken language names every one: it is how members tell a Spanish-speaking
  group from a bilingual one. `ASL` is signed beside whatever is spoken, and settles nothing.
- `TC` closes the location: with a way to join online the meeting is online only, else inactive.
- Without `attendance_option`, a link, telephone number or `ONL` means online, and an address that
  is not approximate and not closed means in person.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peer_match.directories import type_codes
from peer_match.directories.audience import MEN, WOMEN, YOUNG
from peer_match.directories.clock import SlashOrder, slash_order
from peer_match.directories.code_book import (
    COMMUNITY,
    CodeBook,
    Convention,
    lists_languages,
    named_closed,
    read_audience,
    read_status,
    read_types,
)
from peer_match.directories.listing import (
    HYBRID,
    IN_PERSON,
    NOT_KNOWN,
    ONLINE,
    Listing,
    Row,
    items,
    label_of,
    mapping,
)
from peer_match.directories.reading import WeekdayBase
from peer_match.directories.reasons import Reason
from peer_match.facts.place import Place
from peer_match.facts.week import Format

WEEKDAY_BASE = WeekdayBase.SUNDAY_IS_0
SYSTEM = "meeting-guide"

CLOSED_LOCATION = "TC"
ONLINE_TYPE = "ONL"
NEWCOMER = "BE"
CONVENTION = Convention(
    limits=frozenset({"W", "M"}),
    not_with_a_limit=frozenset({"NB", "T"}),
    understood=frozenset({CLOSED_LOCATION, ONLINE_TYPE, NEWCOMER}),
    signed=frozenset({"ASL"}),
    known=type_codes.MEETING_GUIDE,
    audience={"W": WOMEN, "M": MEN, "Y": YOUNG},
    closed="C",
)

_TEXTS = ("name", "group", "notes", "group_notes", "location", "location_notes")

_ATTENDANCE = {
    "in_person": IN_PERSON,
    "online": ONLINE,
    "hybrid": HYBRID,
    "inactive": NOT_KNOWN,
}


def recognises(row: dict[str, Any]) -> bool:
    """Whether a row looks like a meeting of this format."""
    return "slug" in row and "name" in row


def order_of_dates(rows: Iterable[object]) -> SlashOrder | None:
    """How the feed writes dates with slashes, from all its rows."""
    return slash_order(mapping(row).get("updated") for row in rows)


def listing(row: Row, book: CodeBook, order: SlashOrder | None) -> Listing:
    """Reads one row. Raises Refused where no group can come of it."""
    values = row.values
    key = row.read_id(values.get("slug"), values.get("id"))
    name = row.read_name(values.get("name"))
    types = _types(row)
    formats, active = _attendance(row, types)
    weekly, cancelled = row.read_wording(*(values.get(one) for one in _TEXTS))
    codes = read_types(row, book, types, CONVENTION)
    read_audience(row, values.get("name"), (values.get(one) for one in _TEXTS), types, CONVENTION)
    cancelled = cancelled or named_closed(row, values.get("name"), types, CONVENTION)
    status = read_status(row, book, meets=active, cancelled=cancelled)
    times = row.read_times(
        values.get("day"), values.get("time"), values.get("duration"), values.get("end_time")
    )
    return Listing(
        row=row.number,
        id=key,
        name=name,
        same_group=(
            str(values.get("group_id") or ""),
            str(values.get("location_id") or _address(row)),
            row.text("conference_url"),
            row.text("conference_phone"),
        ),
        times=times,
        zone=row.read_zone(values.get("timezone"), needed=bool(times)),
        weekly=weekly,
        formats=formats,
        codes=codes,
        complete=_complete(row, book, types, formats),
        unreadable=frozenset(row.unreadable),
        place=_place(row) if formats != ONLINE else None,
        status=status,
        kind=book.own("group-kind", COMMUNITY),
        by_phone=row.present("conference_phone"),
        welcomes_newcomers=True if NEWCOMER in types else None,
        updated=row.read_updated(values.get("updated"), order),
    )


def _types(row: Row) -> frozenset[str]:
    value = row.values.get("types")
    if value in (None, "", []):
        row.doubt(Reason.TYPES_MISSING)
        return frozenset()
    if not items(value):
        row.doubt(Reason.TYPES_NOT_UNDERSTOOD)
        return frozenset()
    codes = [one.strip() for one in items(value) if isinstance(one, str) and one.strip()]
    if len(codes) != len(items(value)):
        row.doubt(Reason.TYPES_NOT_UNDERSTOOD)
    return frozenset(codes)


def _complete(
    row: Row, book: CodeBook, types: frozenset[str], formats: frozenset[Format]
) -> frozenset[str]:
    complete: set[str] = set()
    if formats:
        complete.add("formats")
    readable = not any(reason is Reason.TYPES_NOT_UNDERSTOOD for reason, _ in row.doubts)
    if readable and lists_languages(book, types, CONVENTION):
        complete.add("languages")
    if types and readable and "limited_to" not in row.unreadable:
        complete.add("limited_to")
    return frozenset(complete)


def _attendance(row: Row, types: frozenset[str]) -> tuple[frozenset[Format], bool]:
    """The ways of attending, and whether the group meets at all."""
    closed = CLOSED_LOCATION in types
    online = (
        ONLINE_TYPE in types or row.present("conference_url") or row.present("conference_phone")
    )
    if closed:
        row.doubt(Reason.LOCATION_CLOSED)
    option = row.values.get("attendance_option")
    if option in (None, "") and closed and not online:
        return NOT_KNOWN, False
    if option in (None, ""):
        formats = _inferred(row, online, closed)
    elif isinstance(option, str) and option.strip().casefold() in _ATTENDANCE:
        option = option.strip().casefold()
        formats = _ATTENDANCE[option]
        if option == "inactive":
            row.doubt(Reason.INACTIVE)
            return NOT_KNOWN, False
    else:
        row.doubt(Reason.ATTENDANCE_NOT_UNDERSTOOD)
        row.unreadable.add("formats")
        formats = NOT_KNOWN
    if not closed:
        return formats, True
    if online or formats >= ONLINE:
        return ONLINE, True
    return NOT_KNOWN, False


def _inferred(row: Row, online: bool, closed: bool) -> frozenset[Format]:
    street = not _approximate(row) and _has_street(row)
    in_person = not closed and (street or (row.present("location") and not online))
    found = (ONLINE if online else NOT_KNOWN) | (IN_PERSON if in_person else NOT_KNOWN)
    row.doubt(Reason.ATTENDANCE_INFERRED if found else Reason.ATTENDANCE_UNKNOWN)
    return found


def _has_street(row: Row) -> bool:
    """Whether an address goes down to the street and is not the middle of a town.

    A whole address has street, town, state with code, and country, or begins with a number; a
    street alone has no comma.
    """
    whole = row.text("formatted_address") or row.text("address")
    parts = [part for part in whole.split(",") if part.strip()]
    if len(parts) == 1:
        return row.present("address")
    return len(parts) > 3 or (len(parts) == 3 and any(one.isdigit() for one in parts[0]))


def _approximate(row: Row) -> bool:
    """Whether the coordinates are the middle of an area, by the row or by its address."""
    value = row.values.get("approximate")
    if value in (None, ""):
        return row.present("formatted_address") and not _has_street(row)
    return value is True or (isinstance(value, str) and value.strip().casefold() in ("yes", "true"))


def _address(row: Row) -> str:
    parts = ("location", "formatted_address", "address", "city", "state", "postal_code")
    return "|".join(row.text(part).casefold() for part in parts)


def _place(row: Row) -> Place | None:
    address = row.text("formatted_address") or label_of(
        *(row.text(part) for part in ("address", "city", "state", "postal_code", "country"))
    )
    return row.read_place(
        row.values.get("latitude"),
        row.values.get("longitude"),
        approximate=_approximate(row),
        label=label_of(row.text("location"), address),
    )
