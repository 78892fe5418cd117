"""Processes that are made to be killed."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from peer_match.records.errors import RecordsError


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: killed with -9, done, or neither."""

    was_killed: bool
    is_done: bool


def start(do: Callable[[], None], note: Callable[[str], None]) -> int:
    """A process that does something; gives its id. What it raises is noted in words."""
    pid = os.fork()
    if pid:
        return pid
    try:
        do()
    except RecordsError as problem:
        note(str(problem))
        os._exit(1)
    except BaseException:
        note(f"fault: {traceback.format_exc(limit=-2)!r}")
        os._exit(1)
    os._exit(0)


def ended(pid: int) -> Ending:
    """Wait for the end of a process."""
    _, status = os.waitpid(pid, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Ending(was_killed, os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0)


def is_running(pid: int) -> bool:
    """Whether a child has not ended yet. It stays to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
