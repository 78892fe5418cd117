"""Laws of safety, over random packs and random histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.canonical import canonical_assessment
from peer_match.facts.event import EarlierEscalation, Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.policy.safety import Safety
from peer_match.policy.safety_files import SEVERITIES

from .made_safety import made_assessment, made_history, made_policy
from .random_histories import KINDS, draw_event, draw_history_case, draw_pack
from .strategies import below

pytestmark = pytest.mark.differential

several = settings(max_examples=150)


@st.composite
def cases(draw: DrawFn, monotone: bool = True) -> dict[str, Any]:
    def drawn(number: int) -> int:
        return draw(below(number))

    return draw_history_case(drawn, draw_pack(drawn, monotone))


@st.composite
def cases_with_a_risk(draw: DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case of a monotone pack, and one more event of risk that is known by then."""
    case = draw(cases())
    risky = [kind for kind, one in KINDS.items() if one["counts_as"] == "risk"]
    event = draw_event(lambda number: draw(below(number)), 99, [], [*risky, "hope"],
                       case["as_of"], case["known_at"])  # fmt: skip
    known = event["recorded"] <= case["known_at"]
    return case, event if known else event | {"recorded": case["known_at"]}


def severity(found: Assessment) -> int:
    return -1 if found.severity is None else SEVERITIES.index(found.severity)


