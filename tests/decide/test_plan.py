"""The draft plan: who must do what, and that nothing is left to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from facts.stated import AS_OF, group, many, mentor, one, patient
from peer_match import load_policy, suggest
from peer_match.decide.decision import PlanTask
from peer_match.facts.patient import Person

POLICY = load_policy()
DANA, KIM, LEE = (Person(id=name.lower(), name=name) for name in ("Dana", "Kim", "Lee"))


def left_over(staff: dict[str, Person], **facts: Any) -> list[PlanTask]:
    """The tasks that say that nothing fits, for somebody whom nothing can fit."""
    person = patient(languages=many("spanish"), **facts)
    decision = suggest(
        POLICY,
        person,
        [group("g1", languages=many("english"))],
        [mentor("m1", languages=many("english"))],
        as_of=AS_OF,
        staff=staff,
    )
    assert not decision.groups.eligible
    assert not decision.mentors.eligible
    return [one for one in decision.plan.tasks if one.kind == "nothing-fits"]


@pytest.mark.parametrize(
    ("staff", "role", "owner"),
    [
        ({"point-of-contact": DANA, "clinician": KIM}, "point-of-contact", "Dana"),
        ({"programme-manager": LEE, "clinician": KIM}, "programme-manager", "Lee"),
        ({"clinician": KIM}, "clinician", "Kim"),
        ({"supervisor": LEE}, "point-of-contact", None),
        ({}, "point-of-contact", None),
    ],
)
def test_nothing_fits_is_the_task_of_the_first_who_is_named(
    staff: dict[str, Person], role: str, owner: str | None
) -> None:
    """Where nobody is, the role is told, and that nobody is named for it."""
    (task,) = left_over(staff)
    assert (task.role, task.owner) == (role, owner)
    assert task.title == "Find a way forward: 1 wait for an answer, 0 do not fit"


def test_where_a_mentor_is_wanted_and_none_fits_somebody_must_find_one() -> None:
    first, second = left_over({"supervisor": LEE, "clinician": KIM}, mentor_wanted=one(True))
    assert (first.title.partition(":")[0], first.owner) == ("Find a way forward", "Kim")
    assert (second.title.partition(":")[0], second.owner) == ("Find a mentor", "Lee")
    assert first.id != second.id


@pytest.mark.parametrize("facts", [{}, {"mentor_wanted": one(False)}], ids=["unknown", "no"])
def test_who_did_not_ask_for_a_mentor_needs_none(facts: dict[str, Any]) -> None:
    (task,) = left_over({"clinician": KIM}, **facts)
    assert task.title.startswith("Find a way forward")
