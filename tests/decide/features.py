"""What a case makes the specification do: which sentences it evaluates and to what, which kinds of
rule speak, and which outcomes come out."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import specification
import specification_conditions as conditions

from .given_quantities import quantities

TRUTHS = ("yes", "no", "unknown")
FORMS = (
    "all", "any", "not", "holds", "is", "is not",
    "includes any of", "includes all of", "includes none of",
    "includes any of another fact", "includes all of another fact",
    "includes none of another fact", "shares any with",
    "is at least", "is at most", "is more than", "is less than", "is between",
    "is before", "is after", "is within", "is at least ago", "is less than ago",
    "travel distance", "share met", "share attendable", "common time",
)  # fmt: skip
KNOWING = ("is known", "is unknown")
OUTCOMES = (
    "outcome allowed", "outcome caution", "outcome ask", "outcome hold", "outcome blocked",
    "error in a must_not", "error in a prefer", "capped", "perhaps capped", "with support",
    "waiting", "waiting with support", "set aside by an override", "standing placement",
    "limited by scope",
)  # fmt: skip
KINDS = (
    "must_not", "prefer with when", "prefer with a measure", "applies_when says no",
    "applies_when is unknown", "finding", "support", "plan", "a mentor's two sides",
    "of several facilitators, the worst",
)  # fmt: skip


def expected_features() -> list[str]:
    """Everything that is to occur in one case of twenty."""
    said = [f"{form}: {truth}" for form in FORMS for truth in TRUTHS]
    known = [f"{form}: {truth}" for form in KNOWING for truth in ("yes", "no")]
    return [*said, *known, *OUTCOMES, *KINDS]


def features(case: dict[str, Any]) -> set[str]:
    """What occurs in a case."""
    found: set[str] = set()
    truth, scoped, covers = conditions.truth, specification.scoped, specification.covers

    def traced(condition: Any, world: Any) -> str:
        answer = truth(condition, world)
        found.update(f"{form}: {answer}" for form in forms(condition))
        return answer

    def traced_covers(*given: Any) -> bool:
        answer = covers(*given)
        found.update({"set aside by an override"} if answer else set())
        return answer

    def traced_scoped(rule: dict[str, Any], outcome: str, world: Any) -> str:
        limited = scoped(rule, outcome, world)
        found.update({"limited by scope"} if limited != outcome else set())
        return limited

    with (
        patch.object(specification, "scoped", traced_scoped),
        patch.object(conditions, "truth", traced),
        patch.object(specification, "truth", traced),
        patch.object(specification, "covers", traced_covers),
    ):
        said = specification.match(case["policy"], case, quantities(case["broken"]))
    found |= kinds(case, said)
    for lists in (said["group"], said["mentor"]):
        found |= {"waiting"} if lists["waiting"] else set()
        found |= {"waiting with support" for one in lists["waiting"] if one["supports"]}
        for one in [each for part in lists.values() for each in part]:
            found |= outcomes(case, one)
    return found


def forms(condition: Any) -> list[str]:
    """The form of a sentence, with the measure that it is about."""
    first, second, *rest = condition
    if first in ("all", "any", "not"):
        return [first]
    if second == "holds":
        return ["holds"]
    if isinstance(first, tuple):
        return [str(second), str(first[0])]
    if str(second).startswith("includes") and isinstance(rest[0], str):
        return [f"{second} another fact"]
    return [str(second)]


def kinds(case: dict[str, Any], said: dict[str, Any]) -> set[str]:
    policy = case["policy"]
    found = {"finding"} if policy["finding"] else set[str]()
    found |= {"plan"} if said["plan"] else set()
    prefers = [rule for rule in policy["prefer"] if specification.in_force(rule, case["as_of"])]
    sides = {rule["side"] for rule in prefers if rule["target"] == "mentor"}
    found |= {"a mentor's two sides"} if len(sides) == 2 else set()
    for one in case["targets"]:
        led = len(one["facilitators"]) > 1
        rules = [rule for rule in policy["must_not"] if rule["target"] == one["kind"]]
        reads = specification.facts_read([rule["when"] for rule in rules], policy["finding"])
        if led and any(name.startswith("facilitator.") for name in reads):
            found.add("of several facilitators, the worst")
    return found


def outcomes(case: dict[str, Any], one: dict[str, Any]) -> set[str]:
    """What came out for one target."""
    policy = case["policy"]
    found = {f"outcome {one['outcome']}"}
    found |= {"with support", "support"} if one["supports"] else set()
    prefers = {rule["id"]: rule for rule in policy["prefer"]}
    for id, (applies, _, _) in one["points"].items():
        found.add("prefer with when" if prefers[id]["when"] else "prefer with a measure")
        found |= {"error in a prefer"} if applies == "error" else set()
        if applies in ("no", "unknown"):
            found.add("applies_when " + ("says no" if applies == "no" else "is unknown"))
    for rule in policy["must_not"]:
        screening = one["screening"].get(rule["id"])
        if screening is None:
            continue
        found.add("must_not")
        truth, outcome = screening["truth"], screening["outcome"]
        found |= {"error in a must_not"} if truth == "error" else set()
        if rule["cap"] is not None:
            found |= {"capped"} if truth == "yes" and one["score"] else set()
            found |= {"perhaps capped"} if truth == "unknown" and one["score"] else set()
        elif truth == "yes" and outcome == "allowed":
            found.add("standing placement")
    return found
