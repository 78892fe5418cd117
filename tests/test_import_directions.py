"""Imports run one way: facts <- policy <- decide <- {cohort, fhir, records, authoring} <- delivery
<- surfaces; `directories` knows `facts` alone; some libraries have one home.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"

CORE = {"facts", "policy", "decide"}
AROUND_CORE = {"cohort", "fhir", "records", "authoring"}
# Room -> the rooms it may import, besides itself. The root holds the public API of the core.
MAY_IMPORT: dict[str, set[str]] = {
    "facts": set(),
    "directories": {"facts"},
    "sample": {"facts", "directories"},
    "policy": {"facts"},
    "decide": {"facts", "policy"},
    "root": CORE,
    **dict.fromkeys(AROUND_CORE, CORE),
    "delivery": CORE | AROUND_CORE,
    "surfaces": CORE | AROUND_CORE | {"directories", "delivery", "root", "sample"},
}
# Library -> the one room, or module, that may import it.
HOME_OF = {
    "fhir": "peer_match.fhir",
    "durable": "peer_match.decide.chain",
    "typer": "peer_match.surfaces",
    "rich": "peer_match.surfaces",
}
FACTS_MAY_IMPORT = sys.stdlib_module_names | {"peer_match", "pydantic", "pydantic_core", "tzdata"}


def imported(path: Path, module: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of everything `module` imports, wherever it does so."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def room_of(name: str) -> str:
    """The room a dotted name below `peer_match` lies in; names of the root itself are "root"."""
    room = f"{name}.".split(".")[1]
    return "surfaces" if room == "__main__" else room if room in MAY_IMPORT else "root"


def is_within(module: str, home: str) -> bool:
    return f"{module}.".startswith(f"{home}.")


def violations(source: Path) -> Iterator[str]:
    for path in sorted(source.rglob("*.py")):
        relative = path.relative_to(source)
        module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        room = room_of(module)
        if room == "root" and relative.name != "__init__.py":
            yield f"{relative}: lies in none of the rooms {sorted(MAY_IMPORT)}"
        for line, name in imported(path, module):
            library = name.split(".")[0]
            where = f"{relative}:{line}: {room} imports {name}"
            if library == "peer_match" and room_of(name) not in MAY_IMPORT[room] | {room}:
                yield f"{where}, which is not below it"
            elif not is_within(module, HOME_OF.get(library, module)):
                yield f"{where}, which only {HOME_OF[library]} may"
            elif room == "facts" and library not in FACTS_MAY_IMPORT:
                yield f"{where}, which is neither the standard library nor pydantic"


def test_every_import_runs_in_its_direction() -> None:
    assert list(violations(SOURCE)) == []


def test_the_rooms_are_where_this_test_looks() -> None:
    rooms = {path.name for path in (SOURCE / "peer_match").iterdir() if path.is_dir()}
    assert rooms >= CORE
    assert rooms - {"__pycache__"} <= MAY_IMPORT.keys()


@pytest.mark.parametrize(
    ("path", "code", "complaint"),
    [
        ("facts/person.py", "from peer_match.policy import Policy", "is not below it"),
        ("facts/person.py", "from ..decide.score import score", "is not below it"),
        ("facts/person.py", "import yaml", "neither the standard library nor pydantic"),
        ("policy/check.py", "import peer_match.fhir.read", "is not below it"),
        ("policy/check.py", "from peer_match import decide", "is not below it"),
        ("policy/__init__.py", "from .. import suggest", "is not below it"),
        ("decide/score.py", "def late():\n    from peer_match import suggest", "is not below it"),
        ("decide/score.py", "from durable.lang import ruleset", "only peer_match.decide.chain"),
        ("decide/score.py", "import fhir.resources", "only peer_match.fhir may"),
        ("directories/feed.py", "from peer_match.policy import Policy", "is not below it"),
        ("fhir/write.py", "from peer_match.records import store", "is not below it"),
        ("fhir/write.py", "import rich.table", "only peer_match.surfaces may"),
        ("delivery/send.py", "from peer_match.surfaces import cli", "is not below it"),
        ("__init__.py", "from peer_match.fhir import suggest", "is not below it"),
        ("helpers.py", "", "lies in none of the rooms"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, path: str, code: str, complaint: str) -> None:
    planted = tmp_path / "peer_match" / path
    planted.parent.mkdir(parents=True)
    planted.write_text(code)
    [found] = violations(tmp_path)
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("facts/person.py", "import datetime, pydantic, tzdata\nfrom .truth import Truth"),
        ("decide/chain.py", "from durable.engine import Host\nfrom ..policy import Policy"),
        ("decide/__init__.py", "from .score import score\nfrom ..facts import Patient"),
        ("fhir/read.py", "from fhir.resources.R4B.bundle import Bundle\nimport orjson"),
        ("surfaces/cli.py", "import typer\nfrom peer_match import fhir, suggest"),
        ("__main__.py", "from peer_match.surfaces.cli import app"),
        ("__init__.py", "from peer_match.decide import suggest"),
    ],
)
def test_what_is_allowed_is_not_complained_about(tmp_path: Path, path: str, code: str) -> None:
    allowed = tmp_path / "peer_match" / path
    allowed.parent.mkdir(parents=True)
    allowed.write_text(code)
    assert list(violations(tmp_path)) == []
