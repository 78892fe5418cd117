"""A decision as a FHIR R4 transaction: what a host hands to its server when somebody files it.

Every entry that a person will act on is created only if nothing with its identifier is there yet.
So the same bundle sent twice makes nothing twice; and it never undoes what people did since: an
update by id would turn a plan that was signed in between into a draft again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peer_match.decide.decision import Decision
from peer_match.decide.in_words import comes_first
from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_care_plan import care_plan
from peer_match.fhir.write_check import check
from peer_match.fhir.write_elements import Json
from peer_match.fhir.write_goals import goals
from peer_match.fhir.write_proposal import Proposal
from peer_match.fhir.write_provenance import provenance
from peer_match.fhir.write_service_requests import service_requests
from peer_match.fhir.write_tasks import tasks
from peer_match.fhir.write_transaction import STILL_OPEN, created_once, put, transaction
from peer_match.policy.policy import Policy


def write_bundle(decision: Decision, policy: Policy) -> Json:
    """The transaction Bundle (R4, 4.0.1, JSON-ready) of a decision that was projected.

    `policy` is the one that decided. The same decision gives the same bytes. A recipient who may
    not even know that the person is known here gets a bundle without entries.

    Raises ValueError for a decision that was not projected for a recipient, or that another
    policy made; RuntimeError when what was written is not valid, which is a fault of this program.
    """
    if decision.recipient is None:
        raise ValueError("project the decision for its recipient before writing it")
    if decision.policy.digest != policy.digest:
        raise ValueError("this policy is not the one that decided")
    if decision.patient.id == WITHHELD:
        return transaction(())
    bundle = transaction(_entry(one) for one in _resources(Proposal(decision, policy)))
    problems = check(bundle)
    if problems:
        raise RuntimeError("\n".join(str(problem) for problem in problems))
    return bundle


def _resources(proposal: Proposal) -> Iterator[Json]:
    aims = list(goals(proposal))
    requests = list(service_requests(proposal))
    steps = list(tasks(proposal))
    urgent = {one.id for one in comes_first(proposal.decision.plan)}
    first = [one for one in steps if one["id"] in urgent]
    then = [one for one in steps if one["id"] not in urgent]
    plan = care_plan(proposal, _ids(aims), _ids((*first, *requests, *then)))
    proposed = [plan, *aims, *requests, *steps]
    yield from proposed
    yield provenance(proposal, _ids(proposed))


def _ids(resources: Iterable[Json]) -> list[str]:
    return [one["id"] for one in resources]


def _entry(resource: Json) -> Json:
    """Create it unless it is there and still open: what was done or declined once, and is needed
    again, is a new task. A Provenance has no identifier to be found by; its id follows from its
    content, and nobody edits one, so it is put where it may lie already."""
    type = resource["resourceType"]
    if type == "Provenance":
        return put(resource)
    return created_once(resource, STILL_OPEN.get(type, ""))
