"""What rules say of each other, and what they owe their readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import networkx

from peer_match.facts.catalogue import CATALOGUE
from peer_match.policy.assemble import SUBJECTS, Assembly
from peer_match.policy.condition import (
    AllOf,
    CodeIs,
    Holds,
    IsKnown,
    facts_read,
    sentences,
)
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, quote, warning
from peer_match.policy.nodes import Mapping, Scalar, Sequence, node_at
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.policy import AnyRule, MustNot, Prefer
from peer_match.policy.reads import all_facts, all_sentences, conditions_of
from peer_match.policy.rule_files import RuleHeader

CONFIDENTIAL = frozenset({"another-person", "mentor-private"})
UNAVAILABILITY = CONFIDENTIAL | {"availability"}
DOMINANT_SHARE = 2  # a weight above half of all the weights of its side outvotes the rest


def check_pack(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every problem between rules: references, cycles, meaning, privacy, stewardship."""
    _check_findings(assembly, problems)
    _check_supports(assembly, problems)
    for rule in rules_of(assembly):
        _check_knowing(rule, assembly, problems)
        _check_privacy(rule, assembly, problems)
        _check_impossible(rule, problems)
    for rule in assembly.prefers:
        _check_applies_when(rule, assembly, problems)
    _check_weights(assembly.prefers, problems)
    for file in assembly.files.values():
        _check_stewardship(file, assembly, problems)


def rules_of(assembly: Assembly) -> Iterator[AnyRule]:
    """Every bound rule."""
    yield from assembly.must_nots
    yield from assembly.prefers
    yield from assembly.findings.values()
    yield from assembly.supports.values()
    yield from assembly.plans


def _check_findings(assembly: Assembly, problems: list[Diagnostic]) -> None:
    uses: networkx.DiGraph[str] = networkx.DiGraph()
    for rule in rules_of(assembly):
        for condition in conditions_of(rule):
            for sentence in sentences(condition):
                if not isinstance(sentence, Holds):
                    continue
                if sentence.finding not in assembly.findings:
                    if sentence.finding not in assembly.files:
                        problems.append(
                            error(
                                "PM212",
                                f"no finding is called {quote(sentence.finding)}",
                                sentence.position,
                                did_you_mean(sentence.finding, assembly.findings),
                            )
                        )
                    continue
                if rule.id in assembly.findings:
                    uses.add_edge(rule.id, sentence.finding)
                _check_subjects(rule, sentence, assembly, problems)
                _check_span(rule, assembly.findings[sentence.finding], sentence.position, problems)
    for cycle in networkx.simple_cycles(uses):
        start = cycle.index(min(cycle))
        path = [*cycle[start:], *cycle[:start], cycle[start]]
        problems.append(
            error(
                "PM310",
                f"findings depend on themselves: {' → '.join(path)}",
                assembly.findings[path[0]].position,
                "a finding may use others, but never come back to itself",
            )
        )


def _check_subjects(
    rule: AnyRule, sentence: Holds, assembly: Assembly, problems: list[Diagnostic]
) -> None:
    allowed = SUBJECTS.get(assembly.files[rule.id].folder)
    if allowed is None:
        return
    finding = assembly.findings[sentence.finding]
    foreign = sorted(
        name
        for name in all_facts(finding, assembly.findings)
        if CATALOGUE[name].subject not in allowed
    )
    if foreign:
        problems.append(
            error(
                "PM213",
                f"{quote(sentence.finding)} reads `{foreign[0]}`, which this rule cannot",
                sentence.position,
            )
        )


def _check_span(
    rule: AnyRule, used: AnyRule, position: Position, problems: list[Diagnostic]
) -> None:
    """What a rule refers to must be in force for as long as the rule itself."""
    if rule.status != "active":
        return
    ends_before = used.until is not None and (rule.until is None or rule.until > used.until)
    if used.status != "active" or used.effective > rule.effective or ends_before:
        problems.append(
            error(
                "PM214",
                f"{quote(used.id)} is not in force for all the time that this rule is",
                position,
                "make its dates and status cover those of the rule",
            )
        )


def _check_supports(assembly: Assembly, problems: list[Diagnostic]) -> None:
    named: set[str] = set()
    for rule in (*assembly.must_nots, *assembly.prefers):
        nodes = node_at(assembly.files[rule.id].node, ("lifted_by",))
        for node in nodes.items if isinstance(nodes, Sequence) else ():
            if not isinstance(node, Scalar):
                continue
            named.add(node.text)
            support = assembly.supports.get(node.text)
            if support is None:
                if node.text not in assembly.files:
                    problems.append(
                        error(
                            "PM215",
                            f"no support is called {quote(node.text)}",
                            node.position,
                            did_you_mean(node.text, assembly.supports),
                        )
                    )
                continue
            _check_span(rule, support, node.position, problems)
            edited = {edit.fact for edit in support.provides}
            if not edited.intersection(all_facts(rule, assembly.findings)):
                problems.append(
                    error(
                        "PM312",
                        f"{quote(node.text)} changes nothing that this rule reads",
                        node.position,
                        "name a support whose `provides` is about a fact of this rule",
                    )
                )
            if isinstance(rule, MustNot) and rule.override is None:
                problems.append(
                    error(
                        "PM311",
                        "a rule that nobody may override cannot be lifted by a support",
                        node.position,
                        "say who may override it, or remove the support",
                    )
                )
    for support in assembly.supports.values():
        if support.id not in named:
            problems.append(
                warning(
                    "PM313",
                    f"no rule names the support {quote(support.id)}",
                    support.position,
                    "name it in the `lifted_by` of a rule that it helps with",
                )
            )


