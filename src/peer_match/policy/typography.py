"""Characters that a word processor puts in place of plain ones, and what was meant.

In prose (a title, a reason) they are welcome. In sentences, codes, dates and keys they are not what
they look like, and some of them cannot be seen at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from peer_match.policy.diagnostics import quote

_PLAIN: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys("“”„‟«»", ("a curly quote", '"')),
    **dict.fromkeys("‘’‚‛", ("a curly quote", "'")),
    "\N{EN DASH}": ("an en dash", "-"),
    "\N{EM DASH}": ("an em dash", "-"),
    "\N{MINUS SIGN}": ("a minus sign", "-"),
    "\N{HYPHEN}": ("a typographic hyphen", "-"),
    "\N{NON-BREAKING HYPHEN}": ("a no-break hyphen", "-"),
    "\N{SOFT HYPHEN}": ("an invisible soft hyphen", ""),
    "\N{NO-BREAK SPACE}": ("a no-break space", " "),
    "\N{FIGURE SPACE}": ("a no-break space", " "),
    "\N{NARROW NO-BREAK SPACE}": ("a no-break space", " "),
    "\N{ZERO WIDTH SPACE}": ("an invisible zero-width space", ""),
    "\N{ZERO WIDTH NON-JOINER}": ("an invisible character", ""),
    "\N{ZERO WIDTH JOINER}": ("an invisible character", ""),
    "\N{WORD JOINER}": ("an invisible character", ""),
    "\N{HORIZONTAL ELLIPSIS}": ("three dots in one character", "..."),
}
_TYPESET: Final = re.compile(f"[{''.join(_PLAIN)}]")
_WORD: Final = re.compile(r"[^ ,\t\n]*")
_QUOTES: Final = "\"' "


@dataclass(frozen=True, slots=True)
class Typeset:
    """A character of a word processor at `start` (an offset into the text)."""

    start: int
    name: str
    is_quote: bool


def typeset_in(text: str, start: int = 0) -> Typeset | None:
    """The first such character from an offset on, or None."""
    found = _TYPESET.search(text, start)
    if found is None:
        return None
    name, plain = _PLAIN[found[0]]
    return Typeset(found.start(), name, plain in ('"', "'"))


def as_typed(text: str) -> str:
    """The text with plain characters, and without quotes around it."""
    return _TYPESET.sub(lambda found: _PLAIN[found[0]][1], text).strip(_QUOTES)


def how_to_type(text: str) -> str:
    """A help line for a text that is no prose and has such a character, or ""."""
    found = typeset_in(text)
    if found is None:
        return ""
    typed = as_typed(text)
    return f"{_named(found)}; {f'write {quote(typed)}' if typed else 'take it out'}"


def how_to_type_here(text: str, found: Typeset) -> str:
    """The same for one word of a sentence."""
    start = max((text.rfind(mark, 0, found.start) for mark in " ,\t\n"), default=-1) + 1
    match = _WORD.match(text, start)
    word = match[0] if match else ""
    typed = as_typed(word)
    return f"{_named(found)}; {f'write {quote(typed)}' if typed.strip('-') else 'take it out'}"


def _named(found: Typeset) -> str:
    return f"{found.name} from a word processor stands here"
