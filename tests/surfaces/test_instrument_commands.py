"""`peer-match instrument`: answers on the command line, and what they say."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["instrument", *map(str, arguments)])


def scored(*arguments: str | Path) -> dict[str, Any]:
    result = run("score", *arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return orjson.loads(result.stdout)


def test_every_instrument_is_listed_with_its_answers() -> None:
    listed = orjson.loads(run("list", "--json").stdout)
    assert [one["instrument"] for one in listed] == [
        "asq", "audit-c", "c-ssrs-screener", "c-ssrs-since-last-contact", "dast-10", "gad-7",
        "phq-2", "phq-9",
    ]  # fmt: skip
    text = run("list").stdout
    for one in listed:
        assert one["title"] in text
        for item in one["items"]:
            assert f"  {item['item']}: " in text
    assert (
        "c-ssrs-since-last-contact: C-SSRS screener, since the last contact; draft, so not used"
        in text
    )


def test_a_settled_score_with_its_source_and_rule() -> None:
    lines = run("score", "phq-2", "--answer", "interest=nearly-every-day", "--answer",
                "mood=several-days").stdout.splitlines()  # fmt: skip
    assert lines[:3] == [
        "PHQ-2, a first look for signs of depression (phq-2)",
        "Total 4 of 6: positive",
        "Because of interest: nearly-every-day, mood: several-days",
    ]
    assert lines[3].startswith("Source: phq2-cut (V): ")
    assert lines[4].startswith("Source: loinc-screens (V): ")
    assert lines[5:] == [
        "Rule: rules/instruments/phq-2.yaml, line 1",
        "Not clinically approved.",
        "A score alone tells nobody: whoever sees it must act on it.",
    ]


def test_what_is_open_is_a_range_that_says_how_to_take_it() -> None:
    text = run("score", "phq-9", "--answer", "self-harm=refused").stdout
    assert "Total 0 to 27 of 27: minimal to severe\nthoughts-of-self-harm: unknown\n" in text
    assert "Not answered by choice: self-harm\nStill open: interest, mood," in text
    assert "What is open is not known; take it as the more severe until it is." in text


def test_answers_of_a_file_and_the_sex_that_changes_a_cut(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    answers = {"frequency": "two-to-three-times-a-week", "drinks-on-a-typical-day": "one-or-two",
               "six-or-more": "never"}  # fmt: skip
    file.write_bytes(orjson.dumps(answers))
    known = scored("audit-c", "--answers", file, "--sex", "male")
    unknown = scored("audit-c", "--answers", file)
    assert known["total"] == unknown["total"] == {"least": 3, "most": 3}
    assert (known["band"]["most"], unknown["band"]["most"]) == ("negative", "positive")
    assert known["signed"] is False
    assert known["settled"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("phq9",), ["`phq9` is no instrument of the pack; did you mean `phq-9` or `phq-2`?"]),
        (("c-ssrs-since-last-contact",),
         ["`c-ssrs-since-last-contact` is a draft rule, so nothing is scored with it"]),
        (("phq-2", "--as-of", "2020-01-01"),
         ["`phq-2` is not in force on that day, so nothing is scored with it"]),
        (("phq-2", "--answer", "mood", "--answer", "=x", "--as-of", "soon"),
         ["`soon` is not a day; write for example 2026-03-01",
          "`mood` is not ITEM=ANSWER, such as mood=several-days",
          "`=x` is not ITEM=ANSWER, such as mood=several-days"]),
        (("phq-2", "--answer", "mood=several-days", "--answer", "mood=refused"),
         ["`mood` is answered more than once"]),
        (("phq-2", "--answer", "mood=\x1b[31m", "--answer", "sleep=never"),
         ["`\ufffd[31m` is no answer to `mood`: not-at-all, several-days, "
          "more-than-half-the-days, nearly-every-day, refused",
          "`phq-2` has no item `sleep`: interest, mood"]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_at_once(arguments: tuple[str, ...], said: list[str]) -> None:
    result = run("score", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"mood": ', "this is not JSON"),
        (b"[]", "expected items with their answers"),
        (b'{"mood": 2}', "the answer to `mood` is no text"),
    ],
)
def test_a_file_of_answers_that_is_none(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "answers.json"
    file.write_bytes(content)
    result = run("score", "phq-2", "--answers", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(file) in result.stderr
    assert said in result.stderr
    missing = run("score", "phq-2", "--answers", tmp_path / "none.json")
    assert missing.exit_code == 2
