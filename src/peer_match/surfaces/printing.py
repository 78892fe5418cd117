"""What a command prints: JSON or text on the output, warnings and progress on the error output."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Annotated, Any

import orjson
import typer
from pydantic import BaseModel
from rich.console import Console, RenderableType

from peer_match.policy.diagnostics import listed

MOST_NEAR = 3  # how many near names are offered for one that is unknown
NAME_LENGTH = 200  # characters; a longer text is no slip of a name, and costs time to compare

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_json(value: object) -> None:
    """One line of JSON, always UTF-8, with sorted keys."""
    print_bytes(orjson.dumps(value, _plain, orjson.OPT_SORT_KEYS) + b"\n")


def _plain(value: object) -> object:
    """A model, such as a person, as what JSON knows."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)


def print_bytes(data: bytes) -> None:
    """Bytes as they are, whatever encoding the output has."""
    sys.stdout.buffer.write(data)


def print_resource(resource: Mapping[str, Any]) -> None:
    """A FHIR resource as JSON that people can edit, in the order of its elements."""
    print_bytes(orjson.dumps(resource, option=orjson.OPT_INDENT_2) + b"\n")


def print_text(text: RenderableType) -> None:
    """Text, with colours where the output is a terminal."""
    Console().print(text)


def warn(said: Iterable[str]) -> None:
    """Something that whoever runs the command should look at, though it was done."""
    for line in said:
        typer.echo(f"warning: {line}", err=True)


@contextmanager
def working(on: str) -> Generator[None]:
    """Shows that work is going on and with what, where the error output is a terminal."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(on):
            yield
    else:
        yield


def near(wrong: str, names: Iterable[str]) -> str:
    """A phrase to add to "… is unknown": `; did you mean …?`, or "" when no name is near."""
    if len(wrong) > NAME_LENGTH:
        return ""
    by_lower = {name.lower(): name for name in sorted(names)}
    found = get_close_matches(wrong.lower(), list(by_lower), n=MOST_NEAR)
    return f"; did you mean {listed(by_lower[one] for one in found)}?" if found else ""
