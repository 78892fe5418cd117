"""Rule files are read as text with exact positions, and hostile ones refused in bounded work."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_match.policy.diagnostics import Diagnostic, Position, as_text, has_errors
from peer_match.policy.source import (
    DEEPEST_NESTING,
    LARGEST_FILE,
    MOST_PROBLEMS,
    Mapping,
    Node,
    Scalar,
    Sequence,
    _read_events,
    node_at,
    read_yaml,
)
from peer_match.policy.source_text import read_text

GUESSED_BY_YAML = [
    "no", "yes", "on", "Off", "true", "null", "Null", "~", "12:30", "1.10", "1_000", "1e3",
    "0o17", "017", "0x1F", ".inf", ".nan", "<<", "=", "2026-01-01", "2026-01-01T09:00:00Z",
]  # fmt: skip
PARSERS = [yaml.CSafeLoader, yaml.SafeLoader]
ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


def problems(text: str | bytes) -> list[tuple[int, int, str]]:
    node, found = read_yaml(text, "rule.yaml")
    assert node is not None or has_errors(found)
    return [(d.position.line, d.position.column, d.code) for d in found]


def read(text: str) -> Node:
    node, found = read_yaml(text, "rule.yaml")
    assert node is not None, as_text(found)
    assert found == []
    return node


def scalar(text: str, *path: str | int) -> Scalar:
    found = node_at(read(text), path)
    assert isinstance(found, Scalar)
    return found


def span(position: Position) -> tuple[int, int, int, int]:
    return position.line, position.column, position.end_line, position.end_column


def scalars_of(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [one for item in node.items for one in scalars_of(item)]
    return [one for pair in node.entries for part in pair for one in scalars_of(part)]


class TestText:
    @pytest.mark.parametrize("text", GUESSED_BY_YAML)
    def test_nothing_is_guessed(self, text: str) -> None:
        assert scalar(f"key: {text}\n", "key") == Scalar(
            text, "plain", Position("rule.yaml", 1, 6, 1, 6 + len(text))
        )
        assert scalar(f"{text}: value", text).text == "value"

    def test_quoted_and_plain_differ_by_style_alone(self) -> None:
        node = read("- 12\n- '12'\n- \"12\"\n- |-\n  12\n- >-\n  12\n")
        assert isinstance(node, Sequence)
        assert [item.text for item in scalars_of(node)] == ["12"] * 5
        assert [item.style for item in scalars_of(node)] == [
            "plain",
            "single-quoted",
            "double-quoted",
            "literal",
            "folded",
        ]
        assert [item.is_quoted for item in scalars_of(node)] == [False, True, True, True, True]

    def test_a_key_without_a_value_is_plain_empty_text_after_the_colon(self) -> None:
        empty = scalar("a:\nb: 1\n", "a")
        assert (empty.text, empty.style, span(empty.position)) == ("", "plain", (1, 3, 1, 3))

    def test_merge_keys_are_ordinary_keys(self) -> None:
        node = read("<<: {a: b}\n")
        assert isinstance(node, Mapping)
        assert node.entries[0][0].text == "<<"

    def test_an_escaped_quote_and_an_accent(self) -> None:
        assert scalar("a: 'it''s'\n", "a").text == "it's"
        assert scalar('a: "caf\\u00e9"\n', "a").text == "café"


class TestPositions:
    RULE = (
        "# a comment\n"
        "must_not: acute-risk\n"
        "source:\n"
        "  - {cite: white-2013, finding: 'a third'}\n"
        "when:\n"
        "  all:\n"
        "    - patient.risk is acute\n"
        '    - "日本 is known"   # why\n'
        "\n"
        "why: |\n"
        "  One.\n"
        "  Two.\n"
        "\n"
    )

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ((), (2, 1, 12, 7)),
            (("must_not",), (2, 11, 2, 21)),
            (("source",), (4, 3, 4, 43)),
            (("source", 0), (4, 5, 4, 43)),
            (("source", 0, "cite"), (4, 12, 4, 22)),
            (("source", 0, "finding"), (4, 33, 4, 42)),
            (("when",), (6, 3, 8, 20)),
            (("when", "all", 0), (7, 7, 7, 28)),
            (("when", "all", 1), (8, 7, 8, 20)),
            (("why",), (10, 6, 12, 7)),
        ],
    )
    def test_of_every_kind_of_node(
        self, path: tuple[str | int, ...], expected: tuple[int, int, int, int]
    ) -> None:
        node = node_at(read(self.RULE), path)
        assert node is not None
        assert span(node.position) == expected
        assert node.position.file == "rule.yaml"
        assert node.position.source_line == self.RULE.split("\n")[expected[0] - 1]

    def test_of_keys(self) -> None:
        node = read(self.RULE)
        assert isinstance(node, Mapping)
        assert span(node.head) == (2, 1, 2, 9)
        key = node.key("when")
        assert key is not None
        assert span(key.position) == (5, 1, 5, 5)
        assert node.key("unless") is None
        assert node.get("unless") is None

    def test_nothing_is_found_where_nothing_is(self) -> None:
        node = read(self.RULE)
        assert node_at(node, ("when", 0)) is None
        assert node_at(node, ("source", 7)) is None
        assert node_at(node, ("must_not", "x")) is None


class TestOffsets:
    """`Scalar.at` leads from an offset in the text to the characters in the file."""

    def word(self, text: str, word: str, *path: str | int) -> tuple[int, int, int, int]:
        found = scalar(text, *path)
        return span(found.at(found.text.index(word), len(word)))

    def test_plain(self) -> None:
        assert self.word("a:\n  - patient.age is 18\n", "is", "a", 0) == (2, 17, 2, 19)

    def test_single_quoted_with_a_doubled_quote(self) -> None:
        assert self.word("a: 'it''s wrong'\n", "wrong", "a") == (1, 11, 1, 16)
        assert self.word("a: 'it''s wrong'\n", "'", "a") == (1, 7, 1, 9)

    def test_double_quoted_with_escapes(self) -> None:
        text = 'a: "\\x41\\u00e9\\U0001F600\\n\\\\ wrong"\n'
        assert self.word(text, "wrong", "a") == (1, 30, 1, 35)
        assert self.word(text, "\N{GRINNING FACE}", "a") == (1, 15, 1, 25)

    def test_folded_plain_over_lines(self) -> None:
        text = "a: one two\n   three\n\n   four\n"
        assert scalar(text, "a").text == "one two three\nfour"
        assert self.word(text, "three", "a") == (2, 4, 2, 9)
        assert self.word(text, "four", "a") == (4, 4, 4, 8)
        assert self.word(text, "two three", "a") == (1, 8, 2, 9)

    def test_quoted_over_lines(self) -> None:
        text = 'a: "one \\\n   two\n\n   three  \n   four "\n'
        assert scalar(text, "a").text == "one two\nthree four "
        assert self.word(text, "two", "a") == (2, 4, 2, 7)
        assert self.word(text, "four", "a") == (5, 4, 5, 8)

    def test_literal(self) -> None:
        text = "a: |\n\n   one\n     two\n\n   three\n"
        assert scalar(text, "a").text == "\none\n  two\n\nthree\n"
        assert self.word(text, "two", "a") == (4, 6, 4, 9)
        assert self.word(text, "three", "a") == (6, 4, 6, 9)

    def test_folded(self) -> None:
        text = "a: >-\n  one\n  two\n\n  three\n    kept\n  four\n"
        assert scalar(text, "a").text == "one two\nthree\n  kept\nfour"
        assert self.word(text, "two", "a") == (3, 3, 3, 6)
        assert self.word(text, "three", "a") == (5, 3, 5, 8)
        assert self.word(text, "kept", "a") == (6, 5, 6, 9)
        assert self.word(text, "four", "a") == (7, 3, 7, 7)

    def test_a_block_that_starts_with_a_blank_line_and_a_deeper_one(self) -> None:
        for sign in "|>":
            text = f"a: {sign}2\n\n    one\n   two\n  three\n"
            assert scalar(text, "a").text.startswith("\n  one\n two\nthree")
            assert self.word(text, "one", "a") == (3, 5, 3, 8)
            assert self.word(text, "two", "a") == (4, 4, 4, 7)
            assert self.word(text, "three", "a") == (5, 3, 5, 8)

    def test_past_the_end_is_the_point_after_the_text(self) -> None:
        assert span(scalar("a: one # x\n", "a").at(3, 1)) == (1, 7, 1, 7)
        assert span(scalar("a: 'one'\n", "a").at(99, 5)) == (1, 8, 1, 8)
        assert span(scalar("a: one\n", "a").at(-5, 6)) == (1, 4, 1, 5)

    def test_the_line_shown_is_the_line_of_the_offset(self) -> None:
        found = scalar("a: >\n  one\n  two\n", "a")
        assert found.at(4, 3).source_line == "  two"

    def test_a_scalar_that_does_not_fit_its_line_answers_with_all_of_itself(self) -> None:
        position = Position("rule.yaml", 1, 1, 1, 4, "abc")
        assert Scalar("zzzzz", "plain", position).at(1, 1) == position
        assert Scalar("zzzzz", "double-quoted", position).at(1, 1) == position
        assert Scalar("zzzzz", "literal", position).at(1, 1) == position

    def test_without_source_lines_plain_text_is_counted(self) -> None:
        made = Scalar("abcdef", "plain", Position("rule.yaml", 5, 3, 5, 9))
        assert span(made.at(2, 3)) == (5, 5, 5, 8)

    @settings(max_examples=300)
    @given(
        content=st.lists(st.text("ab é日'\"\\:#-\t\n", max_size=12), min_size=1, max_size=4),
        style=st.sampled_from(["'", '"', "|", ">"]),
        indentation=st.integers(1, 4),
        width=st.sampled_from([10, 1000]),
    )
    def test_each_letter_is_where_the_offset_says(
        self, content: list[str], style: str, indentation: int, width: int
    ) -> None:
        text = yaml.dump(
            {"key": content}, default_style=style, indent=indentation, width=width,
            allow_unicode=True,
        )  # fmt: skip
        lines = text.split("\n")
        node, found = read_yaml(text, "rule.yaml")
        assert node is not None, as_text(found)
        for one in scalars_of(node):
            ends = []
            for offset, letter in enumerate(one.text):
                place = one.at(offset, 1)
                written = lines[place.line - 1][place.column - 1 : place.end_column - 1]
                assert place.source_line == lines[place.line - 1]
                if letter in "abé日:#-":
                    assert written == letter
                ends.append((place.line, place.column))
            assert ends == sorted(ends)


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [(1, 1, "PM106")]),
            ("# only a comment\n\n", [(1, 1, "PM106")]),
            ("---\n", [(1, 1, "PM106")]),
            ("a: b\x00c\nd: \x00", [(1, 5, "PM103")]),
            ("a: \x1b[0m\x07", [(1, 4, "PM103"), (1, 8, "PM103")]),
            ("a: b\u202ec", [(1, 5, "PM103")]),
            ("a: b\u2028c", [(1, 5, "PM103")]),
            ("a: b\x85c", [(1, 5, "PM103")]),
            ("a: b\ufeffc", [(1, 5, "PM103")]),
            ("a: \ud800", [(1, 4, "PM103")]),
            ('a: "x\\0y"', [(1, 6, "PM103")]),
            ('a: "x\\ry"', [(1, 6, "PM103")]),
            ('a: "\\u202e"', [(1, 5, "PM103")]),
            ("\ufeffa: b", [(1, 1, "PM104")]),
            ("a: b\r\nc: d\r\n", [(1, 1, "PM105")]),
            ("a: b\rc: d\r", [(1, 5, "PM105")]),
            ("a:\n\tb: c\n", [(2, 1, "PM107")]),
            ("a:\n  b: c\n \td: e\n", [(3, 2, "PM107")]),
            ("a: 1\n - b\n", [(2, 2, "PM108")]),
            ("a:\n  - b\n   - c\n   - d e\n", [(3, 4, "PM108"), (4, 4, "PM108")]),
            ("a: [b", [(1, 6, "PM110")]),
            ("a: b: c", [(1, 5, "PM110")]),
            ("a: 'b\nc: d\n", [(1, 4, "PM110")]),
            ('a: "\\q"', [(1, 5, "PM110")]),
            ("a: @b", [(1, 4, "PM110")]),
            ("a:\n  - b\n - c\n", [(3, 2, "PM110")]),
            ("a: 1\n]\n", [(2, 1, "PM110")]),
            ("a: &x b", [(1, 4, "PM111")]),
            ("&x\na: b", [(1, 1, "PM111")]),
            ("a: *x", [(1, 4, "PM112")]),
            ("a: !!python/object:os.system b", [(1, 4, "PM113")]),
            ("a: ! b", [(1, 4, "PM113")]),
            ("a: !<tag:x> b", [(1, 4, "PM113")]),
            ("a: !e!x b", [(1, 4, "PM113")]),
            ("a: &x !y b", [(1, 4, "PM111"), (1, 7, "PM113")]),
            ("a: !y &x b", [(1, 7, "PM111"), (1, 4, "PM113")]),
            ("a: 1\nb: 2\na: 1\n", [(3, 1, "PM114")]),
            ("a: {b: 1, 'b': 2, \"b\": 3}", [(1, 11, "PM114"), (1, 19, "PM114")]),
            ("a: 1\n---\nb: 2\n", [(2, 1, "PM116")]),
            ("a: 1\n# x\n---\n", [(3, 1, "PM116")]),
            ("a: 1\n...\n%YAML 1.1\n---\nb: 1\n", [(3, 1, "PM116")]),
            ("? [a]\n: b", [(1, 3, "PM117")]),
            ("? {a: b}\n: b", [(1, 3, "PM117")]),
            ("'': b", [(1, 1, "PM117")]),
            ("? |\n  a\n: b", [(1, 3, "PM117")]),
            ("%YAML 1.1\n---\na: b", [(1, 1, "PM118")]),
            ("# x\n\n%TAG ! x\n---\na: b", [(3, 1, "PM118")]),
        ],
    )
    def test_each_at_its_place(self, text: str, expected: list[tuple[int, int, str]]) -> None:
        assert problems(text) == expected

    def test_the_end_of_a_document_may_be_marked(self) -> None:
        assert problems("---\na: 1\n...\n# the end\n") == []

    def test_warnings_leave_the_content_readable(self) -> None:
        node, found = read_yaml("\ufeffa: b\r\nc: d\r\n", "rule.yaml")
        assert not has_errors(found)
        assert node == read("a: b\nc: d\n")

    def test_all_problems_are_found_at_once(self) -> None:
        text = 'a: &x 1\nb: !y 2\na: 3\nc: *x\n? [d]\n: e\nf: "\\0"\ng: {h: 1, h: 2}\ni: [\n'
        assert problems(text) == [
            (1, 4, "PM111"),
            (2, 4, "PM113"),
            (3, 1, "PM114"),
            (4, 4, "PM112"),
            (5, 3, "PM117"),
            (7, 5, "PM103"),
            (8, 11, "PM114"),
            (9, 5, "PM110"),
        ]

    def test_a_repeated_key_keeps_the_first_value_and_the_rest_of_the_file(self) -> None:
        node, found = read_yaml("a: 1\na: 2\nb: 3\n", "rule.yaml")
        assert isinstance(node, Mapping)
        assert [(key.text, value) for key, value in node.entries] == [
            ("a", scalar("a: 1", "a")),
            ("b", node.get("b")),
        ]
        assert found[0].message == "`a` is given twice; the first is on line 1"

    def test_the_alias_bomb_is_refused_at_its_anchors_and_aliases(self) -> None:
        node, found = read_yaml(ALIAS_BOMB, "bomb.yaml")
        assert node is None
        assert {d.code for d in found} == {"PM111", "PM112"}
        assert len(found) == 9 + 72

    @pytest.mark.parametrize("parser", PARSERS)
    @pytest.mark.parametrize(("open", "close"), [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")])
    def test_nesting_up_to_the_limit_and_not_beyond(
        self, parser: object, open: str, close: str
    ) -> None:
        def codes(depth: int) -> list[str]:
            source, _ = read_text(open * depth + "x" + close * depth, "deep.yaml")
            assert source is not None
            return [d.code for d in _read_events(source, [], parser)[1]]

        assert "PM115" not in codes(DEEPEST_NESTING)
        assert codes(DEEPEST_NESTING + 1) == ["PM115"]

    def test_reading_stops_after_many_problems(self) -> None:
        node, found = read_yaml("a: 1\n" * 50_000, "rule.yaml")
        assert node is None
        assert len(found) == MOST_PROBLEMS + 1
        assert found[-1].code == "PM119"
        assert found[-1].position.line == MOST_PROBLEMS + 1

    def test_messages_are_lower_case_and_name_no_parser_terms(self) -> None:
        texts = ["a: [b", "a: b: c", "a: 'b", 'a: "\\q"', "a: @b", "a\nb: c", "[a]]", "a: |x\n b"]
        for text in texts:
            for found in read_yaml(text, "rule.yaml")[1]:
                assert found.message[:1].islower() or found.message.startswith(("`", "YAML"))
                assert not re.search(r"token|scalar|mapping|node|flow|stream", found.message)
                assert found.help


class TestFiles:
    def test_a_file_is_read_like_its_text(self, tmp_path: Path) -> None:
        path = tmp_path / "rule.yaml"
        path.write_bytes("a: é\n".encode())
        assert read_yaml(path, "rule.yaml") == read_yaml("a: é\n", "rule.yaml")
        assert read_yaml("a: é\n".encode(), "rule.yaml") == read_yaml("a: é\n", "rule.yaml")

    def test_missing_folder_and_odd_files(self, tmp_path: Path) -> None:
        loop = tmp_path / "loop.yaml"
        loop.symlink_to(loop)
        nameless = Path("a\0b")
        for path in (tmp_path, tmp_path / "none.yaml", Path("/dev/zero"), loop, nameless):
            node, found = read_yaml(path, "odd.yaml")
            assert node is None
            assert [(d.code, span(d.position)) for d in found] == [("PM100", (1, 1, 1, 1))]

    def test_not_utf_8_points_at_the_byte(self) -> None:
        node, found = read_yaml("a: é\nb: caf".encode() + b"\xe9 x\nc: d", "rule.yaml")
        assert node is None
        assert [(d.position.line, d.position.column, d.code) for d in found] == [(2, 7, "PM101")]
        assert found[0].message == "byte 0xE9 is not UTF-8"
        assert problems("a: b".encode("utf-16")) == [(1, 1, "PM101")]

    def test_size_limit_to_the_byte(self, tmp_path: Path) -> None:
        path = tmp_path / "large.yaml"
        fits = "a: " + "x" * (LARGEST_FILE - 3)
        for content, expected in ((fits, []), (fits + "x", [(1, 1, "PM102")])):
            path.write_text(content)
            _, found = read_yaml(path, "large.yaml")
            assert [(d.position.line, d.position.column, d.code) for d in found] == expected
            assert problems(content) == expected
            assert problems(content.encode()) == expected
        assert problems("é" * (LARGEST_FILE // 2 + 1)) == [(1, 1, "PM102")]


IN_A_CHILD = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from pathlib import Path
from peer_match.policy.diagnostics import as_text
from peer_match.policy.source import read_yaml
node, found = read_yaml(Path(sys.argv[1]), "hostile.yaml")
text = as_text(found)
assert len(text) < 100_000, len(text)
print(",".join(sorted({one.code for one in found})) or "read")
"""
MEBIBYTE = LARGEST_FILE
HOSTILE = {
    "50,000 brackets": ("[" * 50_000, "PM115"),
    "50,000 brackets closed": ("[" * 50_000 + "]" * 50_000, "PM115"),
    "50,000 braces": ("{" * 50_000, "PM115"),
    "brackets on lines": ("[\n" * 50_000, "PM115"),
    "50,000 dashes": ("- " * 50_000, "PM115"),
    "50,000 question marks": ("? " * 50_000, "PM115"),
    "stairs": ("".join(" " * step + "- \n" for step in range(1_400)), "PM115"),
    "alias bomb": (ALIAS_BOMB, "PM111,PM112"),
    "directives": ("".join(f"%TAG !a{n}! x\n" for n in range(60_000)) + "---\na", "PM118"),
    "directives later": (
        "a\n...\n" + "".join(f"%TAG !a{n}! x\n" for n in range(60_000)) + "---\na",
        "PM116",
    ),
    "anchors": ("- &a x\n" * (MEBIBYTE // 7), "PM111,PM119"),
    "one long line of equal keys": ("{" + "a: 1," * (MEBIBYTE // 5 - 1) + "}", "PM114,PM119"),
    "a million items": ("[" + "x," * (MEBIBYTE // 2 - 1) + "]", "read"),
    "a million lines": ("\n" * MEBIBYTE, "PM106"),
    "a million comments": ("#\n" * (MEBIBYTE // 2), "PM106"),
    "a quote never closed": ('"' + "x\n" * (MEBIBYTE // 2 - 1), "PM110"),
    "one folded text": (">\n" + " a\n\n" * (MEBIBYTE // 4 - 1), "read"),
    "a binary file": ("".join(map(chr, range(32))) * (MEBIBYTE // 32), "PM103,PM105"),
    "too large": ("[" * (MEBIBYTE + 1), "PM102"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_in_bounded_memory(name: str, tmp_path: Path) -> None:
    """In a child with 600 MiB and 30 s of processor time, so that a crash is a failed test."""
    content, expected = HOSTILE[name]
    path = tmp_path / "hostile.yaml"
    path.write_text(content, newline="")
    ended = subprocess.run(
        [sys.executable, "-c", IN_A_CHILD, str(path)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout.strip()) == (0, expected), ended.stderr


@settings(max_examples=500)
@given(st.one_of(st.text(), st.text("ab: -[]{}'\"|>&*!%#?,\n\t\\ ~.", max_size=60), st.binary()))
def test_any_content_gives_a_node_or_errors_and_never_raises(content: str | bytes) -> None:
    node, found = read_yaml(content, "any.yaml")
    assert node is not None or has_errors(found)
    check_places(content, found)
    if node is not None:
        for one in scalars_of(node):
            for offset in range(len(one.text) + 1):
                one.at(offset, 1)


def check_places(content: str | bytes, found: list[Diagnostic]) -> None:
    """Every problem is inside the file, and shows the line it is on."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for one in found:
        assert 1 <= one.position.line <= len(lines)
        assert 1 <= one.position.column <= len(lines[one.position.line - 1]) + 1
        assert one.message
    as_text(found)


trees = st.recursive(
    st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(min_size=1, max_size=10), children, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(tree=trees, flow=st.booleans())
def test_what_yaml_writes_is_read_back_as_text(tree: object, flow: bool) -> None:
    def plain(node: Node) -> object:
        if isinstance(node, Scalar):
            return node.text
        if isinstance(node, Sequence):
            return [plain(item) for item in node.items]
        return {key.text: plain(value) for key, value in node.entries}

    text = yaml.dump(tree, default_flow_style=flow, allow_unicode=True)
    node, found = read_yaml(text, "tree.yaml")
    if not has_errors(found):
        assert node is not None
        assert plain(node) == tree
    else:
        # Only what rule files may not hold is refused; the dumper writes much of that.
        assert {d.code for d in found} <= {"PM103", "PM106", "PM111", "PM112", "PM117"}


@settings(max_examples=200)
@given(st.text("ab: -[]{}'\"|>#,\n\\", max_size=40))
def test_both_parsers_read_the_same(text: str) -> None:
    source, found = read_text(text, "both.yaml")
    assert source is not None
    compiled, pure = (_read_events(source, list(found), parser)[0] for parser in PARSERS)
    if compiled is not None and pure is not None:
        assert compiled == pure


def test_a_thousand_rules_are_read_in_a_moment() -> None:
    rule = TestPositions.RULE
    started = time.process_time()
    for number in range(1_000):
        read_yaml(rule, f"{number}.yaml")
    assert time.process_time() - started < 20
