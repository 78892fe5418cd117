"""Screening: what every `must_not` says of one target. The worst outcome wins.

Steps for each rule:
1. Evaluate its condition; where it is about facilitators, for each of them, the worst counting.
2. Yes gives the rule's outcome, unknown what `if_unknown` says, an error always holds.
3. The scope for the group's kind limits the outcome (a duty of a programme is a caution on a
   public meeting). A valid override or a standing placement sets it aside, visibly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import orjson
from pydantic import BaseModel

from peer_match.decide.case import Facts, with_supports
from peer_match.decide.decision import Screening
from peer_match.decide.evaluate import World, evaluate
from peer_match.facts.override import Override
from peer_match.facts.truth import Truth
from peer_match.policy.edit import Edit
from peer_match.policy.policy import OUTCOMES, MustNot, Outcome
from peer_match.policy.reads import GROUP_KIND

IF_UNKNOWN: dict[str, Outcome] = {
    "hold": "hold",
    "ask": "ask",
    "allow": "caution",
    "widen": "allowed",
}
FACILITATOR = "facilitator."
PATIENT = "patient."
TRUTHS = ("no", "unknown", "error", "yes")
PAIR = "pair."


def rank(outcome: Outcome) -> int:
    """0 for allowed up to 4 for blocked."""
    return OUTCOMES.index(outcome)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes, `allowed` for none."""
    found: Outcome = "allowed"
    for outcome in outcomes:
        if rank(outcome) > rank(found):
            found = outcome
    return found


def _milder(one: Outcome, other: Outcome) -> Outcome:
    return one if rank(one) <= rank(other) else other


@dataclass(frozen=True, slots=True)
class Pairing:
    """One patient and one target, as screening sees them.

    `worlds` has one world for each facilitator of a group (one with nothing known where none is on
    record), else one world. `reads` gives each rule's facts. `shared` keeps, for all pairings of
    one request, what was said by rules that are about the patient alone.
    """

    target: str
    patient: str
    worlds: tuple[World, ...]
    existing: bool
    overrides: tuple[Override, ...]
    reads: Mapping[str, tuple[str, ...]]
    shared: dict[str, Screening] = field(default_factory=dict[str, Screening])

    @property
    def world(self) -> World:
        """The world for everything that is not about facilitators."""
        return self.worlds[0]


def screen(rules: Iterable[MustNot], pairing: Pairing) -> tuple[Screening, ...]:
    """What each rule says of a pairing, in the order of the rules."""
    return tuple(screen_rule(rule, pairing) for rule in rules)


def screen_rule(rule: MustNot, pairing: Pairing, edits: tuple[Edit, ...] = ()) -> Screening:
    """What one rule says of a pairing (steps 1 to 3 of this module), seen with some edits."""
    facts = pairing.reads[rule.id]
    if not edits and all(one.startswith(PATIENT) for one in facts):
        found = pairing.shared.get(rule.id)
        if found is None:
            found = pairing.shared[rule.id] = _evaluated(rule, facts, pairing.world)
        return _set_aside(rule, found, pairing)
    about_facilitators = any(one.startswith(FACILITATOR) for one in facts)
    worlds = pairing.worlds if about_facilitators else pairing.worlds[:1]
    every = [
        _evaluated(rule, facts, world.on(with_supports(world.facts, edits))) for world in worlds
    ]
    return max((_set_aside(rule, one, pairing) for one in every), key=_how_bad)


def _how_bad(found: Screening) -> tuple[int, int, tuple[str, ...]]:
    """Of several facilitators the worst counts, whatever their order."""
    return rank(found.outcome), TRUTHS.index(found.truth), found.facts


