"""What a pack owes its readers on a day: reviews that are overdue."""

from __future__ import annotations

from datetime import date

from peer_match.policy.diagnostics import Diagnostic, error
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import node_at


def overdue_reviews(reading: PackReading, day: date) -> list[Diagnostic]:
    """An error for every active rule whose review was due before a day."""
    if reading.policy is None:
        return []
    files = {one.id: one for one in reading.files}
    found: list[Diagnostic] = []
    for rule in reading.policy.rules():
        if rule.status != "active" or rule.review_by >= day:
            continue
        node = node_at(files[rule.id].node, ("review_by",))
        position = node.position if node is not None else rule.position
        found.append(
            error(
                "PM404",
                f"the review of `{rule.id}` was due on {rule.review_by.isoformat()}",
                position,
                "read the rule again, and set a new `review_by`",
            )
        )
    return found
