"""Rule files as trees of text with positions.

Reads one YAML file, refuses what rule files may not hold (anchors, aliases, tags, repeated keys,
deep nesting, several documents) while it walks the parser's events, and builds nodes from those
events alone. No value is ever composed or guessed by the YAML library. Whatever the content, the
answer is a node, diagnostics, or both; nothing is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    error,
    quote,
    start_of_file,
)
from peer_match.policy.nodes import Mapping, Node, Scalar, ScalarStyle, Sequence, node_at
from peer_match.policy.source_text import (
    LARGEST_FILE,
    NOT_ALLOWED_AS_ESCAPE,
    SourceText,
    character_name,
    read_text,
)
from peer_match.policy.syntax_faults import syntax_fault

__all__ = [
    "DEEPEST_NESTING",
    "LARGEST_FILE",
    "MOST_PROBLEMS",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "node_at",
    "read_yaml",
]

DEEPEST_NESTING: Final = 30
"""Lists and blocks inside one another that a file may hold."""

MOST_PROBLEMS: Final = 100
"""Problems after which a file is not read on; a hostile one holds hundreds of thousands."""

# libyaml's event parser, compiled, is some twenty times faster. Only its events are used: it is
# composing nodes from them that overflows the stack on deep nesting.
_EVENT_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STYLES: Final[dict[str, ScalarStyle]] = {
    "'": "single-quoted",
    '"': "double-quoted",
    "|": "literal",
    ">": "folded",
}
# Possessive (`*+`), because the memory for backtracking over a million blank lines is not small.
_BLANK_OR_COMMENT: Final = re.compile(r"[ \t\n]*+(?:#[^\n]*+[ \t\n]*+)*+")
_DOCUMENT_END: Final = re.compile(r"\.\.\.(?=[ \t\n]|\Z)")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*+\s++){0,2}+")


def read_yaml(path_or_text: Path | str | bytes, name: str) -> tuple[Node | None, list[Diagnostic]]:
    """Read a file (given as a `Path`) or its content (given as `str` or `bytes`).

    name: what diagnostics call the file, usually its path inside the pack.
    The node is None when the content cannot be trusted to mean anything. With a repeated key, an
    anchor or a tag there is a node as well as errors, so that a caller can look for more problems;
    it must not be used for anything else.
    """
    source, found = read_text(path_or_text, name)
    if source is None:
        return None, found
    return _read_events(source, found, _EVENT_PARSER)


def _read_events(
    source: SourceText, found: list[Diagnostic], parser: Any
) -> tuple[Node | None, list[Diagnostic]]:
    reading = _Reading(source, found)
    directive = _BLANK_OR_COMMENT.match(source.text)
    start = directive.end() if directive else 0
    # libyaml compares each directive with every earlier one: a file of them would take minutes.
    if source.text.startswith("%", start):
        position = source.position_at(start)
        reading.refuse("PM118", "YAML directives are not allowed", position, "delete this line")
        return reading.result()
    try:
        for event in yaml.parse(source.text, Loader=parser):
            if not reading.take(event):
                break
    except yaml.MarkedYAMLError as fault:
        reading.usable = False
        reading.found.append(_marked_fault(source, fault))
    except yaml.YAMLError:
        reading.refuse("PM110", "this is not valid YAML", start_of_file(source.name), "")
    return reading.result()


def _marked_fault(source: SourceText, fault: yaml.MarkedYAMLError) -> Diagnostic:
    mark = fault.problem_mark or fault.context_mark
    context = fault.context_mark
    return syntax_fault(
        source,
        fault.problem or fault.context or "",
        (mark.line, mark.column) if mark else (0, 0),
        (context.line, context.column) if context else None,
    )


@dataclass(slots=True)
class _Open:
    """A list or block whose end has not been reached."""

    is_mapping: bool
    in_brackets: bool
    start: tuple[int, int]
    end: tuple[int, int]
    items: list[Node] = field(default_factory=list[Node])
    entries: list[tuple[Scalar, Node]] = field(default_factory=list[tuple[Scalar, Node]])
    first_lines: dict[str, int] = field(default_factory=dict[str, int])
    waiting_for_value: bool = False
    key: Scalar | None = None


@dataclass(slots=True)
class _Reading:
    """The state of one walk over the events of a file."""

    source: SourceText
    found: list[Diagnostic]
    open: list[_Open] = field(default_factory=list[_Open])
    root: Node | None = None
    usable: bool = True

    def refuse(self, code: str, message: str, position: Position, help: str) -> None:
        self.usable = False
        self.found.append(error(code, message, position, help))

    def result(self) -> tuple[Node | None, list[Diagnostic]]:
        empty = self.root is None or (
            isinstance(self.root, Scalar) and self.root.style == "plain" and not self.root.text
        )
        if self.usable and empty:
            self.refuse(
                "PM106",
                "the file holds no content",
                start_of_file(self.source.name),
                "write the rule, or delete the file",
            )
        return (self.root if self.usable else None), self.found

    def take(self, event: Event) -> bool:
        """Take the next event; False when the rest of the file must not be looked at."""
        if len(self.found) >= MOST_PROBLEMS:
            self.refuse(
                "PM119",
                f"only the first {MOST_PROBLEMS} problems are listed",
                self.source.position_at(_start_mark(event).index, 1),
                "mend the problems above, then check again",
            )
            return False
        if isinstance(event, NodeEvent):
            self._refuse_properties(event)
        if isinstance(event, ScalarEvent):
            self._place(self._scalar(event))
        elif isinstance(event, CollectionStartEvent):
            return self._start(event)
        elif isinstance(event, CollectionEndEvent):
            self._end(event)
        elif isinstance(event, DocumentEndEvent):
            return not self._another_document_follows(_end_mark(event).index)
        elif isinstance(event, DocumentStartEvent) and self.root is not None:
            self._refuse_document(_start_mark(event).index)
            return False
        return True

    def _refuse_properties(self, event: NodeEvent) -> None:
        start = _start_mark(event).index
        if isinstance(event, AliasEvent):
            length = _end_mark(event).index - start
            position = self.source.position_at(start, length)
            written = quote(self.source.text[start : start + length])
            self.refuse(
                "PM112",
                f"aliases are not allowed: {written}",
                position,
                "write the value out, or put text that starts with `*` in quotes",
            )
            # Something must stand in its place for the walk to go on; the node is never handed out.
            self._place(Scalar("", "plain", position))
            return
        if event.anchor is not None:
            self._refuse_property("PM111", "anchors", "&", start)
        if getattr(event, "tag", None) is not None:
            self._refuse_property("PM113", "tags", "!", start)

    def _refuse_property(self, code: str, what: str, sign: str, start: int) -> None:
        text = self.source.text
        start = max(start, text.find(sign, start))
        written = re.compile(r"\S+").match(text, start)
        length = len(written[0]) if written else 1
        self.found.append(
            error(
                code,
                f"{what} are not allowed: {quote(text[start : start + length])}",
                self.source.position_at(start, length),
                f"delete it, or put text that starts with `{sign}` in quotes",
            )
        )

    def _scalar(self, event: ScalarEvent) -> Scalar:
        style = _STYLES.get(event.style or "", "plain")
        start, end = _start_mark(event), _end_mark(event)
        line, column, end_line, end_column = start.line, start.column, end.line, end.column
        lines = self.source.lines
        if event.anchor is not None or event.tag is not None:
            line, column = self._after_properties(event)
        if style in ("literal", "folded"):
            # The parser ends a block at the start of the next line, past any blank lines.
            while end_line > line and (end_column == 0 or not lines[end_line][:end_column].strip()):
                end_line -= 1
                end_column = len(lines[end_line])
        scalar = Scalar(
            event.value,
            style,
            self.source.position(line, column, end_line, end_column),
            lines[line + 1 : end_line + 1],
        )
        if style == "plain":
            self._refuse_joined_items(scalar)
        if style == "double-quoted":
            for match in NOT_ALLOWED_AS_ESCAPE.finditer(event.value):
                self.found.append(
                    error(
                        "PM103",
                        f"{character_name(match[0])} is not allowed, even as an escape",
                        scalar.at(match.start(), 1),
                        "delete it",
                    )
                )
        return scalar

    def _refuse_joined_items(self, scalar: Scalar) -> None:
        """A dash that starts a line inside a plain text was meant to start a list item."""
        for number, line in enumerate(scalar.more_lines, scalar.position.line):
            text = line.lstrip()
            if text.startswith("- "):
                column = len(line) - len(text)
                self.found.append(
                    error(
                        "PM108",
                        "this line is read as part of the text above, not as a list item",
                        self.source.position(number, column, number, column + 1),
                        "line its dash up with the other dashes of the list",
                    )
                )

    def _after_properties(self, event: ScalarEvent) -> tuple[int, int]:
        start, end = _start_mark(event).index, _end_mark(event).index
        match = _PROPERTIES.match(self.source.text, start, end)
        index = match.end() if match else start
        position = self.source.position_at(index, 0)
        return position.line - 1, position.column - 1

    def _start(self, event: CollectionStartEvent) -> bool:
        mark = _start_mark(event)
        start = (mark.line, mark.column)
        if len(self.open) == DEEPEST_NESTING:
            self.refuse(
                "PM115",
                f"lists and blocks are nested more than {DEEPEST_NESTING} deep",
                self.source.position(*start, start[0], start[1] + 1),
                "name the inner condition as a finding and refer to it",
            )
            return False
        is_mapping = isinstance(event, MappingStartEvent)
        self.open.append(_Open(is_mapping, bool(event.flow_style), start, start))
        return True

    def _end(self, event: CollectionEndEvent) -> None:
        closed = self.open.pop()
        if closed.in_brackets:
            closed.end = (_end_mark(event).line, _end_mark(event).column)
        position = self.source.position(*closed.start, *closed.end)
        if closed.is_mapping:
            self._place(Mapping(tuple(closed.entries), position))
        else:
            self._place(Sequence(tuple(closed.items), position))

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs: an item, a key, a value, or the root."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        parent.end = (node.position.end_line - 1, node.position.end_column - 1)
        if not parent.is_mapping:
            parent.items.append(node)
        elif parent.waiting_for_value:
            parent.waiting_for_value = False
            if parent.key is not None:
                parent.entries.append((parent.key, node))
        else:
            parent.waiting_for_value = True
            parent.key = self._key(node, parent.first_lines)

    def _key(self, node: Node, first_lines: dict[str, int]) -> Scalar | None:
        """The node as a key, or None (its value is then left out) when it cannot be one."""
        if not isinstance(node, Scalar) or node.position.line != node.position.end_line:
            self.found.append(
                error("PM117", "a key is text on one line", node.position, "write `key: value`")
            )
            return None
        if not node.text.strip():
            self.found.append(
                error("PM117", "a key is missing here", node.position, "write `key: value`")
            )
            return None
        if node.text in first_lines:
            self.found.append(
                error(
                    "PM114",
                    f"{quote(node.text)} is given twice; the first is on line "
                    f"{first_lines[node.text]}",
                    node.position,
                    "keep one of the two",
                )
            )
            return None
        first_lines[node.text] = node.position.line
        return node

    def _another_document_follows(self, index: int) -> bool:
        """Whether more than comments follows the first document; reported when it does.

        Looked for in the text, because asking the parser would make it read that document's
        directives (see `_read_events`). What is neither a second document nor a comment is left
        for the parser to refuse.
        """
        ended = False
        for start in self._content_after(index):
            if _DOCUMENT_END.match(self.source.text, start):
                ended = True
                continue
            if ended or self.source.text.startswith(("---", "%"), start):
                self._refuse_document(start)
                return True
            break
        return False

    def _content_after(self, index: int) -> Iterator[int]:
        """Where content starts after `index`, then after each `...` line that follows."""
        text = self.source.text
        while True:
            blank = _BLANK_OR_COMMENT.match(text, index)
            index = blank.end() if blank else index
            if index >= len(text):
                return
            yield index
            index += len("...")

    def _refuse_document(self, index: int) -> None:
        self.refuse(
            "PM116",
            "a second document starts here",
            self.source.position_at(index, 3),
            "a file holds one rule; move the rest into a file of its own",
        )


class _Mark(Protocol):
    """A place in the text, as both parsers give it: everything from 0."""

    @property
    def index(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _start_mark(event: Event) -> _Mark:
    """The parsers mark every event; only events built by hand can be without."""
    assert event.start_mark is not None
    return event.start_mark


def _end_mark(event: Event) -> _Mark:
    assert event.end_mark is not None
    return event.end_mark
