"""The parts that rules of every kind are made of: header, target, conditions, spans, roles.

What the shape of a file was refused for is not looked at again: see `mended`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.assembly import TARGETS, Assembly, reads_events, subjects_of
from peer_match.policy.bind import Binder
from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    did_you_mean,
    error,
    has_errors,
    quote,
)
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.nearness import value_meant
from peer_match.policy.nodes import Node, Scalar, Sequence, node_at
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.policy import Override, Target
from peer_match.policy.rule import Citation
from peer_match.policy.rule_files import OverrideShape
from peer_match.policy.typography import how_to_type
from peer_match.policy.units import (
    CALENDAR_UNITS,
    CLOCK_UNITS,
    CalendarUnit,
    Span,
    whole_number,
)


class RuleParts:
    """One rule file while it is bound."""

    def __init__(
        self,
        file: PackFileRead,
        vocabularies: Vocabularies,
        assembly: Assembly,
        problems: list[Diagnostic],
    ) -> None:
        self.file = file
        self.assembly = assembly
        self.problems = problems
        self.before = len(problems)
        self.is_whole = file.is_bindable
        self.vocabularies = vocabularies
        events = assembly.events if reads_events(file) else None
        self.binder = Binder(vocabularies, subjects_of(file), problems, events)

    def _header(self, shape: RuleHeader) -> dict[str, Any]:
        return {
            "id": self.file.id,
            "title": shape.title,
            "why": shape.why,
            "sources": tuple(
                Citation(one.cite, one.finding, self.assembly.sources[one.cite].status)
                for one in shape.source
                if one.cite in self.assembly.sources
            ),
            "owner": shape.owner,
            "status": shape.status,
            "effective": shape.effective,
            "until": shape.until,
            "review_by": shape.review_by,
            "position": self.file.node.entries[0][0].position,
            "digest": self.file.digest,
        }

    def _target(self) -> Target | None:
        target = TARGETS.get(self.file.folder)
        if target is None:
            where = f"in {quote(self.file.folder)}" if self.file.folder else "in no folder"
            near = did_you_mean(self.file.folder, TARGETS)
            self._problem_at_key(
                "PM136",
                f"a {self.file.kind} rule stands below `group` or `mentor`, and this one {where}",
                self.file.kind,
                near or "move the file; the folder says whom the rule is about",
            )
        return target

    def _override(self, shape: OverrideShape | str) -> Override | None:
        if not isinstance(shape, OverrideShape):
            return None
        roles = node_at(self.file.node, ("override", "all_of"))
        if isinstance(roles, Sequence):
            for place in range(len(roles.items)):
                self._known_in("override-role", "override", "all_of", place)
        span = self._span("override", "at_most")
        return None if span is None else Override(frozenset(shape.all_of), span)

    def _condition(self, key: str) -> Any:
        node = self.file.node.get(key)
        condition = None if node is None else self.binder.condition(node)
        self.is_whole &= node is None or condition is not None
        return condition

    def _scalar(self, *path: str | int) -> Scalar | None:
        """The text at a path; None where there is none, or where it was told what is wrong."""
        node = node_at(self.file.node, path)
        is_told = path[1:] == () and not self.file.at_fault.isdisjoint(map(str, path))
        return node if isinstance(node, Scalar) and not is_told else None

    def _all_known(self) -> bool:
        """Whether every key that says what the rule does could be read, so that none is amiss."""
        return self.file.is_bindable

    def _has(self, *path: str | int) -> bool:
        return node_at(self.file.node, path) is not None

    def _span(self, *path: str | int, clock: bool = False) -> Span | None:
        """A span at a path, in days or more, or with `clock` in minutes or more."""
        node = self._scalar(*path)
        if node is None:
            return None
        span = read_span(node.text, CLOCK_UNITS if clock else CALENDAR_UNITS)
        if span is None:
            what = "time" if clock else "calendar time"
            like = "`15 minutes` or `7 days`" if clock else "`7 days` or `3 months`"
            self.problems.append(
                error(
                    "PM204",
                    f"expected a span of {what}, found {quote(node.text)}",
                    node.position,
                    how_to_type(node.text) or f"write for example {like}",
                )
            )
        return span

    def _known_in(self, vocabulary: str, *path: str | int) -> None:
        node = self._scalar(*path)
        if node is None or vocabulary not in self.vocabularies:
            return  # what is missing is reported where it is missing
        if node.text not in self.vocabularies[vocabulary].codes:
            self.problems.append(
                error(
                    "PM202",
                    f"{quote(node.text)} is not in vocabulary `{vocabulary}`",
                    node.position,
                    value_meant(node.text, self.vocabularies[vocabulary]),
                )
            )

    def _refused(self) -> bool:
        """Whether a part could not be bound, with a problem of its own or of what it refers to."""
        return not self.is_whole or has_errors(self.problems[self.before :])

    def _problem_at_key(self, code: str, message: str, key: str, help: str) -> None:
        """A problem of the key itself, whatever its value."""
        found = self.file.node.key(key)
        position = self.file.node.position if found is None else found.position
        self.problems.append(error(code, message, position, help))

    def _problem(self, code: str, message: str, key: str, help: str) -> None:
        self.problems.append(error(code, message, _place(self.file.node, key), help))


def _place(node: Node, key: str) -> Position:
    found = node_at(node, (key,))
    return found.position if found is not None else node.position


def read_span(text: str, units: Mapping[str, CalendarUnit] = CALENDAR_UNITS) -> Span | None:
    """`7 days` as a span, or None."""
    words = text.split()
    number = whole_number(words[0]) if len(words) == 2 else None
    unit = units.get(words[1]) if len(words) == 2 else None
    return None if unit is None or not number else Span(number, unit)
