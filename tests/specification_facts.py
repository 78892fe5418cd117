"""What a fact amounts to at a moment: the part of the specification that reads statements.

A fact is plain data: `said` (and for a set `denied` and `perhaps`) lists statements, each with a
`value` and perhaps a `date`, the day it was over (`until`) and when it became known (`recorded`);
`unreadable` lists the dates of what nobody could read. A set also says whether it is `complete`,
and perhaps when somebody said so (`closed`). Dates are ISO text, perhaps without a day or a month.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

YES, NO, UNKNOWN = "yes", "no", "unknown"
ELSE = "anything else"  # what an open list may hold beside the codes of its vocabulary
ANYWHERE = timezone(timedelta(hours=14))  # where a day begins first on earth


def negated(truth: str) -> str:
    return {YES: NO, NO: YES}.get(truth, UNKNOWN)


def every(truths: list[str]) -> str:
    """Kleene's "and"."""
    return NO if NO in truths else UNKNOWN if UNKNOWN in truths else YES


def some(truths: list[str]) -> str:
    """Kleene's "or"."""
    return YES if YES in truths else UNKNOWN if UNKNOWN in truths else NO


def surely(outcomes: set[bool]) -> str:
    """Yes if it is so in every case that is possible, no if in none."""
    return YES if outcomes == {True} else NO if outcomes == {False} else UNKNOWN


@dataclass(frozen=True)
class Known:
    """A fact as known: the value of a fact with one value (None if not known), and for each code
    whether it is a value. `kinds` gives each code with every code that is a kind of it."""

    value: Any = None
    table: dict[str, str] = field(default_factory=dict[str, str])
    kinds: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def complete(self) -> bool:
        return self.value is not None or (ELSE in self.table and UNKNOWN not in self.table.values())

    def holds(self, code: str) -> str:
        """Whether the code, or a kind of it, is a value."""
        return some([self.table[kind] for kind in self.kinds[code]])


def known(fact: dict[str, Any], type: dict[str, Any], as_of: datetime, known_at: datetime) -> Known:
    """The fact at a moment, by what was known at another."""
    codes, kinds = type["codes"], type["kinds"] | {ELSE: [ELSE]}
    said = [one for one in fact["said"] if in_force(one, as_of, known_at)]
    unread = fact.get("unreadable", [])
    if type["kind"] == "codes":
        denied = [one for one in fact["denied"] if in_force(one, as_of, known_at)]
        perhaps = [one for one in fact.get("perhaps", []) if in_force(one, as_of, known_at)]
        own = {code: standing(code, said, denied, perhaps) for code in [*codes, ELSE]}
        ruled_out = {kind for code in codes if own[code] == NO for kind in kinds[code]}
        # Who declines leaves a list open, and so does what nobody could read.
        whole = is_closed(fact, said, as_of, known_at) and not fact.get("declined") and not unread
        silent = {code: NO if whole or code in ruled_out else UNKNOWN for code in own}
        return Known(None, {code: own[code] or silent[code] for code in own}, kinds)
    if type["rising_within"] is not None:
        start = as_of - timedelta(days=type["rising_within"])
        recent = [one for one in said if not surely_older(one["date"], start)]
        values = {max((one["value"] for one in recent), key=codes.index)} if recent else set[Any]()
        ahead = any(is_ahead(one, as_of, known_at) for one in fact["said"])
        doubt = ahead or any(not surely_older(one, start) for one in unread)
        doubt |= not any(surely_newer(one["date"], start) for one in recent)
        doubt &= values != {codes[-1]}
    else:
        newest = latest(said)
        values = {one["value"] for one in newest}
        doubt = any(not before(one, kept["date"]) for one in unread for kept in newest)
    if len(values) != 1 or doubt:
        return Known(None, dict.fromkeys(codes, UNKNOWN), kinds)
    value = values.pop()
    return Known(value, {code: YES if code == value else NO for code in codes}, kinds)


def is_closed(fact: dict[str, Any], said: list[Any], as_of: datetime, known_at: datetime) -> bool:
    """Whether nothing is missing: somebody said so by then, and nothing was added since."""
    word = fact.get("closed")
    if not fact["complete"] or word is None:
        return fact["complete"]
    added = any(before(word["date"], one["date"]) for one in said)
    return in_force(word, as_of, known_at) and not added


def standing(code: str, said: list[Any], denied: list[Any], perhaps: list[Any]) -> str | None:
    """What the latest statements about a code say: stated, denied, both (in doubt), or nothing.
    That it may be so puts in doubt a no that is not surely later."""
    mine = [(YES, one) for one in said if one["value"] == code]
    mine += [(NO, one) for one in denied if one["value"] == code]
    left = latest([one for _, one in mine])
    answers = {answer for answer, one in mine if one in left}
    maybe = [one for one in perhaps if one["value"] == code]
    if answers != {YES} and any(one in maybe for one in latest(left + maybe)):
        return UNKNOWN
    return None if not answers else UNKNOWN if len(answers) > 1 else answers.pop()


def latest(statements: list[Any]) -> list[Any]:
    """Those that no other is surely later than."""
    return [
        one for one in statements if not any(before(one["date"], x["date"]) for x in statements)
    ]


def before(one: str | None, other: str | None) -> bool:
    """Whether a date can only mean a moment before another."""
    if one is None or other is None:
        return False
    if "T" in one and "T" in other:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    return days(one)[-1] < days(other)[0]


def in_force(statement: dict[str, Any], as_of: datetime, known_at: datetime) -> bool:
    """Known by then, not about the future, not over."""
    recorded, stated, until = statement["recorded"], statement["date"], statement["until"]
    if recorded is not None and recorded > known_at:
        return False
    if is_future(stated, as_of):
        return False
    return until is None or days(until)[-1] >= as_of.date()


def is_ahead(statement: dict[str, Any], as_of: datetime, known_at: datetime) -> bool:
    """Known by then, and about the future."""
    recorded = statement["recorded"]
    return (recorded is None or recorded <= known_at) and is_future(statement["date"], as_of)


def is_future(stated: str | None, as_of: datetime) -> bool:
    if stated is None:
        return False
    if "T" in stated:
        return datetime.fromisoformat(stated) > as_of
    return days(stated)[0] > as_of.astimezone(ANYWHERE).date()


def surely_older(stated: str | None, start: datetime) -> bool:
    if stated is None:
        return False
    if "T" in stated:
        return datetime.fromisoformat(stated) <= start
    return days(stated)[-1] < start.date()


def surely_newer(stated: str | None, start: datetime) -> bool:
    if stated is None:
        return False
    if "T" in stated:
        return datetime.fromisoformat(stated) > start
    return days(stated)[0] >= start.date()


def days(text: str) -> list[date]:
    """Every day that a date can mean."""
    parts = [int(part) for part in text[:10].split("-")]
    months = parts[1:2] or range(1, 13)
    return [
        date(parts[0], month, day)
        for month in months
        for day in parts[2:] or range(1, calendar.monthrange(parts[0], month)[1] + 1)
    ]
