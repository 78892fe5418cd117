"""The id of a person as files name them: by itself, or as FHIR refers to them."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    r"(?:.*/)?(?:Patient|Person|RelatedPerson|Practitioner)/"
    r"(?P<id>[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?"
)


def person_id(written: str) -> str:
    """`p1` for `p1`, `Patient/p1`, `https://ehr.example.org/Patient/p1` and for a version of it.

    Space around it is no part of it. Nothing else is taken for another id: ids are case-sensitive.
    """
    text = written.strip()
    found = _REFERENCE.fullmatch(text)
    return text if found is None else found["id"]
