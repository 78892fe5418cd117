"""Text, identifiers and moments as FHIR can carry them."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.fhir.write_elements import (
    elsewhere,
    identifier,
    identifier_of_person,
    markdown,
    moment,
    plain,
    present,
)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Tuesday \t Night\n", "Tuesday Night"),
        ("Bell\x07 \x00Group", "Bell Group"),
        ("not\ufffea character", "not a character"),
        ("\ud800", ""),
        ("Café 夜 🌙", "Café 夜 🌙"),
        (" \u00a0 ", ""),
    ],
)
def test_plain_text_is_what_fhir_can_carry(given: str, kept: str) -> None:
    assert plain(given) == kept


@given(st.text())
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|^\s|\s$|\s\s", plain(text))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>Night</b>", r"\<b\>Night\</b\>"),
        ("[Friends](http://a.example)", r"\[Friends\](http\://a.example)"),
        ("see www.a.example", r"see www\.a.example"),
        ("*all* _welcome_ `now` ~~no~~", r"\*all\* \_welcome\_ \`now\` \~\~no\~\~"),
        ("# one", r"\# one"),
        ("- one", r"\- one"),
        ("12. one", r"12\. one"),
        ("a | b & c", r"a \| b \& c"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        (r"back\slash", r"back\\slash"),
        ("Fit: 61 of 100, well-known #2.", "Fit: 61 of 100, well-known #2."),
    ],
)
def test_markdown_shows_text_as_it_stands(given: str, shown: str) -> None:
    assert markdown(given) == shown


def test_nothing_empty_is_present() -> None:
    assert present({"a": "", "b": None, "c": [], "d": {}, "e": 0, "f": False, "g": "x"}) == {
        "e": 0,
        "f": False,
        "g": "x",
    }


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2, unique=True))
def test_two_ids_never_become_one_identifier(ids: list[str]) -> None:
    first, second = (identifier("group", id)["value"] for id in ids)
    assert first == plain(first) != ""
    # An id that already reads like a percent-encoded one, or is one space, is no id of a feed.
    if not any("%" in id or not id for id in ids):
        assert first != second


def test_a_reference_elsewhere_says_only_what_is_known() -> None:
    assert elsewhere("Device", "engine", "1") == {
        "type": "Device",
        "identifier": {"system": "urn:peer-match:engine", "value": "1"},
    }
    assert elsewhere("Device", "engine", "1", " ")["identifier"]["value"] == "1"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-03-02T09:00:00-08:00", "2026-03-02T09:00:00-08:00"),
        ("2026-03-02T09:00:00.5+00:00", "2026-03-02T09:00:00.500000+00:00"),
        ("2026-03-02T09:00:00+14:00", "2026-03-02T09:00:00+14:00"),
        ("2026-03-02T09:00:00+15:00", "2026-03-01T18:00:00+00:00"),
        ("1883-11-18T12:00:00-07:52:58", "1883-11-18T19:52:58+00:00"),
    ],
)
def test_a_moment_is_written_with_an_offset_that_fhir_has(given: str, written: str) -> None:
    assert moment(given) == written
    assert datetime.fromisoformat(given) == datetime.fromisoformat(written)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        moment("2026-03-02T09:00:00")


@pytest.mark.parametrize(
    ("id", "system"),
    [
        ("urn:uuid:0b1c2d3e-0000-4000-8000-000000000001", "urn:ietf:rfc:3986"),
        ("urn:oid:1.2.3", "urn:ietf:rfc:3986"),
        ("urn:peer-match:record:0a1b", "urn:peer-match:patient"),
        ("urn:uuid:a b", "urn:peer-match:patient"),
    ],
)
def test_a_person_without_an_id_on_a_server_is_named_by_identifier(id: str, system: str) -> None:
    assert identifier_of_person(id)["system"] == system
