"""The safety rules that ship: the rules engine takes all of them and agrees with the evaluator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from peer_match.decide.assess import assess
from peer_match.decide.kernel import Kernel
from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.provenance import PartialDate

from .made import SHIPPED

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def a_history(number: int) -> History:
    """Some events of any kinds, within the last weeks, told at once."""
    random = Random(number)
    kinds = [one for one in SHIPPED.safety.events.kinds.values() if one.about == "patient"]
    events: list[Event] = []
    for place in range(random.randrange(12)):
        kind = random.choice(kinds)
        when = NOW - timedelta(hours=random.randrange(24 * 40))
        events.append(
            Event(
                kind=kind.code,
                source="form",
                id=str(place),
                date=PartialDate.of(when),
                recorded=when,
                severity=random.choice(kind.scale) if kind.scale else None,
                points=random.randrange(40) if kind.points else None,
            )
        )
    covered = [one for one in kinds if random.random() < 0.7]
    return History(
        subject="ann",
        events=tuple(events),
        coverage=tuple(
            Coverage(kind=one.code, begins=NOW - timedelta(days=400)) for one in covered
        ),
    )


def test_both_evaluations_of_the_shipped_rules_agree() -> None:
    with Kernel() as kernel:
        for number in range(60):
            found = assess(SHIPPED, a_history(number), as_of=NOW, kernel=kernel)
            assert found.engine.state == "agreed", (number, found.engine)
