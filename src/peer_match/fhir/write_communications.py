"""A communication for each attempt to deliver a step of an escalation.

R4 (https://hl7.org/fhir/R4/communication.html): `completed` says that this program's sending ended
without an error. Nobody has read anything for that: `received` is never written, since that a
person knows is said by their acknowledgement alone. The payload names the escalation and the step
and tells nothing of the person; whoever may read the task finds it through `about`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from peer_match.decide.assessment import Escalation, Step
from peer_match.decide.references import PersonRef
from peer_match.decide.version import __version__
from peer_match.facts.event import About
from peer_match.fhir.write_concern import (
    Concern,
    communication_id,
    escalation_identifier,
    is_told,
    task_id,
    who,
)
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    elsewhere,
    identifier,
    moment,
    plain,
    present,
)
from peer_match.fhir.write_people import engine_reference
from peer_match.fhir.write_transaction import checked_alone

DeliveryStatus = Literal["preparation", "in-progress", "completed", "not-done"]
"""How far an attempt has come; codes of R4's event-status."""


def communication(
    escalation: Escalation,
    step: Step,
    attempt: int,
    sent_at: datetime | None,
    *,
    status: DeliveryStatus,
    subject: PersonRef | None = None,
    about: About = "patient",
    reason: str | None = None,
    engine_version: str = __version__,
) -> Json:
    """The Communication of one attempt to deliver one step.

    `attempt` counts from 1 and is never given to two attempts of the same step, also where the step
    is repeated; the id follows from it, so an attempt that goes on is the same resource with
    another status. `sent_at` (with an offset) is None where nothing was sent. `reason` says why
    nothing was, in technical words.

    Raises ValueError for a moment without an offset and for a step that was withheld; RuntimeError
    when what was written is not valid, which is a fault of this program.
    """
    if not is_told(step):
        raise ValueError("a step that was withheld is delivered to nobody")
    id = communication_id(escalation.id, step.id, attempt)
    concern = None if subject is None else Concern(subject, about)
    written = present(
        {
            "resourceType": "Communication",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("communication", id), escalation_identifier(escalation.id)],
            "status": status,
            "statusReason": {"text": plain(reason)} if reason and plain(reason) else None,
            "priority": step.priority,
            "subject": None if concern is None else concern.subject_of_care(),
            "about": [elsewhere("Task", "task", task_id(escalation.id, step.id))],
            "sent": None if sent_at is None else moment(sent_at.isoformat()),
            "recipient": [elsewhere("PractitionerRole", "role", step.role, who(step))],
            "sender": engine_reference(engine_version),
            "payload": [{"contentString": _payload(escalation, step)}],
        }
    )
    return checked_alone(written)


def _payload(escalation: Escalation, step: Step) -> str:
    return f"Escalation {plain(escalation.id)}, step {plain(step.title) or plain(step.id)}"
