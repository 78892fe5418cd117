"""Laws of matching, over random policies, facts and people."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from peer_match.decide.canonical import canonical
from peer_match.decide.decision import Decision, Score, Suggestion
from peer_match.decide.suggest import suggest
from peer_match.facts.override import Override
from peer_match.policy.policy import Policy
from specification_facts import UNKNOWN, YES, known

from .random_facts import FLAWS, override
from .random_rules import draw_must_not, draw_prefer
from .random_sentences import SUBJECTS, Words
from .strategies import below, cases
from .translate import broken_measures, decided, inputs, override_of, policy_of, suggestions

pytestmark = pytest.mark.differential

several = settings(max_examples=60)


def outcomes(decision: Decision) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {one.target: (one.outcome, one.supports) for one in suggestions(decision)}


def eligible(decision: Decision, *, with_support: bool) -> set[str]:
    lists = (decision.groups, decision.mentors)
    found = {one.target for part in lists for one in part.eligible}
    if with_support:
        found |= {one.target for part in lists for one in part.eligible_with_support}
    return found


def with_rule(case: dict[str, Any], kind: str, rule: dict[str, Any]) -> dict[str, Any]:
    policy = case["policy"] | {kind: [*case["policy"][kind], rule]}
    return case | {"policy": policy}


# -- rules -----------------------------------------------------------------------------------------


@several
@given(cases(), st.data())
def test_no_preference_offsets_a_block(case: dict[str, Any], data: DataObject) -> None:
    """Whatever a preference weighs, nothing changes its list; only scores and order do."""
    rule = draw_prefer(lambda n: data.draw(below(n)), "heavy", **about(case))
    heavier = with_rule(case, "prefer", rule | {"weight": 1_000_000})
    assert outcomes(decided(heavier)) == outcomes(decided(case))


@several
@given(cases(), st.data())
def test_a_further_must_not_never_enlarges_the_eligible_set(
    case: dict[str, Any], data: DataObject
) -> None:
    rule = draw_must_not(lambda n: data.draw(below(n)), "further", **about(case))
    before, after = decided(case), decided(with_rule(case, "must_not", rule))
    for with_support in (False, True):
        assert eligible(after, with_support=with_support) <= eligible(
            before, with_support=with_support
        )


def about(case: dict[str, Any]) -> dict[str, Any]:
    """What a further rule may be about: the facts that the case has filled."""
    target = case["targets"][0]["kind"]
    words = Words(case["types"], SUBJECTS[target], sorted(case["policy"]["finding"]))
    return {"target": target, "words": words, "as_of": case["as_of"]}


# -- knowing ---------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(cases(supports=False), st.data())
def test_learning_an_unknown_only_narrows(case: dict[str, Any], data: DataObject) -> None:
    """With fixed priorities: what was certain stays, and every range lies within the one before."""
    case = case | {"overrides": []}
    open_facts = [
        (facts, name)
        for facts in (case["facts"], *(one["facts"] for one in case["targets"]))
        for name in sorted(facts.keys() & case["read"])
        if not known(facts[name], case["types"][name], case["as_of"], case["known_at"]).complete
    ]
    before = {one.target: one for one in suggestions(decided(case))}
    for facts, name in open_facts[: data.draw(below(4)) + 1]:
        facts[name] = learned(facts[name], name, case, data)
    after = {one.target: one for one in suggestions(decided(case))}
    for target, one in after.items():
        assert_narrower(before[target], one)


def learned(fact: dict[str, Any], name: str, case: dict[str, Any], data: DataObject) -> Any:
    """The fact wholly known: what was sure stays as it was, the rest is one way or the other."""
    type = case["types"][name]
    if type["kind"] == "codes":
        table = known(fact, type, case["as_of"], case["known_at"]).table
        # Whatever else an open list may hold turns out to be nothing.
        answers = {
            code: table[code] == UNKNOWN and data.draw(st.booleans()) for code in type["codes"]
        }
        codes = [code for code in type["codes"] if table[code] == YES or answers[code]]
        return {"said": [said(code) for code in codes], "denied": [], "complete": True}
    values = {
        "quantity": [0, 1, 2, 5, 27],
        "date": ["2026-03-01", "2025-03", "2024-02-29"],
        "place": [0, 500, 2700],
        "availability": [(540, 62), (600, 90)],
        "meetings": [(540, 60, "in-person"), (540, 60, None)],
    }
    value = data.draw(st.sampled_from(values.get(type["kind"]) or type["codes"]))
    return {"said": [said(value) | {"date": case["as_of"].isoformat()}]}


def said(value: Any) -> dict[str, Any]:
    return {"value": value, "date": None, "until": None, "recorded": None}


def assert_narrower(before: Suggestion, after: Suggestion) -> None:
    sure = {one.rule: one for one in before.screening if one.truth in ("yes", "no")}
    for one in after.screening:
        if one.rule in sure:
            assert one.truth == sure[one.rule].truth
    for old, new in (
        (before.score, after.score),
        (before.novice_score, after.novice_score),
        (before.mentor_score, after.mentor_score),
    ):
        if old is not None and new is not None:
            assert old.low <= new.low <= new.high <= old.high
    for rule, low, high in [(one.rule, one.low, one.high) for one in after.points]:
        old_points = next((one for one in before.points if one.rule == rule), None)
        if old_points is not None and old_points.applies == "yes":
            assert old_points.low <= low <= high <= old_points.high


@several
@given(cases())
def test_unknown_applicability_gives_nothing_to_all(case: dict[str, Any]) -> None:
    for one in suggestions(decided(case)):
        for points in one.points:
            if points.applies in ("unknown", "error"):
                assert (points.low, points.high) == (0, points.weight)
            if points.applies == "no":
                assert (points.low, points.high, points.weight) == (0, 0, 0)


@several
@given(cases())
def test_an_error_keeps_apart_and_widens(case: dict[str, Any]) -> None:
    """With every measure broken, each rule that needs one holds, whatever `if_unknown` says."""
    names = ["travel distance", "share met", "share attendable", "common time"]
    found = suggestions(decided(case | {"broken": names, "overrides": []}))
    for one in found:
        errors = [each for each in one.screening if each.truth == "error"]
        assert all(each.outcome == "hold" for each in errors)
        assert not errors or one.outcome in ("hold", "blocked")


@several
@given(cases())
def test_what_was_declined_is_not_asked_again(case: dict[str, Any]) -> None:
    decision = decided(case)
    declined = {
        (id, name)
        for id, facts in subjects(case)
        for name, fact in facts.items()
        if fact.get("declined")
    }
    asked = {(one.about, one.fact) for one in decision.questions}
    assert not asked & declined
    tasks = {key for one in decision.plan.tasks if one.kind == "question" for key in one.facts}
    assert tasks <= {name for _, name in asked}


@several
@given(cases())
def test_only_what_is_unknown_and_not_about_other_people_is_asked(case: dict[str, Any]) -> None:
    decision = decided(case)
    given = {(id, name): fact for id, facts in subjects(case) for name, fact in facts.items()}
    for one in decision.questions:
        fact, type = given[one.about, one.fact], case["types"][one.fact]
        assert not known(fact, type, case["as_of"], case["known_at"]).complete
        assert not one.fact.startswith("pair.")


def subjects(case: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Everybody and every group of a case, with their facts."""
    targets = [(one["id"], one["facts"]) for one in case["targets"]]
    leaders = [
        (id or one["id"], facts)  # who leads a group without a leader is asked of the group
        for one in case["targets"]
        for id, facts in one["facilitators"].items()
    ]
    return [("patient", case["facts"]), *targets, *leaders]


