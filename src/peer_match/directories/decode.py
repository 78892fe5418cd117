"""From bytes to the rows of a known format, or the problem that prevents it.

The size is checked before anything is parsed, so that a file too large costs no memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from peer_match.directories import bmlt, hsds, meeting_guide
from peer_match.directories.reading import Format, Problem

OWN_KEY = "peer_match_groups"
OWN_VERSION = 1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a directory, still as JSON values."""

    format: Format
    rows: list[Any]


def too_large(size: int, limit: int) -> Problem | None:
    """The problem of a file of `size` bytes, or None."""
    if size <= limit:
        return None
    return Problem(
        code="file-too-large",
        message=f"the file has {size:,} bytes and the limit is {limit:,}",
        help="split the directory by area, or raise the size limit if there is memory for it",
    )


def read_limited(path: Path, limit: int) -> bytes | Problem:
    """The content of a file. One that is too large is not opened; one without a size, such as a
    pipe, is read to the limit and no further. Raises OSError where the file cannot be read.
    """
    problem = too_large(path.stat().st_size, limit)
    if problem is not None:
        return problem
    with path.open("rb") as file:
        data = file.read(limit + 1)
    return too_large(len(data), limit) or data


def decode(data: bytes, limit: int) -> Any | Problem:
    """The JSON value of a file."""
    problem = too_large(len(data), limit)
    if problem is not None:
        return problem
    body = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(
            code="not-utf-8",
            message="the file is not text in UTF-8",
            help="save it as UTF-8",
            line=body.count(b"\n", 0, error.start) + 1,
            column=error.start - body.rfind(b"\n", 0, error.start),
        )
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = error.msg if text.strip() else "it is empty"
        return Problem(
            code="not-json",
            message=f"the file is not valid JSON: {reason}",
            help="fetch the file again; a file cut short, a web page saved in its place, or NaN "
            "and Infinity as numbers are the usual causes",
            line=error.lineno,
            column=error.colno,
        )


def rows_of(value: Any, wanted: Format | None) -> Rows | Problem:
    """The rows of a JSON value in the wanted format, or in the one that it shows itself to be."""
    if isinstance(value, dict) and OWN_KEY in value and wanted in (None, Format.PEER_MATCH):
        return _own(cast("dict[str, Any]", value))
    if wanted is Format.PEER_MATCH:
        return _unrecognised(f"it has no `{OWN_KEY}`")
    rows = _list_of_rows(value)
    if rows is None:
        return _unrecognised("it is neither a list of rows nor an object that holds one")
    if wanted is not None:
        return Rows(wanted, hsds.services(rows) if wanted is Format.HSDS else rows)
    records = [cast("dict[str, Any]", row) for row in rows if isinstance(row, dict)]
    found = [
        format
        for format, recognises in (
            (Format.MEETING_GUIDE, meeting_guide.recognises),
            (Format.BMLT, bmlt.recognises),
            (Format.HSDS, hsds.recognises),
        )
        if any(recognises(row) for row in records)
    ]
    if len(found) == 1:
        return rows_of(value, found[0])
    if found:
        return _unrecognised("its rows look like " + " and like ".join(found))
    return _unrecognised("no row looks like a meeting" if rows else "it has no rows")


def _own(value: dict[str, Any]) -> Rows | Problem:
    version: object = value[OWN_KEY]
    groups = value.get("groups")
    if version is True or version != OWN_VERSION:
        return Problem(
            code="version-not-known",
            message=f"only version {OWN_VERSION} of the groups file can be read",
            help=f'write "{OWN_KEY}": {OWN_VERSION}',
            path=OWN_KEY,
        )
    if not isinstance(groups, list):
        return Problem(
            code="groups-missing",
            message="the groups file has no list `groups`",
            help='write "groups": [ … ]',
            path="groups",
        )
    return Rows(Format.PEER_MATCH, cast("list[Any]", groups))


def _list_of_rows(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return cast("list[Any]", value)
    if not isinstance(value, dict):
        return None
    record = cast("dict[str, Any]", value)
    # BMLT answers with the formats used beside the meetings; HSDS in pages; or one service alone.
    for key in ("meetings", "contents"):
        if isinstance(record.get(key), list):
            return cast("list[Any]", record[key])
    return [record] if hsds.recognises(record) else None


def _unrecognised(why: str) -> Problem:
    formats = ", ".join(f"`{one}`" for one in Format)
    return Problem(
        code="format-unclear",
        message=f"the format of the directory is unclear: {why}",
        help=f"check that the file is a directory, and name its format: {formats}",
    )
