"""What a decision becomes: which resources, how they hang together, and that the server's
reference validator finds no error in them.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_bundle import write_bundle

from .decisions import FAR, MENTOR, TASKS, TUESDAY, decision, policy
from .hapi import Validator

Json = dict[str, Any]


@pytest.fixture(scope="module")
def bundle() -> Json:
    return write_bundle(decision(), policy())


def of_type(bundle: Json, type: str) -> list[Json]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in resources if one["resourceType"] == type]


def task(bundle: Json, number: int) -> Json:
    """The task that `decisions.TASKS` made with a number."""
    [found] = [one for one in of_type(bundle, "Task") if one["id"].endswith(f"{number:012d}")]
    return found


def addresses(value: Any) -> set[str]:
    """Every `reference` in a resource."""
    if isinstance(value, Mapping):
        own = {value["reference"]} if isinstance(value.get("reference"), str) else set[str]()
        return own.union(*map(addresses, value.values()))
    if isinstance(value, list):
        return set[str]().union(*map(addresses, value))
    return set()


def test_the_reference_validator_finds_no_error(bundle: Json, fhir_validator: Validator) -> None:
    assert fhir_validator.errors(bundle) == []
    for entry in bundle["entry"]:
        # On its own a resource has nothing to point at inside a bundle.
        alone = json.loads(json.dumps(entry["resource"]).replace("urn:uuid:", "Basic/"))
        told = [one for one in fhir_validator.errors(alone) if "Basic" not in one.message]
        assert told == []


def test_one_of_everything(bundle: Json) -> None:
    counts = {
        type: len(of_type(bundle, type))
        for type in ("CarePlan", "Goal", "ServiceRequest", "Task", "Provenance")
    }
    assert counts == {
        "CarePlan": 1,
        "Goal": 4,
        "ServiceRequest": 3,
        "Task": len(TASKS),
        "Provenance": 1,
    }
    assert sum(counts.values()) == len(bundle["entry"])


def test_nothing_is_active(bundle: Json) -> None:
    """Nothing is activated without a named clinician."""
    [plan] = of_type(bundle, "CarePlan")
    assert (plan["status"], plan["intent"]) == ("draft", "proposal")
    assert {one["lifecycleStatus"] for one in of_type(bundle, "Goal")} == {"proposed"}
    for type in ("ServiceRequest", "Task"):
        assert {one["intent"] for one in of_type(bundle, type)} == {"proposal"}
    assert {one["status"] for one in of_type(bundle, "ServiceRequest")} == {"draft"}


def test_tasks_of_a_placement_wait_for_the_signature_and_others_do_not(bundle: Json) -> None:
    status = {one.kind: task(bundle, int(one.id[-12:]))["status"] for one in TASKS}
    assert status == {
        "question": "requested",
        "contact": "requested",
        "friction": "requested",
        "nothing-fits": "requested",
        "other": "requested",
        "support": "draft",
        "referral": "draft",
        "introduction": "draft",
        "check-in": "draft",
    }


def test_a_referral_fulfils_the_request_for_its_group(bundle: Json) -> None:
    referral, introduction = task(bundle, 8), task(bundle, 10)
    requests = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    for one, target in ((referral, TUESDAY), (introduction, MENTOR)):
        assert one["code"]["coding"][0]["code"] == "fulfill"
        request = requests[one["focus"]["reference"]]
        [performer] = request["performer"]
        assert performer["identifier"]["value"] == target.target
        assert request["code"]["coding"][0]["code"] == "461481000124109"
    assert requests[referral["focus"]["reference"]]["performer"][0]["type"] == "HealthcareService"
    assert requests[introduction["focus"]["reference"]]["performer"][0]["type"] == (
        "PractitionerRole"
    )


def test_a_support_is_about_the_request_that_needs_it(bundle: Json) -> None:
    assert task(bundle, 7)["focus"] == task(bundle, 9)["focus"]
    assert [one["code"] for one in task(bundle, 7)["code"]["coding"]] == ["support"]


def test_a_task_says_for_whom_by_whom_and_until_when(bundle: Json) -> None:
    introduction = task(bundle, 10)
    assert introduction["for"] == {"reference": "Patient/ana", "display": "Ana Test"}
    assert introduction["owner"] == {"display": "Dana Lee"}
    assert introduction["restriction"] == {"period": {"end": "2026-03-12T09:00:00-08:00"}}
    assert introduction["authoredOn"] == decision().as_of
    assert introduction["requester"]["type"] == "Device"
    [role] = introduction["performerType"]
    assert role["coding"][0]["code"] == "point-of-contact"
    assert role["text"] == "The point of contact"


def test_a_task_without_a_named_person_has_no_owner_and_can_be_claimed(bundle: Json) -> None:
    assert "owner" not in task(bundle, 9)


def test_a_question_about_the_person_points_at_its_intake_item(bundle: Json) -> None:
    values = {
        one["type"]["coding"][0]["code"]: one.get("valueString", one.get("valueUri"))
        for one in task(bundle, 3)["input"]
    }
    assert values == {
        "questionnaire": "urn:peer-match:questionnaire:peer-core-intake",
        "intake-item": "patient.goals",
    }


def test_a_question_about_a_group_names_the_fact_and_the_group(bundle: Json) -> None:
    asked = task(bundle, 2)
    [about] = asked["input"]
    assert about["valueString"] == "group.formats"
    assert asked["focus"] == {
        "type": "HealthcareService",
        "identifier": {"system": "urn:peer-match:group", "value": "orange/waiting"},
        "display": "Noon Group",
    }
    assert task(bundle, 1)["focus"]["type"] == "PractitionerRole"


def test_the_care_plan_refers_to_all_that_belongs_to_it(bundle: Json) -> None:
    [plan] = of_type(bundle, "CarePlan")
    urls = {
        type: [e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == type]
        for type in ("Goal", "ServiceRequest", "Task")
    }
    assert [one["reference"] for one in plan["goal"]] == urls["Goal"]
    activities = [one["reference"]["reference"] for one in plan["activity"]]
    assert activities == urls["ServiceRequest"] + urls["Task"]
    assert all(activity.keys() == {"reference"} for activity in plan["activity"])
    [category] = plan["category"]
    assert category["coding"][0]["code"] == "assess-plan"
    assert plan["instantiatesUri"] == ["urn:peer-match:pack:peer-core:0.1.0"]


def test_every_reference_inside_leads_to_an_entry(bundle: Json) -> None:
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(known) == len(bundle["entry"])
    found = addresses(bundle)
    assert {one for one in found if one.startswith("urn:")} <= known
    assert {one for one in found if not one.startswith("urn:")} == {"Patient/ana"}


def test_provenance_names_the_rules_the_program_and_the_time_zone_data(bundle: Json) -> None:
    [provenance] = of_type(bundle, "Provenance")
    entities = {
        one["what"]["identifier"]["system"].rpartition(":")[2]: one["what"]["identifier"]["value"]
        for one in provenance["entity"]
    }
    assert entities["pack-digest"] == f"sha256:{decision().policy.digest}"
    assert entities["tzdata"] == decision().tzdata_version
    assert provenance["agent"][0]["who"]["identifier"]["value"] == decision().engine_version
    assert provenance["occurredDateTime"] == decision().as_of
    assert "not clinically approved" in provenance["entity"][0]["what"]["display"]
    targets = {one["reference"] for one in provenance["target"]}
    own = f"urn:uuid:{provenance['id']}"
    assert targets == {entry["fullUrl"] for entry in bundle["entry"]} - {own}


def test_how_often_and_in_which_format_goes_with_the_request_for_a_group(bundle: Json) -> None:
    first, second, mentor = of_type(bundle, "ServiceRequest")
    for group in (first, second):
        assert group["occurrenceTiming"]["repeat"] == {
            "frequency": 2,
            "period": 1,
            "periodUnit": "wk",
        }
        assert [one["text"] for one in group["orderDetail"]] == [
            "Preferred format: In person",
            "Preferred format: By video",
        ]
    assert "occurrenceTiming" not in mentor
    assert "orderDetail" not in mentor


def test_two_frequencies_are_said_in_words_only() -> None:
    plan = replace(decision().plan, frequency=("2 a week", "1 a month"))
    found = write_bundle(replace(decision(), plan=plan), policy())
    assert not any("occurrenceTiming" in one for one in of_type(found, "ServiceRequest"))
    assert "twice a week and once a month" in of_type(found, "CarePlan")[0]["text"]["div"]


def test_everything_says_that_it_is_restricted(bundle: Json) -> None:
    for entry in bundle["entry"]:
        assert [one["code"] for one in entry["resource"]["meta"]["security"]] == ["R"]


def test_nobody_is_written_as_a_member_of_a_group(bundle: Json) -> None:
    assert of_type(bundle, "Group") == []


# --- the same again ---------------------------------------------------------------------------


def test_the_same_decision_gives_the_same_bytes() -> None:
    first, second = (json.dumps(write_bundle(decision(), policy())) for _ in range(2))
    assert first == second


STILL_OPEN = {
    "Task": "&status=draft,requested,received,accepted,ready,in-progress,on-hold",
    "ServiceRequest": "&status=draft,active,on-hold",
}


def test_sent_twice_nothing_is_made_twice_while_it_is_open(bundle: Json) -> None:
    """What was done once and is needed again is made anew: nobody looks at a task that is done."""
    for entry in bundle["entry"]:
        resource, request = entry["resource"], entry["request"]
        assert entry["fullUrl"] == f"urn:uuid:{resource['id']}"
        if resource["resourceType"] == "Provenance":
            assert request == {"method": "PUT", "url": f"Provenance/{resource['id']}"}
        else:
            known = resource["identifier"][0]
            assert request == {
                "method": "POST",
                "url": resource["resourceType"],
                "ifNoneExist": f"identifier={known['system']}|{known['value']}"
                + STILL_OPEN.get(resource["resourceType"], ""),
            }
            assert known["value"] == resource["id"]


def test_another_decision_is_another_proposal_of_the_same_tasks_and_requests(bundle: Json) -> None:
    later = write_bundle(replace(decision(), as_of="2026-03-03T09:00:00-08:00"), policy())
    for type, same in (
        ("CarePlan", False),
        ("Provenance", False),
        ("Goal", True),
        ("ServiceRequest", True),
        ("Task", True),
    ):
        ids = [[one["id"] for one in of_type(which, type)] for which in (bundle, later)]
        assert (ids[0] == ids[1]) is same, type


def test_a_group_and_a_mentor_of_one_id_have_requests_of_their_own() -> None:
    twin = replace(MENTOR, target=FAR.target)
    plan = replace(decision().plan, proposed_mentors=(twin.target,), tasks=())
    mentors = replace(decision().mentors, eligible=(twin,))
    found = write_bundle(replace(decision(), mentors=mentors, plan=plan), policy())
    kinds = [one["performer"][0]["type"] for one in of_type(found, "ServiceRequest")]
    assert kinds == ["HealthcareService", "HealthcareService", "PractitionerRole"]


# --- who may be told --------------------------------------------------------------------------


def test_a_decision_that_was_not_projected_is_refused() -> None:
    with pytest.raises(ValueError, match="project the decision"):
        write_bundle(replace(decision(), recipient=None), policy())


def test_a_decision_of_another_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="not the one that decided"):
        write_bundle(decision(), replace(policy(), digest="1" * 64))


def test_who_may_not_know_of_the_person_gets_no_entry(fhir_validator: Validator) -> None:
    hidden = replace(decision(), patient=replace(decision().patient, id=WITHHELD, name=None))
    found = write_bundle(hidden, policy())
    assert found == {"resourceType": "Bundle", "type": "transaction"}
    assert fhir_validator.errors(found) == []


def test_a_name_that_was_withheld_is_nowhere() -> None:
    hidden = replace(decision(), patient=replace(decision().patient, name=None))
    found = write_bundle(hidden, policy())
    assert "Ana" not in json.dumps(found)
    assert of_type(found, "CarePlan")[0]["subject"] == {"reference": "Patient/ana"}


def test_an_id_that_fhir_cannot_hold_becomes_an_identifier(fhir_validator: Validator) -> None:
    odd = replace(decision(), patient=replace(decision().patient, id="http://a.example|1 2\n3"))
    found = write_bundle(odd, policy())
    [plan] = of_type(found, "CarePlan")
    assert plan["subject"]["identifier"] == {
        "system": "urn:peer-match:patient",
        "value": "http%3A%2F%2Fa.example%7C1%202%0A3",
    }
    assert fhir_validator.errors(found) == []
