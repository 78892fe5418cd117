"""The examples in rule files, run as tests.

Every rule has at least one example in which it fires, one in which it does not, and one that an
unknown fact leaves open; each says what it expects, and is run on its own facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peer_match.authoring.example_reader import CASES, Example, ExampleReader, ExampleResult
from peer_match.authoring.example_values import ExampleFacts
from peer_match.authoring.instrument_examples import run_instrument_examples
from peer_match.authoring.pathway_examples import run_pathway_examples
from peer_match.decide.decision import FULL_SCORE
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.score import USUAL, score_rule
from peer_match.decide.screen import Pairing, screen_rule
from peer_match.decide.timeline import timeline
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.observed import Observed
from peer_match.facts.provenance import Moment
from peer_match.facts.truth import Truth
from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import EventCount, Holds, Overdue, PointsFell
from peer_match.policy.diagnostics import Diagnostic, did_you_mean, error, quote
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import Mapping
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.policy import AnyRule, MustNot, Prefer, Support
from peer_match.policy.reads import all_facts, all_sentences


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
class ExampleRun:
    """Every example of a pack, with the problems of those that fail or are missing."""

    results: tuple[ExampleResult, ...]
    diagnostics: tuple[Diagnostic, ...]


def run_examples(reading: PackReading) -> ExampleRun:
    """Read every example of a pack, and run those of rules that are whole.

    A rule that is at fault, or that uses one that is, gives nothing to compare: what its examples
    say is looked at, and what would follow from the fault is not told.
    """
    assembly = reading.assembly
    rules = {one.id: one for one in assembly.rules() if _is_whole(one, assembly)}
    results: list[ExampleResult] = []
    problems: list[Diagnostic] = []
    for file in assembly.files.values():
        if file.kind == "instrument":
            if (instrument := assembly.instruments.get(file.id)) is not None:
                scored = run_instrument_examples(instrument, file, problems)
                results.extend(scored)
                problems.extend(_failed(one) for one in scored if not one.passed)
            continue
        if file.kind == "pathway":
            if (pathway := assembly.pathways.get(file.id)) is not None:
                reached = run_pathway_examples(pathway, file, problems)
                results.extend(reached)
                problems.extend(_failed(one) for one in reached if not one.passed)
            continue
        examples = ExampleReader(file, assembly.vocabularies, problems, assembly.events)
        before = len(problems)
        read = [one for one in examples.read() if one is not None]
        rule = rules.get(file.id)
        if rule is None or "effective" in file.at_fault:
            continue
        found = [one for one in (_run(rule, one, assembly, problems) for one in read) if one]
        results.extend(found)
        # An example that could not be read may be the very one that seems to be missing.
        if len(problems) == before and "examples" not in file.at_fault:
            problems.extend(_missing(rule, file, found))
        problems.extend(_failed(one) for one in found if not one.passed)
    return ExampleRun(tuple(results), tuple(problems))


def _is_whole(rule: AnyRule, assembly: Assembly) -> bool:
    """Whether all that a rule reads is there, and no finding comes back to itself."""
    used = _findings_used(rule, assembly)
    return all(
        id in assembly.findings and id not in _findings_used(assembly.findings[id], assembly)
        for id in used
    ) and all(
        CATALOGUE[name].vocabulary in (None, *(one.id for one in assembly.vocabularies))
        for name in all_facts(rule, assembly.findings)
    )


def _findings_used(rule: AnyRule, assembly: Assembly) -> frozenset[str]:
    every = all_sentences(rule, assembly.findings)
    return frozenset(one.finding for one in every if isinstance(one, Holds))


def _failed(result: ExampleResult) -> Diagnostic:
    return error(
        "PM503",
        f"expected {quote(result.expected)}, the rule gives {quote(result.got)}",
        result.position,
        "read the rule with these facts; mend the rule or the example",
    )


def _run(
    rule: AnyRule, example: Example, assembly: Assembly, problems: list[Diagnostic]
) -> ExampleResult | None:
    """What the rule gives with the facts of an example; None for one that is itself at fault."""
    before = len(problems)
    _check_read(rule, example.given, assembly, problems)
    _check_read_events(rule, example, assembly, problems)
    if not example.is_sound or len(problems) > before:
        return None
    given = _Given(example.facts, example.reader)
    try:
        line = timeline(
            example.history, assembly.events, assembly.instruments, Moment.at(example.as_of)
        )
        if line.notes:
            # What cannot be looked at says nothing, and is most often a slip.
            problems.extend(error("PM501", one, example.position) for one in line.notes)
            return None
        world = World(given, assembly.findings, example.as_of, line)
        truth, got = _outcome(rule, world, assembly)
    except Exception as problem:
        kind = type(problem).__name__
        problems.append(
            error(
                "PM501",
                f"the rule cannot be evaluated with these facts ({kind})",
                example.position,
            )
        )
        return None
    return ExampleResult(rule.id, example.number, example.position, example.expected, got, truth)


def _check_read(
    rule: AnyRule, given: Mapping, assembly: Assembly, problems: list[Diagnostic]
) -> None:
    """A fact that the rule does not read says nothing, and is most often a slip."""
    reads = {*all_facts(rule, assembly.findings)}
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


def _check_read_events(
    rule: AnyRule, example: Example, assembly: Assembly, problems: list[Diagnostic]
) -> None:
    """An event of a kind that the rule does not read says nothing."""
    reads = kinds_read(rule, assembly)
    given = {one.kind for one in example.history.events}
    for kind in sorted(given | {one.kind for one in example.history.coverage}):
        if kind not in reads:
            problems.append(
                error(
                    "PM501",
                    f"{quote(rule.id)} does not read `{kind}`",
                    example.position,
                    did_you_mean(kind, reads) or "take the event out of the example",
                )
            )


def kinds_read(rule: AnyRule, assembly: Assembly) -> frozenset[str]:
    """Every kind of event that can make a difference to a rule."""
    found: set[str] = set()
    for one in all_sentences(rule, assembly.findings):
        match one:
            case EventCount(kind=kind) | PointsFell(kind=kind):
                found.add(kind)
            case Overdue(obligation=name):
                obligation = assembly.events.obligations[name]
                found.update((*obligation.begun_by, *obligation.met_by))
            case _:
                pass
    instruments = {assembly.events.kinds[kind].instrument for kind in found} - {None}
    return frozenset(found) | {
        kind.code for kind in assembly.events.kinds.values() if kind.instrument in instruments
    }


def _outcome(rule: AnyRule, world: World, assembly: Assembly) -> tuple[Truth, str]:
    reads = all_facts(rule, assembly.findings)
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
