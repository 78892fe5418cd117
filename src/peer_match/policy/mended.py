"""A rule file whose shape is at fault in some keys, read as if those keys were right.

So that one bad date does not hide what else is wrong with the rule. What is filled in is never
reported and never used: a pack with such a file is no policy.
"""

from __future__ import annotations

from typing import Final, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from peer_match.policy.file_header import RuleHeader
from peer_match.policy.nodes import Mapping
from peer_match.policy.rule_files import RULE_KINDS
from peer_match.policy.schema_reader import PlainValue, keys_at_fault, plain_value

HEADER: Final = frozenset(RuleHeader.model_fields)
"""Keys whose faults leave open what a rule is about, but not what it says."""

_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"
_TASK: Final[PlainValue] = {"title": "-", "role": "none", "within": "1 day"}
_FILLED_IN: Final[dict[str, PlainValue]] = {
    "title": "-",
    "why": "-",
    "source": [{"cite": "none", "finding": "-"}],
    "owner": "none",
    "status": "draft",
    "effective": _FIRST_DAY,
    "review_by": _LAST_DAY,
    "examples": [{}],
    "weight": "1",
    "dimension": "none",
    "when": "",
    "provides": ["-"],
    "task": _TASK,
    "include": {},
}


def read_mended(kind: str, node: Mapping) -> tuple[RuleHeader | None, frozenset[str]]:
    """The shape of a rule file with something in place of each key at fault, and those keys.

    No shape for what is no rule, and where the faults cannot be told apart.
    """
    model = RULE_KINDS.get(kind)
    if model is None:
        return None, frozenset()
    wrong = keys_at_fault(model, node)
    whole = plain_value(node)
    assert isinstance(whole, dict)
    kept = {key: value for key, value in whole.items() if key not in wrong}
    needed = {
        name: _filled_in(name, field)
        for name, field in model.model_fields.items()
        if name in wrong and field.is_required()
    }
    try:
        return model.model_validate(kept | needed), wrong
    except ValidationError:
        return None, wrong


def _filled_in(name: str, field: FieldInfo) -> PlainValue:
    """Something that a key can hold: for one of a few words, the first of them."""
    return _FILLED_IN[name] if name in _FILLED_IN else str((*get_args(field.annotation), "none")[0])
