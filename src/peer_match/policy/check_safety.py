"""What safety rules, ladders and crisis lines must be, whatever they say.

Every pathway is a graph without a circle; each of its ways ends with somebody who may end one,
within the time that the pack allows, and every step lies on a way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import networkx

from peer_match.facts.event import About
from peer_match.policy.assembly import Assembly
from peer_match.policy.bind_safety import abouts
from peer_match.policy.check_polarity import check_polarity
from peer_match.policy.check_seen_to import check_seen_to
from peer_match.policy.check_span import check_span
from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    counted,
    error,
    listed,
    meant,
    quote,
)
from peer_match.policy.nodes import Sequence, node_at
from peer_match.policy.safety import Always, Escalate, Pathway, SafetyTimes, Step
from peer_match.policy.safety_files import SEVERITIES, Severity
from peer_match.policy.units import Span

SOME_DAY = datetime(2001, 1, 1, tzinfo=UTC)
"""A day from which spans are measured to be compared; months are as long as January's."""


def check_safety(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every problem of a pack's safety rules, and settle whom each of them is about.

    A pathway that never ends is left out: nobody can follow it.
    """
    if assembly.times is None:
        _check_is_there(assembly, problems)
    for id, pathway in [*assembly.pathways.items()]:
        if not _check_pathway(pathway, assembly, problems):
            del assembly.pathways[id]
    for number, rule in enumerate(assembly.escalates):
        assembly.escalates[number] = replace(rule, about=_whom(rule, assembly, problems))
        _check_escalate(rule, assembly, problems)
        check_polarity(rule, assembly, problems)
    check_seen_to(assembly, problems)
    for number, rule in enumerate(assembly.always):
        assembly.always[number] = replace(rule, about=_whom(rule, assembly, problems))


def _check_is_there(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Without `safety:` nobody knows how long a ladder may be, or who may end one."""
    first = next(iter((*assembly.escalates, *assembly.pathways.values())), None)
    if first is not None and "pack" not in assembly.refused and not assembly.times_are_at_fault:
        problems.append(
            error("PM225", "`pack.yaml` says nothing of safety, and this rule needs it",
                  first.position, "add `safety:` with its times and roles to `pack.yaml`")
        )  # fmt: skip


def _whom(rule: Escalate | Always, assembly: Assembly, problems: list[Diagnostic]) -> About:
    found = sorted(abouts(rule.when, assembly))
    if len(found) > 1:
        problems.append(
            error("PM331", f"the rule is about a {found[0]} and about a {found[1]}", rule.position,
                  "a history is of one person or group; make it two rules")
        )  # fmt: skip
    return found[0] if found else "patient"


def _check_escalate(rule: Escalate, assembly: Assembly, problems: list[Diagnostic]) -> None:
    pathway = assembly.pathways.get(rule.pathway)
    at = _at(rule.id, assembly, "pathway")
    if pathway is None:
        if not assembly.could_not_be_read("pathway", rule.pathway):
            problems.append(
                error("PM224", f"no pathway is called {quote(rule.pathway)}", at,
                      meant(rule.pathway, assembly.pathways, "pathways"))
            )  # fmt: skip
        return
    check_span(rule, pathway, at, assembly, problems)
    if rule.severity not in pathway.enters_at:
        known = [one for one in SEVERITIES if one in pathway.enters_at]
        problems.append(
            error("PM339", f"{quote(pathway.id)} has no step at which `{rule.severity}` enters",
                  at, f"it is entered at {listed(known)}; add a line to its `enters_at`")
        )  # fmt: skip


# -- pathways ------------------------------------------------------------------------------------


def _check_pathway(pathway: Pathway, assembly: Assembly, problems: list[Diagnostic]) -> bool:
    """Whether every way ends; the problems of the steps and of the ways are added."""
    graph = graph_of(pathway)
    cycle = next(iter(networkx.simple_cycles(graph)), None)
    if cycle is not None:
        start = cycle.index(min(cycle))
        way = [*cycle[start:], *cycle[:start], cycle[start]]
        problems.append(
            error("PM332", f"the steps come back to themselves: {' → '.join(way)}",
                  _step_at(pathway, way[0], assembly, "if_silent"),
                  "let the last of them be followed by `repeat`")
        )  # fmt: skip
        return False
    entered = set(pathway.enters_at.values())
    reached = {id for one in entered for id in networkx.bfs_tree(graph, one)}
    for id in pathway.steps:
        if id not in reached:
            problems.append(
                error("PM335", f"nothing leads to the step {quote(id)}",
                      _step_at(pathway, id, assembly, "step"),
                      "name it in `enters_at` or in an `if_silent`, or take it out")
            )  # fmt: skip
    _check_roles(pathway, assembly, problems)
    if assembly.times is not None:
        for severity in pathway.enters_at:
            _check_ladder(pathway, severity, assembly, assembly.times, problems)
    return True


def _check_roles(pathway: Pathway, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Whoever is called for a person is somebody who may know of the person.

    That a way ends with somebody who may not end one is told by its own code.
    """
    treating = assembly.treating
    final = () if assembly.times is None else assembly.times.final_roles
    if treating is None:
        return
    problems.extend(
        error("PM340", f"{quote(step.role)} is called, and may not know whom it is about",
              _step_at(pathway, step.id, assembly, "role"),
              f"those who may: {listed(treating)}")
        for step in pathway.steps.values()
        if step.role not in treating and (step.then is not None or step.role in final)
    )  # fmt: skip


def graph_of(pathway: Pathway) -> networkx.DiGraph[str]:
    """The steps of a pathway, each with an edge to the one that follows silence."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(sorted(pathway.steps))
    graph.add_edges_from((id, one.then) for id, one in pathway.steps.items() if one.then)
    return graph


def _check_ladder(
    pathway: Pathway,
    severity: Severity,
    assembly: Assembly,
    times: SafetyTimes,
    problems: list[Diagnostic],
) -> None:
    ladder = pathway.ladder(severity)
    last = ladder[-1]
    if last.role not in times.final_roles:
        found = _step_at(pathway, last.id, assembly, "role")
        told = "PM333", found
        if not any((one.code, one.position) == told for one in problems):
            problems.append(
                error("PM333", f"the pathway ends with {quote(last.role)}", found,
                      f"it must end with {listed(times.final_roles)}")
            )  # fmt: skip
    takes = time_to_human(ladder)
    allowed = length(times.time_to_human[severity])
    if takes > allowed:
        problems.append(
            error("PM334", f"`{severity}` may wait {in_words(takes)} for the last person",
                  _at(pathway.id, assembly, "enters_at", severity),
                  f"the pack allows {times.time_to_human[severity]}; shorten a step, "
                  "or enter further up")
        )  # fmt: skip


def time_to_human(ladder: tuple[Step, ...]) -> timedelta:
    """How long silence may last before the last person of a ladder is called.

    The last one is called again each time its own span has passed, so that counts where it is
    longer.
    """
    before = sum((length(one.within) for one in ladder[:-1]), timedelta(0))
    return max(before, length(ladder[-1].within))


def length(span: Span) -> timedelta:
    """How long a span is, to compare it with others."""
    return span.after(SOME_DAY) - SOME_DAY


def in_words(time: timedelta) -> str:
    """A time as people say it: `90 minutes` as `1 hour 30 minutes`, `5 days`."""
    said: list[str] = []
    for name, unit in (("day", 1440), ("hour", 60), ("minute", 1)):
        number, time = divmod(time, timedelta(minutes=unit))
        if number:
            said.append(counted(number, name))
    return " ".join(said) or "no time"


def _step_at(pathway: Pathway, step: str, assembly: Assembly, key: str) -> Position:
    nodes = node_at(assembly.files[pathway.id].node, ("steps",))
    for item in nodes.items if isinstance(nodes, Sequence) else ():
        if (name := node_at(item, ("step",))) is not None and getattr(name, "text", "") == step:
            found = node_at(item, (key,))
            return name.position if found is None else found.position
    return pathway.position


def _at(rule: str, assembly: Assembly, *path: str) -> Position:
    found = node_at(assembly.files[rule].node, path)
    return assembly.files[rule].node.position if found is None else found.position
