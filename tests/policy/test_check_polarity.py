"""More evidence of risk never lowers what an escalation says: what could is refused, one by one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.stated import AS_OF
from peer_match.authoring.example_values import ExampleFacts
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.timeline import timeline
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.observed import Observed
from peer_match.facts.provenance import Moment, PartialDate
from peer_match.facts.truth import Truth
from peer_match.policy.check_polarity import declared
from peer_match.policy.policy import Policy

from .packs import OF_SAFETY, Pack, as_lines

# What each vocabulary counts as, and terms of the tests' own above those that ship.
VOCABULARIES: dict[str, tuple[str | None, list[str]]] = {
    # all of it risk, but for two terms; a narrower term is what its broader one is
    "risk-factor": ("risk", [
        "{code: an-overdose, label: A}",
        "{code: a-recent-overdose, label: B, kind_of: an-overdose}",
        "{code: on-their-own, label: C, counts_as: context}",
        "{code: has-a-friend, label: D, counts_as: protective}",
    ]),
    # context with one risk among it
    "medication": ("context", [
        "{code: a-sedative, label: A}",
        "{code: a-strong-sedative, label: B, kind_of: a-sedative, counts_as: risk}",
    ]),
    "goal": ("context", []),
    "belief": ("context", []),
    "suicide-risk": ("risk", []),
    # nobody said anything, or not of every term
    "barrier": (None, []),
    "readiness": (None, ["{code: all-well, label: A, counts_as: context}",
                         "{code: not-well, label: B}"]),
    "record-status": (None, ["{code: seen-today, label: A, counts_as: context}"]),
}  # fmt: skip
FINDINGS: dict[str, Any] = {
    "loss-seen": "at least 1 loss within 7 days",
    "no-loss-seen": {"not": "loss-seen holds"},
    "went-to-a-meeting": "at least 1 attended-meeting within 7 days",
    "met-somebody": {"any": ["went-to-a-meeting holds", "at least 1 check-in-held within 7 days"]},
    "high-now": "patient.suicide_screen is high",
    "nothing-known": {"all": ["patient.home is unknown", "loss-seen holds"]},
    "placed": "at least 1 group-placement within 30 days",
}


def declare(pack: Pack) -> Pack:
    """The pack with what these tables say of its vocabularies and findings, and nothing else."""
    for id, (counts_as, terms) in VOCABULARIES.items():
        path = pack.root / "vocabulary" / f"{id}.yaml"
        text = re.sub(r"^ *counts_as: [a-z]+\n|, counts_as: [a-z]+", "", path.read_text("utf-8"),
                      flags=re.MULTILINE)  # fmt: skip
        own = "".join(f"\n  - {term}" for term in terms)
        said = "" if counts_as is None else f"counts_as: {counts_as}\n"
        path.write_text(text.replace("\nterms:", f"\n{said}terms:{own}", 1), encoding="utf-8")
    for id, when in FINDINGS.items():
        pack.finding(id, when=when, folder=OF_SAFETY)
    assert pack.codes() == []
    return pack


@pytest.fixture
def declared_pack(pack: Pack) -> Pack:
    return declare(pack)


LOSS = "at least 1 loss within 7 days"
SEVERE = "at least 1 disclosure of severity at least severe within 7 days"
BELOW = "more evidence would lower the severity: {} stands below a `not:`"
NOT_COUNTED = "`{}` protects, and what protects is not counted"
UNDECLARED = "nobody says whether the values of `{}` are evidence of risk"
UNSAID = "nobody says whether `{}` is evidence of risk"
NO_CONTEXT = "`{}` is no context, and is {}"
LATEST, KNOWING = "read by its latest value alone", "asked whether it is known"
COMPARED, MEASURED = "compared with another fact", "measured against another fact"

REFUSED: list[tuple[Any, str]] = [
    # risk below an odd number of `not:`
    ({"not": LOSS}, BELOW.format("`loss` of risk")),
    ({"not": SEVERE}, BELOW.format("`disclosure` of risk")),
    ({"not": {"not": {"not": LOSS}}}, BELOW.format("`loss` of risk")),
    ({"all": [SEVERE, {"not": LOSS}]}, BELOW.format("`loss` of risk")),
    ({"any": [SEVERE, {"not": {"all": [LOSS, "patient.new_to_groups is yes"]}}]},
     BELOW.format("`loss` of risk")),
    ({"not": {"any": [{"not": SEVERE}, LOSS]}}, BELOW.format("`loss` of risk")),
    ({"not": "check-in is overdue by 1 day"}, BELOW.format("`check-in` overdue")),
    ({"not": "hope fell by at least 2 points within 7 days"}, BELOW.format("a fall of `hope`")),
    ({"not": "at least 3 missed-meeting within 7 days"}, BELOW.format("`missed-meeting` of risk")),
    # what protects, counted
    ("at least 1 attended-meeting within 7 days", NOT_COUNTED.format("attended-meeting")),
    ({"not": "at least 1 attended-meeting within 7 days"}, NOT_COUNTED.format("attended-meeting")),
    ({"all": [LOSS, {"not": "at least 2 check-in-held within 30 days"}]},
     NOT_COUNTED.format("check-in-held")),
    # a fall of what is worse when it is higher
    ("strain-scale fell by at least 2 points within 7 days", "a fall of `strain-scale` is no risk"),
    ({"not": "strain-scale fell by at least 2 points within 7 days"},
     "a fall of `strain-scale` is no risk"),
    # sets
    ("patient.risk_factors includes none of an-overdose", BELOW.format("`an-overdose` of risk")),
    ({"not": "patient.risk_factors includes an-overdose"}, BELOW.format("`an-overdose` of risk")),
    ({"not": "patient.risk_factors includes a-recent-overdose"},
     BELOW.format("`a-recent-overdose` of risk")),
    ({"not": "patient.risk_factors includes all of an-overdose, on-their-own"},
     BELOW.format("`an-overdose` of risk")),
    ({"all": [LOSS, "patient.risk_factors includes none of on-their-own, an-overdose"]},
     BELOW.format("`an-overdose` of risk")),
    ("patient.risk_factors includes has-a-friend", NOT_COUNTED.format("has-a-friend")),
    ("patient.risk_factors includes none of has-a-friend", NOT_COUNTED.format("has-a-friend")),
    ("patient.risk_factors includes any of an-overdose, has-a-friend",
     NOT_COUNTED.format("has-a-friend")),
    # a narrower value makes a broader one so as well
    ({"not": "patient.medications includes a-sedative"},
     BELOW.format("`a-strong-sedative` of risk")),
    ("patient.medications includes none of a-sedative",
     BELOW.format("`a-strong-sedative` of risk")),
    # two sets, measures
    ("patient.risk_factors shares any with patient.risk_factors",
     NO_CONTEXT.format("patient.risk_factors", COMPARED)),
    ("patient.medications includes all of patient.medications",
     NO_CONTEXT.format("patient.medications", COMPARED)),
    ("share of patient.risk_factors met by patient.risk_factors is at least 50 percent",
     NO_CONTEXT.format("patient.risk_factors", MEASURED)),
    ("travel distance from patient.home to patient.home is more than 10 km",
     UNSAID.format("patient.home")),
    ("time shared by patient.availability and patient.availability is less than 2 hours",
     UNSAID.format("patient.availability")),
    # a fact with one value: a later, better one would hide a risk
    ("patient.suicide_screen is high", NO_CONTEXT.format("patient.suicide_screen", LATEST)),
    ("patient.suicide_screen is not low", NO_CONTEXT.format("patient.suicide_screen", LATEST)),
    ({"not": {"not": "patient.suicide_screen is high"}},
     NO_CONTEXT.format("patient.suicide_screen", LATEST)),
    ("patient.phq9 is at least 20 points", UNSAID.format("patient.phq9")),
    ("patient.gad7 is between 15 and 21 points", UNSAID.format("patient.gad7")),
    # what nobody declared
    ("patient.barriers includes transport", UNDECLARED.format("patient.barriers")),
    ({"not": "patient.barriers includes transport"}, UNDECLARED.format("patient.barriers")),
    ("patient.readiness includes not-well", UNDECLARED.format("patient.readiness")),
    ("patient.readiness is known", UNDECLARED.format("patient.readiness")),
    ("patient.record_status is active", UNDECLARED.format("patient.record_status")),
    # knowing has no direction
    ("patient.risk_factors is known", NO_CONTEXT.format("patient.risk_factors", KNOWING)),
    ("patient.suicide_screen is unknown", NO_CONTEXT.format("patient.suicide_screen", KNOWING)),
    ({"all": [LOSS, "patient.medications is unknown"]},
     NO_CONTEXT.format("patient.medications", KNOWING)),
    # through findings, one and two levels deep
    ({"not": "loss-seen holds"}, "`loss-seen`: " + BELOW.format("`loss` of risk")),
    ("no-loss-seen holds", "`loss-seen`: " + BELOW.format("`loss` of risk")),
    ({"all": [SEVERE, {"not": {"any": ["placed holds", "loss-seen holds"]}}]},
     "`loss-seen`: " + BELOW.format("`loss` of risk")),
    ("went-to-a-meeting holds", "`went-to-a-meeting`: " + NOT_COUNTED.format("attended-meeting")),
    ("high-now holds",
     "`high-now`: " + NO_CONTEXT.format("patient.suicide_screen", LATEST)),
    ("nothing-known holds", "`nothing-known`: " + UNSAID.format("patient.home")),
]  # fmt: skip
ACCEPTED: list[Any] = [
    LOSS,
    {"not": {"not": LOSS}},
    {"not": {"any": [{"not": LOSS}, {"not": SEVERE}]}},
    {"any": [LOSS, SEVERE, "at least 2 missed-meeting within 14 days"]},
    "hope fell by at least 2 points within 14 days",
    "check-in is overdue by 1 day",
    {"all": ["attendance is overdue by 2 days", SEVERE]},
    {"all": [LOSS, "at least 1 group-placement within 30 days"]},
    {"all": [LOSS, {"not": "at least 1 group-placement within 30 days"}]},
    "patient.risk_factors includes any of an-overdose, a-recent-overdose",
    "patient.risk_factors includes all of an-overdose, on-their-own",
    {"not": "patient.risk_factors includes none of an-overdose"},
    "patient.risk_factors includes none of on-their-own",
    {"all": [LOSS, {"not": "patient.medications includes methadone"}]},
    {"all": [LOSS, "patient.medications includes a-sedative"]},
    {"all": [LOSS, {"not": "patient.belief is secular"}]},
    {"all": [LOSS, "patient.birth_date is after 2000-01-01"]},
    {"all": [LOSS, {"any": ["patient.new_to_groups is no", "patient.mentor_wanted is unknown"]}]},
    {"all": [LOSS, "share of patient.goals met by patient.goals is less than 50 percent"]},
    {"any": ["loss-seen holds", {"not": "no-loss-seen holds"}]},
    {"all": [LOSS, {"not": "placed holds"}]},
]


@pytest.mark.parametrize(("when", "message"), REFUSED, ids=[str(one) for one, _ in REFUSED])
def test_what_could_lower_a_severity_is_refused(
    declared_pack: Pack, when: Any, message: str
) -> None:
    declared_pack.escalate("raised", when=when)
    assert [(one.code, one.message) for one in declared_pack.problems()] == [("PM330", message)]
    assert declared_pack.read().policy is None


@pytest.mark.parametrize("when", ACCEPTED, ids=str)
def test_what_can_only_raise_it_is_accepted(declared_pack: Pack, when: Any) -> None:
    declared_pack.escalate("raised", when=when)
    assert declared_pack.codes() == []


def test_there_are_enough_of_each() -> None:
    assert len({str(one) for one, _ in REFUSED}) >= 30
    assert len(ACCEPTED) >= 12


# -- where it is told ------------------------------------------------------------------------------


def marked(pack: Pack) -> list[tuple[int, str]]:
    return [
        (one.position.line,
         one.source_line[one.position.column - 1 : one.position.end_column - 1].strip('"'))
        for one in pack.problems()
    ]  # fmt: skip


def test_each_sentence_is_told_where_it_stands_in_the_rule(declared_pack: Pack) -> None:
    """Through a finding, at the sentence of the rule that leads to it; the message names it."""
    declared_pack.escalate("raised", when={
        "any": [{"not": LOSS}, "met-somebody holds", "patient.barriers includes cost"],
    })  # fmt: skip
    assert {words for _, words in marked(declared_pack)} == {
        LOSS, "met-somebody holds", "patient.barriers includes cost",
    }  # fmt: skip
    assert [one.message for one in declared_pack.problems() if "met-somebody" in one.source_line][
        1:3
    ] == [
        "`met-somebody`: `check-in-held` protects, and what protects is not counted",
        "`went-to-a-meeting`: `attended-meeting` protects, and what protects is not counted",
    ]


def test_the_same_fault_of_the_same_sentence_is_told_once(declared_pack: Pack) -> None:
    """A finding that reads one kind by two ways is one fault at the sentence that uses it."""
    declared_pack.finding(
        "twice", folder=OF_SAFETY, when={"any": [LOSS, "at least 1 loss within 8 days"]}
    )
    declared_pack.escalate("raised", when={"not": "twice holds"})
    assert declared_pack.codes() == ["PM330"]


def test_every_escalation_is_looked_at_also_one_that_is_a_draft(declared_pack: Pack) -> None:
    declared_pack.escalate("raised", when={"not": LOSS})
    declared_pack.escalate("drafted", when={"not": LOSS}, status="draft")
    assert declared_pack.codes() == ["PM330", "PM330"]


def test_a_finding_that_nothing_of_safety_uses_may_say_what_it_likes(declared_pack: Pack) -> None:
    declared_pack.finding("calm", folder=OF_SAFETY, when={"not": LOSS})
    declared_pack.must_not("kept-apart", when="patient.suicide_screen is high")
    assert declared_pack.codes() == []


def test_findings_that_come_back_to_themselves_are_told_once_and_the_check_ends(
    declared_pack: Pack,
) -> None:
    declared_pack.finding("this", folder=OF_SAFETY, when={"not": "that holds"})
    declared_pack.finding("that", folder=OF_SAFETY, when={"any": ["this holds", LOSS]})
    declared_pack.escalate("raised", when="that holds")
    assert "PM310" in declared_pack.codes()


def test_a_vocabulary_whose_terms_are_kinds_of_each_other_does_not_hold_the_check_up(
    declared_pack: Pack,
) -> None:
    circle = [{"code": "this", "label": "This", "kind_of": "that"},
              {"code": "that", "label": "That", "kind_of": "this"}]  # fmt: skip
    declared_pack.write(
        "vocabulary/barrier.yaml",
        as_lines({"vocabulary": "barrier", "title": "B", "terms": circle}),
    )
    declared_pack.escalate("raised", when="patient.barriers includes this")
    assert declared_pack.codes() == ["PM330", "PM216"]


def test_a_missing_vocabulary_is_told_where_it_is_missing(declared_pack: Pack) -> None:
    declared_pack.escalate("raised", when={"not": "patient.suicide_screen is unknown"})
    (declared_pack.root / "vocabulary" / "suicide-risk.yaml").unlink()
    assert declared_pack.codes() == ["PM210"]


# -- what a value counts as ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "code", "counts_as"),
    [
        ("patient.risk_factors", "an-overdose", "risk"),
        ("patient.risk_factors", "a-recent-overdose", "risk"),
        ("patient.risk_factors", "on-their-own", "context"),
        ("patient.risk_factors", "has-a-friend", "protective"),
        ("patient.risk_factors", None, "risk"),
        ("patient.medications", "methadone", "context"),
        ("patient.medications", "a-strong-sedative", "risk"),
        ("patient.medications", None, "risk"),
        ("patient.goals", None, "context"),
        ("patient.barriers", "transport", None),
        ("patient.barriers", None, None),
        ("patient.readiness", "all-well", "context"),
        ("patient.readiness", None, None),
        ("patient.birth_date", None, "context"),
        ("patient.phq9", None, None),
    ],
)
def test_what_a_fact_or_a_value_counts_as(
    declared_pack: Pack, fact: str, code: str | None, counts_as: str | None
) -> None:
    """A term says it, or a broader term, or the vocabulary; a whole fact is what all of it is."""
    assert declared(CATALOGUE[fact], code, declared_pack.read().assembly) == counts_as


# -- the law ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """One escalation for each accepted condition, in one pack."""
    pack = Pack(tmp_path_factory.mktemp("accepted") / "pack")
    declare(pack)
    for number, when in enumerate(ACCEPTED):
        pack.escalate(f"number-{number}", when=when)
    return pack.policy()


RISKS = ("loss", "disclosure", "missed-meeting", "strain-scale")
happened = st.tuples(
    st.sampled_from((*RISKS, "hope", "group-placement", "check-in-agreed", "check-in-held")),
    st.integers(0, 40),
    st.sampled_from((None, "mild", "severe")),
)
risk_happened = st.tuples(
    st.sampled_from(RISKS), st.integers(0, 40), st.sampled_from((None, "mild", "severe"))
)
covered = st.lists(st.tuples(st.sampled_from((*RISKS, "check-in-held", "group-placement")),
                             st.integers(0, 60)), max_size=4)  # fmt: skip


def event(number: int, kind: str, days: int, severity: str | None) -> Event:
    when = AS_OF - timedelta(days=days, minutes=1)
    return Event(
        kind=kind, source="test", id=str(number), date=PartialDate.of(when), recorded=when,
        severity=severity if kind == "disclosure" else None, points=40 - days,
    )  # fmt: skip


class Nothing:
    """No fact is known: the context stays as it is."""

    def __init__(self, policy: Policy) -> None:
        self.reader = ExampleFacts(policy.vocabularies, AS_OF, [])

    def observed(self, name: str) -> Observed:
        return self.reader.blank(name)

    def key(self, name: str) -> str:
        return name


@settings(max_examples=60)
@given(st.lists(happened, max_size=5), risk_happened, covered)
def test_one_more_risk_never_takes_back_what_was_accepted(
    accepted: Policy,
    before: list[tuple[str, int, str | None]],
    more: tuple[str, int, str | None],
    coverage: list[tuple[str, int]],
) -> None:
    """The law that the check is for, on histories: what held still holds with one more risk."""
    known = tuple(
        Coverage(kind=kind, begins=AS_OF - timedelta(days=days)) for kind, days in coverage
    )
    events = tuple(event(number, *one) for number, one in enumerate(before))
    worlds = [
        World(
            Nothing(accepted), accepted.findings, AS_OF,
            timeline(History(subject="p1", events=every, coverage=known),
                     accepted.safety.events, accepted.instruments, Moment.at(AS_OF)),
        )
        for every in (events, (*events, event(99, *more)))
    ]  # fmt: skip
    for rule in accepted.safety.escalates:
        earlier, later = (evaluate(rule.when, world) for world in worlds)
        assert earlier is not Truth.YES or later is Truth.YES, rule.id
        assert earlier is Truth.NO or later is not Truth.NO, rule.id
