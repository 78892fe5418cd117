"""What stands between two people looks, on every surface, like a group that is full or closed."""

from datetime import datetime
from functools import lru_cache

import pytest

from peer_match.decide.decision import Decision
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.group import Group
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.facts.week import Availability
from peer_match.facts.week_text import parse_meeting, parse_window
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.surfaces.report import report, week_picture
from peer_match.surfaces.text import render_text
from peer_match.surfaces.text_caseload import caseload_summary
from peer_match.surfaces.text_target import explain

from .test_text import printed

AS_OF = datetime.fromisoformat("2026-03-02T09:00:00-06:00")
ZONE = "America/Chicago"
SAID = Provenance(source="register", stated_by=StatedBy.PROGRAMME, date=PartialDate("2026-01-10"))
TREATING = ("clinician", "point-of-contact", "patient")


@lru_cache(maxsize=1)
def policy() -> Policy:
    return load_policy()


def group(*, seats: int = 5, status: str = "open") -> Group:
    return Group(
        id="g1",
        name="Tuesday Steps",
        members=frozenset({"somebody"}),
        free_seats=Fact(statements=(Statement(value=seats, provenance=SAID),)),
        status=Fact(statements=(Statement(value=status, provenance=SAID),)),
        meetings=Fact(
            statements=(
                Statement(
                    value=(parse_meeting(f"Tue 19:00 60 minutes {ZONE} online"),), provenance=SAID
                ),
            )
        ),
    )


def other_group() -> Group:
    return group().model_copy(
        update={"id": "g2", "name": "Thursday Talk", "members": frozenset[str]()}
    )


def patient() -> Patient:
    free = Availability(zone=ZONE, free=(parse_window("Tue 18:00-21:00"),))
    said = SAID.model_copy(update={"stated_by": StatedBy.SELF})
    return Patient(
        id="p1",
        name="Ana Marchetti",
        availability=Fact(statements=(Statement(value=free, provenance=said),)),
    )


def decided(first: Group, kind: str | None = None, recipient: str = "clinician") -> Decision:
    between = ("p1", "somebody")
    conflicts = () if kind is None else (
        RecordedConflict(id="c1", between=between, kind=kind, provenance=SAID),
    )  # fmt: skip
    whole = suggest(policy(), patient(), [first, other_group()], as_of=AS_OF, conflicts=conflicts)
    return project(whole, policy(), recipient)


def shown(first: Group, kind: str | None = None, recipient: str = "clinician") -> str:
    """Everything that the surfaces of this room say of one decision."""
    decision = decided(first, kind, recipient)
    week = week_picture(decision, patient(), {"g1": first, "g2": other_group()})
    weeks = {} if week is None else {"p1": week}
    terminal = (render_text(decision), caseload_summary([decision]), explain(decision, "g1"))
    page = report([decision], title="Caseload", weeks=weeks)
    return "\f".join([page, *map(printed, terminal)])


@pytest.mark.parametrize("recipient", TREATING)
@pytest.mark.parametrize("kind", ["protective-order", "recorded-conflict", "household"])
def test_a_conflict_looks_like_a_group_that_is_full_or_closed(kind: str, recipient: str) -> None:
    kept_apart = shown(group(), kind, recipient)
    assert kept_apart == shown(group(seats=0), None, recipient)
    assert kept_apart == shown(group(status="closed"), None, recipient)
    assert "Not available at present" in kept_apart


def test_the_safety_role_sees_what_it_is() -> None:
    kept_apart = shown(group(), "protective-order", "safety")
    assert kept_apart != shown(group(seats=0), None, "safety")
    assert "Protective order" in kept_apart


def test_a_group_without_a_conflict_is_told_of() -> None:
    """Without this the tests above could hold because nothing is ever shown."""
    assert shown(group()) != shown(group(), "protective-order")
    assert "Not available at present" not in shown(group()).split("How to read this page")[0]
