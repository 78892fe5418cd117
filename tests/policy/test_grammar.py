"""Every form of sentence of the language is read, and means what the language document says."""

import re
from datetime import date
from typing import Any

import pytest

from peer_match.policy.condition import (
    AmountIs,
    CodeIs,
    DateAgo,
    DateIs,
    DateWithin,
    EventCount,
    Holds,
    Includes,
    IsKnown,
    MeasureCall,
    Overdue,
    PointsFell,
    Quantifier,
    Sentence,
    YesNoIs,
)
from peer_match.policy.edit import Edit
from peer_match.policy.events import Events
from peer_match.policy.grammar import (
    expected_forms,
    grammar,
    parse_edit,
    parse_measure,
    parse_sentence,
)
from peer_match.policy.measures import MEASURES
from peer_match.policy.policy import Policy
from peer_match.policy.units import Span

from .sentences import fields_of, meaning, one_fault

ANY, ALL, NONE = Quantifier.ANY, Quantifier.ALL, Quantifier.NONE
DISTANCE = "travel distance from patient.home to group.place"
ATTENDABLE = (
    "share of group.meetings within patient.availability travelling from patient.home to "
    "group.place at 30 km an hour"
)


def code(fact: str, *codes: str, negated: bool = False) -> tuple[type[Sentence], dict[str, Any]]:
    return CodeIs, {"fact": fact, "codes": codes, "negated": negated}


def yes_no(value: bool) -> tuple[type[Sentence], dict[str, Any]]:
    return YesNoIs, {"fact": "patient.new_to_groups", "value": value}


def includes(
    quantifier: Quantifier, *codes: str, other: str | None = None
) -> tuple[type[Sentence], dict[str, Any]]:
    fact = "patient.goals"
    return Includes, {"fact": fact, "quantifier": quantifier, "codes": codes, "other": other}


def amount(
    subject: str | MeasureCall, low: int | None, high: int | None
) -> tuple[type[Sentence], dict[str, Any]]:
    return AmountIs, {"subject": subject, "low": low, "high": high}


def call(measure: str, text: str, *facts: str, numbers: tuple[int, ...] = ()) -> MeasureCall:
    return MeasureCall(measure, facts, numbers, text)


FAR = call("travel-distance", DISTANCE, "patient.home", "group.place")
MET = call(
    "share-met", "share of patient.goals met by group.topics", "patient.goals", "group.topics"
)
TOGETHER = call(
    "common-time",
    "time shared by patient.availability and mentor.availability",
    "patient.availability",
    "mentor.availability",
)
IN_TIME = call(
    "share-attendable",
    ATTENDABLE,
    "group.meetings",
    "patient.availability",
    "patient.home",
    "group.place",
    numbers=(30,),
)
CONFIRMED = "group.last_confirmed"

