"""What to send to a server that cannot take a resource as it is.

A Task becomes a ServiceRequest, a Communication or a DocumentReference, the first that the server
can take. Anything else becomes a DocumentReference, which holds the whole resource. What stands for
another says so in a note, and names what it could not carry. Where nothing can be taken, that is
refused with the reasons, so that a person sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peer_match.delivery.capabilities import Capabilities
from peer_match.delivery.exchange import Json
from peer_match.delivery.stand_ins import (
    communication,
    document_reference,
    service_request,
)

_STAND_INS_OF_TASK: tuple[tuple[str, Callable[[Json], Json | None]], ...] = (
    ("ServiceRequest", service_request),
    ("Communication", communication),
    ("DocumentReference", document_reference),
)
_STAND_INS = (("DocumentReference", document_reference),)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A type that could not be used, and why, in words that tell nothing of anybody."""

    type: str
    reason: str

    def __str__(self) -> str:
        return f"{self.type}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ToSend:
    """The resource to send: as it was where `passed_over` is empty, else what stands for it."""

    resource: Json
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing that the server takes can stand for the resource."""

    passed_over: tuple[PassedOver, ...]

    def __str__(self) -> str:
        return "the server takes none of these: " + "; ".join(map(str, self.passed_over))


def step_down(resource: Json, capabilities: Capabilities) -> ToSend | Refused:
    """What to send to a server with these capabilities."""
    type: str = resource["resourceType"]
    reason = _cannot(type, capabilities)
    if reason is None:
        return ToSend(resource)
    passed_over = [PassedOver(type, reason)]
    for stand_in, write in _STAND_INS_OF_TASK if type == "Task" else _STAND_INS:
        if stand_in == type:
            continue
        reason = _cannot(stand_in, capabilities)
        written = write(resource) if reason is None else None
        if written is not None:
            return ToSend(written, tuple(passed_over))
        no_subject = "it cannot be about whom the resource is about"
        passed_over.append(PassedOver(stand_in, reason or no_subject))
    return Refused(tuple(passed_over))


def _cannot(type: str, capabilities: Capabilities) -> str | None:
    """Why the server cannot take resources of a type; None where it can."""
    can = capabilities.of(type)
    if not can.create:
        return "the server does not create it"
    if not can.creates_once:
        return "the server would create it again each time it is sent"
    return None
