"""What an answer on a screen implies is a fact of the person who gave it, and a value of it."""

import pytest

from .packs import Pack

INSTRUMENT = "vocabulary/instrument.yaml"
IMPLIED = "implies: {suicide_screen: [high]}"


@pytest.mark.parametrize(
    ("instead", "message"),
    [
        ("implies: {suicide_screen: [highest]}", "`highest` is not in vocabulary `suicide-risk`"),
        ("implies: {purposes: [own-substance-use], kind: [community]}", "`kind`"),
    ],
)
def test_a_screen_implies_values_of_facts_of_a_person(
    pack: Pack, instead: str, message: str
) -> None:
    shipped = pack.root.joinpath(INSTRUMENT).read_text("utf-8")
    assert pack.codes() == []
    assert shipped.count(IMPLIED) == 1
    pack.write(INSTRUMENT, shipped.replace(IMPLIED, instead))
    (problem,) = pack.problems()
    assert message in problem.message
