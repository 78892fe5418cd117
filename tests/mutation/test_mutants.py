"""The mutants of small modules, and that planting one changes what is loaded and nothing else."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from mutation.mutants import Mutant, mutants
from mutation.planting import plant, users, watch
from mutation.run import survivor_lines, table


def written(source: str) -> list[str]:
    """What becomes of what, for every mutant of a function with this body."""
    tree = ast.parse(source)
    return [f"{one.before} → {one.after}" for one in mutants(tree, "m")]


def body(line: str) -> list[str]:
    return written(f"def f(a, b):\n    {line}\n")


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("a = b < 1", ["b < 1 → b <= 1", "b < 1 → b >= 1", "1 → 2"]),
        ("a = b == c", ["b == c → b != c"]),
        ("a = b is None", ["b is None → b is not None"]),
        ("a = b not in c", ["b not in c → b in c"]),
        ("a = b and c", ["b and c → b or c", "b and c → c", "b and c → b"]),
        ("a = not b", ["not b → b"]),
        ("a = b + c", ["b + c → b - c"]),
        ("a = True", ["True → False"]),
        ("a = 'x'", ["'x' → 'xXX'"]),
        ("a = b if c else d", ["b if c else d → b", "b if c else d → d"]),
        ("a = b[:c]", ["b[:c] → b[:]", ":c → :"][1:]),
        ("a = max(b)", ["max(b) → min(b)"]),
        ("a = sorted(b, key=c)", ["sorted(b, key=c) → list(b)", "key=c → key=None"]),
        ("a = f(b=c, d=None)", ["b=c → b=None"]),
        ("a = (*b, c)", ["(*b, c) → (c,)"]),
        ("a = {*b, c}", ["{*b, c} → {c}"]),
        ("a = {**b, 'x': c}", ["{**b, 'x': c} → {'x': c}", "'x' → 'xXX'"]),
        ("a[b] = c", ["a[b] = c → pass"]),
        ("return b", ["return b → return None"]),
        ("f(b)", ["f(b) → pass"]),
        ("raise ValueError('words')", ["raise ValueError('words') → pass"]),
    ],
)
def test_each_kind_of_change(line: str, changes: list[str]) -> None:
    assert body(line) == changes


def test_conditions_are_taken_for_true_and_for_false() -> None:
    assert [one.split(" → ")[1] for one in body("a = [x for x in b if x]")] == [
        "for x in b if True",
        "for x in b if False",
    ]
    assert [one.split(" → ")[1][:8] for one in body("if a: pass")] == ["if True:", "if False"]


def test_every_case_of_a_match_is_skipped_once_and_goes_unguarded_once() -> None:
    found = body("match a:\n        case 1 if b: pass\n        case _: pass")
    assert [one.split(" → ")[1].split(":")[0] for one in found] == [
        "case 1 if False",
        "case 1",
        "case _ if False",
    ]


@pytest.mark.parametrize(
    "line",
    ["'''Says what it does.'''", "assert a > 1", "a: list['x'] = b", "a = cast('x', b)", "a = b"],
)
def test_what_decides_nothing_is_left_alone(line: str) -> None:
    assert body(line) == []


def test_methods_and_constants_have_mutants_and_fields_and_defaults_have_none() -> None:
    source = "A = 1\nB: int = 2\nclass C:\n    x: int = 3\n    def f(self, a=4): return self\n"
    found = [str(one) for one in mutants(ast.parse(source), "m")]
    assert found == ["m.A: 1 → 2", "m.B: 2 → 3", "m.C.f: return self → return None"]


def test_the_tree_has_the_fault_while_the_mutant_is_looked_at_and_no_longer() -> None:
    source = "def f(a):\n    return a + 1"
    tree = ast.parse(source)
    assert [ast.unparse(tree) for _ in mutants(tree, "m")] == [
        "def f(a):\n    return None",
        "def f(a):\n    return a - 1",
        "def f(a):\n    return a + 2",
    ]
    assert ast.unparse(tree) == source


SOURCE = """
from functools import cached_property
LIMIT = 2
def over(a):
    return a > LIMIT
class Box:
    def __init__(self, a): self.a = a
    @property
    def plain(self): return self.a
    @cached_property
    def kept(self): return self.a
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    file = tmp_path / "a_loaded_module.py"
    file.write_text(SOURCE)
    module = ModuleType("a_loaded_module")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(SOURCE, str(file), "exec"), vars(module))
    return module


@pytest.mark.parametrize(
    ("old", "new", "owner"),
    [("a > LIMIT", "True", "over"), ("LIMIT = 2", "LIMIT = 0", "LIMIT")],
)
def test_a_planted_fault_is_seen_by_who_holds_the_function_already(
    loaded: ModuleType, old: str, new: str, owner: str
) -> None:
    held = loaded.over
    assert not held(1)
    plant(loaded, ast.parse(SOURCE.replace(old, new)), owner)
    assert held(1)


@pytest.mark.parametrize("name", ["plain", "kept"])
def test_a_fault_can_be_planted_in_a_property(loaded: ModuleType, name: str) -> None:
    faulty = SOURCE.replace(f"def {name}(self): return self.a", f"def {name}(self): return 7")
    plant(loaded, ast.parse(faulty), f"Box.{name}")
    assert getattr(loaded.Box(1), name) == 7


def test_a_constant_is_changed_where_it_was_imported_too(
    loaded: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ModuleType("another_loaded_module")
    vars(other)["LIMIT"] = loaded.LIMIT
    monkeypatch.setitem(sys.modules, other.__name__, other)
    plant(loaded, ast.parse(SOURCE.replace("LIMIT = 2", "LIMIT = 3")), "LIMIT")
    assert vars(other)["LIMIT"] == 3


def test_functions_say_when_they_are_reached(loaded: ModuleType) -> None:
    reached: set[tuple[str, str]] = set()
    watch(loaded, ast.parse(SOURCE), reached)
    assert loaded.over(3)
    assert loaded.Box(3).plain == 3
    label = "a_loaded_module"
    assert reached == {(label, "over"), (label, "Box.__init__"), (label, "Box.plain")}


def test_a_constant_is_used_by_the_functions_that_name_it(loaded: ModuleType) -> None:
    assert users(loaded, ast.parse(SOURCE), "LIMIT") == {"over"}


def test_survivors_say_where_they_are_and_whether_the_page_explains_them() -> None:
    one = Mutant("plan", "f", 3, "a", "b")
    assert list(survivor_lines({"plan": [one]}, "- `plan.f: a → b`: the same")) == [
        "plan.py:3: plan.f: a → b"
    ]
    assert list(survivor_lines({"plan": [one]}, "")) == [
        "plan.py:3: plan.f: a → b  (not explained)"
    ]


def test_the_score_is_told_by_file_and_together() -> None:
    lines = list(table(["plan", "case"], Counter({"plan": 9, "case": 2}), {"plan": 1}))
    assert [line.split() for line in lines[1:]] == [
        ["plan.py", "9", "1", "90.0%"],
        ["case.py", "2", "0", "100.0%"],
        ["together", "11", "1", "91.6%"],
    ]
