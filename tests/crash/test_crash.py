"""A short run of `make crash`: some kills at every step, on each database, and each promise taken
out of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crash.found import Found
from crash.receiver import FAILURES
from crash.run import DATABASES, NOTHING
from crash.sabotage import SABOTAGE
from crash.steps import STEPS
from records import postgresql

TESTS = Path(__file__).parents[1]
IN_SHORT = [
    (database, taken_out)
    for database in DATABASES
    for taken_out in SABOTAGE
    if database == "sqlite" or taken_out == "single transaction of an event"
]
"""The others take the time of a whole run each; `make crash` has them."""


def crash(database: str, without: str) -> str:
    """What the program prints where all is as it should be."""
    if database == "postgresql" and postgresql.programs() is None:
        pytest.skip("PostgreSQL is not here: sudo apt-get install postgresql")
    command = [sys.executable, "-m", "crash.run", "--kills", "1"]
    # A few people at least go the whole way, and come to every step.
    # In a process of its own: it forks, which pytest with its threads must not.
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [*command, "--database", database, "--without", without],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("database", DATABASES)
def test_nothing_is_lost_wherever_a_process_is_killed(database: str) -> None:
    printed = crash(database, NOTHING)
    for nothing in Found().wrong:
        assert f"  {nothing}: 0\n" in printed
    for step in STEPS:
        assert f"  {step.name}\n" in printed
        assert f"    0  {step.name}\n" not in printed


@pytest.mark.parametrize(("database", "taken_out"), IN_SHORT)
def test_a_promise_that_is_taken_out_is_missed(database: str, taken_out: str) -> None:
    assert "the fault was found" in crash(database, taken_out)


class TestWhatWasFound:
    """What decides whether a run is as it should be."""

    @pytest.mark.parametrize("name", Found().wrong)
    def test_one_thing_that_is_wrong_makes_a_run_fail(self, name: str) -> None:
        found = Found()
        assert found.is_whole
        found.wrong[name].append("person-1")
        assert not found.is_whole
        assert "    person-1" in found.lines()

    def test_a_dead_letter_is_printed_and_is_no_loss(self) -> None:
        found = Found(given_up=["task-1: 422"])
        assert found.is_whole
        assert "    task-1: 422" in found.lines()

    def test_a_step_or_a_failure_that_never_came_is_named(self) -> None:
        steps, ways = [one.name for one in STEPS], [f"the receiver {one}" for one in FAILURES]
        assert Found().never == [*steps, *ways, "two workers at once"]

    def test_runs_are_added_up(self) -> None:
        found = Found(people=2, slowest=1.5, duplicates=["a"])
        found.add(Found(people=3, slowest=0.5, duplicates=["b"]))
        assert (found.people, found.slowest, found.duplicates) == (5, 1.5, ["a", "b"])
