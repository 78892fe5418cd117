"""`peer-match` run inside the tests, for what it prints in ordinary use."""

import re
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app


def peer_match(*arguments: str | Path) -> Result:
    """Runs the program in this process, on a terminal of 100 columns without colours."""
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"})
    return runner.invoke(app, [str(one) for one in arguments])


def done(*arguments: str | Path) -> str:
    """What a command printed that ended well."""
    result = peer_match(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def in_json(*arguments: str | Path) -> Any:
    return orjson.loads(done(*arguments, "--json"))


def words(text: str) -> str:
    """Printed text without frames and line breaks."""
    return " ".join(re.sub(r"[─│╭╮╰╯]", " ", text).split())
