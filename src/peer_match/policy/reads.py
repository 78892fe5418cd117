"""What a rule reads: its own conditions, and those of the findings that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from peer_match.facts.catalogue import CATALOGUE
from peer_match.policy.condition import (
    Condition,
    EventCount,
    EventSentence,
    Holds,
    Overdue,
    PointsFell,
    Sentence,
    facts_read,
    sentences,
)
from peer_match.policy.events import Events
from peer_match.policy.policy import AnyRule, Finding, MustNot, Prefer, Support

GROUP_KIND = "group.kind"
"""The fact that the scope of a rule is about."""


def conditions_of(rule: AnyRule) -> tuple[Condition, ...]:
    """The conditions that a rule has, with what decides whether it applies."""
    match rule:
        case Prefer():
            parts = (rule.when, rule.applies_when)
        case Support():
            parts = (rule.offered_when,)
        case _:
            parts = (rule.when,)
    return tuple(one for one in parts if one is not None)


def all_sentences(rule: AnyRule, findings: Mapping[str, Finding]) -> Iterator[Sentence]:
    """Every sentence that a rule reads, those of the findings that it uses included."""
    return sentences_reached(conditions_of(rule), findings)


def sentences_reached(
    conditions: Iterable[Condition], findings: Mapping[str, Finding]
) -> Iterator[Sentence]:
    """Every sentence of some conditions and of the findings that they use, directly or not."""
    seen: set[str] = set()
    waiting = list(conditions)
    while waiting:
        for sentence in sentences(waiting.pop(0)):
            yield sentence
            if isinstance(sentence, Holds) and sentence.finding not in seen:
                seen.add(sentence.finding)
                finding = findings.get(sentence.finding)
                if finding is not None:
                    waiting.append(finding.when)


def all_facts(rule: AnyRule, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """Every fact that a rule reads, directly, by a measure or through findings, each once.

    What the rule's scope reads counts: it settles the outcome as the condition does.
    """
    names = [name for one in all_sentences(rule, findings) for name in facts_read(one)]
    if isinstance(rule, MustNot) and rule.scope:
        names.append(GROUP_KIND)
    if isinstance(rule, Prefer) and rule.grade is not None:
        names.extend(rule.grade.measure.facts)
    return tuple(dict.fromkeys(names))


def reads_a_history(rule: AnyRule, findings: Mapping[str, Finding]) -> bool:
    """Whether a rule, or a finding that it uses, says anything of a history."""
    return any(isinstance(one, EventSentence) for one in all_sentences(rule, findings))


def privacies(rule: AnyRule, findings: Mapping[str, Finding], events: Events) -> frozenset[str]:
    """The kinds of fact that a rule over histories reads, directly or through findings."""
    return frozenset(_privacies(rule, findings, events))


def _privacies(rule: AnyRule, findings: Mapping[str, Finding], events: Events) -> Iterator[str]:
    for sentence in all_sentences(rule, findings):
        match sentence:
            case EventCount(kind=kind) | PointsFell(kind=kind):
                yield events.kinds[kind].privacy
            case Overdue(obligation=obligation):
                yield events.obligations[obligation].privacy
            case _:
                yield from (CATALOGUE[name].privacy for name in facts_read(sentence))
