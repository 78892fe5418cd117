"""What the language document says of safety: who may read histories, and what a match never says.

Assessments are decided elsewhere; here is what holds for packs, and for the facts of a match.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.stated import AS_OF, NOW, before, group, many, patient, stated
from peer_match import project, suggest
from peer_match.decide.canonical import canonical
from peer_match.decide.safety_standing import NOT_TOLD
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.observed import observe
from peer_match.facts.patient import ScreenResult
from peer_match.policy.policy import Policy

from .packs import LADDER, OF_SAFETY, Pack, words_of

COUNT = "at least 2 missed-meeting within 14 days"
HISTORIES = [
    "at least 1 disclosure within 30 days",
    "at least 1 disclosure of severity at least moderate within 30 days",
    COUNT,
    "hope fell by at least 3 points within 30 days",
    "check-in is overdue by 3 days",
]
MISSED = {
    "when": {"all": ["at least 1 disclosure of severity at least moderate within 30 days", COUNT]},
    "severity": "urgent",
    "if_unknown": "review",
    "asks": "clinician",
}


def test_rules_of_safety_are_read_wherever_their_files_lie(new_pack: Callable[[], Pack]) -> None:
    """The kind says what a rule is; its folder is for people."""
    for folder in ("safety/escalate", "elsewhere", ""):
        pack = new_pack()
        where = {"folder": folder or "."}
        pack.escalate("missed-meetings-after-disclosure", **MISSED, **where)
        pack.always("disclosed-and-missed", when=MISSED["when"], severity="urgent", **where)
        pack.pathway("another-way", **where)
        safety = pack.policy().safety
        assert [one.id for one in safety.escalates] == ["missed-meetings-after-disclosure"]
        assert [one.id for one in safety.always] == ["disclosed-and-missed"]
        assert set(safety.pathways) == {"another-way", LADDER}


def test_a_kind_of_safety_at_fault_does_not_hide_the_other_problems(pack: Pack) -> None:
    """Each fault where it stands; what names the rule at fault is no second fault."""
    pack.pathway(LADDER, enters_at=None)
    pack.escalate("missed-meetings-after-disclosure", **MISSED)
    pack.must_not("other", when="patient.goals includes find-wrk")
    assert pack.places() == [
        ("group/must_not/other.yaml", 11, 31, "PM202"),
        (f"pathways/{LADDER}.yaml", 1, 1, "PM121"),
    ]
    assert pack.read().policy is None


@pytest.mark.parametrize("sentence", HISTORIES)
def test_histories_are_read_below_safety_alone(pack: Pack, sentence: str) -> None:
    """A match is about what is known of two sides, not about what happened to one of them."""
    condition = {"any": ["patient.goals includes housing", sentence]}
    pack.finding("the-finding", when=condition, folder=OF_SAFETY)
    assert pack.codes() == []
    pack.finding("the-finding-of-a-match", when=condition)
    (found,) = pack.problems()
    assert (found.code, found.message) == ("PM161", "events cannot be read here")
    assert found.position.file.endswith("findings/the-finding-of-a-match.yaml")
    line = found.source_line
    assert line[found.position.column - 1 : found.position.end_column - 1].strip('"') == sentence


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("must_not", {"when": COUNT}),
        ("prefer", {"when": COUNT}),
        ("prefer", {"when": "patient.goals includes housing", "applies_when": COUNT}),
        ("support", {"offered_when": COUNT, "provides": ["patient.home becomes group.place"]}),
        ("plan", {"when": COUNT, "include": {"frequency": {"times": 1, "per": "1 week"}}}),
    ],
)
def test_no_rule_of_a_match_reads_a_history(pack: Pack, kind: str, keys: dict[str, Any]) -> None:
    pack.rule(kind, "the-rule", **keys)
    assert words_of(pack.problems()) == [("PM161", "events cannot be read here")]


def test_no_rule_of_a_match_reads_a_history_through_findings(pack: Pack) -> None:
    """A finding below `safety/` would be unknown in every match, and a rule with it no rule."""
    pack.finding("missed", when=COUNT, folder=OF_SAFETY)
    pack.finding("missed-or-worse", when={"any": ["missed holds"]}, folder=OF_SAFETY)
    pack.escalate("raised", when="missed-or-worse holds")
    assert pack.codes() == []
    pack.must_not("kept-apart", when="missed holds")
    pack.plan("planned", when="missed-or-worse holds",
              include={"frequency": {"times": 1, "per": "1 week"}})  # fmt: skip
    assert [(one.position.file, one.code, one.message) for one in pack.problems()] == [
        ("pack/group/must_not/kept-apart.yaml", "PM161",
         "`missed` reads events, which this rule cannot"),
        ("pack/plan/planned.yaml", "PM161",
         "`missed-or-worse` reads events, which this rule cannot"),
    ]  # fmt: skip


def test_whether_there_is_a_plan_depends_on_no_history(pack: Pack) -> None:
    pack.finding("missed", when=COUNT, folder=OF_SAFETY)
    pack.edit("pack.yaml", "finding: record-out-of-use", "finding: missed")
    assert words_of(pack.problems()) == [
        ("PM161", "`missed` reads events; a plan knows facts of the patient only")
    ]


@pytest.mark.parametrize("counts_as", ["risk", "protective", "context"])
def test_a_term_and_a_vocabulary_can_declare_what_they_count_as(pack: Pack, counts_as: str) -> None:
    pack.edit("vocabulary/suicide-risk.yaml", "  - code: moderate",
              f"  - counts_as: {counts_as}\n    code: moderate")  # fmt: skip
    pack.edit("vocabulary/goal.yaml", "terms:", f"counts_as: {counts_as}\nterms:")
    vocabularies = pack.policy().vocabularies
    moderate = vocabularies["suicide-risk"].term("moderate")
    assert moderate is not None
    assert moderate.counts_as == vocabularies["goal"].counts_as == counts_as


def test_what_a_term_counts_as_is_one_of_three_words(pack: Pack) -> None:
    declared = "  - counts_as: danger\n    code: moderate"
    pack.edit("vocabulary/suicide-risk.yaml", "  - code: moderate", declared)
    assert pack.codes() == ["PM123"]


@pytest.mark.parametrize("key", ["risk", "protective", "context", "direction", "coverage"])
def test_what_a_term_counts_as_is_said_by_no_other_key(pack: Pack, key: str) -> None:
    """A misspelled declaration is refused and not ignored, so that no pack seems to have it."""
    declared = f"  - {key}: risk\n    code: moderate"
    pack.edit("vocabulary/suicide-risk.yaml", "  - code: moderate", declared)
    assert words_of(pack.problems()) == [("PM120", f"unknown key `{key}`")]


@pytest.mark.parametrize("word", ["review", "escalate"])
def test_if_unknown_review_is_refused_outside_assessments(pack: Pack, word: str) -> None:
    """A question with its own deadline belongs to an assessment; a match can hold or ask."""
    pack.must_not("the-rule", when="patient.suicide_screen is high", if_unknown=word)
    (found,) = pack.problems()
    assert found.code == "PM123"


@pytest.mark.parametrize("key", ["severity", "pathway", "within", "fallback"])
def test_a_rule_of_a_match_has_no_severity_pathway_or_deadline(pack: Pack, key: str) -> None:
    pack.must_not("the-rule", when="patient.suicide_screen is high", **{key: "urgent"})
    assert words_of(pack.problems()) == [("PM120", f"unknown key `{key}`")]


@pytest.mark.parametrize(
    "sentence",
    [
        "patient.open_escalations includes urgent",
        "patient.reassessed is yes",
        "patient.assessment is urgent",
    ],
)
def test_a_match_reads_what_is_open_and_nothing_else_of_an_assessment(
    pack: Pack, sentence: str
) -> None:
    pack.must_not("the-rule", when=sentence)
    assert pack.codes() == ["PM201"]


def test_a_decision_without_an_assessment_says_that_safety_was_not_assessed(
    policy_of_one: Policy,
) -> None:
    """To everybody who treats the person, also in the plan, whatever the facts are."""
    person = patient(suicide_screen=screens(("high", 1)))
    decision = suggest(policy_of_one, person, [group()], as_of=AS_OF)
    assert decision.safety == "safety not assessed"
    assert "a safety assessment: safety not assessed" in decision.plan.missing
    for recipient in policy_of_one.recipients:
        treating = policy_of_one.recipients[recipient].treating
        said = "safety not assessed" if treating else NOT_TOLD
        assert project(decision, policy_of_one, recipient).safety == said


def test_no_output_says_that_anyone_was_alerted(policy_of_one: Policy) -> None:
    """Nobody was: nothing is sent by a decision."""
    person = patient(suicide_screen=screens(("high", 1)), goals=many("find-work"))
    decision = suggest(policy_of_one, person, [group()], as_of=AS_OF)
    written = canonical(decision).decode().lower()
    for word in ("alerted", "notified", "was told", "has been informed", "paged"):
        assert word not in written


# -- what already holds: risk is read at its most severe -------------------------------------------

LEVELS = ("none-reported", "low", "moderate", "high")


def screens(*levels: tuple[str, int]) -> Fact[ScreenResult]:
    """Screens of these levels so many days ago."""
    return Fact(
        statements=tuple(
            stated(ScreenResult(instrument="asq", level=level), before(days=days))
            for level, days in levels
        )
    )


@pytest.fixture
def policy_of_one(pack: Pack) -> Policy:
    pack.must_not("at-high-risk", when="patient.suicide_screen is high", if_unknown="hold")
    return pack.policy()


def severity(policy: Policy, fact: Fact[Any]) -> int | None:
    """How severe a person's screens read: a place in `LEVELS`, or None where it is not known."""
    vocabulary = policy.vocabularies["suicide-risk"]
    seen = observe(fact, CATALOGUE["patient.suicide_screen"], vocabulary, NOW)
    return None if seen.value is None else vocabulary.rank(seen.value)