FORMS: list[tuple[str, tuple[type[Sentence], dict[str, Any]]]] = [
    # one value
    ("group.kind is community", code("group.kind", "community")),
    ("group.kind is not community", code("group.kind", "community", negated=True)),
    (
        "patient.suicide_screen is one of moderate, high",
        code("patient.suicide_screen", "high", "moderate"),
    ),
    (
        "patient.suicide_screen is not one of high, moderate",
        code("patient.suicide_screen", "high", "moderate", negated=True),
    ),
    ("patient.suicide_screen is one of high", code("patient.suicide_screen", "high")),
    ("patient.new_to_groups is yes", yes_no(True)),
    ("patient.new_to_groups is no", yes_no(False)),
    ("patient.new_to_groups is not yes", yes_no(False)),
    ("patient.new_to_groups is not no", yes_no(True)),
    # a set
    ("patient.goals includes housing", includes(ANY, "housing")),
    ("patient.goals includes any of money, housing", includes(ANY, "housing", "money")),
    ("patient.goals includes all of housing, money", includes(ALL, "housing", "money")),
    ("patient.goals includes none of housing,money", includes(NONE, "housing", "money")),
    ("patient.goals includes none of housing", includes(NONE, "housing")),
    # two sets
    ("patient.goals includes any of group.topics", includes(ANY, other="group.topics")),
    ("patient.goals includes all of group.topics", includes(ALL, other="group.topics")),
    ("patient.goals includes none of group.topics", includes(NONE, other="group.topics")),
    ("patient.goals shares any with group.topics", includes(ANY, other="group.topics")),
    # a number, in base units
    ("patient.phq9 is at least 10 points", amount("patient.phq9", 10, None)),
    ("patient.phq9 is at most 10 points", amount("patient.phq9", None, 10)),
    ("patient.phq9 is more than 10 points", amount("patient.phq9", 11, None)),
    ("patient.phq9 is less than 10 points", amount("patient.phq9", None, 9)),
    ("patient.phq9 is between 10 and 14 points", amount("patient.phq9", 10, 14)),
    ("patient.phq9 is between 10 and 10 points", amount("patient.phq9", 10, 10)),
    ("patient.phq9 is at least 1 point", amount("patient.phq9", 1, None)),
    ("group.free_seats is less than 1 seat", amount("group.free_seats", None, 0)),
    ("group.free_seats is at least 2 people", amount("group.free_seats", 2, None)),
    # a measure, in base units
    (f"{DISTANCE} is more than 40 km", amount(FAR, 40_001, None)),
    (f"{DISTANCE} is at most 500 m", amount(FAR, None, 500)),
    (f"{DISTANCE} is between 1 and 2 kilometres", amount(FAR, 1_000, 2_000)),
    (
        "share of patient.goals met by group.topics is less than 50 percent",
        amount(MET, None, 49),
    ),
    (f"{ATTENDABLE} is at least 80 percent", amount(IN_TIME, 80, None)),
    (
        "time shared by patient.availability and mentor.availability is at least 2 hours",
        amount(TOGETHER, 120, None),
    ),
    # a date
    (
        f"{CONFIRMED} is before 2026-01-31",
        (DateIs, {"fact": CONFIRMED, "before": True, "day": date(2026, 1, 31)}),
    ),
    (
        f"{CONFIRMED} is after 2024-02-29",
        (DateIs, {"fact": CONFIRMED, "before": False, "day": date(2024, 2, 29)}),
    ),
    (f"{CONFIRMED} is before today", (DateIs, {"fact": CONFIRMED, "before": True, "day": None})),
    (f"{CONFIRMED} is after today", (DateIs, {"fact": CONFIRMED, "before": False, "day": None})),
    (f"{CONFIRMED} is within 30 days", (DateWithin, {"fact": CONFIRMED, "span": Span(30, "day")})),
    (f"{CONFIRMED} is within 1 week", (DateWithin, {"fact": CONFIRMED, "span": Span(1, "week")})),
    (
        f"{CONFIRMED} is at least 12 months ago",
        (DateAgo, {"fact": CONFIRMED, "span": Span(12, "month"), "at_least": True}),
    ),
    (
        "patient.birth_date is less than 18 years ago",
        (DateAgo, {"fact": "patient.birth_date", "span": Span(18, "year"), "at_least": False}),
    ),
    # a finding, and what is known
    ("high-suicide-risk holds", (Holds, {"finding": "high-suicide-risk"})),
    ("patient.goals is known", (IsKnown, {"fact": "patient.goals", "known": True})),
    ("patient.phq9 is unknown", (IsKnown, {"fact": "patient.phq9", "known": False})),
]
EVENTS: list[tuple[str, tuple[type[Sentence], dict[str, Any]]]] = [
    (
        "at least 2 missed-meeting within 14 days",
        (
            EventCount,
            {"least": 2, "kind": "missed-meeting", "severity": None, "span": Span(14, "day")},
        ),
    ),
    (
        "at least 1 disclosure of severity at least moderate within 36 hours",
        (
            EventCount,
            {
                "least": 1,
                "kind": "disclosure",
                "severity": "moderate",
                "span": Span(36, "hour"),
            },
        ),
    ),
    (
        "hope fell by at least 4 points within 2 weeks",
        (PointsFell, {"kind": "hope", "points": 4, "span": Span(2, "week")}),
    ),
    (
        "hope fell by at least 1 point within 1 year",
        (PointsFell, {"kind": "hope", "points": 1, "span": Span(1, "year")}),
    ),
    (
        "check-in is overdue by 90 minutes",
        (Overdue, {"obligation": "check-in", "span": Span(90, "minute")}),
    ),
    (
        "check-in is overdue by 1 month",
        (Overdue, {"obligation": "check-in", "span": Span(1, "month")}),
    ),
]
# As people say it before they have read how.
COUNTS_ARE_WRITTEN = "counts of events are written `at least 2 missed-meeting within 14 days`"
CHANGES_ARE_WRITTEN = "changes are written `hope fell by at least 5 points within 30 days`"
SAID_OTHERWISE = [
    ("‹at least 2 missed-meetings in 14 days›", COUNTS_ARE_WRITTEN),
    ("‹at most 2 missed-meeting within 14 days›", COUNTS_ARE_WRITTEN),
    ("‹more than 3 missed-meeting within 14 days›", COUNTS_ARE_WRITTEN),
    ("‹exactly 1 loss›", COUNTS_ARE_WRITTEN),
    ("‹hope rose by at least 4 points within 30 days›", CHANGES_ARE_WRITTEN),
    ("‹hope fell by 4 points›", CHANGES_ARE_WRITTEN),
    ("‹patient.phq9 fell by at least 5 points within 30 days›", CHANGES_ARE_WRITTEN),
]


@pytest.mark.parametrize(("sentence", "means"), FORMS, ids=[one[0] for one in FORMS])
def test_a_form_of_sentence_means_what_the_document_says(
    shipped_policy: Policy, sentence: str, means: tuple[type[Sentence], dict[str, Any]]
) -> None:
    found = meaning(shipped_policy, sentence)
    assert (type(found), fields_of(found)) == means
    assert found.text == sentence


