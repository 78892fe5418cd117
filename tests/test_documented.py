"""The pages that callers rely on name everything that the code can give them."""

import ast
from enum import StrEnum
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import peer_match
from peer_match.decide.decision import Screening, Shortlist
from peer_match.directories.reasons import REASONS
from peer_match.facts.fact import Unknown
from peer_match.fhir.read_notes import NoteKind
from peer_match.policy.policy import Outcome

DOCS = Path(__file__).parents[1] / "docs"
DECISION = (DOCS / "decision.md").read_text("utf-8")
ERRORS = (DOCS / "errors.md").read_text("utf-8")
PUBLIC = {
    "load_policy": "policy/load.py",
    "suggest": "decide/suggest.py",
    "project": "decide/project.py",
    "write_bundle": "fhir/write_bundle.py",
}


def test_every_outcome_and_truth_is_explained() -> None:
    truths = get_args(get_type_hints(Screening)["truth"])
    assert len(truths) == 4
    for word in (*get_args(Outcome), *truths):
        assert f"`{word}`" in DECISION
    for list in ("eligible", "eligible_with_support", "waiting", "blocked"):
        assert list in Shortlist.__annotations__
        assert f"| `{list}` |" in DECISION


@pytest.mark.parametrize(("words", "page"), [(Unknown, DECISION), (NoteKind, ERRORS)])
def test_every_kind_of_gap_and_note_is_explained_once(words: type[StrEnum], page: str) -> None:
    assert [word.value for word in words if page.count(f"| `{word.value}` |") != 1] == []


def test_every_reason_of_a_row_stands_in_the_table_as_in_the_code() -> None:
    rows = [f"| `{reason.value}` | {meaning} |" for reason, meaning in REASONS.items()]
    assert [row for row in rows if ERRORS.count(f"{row}\n") != 1] == []


@pytest.mark.parametrize("function", sorted(PUBLIC))
def test_every_error_of_a_public_function_is_listed(function: str) -> None:
    """The errors that its file raises, and no others, stand in the rows of the function."""
    source = (Path(peer_match.__file__).parent / PUBLIC[function]).read_text("utf-8")
    raised = {
        node.exc.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
    after = ERRORS.partition(f"| `{function}` |")[2].split("\n")
    rows = [after[0]]
    for row in after[1:]:
        if not row.startswith("| |"):
            break
        rows.append(row)
    names = ("PolicyError", "ValueError", "KeyError", "RuntimeError", "TypeError")
    listed = {name for row in rows for name in names if f"`{name}`" in row}
    assert raised <= listed
