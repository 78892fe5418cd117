"""The examples in rule files, run as tests.

Every rule has at least one example in which it fires, one in which it does not, and one that an
unknown fact leaves open; each says what it expects, and is run on its own facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from peer_match.authoring.example_values import ExampleFacts
from peer_match.decide.decision import FULL_SCORE
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.score import USUAL, score_rule
from peer_match.decide.screen import Pairing, screen_rule
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.observed import Observed
from peer_match.facts.truth import Truth
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, listed, quote
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.policy import OUTCOMES, AnyRule, MustNot, Policy, Prefer, Support
from peer_match.policy.reads import all_facts
from peer_match.policy.rule_files import RULE_KINDS

NOON = time(12, tzinfo=UTC)
NOT_YET_KEYS = ("events", "covered")
_POINTS = re.compile(r"[0-9]+(\.\.[0-9]+)?")
CASES = {Truth.YES: "fires", Truth.NO: "does not fire", Truth.UNKNOWN: "an unknown leaves open"}


@dataclass(frozen=True, slots=True)
class _Given:
    """The facts of an example: what is not given is unknown."""

    facts: dict[str, Observed]
    reader: ExampleFacts

    def observed(self, name: str) -> Observed:
        return self.facts.get(name) or self.reader.blank(name)

    def key(self, name: str) -> str:
        return name


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


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """Every example of a pack, with the problems of those that fail or are missing."""

    results: tuple[ExampleResult, ...]
    diagnostics: tuple[Diagnostic, ...]


def run_examples(reading: PackReading) -> ExampleRun:
    """Run every example of a pack. The pack must have been read without errors."""
    if reading.policy is None:
        return ExampleRun((), reading.diagnostics)
    files = {one.id: one for one in reading.files if one.kind in RULE_KINDS}
    results: list[ExampleResult] = []
    problems: list[Diagnostic] = []
    for rule in reading.policy.rules():
        unread: list[Diagnostic] = []
        found = list(_rule_examples(rule, files[rule.id], reading.policy, unread))
        results.extend(found)
        # An example that could not be read may be the very one that seems to be missing.
        problems.extend(unread or _missing(rule, files[rule.id], found))
        problems.extend(_failed(one) for one in found if not one.passed)
    return ExampleRun(tuple(results), tuple(problems))


def _rule_examples(
    rule: AnyRule, file: PackFileRead, policy: Policy, problems: list[Diagnostic]
) -> Iterator[ExampleResult]:
    nodes = file.node.get("examples")
    for number, node in enumerate(nodes.items if isinstance(nodes, Sequence) else (), 1):
        before = len(problems)
        result = _example(rule, number, node, policy, problems)
        if result is not None and len(problems) == before:
            yield result


def _failed(result: ExampleResult) -> Diagnostic:
    return error(
        "PM503",
        f"expected {quote(result.expected)}, the rule gives {quote(result.got)}",
        result.position,
        "read the rule with these facts; mend the rule or the example",
    )


def _example(
    rule: AnyRule, number: int, node: Node, policy: Policy, problems: list[Diagnostic]
) -> ExampleResult | None:
    given = node.get("given") if isinstance(node, Mapping) else None
    expect = node.get("expect") if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or given is None or expect is None:
        problems.append(error("PM501", "an example has `given` and `expect`", node.position))
        return None
    for key, _ in node.entries:
        if key.text in NOT_YET_KEYS:
            problems.append(
                error("PM501", f"{quote(key.text)} is not yet supported", key.position,
                      "a coming version reads histories of events; take it out until then")
            )  # fmt: skip
        elif key.text not in ("given", "expect", "as_of"):
            problems.append(
                error("PM501", f"unknown key {quote(key.text)}", key.position,
                      "an example has `given`, `expect` and perhaps `as_of`")
            )  # fmt: skip
    if not isinstance(given, Mapping):
        problems.append(
            error("PM501", "`given` is a block of facts", given.position,
                  "write `given: {}` when nothing is known")
        )  # fmt: skip
        return None
    expected = _expected(rule, expect, problems)
    as_of = _moment(rule, node.get("as_of"), problems)
    reader = ExampleFacts(policy.vocabularies, as_of, problems)
    facts = reader.read(given)
    _check_read(rule, given, policy, problems)
    world = World(_Given(facts, reader), policy.findings, as_of)
    try:
        truth, got = _outcome(rule, world, policy)
    except Exception as problem:
        kind = type(problem).__name__
        problems.append(
            error("PM501", f"the rule cannot be evaluated with these facts ({kind})", node.position)
        )
        return None
    return ExampleResult(rule.id, number, node.position, expected, got, truth)


def _check_read(rule: AnyRule, given: Mapping, policy: Policy, problems: list[Diagnostic]) -> None:
    """A fact that the rule does not read says nothing, and is most often a slip."""
    reads = {*all_facts(rule, policy.findings)}
    for key, _ in given.entries:
        if key.text in CATALOGUE and key.text not in reads:
            problems.append(
                error(
                    "PM501",
                    f"{quote(rule.id)} does not read `{key.text}`",
                    key.position,
                    did_you_mean(key.text, reads) or "take the fact out of the example",
                )
            )


def _moment(rule: AnyRule, node: Node | None, problems: list[Diagnostic]) -> datetime:
    """The example's moment; without one, noon (UTC) of the day the rule begins."""
    default = datetime.combine(rule.effective, NOON)
    if node is None:
        return default
    try:
        moment = datetime.fromisoformat(node.text if isinstance(node, Scalar) else "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problems.append(
            error("PM501", "`as_of` is a date and a time with an offset", node.position,
                  "write for example 2026-03-01T09:00:00-05:00")
        )  # fmt: skip
        return default
    return moment


