"""Rounds one after the other until somebody stops them, and calls beside them.

A round waits for the server, for minutes where that is slow. A deadline does not: a thread fires
what has become due meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from peer_match.delivery.worker import Round, Worker

CALLS_EVERY = 2.0  # seconds at most between two looks for deadlines, however rare rounds are


def go_on(
    worker: Worker,
    every: float,
    now: Callable[[], datetime],
    tell: Callable[[Round], None],
    stopped: threading.Event,
) -> None:
    """Do rounds with `every` seconds between two, telling what each did, until `stopped` is set.

    The round that is going on then is finished: nothing is cut off in its middle. What was called
    beside a round is told as a round of its own, in another thread, where there is something to
    tell. If one of the two threads fails, so does the whole.
    """

    def call() -> None:
        try:
            while not stopped.wait(min(every, CALLS_EVERY)):
                called = worker.call(now())
                if called.fired.calls or called.problems:
                    tell(called)
        finally:
            stopped.set()

    beside = threading.Thread(target=call, name="calls", daemon=True)
    beside.start()
    try:
        while True:
            tell(worker.round(now()))
            if stopped.wait(every):
                return
    finally:
        stopped.set()
        beside.join()
