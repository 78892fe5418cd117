"""Whether a part of a resource has the shape that R4 gives it, for readers that allow no doubt.

Other readers take what they understand and note the rest. Where the rest may turn the meaning
round, as in a consent, everything that is not as it should be counts: a child that R4 does not
have, a value of another kind, a gap in a list, and a value that is there only as an extension.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from peer_match.facts.provenance import PartialDate
from peer_match.fhir.read_element import ABSENT_REASON

Children = Mapping[str, str]
"""The children of a type, each with its own type; `*` after a type makes it a list."""

COMMON: Mapping[str, Children] = {
    "CodeableConcept": {"coding": "Coding*", "text": "text"},
    "Coding": {
        "system": "text",
        "version": "text",
        "code": "text",
        "display": "text",
        "userSelected": "yes or no",
    },
    "Period": {"start": "date", "end": "date"},
    "Reference": {
        "reference": "text",
        "type": "text",
        "identifier": "anything",
        "display": "text",
    },
}
"""Types that many resources use."""

_PRIMITIVES = frozenset({"text", "yes or no", "date"})
# Every element may have these. Extensions may be ignored; modifiers are looked for elsewhere.
_EVERYWHERE = frozenset({"id", "extension", "modifierExtension"})


class Fault(NamedTuple):
    """Something that is not as R4 has it: where, and what was expected there."""

    path: str
    expected: str


class _Place(NamedTuple):
    value: Any
    path: str
    type: str


def faults(
    value: Any, path: str, type: str, types: Mapping[str, Children] = COMMON
) -> Iterator[Fault]:
    """Every fault in a value of this type, in no order that matters. An absent value has none."""
    waiting = [_Place(value, path, type)]
    while waiting:
        place = waiting.pop()
        found: object = place.value
        if found is None or place.type == "anything":
            continue
        if place.type.endswith("*"):
            waiting.extend(_listed(place))
            if not isinstance(found, list):
                yield Fault(place.path, "a list")
        elif place.type in _PRIMITIVES:
            if not _is_primitive(found, place.type):
                yield Fault(place.path, _EXPECTED[place.type])
        elif not isinstance(found, dict):
            yield Fault(place.path, "an object")
        else:
            children = cast("dict[str, Any]", found)
            yield from _strange(children, place.path, types[place.type])
            waiting.extend(
                _Place(children.get(name), f"{place.path}.{name}", kind)
                for name, kind in types[place.type].items()
            )


def _listed(place: _Place) -> Iterator[_Place]:
    found: object = place.value
    if isinstance(found, list):
        kind = place.type.removesuffix("*")
        for number, one in enumerate(cast("list[Any]", found)):
            # A gap stands for something that nobody can see.
            yield _Place("" if one is None else one, f"{place.path}[{number}]", kind)


def _strange(found: dict[str, Any], path: str, known: Children) -> Iterator[Fault]:
    """Children that R4 does not have here, and values that are there as an extension alone."""
    for name, value in found.items():
        bare = name.removeprefix("_")
        if value is None or bare in _EVERYWHERE:
            continue
        if bare not in known:
            yield Fault(f"{path}.{name}", "no such element")
        elif name != bare and (found.get(bare) is None or _says_absent(value)):
            yield Fault(f"{path}.{bare}", "a value, not only an extension")


def _says_absent(extended: Any) -> bool:
    """Whether the extensions of a value say that it is not there."""
    if not isinstance(extended, dict):
        return True
    listed = cast("dict[str, Any]", extended).get("extension")
    if listed is None:
        return False
    if not isinstance(listed, list):
        return True
    return any(
        not isinstance(one, dict) or cast("dict[str, Any]", one).get("url") == ABSENT_REASON
        for one in cast("list[Any]", listed)
    )


_EXPECTED = {
    "text": "text",
    "yes or no": "true or false",
    "date": "a date such as 2026, 2026-03 or 2026-03-01T09:00:00Z",
}


def _is_primitive(value: Any, type: str) -> bool:
    if type == "yes or no":
        return isinstance(value, bool)
    if not isinstance(value, str) or not value.strip():
        return False
    if type == "date":
        try:
            PartialDate(value.strip())
        except ValueError:
            return False
    return True
