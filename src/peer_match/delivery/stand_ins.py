"""Resources that stand for another one (R4), with its business identifier, subject, due time and
priority.

- ServiceRequest: everything has an element of its own, but its subject cannot be anybody: see
  `_REQUESTED_FOR`.
- Communication: it has no due time, so the message says it; a subject of another type is what the
  message is `about`.
- DocumentReference: holds the resource itself as an attachment, and before it, for people, the same
  in plain text. Nothing is lost, but nobody is asked for anything.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime

import orjson

from peer_match.delivery.answers import object_at, objects, part
from peer_match.delivery.exchange import Json
from peer_match.fhir.write_elements import markdown, plain, present

_AS_SERVICE_REQUEST = {"draft": "draft", "on-hold": "on-hold", "completed": "completed"} | {
    "entered-in-error": "entered-in-error",
    **dict.fromkeys(("rejected", "cancelled", "failed"), "revoked"),
}
_AS_COMMUNICATION = {"draft": "preparation", "on-hold": "on-hold", "completed": "completed"} | {
    "entered-in-error": "entered-in-error",
    **dict.fromkeys(("rejected", "cancelled", "failed"), "stopped"),
}
_TAKEN_BACK = ("cancelled", "stopped")
_AS_DOCUMENT = {
    "entered-in-error": "entered-in-error",
    **dict.fromkeys(_TAKEN_BACK, "superseded"),
}
_PREPARED = ("draft", "preparation")

# Of whom or what R4 lets a resource be the subject.
_REQUESTED_FOR = ("Patient", "Group", "Location", "Device")
_TOLD_ABOUT = ("Patient", "Group")
_DOCUMENTED = ("Patient", "Practitioner", "Group", "Device")

_EVERYWHERE = frozenset({"resourceType", "id", "meta", "text", "identifier", "status", "intent"})
_CARRIED = _EVERYWHERE | {
    *("groupIdentifier", "priority", "code", "description", "for", "executionPeriod", "authoredOn"),
    *("requester", "performerType", "owner", "reasonCode", "reasonReference", "restriction"),
    *("basedOn", "partOf", "focus", "note"),
}


def service_request(task: Json) -> Json | None:
    """The ServiceRequest for a Task; None where it cannot be for whom the task is for."""
    subject = object_at(task, "for")
    if _type_of(subject) not in _REQUESTED_FOR:
        return None
    owner = object_at(task, "owner")
    said = [*_descriptions(task), _note_on(task, "ServiceRequest")]
    return present(
        {
            **_of_both(task, "ServiceRequest"),
            "requisition": task.get("groupIdentifier"),
            "status": _AS_SERVICE_REQUEST.get(_status(task), "active"),
            "intent": "order" if task.get("intent") == "unknown" else task.get("intent", "order"),
            "priority": task.get("priority"),
            "code": task.get("code"),
            "subject": subject,
            "occurrencePeriod": present({"start": _begins(task), "end": due_words(task)}),
            "authoredOn": task.get("authoredOn"),
            "requester": task.get("requester"),
            "performerType": next(objects(task.get("performerType")), None),
            "performer": [owner] if owner else [],
            "reasonCode": _reasons(task),
            # What R4 lets a request rest on is narrower than what a task may refer to.
            "supportingInfo": list(_references(task)),
            "note": [*({"text": markdown(text)} for text in said), *objects(task.get("note"))],
        }
    )


def communication(task: Json) -> Json:
    """The Communication for a Task: to its owner, or to whoever has the role."""
    subject = object_at(task, "for")
    is_subject = _type_of(subject) in _TOLD_ABOUT
    about = [] if is_subject or not subject else [subject]
    group = object_at(task, "groupIdentifier")
    lines = _lines(task)
    return present(
        {
            **_of_both(task, "Communication"),
            "identifier": [*objects(task.get("identifier")), *([group] if group else [])],
            "status": _AS_COMMUNICATION.get(_status(task), "in-progress"),
            "priority": task.get("priority"),
            "subject": subject if is_subject else None,
            "topic": task.get("code"),
            "about": [*about, *_references(task)],
            "recipient": list(_recipients(task)),
            "sender": task.get("requester"),
            "reasonCode": _reasons(task),
            "payload": [{"contentString": line} for line in lines],
            "note": [
                {"text": markdown(_note_on(task, "Communication"))},
                *objects(task.get("note")),
            ],
        }
    )


def document_reference(resource: Json) -> Json:
    """The DocumentReference that holds a resource of any type."""
    subject = object_at(resource, "for") or object_at(resource, "subject")
    is_subject = _type_of(subject) in _DOCUMENTED
    note = _note_on(resource, "DocumentReference")
    author = object_at(resource, "requester") or object_at(resource, "author")
    related = [*([] if is_subject or not subject else [subject]), *_references(resource)]
    readable = "\n".join([*_lines(resource), note])
    context = {
        "period": present({"start": _begins(resource), "end": due_words(resource)}),
        "related": related,
    }
    status = _status(resource)
    return present(
        {
            **_of_both(resource, "DocumentReference"),
            "status": _AS_DOCUMENT.get(status, "current"),
            # Not the state of what it holds: it tells a receiver that the document says more.
            "docStatus": "preliminary"
            if status in _PREPARED
            else "amended"
            if _is_taken_back(resource)
            else "final",
            "type": object_at(resource, "code") or {"text": resource["resourceType"]},
            "subject": subject if is_subject else None,
            "date": _instant(resource),
            "author": [author] if author else [],
            "description": note,
            "securityLabel": [{"coding": [one]} for one in objects(_labels(resource))],
            "content": [
                {"attachment": _attachment("text/plain; charset=utf-8", readable.encode())},
                {"attachment": _attachment("application/fhir+json", orjson.dumps(resource))},
            ],
            "context": present(context),
        }
    )


def due_words(resource: Json) -> str | None:
    """By when something is asked for, as the resource says it."""
    found = part(resource, "restriction", "period", "end")
    found = found or part(resource, "occurrencePeriod", "end")
    return found if isinstance(found, str) else None


# --- the parts ---------------------------------------------------------------------------------


def _of_both(resource: Json, type: str) -> Json:
    """What every resource has. The id is left out: each type counts for itself."""
    return {
        "resourceType": type,
        "meta": present({"security": list(objects(_labels(resource)))}),
        "identifier": list(objects(resource.get("identifier"))),
    }


def _labels(resource: Json) -> object:
    return part(resource, "meta", "security")


def _note_on(resource: Json, stand_in: str) -> str:
    """Words that say what stands for what, and what was lost by that."""
    original: str = resource["resourceType"]
    said = f"The receiving system takes no {original}; this {stand_in} stands for one."
    if stand_in == "DocumentReference":
        return f"{said} Nobody is asked for anything by it. The {original} is attached."
    lost = sorted(name for name in resource if name not in _CARRIED)
    return f"{said} Not carried over: {', '.join(lost)}." if lost else said


def _lines(resource: Json) -> list[str]:
    """What a person has to know, a line each."""
    due, priority = due_words(resource), resource.get("priority")
    asked = [_words(one) for one in objects(resource.get("performerType"))]
    owner = plain(str(object_at(resource, "owner").get("display", "")))
    over = _words(object_at(resource, "statusReason")) if _is_taken_back(resource) else ""
    said = [
        *(_labelled("Taken back", over)),
        *_descriptions(resource),
        *(_labelled("To", owner or ", ".join(filter(None, asked)))),
        *(_labelled("Due", due or "")),
        *(_labelled("Priority", str(priority or ""))),
        *(_labelled("Because of", "; ".join(filter(None, map(_words, _reasons(resource)))))),
    ]
    return said or [resource["resourceType"]]


def _is_taken_back(resource: Json) -> bool:
    return _status(resource) in _TAKEN_BACK


def _labelled(label: str, text: str) -> Iterator[str]:
    if text:
        yield f"{label}: {text}"


def _descriptions(resource: Json) -> list[str]:
    said = plain(str(resource.get("description", ""))) or _words(object_at(resource, "code"))
    return [said] if said else []


def _words(concept: Json) -> str:
    """A concept in words: its own, or those of its first coding that has any."""
    displays = (str(one.get("display", "")) for one in objects(concept.get("coding")))
    return plain(str(concept.get("text", ""))) or plain(next(filter(None, displays), ""))


def _reasons(resource: Json) -> list[Json]:
    """The reasons: a Task has one, other resources have a list."""
    found: object = resource.get("reasonCode")
    return [*objects(found), *objects([found])]


def _recipients(task: Json) -> Iterator[Json]:
    owner = object_at(task, "owner")
    if owner:
        yield owner
        return
    for role in objects(task.get("performerType")):
        if words := _words(role):
            yield {"display": words}


def _references(resource: Json) -> Iterator[Json]:
    """What the resource refers to besides people."""
    for name in ("focus", "basedOn", "partOf", "reasonReference"):
        found: object = resource.get(name)
        yield from objects(found)
        yield from objects([found])


def _status(resource: Json) -> str:
    return str(resource.get("status", ""))


def _begins(resource: Json) -> str | None:
    found = part(resource, "executionPeriod", "start") or part(resource, "period", "start")
    return found if isinstance(found, str) else None


def _instant(resource: Json) -> str | None:
    """When it was written, to the second with an offset: a document's date can be nothing less."""
    found = resource.get("authoredOn")
    try:
        when = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        return None
    return None if when is None or when.tzinfo is None else when.isoformat()


def _type_of(reference: Json) -> str | None:
    """The type that a reference points at, as far as it says so."""
    said, address = reference.get("type"), reference.get("reference")
    if isinstance(said, str):
        return said
    if not isinstance(address, str):
        return None
    steps = address.partition("/_history/")[0].split("/")
    return steps[-2] if len(steps) > 1 else None


def _attachment(kind: str, content: bytes) -> Json:
    return {"contentType": kind, "data": base64.b64encode(content).decode("ascii")}
