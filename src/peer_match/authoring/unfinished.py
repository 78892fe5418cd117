"""What a started rule came with and nobody has replaced: a draft may, a rule in force may not."""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.authoring.scaffold import FOUND, TITLE, WHY
from peer_match.policy.diagnostics import Diagnostic, error, warning
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import Node, Scalar, Sequence, node_at
from peer_match.policy.pack_files import PackFileRead

TO_WRITE = {
    TITLE: "write a `title` that says what this rule does",
    WHY: "write in `why` what somebody who disagrees could argue with",
    FOUND: "write what the source says; for `design-default`, what was chosen and by whom",
}


def unfinished(reading: PackReading) -> list[Diagnostic]:
    """Every text of a started rule that was left as it is: an error once the rule is active."""
    found: list[Diagnostic] = []
    for file in reading.files:
        shape = file.shape
        if not isinstance(shape, RuleHeader) or shape.status == "retired":
            continue
        told = error if shape.status == "active" else warning
        for node in _texts(file):
            help = TO_WRITE.get(" ".join(node.text.split()))
            if help is not None:
                message = "this is the text that every started rule comes with"
                found.append(told("PM405", message, node.position, help))
    return found


def _texts(file: PackFileRead) -> Iterator[Scalar]:
    sources = file.node.get("source")
    cited = sources.items if isinstance(sources, Sequence) else ()
    nodes: list[Node | None] = [file.node.get("title"), file.node.get("why")]
    nodes.extend(node_at(one, ("finding",)) for one in cited)
    yield from (one for one in nodes if isinstance(one, Scalar))
