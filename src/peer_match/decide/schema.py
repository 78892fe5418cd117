"""The JSON Schema of a decision, for those who store or read its canonical form.

Within one major version of `SCHEMA_VERSION` fields are only added; none is removed or changes its
meaning.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from peer_match.decide.decision import SCHEMA_VERSION, Decision

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def decision_schema() -> dict[str, Any]:
    """The schema of the canonical JSON of a decision."""
    schema = TypeAdapter(Decision).json_schema(mode="serialization")
    return {
        "$schema": DIALECT,
        "title": f"A peer_match decision, version {SCHEMA_VERSION}",
        **{key: value for key, value in schema.items() if key != "title"},
    }
