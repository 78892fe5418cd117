"""What the language means by knowing and by time, on small packs that are really decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from facts.stated import (
    AS_OF,
    at_least,
    before,
    conflicting,
    day,
    declined_one,
    declined_set,
    group,
    many,
    none_of,
    one,
    patient,
    points,
    said,
    stated,
)
from peer_match import suggest
from peer_match.decide.decision import Decision, Suggestion
from peer_match.facts.fact import Fact, FactSet, Unknown
from peer_match.facts.patient import ScreenResult
from peer_match.facts.provenance import PartialDate

from .packs import Pack, words_of


def decide(pack: Pack, person: dict[str, Any], **target: Any) -> Decision:
    return suggest(pack.policy(), patient(**person), [group(**target)], as_of=AS_OF)


def suggestion(decision: Decision) -> Suggestion:
    lists = decision.groups
    (found,) = (*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked)
    return found


def truths(
    pack: Pack, sentences: Sequence[object], person: dict[str, Any], **target: Any
) -> list[str]:
    """What each condition comes to for a person and a group: each is the `when` of a block."""
    for number, sentence in enumerate(sentences):
        pack.must_not(f"rule-{number}", when=sentence, if_unknown="hold")
    found = suggestion(decide(pack, person, **target))
    said = {screening.rule: screening.truth for screening in found.screening}
    assert set(found.passed).isdisjoint(said)
    return [said.get(f"rule-{number}", "no") for number in range(len(sentences))]


def truth(pack: Pack, sentence: object, person: dict[str, Any], **target: Any) -> str:
    """What one condition comes to."""
    return truths(pack, [sentence], person, **target)[0]


YES = "patient.concerns includes alcohol"
NO = "patient.concerns includes opioids"
OPEN = "patient.new_to_groups is yes"


KLEENE = [
    (YES, "yes"),
    (NO, "no"),
    (OPEN, "unknown"),
    ({"not": YES}, "no"),
    ({"not": NO}, "yes"),
    ({"not": OPEN}, "unknown"),
    ({"all": [YES, OPEN]}, "unknown"),
    ({"all": [NO, OPEN]}, "no"),
    ({"all": [YES, YES]}, "yes"),
    ({"any": [YES, OPEN]}, "yes"),
    ({"any": [NO, OPEN]}, "unknown"),
    ({"any": [NO, NO]}, "no"),
    ({"not": {"any": [NO, OPEN]}}, "unknown"),
    ({"not": [OPEN]}, "unknown"),
    ({"all": [YES, {"not": {"all": [NO, OPEN]}}]}, "yes"),
]


def test_there_are_yes_no_and_unknown(pack: Pack) -> None:
    """Conditions are joined by Kleene's three-valued logic."""
    found = truths(pack, [condition for condition, _ in KLEENE], {"concerns": many("alcohol")})
    assert found == [expected for _, expected in KLEENE]


def test_a_list_without_methadone_is_no_proof_of_none(pack: Pack) -> None:
    """A set says whether it is complete; only then is what it lacks not there."""
    sentence = "patient.medications includes methadone"
    assert truth(pack, sentence, {"medications": at_least("disulfiram")}) == "unknown"
    assert truth(pack, sentence, {"medications": many("disulfiram")}) == "no"
    assert truth(pack, sentence, {"medications": many()}) == "no"
    assert truth(pack, sentence, {"medications": at_least()}) == "unknown"
    assert truth(pack, sentence, {}) == "unknown"


