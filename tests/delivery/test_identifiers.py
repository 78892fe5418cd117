"""The business identifier: which it is, and how it stands in a search."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.delivery.identifiers import BusinessIdentifier, business_identifier

ONE = {"system": "urn:peer-match:task", "value": "t1"}
GROUP = {"system": "urn:peer-match:escalation", "value": "e1"}


def test_the_first_one_counts() -> None:
    found = business_identifier({"identifier": [ONE, GROUP]})
    assert found == BusinessIdentifier("urn:peer-match:task", "t1")


def test_a_type_may_have_one_without_a_list() -> None:
    assert business_identifier({"identifier": ONE}) == BusinessIdentifier(**ONE)


@pytest.mark.parametrize(
    "said",
    [
        *(None, [], "t1", [None], [{}], [{"value": "t1"}], [{"system": "urn:a"}]),
        *([{"system": "", "value": "t1"}], [{"system": "urn:a", "value": ""}]),
        [{"system": "urn:a", "value": 1}],
        [{"value": "t1"}, ONE],
    ],
)
def test_without_a_system_and_a_value_there_is_none(said: object) -> None:
    assert business_identifier({"identifier": said}) is None


def test_a_resource_bears_it_wherever_it_stands() -> None:
    wanted = BusinessIdentifier(**ONE)
    assert wanted.is_of({"identifier": [GROUP, ONE]})
    assert wanted.is_of({"identifier": ONE})
    assert not wanted.is_of({"identifier": [GROUP, {"value": "t1"}]})
    assert not wanted.is_of({})


def test_a_search_parameter() -> None:
    assert BusinessIdentifier(**ONE).query == "identifier=urn:peer-match:task|t1"
    odd = BusinessIdentifier("https://ehr.example/a", "a|b,c$d\\e f&g=h#i")
    assert odd.query == (
        "identifier=https://ehr.example/a|a%5C%7Cb%5C%2Cc%5C%24d%5C%5Ce%20f%26g%3Dh%23i"
    )


@given(st.text(min_size=1), st.text(min_size=1))
def test_nothing_leaves_its_part_of_the_search(system: str, value: str) -> None:
    query = BusinessIdentifier(system, value).query
    assert query.isascii() and query.isprintable()
    assert not set(query.removeprefix("identifier=")) & set("&#?= \r\n")
    assert query.count("|") == 1
    bare = unquote(query.removeprefix("identifier="))
    assert len(bare) >= len(system) + len(value) + 1
