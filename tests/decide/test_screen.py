"""What one rule that keeps apart says of one target, and what sets it aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, facilitator, many, one
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Screening
from peer_match.decide.evaluate import World
from peer_match.decide.screen import Pairing, rank, screen_rule, worst
from peer_match.facts.group import Facilitator
from peer_match.facts.override import Override as Granted
from peer_match.policy.condition import AnyOf
from peer_match.policy.policy import MustNot, Override
from peer_match.policy.reads import all_facts
from peer_match.policy.units import Span

from .made import SHIPPED, condition, edit, must_not

WORK = "patient.goals includes find-work"
TOPIC = "group.topics includes money"
LED = "facilitator.status is suspended"
BOTH = Override(frozenset({"clinician", "patient"}), Span(90, "day"))


def pairing(
    rule: MustNot,
    *leaders: Facilitator,
    overrides: tuple[Granted, ...] = (),
    existing: bool = False,
    kind: Any = None,
    topics: Any = None,
    goals: Any = None,
    findings: Any = SHIPPED.findings,
) -> Pairing:
    about = a_group("g1", **{k: v for k, v in (("kind", kind), ("topics", topics)) if v})
    known = person("pat", **({"goals": goals} if goals else {}))
    shared: dict[str, Any] = {
        "patient": view(known, NOW, SHIPPED.vocabularies),
        "group": view(about, NOW, SHIPPED.vocabularies),
    }
    cases = [
        Case({**shared, "facilitator": view(each, NOW, SHIPPED.vocabularies)})
        for each in leaders or (facilitator("nobody"),)
    ]
    worlds = tuple(World(case, findings, AS_OF) for case in cases)
    reads = {rule.id: all_facts(rule, SHIPPED.findings)}
    return Pairing("g1", "pat", worlds, existing, overrides, reads)


def screened(rule: MustNot, *leaders: Facilitator, **other: Any) -> Screening:
    return screen_rule(rule, pairing(rule, *leaders, **other))


def test_the_worst_outcome_wins_and_nothing_is_allowed() -> None:
    assert worst(()) == "allowed"
    assert worst(("ask", "hold", "caution")) == "hold"
    assert [rank(each) for each in ("allowed", "caution", "ask", "hold", "blocked")] == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("if_unknown", "outcome", "found"),
    [
        ("hold", "blocked", "hold"),
        ("ask", "blocked", "ask"),
        ("allow", "blocked", "caution"),
        ("widen", "blocked", "allowed"),
        ("hold", "caution", "caution"),
        ("ask", "hold", "ask"),
    ],
)
def test_not_knowing_is_never_worse_than_the_rule(
    if_unknown: str, outcome: str, found: str
) -> None:
    rule = must_not("r", WORK, if_unknown=if_unknown, outcome=outcome, asks="clinician")
    said = screened(rule)
    assert (said.truth, said.outcome, said.facts) == ("unknown", found, ("patient.goals",))
    assert said.unknown_facts == ("patient.goals",)
    assert said.question_to == (None if found == "allowed" else "clinician")


@pytest.mark.parametrize(
    ("goals", "truth", "outcome"),
    [(many("find-work"), "yes", "blocked"), (many("money"), "no", "allowed")],
)
def test_what_is_known_is_asked_of_nobody(goals: Any, truth: str, outcome: str) -> None:
    said = screened(must_not("r", WORK, asks="clinician"), goals=goals)
    assert (said.truth, said.outcome, said.unknown_facts) == (truth, outcome, ())
    assert (said.question_to, said.facts_digest, said.note) == (None, None, None)


def test_only_what_is_unknown_is_named_as_unknown() -> None:
    rule = must_not("r", "patient.goals shares any with group.topics")
    said = screened(rule, goals=many("find-work"))
    assert said.facts == ("patient.goals", "group.topics@g1")
    assert said.unknown_facts == ("group.topics@g1",)


@pytest.mark.parametrize(
    ("if_unknown", "outcome", "goals", "at_worst"),
    [
        ("ask", "blocked", None, "blocked"),
        ("hold", "blocked", None, "blocked"),
        ("hold", "hold", None, None),
        ("ask", "caution", None, None),
        ("ask", "blocked", many("find-work"), None),
        ("ask", "blocked", many("money"), None),
    ],
)
def test_what_an_answer_could_make_worse_is_said(
    if_unknown: str, outcome: str, goals: Any, at_worst: str | None
) -> None:
    rule = must_not("r", WORK, if_unknown=if_unknown, outcome=outcome)
    assert screened(rule, goals=goals).at_worst == at_worst
    assert screened(rule, goals=goals, existing=True).at_worst is None
    limited = replace(rule, scope=(("community", "ask"),))
    assert screened(limited, goals=goals, kind=one("community")).at_worst is None


def test_where_the_rule_is_settled_nothing_is_named_as_unknown() -> None:
    """One of two conditions is enough; that the other is unknown changes nothing."""
    either = AnyOf((condition(WORK), condition(TOPIC)))
    rule = replace(must_not("r", WORK), when=either)
    said = screened(rule, goals=many("find-work"))
    assert (said.truth, said.unknown_facts) == ("yes", ())


def test_an_error_holds_and_says_what_happened() -> None:
    rule = must_not("r", "record-out-of-use holds", if_unknown="widen", outcome="caution")
    said = screened(rule, findings={})
    assert (said.truth, said.outcome, said.unknown_facts) == ("error", "hold", ())
    assert said.note == "the rule could not be evaluated (KeyError); it holds"
    assert said.facts == ("patient.record_status",)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(one("programme"), "blocked"), (one("community"), "caution"), (None, "blocked")],
)
def test_the_scope_makes_the_outcome_milder_and_never_worse(kind: Any, outcome: str) -> None:
    milder = must_not("r", WORK, scope=(("community", "caution"), ("programme", "blocked")))
    assert screened(milder, goals=many("find-work"), kind=kind).outcome == outcome
    worse = replace(milder, outcome="ask")
    found = screened(worse, goals=many("find-work"), kind=kind).outcome
    assert found == ("caution" if outcome == "caution" else "ask")


def test_a_cap_keeps_nobody_apart() -> None:
    said = screened(must_not("r", WORK, cap=50), goals=many("find-work"))
    assert (said.truth, said.outcome) == ("yes", "allowed")


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_facilitators_the_worst_counts_whatever_their_order(order: int) -> None:
    leaders = (
        facilitator("amy", status=one("active")),
        facilitator("bea"),
        facilitator("cat", status=one("suspended")),
    )[::order]
    said = screened(must_not("r", LED), *leaders)
    assert (said.truth, said.facts) == ("yes", ("facilitator.status@cat",))
    doubtful = screened(must_not("r", LED), *(each for each in leaders if each.id != "cat"))
    assert (doubtful.truth, doubtful.facts) == ("unknown", ("facilitator.status@bea",))
    alike = (facilitator("amy"), facilitator("bea"))[::order]
    assert screened(must_not("r", LED), *alike).facts == ("facilitator.status@bea",)
    mild = must_not("r", LED, outcome="caution", if_unknown="hold")
    assert screened(mild, *leaders).truth == "yes"


def test_who_leads_a_group_does_not_matter_to_other_rules() -> None:
    leaders = (facilitator("amy"), facilitator("bea"))
    said = screened(must_not("r", TOPIC), *leaders, topics=many("money"))
    assert (said.truth, said.facts) == ("yes", ("group.topics@g1",))


def test_what_is_about_the_patient_alone_is_worked_out_once() -> None:
    rule = must_not("r", WORK)
    asked = pairing(rule, goals=many("find-work"))
    said = screen_rule(rule, asked)
    assert asked.shared == {"r": said}
    another = pairing(rule, goals=many("money"))
    another.shared["r"] = said
    assert screen_rule(rule, another) == said
    about_group = must_not("r", TOPIC)
    asked = pairing(about_group)
    screen_rule(about_group, asked)
    assert asked.shared == {}


def test_a_support_is_seen_by_a_rule_about_the_patient_too() -> None:
    rule = must_not("r", "patient.formats includes none of online")
    asked = pairing(rule)
    assert screen_rule(rule, asked).truth == "unknown"
    assert screen_rule(rule, asked, (edit("patient.formats gains online"),)).truth == "no"


# -- set aside -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("existing", "applies", "outcome"),
    [
        (False, False, "blocked"),
        (True, True, "blocked"),
        (True, False, "allowed"),
    ],
)
def test_a_standing_placement_stays_unless_the_rule_is_for_those_as_well(
    existing: bool, applies: bool, outcome: str
) -> None:
    rule = must_not("r", WORK, applies_to_existing=applies)
    said = screened(rule, goals=many("find-work"), existing=existing)
    assert (said.truth, said.outcome) == ("yes", outcome)
    stays = "a standing placement stays; the rule is for new ones"
    assert said.note == (stays if outcome == "allowed" else None)


def test_a_standing_placement_excuses_no_error_and_is_not_mentioned_where_nothing_fired() -> None:
    rule = must_not("r", "record-out-of-use holds")
    assert screened(rule, existing=True, findings={}).outcome == "hold"
    assert screened(must_not("r", WORK), goals=many("money"), existing=True).note is None


RULE = must_not("r", WORK, override=BOTH)
GOALS = many("find-work")
DIGEST = screened(RULE, goals=GOALS).facts_digest


def granted(**other: Any) -> Granted:
    values: dict[str, Any] = {
        "id": "o1",
        "patient": "pat",
        "target": "g1",
        "rule": "r",
        "rule_digest": RULE.digest,
        "facts_digest": DIGEST,
        "granted_by": {"patient": "Pat", "clinician": "Dr Lee"},
        "granted": AS_OF,
        "until": AS_OF + timedelta(days=90),
    }
    return Granted(**values | other)


def test_an_override_counts_from_its_moment_and_for_all_the_time_that_the_rule_gives() -> None:
    said = screened(RULE, goals=GOALS, overrides=(granted(id="o0", rule="another"), granted()))
    assert (said.truth, said.outcome) == ("yes", "caution")
    assert said.note == "set aside by Dr Lee (clinician), Pat (patient)"
    assert said.facts_digest == DIGEST


@pytest.mark.parametrize(
    "other",
    [
        {"granted": AS_OF + timedelta(seconds=1), "until": AS_OF + timedelta(days=1)},
        {"until": AS_OF, "granted": AS_OF - timedelta(days=1)},
        {"until": AS_OF + timedelta(days=90, seconds=1)},
        {"granted_by": {"patient": "Pat"}},
        {"granted_by": {"patient": "Pat", "clinician": "  "}},
        {"granted_by": {"patient": "Pat", "clinician": " Pat "}},
    ],
)
def test_an_override_out_of_time_or_without_two_people_counts_for_nothing(
    other: dict[str, Any],
) -> None:
    said = screened(RULE, goals=GOALS, overrides=(granted(**other),))
    assert (said.outcome, said.note) == ("blocked", None)


def test_what_nobody_may_override_has_no_digest_and_no_override() -> None:
    rule = replace(RULE, override=None)
    said = screened(rule, goals=GOALS, overrides=(granted(),))
    assert (said.outcome, said.facts_digest) == ("blocked", None)


def test_what_says_nothing_against_a_target_has_no_digest() -> None:
    assert screened(RULE, goals=many("money")).facts_digest is None


def test_the_digest_follows_the_facts_that_the_rule_reads() -> None:
    assert DIGEST is not None
    other = screened(RULE, goals=many("find-work", "money")).facts_digest
    assert other not in (None, DIGEST)
    assert screened(RULE, goals=many("find-work", complete=False)).facts_digest != DIGEST
    assert screened(RULE, goals=GOALS, topics=many("money")).facts_digest == DIGEST
