"""Screening: what every `must_not` says of one target. The worst outcome wins.

Steps for each rule:
1. Evaluate its condition; where it is about facilitators, for each of them, the worst counting.
2. Yes gives the rule's outcome, unknown what `if_unknown` says, an error always holds.
3. The scope for the group's kind limits the outcome (a duty of a programme is a caution on a
   public meeting). A valid override or a standing placement sets it aside, visibly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from peer_match.decide.case import Facts, with_supports
from peer_match.decide.decision import Screening
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.overrides import facts_digest, why_not_valid
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
    every = _said(rule, pairing, edits)
    return max((_set_aside(rule, one, pairing) for one in every), key=_how_bad)


def _said(rule: MustNot, pairing: Pairing, edits: tuple[Edit, ...]) -> list[Screening]:
    """What the rule says of the facts; where it is about facilitators, for each of them."""
    facts = pairing.reads[rule.id]
    about_facilitators = any(one.startswith(FACILITATOR) for one in facts)
    worlds = pairing.worlds if about_facilitators else pairing.worlds[:1]
    return [_with_edits(rule, facts, world, edits) for world in worlds]


def _with_edits(
    rule: MustNot, facts: tuple[str, ...], world: World, edits: tuple[Edit, ...]
) -> Screening:
    """What the rule says of the facts as supports would make them.

    An override is for the facts as they are: where supports would change what the rule reads, none
    holds, though they might bring back what it was granted for.
    """
    found = _evaluated(rule, facts, world.on(with_supports(world.facts, edits)))
    if edits and found.facts_digest not in (None, facts_digest(facts, world.facts)):
        return replace(found, facts_digest=None)
    return found


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


def _covers(override: Override, rule: MustNot, found: Screening, pairing: Pairing) -> bool:
    return why_void(override, rule, found, pairing) is None


def why_void(override: Override, rule: MustNot, found: Screening, pairing: Pairing) -> str | None:
    """Why an override does not set aside what a rule said of a pairing; None where it does."""
    if override.patient != pairing.patient:
        return "it is for another person"
    if override.target != pairing.target or override.rule != rule.id:
        return "it is for another target or another rule"
    if found.truth == "error":
        return "the rule could not be evaluated, and that holds"
    if found.outcome == "allowed":
        return "the rule says nothing against this target now"
    return why_not_valid(override, rule, found.facts_digest, pairing.world.as_of)


def said_of(override: Override, rule: MustNot, pairing: Pairing) -> str | None:
    """Why an override is of no use for a pairing, whatever else is set aside; None where it is."""
    every = _said(rule, pairing, ())
    reasons = [why_void(override, rule, one, pairing) for one in every]
    return None if None in reasons else reasons[every.index(max(every, key=_how_bad))]
