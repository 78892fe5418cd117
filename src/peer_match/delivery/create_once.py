"""A resource comes to be at a server once, however often it is sent.

1. Where the server creates on a condition (`If-None-Exist`), it looks for the business identifier
   and creates in one. Elsewhere the identifier is looked for first.
2. Where the resource is there already, it is left alone, unless nobody has acted on it yet and ours
   goes further or says another time or priority: then it is updated, against the version that was
   read (`If-Match`). So a draft becomes a request, what nobody has taken on can be taken back, and
   what somebody has accepted is never requested again.
3. Where somebody came in between (409, 412), it is looked for once more.
"""

from __future__ import annotations

from datetime import datetime

from peer_match.delivery.answers import object_at, objects, part
from peer_match.delivery.capabilities import TypeCapabilities
from peer_match.delivery.client import FhirClient, Stored
from peer_match.delivery.exchange import Json
from peer_match.delivery.failures import ConflictError, PermanentError, TemporaryError
from peer_match.delivery.identifiers import BusinessIdentifier, business_identifier

UNTOUCHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "Task": ("status", ("draft", "requested", "received", "ready")),
    "ServiceRequest": ("status", ("draft", "active")),
    "Communication": ("status", ("preparation", "in-progress")),
    "DocumentReference": ("docStatus", ("preliminary", "final")),
}
"""For each type the element and the codes, in their order, while nobody has acted on a resource.

Every other type is created and never changed: a flag that somebody took down stays down."""

# What the server adds or keeps for itself.
_OF_THE_SERVER = ("versionId", "lastUpdated")
_ANSWERS = "the server neither showed the resource that it has nor searches by identifier"


def create_once(client: FhirClient, resource: Json, can: TypeCapabilities) -> Stored:
    """See to it that the server has the resource; gives it as it is there.

    Raises PermanentError where it has no business identifier or where `can` does not allow for it
    to be sent twice; otherwise what the client raises.
    """
    identifier = business_identifier(resource)
    if identifier is None:
        raise PermanentError("the resource has no business identifier")
    if not can.creates_once:
        raise PermanentError("the server would create the resource again each time it is sent")
    try:
        return _placed(client, resource, identifier, can)
    except ConflictError:
        # Looked for and not simply sent again: by now there may be one that somebody else made.
        found = _find(client, resource, identifier, can)
        if found is None:
            raise
        return _renewed(client, resource, found, can)


def _placed(
    client: FhirClient, resource: Json, identifier: BusinessIdentifier, can: TypeCapabilities
) -> Stored:
    if not can.conditional_create:
        found = client.find(resource["resourceType"], identifier)
        if found is not None:
            return _renewed(client, resource, found, can)
    condition = identifier if can.conditional_create else None
    made = client.create(resource, condition)
    if made.is_new and made.stored is not None:
        return made.stored
    there = made.stored or _find(client, resource, identifier, can)
    if there is None:
        raise TemporaryError("the server says that it has the resource and does not find it")
    return _renewed(client, resource, there, can)


def _find(
    client: FhirClient, resource: Json, identifier: BusinessIdentifier, can: TypeCapabilities
) -> Stored | None:
    if not can.finds_identifier:
        raise TemporaryError(_ANSWERS)
    return client.find(resource["resourceType"], identifier)


def _renewed(client: FhirClient, resource: Json, there: Stored, can: TypeCapabilities) -> Stored:
    content = there.content or {}
    if not _is_to_be_renewed(resource, content):
        return there
    if not can.update:
        raise PermanentError("the server has an earlier state of the resource and takes no updates")
    if there.version is None:
        raise PermanentError("the server has an earlier state of the resource without a version")
    return client.update(_merged(content, resource), there.id, there.version)


def _is_to_be_renewed(ours: Json, theirs: Json) -> bool:
    """Whether nobody has acted on what is there, and ours says more than it."""
    if ours["resourceType"] not in UNTOUCHED:
        return False
    element, states = UNTOUCHED[ours["resourceType"]]
    if theirs.get(element) not in states:
        return False
    reached = states.index(theirs[element])
    after = states.index(ours[element]) if ours.get(element) in states else len(states)
    return after > reached or (after == reached and _telling(ours) != _telling(theirs))


def _telling(resource: Json) -> tuple[object, ...]:
    """What somebody must be told of when it changes. Servers write the rest in their own way."""
    payload = [part.get("contentString") for part in objects(resource.get("payload"))]
    return resource.get("priority"), due(resource), payload


def due(resource: Json) -> datetime | None:
    """By when a resource asks for something; None where it says no such time."""
    path = {
        "Task": ("restriction", "period", "end"),
        "ServiceRequest": ("occurrencePeriod", "end"),
        "DocumentReference": ("context", "period", "end"),
    }.get(resource["resourceType"], ())
    value = part(resource, *path) if path else None
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _merged(theirs: Json, ours: Json) -> Json:
    """Ours, with what the server has and we say nothing of, such as identifiers of its own."""
    known = list(objects(ours.get("identifier")))
    added = [one for one in objects(theirs.get("identifier")) if one not in known]
    meta = {
        name: value
        for name, value in ({**object_at(theirs, "meta"), **object_at(ours, "meta")}).items()
        if name not in _OF_THE_SERVER
    }
    # The words of the earlier state no longer fit.
    kept = {name: value for name, value in theirs.items() if name != "text"}
    merged = {**kept, **ours, "identifier": [*known, *added]}
    return {**merged, "meta": meta} if meta else {n: v for n, v in merged.items() if n != "meta"}
