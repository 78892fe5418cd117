"""Ending a ladder: what was asked of the others is taken back, in the transaction that ends it.

Somebody has taken an escalation on, somebody has closed it, or it has become more severe and its
ladder begins again. In each case calls stand at the receiver that nobody needs to answer any more:
a colleague who still sees one would go to a person who is being seen to, and would trust the next
one less. Each is sent once more as `cancelled`; what somebody has acted on meanwhile is left alone
(`create_once`).
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from peer_match.delivery.ladders import call_key
from peer_match.facts.patient import Person
from peer_match.fhir.write_concern import escalation_identifier
from peer_match.fhir.write_elements import Json
from peer_match.fhir.write_withdrawal import withdrawn
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Outgoing
from peer_match.records.store import UnitOfWork

ANSWERED = "Somebody else has taken this on."
CLOSED = "The escalation was closed."
MORE_SEVERE = "It has become more severe, and others are called."
TAKEN_BACK = "taken-back"
"""What is added to the key of a call for the row that takes it back."""


def acknowledge(work: UnitOfWork, id: str, by: Person, through: str | None = None) -> bool:
    """Say that a named person has an escalation in hand, and take the other calls back.

    `through` is the key of the Task by which they took it on; None where they said so otherwise:
    then the Task of the step that is out stays, for it is theirs to finish. False if somebody had
    it already. Raises RecordsError as `UnitOfWork.acknowledge`.
    """
    known = work.escalation(id)
    if not work.acknowledge(id, by):
        return False
    _take_back(work, known, ANSWERED, through or call_key(known, known.step))
    return True


def close(work: UnitOfWork, id: str, by: Person, reason: str) -> bool:
    """End an escalation for a reason, and take back every call that nobody has acted on.

    False if the same person had done so for the same. Raises RecordsError as `UnitOfWork.close`.
    """
    known = work.escalation(id)
    if not work.close(id, by, reason):
        return False
    _take_back(work, known, CLOSED)
    return True


def begin_again(work: UnitOfWork, known: StoredEscalation) -> None:
    """Take back the calls of the ladders before this one. To be done before its own are sent."""
    _take_back(work, known, MORE_SEVERE)


def was_taken_back(work: UnitOfWork, key: str, subject: str) -> bool:
    """Whether this program has taken a call back itself."""
    wanted = f"{key}|{TAKEN_BACK}"
    return any(one.key == wanted for one in work.sendings(subject, wanted))


def _take_back(
    work: UnitOfWork, known: StoredEscalation, why: str, kept: str | None = None
) -> None:
    work.send(_rows(work, known, why, kept), known.subject)


def _rows(
    work: UnitOfWork, known: StoredEscalation, why: str, kept: str | None
) -> Iterator[Outgoing]:
    mine = escalation_identifier(known.id)
    for type in ("Task", "Communication"):
        for row in work.sendings(known.subject, f"{type}|"):
            resource: Json = orjson.loads(row.body)
            is_over = row.key.endswith(TAKEN_BACK) or not _is_of(resource, mine)
            if is_over or (kept is not None and kept in (row.key, _call_told_of(resource))):
                continue
            body = orjson.dumps(withdrawn(resource, why, work.now)).decode()
            yield Outgoing(f"{row.key}|{TAKEN_BACK}", row.subject, body)


def _call_told_of(communication: Json) -> str | None:
    """The key of the Task that a Communication tells of."""
    for one in communication.get("about", ()):
        return f"{one['type']}|{one['identifier']['system']}|{one['identifier']['value']}"
    return None


def _is_of(resource: Json, escalation: Json) -> bool:
    named = (resource.get("groupIdentifier"), *resource.get("identifier", ()))
    return escalation in named
