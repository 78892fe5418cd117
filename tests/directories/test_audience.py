"""What names and notes say about whom a meeting is for, and what they only seem to say."""

import pytest

from peer_match.directories.audience import MEN, WOMEN, YOUNG, Said, said_of_audience
from peer_match.directories.wording import may_be_cancelled

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "name",
    [
        "Women Only",
        "Women's Daily 9AM",
        "WOMENS POWER HOUR",
        "Women’s Steps",
        "Men's Stag",
        "Mens Book Study",
        "Ladies Night",
        "Junta De Mujeres",
        "Young People (under 18 only)",
        "Young Peoples Group",
        "Teens Together",
        "LGBTQ+ only",
        "Nurses Only",
    ],
)
def test_names_that_speak_of_a_limit(name: str) -> None:
    assert said_of_audience(name, (), NOBODY) == {Said.LIMIT}


@pytest.mark.parametrize(
    "note",
    ["Women only please", "For men only.", "Closed Women", "A women's meeting", "teens only"],
)
def test_notes_that_say_it_outright(note: str) -> None:
    assert said_of_audience("Dawn", [note], NOBODY) == {Said.LIMIT}


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Dawn", "Women's Club of Laguna Beach"),
        ("Dawn", "Our Lady of Grace Church"),
        ("Dawn", "a single man door"),
        ("Dawn", "In person only"),
        ("Dawn", "Closed meeting - AA members only"),
        ("Dawn", "This group meets in the Youth Center."),
        ("Dawn", "Young people friendly"),
        ("Men and Women Together", ""),
        ("Family Afterward", "Grace Family Church"),
        ("Got Sober Young", "Al-Anon meeting at the same time"),
        ("New Members", "Misericordia Hospital, street parking only"),
        ("Step Women", None),
    ],
)
def test_what_only_seems_to_speak_of_it(name: str, note: object) -> None:
    explained = frozenset({WOMEN}) if note is None else NOBODY
    assert said_of_audience(name, [note], explained) == set()


def test_a_code_explains_what_it_means_and_nothing_else() -> None:
    assert said_of_audience("Men's Stag", (), frozenset({MEN})) == set()
    assert said_of_audience("Men's Stag", (), frozenset({WOMEN})) == {Said.LIMIT}
    assert said_of_audience("Young Women", (), frozenset({WOMEN, YOUNG})) == set()


@pytest.mark.parametrize(
    "text",
    [
        "County Jail meeting (inmates only)",
        "Men's Zoom at Remand Centre",
        "a Corrections type Facility",
        "State Prison",
        "residents only",
        "Not open to the public",
    ],
)
def test_settings(text: str) -> None:
    assert Said.SETTING in said_of_audience("Dawn", [text], NOBODY)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Serenity Al-Anon Family Group", ""),
        ("Al Anon/AA Speaker", ""),
        ("Monday AFG", ""),
        ("Nar-Anon", ""),
        ("Alateen", ""),
        ("Dawn", "This is an Al-Anon meeting"),
    ],
)
def test_family_groups(name: str, note: str) -> None:
    assert said_of_audience(name, [note], NOBODY) == {Said.FAMILY}


@pytest.mark.parametrize(
    "text",
    [
        "Not meeting until further notice.",
        "This meeting has ended as of January.",
        "Group has folded; closed down",
        "This meeting has been discontinued",
        "Closed due to Covid",
        "on pause until fall",
        "Reunion cancelada hasta nuevo aviso",
        "This meeting is closed",
        "temp inactive",
        "This Meeting will be Dark for the next 2 weeks",
    ],
)
def test_texts_of_a_meeting_that_may_be_over(text: str) -> None:
    assert may_be_cancelled([text])


@pytest.mark.parametrize(
    "text",
    [
        "This is a Closed Meeting",
        "This meeting is closed to visitors",
        "Closed except last Saturday",
        "Not meeting in inclement weather",
        "until you reach the end then turn right",
        "Pause for Serenity",
        "mask mandatory until further notice",
    ],
)
def test_texts_of_a_meeting_that_goes_on(text: str) -> None:
    assert not may_be_cancelled([text])
