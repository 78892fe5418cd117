"""The schema of decisions is published, and holds for what is decided."""

from __future__ import annotations

from pathlib import Path

import orjson
from jsonschema import Draft202012Validator

from peer_match.decide.schema import decision_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "decision.schema.json"


def test_the_published_schema_is_the_one_in_force() -> None:
    assert orjson.loads(PUBLISHED.read_bytes()) == decision_schema()


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(decision_schema())
