"""A second crisis is not the task of the first, and one person under two ids is one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from facts.stated import AS_OF, facilitator, group, mentor, one, patient, said, stated
from peer_match import load_policy, suggest
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import Fact
from peer_match.facts.patient import ScreenResult

POLICY = load_policy()


def high(*days: str) -> Fact[Any]:
    """Screens of high suicide risk on these days."""
    level = ScreenResult(instrument="c-ssrs", level="high")
    return Fact(statements=tuple(stated(level, day) for day in days))


def ids(screen: Fact[Any], day: str) -> dict[str, str]:
    """The id of each task that a rule gives, by its title, as decided on a day."""
    person = patient(record_status=one("active"), suicide_screen=screen)
    moment = datetime.fromisoformat(f"{day}T12:00:00-08:00")
    tasks = suggest(POLICY, person, as_of=moment).plan.tasks
    return {task.title: task.id for task in tasks if task.rule is not None}


def test_a_second_crisis_is_not_the_task_of_the_first() -> None:
    """In a record system the first may be done: with its id nobody would be asked again."""
    first = ids(high("2026-01-20"), "2026-01-21")
    second = ids(high("2026-01-20", "2026-06-10"), "2026-06-11")
    again = {title for title in first if title in second and first[title] != second[title]}
    assert again
    assert again < set(first)  # what has nothing to do with it keeps its id


def test_deciding_again_about_the_same_crisis_gives_the_same_tasks() -> None:
    """Later, by a record that came to light late, or with the first screen out of its window."""
    found = ids(high("2026-02-05", "2026-02-27"), "2026-03-01")
    assert ids(high("2026-02-05", "2026-02-27"), "2026-03-10") == found
    assert ids(high("2026-02-27"), "2026-03-01") == found
    assert ids(high("2026-02-27", "2025-12-01"), "2026-03-01") == found


# -- one person under two ids ----------------------------------------------------------------------

LOU = mentor("m1", person="person-1")


def keeps_apart(other: str, target: Any, *mentors: Any) -> set[str]:
    """The rules about other people that keep a target apart, with an order between the two."""
    order = RecordedConflict(
        id="order", between=("pat", other), kind="protective-order", provenance=said("2026-01-01")
    )
    groups = [target] if target is not LOU else []
    decision = suggest(POLICY, patient(), groups, mentors, as_of=AS_OF, conflicts=[order])
    found = decision.groups.blocked if groups else decision.mentors.blocked
    return {each.rule for one in found for each in one.screening if "apart" in each.rule}


@pytest.mark.parametrize("order_with", ["m1", "person-1"])
@pytest.mark.parametrize("known_here_as", ["m1", "person-1"])
def test_a_mentor_is_the_same_person_in_every_group(order_with: str, known_here_as: str) -> None:
    """Whichever of their ids the order names, and whichever the group does."""
    attends = group("g1", members=frozenset({known_here_as}))
    leads = group("g2", facilitators=(facilitator(known_here_as),))
    for target in (attends, leads):
        assert keeps_apart(order_with, target, LOU)
    assert keeps_apart(order_with, LOU, LOU)


def test_another_person_is_not_kept_apart() -> None:
    assert not keeps_apart("person-2", group("g1", members=frozenset({"m1"})), LOU)
