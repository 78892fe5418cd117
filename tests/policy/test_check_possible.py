"""Conditions that can never hold are told at the sentence at fault; those that can, never."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_match.decide.evaluate import World, evaluate
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact_type import Kind
from peer_match.facts.observed import Observed
from peer_match.facts.provenance import PartialDate
from peer_match.facts.truth import Truth
from peer_match.policy.condition import AllOf, AnyOf, Condition, Not
from peer_match.policy.policy import Policy
from peer_match.policy.possible import Reader

from .faults import told, write
from .packs import Pack
from .sentences import meaning

TOGETHER = "both must hold at once here; put them below `any:`, or take one out"
FAR = "travel distance from patient.home to group.place"
MET = "share of patient.goals met by group.topics"

# Two sentences of which the second cannot hold when the first does, and one that can.
PAIRS: list[tuple[str, str, str]] = [
    # one value
    ("group.kind is community", "group.kind is programme", "patient.goals includes money"),
    ("group.kind is community", "group.kind is not community", "group.kind is not programme"),
    ("patient.suicide_screen is one of low, moderate", "patient.suicide_screen is high",
     "patient.suicide_screen is one of moderate, high"),
    ("patient.suicide_screen is not one of low, moderate",
     "patient.suicide_screen is one of low, moderate",
     "patient.suicide_screen is one of moderate, high"),
    ("patient.new_to_groups is yes", "patient.new_to_groups is no",
     "patient.new_to_groups is not no"),
    # a set
    ("patient.goals includes housing", "patient.goals includes none of money, housing",
     "patient.goals includes none of money"),
    ("patient.goals includes any of housing, money",
     "patient.goals includes none of money, housing", "patient.goals includes none of housing"),
    ("patient.goals includes none of housing", "patient.goals includes all of housing, money",
     "patient.goals includes any of housing, money"),
    ("patient.goals shares any with group.topics",
     "patient.goals includes none of group.topics", "patient.goals includes all of group.topics"),
    # a narrower value is a kind of a broader one, and not the other way round
    ("patient.medications includes methadone",
     "patient.medications includes none of opioid-use-disorder-medication",
     "patient.medications includes none of alcohol-use-disorder-medication"),
    ("patient.medications includes none of opioid-use-disorder-medication",
     "patient.medications includes all of methadone, acamprosate",
     "patient.medications includes acamprosate"),
    ("patient.medications includes opioid-use-disorder-medication",
     "patient.medications includes none of opioid-use-disorder-medication",
     "patient.medications includes none of methadone"),
    # a number
    ("patient.phq9 is at least 15 points", "patient.phq9 is less than 10 points",
     "patient.phq9 is at most 15 points"),
    ("patient.phq9 is between 5 and 9 points", "patient.phq9 is between 10 and 14 points",
     "patient.phq9 is between 9 and 14 points"),
    (f"{FAR} is at most 5 km", f"{FAR} is more than 5000 m", f"{FAR} is more than 4999 m"),
    (f"{MET} is at least 50 percent", f"{MET} is less than 50 percent",
     "share of patient.pathways met by group.pathways is less than 50 percent"),
    # a date
    ("group.last_confirmed is before 2026-01-01", "group.last_confirmed is after 2026-01-01",
     "group.last_confirmed is after 2025-12-30"),
    ("group.last_confirmed is within 30 days", "group.last_confirmed is at least 5 weeks ago",
     "group.last_confirmed is at least 4 weeks ago"),
    ("group.last_confirmed is within 1 year", "group.last_confirmed is at least 12 months ago",
     "group.last_confirmed is at least 11 months ago"),
    ("group.last_confirmed is less than 12 months ago",
     "group.last_confirmed is at least 12 months ago", "group.last_confirmed is within 12 months"),
    ("group.last_confirmed is less than 14 days ago",
     "group.last_confirmed is at least 2 weeks ago",
     "group.last_confirmed is at least 13 days ago"),
    ("group.last_confirmed is after today", "group.last_confirmed is before today",
     "group.last_confirmed is less than 30 days ago"),
    ("group.last_confirmed is after today", "group.last_confirmed is within 30 days",
     "group.last_confirmed is after 2020-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "near"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_two_sentences_that_exclude_each_other(
    pack: Pack, first: str, second: str, near: str
) -> None:
    write(pack, "must_not", f"when:\n  all:\n    - {first}\n    - {second}\n")
    (problem,) = pack.problems()
    place = problem.position
    assert (problem.code, place.line, place.column) == ("PM318", 14, 7)
    assert place.end_column - place.column == len(second)
    assert problem.message == f"this can never hold together with `{_cut(first)}`"
    assert problem.help == TOGETHER
    write(pack, "must_not", f"when:\n  all:\n    - {second}\n    - {first}\n")
    assert pack.codes() == ["PM318"]
    write(pack, "must_not", f"when:\n  all:\n    - {first}\n    - {near}\n")
    assert told(pack) == "\n"
    write(pack, "must_not", f"when:\n  any:\n    - {first}\n    - {second}\n")
    assert told(pack) == "\n"


def _cut(words: str) -> str:
    return words if len(words) <= 60 else words[:59] + "…"


def test_days_and_months_are_never_compared(pack: Pack) -> None:
    """30 days may be more or less than a month."""
    write(
        pack,
        "must_not",
        "when:\n  all:\n"
        "    - group.last_confirmed is within 30 days\n"
        "    - group.last_confirmed is at least 1 month ago\n",
    )
    assert told(pack) == "\n"


def test_a_rule_that_can_never_fire_is_told_as_printed(pack: Pack) -> None:
    write(
        pack,
        "must_not",
        """\
