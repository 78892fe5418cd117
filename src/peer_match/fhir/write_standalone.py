"""The resources of a transaction one by one, for a server that is given them one at a time.

Inside a transaction resources refer to each other by the addresses of its entries. On their own
they refer by business identifier, which a receiver can look up whenever the other one arrives.
"""

from __future__ import annotations

from typing import Any, cast

from peer_match.fhir.write_elements import Json


def standalone(bundle: Json) -> tuple[Json, ...]:
    """The resources of a transaction in its order, Provenance left out: it says of all of them how
    they came to be, by addresses that only the transaction has.
    """
    entries: list[Json] = bundle.get("entry", [])
    named = {
        entry["fullUrl"]: _by_identifier(entry["resource"])
        for entry in entries
        if "identifier" in entry["resource"]
    }
    return tuple(
        cast("Json", _rewritten(entry["resource"], named))
        for entry in entries
        if "identifier" in entry["resource"]
    )


def business_key(resource: Json) -> str:
    """What a receiver knows a resource by: its type and its first business identifier."""
    identifier = resource["identifier"][0]
    return f"{resource['resourceType']}|{identifier['system']}|{identifier['value']}"


def _by_identifier(resource: Json) -> Json:
    return {"type": resource["resourceType"], "identifier": resource["identifier"][0]}


def _rewritten(value: Any, named: dict[str, Json]) -> Any:
    if isinstance(value, list):
        return [_rewritten(one, named) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    found = cast("Json", value)
    target = named.get(found.get("reference", ""))
    if target is not None:
        return {key: one for key, one in found.items() if key != "reference"} | target
    return {key: _rewritten(one, named) for key, one in found.items()}
