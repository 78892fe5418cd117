"""Whether a rule may leave its evidence to others: `seen_to_by` of a rule of safety.

Whoever sees to it is as severe at least, is about the same subject, and no rule sees to itself by
way of others. What stands between two people is the safety role's alone, so that nobody else could
see the escalation under which the rest stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import networkx

from peer_match.policy.assembly import Assembly
from peer_match.policy.diagnostics import Diagnostic, Position, error, meant, quote
from peer_match.policy.nodes import Scalar, Sequence, node_at
from peer_match.policy.reads import privacies
from peer_match.policy.safety import Escalate
from peer_match.policy.safety_files import SEVERITIES

KEY = "seen_to_by"
BETWEEN_PEOPLE = "another-person"


def check_seen_to(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every problem, and let each rule name all that see to it, by way of others as well."""
    rules = {one.id: one for one in assembly.escalates}
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(rules)
    for rule in assembly.escalates:
        for name, at in _named(rule, assembly):
            problem = _problem(rule, name, at, rules, assembly)
            if problem is not None:
                problems.append(problem)
            if name in rules:
                graph.add_edge(rule.id, name)
    if (cycle := next(iter(networkx.simple_cycles(graph)), None)) is not None:
        start = cycle.index(min(cycle))
        way = [*cycle[start:], *cycle[:start], cycle[start]]
        at = next(at for name, at in _named(rules[way[0]], assembly) if name == way[1])
        problems.append(
            error("PM341", f"the rules see to each other: {' → '.join(way)}", at,
                  "let the most severe of them be seen to by none")
        )  # fmt: skip
    for number, rule in enumerate(assembly.escalates):
        reached = frozenset(networkx.bfs_tree(graph, rule.id)) - {rule.id}
        assembly.escalates[number] = replace(rule, seen_to_by=reached)


def _problem(
    rule: Escalate, name: str, at: Position, rules: dict[str, Escalate], assembly: Assembly
) -> Diagnostic | None:
    other = rules.get(name)
    if other is None:
        if assembly.could_not_be_read("escalate", name):
            return None
        return error("PM224", f"no rule of safety is called {quote(name)}", at,
                     meant(name, rules, "rules of safety"))  # fmt: skip
    if SEVERITIES.index(other.severity) < SEVERITIES.index(rule.severity):
        return error("PM341", f"{quote(name)} is milder: {other.severity}, not {rule.severity}", at,
                     "name a rule that is as severe at least")  # fmt: skip
    if other.about != rule.about:
        return error("PM341", f"{quote(name)} is about a {other.about}, not about a {rule.about}",
                     at, "name a rule about the same subject")  # fmt: skip
    hidden, also_hidden = (
        BETWEEN_PEOPLE in privacies(one, assembly.findings, assembly.events)
        for one in (other, rule)
    )
    if hidden and not also_hidden:
        return error("PM341", f"{quote(name)} reads what stands between two people", at,
                     "few may see what it opens; let this rule call somebody itself")  # fmt: skip
    return None


def _named(rule: Escalate, assembly: Assembly) -> Iterator[tuple[str, Position]]:
    """The names as they are written, each with its place."""
    found = node_at(assembly.files[rule.id].node, (KEY,))
    for item in found.items if isinstance(found, Sequence) else ():
        if isinstance(item, Scalar):
            yield item.text, item.position
