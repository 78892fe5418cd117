"""What a `must_not` means: its outcomes, their order, errors, scope, placements and caps."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain, combinations

import pytest

from facts.stated import (
    AS_OF,
    facilitator,
    free,
    group,
    many,
    meets,
    mentor,
    one,
    patient,
    place,
)
from peer_match import suggest
from peer_match.decide.decision import Decision, Shortlist, Suggestion
from peer_match.facts.patient import Patient
from peer_match.policy.measures import MEASURES, Interval
from peer_match.policy.policy import OUTCOMES, MustNot, Policy

from .packs import Pack, words_of

UNKNOWN = "group.medication_stance is opposed"
ATTENDABLE = (
    "share of group.meetings within patient.availability travelling from patient.home to "
    "group.place at 30 km an hour"
)


def every(lists: Shortlist) -> tuple[Suggestion, ...]:
    return (*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked)


def only(decision: Decision) -> Suggestion:
    (found,) = every(decision.groups)
    return found


def lists_with(decision: Decision, target: str) -> list[str]:
    """The lists that a target is in."""
    return [
        name
        for name in ("eligible", "eligible_with_support", "waiting", "blocked")
        if any(one.target == target for one in getattr(decision.groups, name))
    ]


def test_an_unknown_that_is_allowed_is_eligible_with_a_caution(pack: Pack) -> None:
    """There is no silent pass: `allow` shows a caution."""
    pack.must_not("the-rule", when=UNKNOWN, if_unknown="allow")
    decision = suggest(pack.policy(), patient(), [group()], as_of=AS_OF)
    found = only(decision)
    assert lists_with(decision, "g1") == ["eligible"]
    assert found.outcome == "caution"
    assert [(one.rule, one.truth, one.outcome) for one in found.screening] == [
        ("the-rule", "unknown", "caution")
    ]
    assert found.screening[0].unknown_facts == ("group.medication_stance@g1",)


def test_an_unknown_that_asks_is_eligible_ranked_and_has_a_question_to_a_named_role(
    pack: Pack,
) -> None:
    """`ask`: with a caution and a question to a role, to be acknowledged on acceptance."""
    pack.must_not("the-rule", when=UNKNOWN, if_unknown="ask", asks="programme-manager")
    pack.prefer("by-topic", when="patient.goals shares any with group.topics")
    policy = pack.policy()
    person = patient(goals=many("find-work"))
    targets = [
        group("asking-and-better", topics=many("find-work")),
        group("clear-but-worse", topics=many("housing"), medication_stance=one("welcoming")),
    ]
    decision = suggest(policy, person, targets, as_of=AS_OF)
    assert [one.target for one in decision.groups.eligible] == [
        "asking-and-better",
        "clear-but-worse",
    ]
    (screening,) = decision.groups.eligible[0].screening
    assert (screening.outcome, screening.question_to) == ("ask", "programme-manager")
    (question,) = decision.questions
    assert (question.fact, question.about) == ("group.medication_stance", "asking-and-better")
    assert question.asked_of == "programme-manager"
    assert question.rules == ("the-rule",)


def test_an_unknown_that_holds_waits_in_the_list_of_answers(pack: Pack) -> None:
    """`hold`: neither eligible nor blocked, and it says for which answer it waits."""
    pack.must_not("the-rule", when=UNKNOWN, if_unknown="hold", asks="programme-manager")
    decision = suggest(pack.policy(), patient(), [group()], as_of=AS_OF)
    assert lists_with(decision, "g1") == ["waiting"]
    (change,) = only(decision).changes
    assert change.answers == ("group.medication_stance@g1",)
    assert change.effect == "could become eligible"
    assert [one.fact for one in decision.questions] == ["group.medication_stance"]


def test_a_block_that_surely_fires_blocks(pack: Pack) -> None:
    """`blocked`: in that list alone, with the rule and the fact behind it."""
    pack.must_not("the-rule", when=UNKNOWN)
    target = group(medication_stance=one("opposed"))
    decision = suggest(pack.policy(), patient(), [target], as_of=AS_OF)
    assert lists_with(decision, "g1") == ["blocked"]
    assert only(decision).score is None
    assert [(one.rule, one.truth) for one in only(decision).screening] == [("the-rule", "yes")]
    assert decision.facts["group.medication_stance@g1"].values == ("Opposed",)


BY_CONCERN = {
    "caution": "cannabis",
    "ask": "gambling",
    "hold": "tobacco",
    "blocked": "alcohol",
}


def test_the_worst_outcome_wins_in_the_order_allowed_caution_ask_hold_blocked(pack: Pack) -> None:
    """Every combination of outcomes comes to its worst."""
    for outcome, concern in BY_CONCERN.items():
        word = "block" if outcome == "blocked" else outcome
        pack.must_not(
            f"will-{word}",
            when=f"patient.concerns includes {concern}",
            outcome=word,
            asks="clinician" if outcome == "ask" else None,
        )
    policy = pack.policy()
    assert OUTCOMES == ("allowed", "caution", "ask", "hold", "blocked")
    outcomes = list(BY_CONCERN)
    for chosen in chain.from_iterable(combinations(outcomes, n) for n in range(5)):
        person = patient(concerns=many(*(BY_CONCERN[one] for one in chosen)))
        found = only(suggest(policy, person, [group()], as_of=AS_OF))
        assert found.outcome == max(("allowed", *chosen), key=OUTCOMES.index)


@pytest.mark.parametrize("key", ["if_unknown", "outcome"])
def test_a_rule_that_asks_names_the_role_that_is_asked(pack: Pack, key: str) -> None:
    """A question to nobody is not asked."""
    pack.must_not("the-rule", when=UNKNOWN, **{key: "ask"})
    assert words_of(pack.problems()) == [("PM322", "the rule asks, but does not say whom")]


@pytest.fixture
def break_the_measure(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make a measure fail, as a fault of the program would."""

    def fail(*_: object) -> Interval:
        raise ZeroDivisionError

    broken = replace(MEASURES["share-attendable"], compute=fail)
    return lambda: monkeypatch.setitem(MEASURES, "share-attendable", broken)


