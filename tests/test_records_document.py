"""docs/records-and-delivery.md: what it names is there, and its numbers are the program's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from peer_match.delivery.backend_services import Algorithm
from peer_match.delivery.capabilities import STATEMENT_AGE
from peer_match.delivery.rounds import CALLS_EVERY
from peer_match.delivery.worker import LOOKS_AGAIN, READS_BACK
from peer_match.records.outbox import LEASE, RETRIES
from peer_match.records.schema import metadata
from peer_match.records.status import TRIES
from peer_match.surfaces.cli import app
from peer_match.surfaces.health import LONGEST_OVERDUE, LONGEST_SILENCE

PAGE = (Path(__file__).parents[1] / "docs" / "records-and-delivery.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app)
NAMED = sorted(set(re.findall(r"peer-match ((?:[a-z]+ ?)+)", PAGE)))


def first_cells(title: str) -> list[str]:
    """The names in the first column of the first table below a heading."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| ", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def command(words: list[str]) -> Any:
    found: Any = COMMANDS
    for word in words:
        if not hasattr(found, "commands"):
            return found  # what follows is an argument
        found = found.commands.get(word)
        if found is None:
            return None
    return found


@pytest.mark.parametrize("named", NAMED)
def test_every_command_that_it_names_is_there(named: str) -> None:
    assert command(named.split()) is not None


def test_every_option_of_the_worker_is_in_its_table() -> None:
    worker = command(["worker"])
    there = {one for each in worker.params for one in each.opts} - {"--help"}
    assert set(first_cells("The worker")) == there


def test_every_option_that_it_names_is_there() -> None:
    every = {option for one in walk(COMMANDS) for each in one.params for option in each.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE)) <= every


def walk(one: Any) -> list[Any]:
    below = getattr(one, "commands", {}).values()
    return [one, *(each for child in below for each in walk(child))]


def test_the_tables_are_those_of_the_database() -> None:
    assert set(first_cells("Where records are")) == set(metadata.tables)


def test_its_numbers_are_those_of_the_program() -> None:
    said = " ".join(PAGE.split())
    for text in (
        f"every {READS_BACK.seconds} seconds what became of the tasks",
        f"looks at everybody again every {LOOKS_AGAIN.seconds // 60} minutes",
        f"looked at every {CALLS_EVERY:.0f} seconds beside that",
        f"leased to one for {LEASE.seconds // 60} minutes",
        f"overdue for more than {LONGEST_OVERDUE} seconds",
        f"no worker seen for {LONGEST_SILENCE.seconds // 60} minutes",
        f"tried again after {RETRIES.first.seconds} seconds",
        f"up to {RETRIES.longest.seconds // 60} minutes",
        f"After {RETRIES.attempts} attempts",
    ):
        assert text in said
    assert RETRIES.longest_wait == RETRIES.longest * 6 / 5
    assert TRIES == 3 and "could not be sent three times" in said
    assert STATEMENT_AGE.total_seconds() == 3600 and "believed for an hour" in said
    assert all(one in said for one in Algorithm.__args__)
