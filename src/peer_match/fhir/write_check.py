"""The check of what we emit, at run time: base R4, as far as it is cheap.

The R4B models know elements, types, cardinality and choices. Here is what they let through: codes
outside a required value set, references to the wrong type or to no entry, ids that are none, empty
values, and elements that R4B has and R4 does not. Invariants and terminology are left to the
reference validator, which the tests run on everything that is emitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from fhir.resources.R4B.bundle import Bundle
from pydantic import BaseModel, ValidationError

from peer_match.fhir.write_elements import FHIR_ID

NOT_IN_R4 = frozenset({"subjectCanonical", "valueCodeableReference", "valueRatioRange"})
"""Elements that R4B added to types which R4 has as well."""

# Value sets that the models leave out or give in part.
_CODES: dict[tuple[str, str], tuple[str, ...]] = {
    ("Task", "status"): (
        "draft",
        "requested",
        "received",
        "accepted",
        "rejected",
        "ready",
        "cancelled",
        "in-progress",
        "on-hold",
        "failed",
        "completed",
        "entered-in-error",
    ),
    ("Quantity", "comparator"): ("<", "<=", ">=", ">"),
}
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.\-]*:.+", re.IGNORECASE)
_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the FHIR path of it, what it is, and one way to mend it."""

    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}; {self.fix}"


def check(bundle: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a Bundle, in the order of its elements; empty when none was found."""
    problems = list(_walk(bundle, str(bundle.get("resourceType", "?"))))
    try:
        model = Bundle.model_validate(bundle)
    except ValidationError as fault:
        return [*problems, *_faults(fault)]
    types = {
        entry["fullUrl"]: entry["resource"]["resourceType"]
        for entry in bundle.get("entry", ())
        if "fullUrl" in entry and "resource" in entry
    }
    problems.extend(_entries(bundle))
    problems.extend(_model(model, "Bundle", types))
    return problems


def _faults(fault: ValidationError) -> Iterator[Problem]:
    for error in fault.errors():
        where = "Bundle"
        for step in error["loc"]:
            where += f"[{step}]" if isinstance(step, int) else f".{step}"
        yield Problem(where, error["msg"], "write what FHIR R4 has there")


def _walk(value: Any, where: str) -> Iterator[Problem]:
    """What can be seen without knowing any type: emptiness, and elements that R4 lacks."""
    if value in (None, "", [], {}):
        yield Problem(where, "an element is empty", "leave it out")
    elif isinstance(value, Mapping):
        for name, part in cast("Mapping[str, Any]", value).items():
            if name in NOT_IN_R4:
                yield Problem(f"{where}.{name}", "R4 has no such element", "leave it out")
            yield from _walk(part, f"{where}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(cast("list[Any]", value)):
            yield from _walk(part, f"{where}[{number}]")


def _entries(bundle: Mapping[str, Any]) -> Iterator[Problem]:
    """That each entry of a transaction has its own address and says what to do with it."""
    seen: set[str] = set()
    for number, entry in enumerate(bundle.get("entry", ())):
        where = f"Bundle.entry[{number}]"
        url = str(entry.get("fullUrl", ""))
        if not url or url in seen:
            yield Problem(f"{where}.fullUrl", "not an address of its own", "give it a UUID")
        seen.add(url)
        if bundle.get("type") == "transaction" and "request" not in entry:
            yield Problem(f"{where}.request", "a transaction needs it", "say POST or PUT")


def _model(element: BaseModel, where: str, types: Mapping[str, str]) -> Iterator[Problem]:
    """Codes, ids and references, by what the models know of each element."""
    type = element.__class__.__name__
    for name, field in element.__class__.model_fields.items():
        value = getattr(element, name, None)
        if value is None:
            continue
        alias = field.alias or name
        extra: Any = field.json_schema_extra or {}
        repeats = isinstance(value, list)
        for number, one in enumerate(cast("list[Any]", value) if repeats else [value]):
            at = f"{where}.{alias}[{number}]" if repeats else f"{where}.{alias}"
            codes = _CODES.get((type, alias)) or extra.get("enum_values")
            if codes and str(one) not in codes:
                yield Problem(at, f"`{one}` is not a code of R4 here", f"use {', '.join(codes)}")
            if alias == "id" and not FHIR_ID.fullmatch(str(one)):
                yield Problem(at, f"`{one}` is not an id", "use letters, digits, `-` and `.`")
            targets = extra.get("enum_reference_types")
            if targets and isinstance(one, BaseModel):
                yield from _reference(one, at, targets, types)
            if isinstance(one, BaseModel):
                yield from _model(one, at, types)


def _reference(
    reference: Any, where: str, allowed: Iterable[str], types: Mapping[str, str]
) -> Iterator[Problem]:
    address: str | None = reference.reference
    type: str | None = reference.type
    if address is not None and address.startswith(_URN):
        type = types.get(address)
        if type is None:
            yield Problem(where, f"no entry has the address `{address}`", "add the entry")
            return
    elif address is not None and not address.startswith("#") and not _ABSOLUTE.match(address):
        type = address.partition("/")[0]
    elif address is None and reference.identifier is None and reference.display is None:
        yield Problem(where, "a reference that points at nothing", "say who or what is meant")
    if type is not None and "Resource" not in allowed and type not in allowed:
        yield Problem(where, f"a {type} cannot stand here", f"use {' or '.join(allowed)}")
