"""docs/requirements.md: what it names exists, and no requirement is left without an answer."""

import re
from pathlib import Path

import pytest

import peer_match

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "requirements.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| (R\d\d) \| .+ \| (?:core|adjacent) \| (.+) \| (.*?) ?\|$", PAGE, re.MULTILINE
)
FILES = {path.stem for path in (ROOT / "rules").rglob("*.yaml")}
SOURCE = Path(peer_match.__file__).parent
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in SOURCE.rglob("*.py")
}
COMMAND = "peer-match "


def named(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def later_parts() -> set[str]:
    found = re.search(r"^Later parts: (.+)\.$", PAGE, re.MULTILINE)
    assert found is not None
    return {*re.sub(r" \([^)]*\)", "", found[1]).split(", ")}


def test_every_requirement_has_a_row_in_order() -> None:
    assert [id for id, _, _ in ROWS] == [f"R{number:02}" for number in range(1, 64)]
    assert PAGE.count("\n| R") == len(ROWS)


@pytest.mark.parametrize(("id", "met", "tested"), ROWS)
def test_what_a_row_names_exists(id: str, met: str, tested: str) -> None:
    for name in named(met):
        folder = name.endswith("/") and (ROOT / name).is_dir()
        assert name in FILES | MODULES or folder or name.startswith(COMMAND), name
    for name in named(tested):
        assert re.fullmatch(r"tests/.*test_\w+\.py", name)
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize(("id", "met", "tested"), ROWS)
def test_a_requirement_is_met_and_tested_or_to_come_with_a_later_part(
    id: str, met: str, tested: str
) -> None:
    today, _, later = met.partition("to come: ")
    assert bool(today) == bool(tested)
    if today:
        assert {*named(today)} & (FILES | MODULES)
        assert named(tested)
    if later:
        assert re.sub(r" \([^)]*\)$", "", later) in later_parts()
    assert "to come" not in today + later


def test_every_later_part_has_something_to_come() -> None:
    assert later_parts() == {*re.findall(r"to come: ([^(|]+?) (?:\(|\|)", PAGE)}
