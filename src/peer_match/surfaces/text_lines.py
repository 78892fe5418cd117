"""Lines of text for a terminal, coloured and indented.

Text from data is never read as markup; rich leaves the colours out where the output is no terminal.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from peer_match.surfaces import words

INDENT = 2  # characters
COLOURS = {
    "comes-first": "bold red",
    "fits": "green",
    "fits-with-support": "cyan",
    "waiting": "yellow",
    "nothing-fits": "red",
    "withheld": "dim",
    "allowed": "green",
    "caution": "yellow",
    "ask": "yellow",
    "hold": "yellow",
    "blocked": "red",
    "routine": "",
    "urgent": "yellow",
    "asap": "bold red",
    "stat": "bold red",
}


def plain(text: str, style: str = "", rest: str = "") -> Text:
    """A line, in a colour by name or by what it is about; `rest` is dim."""
    line = Text(words.clean(text), COLOURS.get(style, style))
    return line.append(words.clean(rest), "not bold dim") if rest else line


def heading(text: str) -> Text:
    """A heading, with an empty line before it."""
    return Text(f"\n{words.clean(text)}", "bold underline")


def indented(text: str, style: str = "") -> Indented:
    """A line below a heading."""
    return Indented(plain(text, style), INDENT)


def deeper(text: str, style: str = "") -> Indented:
    """A line below an indented one."""
    return Indented(plain(text, style), 2 * INDENT)


@dataclass(frozen=True, slots=True)
class Indented:
    """Text whose every line begins further right, with nothing after its last word."""

    text: Text
    by: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, as wide as they may be."""
        for line in self.text.wrap(console, max(options.max_width - self.by, 1)):
            yield Text(" " * self.by).append_text(line)
