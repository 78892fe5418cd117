"""What safety means: a naive specification, written from the language document.

It shares no code with the engine and takes policy and history as plain data. An event may have been
at any moment that its date can mean; a sentence is yes if it is so whatever those moments are, no
if it is so for none of them.

A history lists `events` (`kind`, `source`, `id` or None, `date` as ISO text or None, `recorded`,
`severity`, `points`), `retractions` (`event`, `role`, `recorded`), `reassessments` (`considered`,
`role`, `recorded`) and `coverage` (`kind`, `begins`, `ends` or None).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from specification_conditions import earlier, in_force
from specification_facts import NO, UNKNOWN, YES, days, every, negated, some

Plain = dict[str, Any]
SEVERITIES = ["routine", "soon", "urgent", "emergent"]
FIRST_ON_EARTH, LAST_ON_EARTH = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
INSTANT = timedelta(microseconds=1)
EVER = [datetime(1, 1, 2, tzinfo=FIRST_ON_EARTH), datetime(9999, 12, 30, tzinfo=FIRST_ON_EARTH)]


@dataclass(frozen=True)
class Line:
    """What is known of a history at a moment."""

    policy: Plain
    history: Plain
    as_of: datetime
    known_at: datetime

    def events(self, kinds: list[str]) -> list[Plain]:
        """Those known by then, of some kinds, that nobody took back or set aside."""
        rules, history = self.policy["safety"], self.history
        gone = [
            one["event"]
            for one in history["retractions"]
            if one["role"] in rules["retracted_by"] and one["recorded"] <= self.known_at
        ]
        gone += self.listed()
        return [one for one in history["events"]
                if one["kind"] in kinds and one["recorded"] <= self.known_at
                and (one["id"] is None or name(one) not in gone)]  # fmt: skip

    def listed(self) -> list[str]:
        """What somebody who may reassess had looked at by then."""
        then = min(self.as_of, self.known_at)
        return [
            key
            for one in self.history["reassessments"]
            for key in one["considered"]
            if one["role"] in self.policy["safety"]["reassessed_by"] and one["recorded"] <= then
        ]

    def covered(self, kind: str, start: datetime, end: datetime) -> bool:
        """Whether each moment after `start` and up to `end` lies in some coverage."""
        spans = [one for one in self.history["coverage"] if one["kind"] == kind]
        edges = {start, end} | {one["ends"] for one in spans if one["ends"] is not None}
        moments = {one + step for one in edges for step in (timedelta(0), INSTANT)}
        return all(
            any(one["begins"] <= moment and (one["ends"] is None or moment <= one["ends"])
                for one in spans)
            for moment in moments if start < moment <= end
        )  # fmt: skip


def name(event: Plain) -> str:
    return f"{event['source']}#{event['id']}"


def same(one: Plain, other: Plain) -> bool:
    """Whether two tellings are surely of one event."""
    return one["id"] is not None and other["id"] is not None and name(one) == name(other)


def alike(one: Plain, other: Plain) -> bool:
    """Whether two events without an id may be one."""
    return (one["source"], one["date"], one["kind"]) == (
        other["source"], other["date"], other["kind"]
    ) and one["id"] is None and other["id"] is None  # fmt: skip


def moments(event: Plain, edges: list[datetime]) -> list[datetime]:
    """Some moments at which it may have been: its first, its last, and those about the edges."""
    first, last = EVER[0], event["recorded"]
    if is_ahead(event):
        first, last = EVER
    elif event["date"] is not None and "T" in event["date"]:
        first = last = datetime.fromisoformat(event["date"])
    elif event["date"] is not None:
        all_days = list(days(event["date"]))
        first = datetime(*all_days[0].timetuple()[:3], tzinfo=FIRST_ON_EARTH)
        ends = datetime(*all_days[-1].timetuple()[:3], tzinfo=LAST_ON_EARTH) + timedelta(days=1)
        last = min(ends - INSTANT, event["recorded"])
    steps = (-INSTANT, timedelta(0), INSTANT)
    near = [edge + step for edge in edges for step in steps]
    return sorted({first, last, *(one for one in near if first <= one <= last)})


def is_ahead(event: Plain) -> bool:
    """Dated after it was recorded: nobody knows when it was, or whether it was."""
    if event["date"] is None:
        return False
    if "T" in event["date"]:
        return datetime.fromisoformat(event["date"]) > event["recorded"]
    begin = next(iter(days(event["date"])))
    return datetime(*begin.timetuple()[:3], tzinfo=FIRST_ON_EARTH) > event["recorded"]


# -- sentences -------------------------------------------------------------------------------------


def truth(condition: Any, line: Line) -> str:
    """Whether a condition holds: yes, no or unknown."""
    match condition:
        case ("all", parts):
            return every([truth(part, line) for part in parts])
        case ("any", parts):
            return some([truth(part, line) for part in parts])
        case ("not", part):
            return negated(truth(part, line))
        case (finding, "holds"):
            found = line.policy["finding"][finding]
            return truth(found["when"], line) if in_force(found, line.as_of) else UNKNOWN
        case ("at least", least, kind, severity, *span):
            low, high = count(kind, severity, span, line)
            return YES if low >= least else NO if high < least else UNKNOWN
        case ("fell", kind, points, *span):
            return fell(kind, points, span, line)
        case (obligation, "is overdue by", *span):
            return overdue(line.policy["obligations"][obligation], span, line)
        case _:
            raise AssertionError(condition)


def count(kind: str, severity: str | None, span: list[Any], line: Line) -> tuple[int, float]:
    """The least and the most events of a kind, severe enough, in the span that ends now."""
    start, end = earlier(line.as_of, *span), line.as_of
    scale = line.policy["kinds"][kind]["scale"]
    told: list[tuple[Plain, set[bool]]] = []
    for event in line.events([kind]):
        counts = {start < one <= end for one in moments(event, [start, end])}
        if severity is not None:
            known = event["severity"] in scale
            may = [event["severity"]] if known else scale
            enough = {scale.index(one) >= scale.index(severity) for one in may}
            counts = {a and b for a in counts for b in enough}
        told.append((event, counts | {False} if is_ahead(event) else counts))
    low, high = 0, 0
    for number, (event, _) in enumerate(told):
        before = [one for one, _ in told[:number]]
        if any(same(event, one) or alike(event, one) for one in before):
            continue
        group = [counts for one, counts in told if same(event, one) or alike(event, one)]
        sure, possible = [one == {True} for one in group], [True in one for one in group]
        low += any(sure)
        high += sum(possible) if event["id"] is None else any(possible)
    return low, high if line.covered(kind, start, end) else float("inf")


def fell(kind: str, points: int, span: list[Any], line: Line) -> str:
    """Whether some earlier value in the span is above some later one by so much."""
    start, end = earlier(line.as_of, *span), line.as_of
    found = line.events([kind])
    said: list[set[bool]] = []
    for one in found:
        for other in found:
            if one is other or same(one, other):
                continue
            near = [start, end, *moments(one, []), *moments(other, [])]
            drops = {one["points"] - other["points"] >= points} if (
                one["points"] is not None and other["points"] is not None
            ) else {True, False}  # fmt: skip
            said.append(
                {start < a <= end and start < b <= end and a < b and drop
                 for a in moments(one, near) for b in moments(other, near) for drop in drops}
                | ({False} if is_ahead(one) or is_ahead(other) else set())
            )  # fmt: skip
    if {True} in said:
        return YES
    return UNKNOWN if any(True in one for one in said) or not line.covered(kind, start, end) else NO


def overdue(obligation: Plain, span: list[Any], line: Line) -> str:
    """Whether something began so long ago that it was due, and is due still, for that long."""
    limit = earlier(earlier(line.as_of, *span), *obligation["within"])
    said = [missed(one, obligation, limit, line) for one in line.events(obligation["begun_by"])]
    recorded = all(
        any(one["kind"] == kind and one["begins"] <= limit
            and (one["ends"] is None or limit <= one["ends"]) for one in line.history["coverage"])
        for kind in obligation["begun_by"]
    )  # fmt: skip
    return some([*said, NO if recorded else UNKNOWN])


def missed(event: Plain, obligation: Plain, limit: datetime, line: Line) -> str:
    """Whether an event began something by the limit that nothing has met by now."""
    others = [one for one in line.events(obligation["met_by"])
              if one is not event and not same(one, event) and not alike(one, event)]  # fmt: skip
    began = {one <= limit for one in moments(event, [limit])}
    began |= {False} if is_ahead(event) else set()
    if began == {False}:
        return NO
    met: set[bool] = set()
    for other in others:
        near = [line.as_of, *moments(event, [])]
        after = {a <= b <= line.as_of for a in moments(event, near) for b in moments(other, near)}
        after |= {False} if is_ahead(other) else set()
        if after == {True}:
            return NO
        met |= after
    start = moments(event, [])[0]
    known = all(line.covered(kind, start, line.as_of) for kind in obligation["met_by"])
    return YES if began == {True} and True not in met and known else UNKNOWN


# -- rules -----------------------------------------------------------------------------------------


def assessed(policy: Plain, history: Plain, as_of: datetime, known_at: datetime) -> Plain:
    """The severity, what holds now or held at the time of a late risk, and what is open."""
    now = Line(policy, history, as_of, known_at)
    said = {id: truth(rule["when"], now) for id, rule in rules(policy, as_of).items()}
    late: set[str] = set()
    for moment in late_moments(policy, history, as_of, known_at):
        then = Line(policy, history, moment, known_at)
        late |= {
            id for id, rule in rules(policy, moment).items() if truth(rule["when"], then) == YES
        }
    holding = {id for id, one in said.items() if one == YES} | late
    found = {policy["escalate"][id]["severity"] for id in holding}
    return {
        "severity": max(found, key=SEVERITIES.index, default=None),
        "alerts": sorted(holding),
        "questions": sorted(id for id, one in said.items() if one == UNKNOWN and id not in late),
    }


def rules(policy: Plain, as_of: datetime) -> Plain:
    return {id: one for id, one in policy["escalate"].items() if in_force(one, as_of)}


def late_moments(
    policy: Plain, history: Plain, as_of: datetime, known_at: datetime
) -> set[datetime]:
    """When risks were that became known after they happened, and not long ago."""
    since = earlier(as_of, *policy["safety"]["late"])
    found: set[datetime] = set()
    listed = Line(policy, history, as_of, known_at).listed()
    for one in history["events"]:
        if policy["kinds"][one["kind"]]["counts_as"] != "risk":
            continue
        if one["id"] is not None and name(one) in listed:
            continue
        if not since < one["recorded"] <= known_at:
            continue
        last = min(moments(one, [])[-1], one["recorded"])
        began = policy["safety"]["effective"]
        if last < one["recorded"] and last < as_of and last.date() >= began:
            found.add(last)
    return found
