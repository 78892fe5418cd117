"""The examples of pathways, run as tests: a severity, how long nobody answered, and whose turn it
is then. Every step of a pathway is shown by an example.
"""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import dataclass
from datetime import timedelta

from peer_match.authoring.example_reader import ExampleResult
from peer_match.facts.truth import Truth
from peer_match.policy.check_safety import length
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, listed, quote
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.rule_parts import read_span
from peer_match.policy.safety import Pathway, Step
from peer_match.policy.safety_files import SEVERITIES, Severity
from peer_match.policy.units import CLOCK_UNITS

_KEYS = ("severity", "silent_for", "expect")
_EXPECTED = ("step", "role", "within")


def run_pathway_examples(
    pathway: Pathway, file: PackFileRead, problems: list[Diagnostic]
) -> list[ExampleResult]:
    """Every example of a pathway; what is wrong with them or missing is added."""
    before = len(problems)
    nodes = file.node.get("examples")
    results: list[ExampleResult] = []
    shown: set[str] = set()
    for number, node in enumerate(nodes.items if isinstance(nodes, Sequence) else (), 1):
        if not isinstance(node, Mapping):
            continue
        given = _Given(node, pathway, problems).read()
        if given is None:
            continue
        step, expected = given
        shown.add(step.id)
        got = {"step": step.id, "role": step.role, "within": str(step.within)}
        results.append(
            ExampleResult(
                pathway.id, number, node.position, _words(expected),
                _words({key: got[key] for key in expected}), Truth.YES,
            )
        )  # fmt: skip
    if len(problems) == before:
        key = file.node.key("examples")
        problems.extend(
            error("PM502", f"{quote(pathway.id)} has no example that reaches {quote(step)}",
                  pathway.position if key is None else key.position,
                  "add one; `silent_for` says how long nobody has answered")
            for step in pathway.steps if step not in shown
        )  # fmt: skip
    return results


def step_after(pathway: Pathway, severity: Severity, silence: timedelta) -> Step:
    """Whose turn it is when nobody has answered for a time."""
    ladder = pathway.ladder(severity)
    for step in ladder:
        silence -= length(step.within)
        if silence < timedelta(0):
            return step
    return ladder[-1]


@dataclass
class _Given:
    node: Mapping
    pathway: Pathway
    problems: list[Diagnostic]

    def read(self) -> tuple[Step, dict[str, str]] | None:
        """The step that the example reaches, and what it expects of it."""
        before = len(self.problems)
        for key, _ in self.node.entries:
            if key.text not in _KEYS:
                self._tell(f"unknown key {quote(key.text)}", key.position,
                           did_you_mean(key.text, _KEYS) or f"an example has {listed(_KEYS)}"
                           )  # fmt: skip
        said = self._text("severity")
        severity: Severity | None = next((one for one in SEVERITIES if one == said), None)
        silence = read_span(self._text("silent_for"), CLOCK_UNITS)
        at_once = self._text("silent_for") in ("0 minutes", "0 hours", "0 days")
        expect = self.node.get("expect")
        if severity is None or severity not in self.pathway.enters_at:
            known = [one for one in SEVERITIES if one in self.pathway.enters_at]
            self._tell(f"expected {listed(known)}", self._at("severity"),
                       "an example begins where a severity enters")  # fmt: skip
        if silence is None and not at_once:
            self._tell("expected how long nobody has answered", self._at("silent_for"),
                       "write for example `silent_for: 20 minutes`")  # fmt: skip
        if not isinstance(expect, Mapping) or not expect.entries:
            self._tell("an example expects a step", self._at("expect"),
                       "write for example `expect: {step: call-the-clinician}`")  # fmt: skip
            return None
        for key, _ in expect.entries:
            if key.text not in _EXPECTED:
                self._tell(f"unknown key {quote(key.text)}", key.position,
                           did_you_mean(key.text, _EXPECTED) or f"expect {listed(_EXPECTED)}"
                           )  # fmt: skip
        if len(self.problems) > before or severity is None:
            return None
        passed = timedelta(0) if silence is None else length(silence)
        wanted = {key.text: _text(value) for key, value in expect.entries}
        return step_after(self.pathway, severity, passed), wanted

    def _text(self, key: str) -> str:
        return _text(self.node.get(key))

    def _at(self, key: str) -> Position:
        found = self.node.get(key)
        return self.node.position if found is None else found.position

    def _tell(self, message: str, position: Position, help: str) -> None:
        self.problems.append(error("PM501", message, position, help))


def _words(said: Named[str, str]) -> str:
    return ", ".join(f"{key} {said[key]}" for key in sorted(said))


def _text(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""
