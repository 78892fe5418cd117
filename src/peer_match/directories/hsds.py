"""Open Referral HSDS 3: services, the locations they are offered at, and their schedules.

Readings of this format, each a choice:
- A row is one service at one location; a service without locations is one row.
- The schedules of the service at the location count, else those of the service. A location's own
  schedules are the hours of a building and are not read.
- `timezone` is a number of hours from UTC. It says nothing about daylight saving, so the time zone
  comes from the settings or stays unknown.
- Only a weekly schedule that no month, week of the year or day of the month narrows is weekly.
- Whether a service is a peer-led group, and for whom, is not in the format: annotations say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peer_match.directories import wording
from peer_match.directories.code_book import (
    CLOSED,
    OPEN,
    TEMPORARILY_CLOSED,
    CodeBook,
    said_in_text,
)
from peer_match.directories.listing import (
    IN_PERSON,
    NOT_KNOWN,
    ONLINE,
    Listing,
    Refused,
    Row,
    Time,
    items,
    label_of,
    mapping,
)
from peer_match.directories.reading import WeekdayBase
from peer_match.directories.reasons import Reason
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.week import Format

WEEKDAY_BASE = WeekdayBase.MONDAY_IS_0
SYSTEM = "hsds"
ADULT_YEARS = 18  # What `admits_minors` asks about, by its definition.

_FORMATS = {"physical": IN_PERSON, "virtual": ONLINE}
_BYDAY = re.compile(r"(?P<which>[+-]?\d{1,2})?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_NARROWING = ("byweekno", "bymonthday", "byyearday", "bymonth", "bysetpos")


def recognises(row: dict[str, Any]) -> bool:
    """Whether a record looks like a service, or a service at a location."""
    if isinstance(row.get("service"), dict):
        return True
    return any(isinstance(row.get(key), list) for key in ("schedules", "service_at_locations"))


def services(records: Iterable[Any]) -> list[Any]:
    """One row for each service at a location, as a mapping with `service` and `location`."""
    rows: list[Any] = []
    for record in records:
        whole = mapping(record)
        places = items(whole.get("service_at_locations"))
        if isinstance(whole.get("service"), dict) or not places:
            rows.append(record)
        else:
            rows.extend({**mapping(place), "service": whole} for place in places)
    return rows


def listing(row: Row, book: CodeBook) -> Listing:
    """Reads one row. Raises Refused where no group can come of it."""
    values = row.values
    nested = mapping(values.get("service"))
    service = nested or values
    location = mapping(values.get("location"))
    # Every service has a status; an organisation or a location has none.
    if not nested and "status" not in values:
        raise Refused(Reason.SERVICE_MISSING)
    key = row.read_id(values.get("id"), service.get("id"))
    name = row.read_name(service.get("name"))
    said_in_text(row, name, (service.get("description"), location.get("name")))
    schedule = _schedule(row, values if items(values.get("schedules")) else service)
    status = _status(row, service, book, schedule.cancelled)
    formats = _formats(row, location)
    assured = row.read_updated(
        service.get("assured_date") or service.get("last_modified"), order=None
    )
    return Listing(
        row=row.number,
        id=key,
        name=name,
        same_group=(str(service.get("id") or key), str(location.get("id") or key)),
        times=schedule.times,
        zone=_zone(row, service, needed=bool(schedule.times)),
        weekly=schedule.weekly,
        formats=formats,
        codes=_codes(service, book),
        complete=frozenset({"formats"}) if formats else frozenset(),
        unreadable=frozenset(row.unreadable),
        place=_place(row, location) if location and formats != ONLINE else None,
        status=status,
        admits_minors=_admits_minors(service),
        updated=assured,
        first_day=schedule.first_day,
        last_day=schedule.last_day,
    )


_STATUS = {
    "active": OPEN,
    "inactive": TEMPORARILY_CLOSED,
    "temporarily closed": TEMPORARILY_CLOSED,
    "defunct": CLOSED,
}


def _status(row: Row, service: Mapping[str, Any], book: CodeBook, cancelled: bool) -> str | None:
    value = service.get("status")
    code = _STATUS.get(value) if isinstance(value, str) else None
    if code in (TEMPORARILY_CLOSED, CLOSED):
        row.doubt(Reason.INACTIVE)
    own = book.own("group-status", code) if code else None
    status = None if code == OPEN and cancelled else own
    if status is None:
        row.unreadable.add("status")
    return status


@dataclass(frozen=True, slots=True)
class _Schedule:
    """All schedules of a row together; they hold from the last first day to the first last one."""

    times: tuple[Time, ...]
    weekly: bool | None
    cancelled: bool
    first_day: PartialDate | None
    last_day: PartialDate | None


def _schedule(row: Row, holder: Mapping[str, Any]) -> _Schedule:
    schedules = [mapping(one) for one in items(holder.get("schedules"))]
    if not schedules:
        row.doubt(Reason.BY_APPOINTMENT)
    regular = [_is_weekly(row, schedule) for schedule in schedules]
    times = {time for schedule in schedules for time in _times(row, schedule)}
    weekly, cancelled = row.read_wording(
        *(schedule.get(key) for schedule in schedules for key in ("description", "notes"))
    )
    starts = _days(row, schedules, "valid_from")
    ends = _days(row, schedules, "valid_to", "until")
    if ends:
        row.doubt(Reason.SCHEDULE_ENDS)
    return _Schedule(
        times=tuple(sorted(times, key=lambda time: (time.weekday, time.start, time.minutes))),
        weekly=weekly if all(regular) else False,
        cancelled=cancelled,
        first_day=max(starts, key=lambda day: day.earliest, default=None),
        last_day=min(ends, key=lambda day: day.latest, default=None),
    )


def _is_weekly(row: Row, schedule: Mapping[str, Any]) -> bool:
    weekly = (
        schedule.get("freq") in (None, "", "WEEKLY")
        and schedule.get("interval") in (None, "", 1, "1")
        and not any(schedule.get(key) for key in _NARROWING)
        and not any(one["which"] for one in _by_day(schedule))
    )
    if not weekly:
        row.doubt(Reason.NOT_WEEKLY)
    return weekly


def _by_day(schedule: Mapping[str, Any]) -> list[re.Match[str]]:
    value = schedule.get("byday")
    parts = value.split(",") if isinstance(value, str) else items(value)
    found = [_BYDAY.fullmatch(one.strip()) for one in parts if isinstance(one, str)]
    return [one for one in found if one is not None]


def _times(row: Row, schedule: Mapping[str, Any]) -> tuple[Time, ...]:
    """The times of one schedule; a value that is not understood leaves all of it out."""
    if schedule.get("count") and not schedule.get("until"):
        # So many times from a day that need not be given: nobody knows when it is over.
        row.doubt(Reason.SCHEDULE_ENDS)
        row.unreadable.add("meetings")
        return ()
    days: object = [one["day"] for one in _by_day(schedule)]
    stated = schedule.get("byday")
    if stated and len(_by_day(schedule)) != (
        len(stated.split(",")) if isinstance(stated, str) else len(items(stated))
    ):
        row.doubt(Reason.DAY_NOT_UNDERSTOOD)
        row.unreadable.add("meetings")
        return ()
    if not days and schedule.get("freq") == "WEEKLY":
        days = _weekday_of(schedule.get("dtstart"))
    return row.read_times(days, schedule.get("opens_at"), None, schedule.get("closes_at"))


def _weekday_of(value: object) -> int | None:
    """A rule without days repeats on the weekday that it starts on (RFC 5545)."""
    try:
        day = PartialDate(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if day is None or day.earliest != day.latest:
        return None
    return day.earliest.weekday()


def _days(row: Row, schedules: Iterable[Mapping[str, Any]], *keys: str) -> list[PartialDate]:
    found: list[PartialDate] = []
    for value in (schedule.get(key) for schedule in schedules for key in keys):
        try:
            if isinstance(value, str) and value.strip():
                found.append(PartialDate(value.strip()[:10]))
        except ValueError:
            row.doubt(Reason.DAY_NOT_UNDERSTOOD, wording.shown_value(value))
    return found


def _zone(row: Row, service: Mapping[str, Any], *, needed: bool) -> str | None:
    schedules = items(row.values.get("schedules")) or items(service.get("schedules"))
    offset = any(mapping(one).get("timezone") not in (None, "") for one in schedules)
    if offset and needed and row.settings.zone is None:
        row.doubt(Reason.ZONE_OFFSET_ONLY)
        return None
    return row.read_zone(None, needed=needed)


def _formats(row: Row, location: Mapping[str, Any]) -> frozenset[Format]:
    kind = location.get("location_type")
    found = _FORMATS.get(kind) if isinstance(kind, str) else None
    if found is None:
        row.doubt(Reason.ATTENDANCE_UNKNOWN)
        return NOT_KNOWN
    return found


def _codes(service: Mapping[str, Any], book: CodeBook) -> dict[str, frozenset[str]]:
    attributes = [mapping(one) for one in items(service.get("attributes"))]
    terms = [mapping(one.get("taxonomy_term")) for one in attributes]
    codes = {code for term in terms if isinstance(code := term.get("code"), str) and code}
    found = book.read(codes)
    languages: set[str] = set()
    for one in items(service.get("languages")):
        code = mapping(one).get("code")
        own = book.language(code) if isinstance(code, str) else None
        if own is not None:
            languages.add(own)
    if languages:
        found["languages"] = found.get("languages", frozenset()) | languages
    return found


def _admits_minors(service: Mapping[str, Any]) -> bool | None:
    youngest = service.get("minimum_age")
    if isinstance(youngest, bool) or not isinstance(youngest, int | float):
        return None
    return youngest < ADULT_YEARS


def _place(row: Row, location: Mapping[str, Any]) -> Place | None:
    addresses = [mapping(one) for one in items(location.get("addresses"))]
    physical = (one for one in addresses if one.get("address_type") == "physical")
    address = next(physical, mapping(None))
    parts = ("address_1", "city", "state_province", "postal_code", "country")
    return row.read_place(
        location.get("latitude"),
        location.get("longitude"),
        approximate=False,
        label=label_of(location.get("name"), *(address.get(part) for part in parts)),
    )
