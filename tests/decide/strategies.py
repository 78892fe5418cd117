"""Random vocabularies, policies, facts and people, as the plain data that the specification reads.

A case is a dictionary; `translate` makes it what the engine reads. Only facts that some rule reads
are filled. Values and dates come from short lists, so that limits are met exactly and often.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from specification import facts_read
from specification_facts import known

OUTCOMES = ["blocked", "hold", "ask", "caution"]
ROLES = ["patient", "clinician", "supervisor"]
DIMENSIONS = ["fit", "reach"]
PRIORITIES = {"none": 0, "less": 50, "usual": 100, "essential": 200}
MOMENTS = [
    datetime.fromisoformat(text)
    for text in (
        "2026-03-01T09:00:00-05:00",
        "2026-03-31T23:30:00+00:00",
        "2024-02-29T00:00:00+00:00",
        "2026-07-15T12:00:00+02:00",
    )
]
# The facts that rules read here: the kind of each, and its vocabulary or its unit.
FACTS: dict[str, tuple[str, str]] = {
    "patient.record_status": ("code", "record-status"),
    "patient.suicide_screen": ("code", "suicide-risk"),
    "patient.new_to_groups": ("yes/no", ""),
    "patient.phq9": ("quantity", "points"),
    "patient.birth_date": ("date", ""),
    "patient.goals": ("codes", "goal"),
    "patient.concerns": ("codes", "concern"),
    "patient.home": ("place", ""),
    "patient.availability": ("availability", ""),
    "group.kind": ("code", "group-kind"),
    "group.medication_stance": ("code", "medication-stance"),
    "group.welcomes_newcomers": ("yes/no", ""),
    "group.free_seats": ("quantity", "people"),
    "group.last_confirmed": ("date", ""),
    "group.topics": ("codes", "goal"),
    "group.concerns": ("codes", "concern"),
    "group.place": ("place", ""),
    "group.meetings": ("meetings", ""),
    "facilitator.status": ("code", "staff-status"),
    "facilitator.last_supervision": ("date", ""),
    "facilitator.open_incident": ("code", "incident-severity"),
    "pair.ties": ("codes", "tie"),
    "pair.declined": ("yes/no", ""),
    "mentor.status": ("code", "staff-status"),
    "mentor.accepts_medication": ("yes/no", ""),
    "mentor.free_places": ("quantity", "people"),
    "mentor.last_supervision": ("date", ""),
    "mentor.topics": ("codes", "goal"),
    "mentor.concerns": ("codes", "concern"),
    "mentor.home": ("place", ""),
    "mentor.availability": ("availability", ""),
}
RISING = ("suicide-risk", "incident-severity")
VOCABULARIES = sorted({where for kind, where in FACTS.values() if kind in ("code", "codes")})
NAMES = ["red", "blue", "green", "grey"]
SUBJECTS = {
    "patient": ("patient",),
    "group": ("patient", "group", "pair"),
    "mentor": ("patient", "mentor", "pair"),
}
EDITABLE = ("code", "codes", "yes/no", "place", "availability")
# Amounts around which limits lie: metres, percent, minutes, points, people.
METRES = [0, 56, 111, 200, 300]
LATITUDES = [0, 500, 1000, 1800, 2700]  # millionths of a degree, about so many metres apart


Draw = Callable[[int], int]  # a whole number from 0 to below the one given


@cache
def below(number: int) -> st.SearchStrategy[int]:
    """Strategies are kept: to make one costs more than to draw from it."""
    return st.integers(0, number - 1)


@st.composite
def cases(draw: DrawFn, supports: bool = True) -> dict[str, Any]:
    """Cases as a strategy, for laws: a failing one is made small."""
    return draw_case(lambda number: draw(below(number)), supports)


@cache
def sample(number: int, seed: int = 0) -> tuple[dict[str, Any], ...]:
    """A fixed number of cases, always the same, every choice equally likely."""
    random = Random(seed)
    return tuple(draw_case(random.randrange) for _ in range(number))


def pick(draw: Draw, options: Any) -> Any:
    several = list(options)
    return several[draw(len(several))]


def chance(draw: Draw, percent: int) -> bool:
    return draw(100) >= 100 - percent


def some_of(draw: Draw, options: list[str], least: int = 0) -> list[str]:
    """At least so many of the options (0 or 1), in their order."""
    bits = draw(2 ** len(options) - least) + least
    return [one for place, one in enumerate(options) if bits >> place & 1]


# -- vocabularies --------------------------------------------------------------------------------


def draw_vocabulary(draw: Draw, id: str) -> dict[str, Any]:
    if id == "group-kind":
        return {"codes": ["programme", "community"], "broader": {}, "rising_within": None}
    codes = NAMES[: 2 + draw(3)]
    broader = {codes[1]: codes[0]} if id == "concern" and len(codes) > 2 else {}
    rising = pick(draw, (30, 90)) if id in RISING else None
    return {"codes": codes, "broader": broader, "rising_within": rising}


def fact_types(vocabularies: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """For each fact its kind, its codes, and each code with the codes that are a kind of it."""
    found: dict[str, dict[str, Any]] = {}
    for name, (kind, where) in FACTS.items():
        one = vocabularies[where] if kind in ("code", "codes") else {}
        codes = ["yes", "no"] if kind == "yes/no" else one.get("codes", [])
        broader = one.get("broader", {})
        kinds = {c: [c, *(k for k, above in broader.items() if above == c)] for c in codes}
        rising = one.get("rising_within")
        found[name] = {"kind": kind, "codes": codes, "kinds": kinds, "rising_within": rising}
    return found


# -- conditions ----------------------------------------------------------------------------------


class Words:
    """What a condition may speak of: the facts of some subjects, by kind, and findings."""

    def __init__(self, types: dict[str, Any], subjects: tuple[str, ...], findings: list[str]):
        self.types = {n: t for n, t in types.items() if n.partition(".")[0] in subjects}
        self.findings = findings

    def of(self, *kinds: str) -> list[str]:
        return [name for name, type in self.types.items() if type["kind"] in kinds]

    def like(self, fact: str) -> list[str]:
        """The other facts of the same kind and vocabulary."""
        return [n for n in self.types if n != fact and FACTS[n] == FACTS[fact]]

    def measures(self) -> list[tuple[Any, ...]]:
        homes, sets = self.of("place"), self.of("codes")
        found: list[tuple[Any, ...]] = [
            ("share met", one, other) for one in sets for other in self.like(one)
        ]
        if len(homes) > 1:
            found.append(("travel distance", homes[0], homes[1]))
        if self.of("meetings"):
            found.append(
                ("share attendable", "group.meetings", "patient.availability", *homes[:2], 60)
            )
        if "mentor.availability" in self.types:
            found.append(("common time", "patient.availability", "mentor.availability"))
        return found


def draw_condition(draw: Draw, words: Words, depth: int = 2, knowing: bool = False) -> Any:
    shape = draw(10) if depth else 0
    if shape < 5:
        return draw_sentence(draw, words, knowing)
    if shape == 9:
        return ("not", draw_condition(draw, words, depth - 1, knowing))
    number = 1 + draw(3)
    parts = [draw_condition(draw, words, depth - 1, knowing) for _ in range(number)]
    return ("all" if shape < 7 else "any", parts)


def draw_sentence(draw: Draw, words: Words, knowing: bool) -> Any:
    forms = ["is", "is not", "codes", "codes", "fact", "fact", "amount", "amount", "amount"]
    forms += ["date", "date", "date"]
    if words.findings:
        forms += ["holds"] * 2
    if knowing:
        forms += ["known"] * 3
    form = pick(draw, forms)
    match form:
        case "holds":
            return (pick(draw, words.findings), "holds")
        case "known":
            return (pick(draw, words.types), pick(draw, ("is known", "is unknown")))
        case "is" | "is not":
            fact = pick(draw, words.of("code", "yes/no"))
            type = words.types[fact]
            least_one = some_of(draw, type["codes"], 1)
            return (fact, form, tuple(least_one[:1] if type["kind"] == "yes/no" else least_one))
        case "codes":
            fact = pick(draw, words.of("codes"))
            verb = pick(draw, ("includes any of", "includes all of", "includes none of"))
            return (fact, verb, tuple(some_of(draw, words.types[fact]["codes"], 1)))
        case "fact":
            pairs = [(one, other) for one in words.of("codes") for other in words.like(one)]
            if not pairs:
                return draw_sentence(draw, words, knowing)
            fact, other = pick(draw, pairs)
            verbs = ("shares any with", "includes any of", "includes all of", "includes none of")
            return (fact, pick(draw, verbs), other)
        case "amount":
            subject: Any = pick(draw, [*words.of("quantity"), *words.measures()])
            verbs = ("is at least", "is at most", "is more than", "is less than", "is between")
            verb = pick(draw, verbs)
            limits = sorted(pick(draw, amounts(subject)) for _ in range(2))
            return (subject, verb, *(limits if verb == "is between" else limits[:1]))
        case _:
            fact = pick(draw, words.of("date"))
            verb = pick(
                draw, ("is before", "is after", "is within", "is at least ago", "is less than ago")
            )
            if verb in ("is before", "is after"):
                return (fact, verb, pick(draw, ("today", *(one.date() for one in MOMENTS))))
            return (fact, verb, *pick(draw, SPANS))


SPANS = [(7, "days"), (30, "days"), (90, "days"), (1, "weeks"), (1, "months"), (3, "months"),
         (1, "years")]  # fmt: skip


def amounts(subject: Any) -> list[int]:
    """Amounts in base units that are met often."""
    if subject == "patient.phq9":
        return [0, 5, 10, 27]
    if isinstance(subject, str):
        return [0, 1, 2]
    return {
        "travel distance": METRES,
        "common time": [0, 30, 60, 90],
        "share met": [0, 33, 50, 66, 100],
        "share attendable": [0, 50, 100],
    }[subject[0]]


# -- rules ---------------------------------------------------------------------------------------


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


def draw_must_not(draw: Draw, id: str, target: str, words: Words, as_of: datetime) -> Any:
    when = draw_condition(draw, words)
    cap = pick(draw, (0, 20, 50, 100)) if chance(draw, 20) else None
    override = None
    if chance(draw, 60):
        override = {"all_of": some_of(draw, ROLES, 1)[:2], "days": pick(draw, (30, 90))}
    scope: dict[str, str] = {}
    if target == "group" and chance(draw, 30):
        scope = {"community": pick(draw, OUTCOMES)}
        if chance(draw, 60):
            scope["programme"] = pick(draw, OUTCOMES)
    return draw_header(draw, id, as_of) | {
        "target": target,
        "when": when,
        "outcome": pick(draw, OUTCOMES),
        "cap": cap,
        "if_unknown": "widen" if cap is not None else pick(draw, ("hold", "ask", "allow")),
        "scope": scope,
        "applies_to_existing": chance(draw, 40),
        "override": override,
        "lifted_by": [],
        "unavailable": chance(draw, 15),
    }


def draw_prefer(draw: Draw, id: str, target: str, words: Words, as_of: datetime) -> Any:
    patient = Words(words.types, ("patient",), words.findings)
    measure = pick(draw, words.measures()) if chance(draw, 50) else None
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
    first = pick(draw, sorted(fitting))
    rule = next(one for one in rules if one["id"] == first)
    words = Words(types, SUBJECTS[rule["target"]], [])
    edits = [draw_edit(draw, fact, words) for fact in fitting[first] if chance(draw, 70)]
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


# -- facts ---------------------------------------------------------------------------------------


def draw_date(draw: Draw, as_of: datetime) -> str:
    """A date at or next to the end of some span, known to the minute, the day, month or year."""
    back = pick(draw, (0, 0, 1, 7, 30, 31, 59, 89, 90, 92, 365, 366, 400, -1, -30))
    moment = as_of - timedelta(days=back) + timedelta(minutes=pick(draw, (0, 0, 1, -1)))
    text = moment.isoformat()
    return text[: pick(draw, (10, 10, 10, 10, 7, 4, len(text), len(text)))]


def draw_statement(draw: Draw, value: Any, case: dict[str, Any]) -> dict[str, Any]:
    as_of, known_at = case["as_of"], case["known_at"]
    recorded = draw(12)
    minute = timedelta(minutes=1)
    return {
        "value": value,
        "date": draw_date(draw, as_of) if chance(draw, 60) else None,
        "until": draw_date(draw, as_of)[:10] if chance(draw, 8) else None,
        "recorded": {10: known_at, 11: known_at + minute}.get(recorded),
    }


def draw_value(draw: Draw, name: str, type: dict[str, Any], as_of: datetime) -> Any:
    match type["kind"]:
        case "code" | "yes/no":
            return pick(draw, type["codes"])
        case "quantity":
            return pick(draw, amounts(name))
        case "date":
            return draw_date(draw, as_of)
        case "place":
            return pick(draw, LATITUDES)
        case "availability":
            return pick(draw, ((540, 30), (540, 60), (540, 62), (539, 62), (600, 90)))
        case _:
            return pick(draw, ((540, 60, "in-person"), (540, 60, "online"), (540, 30, None)))


def draw_fact(draw: Draw, name: str, case: dict[str, Any]) -> dict[str, Any]:
    type = case["types"][name]
    if type["kind"] != "codes":
        number = pick(draw, (0, 1, 1, 1, 1, 2))
        values = [draw_value(draw, name, type, case["as_of"]) for _ in range(number)]
        return {"said": [draw_statement(draw, value, case) for value in values]}
    is_register = name == "pair.ties"
    said = some_of(draw, type["codes"])
    denied = [] if is_register or chance(draw, 60) else some_of(draw, type["codes"])
    return {
        "said": [draw_statement(draw, value, case) for value in said],
        "denied": [draw_statement(draw, value, case) for value in denied],
        "complete": is_register or chance(draw, 60),
    }


def blank(name: str, case: dict[str, Any]) -> dict[str, Any]:
    if case["types"][name]["kind"] == "codes":
        return {"said": [], "denied": [], "complete": name == "pair.ties"}
    if name == "pair.declined":
        return {"said": [{"value": "no", "date": None, "until": None, "recorded": None}]}
    return {"said": []}


def draw_facts(draw: Draw, subject: str, case: dict[str, Any]) -> dict[str, Any]:
    """The facts of one subject; those that no rule reads stay unknown."""
    found: dict[str, Any] = {}
    for name in FACTS:
        if name.partition(".")[0] == subject:
            wanted = name in case["read"] and name != "pair.declined"
            found[name] = draw_fact(draw, name, case) if wanted else blank(name, case)
    if subject == "pair" and chance(draw, 20):
        found["pair.declined"]["said"][0]["value"] = "yes"
    return found


# -- cases ---------------------------------------------------------------------------------------


def draw_case(draw: Draw, supports: bool = True) -> dict[str, Any]:
    """A policy, a patient, some groups and mentors, and overrides; at a moment."""
    as_of = pick(draw, MOMENTS)
    vocabularies = {id: draw_vocabulary(draw, id) for id in VOCABULARIES}
    case: dict[str, Any] = {
        "as_of": as_of,
        "known_at": as_of - timedelta(days=10) if chance(draw, 15) else as_of,
        "vocabularies": vocabularies,
        "types": fact_types(vocabularies),
        "patient": "ann",
        "priorities": {one: pick(draw, PRIORITIES) for one in DIMENSIONS if chance(draw, 30)},
    }
    targets = pick(draw, (("group",), ("group",), ("mentor",), ("group", "mentor")))
    case["policy"] = policy = draw_policy(draw, case, targets, supports)
    rules = [*policy["must_not"], *policy["prefer"], *policy["plan"], *policy["support"].values()]
    case["read"] = {name for rule in rules for name in read_by(rule, policy["finding"])}
    case["read"] |= {"group.kind"} if any(rule.get("scope") for rule in rules) else set()
    edits = [edit for support in policy["support"].values() for edit in support["provides"]]
    case["read"] |= {given for _, _, given in edits if isinstance(given, str)}
    case["facts"] = draw_facts(draw, "patient", case)
    case["targets"] = [
        draw_target(draw, f"{kind}-{number}", kind, case)
        for kind in targets
        for number in range(1 + draw(3))
    ]
    ids = [one["id"] for one in case["targets"]]
    case["placements"] = [id for id in ids if chance(draw, 12)]
    measures = sorted({one[0] for one in measures_used(policy)})
    case["broken"] = [pick(draw, measures)] if measures and chance(draw, 25) else []
    case["overrides"] = [
        one for id in ids for one in draw_overrides(draw, id, case) if chance(draw, 80)
    ]
    return case


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
    for target in targets:
        words = Words(types, SUBJECTS[target], sorted(findings))
        wider = Words(types, (*SUBJECTS[target], "facilitator"), sorted(findings))
        for number in range(1 + draw(3)):
            id = f"must-not-{target}-{number}"
            use = wider if target == "group" and chance(draw, 40) else words
            policy["must_not"].append(draw_must_not(draw, id, target, use, as_of))
        for number in range(draw(4)):
            id = f"prefer-{target}-{number}"
            policy["prefer"].append(draw_prefer(draw, id, target, words, as_of))
    rules = [*policy["must_not"], *policy["prefer"]]
    for number in range(draw(4) if with_supports else 0):
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


def measures_used(part: Any) -> list[tuple[Any, ...]]:
    """Every measure in some rules or conditions."""
    if isinstance(part, dict):
        return [one for value in part.values() for one in measures_used(value)]
    if isinstance(part, tuple) and part and part[0] in MEASURES:
        return [part]
    if isinstance(part, tuple | list):
        return [one for value in part for one in measures_used(value)]
    return []


MEASURES = ("travel distance", "share met", "share attendable", "common time")


def draw_target(draw: Draw, id: str, kind: str, case: dict[str, Any]) -> dict[str, Any]:
    facts = draw_facts(draw, kind, case) | draw_facts(draw, "pair", case)
    number = draw(3) if kind == "group" else 0
    leaders = {f"{id}-leader-{n}": draw_facts(draw, "facilitator", case) for n in range(number)}
    # Where nobody is on record, nothing is known of who leads.
    nobody = {"": {n: blank(n, case) for n in FACTS if n.startswith("facilitator.")}}
    return {"id": id, "kind": kind, "facts": facts, "facilitators": leaders or nobody}


def draw_overrides(draw: Draw, target: str, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Overrides of the rules that may be: most of them as granted, some void for one reason."""
    one = next(each for each in case["targets"] if each["id"] == target)
    found: list[dict[str, Any]] = []
    for rule in case["policy"]["must_not"]:
        reads = read_by(rule, case["policy"]["finding"])
        led = any(name.startswith("facilitator.") for name in reads)
        if rule["target"] != one["kind"] or rule["override"] is None or led:
            continue
        flaw = pick(draw, [None, None, None, None, *FLAWS])
        facts = case["facts"] | one["facts"]
        changeable = sorted((reads | set(["group.kind"] * bool(rule["scope"]))) - {"pair.declined"})
        if flaw == "facts" and changeable:
            name = pick(draw, changeable)
            facts = facts | {name: changed(facts[name], draw_fact(draw, name, case), name, case)}
        found.append(override(rule, target, flaw, case["as_of"]) | {"facts": facts})
    return found


