"""A name is offered where it is a plausible slip, and a wrong guess never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.policy.nearness import distance, source_meant, value_meant
from peer_match.policy.policy import Policy

from .faults import told_without_files, write
from .packs import Pack
from .sentences import one_fault

SOURCES = ("white-2013", "white-2015", "raposa-2018", "design-default", "li-2016", "drive-time")
ADD = "add it to `sources.yaml` with what it says, or cite `design-default`"
ONLY = "cite it only for what it says"


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("housing", "housing", 0),
        ("housng", "housing", 1),
        ("houssing", "housing", 1),
        ("hoosing", "housing", 1),
        ("huosing", "housing", 1),
        ("hosuign", "housing", 2),
        ("", "abc", 3),
        ("ca", "abc", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == distance(other, one) == slips


WORD = st.text("abc", max_size=6)


@given(WORD, WORD)
def test_the_distance_lies_between_its_bounds(one: str, other: str) -> None:
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)


@pytest.mark.parametrize(
    ("cited", "help"),
    [
        ("white-2031", f"did you mean `white-2013`? {ONLY}"),
        ("whyte-2013", f"did you mean `white-2013`? {ONLY}"),
        ("raposa", ADD),
        ("raposa-2011", f"did you mean `raposa-2018`? {ONLY}"),
        ("raposa-1999", f"did you mean `raposa-2018`? {ONLY}"),
        ("design-defualt", f"did you mean `design-default`? {ONLY}"),
        ("drive-tiem", f"did you mean `drive-time`? {ONLY}"),
        # another author with the same year, however alike, is another source
        ("smith-2019", ADD),
        ("smith-2013", ADD),
        ("wu-2016", ADD),
        ("write-up-2013", ADD),
        ("design-meeting", ADD),
        ("x" * 100, ADD),
    ],
)
def test_a_source_is_offered_for_a_slip_or_the_same_author_alone(cited: str, help: str) -> None:
    assert source_meant(cited, SOURCES) == help


def test_the_default_is_not_offered_by_a_pack_that_has_none() -> None:
    assert source_meant("smith-2019", ("white-2013",)).endswith("with what it says")


def test_an_invented_source_is_told_without_another(pack: Pack) -> None:
    cite = "source: [{cite: smith-2019, finding: less use}]\n"
    write(pack, "finding", f"{cite}when: patient.goals includes housing\n")
    assert (
        told_without_files(pack)
        == f"""\
:10:17: PM401 error: `smith-2019` is not in `sources.yaml`
  10 | source: [{{cite: smith-2019, finding: less use}}]
     |                 ^^^^^^^^^^
  help: {ADD}
"""
    )


EVERY = "all values: `peer-match rules vocabulary barrier`"


@pytest.mark.parametrize(
    ("said", "help"),
    [
        ("Work schedule", "write `work-schedule`"),
        ("work schedule", "write `work-schedule`"),
        ("WORK-SCHEDULE", "write `work-schedule`"),
        ("Working hours", "write `work-schedule`"),
        ("childcar", "did you mean `childcare`?"),
        ("night-work", f"perhaps `work-schedule` (Working hours); {EVERY}"),
        ("zzz", EVERY),
        ("coat", "did you mean `cost`?"),
        ("cast-iron", EVERY),
    ],
)
def test_the_value_that_has_the_words_or_the_label_is_offered(
    shipped_policy: Policy, said: str, help: str
) -> None:
    assert value_meant(said, shipped_policy.vocabularies["barrier"]) == help


def test_few_values_are_listed(shipped_policy: Policy) -> None:
    stance = shipped_policy.vocabularies["medication-stance"]
    help = value_meant("fine", stance)
    assert help.startswith("use `")
    assert all(f"`{term.code}`" in help for term in stance.terms)


@pytest.mark.parametrize(
    ("sentence", "help"),
    [
        ("patient.barriers includes ‹Work schedule›", "write `work-schedule`"),
        ("patient.barriers includes ‹Working hours›", "write `work-schedule`"),
        ("patient.barriers includes any of cost, ‹Night work›",
         f"perhaps `work-schedule` (Working hours); {EVERY}"),
        ("patient.barriers includes none of ‹working hours›, cost", "write `work-schedule`"),
    ],
)  # fmt: skip
def test_a_value_as_people_say_it_is_told_whole(
    shipped_policy: Policy, sentence: str, help: str
) -> None:
    code, _, told = one_fault(shipped_policy, sentence)
    assert (code, told) == ("PM202", help)
