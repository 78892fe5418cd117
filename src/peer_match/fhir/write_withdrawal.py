"""A call that nobody needs to answer any more: the same resource, taken back.

R4 lets a Task be `cancelled` and a Communication be `stopped`, each with a reason. Only the state,
the reason and the moment change: whoever has it open sees which call it was.
"""

from __future__ import annotations

from datetime import datetime

from peer_match.fhir.write_elements import Json, moment, plain
from peer_match.fhir.write_transaction import checked_alone

_TAKEN_BACK = {"Task": "cancelled", "Communication": "stopped"}


def withdrawn(resource: Json, why: str, now: datetime) -> Json:
    """A Task or a Communication as it was sent, taken back for a reason in words.

    Raises KeyError for any other type; RuntimeError when what was written is not valid, which is a
    fault of this program.
    """
    type = resource["resourceType"]
    changed: Json = {"status": _TAKEN_BACK[type], "statusReason": {"text": plain(why)}}
    if type == "Task":
        changed["lastModified"] = moment(now.isoformat())
    return checked_alone({**resource, **changed})
