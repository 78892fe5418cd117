"""What a support changes: a fact seen with an edit, by the rules that name the support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peer_match.policy.diagnostics import Position


@dataclass(frozen=True, slots=True)
class Edit:
    """`FACT becomes VALUE`, `FACT gains VALUES`, or either with another fact's value (`other`)."""

    text: str
    position: Position
    fact: str
    replaces: bool
    values: tuple[Any, ...]
    other: str | None
