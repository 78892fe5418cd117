"""The quantities of the cases, worked out by hand: every place lies on one meridian, every meeting
and all free time on a Monday in UTC. The measures themselves have tests of their own."""

from __future__ import annotations

from math import ceil, pi
from typing import Any

from specification_facts import NO, YES, Known

EARTH_RADIUS = 6_371_008  # metres
Range = tuple[int, int | None]


def quantities(broken: list[str]) -> Any:
    """The lowest and highest value of a measure, or an error for those that are broken."""

    def quantity(name: str, facts: list[Known], numbers: list[int]) -> Range:
        if name in broken:
            raise ArithmeticError(name)
        return {
            "travel distance": distance,
            "share met": share_met,
            "share attendable": share_attendable,
            "common time": common_time,
        }[name](facts, numbers)

    return quantity


def distance(facts: list[Known], _: list[int]) -> Range:
    """Along a meridian, an angle times the radius."""
    one, other = (fact.value for fact in facts)
    if one is None or other is None:
        return 0, None
    metres = round(EARTH_RADIUS * abs(one - other) / 1_000_000 * pi / 180)
    return metres, metres


def share_met(facts: list[Known], _: list[int]) -> Range:
    wanted, offered = facts
    if not wanted.complete:
        return 0, 100
    held = [offered.holds(code) for code, asked in wanted.table.items() if asked == YES]
    if not held:
        return 0, 0
    surely, possibly = held.count(YES), len(held) - held.count(NO)
    return 100 * surely // len(held), 100 * possibly // len(held)


def share_attendable(facts: list[Known], numbers: list[int]) -> Range:
    """The one meeting is attended every week or never."""
    meetings, availability, home, place = facts
    if meetings.value is None or availability.value is None:
        return 0, 100
    start, minutes, held = meetings.value
    free_from, free_for = availability.value
    metres = distance([home, place], [])[1]
    way = None if metres is None else ceil(metres * 60 / (numbers[0] * 1000))

    def fits(travel: int) -> bool:
        return free_from <= start - travel and start + minutes + travel <= free_from + free_for

    online = (fits(0), fits(0))
    in_person = (False, fits(0)) if way is None else (fits(way), fits(way))
    ways = {"online": [online], "in-person": [in_person], None: [online, in_person]}[held]
    low = any(surely for surely, _ in ways) and held is not None
    return 100 * low, 100 * any(possibly for _, possibly in ways)


def common_time(facts: list[Known], _: list[int]) -> Range:
    one, other = (fact.value for fact in facts)
    if one is None or other is None:
        return 0, None
    spans = [set(range(start, start + minutes)) for start, minutes in (one, other)]
    return len(spans[0] & spans[1]), len(spans[0] & spans[1])
