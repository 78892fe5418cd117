"""The small parts that every resource we write is made of: text, identifiers, references, times.

All are plain JSON values in the order of the specification. What came from a person or a
directory goes through `plain`, and through `markdown` where a viewer reads Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from peer_match.fhir.code_systems import BASE, URI_SYSTEM

Json = dict[str, Any]

FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What may stand after the slash of a reference."""

RESTRICTED: Json = {
    "security": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
            "code": "R",
            "display": "restricted",
        }
    ]
}
"""The `meta` of all that we write: that a person and a recovery group belong together is
protected, even where the group is public."""

_URN = re.compile(r"urn:(uuid:[0-9A-Za-z\-.]{1,64}|oid:[0-9.]{1,64})", re.IGNORECASE)
# Characters that no XML document may hold, hence no narrative and no FHIR string.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What Markdown reads as markup anywhere, as a bare link, and at the start of a line.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&~|]|(?<=[a-z]):(?=//)|(?<=www)\.|^[#+=-])", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
_FURTHEST_OFFSET = timedelta(hours=14)  # of a time zone, in FHIR's dateTime


def plain(text: str) -> str:
    """Text with single spaces and without characters that FHIR cannot carry; may be empty."""
    return " ".join(_NOT_IN_XML.sub(" ", text).split())


def markdown(text: str) -> str:
    """Text that a Markdown viewer shows as it stands: no link, no heading, no HTML."""
    return _LIST_NUMBER.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", plain(text)))


def present(elements: Mapping[str, Any]) -> Json:
    """The elements that have something to say: FHIR knows no empty value."""
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def texts(values: Iterable[str]) -> list[str]:
    """Each text made plain, without those that then say nothing."""
    return [text for text in map(plain, values) if text]


def identifier(kind: str, value: str) -> Json:
    """An identifier in a system of ours. A value that is not plain text is percent-encoded."""
    safe = value if value and value == plain(value) else quote(value or " ", safe="")
    return {"system": f"{BASE}:{kind}", "value": safe}


def identifier_of_person(id: str) -> Json:
    """An identifier of somebody whose record has no id on a server: its URN as it was sent, which
    the sender can find again, or one in a system of ours."""
    if _URN.fullmatch(id):
        return {"system": URI_SYSTEM, "value": id}
    return identifier("patient", id)


def elsewhere(type: str, kind: str, value: str, display: str | None = None) -> Json:
    """A reference by identifier to something that is not in the bundle and has no known address."""
    return present(
        {"type": type, "identifier": identifier(kind, value), "display": plain(display or "")}
    )


def inside(id: str) -> Json:
    """A reference to another entry of the same bundle, which the server makes its own."""
    return {"reference": full_url(id)}


def full_url(id: str) -> str:
    """The address of an entry within its bundle. `id` is a UUID."""
    return f"urn:uuid:{id}"


def coded(system: str, code: str, display: str | None = None, text: str | None = None) -> Json:
    """A concept of one coding, with its words."""
    coding = present({"system": system, "code": code, "display": plain(display or "")})
    return present({"coding": [coding], "text": plain(text or "")})


def moment(text: str) -> str:
    """A moment as FHIR writes it. Offsets that FHIR has no way to write are turned to UTC."""
    when = datetime.fromisoformat(text)
    offset = when.utcoffset()
    if offset is None:
        raise ValueError(f"`{text}` has no offset")
    if abs(offset) > _FURTHEST_OFFSET or offset % timedelta(minutes=1):
        when = when.astimezone(UTC)
    return when.isoformat()
