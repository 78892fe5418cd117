"""Rules of safety, their pathways, their lines and their times: each word means something."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from peer_match.policy.bind_safety import abouts
from peer_match.policy.safety import CrisisLine, Step
from peer_match.policy.units import Span

from .packs import DEFAULTS, LADDER, OF_SAFETY, Pack, as_lines, where_in, words_of

COUNT = "at least 2 missed-meeting within 14 days"
STEPS: list[dict[str, Any]] = DEFAULTS["pathway"]["steps"]
LINE: dict[str, Any] = {
    "line": "lifeline", "name": "A lifeline", "contact": "988", "kind": "crisis", "country": "US",
    "languages": ["english"], "cite": "design-default", "verified": "2026-01-01",
    "verified_by": "A person",
}  # fmt: skip


def lines(pack: Pack, *every: dict[str, Any]) -> Pack:
    pack.write("crisis_lines.yaml", as_lines({"crisis_lines": "of-a-test", "lines": [*every]}))
    return pack


def words(pack: Pack) -> list[tuple[str, str]]:
    """The code and the marked words of each problem."""
    return [
        (one.code,
         one.source_line[one.position.column - 1 : one.position.end_column - 1].strip('"'))
        for one in pack.problems()
    ]  # fmt: skip


# -- escalate and always ---------------------------------------------------------------------------


def test_an_escalation_says_how_soon_by_which_way_and_who_is_asked(pack: Pack) -> None:
    pack.escalate("raised", when=COUNT, severity="emergent", floor=True)
    (rule,) = pack.policy().safety.escalates
    assert (rule.severity, rule.pathway, rule.floor) == ("emergent", LADDER, True)
    assert (rule.review_if_unknown, rule.asks, rule.about) == (True, "clinician", "patient")


def test_a_rule_that_only_notes_what_is_unknown_asks_nobody(pack: Pack) -> None:
    pack.escalate("raised", when=COUNT, severity="soon", if_unknown="note", asks=None)
    (rule,) = pack.policy().safety.escalates
    assert (rule.review_if_unknown, rule.asks) == (False, None)


def test_a_property_says_how_severe_it_is_at_least(pack: Pack) -> None:
    pack.always("always-so", when=COUNT, severity="soon")
    (rule,) = pack.policy().safety.always
    assert (rule.severity, rule.about) == ("soon", "patient")


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"asks": None}, ("PM322", "review")),
        ({"asks": "docter"}, ("PM202", "docter")),
        ({"if_unknown": "note"}, ("PM302", "note")),
        ({"if_unknown": "note", "severity": "emergent"}, ("PM302", "note")),
        ({"if_unknown": "note", "severity": "routine", "floor": True}, ("PM302", "note")),
        ({"if_unknown": "hold"}, ("PM123", "hold")),
        ({"severity": "high"}, ("PM123", "high")),
        ({"severity": None}, ("PM121", "escalate")),
        ({"pathway": "to-nobody"}, ("PM224", "to-nobody")),
        ({"outcome": "hold"}, ("PM120", "outcome")),
        ({"when": "at least 2 missed-meting within 14 days"}, ("PM221", "missed-meting")),
        ({"when": "group.kind is community"}, ("PM201", "group.kind")),
    ],
)
def test_what_an_escalation_cannot_say_is_told_at_its_word(
    pack: Pack, keys: dict[str, Any], problem: tuple[str, str]
) -> None:
    pack.pathway(LADDER)
    pack.escalate("raised", **{"when": COUNT, **keys})
    assert words(pack) == [problem]


def test_one_fault_of_an_escalation_is_one_problem(pack: Pack) -> None:
    """What cannot be read at all says nothing of what goes with it."""
    pack.escalate("raised", when=COUNT, severity="high", if_unknown="hold", asks=None)
    assert sorted(pack.codes()) == ["PM123", "PM123"]


@pytest.mark.parametrize("kind", ["escalate", "always"])
def test_a_rule_of_safety_reads_facts_of_the_patient_alone(pack: Pack, kind: str) -> None:
    pack.pathway(LADDER)
    pack.rule(kind, "the-rule", when={"all": [COUNT, "mentor.status is closed"]})
    (problem,) = pack.problems()
    assert (problem.code, problem.help) == ("PM201", "this rule reads facts of `patient`")


# -- whom a rule is about --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        (COUNT, "patient"),
        ("hope fell by at least 2 points within 7 days", "patient"),
        ("check-in is overdue by 1 day", "patient"),
        ("patient.birth_date is after 2000-01-01", "patient"),
        ("at least 1 mentor-incident within 7 days", "mentor"),
        ("at least 1 group-incident within 7 days", "group"),
        ("crisis-plan-review is overdue by 1 day", "group"),
        ("inner holds", "mentor"),
    ],
)
def test_a_rule_is_about_whom_its_sentences_are_about(
    pack: Pack, sentence: str, about: str
) -> None:
    pack.finding("inner", when="at least 1 mentor-incident within 7 days", folder=OF_SAFETY)
    pack.escalate("raised", when=sentence)
    pack.always("always-so", when=sentence)
    safety = pack.policy().safety
    assert [one.about for one in (*safety.escalates, *safety.always)] == [about, about]
    assert abouts(safety.escalates[0].when, pack.read().assembly) == {about}


@pytest.mark.parametrize("kind", ["escalate", "always"])
@pytest.mark.parametrize(
    "other",
    [
        "at least 1 group-incident within 7 days",
        "crisis-plan-review is overdue by 1 day",
        "inner holds",
    ],
)
def test_a_rule_about_two_kinds_of_subject_is_refused(pack: Pack, kind: str, other: str) -> None:
    """Its parts would never be found in one history."""
    pack.finding("inner", when="at least 1 group-incident within 7 days", folder=OF_SAFETY)
    pack.pathway(LADDER)
    pack.rule(kind, "the-rule", when={"any": [COUNT, other]})
    assert words_of(pack.problems()) == [("PM331", "the rule is about a group and about a patient")]


# -- pathways --------------------------------------------------------------------------------------


def test_a_pathway_is_a_ladder_from_each_severity(pack: Pack) -> None:
    pack.pathway(LADDER, instructions=["Stay with the person."])
    pathway = pack.policy().safety.pathways[LADDER]
    message = Step("message", "Assess the person", "point-of-contact", Span(4, "hour"), "urgent",
                   "call")  # fmt: skip
    call = Step("call", "See the person now", "clinician", Span(15, "minute"), "urgent", None)
    assert pathway.ladder("urgent") == (message, call)
    assert pathway.ladder("emergent") == (call,)
    assert pathway.instructions == ("Stay with the person.",)


def step(number: int, **keys: Any) -> list[dict[str, Any]]:
    """The steps of tests, one of them changed."""
    return [{**one, **keys} if place == number else one for place, one in enumerate(STEPS)]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"enters_at": {"urgent": "massage"}}, ("PM224", "massage")),
        ({"enters_at": {"urgent": "repeat"}}, ("PM224", "repeat")),
        ({"enters_at": {}}, ("PM124", "{}")),
        ({"enters_at": {"high": "call"}}, ("PM123", "high")),
        ({"steps": step(0, if_silent="cal")}, ("PM224", "cal")),
        ({"steps": step(0, role="nobody")}, ("PM202", "nobody")),
        ({"steps": step(0, within="a while")}, ("PM204", "a while")),
        ({"steps": step(0, within="0 minutes")}, ("PM204", "0 minutes")),
        ({"steps": step(0, priority="now")}, ("PM123", "now")),
        ({"steps": [*STEPS, {**STEPS[1]}]}, ("PM218", "call")),
        ({"steps": []}, ("PM124", "[]")),
        ({"steps": [{key: said for key, said in one.items() if key != "within"} for one in STEPS]},
         None),
        ({"tiers": []}, ("PM120", "tiers")),
    ],
)  # fmt: skip
def test_what_a_pathway_cannot_say_is_told_at_its_word(
    pack: Pack, keys: dict[str, Any], problem: tuple[str, str] | None
) -> None:
    pack.escalate("raised", when=COUNT)
    pack.pathway(LADDER, **keys)
    if problem is None:
        assert pack.codes() == [
            "PM121",
            "PM121",
        ]  # no deadline at all: both steps may wait for ever
    else:
        assert words(pack) == [problem]


def test_a_pathway_that_could_not_be_read_is_no_fault_of_who_names_it(
    new_pack: Callable[[], Pack],
) -> None:
    for text in ("pathway: [\n", f"pathway: {LADDER}\n"):
        pack = new_pack()
        pack.escalate("raised", when=COUNT)
        pack.write(f"pathways/{LADDER}.yaml", text)
        assert {one[0] for one in pack.places()} == {f"pathways/{LADDER}.yaml"}


# -- crisis lines ----------------------------------------------------------------------------------


def test_a_line_says_for_whom_it_is_and_when_it_was_verified(pack: Pack) -> None:
    lines(pack, LINE, {**LINE, "line": "emergency", "kind": "emergency", "who": "veterans"})
    first, second = pack.policy().safety.lines
    assert first == CrisisLine(
        code="lifeline", name="A lifeline", contact="988", is_emergency=False, country="US",
        languages=("english",), for_veterans=False, verified=date(2026, 1, 1),
        verified_by="A person", cite="design-default",
    )  # fmt: skip
    assert (second.is_emergency, second.for_veterans) == (True, True)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"languages": ["english", "spansh"]}, ("PM202", "spansh")),
        ({"cite": "invented-2019"}, ("PM401", "invented-2019")),
        ({"verified": "last year"}, ("PM122", "last year")),
        ({"kind": "warm"}, ("PM123", "warm")),
        ({"languages": []}, ("PM124", "[]")),
        ({"contact": {}}, ("PM122", "{}")),
    ],
)
def test_what_a_line_cannot_say_is_told_at_its_word(
    pack: Pack, keys: dict[str, Any], problem: tuple[str, str]
) -> None:
    lines(pack, {**LINE, **keys})
    assert words(pack) == [problem]


def test_a_line_that_is_listed_twice_is_told(pack: Pack) -> None:
    lines(pack, LINE, {**LINE, "contact": "911"})
    assert words_of(pack.problems()) == [("PM218", "`lifeline` is listed twice")]


def test_a_pack_without_lines_is_whole(pack: Pack) -> None:
    assert pack.policy().safety.lines == ()


# -- the times of a pack ---------------------------------------------------------------------------


def test_a_pack_says_how_long_everything_may_take(pack: Pack) -> None:
    times = pack.policy().safety.times
    assert times is not None
    assert times.time_to_human["emergent"] == Span(30, "minute")
    assert times.questions_within["urgent"] == Span(24, "hour")
    assert times.final_roles[-1] == "safety"
    assert times.late == Span(30, "day")
    assert times.lines_verified_within == Span(12, "month")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("time_to_human: {emergent: 30 minutes", "time_to_human: {emergent: at once",
         ("PM204", "at once")),
        ("questions_within: {emergent: 1 hour", "questions_within: {emergent: 0 hours",
         ("PM204", "0 hours")),
        ("final_roles: [point-of-contact", "final_roles: [point-of-contakt",
         ("PM202", "point-of-contakt")),
        ("reassessed_by: [clinician", "reassessed_by: [clinicain", ("PM202", "clinicain")),
        ("retracted_by: [clinician", "retracted_by: [clinicain", ("PM202", "clinicain")),
        ("late: 30 days", "late: a month", ("PM204", "a month")),
        ("lines_verified_within: 12 months", "lines_verified_within: 12 hours",
         ("PM204", "12 hours")),
        ("  late: 30 days\n", "", ("PM121", "time_to_human")),
    ],
)  # fmt: skip
def test_a_fault_of_the_times_is_told_once(
    pack: Pack, old: str, new: str, problem: tuple[str, str]
) -> None:
    """The rules that need them are not at fault."""
    pack.escalate("raised", when=COUNT)
    pack.edit("pack.yaml", old, new)
    assert words(pack) == [problem]


def without_safety(pack: Pack) -> None:
    text = (pack.root / "pack.yaml").read_text("utf-8")
    pack.write("pack.yaml", text[: text.index("\nsafety:") + 1])


def test_rules_of_safety_need_a_pack_that_speaks_of_it(pack: Pack) -> None:
    """Told once, however many rules there are: at the first of them."""
    without_safety(pack)
    assert pack.codes() == []
    pack.always("always-so", when=COUNT)
    assert pack.codes() == []
    pack.escalate("raised", when=COUNT)
    pack.escalate("also-raised", when=COUNT)
    (problem,) = pack.problems()
    assert (problem.code, problem.message) == (
        "PM225", "`pack.yaml` says nothing of safety, and this rule needs it",
    )  # fmt: skip
    where = problem.position
    assert where.file.endswith("safety/escalate/also-raised.yaml")
    text = (pack.root / "safety/escalate/also-raised.yaml").read_text("utf-8")
    assert (where.line, where.column) == where_in(text, "escalate:")


def test_a_pathway_alone_needs_a_pack_that_speaks_of_safety(pack: Pack) -> None:
    without_safety(pack)
    pack.pathway(LADDER)
    assert pack.places() == [(f"pathways/{LADDER}.yaml", 1, 1, "PM225")]
