"""The benchmarks run: what they print is not judged here, since machines are shared and noisy."""

from __future__ import annotations

import pytest

from benchmarks import assess, round_trip


def test_assessing_prints_a_ratio_for_each_way() -> None:
    printed = assess.run(3)
    assert printed.startswith("3 people, ")
    assert printed.count("x the floor") == 3


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_round_trip_ends_with_nothing_open(database: str) -> None:
    if database == "postgresql" and round_trip.postgresql.programs() is None:
        pytest.skip("PostgreSQL is not here: sudo apt-get install postgresql")
    printed = round_trip.run(database, people=2, events=1)
    assert printed.startswith(f"{database}, 2 people")
    assert printed.count("x the floor") == 5
