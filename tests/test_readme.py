"""What the README tells a newcomer to type works as it is written there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
# These prepare the machine or the clone that already runs this test.
PREPARES = ("git clone ", "cd ", "sudo apt-get ", "brew ", "pip install ")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every command line of the README; a trailing backslash continues one on the next line."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", *PREPARES))]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks like the clone and takes what the commands write."""
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".venv", "build", "dist"}:
            (tmp_path / entry.name).symlink_to(entry)
    return tmp_path


def run(clone: Path, *command: str) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    return subprocess.run(
        command,
        cwd=clone,
        env={"PATH": f"{programs}:{os.defpath}", "HOME": str(clone)},
        capture_output=True,
        check=False,
        text=True,
    )


def test_every_command_of_the_readme_runs(clone: Path) -> None:
    lines = [line for line in commands() if not line.startswith("make ")]
    assert any(line.startswith("peer-match ") for line in lines)
    for line in lines:
        done = run(clone, "bash", "-euo", "pipefail", "-c", line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_make_target_of_the_readme_exists() -> None:
    targets = {line.split()[1] for line in commands() if line.startswith("make ")}
    assert targets >= {"demo", "test"}
    known = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert targets <= known


def test_every_python_example_of_the_readme_runs(clone: Path) -> None:
    examples = blocks("python")
    assert examples
    for example in examples:
        done = run(clone, sys.executable, "-c", example)
        assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"
        assert done.stdout.strip(), "an example shows a newcomer something"
