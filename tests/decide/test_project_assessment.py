"""Nobody is told more of an assessment than they may see: every shipped rule, every recipient.

Each shipped rule of safety is made to hold on a history of its own file, told by a source whose
name no text has by chance. What the recipient may not see is then looked for in all that is made
of the assessment: the value itself, its words, its FHIR resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import StringIO
from typing import Any

import orjson
import pytest
from rich.console import Console

from facts.stated import AS_OF, at_least
from peer_match.authoring.example_events import ExampleEvents
from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment, Engine, HelpLine, OpenQuestion
from peer_match.decide.project_assessment import (
    CONCERN,
    OTHERS,
    called_as,
    privacies,
    project_assessment,
)
from peer_match.decide.references import WITHHELD
from peer_match.facts.event import About, Coverage, Event, History, Reassessment, Retraction
from peer_match.facts.patient import Patient, Person, RiskFactor
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import read_pack
from peer_match.policy.nodes import Mapping, Scalar, Sequence
from peer_match.policy.policy import Policy
from peer_match.policy.safety import Escalate
from peer_match.surfaces.text_assessment import render_assessment
from policy.packs import RULES

READING = read_pack(RULES)
assert READING.policy is not None
POLICY: Policy = READING.policy
RULE_OF = {one.id: one for one in POLICY.safety.escalates}
NO_FACTS: dict[str, Any] = {}
CANARY = "zq-canary"
"""What the source of every event begins with."""
FACTS: dict[str, Any] = {
    "medications": at_least("buprenorphine"),
    "concerns": at_least("opioids"),
    "risk_factors": at_least(
        RiskFactor(code="past-suicide-attempt"), RiskFactor(code="thoughts-of-suicide")
    ),
}
"""What the examples of rules that read facts as well have in common."""


def examples(rule: str) -> Iterator[History]:
    """The histories of the examples in which a rule holds."""
    nodes = READING.assembly.files[rule].node.get("examples")
    assert isinstance(nodes, Sequence)
    for node in nodes.items:
        assert isinstance(node, Mapping)
        expected = node.get("expect")
        if isinstance(expected, Scalar) and expected.text == "yes" and node.get("events"):
            problems: list[Any] = []
            read = ExampleEvents(POLICY.safety.events, AS_OF, problems)
            yield read.read(node.get("events"), node.get("covered"))
            assert problems == [], as_text(problems)


def told_by_canaries(history: History, rule: Escalate) -> History:
    """The same by sources that are known again. Nothing else has happened, or every other rule
    would be a question."""

    def renamed(event: Event) -> Event:
        return event.model_copy(update={"source": f"{CANARY}-{event.kind}"})

    covered = {one.kind for one in history.coverage}
    others = (
        Coverage(kind=kind, begins=AS_OF - timedelta(days=1000))
        for kind in POLICY.safety.events.kinds.keys() - covered
    )
    return history.model_copy(
        update={
            "about": rule.about,
            "events": tuple(map(renamed, history.events)),
            "coverage": (*history.coverage, *others),
        }
    )


@cache
def holding(id: str) -> Assessment:
    """An assessment in which a rule holds."""
    rule = RULE_OF[id]
    for history in examples(id):
        for facts in (NO_FACTS, FACTS):
            patient = Patient(
                id=history.subject, name="Ann Example", identities=at_least("veteran"), **facts
            )
            found = assess(
                POLICY,
                told_by_canaries(history, rule),
                as_of=AS_OF,
                patient=patient if rule.about == "patient" else None,
            )
            if any(one.rule == id for one in found.alerts):
                engine = Engine("differed", "the two evaluations differ", (id,))
                return replace(found, engine=engine)
    raise AssertionError(f"no example makes {id} hold")


def in_text(assessment: Assessment) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(render_assessment(assessment))
    return " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]


def everything_made_of(assessment: Assessment) -> str:
    """The assessment, its words and its FHIR resources, as one text."""
    return "\n".join(
        (
            orjson.dumps(assessment).decode(),
            in_text(assessment),
            orjson.dumps(assessment_bundle(assessment)).decode(),
        )
    )


def may_see(recipient: str) -> frozenset[str]:
    return frozenset(POLICY.recipients[recipient].sees)


def hidden_from(recipient: str, assessment: Assessment) -> set[str]:
    """What must be nowhere: of every rule that the recipient may not see, and the keys and labels
    of all evidence of a kind that they may not."""
    shape, allowed = POLICY.recipients[recipient], may_see(recipient)
    hidden: set[str] = set()
    for rule in POLICY.safety.escalates:
        if not shape.treating or not privacies(rule, POLICY) <= allowed:
            hidden |= {f'"{rule.id}"', f"rule {rule.id}", rule.title, rule.why}
    told_of = {OTHERS} - allowed
    for alert in assessment.alerts:
        reads = privacies(RULE_OF[alert.rule], POLICY)
        if not shape.treating or reads & told_of:
            hidden.add(alert.escalation)
        for event in alert.evidence:
            if not shape.treating or event.privacy not in allowed:
                hidden |= {event.key, event.key.rpartition("#")[0], event.what}
    if not shape.treating or "identity" not in allowed:
        hidden |= {one.name for one in assessment.lines if one.for_veterans}
    if not shape.treating:
        hidden |= {assessment.subject.id, "Ann Example", CANARY}
    # What a rule that may be seen says in the same words is no secret.
    seen = [one for one in POLICY.safety.escalates if f'"{one.id}"' not in hidden]
    hidden.discard("")  # a fact's source has no number
    return hidden - {words for one in seen for words in (one.title, one.why)}


@pytest.mark.parametrize("rule", sorted(RULE_OF))
def test_nobody_sees_what_they_may_not(rule: str) -> None:
    whole = holding(rule)
    for recipient in POLICY.recipients:
        made = everything_made_of(project_assessment(whole, POLICY, recipient))
        found = {one for one in hidden_from(recipient, whole) if one in made}
        assert found == set(), recipient


@pytest.mark.parametrize("about", ["patient", "mentor", "facilitator", "group"])
def test_nobody_sees_of_a_question_what_they_may_not(about: About) -> None:
    """Where nothing is known every rule is a question."""
    whole = assess(POLICY, History(subject="example", about=about), as_of=AS_OF)
    assert {one.rule for one in whole.questions} == {
        one.id for one in RULE_OF.values() if one.about == about
    }
    for recipient in POLICY.recipients:
        made = everything_made_of(project_assessment(whole, POLICY, recipient))
        assert {one for one in hidden_from(recipient, whole) if one in made} == set(), recipient


@pytest.mark.parametrize("rule", sorted(RULE_OF))
def test_whoever_may_see_all_of_a_rule_is_told_all_of_it(rule: str) -> None:
    """Without this the test above would pass on a projection that says nothing."""
    whole = holding(rule)
    (alert,) = [one for one in whole.alerts if one.rule == rule]
    for recipient, shape in POLICY.recipients.items():
        if shape.treating and privacies(RULE_OF[rule], POLICY) <= may_see(recipient):
            shown = project_assessment(whole, POLICY, recipient)
            (told,) = [one for one in shown.alerts if one.rule == rule]
            assert told.severity == alert.severity
            assert [one for one in alert.evidence if one.privacy in may_see(recipient)] == [
                *told.evidence
            ]
            assert shown.rules[rule].title in in_text(shown)


@pytest.mark.parametrize("rule", sorted(RULE_OF))
def test_a_call_says_no_more_than_the_one_who_is_told_of_it_may_see(rule: str) -> None:
    whole = holding(rule)
    reads = privacies(RULE_OF[rule], POLICY)
    (plan,) = [one for one in whole.escalations if one.rule == rule]
    for recipient in POLICY.recipients:
        told = called_as(plan, POLICY, recipient)
        allowed = may_see(recipient) if POLICY.recipients[recipient].treating else frozenset()
        if not POLICY.recipients[recipient].treating or OTHERS in reads - allowed:
            assert told is None
        elif reads <= allowed:
            assert told == plan
        else:
            assert told is not None
            assert (told.rule, told.pathway, told.instructions) == (WITHHELD, WITHHELD, ())
            assert {one.title for one in told.steps} == {CONCERN}
            # Who is to act, by when, and which call it is, are told to everybody who is called.
            for ours, theirs in zip(plan.steps, told.steps, strict=True):
                assert replace(ours, title=CONCERN) == theirs


def test_every_rule_and_every_kind_of_recipient_is_looked_at() -> None:
    """Some may see all of a rule, some a concern only, some nothing at all."""
    kinds: set[str] = set()
    for rule in RULE_OF.values():
        for recipient, shape in POLICY.recipients.items():
            reads = privacies(rule, POLICY)
            assert reads, f"{rule.id} reads nothing"
            if not shape.treating:
                kinds.add("nothing")
            elif reads <= may_see(recipient):
                kinds.add("all")
            else:
                kinds.add("another person" if OTHERS in reads else "a concern")
    assert kinds == {"nothing", "all", "another person", "a concern"}


class TestOfAnotherPerson:
    """A rule about what stands between two people, of which only the safety role is told."""

    @staticmethod
    def alone() -> Assessment:
        """An assessment in which nothing else holds."""
        about_others = [id for id, one in RULE_OF.items() if OTHERS in privacies(one, POLICY)]
        whole = holding(about_others[0])
        (alert,) = [one for one in whole.alerts if one.rule == about_others[0]]
        return replace(
            whole,
            alerts=(alert,),
            escalations=tuple(one for one in whole.escalations if one.id == alert.escalation),
            severity=alert.severity,
            lines=(
                HelpLine("A line", "555", is_emergency=True, verified=None),
                HelpLine("Veterans", "556", False, None, for_veterans=True),
            ),
        )

    def test_nobody_else_sees_that_anything_holds(self) -> None:
        shown = project_assessment(self.alone(), POLICY, "clinician")
        assert (shown.severity, shown.alerts, shown.escalations) == (None, (), ())

    def test_not_by_crisis_lines_either(self) -> None:
        """They are shown where something holds: they would tell that something does."""
        assert project_assessment(self.alone(), POLICY, "clinician").lines == ()
        assert project_assessment(self.alone(), POLICY, "safety").lines == self.alone().lines

    def test_nor_by_a_question(self) -> None:
        whole = self.alone()
        rule = whole.alerts[0].rule
        asked = OpenQuestion("q", rule, "soon", (CANARY,), "clinician", whole.as_of)
        shown = project_assessment(replace(whole, questions=(asked,)), POLICY, "clinician")
        assert shown.questions == ()


class TestARuleThatThePackHasNoMore:
    """Its escalation is still open, and nobody can say any more what it read."""

    def test_a_call_is_made_and_says_nothing_of_it(self) -> None:
        plan = holding(sorted(RULE_OF)[0]).escalations[0]
        told = called_as(replace(plan, rule="withdrawn-rule"), POLICY, "clinician")
        assert told is not None
        assert (told.rule, told.pathway, told.instructions) == (WITHHELD, WITHHELD, ())
        assert {one.title for one in told.steps} == {CONCERN}


def test_notes_name_no_event() -> None:
    """Not even to whoever sees some kinds of event: nobody knows any more of which kind it was."""
    mentor = Person(id="mo", name="Mo", role="mentor")
    history = History(
        subject="example",
        events=(
            Event(kind=f"{CANARY}-kind", source=CANARY, id="1", date=None, recorded=AS_OF),
            Event(kind="protective-order", source=CANARY, id="2", date=None, recorded=AS_OF),
        ),
        retractions=(Retraction(event=f"{CANARY}#2", by=mentor, recorded=AS_OF, reason=CANARY),),
        reassessments=(
            Reassessment(id=CANARY, by=mentor, recorded=AS_OF, considered=(f"{CANARY}#2",)),
        ),
    )
    whole = assess(POLICY, history, as_of=AS_OF)
    assert len(whole.notes) == 3
    assert CANARY not in " ".join(whole.notes)
    assert project_assessment(whole, POLICY, "clinician").notes == whole.notes


def test_notes_are_for_whoever_sees_what_is_scored() -> None:
    note = "answers of `form` fit no item of `audit-c`"
    whole = replace(holding(sorted(RULE_OF)[0]), notes=(note,))
    for recipient, shape in POLICY.recipients.items():
        notes = project_assessment(whole, POLICY, recipient).notes
        may = shape.treating and {"mental-health", "substance-use"} <= may_see(recipient)
        assert (note in notes) is may, recipient


def test_it_is_projected_once() -> None:
    shown = project_assessment(holding(sorted(RULE_OF)[0]), POLICY, "safety")
    with pytest.raises(ValueError, match="again"):
        project_assessment(shown, POLICY, "clinician")


def test_nobody_whom_the_pack_does_not_list() -> None:
    with pytest.raises(KeyError):
        project_assessment(holding(sorted(RULE_OF)[0]), POLICY, "neighbour")


def test_a_moment_of_the_tests_lies_in_the_life_of_the_rules() -> None:
    assert datetime.fromisoformat(holding(sorted(RULE_OF)[0]).as_of) - AS_OF == timedelta(0)
