"""Assessments that were really made: the shipped pack on a history, for every recipient."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.project_assessment import project_assessment
from peer_match.facts.event import Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.policy.load import load_policy

from .assessments import errors_in
from .hapi import Validator

AS_OF = datetime.fromisoformat("2026-03-02T09:00:00-08:00")


RECIPIENTS = sorted(load_policy().recipients)
TREATING = [code for code in RECIPIENTS if load_policy().recipients[code].treating]


def assessed(*events: Event, recipient: str = "clinician") -> Assessment:
    policy = load_policy()
    found = assess(policy, History(subject="ana", events=events), as_of=AS_OF)
    return project_assessment(found, policy, recipient)


def high_screen() -> Event:
    recorded = AS_OF - timedelta(hours=1)
    return Event(
        kind="c-ssrs-screener",
        source="screens",
        id="7",
        date=PartialDate.of(recorded),
        recorded=recorded,
        severity="high",
    )


def lapse() -> Event:
    recorded = AS_OF - timedelta(hours=1)
    return Event(
        kind="opioid-return-to-use",
        source="staff",
        id="8",
        date=PartialDate.of(recorded),
        recorded=recorded,
    )


@pytest.mark.parametrize("recipient", RECIPIENTS)
@pytest.mark.parametrize("events", [(), (high_screen(),)], ids=["nothing known", "high screen"])
def test_what_is_written_is_valid(
    events: tuple[Event, ...], recipient: str, fhir_validator: Validator
) -> None:
    written = assessment_bundle(assessed(*events, recipient=recipient))
    assert errors_in(fhir_validator, written) == []


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_whoever_is_not_treating_the_person_learns_nothing(recipient: str) -> None:
    written = assessment_bundle(assessed(high_screen(), recipient=recipient))
    assert ("entry" in written) is (recipient in TREATING)


def test_whoever_may_not_see_what_it_is_about_is_not_told_by_fhir_either() -> None:
    """The lines are those that everybody is shown, whatever it is about."""
    told = assessed(high_screen(), recipient="point-of-contact")
    assert told.lines == assessed(lapse(), recipient="point-of-contact").lines != ()
    written = json.dumps(assessment_bundle(replace(told, lines=())))
    for word in ("suicid", "c-ssrs", "screen", "screens#7"):
        assert word not in written.lower()


def test_a_high_screen_stands_as_a_flag_and_asks_somebody_to_act_at_once() -> None:
    entries = assessment_bundle(assessed(high_screen()))["entry"]
    resources: list[dict[str, Any]] = [entry["resource"] for entry in entries]
    types = {one["resourceType"] for one in resources}
    assert {"RiskAssessment", "Flag", "RequestGroup", "Task", "Provenance"} == types
    requested = [
        one
        for one in resources
        if one["resourceType"] == "Task" and "groupIdentifier" in one and "input" in one
    ]
    assert {one["status"] for one in requested} == {"requested"}
    assert {one["priority"] for one in requested} == {"stat"}


def test_where_nothing_is_known_nothing_is_safe() -> None:
    found = assessed()
    assert found.severity is None
    entries = assessment_bundle(found)["entry"]
    [risk] = [e["resource"] for e in entries if e["resource"]["resourceType"] == "RiskAssessment"]
    assert "That does not mean safe" in risk["text"]["div"]
