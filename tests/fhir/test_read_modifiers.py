"""What may change the meaning of a resource is seen at any depth, and nothing else is."""

from typing import Any

import pytest

from peer_match.fhir.read_element import Element
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_notes import Notes

MODIFIER = [{"url": "urn:not", "valueBoolean": True}]


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ({"implicitRules": "urn:rules"}, "R.implicitRules"),
        ({"modifierExtension": MODIFIER}, "R.modifierExtension"),
        ({"modifierExtension": "?"}, "R.modifierExtension"),
        ({"item": [{}, {"text": {"modifierExtension": MODIFIER}}]}, "R.item[1].text"),
        ({"meta": {"tag": [{"code": "other"}, {"code": "SUBSETTED"}]}}, "R.meta.tag[1]"),
        ({"meta": {"security": [{"code": "MASKED"}]}}, "R.meta.security[0]"),
    ],
)
def test_a_modifier_is_found(resource: dict[str, Any], path: str) -> None:
    found = modifier_in(Element(resource, "R", Notes()))
    assert found is not None
    assert found.path.startswith(path)


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"extension": MODIFIER},
        {"modifierExtension": None},
        {"modifierExtension": []},
        {"contained": [{"modifierExtension": MODIFIER}]},
        {"text": {"modifierExtension": MODIFIER}},
        {"meta": {"tag": [{"code": "actionable"}], "security": [{"code": "R"}]}},
    ],
)
def test_what_modifies_nothing_is_left_alone(resource: dict[str, Any]) -> None:
    assert modifier_in(Element(resource, "R", Notes())) is None
