"""Every word of a sentence refers to something that fits, or is told where it stands."""

import pytest

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact_type import Kind
from peer_match.policy.events import Events
from peer_match.policy.fitting import how_to_read
from peer_match.policy.policy import Policy

from .faults import told, write
from .packs import LADDER, Pack
from .sentences import meaning, one_fault

FAR = "travel distance from patient.home to group.place"
PLACES = "use `patient.home`, `group.place` or `mentor.home`"
BY_MEASURE = "only a measure reads it: `travel distance from … to …`"

# Each: the sentence as written, the message, the help, and a near miss that is right.
FAULTS: dict[str, list[tuple[str, str, str, str]]] = {
    "PM201": [
        ("‹patient.goal› includes housing", "unknown fact `patient.goal`",
         "did you mean `patient.goals`?", "patient.goals includes housing"),
        ("‹patients.goals› includes housing", "unknown fact `patients.goals`",
         "did you mean `patient.goals`?", "patient.goals includes housing"),
        ("‹weather.tomorrow› is unknown", "unknown fact `weather.tomorrow`",
         "the facts here are those of `facilitator`, `group`, `mentor`, `pair` and `patient`",
         "patient.phq9 is unknown"),
    ],
    "PM202": [
        ("patient.goals includes ‹house›", "`house` is not a value of `patient.goals`",
         "perhaps `housing` (Find or keep a home); all values: `peer-match rules vocabulary goal`",
         "patient.goals includes housing"),
        ("patient.suicide_screen is ‹yes›", "`yes` is not a value of `patient.suicide_screen`",
         "use `none-reported`, `low`, `moderate` or `high`", "patient.suicide_screen is low"),
        ("patient.goals includes ‹xyz›", "`xyz` is not a value of `patient.goals`",
         "all values: `peer-match rules vocabulary goal`", "patient.goals includes money"),
        ("patient.suicide_screen is not ‹known›",
         "`known` is not a value of `patient.suicide_screen`",
         "write `patient.suicide_screen is unknown`", "patient.suicide_screen is unknown"),
        ("patient.new_to_groups is ‹true›", "expected yes or no, found `true`", "write `yes`",
         "patient.new_to_groups is yes"),
        ("patient.new_to_groups is ‹maybe›", "expected yes or no, found `maybe`",
         "write `yes` or `no`", "patient.new_to_groups is not yes"),
        ("patient.new_to_groups is not ‹known›", "expected yes or no, found `known`",
         "write `is unknown`", "patient.new_to_groups is unknown"),
    ],
    "PM203": [
        # a set read as one value, and one value read as a set
        ("‹patient.goals› is stay-stopped",
         "`patient.goals` can hold several values, so `is` does not fit it",
         "write `patient.goals includes stay-stopped`", "patient.goals includes stay-stopped"),
        ("‹patient.goals› is not stay-stopped",
         "`patient.goals` can hold several values, so `is` does not fit it",
         "write `patient.goals includes none of stay-stopped`",
         "patient.goals includes none of stay-stopped"),
        ("‹patient.goals› is one of money, housing",
         "`patient.goals` can hold several values, so `is` does not fit it",
         "write `patient.goals includes any of money, housing`",
         "patient.goals includes any of money, housing"),
        ("‹patient.goals› is empty",
         "`patient.goals` can hold several values, so `is` does not fit it",
         "write for example `patient.goals includes …`, or `patient.goals includes any of …`",
         "patient.goals is known"),
        ("‹patient.suicide_screen› includes high",
         "`patient.suicide_screen` holds one value, not a set",
         "write `patient.suicide_screen is high`", "patient.suicide_screen is high"),
        ("‹patient.suicide_screen› includes any of high, moderate",
         "`patient.suicide_screen` holds one value, not a set",
         "write `patient.suicide_screen is one of high, moderate`",
         "patient.suicide_screen is one of high, moderate"),
        ("‹patient.suicide_screen› includes none of high, moderate",
         "`patient.suicide_screen` holds one value, not a set",
         "write `patient.suicide_screen is not one of high, moderate`",
         "patient.suicide_screen is not one of high, moderate"),
        ("‹patient.belief› shares any with group.belief",
         "`patient.belief` holds one value, not a set",
         "write for example `patient.belief is …`, or `patient.belief is one of …`",
         "patient.goals shares any with group.topics"),
        # numbers, dates, places, times
        ("‹patient.phq9› is high",
         "`patient.phq9` is a number with a unit, so it cannot be compared with a value",
         "write for example `patient.phq9 is at least 10 points`",
         "patient.phq9 is at least 10 points"),
        ("‹group.free_seats› includes some",
         "`group.free_seats` is a number with a unit, not a set",
         "write for example `group.free_seats is at least 10 people`",
         "group.free_seats is at least 10 people"),
        ("‹patient.birth_date› is at least 18 years",
         "`patient.birth_date` is a date, not a number with a unit",
         "write for example `patient.birth_date is at least 12 months ago`, or `is before "
         "2026-01-31`",
         "patient.birth_date is at least 18 years ago"),
        ("‹patient.goals› is at least 3 points",
         "`patient.goals` is a set of codes, not a number with a unit",
         "write for example `patient.goals includes …`, or `patient.goals includes any of …`",
         "patient.phq9 is at least 3 points"),
        ("‹patient.phq9› is within 30 days", "`patient.phq9` is a number with a unit, not a date",
         "write for example `patient.phq9 is at least 10 points`",
         "group.last_confirmed is within 30 days"),
        ("‹group.place› is within 3 km", "`group.place` is a place, not a date", BY_MEASURE,
         f"{FAR} is at most 3 km"),
        ("‹patient.availability› is evenings",
         "`patient.availability` is free time in a week, so it cannot be compared with a value",
         "only a measure reads it: `time shared by … and …`",
         "time shared by patient.availability and mentor.availability is at least 60 minutes"),
        ("patient.new_to_groups is one of yes, ‹no›",
         "`patient.new_to_groups` is yes or no, so one of them is enough", "keep one",
         "patient.new_to_groups is one of yes"),
        # two facts that have nothing in common
        ("patient.goals shares any with ‹group.cultures›",
         "`group.cultures` cannot be compared with `patient.goals`",
         "use `group.topics` or `mentor.topics`", "patient.goals shares any with mentor.topics"),
        ("share of patient.goals met by ‹group.cultures› is at least 50 percent",
         "`group.cultures` cannot be compared with `patient.goals`",
         "use `group.topics` or `mentor.topics`",
         "share of patient.goals met by group.topics is at least 50 percent"),
        ("share of patient.goals met by ‹group.place› is at least 50 percent",
         "`group.place` is a place, not a set of codes", "use a fact such as `patient.languages`",
         "share of patient.languages met by group.languages is at least 50 percent"),
        ("travel distance from patient.home to ‹patient.goals› is at most 2 km",
         "`patient.goals` is a set of codes, not a place", PLACES, f"{FAR} is at most 2 km"),
    ],
    "PM204": [
        ("patient.phq9 is at least ‹10›", "`10` has no unit", "write for example `10 points`",
         "patient.phq9 is at least 10 points"),
        ("patient.phq9 is between 10 and ‹14›", "`14` has no unit",
         "write for example `14 points`", "patient.phq9 is between 10 and 14 points"),
        (f"{FAR} is at most ‹40›", "`40` has no unit", "write for example `40 km`",
         f"{FAR} is at most 40 km"),
        (f"{FAR} is at most 40 ‹miles›", "`miles` is not a unit of distance",
         "use `m`, `metre`, `metres`, `km`, `kilometre` or `kilometres`",
         f"{FAR} is at most 40 kilometres"),
        ("patient.phq9 is at least 10 ‹days›", "`days` is not a unit of points",
         "use `points` or `point`", "patient.phq9 is at least 1 point"),
        ("group.last_confirmed is within 3 ‹hours›", "`hours` is not a unit of calendar time",
         "use `days`, `weeks`, `months` or `years`", "group.last_confirmed is within 3 weeks"),
        ("patient.phq9 is at least ‹1234567890› points", "`1234567890` is too large a number",
         "write at most 9 digits", "patient.phq9 is at least 123456789 points"),
        ("share of group.meetings within patient.availability travelling from patient.home to "
         "group.place at ‹0› km an hour is at least 1 percent", "a measure cannot use 0 here",
         "write a number of at least 1",
         "share of group.meetings within patient.availability travelling from patient.home to "
         "group.place at 1 km an hour is at least 1 percent"),
    ],
    "PM205": [
        ("patient.phq9 is between ‹19 and 15› points", "the lower bound is above the upper bound",
         "write the smaller number first: `15 and 19`", "patient.phq9 is between 15 and 19 points"),
        (f"{FAR} is between ‹3  and 2› km", "the lower bound is above the upper bound",
         "write the smaller number first: `2 and 3`", f"{FAR} is between 3 and 3 km"),
    ],
    "PM206": [
        ("group.last_confirmed is after ‹2026-02-29›", "`2026-02-29` is not in the calendar",
         "dates are year, month and day, such as `2026-01-31`",
         "group.last_confirmed is after 2024-02-29"),
        ("group.last_confirmed is before ‹2026-31-01›", "`2026-31-01` is not in the calendar",
         "dates are year, month and day, such as `2026-01-31`",
         "group.last_confirmed is before 2026-01-31"),
    ],
}  # fmt: skip
EDITS: list[tuple[str, str, str, str]] = [
    ("patient.home becomes ‹group.topics›", "`group.topics` cannot be given to `patient.home`",
     "use `group.place` or `mentor.home`", "patient.home becomes group.place"),
    ("‹patient.home› becomes nearby", "`patient.home` can only become another fact",
     "use `group.place` or `mentor.home`", "patient.home becomes mentor.home"),
    ("‹patient.home› gains group.place", "`patient.home` is not a set, so it cannot gain a value",
     "write `patient.home becomes …`", "group.languages gains patient.languages"),
    ("group.free_seats becomes ‹patient.phq9›",
     "`patient.phq9` cannot be given to `group.free_seats`",
     "use `mentor.free_places` or `mentor.mentees`", "group.free_seats becomes mentor.mentees"),
    ("‹group.free_seats› becomes enough", "`group.free_seats` can only become another fact",
     "use `mentor.free_places` or `mentor.mentees`", "group.status becomes open"),
]  # fmt: skip
CASES = [(code, *case) for code, cases in FAULTS.items() for case in cases]


