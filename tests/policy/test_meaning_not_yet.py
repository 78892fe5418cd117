"""What the language document says of safety, assessments and pathways, which come later.

Until then a pack that uses them is refused by name: nobody can rely on a rule that does nothing.
What already holds of these sentences for the facts of today is tested as well.
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
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.observed import observe
from peer_match.facts.patient import ScreenResult
from peer_match.policy.diagnostics import as_text
from peer_match.policy.policy import Policy

from .packs import Pack, words_of

ESCALATE = """\
escalate: missed-meetings-after-disclosure
title: Someone who disclosed distress and then stopped coming
when:
  all:
    - at least 1 disclosure of severity at least moderate within 30 days
    - at least 2 missed-meeting within 14 days
severity: urgent
pathway: outreach
if_unknown: review
"""
PATHWAY = """\
pathway: outreach
tiers:
  - {role: point-of-contact, within: 1 day, fallback: supervisor}
"""
ALWAYS = "always: nobody-in-crisis-is-sent-away\n"


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("safety/escalate/missed-meetings-after-disclosure.yaml", ESCALATE, "escalate"),
        ("pathways/outreach.yaml", PATHWAY, "pathway"),
        ("always/nobody-in-crisis-is-sent-away.yaml", ALWAYS, "always"),
    ],
)
def test_kinds_that_come_later_are_refused_by_name_where_they_stand(
    pack: Pack, path: str, text: str, kind: str
) -> None:
    """At the first key, once, whatever else the file says; the rest of the pack is checked."""
    pack.write(path, text)
    pack.must_not("other", when="patient.goals includes find-wrk")
    other = ("group/must_not/other.yaml", 11, 31, "PM202")
    assert set(pack.places()) == {other, (path, 1, 1, "PM133")}
    refused = next(one for one in pack.problems() if one.code == "PM133")
    assert refused.message == f"rules of kind `{kind}` are not yet supported"
    assert pack.read().policy is None


@pytest.mark.parametrize(
    "sentence",
    [
        "at least 1 disclosure within 30 days",
        "at least 1 disclosure of severity at least moderate within 30 days",
        "at least 2 missed-meeting within 14 days",
        "hope fell by at least 3 points within 30 days",
        "check-in is overdue by 3 days",
    ],
)
def test_sentences_about_events_are_refused_by_name(pack: Pack, sentence: str) -> None:
    """Counts, changes over time and overdue obligations: read by the grammar, then refused."""
    pack.finding("the-finding", when={"any": ["patient.goals includes housing", sentence]})
    (found,) = pack.problems()
    assert (found.code, found.message) == ("PM160", "sentences about events are not yet supported")
    line = found.source_line
    assert line[found.position.column - 1 : found.position.end_column - 1].strip('"') == sentence


@pytest.mark.parametrize("key", ["risk", "protective", "context", "direction", "coverage"])
def test_no_term_can_declare_itself_risk_protective_or_context_yet(pack: Pack, key: str) -> None:
    """The declaration is refused and not ignored, so that no pack seems to have it."""
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
def test_a_rule_of_today_has_no_severity_pathway_or_deadline(pack: Pack, key: str) -> None:
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
def test_open_escalations_and_reassessments_are_no_facts_yet(pack: Pack, sentence: str) -> None:
    pack.must_not("the-rule", when=sentence)
    assert pack.codes() == ["PM201"]


def test_until_safety_is_assessed_every_decision_says_that_it_was_not(
    policy_of_one: Policy,
) -> None:
    """To every recipient, also in the plan, whatever the facts are."""
    person = patient(suicide_screen=screens(("high", 1)))
    decision = suggest(policy_of_one, person, [group()], as_of=AS_OF)
    assert decision.safety == "safety not assessed"
    assert "a safety assessment: safety not assessed" in decision.plan.missing
    for recipient in policy_of_one.recipients:
        assert project(decision, policy_of_one, recipient).safety == "safety not assessed"


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


def test_a_pack_with_later_kinds_tells_all_its_other_problems_too(
    new_pack: Callable[[], Pack],
) -> None:
    """Refusing by name is a diagnostic like any other, with a page and a help line."""
    pack = new_pack()
    pack.write("pathways/outreach.yaml", PATHWAY)
    text = as_text(pack.problems())
    assert "PM133 error: rules of kind `pathway` are not yet supported" in text
    assert "help: a coming version reads them; take the file out of the pack until then" in text
