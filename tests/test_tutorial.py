"""The tutorial is followed to the letter: commands are run, files written, output is looked for."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
RULE = Path("my-rules/group/prefer/meets-when-i-can-talk.yaml")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
FIRED = "People whose working hours get in the way"


def without_figures(text: str) -> str:
    """The same words whatever the other rules weigh, on one line and with single spaces."""
    return " ".join(re.sub(r"[0-9]+(\.[0-9]+)?", "N", text).split())


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks like the clone and takes what the commands write."""
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".venv", "build", "dist", "my-rules"}:
            (tmp_path / entry.name).symlink_to(entry)
    return tmp_path


def run(clone: Path, line: str) -> str:
    programs = Path(sys.executable).parent
    # The copy must be one of files, also where the folder that is copied is a link.
    line = line.replace("cp -r rules ", "cp -r rules/ ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=clone,
        env={"PATH": f"{programs}:{os.defpath}", "HOME": str(clone), "COLUMNS": "200"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def score(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("Score: "))


def test_the_tutorial_can_be_followed_as_it_is_written(clone: Path) -> None:
    before = {entry.name for entry in clone.iterdir()}
    said: dict[str, str] = {}
    for language, text in BLOCKS:
        match language:
            case "sh":
                lines = text.replace("\\\n", " ").splitlines()
                said.update({line: run(clone, line) for line in lines})
            case "yaml" if text.startswith("prefer: "):
                (clone / RULE).write_text(text, "utf-8")
            case "yaml":
                assert text.startswith("when:\n")
            case "text":
                printed = without_figures("\n".join(said.values()))
                for line in text.splitlines():
                    assert without_figures(line) in printed, line
            case _:
                pytest.fail(f"a block of the tutorial is of no kind: {text}")
    checks = [text for line, text in said.items() if line.startswith("peer-match rules check")]
    assert all(text.endswith(" rules, no problems\n") for text in checks)
    old, new, old_of_other, new_of_other = (
        text for line, text in said.items() if line.startswith("peer-match explain")
    )
    assert (FIRED in old, FIRED in new) == (False, True)
    assert score(old_of_other) == score(new_of_other)
    assert FIRED not in new_of_other
    assert {entry.name for entry in clone.iterdir()} == before


def test_what_the_tutorial_warns_of_is_told_by_the_check(clone: Path) -> None:
    wrong = next(text for _, text in BLOCKS if text.startswith("when:\n"))
    right = next(text for _, text in BLOCKS if text.startswith("prefer: "))
    run(clone, "cp -r rules my-rules")
    head, _, rest = right.partition("applies_when: ")
    (clone / RULE).write_text(f"{head}{wrong}if_unknown{rest.partition('if_unknown')[2]}", "utf-8")
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [programs / "peer-match", "rules", "check", "my-rules"],
        cwd=clone, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert "PM324 warning" in done.stdout
    assert "expected `not applicable`" in done.stdout


def test_no_example_of_the_tutorial_is_left_to_be_guessed() -> None:
    assert not [text for _, text in BLOCKS if "..." in text or "…" in text]
