"""The steps from an event to its acknowledgement at which a process is killed.

A step wraps a function of the program in the process that is to die: it dies before the function,
or after it. The function itself stays as it is.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any, Literal

from crash import acts
from peer_match.decide.kernel import Kernel
from peer_match.delivery import deliver, endings, follow_up, worker
from peer_match.records import deadlines
from peer_match.records.store import UnitOfWork

Path = Literal["event", "worker", "answer", "acknowledgement"]
"""Who dies: whoever tells, a worker, a worker that reads an answer back, whoever acknowledges."""


def _always(found: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """Where to die: before or after a function, once it found what `counts`."""

    name: str
    path: Path
    owner: Any
    function: str
    after: bool = True
    counts: Callable[[Any], bool] = _always


ANYWHERE = Step("worker: at any moment", "worker", None, "")
"""Not at a function: after a time that nobody knows."""

STEPS = (
    Step("event: before it is appended", "event", UnitOfWork, "append", after=False),
    Step("event: appended", "event", UnitOfWork, "append"),
    Step("event: rules engine has answered", "event", Kernel, "chain"),
    Step("event: assessed", "event", follow_up, "assess"),
    Step("event: escalation recorded", "event", UnitOfWork, "record"),
    Step("event: in the outbox, not committed", "event", UnitOfWork, "send"),
    Step("event: committed", "event", follow_up.FollowUp, "take_in"),
    Step("deadline: claimed", "worker", deadlines, "_claim", counts=lambda row: row is not None),
    Step("deadline: next step written", "worker", deadlines, "move"),
    Step("deadline: fired, not committed", "worker", deadlines, "_fire"),
    Step("deadline: committed", "worker", worker, "fire_due", counts=lambda fired: fired.calls),
    Step("delivery: leased", "worker", deliver, "lease", counts=bool),
    Step("delivery: before sending", "worker", deliver, "create_once", after=False),
    Step("delivery: sent, not marked", "worker", deliver, "create_once"),
    Step("delivery: marked", "worker", deliver, "sent"),
    ANYWHERE,
    Step("answer: read", "answer", worker, "read_back", counts=lambda found: found.changes),
    Step("answer: taken in, not committed", "answer", UnitOfWork, "acknowledge"),
    Step("answer: committed", "answer", worker, "settle", counts=bool),
    Step("acknowledgement: before", "acknowledgement", UnitOfWork, "acknowledge", after=False),
    Step("acknowledgement: not committed", "acknowledgement", UnitOfWork, "acknowledge"),
    Step(
        "acknowledgement: others taken back, not committed",
        "acknowledgement",
        endings,
        "_take_back",
    ),
    Step("acknowledgement: committed", "acknowledgement", acts, "acknowledge"),
)


def of_path(path: Path) -> tuple[Step, ...]:
    """The steps of a path, in their order."""
    return tuple(one for one in STEPS if one.path == path)


def arm(step: Step, occurrence: int, moment: float) -> None:
    """See to it that this process dies at the n-th time that it comes to a step; where the step is
    anywhere, after `moment` seconds."""
    if step is ANYWHERE:
        Thread(target=_die_after, args=(moment,), daemon=True).start()
        return
    right: Callable[..., Any] = getattr(step.owner, step.function)
    left = [occurrence]

    def wrapped(*given: Any, **named: Any) -> Any:
        if not step.after:
            left[0] -= 1
            if left[0] == 0:
                die()
        found = right(*given, **named)
        if step.after and step.counts(found):
            left[0] -= 1
            if left[0] == 0:
                die()
        return found

    setattr(step.owner, step.function, wrapped)


def die() -> None:
    """Killed, without a chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after(seconds: float) -> None:
    time.sleep(seconds)
    die()
