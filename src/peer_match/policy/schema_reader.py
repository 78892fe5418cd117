"""From a tree of nodes to a pydantic model, with every problem where it stands in the file.

The model says what a file may hold; this module hands it plain text, lists and dictionaries, and
turns each of pydantic's errors into a diagnostic in the words of a rule author. It knows no rule.
"""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from peer_match.policy.diagnostics import (
    Diagnostic,
    Position,
    counted,
    did_you_mean,
    error,
    listed,
    quote,
)
from peer_match.policy.model_faults import Fault, closest_reading, faults_of
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.scalar_types import (
    READS_WHOLE_NUMBER,
    REFUSAL,
    IsoDate,
    IsoDateTime,
    KebabId,
    PositiveWholeNumber,
    Text,
    WholeNumber,
    YesNo,
    expected,
    refused,
)
from peer_match.policy.typography import as_typed, how_to_type, typeset_in

__all__ = [
    "READS_WHOLE_NUMBER",
    "IsoDate",
    "IsoDateTime",
    "KebabId",
    "PositiveWholeNumber",
    "Text",
    "WholeNumber",
    "YesNo",
    "expected",
    "in_words",
    "keys_at_fault",
    "plain_value",
    "read_model",
    "refused",
]

Model = TypeVar("Model", bound=BaseModel)
PlainValue: TypeAlias = "str | list[PlainValue] | dict[str, PlainValue]"

_MISSING: Final = frozenset({"missing", "missing_argument"})
_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
_LIMITS: Final[dict[str, tuple[str, str]]] = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_LENGTHS: Final[dict[str, tuple[str, str, str]]] = {
    "too_short": ("min_length", "at least", "item"),
    "too_long": ("max_length", "at most", "item"),
    "string_too_short": ("min_length", "at least", "letter"),
    "string_too_long": ("max_length", "at most", "letter"),
}


def read_model(model_type: type[Model], node: Node, diagnostics: list[Diagnostic]) -> Model | None:
    """The node as a `model_type`, or None with at least one error added to `diagnostics`.

    All problems of the node are reported. Every scalar reaches the model as text: use the types of
    `scalar_types` for anything but text, because pydantic's own reading of numbers and booleans
    accepts more than rule files may hold.
    """
    try:
        return model_type.model_validate(plain_value(node))
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_input=False)
        faults = closest_reading(faults_of(errors, node, model_type))
        diagnostics.extend(_report(faults))
        return None


def keys_at_fault(model_type: type[BaseModel], node: Mapping) -> frozenset[str]:
    """The keys of a block that `read_model` refuses for their value or because they are missing or
    unknown."""
    try:
        model_type.model_validate(plain_value(node))
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_input=False)
        return frozenset(
            str(one.path[0]) if one.path else one.missing or (one.key.text if one.key else "")
            for one in faults_of(errors, node, model_type)
        )
    return frozenset()


def plain_value(node: Node) -> PlainValue:
    """The node as text, lists and dictionaries, for whoever needs no positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain_value(item) for item in node.items]
    return {key.text: plain_value(value) for key, value in node.entries}


def in_words(node: Node) -> str:
    """What stands at a node, for the end of "expected …, found …"."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a block of keys"
    return quote(node.text) if node.text else ("empty text" if node.is_quoted else "nothing")


def _report(faults: list[Fault]) -> list[Diagnostic]:
    """A diagnostic for each fault; a misspelled key is not also reported as missing."""
    missing: dict[tuple[str | int, ...], list[str]] = {}
    for fault in faults:
        if fault.missing:
            missing.setdefault(fault.path, []).append(fault.missing)
    found: list[Diagnostic] = []
    meant: set[tuple[tuple[str | int, ...], str]] = set()
    for fault in faults:
        if fault.kind in _UNKNOWN and fault.key is not None:
            wrong = fault.key
            typed = as_typed(wrong.text)
            likely = [name for name in missing.get(fault.path, []) if did_you_mean(typed, [name])]
            help = did_you_mean(typed, likely or _absent(fault))
            meant.update(
                (fault.path, name) for name in likely if help == did_you_mean(name, [name])
            )
            typeset = typeset_in(wrong.text)
            known = f"the keys here are {listed(sorted(fault.known_keys), 'and')}"
            found.append(
                error(
                    "PM120",
                    f"unknown key {quote(wrong.text)}",
                    wrong.position if typeset is None else wrong.at(typeset.start, 1),
                    how_to_type(wrong.text) or help or (known if fault.known_keys else "delete it"),
                )
            )
    for fault in faults:
        if fault.kind in _UNKNOWN or (fault.path, fault.missing) in meant:
            continue
        found.append(_diagnostic(fault))
    return found


