"""Random facts of people and groups, and overrides, as plain data for the specification."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from specification_facts import known

from .choices import Draw, chance, pick, some_of
from .random_rules import read_by
from .random_sentences import FACTS, LATITUDES, amounts


def draw_date(draw: Draw, as_of: datetime) -> str:
    """A date at or next to the end of some span, known to the minute, the day, month or year."""
    back = pick(draw, (0, 0, 1, 7, 30, 31, 59, 89, 90, 92, 365, 366, 400, -1, -30))
    moment = as_of - timedelta(days=back) + timedelta(minutes=pick(draw, (0, 0, 1, -1)))
    text = moment.isoformat()
    return text[: pick(draw, (10, 10, 10, 10, 7, 4, len(text), len(text)))]


def draw_statement(draw: Draw, value: Any, case: dict[str, Any]) -> dict[str, Any]:
    as_of, known_at = case["as_of"], case["known_at"]
    recorded = draw(16)
    minute = timedelta(minutes=1)
    return {
        "value": value,
        "date": draw_date(draw, as_of) if chance(draw, 50) else None,
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
        of_week = type["kind"] in ("place", "availability", "meetings")
        number = pick(draw, (0, 1, 1, 1, 1, 1, 1, 1, 1) if of_week else (0, 1, 1, 1, 1, 2))
        values = [draw_value(draw, name, type, case["as_of"]) for _ in range(number)]
        said = [draw_statement(draw, value, case) for value in values]
        declined = not said and chance(draw, 30)
        return {"said": said, "declined": declined, "unreadable": draw_unreadable(draw, case)}
    is_register = name == "pair.ties"
    said = some_of(draw, type["codes"])
    denied = [] if is_register or chance(draw, 60) else some_of(draw, type["codes"])
    perhaps = some_of(draw, denied) if denied and chance(draw, 25) else []
    return {
        "said": [draw_statement(draw, value, case) for value in said],
        "denied": [draw_statement(draw, value, case) for value in denied],
        "perhaps": [draw_statement(draw, value, case) for value in perhaps],
        "complete": is_register or chance(draw, 60),
        "closed": None if is_register or chance(draw, 60) else draw_closing(draw, case),
        "declined": not said and not is_register and chance(draw, 20),
        "unreadable": [] if is_register else draw_unreadable(draw, case),
    }


def draw_closing(draw: Draw, case: dict[str, Any]) -> dict[str, Any]:
    """The word that a list is whole: said at a moment, and never over of itself."""
    return draw_statement(draw, None, case) | {"until": None}


def draw_unreadable(draw: Draw, case: dict[str, Any]) -> list[str | None]:
    """The dates of what nobody could read: most often there is nothing."""
    if not chance(draw, 8):
        return []
    return [draw_date(draw, case["as_of"]) if chance(draw, 70) else None]


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
            wanted = name in case["read"] - case["left_open"] and name != "pair.declined"
            found[name] = draw_fact(draw, name, case) if wanted else blank(name, case)
    if subject == "pair" and chance(draw, 20):
        found["pair.declined"]["said"][0]["value"] = "yes"
    return found


def draw_target(draw: Draw, id: str, kind: str, case: dict[str, Any]) -> dict[str, Any]:
    facts = draw_facts(draw, kind, case) | draw_facts(draw, "pair", case)
    number = pick(draw, (0, 1, 2, 2)) if kind == "group" else 0
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
    if flaw == "over":
        until = as_of
    if flaw == "not yet":
        granted = as_of + minute
    if flaw == "too long":
        until += minute
    return {
        "patient": "bea" if flaw == "patient" else "ann",
        "target": "elsewhere" if flaw == "target" else target,
        "rule": rule["id"],
        "rule_digest": "an older digest" if flaw == "digest" else rule["digest"],
        "granted_by": {role: "" if flaw == "name" else f"Dr {role}" for role in roles},
        "granted": granted,
        "until": until,
    }
