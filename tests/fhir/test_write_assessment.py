"""What an assessment becomes: which resources, how they hang together, and what they never say."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from peer_match.decide.assessment import Engine
from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_communications import communication
from peer_match.fhir.write_escalation_tasks import step_resources

from .assessments import ACUTE, ANA, AS_OF, LOST, RELEASE, WITHDRAWAL, emergent, errors_in, soon
from .hapi import Validator

Json = dict[str, Any]

# Nobody knows of anything before they acknowledge it, so no text says that somebody does.
SAYS_THAT_SOMEBODY_KNOWS = re.compile(r"notif|alerted|informed|was told|were told|contacted", re.I)


@pytest.fixture(scope="module")
def bundle() -> Json:
    return assessment_bundle(emergent())


def of_type(bundle: Json, type: str) -> list[Json]:
    resources = [entry["resource"] for entry in bundle.get("entry", ())]
    return [one for one in resources if one["resourceType"] == type]


def url(resource: Json) -> str:
    return f"urn:uuid:{resource['id']}"


def kind(task: Json) -> str:
    return task["code"]["coding"][0]["code"]


def chain(bundle: Json) -> list[Json]:
    return [one for one in of_type(bundle, "Task") if kind(one) == "escalation-step"]


def texts(value: Any) -> list[str]:
    """Every text in a resource or a bundle."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


# --- which resources ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            emergent,
            {"RiskAssessment": 1, "Flag": 2, "RequestGroup": 1, "Task": 4, "Provenance": 1},
        ),
        (soon, {"RiskAssessment": 1, "Flag": 0, "RequestGroup": 1, "Task": 2, "Provenance": 1}),
    ],
    ids=["emergent", "soon"],
)
def test_which_resources_are_written(made: Any, expected: dict[str, int]) -> None:
    written = assessment_bundle(made())
    assert {type: len(of_type(written, type)) for type in expected} == expected
    assert len(written["entry"]) == sum(expected.values())


@pytest.mark.parametrize("made", [emergent, soon])
def test_a_screen_never_becomes_a_condition(made: Any) -> None:
    written = assessment_bundle(made())
    assert of_type(written, "Condition") == []
    assert all("condition" not in one for one in of_type(written, "RiskAssessment"))


@pytest.mark.parametrize("made", [emergent, soon])
def test_no_text_says_that_somebody_knows_of_it(made: Any) -> None:
    written = assessment_bundle(made())
    for index in range(len(made().escalations[0].steps)):
        task = step_resources(made().escalations[0], index, ANA)
        written["entry"].append({"resource": task[0]})
    sent = communication(
        ACUTE, ACUTE.steps[0], 1, datetime.fromisoformat(AS_OF), status="completed"
    )
    found = [text for text in texts([written, sent]) if SAYS_THAT_SOMEBODY_KNOWS.search(text)]
    assert found == []


def test_the_words_that_are_looked_for_are_found() -> None:
    for text in ("The clinician was notified", "alerted at 09:00", "A notification was sent"):
        assert SAYS_THAT_SOMEBODY_KNOWS.search(text)


def test_everything_says_that_it_is_restricted(bundle: Json) -> None:
    for entry in bundle["entry"]:
        assert [one["code"] for one in entry["resource"]["meta"]["security"]] == ["R"]


# --- the risk assessment -----------------------------------------------------------------------


def test_nothing_is_final_before_a_clinician(bundle: Json) -> None:
    [found] = of_type(bundle, "RiskAssessment")
    assert found["status"] == "preliminary"
    assert "A clinician has to judge it." in found["text"]["div"]
    assert "not clinically approved" in found["text"]["div"]