@pytest.mark.parametrize(
    ("fact", "includes", "any_of", "all_of", "none_of_them"),
    [
        (at_least("methadone"), "yes", "yes", "unknown", "no"),
        (at_least("methadone", "disulfiram"), "yes", "yes", "yes", "no"),
        (at_least("acamprosate"), "unknown", "unknown", "unknown", "unknown"),
        (at_least(), "unknown", "unknown", "unknown", "unknown"),
        (FactSet(), "unknown", "unknown", "unknown", "unknown"),
    ],
)
def test_on_an_incomplete_set_includes_is_never_no_and_includes_none_never_yes(
    pack: Pack, fact: FactSet[str], includes: str, any_of: str, all_of: str, none_of_them: str
) -> None:
    """`includes` is yes or unknown, `includes none of` no or unknown."""
    sentences = [
        "patient.medications includes methadone",
        "patient.medications includes any of methadone, disulfiram",
        "patient.medications includes all of methadone, disulfiram",
        "patient.medications includes none of methadone, disulfiram",
    ]
    expected = [includes, any_of, all_of, none_of_them]
    assert truths(pack, sentences, {"medications": fact}) == expected


def test_a_denial_is_known_even_on_an_incomplete_set(pack: Pack) -> None:
    """What was asked about and answered with no is a no; what was not asked stays unknown."""
    fact = none_of("methadone")
    sentence = "patient.medications includes {}"
    assert truth(pack, sentence.format("methadone"), {"medications": fact}) == "no"
    assert truth(pack, sentence.format("buprenorphine"), {"medications": fact}) == "unknown"
    # A kind was denied; nothing is said of the other kinds of the class.
    broad = "opioid-use-disorder-medication"
    assert truth(pack, sentence.format(broad), {"medications": fact}) == "unknown"
    assert truth(pack, sentence.format("methadone"), {"medications": none_of(broad)}) == "no"


@pytest.mark.parametrize(
    "sentence",
    [
        "at least 2 missed-meeting within 14 days",
        "at least 1 disclosure of severity at least moderate within 30 days",
    ],
)
def test_no_rule_of_a_match_can_count_events(pack: Pack, sentence: str) -> None:
    """What happened is assessed by the rules of safety; a match would count nothing."""
    pack.must_not("the-rule", when=sentence)
    assert words_of(pack.problems()) == [("PM161", "events cannot be read here")]


@pytest.mark.parametrize(
    ("covered", "events", "expected"),
    [
        ({}, 0, "unknown"),
        ({}, 1, "unknown"),
        ({}, 2, "yes"),
        ({"missed-meeting": "14 days"}, 0, "no"),
        ({"missed-meeting": "14 days"}, 1, "no"),
        ({"missed-meeting": "14 days"}, 2, "yes"),
        ({"missed-meeting": "13 days"}, 1, "unknown"),
        ({"loss": "14 days"}, 1, "unknown"),
    ],
)
def test_a_count_is_a_range_and_unbounded_where_nobody_records(
    pack: Pack, covered: dict[str, str], events: int, expected: str
) -> None:
    """`at least N` is yes if low is N or more, no if high is less than N, else unknown."""
    condition = {"any": ["at least 2 missed-meeting within 14 days",
                         "at least 9 loss within 1 day"]}  # fmt: skip
    if "loss" not in covered:
        condition["any"].pop()
    happened = [{"missed-meeting": f"{day + 1} days ago"} for day in range(events)]
    example = {"events": happened, "covered": covered, "expect": expected}
    pack.escalate("missed-twice", when=condition, examples=[example])
    (result,) = [one for one in pack.examples().results if one.rule == "missed-twice"]
    assert result.passed, result.got


@pytest.mark.parametrize(
    ("known", "at_least_10", "at_most_10", "between"),
    [
        (points(10), "yes", "yes", "yes"),
        (points(9), "no", "yes", "no"),
        (points(11), "yes", "no", "no"),
        (Fact(), "unknown", "unknown", "unknown"),
    ],
)
def test_an_amount_is_a_range_and_unknown_only_where_the_range_straddles_the_limit(
    pack: Pack, known: Fact[Any], at_least_10: str, at_most_10: str, between: str
) -> None:
    """`at least N` is yes if low is N or more, no if high is less than N, else unknown."""
    forms = {
        "at least 10 points": at_least_10,
        "more than 9 points": at_least_10,
        "at most 10 points": at_most_10,
        "less than 11 points": at_most_10,
        "between 10 and 10 points": between,
    }
    found = truths(pack, [f"patient.phq9 is {form}" for form in forms], {"phq9": known})
    assert found == list(forms.values())


