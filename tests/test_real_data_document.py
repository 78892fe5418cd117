"""docs/real-data.md: what it tells of the fourteen people is what the tests expect of them.

The figures themselves are held to the engine by tests/acceptance/test_real_people.py.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from acceptance.suggesting import HERE, PEOPLE

PAGE = (Path(__file__).parents[1] / "docs" / "real-data.md").read_text("utf-8")
WRITTEN = (HERE / "expected.yaml").read_text("utf-8")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def rows() -> dict[str, list[str]]:
    """The cells of each person's row, by the name that the expectations give them."""
    after = PAGE.partition("| person | intake in short |")[2].partition("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in after.splitlines()[2:]]
    found = {re.split(r"\W", one[0])[0].casefold(): one for one in cells}
    assert len(found) == len(cells)
    return found


ROWS = rows()


def before(person: str, figure: str) -> int:
    """A figure as it was before the first run: what its comment says came first, or the figure."""
    block = re.search(rf"^  {person}:\n(.*?)(?=^  \w|\Z)", WRITTEN, re.M | re.S)
    assert block is not None
    said = re.search(rf"^ +{figure}: (\d+)(?: # first (\d+))?", block[1], re.M)
    assert said is not None
    return int(said[2] or said[1])


def in_words(groups: int, in_person: int) -> str:
    return "all in person" if in_person == groups else f"{in_person} in person"


def told(cell: str) -> list[str]:
    """A figure of groups and how many are in person, as the beginning of a cell tells it."""
    figures = re.match(r"(\d+)\b[^,]*, (all in person|\d+ in person)\b", cell)
    assert figures is not None, cell
    return [*figures.groups()]


def chosen(outcome: str) -> list[str]:
    return [name for name, one in PEOPLE.items() if one["with_intake"]["outcome"] == outcome]


def test_everybody_has_a_row_with_their_age() -> None:
    assert ROWS.keys() == PEOPLE.keys()
    for person, one in PEOPLE.items():
        age = "died in 2014" if one["age"] is None else one["age"]
        assert ROWS[person][0].endswith(f", {age}")


@pytest.mark.parametrize("person", chosen("eligible"))
def test_how_many_groups_were_expected_and_came_out(person: str) -> None:
    expected: dict[str, Any] = PEOPLE[person]["with_intake"]
    counted = expected["counted"], expected["counted_in_person"]
    first = before(person, "counted"), before(person, "counted_in_person")
    _, _, earlier, out = ROWS[person]
    assert told(earlier) == [str(first[0]), in_words(*first)]
    assert told(out) == [str(counted[0]), in_words(*counted)]


@pytest.mark.parametrize("person", [*chosen("blocked"), *chosen("held")])
def test_who_is_offered_nothing(person: str) -> None:
    expected: dict[str, Any] = PEOPLE[person]["with_intake"]
    _, _, earlier, out = ROWS[person]
    if "only" in expected:
        assert out.startswith(f"{expected['only']}, ")
        assert " held for the age alone" in earlier
    else:
        assert earlier.startswith(f"all {expected['outcome']}")
        assert out == "so"


@pytest.mark.parametrize("person", chosen("with-support"))
def test_who_is_offered_something_with_support(person: str) -> None:
    expected: dict[str, Any] = PEOPLE[person]["with_intake"]
    _, _, earlier, out = ROWS[person]
    assert earlier.startswith(f"none as things are; at least {expected['at_least']} with ")
    came = re.match(r"none; (\d+) with ", out)
    assert came is not None
    assert int(came[1]) >= expected["at_least"]


def test_the_figures_of_the_text() -> None:
    several = [
        name
        for name in chosen("eligible")
        if PEOPLE[name]["with_intake"]["counted"] >= 3
        and PEOPLE[name]["with_intake"]["in_person_at_least"] >= 1
    ]
    assert f"\n{NUMBERS[len(several)].capitalize()} people have three groups or more" in PAGE
    ages = [one["age"] for one in PEOPLE.values() if one["age"] is not None]
    adults, minors = (sum(1 for age in ages if (age >= 18) == grown) for grown in (True, False))
    assert f"the {NUMBERS[adults]} adults and the {NUMBERS[minors]} minors" in PAGE
    assert f"someone with {PEOPLE['bennett']['with_intake']['counted']} groups" in PAGE
