"""How everything that we write refers to a person, to a role, and to this program."""

from __future__ import annotations

from peer_match.decide.references import PersonRef
from peer_match.fhir.code_systems import local_system
from peer_match.fhir.write_elements import (
    FHIR_ID,
    Json,
    coded,
    elsewhere,
    identifier_of_person,
    plain,
    present,
)

ROLES = "override-role"
"""The vocabulary of roles."""


def patient_reference(ref: PersonRef) -> Json:
    """The person, with a name only where the projection kept one."""
    if FHIR_ID.fullmatch(ref.id):
        return present({"reference": f"Patient/{ref.id}", "display": plain(ref.name or "")})
    return present(
        {
            "type": "Patient",
            "identifier": identifier_of_person(ref.id),
            "display": plain(ref.name or ""),
        }
    )


def engine_reference(version: str) -> Json:
    """This program, as the device that makes proposals. No person has taken them on yet."""
    return elsewhere("Device", "engine", version, f"peer_match {version}")


def role_concept(code: str, words: str) -> Json:
    """A role that the pack names, and its words."""
    return coded(local_system(ROLES), code, text=words)


def role_words(code: str) -> str:
    """A role where no vocabulary has words for it: `point of contact`."""
    return plain(code.replace("-", " "))
