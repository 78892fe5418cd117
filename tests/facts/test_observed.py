"""What a fact amounts to at a moment, where the comparison with the specification does not go:
foreign codes, and sets that become or gain one another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet, Statement, Unknown
from peer_match.facts.observed import Observed, observe
from peer_match.facts.truth import Truth, any_of
from peer_match.facts.vocabulary import Term, Vocabulary

from .stated import NOW, at_least, conflicting, many, none_of, one, stated

COLOURS = Vocabulary(
    id="concern",
    title="Colours",
    terms=(
        Term(code="red", label="Red"),
        Term(code="crimson", label="Crimson", kind_of="red"),
        Term(code="blue", label="Blue"),
    ),
)
LEVELS = COLOURS.model_copy(update={"order": "rising"})
CODES = sorted(COLOURS.codes)


def of_many(fact: FactSet[Any]) -> Observed:
    return observe(fact, CATALOGUE["group.concerns"], COLOURS, NOW)


def of_one(fact: Fact[Any], vocabulary: Vocabulary = COLOURS) -> Observed:
    return observe(fact, CATALOGUE["group.kind"], vocabulary, NOW)


# -- dates in the future ---------------------------------------------------------------------------


def test_a_misdated_statement_of_what_may_rise_leaves_it_unknown_unless_it_is_the_highest() -> None:
    known, ahead = stated("crimson", "2026-02-20"), stated("blue", "2062-02-20")
    screens = LEVELS.model_copy(update={"within_days": 30})
    assert of_one(Fact(statements=(known,)), screens).value == "crimson"
    assert of_one(Fact(statements=(known, ahead)), screens).unknown is Unknown.UNREADABLE
    highest = Fact(statements=(stated("blue", "2026-02-20"), ahead))
    assert of_one(highest, screens).value == "blue"
    assert of_one(Fact(statements=(known, ahead)), LEVELS).value == "crimson"
    assert of_one(Fact(statements=(known, ahead))).value == "crimson"


# -- foreign codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("vocabulary", [COLOURS, LEVELS], ids=["none", "rising"])
def test_a_code_that_its_vocabulary_lacks_is_not_known(vocabulary: Vocabulary) -> None:
    """It is no known difference from every other code: that would be a "no"."""
    seen = of_one(one("rouge"), vocabulary)
    assert (seen.unknown, seen.value) == (Unknown.UNREADABLE, None)
    assert seen.holds("red") is Truth.UNKNOWN


@pytest.mark.parametrize(
    "fact", [many("rouge", "blue"), FactSet(statements=many("blue").statements,
                                            denied=many("rouge").statements, complete=True)],
    ids=["stated", "denied"],
)  # fmt: skip
def test_a_foreign_code_leaves_a_list_open(fact: FactSet[Any]) -> None:
    seen = of_many(fact)
    assert (seen.values, seen.complete, seen.unknown) == (("blue",), False, Unknown.UNREADABLE)
    assert seen.holds("blue") is Truth.YES
    assert seen.holds("red") is Truth.UNKNOWN


DAYS = ("2026-01-01", "2026-01-02", None)
DATED = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(DAYS)), max_size=4)


def dated(pairs: list[tuple[str, str | None]]) -> tuple[Statement[Any], ...]:
    return tuple(stated(code, day) for code, day in pairs)


@given(DATED, DATED, DATED)
def test_what_may_be_so_only_puts_a_no_in_doubt(
    said: list[Any], denied: list[Any], perhaps: list[Any]
) -> None:
    plain = FactSet(statements=dated(said), denied=dated(denied))
    before, after = of_many(plain), of_many(plain.model_copy(update={"perhaps": dated(perhaps)}))
    for code in CODES:
        was, now = before.states(code), after.states(code)
        assert now is was or (was, now) == (Truth.NO, Truth.UNKNOWN), code
    assert set(after.values) == set(before.values)


@pytest.mark.parametrize(
    ("denied", "perhaps", "states"),
    [
        ("2026-01-01", "2026-01-02", Truth.UNKNOWN),
        ("2026-01-01", "2026-01-01", Truth.UNKNOWN),
        ("2026-01-02", "2026-01-01", Truth.NO),
        (None, "2026-01-01", Truth.UNKNOWN),
        ("2026-01-02", None, Truth.UNKNOWN),
    ],
)
def test_a_no_stands_only_if_it_is_surely_later_than_what_may_be_so(
    denied: str | None, perhaps: str | None, states: Truth
) -> None:
    fact = FactSet(denied=dated([("red", denied)]), perhaps=dated([("red", perhaps)]))
    found = of_many(fact)
    assert found.states("red") is states
    assert [one.date and one.date.text for one in found.basis] == [denied, perhaps]


def test_one_word_that_says_yes_and_no_is_in_doubt() -> None:
    both = dated([("red", "2026-01-01")])
    found = of_many(FactSet(statements=both, denied=both, complete=True))
    assert (found.states("red"), found.unknown) == (Truth.UNKNOWN, Unknown.CONFLICTING)


# -- becoming and gaining --------------------------------------------------------------------------

ANY = st.builds(
    lambda said, denied, complete: of_many(
        FactSet(
            statements=many(*said).statements,
            denied=many(*denied).statements,
            complete=complete,
        )
    ),
    st.sets(st.sampled_from(CODES)),
    st.sets(st.sampled_from(CODES)),
    st.booleans(),
)


@given(ANY, ANY)
def test_a_set_that_becomes_another_knows_just_as_much(one: Observed, other: Observed) -> None:
    found = one.becoming(other)
    assert [found.states(code) for code in CODES] == [other.states(code) for code in CODES]
    assert (found.complete, found.unknown) == (other.complete, other.unknown)


@given(ANY, ANY)
def test_a_set_that_gains_another_holds_what_either_does(one: Observed, other: Observed) -> None:
    found = one.gaining(other)
    for code in CODES:
        assert found.states(code) is any_of((one.states(code), other.states(code))), code
        assert found.holds(code) is any_of((one.holds(code), other.holds(code))), code
    assert (found.unknown is None) == (
        found.complete and Truth.UNKNOWN not in {found.states(code) for code in CODES}
    )
    assert found.complete == (one.complete and other.complete)


def test_nothing_is_known_better_after_gaining_what_is_not_known() -> None:
    blue = of_many(many("blue"))
    assert blue.gaining(of_many(at_least("red"))).holds("crimson") is Truth.UNKNOWN
    assert blue.gaining(of_many(none_of("red"))).holds("crimson") is Truth.NO


def test_one_value_that_becomes_an_unknown_one_is_unknown() -> None:
    found = of_one(one("red")).becoming(of_one(conflicting("red", "blue")))
    assert (found.value, found.unknown) == (None, Unknown.CONFLICTING)
