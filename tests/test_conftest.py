"""The rule on skipped tests holds for real runs of pytest, with and without workers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = """
import pytest

def test_passes(): pass

@pytest.mark.skip(reason="no browser here")
def test_skips(): pass
"""


def run_pytest(folder: Path, ci: str, *options: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_example.py").write_text(SKIPS)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=os.environ | {"CI": ci},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_skip_fails_the_run_under_continuous_integration(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    run = run_pytest(tmp_path, "true", *options)
    assert run.returncode == 1
    assert "test_example.py::test_skips: Skipped: no browser here" in run.stdout


def test_a_skip_passes_elsewhere(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, "").returncode == 0


def test_nothing_skipped_passes_under_continuous_integration(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, "true", "-k", "test_passes").returncode == 0
