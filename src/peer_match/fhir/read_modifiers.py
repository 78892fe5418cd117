"""What may change the meaning of a whole resource without standing where a reader looks.

R4 lets any part of a resource carry a `modifierExtension`, and a resource `implicitRules`: who
does not understand them must not use what they modify. A server may also send a resource from
which it has left parts out.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from peer_match.fhir.read_element import Element
from peer_match.fhir.read_notes import NoteKind

# Tags and labels by which a server says that parts of a resource were left out or altered.
_SHORTENED = frozenset({"SUBSETTED", "REDACTED", "MASKED", "ABSTRED", "AGGRED", "ANONYED"})
# Narrative is for people; what is contained is a resource of its own.
_APART = frozenset({"contained", "text"})


class Modifier(NamedTuple):
    """Where something modifies a resource, and what it is."""

    path: str
    what: str


def modifier_in(resource: Element) -> Modifier | None:
    """The first thing that may change the meaning of a resource, or None."""
    if resource["implicitRules"]:
        return Modifier(resource["implicitRules"].path, "`implicitRules`")
    if (path := _extension_in(resource)) is not None:
        return Modifier(path, "a `modifierExtension`")
    for name in ("tag", "security"):
        for label in resource["meta"][name].items():
            if label["code"].text() in _SHORTENED:
                return Modifier(label.path, "a label that says that parts were left out")
    return None


def is_modified(resource: Element) -> bool:
    """Whether something may change the meaning of a resource, with a note where it does."""
    if (modifier := modifier_in(resource)) is None:
        return False
    resource.notes.add(
        NoteKind.DOUBTFUL,
        modifier.path,
        f"a resource with {modifier.what}, which is not read, is not relied on",
        "send it without that, or ask the person",
    )
    return True


def _extension_in(element: Element) -> str | None:
    """The path of a `modifierExtension` at any depth."""
    waiting: list[tuple[Any, str, bool]] = [(element.value, element.path, True)]
    while waiting:
        value, path, outermost = waiting.pop()
        if isinstance(value, list):
            listed = cast("list[Any]", value)
            waiting.extend((one, f"{path}[{number}]", False) for number, one in enumerate(listed))
        elif isinstance(value, dict):
            for name, child in cast("dict[str, Any]", value).items():
                if outermost and name in _APART:
                    continue
                if name == "modifierExtension" and child not in (None, []):
                    return f"{path}.{name}"
                waiting.append((child, f"{path}.{name}", False))
    return None
