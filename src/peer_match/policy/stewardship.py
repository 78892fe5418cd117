"""What a pack owes its readers on a day: reviews that are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from peer_match.policy.diagnostics import Diagnostic, error, quote
from peer_match.policy.file_header import RuleHeader
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import node_at


def overdue_reviews(reading: PackReading, day: date) -> list[Diagnostic]:
    """An error for every active rule whose review was due before a day, whatever else is wrong,
    and for every crisis line that nobody has verified for too long."""
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
    return [*found, *_stale_lines(reading, day)]


def _stale_lines(reading: PackReading, day: date) -> Iterator[Diagnostic]:
    times = reading.assembly.times
    file = next((one for one in reading.files if one.kind == "crisis_lines"), None)
    if times is None or file is None:
        return
    oldest = times.lines_verified_within.before(datetime.combine(day, time.min, UTC)).date()
    for number, line in enumerate(reading.assembly.lines):
        by_somebody = None if line.verified_by is None else line.verified
        if by_somebody is not None and by_somebody >= oldest:
            continue
        said = (
            "has been verified by nobody"
            if by_somebody is None
            else f"was last verified on {by_somebody.isoformat()}"
        )
        node = node_at(file.node, ("lines", number, "line" if by_somebody is None else "verified"))
        yield error(
            "PM406",
            f"{quote(line.name)} {said}",
            file.node.head if node is None else node.position,
            f"the pack asks for it within {times.lines_verified_within}, by a named person",
        )