def plus(case: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    return case | {"history": case["history"] | {"events": [*case["history"]["events"], event]}}


# -- evidence of risk only adds --------------------------------------------------------------------


@settings(max_examples=400)
@given(cases_with_a_risk())
def test_more_evidence_of_risk_never_lowers_a_severity(
    given: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    case, event = given
    policy = made_policy(case["policy"])
    before, after = made_assessment(case, policy), made_assessment(plus(case, event), policy)
    assert severity(after) >= severity(before)
    assert {one.rule for one in after.alerts} >= {one.rule for one in before.alerts}


@several
@given(cases())
def test_what_is_not_covered_is_never_read_as_absent(case: dict[str, Any]) -> None:
    """With less coverage, whatever holds or is asked about still holds or is asked about.

    Of the past only what held for sure is told, so an alert that is late may fall away with it.
    """
    policy = made_policy(case["policy"])
    blind = case | {"history": case["history"] | {"coverage": []}}
    before, after = made_assessment(case, policy), made_assessment(blind, policy)
    now = [one for one in before.alerts if one.late is None]
    told = {one.rule for one in (*now, *before.questions)}
    assert {one.rule for one in (*after.alerts, *after.questions)} >= told


# -- the three ways down ---------------------------------------------------------------------------

AS_OF = PartialDate("2026-03-01T09:00:00+00:00").instant
assert AS_OF is not None
NOW = AS_OF
ONE_RULE: dict[str, Any] = {
    "kinds": KINDS,
    "obligations": {},
    "finding": {},
    "escalate": {
        "severe-disclosure": {
            "status": "active", "effective": NOW.date() - timedelta(days=999), "until": None,
            "when": ("at least", 1, "disclosure", "severe", 7, "days"), "severity": "urgent",
        },
    },
    "safety": {"reassessed_by": ["clinician"], "retracted_by": ["clinician"], "late": (30, "days"),
               "effective": NOW.date() - timedelta(days=999)},
}  # fmt: skip
POLICY = made_policy(ONE_RULE)


def told(**other: Any) -> History:
    history: dict[str, Any] = {
        "events": [{"kind": "disclosure", "source": "form", "id": "1", "points": None,
                    "date": (NOW - timedelta(days=2)).isoformat(), "severity": "severe",
                    "recorded": NOW - timedelta(days=2)}],
        "retractions": [], "reassessments": [],
        "coverage": [{"kind": "disclosure", "begins": NOW - timedelta(days=400), "ends": None}],
    }  # fmt: skip
    return made_history(history | other)


def test_a_severity_falls_when_the_window_has_passed() -> None:
    assert assess(POLICY, told(), as_of=NOW).severity == "urgent"
    assert assess(POLICY, told(), as_of=NOW + timedelta(days=5, minutes=-1)).severity == "urgent"
    assert assess(POLICY, told(), as_of=NOW + timedelta(days=5)).severity is None


@pytest.mark.parametrize(("role", "left"), [("clinician", None), ("mentor", "urgent")])
def test_a_severity_falls_by_a_retraction_of_somebody_who_may(role: str, left: str | None) -> None:
    taken_back = [{"event": "form#1", "role": role, "recorded": NOW - timedelta(hours=1)}]
    found = assess(POLICY, told(retractions=taken_back), as_of=NOW)
    assert found.severity == left
    assert bool(found.notes) is (left is not None)
    # What was known before the retraction stays known: the history keeps both.
    before = assess(POLICY, told(retractions=taken_back), as_of=NOW - timedelta(hours=2))
    assert before.severity == "urgent"


@pytest.mark.parametrize(
    ("role", "considered", "left"),
    [("clinician", ["form#1"], None), ("clinician", ["form#2"], "urgent"),
     ("clinician", [], "urgent"), ("mentor", ["form#1"], "urgent")],
)  # fmt: skip
def test_a_severity_falls_by_a_reassessment_of_the_evidence_it_lists(
    role: str, considered: list[str], left: str | None
) -> None:
    said = [{"considered": considered, "role": role, "recorded": NOW - timedelta(hours=1)}]
    assert assess(POLICY, told(reassessments=said), as_of=NOW).severity == left


def told_later(**other: Any) -> History:
    """The same disclosure, of two days ago, that became known a day after."""
    one = told().events[0].model_copy(update={"recorded": NOW - timedelta(days=1)})
    return told(**other).model_copy(update={"events": (one,)})


def escalated(event: str, *, is_open: bool) -> EarlierEscalation:
    return EarlierEscalation(
        id="e1", rule="severe-disclosure", severity="urgent", evidence=frozenset({event}),
        is_open=is_open,
    )  # fmt: skip


def test_a_reassessment_ends_the_look_back_at_what_it_lists() -> None:
    said = [{"considered": ["form#1"], "role": "clinician", "recorded": NOW - timedelta(hours=1)}]
    found = assess(POLICY, told_later(reassessments=said), as_of=NOW)
    assert (found.severity, found.alerts) == (None, ())
    said[0]["considered"] = ["form#2"]
    assert assess(POLICY, told_later(reassessments=said), as_of=NOW).severity == "urgent"


def test_what_was_escalated_in_its_time_ends_with_its_window_once_it_is_closed() -> None:
    """A telling takes its minutes: that alone keeps no risk up for as long as what comes late."""
    after = NOW + timedelta(days=6)

    def then(event: str, *, is_open: bool, as_of: datetime = after) -> str | None:
        before = (escalated(event, is_open=is_open),)
        return assess(POLICY, told_later(), as_of=as_of, earlier=before).severity

    unseen = assess(POLICY, told_later(), as_of=after)
    assert unseen.severity == "urgent"
    assert unseen.alerts[0].late is not None
    assert then("form#1", is_open=False) is None
    assert then("form#1", is_open=True) == "urgent"
    assert then("form#1", is_open=False, as_of=NOW) == "urgent"
    assert then("form#0", is_open=False) == "urgent"


def test_nothing_else_lowers_it() -> None:
    """Neither a milder telling of the same event, nor anything that protects."""
    milder = told().events[0].model_copy(update={"severity": "mild"})
    contact = Event(kind="contact", source="form", id="9", date=PartialDate.of(NOW), recorded=NOW)
    history = told().model_copy(update={"events": (*told().events, milder, contact)})
    assert assess(POLICY, history, as_of=NOW).severity == "urgent"


# -- order, duplication, identity ------------------------------------------------------------------


@several
@given(cases(monotone=False), st.integers(0, 1000))
def test_neither_order_nor_duplication_of_events_matters(case: dict[str, Any], seed: int) -> None:
    policy, history = made_policy(case["policy"]), made_history(case["history"])
    events = [*history.events, *(one for one in history.events if one.id is not None)]
    Random(seed).shuffle(events)
    coverage = list(history.coverage)
    Random(seed).shuffle(coverage)
    shuffled = history.model_copy(update={"events": tuple(events), "coverage": tuple(coverage)})
    moment = {"as_of": case["as_of"], "known_at": case["known_at"]}
    first, second = assess(policy, history, **moment), assess(policy, shuffled, **moment)
    assert canonical_assessment(first) == canonical_assessment(second)


def earlier(found: Assessment, is_open: bool) -> tuple[EarlierEscalation, ...]:
    evidence = {one.rule: {each.key for each in one.evidence} for one in found.alerts}
    return tuple(
        EarlierEscalation(id=one.id, rule=one.rule, severity=one.severity, is_open=is_open,
                          evidence=frozenset(evidence[one.rule]))
        for one in found.escalations
    )  # fmt: skip


@several
@given(cases(monotone=False), st.booleans())
def test_two_assessments_of_one_moment_give_one_escalation(
    case: dict[str, Any], is_open: bool
) -> None:
    policy, history = made_policy(case["policy"]), made_history(case["history"])
    moment = {"as_of": case["as_of"], "known_at": case["known_at"]}
    first = assess(policy, history, **moment)
    own = {one.rule for one in first.alerts if one.escalated_as is None}
    assert {one.rule for one in first.escalations} == own
    again = assess(policy, history, **moment)
    assert [one.id for one in again.escalations] == [one.id for one in first.escalations]
    then = assess(policy, history, **moment, earlier=earlier(first, is_open))
    assert then.escalations == ()
    # What held only at a late event's own time stays until somebody has closed it.
    left = [one for one in first.alerts if is_open or one.late is None]
    assert [one.escalation for one in then.alerts] == [one.escalation for one in left]
    assert then.severity == max((one.severity for one in left), key=SEVERITIES.index, default=None)


@several
@given(cases(monotone=False), st.booleans(), st.integers(0, 100))
def test_all_evidence_is_escalated_by_its_rule_or_by_one_that_sees_to_it(
    case: dict[str, Any], is_open: bool, share: int
) -> None:
    """What a rule leaves to others changes nobody's severity, and nothing is left to nobody."""
    policy, history = made_policy(case["policy"]), made_history(case["history"])
    moment = {"as_of": case["as_of"], "known_at": case["known_at"]}
    some = earlier(assess(policy, history, **moment), is_open)
    some = tuple(one for number, one in enumerate(some) if (number * 37 + share) % 100 < 50)
    found = assess(policy, history, **moment, earlier=some)
    rules = {one.id: one for one in policy.safety.escalates}
    called = {one.id: one for one in (*found.escalations, *some)}
    keys = {one.rule: {each.key for each in one.evidence} for one in found.alerts}
    for alert in found.alerts:
        may = {alert.rule, *rules[alert.rule].seen_to_by}
        by = called[alert.escalation].rule
        assert by in may
        assert (alert.escalated_as or alert.rule) == by
        assert SEVERITIES.index(rules[by].severity) >= SEVERITIES.index(alert.severity)
        escalated = [keys[one.rule] for one in found.escalations if one.rule in may]
        escalated += [set(one.evidence) for one in some if one.rule in may]
        assert keys[alert.rule] <= set[str]().union(*escalated)
    alone = tuple(replace(one, seen_to_by=frozenset[str]()) for one in rules.values())
    apart = replace(policy, safety=replace(policy.safety, escalates=alone))
    without = assess(apart, history, **moment, earlier=some)
    assert without.severity == found.severity
    assert {one.rule for one in found.escalations} <= {one.rule for one in without.escalations}
    if not some:
        assert [one.rule for one in without.alerts] == [one.rule for one in found.alerts]


def graded(*events: dict[str, Any]) -> Any:
    """By a pack with a rule for severe disclosures, and a milder one that leaves those to it."""
    severe = ONE_RULE["escalate"]["severe-disclosure"]
    mild = severe | {"when": ("at least", 1, "disclosure", "mild", 7, "days"),
                     "severity": "routine", "seen_to_by": ["severe-disclosure"]}  # fmt: skip
    pack = ONE_RULE | {"escalate": ONE_RULE["escalate"] | {"any-disclosure": mild}}
    return made_policy(pack), told(events=[told_as() | one for one in events])


def told_as() -> dict[str, Any]:
    return {"kind": "disclosure", "source": "form", "id": "1", "points": None, "severity": "severe",
            "date": (NOW - timedelta(days=2)).isoformat(), "recorded": NOW - timedelta(days=2)
            }  # fmt: skip


def test_one_event_calls_once_and_what_it_leaves_is_told() -> None:
    policy, history = graded({})
    found = assess(policy, history, as_of=NOW)
    [called] = found.escalations
    assert called.rule == "severe-disclosure"
    severe, mild = found.alerts
    assert (mild.rule, mild.escalation, mild.escalated_as, mild.is_new) == (
        "any-disclosure", called.id, "severe-disclosure", False
    )  # fmt: skip
    assert severe.escalated_as is None


def test_what_the_severe_rule_does_not_see_to_calls_by_itself() -> None:
    policy, history = graded({}, {"id": "2", "severity": "mild"})
    found = assess(policy, history, as_of=NOW)
    assert {one.rule for one in found.escalations} == {"severe-disclosure", "any-disclosure"}


@pytest.mark.parametrize("is_open", [True, False])
def test_what_was_seen_to_is_not_called_for_again_once_it_was_corrected(is_open: bool) -> None:
    """Told as severe, it was escalated; told as mild instead, the same event calls nobody anew."""
    policy, history = graded({})
    before = earlier(assess(policy, history, as_of=NOW), is_open)
    _, corrected = graded({"severity": "mild"})
    then = assess(policy, corrected, as_of=NOW, earlier=before)
    assert then.escalations == ()
    [alert] = then.alerts
    assert (alert.rule, alert.escalation) == ("any-disclosure", before[0].id)
    assert alert.escalated_as == "severe-disclosure"


def test_new_evidence_opens_anew_and_old_evidence_does_not() -> None:
    first = assess(POLICY, told(), as_of=NOW)
    news = {"id": "2", "date": PartialDate.of(NOW), "recorded": NOW}
    more = told().events[0].model_copy(update=news)
    history = told().model_copy(update={"events": (*told().events, more)})
    then = assess(POLICY, history, as_of=NOW, earlier=earlier(first, is_open=False))
    [opened] = then.escalations
    assert opened.id != first.escalations[0].id
    assert {one.key for one in then.alerts[0].evidence} == {"form#1", "form#2"}


def test_a_late_risk_is_assessed_at_its_own_time_as_well() -> None:
    late = (
        told()
        .events[0]
        .model_copy(update={"date": PartialDate.of(NOW - timedelta(days=20)), "recorded": NOW})
    )
    history = told().model_copy(update={"events": (late,)})
    found = assess(POLICY, history, as_of=NOW)
    assert found.severity == "urgent"
    assert found.alerts[0].late == (NOW - timedelta(days=20)).isoformat()
    much_later = assess(POLICY, history, as_of=NOW + timedelta(days=30))
    assert much_later.severity is None


def test_whoever_is_assessed_by_a_pack_without_safety_is_told_so() -> None:
    without = replace(POLICY, safety=Safety())
    with pytest.raises(ValueError, match="says nothing of safety"):
        assess(without, told(), as_of=NOW)