def _check_knowing(rule: AnyRule, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Asking whether a fact is known breaks "learning only narrows", so matching rules may not."""
    if not isinstance(rule, MustNot | Prefer):
        return
    for sentence in all_sentences(rule, assembly.findings):
        if isinstance(sentence, IsKnown):
            problems.append(
                error(
                    "PM314",
                    f"{quote(rule.id)} may not ask whether a fact is known",
                    sentence.position,
                    "say what the fact must be, and let `if_unknown` say what an unknown does",
                )
            )


def _check_privacy(rule: AnyRule, assembly: Assembly, problems: list[Diagnostic]) -> None:
    privacies = {CATALOGUE[name].privacy for name in all_facts(rule, assembly.findings)}
    if isinstance(rule, MustNot):
        if privacies & UNAVAILABILITY and not rule.shown_as_unavailable:
            problems.append(
                error(
                    "PM315",
                    "a rule that reads another person's facts or free places must be "
                    "`shown_as: unavailable`",
                    rule.position,
                    "so that nobody can tell a conflict from a full group",
                )
            )
        if privacies & CONFIDENTIAL and rule.if_unknown == "allow":
            problems.append(
                error("PM302", "a rule about another person cannot allow what is unknown",
                      rule.position, "use `hold`")
            )  # fmt: skip
    elif privacies & CONFIDENTIAL:
        problems.append(
            error(
                "PM316",
                f"a {assembly.files[rule.id].kind} rule may not read another person's facts",
                rule.position,
                "only a `must_not` may, since its outcome can be hidden",
            )
        )


def _check_applies_when(rule: Prefer, assembly: Assembly, problems: list[Diagnostic]) -> None:
    if rule.applies_when is None:
        return
    subjects = {
        CATALOGUE[name].subject
        for sentence in sentences(rule.applies_when)
        for name in facts_read(sentence)
    }
    if len(subjects) > 1:
        problems.append(
            error(
                "PM317",
                "`applies_when` reads one side only",
                rule.position,
                "move what is about both sides into `when`",
            )
        )


def _check_impossible(rule: AnyRule, problems: list[Diagnostic]) -> None:
    """Two parts of one `all` that ask one fact to have two different values can never fire."""
    for condition in conditions_of(rule):
        for group in _all_groups(condition):
            wanted: dict[str, CodeIs] = {}
            for part in group.parts:
                if not isinstance(part, CodeIs) or part.negated:
                    continue
                before = wanted.setdefault(part.fact, part)
                if not set(before.codes) & set(part.codes):
                    problems.append(
                        error(
                            "PM318",
                            f"this rule can never fire: `{part.fact}` cannot be both",
                            part.position,
                            f"it is also asked for in {quote(before.text)}",
                        )
                    )


def _all_groups(condition: Any) -> Iterator[AllOf]:
    if isinstance(condition, AllOf):
        yield condition
    for part in getattr(condition, "parts", ()):
        yield from _all_groups(part)
    inner = getattr(condition, "part", None)
    if inner is not None:
        yield from _all_groups(inner)


def _check_weights(prefers: Iterable[Prefer], problems: list[Diagnostic]) -> None:
    sides: dict[tuple[str, str], list[Prefer]] = {}
    for rule in prefers:
        if rule.status == "active":
            sides.setdefault((rule.target, rule.side), []).append(rule)
    for rules in sides.values():
        total = sum(rule.weight for rule in rules)
        for rule in rules:
            if len(rules) > DOMINANT_SHARE and rule.weight * DOMINANT_SHARE > total:
                problems.append(
                    warning(
                        "PM319",
                        f"the weight {rule.weight} outvotes all other preferences together",
                        rule.position,
                        "lower it, or make it a `must_not` if nothing may offset it",
                    )
                )


def _check_stewardship(file: PackFileRead, assembly: Assembly, problems: list[Diagnostic]) -> None:
    shape = file.shape
    assert isinstance(shape, RuleHeader)
    cited = file.node.get("source")
    for item in cited.items if isinstance(cited, Sequence) else ():
        node = node_at(item, ("cite",)) if isinstance(item, Mapping) else None
        if isinstance(node, Scalar) and assembly.sources and node.text not in assembly.sources:
            problems.append(
                error(
                    "PM401",
                    f"{quote(node.text)} is not in `sources.yaml`",
                    node.position,
                    did_you_mean(node.text, assembly.sources)
                    or "add the source with its status, or cite another",
                )
            )
    if shape.until is not None and shape.until < shape.effective:
        problems.append(error("PM402", "the rule ends before it begins", _at(file, "until")))
    if shape.review_by <= shape.effective:
        problems.append(
            error("PM403", "the review is due before the rule begins", _at(file, "review_by"))
        )


def _at(file: PackFileRead, key: str) -> Position:
    found = node_at(file.node, (key,))
    return found.position if found is not None else file.node.position
