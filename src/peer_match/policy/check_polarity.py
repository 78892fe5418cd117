"""Whether more evidence of risk can ever lower what a safety rule says.

Every sentence of an `escalate`, and of the findings that it reaches, is read with its polarity:
below an even number of `not:` it must become more true, never less, as evidence of risk is added.
Evidence that protects counts only as an obligation that was not met, and through reassessments.
Context may be read either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.vocabulary import CountsAs
from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import (
    AllOf,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Includes,
    Not,
    Overdue,
    PointsFell,
    Quantifier,
    Sentence,
    facts_read,
)
from peer_match.policy.diagnostics import Diagnostic, Position, error, quote
from peer_match.policy.safety import Escalate


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence as a rule reads it: under an even number of `not:` (`upright`) or not, at the
    place in the rule's own file that leads to it, and through which finding."""

    sentence: Sentence
    upright: bool
    position: Position
    finding: str | None


def check_polarity(rule: Escalate, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add an error for each sentence by which risk could fall."""
    told: set[tuple[Position, str]] = set()
    for read in _reads(rule.when, assembly, upright=True, position=None, via=None, seen=()):
        wrong = _wrong(read, assembly)
        if wrong is None:
            continue
        message, help = wrong
        if read.finding is not None:
            message = f"{quote(read.finding)}: {message}"
        if (read.position, message) not in told:
            told.add((read.position, message))
            problems.append(error("PM330", message, read.position, help))


def _reads(
    condition: Condition,
    assembly: Assembly,
    *,
    upright: bool,
    position: Position | None,
    via: str | None,
    seen: tuple[str, ...],
) -> Iterator[_Read]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _reads(part, assembly, upright=upright, position=position, via=via,
                                  seen=seen)  # fmt: skip
        case Not(part):
            yield from _reads(part, assembly, upright=not upright, position=position, via=via,
                              seen=seen)  # fmt: skip
        case Holds(finding=finding):
            found = assembly.findings.get(finding)
            if found is not None and finding not in seen:
                yield from _reads(found.when, assembly, upright=upright,
                                  position=position or condition.position, via=finding,
                                  seen=(*seen, finding))  # fmt: skip
        case _:
            yield _Read(condition, upright, position or condition.position, via)


def _wrong(read: _Read, assembly: Assembly) -> tuple[str, str] | None:
    """What is wrong with a sentence, and what to do; None where nothing is."""
    match read.sentence:
        case EventCount(kind=kind):
            return _of_count(assembly.events.kinds[kind].counts_as, kind, read)
        case PointsFell(kind=kind):
            if assembly.events.kinds[kind].points != "higher is better":
                return (f"a fall of {quote(kind)} is no risk",
                        "only what is better when it is higher can fall here")  # fmt: skip
            return None if read.upright else _turned(f"a fall of {quote(kind)}")
        case Overdue(obligation=obligation):
            return None if read.upright else _turned(f"{quote(obligation)} overdue")
        case Includes() as sentence:
            return _of_set(sentence, read, assembly)
        case _:
            return _of_single(read.sentence, assembly)


def _of_count(counts_as: CountsAs, kind: str, read: _Read) -> tuple[str, str] | None:
    if counts_as == "protective":
        return (
            f"{quote(kind)} protects, and what protects is not counted",
            "say what is due as an obligation, and write `… is overdue by …`",
        )
    if counts_as == "risk" and not read.upright:
        return _turned(f"{quote(kind)} of risk")
    return None


def _of_set(sentence: Includes, read: _Read, assembly: Assembly) -> tuple[str, str] | None:
    fact = CATALOGUE[sentence.fact]
    if sentence.other is not None:
        other = CATALOGUE[sentence.other]
        for one in (fact, other):
            if declared(one, None, assembly) != "context":
                return _no_context(one)
        return None
    for code in sentence.codes:
        said = declared(fact, code, assembly)
        if said is None:
            return _undeclared(fact)
        if said == "protective":
            return (f"{quote(code)} protects, and what protects is not counted",
                    "take it out, or say what is due as an obligation")  # fmt: skip
        if said == "risk" and read.upright == (sentence.quantifier is Quantifier.NONE):
            return _turned(f"{quote(code)} of risk")
    return None


def _of_single(sentence: Sentence, assembly: Assembly) -> tuple[str, str] | None:
    """A fact with one value is read as its latest: a later, better one would hide a risk."""
    for name in facts_read(sentence):
        fact = CATALOGUE[name]
        said = declared(fact, None, assembly)
        if said is None:
            return _undeclared(fact)
        if said != "context":
            return _no_context(fact)
    return None


def declared(fact: FactType, code: str | None, assembly: Assembly) -> CountsAs | None:
    """What a fact, or one of its values, counts as; None where nobody said so."""
    if fact.vocabulary is None:
        return fact.counts_as
    if fact.vocabulary not in assembly.vocabularies:
        return "context"  # that it is missing is told elsewhere
    vocabulary = assembly.vocabularies[fact.vocabulary]
    if code is None:
        said = {vocabulary.counts_as, *(term.counts_as for term in vocabulary.terms)} - {None}
        if not said:
            return None
        return "context" if said == {"context"} else "risk"
    above: str | None = code
    while above is not None:
        term = vocabulary.term(above)
        if term is not None and term.counts_as is not None:
            return term.counts_as
        above = None if term is None else term.kind_of
    return vocabulary.counts_as


def _turned(what: str) -> tuple[str, str]:
    return (
        f"more evidence would lower the severity: {what} stands below a `not:`",
        "say what raises the risk, not what is absent",
    )


def _undeclared(fact: FactType) -> tuple[str, str]:
    if fact.vocabulary is None:
        return (f"nobody says whether `{fact.name}` is evidence of risk",
                "say it about an event, such as a result of the screen")  # fmt: skip
    return (f"nobody says whether the values of `{fact.name}` are evidence of risk",
            f"write `counts_as:` in `vocabulary/{fact.vocabulary}.yaml`")  # fmt: skip


def _no_context(fact: FactType) -> tuple[str, str]:
    what = "one value" if fact.kind is not Kind.CODES else "another's values"
    return (
        f"`{fact.name}` is evidence of risk, and is read by {what} alone",
        "a later, better value would hide a risk; say it about events within a span of time",
    )