def changed(old: Any, new: Any, name: str, case: dict[str, Any]) -> Any:
    """The new fact if it amounts to something else, else the old one to the letter."""
    type, moment = case["types"][name], (case["as_of"], case["known_at"])
    return old if known(old, type, *moment) == known(new, type, *moment) else new


FLAWS = ["facts", "facts", "facts", "digest", "role", "name", "over", "not yet", "too long",
         "patient", "target"]  # fmt: skip


def override(rule: Any, target: str, flaw: str | None, as_of: datetime) -> dict[str, Any]:
    roles = rule["override"]["all_of"][1:] if flaw == "role" else rule["override"]["all_of"]
    at_most, minute = timedelta(days=rule["override"]["days"]), timedelta(minutes=1)
    granted, until = as_of - at_most / 2, as_of + at_most / 2
    match flaw:
        case "over":
            granted, until = granted, as_of
        case "not yet":
            granted, until = as_of + minute, until
        case "too long":
            granted, until = granted, until + minute
        case _:
            pass
    return {
        "patient": "bea" if flaw == "patient" else "ann",
        "target": "elsewhere" if flaw == "target" else target,
        "rule": rule["id"],
        "rule_digest": "an older digest" if flaw == "digest" else rule["digest"],
        "granted_by": {role: "" if flaw == "name" else f"Dr {role}" for role in roles},
        "granted": granted,
        "until": until,
    }