@pytest.mark.parametrize(("code", "written", "message", "help", "right"), CASES)
def test_a_word_that_does_not_fit_is_told_where_it_stands(
    shipped_policy: Policy, code: str, written: str, message: str, help: str, right: str
) -> None:
    assert one_fault(shipped_policy, written) == (code, message, help)
    assert meaning(shipped_policy, right)


@pytest.mark.parametrize(("written", "message", "help", "right"), EDITS)
def test_an_edit_that_does_not_fit_is_told_where_it_stands(
    shipped_policy: Policy, written: str, message: str, help: str, right: str
) -> None:
    assert one_fault(shipped_policy, written, "edit") == ("PM203", message, help)
    assert meaning(shipped_policy, right, "edit")


@pytest.mark.parametrize("kind", list(Kind))
def test_there_is_help_for_every_kind_of_fact(kind: Kind) -> None:
    fact = next(one for one in CATALOGUE.values() if one.kind is kind)
    assert fact.name in how_to_read(fact) or "only a measure reads it" in how_to_read(fact)


# -- in a rule file --------------------------------------------------------------------------------


def test_in_a_rule_file_each_word_at_fault_is_marked(pack: Pack) -> None:
    write(
        pack,
        "must_not",
        """\
when:
  all:
    - patient.goals is housing
    - patient.phq9 is between 19 and 15 points
    - group.last_confirmed is after 2026-02-30
    - patient.gad7 is at least 10
    - >-
      patient.goals includes any of
      housing, mony
""",
    )
    assert (
        told(pack).replace("pack/group/must_not/the-rule.yaml", "")
        == """\
:13:7: PM203 error: `patient.goals` can hold several values, so `is` does not fit it
  13 |     - patient.goals is housing
     |       ^^^^^^^^^^^^^
  help: write `patient.goals includes housing`
:14:31: PM205 error: the lower bound is above the upper bound
  14 |     - patient.phq9 is between 19 and 15 points
     |                               ^^^^^^^^^
  help: write the smaller number first: `15 and 19`
:15:37: PM206 error: `2026-02-30` is not in the calendar
  15 |     - group.last_confirmed is after 2026-02-30
     |                                     ^^^^^^^^^^
  help: dates are year, month and day, such as `2026-01-31`
:16:32: PM204 error: `10` has no unit
  16 |     - patient.gad7 is at least 10
     |                                ^^
  help: write for example `10 points`
:19:16: PM202 error: `mony` is not a value of `patient.goals`
  19 |       housing, mony
     |                ^^^^
  help: did you mean `money`?
"""
    )


