"""What every rule of a checked pack has, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from peer_match.policy.diagnostics import Position


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of a rule and its status (V seen, M from memory, D design default)."""

    cite: str
    finding: str
    status: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule has. `digest` changes with anything in its file that has a meaning."""

    id: str
    title: str
    why: str
    sources: tuple[Citation, ...]
    owner: str
    status: Literal["draft", "active", "retired"]
    effective: date
    until: date | None
    review_by: date
    position: Position
    digest: str

    def in_force(self, day: date) -> bool:
        """Active, begun, and not over (it still holds on its last day)."""
        return (
            self.status == "active"
            and self.effective <= day
            and (self.until is None or day <= self.until)
        )
