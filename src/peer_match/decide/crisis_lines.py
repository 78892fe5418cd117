"""Which crisis lines and emergency numbers fit a person: by country, language and service."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.decide.assessment import HelpLine
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.observed import observe
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.safety import CrisisLine


def lines_for(
    lines: Iterable[CrisisLine],
    patient: Patient | None,
    moment: Moment,
    country: str,
    vocabularies: Vocabularies,
) -> tuple[HelpLine, ...]:
    """The lines of a country: the emergency number first, then those of the person's languages.

    Lines in every language are shown where the person's are not known, or no line speaks one. A
    line for veterans is shown to whoever said that they are one.
    """
    here = [one for one in lines if one.country == country]
    spoken, veteran = (
        _spoken(patient, moment, vocabularies),
        _veteran(patient, moment, vocabularies),
    )
    fitting = [one for one in here if one.is_emergency or spoken & {*one.languages}]
    if not any(not one.is_emergency for one in fitting):
        fitting = here
    shown = [one for one in fitting if veteran or not one.for_veterans]
    shown.sort(key=lambda one: (not one.is_emergency, not one.for_veterans, one.code))
    return tuple(
        HelpLine(
            one.name,
            one.contact,
            one.is_emergency,
            None if one.verified is None else one.verified.isoformat(),
            one.for_veterans,
        )
        for one in shown
    )


def _spoken(patient: Patient | None, moment: Moment, vocabularies: Vocabularies) -> set[str]:
    return _values("patient.languages", patient, moment, vocabularies)


def _veteran(patient: Patient | None, moment: Moment, vocabularies: Vocabularies) -> bool:
    return "veteran" in _values("patient.identities", patient, moment, vocabularies)


def _values(
    name: str, patient: Patient | None, moment: Moment, vocabularies: Vocabularies
) -> set[str]:
    if patient is None:
        return set()
    type = CATALOGUE[name]
    seen = observe(getattr(patient, type.field), type, vocabularies[type.vocabulary or ""], moment)
    return set(seen.values)
