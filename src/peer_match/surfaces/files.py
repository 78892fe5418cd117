"""Writing files whole or not at all."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, making its folder: beside it first, then put in place.

    Raises OSError; a file that was there before is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.partly")
    beside.write_bytes(data)
    beside.replace(path)
