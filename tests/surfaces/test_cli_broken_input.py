"""Broken input to `peer-match suggest`: exit code 2, what is wrong and where, nothing written.

Every case runs the program as a process of its own, in little memory.
"""

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from peer_match.surfaces.cli import app

from .command_line import ANNOTATIONS, GROUPS, INTAKE, PATIENT, Done, Inputs, whole_inputs

# Bytes of address space. A whole run takes less than 250 MB; 200 MB more would not fit.
LITTLE_MEMORY = 400_000_000
LARGE_FILE = 200_000_000  # bytes


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


def refused(inputs: Inputs, done: Done, *said: str) -> None:
    """The run stopped before it did anything, and said all of this."""
    assert done.code == 2, done
    assert done.out == ""
    assert "Traceback" not in done.err
    assert not inputs.written.exists()
    for text in said:
        assert text in done.err
    # Apart from what typer says of options, every problem comes with a way to put it right.
    assert done.err.count("\n  help: ") == done.err.count(str(inputs.folder))


def changed(content: Any, **more: Any) -> bytes:
    return orjson.dumps({**content, **more})


def with_resource(resource: dict[str, Any]) -> bytes:
    record = copy.deepcopy(PATIENT)
    about = {"subject": {"reference": "Patient/p1"}}
    record["entry"].append({"resource": {**about, **resource}})
    return orjson.dumps(record)


def test_whole_inputs_are_matched_in_little_memory(inputs: Inputs) -> None:
    """What every other test here breaks."""
    done = inputs.suggest(memory=LITTLE_MEMORY)
    assert (done.code, done.err) == (0, "")
    eligible = orjson.loads(done.out)["groups"]["eligible"]
    assert [one["target"] for one in eligible] == ["feed/harbour-lights"]
    assert sorted(path.name for path in inputs.written.iterdir()) == ["fhir.json", "report.html"]


WHOLE_PATIENT = orjson.dumps(PATIENT, option=orjson.OPT_INDENT_2)

