"""What stops a command: its problems in the words that are printed, and the exit codes."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

import typer

from peer_match.directories.reading import Problem
from peer_match.fhir.read_bundle import NO_RESOURCE
from peer_match.fhir.read_notes import Note

FAULT_CODE = 3  # the first that says nothing of the content
BY_A_SIGNAL = 128  # to which shells add the number of the signal that ended a process


class Exit(IntEnum):
    """What a command says by its exit code."""

    DONE = 0
    PROBLEMS = 1
    UNUSABLE = 2
    FAULT = FAULT_CODE
    INTERRUPTED = BY_A_SIGNAL + signal.SIGINT


EXIT_CODES = (
    "Exit codes: 0 done; 1 the content has problems; 2 the input cannot be used, and nothing was "
    "written; 3 a fault of the program itself; 130 interrupted; 141 nobody reads the output."
)


def stop(said: Iterable[str]) -> NoReturn:
    """Print what is wrong, and end: nothing was done."""
    for line in said:
        typer.echo(line, err=True)
    raise typer.Exit(Exit.UNUSABLE)


@dataclass
class Faults:
    """What is wrong with the files of one command, in the words that are printed."""

    said: list[str] = field(default_factory=list[str])

    def file(self, path: Path, message: str, help: str) -> None:
        """A problem of a file as a whole."""
        self.said.append(f"{path}: {message}\n  help: {help}")

    def problem(self, path: Path, problem: Problem) -> None:
        """A problem of a directory, an annotation file or a roster."""
        place = f"{path}"
        if problem.line is not None:
            place += f":{problem.line}:{problem.column or 1}"
        if problem.path:
            place += f": {problem.path}"
        self.said.append(f"{place}: {problem.message}\n  help: {problem.help}")

    def note(self, path: Path, note: Note) -> None:
        """A note of FHIR resources that leaves nothing to decide on."""
        inside = note.where.removeprefix(path.name)
        # A place in the file's text begins with the name of the file.
        named = inside != note.where and inside[:1] in ("", ":")
        place = f"{path}{inside}" if named else f"{path}: {note.where}"
        self.said.append(f"{place}: {note.message}\n  help: {note.fix}")

    def record(self, path: Path, note: Note) -> None:
        """A note of what was given as a person's record, which may be no FHIR resource at all."""
        if note.where == NO_RESOURCE:
            help = f"{note.fix}; directories of groups are given with --groups"
            self.file(path, note.message, help)
        else:
            self.note(path, note)

    def unreadable(self, path: Path, problem: OSError) -> None:
        """A file that the system would not give."""
        self.file(path, reason(problem), "check the name and its permissions")

    def unwritable(self, path: Path, problem: OSError) -> None:
        """A file that the system would not take."""
        self.file(path, reason(problem), "name a file that can be written")

    def stop_if_any(self) -> None:
        """End the command if anything is wrong."""
        if self.said:
            stop(self.said)


def reason(problem: OSError) -> str:
    """The system's words for what went wrong: `no such file or directory`."""
    return (problem.strerror or str(problem) or "the system gives no reason").lower()
