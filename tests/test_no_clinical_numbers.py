"""Weights, thresholds, severities and deadlines live in `rules/`, never in the code that decides.

In the rooms below, a number may be written only if it is one of `PLAIN`, or if it is given a name:
an UPPER_CASE constant of the module with a comment beside or above it that says what it is. A
clinical number under a name still has to be caught by a reader; an unnamed one is caught here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PEER_MATCH = Path(__file__).parents[1] / "src" / "peer_match"
ROOMS = ("decide", "surfaces")
# Nothing, one, a pair; whole percentages and the basis points in which a score is given.
PLAIN = {0, 1, 2, 100, 10_000}


def is_named(statement: ast.stmt, lines: list[str]) -> bool:
    """Whether this statement of a module names a constant and says beside or above what it is."""
    match statement:
        case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
            beside = any("#" in line for line in lines[statement.lineno - 1 : statement.end_lineno])
            above = lines[statement.lineno - 2].startswith("#") if statement.lineno > 1 else False
            return name.isupper() and (beside or above)
        case _:
            return False


def unnamed_numbers(code: str) -> Iterator[tuple[int, int | float | complex]]:
    lines = code.splitlines()
    for statement in ast.parse(code).body:
        if is_named(statement, lines):
            continue
        for node in ast.walk(statement):
            match node:
                case ast.Constant(value=bool()):
                    pass
                case ast.Constant(value=int() | float() | complex() as number):
                    if number not in PLAIN:
                        yield node.lineno, number
                case _:
                    pass


def test_no_number_without_a_name_in_the_code_that_decides() -> None:
    found = [
        f"{path.relative_to(PEER_MATCH)}:{line}: {number}"
        for room in ROOMS
        for path in sorted((PEER_MATCH / room).rglob("*.py"))
        for line, number in unnamed_numbers(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_hold_code(room: str) -> None:
    assert list((PEER_MATCH / room).rglob("*.py"))


@pytest.mark.parametrize(
    "code",
    [
        "if score > 14: hold()",
        "total = points * 3 // 2",
        "due = as_of + timedelta(days=30)",
        "def near(place, at_most=40): ...",
        "weights = {'schedule': 15}",
        "class Rule:\n    weight: int = 15",
        "def late():\n    LIMIT = 14  # local names are not constants of the module",
        "LIMIT_OF_DAYS = 14",
        "limit = 14  # not a constant",
        "ratio = 0.5",
    ],
)
def test_a_planted_number_is_found(code: str) -> None:
    assert len(list(unnamed_numbers(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "if not points: return_nothing(-1, 0, 100)",
        "MINUTES_OF_WEEK = 7 * 24 * 60  # a week, whatever happens in it",
        "# The widest line a terminal is sure to show whole.\nWIDTH: int = 80",
        "title = '14 days'",
        "anything = True",
    ],
)
def test_plain_and_named_numbers_are_left_alone(code: str) -> None:
    assert list(unnamed_numbers(code)) == []
