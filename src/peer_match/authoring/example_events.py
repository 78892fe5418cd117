"""The history of an example, from its short forms in a rule file.

An event is a block whose first key is its kind and says when: `{disclosure: 10 days ago, severity:
moderate, recorded: 1 day ago}`. `covered` says for how long events of a kind were recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.policy.diagnostics import Diagnostic, Position, error, listed, meant, quote
from peer_match.policy.events import EventKind, Events
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.rule_parts import read_span
from peer_match.policy.units import CLOCK_UNITS, whole_number

SUBJECT = "example"
_AGO = re.compile(r"(?P<span>\S+ \S+) ago")
_KEYS = ("severity", "points", "answers", "recorded", "id", "source")


@dataclass
class ExampleEvents:
    """Reads the `events` and `covered` of one example; problems are added as they are found."""

    events: Events
    as_of: datetime
    problems: list[Diagnostic]

    def read(self, events: Node | None, covered: Node | None) -> History:
        """The history that they describe."""
        return History(
            subject=SUBJECT,
            events=tuple(self._events(events)),
            coverage=tuple(self._coverage(covered)),
        )

    def _events(self, node: Node | None) -> Iterator[Event]:
        if node is not None and not isinstance(node, Sequence):
            self._problem("`events` is a list", node.position,
                          "write for example `events: [{disclosure: 3 days ago}]`")  # fmt: skip
            return
        for number, item in enumerate(() if node is None else node.items, 1):
            if isinstance(item, Mapping) and item.entries:
                event = self._event(number, item)
                if event is not None:
                    yield event
            else:
                self._problem("an event is a block that begins with its kind", item.position,
                              "write for example `{disclosure: 3 days ago}`")  # fmt: skip

    def _event(self, number: int, item: Mapping) -> Event | None:
        (key, when), *rest = item.entries
        kind = self._kind(key)
        date = self._when(when)
        said = {one.text: value for one, value in rest}
        for one, _ in rest:
            if one.text not in _KEYS:
                self._problem(f"unknown key {quote(one.text)}", one.position,
                              f"an event has its kind, and perhaps {listed(_KEYS)}")  # fmt: skip
        severity, answers = said.get("severity"), said.get("answers")
        if kind is None or date is None:
            return None
        if severity is not None and _text(severity) not in kind.scale:
            self._problem(f"{quote(_text(severity))} is not a severity of {quote(kind.code)}",
                          severity.position, meant(_text(severity), kind.scale, "severities")
                          if kind.scale else "events of this kind are not graded")  # fmt: skip
            return None
        if not self._are_sound(said, kind):
            return None
        recorded = said.get("recorded")
        known = None if recorded is None else self._when(recorded)
        id = said.get("id")
        try:
            return Event(
                kind=kind.code,
                source=_text(said.get("source")) or SUBJECT,
                id=str(number) if id is None else _text(id) or None,
                date=date,
                recorded=_instant(known or date, self.as_of),
                severity=_text(severity) or None,
                points=whole_number(_text(said.get("points"))),
                answers={} if not isinstance(answers, Mapping)
                else {one.text: _text(value) for one, value in answers.entries},
            )  # fmt: skip
        except ValidationError:
            self._problem("this event cannot be read", item.position)
            return None

    def _are_sound(self, said: dict[str, Node], kind: EventKind) -> bool:
        """Whether points are a number, and answers a block of items of the kind's instrument."""
        points, answers = said.get("points"), said.get("answers")
        if points is not None and whole_number(_text(points)) is None:
            self._problem(f"{quote(_text(points))} is not a number of points", points.position,
                          "write a whole number, such as `points: 12`")  # fmt: skip
            return False
        if answers is None:
            return True
        if not isinstance(answers, Mapping):
            self._problem("`answers` is a block of items", answers.position,
                          "write for example `answers: {first-item: often}`")  # fmt: skip
            return False
        instrument = None if kind.signal is not None else kind.instrument
        if instrument is None:
            self._problem(f"{quote(kind.code)} has no answers", answers.position,
                          "only an event that names its `instrument` in `events.yaml` is scored"
                          )  # fmt: skip
        return instrument is not None

    def _coverage(self, node: Node | None) -> Iterator[Coverage]:
        if node is not None and not isinstance(node, Mapping):
            self._problem("`covered` is a block of kinds", node.position,
                          "write for example `covered: {disclosure: 30 days}`")  # fmt: skip
            return
        for key, value in () if node is None else node.entries:
            kind, span = self._kind(key), read_span(_text(value), CLOCK_UNITS)
            if span is None:
                self._problem("expected a span of time", value.position,
                              "write for example `30 days`: recorded from then until now"
                              )  # fmt: skip
            elif kind is not None:
                yield Coverage(kind=kind.code, begins=span.before(self.as_of))

    def _kind(self, key: Scalar) -> EventKind | None:
        kind = self.events.kinds.get(key.text)
        if kind is None and not self.events.could_not_be_read(key.text):
            self._problem(f"no kind of event is called {quote(key.text)}", key.position,
                          meant(key.text, self.events.kinds, "kinds"))  # fmt: skip
        return kind

    def _when(self, node: Node) -> PartialDate | None:
        text = _text(node)
        ago = _AGO.fullmatch(text)
        span = None if ago is None else read_span(ago["span"], CLOCK_UNITS)
        try:
            if text == "now":
                return PartialDate.of(self.as_of)
            return PartialDate.of(span.before(self.as_of)) if span else PartialDate(text)
        except ValueError:
            self._problem(f"cannot read when this was: {quote(text)}", node.position,
                          "write `3 days ago`, `now`, or a date such as 2026-03-01")  # fmt: skip
            return None

    def _problem(self, message: str, position: Position, help: str = "") -> None:
        self.problems.append(error("PM501", message, position, help))


def _instant(date: PartialDate, as_of: datetime) -> datetime:
    """When an event was recorded: when it happened, or where that is a day, by the example's
    moment."""
    if date.instant is not None:
        return date.instant.astimezone(UTC)
    return as_of


def _text(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""
