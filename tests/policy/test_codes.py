"""The pages of diagnostic codes are published as they are, and what they advise can be written."""

import re
from pathlib import Path

import pytest

from peer_match.policy.bind import Binder
from peer_match.policy.check_meaning import SIDES
from peer_match.policy.codes import CODES, write_pages
from peer_match.policy.diagnostics import Diagnostic, as_text
from peer_match.policy.grammar import parse_sentence
from peer_match.policy.nodes import Scalar, Sequence
from peer_match.policy.policy import Policy
from peer_match.policy.source import read_yaml

PUBLISHED = Path(__file__).parents[2] / "docs" / "diagnostics"
HOW_TO_PUBLISH = (
    "to publish: python -c 'from pathlib import Path; from peer_match.policy.codes import "
    'write_pages; write_pages(Path("docs/diagnostics"))\''
)


def test_the_published_pages_are_those_in_force(tmp_path: Path) -> None:
    write_pages(tmp_path)
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    published = {path.name: path.read_text("utf-8") for path in PUBLISHED.iterdir()}
    assert published == written, HOW_TO_PUBLISH


def advised(code: str) -> list[str]:
    """The sentences that the page of a code shows as right."""
    after = CODES[code].example.rpartition("# after\n")[2]
    node, _ = read_yaml(after, "example.yaml")
    items = node.items if isinstance(node, Sequence) else ()
    return [item.text for item in items if isinstance(item, Scalar)] + [
        found.strip() for found in re.findall(r"^ +- ([^{\n]+)$", after, re.MULTILINE)
    ]


@pytest.mark.parametrize("code", [code for code in sorted(CODES) if advised(code)])
def test_every_sentence_that_a_page_advises_can_be_written(
    shipped_policy: Policy, code: str
) -> None:
    for sentence in advised(code):
        problems: list[Diagnostic] = []
        node, _ = read_yaml(f"- {sentence}", "example.yaml")
        assert isinstance(node, Sequence)
        events = shipped_policy.safety.events
        binder = Binder(shipped_policy.vocabularies, frozenset(SIDES), problems, events)
        (item,) = node.items
        assert isinstance(item, Scalar)
        if " becomes " in sentence:
            binder.edit(item)
        else:
            assert parse_sentence(sentence)
            binder.condition(item)
        assert problems == [], as_text(problems)
