"""The one form of a value as JSON, and its digest."""

from __future__ import annotations

import hashlib

import orjson


def canonical(value: object) -> str:
    """JSON with sorted keys and no white space, of dataclasses, mappings, lists and scalars."""
    # A dataclass is written in the order of its fields, whatever the options say; a mapping is not.
    return orjson.dumps(orjson.loads(orjson.dumps(value)), option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> str:
    """The SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
