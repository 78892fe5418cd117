"""docs/mutation.md: its table adds up, leaves out no file, and counts what its lists name."""

import ast
import re
from collections import Counter
from pathlib import Path

from mutation.mutants import mutants

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mutation.md").read_text("utf-8")
DECIDE = ROOT / "src" / "peer_match" / "decide"
ROW = r"^\| \**([\w.]+)\** \| \**(\d+)\** \| \**(\d+)\** \| \**(\d+\.\d) %\** \|$"
TABLE = {
    file: (int(killed), int(survived), score)
    for file, killed, survived, score in re.findall(ROW, PAGE, re.MULTILINE)
}
TOGETHER = "together"


def test_the_rows_add_up_and_give_their_scores() -> None:
    files = [row for file, row in TABLE.items() if file != TOGETHER]
    killed, survived, _ = TABLE[TOGETHER]
    assert (killed, survived) == (sum(row[0] for row in files), sum(row[1] for row in files))
    for file, (dead, alive, score) in TABLE.items():
        tenths = dead * 1000 // (dead + alive)
        assert score == f"{tenths // 10}.{tenths % 10}", file


def test_every_file_with_a_mutant_is_in_the_table_once() -> None:
    files = [
        path.name
        for path in sorted(DECIDE.glob("*.py"))
        if any(mutants(ast.parse(path.read_text("utf-8")), path.stem))
    ]
    measured = re.findall(r"^\| (\w+\.py) ", PAGE, re.MULTILINE)
    said = re.search(r"^Not measured yet: (.+)\.$", PAGE, re.MULTILINE)
    waiting = [] if said is None else re.findall(r"`(\w+\.py)`", said[1])
    assert measured == sorted(measured)
    assert not {*measured} & {*waiting}
    assert sorted([*measured, *waiting]) == files


def test_as_many_are_explained_as_survive() -> None:
    listed = re.findall(r"^- `(.+)`$", PAGE, re.MULTILINE)
    assert len(set(listed)) == len(listed)
    alike = re.search(r"stand for two mutants each, which print alike: (.+)\.$", PAGE, re.MULTILINE)
    assert alike is not None
    twice = re.findall(r"`([^`]+)`", alike[1])
    assert {*twice} <= {*listed}
    by_file = Counter(f"{mutant.partition('.')[0]}.py" for mutant in (*listed, *twice))
    assert by_file == Counter(
        {file: row[1] for file, row in TABLE.items() if row[1] and file != TOGETHER}
    )
