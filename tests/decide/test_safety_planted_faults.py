"""Faults planted in the assessment, one at a time: the comparison with the specification, or of the
two evaluations with each other, finds each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide import assess as assessing
from peer_match.decide import both_ways, network, timeline
from peer_match.decide.kernel import Kernel
from peer_match.decide.network import Network, Node
from peer_match.decide.timeline import Count, Occurrence, Timeline
from peer_match.facts.truth import Truth

from .made_safety import made_assessment, plain_assessment
from .test_safety_against_specification import cases, expected

pytestmark = pytest.mark.differential

CASES = 1500
Plant = Callable[[pytest.MonkeyPatch], None]


def the_far_edge_of_a_window_is_in_it(plant: pytest.MonkeyPatch) -> None:
    right = Occurrence.within
    plant.setattr(
        Occurrence,
        "within",
        lambda self, start, end: Truth.YES if self.first == self.last == start and self.surely
        else right(self, start, end),
    )  # fmt: skip


def the_severity_is_not_looked_at(plant: pytest.MonkeyPatch) -> None:
    right = Timeline.count
    plant.setattr(Timeline, "count", lambda self, one: right(self, replace(one, severity=None)))


def what_is_not_covered_is_absent(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(Timeline, "is_covered", lambda *_: True)


def what_is_dated_ahead_has_happened(plant: pytest.MonkeyPatch) -> None:
    right = timeline._when

    def wrong(event: Any, moment: Any) -> Any:
        if event.date is None:
            return right(event, moment)
        return (*timeline.bounds(event.date), True)

    plant.setattr(timeline, "_when", wrong)


def an_event_told_twice_counts_twice(plant: pytest.MonkeyPatch) -> None:
    right = Timeline.count

    def wrong(self: Timeline, sentence: Any) -> Count:
        found = right(self, sentence)
        start = sentence.span.before(self.moment.as_of)
        inside = [one for one in found.perhaps
                  if one.within(start, self.moment.as_of) is Truth.YES]  # fmt: skip
        return replace(found, low=max(found.low, len(inside))) if found.low else found

    plant.setattr(Timeline, "count", wrong)


def a_severity_that_nobody_gave_is_the_least(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(timeline, "_how_severe", lambda event, kind:
                  (kind.scale.index(event.severity),) * 2 if event.severity in kind.scale
                  else (0, 0))  # fmt: skip


def anybody_may_take_an_event_back(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(assessing, "allowed_history", lambda history, times: (history, ()))


def a_retraction_is_not_read(plant: pytest.MonkeyPatch) -> None:
    right = assessing.allowed_history

    def wrong(history: Any, times: Any) -> Any:
        history, notes = right(history, times)
        return history.model_copy(update={"retractions": ()}), notes

    plant.setattr(assessing, "allowed_history", wrong)


def what_became_known_later_is_known(plant: pytest.MonkeyPatch) -> None:
    right = assessing._Request._world

    def wrong(self: Any, history: Any, moment: Any) -> Any:
        later = max(one.recorded for one in history.events) if history.events else moment.known_at
        known = max(later, moment.known_at)
        return right(self, history, moment.model_copy(update={"known_at": known}))

    plant.setattr(assessing._Request, "_world", wrong)


def late_risks_are_passed_over(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(assessing._Request, "_late_moments", lambda *_: [])


def the_mildest_severity_counts(plant: pytest.MonkeyPatch) -> None:
    def wrong(severities: Any) -> Any:
        found = set(severities)
        return next((one for one in assessing.SEVERITIES if one in found), None)

    plant.setattr(assessing, "most_severe", wrong)


def a_fall_is_seen_whatever_came_first(plant: pytest.MonkeyPatch) -> None:
    right = Timeline.fell

    def wrong(self: Timeline, sentence: Any) -> Any:
        every = self.occurrences.get(sentence.kind, ())
        known = [one.points[0] for one in every if one.points is not None]
        if known and max(known) - min(known) >= sentence.points:
            return Truth.YES, every
        return right(self, sentence)

    plant.setattr(Timeline, "fell", wrong)


def what_was_met_once_is_met_for_ever(plant: pytest.MonkeyPatch) -> None:
    right = Timeline._missed

    def wrong(self: Timeline, begun: Any, obligation: Any, limit: Any) -> Truth:
        if any(self.occurrences.get(kind) for kind in obligation.met_by):
            return Truth.NO
        return right(self, begun, obligation, limit)

    plant.setattr(Timeline, "_missed", wrong)


def unknown_is_read_as_no(plant: pytest.MonkeyPatch) -> None:
    right = both_ways.evaluate

    def wrong(*given: Any) -> Truth:
        found = right(*given)
        return Truth.NO if found is Truth.UNKNOWN else found

    plant.setattr(both_ways, "evaluate", wrong)


def the_network_takes_any_for_all(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(network, "Node", lambda number, level, needs_all, parts:
                  Node(number, level, not needs_all, parts))  # fmt: skip
    plant.setattr(both_ways, "_networks", {})


def the_network_hands_over_one_less(plant: pytest.MonkeyPatch) -> None:
    right = Network.readings
    plant.setattr(Network, "readings", lambda self, world: tuple(
        (max(0, low - 1), high) for low, high in right(self, world)))  # fmt: skip


FAULTS: list[Plant] = [
    the_far_edge_of_a_window_is_in_it,
    the_severity_is_not_looked_at,
    what_is_not_covered_is_absent,
    what_is_dated_ahead_has_happened,
    an_event_told_twice_counts_twice,
    a_severity_that_nobody_gave_is_the_least,
    anybody_may_take_an_event_back,
    a_retraction_is_not_read,
    what_became_known_later_is_known,
    late_risks_are_passed_over,
    the_mildest_severity_counts,
    a_fall_is_seen_whatever_came_first,
    what_was_met_once_is_met_for_ever,
    unknown_is_read_as_no,
    the_network_takes_any_for_all,
    the_network_hands_over_one_less,
]


def differences(kernel: Kernel) -> bool:
    """Whether some case of the sample comes out otherwise than it should."""
    for case, policy in cases(CASES):
        found = made_assessment(case, policy, kernel)
        if found.engine.state != "agreed" or plain_assessment(found) != expected(case):
            return True
    return False


@pytest.mark.parametrize("fault", FAULTS, ids=[one.__name__ for one in FAULTS])
def test_the_comparison_finds(fault: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    with Kernel() as kernel:
        assert differences(kernel), "nothing differs"
