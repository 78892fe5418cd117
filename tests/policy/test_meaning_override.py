"""What overrides, supports and findings mean."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, at_least, group, many, one, patient, place, stated
from peer_match import suggest
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Decision, Suggestion
from peer_match.decide.evaluate import World, evaluate
from peer_match.facts.fact import Fact
from peer_match.facts.group import Group
from peer_match.facts.override import Override
from peer_match.facts.patient import Patient, ScreenResult
from peer_match.facts.truth import Truth
from peer_match.policy.policy import Policy

from .packs import Pack, words_of

HOSTILE = {"all": ["patient.medications includes methadone", "group.medication_stance is opposed"]}
BOTH = {"all_of": ["patient", "clinician"], "at_most": "90 days"}
PERSON = patient(medications=many("methadone"))
TARGET = group(medication_stance=one("opposed"))
FAR = "travel distance from patient.home to group.place is more than 40 km"
HOME, NEARBY, FAR_AWAY = place(33.70, -117.80), place(33.71, -117.80), place(35.70, -117.80)


def only(decision: Decision) -> Suggestion:
    lists = decision.groups
    (found,) = (*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked)
    return found


def list_of(decision: Decision) -> str:
    lists = decision.groups
    return next(
        name
        for name in ("eligible", "eligible_with_support", "waiting", "blocked")
        if getattr(lists, name)
    )


# -- override --------------------------------------------------------------------------------------


def test_an_override_is_nobody_or_roles_together_for_so_many_days(
    new_pack: Callable[[], Pack],
) -> None:
    """Anything else is refused where it stands; without a line, nobody may."""
    for written, problems in (
        ("nobody", []),
        (None, []),
        (BOTH, []),
        ("somebody", [("PM122", "expected `nobody`, or a block of keys, found `somebody`")]),
        ({"all_of": [], "at_most": "90 days"}, [("PM124", "expected at least 1 item, found 0")]),
        ({"all_of": ["patient"]}, [("PM121", "`at_most` is missing")]),
        (
            {"all_of": ["pope"], "at_most": "90 days"},
            [("PM202", "`pope` is not in vocabulary `override-role`")],
        ),
        (
            {"all_of": ["patient"], "at_most": "long"},
            [("PM204", "expected a span of calendar time, found `long`")],
        ),
    ):
        pack = new_pack()
        pack.must_not("the-rule", when=HOSTILE, override=written)
        assert words_of(pack.problems()) == problems
        policy = pack.read().policy
        if policy is not None:
            assert (policy.must_nots[0].override is None) == (written in ("nobody", None))


def granted(policy: Policy, decision: Decision, **other: Any) -> Override:
    """An override of the block that a decision shows, or one that differs from it."""
    (rule,) = policy.must_nots
    (screening,) = only(decision).screening
    values: dict[str, Any] = {
        "id": "o1",
        "patient": "pat",
        "target": "g1",
        "rule": rule.id,
        "rule_digest": rule.digest,
        "facts_digest": screening.facts_digest,
        "granted_by": {"patient": "Pat", "clinician": "Dr Lee"},
        "granted": AS_OF - timedelta(days=10),
        "until": AS_OF + timedelta(days=80),
    }
    return Override(**{**values, **other})


@pytest.fixture
def policy(pack: Pack) -> Policy:
    pack.must_not("the-rule", when=HOSTILE, override=BOTH)
    return pack.policy()


def test_an_override_by_all_its_roles_sets_the_rule_aside_visibly(policy: Policy) -> None:
    """The group is eligible with a caution that names who decided."""
    before = suggest(policy, PERSON, [TARGET], as_of=AS_OF)
    assert list_of(before) == "blocked"
    after = suggest(policy, PERSON, [TARGET], as_of=AS_OF, overrides=[granted(policy, before)])
    assert list_of(after) == "eligible"
    assert after.notes == ()
    (screening,) = only(after).screening
    assert (screening.truth, screening.outcome) == ("yes", "caution")
    assert screening.note == "set aside by Dr Lee (clinician), Pat (patient)"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"patient": "somebody-else"}, "it is for another person"),
        ({"target": "g2"}, "the rule looked at no such target"),
        ({"rule": "another-rule"}, "no rule of that name is in force"),
        ({"rule_digest": "0" * 64}, "the rule was changed since"),
        ({"facts_digest": "0" * 64}, "what is known has changed since"),
        ({"granted_by": {"patient": "Pat"}}, "nobody is named for: clinician"),
        ({"granted_by": {"patient": "Pat", "clinician": ""}}, "nobody is named for: clinician"),
        ({"granted_by": {"clinician": "Lee", "supervisor": "Sam"}}, "nobody is named for: patient"),
        ({"granted_by": {"clinician": "Lee", "patient": "Lee"}},
         "one person stands for several roles"),
        ({"granted": AS_OF + timedelta(minutes=1)}, "it is not yet granted"),
        ({"until": AS_OF}, "its time is over"),
        # 90 days and a minute in all
        ({"until": AS_OF + timedelta(days=80, minutes=1)},
         "it was granted for longer than 90 days"),
    ],
)  # fmt: skip
def test_an_override_is_bound_to_what_it_was_given_for(
    policy: Policy, change: dict[str, Any], reason: str
) -> None:
    """Patient, target, rule, its digest, the facts' digest, the roles and the days: any change
    voids it, and the decision says so, since whoever granted it counts on it."""
    before = suggest(policy, PERSON, [TARGET], as_of=AS_OF)
    changed = granted(policy, before, **change)
    after = suggest(policy, PERSON, [TARGET], as_of=AS_OF, overrides=[changed])
    assert list_of(after) == "blocked"
    assert after.notes == (f"override `o1` of `{changed.rule}` for `{changed.target}`: {reason}",)


def test_a_changed_rule_voids_an_override(pack: Pack, policy: Policy) -> None:
    before = suggest(policy, PERSON, [TARGET], as_of=AS_OF)
    override = granted(policy, before)
    pack.edit("group/must_not/the-rule.yaml", "A rule of a test", "A rule that was changed")
    changed = pack.policy()
    assert list_of(suggest(policy, PERSON, [TARGET], as_of=AS_OF, overrides=[override])) == (
        "eligible"
    )
    assert list_of(suggest(changed, PERSON, [TARGET], as_of=AS_OF, overrides=[override])) == (
        "blocked"
    )


@pytest.mark.parametrize(
    ("person", "target", "voids"),
    [
        (PERSON, TARGET, False),
        (patient(medications=many("methadone", "disulfiram")), TARGET, True),
        (patient(medications=at_least("methadone")), TARGET, True),
        (patient(medications=many("methadone"), concerns=many("opioids")), TARGET, False),
    ],
)
def test_a_changed_fact_that_the_rule_reads_voids_an_override_and_another_does_not(
    policy: Policy, person: Patient, target: Group, voids: bool
) -> None:
    override = granted(policy, suggest(policy, PERSON, [TARGET], as_of=AS_OF))
    after = suggest(policy, person, [target], as_of=AS_OF, overrides=[override])
    assert list_of(after) == ("blocked" if voids else "eligible")


def test_a_second_screen_that_is_high_again_voids_an_override(pack: Pack) -> None:
    """It says the same, and is another night: somebody has to decide again."""
    pack.must_not("the-rule", when="patient.suicide_screen is high", override=BOTH)
    policy = pack.policy()
    high = ScreenResult(instrument="c-ssrs", level="high")
    first = Fact(statements=(stated(high, "2026-02-20"),))
    twice = Fact(statements=(*first.statements, stated(high, "2026-02-27")))
    before = suggest(policy, patient(suicide_screen=first), [TARGET], as_of=AS_OF)
    given = [granted(policy, before)]
    for screen, expected in ((first, "eligible"), (twice, "blocked")):
        person = patient(suicide_screen=screen)
        after = suggest(policy, person, [TARGET], as_of=AS_OF, overrides=given)
        assert list_of(after) == expected


def test_an_override_of_what_no_longer_keeps_apart_is_told_of(policy: Policy) -> None:
    before = suggest(policy, PERSON, [TARGET], as_of=AS_OF)
    welcoming = group(medication_stance=one("welcoming"))
    after = suggest(policy, PERSON, [welcoming], as_of=AS_OF, overrides=[granted(policy, before)])
    (note,) = after.notes
    assert note.endswith("the rule says nothing against this target now")


def test_nobody_can_override_what_nobody_may(pack: Pack) -> None:
    pack.must_not("the-rule", when=HOSTILE, override="nobody")
    policy = pack.policy()
    before = suggest(policy, PERSON, [TARGET], as_of=AS_OF)
    override = granted(policy, before, facts_digest="")
    after = suggest(policy, PERSON, [TARGET], as_of=AS_OF, overrides=[override])
    assert list_of(after) == "blocked"


# -- support ---------------------------------------------------------------------------------------


def with_ride(pack: Pack, **keys: Any) -> Pack:
    pack.support(
        "a-ride",
        offered_when="patient.barriers includes transport",
        provides=["patient.home becomes group.place"],
        **keys,
    )
    return pack.must_not(
        "too-far",
        when=FAR,
        override={"all_of": ["patient"], "at_most": "90 days"},
        lifted_by=["a-ride"],
    )


def test_only_rules_that_name_a_support_see_what_it_changes(pack: Pack) -> None:
    """A second rule about the same distance, which does not name the ride, still blocks."""
    with_ride(pack)
    person = patient(home=HOME, barriers=many("transport"))
    target = group(place=FAR_AWAY)
    assert list_of(suggest(pack.policy(), person, [target], as_of=AS_OF)) == (
        "eligible_with_support"
    )
    pack.must_not("also-too-far", when=FAR)
    found = suggest(pack.policy(), person, [target], as_of=AS_OF)
    assert list_of(found) == "blocked"
    assert only(found).supports == ()


def test_points_see_a_support_only_where_the_preference_names_it(pack: Pack) -> None:
    with_ride(pack)
    grade = {"2 km": 100, "40 km": 0}
    measure = "travel distance from patient.home to group.place"
    pack.prefer("with-ride", measure=measure, grade=grade, lifted_by=["a-ride"])
    pack.prefer("without", measure=measure, grade=grade)
    person = patient(home=HOME, barriers=many("transport"))
    found = only(suggest(pack.policy(), person, [group(place=FAR_AWAY)], as_of=AS_OF))
    assert {one.rule: one.grade_low for one in found.points} == {"with-ride": 10_000, "without": 0}


def test_a_support_is_never_on_a_rule_that_nobody_may_override(pack: Pack) -> None:
    with_ride(pack)
    pack.must_not("never", when=FAR, override="nobody", lifted_by=["a-ride"])
    assert words_of(pack.problems()) == [
        ("PM311", "a rule that nobody may override cannot be lifted by a support")
    ]


def test_supports_make_a_fourth_list_eligible_with_support(pack: Pack) -> None:
    """Neither eligible nor blocked; it says on which support it depends, and a task arranges it."""
    with_ride(pack)
    pack.plan("propose", include={"proposals": {"groups": 3, "mentors": 1}})
    person = patient(home=HOME, barriers=many("transport"))
    targets = [group("far", place=FAR_AWAY), group("near", place=NEARBY)]
    decision = suggest(pack.policy(), person, targets, as_of=AS_OF)
    lists = decision.groups
    assert [one.target for one in lists.eligible] == ["near"]
    (found,) = lists.eligible_with_support
    assert (found.target, found.supports, found.outcome) == ("far", ("a-ride",), "allowed")
    assert [(one.supports, one.effect) for one in found.changes] == [
        (("a-ride",), "makes this eligible")
    ]
    tasks = [(one.kind, one.rule, one.target) for one in decision.plan.tasks]
    assert ("support", "a-ride", "far") in tasks


def test_a_support_is_not_offered_to_whom_it_is_surely_no_help(pack: Pack) -> None:
    """Someone without a need of it does not get it; where that is unknown it is offered."""
    with_ride(pack)
    policy = pack.policy()
    for barriers, expected in (
        (many(), "blocked"),
        (at_least(), "eligible_with_support"),
        (many("transport"), "eligible_with_support"),
    ):
        person = patient(home=HOME, barriers=barriers)
        assert list_of(suggest(policy, person, [group(place=FAR_AWAY)], as_of=AS_OF)) == expected


def test_an_unknown_waits_for_its_answer_and_not_for_a_support(pack: Pack) -> None:
    """Help is for what is so; what is merely not known is asked."""
    with_ride(pack)
    person = patient(barriers=many("transport"))
    found = suggest(pack.policy(), person, [group(place=FAR_AWAY)], as_of=AS_OF)
    assert list_of(found) == "waiting"


def test_what_would_change_it_is_supports_and_answers_only(pack: Pack) -> None:
    """Of the runner-up and of what waits: a ride, or an answer; each of them is one of the two."""
    with_ride(pack)
    pack.prefer("near", weight=10, measure="travel distance from patient.home to group.place",
                grade={"2 km": 100, "40 km": 0}, lifted_by=["a-ride"])  # fmt: skip
    pack.prefer("by-topic", weight=8, when="patient.goals shares any with group.topics")
    pack.must_not("held", when="group.medication_stance is opposed")
    person = patient(home=HOME, barriers=many("transport"), goals=many("find-work"))
    welcoming = one("welcoming")
    targets = [
        group("first", place=NEARBY, topics=many(), medication_stance=welcoming),
        group("ride", place=place(34.05, -117.80), topics=many("find-work"),
              medication_stance=welcoming),
        group("answer", place=NEARBY, medication_stance=welcoming),
        group("waits", place=NEARBY, topics=many("find-work")),
    ]  # fmt: skip
    lists = suggest(pack.policy(), person, targets, as_of=AS_OF).groups
    found = {
        one.target: [(change.supports, change.answers, change.effect) for change in one.changes]
        for one in (*lists.eligible, *lists.waiting)
    }
    assert [one.target for one in lists.eligible] == ["answer", "first", "ride"]
    assert found["answer"] == []
    assert found["ride"] == [(("a-ride",), (), "would pass Group answer")]
    assert found["waits"] == [((), ("group.medication_stance@waits",), "could become eligible")]


@pytest.mark.parametrize(
    "edit",
    [
        "patient.medications becomes acamprosate",
        "patient.concerns gains alcohol",
        "patient.goals gains find-work",
        "patient.readiness becomes unwilling",
        "patient.suicide_screen becomes low",
        "patient.legal_limits gains curfew",
        "patient.identities gains woman",
        "patient.cultures gains latino",
        "patient.belief becomes secular",
        "patient.preferences gains small-group",
        "patient.accessibility_needs becomes quiet",
        "patient.group_consent becomes valid",
        "pair.declined becomes no",
    ],
)
def test_nothing_would_change_it_about_a_persons_treatment_or_identity(
    pack: Pack, edit: str
) -> None:
    """No support may edit treatment, health, law, wishes or identity, so none can be suggested."""
    fact, _, value = edit.partition(" ")[0], None, edit.rpartition(" ")[2]
    vocabulary = pack.root / "vocabulary"
    if value in ("unwilling", "curfew", "quiet"):  # any code of the fact's vocabulary will do
        name = {
            "patient.readiness": "readiness",
            "patient.legal_limits": "legal-limit",
            "patient.accessibility_needs": "accessibility",
        }[fact]
        text = (vocabulary / f"{name}.yaml").read_text("utf-8")
        edit = edit.replace(value, text.split("code: ")[1].split("\n")[0].split(",")[0])
    pack.support("not-this", provides=[edit])
    problems = [one for one in pack.problems() if one.severity == "error"]
    assert words_of(problems) == [("PM321", f"no support changes `{fact}`")]


# -- finding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("truth", ["yes", "no", "unknown"])
def test_a_finding_is_a_named_condition_that_other_rules_use(pack: Pack, truth: str) -> None:
    """In every kind of rule, and in another finding, it means what its own sentence means."""
    pack.finding("on-methadone", when="patient.medications includes methadone")
    pack.finding("also", when={"all": ["on-methadone holds"]})
    task = {"title": "Ask", "role": "clinician", "within": "1 day"}
    for id, when in (
        ("named", "also holds"),
        ("spelled-out", "patient.medications includes methadone"),
    ):
        pack.must_not(f"{id}-block", when=when)
        pack.prefer(f"{id}-points", when=when)
        pack.plan(f"{id}-plan", when=when, if_unknown="leave out",
                  include={"task": task})  # fmt: skip
    medications = {"yes": many("methadone"), "no": many(), "unknown": at_least()}[truth]
    decision = suggest(pack.policy(), patient(medications=medications), [group()], as_of=AS_OF)
    screenings = {one.rule: one.truth for one in only(decision).screening}
    assert screenings.get("named-block", "no") == truth
    assert screenings.get("spelled-out-block", "no") == truth
    points = [(one.grade_low, one.grade_high) for one in only(decision).points]
    assert len(set(points)) <= 1
    assert set(decision.plan.rules) == (
        {"named-plan", "spelled-out-plan"} if truth == "yes" else set()
    )


def test_every_cycle_is_an_error_that_shows_its_path(pack: Pack) -> None:
    for id, used in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "d"), ("e", "a")):
        pack.finding(f"{id}-finding", when={"not": f"{used}-finding holds"})
    assert words_of(pack.problems()) == [
        (
            "PM310",
            "findings depend on themselves: a-finding → b-finding → c-finding → a-finding",
        ),
        ("PM310", "findings depend on themselves: d-finding → d-finding"),
    ]


def test_a_hostile_tangle_of_cycles_is_answered_at_once(pack: Pack) -> None:
    """Twenty findings that all use each other hold more cycles than could ever be listed."""
    ids = [f"f{number}" for number in range(20)]
    for id in ids:
        pack.finding(id, when={"any": [f"{other} holds" for other in ids if other != id]})
    found = pack.problems()
    assert {one.code for one in found} == {"PM310"}
    assert 0 < len(found) <= 20


def test_a_finding_that_is_no_longer_in_force_is_unknown_and_never_a_no(pack: Pack) -> None:
    """The check refuses such a pack; at a later moment than any rule's, unknown is what is left."""
    pack.finding("ended", when="patient.medications includes methadone", until="2026-02-01")
    pack.must_not("the-rule", when="ended holds", status="draft")
    policy = pack.policy()
    (rule,) = policy.must_nots
    assert not rule.in_force(AS_OF.date())
    assert not policy.findings["ended"].in_force(AS_OF.date())
    world = World(Case({"patient": view(PERSON, NOW, policy.vocabularies)}), policy.findings, AS_OF)
    assert evaluate(rule.when, world) is Truth.UNKNOWN
