"""What a person agreed to: placement, pairing, and who may be told what."""

from __future__ import annotations

from enum import StrEnum

from peer_match.facts.provenance import Frozen, Moment, PartialDate, Provenance


class ConsentUse(StrEnum):
    """What a consent is for."""

    GROUP_PLACEMENT = "group-placement"
    MENTOR_PAIRING = "mentor-pairing"
    DISCLOSURE = "disclosure"


class ConsentState(StrEnum):
    """What a consent amounts to on a day."""

    VALID = "valid"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REFUSED = "refused"
    UNSIGNED = "unsigned"


class Consent(Frozen):
    """One consent: who agreed, to what use, who may receive which kinds of fact, until when.

    `recipients` and `categories` are codes of `rules/disclosure.yaml`; both are empty for a
    placement. Elements follow 42 CFR 2.31 (patient, discloser, recipient, purpose, description,
    right to revoke, expiry, signature, date).
    """

    id: str
    use: ConsentUse
    provenance: Provenance
    agreed: bool = True
    discloser: str | None = None
    recipients: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    purpose: str | None = None
    signed: PartialDate | None = None
    expires: PartialDate | None = None
    revoked: PartialDate | None = None

    def state(self, moment: Moment) -> ConsentState:
        """What this consent amounts to at a moment. Doubt about a date reads as not valid.

        A consent that expires on a day holds through that day; one revoked on a day does not hold
        on it.
        """
        if not self.agreed:
            return ConsentState.REFUSED
        if self.signed is None:
            return ConsentState.UNSIGNED
        today = moment.as_of.date()
        if self.signed.latest > today:
            return ConsentState.NOT_YET
        if self.revoked is not None and self.revoked.earliest <= today:
            return ConsentState.REVOKED
        if self.expires is not None and self.expires.earliest < today:
            return ConsentState.EXPIRED
        return ConsentState.VALID
