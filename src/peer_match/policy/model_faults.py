"""Pydantic's errors, brought back to the nodes they are about.

An error's location mixes keys, list indexes and labels of the alternatives of a union. This module
takes them apart by walking the node tree and the model's annotations side by side, and keeps, of a
value that fits no alternative, only the errors that its author needs to see.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence as SequenceABC
from collections.abc import Set as SetABC
from dataclasses import dataclass
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic_core import ErrorDetails

from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.scalar_types import REFUSAL

Path = tuple[str | int, ...]

_EXPECTED: Final[tuple[tuple[str, str], ...]] = (
    ("string_type", "text"),
    ("int_", "a whole number"),
    ("float_", "a number"),
    ("decimal_", "a number"),
    ("bool_", "`yes` or `no`"),
    ("datetime_", "a date and time"),
    ("date_", "a date"),
    ("time_", "a time of day"),
    ("list_type", "a list"),
    ("tuple_type", "a list"),
    ("set_type", "a list"),
    ("frozen_set_type", "a list"),
    ("iterable_type", "a list"),
    ("dict_type", "a block of keys"),
    ("mapping_type", "a block of keys"),
    ("model_type", "a block of keys"),
    ("model_attributes_type", "a block of keys"),
    ("dataclass_type", "a block of keys"),
    ("none_required", "nothing"),
)
_CHOICE_ERRORS: Final = frozenset({"literal_error", "enum", "union_tag_invalid"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One pydantic error and the node it is about.

    kind: pydantic's error type. path: keys and indexes from the root to `node`.
    unions: where alternatives were tried on the way, and the label of the one that failed.
    key: the key at fault, when it is a key and not its value. missing: the key that is not there.
    known_keys: the keys that the block may hold, when a key is unknown.
    expected: what would have been right ("a whole number"); choices: the words allowed.
    """

    kind: str
    context: MappingABC[str, Any]
    path: Path
    node: Node
    unions: tuple[tuple[Path, str], ...] = ()
    key: Scalar | None = None
    missing: str = ""
    known_keys: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def faults_of(errors: Iterable[ErrorDetails], root: Node, model: type[BaseModel]) -> list[Fault]:
    """Each error with its node, in the order given."""
    return [_fault(details, root, model) for details in errors]


def closest_reading(faults: list[Fault], level: int = 0) -> list[Fault]:
    """Of every union, the faults of the alternative that the author most likely meant.

    1. Faults outside any union at this level stay.
    2. An alternative was entered when something inside the value is at fault, not its kind. Of
       those entered, the one with the fewest faults is kept.
    3. When none was entered, one fault says all that would have been right.
    """
    settled = [fault for fault in faults if len(fault.unions) <= level]
    at_union: dict[Path, dict[str, list[Fault]]] = {}
    for fault in faults:
        if len(fault.unions) > level:
            path, label = fault.unions[level]
            at_union.setdefault(path, {}).setdefault(label, []).append(fault)
    for path, by_label in at_union.items():
        readings = [closest_reading(alternative, level + 1) for alternative in by_label.values()]
        entered = [reading for reading in readings if not _wrong_kind(reading, path)]
        if entered:
            settled.extend(min(entered, key=len))
        else:
            settled.append(_any_of([fault for reading in readings for fault in reading]))
    return settled


def _wrong_kind(reading: list[Fault], path: Path) -> bool:
    first = reading[0]
    return len(reading) == 1 and first.path == path and bool(first.expected or first.choices)


def _any_of(faults: list[Fault]) -> Fault:
    first = faults[0]
    return Fault(
        first.kind,
        first.context,
        first.path,
        first.node,
        expected=tuple(dict.fromkeys(phrase for fault in faults for phrase in fault.expected)),
        choices=tuple(dict.fromkeys(choice for fault in faults for choice in fault.choices)),
    )


