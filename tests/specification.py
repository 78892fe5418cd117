"""What matching means: a naive specification, written from the language document.

It shares no code with the engine and takes policy and facts as plain data. A sentence is a tuple
such as `("patient.goals", "includes any of", ("stay-sober",))`, a measure a tuple of its name,
its facts and its numbers; `quantity` gives a measure's lowest and highest value (None: no limit).
Points are whole ten-thousandths of a weight; the score is rounded once, at the end.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

from specification_facts import NO, UNKNOWN, YES, Known, days, every, known, negated, some, surely

OUTCOMES = ["allowed", "caution", "ask", "hold", "blocked"]
TRUTHS = [NO, UNKNOWN, "error", YES]
FULL = 10_000  # a whole weight, and a full score
IF_UNKNOWN = {"hold": "hold", "ask": "ask", "allow": "caution", "widen": "allowed"}
Quantity = Callable[..., tuple[int, int | None]]


@dataclass(frozen=True)
class World:
    """What a condition is evaluated in: everything known of one patient and one target."""

    facts: dict[str, Known]
    findings: dict[str, Any]
    as_of: datetime
    quantity: Quantity


def truth(condition: Any, world: World) -> str:
    """Whether a condition holds: yes, no or unknown."""
    see = world.facts
    match condition:
        case ("all", parts):
            return every([truth(part, world) for part in parts])
        case ("any", parts):
            return some([truth(part, world) for part in parts])
        case ("not", part):
            return negated(truth(part, world))
        case (finding, "holds"):
            found = world.findings[finding]
            return truth(found["when"], world) if in_force(found, world.as_of) else UNKNOWN
        case (fact, "is", codes):
            return some([see[fact].holds(code) for code in codes])
        case (fact, "is not", codes):
            return negated(some([see[fact].holds(code) for code in codes]))
        case (fact, "includes any of" | "shares any with", named):
            wanted = stated(named, see).items()
            return some([every([asked, see[fact].holds(code)]) for code, asked in wanted])
        case (fact, "includes all of", named):
            wanted = stated(named, see).items()
            return every([some([negated(asked), see[fact].holds(code)]) for code, asked in wanted])
        case (fact, "includes none of", named):
            return negated(truth((fact, "includes any of", named), world))
        case (fact, "is known"):
            return YES if see[fact].complete else NO
        case (fact, "is unknown"):
            return NO if see[fact].complete else YES
        case (fact, "is before" | "is after" | "is within" | "is at least ago", *rest):
            value = see[fact].value
            return UNKNOWN if value is None else dated(value, condition[1], rest, world.as_of)
        case (fact, "is less than ago", *span):
            return negated(truth((fact, "is at least ago", *span), world))
        case (subject, verb, *limits):
            low, high = amount(subject, world)
            top = max(low, *limits) + 1 if high is None else high
            return surely({within(value, verb, limits) for value in range(low, top + 1)})
    raise AssertionError(condition)


def stated(named: Any, see: dict[str, Known]) -> dict[str, str]:
    """For each code whether it is asked for: codes by name, or those of another fact."""
    return see[named].table if isinstance(named, str) else dict.fromkeys(named, YES)


def amount(subject: Any, world: World) -> tuple[int, int | None]:
    if isinstance(subject, str):
        value = world.facts[subject].value
        return (0, None) if value is None else (value, value)
    facts = [world.facts[part] for part in subject[1:] if isinstance(part, str)]
    return world.quantity(subject[0], facts, [n for n in subject[1:] if isinstance(n, int)])


def within(value: int, verb: str, limits: list[int]) -> bool:
    first, last = limits[0], limits[-1]
    return {
        "is at least": value >= first,
        "is at most": value <= first,
        "is more than": value > first,
        "is less than": value < first,
        "is between": first <= value <= last,
    }[verb]


def dated(value: str, verb: str, rest: list[Any], as_of: datetime) -> str:
    """A date without a time is compared by the day, a window's far end left out."""
    today = as_of.date()
    if verb in ("is before", "is after"):
        day = today if rest[0] == "today" else rest[0]
        return surely({one < day if verb == "is before" else one > day for one in days(value)})
    start = earlier(as_of, *rest)
    moments: list[Any] = [datetime.fromisoformat(value)] if "T" in value else days(value)
    begin, end = (start, as_of) if "T" in value else (start.date(), today)
    return surely({m <= begin if verb == "is at least ago" else begin < m <= end for m in moments})


def earlier(moment: datetime, number: int, unit: str) -> datetime:
    if unit in ("days", "weeks"):
        return moment - timedelta(days=number * (7 if unit == "weeks" else 1))
    months = moment.year * 12 + moment.month - 1 - number * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


def in_force(rule: dict[str, Any], as_of: datetime) -> bool:
    ended = rule["until"] is not None and rule["until"] < as_of.date()
    return rule["status"] == "active" and rule["effective"] <= as_of.date() and not ended


# -- must_not ------------------------------------------------------------------------------------


