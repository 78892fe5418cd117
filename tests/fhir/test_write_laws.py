"""Laws of what is written, on decisions of any content: whatever a directory or a rule author puts
into a name, a title or a target, it is written, it is valid, and it is shown as it stands.
"""

import html
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import Any, get_args, get_type_hints
from uuid import UUID

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from peer_match.decide.decision import (
    Decision,
    DraftPlan,
    PlanGoal,
    PlanTask,
    Points,
    Reading,
    Score,
    Screening,
    Shortlist,
    Suggestion,
)
from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.fhir.write_bundle import write_bundle
from peer_match.fhir.write_check import check
from peer_match.fhir.write_elements import plain
from peer_match.policy.policy import OUTCOMES

from .decisions import DIGEST
from .decisions import policy as a_policy
from .hapi import Validator

POLICY = a_policy()

# Text that people, feeds and attackers write, and any other.
TEXTS = st.one_of(
    st.sampled_from(
        [
            "Tuesday Night",
            "<script>alert(1)</script>",
            "</div><p>",
            "&lt;b&gt; & ]]> <!-- -->",
            "[x](javascript:alert(1)) *y* `z`",
            "at least 8 sessions",
            "2 a week",
            "1 a 0 weeks",
            "999 a year",
            "  ",
            "",
            "\x00\x07\ufffe",
            "夜の集い \U0001f319",
            "\u202eright to left",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
LINES = st.lists(TEXTS, max_size=3).map(tuple)
IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
UUIDS = st.uuids().map(str)
OFFSETS = st.sampled_from(["-08:00", "+00:00", "+05:45", "+14:00"])
DAYS = st.dates().map(str)
MOMENTS = st.builds("{}T{}:30:00{}".format, DAYS, st.sampled_from(["00", "23"]), OFFSETS).filter(
    lambda text: not text.startswith(("0001-01-01", "9999-12-31"))
)
RULES = ["reach", "topics", "a-ride", "withheld"]
TARGETS = ["feed/1", "feed/2", "lou", " odd id\n"]
KINDS = get_args(get_type_hints(PlanTask)["kind"])
SCORES = st.builds(
    lambda ends: Score(ends[0], ends[1], 0, 0, 1),
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).map(sorted),
)


def suggestions(kind: Any) -> st.SearchStrategy[Suggestion]:
    return st.builds(
        Suggestion,
        target=st.sampled_from(TARGETS),
        kind=st.just(kind),
        name=TEXTS,
        outcome=st.sampled_from(OUTCOMES),
        existing=st.booleans(),
        screening=st.lists(
            st.builds(
                Screening,
                rule=st.sampled_from(RULES),
                truth=st.sampled_from(["yes", "no", "unknown", "error"]),
                outcome=st.sampled_from(OUTCOMES),
                facts=st.just(()),
                unknown_facts=st.just(()),
                question_to=st.none() | st.sampled_from(["patient", "no-such-role"]),
            ),
            max_size=2,
        ).map(tuple),
        passed=st.just(()),
        points=st.lists(
            st.builds(
                Points,
                rule=st.sampled_from(RULES),
                side=st.just("novice"),
                applies=st.just("yes"),
                weight=st.just(100),
                low=st.integers(0, 100),
                high=st.just(100),
                grade_low=st.just(0),
                grade_high=st.just(0),
                measured=st.none() | TEXTS,
                facts=st.just(()),
                unknown_facts=st.just(()),
            ),
            max_size=2,
        ).map(tuple),
        score=st.none() | SCORES,
        novice_score=st.none(),
        mentor_score=st.none(),
        supports=st.lists(st.sampled_from(RULES), max_size=1).map(tuple),
        changes=st.just(()),
        doubts=LINES,
    )


def shortlists(kind: Any) -> st.SearchStrategy[Shortlist]:
    """Each target in one list, as a decision has it."""

    def spread(found: list[Suggestion]) -> Shortlist:
        lists = [tuple(one for one in found if len(one.name) % 4 == n) for n in range(4)]
        return Shortlist(lists[0], lists[1], lists[2], lists[3], None)

    targets = st.lists(suggestions(kind), max_size=4, unique_by=lambda one: one.target)
    return targets.map(spread)


TASKS = st.builds(
    PlanTask,
    id=UUIDS,
    kind=st.sampled_from(KINDS),
    title=TEXTS,
    role=st.sampled_from(["point-of-contact", "no-such-role"]),
    owner=st.none() | TEXTS,
    due=MOMENTS,
    target=st.none() | st.sampled_from(TARGETS),
    rule=st.none() | st.sampled_from(RULES),
    facts=st.lists(
        st.sampled_from(["patient.goals", "group.formats", "facilitator.status", "mentor.home"]),
        max_size=2,
    ).map(tuple),
)
GOALS = st.builds(
    PlanGoal,
    id=UUIDS,
    description=TEXTS,
    goal=st.none() | st.sampled_from(["find-work", "no-such-goal"]),
    direction=st.sampled_from(["increase", "decrease", "maintain"]),
    measure_system=st.just("http://loinc.org"),
    measure_code=st.none() | st.just("44261-6"),
    measure_display=st.none() | TEXTS,
    target=st.none() | TEXTS,
    due=DAYS,
    rule=st.sampled_from(RULES),
)
DECISIONS = st.builds(
    Decision,
    schema_version=st.just("1.0"),
    engine_version=st.just("0.1.0"),
    tzdata_version=st.just("2026.1"),
    policy=st.builds(
        PolicyRef,
        id=st.just("peer-core"),
        version=st.sampled_from(["0.1.0", "1 beta #2"]),
        digest=st.just(DIGEST),
        signed=st.booleans(),
        statement=st.sampled_from(["not clinically approved", "clinically approved"]),
    ),
    patient=st.builds(PersonRef, id=st.just("ana") | IDS, name=st.none() | TEXTS),
    as_of=MOMENTS,
    known_at=MOMENTS,
    safety=st.just("safety not assessed"),
    recipient=st.just("clinician"),
    point_of_contact=st.none() | TEXTS,
    groups=shortlists("group"),
    mentors=shortlists("mentor"),
    mentors_wanted=st.none() | st.booleans(),
    questions=st.just(()),
    plan=st.builds(
        DraftPlan,
        proposed_groups=st.lists(st.sampled_from(TARGETS), unique=True).map(tuple),
        proposed_mentors=st.lists(st.sampled_from(TARGETS), unique=True).map(tuple),
        frequency=LINES,
        formats=LINES,
        goals=st.lists(GOALS, max_size=5, unique_by=lambda one: one.id).map(tuple),
        tasks=st.lists(TASKS, max_size=5, unique_by=lambda one: one.id).map(tuple),
        rules=st.just(()),
        missing=LINES,
    ),
    facts=st.dictionaries(
        st.sampled_from(["patient.goals", "patient.home"]),
        st.builds(
            Reading,
            fact=st.just("patient.goals"),
            subject=st.just("patient"),
            privacy=st.just("health"),
            meaning=TEXTS,
            values=LINES,
            complete=st.booleans(),
            unknown=st.none(),
            sources=st.just(()),
            withheld=st.none() | st.just("needs consent"),
        ),
    ),
    rules=st.dictionaries(
        st.sampled_from(RULES[:3]),
        st.builds(
            RuleRef,
            id=st.just("reach"),
            kind=st.just("prefer"),
            title=TEXTS,
            why=TEXTS,
            file=st.just("rules/reach.yaml"),
            line=st.just(1),
            digest=st.just(DIGEST),
            owner=st.just("us"),
            sources=st.just(()),
            confidential=st.just(False),
        ),
    ),
    notes=LINES,
)


def div_of(bundle: dict[str, Any]) -> str:
    return bundle["entry"][0]["resource"]["text"]["div"]


@given(DECISIONS)
def test_any_decision_is_written_and_passes_the_check(decision: Decision) -> None:
    bundle = write_bundle(decision, POLICY)
    assert check(bundle) == []
    assert json.loads(json.dumps(bundle)) == bundle
    types = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert types.count("Task") == len(decision.plan.tasks)
    assert types.count("Goal") == len(decision.plan.goals)
    for entry in bundle["entry"]:
        assert str(UUID(entry["resource"]["id"])) == entry["resource"]["id"]


@given(DECISIONS)
# Each example takes a second of Java on a slow machine: a smaller one is not looked for.
@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_the_reference_validator_finds_no_error(
    fhir_validator: Validator, decision: Decision
) -> None:
    assert fhir_validator.errors(write_bundle(decision, POLICY)) == []


@given(DECISIONS)
def test_the_same_decision_gives_the_same_bytes(decision: Decision) -> None:
    again = replace(decision)
    first, second = (json.dumps(write_bundle(one, POLICY)) for one in (decision, again))
    assert first == second


@given(DECISIONS)
def test_the_narrative_holds_words_and_plain_markup_only(decision: Decision) -> None:
    div = div_of(write_bundle(decision, POLICY))
    root = ElementTree.fromstring(div)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"div", "p", "b", "h3", "ul", "li"}
    assert not any(element.attrib for element in root.iter())
    assert decision.policy.statement in div
    assert "safety not assessed" in div


@given(DECISIONS)
def test_every_name_that_is_proposed_and_every_task_is_told(decision: Decision) -> None:
    told = " ".join(ElementTree.fromstring(div_of(write_bundle(decision, POLICY))).itertext())
    plan = decision.plan
    for ids, list in (
        (plan.proposed_groups, decision.groups),
        (plan.proposed_mentors, decision.mentors),
    ):
        every = (*list.eligible, *list.eligible_with_support, *list.waiting, *list.blocked)
        for one in every:
            if one.target in ids:
                assert (plain(one.name) or plain(one.target)) in told
    for task in plan.tasks:
        if task.kind != "check-in":
            assert plain(task.title).rstrip(".") in told


@given(DECISIONS, st.text("abcdefghij", min_size=12, max_size=12))
def test_no_reading_that_is_withheld_is_told(decision: Decision, secret: str) -> None:
    assume(secret not in repr(decision))
    reading = Reading(
        fact="patient.suicide_screen",
        subject="patient",
        privacy="mental-health",
        meaning=secret,
        values=(secret,),
        complete=True,
        unknown=secret,
        sources=(),
        withheld="needs consent",
    )
    facts = {**decision.facts, "patient.suicide_screen": reading}
    bundle = write_bundle(replace(decision, facts=facts), POLICY)
    assert secret not in html.unescape(json.dumps(bundle))
