"""Which groups an id means that somebody wrote down once: an annotation, a placement, a refusal.

What was said of a group must not get lost because a feed changed, so an id means
1. the group with this id, or that has a meeting or a row with it; an id without a day and time
   means every group that came of the slug;
2. else every group of the slug, where the id names a day and time that are no more;
3. else the one group whose slug is the same but for case, spaces and marks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from peer_match.facts.group import Group

STAMP = "~"
"""What joins a slug to a day and time."""


class Names:
    """Every id that groups go by, and the places of the groups that have it."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._slugs: dict[str, set[int]] = defaultdict(set)
        self._plain: dict[str, set[int]] = defaultdict(set)
        for place, group in enumerate(groups):
            for id in ids_of(group):
                self._exact[id].add(place)
                self._slugs[_slug(id)].add(place)
                self._plain[_plain(id)].add(place)

    def called(self, id: str) -> tuple[int, ...]:
        """The places of the groups that an id means, in their order; none where it means none."""
        exact = self._exact.get(id, set())
        if not exact or STAMP not in id:
            exact = exact | self._slugs.get(_slug(id), set())
        if exact:
            return tuple(sorted(exact))
        alike = self._plain.get(_plain(id), set())
        return tuple(alike) if len(alike) == 1 else ()

    def near(self, id: str) -> str | None:
        """The id of a group that may have been meant, where an id means none."""
        feed, slash, _ = id.partition("/")
        # In a feed that is known only the rest counts: all of its ids begin alike.
        alike = f"{feed}{slash}" if slash else ""
        if not any(one.startswith(alike) for one in self._exact):
            alike = ""
        ids = {one.removeprefix(alike): one for one in sorted(self._exact) if one.startswith(alike)}
        close = get_close_matches(id.removeprefix(alike), list(ids), n=1, cutoff=0.7)
        return ids[close[0]] if close else None


def ids_of(group: Group) -> Iterator[str]:
    """Every id that a group goes by: its own, those of its rows, and those of its meetings."""
    yield group.id
    yield from group.also_listed_as
    for statement in group.meetings.statements:
        yield from (meeting.id for meeting in statement.value)


def _slug(id: str) -> str:
    return id.partition(STAMP)[0]


def _plain(id: str) -> str:
    feed, slash, slug = _slug(id).partition("/")
    plain = ("".join(one for one in part.casefold() if one.isalnum()) for part in (feed, slug))
    return slash.join(plain)
