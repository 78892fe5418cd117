"""The markup of a narrative: headings, paragraphs, lists and bold, and nothing else.

Everything that a narrative tells passes through one of these, and is escaped there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from peer_match.fhir.write_elements import plain

XHTML = "http://www.w3.org/1999/xhtml"


def narrative_of(parts: Iterable[str]) -> str:
    """A narrative as an XHTML `div`. `parts` are made by the functions below."""
    return f'<div xmlns="{XHTML}">{"".join(parts)}</div>'


def heading(text: str) -> str:
    """A heading within a narrative."""
    return f"<h3>{escape(text)}</h3>"


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(plain(text))}</p>"


def bold(text: str) -> str:
    """A paragraph that is not to be overlooked."""
    return f"<p><b>{escape(plain(text))}</b></p>"


def listed(title: str, items: Iterable[str]) -> Iterator[str]:
    """A heading and a list; nothing where there are no items."""
    lines = "".join(f"<li>{escape(plain(item))}</li>" for item in items)
    if lines:
        yield f"{heading(title)}<ul>{lines}</ul>"


def named(title: str, items: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A heading and a list of names, each with what is said of it."""
    lines = "".join(
        f"<li><b>{escape(plain(name))}.</b> {escape(plain(said))}</li>" for name, said in items
    )
    yield f"{heading(title)}<ul>{lines}</ul>"


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    said = plain(text)
    said = f"{said[:1].upper()}{said[1:]}"
    return said if said.endswith((".", "?", "!")) else f"{said}."
