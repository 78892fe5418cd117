"""Where something is, and how far apart two places are."""

from __future__ import annotations

from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from pydantic import Field

from peer_match.facts.provenance import Frozen

MEAN_EARTH_RADIUS_METRES = 6_371_008  # IUGG mean radius R1
MICRODEGREES = 1_000_000


class Precision(StrEnum):
    """Whether coordinates name a point or only the middle of an area."""

    POINT = "point"
    AREA = "area"


class Place(Frozen):
    """A place on earth, in millionths of a degree (integers, so that decisions hold no floats)."""

    latitude: int = Field(ge=-90 * MICRODEGREES, le=90 * MICRODEGREES)
    longitude: int = Field(ge=-180 * MICRODEGREES, le=180 * MICRODEGREES)
    precision: Precision = Precision.POINT
    label: str | None = None

    @classmethod
    def at(
        cls,
        latitude: float,
        longitude: float,
        *,
        precision: Precision = Precision.POINT,
        label: str | None = None,
    ) -> Place:
        """From degrees. Raises pydantic's ValidationError outside the earth's range."""
        return cls(
            latitude=round(latitude * MICRODEGREES),
            longitude=round(longitude * MICRODEGREES),
            precision=precision,
            label=label,
        )


def metres_between(one: Place, other: Place) -> int | None:
    """The great-circle distance in whole metres (haversine), or None.

    None when either place is only the middle of an area: a distance to a city's centre says
    nothing about a person's way.
    """
    if Precision.AREA in (one.precision, other.precision):
        return None
    latitude, other_latitude = (radians(p.latitude / MICRODEGREES) for p in (one, other))
    north = other_latitude - latitude
    east = radians((other.longitude - one.longitude) / MICRODEGREES)
    chord = sin(north / 2) ** 2 + cos(latitude) * cos(other_latitude) * sin(east / 2) ** 2
    return round(2 * MEAN_EARTH_RADIUS_METRES * asin(sqrt(min(1.0, chord))))
