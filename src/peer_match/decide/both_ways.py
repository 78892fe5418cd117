"""Every safety rule evaluated twice, and the more severe answer where the two differ.

The evaluator always runs. A kernel, where there is one, chains the same rules from the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from threading import Lock

from peer_match.decide.assessment import Engine
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.kernel import Kernel, KernelError
from peer_match.decide.network import NUMBERS, Network, network_of
from peer_match.facts.event import About
from peer_match.facts.truth import Truth
from peer_match.policy.policy import Policy

Truths = dict[str, Truth]
MOST_NETWORKS = 64  # packs, and days on which other rules are in force, that are kept


def both_ways(
    policy: Policy, worlds: Sequence[World], about: About, kernel: Kernel | None
) -> tuple[list[Truths], Engine]:
    """For each world what every rule in force about such a subject says, and how it went."""
    found = [_evaluated(policy, world, about) for world in worlds]
    if kernel is None:
        return found, Engine("not run", "there is no worker for the rules engine")
    try:
        chained = [_chained(policy, world, kernel) for world in worlds]
    except KernelError as problem:
        return found, Engine("failed", problem.reason)
    differing: set[str] = set()
    for truths, other in zip(found, chained, strict=True):
        for rule, truth in truths.items():
            said = other[rule]
            if said is not truth:
                differing.add(rule)
                truths[rule] = max(truth, said, key=NUMBERS.__getitem__)
    if differing:
        return found, Engine("differed", "the two evaluations differ", tuple(sorted(differing)))
    return found, Engine("agreed")


def _evaluated(policy: Policy, world: World, about: About) -> Truths:
    day = world.as_of.date()
    return {
        rule.id: evaluate(rule.when, world)
        for rule in policy.safety.escalates
        if rule.about == about and rule.in_force(day)
    }


def _chained(policy: Policy, world: World, kernel: Kernel) -> Truths:
    network = _network(policy, world.as_of.date())
    return kernel.chain(network, [network.readings(world)])[0]


def _network(policy: Policy, day: date) -> Network:
    """The network of a day, built once for all days on which the same rules are in force."""
    rules = (*policy.safety.escalates, *policy.findings.values())
    key = policy.digest, frozenset(rule.id for rule in rules if rule.in_force(day))
    with _lock:
        found = _networks.get(key)
        if found is None:
            if len(_networks) >= MOST_NETWORKS:
                _networks.clear()
            found = _networks[key] = network_of(policy, day)
    return found


_lock = Lock()
_networks: dict[tuple[str, frozenset[str]], Network] = {}