def test_an_unknown_amount_has_no_upper_bound_but_is_never_below_nothing(pack: Pack) -> None:
    """Nothing is less than none, so only that much is certain of an unknown number."""
    assert truth(pack, "patient.phq9 is at least 0 points", {}) == "yes"
    assert truth(pack, "patient.phq9 is at most 999999 points", {}) == "unknown"


def test_conflicting_single_values_are_unknown(pack: Pack) -> None:
    """Two stances, neither surely the later, are no stance."""
    sentence = "group.medication_stance is opposed"
    stance = conflicting("opposed", "welcoming")
    assert truth(pack, sentence, {}, medication_stance=stance) == "unknown"
    negated = "group.medication_stance is not opposed"
    assert truth(pack, negated, {}, medication_stance=stance) == "unknown"
    reading = decide(pack, {}, medication_stance=stance).facts["group.medication_stance@g1"]
    assert reading.unknown == Unknown.CONFLICTING
    later = Fact(statements=(stated("opposed", "2026-01-01"), stated("welcoming", "2026-02-01")))
    assert truth(pack, sentence, {}, medication_stance=later) == "no"


def test_declined_is_unknown_and_is_not_asked_again(pack: Pack) -> None:
    """Who preferred not to say is in the same place as who was not asked, minus the question."""
    sentence = "patient.new_to_groups is yes"
    pack.must_not("the-rule", when=sentence, if_unknown="ask", asks="patient")
    pack.prefer("by-goal", when="patient.goals includes find-work")
    not_asked = decide(pack, {})
    declined = decide(pack, {"new_to_groups": declined_one(), "goals": declined_set()})
    assert suggestion(declined).outcome == suggestion(not_asked).outcome == "ask"
    assert suggestion(declined).score == suggestion(not_asked).score
    assert {one.fact for one in not_asked.questions} == {"patient.new_to_groups", "patient.goals"}
    assert declined.questions == ()
    assert declined.facts["patient.goals"].unknown == Unknown.DECLINED


@pytest.mark.parametrize("form", ["is known", "is unknown"])
def test_asking_whether_a_fact_is_known_is_barred_from_blocks_and_preferences(
    pack: Pack, form: str
) -> None:
    """It would break "learning only narrows", also when it is reached through findings."""
    sentence = f"patient.home {form}"
    pack.finding("inner", when=sentence)
    pack.finding("outer", when={"not": "inner holds"})
    pack.must_not("direct", when=sentence)
    pack.prefer("also-direct", when=sentence)
    pack.prefer("to-whom", when="patient.goals includes find-work", applies_when=sentence)
    pack.must_not("reached", when="outer holds")
    pack.prefer("also-reached", when="outer holds")
    assert words_of(pack.problems()) == [
        ("PM314", "`direct` may not ask whether a fact is known"),
        ("PM314", "`outer` asks whether a fact is known; this rule may not"),
        ("PM314", "`also-direct` may not ask whether a fact is known"),
        ("PM314", "`outer` asks whether a fact is known; this rule may not"),
        ("PM314", "`to-whom` may not ask whether a fact is known"),
    ]


def test_plans_may_ask_whether_a_fact_is_known(pack: Pack) -> None:
    """Only what ranks or keeps apart is barred: a plan may well ask for what is missing."""
    task = {"title": "Ask", "role": "clinician", "within": "7 days"}
    pack.plan("ask-for-home", when="patient.home is unknown", include={"task": task})
    pack.finding("home-known", when="patient.home is known")
    assert pack.codes() == []
    decision = suggest(pack.policy(), patient(), as_of=AS_OF)
    assert "ask-for-home" in decision.plan.rules


# -- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        (before(days=30), "no"),
        (before(days=30, minutes=-1), "yes"),
        (before(days=29), "yes"),
        (before(days=0), "yes"),
        (before(days=30, minutes=1), "no"),
        (before(minutes=-1), "no"),
    ],
)
def test_a_window_leaves_out_its_start_and_has_its_end(
    pack: Pack, confirmed: str, expected: str
) -> None:
    """`within D days` is (as_of less D times 24 hours, as_of], to the minute and finer."""
    sentence = "group.last_confirmed is within 30 days"
    assert truth(pack, sentence, {}, last_confirmed=day(confirmed)) == expected


