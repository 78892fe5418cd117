"""What a command writes: beside nothing it reads, for its owner alone, all of it or nothing."""

import os
import resource
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from peer_match import sample
from peer_match.surfaces.cli import app
from peer_match.surfaces.files import write_all

from .command_line import Inputs, whole_inputs

EVERY_FILE = ("patient", "intake", "groups", "annotations", "mentors")
OUTPUTS = ("--fhir", "--html")


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def peer_match(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def tree(folder: Path) -> dict[Path, bytes | None]:
    """Every file and folder, with what it holds."""
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


def refused(inputs: Inputs, *outputs: str | Path, said: str) -> None:
    """`suggest` with these outputs ends before it does anything, and says why."""
    before = tree(inputs.folder)
    result = peer_match("suggest", *inputs.arguments(), *outputs)
    assert (result.exit_code, result.stdout) == (2, ""), result
    assert said in result.stderr
    assert "\n  help: " in result.stderr
    assert tree(inputs.folder) == before


# -- named like an input -------------------------------------------------------------------------


def same_name(path: Path) -> Path:
    return path


def relative(path: Path) -> Path:
    return Path(os.path.relpath(path))


def roundabout(path: Path) -> Path:
    (path.parent / "sub").mkdir()
    return path.parent / "sub" / ".." / path.name


def through_a_linked_folder(path: Path) -> Path:
    link = path.parent.parent / f"{path.parent.name}-link"
    link.symlink_to(path.parent)
    return link / path.name


def hard_link(path: Path) -> Path:
    other = path.with_name("other.json")
    other.hardlink_to(path)
    return other


def symbolic_link(path: Path) -> Path:
    other = path.with_name("other.json")
    other.symlink_to(path)
    return other


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("which", EVERY_FILE)
def test_an_output_named_like_an_input(inputs: Inputs, which: str, output: str) -> None:
    path: Path = getattr(inputs, which)
    refused(inputs, output, path, said=f"{path}: it would replace {path}, which is read")


@pytest.mark.parametrize(
    "road", [relative, roundabout, through_a_linked_folder, hard_link, symbolic_link]
)
def test_an_output_that_is_an_input_by_another_road(
    inputs: Inputs, road: Callable[[Path], Path]
) -> None:
    output = road(inputs.patient)
    said = "a symbolic link" if road is symbolic_link else f"replace {inputs.patient}, which is"
    refused(inputs, "--html", output, said=f"{output}: ")
    refused(inputs, "--html", output, said=said)


def test_an_input_that_is_a_link_to_the_output(inputs: Inputs) -> None:
    real = inputs.folder / "real.json"
    inputs.patient.rename(real)
    inputs.patient.symlink_to(real)
    refused(inputs, "--html", real, said=f"{real}: it would replace {inputs.patient}")


def test_an_output_among_the_rules(inputs: Inputs) -> None:
    rules = inputs.folder / "rules"
    rules.mkdir()
    for output in (rules / "pack.yaml", rules / "sub" / "new.html", relative(rules / "a.html")):
        refused(inputs, "--rules", rules, "--html", output, said=f"it would change {rules}")


# -- named like another output -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fhir", "html"),
    [("out", "out"), ("sub/out", "sub/../sub/out"), ("new/out", "new/OUT"), ("out", "./out")],
)
def test_two_outputs_of_one_name(inputs: Inputs, fhir: str, html: str) -> None:
    outputs = ("--fhir", inputs.folder / fhir, "--html", f"{inputs.folder}/{html}")
    refused(inputs, *outputs, said="another output has this name")


def test_two_outputs_that_are_one_file_already(inputs: Inputs) -> None:
    one, other = inputs.folder / "one", inputs.folder / "other"
    one.write_text("before", "utf-8")
    other.hardlink_to(one)
    refused(inputs, "--fhir", one, "--html", other, said=f"{other}: another output")


