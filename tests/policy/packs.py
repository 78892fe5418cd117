"""A small pack of a test's own rules, on the vocabularies and tables of the shipped pack."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peer_match.authoring.examples import ExampleRun, run_examples
from peer_match.policy.diagnostics import Diagnostic, as_text
from peer_match.policy.load import PackReading, read_pack
from peer_match.policy.policy import Policy

RULES = Path(__file__).parents[2] / "rules"
COMMON = ("pack.yaml", "sources.yaml", "intake.yaml", "disclosure.yaml", "vocabulary")
EVENTS = Path(__file__).with_name("events.yaml")
"""The events of small packs: those that ship name every instrument, which small packs lack."""

HEADER: dict[str, Any] = {
    "title": "A rule of a test",
    "why": "So that the test has a rule.",
    "source": [{"cite": "design-default", "finding": "a default"}],
    "owner": "programme-management",
    "status": "active",
    "effective": "2023-01-01",
    "review_by": "2030-01-01",
}
FOLDERS = {
    "must_not": "group/must_not",
    "prefer": "group/prefer",
    "finding": "findings",
    "support": "supports",
    "plan": "plan",
    "instrument": "instruments",
    "escalate": "safety/escalate",
    "pathway": "pathways",
    "always": "always",
}
OF_SAFETY = "safety/findings"
"""Where findings stand that may read histories."""
LADDER = "to-a-clinician"
"""The pathway by which the escalations of tests go, unless they name another."""
DEFAULTS: dict[str, dict[str, Any]] = {
    "must_not": {"if_unknown": "hold"},
    "prefer": {"weight": 10, "dimension": "goals", "if_unknown": "widen"},
    "finding": {"if_unknown": "pass on"},
    "support": {
        "if_unknown": "offer",
        "task": {"title": "Arrange it", "role": "point-of-contact", "within": "7 days"},
    },
    "plan": {"if_unknown": "include"},
    "instrument": {
        "score": "collect sum",
        "answers": {"often": {"never": 0, "daily": 2}},
        "items": [{"item": "a", "answers": "often"}, {"item": "b", "answers": "often"}],
        "bands": {"low": "0..1", "high": "2..4"},
    },
    "escalate": {
        "severity": "urgent", "pathway": LADDER, "if_unknown": "review", "asks": "clinician",
    },
    "pathway": {
        "enters_at": {"emergent": "call", "urgent": "message", "soon": "message",
                      "routine": "message"},
        "steps": [
            {"step": "message", "title": "Assess the person", "role": "point-of-contact",
             "within": "4 hours", "if_silent": "call"},
            {"step": "call", "title": "See the person now", "role": "clinician",
             "within": "15 minutes", "if_silent": "repeat"},
        ],
        "examples": [
            {"severity": "urgent", "silent_for": "0 minutes", "expect": {"step": "message"}},
            {"severity": "urgent", "silent_for": "4 hours", "expect": {"step": "call"}},
        ],
    },
    "always": {"severity": "urgent"},
}  # fmt: skip
NEITHER: list[dict[str, Any]] = [{"given": {}, "expect": "unknown"}]


def _findings_of(text: str) -> set[str]:
    """The findings that `pack.yaml` names, with those that they use."""
    found: set[str] = set()
    waiting = re.findall(r"\bfinding: ([a-z0-9-]+)", text)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            rule = (RULES / "findings" / f"{id}.yaml").read_text("utf-8")
            waiting += re.findall(r"([a-z0-9-]+) holds", rule)
    return found


class Pack:
    """A pack in a folder. Its rules are those that the test writes, unless it starts `whole`."""

    def __init__(self, root: Path, *, whole: bool = False) -> None:
        self.root = root
        if whole:
            shutil.copytree(RULES, root)
            return
        root.mkdir(parents=True)
        for name in COMMON:
            if (RULES / name).is_dir():
                shutil.copytree(RULES / name, root / name)
            else:
                shutil.copy(RULES / name, root / name)
        shutil.copy(EVENTS, root / "events.yaml")
        for finding in _findings_of((RULES / "pack.yaml").read_text("utf-8")):
            (root / "findings").mkdir(exist_ok=True)
            shutil.copy(RULES / "findings" / f"{finding}.yaml", root / "findings")

    def write(self, path: str, text: str | bytes) -> Path:
        """A file as it stands."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            file.write_bytes(text)
        else:
            file.write_text(text, encoding="utf-8")
        return file

    def rule(self, kind: str, id: str, *, folder: str = "", **keys: Any) -> "Pack":
        """A rule, one key on each line; `None` leaves a key of the header out."""
        body = {**HEADER, "examples": NEITHER, **DEFAULTS[kind], **keys}
        self.write(f"{folder or FOLDERS[kind]}/{id}.yaml", f"{kind}: {id}\n{as_lines(body)}")
        return self

    def must_not(self, id: str, **keys: Any) -> "Pack":
        return self.rule("must_not", id, **keys)

    def prefer(self, id: str, **keys: Any) -> "Pack":
        return self.rule("prefer", id, **keys)

    def finding(self, id: str, **keys: Any) -> "Pack":
        return self.rule("finding", id, **keys)

    def support(self, id: str, **keys: Any) -> "Pack":
        return self.rule("support", id, **keys)

    def plan(self, id: str, **keys: Any) -> "Pack":
        return self.rule("plan", id, **keys)

    def instrument(self, id: str, **keys: Any) -> "Pack":
        return self.rule("instrument", id, **keys)

    def escalate(self, id: str, **keys: Any) -> "Pack":
        """An escalation. The pathway of tests is written as well, where nothing else has its id."""
        if "pathway" not in keys and not list(self.root.rglob(f"{LADDER}.yaml")):
            self.pathway(LADDER)
        return self.rule("escalate", id, **keys)

    def pathway(self, id: str, **keys: Any) -> "Pack":
        return self.rule("pathway", id, **keys)

    def always(self, id: str, **keys: Any) -> "Pack":
        return self.rule("always", id, **keys)

    def edit(self, path: str, old: str, new: str) -> "Pack":
        """One change of a file of the pack; `old` must occur once."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return self

    def read(self) -> PackReading:
        return read_pack(self.root)

    def policy(self) -> Policy:
        reading = self.read()
        assert reading.policy is not None, as_text(reading.diagnostics)
        return reading.policy

    def problems(self) -> list[Diagnostic]:
        return list(self.read().diagnostics)

    def codes(self) -> list[str]:
        return [one.code for one in self.problems()]

    def places(self) -> list[tuple[str, int, int, str]]:
        """Each problem as file (inside the pack), line, column and code, in order."""
        return [place_of(one) for one in self.problems()]

    def examples(self) -> ExampleRun:
        return run_examples(self.read())


def place_of(problem: Diagnostic) -> tuple[str, int, int, str]:
    place = problem.position
    return place.file.partition("/")[2], place.line, place.column, problem.code


def as_lines(keys: dict[str, Any]) -> str:
    """Keys with their values, one on each line; a key whose value is None is left out."""
    return "".join(f"{key}: {_value(one)}\n" for key, one in keys.items() if one is not None)


def _value(value: Any) -> str:
    """JSON is YAML; an identifier or a plain number stays as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.replace("-", "").isalnum():
        return value
    return json.dumps(value, ensure_ascii=False)


def where_in(text: str, word: str) -> tuple[int, int]:
    """The line and the column (from 1) of the one place where a word stands."""
    assert text.count(word) == 1, f"{word!r} occurs {text.count(word)} times"
    before = text[: text.index(word)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def words_of(items: Iterator[Diagnostic] | list[Diagnostic]) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in items]
