"""BMLT JSON (the answer of GetSearchResults): a list of meetings, Sunday is day 1.

Readings of this format, each a choice:
- Format codes are the key strings of an English server. `W` and `M` mean women only and men only.
  A code that is not among them, or a name or comment that speaks of a limit, leaves it open.
- `VM` is a virtual meeting, `HY` hybrid, `TC` a closed location; `venue_type` (1 in person,
  2 virtual, 3 hybrid) goes before them.
- A row that names a spoken language names every one; `SL` is signed beside whatever is spoken.
- The answer holds no date of last confirmation, so every row is in doubt about it.
"""

from __future__ import annotations

from typing import Any

from peer_match.directories import type_codes
from peer_match.directories.audience import MEN, WOMEN, YOUNG
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
    Refused,
    Row,
    label_of,
)
from peer_match.directories.reading import WeekdayBase
from peer_match.directories.reasons import Reason
from peer_match.facts.place import Place
from peer_match.facts.week import Format

WEEKDAY_BASE = WeekdayBase.SUNDAY_IS_1
SYSTEM = "bmlt"

CLOSED_LOCATION = "TC"
VIRTUAL_TYPE = "VM"
HYBRID_TYPE = "HY"
NEWCOMER = "B"
CONVENTION = Convention(
    limits=frozenset({"W", "M"}),
    not_with_a_limit=frozenset(),
    understood=frozenset({CLOSED_LOCATION, VIRTUAL_TYPE, HYBRID_TYPE, NEWCOMER}),
    signed=frozenset({"SL"}),
    known=type_codes.BMLT,
    audience={"W": WOMEN, "M": MEN, "YP": YOUNG},
    closed="C",
)

_VENUES = {
    "1": IN_PERSON,
    "2": ONLINE,
    "3": HYBRID,
}
_TEXTS = (
    "meeting_name",
    "comments",
    "location_text",
    "location_info",
    "virtual_meeting_additional_info",
)
_STREET = ("location_street", "location_municipality", "location_province")


def recognises(row: dict[str, Any]) -> bool:
    """Whether a row looks like a meeting of this format."""
    return "weekday_tinyint" in row or ("id_bigint" in row and "meeting_name" in row)


def listing(row: Row, book: CodeBook) -> Listing:
    """Reads one row. Raises Refused where no group can come of it."""
    values = row.values
    key = row.read_id(values.get("id_bigint"))
    name = row.read_name(values.get("meeting_name"))
    if str(values.get("published")).strip().casefold() in ("0", "false"):
        raise Refused(Reason.UNPUBLISHED)
    codes = _codes(row)
    formats, active = _attendance(row, codes)
    weekly, cancelled = row.read_wording(*(values.get(one) for one in _TEXTS))
    ours = read_types(row, book, codes, CONVENTION)
    title = values.get("meeting_name")
    read_audience(row, title, (values.get(one) for one in _TEXTS), codes, CONVENTION)
    cancelled = cancelled or named_closed(row, title, codes, CONVENTION)
    status = read_status(row, book, meets=active, cancelled=cancelled)
    times = row.read_times(
        values.get("weekday_tinyint"),
        values.get("start_time"),
        values.get("duration_time"),
        None,
    )
    complete = {"formats"} if formats else set[str]()
    if codes and "limited_to" not in row.unreadable:
        complete.add("limited_to")
    if lists_languages(book, codes, CONVENTION):
        complete.add("languages")
    return Listing(
        row=row.number,
        id=key,
        name=name,
        same_group=(
            "|".join(row.text(one).casefold() for one in ("location_text", *_STREET)),
            row.text("virtual_meeting_link"),
            row.text("phone_meeting_number"),
        ),
        times=times,
        zone=row.read_zone(values.get("time_zone"), needed=bool(times)),
        weekly=weekly,
        formats=formats,
        codes=ours,
        complete=frozenset(complete),
        unreadable=frozenset(row.unreadable),
        place=_place(row) if formats != ONLINE else None,
        status=status,
        kind=book.own("group-kind", COMMUNITY),
        by_phone=row.present("phone_meeting_number"),
        welcomes_newcomers=True if NEWCOMER in codes else None,
        updated=row.read_updated(None, None),
    )


def _codes(row: Row) -> frozenset[str]:
    value = row.values.get("formats")
    if value in (None, ""):
        row.doubt(Reason.TYPES_MISSING)
        return frozenset()
    if not isinstance(value, str):
        row.doubt(Reason.TYPES_NOT_UNDERSTOOD)
        return frozenset()
    return frozenset(code.strip() for code in value.split(",") if code.strip())


def _attendance(row: Row, codes: frozenset[str]) -> tuple[frozenset[Format], bool]:
    """The ways of attending, and whether the group meets at all."""
    closed = CLOSED_LOCATION in codes
    if closed:
        row.doubt(Reason.LOCATION_CLOSED)
    formats = _venue(row, codes)
    if not closed:
        return formats, True
    if formats >= ONLINE or row.present("virtual_meeting_link"):
        return ONLINE, True
    return NOT_KNOWN, False


def _venue(row: Row, codes: frozenset[str]) -> frozenset[Format]:
    venue = row.values.get("venue_type")
    if venue not in (None, "", 0, "0"):
        known = _VENUES.get(str(venue).strip())
        if known is not None:
            return known
        row.doubt(Reason.ATTENDANCE_NOT_UNDERSTOOD)
        row.unreadable.add("formats")
        return NOT_KNOWN
    if HYBRID_TYPE in codes:
        return HYBRID
    if VIRTUAL_TYPE in codes:
        return ONLINE
    online = row.present("virtual_meeting_link") or row.present("phone_meeting_number")
    in_person = row.present("location_street") or row.present("location_text")
    found = (ONLINE if online else NOT_KNOWN) | (IN_PERSON if in_person else NOT_KNOWN)
    row.doubt(Reason.ATTENDANCE_INFERRED if found else Reason.ATTENDANCE_UNKNOWN)
    return found


def _place(row: Row) -> Place | None:
    return row.read_place(
        row.values.get("latitude"),
        row.values.get("longitude"),
        approximate=False,
        label=label_of(row.text("location_text"), *(row.text(part) for part in _STREET)),
    )