def _outcome(rule: AnyRule, world: World, policy: Policy) -> tuple[Truth, str]:
    reads = all_facts(rule, policy.findings)
    match rule:
        case MustNot():
            truth = evaluate(rule.when, world)
            if rule.cap is not None:
                words = {Truth.YES: "capped", Truth.NO: "not capped"}
                return truth, words.get(truth, "may be capped")
            pairing = Pairing("example", "example", (world,), False, (), {rule.id: reads})
            return truth, screen_rule(rule, pairing).outcome
        case Prefer():
            return _points(rule, world, reads)
        case Support():
            truth = Truth.YES if rule.offered_when is None else evaluate(rule.offered_when, world)
        case _:
            truth = Truth.YES if rule.when is None else evaluate(rule.when, world)
    return truth, truth.value


def _points(rule: Prefer, world: World, reads: tuple[str, ...]) -> tuple[Truth, str]:
    points = score_rule(rule, world, reads, USUAL)
    if points.applies == "no":
        return Truth.NO, "not applicable"
    low = rule.weight * points.grade_low // FULL_SCORE
    high = rule.weight * points.grade_high // FULL_SCORE
    if points.grade_low == points.grade_high:
        return (Truth.YES if points.grade_low else Truth.NO), f"points {low}"
    return Truth.UNKNOWN, f"points {low}..{high}"


def _expected(rule: AnyRule, node: Node, problems: list[Diagnostic]) -> str:
    """What an example expects; a word that this kind of rule never gives is a problem."""
    words = _words_of(rule)
    points = node.get("points") if isinstance(node, Mapping) else None
    if isinstance(rule, Prefer) and isinstance(points, Scalar) and _POINTS.fullmatch(points.text):
        return f"points {points.text}"
    text = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
    if text not in words:
        shapes = listed(words) + (", or `{points: 5}`" if isinstance(rule, Prefer) else "")
        problems.append(
            error(
                "PM501",
                f"expected {shapes}",
                node.position,
                did_you_mean(text, words),
            )
        )
    return text


def _words_of(rule: AnyRule) -> tuple[str, ...]:
    match rule:
        case MustNot() if rule.cap is not None:
            return ("capped", "not capped", "may be capped")
        case MustNot():
            return OUTCOMES
        case Prefer():
            return ("not applicable",)
        case _:
            return tuple(CASES)


def _missing(
    rule: AnyRule, file: PackFileRead, results: list[ExampleResult]
) -> Iterator[Diagnostic]:
    seen = {one.truth for one in results}
    for truth, words in CASES.items():
        if truth not in seen:
            key = file.node.key("examples")
            position = key.position if key is not None else rule.position
            yield error(
                "PM502",
                f"{quote(rule.id)} has no example in which it {words}"
                if truth is not Truth.UNKNOWN
                else f"{quote(rule.id)} has no example that {words}",
                position,
                "add one; leave a fact out of `given` to make it unknown"
                if truth is Truth.UNKNOWN
                else "add one below `examples:`",
            )