@pytest.mark.parametrize(
    ("kind", "folder", "fact", "help"),
    [
        ("must_not", "group/must_not", "mentor.status",
         "this rule reads facts of `facilitator`, `group`, `pair` and `patient`"),
        ("must_not", "mentor/must_not", "group.status",
         "this rule reads facts of `mentor`, `pair` and `patient`"),
        ("plan", "plan", "group.status", "this rule reads facts of `patient`"),
    ],
)  # fmt: skip
def test_a_fact_that_a_rule_cannot_read_is_told_with_those_that_it_can(
    pack: Pack, kind: str, folder: str, fact: str, help: str
) -> None:
    more = "include: {format: any}\n" if kind == "plan" else ""
    write(pack, kind, f"{more}when: {fact} is one of closed, open\n", folder=folder)
    (problem,) = pack.problems()
    assert (problem.code, problem.message) == ("PM201", f"`{fact}` cannot be read here")
    assert problem.help == help
    assert problem.position.column == len("when: ") + 1


# -- sentences about a history ---------------------------------------------------------------------

SEVERITIES = "its severities are `mild`, `moderate`, `severe` or `immediate`"
HISTORIES: list[tuple[str, str, str, str, str]] = [
    # which kind, which obligation
    ("PM221", "at least 2 ‹missed-meting› within 14 days",
     "no kind of event is called `missed-meting`", "did you mean `missed-meeting`?",
     "at least 2 missed-meeting within 14 days"),
    ("PM221", "at least 2 ‹birthday› within 14 days", "no kind of event is called `birthday`",
     "`events.yaml` lists the kinds of event", "at least 2 loss within 14 days"),
    ("PM221", "at least 1 ‹check-in› within 14 days", "no kind of event is called `check-in`",
     "it is an obligation; write `check-in is overdue by 1 day`",
     "at least 1 check-in-agreed within 14 days"),
    ("PM221", "‹hoop› fell by at least 4 points within 30 days",
     "no kind of event is called `hoop`", "did you mean `hope`?",
     "hope fell by at least 4 points within 30 days"),
    ("PM221", "‹chek-in› is overdue by 2 days", "no obligation is called `chek-in`",
     "did you mean `check-in`?", "check-in is overdue by 2 days"),
    ("PM221", "‹loss› is overdue by 2 days", "no obligation is called `loss`",
     "it is a kind of event; write `at least 1 loss within 7 days`",
     "attendance is overdue by 2 days"),
    ("PM221", "‹homework› is overdue by 2 days", "no obligation is called `homework`",
     "the obligations are `attendance`, `check-in` and `crisis-plan-review`",
     "crisis-plan-review is overdue by 2 days"),
    # how severe, how many points
    ("PM223", "at least 1 disclosure of severity at least ‹moderat› within 7 days",
     "`moderat` is not a severity of `disclosure`", "did you mean `moderate`?",
     "at least 1 disclosure of severity at least moderate within 7 days"),
    ("PM223", "at least 1 disclosure of severity at least ‹high› within 7 days",
     "`high` is not a severity of `disclosure`", SEVERITIES,
     "at least 1 disclosure of severity at least severe within 7 days"),
    ("PM223", "at least 1 loss of severity at least ‹mild› within 7 days",
     "`mild` is not a severity of `loss`", "events of this kind are not graded",
     "at least 1 loss within 7 days"),
    ("PM223", "‹loss› fell by at least 4 points within 30 days", "`loss` has no points",
     "only what is measured in points can fall", "hope fell by at least 4 points within 30 days"),
    ("PM204", "hope fell by at least 4 ‹percent› within 30 days",
     "`percent` is not a unit of points", "write `points`",
     "hope fell by at least 1 point within 30 days"),
    # for how long
    ("PM204", "at least 1 loss within 7 ‹moons›", "`moons` is not a unit of time",
     "use `minutes`, `hours`, `days`, `weeks`, `months` or `years`",
     "at least 1 loss within 7 hours"),
    ("PM204", "at least 1 disclosure of severity at least mild within 7 ‹severe›",
     "`severe` is not a unit of time",
     "use `minutes`, `hours`, `days`, `weeks`, `months` or `years`",
     "at least 1 disclosure of severity at least mild within 7 weeks"),
    ("PM204", "check-in is overdue by 2 ‹seconds›", "`seconds` is not a unit of time",
     "use `minutes`, `hours`, `days`, `weeks`, `months` or `years`",
     "check-in is overdue by 2 minutes"),
    ("PM204", "at least 1 loss within ‹1234567890› days", "`1234567890` is too large a number",
     "write at most 9 digits", "at least 1 loss within 123456789 days"),
    # what would always be so, or never
    ("PM204", "at least ‹0› loss within 7 days", "0 says nothing of a history",
     "write a number of at least 1", "at least 1 loss within 7 days"),
    ("PM204", "at least 1 loss within ‹0› days", "0 says nothing of a history",
     "write a number of at least 1", "at least 1 loss within 1 minute"),
    ("PM204", "hope fell by at least ‹00› points within 7 days", "0 says nothing of a history",
     "write a number of at least 1", "hope fell by at least 1 point within 7 days"),
    ("PM204", "check-in is overdue by ‹0› hours", "0 says nothing of a history",
     "write a number of at least 1", "check-in is overdue by 1 minute"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "written", "message", "help", "right"), HISTORIES)
