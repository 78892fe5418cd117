"""From a file or bytes to JSON, with a size that is known before anything is read."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import orjson

from peer_match.fhir.read_notes import NoteKind, Notes

SIZE_LIMIT = 100_000_000
"""Bytes. A whole life's record of one person is far below it; JSON of this size already takes
about ten times as much memory once it is read."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


def read_bytes(path: Path, notes: Notes, *, size_limit: int = SIZE_LIMIT) -> bytes | None:
    """The content of a file, unpacked if it is gzip; None, with a note, if that cannot be had.

    The size is looked at before the content, and unpacking stops at the limit.
    """
    try:
        if path.stat().st_size >= size_limit:
            _too_large(notes, path.name, size_limit)
            return None
        with path.open("rb") as file:  # opened once: what a pipe gave is gone
            packed = file.peek(len(_GZIP)).startswith(_GZIP)
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(size_limit)
    except (OSError, EOFError, zlib.error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else None
        notes.add(
            NoteKind.REFUSED,
            path.name,
            f"the file cannot be read: {(reason or 'it is not whole').lower()}",
            "check that the file is there and was copied whole",
        )
        return None
    if len(content) >= size_limit:
        _too_large(notes, path.name, size_limit)
        return None
    return content


def parse(data: bytes, name: str, notes: Notes, *, size_limit: int = SIZE_LIMIT) -> Any | None:
    """The JSON in these bytes; None, with a note that says where it breaks, if it is not JSON."""
    if len(data) >= size_limit:
        _too_large(notes, name, size_limit)
        return None
    text = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        where = f"{name}:{problem.lineno}:{problem.colno}"
        message, fix = _explain(text, problem)
        notes.add(NoteKind.REFUSED, where, message, fix)
        return None


def _explain(text: bytes, problem: orjson.JSONDecodeError) -> tuple[str, str]:
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        return "the file is not UTF-8 text", "save it as UTF-8; FHIR allows no other encoding"
    rest = decoded[max(problem.pos, 0) :].lstrip()
    if not decoded.strip():
        return "the file is empty", "export the record again"
    if rest.startswith(("NaN", "Infinity", "-Infinity")) or decoded[: problem.pos].endswith("-"):
        return "NaN and Infinity are not numbers in JSON", "leave the value out, or give a number"
    if not rest or problem.pos >= len(decoded.rstrip()):
        return "the JSON ends too early", "the file was cut off; export or copy it again"
    if "after document" in str(problem) or "trailing" in str(problem):
        return (
            "there is more than one JSON value",
            "if this is a bulk export, its name ends with `.ndjson`; else send one Bundle",
        )
    if any(word in str(problem) for word in ("depth", "recursion")):
        return (
            "the JSON is nested too deeply",
            "no FHIR resource is nested like that; check the file",
        )
    return "this is not JSON", "look at this place; a comma, quote or bracket is wrong near it"


def _too_large(notes: Notes, name: str, size_limit: int) -> None:
    notes.add(
        NoteKind.REFUSED,
        name,
        f"the file has {size_limit:,} bytes or more, and one person's record never does",
        "send the resources of one person only, or raise the size limit",
    )
