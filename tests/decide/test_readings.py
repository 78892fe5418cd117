"""How facts read in a decision: in words, with where they came from and what is open."""

from __future__ import annotations

from typing import Any

import pytest

from facts.stated import NOW, conflicting, declined_one, free, many, meets, none_of, one, points
from facts.stated import patient as person
from peer_match.decide.case import Case, view
from peer_match.decide.decision import Reading
from peer_match.decide.readings import reading
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.group import Facilitator, Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.pair import Pair
from peer_match.facts.place import Place, Precision
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.policy.rule_files import IntakeItemShape

from .made import SHIPPED


def read(name: str, fact: Any, intake: Any = SHIPPED.intake) -> Reading:
    subject, field = name.split(".")
    if subject == "patient":
        about: Any = person(**{field: fact})
    elif subject == "group":
        about = Group(id="g7", name="Seven", **{field: fact})
    else:
        about = Facilitator(id="fay", **{field: fact})
    return reading(name, Case({subject: view(about, NOW, SHIPPED.vocabularies)}), intake)


@pytest.mark.parametrize(
    ("name", "fact", "values"),
    [
        ("patient.mentor_wanted", one(True), ("yes",)),
        ("patient.mentor_wanted", one(False), ("no",)),
        ("patient.phq9", points(12), ("12 points",)),
        ("group.free_seats", one(3), ("3 people",)),
        ("patient.goals", many("find-work"), ("Find or keep work",)),
        ("group.kind", one("programme"), ("A programme's own group",)),
        ("patient.birth_date", one(PartialDate("1980-05")), ("1980-05",)),
        (
            "patient.availability",
            free("Mon 18:00-21:00", busy=("Tue 09:00-17:00",)),
            ("free Mon 18:00-21:00", "busy Tue 09:00-17:00", "on the clock of America/Los_Angeles"),
        ),
    ],
)
def test_a_value_is_told_in_words(name: str, fact: Any, values: tuple[str, ...]) -> None:
    found = read(name, fact)
    assert found.values == values
    assert (found.complete, found.unknown, found.withheld) == (True, None, None)


def test_every_meeting_of_a_group_is_told() -> None:
    found = read("group.meetings", meets("Tue 19:00 60 minutes", "Thu 12:30 90 minutes"))
    assert [each.split(" minutes")[0] for each in found.values] == ["Tue 19:00 60", "Thu 12:30 90"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(latitude=33_704_999, longitude=-117_805_000), "33.70, -117.81"),
        (Place(latitude=33_705_000, longitude=-117_804_999), "33.71, -117.80"),
        (Place(latitude=0, longitude=-1_050_000), "0.00, -1.05"),
        (Place(latitude=-20_000, longitude=5_000), "-0.02, 0.01"),
        (Place(latitude=1_000_000, longitude=0, label="Town hall"), "Town hall, 1.00, 0.00"),
        (
            Place(latitude=1_000_000, longitude=0, precision=Precision.AREA),
            "1.00, 0.00 (an area)",
        ),
    ],
)
def test_a_place_is_told_to_a_hundredth_of_a_degree(place: Place, words: str) -> None:
    """About a kilometre: enough to check it by, and not a front door."""
    assert read("group.place", one(place)).values == (words,)


def test_what_was_denied_and_what_is_in_doubt_is_told_as_that() -> None:
    """Each in the order of the codes, whatever the order in which they were said."""
    doubted = ("parenting", "housing", "help-others", "cope-with-loss", "stay-stopped")
    codes = ("stop-using", "find-work", "cut-down", "eat-well", "education", "find-purpose")
    in_doubt = many(*doubted).statements
    on_record = Provenance(source="a record", stated_by=StatedBy.RECORD)
    refused = tuple(Statement(value=one.value, provenance=on_record) for one in in_doubt)
    fact: FactSet[Any] = FactSet(
        statements=(*many("money").statements, *in_doubt),
        denied=(*none_of(*codes).denied, *refused),
    )
    found = read("group.topics", fact)
    assert found.values == (
        "Get money matters in order",
        *(f"not {SHIPPED.vocabularies['goal'].label(code)}" for code in sorted(codes)),
        *(f"in doubt: {SHIPPED.vocabularies['goal'].label(code)}" for code in sorted(doubted)),
    )
    assert not found.complete


def test_a_long_list_is_cut_and_says_by_how_many() -> None:
    times = [f"Tue {hour:02}:00 45 minutes" for hour in range(6, 20)]
    twelve = read("group.meetings", meets(*times[:12]))
    assert len(twelve.values) == 12
    assert not any("more" in each for each in twelve.values)
    thirteen = read("group.meetings", meets(*times[:13]))
    assert thirteen.values == (*twelve.values, "and 1 more")
    fourteen = read("group.meetings", meets(*times))
    assert fourteen.values == (*twelve.values, "and 2 more")


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (Fact[bool](), "not recorded"),
        (declined_one(), "the person preferred not to say"),
        (conflicting(True, False), "the records contradict each other"),
    ],
)
def test_what_is_open_says_why(fact: Fact[Any], why: str) -> None:
    found = read("patient.mentor_wanted", fact)
    assert (found.values, found.complete, found.unknown) == ((), False, why)


