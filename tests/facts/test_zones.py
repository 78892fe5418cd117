"""Zones come from the package, whatever the machine has."""

import importlib.metadata
import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import tzdata

from peer_match.facts import zones
from peer_match.facts.zones import IANA_VERSION, TZDATA_VERSION, UnknownZone, zone, zone_names


@pytest.fixture
def machine_where_new_york_is_kolkata(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "America").mkdir()
    with as_file(files(tzdata).joinpath("zoneinfo/Asia/Kolkata")) as kolkata:
        shutil.copy(kolkata, tmp_path / "America" / "New_York")
    zoneinfo.reset_tzpath([tmp_path])
    forget_zones()
    yield
    zoneinfo.reset_tzpath()
    forget_zones()


def forget_zones() -> None:
    zone.cache_clear()
    zoneinfo.ZoneInfo.clear_cache()


def offset(name: str, *local: int) -> timedelta | None:
    return datetime(*local, tzinfo=zone(name)).utcoffset()  # type: ignore[arg-type,misc]


@pytest.mark.usefixtures("machine_where_new_york_is_kolkata")
def test_the_files_of_the_machine_are_never_read() -> None:
    misled = zoneinfo.ZoneInfo("America/New_York")
    assert datetime(2026, 1, 7, tzinfo=misled).utcoffset() == timedelta(hours=5, minutes=30)
    assert offset("America/New_York", 2026, 1, 7) == timedelta(hours=-5)


@pytest.mark.parametrize(
    ("alias", "hours"),
    [("America/Buenos_Aires", -3), ("America/Montreal", -5), ("Europe/Kiev", 2), ("UTC", 0)],
)
def test_legacy_names_work(alias: str, hours: int) -> None:
    assert offset(alias, 2026, 1, 7) == timedelta(hours=hours)
    assert zone(alias).key == alias


def test_every_listed_name_can_be_loaded() -> None:
    assert len(zone_names()) > 500
    assert {zone(name).key for name in zone_names()} == zone_names()


def test_a_zone_is_loaded_once() -> None:
    assert zone("Asia/Kolkata") is zone("Asia/Kolkata")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus_Mons",
        "America",
        "America/",
        "/etc/localtime",
        "../zones",
        "America/../UTC",
        "America/New_York ",
        "America/New_York\0",
        "__init__.py",
        "-05:00",
    ],
)
def test_an_unknown_name_is_a_typed_error_that_holds_it(name: str) -> None:
    with pytest.raises(UnknownZone) as raised:
        zone(name)
    assert isinstance(raised.value, ValueError)
    assert raised.value.name == name
    assert f"`{name}` is not the name of a time zone" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("America/New_york", "America/New_York"),
        ("america/los_angeles", "America/Los_Angeles"),
        ("EUROPE/LONDON", "Europe/London"),
        ("Europe/Londom", "Europe/London"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(UnknownZone, match=f"did you mean `{meant}`"):
        zone(name)


def test_the_version_is_that_of_the_data() -> None:
    assert importlib.metadata.version("tzdata") == TZDATA_VERSION
    year, release = TZDATA_VERSION.split(".")[:2]
    assert f"{year}{chr(ord('a') + int(release) - 1)}" == IANA_VERSION
    assert zones.tzdata is tzdata


def test_the_data_knows_the_end_of_clock_changes_in_vancouver() -> None:
    assert offset("America/Vancouver", 2026, 11, 11) == timedelta(hours=-7)
