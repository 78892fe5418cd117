"""What came of killing: the kills, and what was lost, doubled, late or not sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from crash.receiver import FAILURES
from crash.steps import STEPS

_WORDS_AT_MOST = 5


def _none() -> list[str]:
    return []


@dataclass
class Found:
    """What came of some runs. Lists name what each is about.

    `escalations_lost` holds those that are not there, that nobody will be called for any more, and
    that made fewer calls than they should; `acknowledgements_lost` those that somebody was told to
    be kept, or that were called for afterwards; `left_standing` the calls that nobody needs to
    answer any more and that still stand at the receiver. `given_up` are dead letters, which a
    person sees.
    `turns` counts how often a worker wrote right after another. `problems` are what
    workers said of their rounds, which is no fault; `faults` are ours.
    """

    kills: Counter[str] = field(default_factory=Counter[str])
    people: int = 0
    at_the_receiver: int = 0
    calls: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    turns: int = 0
    slowest: float = 0.0
    problems: Counter[str] = field(default_factory=Counter[str])
    events_lost: list[str] = field(default_factory=_none)
    escalations_lost: list[str] = field(default_factory=_none)
    acknowledgements_lost: list[str] = field(default_factory=_none)
    left_standing: list[str] = field(default_factory=_none)
    duplicates: list[str] = field(default_factory=_none)
    overdue: list[str] = field(default_factory=_none)
    unsent: list[str] = field(default_factory=_none)
    given_up: list[str] = field(default_factory=_none)
    faults: list[str] = field(default_factory=_none)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What must be empty, in words."""
        return {
            "events lost": self.events_lost,
            "escalations lost": self.escalations_lost,
            "acknowledgements lost": self.acknowledgements_lost,
            "calls left standing at the receiver": self.left_standing,
            "duplicates at the receiver": self.duplicates,
            "deadlines unfired after 5 s": self.overdue,
            "never sent": self.unsent,
            "faults of the program": self.faults,
        }

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, doubled or forgotten."""
        return not any(self.wrong.values())

    @property
    def untouched(self) -> list[str]:
        """The steps at which nothing was killed."""
        return [one.name for one in STEPS if not self.kills[one.name]]

    @property
    def never(self) -> list[str]:
        """The steps at which nothing was killed, the ways in which the receiver never failed, and
        whether two workers never were at work at once."""
        ways = [f"the receiver {one}" for one in FAILURES if not self.failures[one]]
        return [*self.untouched, *ways, *([] if self.turns else ["two workers at once"])]

    def add(self, other: Found) -> None:
        """Take in what came of another run."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            both = max(mine, theirs) if one.name == "slowest" else mine + theirs
            setattr(self, one.name, both)

    def lines_of(self, name: str) -> Iterator[str]:
        """One of the things that must be empty."""
        found = self.wrong[name]
        yield f"  {name}: {len(found)}"
        yield from (f"    {one}" for one in found[:_WORDS_AT_MOST])

    def lines(self) -> Iterator[str]:
        """A table to read."""
        yield f"  {self.kills.total()} kills of processes, {self.people} people"
        yield from (f"    {self.kills[one.name]:5}  {one.name}" for one in STEPS)
        for name in self.wrong:
            yield from self.lines_of(name)
        yield f"  given up (dead letters, which a person sees): {len(self.given_up)}"
        yield from (f"    {one}" for one in self.given_up[:_WORDS_AT_MOST])
        yield f"  the slowest deadline fired {self.slowest:.1f} s after a worker was live"
        yield f"  {self.turns} times a worker wrote right after the other, in one round"
        yield f"  {self.calls} calls, {self.at_the_receiver} resources at the receiver"
        failed = ", ".join(f"{one} {self.failures[one]}" for one in FAILURES)
        yield f"  the receiver failed {self.failures.total()} times: {failed}"
        yield from (f"  a worker said {number} times: {one}"
                    for one, number in self.problems.most_common(_WORDS_AT_MOST))  # fmt: skip
