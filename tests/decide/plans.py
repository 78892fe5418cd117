"""Safety plans of tests, on the shipped pack."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.facts.safety_plan import PlanEntry, SafetyPlan, StepAnswers
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.policy.safety_plan import PlanForm

MADE = datetime.fromisoformat("2026-03-05T11:30:00-06:00")
DOCTOR = Person(id="Practitioner/7", name="Dr. Rao", role="clinician")
ENTRY = PlanEntry("Something that helps", "555-0142")


@cache
def policy() -> Policy:
    return load_policy()


def form() -> PlanForm:
    found = policy().safety.plan
    assert found is not None
    return found


def plan(**other: Any) -> SafetyPlan:
    """A plan that lacks nothing, with some parts otherwise."""
    steps = {one.step: StepAnswers((ENTRY,)) for one in form().steps}
    whole: dict[str, Any] = {
        "id": "QuestionnaireResponse/1",
        "subject": "p",
        "made": PartialDate.of(MADE),
        "made_with": DOCTOR,
        "steps": steps,
    }
    return SafetyPlan(**whole | other)


def with_step(step: str, *entries: PlanEntry, declined: bool = False) -> SafetyPlan:
    """A plan of which one step is otherwise."""
    return plan(steps=plan().steps | {step: StepAnswers(entries, declined)})


def event(kind: str, when: datetime | str | None, **other: Any) -> Event:
    date = (
        None if when is None else PartialDate(when if isinstance(when, str) else when.isoformat())
    )
    recorded = when if isinstance(when, datetime) else MADE + timedelta(days=1)
    told: dict[str, Any] = {"source": "form", "id": "1", "recorded": recorded}
    return Event(kind=kind, date=date, **told | other)


def history(*events: Event, covered: bool = True, **other: Any) -> History:
    """What happened to the person, of which everything would have been recorded."""
    kinds = (*form().review_after, "safety-plan-made") if covered else ()
    begins = MADE - timedelta(days=365)
    coverage = tuple(Coverage(kind=one, begins=begins) for one in kinds)
    return History(subject="p", events=events, coverage=coverage, **other)