@pytest.mark.parametrize("if_unknown", ["allow", "ask", "hold"])
def test_an_error_always_holds_whatever_if_unknown_says(
    pack: Pack, break_the_measure: Callable[[], None], if_unknown: str
) -> None:
    """A rule that cannot be evaluated is no "no match": it holds, and says that it failed."""
    pack.must_not(
        "the-rule",
        when=f"{ATTENDABLE} is less than 50 percent",
        if_unknown=if_unknown,
        asks="clinician",
    )
    person = patient(availability=free("Mon 00:00-23:59"), home=place(33.7, -117.8))
    target = group(meetings=meets("Mon 19:00 60 minutes"), place=place(33.7, -117.8))
    policy = pack.policy()
    assert only(suggest(policy, person, [target], as_of=AS_OF)).outcome == "allowed"
    break_the_measure()
    found = only(suggest(policy, person, [target], as_of=AS_OF))
    assert found.outcome == "hold"
    (screening,) = found.screening
    assert (screening.truth, screening.outcome) == ("error", "hold")
    assert screening.note is not None
    assert "could not be evaluated" in screening.note


def test_an_error_in_a_preference_widens_and_does_not_pass_as_nothing(
    pack: Pack, break_the_measure: Callable[[], None]
) -> None:
    """The score becomes the whole range, as for an unknown."""
    pack.prefer("by-time", measure=ATTENDABLE, grade={"0 percent": 0, "80 percent": 100})
    person = patient(availability=free("Mon 00:00-23:59"), home=place(33.7, -117.8))
    target = group(meetings=meets("Mon 19:00 60 minutes"), place=place(33.7, -117.8))
    policy = pack.policy()
    assert [one.applies for one in only(suggest(policy, person, [target], as_of=AS_OF)).points] == [
        "yes"
    ]
    break_the_measure()
    found = only(suggest(policy, person, [target], as_of=AS_OF))
    assert [(one.rule, one.applies) for one in found.points] == [("by-time", "error")]
    assert found.score is not None
    assert (found.score.low, found.score.high) == (0, 10_000)


def test_allow_is_refused_on_floor_rules(pack: Pack) -> None:
    """A floor that lets an unknown pass is no floor. Safety rules come later, by name."""
    pack.must_not("the-rule", when=UNKNOWN, floor=True, if_unknown="allow")
    assert words_of(pack.problems()) == [("PM302", "a floor rule cannot allow what is unknown")]