@pytest.mark.parametrize(("sentence", "means"), EVENTS, ids=[one[0] for one in EVENTS])
def test_a_sentence_about_a_history_means_what_the_document_says(
    shipped_policy: Policy,
    events: Events,
    sentence: str,
    means: tuple[type[Sentence], dict[str, Any]],
) -> None:
    found = meaning(shipped_policy, sentence, events=events)
    assert (type(found), fields_of(found)) == means
    assert found.text == sentence


@pytest.mark.parametrize("sentence", [one[0] for one in EVENTS])
def test_a_history_cannot_be_read_by_most_rules(shipped_policy: Policy, sentence: str) -> None:
    """The whole sentence is told, since nothing in it is right there."""
    assert one_fault(shipped_policy, f"‹{sentence}›") == (
        "PM161",
        "events cannot be read here",
        "rules of kind `escalate` and `always`, and findings below `safety/`, read them",
    )


@pytest.mark.parametrize(("written", "help"), SAID_OTHERWISE)
def test_a_count_or_a_change_that_is_said_otherwise_is_told_how_to_write_it(
    shipped_policy: Policy, events: Events, written: str, help: str
) -> None:
    """Whether or not the rule may read histories."""
    said = written.strip("‹›")
    for known in (events, None):
        found = one_fault(shipped_policy, written, events=known)
        assert found == ("PM150", f"cannot read the sentence at `{said}`", help)


def test_every_form_of_the_grammar_has_a_vector() -> None:
    forms = set(re.findall(r"-> (\w+)", grammar()))
    used: set[str] = set()
    for sentence, _ in [*FORMS, *EVENTS]:
        tree = parse_sentence(sentence)
        used |= {str(one.data) for one in tree.iter_subtrees()}
    used |= {str(parse_edit(line).data) for line, _ in EDITS}
    assert forms - used == set()
    assert {f"{id.replace('-', '_')}_measure" for id in MEASURES} <= used


def test_white_space_and_line_ends_do_not_matter(shipped_policy: Policy) -> None:
    found = meaning(shipped_policy, '"patient.goals\\tincludes\\n  any of   housing ,money"')
    assert fields_of(found) == includes(ANY, "housing", "money")[1]
    assert found.text == "patient.goals includes any of housing ,money"


def test_a_value_that_is_named_twice_is_one_value(shipped_policy: Policy) -> None:
    found = meaning(shipped_policy, "patient.goals includes any of housing, housing")
    assert fields_of(found)["codes"] == ("housing",)


@pytest.mark.parametrize("word", ["at-least", "is-not", "within-30-days", "one", "least", "km"])
def test_words_of_the_grammar_can_be_in_ids(shipped_policy: Policy, word: str) -> None:
    """A finding or a value may be called like a keyword, or begin with one."""
    assert meaning(shipped_policy, f"{word} holds").finding == word


# -- measures and edits ----------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [FAR, MET, TOGETHER, IN_TIME], ids=lambda one: one.measure)
def test_a_measure_stands_alone_on_its_line(shipped_policy: Policy, measure: MeasureCall) -> None:
    found = meaning(shipped_policy, measure.text, "measure")
    assert found == (measure, MEASURES[measure.measure].dimension)
    assert parse_measure(measure.text).data == f"{measure.measure.replace('-', '_')}_measure"


EDITS: list[tuple[str, tuple[str, bool, tuple[Any, ...], str | None]]] = [
    ("patient.home becomes group.place", ("patient.home", True, (), "group.place")),
    ("group.accessibility gains captions", ("group.accessibility", False, ("captions",), None)),
    ("patient.formats gains phone, online", ("patient.formats", False, ("online", "phone"), None)),
    ("group.languages gains patient.languages",
     ("group.languages", False, (), "patient.languages")),
    ("group.status becomes open", ("group.status", True, ("open",), None)),
    ("group.welcomes_newcomers becomes yes", ("group.welcomes_newcomers", True, (True,), None)),
]  # fmt: skip


@pytest.mark.parametrize(("line", "means"), EDITS, ids=[one[0] for one in EDITS])
def test_an_edit_means_what_it_says(
    shipped_policy: Policy, line: str, means: tuple[str, bool, tuple[Any, ...], str | None]
) -> None:
    found = meaning(shipped_policy, line, "edit")
    assert isinstance(found, Edit)
    assert (found.fact, found.replaces, found.values, found.other) == means


# -- what could stand at a place -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminals", "before", "said"),
    [
        ({"HOLDS", "FELL", "IS"}, "early-recovery ", "`holds`"),
        ({"FACT", "CODE", "AT", "TRAVEL"}, "",
         "a fact such as `patient.goals`, the id of a finding or `travel distance from …`"),
        ({"CODE"}, "patient.phq9 is at least 10 ", "a unit such as `points`"),
        ({"CODE"}, "group.kind is not ", "a value such as `opioids`"),
        ({"ANY"}, "patient.goals shares ", "`any with`"),
        ({"AGO", "$END"}, "", "`ago` or the end of the sentence"),
        ({"<END-OF-FILE>"}, "", "the end of the sentence"),
        ((), "", ""),
    ],
)  # fmt: skip
def test_what_could_stand_at_a_place_is_said_in_words(
    terminals: set[str], before: str, said: str
) -> None:
    assert expected_forms(terminals, before) == said