def test_a_risk_is_a_severity_in_words_and_never_a_probability(bundle: Json) -> None:
    [found] = of_type(bundle, "RiskAssessment")
    assert [one["qualitativeRisk"]["text"] for one in found["prediction"]] == [
        "Emergent: somebody must act now",
        "Urgent: somebody must act before all other work",
    ]
    for one in found["prediction"]:
        assert one.keys() <= {"outcome", "qualitativeRisk", "rationale"}
    assert found["prediction"][1]["rationale"].endswith(
        "It held on 20 February 2026, 18:30 (UTC-08:00), which became known only later."
    )


def test_evidence_of_the_record_is_a_basis_and_all_other_is_told(bundle: Json) -> None:
    [found] = of_type(bundle, "RiskAssessment")
    assert found["basis"] == [
        {
            "reference": "Observation/c-ssrs-1",
            "display": "C-SSRS screener, high (1 March 2026)",
        }
    ]
    evidence = [n["text"] for n in found["note"] if n["text"].startswith("Evidence")]
    assert evidence == [
        r"Evidence: A word of despair \<in a group\> (2026-02, from the programme, group-log#17)."
    ]


@pytest.mark.parametrize("key", ["Foo/1", "observation/1", "Bundle.entry[3]", "Observation/1#2"])
def test_what_is_no_resource_of_the_record_is_no_basis(key: str) -> None:
    case = soon()
    [alert] = case.alerts
    odd = replace(alert, evidence=(replace(alert.evidence[0], key=key),))
    [found] = of_type(assessment_bundle(replace(case, alerts=(odd,))), "RiskAssessment")
    assert "basis" not in found
    assert len(found["note"]) == 1


def test_what_is_not_known_is_told_and_is_no_risk(bundle: Json) -> None:
    [found] = of_type(bundle, "RiskAssessment")
    notes = [one["text"] for one in found["note"]]
    assert sum(note.startswith("Not known: ") for note in notes) == 2
    assert "the last CIWA-Ar; when the person last drank" in " ".join(notes)
    rules = [one["outcome"]["coding"][0]["code"] for one in found["prediction"]]
    assert rules == ["high-suicide-screen", "told-of-despair"]


def test_questions_alone_are_no_all_clear() -> None:
    case = replace(emergent(), severity=None, alerts=(), escalations=(), lines=())
    written = assessment_bundle(case)
    [found] = of_type(written, "RiskAssessment")
    assert "prediction" not in found
    assert "That does not mean safe" in found["text"]["div"]
    assert any("does not mean safe" in one["text"] for one in found["note"])
    assert of_type(written, "Flag") == []


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (Engine("agreed"), None),
        (Engine("not run", "no worker"), "evaluated once only"),
        (Engine("failed", "it stopped"), "gave no answer"),
        (Engine("differed", "", ("one", "two")), r"differ (one and two)"),
    ],
    ids=lambda one: getattr(one, "state", None),
)
def test_how_the_engine_fared_is_told_unless_both_agreed(engine: Engine, told: str | None) -> None:
    case = soon()
    plain, found = (
        of_type(assessment_bundle(replace(case, engine=one)), "RiskAssessment")[0]
        for one in (case.engine, engine)
    )
    notes = [one["text"] for one in found["note"]]
    if told is None:
        assert found == plain
    else:
        assert found["identifier"] != plain["identifier"]
        assert told in notes[-1]
        assert told in found["text"]["div"]


# --- flags -------------------------------------------------------------------------------------


def test_an_alert_that_cannot_wait_stands_as_a_flag(bundle: Json) -> None:
    first, second = of_type(bundle, "Flag")
    assert first["status"] == second["status"] == "active"
    assert first["category"][0]["coding"][0]["code"] == "safety"
    assert first["code"]["text"] == "A screen that shows a high risk of suicide"
    assert first["code"]["coding"][0] == {
        "system": "urn:peer-match:safety-rule",
        "code": "high-suicide-screen",
        "display": "A screen that shows a high risk of suicide",
    }
    assert first["subject"] == {"reference": "Patient/ana", "display": "Ana Test"}
    assert "end" not in first["period"]
    assert second["code"]["text"] == "Despair was spoken of & not yet looked at"


