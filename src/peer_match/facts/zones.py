"""Time zones by name, always from the `tzdata` package and never from the machine.

`zoneinfo` prefers the machine's own files, which may be years older than the package, so that a
recorded version of the package would say nothing about the data in use. Here the package is the
only source: the same facts give the same answer on every machine, and `TZDATA_VERSION` is true.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

# Both are read from the module that lies beside the data, not from installation metadata.
TZDATA_VERSION: str = tzdata.__version__
"""The version of the package that the zones come from, such as `2026.6`."""

IANA_VERSION: str = tzdata.IANA_VERSION
"""The release of the time zone database in that package, such as `2026f`."""


class UnknownZone(ValueError):  # noqa: N818 - the name says what is wrong
    """No time zone of this name; the message proposes the nearest names."""

    def __init__(self, name: str) -> None:
        self.name = name
        near = get_close_matches(name, zone_names(), n=1) or _same_but_for_case(name)
        meant = f"; did you mean `{near[0]}`?" if near else ", such as `America/New_York`"
        super().__init__(f"`{name}` is not the name of a time zone{meant}")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every name that `zone` takes, legacy ones such as `America/Buenos_Aires` included."""
    return frozenset(files(tzdata).joinpath("zones").read_text("utf-8").split())


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises UnknownZone.

    It cannot be pickled (`zoneinfo` refuses zones read from a file): facts hold the name.
    """
    # Names come from feeds and forms, so only listed ones ever become a path.
    if name not in zone_names():
        raise UnknownZone(name)
    with files(tzdata).joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _same_but_for_case(name: str) -> list[str]:
    return [known for known in sorted(zone_names()) if known.casefold() == name.casefold()]
