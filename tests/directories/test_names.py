"""The ids that groups go by: what is said of one is not lost when a feed changes."""

from collections.abc import Callable
from typing import Any

import pytest

from peer_match.directories import DirectoryReading
from peer_match.directories.names import Names
from peer_match.facts.group import Group

Read = Callable[..., DirectoryReading]


def row(slug: str, day: int, **changes: Any) -> dict[str, Any]:
    shared = {"time": "07:00", "types": ["O"], "attendance_option": "online"}
    return {"slug": slug, "name": "Dawn", "day": day} | shared | changes


@pytest.mark.parametrize(
    ("id", "places"),
    [
        ("feed/dawn", (0,)),
        ("feed/dawn-2", (0,)),
        ("feed/dawn-3", (0,)),
        ("feed/dawn~tu-0700", (0,)),
        ("feed/dusk", (1,)),
        ("feed/Dusk", (1,)),
        ("Feed/dusk_", (1,)),
        ("feed/dusk~su-1000", (1,)),
        ("feed/dus", ()),
        ("other/dusk", ()),
        ("dusk", ()),
    ],
)
def test_which_group_an_id_means(read: Read, id: str, places: tuple[int, ...]) -> None:
    rows = [row("dawn", 2), row("dawn-2", 3), row("dawn-3", 3), row("dusk", 1, name="Dusk")]
    reading = read(rows)
    assert [one.id for one in reading.groups] == ["feed/dawn", "feed/dusk"]
    assert Names(reading.groups).called(id) == places


def test_a_slug_means_every_group_that_came_of_it() -> None:
    groups = [Group(id=id, name="Dawn") for id in ("feed/dawn~mo-0700", "feed/dawn~tu-0700")]
    assert Names(groups).called("feed/dawn") == (0, 1)
    assert Names(groups).called("feed/dawn~tu-0700") == (1,)


def test_an_id_that_may_mean_two_groups_means_none() -> None:
    groups = [Group(id=id, name="Dawn") for id in ("feed/Dawn", "feed/d-awn")]
    assert Names(groups).called("feed/dawn") == ()


def test_what_may_have_been_meant() -> None:
    names = Names([Group(id="feed/dawn-patrol", name="Dawn")])
    assert names.near("feed/dawn-patrl") == "feed/dawn-patrol"
    assert names.near("feed/noon") is None
    assert names.near("fed/dawn-patrol") == "feed/dawn-patrol"