# --- the chain of an escalation ----------------------------------------------------------------


def test_the_first_step_is_requested_and_the_later_ones_are_drafts(bundle: Json) -> None:
    tasks = chain(bundle)
    assert [one["status"] for one in tasks] == ["requested", "draft", "draft"]
    assert {one["intent"] for one in tasks} == {"order"}
    assert "partOf" not in tasks[0]
    for one in tasks[1:]:
        assert one["partOf"] == [{"reference": url(tasks[0])}]


def test_a_step_says_who_does_what_for_whom_by_when_and_why(bundle: Json) -> None:
    first, second, _ = chain(bundle)
    assert first["description"] == "Evaluate the person now"
    assert first["for"] == {"reference": "Patient/ana", "display": "Ana Test"}
    assert first["priority"] == "stat"
    assert first["authoredOn"] == ACUTE.since
    assert second["executionPeriod"] == {"start": "2026-03-02T09:10:00-08:00"}
    assert second["restriction"] == {"period": {"end": "2026-03-02T09:20:00-08:00"}}
    assert first["requester"]["type"] == "Device"
    [role] = first["performerType"]
    assert role["coding"][0] == {
        "system": "urn:peer-match:vocabulary:override-role",
        "code": "clinician",
    }
    assert first["owner"]["display"] == "Kim Park"
    assert "owner" not in second
    assert first["reasonCode"]["text"] == (
        "A screen that shows a high risk of suicide "
        "(rule high-suicide-screen, on evidence of 2026-02 and 1 March 2026)"
    )


def test_a_step_is_about_the_flag_and_because_of_the_assessment(bundle: Json) -> None:
    flag, _ = of_type(bundle, "Flag")
    [risk] = of_type(bundle, "RiskAssessment")
    [group] = of_type(bundle, "RequestGroup")
    for one in chain(bundle):
        assert one["focus"] == {"reference": url(flag)}
        assert one["reasonReference"] == {"reference": url(risk)}
        assert one["basedOn"] == [{"reference": url(group)}]
        assert one["groupIdentifier"]["value"] == ACUTE.id
    assert all("focus" not in one for one in chain(assessment_bundle(soon())))


def test_in_an_emergency_the_first_task_has_at_hand_what_to_do_and_where_to_turn(
    bundle: Json,
) -> None:
    first, *others = chain(bundle)
    notes = [one["text"] for one in first["note"]]
    assert notes[:2] == list(ACUTE.instructions)
    assert notes[2] == "In an emergency: Emergency service: 911 (last verified on 15 January 2026)"
    assert "988 Suicide & Crisis Lifeline: call or text 988" in notes[3].replace("\\", "")
    assert all("note" not in one for one in others)


def test_in_an_emergency_what_a_disclosure_must_document_is_named_and_empty(bundle: Json) -> None:
    """42 CFR 2.51(c): recipient and affiliation, discloser, date and time, nature."""
    first, *others = chain(bundle)
    assert [one["type"]["coding"][0]["code"] for one in first["input"]] == [
        "recipient",
        "recipient-affiliation",
        "discloser",
        "disclosed-at",
        "nature-of-emergency",
    ]
    for one in first["input"]:
        [value] = [part for name, part in one.items() if name.startswith("value")]
        [absent] = value.pop("extension")
        assert absent["valueCode"] == "temp-unknown"
        assert value == {}
    assert "2.51" in first["note"][-1]["text"]
    assert all("input" not in one for one in others)


def test_where_there_is_time_nobody_is_asked_to_document_an_emergency() -> None:
    for one in chain(assessment_bundle(soon())):
        assert "note" not in one
        assert "input" not in one


# --- the request group -------------------------------------------------------------------------


