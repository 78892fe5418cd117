"""From the nodes of `examples:` to facts and expectations, whether or not the rule itself is whole.

What an example says is read on its own: its keys, its moment, its facts, its expectation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from peer_match.authoring.example_events import ExampleEvents
from peer_match.authoring.example_values import ExampleFacts
from peer_match.facts.event import History
from peer_match.facts.observed import Observed
from peer_match.facts.truth import Truth
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.assembly import reads_events
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, listed, quote
from peer_match.policy.events import ONLY_IN_SAFETY, Events
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.policy import OUTCOMES
from peer_match.policy.typography import how_to_type

NOON = time(12, tzinfo=UTC)
ANY_DAY = date(2000, 1, 1)
"""The day of a rule whose own day cannot be read: nothing is run on it."""
OF_HISTORIES = ("events", "covered")
"""The keys of examples of rules that read histories."""
CASES = {Truth.YES: "fires", Truth.NO: "does not fire", Truth.UNKNOWN: "an unknown leaves open"}
_POINTS = re.compile(r"[0-9]+(\.\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Example:
    """One example as read. It is sound when nothing that it says was refused."""

    number: int
    position: Position
    given: Mapping
    facts: dict[str, Observed]
    reader: ExampleFacts
    history: History
    as_of: datetime
    expected: str
    is_sound: bool


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example: what it expected, what the rule gave, and whether the two agree."""

    rule: str
    number: int
    position: Position
    expected: str
    got: str
    truth: Truth

    @property
    def passed(self) -> bool:
        """Whether the rule gave what was expected."""
        return self.expected == self.got


@dataclass
class ExampleReader:
    """Reads the examples of one rule file; problems are added as they are found."""

    file: PackFileRead
    vocabularies: Vocabularies
    problems: list[Diagnostic]
    events: Events = field(default_factory=Events)

    def read(self) -> Iterator[Example | None]:
        """Every example, None for one that has no facts or expects nothing."""
        nodes = self.file.node.get("examples")
        for number, node in enumerate(nodes.items if isinstance(nodes, Sequence) else (), 1):
            # What is no block of keys was told with the shape of the file.
            if isinstance(node, Mapping):
                yield self._example(number, node)

    def _example(self, number: int, node: Mapping) -> Example | None:
        before = len(self.problems)
        given, expect = node.get("given"), node.get("expect")
        has_history = any(node.get(key) is not None for key in self._of_histories())
        if given is None and has_history:
            given = Mapping((), node.position)
        if given is None or expect is None:
            self._problem(f"an example has {self._what_an_example_has()}", node.position)
            return None
        self._check_keys(node)
        if not isinstance(given, Mapping):
            self._problem("`given` is a block of facts", given.position,
                          "write `given: {}` when nothing is known")  # fmt: skip
            return None
        expected = self._expected(expect)
        as_of = self._moment(node.get("as_of"))
        reader = ExampleFacts(self.vocabularies, as_of, self.problems)
        facts = reader.read(given)
        history = ExampleEvents(self.events, as_of, self.problems).read(
            *(node.get(key) if key in self._of_histories() else None for key in OF_HISTORIES)
        )
        is_sound = len(self.problems) == before
        return Example(
            number, node.position, given, facts, reader, history, as_of, expected, is_sound
        )

    def _check_keys(self, node: Mapping) -> None:
        for key, _ in node.entries:
            known = ("given", "expect", "as_of", *self._of_histories())
            if key.text in OF_HISTORIES and key.text not in known:
                self._problem(f"this rule reads no history, so that {quote(key.text)} says nothing",
                              key.position, ONLY_IN_SAFETY)  # fmt: skip
            elif key.text not in known:
                self._problem(f"unknown key {quote(key.text)}", key.position,
                              f"an example has {self._what_an_example_has()} and perhaps `as_of`"
                              )  # fmt: skip

    def _what_an_example_has(self) -> str:
        if self._of_histories():
            return "`expect`, and `given`, `events` or `covered`"
        return "`given` and `expect`"

    def _of_histories(self) -> tuple[str, ...]:
        return OF_HISTORIES if reads_events(self.file) else ()

    def _moment(self, node: Node | None) -> datetime:
        """The example's moment; without one, noon (UTC) of the day the rule begins."""
        shape = self.file.shape
        assert isinstance(shape, RuleHeader)
        begins = ANY_DAY if "effective" in self.file.at_fault else shape.effective
        default = datetime.combine(begins, NOON)
        if node is None:
            return default
        try:
            moment = datetime.fromisoformat(node.text if isinstance(node, Scalar) else "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._problem("`as_of` is a date and a time with an offset", node.position,
                          "write for example 2026-03-01T09:00:00-05:00")  # fmt: skip
            return default
        return moment

    def _expected(self, node: Node) -> str:
        """What an example expects; a word that this kind of rule never gives is a problem."""
        words, gives_points = self._words(), self.file.kind == "prefer"
        points = node.get("points") if isinstance(node, Mapping) else None
        if gives_points and isinstance(points, Scalar) and _POINTS.fullmatch(points.text):
            return f"points {points.text}"
        text = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
        if text not in words:
            shapes = listed(words) + (", or `{points: 5}`" if gives_points else "")
            self._problem(f"expected {shapes}", node.position,
                          how_to_type(text) or did_you_mean(text, words))  # fmt: skip
        return text

    def _words(self) -> tuple[str, ...]:
        match self.file.kind:
            case "must_not" if self.file.node.get("cap") is not None:
                return ("capped", "not capped", "may be capped")
            case "must_not":
                return OUTCOMES
            case "prefer":
                return ("not applicable",)
            case _:
                return tuple(CASES)

    def _problem(self, message: str, position: Position, help: str = "") -> None:
        self.problems.append(error("PM501", message, position, help))
