"""The wheel, installed with nothing but what it declares, does the main job on its own.

Nothing is downloaded: the distributions that the wheel declares, and what those declare in turn,
are linked from the environment that runs the tests into an empty one. A dependency that is used
but not declared is therefore missing there, as it would be on a user's machine.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Set
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# Folder at the top level -> where it lies in the wheel.
PACKAGED = {
    "src/peer_match": "peer_match",
    "rules": "peer_match/_rules",
    "fhir_profiles": "peer_match/_fhir_profiles",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a release makes it: from the source distribution, not from this tree."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [built] = out.glob("*.whl")
    return built


def requirements_of(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist", [])


def applies(requirement: Requirement, extras: Set[str]) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
    )


def needed(
    requirements: list[str], extras: Set[str], seen: set[tuple[str, frozenset[str]]]
) -> Iterator[importlib.metadata.Distribution]:
    """The installed distributions that `requirements` ask for, directly or through others."""
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen or not applies(requirement, extras):
            continue
        seen.add(key)
        distribution = importlib.metadata.distribution(name)
        yield distribution
        yield from needed(distribution.requires or [], requirement.extras, seen)


def install(wheel: Path, folder: Path, extras: Set[str]) -> Path:
    """A new environment that holds the wheel and what it needs; gives the folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "install", "--no-index", "--no-deps"]
    subprocess.run([*pip, wheel], check=True)
    [site_packages] = folder.glob("lib/python3*/site-packages")
    for distribution in needed(requirements_of(wheel), extras, set()):
        parts = {file.parts[0] for file in distribution.files or [] if ".." not in file.parts}
        for part in parts - {"__pycache__"}:
            link = site_packages / part
            if not link.is_symlink():
                link.symlink_to(Path(str(distribution.locate_file(part))))
    return folder / "bin"


def run(programs: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program in `folder`, with no environment beyond where programs are."""
    return subprocess.run(
        [programs / command[0], *command[1:]],
        cwd=folder,
        env={"PATH": f"{programs}:{os.defpath}", "HOME": str(folder)},
        capture_output=True,
        check=False,
        text=True,
    )


def test_the_wheel_holds_the_package_the_rules_and_the_profiles_unchanged(wheel: Path) -> None:
    in_tree = {
        f"{there}/{path.relative_to(ROOT / here).as_posix()}": path.read_bytes()
        for here, there in PACKAGED.items()
        for path in (ROOT / here).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {
            name: archive.read(name)
            for name in archive.namelist()
            if not re.match(r"peer_match-[^/]+\.dist-info/", name)
        }
    assert in_wheel.keys() == in_tree.keys()
    assert in_wheel == in_tree
    assert {"peer_match/py.typed", "peer_match/_rules/pack.yaml"} <= in_wheel.keys()


def test_a_plugin_host_can_load_the_default_policy_with_the_core_alone(
    wheel: Path, tmp_path: Path
) -> None:
    programs = install(wheel, tmp_path / "environment", extras=set())
    empty = tmp_path / "empty"
    empty.mkdir()
    loaded = run(
        programs,
        empty,
        "python",
        "-c",
        "import peer_match; print(peer_match.__file__); peer_match.load_policy()",
    )
    assert loaded.stderr == ""
    assert loaded.returncode == 0
    assert loaded.stdout.startswith(str(tmp_path / "environment"))
    absent = run(programs, empty, "python", "-c", "import fhir.resources")
    assert "ModuleNotFoundError" in absent.stderr


def test_the_installed_command_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    programs = install(wheel, tmp_path / "environment", extras={"fhir", "cli", "report"})
    empty = tmp_path / "empty"
    empty.mkdir()
    demo = run(programs, empty, "peer-match", "demo", "--out", "out")
    assert demo.returncode == 0, demo.stderr
    assert demo.stdout.strip()
    [report] = (empty / "out").glob("*.html")
    assert report.stat().st_size > 0
