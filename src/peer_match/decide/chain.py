"""Forward chaining in durable-rules, in a process of its own: the only import of the library.

The library consumes events, loses timers, swallows exceptions and can crash the process it runs in
(see `docs/decisions/008-durable-rules-behind-a-worker.md`). So: facts only, one type a field, whole
numbers; no joins, no negation, no timers; a fresh session for each evaluation; no identifier of a
person; few rules a ruleset; and a worker whose death costs nothing but its answer.

Steps, for one session:
1. Level by level, one snapshot fact holds what the leaves say and what lower levels answered.
2. Each node is one rule (`all`) or one for each part (`any`), for its sure and its possible answer.
3. What fired becomes part of the snapshot of the next level.
"""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from durable.engine import Host  # pyright: ignore[reportMissingTypeStubs]

from peer_match.decide.frames import HEADER, packed, unpacked

# Rules a ruleset: above 64 that one message can meet, the library fires nothing.
MOST_RULES = 50
# Fields of one fact: with some 250 of them the library refuses it.
MOST_FIELDS = 150
SESSION = "one"
"""The one session id: with more than 1,024 of them the library runs out of memory."""
OPEN = "open"
SNAPSHOT = "snapshot"

Rules = dict[str, Any]
Condition = dict[str, Any]


class EngineError(Exception):
    """The library did something that it must not: the answer of the session is worth nothing."""


class _Library(Protocol):
    """What is used of the library, which has no types of its own."""

    def set_rulesets(self, ruleset_definitions: dict[str, Rules]) -> None: ...
    def assert_fact(self, ruleset_name: str, fact: dict[str, Any]) -> object: ...
    def get_state(self, ruleset_name: str, sid: str) -> dict[str, Any]: ...
    def delete_state(self, ruleset_name: str, sid: str) -> None: ...