def test_allow_is_refused_where_another_person_is_concerned(pack: Pack) -> None:
    """Ties are safety facts: what is not known of them never passes with a caution."""
    pack.must_not(
        "the-rule", when="pair.ties includes household", if_unknown="allow", shown_as="unavailable"
    )
    assert words_of(pack.problems()) == [
        ("PM302", "a rule about another person cannot allow what is unknown")
    ]


@pytest.mark.parametrize(
    ("scope", "programme", "community", "unknown"),
    [
        ({"programme": "block", "community": "caution"}, "blocked", "caution", "blocked"),
        ({"community": "ask"}, "blocked", "ask", "blocked"),
        ({"programme": "hold", "community": "block"}, "hold", "blocked", "blocked"),
        (None, "blocked", "blocked", "blocked"),
    ],
)
def test_the_scope_limits_the_outcome_by_the_kind_of_group(
    pack: Pack, scope: dict[str, str] | None, programme: str, community: str, unknown: str
) -> None:
    """A group is a programme's or a community's; of an unknown kind, the rule's own outcome."""
    pack.must_not("the-rule", when="patient.concerns includes alcohol", scope=scope)
    targets = [
        group("programme", kind=one("programme")),
        group("community", kind=one("community")),
        group("unknown"),
    ]
    decision = suggest(pack.policy(), patient(concerns=many("alcohol")), targets, as_of=AS_OF)
    found = {one.target: one.outcome for one in every(decision.groups)}
    assert found == {"programme": programme, "community": community, "unknown": unknown}


def test_a_scope_never_makes_an_outcome_worse(pack: Pack) -> None:
    """It limits: a caution stays a caution in a scope that would allow a block."""
    pack.must_not(
        "the-rule",
        when="patient.concerns includes alcohol",
        outcome="caution",
        scope={"programme": "block"},
    )
    target = group(kind=one("programme"))
    found = only(suggest(pack.policy(), patient(concerns=many("alcohol")), [target], as_of=AS_OF))
    assert found.outcome == "caution"


PROGRAMME_DUTIES = (
    "no-current-crisis-plan",
    "facilitator-confidentiality-not-attested",
    "facilitator-ethics-not-attested",
    "facilitator-supervision-lapsed",
)


def test_duties_of_a_programme_block_its_groups_and_are_a_caution_on_community_meetings(
    shipped_policy: Policy,
) -> None:
    """A crisis plan, and an attested and supervised facilitator, are a programme's to have."""
    lapsed = facilitator(
        confidentiality_signed=one("2019-01-01"),
        ethics_signed=one("2019-01-01"),
        last_supervision=one("2019-01-01"),
    )
    for kind, outcome in (("programme", "blocked"), ("community", "caution")):
        target = group(kind=one(kind), crisis_plan_date=one("2019-01-01"), facilitators=(lapsed,))
        duties = [rule for rule in shipped_policy.must_nots if rule.id in PROGRAMME_DUTIES]
        assert {rule.id for rule in duties} == set(PROGRAMME_DUTIES)
        for rule in duties:
            assert dict(rule.scope) == {"programme": "blocked", "community": "caution"}
        found = only(suggest(_alone(shipped_policy, duties), patient(), [target], as_of=AS_OF))
        assert {one.rule: one.outcome for one in found.screening} == dict.fromkeys(
            PROGRAMME_DUTIES, outcome
        )


def _alone(policy: Policy, rules: Iterable[MustNot]) -> Policy:
    """The shipped policy with only these blocks, so that others do not hide their outcome."""
    return replace(policy, must_nots=tuple(rules), prefers=())


@pytest.mark.parametrize(
    ("applies_to", "placed", "expected"),
    [
        ("new", False, "blocked"),
        ("new", True, "allowed"),
        ("new and existing", False, "blocked"),
        ("new and existing", True, "blocked"),
    ],
)
def test_applies_to_says_whether_a_standing_placement_is_touched(
    pack: Pack, applies_to: str, placed: bool, expected: str
) -> None:
    """A rule for new placements leaves somebody where they are, visibly."""
    pack.must_not("the-rule", when="patient.concerns includes alcohol", applies_to=applies_to)
    person = patient(
        concerns=many("alcohol"), placements=many("g1") if placed else many(complete=False)
    )
    found = only(suggest(pack.policy(), person, [group()], as_of=AS_OF))
    assert (found.outcome, found.existing) == (expected, placed)
    if expected == "allowed":
        assert [one.note for one in found.screening] == [
            "a standing placement stays; the rule is for new ones"
        ]


