"""One run of kills against one database and one receiver.

A few people at a time go the whole way: they tell of a danger, nobody answers until the deadlines
have fired again and again, and in the end somebody acknowledges, on the page or at the receiver. On
the way processes are killed at each step, while another worker goes on. The clock of the program is
ours: it is set forward, and nobody waits.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from crash import acts
from crash.acts import Place
from crash.checks import check, doubled, expected, turns
from crash.found import Found
from crash.processes import Ending, ended, is_running, start
from crash.receiver import HANGS, Receiver
from crash.steps import ANYWHERE, Step, arm, of_path
from peer_match.decide.kernel import Kernel
from peer_match.records.store import open_store

BEGINS = datetime(2026, 3, 1, 9, tzinfo=UTC)
A_STEP = timedelta(minutes=11)
"""A little more than the time of each step of the pathway for acute risk."""
SOON = 5.0  # seconds on the wall within which a deadline fires once a worker is live
PEOPLE_AT_ONCE = 2
"""One whose escalations are acknowledged on the page, one who is answered for at the receiver."""
BOTH = 0.25  # the share of kills of a worker at which the other one is to be killed as well
ATTEMPTS = 4  # to kill at a step: one that is to die can find that others have done its work
MOST_ROUNDS = 60
MOST_PEOPLE = 4 * PEOPLE_AT_ONCE  # on whose way what did not come about so far is sought

Killed = Callable[[str], None]


class Lane:
    """A run. `killed` is told the step of each kill. `seeks` is what a run is to find in a program
    with something taken out, a name of `Found.wrong`: it ends once that is found."""

    def __init__(
        self, place: Place, receiver: Receiver, seed: int, killed: Killed, seeks: str | None = None
    ) -> None:
        self.place, self.receiver, self.killed, self.seeks = place, receiver, killed, seeks
        self.found, self.random = Found(), random.Random(seed)
        self.now = BEGINS
        self.people: list[str] = []

    def run(self, kills: int) -> Found:
        """So many kills at least, one at every step, and two workers at once; then look at what is
        left.

        What did not come about on the way of `MOST_PEOPLE` is left to whoever reads the numbers: it
        is printed with none, and the run has failed.
        """
        wanted = expected(self.place, self.now)
        while not self._has_found() and (
            self.found.kills.total() < kills
            or (len(self.people) < MOST_PEOPLE and self._has_left_something_out())
        ):
            self._a_few_people()
        if not self._has_found():
            self._send_the_rest()
            time.sleep(2 * HANGS)  # what the receiver is still slow about
        held, failures = self.receiver.held()
        self.found.failures.update(failures)
        self.found.people = len(self.people)
        check(self.place, wanted, self.people, held, self.found)
        self._read_problems()
        return self.found

    # -- the way of a few people ----------------------------------------------------------------

    def _a_few_people(self) -> None:
        people = [f"person-{len(self.people) + number}" for number in range(PEOPLE_AT_ONCE)]
        self.people += people
        for person in people:
            self._tell(person)
        steps = [*of_path("worker")]
        self.random.shuffle(steps)
        for step in steps:
            if self._has_found():
                return
            if any(map(self._is_waited_for, people)):
                self._work(step)
        for number, person in enumerate(people):
            if number % 2:
                self._answer(person)
            else:
                self._acknowledge(person)

    def _tell(self, person: str) -> None:
        """Whoever tells is killed at each step, looks whether the event is there, and tells it
        again only where it is not. A worker goes on meanwhile."""
        self._let_pass(timedelta(minutes=1))
        told = self.now
        other = self._start(partial(acts.work, self.place, "steady", self.now))
        for step in of_path("event"):
            if not self._is_told(person):
                tell = acts.tell_the_engine if step.owner is Kernel else acts.tell
                self._die(step, partial(tell, self.place, person, told, self.now))
        while not self._is_told(person):
            ended(self._start(partial(acts.tell, self.place, person, told, self.now)))
        ended(other)

    def _work(self, step: Step) -> None:
        """Two workers at once, of which one is to die at a step, and now and then both."""
        for _ in range(ATTEMPTS):
            seconds = self.random.randrange(20, 150)
            is_about_time = step.name.startswith("deadline") or step is ANYWHERE
            self._let_pass(A_STEP if is_about_time else timedelta(seconds=seconds))
            also = self.random.choice(of_path("worker")) if self.random.random() < BOTH else None
            one = self._start(partial(acts.work, self.place, "doomed", self.now), step)
            steady = partial(acts.work, self.place, "steady", self.now)
            other = self._start(steady, also)
            if also is None:
                self._see_deadlines_fire(other)
            was_killed = self._count(step, ended(one))
            ending = ended(other)
            if also is not None:
                self._count(also, ending)
                other = self._start(steady)
                self._see_deadlines_fire(other)
                ended(other)
            if was_killed:
                return

    def _answer(self, person: str) -> None:
        """Somebody accepts the tasks at the receiver, and workers that read it are killed: first
        alone, then while another one reads the same."""
        steps = [*of_path("answer"), *of_path("answer")]
        for _ in range(MOST_ROUNDS):
            if not self._is_waited_for(person):
                return
            self.receiver.accept(person)
            self._let_pass(timedelta(minutes=3))
            doomed = partial(acts.work, self.place, "doomed", self.now)
            steady = partial(acts.work, self.place, "steady", self.now)
            is_alone = len(steps) > len(of_path("answer"))
            other = None if is_alone else self._start(steady)
            if not steps:
                ended(self._start(doomed))
            elif self._count(steps[0], ended(self._start(doomed, steps[0]))):
                steps.pop(0)
            if other is not None:
                ended(other)
        self.found.acknowledgements_lost.append(f"{person}: accepted and still waited for")

    def _acknowledge(self, person: str) -> None:
        """Whoever acknowledges is killed before the commit, and after it. A worker is about to call
        the next person meanwhile."""
        before, within, taken_back, committed = of_path("acknowledgement")
        self._let_pass(A_STEP)

        def act() -> None:
            acts.acknowledge(self.place, person, self.now)  # looked up when it runs: it is wrapped

        other = self._start(partial(acts.work, self.place, "steady", self.now))
        for step in (before, within, taken_back, before, within, taken_back, committed):
            self._die(step, act)
        ended(other)
        if self._is_waited_for(person):
            self.found.acknowledgements_lost.append(f"{person}: acknowledged and still waited for")

    def _send_the_rest(self) -> None:
        """Two workers until nothing is left to be sent."""
        for _ in range(MOST_ROUNDS):
            with open_store(self.place.url) as store, store.reading() as reader:
                if not reader.status(self.now).outbox_waiting:
                    return
            self._let_pass(timedelta(minutes=12))
            both = [
                self._start(partial(acts.work, self.place, name, self.now, 2))
                for name in ("steady", "other")
            ]
            for one in both:
                ended(one)

    # -- killing ---------------------------------------------------------------------------------

    def _start(self, do: Callable[[], None], step: Step | None = None) -> int:
        occurrence, moment = self.random.choice((1, 1, 1, 2)), self.random.uniform(0, 0.4)
        if step is not None and not step.name.startswith("delivery"):
            occurrence = 1

        def armed() -> None:
            if step is not None:
                arm(step, occurrence, moment)
            do()

        return start(armed, self.place.note)

    def _die(self, step: Step, do: Callable[[], None]) -> None:
        self._count(step, ended(self._start(do, step)))

    def _count(self, step: Step, ending: Ending) -> bool:
        if ending.was_killed:
            self.found.kills[step.name] += 1
            self.killed(step.name)
        return ending.was_killed

    def _let_pass(self, time: timedelta) -> None:
        self.now += time

    # -- looking ---------------------------------------------------------------------------------

    def _see_deadlines_fire(self, live: int) -> None:
        """While a worker is live, no deadline stays unfired for long.

        By the clock on the wall: ours stands still while a worker works, so it cannot show how long
        the worker took. A round that ends and leaves a deadline is late whatever it took, since
        the clock on the wall would not set it right.
        """
        began, is_live = time.monotonic(), True
        with open_store(self.place.url) as store:
            while True:
                is_live = is_running(live)
                with store.reading() as reader:
                    status = reader.status(self.now)
                waited = time.monotonic() - began
                if status.oldest_overdue_seconds is None:
                    break
                if waited > SOON or not is_live:
                    late = "still unfired when its round was over" if not is_live else "unfired"
                    self.found.overdue.append(f"{self.now}: {late} after {waited:.1f} s")
                    break
                time.sleep(0.02)
        if status.without_deadline:
            number = status.without_deadline
            self.found.escalations_lost.append(f"{self.now}: {number} without a deadline")
        self.found.slowest = max(self.found.slowest, waited)

    def _has_found(self) -> bool:
        """Whether what was sought is found, as far as that can be seen on the way."""
        if self.seeks is None:
            return False
        self.found.duplicates = doubled(self.receiver.held()[0])
        return bool(self.found.wrong[self.seeks])

    def _has_left_something_out(self) -> bool:
        """Whether nobody was killed at some step, or two workers never were at work at once."""
        with open_store(self.place.url) as store, store.reading() as reader:
            return bool(self.found.untouched) or not turns(reader)

    def _is_told(self, person: str) -> bool:
        with open_store(self.place.url) as store, store.reading() as reader:
            return bool(reader.history(person).events)

    def _is_waited_for(self, person: str) -> bool:
        with open_store(self.place.url) as store, store.reading() as reader:
            return bool(reader.escalations(("open",), person))

    def _read_problems(self) -> None:
        path = Path(self.place.problems)
        said = Counter(path.read_text("utf-8").splitlines() if path.exists() else ())
        self.found.problems = said
        self.found.faults += [one for one in said if "fault" in one]
