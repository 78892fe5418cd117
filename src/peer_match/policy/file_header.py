"""What every file of a pack is made of: closed mappings, and the header that every rule has."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from peer_match.policy.schema_reader import IsoDate, KebabId, Text, expected

RawCondition = Annotated[
    Any,
    WithJsonSchema(
        {
            "description": "A sentence, or `all:`, `any:` or `not:` with further conditions.",
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                    "properties": {
                        "all": {"type": "array", "minItems": 1},
                        "any": {"type": "array", "minItems": 1},
                        "not": {},
                    },
                },
            ],
        }
    ),
]

TaskPriority = Literal["routine", "urgent", "asap", "stat"]
"""How soon a task is to be taken up, rising; the codes of FHIR's request priority."""

RawExamples = Annotated[list[dict[str, Any]], Field(min_length=1)]


class Shape(BaseModel):
    """A mapping of a rule file: closed to keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Shape):
    """A source of a rule: an id of `sources.yaml`, and what was found there."""

    cite: KebabId
    finding: Text


CITED_AS = 'below `source:` write `- {cite: ID-IN-SOURCES.YAML, finding: "what it says"}`'


def _cited(value: Any) -> Any:
    if isinstance(value, str):
        raise expected("an id of `sources.yaml` and what it says", CITED_AS)
    return value


def _sources(value: Any) -> Any:
    if not isinstance(value, list):
        raise expected("a list of sources", CITED_AS)
    return cast("list[object]", value)


class RuleHeader(Shape):
    """What every rule says about itself."""

    title: Text
    why: Text
    source: Annotated[
        list[Annotated[Cited, BeforeValidator(_cited)]],
        Field(min_length=1),
        BeforeValidator(_sources),
    ]
    owner: KebabId
    status: Literal["draft", "active", "retired"]
    effective: IsoDate
    until: IsoDate | None = None
    review_by: IsoDate
    examples: RawExamples
