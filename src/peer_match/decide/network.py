"""The safety rules of a pack as a network of plain numbers, for forward chaining.

Leaves are sentences; what they say at a moment is worked out in Python and handed over as whole
numbers. Nodes are `all` and `any` of leaves and of nodes below them, level by level. Every node has
two answers, surely and possibly: together they are three-valued logic. A `not` is a flag on a part.
Nothing in a network, nor in what is handed over, names a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import orjson

from peer_match.decide.evaluate import World, evaluate
from peer_match.facts.truth import Truth
from peer_match.policy.condition import (
    AllOf,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Not,
    Sentence,
)
from peer_match.policy.policy import Finding, Policy
from peer_match.policy.safety import Escalate

UNBOUNDED = 2**31 - 1  # the largest number that the library compares
"""The highest count that nobody can bound; no rule asks for as many."""
NUMBERS = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}
"""Truths as numbers, rising."""

Part = tuple[str, int, bool]
"""`leaf` or `node`, its number, and whether its opposite is meant."""


@dataclass(frozen=True, slots=True)
class Node:
    """All, or any, of some parts that lie on lower levels."""

    number: int
    level: int
    needs_all: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Network:
    """The rules in force on a day. `counts` gives for each leaf the number that its count must
    reach, or None where it is a truth. `outputs` are rules and findings, each a part."""

    sentences: tuple[Sentence, ...]
    counts: tuple[int | None, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[tuple[str, Part], ...]
    digest: str

    def as_data(self) -> dict[str, object]:
        """The network without the words: what a worker needs."""
        return {
            "counts": self.counts,
            "nodes": [(one.number, one.level, one.needs_all, one.parts) for one in self.nodes],
            "outputs": self.outputs,
        }

    def readings(self, world: World) -> tuple[tuple[int, int], ...]:
        """What each leaf says in a world: the least and the most of its count, or its truth twice.

        A truth is 0, 1 or 2 (no, unknown, yes).
        """
        return tuple(
            _reading(sentence, world, isinstance(count, int))
            for sentence, count in zip(self.sentences, self.counts, strict=True)
        )


def _reading(sentence: Sentence, world: World, is_count: bool) -> tuple[int, int]:
    if is_count and world.timeline is not None:
        assert isinstance(sentence, EventCount)
        count = world.timeline.count(sentence)
        return count.low, UNBOUNDED if count.high is None else count.high
    truth = NUMBERS[_truth(sentence, world)]
    return truth, truth


def _truth(sentence: Sentence, world: World) -> Truth:
    if isinstance(sentence, _NotInForce):
        return Truth.UNKNOWN
    return evaluate(sentence, world)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True, slots=True)
class _NotInForce(Sentence):
    """A finding that is not in force: nobody knows whether it holds."""


def network_of(policy: Policy, day: date) -> Network:
    """The safety rules that are in force on a day, and the findings that they use."""
    return _Builder(policy, day).build()


@dataclass
class _Builder:
    policy: Policy
    day: date
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    leaves: dict[object, int] = field(default_factory=dict[object, int])
    nodes: list[Node] = field(default_factory=list[Node])
    findings: dict[str, Part] = field(default_factory=dict[str, Part])

    def build(self) -> Network:
        rules: Iterable[Escalate] = self.policy.safety.escalates
        in_force = sorted((one for one in rules if one.in_force(self.day)), key=lambda one: one.id)
        outputs = [(one.id, self._node(one.when)) for one in in_force]
        outputs.extend((f"finding {id}", part) for id, part in sorted(self.findings.items()))
        counts = tuple(one.least if isinstance(one, EventCount) else None for one in self.sentences)
        found = Network(tuple(self.sentences), counts, tuple(self.nodes), tuple(outputs), "")
        digest = hashlib.sha256(orjson.dumps(found.as_data())).hexdigest()
        return Network(found.sentences, counts, found.nodes, found.outputs, digest)

    def _part(self, condition: Condition) -> Part:
        match condition:
            case AllOf(parts) | AnyOf(parts):
                below = tuple(self._part(one) for one in parts)
                node = Node(len(self.nodes), 1 + max(map(self._level, below)),
                            isinstance(condition, AllOf), below)  # fmt: skip
                self.nodes.append(node)
                return "node", node.number, False
            case Not(part):
                kind, number, negated = self._part(part)
                return kind, number, not negated
            case Holds(finding=finding):
                return self._finding(condition, self.policy.findings[finding])
            case _:
                return self._leaf(condition)

    def _node(self, condition: Condition) -> Part:
        """A condition as a part that a rule of the library answers for, were it one sentence."""
        part = self._part(condition)
        if part[0] == "node":
            return part
        node = Node(len(self.nodes), 1, True, (part,))
        self.nodes.append(node)
        return "node", node.number, False

    def _finding(self, said: Holds, finding: Finding) -> Part:
        if not finding.in_force(self.day):
            return self._leaf(_NotInForce(said.text, said.position))
        if finding.id not in self.findings:
            self.findings[finding.id] = self._node(finding.when)
        return self.findings[finding.id]

    def _leaf(self, sentence: Sentence) -> Part:
        words = _meaning(sentence)
        if words not in self.leaves:
            self.leaves[words] = len(self.sentences)
            self.sentences.append(sentence)
        return "leaf", self.leaves[words], False

    def _level(self, part: Part) -> int:
        return self.nodes[part[1]].level if part[0] == "node" else 0


def _meaning(sentence: Sentence) -> object:
    """What two sentences share that say the same, wherever they stand."""
    return type(sentence).__name__, " ".join(sentence.text.split())