# -- where nothing can be written ----------------------------------------------------------------


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_folder, "is a directory"),
        (a_pipe, "not an ordinary file"),
        (a_link_to_nowhere, "a symbolic link, which is not written through"),
    ],
)
def test_a_place_that_is_taken(
    inputs: Inputs, output: str, make: Callable[[Path], None], said: str
) -> None:
    place = inputs.folder / "place"
    make(place)
    mode = place.lstat().st_mode
    other = next(one for one in OUTPUTS if one != output)
    arguments = (output, place, other, inputs.folder / "fine")
    before = list(tree(inputs.folder))
    result = peer_match("suggest", *inputs.arguments(), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{place}: {said}" in result.stderr
    assert list(tree(inputs.folder)) == before
    assert place.lstat().st_mode == mode


def test_a_folder_that_cannot_be_made(inputs: Inputs) -> None:
    output = inputs.patient / "sub" / "report.html"
    refused(inputs, "--html", output, said=f"{output}: not a directory")


def test_a_folder_that_is_a_link_to_nowhere(inputs: Inputs) -> None:
    (inputs.folder / "link").symlink_to(inputs.folder / "nowhere")
    output = inputs.folder / "link" / "report.html"
    refused(inputs, "--html", output, said=f"{output}: not a directory")


def test_a_name_that_is_too_long(inputs: Inputs) -> None:
    refused(inputs, "--html", inputs.folder / ("long" * 100), said="file name too long")


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_what_may_not_be_written(
    inputs: Inputs, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever may do everything is denied nothing, so the system's answer is given here.
    output = inputs.folder / "out" / "report.html"
    output.parent.mkdir()
    output.write_text("before", "utf-8")
    denied = output if closed == "file" else output.parent
    real = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: not (mode & os.W_OK and Path(path) == denied) and real(path, mode),
    )
    refused(inputs, "--html", output, said=f"{output}: permission denied")


def test_every_problem_of_the_outputs_and_the_moment_at_once(inputs: Inputs) -> None:
    outputs = ("--fhir", inputs.patient, "--html", inputs.folder)
    result = peer_match("suggest", *inputs.arguments(as_of="soon"), *outputs)
    assert result.exit_code == 2
    for said in ("`soon` is not a moment", "it would replace", "is a directory"):
        assert said in result.stderr


def test_nothing_is_read_before_the_outputs_are_checked(inputs: Inputs) -> None:
    inputs.patient.write_bytes(b"broken")
    refused(inputs, "--html", inputs.groups, said="it would replace")
    result = peer_match("suggest", *inputs.arguments(), "--html", inputs.groups)
    assert "this is not JSON" not in result.stderr


# -- what is written -----------------------------------------------------------------------------


@contextmanager
def open_to_all() -> Generator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*") if one.is_file()}


def test_only_the_owner_may_read_what_suggest_writes(inputs: Inputs) -> None:
    inputs.written.mkdir()
    outputs = ("--fhir", inputs.written / "fhir.json", "--html", inputs.written / "report.html")
    (inputs.written / "report.html").write_text("before", "utf-8")
    (inputs.written / "report.html").chmod(0o666)
    with open_to_all():
        assert peer_match("suggest", *inputs.arguments(), *outputs).exit_code == 0
    assert modes(inputs.written) == {0o600}
    assert len(list(inputs.written.iterdir())) == 2
    assert "Harbour Lights" in (inputs.written / "report.html").read_text("utf-8")


def test_only_the_owner_may_read_what_directory_read_writes(inputs: Inputs) -> None:
    out = inputs.written / "groups.json"
    with open_to_all():
        assert peer_match("directory", "read", inputs.groups, "--out", out).exit_code == 0
    assert modes(inputs.written) == {0o600}


def test_what_directory_read_may_not_write(inputs: Inputs) -> None:
    before = inputs.groups.read_bytes()
    result = peer_match("directory", "read", inputs.groups, "--out", inputs.groups)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "it would replace" in result.stderr
    assert inputs.groups.read_bytes() == before
    result = peer_match("directory", "read", inputs.groups, "--out", inputs.folder)
    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_what_rules_new_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("", "utf-8")
    (tmp_path / "plan").write_text("a file where a folder is needed", "utf-8")
    result = peer_match("rules", "new", "plan", "too-loud", "--rules", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'plan'}: " in result.stderr
    assert "\n  help: " in result.stderr


def test_demo_does_not_write_over_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [tmp_path / "fhir" / path.name for path in sample.patients()]
    (tmp_path / "fhir").mkdir()
    for path, original in zip(people, sample.patients(), strict=True):
        path.write_bytes(original.read_bytes())
    before = tree(tmp_path)
    monkeypatch.setattr(sample, "patients", lambda: tuple(people))
    result = peer_match("demo", "--out", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("it would replace") == len(people)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("taken", ["report.html", "fhir/aisha-grant.json"])
def test_demo_writes_nothing_where_one_file_cannot_be(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir(parents=True)
    before = tree(tmp_path)
    result = peer_match("demo", "--out", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / taken}: is a directory" in result.stderr
    assert tree(tmp_path) == before


# -- all or nothing ------------------------------------------------------------------------------


@contextmanager
def room_for(size: int) -> Generator[None]:
    """No file may grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_nothing_is_written_where_the_last_does_not_fit(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "new" / "other"
    one.write_text("before", "utf-8")
    with room_for(1000), pytest.raises(OSError) as raised:
        write_all({one: b"a" * 10, other: b"b" * 10_000})
    assert raised.value.filename == str(other)
    assert tree(tmp_path) == {one: b"before", other.parent: None}


def test_the_command_says_which_file_did_not_fit(inputs: Inputs) -> None:
    paths = [inputs.written / "fhir.json", inputs.written / "report.html"]
    outputs = ("--fhir", paths[0], "--html", paths[1])
    assert peer_match("suggest", *inputs.arguments(), *outputs).exit_code == 0
    smaller, larger = sorted(paths, key=lambda path: path.stat().st_size)
    room = larger.stat().st_size - 1
    for path in paths:
        path.write_text("before", "utf-8")
    with room_for(room):
        result = peer_match("suggest", *inputs.arguments(), *outputs)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{larger}: file too large" in result.stderr
    assert [path.read_text("utf-8") for path in (smaller, larger)] == ["before", "before"]
    assert len(list(inputs.written.iterdir())) == 2


def test_a_file_that_lies_in_the_way_of_the_temporary_one_is_left_alone(tmp_path: Path) -> None:
    beside = tmp_path / ".report.html.partly"
    beside.symlink_to(tmp_path / "precious")
    (tmp_path / "precious").write_text("precious", "utf-8")
    write_all({tmp_path / "report.html": b"new"})
    assert (tmp_path / "precious").read_text("utf-8") == "precious"
    assert (tmp_path / "report.html").read_bytes() == b"new"


@pytest.mark.parametrize("option", ["--fhir", "--html"])
def test_only_the_last_folder_of_an_output_is_made(inputs: Inputs, option: str) -> None:
    far = inputs.folder / "nowhere" / "deep" / "output"
    done = peer_match("suggest", *inputs.arguments(), option, far)
    assert (done.exit_code, done.stdout, done.stderr) == (
        2,
        "",
        f"{far}: no such folder: {far.parent.parent}\n  help: make it, or name one that exists\n",
    )
    assert not far.parent.parent.exists()
    near = inputs.folder / "new" / "output"
    assert peer_match("suggest", *inputs.arguments(), option, near).exit_code == 0
    assert near.is_file()


def test_the_groups_of_a_directory_go_to_no_far_folder_either(inputs: Inputs) -> None:
    far = inputs.folder / "nowhere" / "deep" / "groups.json"
    done = peer_match("directory", "read", inputs.groups, "--out", far)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{far}: no such folder: {far.parent.parent}\n")
    assert not far.parent.parent.exists()


def test_an_output_in_the_folder_at_hand_needs_no_other(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inputs.folder)
    for name in ("report.html", "new/report.html"):
        assert peer_match("suggest", *inputs.arguments(), "--html", name).exit_code == 0
        assert (inputs.folder / name).is_file()