def test_the_pathway_is_a_request_group_of_the_tasks(bundle: Json) -> None:
    [group] = of_type(bundle, "RequestGroup")
    assert (group["status"], group["intent"]) == ("active", "order")
    assert group["instantiatesCanonical"] == [
        "urn:peer-match:plan-definition:acute-suicide-risk|0.1.0"
    ]
    assert [one["resource"]["reference"] for one in group["action"]] == list(
        map(url, chain(bundle))
    )
    first, second, third = group["action"]
    assert "relatedAction" not in first
    [after] = second["relatedAction"]
    assert (after["actionId"], after["relationship"]) == (first["id"], "after-start")
    assert (after["offsetDuration"]["value"], after["offsetDuration"]["code"]) == (10, "min")
    assert "Only if nobody has acknowledged" in second["description"]
    assert "asked for again" in third["description"]
    assert [one["text"] for one in group["note"]] == list(ACUTE.instructions)


# --- open questions ----------------------------------------------------------------------------


def test_a_question_with_a_role_and_a_deadline_is_a_task(bundle: Json) -> None:
    [task] = [one for one in of_type(bundle, "Task") if kind(one) == "safety-question"]
    assert task["status"] == "requested"
    assert task["priority"] == "stat"
    assert task["description"] == "Find out: the last CIWA-Ar; when the person last drank"
    assert task["performerType"][0]["coding"][0]["code"] == "clinician"
    assert task["restriction"] == {"period": {"end": WITHDRAWAL.due}}
    assert RELEASE.role is None
    [risk] = of_type(bundle, "RiskAssessment")
    assert task["focus"] == {"reference": url(risk)}


# --- the same again ----------------------------------------------------------------------------


def test_the_same_assessment_gives_the_same_bytes() -> None:
    first, second = (json.dumps(assessment_bundle(emergent())) for _ in range(2))
    assert first == second


def test_sent_twice_nothing_is_made_twice_whatever_has_become_of_it(bundle: Json) -> None:
    """A step that was done, or a flag that was taken down, is not begun again; a question is."""
    for entry in bundle["entry"]:
        resource, request = entry["resource"], entry["request"]
        if resource["resourceType"] == "Provenance":
            assert request == {"method": "PUT", "url": f"Provenance/{resource['id']}"}
            continue
        known = resource["identifier"][0]
        assert known["value"] == resource["id"]
        assert request["method"] == "POST"
        wanted = f"identifier={known['system']}|{known['value']}"
        asks = resource["resourceType"] == "Task" and kind(resource) == "safety-question"
        assert request["ifNoneExist"].startswith(wanted)
        assert (request["ifNoneExist"] == wanted) is not asks


def test_a_later_assessment_finds_the_same_tasks_and_flags(bundle: Json) -> None:
    later = assessment_bundle(replace(emergent(), as_of="2026-03-02T09:05:00-08:00"))
    for type, same in (
        ("RiskAssessment", False),
        ("Provenance", False),
        ("Flag", True),
        ("RequestGroup", True),
        ("Task", True),
    ):
        ids = [[one["id"] for one in of_type(which, type)] for which in (bundle, later)]
        assert (ids[0] == ids[1]) is same, type


def test_every_reference_inside_leads_to_an_entry(bundle: Json) -> None:
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(known) == len(bundle["entry"])
    assert set(re.findall(r'"(urn:uuid:[^"]*)"', json.dumps(bundle))) == known


def test_provenance_names_the_rules_and_the_assessment(bundle: Json) -> None:
    [provenance] = of_type(bundle, "Provenance")
    systems = [one["what"]["identifier"]["system"] for one in provenance["entity"]]
    assert systems == [
        f"urn:peer-match:{kind}" for kind in ("pack-digest", "tzdata", "assessment-digest")
    ]
    targets = {one["reference"] for one in provenance["target"]}
    assert targets == {entry["fullUrl"] for entry in bundle["entry"]} - {url(provenance)}


# --- who may be told ---------------------------------------------------------------------------


def test_an_assessment_that_was_not_projected_is_refused() -> None:
    with pytest.raises(ValueError, match="project the assessment"):
        assessment_bundle(replace(emergent(), recipient=None))


