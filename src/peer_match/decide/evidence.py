"""What a condition holds because of, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.assessment import Evidence
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.readings import reading
from peer_match.decide.timeline import Occurrence
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.truth import Truth
from peer_match.policy.condition import (
    AllOf,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Not,
    Overdue,
    PointsFell,
    Sentence,
    facts_read,
)
from peer_match.policy.events import EventKind
from peer_match.policy.units import Span


def evidence_of(condition: Condition, world: World) -> tuple[Evidence, ...]:
    """The events and facts behind every sentence that holds, each once, by key."""
    found = {
        one.key: one
        for sentence in _holding(condition, world, wanted=Truth.YES)
        for one in _behind(sentence, world)
    }
    return tuple(found[key] for key in sorted(found))


def unknown_of(condition: Condition, world: World) -> tuple[str, ...]:
    """What is not known, in words for whoever finds it out, each once, in its order."""
    return tuple(dict.fromkeys(_asked(one, world) for one in _unknown(condition, world)))


def _asked(sentence: Sentence, world: World) -> str:
    """What to find out: of histories by the labels of the pack, of facts as the rule has it."""
    if world.timeline is None:
        return sentence.text
    events = world.timeline.events
    match sentence:
        case EventCount(least=least, kind=kind, severity=severity, span=span):
            known = events.kinds[kind]
            graded = "" if severity is None else f", {_at_least(severity, known)}"
            number = "there was" if least == 1 else f"there were at least {least}"
            return f"whether {number} in the past {_past(span)}: {known.label}{graded}"
        case PointsFell(kind=kind, points=points, span=span):
            label = events.kinds[kind].label
            return f"whether it fell by {points} points or more in the past {_past(span)}: {label}"
        case Overdue(obligation=obligation, span=span):
            label = events.obligations[obligation].label
            return f"whether it is overdue by {span}: {label}"
        case _:
            return sentence.text


def _at_least(severity: str, kind: EventKind) -> str:
    label = kind.scale_labels[severity].lower()
    return label if severity == kind.scale[-1] else f"{label} or worse"


def _past(span: Span) -> str:
    """`7 days`, and `day` where it is one."""
    return span.unit if span.number == 1 else str(span)


def _holding(condition: Condition, world: World, *, wanted: Truth) -> Iterator[Sentence]:
    """Every sentence that is as wanted: below a `not:`, those that do not hold."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _holding(part, world, wanted=wanted)
        case Not(part):
            turned = Truth.NO if wanted is Truth.YES else Truth.YES
            yield from _holding(part, world, wanted=turned)
        case Holds(finding=finding):
            if evaluate(condition, world) is wanted:
                yield from _holding(world.findings[finding].when, world, wanted=wanted)
        case _:
            if evaluate(condition, world) is wanted:
                yield condition


def _unknown(condition: Condition, world: World) -> Iterator[Sentence]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _unknown(part, world)
        case Not(part):
            yield from _unknown(part, world)
        case Holds(finding=finding):
            if evaluate(condition, world) is Truth.UNKNOWN:
                yield from _unknown(world.findings[finding].when, world)
        case _:
            if evaluate(condition, world) is Truth.UNKNOWN:
                yield condition


def _behind(sentence: Sentence, world: World) -> Iterator[Evidence]:
    if isinstance(sentence, EventCount | PointsFell | Overdue):
        if world.timeline is not None:
            kinds = world.timeline.events.kinds
            for one in world.timeline.evidence(sentence):
                yield _of_event(one, kinds[one.kind])
        return
    for name in facts_read(sentence):
        said = reading(name, world.facts)
        for source in said.sources:
            yield Evidence(
                key=source.source,
                what=f"{said.meaning}: {', '.join(said.values) or 'not known'}",
                date=source.date,
                recorded=None,
                stated_by=source.stated_by,
                privacy=CATALOGUE[name].privacy,
            )


def _of_event(one: Occurrence, kind: EventKind) -> Evidence:
    low, high = one.severity
    graded = ""
    if kind.scale:
        least, most = (kind.scale_labels[kind.scale[place]] for place in (low, high))
        graded = f", {least.lower()}" if low == high else f", {least.lower()} to {most.lower()}"
    points = "" if one.points is None else f", {_range(one.points)} points"
    return Evidence(
        key=one.key,
        what=f"{kind.label}{graded}{points}",
        date=None if one.event.date is None else one.event.date.text,
        recorded=one.event.recorded.isoformat(),
        stated_by=one.event.stated_by.value,
        privacy=kind.privacy,
    )


def _range(pair: tuple[int, int]) -> str:
    low, high = pair
    return str(low) if low == high else f"{low} to {high}"