def test_a_word_about_a_history_that_does_not_fit_is_told_where_it_stands(
    shipped_policy: Policy,
    events: Events,
    code: str,
    written: str,
    message: str,
    help: str,
    right: str,
) -> None:
    assert one_fault(shipped_policy, written, events=events) == (code, message, help)
    assert meaning(shipped_policy, right, events=events)


@pytest.mark.parametrize("unit", ["minutes", "hours"])
def test_a_date_is_not_measured_in_minutes_or_hours(shipped_policy: Policy, unit: str) -> None:
    """Only what is dated to the minute can be: events, deadlines, and what is due."""
    assert one_fault(shipped_policy, f"group.last_confirmed is within 3 ‹{unit}›") == (
        "PM204",
        f"`{unit}` is not a unit of calendar time",
        "use `days`, `weeks`, `months` or `years`",
    )


def test_in_a_folded_sentence_the_word_at_fault_is_on_its_own_line(pack: Pack) -> None:
    pack.pathway(LADDER)
    write(pack, "escalate", "when: >-\n  at least 1 disclosure\n  of severity at least mild\n"
          "  within 7 dayz\n")  # fmt: skip
    (problem,) = pack.problems()
    assert (problem.code, problem.source_line) == ("PM204", "  within 7 dayz")
    assert problem.position.column == len("  within 7 ") + 1