def screened(rule: dict[str, Any], pair: Pair, supports: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a rule says of a pair; of several facilitators, the worst that it says of one."""
    reads = facts_read(rule["when"], pair.policy["finding"])
    worlds = (
        pair.worlds if any(one.startswith("facilitator.") for one in reads) else pair.worlds[:1]
    )
    seen = [pair.supported(world, rule, supports) for world in worlds]
    said = [
        said_once(rule, world, reads | set(["group.kind"] * bool(rule["scope"])), pair)
        for world in seen
    ]
    return max(said, key=lambda one: (OUTCOMES.index(one["outcome"]), TRUTHS.index(one["truth"])))


def said_once(rule: dict[str, Any], world: World, reads: set[str], pair: Pair) -> dict[str, Any]:
    try:
        found = truth(rule["when"], world)
    except ArithmeticError:  # a measure that cannot be computed: an error always holds
        return {"truth": "error", "outcome": "hold"}
    said = {"truth": found, "outcome": "allowed"}
    if found == NO or rule["cap"] is not None:
        return said
    outcome = rule["outcome"]
    if found == UNKNOWN:  # not knowing is never worse than the rule itself
        outcome = milder(IF_UNKNOWN[rule["if_unknown"]], outcome)
    if rule["scope"]:
        outcome = milder(rule["scope"].get(world.facts["group.kind"].value, "blocked"), outcome)
    if outcome == "allowed" or (pair.standing and not rule["applies_to_existing"]):
        return said
    if any(pair.covers(one, rule, world, reads) for one in pair.case["overrides"]):
        outcome = "caution"
    return said | {"outcome": outcome}


def milder(one: str, other: str) -> str:
    return min(one, other, key=OUTCOMES.index)


def facts_read(condition: Any, findings: dict[str, Any]) -> set[str]:
    """Every fact named in a condition, and in the findings that it uses."""
    if isinstance(condition, str):
        if condition in findings:
            return facts_read(findings[condition]["when"], findings)
        return {condition} if "." in condition else set()
    if isinstance(condition, tuple | list):
        return {name for part in condition for name in facts_read(part, findings)}
    return set()


# -- prefer --------------------------------------------------------------------------------------


def points(rule: dict[str, Any], world: World) -> tuple[str, int, int]:
    """Whether a preference applies, and the least and most of its weight that it gives, in
    ten-thousandths."""
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
    for (left, start), (right, end) in zip(knots, knots[1:], strict=False):
        if left <= value <= right:
            return floor(100 * (start + Fraction((end - start) * (value - left), right - left)))
    return 100 * (knots[0][1] if value < knots[0][0] else knots[-1][1])


def score(given: list[tuple[int, Any]], caps: list[tuple[int, bool]]) -> tuple[int, int] | None:
    """The range of the score out of 10,000, of (weight, points), after (percent, certain) caps."""
    given = [(weight, one) for weight, one in given if one[0] != NO]
    total = sum(weight for weight, _ in given)
    if total == 0:
        return None
    low, high = (sum(weight * one[end] for weight, one in given) // total for end in (1, 2))
    for percent, certain in caps:
        low, high = min(low, percent * 100), min(high, percent * 100) if certain else high
    return low, high


# -- one target, and the four lists --------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One patient and one target: a world for each facilitator, or one where there is none."""

    policy: dict[str, Any]
    case: dict[str, Any]
    target: dict[str, Any]
    worlds: list[World]

    @property
    def standing(self) -> bool:
        return self.target["id"] in self.case["placements"]

    def rules(self, kind: str) -> list[dict[str, Any]]:
        found = [one for one in self.policy[kind] if one["target"] == self.target["kind"]]
        return [one for one in found if in_force(one, self.case["as_of"])]

    def supported(self, world: World, rule: dict[str, Any], supports: tuple[str, ...]) -> World:
        """The world as those of the supports that the rule names would make it."""
        facts = dict(world.facts)
        for name in sorted(set(supports) & set(rule["lifted_by"])):
            for fact, verb, given in self.policy["support"][name]["provides"]:
                facts[fact] = edited(facts[fact], verb, world.facts.get(given, given))
        return replace(world, facts=facts)

    def covers(
        self, one: dict[str, Any], rule: dict[str, Any], world: World, reads: set[str]
    ) -> bool:
        """Whether an override sets this rule aside: any change of what it is bound to voids it."""
        allowed = rule["override"]
        if allowed is None or (one["rule"], one["rule_digest"]) != (rule["id"], rule["digest"]):
            return False
        if (one["patient"], one["target"]) != (self.case["patient"], self.target["id"]):
            return False
        in_time = one["granted"] <= self.case["as_of"] < one["until"]
        if not in_time or one["until"] - one["granted"] > timedelta(days=allowed["days"]):
            return False
        then = knowns(self.case, one["facts"])
        named = {role for role, name in one["granted_by"].items() if name}
        return set(allowed["all_of"]) <= named and all(
            then[fact] == world.facts[fact] for fact in reads if fact in then
        )

    def screening(self, supports: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
        return {rule["id"]: screened(rule, self, supports) for rule in self.rules("must_not")}

    def lifting(self, found: dict[str, dict[str, Any]]) -> tuple[str, ...]:
        """The smallest set of supports with which nothing keeps apart; what is merely unknown
        waits for its answer."""
        rules = {rule["id"]: rule for rule in self.rules("must_not")}
        apart = [id for id, one in found.items() if not eligible(one["outcome"])]
        if any(found[id]["truth"] != YES or not rules[id]["lifted_by"] for id in apart):
            return ()
        named = {name for id in apart for name in rules[id]["lifted_by"] if self.offered(name)}
        for size in (1, 2, 3):
            for chosen in combinations(sorted(named), size):
                if eligible(worst(self.screening(chosen))):
                    return chosen
        return ()

    def offered(self, support: str) -> bool:
        found = self.policy["support"][support]
        when = found["offered_when"]
        return in_force(found, self.case["as_of"]) and (
            when is None or truth(when, self.worlds[0]) != NO
        )

    def result(self) -> dict[str, Any]:
        """The target's outcome, score and reasons."""
        screening, supports = self.screening(), ()
        if not eligible(worst(screening)):
            supports = self.lifting(screening)
            screening = self.screening(supports)
        outcome, given, scores = worst(screening), {}, {"novice": None, "mentor": None}
        if outcome != "blocked":
            rules = self.rules("prefer")
            given = {r["id"]: points(r, self.supported(self.worlds[0], r, supports)) for r in rules}
            caps = [
                (rule["cap"], screening[rule["id"]]["truth"] == YES)
                for rule in self.rules("must_not")
                if rule["cap"] is not None and screening[rule["id"]]["truth"] in (YES, UNKNOWN)
            ]
            for side in scores:
                part = [(self.weight(r), given[r["id"]]) for r in rules if r["side"] == side]
                scores[side] = score(part, caps)
        sides = [one for one in scores.values() if one is not None]
        return {
            "target": self.target["id"],
            "outcome": outcome,
            "supports": supports,
            "screening": screening,
            "points": given,
            "scores": scores,
            "score": (min(low for low, _ in sides), min(high for _, high in sides))
            if sides
            else None,
        }

    def weight(self, rule: dict[str, Any]) -> int:
        level = self.case["priorities"].get(rule["dimension"])
        return rule["weight"] * (100 if level is None else self.policy["priorities"][level])


def edited(fact: Known, verb: str, given: Known | tuple[str, ...]) -> Known:
    """A fact with an edit: it becomes, or gains, some codes or what is known of another fact."""
    if not isinstance(given, Known):
        table = {code: YES if code in given else NO for code in fact.table}
        value = given[0] if fact.value is not None or len(given) == 1 else None
        given = Known(value, table, fact.kinds, True)
        if verb == "gains":
            given = replace(given, complete=fact.complete)
    if verb == "becomes":
        return given
    table = {code: some([fact.table[code], given.table[code]]) for code in fact.table}
    return replace(fact, table=table, complete=fact.complete and given.complete)


def eligible(outcome: str) -> bool:
    return outcome in ("allowed", "caution", "ask")


def worst(screening: dict[str, dict[str, Any]]) -> str:
    return max(
        (one["outcome"] for one in screening.values()), key=OUTCOMES.index, default="allowed"
    )


def knowns(case: dict[str, Any], facts: dict[str, Any]) -> dict[str, Known]:
    return {
        name: known(fact, case["types"][name], case["as_of"], case["known_at"])
        for name, fact in facts.items()
    }


def match(policy: dict[str, Any], case: dict[str, Any], quantity: Quantity) -> dict[str, Any]:
    """The four lists of groups and of mentors."""
    results: dict[str, list[dict[str, Any]]] = {"group": [], "mentor": []}
    for target in case["targets"]:
        shared = knowns(case, case["facts"] | target["facts"])
        worlds = [
            World(shared | knowns(case, facts), policy["finding"], case["as_of"], quantity)
            for _, facts in sorted(target["facilitators"].items())
        ]
        results[target["kind"]].append(Pair(policy, case, target, worlds).result())
    world = World(knowns(case, case["facts"]), policy["finding"], case["as_of"], quantity)
    plan = sorted(rule["id"] for rule in policy["plan"] if included(rule, world))
    return {kind: lists(found) for kind, found in results.items()} | {"plan": plan}


def included(rule: dict[str, Any], world: World) -> bool:
    when = YES if rule["when"] is None else truth(rule["when"], world)
    wanted = when == YES or (when == UNKNOWN and rule["if_unknown_include"])
    return in_force(rule, world.as_of) and wanted


def lists(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Ranked by low + high, then low, then id; those without a score last; blocked by id."""
    ranked = sorted(found, key=lambda one: one["target"])
    ranked.sort(
        key=lambda one: (sum(one["score"]), one["score"][0]) if one["score"] else (-1, -1),
        reverse=True,
    )
    return {
        "eligible": [one for one in ranked if eligible(one["outcome"]) and not one["supports"]],
        "with support": [one for one in ranked if eligible(one["outcome"]) and one["supports"]],
        "waiting": [one for one in ranked if one["outcome"] == "hold"],
        "blocked": sorted(
            (o for o in found if o["outcome"] == "blocked"), key=lambda o: o["target"]
        ),
    }
