"""`peer-match` as a process: its streams, its signals, and the exit codes of a run cut short."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, cast

from peer_match.surfaces.faults import Exit, reason


def run() -> NoReturn:
    """Run the command line and end the process."""
    prepare_streams()
    # Whoever reads the output may stop, as `head` does. The process then ends as other filters
    # end, by the signal; every file is in place before anything is printed.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(exit_code(_app))


def _app() -> None:
    # Here, so that an interruption while the libraries are loaded is an interruption as well.
    from peer_match.surfaces.cli import app  # noqa: PLC0415

    app()


def prepare_streams() -> None:
    """Let text that an encoding lacks be replaced: a name must not stop a decision."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the process
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    # The error output never fails: Python writes what it cannot encode as an escape.
    cast("TextIOWrapper", sys.stdout).reconfigure(errors="replace")


def exit_code(command: Callable[[], None]) -> int:
    """Run a command and say how it ended.

    A fault of the program has a code of its own: 1 and 2 say something of the content.
    """
    try:
        code = _code_of(command)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OSError as problem:
        _leave_output()
        sys.stderr.write(f"{problem.filename or 'the output'}: {reason(problem)}\n")
        return Exit.UNUSABLE
    except Exception:
        _leave_output()
        traceback.print_exc()
        sys.stderr.write(
            "this is a fault of peer-match itself, and nothing follows from it for anybody; "
            "please report it with the lines above\n"
        )
        return Exit.FAULT


def _code_of(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    return Exit.DONE


def _leave_output() -> None:
    """Give up what could not be printed, or Python would try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
