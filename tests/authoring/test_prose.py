"""A rule read aloud says everything that the rule means, in words that no programmer needs."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from peer_match.authoring.prose import prose
from peer_match.policy.condition import sentences
from peer_match.policy.load import PackReading
from peer_match.policy.policy import (
    AnyRule,
    Finding,
    MustNot,
    Override,
    Plan,
    Policy,
    Prefer,
    Support,
)
from peer_match.policy.reads import conditions_of
from peer_match.policy.rule import Citation, Rule
from peer_match.policy.rule_files import (
    CheckInShape,
    ContactShape,
    FrequencyShape,
    GoalShape,
    IncludeShape,
    ProposalsShape,
    TaskShape,
)
from peer_match.policy.units import Span
from policy.packs import Pack


def rule(policy: Policy, id: str) -> AnyRule:
    return next(one for one in policy.rules() if one.id == id)


def test_a_block_read_aloud(shipped_policy: Policy) -> None:
    assert prose(rule(shipped_policy, "medication-hostile-group"), shipped_policy).startswith(
        "Someone taking medication for opioid use disorder is not sent to a group known to "
        "oppose it (medication-hostile-group)\n"
        "\n"
        "Why: Members report pressure to stop medication; stopping raises overdose risk.\n"
        "\n"
        "When:\n"
        "  all of these:\n"
        "    - takes-medication-for-opioid-use-disorder holds\n"
        "    - group’s medication stance is opposed\n"
        "      written: group.medication_stance is opposed\n"
        "The two are kept apart.\n"
        "When it is not known: it may be suggested, and the question is asked.\n"
        "The question goes to: programme-manager.\n"
        "It may be set aside by clinician and patient together, for at most 90 days.\n"
        "A site may tighten this rule, never loosen or remove it.\n"
        "\n"
        "Source: white-2013 (seen): "
    )


def test_a_preference_read_aloud(shipped_policy: Policy) -> None:
    text = prose(rule(shipped_policy, "close-enough-to-reach"), shipped_policy)
    assert (
        "This counts only when:\n"
        "  - group’s formats includes in-person\n"
        "    written: group.formats includes in-person\n"
        "It gives up to 15 points by the travel distance from patient’s home to group’s place:\n"
        "  written: travel distance from patient.home to group.place\n"
        "  - 2 km: 100 percent of them\n"
        "  - 10 km: 60 percent of them\n"
        "  - 40 km: 0 percent of them\n"
        "with straight lines between.\n"
        "When it is not known, the score becomes a range.\n"
    ) in text


def test_a_support_and_a_plan_rule_read_aloud(pack: Pack) -> None:
    pack.support("a-ride", offered_when="patient.barriers includes transport",
                 provides=["patient.home becomes group.place"])  # fmt: skip
    pack.plan("weekly", needs="a group", include={"frequency": {"times": 1, "per": "1 week"}})
    policy = pack.policy()
    assert (
        "It is offered when this is so, or is not known:\n"
        "  - patient’s barriers includes transport\n"
        "    written: patient.barriers includes transport\n"
        "With it, the rules that name it see:\n"
        "  - patient’s home becomes group’s place\n"
        "    written: patient.home becomes group.place\n"
        "Arrange it: a task for point-of-contact, within 7 days.\n"
    ) in prose(rule(policy, "a-ride"), policy)
    assert (
        "The plan contains: 1 meeting per week.\n"
        "It needs a plan that proposes a group.\n"
        "When it is not known: it is included.\n"
    ) in prose(rule(policy, "weekly"), policy)


def test_conditions_keep_their_shape(pack: Pack) -> None:
    pack.finding("shaped", when={"any": [
        {"all": ["patient.goals includes housing", {"not": "patient.new_to_groups is yes"}]},
        "patient.phq9 is at least 10 points"]})  # fmt: skip
    policy = pack.policy()
    assert (
        "This is so when:\n"
        "  at least one of these:\n"
        "    all of these:\n"
        "      - patient’s goals includes housing\n"
        "        written: patient.goals includes housing\n"
        "      the opposite of:\n"
        "        - patient’s new to groups is yes\n"
        "          written: patient.new_to_groups is yes\n"
        "    - patient’s phq9 is at least 10 points\n"
        "      written: patient.phq9 is at least 10 points\n"
    ) in prose(rule(policy, "shaped"), policy)


def test_every_shipped_rule_says_who_why_when_and_on_what_grounds(
    shipped: PackReading, shipped_policy: Policy
) -> None:
    for one in shipped_policy.rules():
        text = prose(one, shipped_policy)
        dates = [str(one.effective), str(one.review_by)]
        for said in (one.id, one.title, one.why, one.owner, *dates):
            assert said in text, one.id
        for citation in one.sources:
            assert f"Source: {citation.cite} (" in text
        for condition in conditions_of(one):
            for sentence in sentences(condition):
                aloud = sentence.text.replace(".", "’s ").replace("_", " ")
                assert f"- {aloud}\n" in text, one.id
        assert f"{one.position.file}, line {one.position.line}." in text
        aloud = "\n".join(line for line in text.split("\n") if "  written: " not in line)
        assert "_" not in aloud.replace("must_not", "").replace(one.position.file, ""), one.id
        assert not any(line != line.rstrip() for line in text.split("\n"))


# -- nothing that a rule means is left unsaid ------------------------------------------------------

OTHERS: dict[str, Any] = {
    "title": "Another title",
    "why": "Another reason.",
    "sources": (Citation("another", "found", "M"),),
    "owner": "another-owner",
    "status": "retired",
    "effective": date(2020, 1, 1),
    "until": date(2031, 1, 1),
    "review_by": date(2032, 1, 1),
    "outcome": "hold",
    "cap": 12,
    "if_unknown": "allow",
    "scope": (("community", "caution"),),
    "applies_to_existing": True,
    "override": Override(frozenset({"safety"}), Span(3, "day")),
    "lifted_by": ("virtual-seat",),
    "shown_as_unavailable": True,
    "asks": "supervisor",
    "floor": True,
    "weight": 77,
    "dimension": "style",
    "side": "mentor",
    "task": TaskShape(title="Another task", role="safety", within="3 days"),
    "needs": "a mentor",
    "include": IncludeShape(format="those of the person"),
    "if_unknown_include": False,
}
KINDS: tuple[type[Rule], ...] = (MustNot, Prefer, Finding, Support, Plan)
NOT_SAID = {
    "id": "said, and tested above",
    "digest": "for machines",
    "position": "said, and tested above",
    "target": "said by the file that is named",
    "within": "said by the task",
    "when": "tested with the shape of conditions",
    "applies_when": "tested above",
    "offered_when": "tested above",
    "grade": "tested above",
    "provides": "tested above",
}


@pytest.mark.parametrize("kind", KINDS)
def test_changing_anything_that_a_rule_means_changes_what_is_said(
    pack: Pack, kind: type[Rule]
) -> None:
    pack.must_not("rule", when="group.kind is community", override=None)
    pack.prefer("prefer-it", when="group.kind is community")
    pack.finding("find-it", when="patient.new_to_groups is yes")
    pack.support("help", provides=["patient.home becomes group.place"])
    pack.plan("plan-it", include={"frequency": {"times": 1, "per": "1 week"}})
    policy = pack.policy()
    one: Any = next(rule for rule in policy.rules() if type(rule) is kind)
    plain = prose(one, policy)
    changed: list[str] = []
    for field in fields(kind):
        if field.name not in NOT_SAID:
            changed.append(prose(replace(one, **{field.name: OTHERS[field.name]}), policy))
    assert plain not in changed
    assert len(set(changed)) == len(changed) >= 8


INCLUDED = [
    IncludeShape(frequency=FrequencyShape(times=2, per="1 week")),
    IncludeShape(frequency=FrequencyShape(times=2, per="2 weeks")),
    IncludeShape(format="those of the person"),
    IncludeShape(goal=GoalShape(description="Sleep", direction="increase", within="3 months")),
    IncludeShape(check_in=CheckInShape(title="Ask", every="7 days", times=4, role="clinician")),
    IncludeShape(contact=ContactShape(
        role="point-of-contact",
        task=TaskShape(title="Name one", role="clinician", within="1 day"))),
    IncludeShape(proposals=ProposalsShape(groups=3, mentors=2)),
    IncludeShape(task=TaskShape(title="Talk", role="clinician", within="1 day")),
    IncludeShape(friction=TaskShape(title="Faith", role="clinician", within="1 day")),
]  # fmt: skip


def test_everything_that_a_plan_can_contain_is_said(pack: Pack) -> None:
    pack.plan("plan-it", include={"format": "x"})
    policy = pack.policy()
    one = rule(policy, "plan-it")
    assert isinstance(one, Plan)
    texts = [prose(replace(one, include=include), policy) for include in INCLUDED]
    assert len(set(texts)) == len(INCLUDED)
    assert set(IncludeShape.model_fields) == {
        name for include in INCLUDED for name in include.model_fields_set
    }
    for text, words in zip(
        texts,
        ("2 meetings per week", "2 meetings per 2 weeks", "the formats that the person can use",
         "the goal “Sleep”, within 3 months", "4 check-ins, every 7 days, by clinician (Ask)",
         "a point-of-contact; without one, a task: Name one", "up to 3 groups and 2 mentors",
         "a task for clinician, within 1 day: Talk",
         "a difficulty for clinician to talk through, within 1 day: Faith"),
        strict=True,
    ):  # fmt: skip
        assert f"The plan contains: {words}." in text
