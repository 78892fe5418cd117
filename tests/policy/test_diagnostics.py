"""Diagnostics look as the language document shows, in order, safe to print; codes are explained."""

import json
import re
import unicodedata
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.policy.codes import CODES, FAMILIES, code_page, write_pages
from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    as_json,
    as_text,
    did_you_mean,
    error,
    has_errors,
    in_order,
    listed,
    quote,
    start_of_file,
    warning,
)

LINE = "    - patient.risk_levl is acute"
FILE = "rules/group/must_not/acute-risk.yaml"


def marked(line: str, column: int, length: int, number: int = 1) -> Position:
    return Position("a.yaml", number, column, number, column + length, line)


def source_and_carets(diagnostic: Diagnostic) -> tuple[str, str]:
    lines = as_text([diagnostic]).split("\n")
    return lines[1], lines[2]


def test_text_is_as_in_the_language_document() -> None:
    found = error(
        "PM110",
        "unknown fact `patient.risk_levl`",
        Position(FILE, 9, 7, 9, 24, LINE),
        "did you mean `patient.risk_level`?",
    )
    assert as_text([found]) == (
        f"{FILE}:9:7: PM110 error: unknown fact `patient.risk_levl`\n"
        "  9 |     - patient.risk_levl is acute\n"
        "    |       ^^^^^^^^^^^^^^^^^\n"
        "  help: did you mean `patient.risk_level`?"
    )


def test_the_gutter_grows_with_the_line_number() -> None:
    source, carets = source_and_carets(error("PM110", "x", marked("key: v", 6, 1, number=1234)))
    assert source == "  1234 | key: v"
    assert carets == "       |      ^"


def test_no_source_line_and_no_help_leave_one_line() -> None:
    assert as_text([warning("PM104", "odd", start_of_file("a.yaml"))]) == (
        "a.yaml:1:1: PM104 warning: odd"
    )


def test_nothing_found_is_no_text() -> None:
    assert as_text([]) == ""
    assert as_json([]) == []


def test_carets_stand_under_wide_letters_and_after_tabs_and_accents() -> None:
    assert source_and_carets(error("PM110", "x", marked("日本: ab", 5, 2))) == (
        "  1 | 日本: ab",
        "    |       ^^",
    )
    assert source_and_carets(error("PM110", "x", marked("a: 日本", 4, 2)))[1] == "    |    ^^^^"
    assert source_and_carets(error("PM110", "x", marked("\ta: b", 5, 1)))[1] == "    | \t   ^"
    combining = "e" + "\N{COMBINING ACUTE ACCENT}" + ": b"
    assert source_and_carets(error("PM110", "x", marked(combining, 5, 1)))[1] == "    |    ^"


def test_a_point_has_one_caret_and_several_lines_are_marked_on_the_first() -> None:
    assert source_and_carets(error("PM110", "x", marked("a:", 3, 0)))[1] == "    |   ^"
    several = Position("a.yaml", 1, 4, 7, 2, "a: |  ")
    assert source_and_carets(error("PM110", "x", several))[1] == "    |    ^"


def test_a_long_line_is_cut_around_the_problem() -> None:
    line = "x" * 5_000 + "WRONG" + "y" * 5_000
    source, carets = source_and_carets(error("PM110", "x", marked(line, 5_001, 5)))
    assert len(source) < 200
    assert source[carets.index("^") : carets.index("^") + 5] == "WRONG"
    assert carets.count("^") == 5
    assert "…" in source


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    found = Diagnostic(
        "PM103",
        "error",
        "bad \x1b[31m",
        Position("\x1b]0;x\x07.yaml", 1, 1, 1, 2, "\x1b[2J \u202e \ud800"),
        "help\n\x00",
    )
    for text in (as_text([found]), json.dumps(as_json([found]), ensure_ascii=False)):
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
        assert "\u202e" not in text
    assert len(as_text([found]).split("\n")) == 4


def test_json_has_every_field() -> None:
    found = error("PM120", "unknown key `a`", Position(FILE, 9, 7, 9, 24, LINE), "drop it")
    assert as_json([found]) == [
        {
            "code": "PM120",
            "severity": "error",
            "message": "unknown key `a`",
            "file": FILE,
            "line": 9,
            "column": 7,
            "end_line": 9,
            "end_column": 24,
            "help": "drop it",
            "source_line": LINE,
        }
    ]


