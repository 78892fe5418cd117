"""How the calls of an escalation are known at a receiver.

A ladder that was begun again, because the severity rose, has steps of its own: somebody who had
taken on the milder call is called anew.
"""

from __future__ import annotations

from dataclasses import replace

from peer_match.decide.assessment import Escalation
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_concern import task_id
from peer_match.records.escalations import StoredEscalation


def named_by_ladder(plan: Escalation, ladder: int) -> Escalation:
    """The plan with the ids of its steps as those of one ladder; the first keeps them."""
    if not ladder:
        return plan
    steps = tuple(replace(one, id=f"{one.id}-{ladder}") for one in plan.steps)
    return replace(plan, steps=steps)


def call_key(stored: StoredEscalation, step: int) -> str:
    """What a step's Task is called in the outbox and the ledger, in the ladder that is under way.

    `step` counts from 0. Raises IndexError for a step that there is not.
    """
    plan = named_by_ladder(stored.plan, stored.ladder)
    return f"Task|{BASE}:task|{task_id(plan.id, plan.steps[step].id)}"
