"""The same input gives the same bytes in every process, whatever the order of Python's sets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import peer_match.sample as sample

SAMPLE = Path(sample.__file__).parent
PROGRAM = Path(sys.executable).parent / "peer-match"
PEOPLE = sorted(one.stem for one in (SAMPLE / "intakes").glob("*.json"))[::12]


def run(person: str, folder: Path, hash_seed: str) -> tuple[bytes, bytes, bytes]:
    folder.mkdir()
    fhir, html = folder / "bundle.json", folder / "report.html"
    directories = sorted((SAMPLE / "directories").glob("*.json"))
    command: list[str | Path] = [PROGRAM, "suggest", "--as-of", "2026-03-02T09:00:00-05:00"]
    command += ["--patient", SAMPLE / "patients" / f"{person}.json"]
    command += ["--intake", SAMPLE / "intakes" / f"{person}.json"]
    command += [part for one in directories for part in ("--groups", one)]
    command += ["--annotations", SAMPLE / "annotations.json", "--mentors", SAMPLE / "roster.json"]
    done = subprocess.run(
        [*command, "--json", "--fhir", fhir, "--html", html],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout, fhir.read_bytes(), html.read_bytes()


@pytest.mark.parametrize("person", PEOPLE)
def test_decision_bundle_and_report(person: str, tmp_path: Path) -> None:
    assert run(person, tmp_path / "one", "1") == run(person, tmp_path / "two", "2")