def test_a_rule_that_says_nothing_of_placements_is_for_new_ones(pack: Pack) -> None:
    pack.must_not("the-rule", when="patient.concerns includes alcohol")
    (rule,) = pack.policy().must_nots
    assert not rule.applies_to_existing


def test_nothing_offsets_a_block(pack: Pack) -> None:
    """Neither every point there is, nor any number of other rules, nor the person's priorities."""
    pack.must_not("the-rule", when="patient.concerns includes alcohol")
    pack.must_not("satisfied", when="patient.concerns includes none of alcohol")
    for number in range(3):
        pack.prefer(f"full-{number}", when="patient.concerns includes alcohol", weight=1000)
    person: Patient = patient(concerns=many("alcohol"))
    decision = suggest(pack.policy(), person, [group()], as_of=AS_OF)
    assert lists_with(decision, "g1") == ["blocked"]
    assert decision.groups.eligible == ()


@pytest.mark.parametrize(
    ("topics", "low", "high", "capped_by"),
    [
        (many("find-work"), 10_000, 10_000, ()),
        (many("housing"), 4_000, 4_000, ("capped",)),
        (many("housing", complete=False), 4_000, 10_000, ("capped",)),
    ],
)
def test_a_cap_limits_a_score_and_keeps_nobody_apart(
    pack: Pack, topics: object, low: int, high: int, capped_by: tuple[str, ...]
) -> None:
    """No shared goal, at most so many percent; where that is unknown the top stays open."""
    pack.must_not(
        "capped",
        when="patient.goals includes none of group.topics",
        cap="40 percent",
        if_unknown="widen",
    )
    pack.prefer("by-concern", when="patient.concerns includes alcohol")
    person = patient(goals=many("find-work"), concerns=many("alcohol"))
    found = only(suggest(pack.policy(), person, [group(topics=topics)], as_of=AS_OF))
    assert found.outcome == "allowed"
    assert found.score is not None
    assert (found.score.low, found.score.high) == (low, high)
    assert found.score.capped_by == capped_by
    assert (found.score.numerator_high, found.score.denominator) == (10_000_000, 1_000)


def test_a_cap_does_not_raise_a_score_below_it(pack: Pack) -> None:
    pack.must_not(
        "capped",
        when="patient.concerns includes alcohol",
        cap="40 percent",
        if_unknown="widen",
    )
    pack.prefer("by-goal", when="patient.goals includes find-work")
    person = patient(goals=many("housing"), concerns=many("alcohol"))
    found = only(suggest(pack.policy(), person, [group()], as_of=AS_OF))
    assert found.score is not None
    assert (found.score.low, found.score.high, found.score.capped_by) == (0, 0, ())


def test_of_several_facilitators_the_worst_counts(pack: Pack) -> None:
    """One leader who may not lead keeps a group from being suggested."""
    pack.must_not("the-rule", when="facilitator.status is suspended")
    leaders = (facilitator("a", status=one("active")), facilitator("b", status=one("suspended")))
    decision = suggest(pack.policy(), patient(), [group(facilitators=leaders)], as_of=AS_OF)
    assert only(decision).outcome == "blocked"
    unled = suggest(pack.policy(), patient(), [group()], as_of=AS_OF)
    assert only(unled).outcome == "hold"


def test_the_same_outcomes_hold_for_mentors(pack: Pack) -> None:
    pack.must_not(
        "the-rule",
        folder="mentor/must_not",
        when="mentor.accepts_medication is no",
    )
    policy = pack.policy()
    for accepts, expected in ((one(False), "blocked"), (one(True), "eligible")):
        target = mentor(accepts_medication=accepts)
        lists = suggest(policy, patient(), (), [target], as_of=AS_OF).mentors
        assert [one.target for one in getattr(lists, expected)] == ["m1"]
