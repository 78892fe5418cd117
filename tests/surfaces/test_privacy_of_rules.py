"""Rules about another person, over random parts of the sample caseload: in every output of whoever
is not the safety role, what they keep apart is the same bytes as what is merely full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from facts.stated import one
from peer_match import load_policy, project, sample, suggest
from peer_match.decide.canonical import canonical
from peer_match.decide.decision import Decision
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.consent import Consent
from peer_match.facts.group import Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.fhir.write_bundle import write_bundle
from peer_match.policy.policy import Policy
from peer_match.surfaces.demo import _groups, _person
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.inputs import roster_from
from peer_match.surfaces.report import report
from peer_match.surfaces.text import render_text
from peer_match.surfaces.text_target import explain

OTHER = "somebody-else"
RECIPIENTS = ("clinician", "point-of-contact", "mentor", "group", "payer", "researcher")
RECENTLY = PartialDate("2026-02-20")


@dataclass
class Changed:
    """A target as a rule finds it, and what is on record between people."""

    target: Any
    conflicts: list[RecordedConflict] = field(default_factory=list[RecordedConflict])


def tie(kind: str) -> Callable[[Any, Patient], Changed]:
    def change(target: Any, patient: Patient) -> Changed:
        is_group = isinstance(target, Group)
        if is_group:
            target = target.model_copy(update={"members": target.members | {OTHER}})
        person = OTHER if is_group else (target.person or target.id)
        between = RecordedConflict(
            id="c1",
            between=(patient.id, person),
            kind=kind,
            provenance=Provenance(source="court register", stated_by=StatedBy.RECORD),
        )
        return Changed(target, [between])

    return change


def facts(**changes: Any) -> Callable[[Any, Patient], Changed]:
    return lambda target, patient: Changed(target.model_copy(update=changes))


FULL = {"group": facts(free_seats=one(0)), "mentor": facts(free_places=one(0))}
RULES: dict[str, Callable[[Any, Patient], Changed]] = {
    "group-full": FULL["group"],
    "group-not-meeting": facts(status=one("closed")),
    "household-or-family-in-the-group": tie("household"),
    "kept-apart-from-someone-in-the-group": tie("protective-order"),
    "household-or-family-with-the-mentor": tie("family"),
    "kept-apart-from-the-mentor": tie("recorded-conflict"),
    "second-role-with-the-mentor": tie("employer"),
    "mentor-early-in-recovery": facts(recovery_since=one(RECENTLY)),
    "mentor-not-taking-people": facts(status=one("suspended")),
    "mentor-recently-returned-to-use": facts(returned_to_use=one(RECENTLY)),
    "mentor-severe-incident-open": facts(open_incident=one("severe")),
    "mentor-under-high-strain": facts(strain=one("high")),
    "mentor-without-a-free-place": FULL["mentor"],
    "volunteer-at-full-load": facts(credential=one("volunteer"), mentees=one(40)),
}


class Caseload(NamedTuple):
    policy: Policy
    patients: tuple[Patient, ...]
    groups: tuple[Group, ...]
    mentors: tuple[Mentor, ...]


@cache
def caseload() -> Caseload:
    """The sample, with what its roster says of its people."""
    faults, policy = Faults(), load_policy()
    groups = _groups(policy, faults)
    roster = roster_from(sample.roster(), policy.vocabularies, faults)
    people = (_person(one, policy, faults) for one in sample.patients())
    patients = tuple(roster.add_to(one.patient, groups) for one in people if one is not None)
    return Caseload(policy, patients, groups, roster.mentors)


def outputs(decision: Decision, recipient: str, consents: Any, target: str) -> dict[str, bytes]:
    """Everything that somebody may be shown of a decision, as bytes."""
    policy = caseload().policy
    own = target if recipient in ("mentor", "group") else None
    shown = project(decision, policy, recipient, consents, target=own)
    console = Console(width=100, record=True, file=StringIO())
    console.print(render_text(shown))
    every = (*shown.groups.blocked, *shown.mentors.blocked)
    if any(one.target == target for one in every):
        console.print(explain(shown, target))
    return {
        "canonical": canonical(shown),
        "fhir": orjson.dumps(write_bundle(shown, policy)),
        "html": report([shown], title="Caseload", weeks={}).encode(),
        "text": console.export_text().encode(),
    }


def agreed_to_all(patient: Patient, recipient: str) -> tuple[Consent, ...]:
    """The person's consents, and one that lets the recipient know everything about them."""
    policy = caseload().policy
    own = [one for one in patient.consents if one.agreed]
    everything = own[0].model_copy(
        update={
            "id": "everything",
            "use": type(own[0].use)("disclosure"),
            "recipients": frozenset({recipient}),
            "categories": policy.disclosure_categories,
        }
    )
    return (*patient.consents, everything)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_what_a_rule_about_others_keeps_apart_looks_full(rule: str, data: st.DataObject) -> None:
    policy, patients, groups, mentors = caseload()
    kind = next(one.target for one in policy.must_nots if one.id == rule)
    able = [
        one
        for one in patients
        if any(consent.agreed for consent in one.consents)
        and (kind == "group" or any(said.value for said in one.mentor_wanted.statements))
    ]
    patient = data.draw(st.sampled_from(able), label="patient")
    some = st.lists(st.sampled_from(range(len(groups))), min_size=2, max_size=5, unique=True)
    chosen = [groups[place] for place in data.draw(some, label="groups")]
    asked = [mentors[place] for place in data.draw(
        st.lists(st.sampled_from(range(len(mentors))), min_size=1, max_size=3, unique=True),
        label="mentors")]  # fmt: skip
    targets: list[Any] = list(chosen) if kind == "group" else list(asked)
    targets[0] = targets[0].model_copy(
        update={"status": one("active" if kind == "mentor" else "open"),
                **({"free_seats": one(5)} if kind == "group" else
                   {"free_places": one(3), "strain": one("none"), "credential": one("volunteer")})}
    )  # fmt: skip

    def decided(change: Callable[[Any, Patient], Changed]) -> Decision:
        changed = change(targets[0], patient)
        given = [changed.target, *targets[1:]]
        return suggest(
            policy,
            patient,
            given if kind == "group" else chosen,
            given if kind == "mentor" else asked,
            as_of=sample.SAMPLE_AS_OF,
            conflicts=changed.conflicts,
        )

    kept_apart, full = decided(RULES[rule]), decided(FULL[kind])
    target = targets[0].id
    for recipient in RECIPIENTS:
        consents = agreed_to_all(patient, recipient)
        one_way = outputs(kept_apart, recipient, consents, target)
        assert one_way == outputs(full, recipient, consents, target), recipient
        assert OTHER.encode() not in b"".join(one_way.values())
    safety = project(kept_apart, policy, "safety", patient.consents)
    suggestions = safety.groups if kind == "group" else safety.mentors
    fired = {said.rule for one in suggestions.blocked if one.target == target
             for said in one.screening}  # fmt: skip
    assert rule in fired


def test_every_rule_that_is_shown_as_unavailable_is_tried() -> None:
    shown_so = {one.id for one in caseload().policy.must_nots if one.shown_as_unavailable}
    assert shown_so == RULES.keys()
