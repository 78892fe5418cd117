"""The life of the worker that chains in durable-rules: started, fed, and never trusted.

Whoever embeds the engine owns a `Kernel` and closes it. Whatever goes wrong with the worker (it
dies, hangs, answers nonsense) is a `KernelError`; the worker is ended and the next question starts
a new one. The answer of the evaluator stands in for it, and a person is asked to look.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from peer_match.decide.frames import HEADER, FrameError, packed, unpacked
from peer_match.decide.network import Network
from peer_match.facts.truth import Truth

LOADING = 60.0  # seconds for a network to be built; the library can hang on one
ANSWERING = 2.0  # seconds for an answer, after which the evaluator stands alone
MOST_NETWORKS = 32  # the library never gives back what a ruleset took, but for its process
WORKER = "peer_match.decide.chain"
TRUTHS = {"yes": Truth.YES, "possible": Truth.UNKNOWN}

Readings = Sequence[tuple[int, int]]


class KernelError(Exception):
    """The worker gave no answer that can be used. `reason` is a few words without any fact."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Kernel:
    """A worker that chains. Safe to share between threads: one question at a time.

    `loading` and `answering` are seconds, `worker` the command that starts the worker. Use it as a
    context, or `close` it.
    """

    def __init__(
        self,
        *,
        loading: float = LOADING,
        answering: float = ANSWERING,
        worker: Sequence[str] = (sys.executable, "-m", WORKER),
    ) -> None:
        self._loading, self._answering, self._worker = loading, answering, worker
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Kernel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, if there is one."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The worker's process id while it runs."""
        return None if self._process is None else self._process.pid

    def chain(self, network: Network, sessions: Sequence[Readings]) -> list[dict[str, Truth]]:
        """For each session what the network answers, by output. Raises KernelError."""
        with self._lock:
            try:
                is_full = len(self._loaded) >= MOST_NETWORKS and network.digest not in self._loaded
                if self._process is None or self._process.poll() is not None or is_full:
                    self._start()
                if network.digest not in self._loaded:
                    self._ask({"load": network.digest, "network": network.as_data()},
                              self._loading)  # fmt: skip
                    self._loaded.add(network.digest)
                said = self._ask({"run": network.digest, "sessions": sessions}, self._answering)
                return [_answers(network, one) for one in _listed(said, len(sessions))]
            except (KernelError, FrameError, OSError) as problem:
                self._end()
                reason = problem.reason if isinstance(problem, KernelError) else "it broke off"
                raise KernelError(reason) from None

    # -- the process -----------------------------------------------------------------------

    def _start(self) -> None:
        self._end()
        root = Path(__file__).resolve().parent.parent.parent
        path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(
            self._worker,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # its words can hold facts
            env={**os.environ, "PYTHONPATH": path},
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        self._loaded = set()
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
            process.wait()

    def _ask(self, question: object, seconds: float) -> dict[str, Any]:
        assert self._process is not None
        deadline = time.monotonic() + seconds
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None and answered is not None
        _write(asked, packed(question), deadline)
        length, checksum = HEADER.unpack(_read(answered, HEADER.size, deadline))
        said = unpacked(_read(answered, length, deadline), checksum)
        if not isinstance(said, dict):
            raise KernelError("its answer is none")
        found = cast("dict[str, Any]", said)
        if "error" in found:
            raise KernelError(f"the rules engine failed: {found['error']}")
        return found


def _write(stream: IO[bytes], data: bytes, deadline: float) -> None:
    """All of the bytes, or KernelError when the worker does not take them in time."""
    raw = stream.fileno()
    os.set_blocking(raw, False)
    with selectors.DefaultSelector() as waiting:
        waiting.register(raw, selectors.EVENT_WRITE)
        while data:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise KernelError("it did not take the question in time")
            data = data[os.write(raw, data) :]


def _read(stream: IO[bytes], size: int, deadline: float) -> bytes:
    raw = stream.fileno()
    found = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(raw, selectors.EVENT_READ)
        while len(found) < size:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise KernelError("it did not answer in time")
            part = os.read(raw, size - len(found))
            if not part:
                raise KernelError("it ended")
            found += part
    return found


def _listed(said: dict[str, Any], number: int) -> list[dict[str, str]]:
    found = said.get("answers")
    if not isinstance(found, list) or len(cast("list[object]", found)) != number:
        raise KernelError("its answer is none")
    return cast("list[dict[str, str]]", found)


def _answers(network: Network, said: dict[str, str]) -> dict[str, Truth]:
    known = {name for name, _ in network.outputs}
    if not isinstance(said, dict) or not said.keys() <= known:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise KernelError("its answer is none")
    try:
        given = {name: TRUTHS[said[name]] if name in said else Truth.NO for name in known}
    except (KeyError, TypeError):
        raise KernelError("its answer is none") from None
    return given
