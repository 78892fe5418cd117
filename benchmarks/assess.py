"""Assessing many people: `python -m benchmarks.assess --people 1000 --people 100000`.

Three things are timed for each person, in turn, in one process:

- reading the history from JSON with pydantic, which is the floor: nobody can be assessed for less;
- assessing with the evaluator alone;
- assessing both ways, with durable-rules beside, for the first of them (`BOTH_WAYS`): that is what
  production does when something new is told.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass, field

from rich.progress import track

from benchmarks.histories import AS_OF, histories
from peer_match.decide.assess import assess
from peer_match.decide.kernel import Kernel
from peer_match.facts.event import History
from peer_match.policy.load import load_policy

BOTH_WAYS = 1000


@dataclass
class Times:
    """Seconds in all, and how many people took them."""

    seconds: float = 0.0
    people: int = 0
    severities: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def milliseconds(self) -> float:
        """For one person."""
        return 1000 * self.seconds / max(self.people, 1)


def run(people: int) -> str:
    """The table of one number of people."""
    policy = load_policy()
    reading, alone, both = Times(), Times(), Times()
    with Kernel() as kernel:
        for history in track(histories(policy, people), description="Assessing", total=people):
            text = history.model_dump_json()
            began = time.perf_counter()
            told = History.model_validate_json(text)
            read = time.perf_counter()
            found = assess(policy, told, as_of=AS_OF)
            done = time.perf_counter()
            reading.seconds += read - began
            alone.seconds += done - read
            reading.people += 1
            alone.people += 1
            severity = found.severity or "none"
            alone.severities[severity] = alone.severities.get(severity, 0) + 1
            if both.people < BOTH_WAYS:
                found = assess(policy, told, as_of=AS_OF, kernel=kernel)
                both.seconds += time.perf_counter() - done
                both.people += 1
                if found.engine.state != "agreed":
                    raise AssertionError(f"{told.subject}: the engine {found.engine.state}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = [f"{people:,} people, {len(policy.safety.escalates)} rules of safety"]
    for name, one in (("reading (floor)", reading), ("evaluator alone", alone),
                      (f"both ways, the first {both.people:,}", both)):  # fmt: skip
        ratio = one.milliseconds / reading.milliseconds
        lines.append(f"  {name:28} {one.milliseconds:8.2f} ms a person  {ratio:6.1f} x the floor")
    lines.append(f"  severities: {alone.severities}")
    lines.append(f"  memory at most: {most:,} MB")
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.assess", description=__doc__)
    parser.add_argument("--people", type=int, action="append")
    for people in parser.parse_args().people or [1000, 100_000]:
        print(run(people), flush=True)


if __name__ == "__main__":
    main()
