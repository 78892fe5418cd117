"""The steps from an event to its acknowledgement at which a process is killed.

A step wraps a function of the program in the process that is to die: before it, or after it. The
function itself stays as it is.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from peer_match.delivery import deliver, follow_up, worker
from peer_match.records import deadlines
from peer_match.records.store import UnitOfWork

Path = Literal["event", "deadline", "delivery", "acknowledgement"]


@dataclass(frozen=True, slots=True)
class Step:
    """Where to die: before or after a function, on a path."""

    name: str
    path: Path
    owner: Any
    function: str
    after: bool


STEPS = (
    Step("event: before it is appended", "event", UnitOfWork, "append", False),
    Step("event: appended", "event", UnitOfWork, "append", True),
    Step("event: assessed", "event", follow_up, "assess", True),
    Step("event: escalation recorded", "event", UnitOfWork, "record", True),
    Step("event: in the outbox, not committed", "event", UnitOfWork, "send", True),
    Step("event: committed", "event", follow_up.FollowUp, "take_in", True),
    Step("deadline: claimed", "deadline", deadlines, "_claim", True),
    Step("deadline: next step written", "deadline", deadlines, "move", True),
    Step("deadline: fired, not committed", "deadline", deadlines, "_fire", True),
    Step("deadline: committed", "deadline", worker, "fire_due", True),
    Step("delivery: leased", "delivery", deliver, "lease", True),
    Step("delivery: before sending", "delivery", deliver, "create_once", False),
    Step("delivery: sent, not marked", "delivery", deliver, "create_once", True),
    Step("delivery: marked", "delivery", deliver, "sent", True),
    Step("acknowledgement: before", "acknowledgement", UnitOfWork, "acknowledge", False),
    Step("acknowledgement: not committed", "acknowledgement", UnitOfWork, "acknowledge", True),
)


def arm(step: Step, occurrence: int) -> None:
    """See to it that this process dies at the n-th time that it comes to a step."""
    right: Callable[..., Any] = getattr(step.owner, step.function)
    left = [occurrence]

    def wrapped(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if not step.after and left[0] == 0:
            die()
        found = right(*given, **named)
        if step.after and left[0] == 0:
            die()
        return found

    setattr(step.owner, step.function, wrapped)


def die() -> None:
    """Killed, without a chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)
