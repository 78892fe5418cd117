"""When a condition holds: the part of the specification that reads sentences.

A sentence is a tuple such as `("patient.goals", "includes any of", ("stay-sober",))`; a measure is
a tuple of its name, its facts and its numbers.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from specification_facts import NO, UNKNOWN, YES, Known, days, every, negated, some, surely

Quantity = Callable[[str, list[Known], list[int]], tuple[int, int | None]]


@dataclass(frozen=True)
class World:
    """Everything known of one patient and one target. `quantity` gives a measure's lowest and
    highest value (None: no limit)."""

    facts: dict[str, Known]
    findings: dict[str, Any]
    as_of: datetime
    quantity: Quantity
    as_they_are: dict[str, Known] | None = None
    """The facts without what supports would change of them; None where nothing is changed."""


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
            return negated(truth((fact, "is", codes), world))
        case (fact, "includes any of" | "shares any with", named):
            wanted = asked_for(named, see).items()
            return some([every([asked, see[fact].holds(code)]) for code, asked in wanted])
        case (fact, "includes all of", named):
            wanted = asked_for(named, see).items()
            return every([some([negated(asked), see[fact].holds(code)]) for code, asked in wanted])
        case (fact, "includes none of", named):
            return negated(truth((fact, "includes any of", named), world))
        case (fact, "is known"):
            return YES if see[fact].complete else NO
        case (fact, "is unknown"):
            return negated(truth((fact, "is known"), world))
        case (fact, "is before" | "is after" | "is within" | "is at least ago", *rest):
            value = see[fact].value
            return UNKNOWN if value is None else dated(value, condition[1], rest, world.as_of)
        case (fact, "is less than ago", *span):
            return negated(truth((fact, "is at least ago", *span), world))
        case (subject, verb, *limits):
            low, high = amount(subject, world)
            top = max(low, *limits) + 1 if high is None else high
            return surely({within(value, verb, limits) for value in range(low, top + 1)})
        case _:
            raise AssertionError(condition)


def asked_for(named: Any, see: dict[str, Known]) -> dict[str, str]:
    """For each code whether it is asked for: codes by name, or the values of another fact."""
    return see[named].table if isinstance(named, str) else dict.fromkeys(named, YES)


def amount(subject: Any, world: World) -> tuple[int, int | None]:
    """The lowest and the highest value that a fact or a measure can have."""
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
    """A date without a time is compared by the day; the far end of a span is left out."""
    today = as_of.date()
    if verb in ("is before", "is after"):
        day = today if rest[0] == "today" else rest[0]
        return surely({one < day if verb == "is before" else one > day for one in days(value)})
    start = earlier(as_of, *rest)
    moments: list[Any] = [datetime.fromisoformat(value)] if "T" in value else [*days(value)]
    begin, end = (start, as_of) if "T" in value else (start.date(), today)
    return surely({m <= begin if verb == "is at least ago" else begin < m <= end for m in moments})


def earlier(moment: datetime, number: int, unit: str) -> datetime:
    """A span before a moment: days of 24 hours, or months and years of the calendar."""
    if unit in ("minutes", "hours"):
        return moment - number * timedelta(**{unit: 1})
    if unit in ("days", "weeks"):
        return moment - timedelta(days=number * (7 if unit == "weeks" else 1))
    months = moment.year * 12 + moment.month - 1 - number * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


def in_force(rule: dict[str, Any], as_of: datetime) -> bool:
    ended = rule["until"] is not None and rule["until"] < as_of.date()
    return rule["status"] == "active" and rule["effective"] <= as_of.date() and not ended


def facts_read(condition: Any, findings: dict[str, Any]) -> set[str]:
    """Every fact named in a condition, and in the findings that it uses."""
    if isinstance(condition, str):
        if condition in findings:
            return facts_read(findings[condition]["when"], findings)
        return {condition} if "." in condition else set()
    if isinstance(condition, tuple | list):
        return {name for part in condition for name in facts_read(part, findings)}
    return set()