screen_days = st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(0, 60)), max_size=5)


@given(screen_days, st.tuples(st.sampled_from(LEVELS), st.integers(0, 29)), st.randoms())
def test_adding_risk_evidence_never_lowers_severity(
    shipped_policy: Policy, known: list[tuple[str, int]], more: tuple[str, int], random: Any
) -> None:
    """The law for screens: one more of them, in any place, leaves the level or raises it."""
    earlier = severity(shipped_policy, screens(*known))
    with_more = [*known, more]
    random.shuffle(with_more)
    later = severity(shipped_policy, screens(*with_more))
    assert later is not None
    assert later >= LEVELS.index(more[0])
    assert earlier is None or later >= earlier


@given(screen_days, screen_days)
def test_risk_falls_only_by_a_window_passing(
    shipped_policy: Policy, known: list[tuple[str, int]], later_ones: list[tuple[str, int]]
) -> None:
    """Of the evidence within the stated window the most severe is read, and nothing else."""
    every = [*known, *later_ones]
    recent = [level for level, days in every if days < 30]
    found = severity(shipped_policy, screens(*every))
    assert found == max((LEVELS.index(level) for level in recent), default=None)


def test_risk_evidence_out_of_its_window_is_unknown_and_not_low(policy_of_one: Policy) -> None:
    person = patient(suicide_screen=screens(("high", 31)))
    decision = suggest(policy_of_one, person, [group()], as_of=AS_OF)
    assert [one.outcome for one in decision.groups.waiting] == ["hold"]


def test_a_retracted_screen_stays_in_history(policy_of_one: Policy) -> None:
    """What was retracted no longer counts from then on; before that moment it still does."""
    screen: Statement[Any] = stated(
        ScreenResult(instrument="asq", level="high"), before(days=2), until=before(days=1)
    )
    person = patient(suicide_screen=Fact(statements=(screen,)))
    for as_of, list in ((AS_OF, "waiting"), (AS_OF - timedelta(days=1, hours=1), "blocked")):
        lists = suggest(policy_of_one, person, [group()], as_of=as_of).groups
        assert [one.target for one in getattr(lists, list)] == ["g1"]
