"""Which crisis lines somebody is shown: those of the country that they can use."""

from __future__ import annotations

from datetime import date
from typing import Any

from facts.stated import NOW, at_least, said
from peer_match.decide.crisis_lines import lines_for
from peer_match.facts.fact import FactSet, Statement
from peer_match.facts.patient import Patient
from peer_match.policy.safety import CrisisLine

from .made import SHIPPED


def line(code: str, *languages: str, **other: Any) -> CrisisLine:
    usual: dict[str, Any] = {
        "name": code.title(), "contact": f"call {code}", "is_emergency": False, "country": "US",
        "for_veterans": False, "verified": None, "verified_by": None, "cite": "a-source",
    }  # fmt: skip
    return CrisisLine(code=code, languages=languages or ("english",), **usual | other)


EVERY = [
    line("zulu"),
    line("alpha"),
    line("spanish", "spanish"),
    line("veterans", for_veterans=True),
    line("emergency", is_emergency=True),
    line("abroad", country="GB"),
]


def shown(patient: Patient | None = None, country: str = "US") -> list[str]:
    found = lines_for(EVERY, patient, NOW, country, SHIPPED.vocabularies)
    return [one.name.lower() for one in found]


def speaks(*languages: str, **other: Any) -> Patient:
    return Patient(id="p", languages=at_least(*languages), **other)


def veteran() -> Any:
    return FactSet(statements=(Statement(value="veteran", provenance=said()),))


def test_of_somebody_of_whom_nothing_is_known_every_line_but_those_for_veterans() -> None:
    assert shown() == shown(Patient(id="p")) == ["emergency", "alpha", "spanish", "zulu"]


def test_those_of_their_languages_with_the_emergency_number_first() -> None:
    assert shown(speaks("english")) == ["emergency", "alpha", "zulu"]
    assert shown(speaks("spanish")) == ["emergency", "spanish"]
    assert shown(speaks("english", "spanish")) == ["emergency", "alpha", "spanish", "zulu"]


def test_every_line_where_none_speaks_theirs() -> None:
    """A line in another language is better than a number alone."""
    assert shown(speaks("arabic")) == ["emergency", "alpha", "spanish", "zulu"]


def test_a_line_for_veterans_for_whoever_said_that_they_are_one() -> None:
    assert shown(speaks("english", identities=veteran())) == [
        "emergency", "veterans", "alpha", "zulu",
    ]  # fmt: skip


def test_nothing_of_another_country() -> None:
    assert shown(country="GB") == ["abroad"]
    assert shown(country="FR") == []


def test_the_day_on_which_a_person_verified_it_or_that_nobody_did() -> None:
    known = line("known", verified=date(2026, 1, 2), verified_by="Dana Ruiz")
    first, second = lines_for([line("other"), known], None, NOW, "US", SHIPPED.vocabularies)
    assert (first.name, first.verified) == ("Known", "2026-01-02")
    assert (second.contact, second.verified) == ("call other", None)
    assert "Dana Ruiz" not in str(first)
