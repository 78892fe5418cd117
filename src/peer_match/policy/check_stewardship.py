"""What a rule owes its readers whatever it says: sources that are there, and dates in order."""

from __future__ import annotations

from peer_match.policy.assembly import Assembly
from peer_match.policy.diagnostics import Diagnostic, Position, error, quote
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.nearness import source_meant
from peer_match.policy.nodes import Mapping, Scalar, Sequence, node_at
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.scalar_types import is_id


def check_stewardship(file: PackFileRead, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add the problems of a rule's citations and dates."""
    shape = file.shape
    assert isinstance(shape, RuleHeader)
    cited = file.node.get("source")
    for item in cited.items if isinstance(cited, Sequence) else ():
        node = node_at(item, ("cite",)) if isinstance(item, Mapping) else None
        # An id that is at fault itself was told where the file was read.
        if not isinstance(node, Scalar) or not is_id(node.text):
            continue
        if assembly.sources and node.text not in assembly.sources:
            problems.append(
                error(
                    "PM401",
                    f"{quote(node.text)} is not in `sources.yaml`",
                    node.position,
                    source_meant(node.text, assembly.sources),
                )
            )
    if shape.until is not None and shape.until < shape.effective:
        problems.append(
            error(
                "PM402",
                "the rule ends before it begins",
                _at(file, "until"),
                f"it begins on {shape.effective.isoformat()}; `until` is its last day",
            )
        )
    if shape.review_by <= shape.effective:
        when = "before" if shape.review_by < shape.effective else "on the day"
        problems.append(
            error(
                "PM403",
                f"the review is due {when} the rule begins",
                _at(file, "review_by"),
                f"it begins on {shape.effective.isoformat()}; set a later day, such as a year on",
            )
        )


def _at(file: PackFileRead, key: str) -> Position:
    found = node_at(file.node, (key,))
    return found.position if found is not None else file.node.position