def test_a_window_is_of_24_hour_days_across_a_change_of_the_clocks(pack: Pack) -> None:
    """Clocks went forward on 8 March 2026 in California; a day is 24 hours all the same."""
    pack.must_not("the-rule", when="group.last_confirmed is within 1 day")
    as_of = datetime.fromisoformat("2026-03-08T12:00:00-07:00")
    for confirmed, outcome in (
        ("2026-03-07T11:00:00-08:00", "allowed"),
        ("2026-03-07T11:01:00-08:00", "blocked"),
    ):
        target = group(last_confirmed=day(confirmed))
        decision = suggest(pack.policy(), patient(), [target], as_of=as_of)
        assert suggestion(decision).outcome == outcome


def test_facts_are_chosen_by_when_they_were_so_and_by_when_they_became_known(pack: Pack) -> None:
    """`as_of` says what was so, `known_at` (default: as_of) what was known of it by then."""
    pack.must_not("the-rule", when="group.medication_stance is opposed")
    stance = Fact(
        statements=(
            stated("welcoming", "2026-01-01", recorded="2026-01-01T00:00:00Z"),
            stated("opposed", "2026-02-01", recorded="2026-02-20T00:00:00Z"),
        )
    )
    policy, target = pack.policy(), group(medication_stance=stance)

    def outcome(as_of: str, known_at: str | None = None) -> str:
        found = suggest(
            policy,
            patient(),
            [target],
            as_of=datetime.fromisoformat(as_of),
            known_at=None if known_at is None else datetime.fromisoformat(known_at),
        )
        return suggestion(found).outcome

    assert outcome("2025-12-31T00:00:00Z") == "hold"  # nothing was so yet
    assert outcome("2026-01-31T00:00:00Z") == "allowed"
    assert outcome("2026-02-10T00:00:00Z") == "allowed"  # so, but not yet known
    assert outcome("2026-02-10T00:00:00Z", "2026-03-01T00:00:00Z") == "blocked"
    assert outcome("2026-03-01T00:00:00Z") == "blocked"
    assert outcome("2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z") == "allowed"


@pytest.mark.parametrize(
    ("confirmed", "within", "ago", "before_then"),
    [
        ("2026-02", "unknown", "no", "unknown"),
        ("2025-06", "no", "unknown", "yes"),
        ("2025", "no", "unknown", "yes"),
        ("2024", "no", "yes", "yes"),
        ("2026-02-20", "yes", "no", "no"),
    ],
)
def test_a_partial_date_widens_to_every_day_that_it_can_mean(
    pack: Pack, confirmed: str, within: str, ago: str, before_then: str
) -> None:
    """A month or a year answers only what all of its days would answer."""
    fact = day(confirmed)
    sentences = [
        "group.last_confirmed is within 20 days",
        "group.last_confirmed is at least 9 months ago",
        "group.last_confirmed is before 2026-02-15",
    ]
    expected = [within, ago, before_then]
    assert truths(pack, sentences, {}, last_confirmed=fact) == expected


def test_a_statement_dated_in_the_future_is_not_yet_so(pack: Pack) -> None:
    """It neither counts nor hides what is so today."""
    stance = Fact(statements=(stated("opposed", "2026-01-01"), stated("welcoming", "2026-03-04")))
    sentence = "group.medication_stance is opposed"
    assert truth(pack, sentence, {}, medication_stance=stance) == "yes"
    only = Fact(statements=(stated("opposed", "2026-03-04"),))
    assert truth(pack, sentence, {}, medication_stance=only) == "unknown"


