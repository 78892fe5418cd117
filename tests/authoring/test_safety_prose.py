"""An escalation, a pathway and a property read aloud say everything that they mean."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from peer_match.authoring.prose import prose
from peer_match.policy.policy import Policy
from peer_match.policy.rule import Citation
from peer_match.policy.safety import Always, Escalate, Pathway, Step
from peer_match.policy.safety_files import SEVERITIES
from peer_match.policy.units import Span
from policy.packs import LADDER, Pack

COUNT = "at least 2 missed-meeting within 14 days"


@pytest.fixture
def policy(pack: Pack) -> Policy:
    pack.escalate("raised", when={"all": [COUNT, {"not": "patient.new_to_groups is yes"}]})
    pack.always("always-so", when=COUNT)
    return pack.policy()


def test_an_escalation_read_aloud(policy: Policy) -> None:
    (rule,) = policy.safety.escalates
    assert (
        "When:\n"
        "  all of these:\n"
        "    - at least 2 missed-meeting within 14 days\n"
        "    the opposite of:\n"
        "      - patient’s new to groups is yes\n"
        "        written: patient.new_to_groups is yes\n"
        "Somebody must act within a day (urgent), by the pathway to-a-clinician.\n"
        "When it is not known: a question to clinician, with a deadline of its own.\n"
        "\n"
        "Source: design-default (design default): a default\n"
    ) in prose(rule, policy)


def test_an_escalation_that_passes_over_the_unknown_says_so(pack: Pack) -> None:
    pack.escalate("noted", when=COUNT, severity="routine", if_unknown="note", asks=None)
    policy = pack.policy()
    (rule,) = policy.safety.escalates
    text = prose(rule, policy)
    assert "Somebody must act within a week or so (routine), by the pathway" in text
    assert "When it is not known: it is noted, and nobody is asked.\n" in text
    assert "a question" not in text


@pytest.mark.parametrize("whose", ["mentor", "group"])
def test_an_escalation_says_whose_history_it_reads(pack: Pack, whose: str) -> None:
    pack.escalate("raised", when=f"at least 1 {whose}-incident within 7 days")
    policy = pack.policy()
    (rule,) = policy.safety.escalates
    assert f"When, in the history of a {whose}:\n  - at least 1 " in prose(rule, policy)


def test_each_severity_is_said_in_its_own_words(policy: Policy) -> None:
    (rule,) = policy.safety.escalates
    said = {prose(replace(rule, severity=one), policy) for one in SEVERITIES}
    assert len(said) == len(SEVERITIES)
    assert all(f"({one})" in "".join(said) for one in SEVERITIES)


def test_a_property_read_aloud(policy: Policy) -> None:
    (rule,) = policy.safety.always
    assert (
        "Whenever this is so:\n"
        "  - at least 2 missed-meeting within 14 days\n"
        "the severity is at least urgent, whatever else is known or not.\n"
    ) in prose(rule, policy)


def test_a_pathway_read_aloud_from_the_most_severe_down(pack: Pack) -> None:
    pack.pathway(LADDER, enters_at={"urgent": "message", "emergent": "call"},
                 instructions=["Stay with the person.", "Take nothing away by force."])  # fmt: skip
    policy = pack.policy()
    assert (
        "Emergent:\n"
        "  1. See the person now: clinician, within 15 minutes (urgent).\n"
        "  Then clinician again, each time 15 minutes have passed.\n"
        "Urgent:\n"
        "  1. Assess the person: point-of-contact, within 4 hours (urgent).\n"
        "  2. See the person now: clinician, within 15 minutes (urgent).\n"
        "  Then clinician again, each time 15 minutes have passed.\n"
        "  If nobody answers, the last is called after 4 hours.\n"
        "Until then, whoever is with the person:\n"
        "  - Stay with the person.\n"
        "  - Take nothing away by force.\n"
    ) in prose(policy.safety.pathways[LADDER], policy)


def test_a_pathway_never_says_that_anyone_was_told(policy: Policy) -> None:
    """It says what follows silence; that somebody was reached only that person can say."""
    for one in (*policy.safety.pathways.values(), *policy.safety.escalates):
        text = prose(one, policy).lower()
        for word in ("alerted", "notified", "was told", "has been informed", "paged"):
            assert word not in text


# -- nothing that they mean is left unsaid ---------------------------------------------------------

STEP = Step("message", "Another step", "supervisor", Span(2, "hour"), "stat", "call")
OTHERS: dict[str, Any] = {
    "title": "Another title",
    "why": "Another reason.",
    "sources": (Citation("another", "found", "M"),),
    "owner": "another-owner",
    "status": "retired",
    "effective": date(2020, 1, 1),
    "until": date(2031, 1, 1),
    "review_by": date(2032, 1, 1),
    "floor": True,
    "about": "group",
    "severity": "routine",
    "pathway": "another-way",
    "review_if_unknown": False,
    "asks": "supervisor",
    "seen_to_by": frozenset({"another-rule"}),
    "enters_at": {"urgent": "call"},
    "instructions": ("Stay with the person.",),
}
NOT_SAID = {
    "id": "said in the first line",
    "digest": "for machines",
    "position": "said in the last line",
    "when": "tested with the shape of conditions",
    "steps": "tested step by step below",
}


@pytest.mark.parametrize("kind", [Escalate, Always, Pathway])
def test_changing_anything_that_they_mean_changes_what_is_said(
    policy: Policy, kind: type[Any]
) -> None:
    one: Any = next(rule for rule in policy.rules_and_tables() if type(rule) is kind)
    plain = prose(one, policy)
    names = [field.name for field in fields(kind) if field.name not in NOT_SAID]
    changed = [prose(replace(one, **{name: OTHERS[name]}), policy) for name in names]
    assert plain not in changed
    assert len(set(changed)) == len(changed) >= 8


@pytest.mark.parametrize("field", ["title", "role", "within", "priority", "then"])
def test_changing_anything_of_a_step_changes_what_is_said(policy: Policy, field: str) -> None:
    pathway = policy.safety.pathways[LADDER]
    step = pathway.steps["message"]
    other = None if field == "then" else getattr(STEP, field)
    changed = replace(pathway, steps={**pathway.steps, "message": replace(step, **{field: other})})
    assert prose(changed, policy) != prose(pathway, policy)


def test_every_shipped_escalation_says_its_severity_its_pathway_and_whom_it_asks(
    shipped_policy: Policy,
) -> None:
    assert shipped_policy.safety.escalates
    for one in shipped_policy.safety.escalates:
        text = prose(one, shipped_policy)
        assert f"({one.severity}), by the pathway {one.pathway}." in text, one.id
        if one.review_if_unknown:
            assert f"a question to {one.asks}, with a deadline of its own." in text, one.id


def test_every_step_and_instruction_of_a_shipped_pathway_is_said(shipped_policy: Policy) -> None:
    for pathway in shipped_policy.safety.pathways.values():
        text = prose(pathway, shipped_policy)
        for step in pathway.steps.values():
            said = f". {step.title}: {step.role}, within {step.within} ({step.priority}).\n"
            assert said in text, (pathway.id, step.id)
        for line in pathway.instructions:
            assert f"  - {line}\n" in text, pathway.id
