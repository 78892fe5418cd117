"""The URIs of code systems: ours for codes of the vocabularies, and names that others go by."""

from __future__ import annotations

from peer_match.facts.vocabulary import Vocabularies

BASE = "urn:peer-match"
"""Where everything of ours lives that has no home on the web."""

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
URI_SYSTEM = "urn:ietf:rfc:3986"  # of an identifier whose value is a URI
LANGUAGE_TAGS = "urn:ietf:bcp:47"
V3_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

# Codes of these systems begin with the code of their category: F11.11 is a kind of F11.1 and F11.
_HIERARCHIC = (ICD_10_CM, ICD_10)
_CATEGORY_LENGTH = 3  # characters of an ICD-10 category

_ALSO_KNOWN_AS = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED_CT,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.90": ICD_10_CM,
    ICD_10: ICD_10_CM,
}
_KNOWN = frozenset({LOINC, SNOMED_CT, RXNORM, ICD_10_CM, ICD_10})


def local_system(vocabulary: str) -> str:
    """The code system whose codes are the terms of one vocabulary."""
    return f"{BASE}:vocabulary:{vocabulary}"


def canonical(system: str) -> str:
    """A code system under the name that vocabularies use: not https, no slash at the end."""
    plain = system.rstrip("/")
    for one in (plain, plain.replace("https://", "http://", 1)):
        if (one in _KNOWN) or one in _ALSO_KNOWN_AS:
            return _ALSO_KNOWN_AS.get(one, one)
    return system


def term_of(vocabularies: Vocabularies, vocabulary: str, system: str, code: str) -> str | None:
    """The term that a coding means in a vocabulary, or None.

    Takes our own codes as they are, systems under their other names, and the kinds of a category
    where a system's codes are built that way.
    """
    if vocabulary not in vocabularies:
        return None
    if system == local_system(vocabulary):
        return code if code in vocabularies[vocabulary].codes else None
    system = canonical(system)
    found = vocabularies.code_for(vocabulary, system, code)
    if found is None and system in _HIERARCHIC:
        for length in range(len(code) - 1, _CATEGORY_LENGTH - 1, -1):
            found = found or vocabularies.code_for(vocabulary, system, code[:length].rstrip("."))
    return found


def is_loinc(system: str | None) -> bool:
    """Whether a system is LOINC, under any of its names."""
    return system is not None and canonical(system) == LOINC