@pytest.mark.parametrize("key", ["events", "covered"])
def test_only_examples_of_rules_that_read_histories_have_one(pack: Pack, key: str) -> None:
    """What a rule cannot read makes no difference to it, so that no example can rely on it."""
    example = {"given": {}, key: [], "expect": "hold"}
    pack.must_not("the-rule", when="group.kind is community", examples=[example])
    found = [one for one in pack.examples().diagnostics if one.code == "PM501"]
    assert [one.message for one in found] == [
        f"this rule reads no history, so that `{key}` says nothing"
    ]


def test_a_correction_is_an_end_of_the_statement_and_keeps_its_history(pack: Pack) -> None:
    """Until retractions come, a statement that ended says until when it was so, and by whom."""
    stance = Fact(statements=(stated("opposed", "2026-01-01", until="2026-02-15"),))
    pack.must_not("the-rule", when="group.medication_stance is opposed")
    policy, target = pack.policy(), group(medication_stance=stance)
    for as_of, outcome in (("2026-02-01", "blocked"), ("2026-02-16", "hold")):
        moment = datetime.fromisoformat(f"{as_of}T12:00:00Z")
        decision = suggest(policy, patient(), [target], as_of=moment)
        assert suggestion(decision).outcome == outcome
    assert stance.statements[0].provenance == said("2026-01-01")


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        ({"effective": "2023-01-01"}, False),
        ({"effective": "2023-01-02"}, True),
        ({"until": "2027-12-31"}, True),
        ({"until": "2029-12-31"}, False),
        ({"status": "draft"}, True),
        ({"status": "retired"}, True),
    ],
)
def test_a_rule_is_in_force_only_while_what_it_refers_to_is(
    pack: Pack, dates: dict[str, str], problem: bool
) -> None:
    """A rule's span lies within the spans of the findings and the supports that it names."""
    pack.finding("the-finding", when="patient.barriers includes transport", **dates)
    pack.support(
        "the-support",
        offered_when="patient.barriers includes transport",
        provides=["patient.home becomes group.place"],
        **dates,
    )
    override = {"all_of": ["patient"], "at_most": "90 days"}
    pack.must_not("the-rule", when="the-finding holds", until="2028-12-31")
    pack.must_not(
        "the-other-rule",
        when="travel distance from patient.home to group.place is more than 40 km",
        override=override,
        lifted_by=["the-support"],
        until="2028-12-31",
    )
    found = words_of(pack.problems())
    expected = [
        ("PM214", f"`the-{one}` is not in force for all the time that this rule is")
        for one in ("support", "finding")
    ]
    assert found == (expected if problem else [])


def test_a_repeated_observation_is_read_as_its_most_severe_within_the_stated_window(
    pack: Pack,
) -> None:
    """The vocabulary of the screen states the window (30 days) and the order of its levels."""

    def screens(*levels: tuple[str, str]) -> Fact[Any]:
        return Fact(
            statements=tuple(
                stated(ScreenResult(instrument="asq", level=code), date) for code, date in levels
            )
        )

    sentence = "patient.suicide_screen is high"
    assert truth(pack, sentence, {"suicide_screen": screens(("high", before(days=29)))}) == "yes"
    later_low = screens(("high", before(days=29)), ("low", before(days=1)))
    assert truth(pack, sentence, {"suicide_screen": later_low}) == "yes"
    gone_by = screens(("high", before(days=31)), ("low", before(days=1)))
    assert truth(pack, sentence, {"suicide_screen": gone_by}) == "no"
    nothing_since = screens(("high", before(days=31)))
    assert truth(pack, sentence, {"suicide_screen": nothing_since}) == "unknown"


def test_today_is_the_day_of_the_moment_on_its_own_clock(pack: Pack) -> None:
    """The same instant written with two offsets can lie on two days."""
    pack.must_not("the-rule", when="group.last_confirmed is before today")
    policy = pack.policy()
    target = group(last_confirmed=one(PartialDate("2026-03-01")))
    for as_of, outcome in (
        ("2026-03-02T01:00:00+00:00", "blocked"),
        ("2026-03-01T17:00:00-08:00", "allowed"),
    ):
        decision = suggest(policy, patient(), [target], as_of=datetime.fromisoformat(as_of))
        assert suggestion(decision).outcome == outcome
