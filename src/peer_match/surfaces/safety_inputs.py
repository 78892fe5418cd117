"""What a decision learns of a person's safety: from a history, or from the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.kernel import Kernel
from peer_match.facts.event import EarlierEscalation, History
from peer_match.facts.patient import Patient, Person
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.histories import history_from
from peer_match.surfaces.stores import records


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to a person, and what was escalated for them before."""

    history: History
    earlier: tuple[EarlierEscalation, ...] = ()

    def assessed(
        self,
        policy: Policy,
        patient: Patient,
        moment: datetime,
        staff: Mapping[str, Person],
        kernel: Kernel,
    ) -> Assessment:
        """The complete assessment, with the rules engine beside. Raises ValueError as `assess`."""
        return assess(policy, self.history, as_of=moment, patient=patient,
                      earlier=self.earlier, staff=staff, kernel=kernel)  # fmt: skip


def told_of(
    subject: str, history: Path | None, database: str | None, policy: Policy, faults: Faults
) -> Told | None:
    """What a file or the records say of a person; None where neither was given, or with faults."""
    if history is not None and database is not None:
        faults.said.append("safety is assessed by --history or by --records, not by both")
        return None
    if history is not None:
        found = history_from(history, policy.safety.events, faults)
        return None if found is None else Told(found)
    if database is None:
        return None
    with records(database) as store, store.reading() as reader:
        return Told(reader.history(subject, "patient"), reader.earlier(subject))
