"""What matching means: a naive specification, written from the language document.

It shares no code with the engine and takes policy and facts as plain data. It stands in three
files: what is known at a moment (`specification_facts`), when a condition holds
(`specification_conditions`), and here what the rules make of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import combinations, pairwise
from math import floor
from typing import Any

from specification_conditions import Quantity, World, amount, facts_read, in_force, truth
from specification_facts import ELSE, NO, UNKNOWN, YES, Known, known, some

Plain = dict[str, Any]
OUTCOMES = ["allowed", "caution", "ask", "hold", "blocked"]
TRUTHS = [NO, UNKNOWN, "error", YES]
IF_UNKNOWN = {"hold": "hold", "ask": "ask", "allow": "caution", "widen": "allowed"}
FULL = 10_000  # a whole weight, and a full score


@dataclass(frozen=True)
class Pair:
    """One patient and one target: a world for each facilitator, or one where there is none."""

    policy: Plain
    case: Plain
    target: Plain
    worlds: list[World]

    def rules(self, kind: str) -> list[Plain]:
        found = [rule for rule in self.policy[kind] if rule["target"] == self.target["kind"]]
        return [rule for rule in found if in_force(rule, self.case["as_of"])]

    def screening(self, supports: tuple[str, ...] = ()) -> dict[str, Plain]:
        return {rule["id"]: screened(rule, self, supports) for rule in self.rules("must_not")}

    def supported(self, world: World, rule: Plain, supports: tuple[str, ...]) -> World:
        """The world as those of the supports that the rule names would make it."""
        return self.with_edits(world, set(supports) & set(rule["lifted_by"]))

    def with_edits(self, world: World, supports: set[str]) -> World:
        facts = dict(world.facts)
        for name in sorted(supports):
            for fact, verb, given in self.policy["support"][name]["provides"]:
                other = world.facts[given] if isinstance(given, str) else given
                facts[fact] = edited(facts[fact], verb, other)
        return replace(world, facts=facts, as_they_are=world.facts)


# -- must_not ------------------------------------------------------------------------------------


def screened(rule: Plain, pair: Pair, supports: tuple[str, ...]) -> Plain:
    """What a rule says of a pair; of several facilitators, the worst that it says of one."""
    reads = facts_read(rule["when"], pair.policy["finding"])
    several = any(name.startswith("facilitator.") for name in reads)
    worlds = pair.worlds if several else pair.worlds[:1]
    lifted = worst_said(rule, [pair.supported(world, rule, supports) for world in worlds], pair)
    broken = worst_said(rule, [pair.with_edits(world, set(supports)) for world in worlds], pair)
    # A support lifts only what names it, but it may break anything.
    worse = OUTCOMES.index(broken["outcome"]) > OUTCOMES.index(lifted["outcome"])
    return broken if worse else lifted


def worst_said(rule: Plain, worlds: list[World], pair: Pair) -> Plain:
    said = [screened_once(rule, world, pair) for world in worlds]
    return max(said, key=lambda one: (OUTCOMES.index(one["outcome"]), TRUTHS.index(one["truth"])))


def screened_once(rule: Plain, world: World, pair: Pair) -> Plain:
    try:
        found = truth(rule["when"], world)
    except ArithmeticError:  # a measure that cannot be computed: an error always holds
        return {"truth": "error", "outcome": "hold"}
    allowed = {"truth": found, "outcome": "allowed"}
    if found == NO or rule["cap"] is not None:
        return allowed
    outcome = rule["outcome"]
    if found == UNKNOWN:  # not knowing is never worse than the rule itself
        outcome = milder(IF_UNKNOWN[rule["if_unknown"]], outcome)
    outcome = scoped(rule, outcome, world)
    standing = pair.target["id"] in pair.case["placements"]
    if outcome == "allowed" or (standing and not rule["applies_to_existing"]):
        return allowed
    set_aside = any(covers(one, rule, world, pair) for one in pair.case["overrides"])
    return {"truth": found, "outcome": "caution" if set_aside else outcome}


def scoped(rule: Plain, outcome: str, world: World) -> str:
    """No worse than the scope says for a group of this kind, where that is known."""
    if not rule["scope"]:
        return outcome
    return milder(rule["scope"].get(world.facts["group.kind"].value, outcome), outcome)


def milder(one: str, other: str) -> str:
    return min(one, other, key=OUTCOMES.index)


def covers(one: Plain, rule: Plain, world: World, pair: Pair) -> bool:
    """Whether an override sets this rule aside: any change of what it is bound to voids it."""
    allowed, as_of = rule["override"], pair.case["as_of"]
    if allowed is None or (one["rule"], one["rule_digest"]) != (rule["id"], rule["digest"]):
        return False
    if (one["patient"], one["target"]) != (pair.case["patient"], pair.target["id"]):
        return False
    if not one["granted"] <= as_of < one["until"]:
        return False
    if one["until"] - one["granted"] > timedelta(days=allowed["days"]):
        return False
    people = [one["granted_by"].get(role) for role in allowed["all_of"]]
    if not all(people) or len(set(people)) < len(people):
        return False
    reads = facts_read(rule["when"], pair.policy["finding"])
    reads |= {"group.kind"} if rule["scope"] else set()
    then = knowns(pair.case, one["facts"])
    now = [world.facts, world.as_they_are or world.facts]
    return all(then[name] == facts[name] for name in reads & then.keys() for facts in now)


# -- prefer --------------------------------------------------------------------------------------


def points(rule: Plain, world: World) -> tuple[str, int, int]:
    """Whether a preference applies, and the least and the most that it gives of its weight, in
    whole ten-thousandths."""
    try:
        applies = YES if rule["applies_when"] is None else truth(rule["applies_when"], world)
        if rule["when"] is not None:
            grades = {YES: [FULL], NO: [0], UNKNOWN: [0, FULL]}[truth(rule["when"], world)]
        else:
            low, high = amount(rule["measure"], world)
            top = max(low, rule["grade"][-1][0]) if high is None else high
            grades = [grade(value, rule["grade"]) for value in range(low, top + 1)]
    except ArithmeticError:
        applies, grades = "error", [0, FULL]
    if applies == NO:
        return NO, 0, 0
    if applies == UNKNOWN:
        grades = [0, FULL]
    return applies, min(grades), max(grades)


def grade(value: int, knots: list[tuple[int, int]]) -> int:
    """The share of the weight for an amount: straight lines between (amount, percent)."""
    for (left, start), (right, end) in pairwise(knots):
        if left <= value <= right:
            return floor(100 * (start + Fraction((end - start) * (value - left), right - left)))
    return 100 * (knots[0][1] if value < knots[0][0] else knots[-1][1])


def score(given: list[tuple[int, Any]], caps: list[tuple[int, bool]]) -> tuple[int, int] | None:
    """The range of the score out of 10,000, of (weight, points), after (percent, certain) caps.
    It is rounded once, here."""
    given = [(weight, one) for weight, one in given if one[0] != NO]
    total = sum(weight for weight, _ in given)
    if total == 0:
        return None
    low, high = (sum(weight * one[end] for weight, one in given) // total for end in (1, 2))
    for percent, certain in caps:
        low, high = min(low, percent * 100), min(high, percent * 100) if certain else high
    return low, high


def weight(rule: Plain, pair: Pair) -> int:
    """Scaled by the person's priority for its dimension; unstated is 100 percent."""
    level = pair.case["priorities"].get(rule["dimension"])
    return rule["weight"] * (100 if level is None else pair.policy["priorities"][level])


