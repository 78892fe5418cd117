"""What the answers of a FHIR server mean: done, later, or never."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast

from peer_match.delivery.exchange import Answer
from peer_match.delivery.failures import (
    ConflictError,
    GoneError,
    PermanentError,
    SendingError,
    TemporaryError,
)

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TIMED_OUT = 401, 403, 404, 408
_CONFLICT, _GONE, _FAILED_CONDITION = 409, 410, 412
_TOO_EARLY, _TOO_MANY, _UNAVAILABLE = 425, 429, 503
_LONGEST_REST = timedelta(days=1)
_CODES_AT_MOST = 5

# https://hl7.org/fhir/R4/valueset-issue-type.html. Any other word may have come out of a resource.
_ISSUE_TYPES = re.compile(
    "invalid|structure|required|value|invariant|security|login|unknown|expired|forbidden|suppressed"
    "|processing|not-supported|duplicate|multiple-matches|not-found|deleted|too-long|code-invalid"
    "|extension|too-costly|business-rule|conflict|transient|lock-error|no-store|exception|timeout"
    "|incomplete|throttled|informational"
)
_LOCATION = re.compile(
    r"(?:^|/)(?P<type>[A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?/?$"
)
_ETAG = re.compile(r'(?:W/)?"(?P<version>[A-Za-z0-9\-.]{1,64})"')


def is_success(answer: Answer) -> bool:
    """Whether the server has done what it was asked."""
    return 200 <= answer.status < 300


def is_about_the_token(answer: Answer) -> bool:
    """Whether another token may make a difference."""
    return answer.status in (_UNAUTHORIZED, _FORBIDDEN)


def refusal(answer: Answer) -> SendingError:
    """The error that an answer stands for which is no success."""
    status = answer.status
    words = ", ".join(outcome_codes(answer))
    code = f"the server answered {status} ({words})" if words else f"the server answered {status}"
    if status in (_CONFLICT, _FAILED_CONDITION):
        return ConflictError(code)
    if status >= 500 or status in (_TIMED_OUT, _TOO_EARLY, _TOO_MANY):
        # These speak of the server's state, other failures often of the one resource.
        is_busy = status in (_TOO_MANY, _UNAVAILABLE)
        return TemporaryError(code, after=rest_asked_for(answer), ends_round=is_busy)
    if status == _GONE:
        return GoneError(code)
    if status < 400 or status == _UNAUTHORIZED:
        # The server has moved or knows this program no more. That can be mended, and every row
        # meets it: buried, they would all be lost one by one before anybody has looked.
        return TemporaryError(code, ends_round=True)
    return PermanentError(code, ends_round=is_about_the_token(answer))


def outcome_codes(answer: Answer) -> tuple[str, ...]:
    """The types of the issues in an OperationOutcome, each once; its words may quote a person."""
    outcome = answer.json() or {}
    if outcome.get("resourceType") != "OperationOutcome":
        return ()
    issues = (issue.get("code") for issue in objects(outcome.get("issue")))
    known = (code for code in issues if isinstance(code, str) and _ISSUE_TYPES.fullmatch(code))
    return tuple(dict.fromkeys(known))[:_CODES_AT_MOST]


def rest_asked_for(answer: Answer) -> timedelta | None:
    """What `Retry-After` asks for, in seconds or as a date; None where it says nothing usable."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        # Cut before it is a number: a span cannot hold every number of seconds.
        return min(timedelta(seconds=int(said[:9])), _LONGEST_REST)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta(0)), _LONGEST_REST)


def located(answer: Answer, type: str) -> tuple[str, str | None] | None:
    """The id and version in `Location`, if it names a resource of this type. The address itself is
    never called: it could lead anywhere."""
    for header in ("location", "content-location"):
        found = _LOCATION.search(answer.headers.get(header, ""))
        if found is not None and found["type"] == type:
            return found["id"], found["version"] or version_of(answer)
    return None


def version_of(answer: Answer) -> str | None:
    """The version in `ETag`."""
    found = _ETAG.fullmatch(answer.headers.get("etag", "").strip())
    return None if found is None else found["version"]


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects in a list; nothing where it is no list."""
    if isinstance(value, list):
        for one in cast("list[object]", value):
            if isinstance(one, dict):
                yield cast("dict[str, Any]", one)


def part(value: object, *path: str) -> object:
    """What lies at a path of names within objects; None where there is nothing."""
    for name in path:
        value = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    return value


def object_at(value: object, *path: str) -> dict[str, Any]:
    """The object at a path of names; an empty one where there is none."""
    found = part(value, *path)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
