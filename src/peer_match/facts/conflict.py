"""What stands between two people. Never shown to anyone but the safety role."""

from __future__ import annotations

from peer_match.facts.provenance import Frozen, PartialDate, Provenance


class RecordedConflict(Frozen):
    """A recorded reason to keep two people apart, or a second tie between them.

    `between` are two person ids; the order does not matter. `kind` is a code of the vocabulary
    `tie` (protective order, conflict, household, sponsor, employer …). `both_agree` is set
    where both people consented to be in one group all the same.
    """

    id: str
    between: tuple[str, str]
    kind: str
    provenance: Provenance
    start: PartialDate | None = None
    end: PartialDate | None = None
    both_agree: bool = False
