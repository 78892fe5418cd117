"""Sentences of a test: bound as in a rule file, with the words at fault between ‹ and ›."""

from dataclasses import fields
from typing import Any

from peer_match.facts.catalogue import SUBJECTS
from peer_match.policy.bind import Binder
from peer_match.policy.diagnostics import Diagnostic, as_text
from peer_match.policy.events import Events
from peer_match.policy.nodes import Scalar
from peer_match.policy.policy import Policy
from peer_match.policy.source import read_yaml

FILE = "rule.yaml"


def bound(
    policy: Policy, sentence: str, reader: str = "condition", events: Events | None = None
) -> tuple[Any, list[Diagnostic]]:
    """What a sentence binds to (by `condition`, `measure` or `edit`), and its problems.

    `events` are what it may say of histories, as in a rule of safety; by default it may not. The
    sentence stands at the start of the file's first line, so that columns are easy to see.
    """
    problems: list[Diagnostic] = []
    node, found = read_yaml(sentence, FILE)
    assert found == [], as_text(found)
    assert isinstance(node, Scalar)
    binder = Binder(policy.vocabularies, frozenset(SUBJECTS), problems, events)
    return getattr(binder, reader)(node), problems


def meaning(
    policy: Policy, sentence: str, reader: str = "condition", events: Events | None = None
) -> Any:
    """What a sentence without a problem binds to."""
    found, problems = bound(policy, sentence, reader, events)
    assert problems == [], as_text(problems)
    return found


def fields_of(sentence: Any) -> dict[str, Any]:
    """The fields of a bound sentence, without its words and its place."""
    names = [one.name for one in fields(sentence) if one.name not in ("text", "position")]
    return {name: getattr(sentence, name) for name in names}


def one_fault(
    policy: Policy, marked: str, reader: str = "condition", events: Events | None = None
) -> tuple[str, str, str]:
    """The code, the message and the help of the one problem, which is where the marks are."""
    before, words, after = marked.replace("›", "‹").split("‹")
    result, problems = bound(policy, before + words + after, reader, events)
    assert result is None
    assert len(problems) == 1, as_text(problems)
    (problem,) = problems
    place = problem.position
    lines = before.split("\n")
    assert (place.line, place.column) == (len(lines), len(lines[-1]) + 1), as_text(problems)
    assert (place.end_line, place.end_column - place.column) == (place.line, len(words)), as_text(
        problems
    )
    return problem.code, problem.message, problem.help
