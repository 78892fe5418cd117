"""A row of any format, once it has been understood: what `assemble` builds groups from.

Owns what the formats have in common: reading a value with the doubt about it, the times of a
meeting, coordinates, names and ids. Must not know the field names of any format.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from peer_match.directories import clock, wording
from peer_match.directories.reading import FeedSettings, NoteKind, RowNote
from peer_match.directories.reasons import Reason
from peer_match.facts.place import MICRODEGREES, Place, Precision
from peer_match.facts.provenance import PartialDate
from peer_match.facts.week import Format as AttendanceFormat
from peer_match.facts.zones import zone_names

# The ways of attending that a row can come to.
NOT_KNOWN: frozenset[AttendanceFormat] = frozenset()
IN_PERSON: frozenset[AttendanceFormat] = frozenset({"in-person"})
ONLINE: frozenset[AttendanceFormat] = frozenset({"online"})
HYBRID = IN_PERSON | ONLINE


@dataclass(frozen=True, slots=True)
class Time:
    """One weekly time: `weekday` 0 for Monday, `start` in minutes after midnight."""

    weekday: int
    start: int
    minutes: int
    length_assumed: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One understood row.

    `same_group` tells rows of one group from others by what is not a fact: name, location, link.
    `codes` holds our own codes by field of `Group`; fields in `complete` list all there is, and
    those in `unreadable` hold something that was not understood. `weekly` is None when in doubt.
    The schedule holds from `first_day` through `last_day`, where those are known. `other_rows` and
    `other_ids` are of rows that came into this listing, or that list it a second time.
    """

    row: int
    id: str
    name: str
    same_group: tuple[str, ...]
    times: tuple[Time, ...]
    zone: str | None
    weekly: bool | None
    formats: frozenset[AttendanceFormat]
    codes: Mapping[str, frozenset[str]]
    complete: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    place: Place | None = None
    status: str | None = None
    kind: str | None = None
    by_phone: bool = False
    welcomes_newcomers: bool | None = None
    admits_minors: bool | None = None
    updated: PartialDate | None = None
    first_day: PartialDate | None = None
    last_day: PartialDate | None = None
    other_rows: tuple[int, ...] = ()
    other_ids: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 - an outcome of a row, not a fault of the program
    """Raised inside a format's reader to give up a row; never leaves this room."""

    def __init__(self, reason: Reason, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Row:
    """A row while it is being read: its values, and the doubts met on the way.

    `purposes` is what the feed's fellowship is for, where one is configured.
    """

    number: int
    values: Mapping[str, Any]
    settings: FeedSettings
    id: str | None = None
    doubts: list[tuple[Reason, str | None]] = field(default_factory=list[tuple[Reason, str | None]])
    unreadable: set[str] = field(default_factory=set[str])
    purposes: frozenset[str] | None = None

    def doubt(self, reason: Reason, detail: str | None = None) -> None:
        """Records a doubt, once."""
        if (reason, detail) not in self.doubts:
            self.doubts.append((reason, detail))

    def notes(self) -> list[RowNote]:
        """The doubts as notes."""
        return [
            RowNote(
                row=self.number,
                id=self.id,
                kind=NoteKind.TAKEN_WITH_DOUBT,
                reason=reason,
                detail=detail,
            )
            for reason, detail in self.doubts
        ]

    def text(self, key: str) -> str:
        """A text of the row, stripped; empty where there is none."""
        value = self.values.get(key)
        return value.strip() if isinstance(value, str) else ""

    def present(self, key: str) -> bool:
        """Whether the row gives a value: neither null, nor empty, nor missing."""
        value = self.values.get(key)
        return value is not None and value != "" and value != []

    def read_id(self, *values: object) -> str:
        """Settles the row's id: the first value that can be one. Refuses the row without any."""
        for value in values:
            found, replaced = wording.usable_id(value)
            if found is not None:
                self.id = found
                if replaced:
                    self.doubt(Reason.ID_REPLACED)
                return found
        raise Refused(Reason.ID_MISSING)

    def read_name(self, value: object) -> str:
        """The public name. Refuses the row without one."""
        whole = wording.plain(value, 10 * wording.LONGEST_NAME)
        if not whole:
            raise Refused(Reason.NAME_MISSING)
        if len(whole) > wording.LONGEST_NAME:
            self.doubt(Reason.NAME_SHORTENED)
        return wording.plain(whole, wording.LONGEST_NAME)

    def read_times(
        self, days: object, starts: object, length: object, end: object
    ) -> tuple[Time, ...]:
        """The weekly times from day, start and either a duration or an end; empty if unclear."""
        start, minutes, assumed = self._read_clock(starts, length, end)
        base = self.settings.weekday_base
        if base is None:
            raise ValueError("the format's reader settles what the numbers of days mean")
        found = clock.weekdays(days, base)
        day_given, time_given = days not in (None, "", []), starts not in (None, "")
        if not day_given:
            self.doubt(Reason.DAY_MISSING if time_given else Reason.BY_APPOINTMENT)
        elif found is None:
            self.doubt(Reason.DAY_NOT_UNDERSTOOD, wording.shown_value(days))
            self.unreadable.add("meetings")
        if day_given and not time_given:
            self.doubt(Reason.TIME_MISSING)
        if found is None or start is None:
            return ()
        return tuple(Time(day, start, minutes, assumed) for day in found)

    def _read_clock(
        self, starts: object, length: object, end: object
    ) -> tuple[int | None, int, bool]:
        start = clock.minute_of_day(starts)
        if start is None:
            if starts not in (None, ""):
                self.doubt(Reason.TIME_NOT_UNDERSTOOD, wording.shown_value(starts))
                self.unreadable.add("meetings")
            return None, clock.DEFAULT_MINUTES, True
        if start == clock.DAY - 1:
            self.doubt(Reason.MIDNIGHT_AS_23_59)
        if end not in (None, ""):
            minutes, doubt = clock.length_between(start, clock.minute_of_day(end))
        elif length not in (None, ""):
            minutes, doubt = clock.length_of_duration(clock.minutes_of_duration(length))
        else:
            minutes, doubt = clock.DEFAULT_MINUTES, Reason.LENGTH_ASSUMED
        if doubt is not None:
            self.doubt(doubt)
        return start, minutes, doubt not in (None, Reason.LENGTH_UNLIKELY)

    def read_zone(self, value: object, *, needed: bool) -> str | None:
        """The row's time zone, else the configured one. Nothing else says where a clock stands."""
        if value in (None, ""):
            if self.settings.zone is None and needed:
                self.doubt(Reason.ZONE_MISSING)
            return self.settings.zone
        if isinstance(value, str) and value.strip() in zone_names():
            return value.strip()
        self.doubt(Reason.ZONE_NOT_UNDERSTOOD)
        return None

    def read_place(
        self, latitude: object, longitude: object, *, approximate: bool, label: str
    ) -> Place | None:
        """The place, or None with the doubt why it is not known."""
        if latitude in (None, "") or longitude in (None, ""):
            self.doubt(Reason.PLACE_MISSING)
            return None
        north, east = _degrees(latitude), _degrees(longitude)
        if north is None or east is None or abs(north) > 90 or abs(east) > 180:
            self.doubt(Reason.PLACE_NOT_UNDERSTOOD)
            return None
        if round(north * MICRODEGREES) == 0 and round(east * MICRODEGREES) == 0:
            self.doubt(Reason.PLACE_AT_ZERO)
            return None
        if approximate:
            self.doubt(Reason.PLACE_APPROXIMATE)
        precision = Precision.AREA if approximate else Precision.POINT
        return Place.at(north, east, precision=precision, label=label or None)

    def read_updated(self, value: object, order: clock.SlashOrder | None) -> PartialDate | None:
        """The day on which the listing was last changed."""
        day, doubt = clock.day_of(value, order)
        # A feed's days are those of UTC, which may be a day ahead of who fetched it.
        retrieved = self.settings.retrieved
        if day and retrieved and day.earliest - retrieved > timedelta(days=1):
            day, doubt = None, Reason.UPDATED_AFTER_RETRIEVAL
        if doubt is not None:
            self.doubt(doubt)
        return day

    def read_wording(self, *texts: object) -> tuple[bool | None, bool]:
        """Whether it is surely weekly (None: in doubt), and whether it may be cancelled."""
        irregular, cancelled = wording.may_not_be_weekly(texts), wording.may_be_cancelled(texts)
        if irregular:
            self.doubt(Reason.MAY_NOT_BE_WEEKLY)
        if cancelled:
            self.doubt(Reason.MAY_BE_CANCELLED)
        return None if irregular else True, cancelled


def _degrees(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) else None


def label_of(*parts: object) -> str:
    """The name and address of a location on one line, each part once."""
    found: list[str] = []
    for part in parts:
        text = wording.plain(part, wording.LONGEST_LABEL)
        if text and not any(text.casefold() in earlier.casefold() for earlier in found):
            found.append(text)
    return wording.plain(", ".join(found), wording.LONGEST_LABEL)


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object as it is; anything else as an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """A JSON array as it is; anything else as an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []
