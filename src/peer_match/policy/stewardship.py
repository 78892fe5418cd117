"""What a pack owes its readers on a day: reviews that are overdue."""

from __future__ import annotations

from datetime import date

from peer_match.policy.diagnostics import Diagnostic, error
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.load import PackReading


def overdue_reviews(reading: PackReading, day: date) -> list[Diagnostic]:
    """An error for every active rule whose review was due before a day, whatever else is wrong."""
    found: list[Diagnostic] = []
    for file in reading.files:
        rule = file.shape
        if not isinstance(rule, RuleHeader) or rule.status != "active" or rule.review_by >= day:
            continue
        node = file.node.get("review_by")
        found.append(
            error(
                "PM404",
                f"the review of `{file.id}` was due on {rule.review_by.isoformat()}",
                file.node.head if node is None else node.position,
                "read the rule again, and set a new `review_by`",
            )
        )
    return found
