"""What stands between a patient and the people of a group, or a mentor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import About, Fact, FactSet, Statement, latest
from peer_match.facts.patient import Code, Patient, SubjectFacts
from peer_match.facts.provenance import Moment, Provenance, StatedBy


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
    patient: Patient,
    target: str,
    people: Iterable[str],
    conflicts: Iterable[RecordedConflict],
    *,
    moment: Moment,
    may_be_agreed: frozenset[str] = frozenset(),
) -> Pair:
    """What stands between a patient and a target whose people are `people` (person ids).

    A tie of a kind in `may_be_agreed` (household, family) is left out where both people agreed to
    be in one group. No agreement lifts any other tie.
    """
    others = frozenset(people)
    ties = tuple(
        Statement(value=one.kind, provenance=_from_start(one), until=one.end)
        for one in sorted(conflicts, key=lambda one: one.id)
        if not (one.both_agree and one.kind in may_be_agreed) and _touches(one, patient.id, others)
    )
    refused = holds_now(patient.declined_targets, target, moment)
    provenance = refused.provenance if refused is not None else _NO_REFUSAL
    answer = Statement(value=refused is not None, provenance=provenance)
    return Pair(
        id=f"{patient.id}+{target}",
        ties=FactSet(statements=ties, complete=True),
        declined=Fact(statements=(answer,)),
    )


def holds_now(fact: FactSet[str], value: str, moment: Moment) -> Statement[str] | None:
    """The statement by which a value stands at a moment, unless it was surely denied later."""
    said = [one for one in fact.statements if one.value == value and one.in_force(moment)]
    denied = [one for one in fact.denied if one.value == value and one.in_force(moment)]
    standing = latest((*said, *denied))
    return next((one for one in standing if one in said), None)


_NO_REFUSAL = Provenance(source="no refusal on record", stated_by=StatedBy.RECORD)


def _touches(conflict: RecordedConflict, patient: str, others: frozenset[str]) -> bool:
    one, other = conflict.between
    return (one == patient and other in others) or (other == patient and one in others)


def _from_start(conflict: RecordedConflict) -> Provenance:
    """When it began, and which record it is: an override is bound to this very tie."""
    source = f"{conflict.provenance.source} [{conflict.id}]"
    return conflict.provenance.model_copy(update={"date": conflict.start, "source": source})
