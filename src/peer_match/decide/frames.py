"""Messages between a process and its worker: a length, a checksum, and JSON."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import orjson

HEADER = struct.Struct(">II")
"""Before each message: its length in bytes, and its CRC-32."""


class FrameError(ValueError):
    """Bytes that are no message."""


def packed(message: object) -> bytes:
    """A message as bytes."""
    body = orjson.dumps(message)
    return HEADER.pack(len(body), zlib.crc32(body)) + body


def unpacked(body: bytes, checksum: int) -> Any:
    """The message of a body. Raises FrameError where it is not what was sent."""
    if zlib.crc32(body) != checksum:
        raise FrameError("the checksum differs")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise FrameError("no JSON") from None
