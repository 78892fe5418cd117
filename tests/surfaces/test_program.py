"""`peer-match` as a process: encodings, pipes, terminals, interruptions and how it ends."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from peer_match.surfaces.faults import EXIT_CODES, Exit

from .command_line import GROUPS, PATIENT, PROGRAM, Inputs, whole_inputs

NAME = "Željko Ńiño 王"


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    """Inputs with a name that few encodings have."""
    found = whole_inputs(tmp_path)
    record = orjson.loads(orjson.dumps(PATIENT))
    record["entry"][0]["resource"]["name"] = [{"text": NAME}]
    found.patient.write_bytes(orjson.dumps(record))
    found.groups.write_bytes(orjson.dumps([{**GROUPS[0], "name": "Café ☕"}, GROUPS[1]]))
    return found


def program(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    kept.pop("PYTHONIOENCODING", None)
    return subprocess.run(
        [PROGRAM, *arguments],
        env={**kept, "COLUMNS": "100", **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which `peer-match` is the program."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.defpath}"},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )


OPTIONS = (
    "--patient patient.json --intake intake.json --groups feed.json "
    "--annotations annotations.json --mentors roster.json --as-of 2026-06-01"
)

# -- encodings -----------------------------------------------------------------------------------

NOT_UTF_8 = {
    "latin-1": {"PYTHONIOENCODING": "latin-1:strict"},
    "ascii by the locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("environment", NOT_UTF_8.values(), ids=NOT_UTF_8)
def test_text_in_another_encoding_has_replaced_characters(
    inputs: Inputs, environment: dict[str, str]
) -> None:
    for command in (("suggest",), ("explain", "feed/harbour-lights")):
        done = program(*command, *inputs.arguments(), **environment)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"?" in done.stdout
        assert b"\xe7\x8e\x8b" not in done.stdout
    for command in (("rules", "show"), ("suggest", "--help")):
        done = program(*command, **environment)
        assert (done.returncode, done.stderr) == (0, b""), command


@pytest.mark.parametrize("environment", NOT_UTF_8.values(), ids=NOT_UTF_8)
def test_json_and_files_are_utf_8_whatever_the_terminal_is(
    inputs: Inputs, environment: dict[str, str]
) -> None:
    files = [inputs.written / "fhir.json", inputs.written / "report.html"]
    outputs = ("--fhir", files[0], "--html", files[1])
    printed: list[bytes] = []
    for one in ({}, environment):
        done = program("suggest", *inputs.arguments(), "--json", *outputs, **one)
        assert done.returncode == 0
        printed.append(done.stdout + b"".join(path.read_bytes() for path in files))
    assert printed[0] == printed[1]
    assert NAME in printed[0].decode()


def test_a_problem_with_a_name_that_the_encoding_lacks(tmp_path: Path) -> None:
    done = program("directory", "read", tmp_path / "Жук.json", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no such file or directory" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    done = program("demo", "--out", folder, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert orjson.loads(done.stdout)["report"] == f"{tmp_path}/?/report.html"


# -- pipes ---------------------------------------------------------------------------------------


def test_a_reader_that_stops_is_no_fault(tmp_path: Path) -> None:
    done = shell("peer-match rules show | head -1; echo ${PIPESTATUS[0]}", tmp_path)
    first, code = done.stdout.splitlines()
    assert first.startswith("A group with ")
    assert (code in ("0", "141"), done.stderr) == (True, "")  # it may all be in the pipe by then


@pytest.mark.parametrize(
    "command", ["--help", "rules schema", f"suggest {OPTIONS}", f"suggest {OPTIONS} --json"]
)
def test_a_reader_that_is_gone_is_no_fault(inputs: Inputs, command: str) -> None:
    done = shell(f"peer-match {command} | true; echo ${{PIPESTATUS[0]}}", inputs.folder)
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_files_are_whole_though_nobody_reads_what_is_printed(inputs: Inputs) -> None:
    line = f"peer-match suggest {OPTIONS} --html out/report.html 2>&1 | true"
    assert shell(line, inputs.folder).stderr == ""
    assert [path.name for path in inputs.written.iterdir()] == ["report.html"]
    assert (inputs.written / "report.html").read_text("utf-8").rstrip().endswith("</html>")


@pytest.mark.parametrize("command", [f"suggest {OPTIONS}", f"suggest {OPTIONS} --json", "--help"])
def test_an_output_that_is_full(inputs: Inputs, command: str) -> None:
    done = shell(f"peer-match {command} > /dev/full", inputs.folder)
    assert (done.returncode, done.stderr) == (2, "the output: no space left on device\n")


@pytest.mark.parametrize("command", [f"suggest {OPTIONS}", f"suggest {OPTIONS} --json"])
def test_an_output_that_is_closed(inputs: Inputs, command: str) -> None:
    done = shell(f"peer-match {command} >&-", inputs.folder)
    assert (done.returncode, done.stderr) == (0, "")
    done = shell(f"peer-match {command} --patient nobody.json 2>&-", inputs.folder)
    assert (done.returncode, done.stdout) == (2, "")


# -- how it ends ---------------------------------------------------------------------------------


def test_an_interruption(inputs: Inputs) -> None:
    inputs.groups.unlink()
    os.mkfifo(inputs.groups)
    # A shell lets what it starts in the background ignore interruptions, and so these tests.
    command = ["env", "--default-signal=INT", PROGRAM, "suggest", *inputs.arguments(),
               "--html", inputs.written / "report.html"]  # fmt: skip
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        inputs.groups.open("wb"),  # done as soon as the program reads
    ):
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (130, b"", b"")
    assert not inputs.written.exists()


def test_a_fault_of_the_program_looks_like_nothing_else(tmp_path: Path) -> None:
    """Not like an answer, and not like something wrong with the content."""
    script = (
        "from peer_match.surfaces import program\n"
        "def fault():\n"
        "    raise OverflowError('broken')\n"
        "raise SystemExit(program.exit_code(fault))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"OverflowError: broken" in done.stderr
    assert b"this is a fault of peer-match itself" in done.stderr


def test_every_exit_code_is_documented() -> None:
    errors = (Path(__file__).parents[2] / "docs" / "errors.md").read_text("utf-8")
    for code in (*(one.value for one in Exit), 141):
        assert f"| {code} | " in errors
        assert re.search(rf"\b{code} ", EXIT_CODES)


# -- terminals -----------------------------------------------------------------------------------

ESCAPE = b"\x1b["


def on_a_terminal(inputs: Inputs, *arguments: str | Path, which: str) -> tuple[bytes, bytes]:
    """What is said on a terminal, which is the output or the error output, and on the other."""
    ours, theirs = pty.openpty()
    deciding = ("NO_COLOR", "FORCE_COLOR", "CI", "GITHUB_ACTIONS")
    kept = {name: value for name, value in os.environ.items() if name not in deciding}
    process = subprocess.Popen(
        [PROGRAM, *arguments],
        env={**kept, "TERM": "xterm-256color"},
        cwd=inputs.folder,
        stdout=theirs if which == "stdout" else subprocess.PIPE,
        stderr=theirs if which == "stderr" else subprocess.PIPE,
    )
    os.close(theirs)
    said = b""
    try:
        while data := os.read(ours, 10_000):
            said += data
    except OSError:  # how the end of a terminal looks
        pass
    os.close(ours)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0
    return said, error if which == "stdout" else out


def test_colours_and_progress_are_for_terminals_alone(inputs: Inputs) -> None:
    done = program("suggest", *inputs.arguments())
    assert ESCAPE not in done.stdout
    assert done.stderr == b""
    coloured, error = on_a_terminal(inputs, "suggest", *inputs.arguments(), which="stdout")
    assert ESCAPE in coloured
    assert error == b""


@pytest.mark.parametrize(
    ("command", "progress"),
    [
        (("suggest",), b"Reading"),
        (("explain", "feed/harbour-lights"), b"Reading"),
        (("rules", "test"), b"Running the examples"),
        (("rules", "check"), b"Reading the rules"),
        (("directory", "read", "feed.json"), b"Reading feed.json"),
        (("demo", "--out", "out"), b"Deciding"),
    ],
    ids=" ".join(["suggest", "explain", "test", "check", "read", "demo"]).split(),
)
def test_long_work_shows_that_it_goes_on(
    inputs: Inputs, command: tuple[str, ...], progress: bytes
) -> None:
    arguments = inputs.arguments() if command[0] in ("suggest", "explain") else []
    shown, out = on_a_terminal(inputs, *command, *arguments, which="stderr")
    assert progress in shown
    assert out
    assert ESCAPE not in out
    assert progress not in out