when:
  all:
    - patient.goals includes housing
    - group.kind is community
    - any:
        - group.kind is programme
        - not: group.kind is community
""",
    )
    assert (
        told(pack)
        == """\
pack/group/must_not/the-rule.yaml:16:11: PM318 error: this can never hold together with `group.kind is community`
  16 |         - group.kind is programme
     |           ^^^^^^^^^^^^^^^^^^^^^^^
  help: both must hold at once here; put them below `any:`, or take one out
"""  # noqa: E501
    )


# -- where the two stand ---------------------------------------------------------------------------

NESTED = {
    "an all within an all": (
        ["    - group.kind is community",
         "    - all:",
         "        - patient.goals includes money",
         "        - group.kind is programme"], (16, 11)),
    "every way of an any": (
        ["    - group.kind is community",
         "    - any:",
         "        - group.kind is programme",
         "        - all: [group.kind is programme, patient.goals includes money]"], (15, 11)),
    "the opposite of an any": (
        ["    - group.kind is community",
         "    - not:",
         "        any: [group.kind is community, patient.goals includes money]"], (15, 15)),
    "neither of two lists is left": (
        ["    - patient.goals includes all of housing, money",
         "    - any:",
         "        - patient.goals includes none of housing, find-work",
         "        - patient.goals includes none of housing"], (15, 11)),
    "three that have no value in common, though every two have": (
        ["    - patient.suicide_screen is one of low, moderate",
         "    - patient.suicide_screen is one of moderate, high",
         "    - patient.suicide_screen is one of low, high"], (15, 7)),
}  # fmt: skip
POSSIBLE = {
    "one way of an any is left": [
        "    - group.kind is community",
        "    - any:",
        "        - group.kind is programme",
        "        - patient.goals includes money",
    ],
    "the opposite of an all": [
        "    - group.kind is community",
        "    - not:",
        "        all: [group.kind is community, patient.goals includes money]",
    ],
    "the opposite of a span": [
        "    - patient.phq9 is at least 20 points",
        "    - not: patient.phq9 is between 5 and 9 points",
    ],
    "yesterday evening is less than a day ago": [
        "    - group.last_confirmed is before today",
        "    - group.last_confirmed is within 1 day",
    ],
    "one of two lists is left": [
        "    - patient.goals includes housing",
        "    - any:",
        "        - patient.goals includes none of housing",
        "        - patient.goals includes none of money",
    ],
    "another fact of the same values": [
        "    - patient.goals includes housing",
        "    - group.topics includes none of housing",
    ],
    "not all of several": [
        "    - patient.goals includes housing",
        "    - not: patient.goals includes all of housing, money",
    ],
}


@pytest.mark.parametrize("name", NESTED)
def test_wherever_the_two_stand_the_later_one_is_told(pack: Pack, name: str) -> None:
    lines, place = NESTED[name]
    write(pack, "must_not", "when:\n  all:\n" + "\n".join(lines) + "\n")
    assert pack.places() == [("group/must_not/the-rule.yaml", *place, "PM318")]


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_can_hold_is_left_alone(pack: Pack, name: str) -> None:
    write(pack, "must_not", "when:\n  all:\n" + "\n".join(POSSIBLE[name]) + "\n")
    assert told(pack) == "\n"


def test_three_sentences_are_told_as_three(pack: Pack) -> None:
    lines, _ = NESTED["three that have no value in common, though every two have"]
    write(pack, "must_not", "when:\n  all:\n" + "\n".join(lines) + "\n")
    (problem,) = pack.problems()
    assert problem.message == "this can never hold together with the sentences above it"


def test_each_further_sentence_is_told_too(pack: Pack) -> None:
    codes = ("low", "moderate", "high")
    lines = "".join(f"    - patient.suicide_screen is {code}\n" for code in codes)
    write(pack, "must_not", f"when:\n  all:\n{lines}")
    assert [place[1] for place in pack.places()] == [14, 15]
    assert {one.message for one in pack.problems()} == {
        "this can never hold together with `patient.suicide_screen is low`"
    }


def test_findings_are_read_where_they_are_used(pack: Pack) -> None:
    """A rule that asks for the opposite of what its finding says; and the finding of a finding."""
    pack.finding("public", when="group.kind is community")
    pack.finding(
        "public-and-for-minors", when={"all": ["public holds", "group.admits_minors is yes"]}
    )
    pack.must_not(
        "clashes", when={"all": ["group.kind is programme", "public-and-for-minors holds"]}
    )
    pack.must_not("negated", when={"all": ["group.kind is community", {"not": "public holds"}]})
    pack.must_not(
        "agrees", when={"all": ["group.kind is community", "public-and-for-minors holds"]}
    )
    assert {(one.position.file.split("/")[-1], one.code) for one in pack.problems()} == {
        ("clashes.yaml", "PM318"),
        ("negated.yaml", "PM318"),
    }
    (clash,) = (one for one in pack.problems() if "clashes" in one.position.file)
    assert clash.position.column == len('when: {"all": ["group.kind is programme", ') + 1


def test_a_finding_that_can_never_hold_is_told_once_where_it_is(pack: Pack) -> None:
    pack.finding("never", when={"all": ["group.kind is community", "group.kind is programme"]})
    pack.finding("uses-never", when={"all": ["never holds", "patient.goals includes money"]})
    pack.must_not("rule", when={"all": ["uses-never holds", "patient.goals includes money"]})
    assert [place[0] for place in pack.places()] == ["findings/never.yaml"]


def test_findings_in_a_circle_and_a_long_chain_of_findings_are_answered(pack: Pack) -> None:
    pack.finding("one", when={"all": ["two holds", "group.kind is community"]})
    pack.finding("two", when={"all": ["one holds", "group.kind is programme"]})
    pack.finding("link-0", when="group.kind is community")
    for number in range(1, 120):
        uses = {"all": [f"link-{number - 1} holds"] * 2}
        pack.finding(f"link-{number}", when=uses)
    assert pack.codes() == ["PM310"]


# -- preferences -----------------------------------------------------------------------------------


def test_a_preference_asks_when_it_applies_and_when_it_gives_points_together(pack: Pack) -> None:
    write(pack, "prefer", "applies_when: group.kind is community\nwhen: group.kind is programme\n")
    (problem,) = pack.problems()
    assert (problem.code, problem.position.line, problem.position.column) == ("PM318", 14, 7)
    assert problem.message == "this can never hold together with `group.kind is community`"
    write(
        pack, "prefer", "applies_when: group.kind is community\nwhen: group.admits_minors is yes\n"
    )
    assert told(pack) == "\n"


# -- alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "help", "near"),
    [
        ("patient.phq9 is less than 0 points",
         "an amount is 0 or more, and a share 100 percent or less",
         "patient.phq9 is less than 1 point"),
        (f"{MET} is more than 100 percent",
         "an amount is 0 or more, and a share 100 percent or less",
         f"{MET} is at least 100 percent"),
        ("group.last_confirmed is within 0 days", "write a span of at least 1 day",
         "group.last_confirmed is within 1 day"),
        ("group.kind is not one of community, programme",
         "no value of `group.kind` is left; leave one of them out",
         "group.kind is not one of community"),
    ],
)  # fmt: skip
def test_a_sentence_that_can_never_hold_alone(
    pack: Pack, sentence: str, help: str, near: str
) -> None:
    write(pack, "must_not", f"when: {sentence}\n")
    (problem,) = pack.problems()
    place = problem.position
    assert (problem.code, place.line, place.column, place.end_column - place.column) == (
        "PM318", 11, 7, len(sentence),
    )  # fmt: skip
    assert (problem.message, problem.help) == ("this can never hold, whatever is known", help)
    write(pack, "must_not", f"when: {near}\n")
    assert told(pack) == "\n"


def test_the_opposite_of_what_always_holds(pack: Pack) -> None:
    write(
        pack,
        "must_not",
        "when:\n  not:\n    any:\n      - patient.new_to_groups is yes\n"
        "      - patient.new_to_groups is no\n",
    )
    (problem,) = pack.problems()
    assert (problem.code, problem.position.line, problem.position.column) == ("PM318", 14, 9)
    assert problem.message == "the opposite of this can never hold"
    write(pack, "must_not", "when:\n  not:\n    any:\n      - patient.new_to_groups is yes\n")
    assert told(pack) == "\n"


# -- the law ---------------------------------------------------------------------------------------

SENTENCES = [
    *(f"group.kind is{word} {code}" for word in ("", " not")
      for code in ("community", "programme")),
    *(f"patient.suicide_screen is{word} one of {codes}" for word in ("", " not")
      for codes in ("low", "low, moderate", "moderate, high", "none-reported, high")),
    "patient.new_to_groups is yes",
    "patient.new_to_groups is no",
    *(f"patient.medications includes {how} {codes}" for how in ("any of", "all of", "none of")
      for codes in ("methadone", "opioid-use-disorder-medication", "methadone, acamprosate")),
    *(f"patient.phq9 is {how} {number} points"
      for how in ("at least", "at most", "more than", "less than") for number in (0, 5, 6)),
    "patient.phq9 is between 5 and 6 points",
    *(f"group.last_confirmed is {when}" for when in (
        "before today", "after today", "before 2026-03-01", "after 2026-03-01", "within 1 day",
        "within 14 days", "within 2 weeks", "at least 13 days ago", "at least 14 days ago",
        "less than 14 days ago",
        "at least 1 month ago", "less than 1 month ago", "within 1 month")),
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from(SENTENCES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=7,
)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    """Facts by name."""

    known: dict[str, Observed]

    def observed(self, name: str) -> Observed:
        return self.known[name]

    def key(self, name: str) -> str:
        return name


def some(values: Iterable[Any]) -> st.SearchStrategy[tuple[Any, ...] | None]:
    """One of some values, or unknown."""
    return st.one_of(st.none(), st.tuples(st.sampled_from(list(values))))


MOMENTS = [
    PartialDate.of(NOW + timedelta(hours=hours))
    for hours in (30, 2, 0, -1, -20, -24, -335, -336, -337, -27 * 24, -28 * 24, -29 * 24)
]
CODES = ["methadone", "acamprosate", "buprenorphine", "opioid-use-disorder-medication"]
KNOWN = st.fixed_dictionaries(
    {
        "group.kind": some(["community", "programme"]),
        "patient.suicide_screen": some(["none-reported", "low", "moderate", "high"]),
        "patient.new_to_groups": some([True, False]),
        "patient.medications": st.one_of(
            st.none(), st.lists(st.sampled_from(CODES), unique=True).map(tuple)
        ),
        "patient.phq9": some([0, 4, 5, 6, 7]),
        "group.last_confirmed": some([*MOMENTS, PartialDate("2026-03-01"), PartialDate("2026")]),
    }
)


def condition_of(said: object, policy: Policy) -> Condition:
    match said:
        case ("not", part):
            return Not(condition_of(part, policy))
        case ("all", parts):
            return AllOf(tuple(condition_of(part, policy) for part in parts))
        case ("any", parts):
            return AnyOf(tuple(condition_of(part, policy) for part in parts))
        case _:
            return meaning(policy, str(said))


@settings(max_examples=600, deadline=None)
@given(said=CONDITIONS, known=KNOWN, whole=st.booleans())
def test_what_is_called_impossible_is_so_for_no_facts(
    shipped_policy: Policy, said: object, known: dict[str, tuple[Any, ...] | None], whole: bool
) -> None:
    """Whatever facts make a condition hold, the condition (and no opposite) was possible."""
    vocabularies = shipped_policy.vocabularies
    facts: dict[str, Observed] = {}
    for name, values in known.items():
        fact = CATALOGUE[name]
        blank = Observed(fact, vocabularies[fact.vocabulary] if fact.vocabulary else None)
        seen = blank if values is None else blank.known_as(*values)
        facts[name] = replace(seen, complete=whole or fact.kind is not Kind.CODES)
    condition = condition_of(said, shipped_policy)
    truth = evaluate(condition, World(Facts(facts), {}, NOW))
    reader = Reader(vocabularies, {})
    possible = {
        Truth.YES: reader.of(condition),
        Truth.NO: reader.of(condition, opposite=True),
        Truth.UNKNOWN: {},
    }
    assert possible[truth] is not None
