"""The JSON Schema of rule files, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from peer_match.policy.rule_files import FILE_KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """One schema for every kind of file: the first key says which kind applies."""
    definitions: dict[str, Any] = {}
    kinds: list[dict[str, Any]] = []
    for kind, model in FILE_KINDS.items():
        whole = TypeAdapter(model).json_schema(ref_template="#/$defs/{model}")
        definitions.update(whole.pop("$defs", {}))
        definitions[kind] = whole
        kinds.append({"if": _begins_with(kind), "then": {"$ref": f"#/$defs/{kind}"}})
    return {
        "$schema": DIALECT,
        "title": "A file of a peer_match rule pack",
        "type": "object",
        "anyOf": [{"required": [kind]} for kind in FILE_KINDS],
        "allOf": kinds,
        "$defs": dict(sorted(definitions.items())),
    }


def _begins_with(kind: str) -> dict[str, Any]:
    """The files of a kind. The order of keys says nothing here, so that a file of another kind
    which may have such a key is left out (an `escalate` has a `pathway`)."""
    others = [other for other, model in FILE_KINDS.items() if kind in model.model_fields]
    named = [{"required": [other]} for other in others if other != kind]
    is_another = {"not": {"anyOf": named}} if named else {}
    return {"required": [kind], **is_another}