# -- order and bytes -------------------------------------------------------------------------------


@several
@given(cases(), st.randoms(use_true_random=False))
def test_no_order_of_any_input_matters(case: dict[str, Any], random: Random) -> None:
    shuffled = in_another_order(case, random)
    assert canonical(decided(shuffled)) == canonical(decided(case))


def in_another_order(value: Any, random: Random, key: str = "") -> Any:
    """The same case with every list and mapping of it in another order, but for conditions, knots
    of a grade, and the terms of a vocabulary, whose order has a meaning."""
    if key in ("when", "applies_when", "offered_when", "grade", "measure", "provides", "types"):
        return value
    if isinstance(value, dict):
        keys = random.sample(sorted(value), len(value))
        return {each: in_another_order(value[each], random, each) for each in keys}
    if isinstance(value, list) and key != "codes":
        return [in_another_order(one, random) for one in random.sample(value, len(value))]
    return value


@several
@given(cases())
def test_the_same_inputs_give_the_same_bytes_without_a_fraction(case: dict[str, Any]) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"a decision holds the fraction {text}")

    bytes = canonical(decided(case))
    assert bytes == canonical(decided(case))
    json.loads(bytes, parse_float=refuse)


@several
@given(cases())
def test_ties_are_settled_by_id(case: dict[str, Any]) -> None:
    """Of three targets alike in everything, the first by id comes first."""
    first = case["targets"][0]
    alike = [first | {"id": f"{first['kind']}-{n}-like"} for n in (2, 0, 1)]
    ids = sorted(one["id"] for one in alike)
    decision = decided(case | {"targets": [*alike, *case["targets"][1:]], "overrides": []})
    lists = decision.groups if first["kind"] == "group" else decision.mentors
    for part in (lists.eligible, lists.eligible_with_support, lists.waiting, lists.blocked):
        assert [one.target for one in part if one.target in ids] in ([], ids)
    assert [one.target for one in lists.blocked] == sorted(one.target for one in lists.blocked)


