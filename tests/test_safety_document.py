"""The Python of docs/safety.md and docs/safety-plan.md runs, and says what it should."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
SAID = {
    "safety.md": ["emergent [", "FHIR resources"],
    "safety-plan.md": ["not known 2026-04-04T11:30:00-06:00 [", "['CarePlan', 'Task', 'Task', "],
}


def samples(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", SAID)
def test_the_sample_runs_and_says_what_it_should(page: str, tmp_path: Path) -> None:
    [sample] = samples(page)
    done = subprocess.run(
        [sys.executable, "-c", sample],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": str(DOCS.parent / "src")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    for text in SAID[page]:
        assert text in done.stdout


def test_the_steps_of_the_page_are_those_of_the_pack() -> None:
    page = (DOCS / "safety-plan.md").read_text("utf-8")
    rules = (DOCS.parent / "rules" / "safety_plan.yaml").read_text("utf-8")
    steps = re.findall(r"^  - step: (.+)$", rules, re.MULTILINE)
    assert re.findall(r"^\| `([a-z-]+)` \| ", page, re.MULTILINE) == steps
