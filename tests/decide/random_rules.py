"""Random rules of every kind, as the plain data that the specification reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from specification_conditions import facts_read

from .choices import Draw, chance, pick, some_of
from .random_sentences import SUBJECTS, Words, amounts, draw_condition

OUTCOMES = ["blocked", "hold", "ask", "caution"]
EDITABLE = ("code", "codes", "yes/no", "place", "availability")
ROLES = ["patient", "clinician", "supervisor"]
DIMENSIONS = ["fit", "reach"]
PRIORITIES = {"none": 0, "less": 50, "usual": 100, "essential": 200}


def draw_header(draw: Draw, id: str, as_of: datetime) -> dict[str, Any]:
    """In force, but for one rule in twelve."""
    today, way = as_of.date(), draw(36)
    early, day = today - timedelta(days=400), timedelta(days=1)
    return {
        "id": id,
        "digest": f"digest of {id}",
        "status": "draft" if way == 35 else "active",
        "effective": {34: today + day, 33: today}.get(way, early),
        "until": {32: today - day, 31: today}.get(way),
    }


def draw_must_not(
    draw: Draw, id: str, target: str, words: Words, as_of: datetime, barred: int = 30
) -> Any:
    """Of a hundred, so many are `barred` by what a support may change."""
    barrier = draw_barrier(draw, words) if chance(draw, barred) else None
    when = draw_condition(draw, words) if barrier is None else barrier[0]
    cap = pick(draw, (0, 20, 50, 100)) if chance(draw, 20) and not barrier else None
    override = None
    if barrier or chance(draw, 60):
        override = {"all_of": some_of(draw, ROLES, 1)[:2], "days": pick(draw, (30, 90))}
    scope: dict[str, str] = {}
    if target == "group" and chance(draw, 50):
        scope = {"community": pick(draw, OUTCOMES)}
        if chance(draw, 60):
            scope["programme"] = pick(draw, OUTCOMES)
    return draw_header(draw, id, as_of) | {
        "target": target,
        "when": when,
        "outcome": pick(draw, OUTCOMES[:2] if barrier else OUTCOMES),
        "barrier": barrier and barrier[1],
        "cap": cap,
        "if_unknown": "widen" if cap is not None else pick(draw, ("hold", "ask", "allow")),
        "scope": scope,
        "applies_to_existing": chance(draw, 40),
        "override": override,
        "lifted_by": [],
        "unavailable": chance(draw, 15),
    }


def draw_waiting(draw: Draw, id: str, target: str, case: dict[str, Any]) -> Any:
    """A block that waits for a fact about the patient, which stays open."""
    case["left_open"] = {"patient.phq9"}
    when = ("patient.phq9", "is at least", pick(draw, amounts("patient.phq9")[1:]))
    rule = draw_must_not(
        draw, id, target, Words(case["types"], SUBJECTS[target], []), case["as_of"]
    )
    return rule | {"when": when, "outcome": "blocked", "if_unknown": "hold", "cap": None,
                   "scope": {}, "barrier": None}  # fmt: skip


def draw_barrier(draw: Draw, words: Words) -> tuple[Any, tuple[str, str, Any]]:
    """A condition that one edit of a fact makes untrue: what supports are for."""
    fact = pick(draw, [name for name in words.of("codes") if not name.startswith("pair.")])
    codes = tuple(some_of(draw, words.types[fact]["codes"], 1))
    conditions: list[Any] = [
        (fact, "includes none of", codes),
        ("not", (fact, "includes any of", codes)),
        ("not", (fact, "includes all of", codes)),
    ]
    others = tuple(one for one in words.types[fact]["codes"] if one not in codes)
    if others:  # what the edit says nothing of stays as it is
        conditions.append(("any", [conditions[0], (fact, "includes any of", others)]))
    like = words.like(fact)
    gained = pick(draw, like) if like and chance(draw, 25) else codes
    return pick(draw, conditions), (fact, "gains", gained)


def draw_prefer(draw: Draw, id: str, target: str, words: Words, as_of: datetime) -> Any:
    patient = Words(words.types, ("patient",), words.findings)
    measure = words.measure(draw) if chance(draw, 65) else None
    knots: list[tuple[int, int]] = []
    if measure is not None:
        first, *others = amounts(measure)
        several = [first, *some_of(draw, others, 1)] if chance(draw, 50) else amounts(measure)[-2:]
        knots = [(amount, pick(draw, (0, 10, 50, 85, 100))) for amount in several]
    return draw_header(draw, id, as_of) | {
        "target": target,
        "weight": pick(draw, (1, 3, 10, 15)),
        "dimension": pick(draw, DIMENSIONS),
        "when": draw_condition(draw, words, 1) if measure is None else None,
        "measure": measure,
        "grade": knots,
        "applies_when": draw_condition(draw, patient, 1) if chance(draw, 35) else None,
        "lifted_by": [],
        "side": pick(draw, ("novice", "mentor")) if target == "mentor" else "novice",
    }


def draw_support(draw: Draw, id: str, rules: list[Any], case: dict[str, Any]) -> Any:
    """A support that edits facts of some rule, which then names it."""
    types, findings = case["types"], case["policy"]["finding"]
    fitting = {
        rule["id"]: [f for f in sorted(read_by(rule, findings)) if types[f]["kind"] in EDITABLE]
        for rule in rules
        if rule.get("override", True) is not None
    }
    fitting = {id: facts for id, facts in fitting.items() if facts}
    if not fitting:
        return None
    barred = [rule["id"] for rule in rules if rule.get("barrier")]
    first = pick(draw, barred if barred and chance(draw, 80) else sorted(fitting))
    rule = next(one for one in rules if one["id"] == first)
    words = Words(types, SUBJECTS[rule["target"]], [])
    edits = [draw_edit(draw, fact, words) for fact in fitting[first] if chance(draw, 70)]
    if rule.get("barrier") and chance(draw, 80):
        edits = [rule["barrier"]]
    provides = [one for one in edits if one is not None]
    if not provides:
        return None
    for other in rules:
        touched = {fact for fact, _, _ in provides} & set(fitting.get(other["id"], ()))
        alike = touched and other["target"] == rule["target"]
        if other is rule or (alike and chance(draw, 60)):
            other["lifted_by"] = sorted({*other["lifted_by"], id})
    patient = Words(types, ("patient",), [])
    offered = draw_condition(draw, patient, 1, knowing=True) if chance(draw, 40) else None
    return draw_header(draw, id, case["as_of"]) | {"offered_when": offered, "provides": provides}


def draw_edit(draw: Draw, fact: str, words: Words) -> tuple[str, str, Any] | None:
    type = words.types.get(fact)
    if type is None:
        return None
    verb = pick(draw, ("gains", "becomes")) if type["kind"] == "codes" else "becomes"
    others = words.like(fact)
    if others and (not type["codes"] or chance(draw, 30)):
        return (fact, verb, pick(draw, others))
    if not type["codes"]:
        return None
    codes = some_of(draw, type["codes"], 1)
    return (fact, verb, tuple(codes if verb == "gains" else codes[:1]))


def read_by(rule: dict[str, Any], findings: dict[str, Any]) -> set[str]:
    """Every fact that a rule reads."""
    parts = [rule.get(key) for key in ("when", "measure", "applies_when", "offered_when")]
    return facts_read(parts, findings)


def draw_policy(
    draw: Draw, case: dict[str, Any], targets: tuple[str, ...], with_supports: bool
) -> dict[str, Any]:
    types, as_of = case["types"], case["as_of"]
    findings: dict[str, Any] = {}
    for number in range(draw(3)):
        id, words = f"finding-{number}", Words(types, SUBJECTS["patient"], sorted(findings))
        when = draw_condition(draw, words, 1)
        findings[id] = draw_header(draw, id, as_of) | {"when": when}
    policy: dict[str, Any] = {"finding": findings, "must_not": [], "prefer": [], "support": {}}
    policy["priorities"] = PRIORITIES
    case["policy"] = policy
    case["left_open"] = set[str]()
    for target in targets:
        words = Words(types, SUBJECTS[target], sorted(findings))
        wider = Words(types, (*SUBJECTS[target], "facilitator"), sorted(findings))
        alone = with_supports and chance(draw, 36)
        if alone:  # nothing else keeps apart, so that supports have something to do
            barrier = draw_must_not(draw, f"barrier-{target}", target, words, as_of, barred=100)
            policy["must_not"].append(barrier)
            if chance(draw, 90):
                policy["must_not"].append(draw_waiting(draw, f"waits-{target}", target, case))
        for number in range(0 if alone else 3 + draw(4)):
            id = f"must-not-{target}-{number}"
            use = wider if target == "group" and chance(draw, 60) else words
            policy["must_not"].append(draw_must_not(draw, id, target, use, as_of))
        for number in range(draw(4)):
            id = f"prefer-{target}-{number}"
            policy["prefer"].append(draw_prefer(draw, id, target, words, as_of))
    rules = [*policy["must_not"], *policy["prefer"]]
    for number in range(1 + draw(3) if with_supports else 0):
        support = draw_support(draw, f"support-{number}", rules, case)
        if support is not None:
            policy["support"][support["id"]] = support
    policy["plan"] = []
    words = Words(types, SUBJECTS["patient"], sorted(findings))
    for number in range(draw(3)):
        when = draw_condition(draw, words, 1, knowing=True) if chance(draw, 90) else None
        policy["plan"].append(
            draw_header(draw, f"plan-{number}", as_of)
            | {"when": when, "if_unknown_include": chance(draw, 50)}
        )
    return policy