def stated(source: str, date: str | None, by: StatedBy = StatedBy.SELF) -> Statement[Any]:
    when = None if date is None else PartialDate(date)
    return Statement(
        value="find-work", provenance=Provenance(source=source, stated_by=by, date=when)
    )


def test_sources_come_newest_first_whatever_the_order_in_which_they_were_read() -> None:
    """Those of one date by name, and those without a date last."""
    said = (
        stated("b", "2026-01-01"),
        stated("c", None),
        stated("a", "2026-01-01", StatedBy.SELF),
        stated("d", "2026-02-01"),
        stated("a", "2026-01-01", StatedBy.RECORD),
    )
    for statements in (said, said[::-1]):
        found = read("group.topics", FactSet(statements=statements))
        assert [(one.source, one.stated_by, one.date) for one in found.sources] == [
            ("d", "self", "2026-02-01"),
            ("a", "record", "2026-01-01"),
            ("a", "self", "2026-01-01"),
            ("b", "self", "2026-01-01"),
            ("c", "self", None),
        ]


def test_no_more_than_twelve_sources_are_told() -> None:
    statements = tuple(stated(f"source {number:02}", None) for number in range(13))
    found = read("group.topics", FactSet(statements=statements))
    assert [one.source for one in found.sources] == [f"source {n:02}" for n in range(12)]


def test_a_reading_says_whose_fact_it_is_and_who_may_see_it() -> None:
    assert read("patient.goals", many("find-work")).subject == "patient"
    assert read("group.topics", many("find-work")).subject == "g7"
    assert read("facilitator.status", one("active")).subject == "fay"
    goals = read("patient.goals", many("find-work"))
    assert (goals.fact, goals.privacy) == ("patient.goals", "health")
    assert goals.meaning == "the person's recovery goals"


# -- who can answer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("patient.goals", "patient"),
        ("patient.medications", "clinician"),  # as the intake of the shipped pack asks it
        ("group.place", "programme-manager"),
        ("facilitator.status", "programme-manager"),
    ],
)
def test_what_is_not_known_is_asked_of_who_can_know(name: str, role: str) -> None:
    fact = FactSet() if name in ("patient.goals", "patient.medications") else Fact()
    assert read(name, fact).asked_of == role


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("patient.mentor_wanted", one(True)),
        ("patient.mentor_wanted", declined_one()),
    ],
    ids=["known", "declined"],
)
def test_what_is_known_or_declined_is_asked_of_nobody(name: str, fact: Any) -> None:
    assert read(name, fact).asked_of is None


def test_what_is_about_other_people_or_private_is_asked_of_nobody() -> None:
    """The question itself would tell."""
    about = Mentor(id="m1", name="Lou")
    for name in ("mentor.strain", "mentor.open_incident"):
        facts = Case({"mentor": view(about, NOW, SHIPPED.vocabularies)})
        assert reading(name, facts, SHIPPED.intake).asked_of is None


@pytest.mark.parametrize(
    ("name", "fact", "asked_of"),
    [
        ("patient.goals", FactSet[Any](), "patient"),
        ("patient.mentor_wanted", conflicting(True, False), "patient"),
        ("patient.mentor_wanted", one(True), None),
        ("patient.mentor_wanted", declined_one(), None),
        ("group.topics", FactSet[Any](), "programme-manager"),
        ("facilitator.status", Fact[Any](), "programme-manager"),
    ],
)
def test_what_is_open_is_asked_of_who_knows_the_subject(
    name: str, fact: Any, asked_of: str | None
) -> None:
    assert read(name, fact, intake=()).asked_of == asked_of


def about_the_other_side(name: str) -> Reading:
    subject: Any = Mentor(id="m1", name="Ruth")
    if name.startswith("pair."):
        subject = Pair(id="pat+m1", ties=FactSet())
    views = {name.partition(".")[0]: view(subject, NOW, SHIPPED.vocabularies)}
    return reading(name, Case(views))


@pytest.mark.parametrize(
    ("name", "asked_of"),
    [
        ("mentor.status", "supervisor"),
        ("mentor.strain", None),
        ("pair.ties", None),
        ("pair.declined", "clinician"),
    ],
)
def test_what_concerns_another_person_is_asked_of_nobody(name: str, asked_of: str | None) -> None:
    found = about_the_other_side(name)
    assert found.unknown is not None
    assert found.asked_of == asked_of


def test_the_intake_says_of_whom_a_fact_is_asked() -> None:
    items = [
        IntakeItemShape(fact="patient.home", asks="Where?", asked_of="patient"),
        IntakeItemShape(fact="patient.goals", asks="What?", asked_of="social-worker"),
    ]
    case = Case({"patient": view(person(), NOW, SHIPPED.vocabularies)})
    assert reading("patient.goals", case, items).asked_of == "social-worker"
