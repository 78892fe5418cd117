"""Ids of people, as files write them."""

import pytest

from peer_match.directories.person_ids import person_id


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("p1", "p1"),
        (" p1 ", "p1"),
        ("Patient/p1", "p1"),
        ("https://ehr.example.org/fhir/Patient/p1", "p1"),
        ("Patient/p1/_history/2", "p1"),
        ("RelatedPerson/r1", "r1"),
        ("Practitioner/f-1", "f-1"),
        ("P1", "P1"),
        ("feed/dawn", "feed/dawn"),
        ("Group/p1", "Group/p1"),
        ("Patient/", "Patient/"),
    ],
)
def test_whom_an_id_means(written: str, id: str) -> None:
    assert person_id(written) == id
