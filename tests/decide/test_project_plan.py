"""A plan is shown to whoever treats the person and may see what it is about, and to nobody else."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from peer_match.decide.assessment import HelpLine
from peer_match.decide.plan_review import PlanReview
from peer_match.decide.project_plan import project_plan
from peer_match.decide.references import WITHHELD
from peer_match.decide.safety_plan import review_plan
from peer_match.facts.patient import Patient, Person
from peer_match.facts.safety_plan import PlanEntry

from .plans import MADE, event, history, plan, policy

CANARY = "zq-canary"
SEE_IT = {"safety", "clinician", "supervisor", "patient"}


def whole() -> PlanReview:
    every = {step: type(one)((PlanEntry(CANARY, CANARY),)) for step, one in plan().steps.items()}
    made = plan(id=f"QuestionnaireResponse/{CANARY}", steps=every,
                made_with=Person(id=f"Practitioner/{CANARY}", name=CANARY))  # fmt: skip
    told = history(event("overdose", MADE + timedelta(days=2), source=CANARY))
    return review_plan(policy(), made, told, as_of=MADE + timedelta(days=4),
                       patient=Patient(id="p", name=CANARY))  # fmt: skip


@pytest.mark.parametrize("recipient", policy().recipients)
def test_nobody_else_is_told_a_word_of_it(recipient: str) -> None:
    shown = project_plan(whole(), policy(), recipient)
    text = orjson.dumps(shown).decode()
    if recipient in SEE_IT:
        assert shown.steps == whole().steps
        assert shown.standing == "overdue"
    else:
        assert CANARY not in text
        assert (shown.subject.id, shown.plan, shown.steps) == (WITHHELD, WITHHELD, ())


def test_what_happened_is_told_by_its_own_category() -> None:
    """That a look is due is told all the same."""
    shape = policy().recipients["clinician"]
    sees = tuple(one for one in shape.sees if one != "substance-use")
    recipients = {**policy().recipients, "clinician": shape.model_copy(update={"sees": sees})}
    less = replace(policy(), recipients=recipients)
    shown = project_plan(whole(), less, "clinician")
    assert [one.what for one in whole().reasons] == ["An overdose"]
    assert (shown.reasons, shown.standing) == ((), "overdue")
    assert shown.review_by == whole().review_by


def test_what_was_projected_is_not_projected_again() -> None:
    shown = project_plan(whole(), policy(), "clinician")
    with pytest.raises(ValueError, match="projected"):
        project_plan(shown, policy(), "clinician")
    with pytest.raises(KeyError):
        project_plan(whole(), policy(), "nobody")


def test_all_that_somebody_else_is_told() -> None:
    shown = project_plan(whole(), policy(), "mentor")
    found = orjson.loads(orjson.dumps(shown))
    assert {name: value for name, value in found.items() if value not in ([], None)} == {
        "schema_version": "1.0",
        "engine_version": whole().engine_version,
        "tzdata_version": whole().tzdata_version,
        "policy": orjson.loads(orjson.dumps(whole().policy)),
        "subject": {"id": WITHHELD, "name": None},
        "as_of": whole().as_of,
        "known_at": whole().known_at,
        "recipient": "mentor",
        "plan": WITHHELD,
        "title": whole().title,
        "opening": whole().opening,
        "role": "clinician",
        "standing": "not known",
        "review_by": whole().as_of,
        "priority": "urgent",
        "notes": ["withheld: the recipient `mentor` is not told of safety plans"],
    }
    assert [name for name, value in found.items() if value == []] == [
        "steps", "gaps", "reasons", "unknown", "lines",
    ]  # fmt: skip


@pytest.mark.parametrize("lacks", ["treating", "mental-health"])
def test_treating_the_person_and_seeing_the_category_are_both_needed(lacks: str) -> None:
    shape = policy().recipients["clinician"]
    less = (
        shape.model_copy(update={"treating": False})
        if lacks == "treating"
        else shape.model_copy(update={"sees": [one for one in shape.sees if one != lacks]})
    )
    pack = replace(policy(), recipients={**policy().recipients, "clinician": less})
    assert project_plan(whole(), pack, "clinician").steps == ()


def test_what_would_not_have_been_recorded_is_told_by_its_category() -> None:
    review = review_plan(policy(), plan(), history(covered=False), as_of=MADE + timedelta(days=1))
    seen = {one.privacy for one in review.unknown}
    assert {"mental-health", "substance-use"} <= seen
    shape = policy().recipients["clinician"]
    less = shape.model_copy(update={"sees": [one for one in shape.sees if one != "substance-use"]})
    pack = replace(policy(), recipients={**policy().recipients, "clinician": less})
    assert project_plan(review, policy(), "clinician").unknown == review.unknown
    shown = project_plan(review, pack, "clinician").unknown
    assert {one.privacy for one in shown} == seen - {"substance-use"}


def test_a_line_for_veterans_tells_that_somebody_is_one() -> None:
    lines = (HelpLine("A", "1", True, None), HelpLine("B", "2", False, None, for_veterans=True))
    review = replace(whole(), lines=lines)
    assert project_plan(review, policy(), "clinician").lines == lines
    shape = policy().recipients["clinician"]
    less = shape.model_copy(update={"sees": [one for one in shape.sees if one != "identity"]})
    pack = replace(policy(), recipients={**policy().recipients, "clinician": less})
    assert project_plan(review, pack, "clinician").lines == lines[:1]