def _fault(details: ErrorDetails, root: Node, model: type[BaseModel]) -> Fault:
    kind, location = details["type"], details["loc"]
    context = details.get("ctx", {})
    node, path, unions = root, (), list[tuple[Path, str]]()
    alternatives = _alternatives(model)
    key, missing = None, ""
    for number, step in enumerate(location):
        last = number == len(location) - 1
        if len(alternatives) > 1 and not (last and kind == "missing"):
            unions.append((path, str(step)))
            alternatives = _labelled(alternatives, str(step))
            continue
        found = _step(node, step)
        if found is not None:
            if last and kind in ("extra_forbidden", "unexpected_keyword_argument"):
                key = cast(Mapping, node).key(str(step))
                break
            if location[number + 1 :] == ("[key]",) and isinstance(node, Mapping):
                key = node.key(str(step))
                break
            node, path = found, (*path, step)
            alternatives = _inside(alternatives, step)
        elif last and kind in ("missing", "missing_argument"):
            missing = str(step) if isinstance(node, Mapping) else ""
        else:
            unions.append((path, str(step)))
    choices = _choices(kind, context)
    return Fault(
        kind,
        context,
        path,
        node,
        tuple(unions),
        key,
        missing,
        _known_keys(alternatives),
        _expected(kind, context),
        choices,
    )


def _step(node: Node, step: int | str) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _expected(kind: str, context: MappingABC[str, Any]) -> tuple[str, ...]:
    if kind == REFUSAL:
        return (str(context["expected"]),) if "expected" in context else ()
    return next(((phrase,) for start, phrase in _EXPECTED if kind.startswith(start)), ())


def _choices(kind: str, context: MappingABC[str, Any]) -> tuple[str, ...]:
    """The words pydantic lists for a literal, an enum or a tag; it gives them as one sentence."""
    if kind not in _CHOICE_ERRORS:
        return ()
    sentence = str(context.get("expected") or context.get("expected_tags") or "")
    return tuple(re.findall(r"'([^']*)'", sentence))


def _alternatives(annotation: Any) -> list[Any]:
    """What an annotation allows, apart from nothing at all: one entry unless it is a union."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [found for part in get_args(annotation) for found in _alternatives(part)]
    if annotation is type(None):
        return []
    if _is_model(annotation) and issubclass(annotation, RootModel):
        return _alternatives(annotation.model_fields["root"].annotation)
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _labelled(alternatives: list[Any], label: str) -> list[Any]:
    """The alternative that a label names: a model by its name, or by the tag that one field has."""
    models = [model for model in alternatives if _is_model(model)]
    named = [model for model in models if model.__name__ == label]
    tagged = [
        model
        for model in models
        if any(label in get_args(field.annotation) for field in model.model_fields.values())
    ]
    others = [alternative for alternative in alternatives if alternative not in models]
    return (named or tagged or others)[:1]


def _inside(alternatives: list[Any], step: int | str) -> list[Any]:
    """What may stand at a key or index of a value that is one of `alternatives`."""
    found: list[Any] = []
    for alternative in alternatives:
        origin, arguments = get_origin(alternative), get_args(alternative)
        if _is_model(alternative):
            found += [
                part
                for name, field in alternative.model_fields.items()
                if step in (name, field.alias)
                for part in _alternatives(field.annotation)
            ]
        elif not isinstance(origin, type):
            continue
        elif issubclass(origin, MappingABC) and len(arguments) == 2:
            found += _alternatives(arguments[1])
        elif issubclass(origin, tuple) and isinstance(step, int) and ... not in arguments:
            found += _alternatives(arguments[step]) if step < len(arguments) else []
        elif issubclass(origin, (SequenceABC, SetABC)) and arguments:
            found += _alternatives(arguments[0])
    return found


def _known_keys(alternatives: list[Any]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            field.alias or name
            for model in alternatives
            if _is_model(model)
            for name, field in model.model_fields.items()
        )
    )