def test_who_may_not_know_of_the_person_gets_no_entry() -> None:
    hidden = replace(emergent(), subject=replace(ANA, id=WITHHELD, name=None))
    assert assessment_bundle(hidden) == {"resourceType": "Bundle", "type": "transaction"}


def test_where_nothing_is_said_nothing_is_written() -> None:
    silent = replace(emergent(), severity=None, alerts=(), escalations=(), questions=())
    assert assessment_bundle(silent) == {"resourceType": "Bundle", "type": "transaction"}


def test_a_rule_that_may_not_be_told_is_told_by_no_name(fhir_validator: Validator) -> None:
    case = emergent()
    hidden = replace(
        case,
        rules={},
        alerts=tuple(replace(one, rule=WITHHELD, evidence=()) for one in case.alerts),
        escalations=tuple(replace(one, rule=WITHHELD) for one in case.escalations),
        questions=tuple(replace(one, rule=WITHHELD) for one in case.questions),
        engine=Engine("agreed"),
    )
    written = assessment_bundle(hidden)
    assert errors_in(fhir_validator, written) == []
    assert not any("high-suicide-screen" in text for text in texts(written))
    assert not any("high risk of suicide" in text for text in texts(written))
    assert [one["code"] for one in of_type(written, "Flag")] == [{"text": CONCERN}] * 2


def test_of_a_ladder_one_step_of_which_is_ones_own_only_that_step_is_a_task(
    fhir_validator: Validator,
) -> None:
    steps = (
        replace(ACUTE.steps[0], id=WITHHELD, title=CONCERN),
        ACUTE.steps[1],
        replace(ACUTE.steps[2], id=WITHHELD, title=CONCERN),
    )
    own = replace(ACUTE, pathway=WITHHELD, rule=WITHHELD, instructions=(), steps=steps)
    written = assessment_bundle(replace(emergent(), rules={}, escalations=(own,)))
    assert errors_in(fhir_validator, written) == []
    [task] = chain(written)
    known = chain(assessment_bundle(emergent()))[1]
    assert task["id"] == known["id"]
    assert task["status"] == "draft"
    assert "partOf" not in task
    assert "911" in task["note"][0]["text"]
    assert len(task["input"]) == 5
    [group] = of_type(written, "RequestGroup")
    assert "instantiatesCanonical" not in group
    first, second, third = (one["resource"] for one in group["action"])
    assert first == third == {"display": CONCERN}
    assert second == {"reference": url(task)}


# --- about others than patients ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "for_whom", "flagged"),
    [
        ("mentor", "PractitionerRole", "Practitioner"),
        ("facilitator", "PractitionerRole", "Practitioner"),
        ("group", "HealthcareService", "Group"),
    ],
)
def test_about_a_mentor_a_facilitator_or_a_group(
    about: Any, for_whom: str, flagged: str, fhir_validator: Validator
) -> None:
    written = assessment_bundle(replace(emergent(), about=about))
    assert errors_in(fhir_validator, written) == []
    assert {one["for"]["type"] for one in of_type(written, "Task")} == {for_whom}
    assert {one["subject"]["type"] for one in of_type(written, "Flag")} == {flagged}
    assert not any(text.startswith("Patient/") for text in texts(written))
    # Nobody becomes a patient by being looked after.
    assert len(of_type(written, "RiskAssessment")) == (about == "group")
    [group] = of_type(written, "RequestGroup")
    assert ("subject" in group) is (about == "group")


def test_the_escalation_of_two_alerts_names_its_own_evidence_only() -> None:
    case = replace(emergent(), escalations=(ACUTE, LOST))
    lost = [o for o in chain(assessment_bundle(case)) if o["groupIdentifier"]["value"] == LOST.id]
    assert lost[0]["reasonCode"]["text"] == "Meetings were missed (rule missed-meetings)"
