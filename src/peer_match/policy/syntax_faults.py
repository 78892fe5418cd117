"""What a YAML parser complains about, in the words of somebody who writes rules.

The parser's own messages speak of tokens and flow nodes. Each is turned into what stands in the
file and what to do about it.
"""

from __future__ import annotations

from typing import Final

from peer_match.policy.diagnostics import Diagnostic, Position, error, quote
from peer_match.policy.source_text import SourceText
from peer_match.policy.typography import typeset_in

_QUOTE_IT: Final = "put the whole text in double quotes"
_CURLY: Final = "a curly quote is no quote here; put the whole text in plain double quotes"
_INDENTATION: Final = (
    "line it up with the keys or dashes around it; two spaces show that something belongs to the "
    "line above"
)
_BACKSLASH: Final = "inside double quotes write `\\\\` for a backslash, or use single quotes"

# The first row whose phrase occurs in the parser's complaint gives the message and the help line.
_COMPLAINTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "mapping values are not allowed",
        "a colon is not expected here",
        f"{_QUOTE_IT}, or check the indentation",
    ),
    ("mapping keys are not allowed", "a key is not expected here", _INDENTATION),
    (
        "block sequence entries are not allowed",
        "a list item is not expected here",
        "start the list on a line of its own, below its key",
    ),
    (
        "could not find expected ':'",
        "a colon is missing after this key",
        "write `key: value`, or check the indentation",
    ),
    (
        "found unexpected end of stream",
        "a quote that is opened here is never closed",
        "close it, or take it away",
    ),
    (
        "found unexpected document indicator",
        "a quote that is opened here is not closed before the next `---` or `...` line",
        "close it, or take it away",
    ),
    (
        "found unknown escape character",
        "a backslash followed by this letter has no meaning",
        _BACKSLASH,
    ),
    ("hexdecimal", "this escape is not complete", _BACKSLASH),
    ("hexadecimal", "this escape is not complete", _BACKSLASH),
    ("invalid Unicode character escape", "this escape is not a character", _BACKSLASH),
    (
        "expected comment or line break",
        "nothing may follow `|` or `>` on the same line",
        "start the text on the next line",
    ),
    (
        "did not find expected '-' indicator",
        "this does not belong to the list above",
        _INDENTATION,
    ),
    ("did not find expected key", "this does not belong to the block above", _INDENTATION),
    ("expected <block end>", "this does not belong to the block above", _INDENTATION),
    (
        "did not find expected <document start>",
        "nothing may follow the end of the content",
        _INDENTATION,
    ),
    (
        "expected '<document start>'",
        "nothing may follow the end of the content",
        _INDENTATION,
    ),
    (
        "expected node content",
        "a value is missing here",
        "write the value, or take away the comma or bracket",
    ),
)


def syntax_fault(
    source: SourceText, problem: str, place: tuple[int, int], opening: tuple[int, int] | None
) -> Diagnostic:
    """One diagnostic for what a parser complains about.

    place: the line and column of the complaint, from 0; opening: those of what it was reading.
    """
    line, column = _last_written(source, place)
    character = source.lines[line][column : column + 1]
    here = source.position(line, column, line, column + 1)
    lowered = problem.lower()
    if "\t" in source.lines[line][: column + 1] and not source.lines[line][:column].strip():
        return error("PM107", "this line is indented with a tab", here, "indent with spaces")
    if "tag" in lowered:
        return error("PM113", "tags are not allowed", here, "delete the tag, or quote the text")
    if "alphabetic or numeric" in lowered:
        return error("PM110", f"text cannot start with {quote(character or '*')}", here, _QUOTE_IT)
    if "cannot start any token" in lowered:
        return error("PM110", f"text cannot start with {quote(character)}", here, _QUOTE_IT)
    if opening is not None and ("']'" in problem or "'}'" in problem):
        return _not_closed(source, opening, line, here)
    if character == ":" and "did not find expected key" in lowered:
        return error("PM110", "a key is missing before this colon", here, "write `key: value`")
    for phrase, message, help in _COMPLAINTS:
        if phrase.lower() in lowered:
            where = here
            if opening is not None and "quote" in message:
                where = source.position(*opening, opening[0], opening[1] + 1)
            typeset = typeset_in(source.lines[where.line - 1])
            if typeset is not None and typeset.is_quote and "colon" in message:
                return error("PM110", message, where, _CURLY)
            return error("PM110", message, where, help)
    return error("PM110", "this is not valid YAML", here, "check brackets, quotes and indentation")


def _not_closed(
    source: SourceText, opening: tuple[int, int], line: int, here: Position
) -> Diagnostic:
    bracket = source.lines[opening[0]][opening[1] : opening[1] + 1]
    closing = "]" if bracket == "[" else "}"
    return error(
        "PM110",
        f"a comma or {quote(closing)} is missing before this"
        + (f"; {quote(bracket)} is on line {opening[0] + 1}" if opening[0] != line else ""),
        here,
        f"close it with {quote(closing)}, or put text that holds a bracket or comma in quotes",
    )


def _last_written(source: SourceText, place: tuple[int, int]) -> tuple[int, int]:
    """The place itself, or when it lies past the content of the file, the end of that content."""
    line = min(place[0], len(source.lines) - 1)
    column = place[1] if line == place[0] else len(source.lines[line])
    if any(text.strip() for text in source.lines[line:]):
        return line, min(column, len(source.lines[line]))
    while line > 0 and not source.lines[line].strip():
        line -= 1
    return line, len(source.lines[line].rstrip())
