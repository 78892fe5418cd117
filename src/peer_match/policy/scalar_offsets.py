"""Where each character of a YAML scalar's text stands in the file.

Quoting, escapes and folding make the text of a scalar differ from the file. This module walks both
side by side. Knows the lexical rules of YAML 1.1 scalars and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

# Line counted from the first line of the scalar, first column, column after it; all from 0.
Place: TypeAlias = tuple[int, int, int]

_BLANKS: Final = " \t"
_ESCAPE_DIGITS: Final = {"x": 2, "u": 4, "U": 8}


def character_places(
    text: str, style: str, lines: tuple[str, ...], start: int, end: int
) -> list[Place] | None:
    """The place of each character of `text`, and then of the point after the last one.

    lines: the lines of the file that the scalar stands on. start: its column on the first line,
    end: the column after it on the last line (both from 0).
    None when the text and the lines do not fit together.
    """
    if style in ("literal", "folded"):
        return _block_places(text, style, lines)
    if style == "plain" and len(lines) == 1:
        if lines[0] and lines[0][start:end] != text:
            return None
        return [(0, start + index, start + index + 1) for index in range(len(text) + 1)]
    walked = list(_flow_characters(style, lines, start, end))
    if len(walked) != len(text) or any(
        character not in ("", expected)
        for (character, _), expected in zip(walked, text, strict=True)
    ):
        return None
    places = [place for _, place in walked]
    closing = end if style == "plain" else end - 1
    return [*places, (len(lines) - 1, closing, closing + 1)]


def _flow_characters(
    style: str, lines: tuple[str, ...], start: int, end: int
) -> Iterator[tuple[str, Place]]:
    """The characters of a plain or quoted scalar; "" stands for an escape, whatever it means."""
    quote = 0 if style == "plain" else 1
    last = len(lines) - 1
    line = 0
    while line <= last:
        low = start + quote if line == 0 else len(lines[line]) - len(lines[line].lstrip(_BLANKS))
        high = end - quote if line == last else len(lines[line].rstrip(_BLANKS))
        low = min(low, high)
        joined = False
        column = low
        while column < high:
            if style == "double-quoted" and lines[line][column] == "\\":
                width = _escape_width(lines[line], column)
                if column + 1 >= len(lines[line]):
                    joined = True
                else:
                    yield "", (line, column, column + width)
            elif style == "single-quoted" and lines[line].startswith("''", column):
                width = 2
                yield "'", (line, column, column + 2)
            else:
                width = 1
                yield lines[line][column], (line, column, column + 1)
            column += width
        following = line + 1
        while following < last and not lines[following].strip(_BLANKS):
            following += 1
        if following <= last:
            breaks = following - line
            place = (line, high, high + 1)
            if breaks == 1 and not joined:
                yield " ", place
            for _ in range(breaks - 1):
                yield "\n", place
        line = following


def _escape_width(line: str, column: int) -> int:
    letter = line[column + 1 : column + 2]
    return 2 + _ESCAPE_DIGITS.get(letter, 0)


def _block_places(text: str, style: str, lines: tuple[str, ...]) -> list[Place] | None:
    """The places of a literal or folded scalar, whose content starts on the second line.

    A line end of the file is a line feed, several, or (folded, after a line that is not blank) a
    space in the text. The text itself tells which: no line of the content holds a line feed.
    """
    first = next((line for line in lines[1:] if line.strip(" ")), "")
    first_text = next((line for line in text.split("\n") if line.strip(" ")), "")
    indentation = _leading_spaces(first) - _leading_spaces(first_text)
    places: list[Place] = []
    for number, line in enumerate(lines):
        if number > 0:
            for column in range(indentation, len(line)):
                if text[len(places) : len(places) + 1] != line[column]:
                    return None
                places.append((number, column, column + 1))
        if not places and text[:1] != "\n":
            continue
        end = (number, len(line), len(line) + 1)
        following = lines[number + 1 : number + 2]
        may_fold = style == "folded" and number > 0 and len(line) > indentation
        if text.startswith("\n", len(places)):
            while text.startswith("\n", len(places)):
                places.append(end)
        elif may_fold and following and text.startswith(" ", len(places)):
            places.append(end)
    if len(places) != len(text):
        return None
    closing = places[-1] if places else (0, len(lines[0]), len(lines[0]) + 1)
    return [*places, (closing[0], closing[2], closing[2] + 1)]


def _leading_spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
