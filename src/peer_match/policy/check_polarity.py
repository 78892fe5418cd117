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
from peer_match.facts.fact_type import FactType
from peer_match.facts.vocabulary import CountsAs, Vocabulary
from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import (
    AllOf,
    AmountIs,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Includes,
    IsKnown,
    MeasureCall,
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
        return _of_context(sentence, assembly, "compared with another fact")
    for code in _meant(sentence, fact, assembly):
        said = declared(fact, code, assembly)
        if said is None:
            return _undeclared(fact)
        if said == "protective":
            return (f"{quote(code)} protects, and what protects is not counted",
                    "take it out, or say what is due as an obligation")  # fmt: skip
        if said == "risk" and read.upright == (sentence.quantifier is Quantifier.NONE):
            return _turned(f"{quote(code)} of risk")
    return None


def _meant(sentence: Includes, fact: FactType, assembly: Assembly) -> list[str]:
    """The codes that a sentence names, and those that are a kind of them: they make it so too."""
    if fact.vocabulary is None or fact.vocabulary not in assembly.vocabularies:
        return []
    vocabulary = assembly.vocabularies[fact.vocabulary]
    named = [*sentence.codes]
    return named + sorted({one for code in named for one in vocabulary.covered_by(code)} - {*named})


def _of_single(sentence: Sentence, assembly: Assembly) -> tuple[str, str] | None:
    """A fact with one value is read as its latest: a later, better one would hide a risk.

    Neither has knowing a direction, nor a measure.
    """
    match sentence:
        case IsKnown():
            return _of_context(sentence, assembly, "asked whether it is known")
        case AmountIs(subject=MeasureCall()):
            return _of_context(sentence, assembly, "measured against another fact")
        case _:
            return _of_context(sentence, assembly, "read by its latest value alone")


def _of_context(sentence: Sentence, assembly: Assembly, how: str) -> tuple[str, str] | None:
    """What is read in a way that has no direction must be context, whatever its value."""
    for name in facts_read(sentence):
        fact = CATALOGUE[name]
        said = declared(fact, None, assembly)
        if said is None:
            return _undeclared(fact)
        if said != "context":
            return (
                f"`{fact.name}` is no context, and is {how}",
                "more evidence could hide a risk; say it about events within a span of time",
            )
    return None


def declared(fact: FactType, code: str | None, assembly: Assembly) -> CountsAs | None:
    """What a fact, or one of its values, counts as; None where nobody said so.

    A fact as a whole is context where each of its values is, and otherwise counts as risk.
    """
    if fact.vocabulary is None:
        return fact.counts_as
    if fact.vocabulary not in assembly.vocabularies:
        return "context"  # that it is missing is told elsewhere
    vocabulary = assembly.vocabularies[fact.vocabulary]
    if code is None:
        every = {_of_code(term.code, vocabulary) for term in vocabulary.terms}
        if every & {"risk", "protective"}:
            return "risk"
        return None if None in every else "context"
    return _of_code(code, vocabulary)


def _of_code(code: str, vocabulary: Vocabulary) -> CountsAs | None:
    """What a term says of itself, or else its broader terms, or else its vocabulary."""
    above: str | None = code
    seen: set[str] = set()
    while above is not None and above not in seen:
        seen.add(above)
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
