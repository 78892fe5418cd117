"""What a decision is told of a person's safety, and what it makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from facts.stated import AS_OF, group, mentor, one
from facts.stated import patient as person
from peer_match import suggest
from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment, Engine
from peer_match.decide.canonical import canonical
from peer_match.decide.decision import Decision, Suggestion
from peer_match.decide.project import project
from peer_match.decide.safety_standing import NOT_TOLD, open_escalation, standing
from peer_match.facts.event import EarlierEscalation, Event, History
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate

from .made import SHIPPED

BEFORE = AS_OF - timedelta(hours=3)
PAT = person("pat", name="Pat Doe", record_status=one("active"))
GROUP_RULE = "emergent-escalation-before-a-new-group"
MENTOR_RULE = "emergent-escalation-before-a-new-mentor"
ASKING_RULE = "urgent-escalation-before-a-new-group"


def told(kind: str, severity: str | None = None) -> Event:
    return Event(kind=kind, source="form", id="1", date=PartialDate.of(BEFORE), recorded=BEFORE,
                 severity=severity)  # fmt: skip


def earlier(rule: str, severity: str, **other: Any) -> EarlierEscalation:
    values: dict[str, Any] = {"id": "an-id", "evidence": frozenset(), "is_open": True}
    return EarlierEscalation(rule=rule, severity=severity, **(values | other))


def assessed(*events: Event, before: Any = (), patient: Patient = PAT) -> Assessment:
    history = History(subject=patient.id, about="patient", events=events)
    return assess(SHIPPED, history, as_of=AS_OF, patient=patient, earlier=before)


def decided(assessment: Assessment | None, patient: Patient = PAT) -> Decision:
    return suggest(
        SHIPPED, patient, [group("g")], [mentor("m")], as_of=AS_OF, assessment=assessment
    )


def outcome(decision: Decision, rule: str) -> str:
    parts = (decision.groups, decision.mentors)
    (found,) = (
        screening.outcome
        for part in parts
        for list in (part.eligible, part.eligible_with_support, part.waiting, part.blocked)
        for one in list
        for screening in one.screening
        if screening.rule == rule
    )
    return found


def rules_that_passed(decision: Decision) -> set[str]:
    every: list[Suggestion] = []
    for part in (decision.groups, decision.mentors):
        every += [*part.eligible, *part.eligible_with_support, *part.waiting, *part.blocked]
    return {rule for one in every for rule in one.passed}


DANGER = told("c-ssrs-screener", "high")


# -- what rules read of it -------------------------------------------------------------------------


def test_what_is_emergent_keeps_a_new_group_and_a_new_mentor_apart() -> None:
    found = decided(assessed(DANGER))
    assert outcome(found, GROUP_RULE) == "blocked"
    assert outcome(found, MENTOR_RULE) == "blocked"
    reading = found.facts["patient.open_escalation"]
    assert reading.values == ("Emergent",)
    assert found.assessment is not None
    ids = {one.id for one in found.assessment.escalations}
    assert reading.sources[0].source.removeprefix("escalation ") in ids


def test_without_an_assessment_the_clinician_is_asked() -> None:
    """Whatever a record says: only an assessment knows what is open."""
    claimed = person("pat", record_status=one("active"), open_escalation=one("none-open"))
    for patient in (PAT, claimed):
        found = decided(None, patient)
        assert outcome(found, GROUP_RULE) == "ask"
        assert found.facts["patient.open_escalation"].unknown is not None
        assert found.safety == "safety not assessed"
        assert "a safety assessment: safety not assessed" in found.plan.missing


def test_what_nobody_has_closed_counts_though_nothing_holds_now() -> None:
    rule = "severe-distress"
    open = assessed(before=[earlier(rule, "urgent", since=BEFORE)])
    assert open.severity is None
    found = decided(open)
    assert outcome(found, ASKING_RULE) == "ask"
    assert found.facts["patient.open_escalation"].sources[0].date == BEFORE.isoformat()
    closed = decided(assessed(before=[earlier(rule, "urgent", is_open=False)]))
    assert {GROUP_RULE, ASKING_RULE} <= rules_that_passed(closed)


def test_what_is_about_another_person_is_not_a_fact_of_this_one() -> None:
    rules = {one.id for one in SHIPPED.safety.escalates if one.pathway == "conflict-between-people"}
    for rule in rules:
        found = assessed(before=[earlier(rule, "urgent")])
        [said] = open_escalation(found, SHIPPED).statements
        assert said.value == "none-open"
    assert rules


@pytest.mark.parametrize("severity", ["routine", "soon", "urgent", "emergent"])
def test_the_most_severe_of_what_is_open_is_stated(severity: str) -> None:
    found = assessed(
        before=[earlier("severe-distress", "routine"), earlier("other", severity, id="z")]
    )
    [said] = open_escalation(found, SHIPPED).statements
    assert said.value == severity


# -- the assessment must be of this request --------------------------------------------------------


def test_an_assessment_of_something_else_is_refused() -> None:
    good = assessed()
    other_rules = replace(good.policy, digest="0")
    wrong = {
        "somebody else": replace(good, about="mentor"),
        "of somebody else": assessed(patient=person("sam", record_status=one("active"))),
        "other rules": replace(good, policy=other_rules),
        "another moment": replace(good, as_of=(AS_OF - timedelta(minutes=1)).isoformat()),
        "known at": replace(good, known_at=(AS_OF - timedelta(minutes=1)).isoformat()),
        "projected": replace(good, recipient="clinician"),
    }
    for words, assessment in wrong.items():
        with pytest.raises(ValueError, match=words):
            decided(assessment)


def test_an_earlier_escalation_of_no_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown severity `grave`"):
        assessed(before=[earlier("severe-distress", "grave")])
    closed = earlier("severe-distress", "grave", is_open=False)
    with pytest.raises(ValueError, match="unknown severity `grave`"):
        assessed(before=[closed])


# -- what is said of it ----------------------------------------------------------------------------


def test_nothing_that_is_found_reads_as_safe() -> None:
    said = standing(assessed())
    assert said.startswith("safety assessed: no rule holds, which is not a finding of safety; ")
    assert "questions are open" in said
    found = decided(assessed())
    assert found.safety == said
    assert not any("safety" in one for one in found.plan.missing)


def test_an_engine_that_failed_is_said() -> None:
    found = replace(assessed(), engine=Engine("failed", "it died"))
    assert standing(found).endswith("the rules engine needs a person to look")


def test_how_the_engine_fared_changes_no_digest() -> None:
    first = assessed(DANGER)
    second = replace(first, engine=Engine("failed", "it died"))
    one = replace(decided(first), safety="")
    other = replace(decided(second), safety="")
    assert canonical(one) == canonical(other)
    assert orjson.loads(canonical(one))["assessment"]["severity"] == "emergent"


@pytest.mark.parametrize("recipient", sorted(SHIPPED.recipients))
def test_nobody_is_told_more_of_it_than_of_the_assessment_itself(recipient: str) -> None:
    rule = next(
        one.id for one in SHIPPED.safety.escalates if one.pathway == "conflict-between-people"
    )
    found = decided(assessed(DANGER, before=[earlier(rule, "emergent", id="of-others")]))
    shown = project(found, SHIPPED, recipient)
    text = canonical(shown).decode()
    if not SHIPPED.recipients[recipient].treating:
        assert (shown.safety, shown.assessment) == (NOT_TOLD, None)
        nothing = project(decided(None), SHIPPED, recipient)
        assert canonical(shown) == canonical(nothing)
        return
    assert shown.assessment is not None
    assert shown.assessment.recipient == recipient
    assert shown.safety == standing(shown.assessment)
    assert shown.safety.startswith("safety assessed: emergent")
    sees_others = "another-person" in SHIPPED.recipients[recipient].sees
    assert ("of-others" in text) == sees_others
    assert (rule in text) == sees_others