BROKEN: dict[str, tuple[str, bytes, list[str]]] = {
    "a truncated record": (
        "patient",
        WHOLE_PATIENT[: len(WHOLE_PATIENT) // 2],
        ["patient.json:11:6", "the JSON ends too early"],
    ),
    "an empty record": ("patient", b"", ["patient.json:1:1", "the file is empty"]),
    "an STU3 record": (
        "patient",
        with_resource({"resourceType": "Condition", "clinicalStatus": "active"}),
        ["Bundle.entry[1].resource.clinicalStatus", "FHIR STU3", "only FHIR R4 (4.0.1) is read"],
    ),
    "an R5 record": (
        "patient",
        with_resource({"resourceType": "MedicationRequest", "medication": {"concept": {}}}),
        ["Bundle.entry[1].resource.medication", "FHIR R5", "only FHIR R4 (4.0.1) is read"],
    ),
    "NaN in a record": (
        "patient",
        WHOLE_PATIENT.replace(b'"1984-02-03"', b"NaN"),
        ["patient.json:17:22", "NaN and Infinity are not numbers in JSON"],
    ),
    "a record of nobody": (
        "patient",
        b'{"resourceType": "Task"}',
        ["patient.json: Task: a resource of type Task is no record of a person\n  help: "],
    ),
    "a directory for a record": (
        "patient",
        b'{"peer_match_groups": 1, "groups": []}',
        [
            "patient.json: it has no `resourceType`, so it is no FHIR record of a person\n"
            "  help: send a Bundle with one Patient and what is known about them; directories of "
            "groups are given with --groups\n"
        ],
    ),
    "a feed for a record": (
        "patient",
        orjson.dumps(GROUPS),
        [
            "patient.json: this is no FHIR resource\n  help: send a Bundle with one Patient; "
            "directories of groups are given with --groups\n"
        ],
    ),
    "a truncated directory": ("groups", orjson.dumps(GROUPS)[:-30], ["feed.json:1:", "not valid"]),
    "an empty directory": ("groups", b"", ["feed.json:1:1", "it is empty"]),
    "NaN in a directory": (
        "groups",
        orjson.dumps(GROUPS).replace(b"33.7455", b"NaN"),
        ["feed.json:1:", "NaN and Infinity as numbers are the usual causes"],
    ),
    "a web page for a directory": ("groups", b"<!doctype html>", ["feed.json:1:1", "not valid"]),
    "no directory at all": ("groups", b'{"a": 1}', ["the format of the directory is unclear"]),
    "answers of somebody else": (
        "intake",
        changed(INTAKE, subject={"reference": "Patient/p2"}),
        ["QuestionnaireResponse.subject", "the answers are about somebody else"],
    ),
    "answers that are not complete": (
        "intake",
        changed(INTAKE, status="in-progress"),
        ["QuestionnaireResponse.status", "in-progress"],
    ),
    "truncated answers": ("intake", orjson.dumps(INTAKE)[:-9], ["intake.json:1:", "too early"]),
    "a record for answers": ("intake", WHOLE_PATIENT, ["expected a QuestionnaireResponse"]),
    "an unknown time zone": (
        "annotations",
        orjson.dumps(ANNOTATIONS).replace(b"America/Los_Angeles", b"America/Los_Angles"),
        ["annotations.json: feeds[0].zone", "America/Los_Angles"],
    ),
    "an unknown fellowship": (
        "annotations",
        orjson.dumps(ANNOTATIONS).replace(b'"aa"', b'"a a"'),
        ["annotations.json: feeds[0].fellowship", "`a a` is not in the vocabulary `fellowship`"],
    ),
    "annotations without a source": (
        "annotations",
        orjson.dumps(ANNOTATIONS).replace(b'"source"', b'"sauce"'),
        ["feeds[0].source: it is missing", "feeds[0].sauce: it has no place here"],
    ),
    "truncated annotations": (
        "annotations",
        orjson.dumps(ANNOTATIONS)[:-2],
        ["annotations.json:1:", "not valid JSON"],
    ),
    "annotations of another version": (
        "annotations",
        changed(ANNOTATIONS, peer_match_annotations=2),
        ["annotations.json: peer_match_annotations", "version 1"],
    ),
    "a roster of another kind": ("mentors", b"{}", ["roster.json: peer_match_mentors"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_content(inputs: Inputs, name: str) -> None:
    which, content, said = BROKEN[name]
    path: Path = getattr(inputs, which)
    path.write_bytes(content)
    refused(inputs, inputs.suggest(memory=LITTLE_MEMORY), str(path), *said)


EVERY_FILE = ("patient", "intake", "groups", "annotations", "mentors")


@pytest.mark.parametrize("which", EVERY_FILE)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "no such file or directory"),
        (lambda path: (path.unlink(), path.mkdir()), "is a directory"),
        (lambda path: (path.unlink(), path.symlink_to(path)), "too many levels of symbolic links"),
        (lambda path: (path.unlink(), path.symlink_to(path / "x")), "too many levels"),
    ],
    ids=["missing", "a folder", "a link to itself", "a link around"],
)
def test_a_file_that_is_not_there(
    inputs: Inputs, which: str, spoil: Callable[[Path], object], said: str
) -> None:
    path: Path = getattr(inputs, which)
    spoil(path)
    # In the same words for every file, and with the same way to put it right.
    help = "check the name and its permissions"
    if which == "patient" and path.is_dir():
        said, help = "a bulk export holds many people", "say whose with `--person ID`"
    refused(inputs, inputs.suggest(memory=LITTLE_MEMORY), f"{path}: {said}", f"\n  help: {help}\n")


@pytest.mark.parametrize("which", EVERY_FILE)
def test_a_file_that_may_not_be_read(
    inputs: Inputs, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever may do everything is denied nothing, so the system's answer is given here.
    path: Path = getattr(inputs, which)
    real = os.access
    monkeypatch.setattr(os, "access", lambda one, mode: Path(one) != path and real(one, mode))
    arguments = [str(one) for one in ("suggest", *inputs.arguments())]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{path}: permission denied\n  help: ")


@pytest.mark.parametrize("which", EVERY_FILE)
def test_a_file_of_200_megabytes_takes_no_memory(inputs: Inputs, which: str) -> None:
    path: Path = getattr(inputs, which)
    with path.open("wb") as file:
        file.truncate(LARGE_FILE)  # a hole, which takes no room on the disk
    refused(inputs, inputs.suggest(memory=LITTLE_MEMORY), str(path), "bytes")


@pytest.mark.parametrize("which", EVERY_FILE)
def test_a_file_without_an_end_is_not_read_to_it(inputs: Inputs, which: str) -> None:
    path: Path = getattr(inputs, which)
    path.unlink()
    path.symlink_to("/dev/zero")
    refused(inputs, inputs.suggest(memory=LITTLE_MEMORY), str(path), "bytes")


@pytest.mark.parametrize(
    ("which", "content", "place"),
    [
        ("patient", WHOLE_PATIENT[: len(WHOLE_PATIENT) // 2], ":11:6: the JSON ends"),
        ("patient", b"", ":1:1: the file is empty"),
        ("intake", orjson.dumps(INTAKE)[:-9], ":1:"),
    ],
)
def test_a_file_is_named_once(inputs: Inputs, which: str, content: bytes, place: str) -> None:
    path: Path = getattr(inputs, which)
    path.write_bytes(content)
    done = inputs.suggest()
    assert done.err.startswith(f"{path}{place}")
    assert done.err.count(path.name) == 1


@pytest.mark.parametrize(
    ("as_of", "why"),
    [
        ("2026-06-01T09:00:00", "its offset is missing"),
        ("2026-02-29", "there is no such day"),
        ("2026-02-29T09:00:00Z", "there is no such day"),
        ("2026-13-01", "there is no such day"),
        ("2026-06-01T25:00:00Z", "there is no such time of day"),
        ("2026-06-01T09:00:00-8", None),
        ("tomorrow", None),
    ],
)
def test_a_moment_that_is_none_and_why(inputs: Inputs, as_of: str, why: str | None) -> None:
    said = f"`{as_of}` is not a moment such as 2026-03-01 or 2026-03-01T09:00:00-08:00"
    assert inputs.suggest(as_of=as_of).err == f"{said}\n" if why is None else f"{said}: {why}\n"


@pytest.mark.parametrize(
    "as_of", ["tomorrow", "2026-13-01", "2026-06-01T09:00:00", "01.06.2026", ""]
)
def test_a_moment_that_is_none(inputs: Inputs, as_of: str) -> None:
    refused(inputs, inputs.suggest(as_of=as_of), f"`{as_of}` is not a moment such as 2026-03-01")


@pytest.mark.parametrize(
    "as_of",
    [
        "9999-12-31",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59+14:00",
        "9998-06-01",
        "9001-01-01",
        "0001-01-01",
        "0001-01-01T00:00+14:00",
        "0001-01-01T00:00:00-12:00",
        "1972-12-31T23:59:59Z",
    ],
)
def test_a_moment_at_the_end_of_the_calendar(inputs: Inputs, as_of: str) -> None:
    refused(
        inputs, inputs.suggest(as_of=as_of), f"`{as_of}` is not between the years 1973 and 9000"
    )


@pytest.mark.parametrize("as_of", ["9000-12-31T23:59:59-12:00", "9000-12-31"])
def test_the_last_moment_that_can_be_decided_at(inputs: Inputs, as_of: str) -> None:
    done = inputs.suggest(as_of=as_of)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("as_of", ["1973-01-01T00:00:00+14:00", "1973-01-01"])
def test_a_moment_before_the_rules_take_effect(inputs: Inputs, as_of: str) -> None:
    refused(inputs, inputs.suggest(as_of=as_of), "the rules take effect on ")


def test_a_recipient_that_is_none(inputs: Inputs) -> None:
    done = inputs.suggest("--recipient", "clinican")
    refused(inputs, done, "`clinican` is not a recipient", "clinician")


def test_a_folder_of_rules_that_is_not_there(inputs: Inputs, tmp_path: Path) -> None:
    done = inputs.suggest("--rules", tmp_path / "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "nowhere" in done.err
    assert "Traceback" not in done.err
    assert not inputs.written.exists()


def test_every_problem_of_every_file_at_once(inputs: Inputs) -> None:
    inputs.patient.write_bytes(b"")
    inputs.groups.write_bytes(b"[")
    inputs.annotations.unlink()
    inputs.mentors.write_bytes(b"{}")
    done = inputs.suggest("--recipient", "nobody")
    files = (inputs.patient, inputs.groups, inputs.annotations, inputs.mentors)
    refused(inputs, done, "`nobody` is not a recipient", *map(str, files))


def test_an_output_that_cannot_be_written(inputs: Inputs) -> None:
    inputs.written.write_text("a file where a folder is needed", "utf-8")
    done = inputs.suggest()
    assert (done.code, done.out) == (2, "")
    assert str(inputs.written / "fhir.json") in done.err
    assert "Traceback" not in done.err
    assert inputs.written.read_text("utf-8") == "a file where a folder is needed"


def test_an_answer_that_cannot_be_read_is_told_to_whoever_may_see_it(inputs: Inputs) -> None:
    answers = copy.deepcopy(INTAKE)
    answers["item"].append({"linkId": "patient.birth_date", "answer": [{"valueString": "May"}]})
    inputs.intake.write_bytes(orjson.dumps(answers))
    done = inputs.suggest()
    assert done.code == 0
    assert "warning: unreadable: " in done.err
    assert "`patient.birth_date` is a date" in done.err
    done = inputs.suggest("--recipient", "payer")
    assert (done.code, done.err) == (0, "")


# -- rows that are refused -----------------------------------------------------------------------

NOT_GROUPS = [
    {"id": f"feed/{n}", "name": "x", "meetings": [{"day": "Mon"}], "languages": ["english"]}
    for n in range(4)
]


def test_a_directory_without_one_usable_row(inputs: Inputs) -> None:
    inputs.groups.write_bytes(orjson.dumps({"peer_match_groups": 1, "groups": NOT_GROUPS}))
    refused(
        inputs,
        inputs.suggest(),
        f"{inputs.groups}: none of its 4 rows can be used as a group, so nothing was decided\n",
        "\n  row 1 (`feed/0`): group-not-valid: `meetings`: expected a fact, such as ",
        "\n  row 1 (`feed/0`): group-not-valid: `languages`: expected a fact, such as ",
        "\n  … and 3 more\n  help: ",
    )


def test_rows_that_are_refused_beside_others_are_told_and_noted(inputs: Inputs) -> None:
    inputs.groups.write_bytes(orjson.dumps([*GROUPS, {"name": "No slug"}, 7]))
    done = inputs.suggest()
    assert done.code == 0
    assert done.err.splitlines() == [
        f"warning: {inputs.groups}: 2 of 4 rows were refused, and no group of theirs was looked "
        f"at; `peer-match directory read {inputs.groups}` shows all",
        "  row 3: id-missing: the listing has no slug or id, so nothing could refer to it again",
        "  row 4: not-a-record: the row is not a JSON object, so it holds no listing",
    ]
    assert (
        "feed: 2 of 4 rows could not be read, and no group of theirs was looked at: "
        "id-missing 1, not-a-record 1"
    ) in orjson.loads(done.out)["notes"]


def test_an_empty_directory_is_called_empty(inputs: Inputs) -> None:
    inputs.groups.write_bytes(orjson.dumps({"peer_match_groups": 1, "groups": []}))
    inputs.annotations.write_bytes(changed(ANNOTATIONS, feeds=[]))
    done = inputs.suggest()
    said = "the directory is empty: it has no rows"
    assert (done.code, done.err) == (0, f"warning: {inputs.groups}: {said}\n")
    assert f"feed: {said}" in orjson.loads(done.out)["notes"]


def test_a_row_that_is_listed_twice_is_no_loss(inputs: Inputs) -> None:
    inputs.groups.write_bytes(orjson.dumps([*GROUPS, {**GROUPS[0], "slug": "harbour-lights-2"}]))
    done = inputs.suggest()
    assert (done.code, done.err) == (0, "")


def test_a_feed_without_a_fellowship_is_told_once_with_the_remedy(inputs: Inputs) -> None:
    feed = {key: one for key, one in ANNOTATIONS["feeds"][0].items() if key != "fellowship"}
    inputs.annotations.write_bytes(changed(ANNOTATIONS, feeds=[feed]))
    done = inputs.suggest()
    assert (done.code, done.err) == (
        0,
        f"warning: {inputs.groups}: what 2 of its 2 groups are for is unknown, as no "
        "fellowship is given: name it in `feeds` of --annotations, or read the feed with "
        "`peer-match directory read --fellowship`\n",
    )


def test_a_group_whose_purpose_is_annotated_is_not_among_them(inputs: Inputs) -> None:
    feed = {key: one for key, one in ANNOTATIONS["feeds"][0].items() if key != "fellowship"}
    said = {
        "group": "feed/second-wind",
        "source": "a call",
        "date": "2026-05-01",
        "facts": {"purposes": ["own-substance-use"]},
    }
    inputs.annotations.write_bytes(changed(ANNOTATIONS, feeds=[feed], groups=[said]))
    assert ": what 1 of its 2 groups are for is unknown, " in inputs.suggest().err