class IsolatedHost(Host):
    """A host without the threads that dispatch in the background and fire timers."""

    def _run(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Level:
    """The nodes of a level, and the names of the rulesets that answer for them."""

    nodes: tuple[int, ...]
    rulesets: tuple[str, ...]


class Chain:
    """A network loaded into the library. Raises EngineError where the library refuses it."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.counts: list[int | None] = data["counts"]
        self.outputs: list[tuple[str, Any]] = data["outputs"]
        self.fired: set[str] = set()
        self.host = cast("_Library", IsolatedHost())
        self.levels: list[_Level] = []
        self.fields: dict[str, frozenset[str]] = {}
        nodes: list[Any] = data["nodes"]
        for level in sorted({one[1] for one in nodes}):
            here = [one for one in nodes if one[1] == level]
            names: list[str] = []
            for rules, fields in _sharded(rule for one in here for rule in self._rules_of(one)):
                name = f"level{level}-{len(names)}"
                names.append(name)
                self.fields[name] = fields
                self._load(name, rules)
            self.levels.append(_Level(tuple(one[0] for one in here), tuple(names)))

    def _load(self, name: str, rules: Rules) -> None:
        rules[OPEN] = {"all": [{"m": {"kind": OPEN}}], "run": _do_nothing}
        try:
            # The library takes `run` out of what it is given.
            self.host.set_rulesets({name: copy.copy(rules)})
        except Exception as problem:
            raise EngineError(f"a ruleset was refused ({type(problem).__name__})") from None

    def _rules_of(self, node: Any) -> Iterator[tuple[str, Rules, frozenset[str]]]:
        number, _, needs_all, parts = node
        for answer in ("y", "p"):
            tests = [self._test(part, surely=answer == "y") for part in parts]
            name = f"n{number}{answer}"
            if needs_all:
                yield name, self._rule(name, tests), _fields(tests)
            else:
                for place, test in enumerate(tests):
                    yield f"{name}#{place}", self._rule(name, [test]), _fields([test])

    def _rule(self, name: str, tests: list[Condition]) -> Rules:
        pattern = {"$and": [{"kind": SNAPSHOT}, *tests]}
        return {"all": [{"m": pattern}], "run": self._fire(name)}

    def _fire(self, name: str) -> Callable[[Any], None]:
        def run(_: Any) -> None:
            self.fired.add(name)

        return run

    def _test(self, part: Any, *, surely: bool) -> Condition:
        """What a part must be for the sure, or the possible, answer of its node."""
        kind: str
        number: int
        negated: bool
        kind, number, negated = part
        if kind == "node":
            # The opposite is sure where the thing itself is not even possible.
            answer = "y" if surely != negated else "p"
            return {f"n{number}{answer}": 0 if negated else 1}
        count: int | None = self.counts[number]
        if count is None:
            if negated:
                return {"$lte": {f"l{number}": 0 if surely else 1}}
            return {"$gte": {f"l{number}": 2 if surely else 1}}
        end = "l" if surely != negated else "h"
        return {"$lt" if negated else "$gte": {f"l{number}{end}": count}}

    def answer(self, readings: list[tuple[int, int]]) -> dict[str, str]:
        """For each output, `yes` or `possible`; those that are surely not so are left out."""
        snapshot: dict[str, Any] = {}
        for number, (low, high) in enumerate(readings):
            if self.counts[number] is None:
                snapshot[f"l{number}"] = low
            else:
                snapshot[f"l{number}l"], snapshot[f"l{number}h"] = low, high
        for level in self.levels:
            self.fired = set()
            for name in level.rulesets:
                self._session(name, snapshot)
            for node in level.nodes:
                for answer in ("y", "p"):
                    snapshot[f"n{node}{answer}"] = int(f"n{node}{answer}" in self.fired)
        found: dict[str, str] = {}
        for output, part in self.outputs:
            if self._holds(part, snapshot, surely=True):
                found[output] = "yes"
            elif self._holds(part, snapshot, surely=False):
                found[output] = "possible"
        return found

    def _session(self, name: str, snapshot: dict[str, Any]) -> None:
        """One snapshot in one ruleset, from the opening to the end of its session."""
        # A state that never fired crashes the process when it is deleted.
        self._assert(name, {"id": "f0", "sid": SESSION, "kind": OPEN})
        read = {field: snapshot[field] for field in sorted(self.fields[name])}
        self._assert(name, {"id": "f1", "sid": SESSION, "kind": SNAPSHOT, **read})
        state = self.host.get_state(name, SESSION)
        self.host.delete_state(name, SESSION)
        if "exception" in state:
            raise EngineError("an action failed")

    def _assert(self, name: str, fact: dict[str, Any]) -> None:
        try:
            self.host.assert_fact(name, fact)
        except Exception as problem:
            # No match is no fault; anything else is. Its text holds the fact, so it stays here.
            if type(problem).__name__ != "MessageNotHandledException":
                raise EngineError(type(problem).__name__) from None

    def _holds(self, part: Any, snapshot: dict[str, Any], *, surely: bool) -> bool:
        [(name, wanted)] = self._test(part, surely=surely).items()
        if name.startswith("$"):
            [(field, limit)] = cast("dict[str, int]", wanted).items()
            value = snapshot[field]
            return {"$lte": value <= limit, "$gte": value >= limit, "$lt": value < limit}[name]
        return snapshot[name] == wanted


def _fields(tests: list[Condition]) -> frozenset[str]:
    """The fields of the snapshot that some tests read."""
    found: set[str] = set()
    for test in tests:
        [(name, wanted)] = test.items()
        found.add(next(iter(cast("dict[str, int]", wanted))) if name.startswith("$") else name)
    return frozenset(found)


def _sharded(
    rules: Iterator[tuple[str, Rules, frozenset[str]]],
) -> Iterator[tuple[Rules, frozenset[str]]]:
    """Rulesets that are small enough, each with the fields that it reads."""
    shard: Rules = {}
    fields: frozenset[str] = frozenset()
    for name, rule, read in rules:
        if shard and (len(shard) >= MOST_RULES or len(fields | read) > MOST_FIELDS):
            yield shard, fields
            shard, fields = {}, frozenset()
        shard[name], fields = rule, fields | read
    if shard:
        yield shard, fields


def _do_nothing(_: Any) -> None:
    pass


# -- the worker ------------------------------------------------------------------------------------


def _next(requests: BinaryIO) -> Any:
    """The next request, None at the end."""
    header = requests.read(HEADER.size)
    if not header:
        return None
    length, checksum = HEADER.unpack(header)
    return unpacked(requests.read(length), checksum)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more.

    A request is `{"load": digest, "network": …}` or `{"run": digest, "sessions": [readings, …]}`.
    """
    chains: dict[str, Chain] = {}
    while (request := _next(requests)) is not None:
        answer: dict[str, Any]
        try:
            if "load" in request:
                chains[request["load"]] = Chain(request["network"])
                answer = {"loaded": request["load"]}
            else:
                chain = chains[request["run"]]
                answer = {"answers": [chain.answer(one) for one in request["sessions"]]}
        except EngineError as problem:
            answer = {"error": str(problem)}
        answers.write(packed(answer))
        answers.flush()


def main() -> None:
    """Serve on the process's own input and output, which nothing else may write to."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
