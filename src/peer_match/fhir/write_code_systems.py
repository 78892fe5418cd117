"""The code systems behind the local codes that we write, as FHIR CodeSystem resources.

Two homes, and no second copy of either: what the writers need for themselves lies in
`fhir_profiles/codesystems`; the terms of the vocabularies lie in the rules.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from peer_match.facts.vocabulary import Term, Vocabulary
from peer_match.fhir.code_systems import BASE, local_system
from peer_match.fhir.write_elements import Json, plain, present
from peer_match.policy.policy import Policy

TASK_KIND = f"{BASE}:code:task-kind"
TASK_INPUT = f"{BASE}:code:task-input"


def code_systems_folder() -> Path:
    """The folder of the code systems: inside the installed package, or the source tree's own."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_fhir_profiles"
    profiles = packaged if packaged.is_dir() else package.parent.parent / "fhir_profiles"
    return profiles / "codesystems"


@cache
def _displays() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for path in sorted(code_systems_folder().glob("*.json")):
        system: Any = orjson.loads(path.read_bytes())
        for concept in system["concept"]:
            found[system["url"], concept["code"]] = concept["display"]
    return found


def display_of(system: str, code: str) -> str:
    """The words for a code of `fhir_profiles/codesystems`. Raises KeyError for a foreign code."""
    return _displays()[system, code]


def code_systems(policy: Policy) -> tuple[Json, ...]:
    """Every code system that a receiver needs in order to understand local codes, by address."""
    own = [orjson.loads(path.read_bytes()) for path in code_systems_folder().glob("*.json")]
    drawn = [_from_vocabulary(one, policy) for one in policy.vocabularies]
    return tuple(sorted((*own, *drawn), key=lambda one: one["url"]))


def _from_vocabulary(vocabulary: Vocabulary, policy: Policy) -> Json:
    return {
        "resourceType": "CodeSystem",
        "id": f"peer-match-vocabulary-{vocabulary.id}"[:64],
        "url": local_system(vocabulary.id),
        "version": policy.pack.version,
        "name": "PeerMatch" + "".join(part.title() for part in vocabulary.id.split("-")),
        "title": plain(vocabulary.title),
        "status": "draft",
        "experimental": False,
        "publisher": plain(policy.pack.publisher),
        "caseSensitive": True,
        "content": "complete",
        "concept": [_concept(term) for term in vocabulary.terms],
    }


def _concept(term: Term) -> Json:
    return present(
        {"code": term.code, "display": plain(term.label), "definition": plain(term.meaning)}
    )
