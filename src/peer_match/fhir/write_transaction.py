"""How resources go out: as entries of a transaction or alone, and never without the check."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.fhir.write_check import check
from peer_match.fhir.write_elements import Json, full_url, present

STILL_OPEN = {
    "Task": "&status=draft,requested,received,accepted,ready,in-progress,on-hold",
    "ServiceRequest": "&status=draft,active,on-hold",
}
"""The states in which somebody can still act, as a search parameter."""


def created_once(resource: Json, among: str = "") -> Json:
    """An entry that is created unless its business identifier is there already.

    `among` narrows where it is looked for, as a search parameter such as those of `STILL_OPEN`.
    """
    known = resource["identifier"][0]
    return _entry(
        resource,
        {
            "method": "POST",
            "url": resource["resourceType"],
            "ifNoneExist": f"identifier={known['system']}|{known['value']}{among}",
        },
    )


def put(resource: Json) -> Json:
    """An entry whose id follows from its content, so it is put where it may lie already."""
    url = f"{resource['resourceType']}/{resource['id']}"
    return _entry(resource, {"method": "PUT", "url": url})


def transaction(entries: Iterable[Json]) -> Json:
    """The transaction of some entries; without `entry` where there are none, as FHIR wants it."""
    return present({"resourceType": "Bundle", "type": "transaction", "entry": [*entries]})


def checked(bundle: Json) -> Json:
    """A bundle as it is. Raises RuntimeError with every problem when it is not valid."""
    problems = check(bundle)
    if problems:
        raise RuntimeError("\n".join(str(problem) for problem in problems))
    return bundle


def checked_alone(resource: Json) -> Json:
    """A resource that goes out by itself, as it is. Raises RuntimeError when it is not valid."""
    entry = {"fullUrl": full_url(resource["id"]), "resource": resource}
    checked({"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    return resource


def _entry(resource: Json, request: Json) -> Json:
    return {"fullUrl": full_url(resource["id"]), "resource": resource, "request": request}
