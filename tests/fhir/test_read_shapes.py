"""Everything that is not as R4 has it is found, wherever it lies."""

from typing import Any

import pytest

from peer_match.fhir.read_element import ABSENT_REASON
from peer_match.fhir.read_shapes import faults

TYPES = {
    "Thing": {"name": "text", "so": "yes or no", "when": "date", "more": "Thing*", "x": "anything"}
}
ABSENT = {"extension": [{"url": ABSENT_REASON}]}


def found(value: Any) -> set[str]:
    return {one.path for one in faults(value, "Thing", "Thing", TYPES)}


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"name": "a", "so": False, "when": "2026-03", "x": [[]], "more": [{"so": True}]},
        {"name": None, "more": []},
        {"id": 5, "extension": {}, "modifierExtension": 1},
        {"name": "a", "_name": {"id": "n", "extension": [{"url": "urn:x"}]}},
    ],
)
def test_what_is_as_it_should_be_has_no_fault(value: Any) -> None:
    assert found(value) == set()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("text", "Thing"),
        ([], "Thing"),
        ({"name": 5}, "Thing.name"),
        ({"name": " "}, "Thing.name"),
        ({"so": "true"}, "Thing.so"),
        ({"so": 1}, "Thing.so"),
        ({"when": "soon"}, "Thing.when"),
        ({"when": "2026-02-30"}, "Thing.when"),
        ({"more": {}}, "Thing.more"),
        ({"more": [None]}, "Thing.more[0]"),
        ({"more": [{}, {"more": [{"so": 0}]}]}, "Thing.more[1].more[0].so"),
        ({"Name": "a"}, "Thing.Name"),
        ({"_other": {}}, "Thing._other"),
        ({"_name": ABSENT}, "Thing.name"),
        ({"name": None, "_name": {"id": "n"}}, "Thing.name"),
        ({"name": "a", "_name": ABSENT}, "Thing.name"),
        ({"name": "a", "_name": [None]}, "Thing.name"),
        ({"name": "a", "_name": {"extension": ["?"]}}, "Thing.name"),
        ({"name": "a", "_name": {"extension": {}}}, "Thing.name"),
    ],
)
def test_a_fault_is_found_and_named(value: Any, path: str) -> None:
    assert found(value) == {path}