# -- overrides and supports ------------------------------------------------------------------------


@pytest.mark.parametrize("flaw", sorted({*FLAWS} - {"facts"}))
def test_any_change_voids_an_override(flaw: str) -> None:
    """An override with one thing amiss is as none at all."""

    @settings(max_examples=12)
    @given(cases())
    def law(case: dict[str, Any]) -> None:
        policy = policy_of(case)
        with broken_measures(case["broken"]):
            void = list(overrides_of(case, policy, flaw))
            bare = suggest(policy, **inputs(case))
            found = suggest(policy, **inputs(case), overrides=void)
            assert canonical(replace(found, notes=())) == canonical(bare)
            assert len(found.notes) == len(void)

    law()


@several
@given(cases())
def test_a_valid_override_makes_a_caution_of_what_it_sets_aside(case: dict[str, Any]) -> None:
    policy = policy_of(case)
    with broken_measures(case["broken"]):
        bare = suggest(policy, **inputs(case))
        granted = list(overrides_of(case, policy, None))
        found = suggest(policy, **inputs(case), overrides=granted)
    # What is seen with supports is seen on other facts than what is set aside without them.
    before = {
        (one.target, each.rule): each
        for one in suggestions(bare)
        if not one.supports
        for each in one.screening
    }
    for one in suggestions(found):
        for each in one.screening:
            old = before.get((one.target, each.rule))
            if old is not None and each.note is not None and each.note.startswith("set aside"):
                assert each.outcome == "caution"
                assert (each.truth, each.facts_digest) == (old.truth, old.facts_digest)


def overrides_of(case: dict[str, Any], policy: Policy, flaw: str | None) -> Any:
    for target in case["targets"]:
        for rule in case["policy"]["must_not"]:
            if rule["override"] is not None and rule["target"] == target["kind"]:
                plain = override(rule, target["id"], None, case["as_of"])
                right = override_of(
                    plain | {"facts": case["facts"] | target["facts"]}, case, policy
                )
                wrong = override(rule, target["id"], flaw, case["as_of"])
                yield Override(**{**right.model_dump(), **wrong})


@several
@given(cases())
def test_no_support_lifts_what_nobody_may_override(case: dict[str, Any]) -> None:
    nobody = {rule["id"] for rule in case["policy"]["must_not"] if rule["override"] is None}
    supported = [one for one in suggestions(decided(case)) if one.supports]
    unsupported = [rule | {"lifted_by": []} for rule in case["policy"]["must_not"]]
    prefers = [rule | {"lifted_by": []} for rule in case["policy"]["prefer"]]
    policy = case["policy"] | {"must_not": unsupported, "prefer": prefers, "support": {}}
    before = {one.target: one for one in suggestions(decided(case | {"policy": policy}))}
    for one in supported:
        apart = [e for e in before[one.target].screening if e.outcome in ("hold", "blocked")]
        lifted = {each.rule for each in apart if each.truth != "unknown"}
        assert lifted and not lifted & nobody
        waits = {each.rule for each in apart if each.truth == "unknown"}
        assert waits >= {e.rule for e in one.screening if e.outcome in ("hold", "blocked")}
        assert one.outcome in ("allowed", "caution", "ask", "hold")


@several
@given(cases())
def test_a_cap_is_never_exceeded(case: dict[str, Any]) -> None:
    caps = {rule["id"]: rule["cap"] for rule in case["policy"]["must_not"]}
    for one in suggestions(decided(case)):
        limits = [caps[each.rule] for each in one.screening if each.truth == "yes"]
        for limit in [each * 100 for each in limits if each is not None]:
            assert one.score is None or within(one.score, limit)


def within(score: Score, limit: int) -> bool:
    return score.low <= score.high <= limit
