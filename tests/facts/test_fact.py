"""Which statements hold: the latest, by what their dates can surely mean."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.fact import Statement, latest, none_later
from peer_match.facts.provenance import PartialDate

from .stated import NOW, stated

DAYS = st.dates().map(
    lambda day: day.replace(year=2026, month=day.month % 3 + 1, day=day.day % 28 + 1)
)
TEXTS = st.one_of(
    st.none(),
    st.just("2026"),
    DAYS.map(lambda day: day.isoformat()[:7]),
    DAYS.map(lambda day: day.isoformat()),
    st.tuples(
        DAYS,
        st.integers(0, 23),
        st.sampled_from(["", "Z", "+14:00", "-12:00", "-06:00"]),
    ).map(lambda one: f"{one[0].isoformat()}T{one[1]:02}:00:00{one[2]}"),
)


def by_pairs(statements: tuple[Statement[int], ...]) -> tuple[Statement[int], ...]:
    """The definition: what no other statement surely supersedes."""

    def supersedes(new: Statement[int], old: Statement[int]) -> bool:
        later, earlier = new.provenance.date, old.provenance.date
        return later is not None and earlier is not None and earlier.surely_before(later)

    return tuple(
        one
        for one in statements
        if not any(other is not one and supersedes(other, one) for other in statements)
    )


@given(st.lists(TEXTS, max_size=12))
def test_the_latest_are_those_that_no_other_surely_supersedes(texts: list[str | None]) -> None:
    statements = tuple(stated(number, text) for number, text in enumerate(texts))
    assert latest(statements) == by_pairs(statements)


@given(TEXTS, st.lists(TEXTS, max_size=6))
def test_none_is_later_if_a_date_is_surely_before_none(
    text: str | None, texts: list[str | None]
) -> None:
    date, dates = PartialDate(text or "2026"), [PartialDate(one) for one in texts if one]
    assert none_later(dates)(date) is not any(date.surely_before(one) for one in dates)


def test_many_statements_take_little_more_time_than_few() -> None:
    many = tuple(stated(number, f"2026-01-{number % 28 + 1:02}") for number in range(20_000))
    start = time.process_time()
    assert len(latest(many)) == 20_000 // 28 + (20_000 % 28 > 27)
    # By pairs these would take minutes.
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("date", "recorded", "ahead"),
    [
        ("2062-02-28", None, True),
        ("2026-03-01T13:00:00-08:00", None, True),
        ("2062-02-28", "2026-02-28T00:00:00Z", True),
        ("2062-02-28", "2026-03-05T00:00:00Z", False),
        ("2026-03-01", None, False),
        (None, None, False),
    ],
)
def test_a_statement_is_ahead_if_it_is_known_and_dated_in_the_future(
    date: str | None, recorded: str | None, ahead: bool
) -> None:
    assert stated("red", date, recorded=recorded).is_ahead(NOW) is ahead
