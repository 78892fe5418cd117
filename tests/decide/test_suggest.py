"""The decision as a whole: what it names, whom it asks, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest

from facts.stated import AS_OF, facilitator, many, one, said, stated
from facts.stated import group as a_group
from facts.stated import mentor as a_mentor
from facts.stated import patient as person
from peer_match import suggest
from peer_match.decide.decision import Decision, Suggestion
from peer_match.decide.version import __version__
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.patient import Person, Priority
from peer_match.facts.week import Meeting
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.rule import Citation

from .made import HERE, SHIPPED, must_not, plan, policy, prefer, support

WORK = "patient.goals includes find-work"
TASK: dict[str, Any] = {"title": "Do it", "role": "clinician", "within": "7 days"}
LEE, SAM = Person(id="lee", name="Dr Lee"), Person(id="sam", name="Sam Ortiz")


def decided(*rules: Any, groups: Any = (), mentors: Any = (), **other: Any) -> Decision:
    values: dict[str, Any] = {"as_of": AS_OF, "patient": person("pat", record_status=one("active"))}
    values |= other
    return suggest(policy(*rules), values.pop("patient"), groups, mentors, **values)


def only(decision: Decision) -> Suggestion:
    lists = decision.groups
    (found,) = (*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked)
    return found


# -- what a decision says of itself ----------------------------------------------------------------


def test_a_decision_says_of_whom_when_and_by_which_rules() -> None:
    known_at = AS_OF - timedelta(days=1)
    rules = policy(prefer("r", WORK))
    about = person("pat", name="Pat Doe")
    found = suggest(rules, about, as_of=AS_OF, known_at=known_at, notes=iter(["one", "two"]))
    assert (found.patient.id, found.patient.name) == ("pat", "Pat Doe")
    assert (found.as_of, found.known_at) == (AS_OF.isoformat(), known_at.isoformat())
    assert (found.schema_version, found.engine_version) == ("1.0", __version__)
    assert found.tzdata_version == TZDATA_VERSION
    assert (found.recipient, found.safety) == (None, "safety not assessed")
    assert found.notes == ("one", "two")
    pack = rules.pack
    assert (found.policy.id, found.policy.version) == (pack.pack, pack.version)
    assert found.policy.digest == rules.digest


@pytest.mark.parametrize(
    ("signed", "words"), [(True, "clinically approved"), (False, "not clinically approved")]
)
def test_whether_a_clinician_approved_the_pack_is_said(signed: bool, words: str) -> None:
    found = suggest(policy(signed=signed), person(), as_of=AS_OF)
    assert (found.policy.signed, found.policy.statement) == (signed, words)


def test_a_rule_is_told_with_who_answers_for_it_and_its_sources() -> None:
    secret = replace(
        must_not("secret", WORK, shown_as_unavailable=True),
        sources=(Citation("a-source", "it helps", "V"), Citation("b", "x", "M")),
    )
    every = (secret, must_not("open", WORK), prefer("p", WORK), plan("q", task=TASK),
             support("s", "patient.home becomes group.place"))  # fmt: skip
    found = decided(*every).rules
    one_rule = found["secret"]
    assert (one_rule.id, one_rule.kind, one_rule.title) == ("secret", "must_not", secret.title)
    assert (one_rule.why, one_rule.owner, one_rule.digest) == (
        secret.why, "nobody", "digest of secret",
    )  # fmt: skip
    assert (one_rule.file, one_rule.line) == (HERE.file, HERE.line)
    assert one_rule.sources == ("a-source (V): it helps", "b (M): x")
    assert {id: found[id].kind for id in ("open", "p", "q", "s", "record-out-of-use")} == {
        "open": "must_not", "p": "prefer", "q": "plan", "s": "support",
        "record-out-of-use": "finding",
    }  # fmt: skip
    assert [id for id, each in found.items() if each.confidential] == ["secret"]
    assert list(found) == sorted(found)


def test_only_rules_in_force_count_and_are_named() -> None:
    old = {"until": AS_OF.date() - timedelta(days=1)}
    last = {"until": AS_OF.date()}
    rules = [
        replace(must_not("old-block", WORK), **old),
        replace(prefer("old-wish", WORK), **old),
        replace(support("old-help", "group.topics gains money"), **old),
        replace(must_not("block", WORK, lifted_by=("old-help",)), **last),
        replace(prefer("wish", WORK), **last),
    ]
    found = decided(*rules, groups=[a_group()], patient=person(goals=many("find-work")))
    assert {"block", "wish"} <= set(found.rules)
    assert not {"old-block", "old-wish", "old-help"} & set(found.rules)
    (block,) = found.groups.blocked
    assert [each.rule for each in block.screening] == ["block"]


def test_rules_of_groups_are_not_asked_of_mentors() -> None:
    rules = (
        must_not("of-groups", WORK),
        must_not("of-mentors", WORK, target="mentor"),
        prefer("wish-of-groups", WORK),
        prefer("wish-of-mentors", WORK, target="mentor"),
    )
    found = decided(*rules, groups=[a_group("g1")], mentors=[a_mentor("m1")])
    ((group,), (mentor,)) = found.groups.waiting, found.mentors.waiting
    assert ([one.rule for one in group.screening], group.kind) == (["of-groups"], "group")
    assert ([one.rule for one in mentor.screening], mentor.kind) == (["of-mentors"], "mentor")
    assert [one.rule for one in group.points] == ["wish-of-groups"]
    assert [one.rule for one in mentor.points] == ["wish-of-mentors"]
    assert (group.name, mentor.name) == ("Group g1", "Mentor m1")


# -- what it refuses -------------------------------------------------------------------------------


def test_an_id_means_one_target() -> None:
    groups = [a_group(id) for id in ("b", "a", "b", "a", "c")]
    with pytest.raises(ValueError, match=r"more than one subject: a, b$"):
        decided(groups=groups)
    with pytest.raises(ValueError, match=r"more than one subject: m$"):
        decided(mentors=[a_mentor("m"), a_mentor("m")])
    with pytest.raises(ValueError, match=r"to a group and to a mentor: a, b$"):
        decided(groups=groups[:2], mentors=[a_mentor("b"), a_mentor("a")])


def test_nothing_is_decided_before_the_pack_takes_effect_and_from_its_day_on_it_is() -> None:
    first = datetime.combine(SHIPPED.pack.effective, AS_OF.timetz())
    assert decided(as_of=first).as_of == first.isoformat()
    with pytest.raises(ValueError, match="take effect"):
        decided(as_of=first - timedelta(days=1))


# -- people ----------------------------------------------------------------------------------------


def contacts(*people: tuple[Person, str]) -> Fact[Any]:
    return Fact(statements=tuple(stated(each, date) for each, date in people))


@pytest.mark.parametrize(
    ("own", "contact"),
    [
        (Fact(), "Dr Lee"),
        (contacts((SAM, "2026-01-01")), "Sam Ortiz"),
        (contacts((LEE, "2025-01-01"), (SAM, "2026-01-01")), "Sam Ortiz"),
        (contacts((LEE, "2026-01-01"), (SAM, "2026-01-01")), None),
        (contacts((SAM, "2027-01-01")), "Dr Lee"),
    ],
)
def test_the_persons_own_contact_wins_and_of_two_none_does(own: Any, contact: str | None) -> None:
    about = person(point_of_contact=own, record_status=one("active"))
    found = decided(patient=about, staff={"point-of-contact": LEE})
    assert found.point_of_contact == contact
    needs_one = "an active primary point of contact" in found.plan.missing
    assert needs_one == (contact is None)


def test_without_staff_there_is_no_contact() -> None:
    assert decided().point_of_contact is None


@pytest.mark.parametrize(("wanted", "asked"), [(True, True), (False, False), (None, True)])
def test_nothing_is_asked_about_mentors_where_none_is_wanted(
    wanted: bool | None, asked: bool
) -> None:
    said_so = Fact() if wanted is None else one(wanted)
    rule = must_not("r", "mentor.status is active", target="mentor", asks="supervisor")
    about = person(mentor_wanted=said_so, record_status=one("active"))
    found = decided(rule, mentors=[a_mentor("m1")], patient=about)
    assert found.mentors_wanted == wanted
    assert (found.questions != ()) == asked


def priority(level: str, date: str) -> Statement[Any]:
    return stated(Priority(dimension="goals", level=level), date)


@pytest.mark.parametrize(
    ("statements", "percent"),
    [
        ((), 100),
        ((priority("essential", "2026-01-01"),), 200),
        ((priority("less", "2025-01-01"), priority("essential", "2026-01-01")), 200),
        ((priority("less", "2026-01-01"), priority("essential", "2026-01-01")), 100),
        ((priority("unheard-of", "2026-01-01"),), 100),
        ((priority("essential", "2027-01-01"),), 100),
        ((stated(Priority(dimension="place", level="less"), "2026-02-01"),), 100),
    ],
)
def test_the_latest_priority_scales_the_weight(statements: Any, percent: int) -> None:
    about = person(priorities=FactSet(statements=statements), goals=many("find-work"))
    found = only(decided(prefer("r", WORK, weight=7), groups=[a_group()], patient=about))
    assert [each.weight for each in found.points] == [7 * percent * 10_000]


# -- groups ----------------------------------------------------------------------------------------


def meeting(**other: Any) -> Meeting:
    values: dict[str, Any] = {
        "id": "m", "weekday": 1, "start_minute": 600, "minutes": 60, "zone": "UTC",
        "formats": frozenset({"online"}), "weekly": True,
    }  # fmt: skip
    return Meeting(**values | other)


@pytest.mark.parametrize(
    ("other", "doubts"),
    [
        ({}, ()),
        ({"weekly": None}, ("may not meet every week",)),
        ({"weekly": False}, ("may not meet every week",)),
        ({"length_assumed": True}, ("the listing does not say how long it lasts",)),
        ({"zone": None}, ("the listing does not say its time zone",)),
        (
            {"weekly": False, "length_assumed": True, "zone": None},
            (
                "may not meet every week",
                "the listing does not say how long it lasts",
                "the listing does not say its time zone",
            ),
        ),
    ],
)
def test_what_is_doubtful_about_one_meeting_is_said_of_the_group(
    other: dict[str, Any], doubts: tuple[str, ...]
) -> None:
    times = one((meeting(), meeting(**other)))
    assert only(decided(groups=[a_group(meetings=times)])).doubts == doubts
    assert only(decided(groups=[a_group()])).doubts == ()


def test_where_a_person_goes_already_is_told_of_groups_and_of_mentors() -> None:
    about = person(placements=many("g1", "m1"), record_status=one("active"))
    targets = {"groups": [a_group("g1"), a_group("g2")], "mentors": [a_mentor("m1")]}
    found = decided(patient=about, **targets)
    assert {one.target: one.existing for one in found.groups.eligible} == {"g1": True, "g2": False}
    assert [one.existing for one in found.mentors.eligible] == [True]


@pytest.mark.parametrize(
    ("other", "kind", "outcome"),
    [
        ("bob", "recorded-conflict", "blocked"),
        ("fay", "recorded-conflict", "blocked"),
        ("eve", "recorded-conflict", "allowed"),
    ],
)
def test_members_and_facilitators_are_the_people_of_a_group(
    other: str, kind: str, outcome: str
) -> None:
    tie = RecordedConflict(id="k", between=("pat", other), kind=kind, provenance=said("2025-01-01"))
    target = a_group(members=frozenset({"bob"}), facilitators=(facilitator("fay"),))
    rule = must_not("apart", f"pair.ties includes {kind}")
    assert only(decided(rule, groups=[target], conflicts=[tie])).outcome == outcome


@pytest.mark.parametrize(
    ("kind", "agreed", "outcome"),
    [
        ("household", True, "allowed"),
        ("household", False, "blocked"),
        ("recorded-conflict", True, "blocked"),
    ],
)
def test_two_people_of_one_household_can_agree_to_one_group_and_not_to_pair(
    kind: str, agreed: bool, outcome: str
) -> None:
    rules = [
        must_not(f"apart-{target}", f"pair.ties includes {kind}", target=target)
        for target in ("group", "mentor")
    ]
    tie = RecordedConflict(
        id="k", between=("pat", "bob"), kind=kind, provenance=said("2025-01-01"), both_agree=agreed
    )
    target = a_group(members=frozenset({"bob"}))
    found = decided(
        *rules, groups=[target], mentors=[a_mentor("m1", person="bob")], conflicts=[tie]
    )
    assert only(found).outcome == outcome
    assert [one.target for one in found.mentors.blocked] == ["m1"]


# -- facts -----------------------------------------------------------------------------------------


def test_every_fact_that_is_referred_to_is_told_once_with_whose_it_is() -> None:
    rules = (
        must_not("led", "facilitator.status is suspended"),
        prefer("wish", "patient.goals shares any with group.topics"),
        plan("q", "patient.concerns includes alcohol", task=TASK),
    )
    leaders = (facilitator("fay", status=one("active")), facilitator("gus"))
    found = decided(*rules, groups=[a_group("g1", facilitators=leaders), a_group("g2")])
    assert list(found.facts) == sorted(found.facts)
    assert set(found.facts) == {
        "facilitator.status@gus", "facilitator.status@g2", "group.topics@g1", "group.topics@g2",
        "patient.goals", "patient.concerns",
    }  # fmt: skip
    assert found.facts["facilitator.status@gus"].subject == "gus"


def test_the_version_is_the_one_of_the_package() -> None:
    assert decided().engine_version == version("peer-match")


def test_rules_are_told_in_the_order_of_their_ids_whatever_the_order_of_the_pack() -> None:
    blocks = [must_not(id, WORK, outcome="caution") for id in ("b", "a", "c")]
    wishes = [prefer(id, WORK) for id in ("e", "d", "f")]
    found = only(decided(*blocks, *wishes, groups=[a_group()]))
    assert [one.rule for one in found.screening] == ["a", "b", "c"]
    assert [one.rule for one in found.points] == ["d", "e", "f"]


def test_what_a_hidden_rule_lacks_is_neither_asked_nor_named_as_a_way_in() -> None:
    """And what an open one lacks is both."""
    for hidden in (True, False):
        rule = must_not("r", WORK, shown_as_unavailable=hidden)
        found = decided(rule, groups=[a_group()])
        (waiting,) = found.groups.waiting
        assert bool(waiting.changes) == bool(found.questions) == (not hidden)


def test_who_needs_a_support_is_asked_about_like_who_is_eligible_as_they_are() -> None:
    wish = prefer("wish", "group.concerns includes alcohol")
    lacks = must_not("lacks", "group.topics includes none of money", lifted_by=("bring",))
    bring = support("bring", "group.topics gains money")
    for topics in (many("money"), many()):
        found = decided(wish, lacks, bring, groups=[a_group("g1", topics=topics)])
        assert bool(found.groups.eligible) == (topics != many())
        assert [one.fact for one in found.questions] == ["group.concerns"]


@pytest.mark.parametrize(("date", "kept"), [("2026-01-01", True), ("2027-01-01", False)])
def test_a_refusal_of_a_mentor_counts_from_its_day_on(date: str, kept: bool) -> None:
    rule = must_not("declined", "pair.declined is yes", target="mentor")
    about = person(declined_targets=FactSet(statements=(stated("m1", date),)))
    found = decided(rule, mentors=[a_mentor("m1")], patient=about)
    assert bool(found.mentors.blocked) == kept


def test_mentors_without_another_id_are_not_taken_for_one_person() -> None:
    tie = RecordedConflict(
        id="k", between=("pat", "m1"), kind="sponsor", provenance=said("2025-01-01")
    )
    rule = must_not("apart", "pair.ties includes sponsor", target="mentor")
    found = decided(rule, mentors=[a_mentor("m1"), a_mentor("m2")], conflicts=[tie])
    assert [one.target for one in found.mentors.blocked] == ["m1"]
    assert [one.target for one in found.mentors.eligible] == ["m2"]


def test_without_a_patient_there_is_nothing_to_decide() -> None:
    with pytest.raises(TypeError, match="there is no patient to decide for"):
        decided(patient=None)
