"""The care plan: a draft and a proposal, with words that a person can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    coded,
    identifier,
    inside,
    markdown,
    plain,
    present,
)
from peer_match.fhir.write_narrative import narrative
from peer_match.fhir.write_proposal import Proposal
from peer_match.fhir.write_provenance import pack_uri

CATEGORY = coded(
    "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
    "assess-plan",
    text="Assessment and plan of treatment",
)
TITLE = "Proposed peer support plan"


def care_plan(proposal: Proposal, goals: Iterable[str], activities: Iterable[str]) -> Json:
    """The CarePlan; `goals` and `activities` are ids of entries of the same bundle."""
    return present(
        {
            "resourceType": "CarePlan",
            "id": proposal.care_plan_id,
            "meta": RESTRICTED,
            "text": {"status": "additional", "div": narrative(proposal)},
            "identifier": [identifier("care-plan", proposal.care_plan_id)],
            "instantiatesUri": [pack_uri(proposal.decision.policy)],
            "status": "draft",
            "intent": "proposal",
            "category": [CATEGORY],
            "title": TITLE,
            "description": _standing(proposal),
            "subject": proposal.patient(),
            "created": proposal.as_of,
            "author": proposal.engine(),
            "goal": [inside(id) for id in goals],
            "activity": [{"reference": inside(id)} for id in activities],
            "note": [{"text": text} for text in _notes(proposal)],
        }
    )


def _standing(proposal: Proposal) -> str:
    decision = proposal.decision
    return f"A draft: {plain(decision.policy.statement)}; {plain(decision.safety)}."


def _notes(proposal: Proposal) -> Iterator[str]:
    """What the plan still lacks, and all that came with the record."""
    for text in proposal.decision.plan.missing:
        yield f"Needed before this plan can start: {markdown(text)}"
    for text in proposal.decision.notes:
        if plain(text):
            yield markdown(text)
