"""`suggest` and `explain` with what happened to the person: by a file, or by the records."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from .command_line import Inputs, peer_match, whole_inputs

DANGER: dict[str, Any] = {
    "kind": "c-ssrs-screener",
    "source": "tablet",
    "id": "1",
    "date": "2026-05-31T10:00:00-07:00",
    "recorded": "2026-05-31T10:05:00-07:00",
    "severity": "high",
    "stated_by": "programme",
}


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def subject(inputs: Inputs) -> str:
    found = inputs.suggest()
    assert found.code == 0, found.err
    return orjson.loads(found.out)["patient"]["id"]


def history(inputs: Inputs, who: str | None = None, **other: Any) -> Path:
    path = inputs.folder / "history.json"
    told = {"subject": who or subject(inputs), "about": "patient", "events": [DANGER]} | other
    path.write_bytes(orjson.dumps(told))
    return path


def test_a_history_is_assessed_and_read_by_the_rules(inputs: Inputs) -> None:
    done = inputs.suggest("--history", history(inputs))
    assert done.code == 0, done.err
    found = orjson.loads(done.out)
    assert found["safety"].startswith("safety assessed: emergent")
    assert found["facts"]["patient.open_escalation"]["values"] == ["Emergent"]
    assert found["assessment"]["alerts"][0]["rule"] == "high-suicide-screen"
    page = (inputs.written / "report.html").read_text("utf-8")
    assert "Emergent:" in page
    plan = (inputs.written / "fhir.json").read_text("utf-8")
    assert "safety assessed: emergent" in plan
    assert "safety not assessed" not in plan.lower()


def test_explain_says_what_keeps_apart_and_what_it_was_read_from(inputs: Inputs) -> None:
    told = history(inputs)
    whole = orjson.loads(inputs.suggest("--history", told).out)
    [blocked, *_] = whole["groups"]["blocked"]
    done = peer_match("explain", blocked["target"], *inputs.arguments(), "--history", told, "--all")
    assert done.code == 0, done.err
    assert "Emergent: " in done.out
    assert "While somebody must act at once" in done.out
    assert whole["facts"]["patient.open_escalation"]["sources"][0]["source"] in done.out


def test_the_records_give_what_happened_and_what_is_open(inputs: Inputs) -> None:
    url = f"sqlite:///{inputs.folder / 'records.db'}"
    who = subject(inputs)
    said = ("c-ssrs-screener", "--subject", who, "--source", "tablet", "--id", "1",
            "--when", "2026-05-20T10:00:00-07:00", "--severity", "moderate")  # fmt: skip
    kept = peer_match("event", "add", *said, "--now", "2026-05-20T10:05:00-07:00",
                      "--database", url)  # fmt: skip
    assert kept.code == 0, kept.err
    found = orjson.loads(inputs.suggest("--records", url).out)
    open = {one["rule"]: one["since"] for one in found["assessment"]["still_open"]}
    # What the low screen would call somebody for is seen to by the moderate one.
    assert open.keys() == {"moderate-suicide-screen"}
    assert all(since.startswith("2026-05-20T") for since in open.values())
    assert found["facts"]["patient.open_escalation"]["values"] == ["Urgent"]
    # Months later the window has passed, and still nobody has closed it.
    later = orjson.loads(inputs.suggest("--records", url, as_of="2026-12-01").out)
    assert later["assessment"]["alerts"] == []
    assert later["safety"].startswith("safety assessed: urgent; 1 escalation is open")


def test_what_cannot_be_used_is_said_at_once(inputs: Inputs) -> None:
    maria = subject(inputs)
    shutil.rmtree(inputs.written)
    told = history(inputs, "somebody-else")
    done = inputs.suggest("--history", told)
    assert (done.code, done.out) == (2, "")
    assert "the history and the facts are of two people" in done.err
    both = inputs.suggest("--history", told, "--records", "sqlite:///:memory:")
    assert both.code == 2
    assert "by --history or by --records, not by both" in both.err
    wrong = history(inputs, maria, events=[DANGER | {"kind": "c-ssrs-screner"}])
    done = inputs.suggest("--history", wrong, "--mentors", "nowhere.json")
    assert done.code == 2
    assert "events.0.kind: no kind of event is called `c-ssrs-screner`" in done.err
    assert "nowhere.json" in done.err
    assert not inputs.written.exists()
