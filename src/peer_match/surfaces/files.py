"""Writing files whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, making its folder: beside it first, then put in place.

    Raises OSError; a file that was there before is then as it was. What is there and is not an
    ordinary file (a folder, a device) is never replaced.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.partly")
    beside.write_bytes(data)
    beside.replace(path)


LARGEST = 100_000_000  # bytes of an intake, an annotation file or a roster; more is refused unread


def read_whole(path: Path) -> bytes:
    """The content of an ordinary file. Raises OSError, also for a device and a file too large."""
    if not path.is_file():
        reason = "no such file" if not path.exists() else "not an ordinary file"
        raise OSError(errno.EINVAL, reason, str(path))
    if path.stat().st_size > LARGEST:
        raise OSError(errno.EFBIG, f"larger than {LARGEST} bytes", str(path))
    return path.read_bytes()
