"""The worker that chains: killed, hung, corrupt or broken, it costs nothing but its own answer."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peer_match.decide.assessment import Engine
from peer_match.decide.canonical import canonical_assessment
from peer_match.decide.kernel import Kernel, KernelError
from peer_match.decide.network import Network, network_of
from peer_match.facts.truth import Truth

from .made_safety import made_assessment, made_policy
from .random_histories import histories

CASE = next(one for one in histories(50, 1, seed=3) if one["history"]["events"])
POLICY = made_policy(CASE["policy"])


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with Kernel() as found:
        yield found


def network() -> Network:
    return network_of(POLICY, CASE["as_of"].date())


def sessions(count: int = 1) -> list[list[tuple[int, int]]]:
    return [[(1, 1) for _ in network().sentences] for _ in range(count)]


def test_many_sessions_are_answered_in_their_order(kernel: Kernel) -> None:
    found = network()
    every = [[(n % 3, n % 3)] * len(found.sentences) for n in range(6)]
    together = kernel.chain(found, every)
    assert together == [kernel.chain(found, [one])[0] for one in every]
    assert together[0] == together[3]
    assert {truth for one in together for truth in one.values()} > {Truth.UNKNOWN}


def test_a_worker_killed_between_two_questions_is_started_again(kernel: Kernel) -> None:
    before = kernel.chain(network(), sessions())
    assert kernel.pid is not None
    os.kill(kernel.pid, signal.SIGKILL)
    os.waitid(os.P_PID, kernel.pid, os.WEXITED | os.WNOWAIT)
    assert kernel.chain(network(), sessions()) == before


def test_a_closed_kernel_has_no_process() -> None:
    with Kernel() as found:
        found.chain(network(), sessions())
        pid = found.pid
    assert pid is not None and found.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# Workers that do it wrong: what each does with the first question that it reads.
SPEAK = """
import struct, sys, time, zlib, orjson
HEADER = struct.Struct(">II")
def next_question():
    length, _ = HEADER.unpack(sys.stdin.buffer.read(8))
    return orjson.loads(sys.stdin.buffer.read(length))
def say(message, wrong=0, cut=None):
    body = orjson.dumps(message)
    sys.stdout.buffer.write((HEADER.pack(len(body), zlib.crc32(body) ^ wrong) + body)[:cut])
    sys.stdout.buffer.flush()
question = next_question()
"""
LOAD = SPEAK + "say({'loaded': question['load']})\nquestion = next_question()\n"
WRONG = {
    "dies before it starts": "import sys; sys.exit(3)",
    "dies on loading": SPEAK + "sys.exit(3)",
    "is killed while it answers": LOAD + "import os; os.kill(os.getpid(), 9)",
    "hangs on loading": SPEAK + "time.sleep(600)",
    "hangs on answering": LOAD + "time.sleep(600)",
    "breaks off in the middle": LOAD + "say({'answers': [{}]}, cut=12)",
    "stalls in the middle": LOAD + "say({'answers': [{}]}, cut=12); time.sleep(600)",
    "sends a wrong checksum": LOAD + "say({'answers': [{}]}, wrong=1)",
    "sends no JSON": LOAD + "sys.stdout.buffer.write(HEADER.pack(2, zlib.crc32(b'{{')) + b'{{')",
    "answers a list": LOAD + "say([1])",
    "answers nothing": LOAD + "say({})",
    "answers too few": LOAD + "say({'answers': []})",
    "names an unknown rule": LOAD + "say({'answers': [{'nobody': 'yes'}]})",
    "says an unknown word": LOAD + "say({'answers': [{OUTPUT: 'perhaps'}]})",
    "answers no mapping": LOAD + "say({'answers': ['yes']})",
    "says that it failed": LOAD + "say({'error': 'MessageObservedException'})",
    "prints garbage": LOAD + "sys.stdout.buffer.write(b'x' * 100); sys.stdout.flush()",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_whatever_the_worker_does_the_answer_is_the_safe_one(wrong: str, tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    output = network().outputs[0][0]
    script.write_text(wrong.replace("OUTPUT", repr(output)), "utf-8")
    worker = (sys.executable, str(script))
    with Kernel(loading=1.0, answering=1.0, worker=worker) as broken:
        found = made_assessment(CASE, POLICY, broken)
        assert found.engine.state == "failed"
        assert found.engine.needs_review
        alone = made_assessment(CASE, POLICY)
        assert canonical_assessment(found) == canonical_assessment(alone)
        with pytest.raises(KernelError):
            broken.chain(network(), sessions())
        assert broken.pid is None


@pytest.mark.parametrize("lie", ["yes", None])
def test_where_the_two_differ_the_more_severe_stands(lie: str | None, tmp_path: Path) -> None:
    """A worker that says yes to everything, and one that says no to everything."""
    script = tmp_path / "worker.py"
    said: dict[str, Any] = {name: lie for name, _ in network().outputs if lie}
    answer = f"say({{'answers': [{said!r} for _ in question['sessions']]}})\n"
    loop = "while True:\n    question = next_question()\n    if 'load' in question:\n        say({'loaded': 1})\n    else:\n        " + answer  # noqa: E501  # fmt: skip
    script.write_text(SPEAK + "say({'loaded': 1})\n" + loop, "utf-8")
    alone = made_assessment(CASE, POLICY)
    with Kernel(worker=(sys.executable, str(script))) as lying:
        found = made_assessment(CASE, POLICY, lying)
    assert found.engine.state == "differed" and found.engine.needs_review
    rules = {one.rule for one in alone.alerts}
    if lie is None:
        assert canonical_assessment(found) == canonical_assessment(alone)
    else:
        assert {one.rule for one in found.alerts} > rules
    assert set(found.engine.rules) <= {rule.id for rule in POLICY.safety.escalates}


def test_without_a_worker_the_evaluator_says_so() -> None:
    found = made_assessment(CASE, POLICY)
    assert found.engine == Engine("not run", "there is no worker for the rules engine")
    assert not found.engine.needs_review


def test_nothing_that_names_a_person_is_handed_over() -> None:
    said = str(network().as_data())
    for word in ("disclosure", "ann", "feed", "form", "2026"):
        assert word not in said
