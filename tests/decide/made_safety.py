"""Plain packs of safety rules and plain histories, as the engine reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.kernel import Kernel
from peer_match.facts.event import Coverage, Event, History, Reassessment, Retraction
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate
from peer_match.policy.condition import (
    AllOf,
    AnyOf,
    Condition,
    EventCount,
    Holds,
    Not,
    Overdue,
    PointsFell,
)
from peer_match.policy.events import EventKind, Events, Obligation
from peer_match.policy.policy import Finding, Policy
from peer_match.policy.safety import Escalate, Pathway, Safety, SafetyTimes, Step
from peer_match.policy.safety_files import SEVERITIES, Severity
from peer_match.policy.units import CLOCK_UNITS, Span

from .made import HERE, SHIPPED, _header


def span(number: int, unit: str) -> Span:
    return Span(number, CLOCK_UNITS[unit])


def made_condition(plain: Any) -> Condition:
    words = (str(plain), HERE)
    match plain:
        case ("all", parts):
            return AllOf(tuple(made_condition(one) for one in parts))
        case ("any", parts):
            return AnyOf(tuple(made_condition(one) for one in parts))
        case ("not", part):
            return Not(made_condition(part))
        case (finding, "holds"):
            return Holds(*words, finding)
        case ("at least", least, kind, severity, number, unit):
            return EventCount(*words, least, kind, severity, span(number, unit))
        case ("fell", kind, points, number, unit):
            return PointsFell(*words, kind, points, span(number, unit))
        case (obligation, "is overdue by", number, unit):
            return Overdue(*words, obligation, span(number, unit))
        case _:
            raise AssertionError(plain)


def made_events(plain: dict[str, Any]) -> Events:
    kinds = {
        code: EventKind(
            code=code, label=code, about="patient", counts_as=one["counts_as"],
            privacy="mental-health", scale=tuple(one["scale"]),
            scale_labels={step: step for step in one["scale"]}, points=one["points"],
        )
        for code, one in plain["kinds"].items()
    }  # fmt: skip
    obligations = {
        code: Obligation(code, code, "patient", "mental-health", tuple(one["begun_by"]),
                         tuple(one["met_by"]), span(*one["within"]))
        for code, one in plain["obligations"].items()
    }  # fmt: skip
    return Events(kinds, obligations)


LADDER = (
    Step("first", "Look", "clinician", Span(10, "minute"), "stat", "last"),
    Step("last", "Take charge", "safety", Span(10, "minute"), "stat", None),
)


def made_pathway(id: str = "ladder") -> Pathway:
    return Pathway(**_header(id), enters_at=dict.fromkeys(SEVERITIES, "first"),
                   steps={one.id: one for one in LADDER}, instructions=("Stay.",))  # fmt: skip


def made_times(plain: dict[str, Any]) -> SafetyTimes:
    by_severity: dict[Severity, Span] = {one: Span(1, "day") for one in SEVERITIES}
    return SafetyTimes(
        time_to_human=by_severity,
        questions_within=by_severity,
        final_roles=("safety",),
        reassessed_by=frozenset(plain["reassessed_by"]),
        retracted_by=frozenset(plain["retracted_by"]),
        late=span(*plain["late"]),
        lines_verified_within=Span(12, "month"),
        country="US",
    )


def seen_to_by(id: str, rules: dict[str, Any]) -> frozenset[str]:
    """The rules that see to a rule's evidence, by way of others as well."""
    direct = rules[id].get("seen_to_by", [])
    return frozenset(direct).union(*(seen_to_by(one, rules) for one in direct))


def made_policy(plain: dict[str, Any]) -> Policy:
    """A plain pack as a policy, with a digest of its own."""

    def header(id: str, one: dict[str, Any]) -> dict[str, Any]:
        kept = {key: one[key] for key in ("status", "effective", "until")}
        return _header(id, when=made_condition(one["when"]), **kept)

    pathway = made_pathway()
    safety = Safety(
        events=made_events(plain),
        escalates=tuple(
            Escalate(**header(id, one), floor=False, about="patient", severity=one["severity"],
                     pathway=pathway.id, review_if_unknown=True, asks="clinician",
                     seen_to_by=seen_to_by(id, plain["escalate"]))
            for id, one in plain["escalate"].items()
        ),
        pathways={pathway.id: pathway},
        times=made_times(plain["safety"]),
    )  # fmt: skip
    return replace(
        SHIPPED,
        findings={id: Finding(**header(id, one)) for id, one in plain["finding"].items()},
        safety=safety,
        pack=SHIPPED.pack.model_copy(update={"effective": date(2020, 1, 1)}),
        digest=f"digest of {plain}",
    )


def made_history(plain: dict[str, Any], subject: str = "ann") -> History:
    def person(role: str) -> Person:
        return Person(id=role, name=role.title(), role=role)

    return History(
        subject=subject,
        events=tuple(
            Event(**(one | {"date": None if one["date"] is None else PartialDate(one["date"])}))
            for one in plain["events"]
        ),
        retractions=tuple(
            Retraction(event=one["event"], by=person(one["role"]), recorded=one["recorded"],
                       reason="by mistake")
            for one in plain["retractions"]
        ),
        reassessments=tuple(
            Reassessment(id=str(number), by=person(one["role"]), recorded=one["recorded"],
                         considered=tuple(one["considered"]))
            for number, one in enumerate(plain["reassessments"])
        ),
        coverage=tuple(Coverage(**one) for one in plain["coverage"]),
    )  # fmt: skip


def made_assessment(
    case: dict[str, Any], policy: Policy, kernel: Kernel | None = None
) -> Assessment:
    return assess(policy, made_history(case["history"]), as_of=case["as_of"],
                  known_at=case["known_at"], kernel=kernel)  # fmt: skip


def plain_assessment(found: Assessment) -> dict[str, Any]:
    """What the specification says of, in its form."""
    return {
        "severity": found.severity,
        "alerts": sorted(one.rule for one in found.alerts),
        "questions": sorted(one.rule for one in found.questions),
    }
