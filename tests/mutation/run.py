"""Mutation testing of `decide/`: are the tests able to find a fault in any of its functions?

Steps:
1. Collect the tests once, and run each once: which functions it reaches, and how long it takes.
2. For each mutant fork a process, plant it there, and run the tests that reach it, first those
   that found most in its module for their time; stop at the first that fails.
3. A mutant that some test fails for, that crashes or that never ends is killed. The score is the
   share of killed ones, and must not be below `LEAST_PERCENT`.

    python -m mutation.run [module …]
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from .mutants import Mutant, mutants, owners
from .planting import live, plant, users, watch

ROOT = Path(__file__).parents[2]
ROOM = "peer_match.decide"
EXPLAINED = ROOT / "docs" / "mutation.md"
SURVIVORS = ROOT / "build" / "mutation" / "survivors.txt"
LEAST_PERCENT = 90
# It stops at the first case that differs, most often at once, and sees most of what is decided.
COMPARISON = "test_the_engine_decides_a_fixed_sample_as_the_specification_says"
QUICK = 0.02
LAST = 3
SECONDS_TO_SPARE = 5  # of computing time; who needs more than this above five times the usual loops
MOST_SECONDS = 2  # of computing time for one mutant; one that is still not found then has survived
MOST_BYTES = 8 << 30
# The planted faults and the laws need seconds each and find nothing that these do not.
SUITE = (
    *("tests/decide", "--ignore=tests/decide/test_planted_faults.py"),
    "--ignore=tests/decide/test_laws.py",
    *(str(one) for one in sorted((ROOT / "tests" / "policy").glob("test_meaning_*.py"))),
    *("-m", "not corpus", "-k", "not makes_up_a_twentieth and not decides_as_the_specification"),
    *("-q", "-s", "--assert=plain", "--tb=no", "-p", "no:cacheprovider", "-o", "timeout=0"),
)

Reached = set[tuple[str, str]]


@dataclass
class Test:
    """A collected test: what it reaches, its computing time in seconds, and what it has found."""

    item: pytest.Item
    reached: Reached
    seconds: float
    tried: Counter[str] = field(default_factory=Counter[str])
    found: Counter[str] = field(default_factory=Counter[str])

    def names(self, constant: str) -> bool:
        """Whether its file names a constant: it may look at nothing else."""
        return (
            constant.isupper() and re.search(rf"\b{constant}\b", _text(self.item.path)) is not None
        )

    def place(self, module: str) -> tuple[int, float]:
        """The comparison comes first where it finds most mutants of a module, else after the quick
        tests; and the others last. Of one kind first those that found most for their time."""
        promise = (1 + self.found[module]) / (1 + self.tried[module]) / (0.001 + self.seconds)
        if self.item.name == COMPARISON:
            return (0 if 2 * self.found[module] >= self.tried[module] else 2), 0
        return (1 if self.seconds < QUICK else LAST), -promise


class Mutating:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, names: Iterable[str]) -> None:
        folder = ROOT / "src" / Path(*ROOM.split("."))
        every = sorted(one.stem for one in folder.glob("*.py") if one.stem != "__init__")
        self.names = sorted(names) or every
        self.modules = {one: importlib.import_module(f"{ROOM}.{one}") for one in every}
        self.killed: Counter[str] = Counter()
        self.survived: dict[str, list[Mutant]] = defaultdict(list)
        self.running: dict[int, tuple[Mutant, int]] = {}

    def pytest_collection(self) -> None:
        """The same random cases for every mutant, and no search for the smallest."""
        hypothesis.settings.register_profile(
            "mutation",
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=25,
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        hypothesis.settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        started = time.monotonic()
        self.session = session
        self.tests = self._measured(session.items)
        for name in self.names:
            for mutant, tree in _mutants_of(self.modules[name], name):
                self._try(mutant, tree)
        while self.running:
            self._reap()
        self._report(time.monotonic() - started)
        return True

    def _measured(self, items: Iterable[pytest.Item]) -> list[Test]:
        reached: Reached = set()
        originals = [
            (function, function.__code__)
            for module in self.modules.values()
            for function in _functions(module)
        ]
        for module in self.modules.values():
            watch(module, _tree(module), reached)
        found: list[Test] = []
        for item in items:
            reached.clear()
            before = time.process_time()
            if self._fails(item):
                print(f"left out, for it fails without a mutant: {item.nodeid}")
                continue
            found.append(Test(item, set(reached), time.process_time() - before))
        for function, code in originals:
            function.__code__ = code
        return found

    def _fails(self, item: pytest.Item) -> bool:
        """What the session set up stays set up, so the session itself is the item that is next."""
        reports = runtestprotocol(item, log=False, nextitem=self.session)  # pyright: ignore[reportArgumentType]
        return any(one.failed for one in reports)

    def _try(self, mutant: Mutant, tree: ast.Module) -> None:
        wanted = self._reach(mutant)
        numbers = [
            at
            for at, test in enumerate(self.tests)
            if test.reached & wanted or test.names(mutant.owner)
        ]
        numbers.sort(key=lambda at: self.tests[at].place(mutant.module))
        while len(self.running) >= (os.cpu_count() or 1):
            self._reap()
        answer, question = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(self._child(mutant, tree, numbers, question))
        os.close(question)
        self.running[child] = mutant, answer

    def _reach(self, mutant: Mutant) -> Reached:
        """What a test must reach to find the mutant: for a constant, a function that reads it."""
        try:
            live(self.modules[mutant.module], mutant.owner)
        except TypeError:
            return {
                (name, function)
                for name, module in self.modules.items()
                for function in users(module, _tree(module), mutant.owner)
            }
        return {(mutant.module, mutant.owner)}

    def _child(self, mutant: Mutant, tree: ast.Module, numbers: list[int], out: int) -> int:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        try:
            plant(self.modules[mutant.module], tree, mutant.owner)
            started = time.process_time()
            for at in numbers:
                before = time.process_time()
                is_late = self.tests[at].place(mutant.module)[0] == LAST
                if is_late and before - started > MOST_SECONDS:
                    break
                spare = SECONDS_TO_SPARE + 5 * self.tests[at].seconds
                signal.setitimer(signal.ITIMER_PROF, spare)
                failed = self._fails(self.tests[at].item)
                os.write(out, f"{at} ".encode())
                if failed:
                    return 1
        except BaseException:
            return 1
        return 0

    def _reap(self) -> None:
        child, status = os.wait()
        mutant, answer = self.running.pop(child)
        with os.fdopen(answer, "rb") as tried:
            every = [self.tests[int(at)] for at in tried.read().split()]
        for test in every:
            test.tried[mutant.module] += 1
        if status == 0:
            self.survived[mutant.module].append(mutant)
            print(f"{mutant.module}.py:{mutant.line}: {mutant}", flush=True)
            return
        self.killed[mutant.module] += 1
        for test in every[-1:]:
            test.found[mutant.module] += 1

    def _report(self, seconds: float) -> None:
        explained = EXPLAINED.read_text("utf-8") if EXPLAINED.exists() else ""
        lines = list(survivor_lines(self.survived, explained))
        SURVIVORS.parent.mkdir(parents=True, exist_ok=True)
        SURVIVORS.write_text("".join(f"{one}\n" for one in lines), "utf-8")
        survived = {name: len(found) for name, found in self.survived.items()}
        for line in (*lines, "", *table(self.names, self.killed, survived)):
            print(line)
        print(f"{len(self.tests)} tests, {seconds:.0f} seconds")
        killed, all = self.killed.total(), self.killed.total() + sum(survived.values())
        if killed * 100 < LEAST_PERCENT * all:
            pytest.exit(f"the score is below {LEAST_PERCENT} percent", returncode=1)


def survivor_lines(survived: dict[str, list[Mutant]], explained: str) -> Iterator[str]:
    """Each survivor, and whether the page on mutation testing says why."""
    for name in sorted(survived):
        for one in survived[name]:
            mark = "" if f"`{one}`" in explained else "  (not explained)"
            yield f"{name}.py:{one.line}: {one}{mark}"


def table(names: Iterable[str], killed: Counter[str], survived: dict[str, int]) -> Iterator[str]:
    """Killed, survived and score by file, and together."""
    rows = [(f"{name}.py", killed[name], survived.get(name, 0)) for name in names]
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    yield f"{'file':<16}{'killed':>8}{'survived':>10}{'score':>8}"
    for name, dead, alive in rows:
        if dead + alive:
            yield f"{name:<16}{dead:>8}{alive:>10}{dead * 1000 // (dead + alive) / 10:>7}%"


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _mutants_of(module: ModuleType, name: str) -> Iterator[tuple[Mutant, ast.Module]]:
    tree = _tree(module)
    for mutant in mutants(tree, name):
        yield mutant, tree


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for name, one in owners(_tree(module)):
        if isinstance(one, ast.FunctionDef):
            yield live(module, name)


if __name__ == "__main__":
    os.chdir(ROOT)
    os.environ.setdefault("PEER_MATCH_CASES", "100")
    sys.exit(pytest.main(list(SUITE), plugins=[Mutating(sys.argv[1:])]))
