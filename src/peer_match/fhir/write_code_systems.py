"""The code systems behind the local codes that we write, as FHIR CodeSystem resources.

Two homes, and no second copy of either: what the writers need for themselves lies in
`fhir_profiles/codesystems`; the terms of the vocabularies lie in the rules.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from peer_match.facts.vocabulary import Vocabulary
from peer_match.fhir.code_systems import BASE, local_system
from peer_match.fhir.write_elements import Json, plain, present
from peer_match.policy.policy import Policy

TASK_KIND = f"{BASE}:code:task-kind"
TASK_INPUT = f"{BASE}:code:task-input"
SAFETY_RULE = f"{BASE}:safety-rule"
"""The system of the rules of safety that a pack has; the code of a rule is its id."""


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


_WHOLE = {"caseSensitive": True, "content": "complete"}


def display_of(system: str, code: str) -> str:
    """The words for a code of `fhir_profiles/codesystems`. Raises KeyError for a foreign code."""
    return _displays()[system, code]


def code_systems(policy: Policy) -> tuple[Json, ...]:
    """Every code system that a receiver needs in order to understand local codes, by address."""
    own = [orjson.loads(path.read_bytes()) for path in code_systems_folder().glob("*.json")]
    drawn = [_from_vocabulary(one, policy) for one in policy.vocabularies]
    if policy.safety.escalates:
        drawn.append(_from_safety_rules(policy))
    return tuple(sorted((*own, *drawn), key=lambda one: one["url"]))


def _from_vocabulary(vocabulary: Vocabulary, policy: Policy) -> Json:
    return {
        "resourceType": "CodeSystem",
        "id": f"peer-match-vocabulary-{vocabulary.id}"[:64],
        "url": local_system(vocabulary.id),
        "name": "PeerMatch" + "".join(part.title() for part in vocabulary.id.split("-")),
        "title": plain(vocabulary.title),
        **of_pack(policy),
        **_WHOLE,
        "concept": [_concept(one.code, one.label, one.meaning) for one in vocabulary.terms],
    }


def _from_safety_rules(policy: Policy) -> Json:
    return {
        "resourceType": "CodeSystem",
        "id": "peer-match-safety-rule",
        "url": SAFETY_RULE,
        "name": "PeerMatchSafetyRule",
        "title": "The rules of safety",
        **of_pack(policy),
        **_WHOLE,
        "concept": [_concept(one.id, one.title, one.why) for one in policy.safety.escalates],
    }


def of_pack(policy: Policy) -> Json:
    """What everything that is drawn from a pack has: its version, its state, and who answers."""
    return {
        "version": policy.pack.version,
        "status": "draft",
        "experimental": False,
        "publisher": plain(policy.pack.publisher),
    }


def _concept(code: str, display: str, definition: str) -> Json:
    return present({"code": code, "display": plain(display), "definition": plain(definition)})