# -- support -------------------------------------------------------------------------------------


def lifting(pair: Pair, found: dict[str, Plain]) -> tuple[str, ...]:
    """The smallest set of supports with which nothing surely keeps apart, by size, then by id.
    What is merely unknown waits for its answer."""
    rules = {rule["id"]: rule for rule in pair.rules("must_not")}
    apart = {id for id, one in found.items() if not eligible(one["outcome"])}
    waits = {id for id in apart if found[id]["truth"] == UNKNOWN}
    sure = apart - waits
    if any(found[id]["truth"] == "error" or not rules[id]["lifted_by"] for id in sure):
        return ()
    named = {name for id in sure for name in rules[id]["lifted_by"] if offered(pair, name)}
    for size in (1, 2, 3):
        for chosen in combinations(sorted(named), size):
            then = pair.screening(chosen)
            left = {id for id, one in then.items() if not eligible(one["outcome"])}
            if left <= waits and all(then[id]["truth"] == UNKNOWN for id in left):
                return chosen
    return ()


def offered(pair: Pair, support: str) -> bool:
    """In force, and not surely out of place for this person."""
    found = pair.policy["support"][support]
    when = found["offered_when"]
    out_of_place = when is not None and truth(when, pair.worlds[0]) == NO
    return in_force(found, pair.case["as_of"]) and not out_of_place