def _evaluated(rule: MustNot, facts: tuple[str, ...], world: World) -> Screening:
    """What the rule says of the facts alone (steps 1 and 2, and the scope of step 3)."""
    case = world.facts
    keys = tuple(case.key(name) for name in facts)
    try:
        truth = evaluate(rule.when, world)
    except Exception as problem:  # an erroring block holds, whatever the error is
        return Screening(
            rule.id,
            "error",
            "hold",
            keys,
            (),
            note=f"the rule could not be evaluated ({type(problem).__name__}); it holds",
        )
    outcome = _outcome(rule, truth, case)
    unknown: tuple[str, ...] = ()
    if truth is Truth.UNKNOWN:
        unknown = tuple(case.key(one) for one in facts if case.observed(one).unknown is not None)
    asked = truth is Truth.UNKNOWN and outcome != "allowed"
    at_worst = _outcome(rule, Truth.YES, case) if truth is Truth.UNKNOWN else outcome
    may_be_set_aside = rule.override is not None and outcome != "allowed"
    return Screening(
        rule.id,
        truth.value,
        outcome,
        keys,
        unknown,
        question_to=rule.asks if asked else None,
        facts_digest=facts_digest(facts, case) if may_be_set_aside else None,
        at_worst=at_worst if rank(at_worst) > rank(outcome) else None,
    )


def _set_aside(rule: MustNot, found: Screening, pairing: Pairing) -> Screening:
    """The same where a standing placement or a valid override sets the rule aside (step 3)."""
    if found.outcome == "allowed" or found.truth == "error":
        return found
    if pairing.existing and not rule.applies_to_existing:
        note = "a standing placement stays; the rule is for new ones"
        return replace(found, outcome="allowed", note=note, at_worst=None)
    override = next((one for one in pairing.overrides if _covers(one, rule, found, pairing)), None)
    if override is None:
        return found
    people = ", ".join(f"{name} ({role})" for role, name in sorted(override.granted_by.items()))
    return replace(found, outcome="caution", note=f"set aside by {people}")


def _outcome(rule: MustNot, truth: Truth, case: Facts) -> Outcome:
    if truth is Truth.NO or rule.cap is not None:
        return "allowed"
    outcome = rule.outcome if truth is Truth.YES else _unknown_outcome(rule)
    limit = dict(rule.scope).get(str(case.observed(GROUP_KIND).value)) if rule.scope else None
    return outcome if limit is None else _milder(outcome, limit)


def _unknown_outcome(rule: MustNot) -> Outcome:
    """Not knowing is never worse than the rule itself, so that learning only narrows."""
    return _milder(IF_UNKNOWN[rule.if_unknown], rule.outcome)


def facts_digest(facts: Iterable[str], case: Facts) -> str:
    """The SHA-256 of what a rule's facts amount to: any change of them voids an override."""
    seen = [
        (
            name,
            [_stable(value) for value in observed.values],
            sorted(observed.denied),
            sorted(observed.doubtful),
            observed.complete,
            observed.unknown,
            # Which tie it is matters, and not only of what kind: another person, another override.
            sorted(one.source for one in observed.basis) if name.startswith(PAIR) else [],
        )
        for name in facts
        for observed in (case.observed(name),)
    ]
    return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def _stable(value: object) -> object:
    """A value in a form whose bytes are the same in every process: sets are sorted."""
    if isinstance(value, BaseModel):
        return {name: _stable(part) for name, part in value}
    if isinstance(value, frozenset):
        return sorted(str(part) for part in cast("frozenset[object]", value))
    if isinstance(value, tuple):
        return [_stable(part) for part in cast("tuple[object, ...]", value)]
    return str(value)


def _covers(override: Override, rule: MustNot, found: Screening, pairing: Pairing) -> bool:
    if rule.override is None or override.rule != rule.id:
        return False
    in_time = (
        override.granted <= pairing.world.as_of < override.until
        and rule.override.at_most.before(override.until) <= override.granted
    )
    return (
        in_time
        and override.patient == pairing.patient
        and override.target == pairing.target
        and override.rule_digest == rule.digest
        and override.facts_digest == found.facts_digest
        and _granted(override, rule.override.all_of)
    )


def _granted(override: Override, roles: frozenset[str]) -> bool:
    """Every role by a named person, and no two roles by one and the same."""
    people = [override.granted_by.get(role, "").strip() for role in roles]
    return all(people) and len(set(people)) == len(people)


def outcome_of(screenings: Iterable[Screening]) -> Outcome:
    """The outcome of a whole screening: the worst of its rules."""
    return worst(one.outcome for one in screenings)
