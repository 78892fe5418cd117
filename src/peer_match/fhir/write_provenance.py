"""Where a proposal comes from: the rules, the program and the time zone data that made it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_elements import RESTRICTED, Json, coded, elsewhere, inside, plain
from peer_match.fhir.write_proposal import Proposal

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def pack_uri(proposal: Proposal) -> str:
    """The pack and its version, as an address of ours."""
    pack = proposal.decision.policy
    return f"{BASE}:pack:{pack.id}:{quote(pack.version)}"


def provenance(proposal: Proposal, targets: Iterable[str]) -> Json:
    """The Provenance of all that a proposal consists of; `targets` are ids of entries.

    There is no clock here: it counts as recorded at the moment of the decision.
    """
    decision = proposal.decision
    return {
        "resourceType": "Provenance",
        "id": proposal.provenance_id,
        "meta": RESTRICTED,
        "target": [inside(id) for id in targets],
        "occurredDateTime": proposal.as_of,
        "recorded": proposal.as_of,
        "policy": [pack_uri(proposal)],
        "activity": coded(f"{_TERMINOLOGY}/v3-DataOperation", "CREATE", "create"),
        "agent": [
            {
                "type": coded(
                    f"{_TERMINOLOGY}/provenance-participant-type", "assembler", "Assembler"
                ),
                "who": proposal.engine(),
            }
        ],
        "entity": [
            _source(
                "pack-digest",
                f"sha256:{decision.policy.digest}",
                f"Rules {decision.policy.id} {decision.policy.version}, "
                f"{decision.policy.statement}",
            ),
            _source(
                "tzdata",
                decision.tzdata_version,
                f"Time zone data {decision.tzdata_version}",
            ),
            _source(
                "decision-digest",
                f"sha256:{proposal.digest}",
                f"Decision as of {decision.as_of} on what was known at {decision.known_at}, "
                f"for the recipient {decision.recipient}; {decision.safety}",
            ),
        ],
    }


def _source(kind: str, value: str, words: str) -> Json:
    what = elsewhere("", kind, value, plain(words))
    return {"role": "source", "what": what}