def edited(fact: Known, verb: str, given: Any) -> Known:
    """A fact that becomes, or gains, some codes or what is known of another fact."""
    if not isinstance(given, Known):
        table = {code: YES if code in given else NO for code in fact.table}
        given = Known(None if ELSE in table else given[0], table, fact.kinds)
    if verb == "becomes":
        return given
    return replace(fact, table={c: some([fact.table[c], given.table[c]]) for c in fact.table})


# -- one target, and the four lists --------------------------------------------------------------


def result(pair: Pair) -> Plain:
    """The target's outcome and score, with what each rule said."""
    screening, supports = pair.screening(), ()
    if not eligible(worst(screening)):
        supports = lifting(pair, screening)
        screening = pair.screening(supports)
    given: dict[str, tuple[str, int, int]] = {}
    scores: dict[str, tuple[int, int] | None] = {"novice": None, "mentor": None}
    if worst(screening) != "blocked":
        world, rules = pair.worlds[0], pair.rules("prefer")
        given = {r["id"]: points(r, pair.supported(world, r, supports)) for r in rules}
        limits = {r["id"]: r["cap"] for r in pair.rules("must_not") if r["cap"] is not None}
        fired = {id: screening[id]["truth"] for id in limits}
        caps = [(limits[id], one == YES) for id, one in fired.items() if one in (YES, UNKNOWN)]
        for side in scores:
            part = [(weight(r, pair), given[r["id"]]) for r in rules if r["side"] == side]
            scores[side] = score(part, caps)
    sides = [one for one in scores.values() if one is not None]
    smaller = (min(low for low, _ in sides), min(high for _, high in sides)) if sides else None
    return {
        "target": pair.target["id"],
        "outcome": worst(screening),
        "supports": supports,
        "screening": screening,
        "points": given,
        "scores": scores,
        "score": smaller,
    }


def eligible(outcome: str) -> bool:
    return outcome in ("allowed", "caution", "ask")


def worst(screening: dict[str, Plain]) -> str:
    return max(
        (one["outcome"] for one in screening.values()), key=OUTCOMES.index, default="allowed"
    )


def knowns(case: Plain, facts: Plain) -> dict[str, Known]:
    moment = case["as_of"], case["known_at"]
    return {name: known(fact, case["types"][name], *moment) for name, fact in facts.items()}


def match(policy: Plain, case: Plain, quantity: Quantity) -> Plain:
    """The four lists of groups and of mentors, and the rules that the plan includes."""

    def world(facts: Plain) -> World:
        return World(knowns(case, facts), policy["finding"], case["as_of"], quantity)

    found: dict[str, list[Plain]] = {"group": [], "mentor": []}
    for target in case["targets"]:
        shared = case["facts"] | target["facts"]
        worlds = [world(shared | facts) for _, facts in sorted(target["facilitators"].items())]
        found[target["kind"]].append(result(Pair(policy, case, target, worlds)))
    plan = [rule["id"] for rule in policy["plan"] if included(rule, world(case["facts"]))]
    return {kind: lists(results) for kind, results in found.items()} | {"plan": sorted(plan)}


def included(rule: Plain, world: World) -> bool:
    when = YES if rule["when"] is None else truth(rule["when"], world)
    wanted = when == YES or (when == UNKNOWN and rule["if_unknown_include"])
    return in_force(rule, world.as_of) and wanted


def lists(found: list[Plain]) -> dict[str, list[Plain]]:
    """Ranked by low + high, then low, then id; those without a score last; blocked by id."""

    def place(one: Plain) -> tuple[int, int, str]:
        low, high = one["score"] or (-1, -1)
        return -(low + high), -low, one["target"]

    ranked = sorted(found, key=place)
    open_to = [one for one in ranked if eligible(one["outcome"])]
    blocked = [one for one in found if one["outcome"] == "blocked"]
    return {
        "eligible": [one for one in open_to if not one["supports"]],
        "with support": [one for one in open_to if one["supports"]],
        "waiting": [one for one in ranked if one["outcome"] == "hold"],
        "blocked": sorted(blocked, key=lambda one: one["target"]),
    }
