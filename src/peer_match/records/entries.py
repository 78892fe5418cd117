"""The log: what is appended to it, and the history that it gives back.

An entry is known by a key, within the subject and its kind:

- an event by its source and its id there; an event without an id has no key, so it is never taken
  for another, and whatever sends it twice records it twice;
- a reassessment by its id;
- a retraction and a coverage by their content.

The same key with the same content is no news. The order in which entries arrive never matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pydantic_core import PydanticSerializationError
from sqlalchemy import Connection, insert, select

from peer_match.facts.event import About, Coverage, Event, History, Reassessment, Retraction
from peer_match.records.canonical import canonical, digest
from peer_match.records.errors import ConflictingEntryError, RecordsError
from peer_match.records.schema import log

Entry = Event | Retraction | Reassessment | Coverage

_NAMES: dict[type[Entry], str] = {
    Event: "event",
    Retraction: "retraction",
    Reassessment: "reassessment",
    Coverage: "coverage",
}
_TYPES = {name: kind for kind, name in _NAMES.items()}


def append(
    connection: Connection, subject: str, about: About, entries: Iterable[Entry], now: datetime
) -> int:
    """Append what is new among `entries` and give its number; all of them or none.

    Raises ConflictingEntryError that names every key which is there with another content.
    """
    rows: list[Mapping[str, object]] = []
    met: dict[tuple[str, str], Entry] = {}
    conflicts: list[str] = []
    for entry in map(_in_utc, entries):
        body, name = _body(entry), _NAMES[type(entry)]
        key = _key(entry, body)
        if key is not None:
            earlier = met.get((name, key)) or _recorded(connection, subject, about, name, key)
            met[name, key] = earlier or entry
            if earlier is not None:
                if earlier != entry:
                    conflicts.append(key)
                continue
        recorded = now if isinstance(entry, Coverage) else entry.recorded
        rows.append(
            {"subject": subject, "about": about, "entry": name, "key": key, "body": body}
            | {"recorded_at": recorded, "appended_at": now}
        )
    if conflicts:
        raise ConflictingEntryError(tuple(conflicts))
    if rows:
        connection.execute(insert(log), rows)
    return len(rows)


def history(connection: Connection, subject: str, about: About) -> History:
    """Everything recorded of one subject, in an order that does not depend on who came first."""
    entries = [
        _entry(row.entry, row.body)
        for row in connection.execute(
            select(log.c.entry, log.c.body)
            .where(log.c.subject == subject, log.c.about == about)
            .order_by(log.c.recorded_at, log.c.seq)
        )
    ]
    return History(
        subject=subject,
        about=about,
        events=tuple(sorted((e for e in entries if isinstance(e, Event)), key=_order)),
        retractions=tuple(sorted((e for e in entries if isinstance(e, Retraction)), key=_order)),
        reassessments=tuple(
            sorted((e for e in entries if isinstance(e, Reassessment)), key=_order)
        ),
        coverage=_narrowest([e for e in entries if isinstance(e, Coverage)]),
    )


def subjects(connection: Connection) -> tuple[tuple[str, About], ...]:
    """Every subject of the log with what it is, sorted."""
    found = connection.execute(select(log.c.subject, log.c.about).distinct())
    return tuple(sorted((row.subject, row.about) for row in found))


def _narrowest(coverage: Sequence[Coverage]) -> tuple[Coverage, ...]:
    """Of a time that was recorded with several ends, or with none at first, the shortest.

    A coverage that goes on is ended by recording it again with its end. To claim too little is the
    safe mistake: then nobody says that nothing happened.
    """
    shortest: dict[tuple[str, datetime], Coverage] = {}
    for one in coverage:
        known = shortest.setdefault((one.kind, one.begins), one)
        if one.ends is not None and (known.ends is None or one.ends < known.ends):
            shortest[one.kind, one.begins] = one
    return tuple(shortest[key] for key in sorted(shortest))


def _recorded(
    connection: Connection, subject: str, about: About, name: str, key: str
) -> Entry | None:
    row = connection.execute(
        select(log.c.entry, log.c.body).where(
            log.c.subject == subject,
            log.c.about == about,
            log.c.entry == name,
            log.c.key == key,
        )
    ).one_or_none()
    return None if row is None else _entry(row.entry, row.body)


def _entry(name: str, body: str) -> Entry:
    return _TYPES[name].model_validate_json(body)


def _in_utc(entry: Entry) -> Entry:
    """The same instants with one spelling, so that one content has one text."""
    if isinstance(entry, Coverage):
        ends = None if entry.ends is None else entry.ends.astimezone(UTC)
        return entry.model_copy(update={"begins": entry.begins.astimezone(UTC), "ends": ends})
    return entry.model_copy(update={"recorded": entry.recorded.astimezone(UTC)})


def _body(entry: Entry) -> str:
    try:
        return canonical(entry.model_dump(mode="json"))
    except (PydanticSerializationError, TypeError):
        raise RecordsError("an entry holds text that is not valid Unicode") from None


def _key(entry: Entry, body: str) -> str | None:
    match entry:
        case Event():
            return entry.key
        case Reassessment():
            return entry.id
        case Retraction() | Coverage():
            return digest(body)


def _order(entry: Event | Retraction | Reassessment) -> tuple[datetime, str]:
    return entry.recorded, _body(entry)
