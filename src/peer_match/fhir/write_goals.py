"""Goals of the plan, proposed, each with its target."""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.decide.decision import PlanGoal
from peer_match.facts.vocabulary import Term
from peer_match.fhir.code_systems import local_system
from peer_match.fhir.write_elements import RESTRICTED, Json, identifier, markdown, plain, present
from peer_match.fhir.write_proposal import Proposal

GOALS = "goal"
"""The vocabulary of goals."""

_AMOUNT = re.compile(r"(?:(?P<bound>[a-z]+ [a-z]+|[a-z]+) )?(?P<number>\d{1,9})(?: (?P<unit>\S+))?")
_BOUNDS = {
    "at least": ">=",
    "at most": "<=",
    "up to": "<=",
    "more than": ">",
    "above": ">",
    "less than": "<",
    "fewer than": "<",
    "below": "<",
}


def goals(proposal: Proposal) -> Iterator[Json]:
    """One Goal for each goal of the plan."""
    for one in proposal.decision.plan.goals:
        yield _goal(one, proposal)


def _goal(goal: PlanGoal, proposal: Proposal) -> Json:
    return present(
        {
            "resourceType": "Goal",
            "id": goal.id,
            "meta": RESTRICTED,
            "identifier": [identifier("goal", goal.id)],
            "lifecycleStatus": "proposed",
            "description": present(
                {
                    "coding": list(_codings(goal, proposal)),
                    "text": _description(goal),
                }
            ),
            "subject": proposal.patient(),
            "target": [_target(goal)],
            "note": [{"text": f"Aim: {markdown(goal.direction)}"}],
        }
    )


def _description(goal: PlanGoal) -> str:
    return plain(goal.description) or "A goal of the plan"


def _codings(goal: PlanGoal, proposal: Proposal) -> Iterator[Json]:
    if goal.goal is None:
        return
    term: Term | None = None
    if GOALS in proposal.policy.vocabularies:
        term = proposal.policy.vocabularies[GOALS].term(goal.goal)
    label = plain(term.label) if term else ""
    yield present({"system": local_system(GOALS), "code": goal.goal, "display": label})
    for coding in term.codings if term else ():
        yield present(
            {
                "system": coding.system,
                "code": coding.code,
                "display": plain(coding.display or ""),
            }
        )


def _target(goal: PlanGoal) -> Json:
    """A target has a measure wherever it has a detail (invariant gol-1)."""
    coding = present(
        {
            "system": goal.measure_system,
            "code": goal.measure_code,
            "display": plain(goal.measure_display or ""),
        }
    )
    measure = {"coding": [coding]} if goal.measure_code else {"text": _description(goal)}
    return present({"measure": measure, **detail(goal.target), "dueDate": goal.due})


def detail(target: str | None) -> Json:
    """The target as a quantity where it is an amount (`at least 8 sessions`), else in words."""
    text = plain(target or "")
    if not text:
        return {}
    found = _AMOUNT.fullmatch(text)
    if found is None or (found["bound"] and found["bound"] not in _BOUNDS):
        return {"detailString": text}
    comparator = _BOUNDS.get(found["bound"] or "")
    return {
        "detailQuantity": present(
            {"value": int(found["number"]), "comparator": comparator, "unit": found["unit"]}
        )
    }
