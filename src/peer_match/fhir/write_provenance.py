"""Where a proposal or an assessment comes from: the rules, the program and the time zone data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from peer_match.decide.references import PolicyRef
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_elements import RESTRICTED, Json, coded, elsewhere, inside, plain
from peer_match.fhir.write_people import engine_reference
from peer_match.fhir.write_proposal import Proposal

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def pack_uri(pack: PolicyRef) -> str:
    """The pack and its version, as an address of ours."""
    return f"{BASE}:pack:{pack.id}:{quote(pack.version)}"


def provenance(proposal: Proposal, targets: Iterable[str]) -> Json:
    """The Provenance of all that a proposal consists of; `targets` are ids of entries."""
    decision = proposal.decision
    origin = Origin(
        id=proposal.provenance_id,
        as_of=proposal.as_of,
        policy=decision.policy,
        engine_version=decision.engine_version,
        tzdata_version=decision.tzdata_version,
        kind="decision-digest",
        digest=proposal.digest,
        words=f"Decision as of {decision.as_of} on what was known at {decision.known_at}, "
        f"for the recipient {decision.recipient}; {decision.safety}",
    )
    return provenance_of(origin, targets)


@dataclass(frozen=True, slots=True)
class Origin:
    """What some resources were made from, and when.

    `digest` is the SHA-256 of the value that they are a projection of, `kind` the system of the
    identifier that it is given, and `words` what it is.
    """

    id: str
    as_of: str
    policy: PolicyRef
    engine_version: str
    tzdata_version: str
    kind: str
    digest: str
    words: str


def provenance_of(origin: Origin, targets: Iterable[str]) -> Json:
    """The Provenance of entries; `targets` are their ids.

    There is no clock here: it counts as recorded at the moment of the decision.
    """
    return {
        "resourceType": "Provenance",
        "id": origin.id,
        "meta": RESTRICTED,
        "target": [inside(id) for id in targets],
        "occurredDateTime": origin.as_of,
        "recorded": origin.as_of,
        "policy": [pack_uri(origin.policy)],
        "activity": coded(f"{_TERMINOLOGY}/v3-DataOperation", "CREATE", "create"),
        "agent": [
            {
                "type": coded(
                    f"{_TERMINOLOGY}/provenance-participant-type", "assembler", "Assembler"
                ),
                "who": engine_reference(origin.engine_version),
            }
        ],
        "entity": [
            _source(
                "pack-digest",
                f"sha256:{origin.policy.digest}",
                f"Rules {origin.policy.id} {origin.policy.version}, {origin.policy.statement}",
            ),
            _source("tzdata", origin.tzdata_version, f"Time zone data {origin.tzdata_version}"),
            _source(origin.kind, f"sha256:{origin.digest}", origin.words),
        ],
    }


def _source(kind: str, value: str, words: str) -> Json:
    what = elsewhere("", kind, value, plain(words))
    return {"role": "source", "what": what}
