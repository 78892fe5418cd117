"""What rules say of each other: what they refer to is there, in force, and of use to them."""

from __future__ import annotations

from itertools import islice

import networkx

from peer_match.facts.catalogue import CATALOGUE
from peer_match.policy.assembly import Assembly, reads_events, subjects_of
from peer_match.policy.check_meaning import check_meaning
from peer_match.policy.check_possible import check_possible
from peer_match.policy.check_safety import check_safety
from peer_match.policy.check_span import check_span
from peer_match.policy.check_stewardship import check_stewardship
from peer_match.policy.condition import Holds, Includes, facts_read, sentences
from peer_match.policy.diagnostics import Diagnostic, Position, error, meant, quote, warning
from peer_match.policy.edit import Edit
from peer_match.policy.events import ONLY_IN_SAFETY
from peer_match.policy.fitting import what_is_read
from peer_match.policy.grammar import is_read_as, keywords
from peer_match.policy.nodes import Scalar, Sequence, node_at
from peer_match.policy.policy import AnyRule, Finding, MustNot, Prefer, Support
from peer_match.policy.reads import all_facts, all_sentences, conditions_of, reads_a_history

MOST_CYCLES = 20  # a hostile pack can hold more cycles than there is time to list


def check_pack(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every problem between rules: references, cycles, meaning, privacy, stewardship."""
    for rule in assembly.rules():
        _check_findings(rule, assembly, problems)
    _check_cycles(assembly, problems)
    _check_words(assembly, problems)
    for rule in (*assembly.must_nots, *assembly.prefers):
        _check_lifted_by(rule, assembly, problems)
    _check_named(assembly, problems)
    check_meaning(assembly, problems)
    check_safety(assembly, problems)
    check_possible(assembly, problems)
    for file in assembly.files.values():
        check_stewardship(file, assembly, problems)


def _check_findings(rule: AnyRule, assembly: Assembly, problems: list[Diagnostic]) -> None:
    for condition in conditions_of(rule):
        for sentence in sentences(condition):
            if not isinstance(sentence, Holds):
                continue
            finding = assembly.findings.get(sentence.finding)
            if finding is not None:
                _check_subjects(rule, sentence.finding, all_facts(finding, assembly.findings),
                                sentence.position, assembly, problems)  # fmt: skip
                _check_histories(rule, finding, sentence.position, assembly, problems)
                check_span(rule, finding, sentence.position, assembly, problems)
            elif not assembly.could_not_be_read("finding", sentence.finding):
                problems.append(
                    error(
                        "PM212",
                        f"no finding is called {quote(sentence.finding)}",
                        sentence.position,
                        meant(sentence.finding, assembly.findings, "findings"),
                    )
                )


def _check_words(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Every finding can be named in the sentences of other rules."""
    for finding in assembly.findings.values():
        if finding.id in keywords() and not is_read_as("holds", f"{finding.id} holds"):
            problems.append(
                error(
                    "PM219",
                    f"{quote(finding.id)} is a word of sentences, so no rule can name this finding",
                    assembly.files[finding.id].node.entries[0][1].position,
                    "add a word to the id and to the file's name, joined by a hyphen",
                )
            )


def _check_subjects(
    rule: AnyRule,
    used: str,
    facts: tuple[str, ...],
    position: Position,
    assembly: Assembly,
    problems: list[Diagnostic],
) -> bool:
    """What a rule uses reads only what the rule itself could read."""
    allowed = subjects_of(assembly.files[rule.id])
    foreign = sorted(name for name in facts if CATALOGUE[name].subject not in allowed)
    if foreign:
        problems.append(
            error(
                "PM213",
                f"{quote(used)} reads `{foreign[0]}`, which this rule cannot",
                position,
                what_is_read(allowed),
            )
        )
    return not foreign


def _check_histories(
    rule: AnyRule,
    used: Finding,
    position: Position,
    assembly: Assembly,
    problems: list[Diagnostic],
) -> None:
    """What a rule of a match uses says nothing of histories, which no match looks at."""
    is_allowed = reads_events(assembly.files[rule.id])
    if not is_allowed and reads_a_history(used, assembly.findings):
        problems.append(
            error(
                "PM161",
                f"{quote(used.id)} reads events, which this rule cannot",
                position,
                ONLY_IN_SAFETY,
            )
        )


def _check_cycles(assembly: Assembly, problems: list[Diagnostic]) -> None:
    uses: networkx.DiGraph[str] = networkx.DiGraph()
    for id, finding in sorted(assembly.findings.items()):
        for sentence in sentences(finding.when):
            if isinstance(sentence, Holds) and sentence.finding in assembly.findings:
                uses.add_edge(id, sentence.finding)
    for cycle in islice(networkx.simple_cycles(uses), MOST_CYCLES):
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


def _check_lifted_by(
    rule: MustNot | Prefer, assembly: Assembly, problems: list[Diagnostic]
) -> None:
    nodes = node_at(assembly.files[rule.id].node, ("lifted_by",))
    for node in nodes.items if isinstance(nodes, Sequence) else ():
        if not isinstance(node, Scalar):
            continue
        support = assembly.supports.get(node.text)
        if support is not None:
            _check_support(rule, support, node.position, assembly, problems)
        elif not assembly.could_not_be_read("support", node.text):
            problems.append(
                error(
                    "PM215",
                    f"no support is called {quote(node.text)}",
                    node.position,
                    meant(node.text, assembly.supports, "supports"),
                )
            )


def _check_support(
    rule: MustNot | Prefer,
    support: Support,
    position: Position,
    assembly: Assembly,
    problems: list[Diagnostic],
) -> None:
    check_span(rule, support, position, assembly, problems)
    edited = {edit.fact for edit in support.provides}
    given = {edit.other for edit in support.provides if edit.other is not None}
    reads = {*edited, *given, *all_facts(support, assembly.findings)}
    fits = _check_subjects(rule, support.id, tuple(reads), position, assembly, problems)
    if fits and not any(_matters(edit, rule, assembly) for edit in support.provides):
        about = edited.intersection(all_facts(rule, assembly.findings))
        what = f"no value of `{min(about)}`" if about else "nothing"
        problems.append(
            error(
                "PM312",
                f"{quote(support.id)} changes {what} that this rule reads",
                position,
                "name a support whose `provides` is about a fact and a value of this rule",
            )
        )
    if isinstance(rule, MustNot) and rule.override is None:
        problems.append(
            error(
                "PM311",
                "a rule that nobody may override cannot be lifted by a support",
                position,
                "say who may override it, or remove the support",
            )
        )


def _matters(edit: Edit, rule: MustNot | Prefer, assembly: Assembly) -> bool:
    """Whether an edit could change what a rule reads. A value that a set gains matters only to
    sentences that name it, a broader value, or the values of another fact."""
    if edit.fact not in all_facts(rule, assembly.findings):
        return False
    if edit.replaces or edit.other is not None:
        return True
    gained = frozenset(edit.values)
    vocabulary = assembly.vocabularies[CATALOGUE[edit.fact].vocabulary or ""]
    every = list(all_sentences(rule, assembly.findings))
    for sentence in every:
        if not isinstance(sentence, Includes):
            if edit.fact in facts_read(sentence):
                return True
        elif edit.fact in (sentence.fact, sentence.other):
            named = {one for code in sentence.codes for one in vocabulary.covered_by(code)}
            if sentence.other is not None or gained & named:
                return True
    by_measure = rule.grade.measure.facts if isinstance(rule, Prefer) and rule.grade else ()
    return edit.fact in by_measure


def _check_named(assembly: Assembly, problems: list[Diagnostic]) -> None:
    named: set[str] = set()
    for file in assembly.files.values():
        nodes = node_at(file.node, ("lifted_by",))
        for node in nodes.items if isinstance(nodes, Sequence) else ():
            named.add(node.text if isinstance(node, Scalar) else "")
    for support in assembly.supports.values():
        if support.status == "active" and support.id not in named:
            problems.append(
                warning(
                    "PM313",
                    f"no rule names the support {quote(support.id)}",
                    support.position,
                    "name it in the `lifted_by` of a rule that it helps with",
                )
            )
