"""The local annotation file: what feeds lack, each with its source and date.

    {"peer_match_annotations": 1,
     "feeds": [{"feed": "orange-county", "source": "the intergroup's site", "date": "2023-08-31",
                "fellowship": "aa", "zone": "America/Los_Angeles",
                "facts": {"languages": ["english"]}}],
     "groups": [{"group": "orange-county/dawn-patrol", "source": "call with the group",
                 "date": "2023-08-20", "facts": {"medication_stance": "welcoming"},
                 "facilitators": [{"id": "f-1", "facts": {"status": "active"}}]}]}

Owns the file's shape. A feed's `facts` hold for each of its groups of which nothing else is known.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from peer_match.directories.decode import decode
from peer_match.directories.fact_values import FactReader
from peer_match.directories.listing import items, mapping
from peer_match.directories.person_ids import person_id
from peer_match.directories.reading import (
    DEFAULT_SIZE_LIMIT,
    FeedSettings,
    Problem,
    WeekdayBase,
)
from peer_match.facts.group import Facilitator
from peer_match.facts.provenance import Frozen, PartialDate, Provenance, StatedBy
from peer_match.facts.vocabulary import Vocabularies
from peer_match.facts.zones import UnknownZone, zone

VERSION_KEY = "peer_match_annotations"
VERSION = 1


class FeedAnnotation(Frozen):
    """What holds for a whole feed. `facts` are by field of Group."""

    feed: str
    path: str
    provenance: Provenance
    fellowship: str | None = None
    zone: str | None = None
    weekday_base: WeekdayBase | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class GroupAnnotation(Frozen):
    """What holds for one group, named by its own id or that of one of its meetings."""

    group: str
    path: str
    provenance: Provenance
    facts: dict[str, Any] = Field(default_factory=dict)
    facilitators: tuple[Facilitator, ...] = ()
    members: frozenset[str] = frozenset()


class Annotations(Frozen):
    """An annotation file as read. Either `problems` is empty or nothing was read."""

    feeds: tuple[FeedAnnotation, ...] = ()
    groups: tuple[GroupAnnotation, ...] = ()
    problems: tuple[Problem, ...] = ()

    def settings_for(self, feed: str, settings: FeedSettings) -> FeedSettings:
        """The settings of a feed, with what the annotations add where they say nothing."""
        for one in self.feeds:
            if one.feed != feed:
                continue
            if settings.fellowship is None and one.fellowship is not None:
                settings = settings.model_copy(
                    update={"fellowship": one.fellowship, "fellowship_source": one.provenance}
                )
            settings = settings.model_copy(
                update={
                    "zone": settings.zone or one.zone,
                    "weekday_base": settings.weekday_base or one.weekday_base,
                }
            )
        return settings


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: StrictStr = Field(min_length=1)
    date: PartialDate
    facts: dict[str, Any] = Field(default_factory=dict)


class _WrittenFeed(_Written):
    feed: StrictStr = Field(min_length=1)
    fellowship: StrictStr | None = None
    zone: StrictStr | None = None
    weekday_base: WeekdayBase | None = None


class _WrittenFacilitator(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: StrictStr = Field(min_length=1)
    name: StrictStr | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class _WrittenGroup(_Written):
    group: StrictStr = Field(min_length=1)
    facilitators: tuple[_WrittenFacilitator, ...] = ()
    members: tuple[StrictStr, ...] = ()


def read_annotations(
    data: bytes, *, vocabularies: Vocabularies, size_limit: int = DEFAULT_SIZE_LIMIT
) -> Annotations:
    """Reads an annotation file; every problem at once, each with its JSON path."""
    value = decode(data, size_limit)
    if isinstance(value, Problem):
        return Annotations(problems=(value,))
    problem = _wrong_file(value)
    if problem is not None:
        return Annotations(problems=(problem,))
    reader = FactReader(vocabularies)
    whole = mapping(value)
    for key in sorted(whole.keys() - {VERSION_KEY, "feeds", "groups"}):
        reader.problem(key, "not-understood", f"`{key}` is not part of an annotation file")
    for key in ("feeds", "groups"):
        if key in whole and not isinstance(whole[key], list):
            reader.problem(key, "not-understood", f"`{key}` must be a list")
    feeds = [_feed(one, f"feeds[{n}]", reader) for n, one in enumerate(items(whole.get("feeds")))]
    groups = [
        _group(one, f"groups[{n}]", reader) for n, one in enumerate(items(whole.get("groups")))
    ]
    if reader.problems:
        return Annotations(problems=tuple(reader.problems))
    return Annotations(
        feeds=tuple(one for one in feeds if one is not None),
        groups=tuple(one for one in groups if one is not None),
    )


def _wrong_file(value: Any) -> Problem | None:
    version: object = mapping(value).get(VERSION_KEY)
    if version == VERSION and version is not True:
        return None
    return Problem(
        code="version-not-known",
        message=f"only an annotation file of version {VERSION} can be read",
        help=f'write "{VERSION_KEY}": {VERSION}',
        path=VERSION_KEY,
    )


def _feed(value: Any, path: str, reader: FactReader) -> FeedAnnotation | None:
    written = reader.model(_WrittenFeed, value, path)
    provenance = _provenance(written)
    facts = _facts("group", value, provenance, path, reader)
    if written is None:
        return None
    if written.fellowship is not None:
        reader.code("fellowship", written.fellowship, f"{path}.fellowship")
    if written.zone is not None:
        try:
            zone(written.zone)
        except UnknownZone as error:
            reader.problem(f"{path}.zone", "zone-not-known", str(error))
    return FeedAnnotation(
        feed=written.feed,
        path=path,
        provenance=provenance,
        fellowship=written.fellowship,
        zone=written.zone,
        weekday_base=written.weekday_base,
        facts=facts,
    )


def _group(value: Any, path: str, reader: FactReader) -> GroupAnnotation | None:
    written = reader.model(_WrittenGroup, value, path)
    provenance = _provenance(written)
    facts = _facts("group", value, provenance, path, reader)
    led_by = [
        _facts("facilitator", one, provenance, f"{path}.facilitators[{number}]", reader)
        for number, one in enumerate(items(mapping(value).get("facilitators")))
    ]
    if written is None:
        return None
    return GroupAnnotation(
        group=written.group,
        path=path,
        provenance=provenance,
        facts=facts,
        facilitators=tuple(
            Facilitator(id=person_id(one.id), name=one.name, **known)
            for one, known in zip(written.facilitators, led_by, strict=True)
        ),
        members=frozenset(map(person_id, written.members)),
    )


def _facts(
    subject: str, value: Any, provenance: Provenance, path: str, reader: FactReader
) -> dict[str, Any]:
    """The facts of an entry, read even where something else of the entry is wrong."""
    whole = mapping(value)
    id = str(whole.get("group") or whole.get("feed") or whole.get("id"))
    return reader.read(subject, mapping(whole.get("facts")), provenance, f"{path}.facts", id)


def _provenance(written: _Written | None) -> Provenance:
    # Without a source nothing is kept; the facts are read for their faults alone.
    return Provenance(
        source=written.source if written else "",
        stated_by=StatedBy.ANNOTATION,
        date=written.date if written else None,
    )
