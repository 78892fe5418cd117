"""From a file on disk to text that is safe to parse.

Owns everything about a file that can be told before its YAML is looked at: that it can be read,
its size, its encoding, its line ends and the characters in it.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    counted,
    error,
    start_of_file,
    warning,
)

LARGEST_FILE: Final = 1 << 20
"""Bytes that a rule file may hold (02, "Hostile or broken files")."""

_BYTE_ORDER_MARK: Final = "\ufeff"
# What YAML cannot hold, YAML's extra line breaks (editors disagree about them), and the marks that
# reverse the direction of text and so let a line read differently from what it says.
NOT_ALLOWED: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
NOT_ALLOWED_AS_ESCAPE: Final = re.compile(f"{NOT_ALLOWED.pattern}|\r")
_ENCODING_HELP: Final = 'save the file with the encoding "UTF-8"'


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file, with line feeds only and no byte order mark, and its lines.

    line_starts: the index in the text at which each line starts.
    """

    name: str
    text: str
    lines: tuple[str, ...]
    line_starts: tuple[int, ...]

    def position(self, line: int, column: int, end_line: int, end_column: int) -> Position:
        """A position from line and column numbers that start at 0, as parsers count."""
        source_line = self.lines[line] if line < len(self.lines) else ""
        return Position(self.name, line + 1, column + 1, end_line + 1, end_column + 1, source_line)

    def position_at(self, index: int, length: int = 1) -> Position:
        """The position of `length` characters on one line, from character `index` of the text."""
        line = bisect_right(self.line_starts, index) - 1
        column = index - self.line_starts[line]
        return self.position(line, column, line, column + length)

    @classmethod
    def of(cls, name: str, text: str) -> SourceText:
        """The source text of `text`, which holds no carriage returns."""
        lines = tuple(text.split("\n"))
        starts = accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
        return cls(name, text, lines, tuple(starts))


def read_text(source: Path | str | bytes, name: str) -> tuple[SourceText | None, list[Diagnostic]]:
    """Read a file (a `Path`), or take its content (`str` or `bytes`), and check it.

    name: what diagnostics call the file. None in place of the text when it cannot be used.
    """
    if isinstance(source, Path):
        content, problem = _read_bytes(source, name)
        if content is None:
            return None, [problem] if problem else []
        source = content
    if isinstance(source, str):
        # Every character is at least one byte, so a long text need not be encoded to be refused.
        too_large = len(source) > LARGEST_FILE or (
            len(source.encode("utf-8", "surrogatepass")) > LARGEST_FILE
        )
        return (None, [_too_large(name)]) if too_large else _checked(source, name)
    if len(source) > LARGEST_FILE:
        return None, [_too_large(name)]
    try:
        return _checked(source.decode("utf-8"), name)
    except UnicodeDecodeError as fault:
        return None, [_not_utf_8(source, fault.start, name)]


def _read_bytes(path: Path, name: str) -> tuple[bytes | None, Diagnostic | None]:
    try:
        kind = path.stat().st_mode
        # Opening a pipe or a device could wait for ever or never end.
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "not an ordinary file"
            return None, _unreadable(name, f"this is {what}", "name a file that holds a rule")
        with path.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1), None
    except FileNotFoundError:
        return None, _unreadable(name, "there is no such file", "check how its name is spelled")
    except PermissionError:
        return None, _unreadable(name, "the file may not be opened", "allow it to be read")
    except (OSError, ValueError):
        return None, _unreadable(name, "the file cannot be read", "check its name and the disk")


def _unreadable(name: str, message: str, help: str) -> Diagnostic:
    return error("PM100", message, start_of_file(name), help)


def _too_large(name: str) -> Diagnostic:
    return error(
        "PM102",
        f"the file holds more than {LARGEST_FILE:,} bytes",
        start_of_file(name),
        "split it into smaller files, one rule in each",
    )


def _not_utf_8(content: bytes, start: int, name: str) -> Diagnostic:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return error("PM101", "the file is UTF-16", start_of_file(name), _ENCODING_HELP)
    line_start = content.rfind(b"\n", 0, start) + 1
    line_end = content.find(b"\n", start)
    whole_line = content[line_start : line_end if line_end >= 0 else len(content)]
    line = content.count(b"\n", 0, start) + 1
    column = len(content[line_start:start].decode("utf-8")) + 1
    shown = whole_line.decode("utf-8", "replace").rstrip("\r")
    position = Position(name, line, column, line, column + 1, shown)
    return error("PM101", f"byte 0x{content[start]:02X} is not UTF-8", position, _ENCODING_HELP)


def _checked(text: str, name: str) -> tuple[SourceText | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    if text.startswith(_BYTE_ORDER_MARK):
        text = text[1:]
        found.append(
            warning(
                "PM104",
                "the file starts with a byte order mark",
                start_of_file(name),
                'save the file as "UTF-8", not "UTF-8 with BOM"',
            )
        )
    windows_line_ends = text.count("\r\n")
    text = text.replace("\r\n", "\n")
    source = SourceText.of(name, text)
    if windows_line_ends:
        found.append(
            warning(
                "PM105",
                f"{counted(windows_line_ends, 'line ends', 'lines end')} the Windows way "
                "(carriage return and line feed)",
                source.position_at(0, 0),
                'set the line ends of the file to "LF"',
            )
        )
    problems = _characters_not_allowed(source)
    lone = text.find("\r")
    if lone >= 0:
        problems.append(
            error(
                "PM105",
                "a carriage return stands here without a line feed",
                source.position_at(lone),
                'set the line ends of the file to "LF"',
            )
        )
    return (None if problems else source), found + problems


def _characters_not_allowed(source: SourceText) -> list[Diagnostic]:
    """One problem for each such character, at its first place: a binary file has thousands."""
    times: Counter[str] = Counter()
    first: dict[str, int] = {}
    for match in NOT_ALLOWED.finditer(source.text):
        times[match[0]] += 1
        first.setdefault(match[0], match.start())
    most_telling = sorted(first, key=lambda character: first[character])[:20]
    return [
        error(
            "PM103",
            f"{character_name(character)} is not allowed"
            + (f" (found {times[character]} times)" if times[character] > 1 else ""),
            source.position_at(first[character]),
            "delete it and type the text again",
        )
        for character in most_telling
    ]


def character_name(character: str) -> str:
    """An invisible character in words: "the control character U+0000 (NUL)"."""
    number = f"U+{ord(character):04X}"
    if character == "\0":
        return f"the control character {number} (NUL)"
    if unicodedata.category(character) == "Cc":
        return f"the control character {number}"
    name = unicodedata.name(character, "")
    return f"the character {number}" + (f" ({name.lower()})" if name else "")
