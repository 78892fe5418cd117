"""The check at run time finds what the R4B models let through, where it is, all of it at once."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.task import Task

from peer_match.fhir.write_bundle import write_bundle
from peer_match.fhir.write_check import NOT_IN_R4, check

from .decisions import decision, policy
from .hapi import Validator

Json = dict[str, Any]
FIRST_TASK = 8  # its place among the entries: a care plan, four goals and three requests before it


def good() -> Json:
    return copy.deepcopy(write_bundle(decision(), policy()))


def resource(bundle: Json, place: int) -> Json:
    return bundle["entry"][place]["resource"]


def put(place: int, *path: Any) -> Callable[[Json, Any], None]:
    """A change of one element of one resource."""

    def change(bundle: Json, value: Any) -> None:
        at: Any = resource(bundle, place)
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


# What is changed, to what, and where it is found.
FAULTS: list[tuple[Callable[[Json, Any], None], Any, str]] = [
    (put(0, "status"), "bogus", "entry[0].resource.status"),
    (put(0, "intent"), "directive", "entry[0].resource.intent"),
    (put(0, "text", "status"), "made", "entry[0].resource.text.status"),
    (put(0, "goal", 0, "reference"), "Task/1", "entry[0].resource.goal[0]"),
    (put(0, "goal", 0, "reference"), "urn:uuid:nobody", "entry[0].resource.goal[0]"),
    (put(0, "author"), {"reference": "Group/1"}, "entry[0].resource.author"),
    (put(0, "nonsense"), 1, "entry[0].resource.nonsense"),
    (put(0, "note"), [], "entry[0].resource.note"),
    (put(0, "title"), "", "entry[0].resource.title"),
    (put(1, "lifecycleStatus"), "draft", "entry[1].resource.lifecycleStatus"),
    (
        put(1, "target", 0, "detailQuantity", "comparator"),
        "=>",
        "entry[1].resource.target[0].detailQuantity.comparator",
    ),
    (put(1, "target", 0, "dueDate"), "2026-13-01", "entry[1].resource.target[0].dueDate"),
    (put(5, "priority"), "soon", "entry[5].resource.priority"),
    (
        put(5, "occurrenceTiming", "repeat", "periodUnit"),
        "week",
        "entry[5].resource.occurrenceTiming.repeat.periodUnit",
    ),
    (put(FIRST_TASK, "status"), "bogus", "entry[8].resource.status"),
    (put(FIRST_TASK, "intent"), "directive", "entry[8].resource.intent"),
    (put(FIRST_TASK, "id"), "a b", "entry[8].resource.id"),
    (put(FIRST_TASK, "id"), "a" * 65, "entry[8].resource.id"),
    (put(FIRST_TASK, "owner"), {"reference": "Location/1"}, "entry[8].resource.owner"),
    (put(FIRST_TASK, "restriction"), {}, "entry[8].resource.restriction"),
    (put(FIRST_TASK, "authoredOn"), "2026-03-02T09:00:00", "entry[8].resource.authoredOn"),
    (put(-1, "entity", 0, "role"), "cause", "entry[21].resource.entity[0].role"),
    (put(-1, "recorded"), "2026-03-02", "entry[21].resource.recorded"),
]


def test_what_is_written_has_no_problem() -> None:
    assert check(good()) == []
    assert check({"resourceType": "Bundle", "type": "transaction"}) == []


def named(one: object) -> str | None:
    """A name that is the same in every process; a function's own text holds its address."""
    return None if callable(one) else str(one)[:60]


@pytest.mark.parametrize(("change", "value", "where"), FAULTS, ids=named)
def test_a_fault_is_found_where_it_is(
    change: Callable[[Json, Any], None], value: Any, where: str
) -> None:
    bundle = good()
    change(bundle, value)
    problems = check(bundle)
    assert f"Bundle.{where}" in {problem.where for problem in problems}
    assert all(problem.message and problem.fix for problem in problems)


@pytest.mark.parametrize(("change", "value", "where"), FAULTS, ids=named)
def test_the_reference_validator_finds_every_such_fault_too(
    change: Callable[[Json, Any], None], value: Any, where: str, fhir_validator: Validator
) -> None:
    """So that this check is never stricter than R4 is."""
    bundle = good()
    change(bundle, value)
    assert fhir_validator.errors(bundle), where


def test_a_reference_that_points_at_nothing_is_found() -> None:
    """R4 allows it; nothing that we write has a use for it."""
    bundle = good()
    resource(bundle, 0)["subject"] = {"type": "Patient"}
    assert [problem.where for problem in check(bundle)] == ["Bundle.entry[0].resource.subject"]


def test_every_problem_is_told_at_once() -> None:
    bundle = good()
    resource(bundle, 0)["status"] = "bogus"
    resource(bundle, 1)["lifecycleStatus"] = "bogus"
    resource(bundle, FIRST_TASK)["intent"] = "bogus"
    assert [problem.where.rpartition(".")[2] for problem in check(bundle)] == [
        "status",
        "lifecycleStatus",
        "intent",
    ]


def test_entries_of_a_transaction_have_an_address_and_a_request() -> None:
    bundle = good()
    bundle["entry"][2]["fullUrl"] = bundle["entry"][1]["fullUrl"]
    del bundle["entry"][3]["request"]
    del bundle["entry"][4]["fullUrl"]
    assert {
        "Bundle.entry[2].fullUrl",
        "Bundle.entry[3].request",
        "Bundle.entry[4].fullUrl",
    } <= {problem.where for problem in check(bundle)}


@pytest.mark.parametrize("element", sorted(NOT_IN_R4))
def test_an_element_that_only_r4b_has_is_banned(element: str) -> None:
    """The models would let it pass: they are those of R4B."""
    if element != "subjectCanonical":
        extension = get_fhir_model_class("Extension").model_fields
        assert element in {field.alias or name for name, field in extension.items()}
        bundle = good()
        resource(bundle, 0)["extension"] = [{"url": "urn:x", element: {"text": "x"}}]
    else:
        for type in ("PlanDefinition", "ActivityDefinition", "PlanDefinitionAction"):
            fields = get_fhir_model_class(type).model_fields
            assert element in {field.alias or name for name, field in fields.items()}
        bundle = good()
        resource(bundle, 0)[element] = "urn:x"
    assert any(
        problem.where.endswith(element) and "R4 has no such element" in problem.message
        for problem in check(bundle)
    )


def test_input_of_any_shape_is_answered() -> None:
    for odd in ({}, {"resourceType": "Task"}, {"resourceType": "Bundle", "entry": [{}]}):
        assert check(odd)
    assert check({"resourceType": "Bundle", "type": "batch", "entry": "no list"})


def test_the_codes_that_the_models_cut_short_are_given_whole() -> None:
    """`+` in the models stands for codes that they do not list."""
    field: Any = Task.model_fields["status"].json_schema_extra
    assert "+" in field["enum_values"]
    bundle = good()
    resource(bundle, FIRST_TASK)["status"] = "entered-in-error"
    assert check(bundle) == []
