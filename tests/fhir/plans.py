"""Answers to the form of the shipped safety plan, and reviews of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from decide.plans import form, policy
from peer_match.decide.plan_review import PlanReview
from peer_match.decide.project_plan import project_plan
from peer_match.decide.safety_plan import review_plan
from peer_match.facts.event import Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.fhir.read_safety_plan import SafetyPlanReading, read_safety_plan
from peer_match.sample import safety_plans

SAMPLE = safety_plans()["thomas-reed"]
AS_OF = datetime.fromisoformat("2026-03-09T09:00:00-06:00")


def answers(**other: Any) -> dict[str, Any]:
    """The sample's answers, with some elements otherwise; None leaves one out."""
    whole = json.loads(SAMPLE.read_text("utf-8")) | other
    return {name: value for name, value in whole.items() if value is not None}


def read(response: Any = None, **other: Any) -> SafetyPlanReading:
    given = answers() if response is None else response
    return read_safety_plan(given, name="plan.json", form=form(), **other)


def reviewed(response: Any = None, recipient: str = "clinician") -> PlanReview:
    """The review of answers after an overdose, as a recipient may see it."""
    found = read(response).plan
    assert found is not None
    at = datetime.fromisoformat("2026-03-09T07:00:00-06:00")
    overdose = Event(kind="overdose", source="form", id="1", date=PartialDate.of(at), recorded=at)
    told = History(subject=found.subject, events=(overdose,))
    return project_plan(review_plan(policy(), found, told, as_of=AS_OF), policy(), recipient)