def _absent(fault: Fault) -> list[str]:
    """The known keys that the block does not have yet: a misspelled key means one of those."""
    block = fault.node
    present = {key.text for key, _ in block.entries} if isinstance(block, Mapping) else set[str]()
    return [name for name in fault.known_keys if name not in present]


def _diagnostic(fault: Fault) -> Diagnostic:
    """The fault in words; where a word processor is behind it, at its first character."""
    found = _as_read(fault)
    scalar = fault.key or fault.node
    typeset = typeset_in(scalar.text) if isinstance(scalar, Scalar) and not fault.missing else None
    if not isinstance(scalar, Scalar) or typeset is None:
        return found
    where = scalar.at(typeset.start, 1)
    return error(found.code, found.message, where, how_to_type(scalar.text))


def _as_read(fault: Fault) -> Diagnostic:
    position = _position(fault)
    context = fault.context
    if fault.kind == REFUSAL and not fault.expected:
        return error(str(context["code"]), str(context["message"]), position, str(context["help"]))
    if fault.missing:
        name = quote(fault.missing)
        return error("PM121", f"{name} is missing", position, f"add a line `{fault.missing}: …`")
    if fault.kind in _MISSING:
        return error("PM124", "the list has too few items", position)
    if fault.kind in ("union_tag_not_found", "union_tag_invalid"):
        return _tag(fault, position)
    if fault.expected or fault.choices:
        return _wrong_value(fault, position)
    if fault.kind in _LIMITS:
        key, phrase = _LIMITS[fault.kind]
        return error(
            "PM124", f"expected {phrase} {context[key]}, found {in_words(fault.node)}", position
        )
    if fault.kind in _LENGTHS:
        key, phrase, noun = _LENGTHS[fault.kind]
        wanted = counted(int(context[key]), noun)
        found = context.get("actual_length")
        return error(
            "PM124",
            f"expected {phrase} {wanted}" + (f", found {found}" if found is not None else ""),
            position,
        )
    if fault.kind in ("value_error", "assertion_error"):
        return error("PM125", str(context.get("error", "")) or "this is not accepted", position)
    return error("PM125", f"{in_words(fault.key or fault.node)} is not accepted here", position)


def _wrong_value(fault: Fault, position: Position) -> Diagnostic:
    wanted = ", or ".join([*([listed(fault.choices)] if fault.choices else []), *fault.expected])
    scalar = fault.key or fault.node
    found = in_words(scalar)
    help = str(fault.context.get("help", ""))
    if isinstance(scalar, Scalar) and fault.choices:
        help = did_you_mean(scalar.text, fault.choices) or help
    code = (
        "PM123" if fault.choices and not fault.expected and isinstance(scalar, Scalar) else "PM122"
    )
    one_of = "one of " if len(fault.choices) > 1 and not fault.expected else ""
    return error(code, f"expected {one_of}{wanted}, found {found}", position, help)


def _tag(fault: Fault, position: Position) -> Diagnostic:
    """A block whose kind is told by one of its keys, and that key is missing or unknown."""
    name = str(fault.context.get("discriminator", "")).strip("'")
    value = fault.node.get(name) if isinstance(fault.node, Mapping) else None
    if not isinstance(value, Scalar):
        return error("PM121", f"{quote(name)} is missing", position, f"add a line `{name}: …`")
    return error(
        "PM123",
        f"expected one of {listed(fault.choices)}, found {in_words(value)}",
        value.position,
        did_you_mean(value.text, fault.choices),
    )


def _position(fault: Fault) -> Position:
    if fault.key is not None:
        return fault.key.position
    about_what_it_holds = not fault.expected and not fault.choices
    if isinstance(fault.node, Mapping) and about_what_it_holds:
        return fault.node.head
    return fault.node.position
