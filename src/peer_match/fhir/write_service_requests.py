"""A request for each group and mentor that the plan proposes: the order that a task will fulfil.

The reasons and the range of the score go into its note, for a reader; FHIR has no element for a
range of fit, and an extension of ours would be one more thing for a receiver to learn.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.decision import Suggestion
from peer_match.fhir.code_systems import SNOMED_CT
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    coded,
    identifier,
    inside,
    markdown,
    present,
    texts,
)
from peer_match.fhir.write_proposal import Proposal
from peer_match.fhir.write_words import cautions, fit, frequency, reasons, support_titles

PEER_SUPPORT_REFERRAL = "461481000124109"  # SNOMED CT, US edition

_UNITS = {"day": "d", "week": "wk", "month": "mo", "year": "a"}
_KINDS = {"group": "Peer group", "mentor": "Peer mentor"}


def service_requests(proposal: Proposal) -> Iterator[Json]:
    """One ServiceRequest for each proposed group, then for each proposed mentor."""
    for one in proposal.proposed:
        yield _service_request(one, proposal)


def _service_request(one: Suggestion, proposal: Proposal) -> Json:
    id = proposal.service_request_id(one)
    plan = proposal.decision.plan
    is_group = one.kind == "group"
    return present(
        {
            "resourceType": "ServiceRequest",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("service-request", id)],
            "basedOn": [inside(proposal.care_plan_id)],
            "status": "draft",
            "intent": "proposal",
            "code": coded(SNOMED_CT, PEER_SUPPORT_REFERRAL, text="Referral to peer support"),
            "orderDetail": [
                {"text": f"Preferred format: {text}"} for text in texts(plan.formats) if is_group
            ],
            "subject": proposal.patient(),
            "occurrenceTiming": _timing(plan.frequency) if is_group else None,
            "authoredOn": proposal.as_of,
            "requester": proposal.engine(),
            "performerType": {"text": _KINDS[one.kind]},
            "performer": [proposal.target(one)],
            "reasonCode": [{"text": text} for text in reasons(one, proposal)],
            "note": [{"text": markdown(text)} for text in _notes(one, proposal)],
        }
    )


def _timing(frequencies: tuple[str, ...]) -> Json | None:
    """How often to go, where the plan asks for one thing only."""
    found = frequency(frequencies[0]) if len(frequencies) == 1 else None
    if found is None:
        return None
    repeat = {"frequency": found.times, "period": found.number, "periodUnit": _UNITS[found.unit]}
    return {"repeat": repeat}


def _notes(one: Suggestion, proposal: Proposal) -> Iterator[str]:
    plan = proposal.decision.plan
    if one.kind == "group" and len(plan.proposed_groups) > 1:
        yield "One of several groups to choose from; how often to go is meant for all together."
    if one.score is not None:
        yield f"{fit(one.score)}."
    for caution in cautions(one, proposal):
        yield f"Before a placement: {caution}."
    for support in support_titles(one, proposal):
        yield f"Needs support: {support}."
