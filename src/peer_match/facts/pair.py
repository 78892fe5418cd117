"""What stands between a patient and the people of a group, or a mentor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import About, Fact, FactSet, Statement
from peer_match.facts.patient import Code, Patient, SubjectFacts
from peer_match.facts.provenance import Provenance, StatedBy


class Pair(SubjectFacts):
    """The ties on record between two sides. The register of ties is complete by definition."""

    ties: Annotated[
        FactSet[Code],
        About("recorded conflicts, orders and second roles", "another-person", "tie"),
    ] = FactSet(complete=True)
    declined: Annotated[
        Fact[bool], About("whether the person said no to this one", "preference")
    ] = Fact()


def pair_of(
    patient: Patient, target: str, people: Iterable[str], conflicts: Iterable[RecordedConflict]
) -> Pair:
    """What stands between a patient and a target whose people are `people` (person ids).

    A household or family tie to which both people agreed is left out: they consented to be in
    one group.
    """
    others = frozenset(people)
    ties = tuple(
        Statement(value=one.kind, provenance=_from_start(one), until=one.end)
        for one in sorted(conflicts, key=lambda one: one.id)
        if not one.both_agree and _touches(one, patient.id, others)
    )
    refusals = tuple(one for one in patient.declined_targets.statements if one.value == target)
    answers = tuple(
        Statement(value=True, provenance=one.provenance, until=one.until) for one in refusals
    ) or (Statement(value=False, provenance=_NO_REFUSAL),)
    return Pair(
        id=f"{patient.id}+{target}",
        ties=FactSet(statements=ties, complete=True),
        declined=Fact(statements=answers),
    )


_NO_REFUSAL = Provenance(source="no refusal on record", stated_by=StatedBy.RECORD)


def _touches(conflict: RecordedConflict, patient: str, others: frozenset[str]) -> bool:
    one, other = conflict.between
    return (one == patient and other in others) or (other == patient and one in others)


def _from_start(conflict: RecordedConflict) -> Provenance:
    return conflict.provenance.model_copy(update={"date": conflict.start})
