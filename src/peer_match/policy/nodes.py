"""What a YAML file says, as a tree of text with positions.

Owns the three kinds of node. Every scalar is text, exactly as written once YAML's quoting is
undone: what a text means (a number, a date, yes or no) is settled by the schema that reads it,
never here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from peer_match.policy.diagnostics import Position
from peer_match.policy.scalar_offsets import character_places

ScalarStyle = Literal["plain", "single-quoted", "double-quoted", "literal", "folded"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. An empty value (`key:` with nothing after it) is the plain text "".

    position: all of the scalar as written, with its quotes or its `|` or `>`.
    more_lines: the file's lines after the first that the scalar stands on, for `at`.
    """

    text: str
    style: ScalarStyle
    position: Position
    more_lines: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_quoted(self) -> bool:
        """Whether the author marked this as text, so that `"12"` can differ from `12`."""
        return self.style != "plain"

    def at(self, offset: int, length: int) -> Position:
        """Where `length` characters of the text, from `offset` (counted from 0), are in the file.

        Past the end of the text, or for a length of 0, the position is a single point. When the
        text cannot be lined up with the file the answer is the position of the whole scalar.
        """
        lines = (self.position.source_line, *self.more_lines)
        places = character_places(
            self.text, self.style, lines, self.position.column - 1, self.position.end_column - 1
        )
        if places is None:
            return self.position
        first = max(0, min(offset, len(self.text)))
        last = max(first, min(offset + length, len(self.text)))
        line, column, _ = places[first]
        end_line, end_column = (
            (line, column) if last == first else (places[last - 1][0], places[last - 1][2])
        )
        return Position(
            self.position.file,
            self.position.line + line,
            column + 1,
            self.position.line + end_line,
            end_column + 1,
            lines[line],
        )


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. position: from the first dash or `[` to the end of the last item or `]`."""

    items: tuple[Node, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order of the file. No key occurs twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    position: Position

    @property
    def head(self) -> Position:
        """Where to point when the block as a whole is at fault: its first key."""
        return self.entries[0][0].position if self.entries else self.position

    def key(self, name: str) -> Scalar | None:
        """The key called `name`, with its position."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def get(self, name: str) -> Node | None:
        """The value of the key called `name`."""
        return next((value for key, value in self.entries if key.text == name), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def node_at(node: Node, path: tuple[str | int, ...]) -> Node | None:
    """The node reached from `node` by keys (text) and list indexes (from 0), or None."""
    found: Node | None = node
    for step in path:
        if isinstance(found, Mapping) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, Sequence) and isinstance(step, int) and step < len(found.items):
            found = found.items[step]
        else:
            return None
    return found
