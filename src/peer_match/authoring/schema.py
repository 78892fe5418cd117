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
        kinds.append({"if": {"required": [kind]}, "then": {"$ref": f"#/$defs/{kind}"}})
    return {
        "$schema": DIALECT,
        "title": "A file of a peer_match rule pack",
        "type": "object",
        "anyOf": [{"required": [kind]} for kind in FILE_KINDS],
        "allOf": kinds,
        "$defs": dict(sorted(definitions.items())),
    }
