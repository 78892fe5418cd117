"""What a problem in a rule file is, and how it is shown.

Owns the position, the diagnostic, their order, and their text and JSON forms. Knows nothing about
YAML or rules. A collector of diagnostics is a plain list.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from peer_match.policy.codes import CODES

Severity = Literal["error", "warning"]

_QUOTED_LENGTH: Final = 60
_EXCERPT_LENGTH: Final = 160
_EXCERPT_LEAD: Final = 60
_CUT: Final = "…"
_FEW: Final = 8
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DIRECTION_MARKS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Position:
    """A stretch of a file. Lines and columns count characters from 1; the end is exclusive.

    `source_line` is the text of line `line`, so that whoever holds a position can show it. It is
    no part of what makes two positions equal.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    source_line: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def start_of_file(file: str) -> Position:
    """The position for problems of a file as a whole."""
    return Position(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, at one place, with one way to mend it.

    message: lower-case plain English, what the author wrote in backticks, no full stop.
    help: one line, or "" when there is nothing useful to say.
    source_line: filled in from the position when it is not given.
    Raises ValueError for a code without a row in `CODES`: that is a fault of the program.
    """

    code: str
    severity: Severity
    message: str
    position: Position
    help: str = ""
    source_line: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code!r} has no row in peer_match.policy.codes")
        if not self.source_line:
            object.__setattr__(self, "source_line", self.position.source_line)


def error(code: str, message: str, position: Position, help: str = "") -> Diagnostic:
    """An error: the pack cannot be used until it is mended."""
    return Diagnostic(code, "error", message, position, help)


def warning(code: str, message: str, position: Position, help: str = "") -> Diagnostic:
    """A warning: the pack can be used, but a person should look."""
    return Diagnostic(code, "warning", message, position, help)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file, line, column and code, whatever order they were found in."""
    return sorted(
        diagnostics,
        key=lambda found: (
            found.position.file,
            found.position.line,
            found.position.column,
            found.code,
            found.message,
            found.severity,
            found.help,
        ),
    )


def quote(text: str) -> str:
    """What an author wrote, in backticks: on one line, cut when long, safe to print."""
    shown = text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 1] + _CUT
    return f"`{printable(shown.replace(chr(9), ' '))}`"


def did_you_mean(wrong: str, choices: Iterable[str]) -> str:
    """A help line that names the nearest choice, or "" when none is near."""
    by_lower = {choice.lower(): choice for choice in sorted(choices)}
    # A long word cannot be near any choice, and comparing it would cost time for nothing.
    if len(wrong) > 2 * _QUOTED_LENGTH:
        return ""
    near = difflib.get_close_matches(wrong.lower(), list(by_lower), n=1, cutoff=0.6)
    return f"did you mean {quote(by_lower[near[0]])}?" if near else ""


def meant(wrong: str, choices: Iterable[str], what: str) -> str:
    """A help line for a name that is none of the choices: the nearest, or all when they are few.

    `what` is what the choices are, in the plural.
    """
    names = sorted(choices)
    near = did_you_mean(wrong, names)
    if near or len(names) > _FEW:
        return near
    return f"the {what} are {listed(names, 'and')}" if names else f"the pack has no {what}"


def listed(choices: Iterable[str], last: str = "or") -> str:
    """Choices in backticks as a phrase: "`a`, `b` or `c`"."""
    quoted = [quote(choice) for choice in choices]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 item", "2 items"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def as_text(diagnostics: Iterable[Diagnostic]) -> str:
    """All of them for a terminal, in order, without a final line feed; "" for none."""
    return "\n".join(_one_as_text(diagnostic) for diagnostic in in_order(diagnostics))


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, str | int]]:
    """All of them in order, as plain values ready for a JSON writer."""
    return [_one_as_json(diagnostic) for diagnostic in in_order(diagnostics)]


def _one_as_text(diagnostic: Diagnostic) -> str:
    position = diagnostic.position
    lines = [
        f"{printable(str(position))}: {diagnostic.code} {diagnostic.severity}: "
        f"{printable(diagnostic.message)}"
    ]
    if diagnostic.source_line.strip():
        before, marked, after = _excerpt(diagnostic)
        number = str(position.line)
        lines.append(f"  {number} | {printable(before + marked + after)}")
        carets = "^" * max(1, sum(map(_width, marked)))
        lines.append(f"  {' ' * len(number)} | {_blank(before)}{carets}")
    if diagnostic.help:
        lines.append(f"  help: {printable(diagnostic.help)}")
    return "\n".join(lines)


def _one_as_json(diagnostic: Diagnostic) -> dict[str, str | int]:
    position = diagnostic.position
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": printable(diagnostic.message),
        "file": printable(position.file),
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "end_column": position.end_column,
        "help": printable(diagnostic.help),
        "source_line": printable("".join(_excerpt(diagnostic))),
    }


def _excerpt(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """The source line before, at and after the problem, cut when the line is very long."""
    line, position = diagnostic.source_line.rstrip(), diagnostic.position
    start = min(position.column - 1, len(line))
    end = position.end_column - 1 if position.end_line == position.line else len(line)
    end = max(start, min(end, len(line)))
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(line) > _EXCERPT_LENGTH:
        if len(before) > _EXCERPT_LEAD:
            before = _CUT + before[-_EXCERPT_LEAD:]
        marked = _cut_after(marked, _EXCERPT_LENGTH - _EXCERPT_LEAD)
        after = _cut_after(after, _EXCERPT_LENGTH - len(before) - len(marked))
    return before, marked, after


def _cut_after(text: str, length: int) -> str:
    return text if len(text) <= length else text[: max(0, length)] + _CUT


def printable(text: str) -> str:
    """Nothing that a terminal would obey: control and direction characters become visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\t":
        return character
    if unicodedata.category(character) in _UNSAFE_CATEGORIES or _DIRECTION_MARKS.match(character):
        return "\N{REPLACEMENT CHARACTER}"
    return character


def _width(character: str) -> int:
    """Columns a terminal uses for a character: 2 for wide letters, 0 for combining marks."""
    shown = _visible(character)
    if unicodedata.east_asian_width(shown) in "WF":
        return 2
    return 0 if unicodedata.category(shown) in ("Mn", "Me", "Cf") else 1


def _blank(text: str) -> str:
    """As wide as `text` on a terminal; a tab stays a tab so that it ends at the same stop."""
    return "".join("\t" if character == "\t" else " " * _width(character) for character in text)