def test_order_is_file_line_column_code() -> None:
    places = [("b", 1, 1, "PM110"), ("a", 10, 1, "PM110"), ("a", 2, 5, "PM120")]
    places += [("a", 2, 5, "PM110"), ("a", 2, 1, "PM120")]
    found = [error(code, "x", Position(f, line, c, line, c)) for f, line, c, code in places]
    assert [
        (d.position.file, d.position.line, d.position.column, d.code) for d in in_order(found)
    ] == sorted(places)
    assert as_text(found) == as_text(reversed(found))
    assert as_json(found) == as_json(list(reversed(found)))


def test_a_diagnostic_is_frozen_and_knows_its_line() -> None:
    found = error("PM110", "x", marked("key: v", 1, 3))
    assert found.source_line == "key: v"
    with pytest.raises(FrozenInstanceError):
        found.message = "y"  # type: ignore[misc]


def test_positions_are_equal_whatever_their_line_says() -> None:
    assert marked("one", 1, 1) == marked("two", 1, 1)
    assert str(marked("one", 3, 1)) == "a.yaml:1:3"


def test_only_errors_count_as_errors() -> None:
    one = warning("PM104", "x", start_of_file("a"))
    assert not has_errors([one])
    assert has_errors([one, error("PM100", "x", start_of_file("a"))])


def test_a_code_without_a_row_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="PM999"):
        error("PM999", "x", start_of_file("a"))


def test_quoting_what_an_author_wrote() -> None:
    assert quote("acute") == "`acute`"
    assert quote("a\nb\tc") == "`a\N{REPLACEMENT CHARACTER}b c`"
    assert len(quote("x" * 500)) == 62


def test_suggestions() -> None:
    assert did_you_mean("titel", ["title", "why"]) == "did you mean `title`?"
    assert did_you_mean("Title", ["title"]) == "did you mean `title`?"
    assert did_you_mean("qqq", ["title", "why"]) == ""
    assert did_you_mean("titel" * 1000, ["title"]) == ""
    assert did_you_mean("ab", ["abd", "abc"]) == did_you_mean("ab", ["abc", "abd"])


def test_listing_choices() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b", "c"]) == "`a`, `b` or `c`"
    assert listed(["a", "b"], "and") == "`a` and `b`"


@given(
    line=st.text(max_size=300),
    column=st.integers(1, 400),
    length=st.integers(0, 400),
    message=st.text(max_size=80),
)
def test_any_text_renders_to_its_four_lines_or_fewer(
    line: str, column: int, length: int, message: str
) -> None:
    found = error("PM110", message, marked(line, column, length), message)
    assert len(as_text([found]).split("\n")) in (1, 2, 3, 4)
    json.dumps(as_json([found])).encode("utf-8")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_page(code: str) -> None:
    row, page = CODES[code], code_page(code)
    assert re.fullmatch(r"PM[1-5][0-9]{2}", code)
    assert page.startswith(f"# {code}: {row.title}\n")
    assert FAMILIES[code[:3]] in page
    assert row.explanation in page
    assert row.example in page
    assert len(row.explanation) > 30
    assert "\n" not in row.explanation
    assert len(row.example) > 10
    assert not row.title.endswith(".")


def test_every_code_that_a_check_reports_has_a_row() -> None:
    """Not the other way round: the row of a check that is gone stays, so its code stays taken."""
    source = Path(__file__).parents[2] / "src" / "peer_match"
    tables = [path for path in source.rglob("*.py") if path.name.endswith("codes.py")]
    reported = {
        code
        for path in source.rglob("*.py")
        if path not in tables
        for code in re.findall(r'"(PM[0-9]{3})"', path.read_text("utf-8"))
    }
    assert len(reported) > 20
    assert reported <= set(CODES)


def test_titles_are_not_shared() -> None:
    titles = [row.title for row in CODES.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_a_page_for_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        code_page("PM999")


def test_pages_are_written_with_an_index(tmp_path: Path) -> None:
    written = write_pages(tmp_path / "codes")
    assert {path.name for path in written} == {f"{code}.md" for code in CODES} | {"README.md"}
    assert sorted(path.name for path in (tmp_path / "codes").iterdir()) == sorted(
        path.name for path in written
    )
    index = (tmp_path / "codes" / "README.md").read_text("utf-8")
    for code, row in CODES.items():
        assert (tmp_path / "codes" / f"{code}.md").read_text("utf-8") == code_page(code)
        assert f"- [{code}]({code}.md) {row.title}\n" in index
