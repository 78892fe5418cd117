"""Laws of what is written of an assessment, on assessments of any content: whatever a rule author
or a feed puts into a title, a key or a date, it is written, valid, and shown as it stands.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from peer_match.decide.assessment import (
    Alert,
    Assessment,
    Engine,
    Escalation,
    Evidence,
    HelpLine,
    OpenQuestion,
    Step,
)
from peer_match.decide.references import WITHHELD, PersonRef, PolicyRef, RuleRef
from peer_match.facts.event import About
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_check import check
from peer_match.fhir.write_concern import FLAGGED, is_told
from peer_match.fhir.write_escalation_tasks import step_resources
from peer_match.policy.safety_files import SEVERITIES

from .assessments import DIGEST, errors_in
from .hapi import Validator

TEXTS = st.sampled_from(
    [
        "Evaluate the person now",
        "<script>alert(1)</script>",
        "</div><p>",
        "&lt;b&gt; & ]]> <!-- -->",
        "[x](javascript:alert(1)) *y* `z`",
        "  ",
        "",
        "\x00\x07\ufffe",
        "夜の集い \U0001f319",
        "\u202eright to left",
    ]
) | st.text(max_size=20)
LINES = st.lists(TEXTS, max_size=3).map(tuple)
CODES = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8}){0,2}", fullmatch=True)
IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
OFFSETS = st.sampled_from(["-08:00", "+00:00", "+05:45", "+14:00"])
DAYS = st.dates(datetime(1900, 1, 2).date(), datetime(9000, 1, 1).date()).map(str)  # noqa: DTZ001
MOMENTS = st.builds("{}T{}:30:00{}".format, DAYS, st.sampled_from(["00", "23"]), OFFSETS)
DATES = st.none() | DAYS | MOMENTS | DAYS.map(lambda day: day[:7]) | DAYS.map(lambda day: day[:4])
KEYS = st.sampled_from(["Observation/1", "Condition/a.b-c", "Foo/1", "Bundle.entry[3]"]) | IDS
RULES = [f"rule-{number}" for number in range(6)]
SEVERITY = st.sampled_from(SEVERITIES)
PERSONS = st.builds(PersonRef, id=st.just("ana") | IDS, name=st.none() | TEXTS)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Step, ...]:
    """Steps each of which begins when the one before is due; some are withheld by a projection."""
    begins = datetime.fromisoformat(draw(MOMENTS))
    steps: list[Step] = []
    for id in draw(st.lists(CODES, min_size=1, max_size=4, unique=True)):
        minutes = draw(st.integers(0, 10_000))
        due = begins + timedelta(minutes=minutes)
        steps.append(
            Step(
                id=draw(st.sampled_from([id, id, WITHHELD])),
                tier=len(steps) + 1,
                title=draw(TEXTS),
                role=draw(CODES),
                person=draw(st.none() | PERSONS),
                priority=draw(st.sampled_from(["routine", "urgent", "asap", "stat"])),
                begins=begins.isoformat(),
                due=due.isoformat(),
                minutes=minutes,
                repeats=draw(st.booleans()),
            )
        )
        begins = due
    return tuple(steps)


def escalations(rule: str, id: str, severity: Any) -> st.SearchStrategy[Escalation]:
    return st.builds(
        Escalation,
        id=st.just(id),
        rule=st.just(rule),
        pathway=CODES,
        severity=st.just(severity),
        since=MOMENTS,
        steps=ladders(),
        instructions=LINES,
    )


EVIDENCE = st.lists(
    st.builds(
        Evidence,
        key=KEYS,
        what=TEXTS,
        date=DATES,
        recorded=st.none(),
        stated_by=st.sampled_from(["record", "self", "nobody known"]),
        privacy=st.just("health"),
    ),
    max_size=3,
).map(tuple)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """As `assess` makes them: one alert at most of a rule, and no question of a rule that holds."""
    ids = draw(st.lists(HEX, min_size=len(RULES), max_size=len(RULES), unique=True))
    holding = draw(st.sets(st.sampled_from(RULES)))
    alerts: list[Alert] = []
    opened: list[Escalation] = []
    questions: list[OpenQuestion] = []
    for rule, id in zip(RULES, ids, strict=True):
        severity = draw(SEVERITY)
        if rule in holding:
            is_new = draw(st.booleans())
            late = draw(st.none() | MOMENTS)
            alerts.append(Alert(rule, severity, (), draw(EVIDENCE), id, is_new, late))
            if is_new:
                opened.append(draw(escalations(rule, id, severity)))
        elif draw(st.booleans()):
            role, due = draw(st.tuples(CODES, MOMENTS) | st.just((None, None)))
            questions.append(OpenQuestion(id, rule, severity, draw(LINES), role, due))
    told = draw(st.sets(st.sampled_from(RULES)))
    return Assessment(
        schema_version="1.0",
        engine_version="0.1.0",
        tzdata_version="2026.1",
        policy=PolicyRef("peer-core", draw(st.sampled_from(["1", "1 b"])), DIGEST, False, "draft"),
        about=draw(st.sampled_from(get_args(About))),
        subject=draw(PERSONS),
        as_of=draw(MOMENTS),
        known_at=draw(MOMENTS),
        recipient="clinician",
        severity=max([one.severity for one in alerts], key=SEVERITIES.index, default=None),
        alerts=tuple(alerts),
        escalations=tuple(opened),
        still_open=(),
        questions=tuple(questions),
        findings=(),
        lines=draw(st.lists(st.builds(HelpLine, TEXTS, TEXTS, st.booleans(), DAYS)).map(tuple)),
        rules={rule: draw(_rule(rule)) for rule in sorted(told)},
        notes=draw(LINES),
        engine=draw(
            st.builds(
                Engine, st.sampled_from(["agreed", "not run", "failed", "differed"]), TEXTS, LINES
            )
        ),
    )


def _rule(id: str) -> st.SearchStrategy[RuleRef]:
    return st.builds(
        RuleRef,
        id=st.just(id),
        kind=st.just("escalate"),
        title=TEXTS,
        why=TEXTS,
        file=st.just("rules/safety/escalate/x.yaml"),
        line=st.just(1),
        digest=st.just(DIGEST),
        owner=st.just("us"),
        sources=st.just(()),
        confidential=st.just(False),
    )


def of_type(bundle: dict[str, Any], type: str) -> Iterator[dict[str, Any]]:
    for entry in bundle.get("entry", ()):
        if entry["resource"]["resourceType"] == type:
            yield entry["resource"]


@given(assessments())
def test_any_assessment_is_written_and_passes_the_check(found: Assessment) -> None:
    bundle = assessment_bundle(found)
    assert check(bundle) == []
    assert json.loads(json.dumps(bundle)) == bundle
    assert len(list(of_type(bundle, "Flag"))) == sum(a.severity in FLAGGED for a in found.alerts)
    asked = len({(one.role, one.due) for one in found.questions if one.role and one.due})
    assert len(list(of_type(bundle, "Task"))) == asked + sum(
        is_told(step) for one in found.escalations for step in one.steps
    )
    assert list(of_type(bundle, "Condition")) == []


@given(assessments())
def test_every_identifier_is_of_one_resource(found: Assessment) -> None:
    resources = [entry["resource"] for entry in assessment_bundle(found).get("entry", ())]
    for one in resources:
        assert str(UUID(one["id"])) == one["id"]
    assert len({one["id"] for one in resources}) == len(resources)
    known = [(id["system"], id["value"]) for one in resources for id in one.get("identifier", ())]
    assert len(set(known)) == len(known) == sum("identifier" in one for one in resources)


@given(assessments())
def test_the_same_assessment_gives_the_same_bytes(found: Assessment) -> None:
    first, second = (json.dumps(assessment_bundle(found)) for _ in range(2))
    assert first == second


@given(assessments())
def test_the_narrative_holds_words_and_plain_markup_only(found: Assessment) -> None:
    for one in of_type(assessment_bundle(found), "RiskAssessment"):
        root = ElementTree.fromstring(one["text"]["div"])
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"div", "p", "b", "h3", "ul", "li"}
        assert not any(element.attrib for element in root.iter())


@given(assessments())
def test_no_prediction_has_a_number(found: Assessment) -> None:
    for one in of_type(assessment_bundle(found), "RiskAssessment"):
        assert one["status"] == "preliminary"
        for prediction in one.get("prediction", ()):
            assert prediction.keys() <= {"outcome", "qualitativeRisk", "rationale"}


@given(assessments())
def test_a_step_alone_has_the_identifier_that_it_has_in_the_chain(found: Assessment) -> None:
    chained = {one["id"] for one in of_type(assessment_bundle(found), "Task")}
    for escalation in found.escalations:
        for index, step in enumerate(escalation.steps):
            if not is_told(step):
                continue
            [task] = step_resources(escalation, index, found.subject, about=found.about)
            assert task["status"] == "requested"
            assert task["id"] in chained


@given(assessments())
# Each example takes a second of Java on a slow machine: a smaller one is not looked for.
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_the_reference_validator_finds_no_error(
    fhir_validator: Validator, found: Assessment
) -> None:
    assert errors_in(fhir_validator, assessment_bundle(found)) == []
