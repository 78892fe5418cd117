"""A person's decision to set a rule aside for one patient and one target."""

from __future__ import annotations

from pydantic import AwareDatetime

from peer_match.facts.provenance import Frozen


class Override(Frozen):
    """Who set which rule aside, for whom, and what it looked like at the time.

    `granted_by` maps each role to a named person. `rule_digest` and `facts_digest` bind it to the
    rule and the facts as they were: any change of either voids it.
    """

    id: str
    patient: str
    target: str
    rule: str
    rule_digest: str
    facts_digest: str
    granted_by: dict[str, str]
    granted: AwareDatetime
    until: AwareDatetime
