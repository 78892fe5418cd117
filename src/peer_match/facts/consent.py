"""What a person agreed to: placement, pairing, and who may be told what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as day
from datetime import datetime
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
    DOUBTFUL = "doubtful"


class Consent(Frozen):
    """One consent: who agreed, to what use, who may receive which kinds of fact, until when.

    `recipients` and `categories` are codes of `rules/disclosure.yaml`; both are empty for a
    placement. Elements follow 42 CFR 2.31 (patient, discloser, recipient, purpose, description,
    right to revoke, expiry, signature, date).

    `agreed` is None where nobody can tell whether the person agreed: it may be a "no". `begins` is
    from when it holds, where that is not its signature.
    """

    id: str
    use: ConsentUse
    provenance: Provenance
    agreed: bool | None = True
    discloser: str | None = None
    recipients: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    purpose: str | None = None
    signed: PartialDate | None = None
    begins: PartialDate | None = None
    expires: PartialDate | None = None
    revoked: PartialDate | None = None

    def state(self, moment: Moment) -> ConsentState:
        """What this consent amounts to at a moment. Doubt about a date reads as not valid.

        With a time given, signing, revoking and expiring happen at that instant. With a day alone,
        a consent that expires on it holds through it; one revoked on it does not hold on it.
        """
        if self.agreed is None:
            return ConsentState.DOUBTFUL
        if not self.agreed:
            return ConsentState.REFUSED
        if self.revoked is not None and _has_come(
            self.revoked, moment.as_of, by=self.revoked.earliest
        ):
            return ConsentState.REVOKED
        if self.signed is None:
            return ConsentState.UNSIGNED
        if not all(
            _has_come(one, moment.as_of, by=one.latest)
            for one in (self.signed, self.begins)
            if one is not None
        ):
            return ConsentState.NOT_YET
        if self.expires is not None and _is_over(self.expires, moment.as_of):
            return ConsentState.EXPIRED
        return ConsentState.VALID

    def known(self, moment: Moment) -> bool:
        """Whether it was known by then and is not dated in the future."""
        recorded, date = self.provenance.recorded, self.provenance.date
        if recorded is not None and recorded > moment.known_at:
            return False
        return date is None or not date.surely_after(moment.as_of)


def _has_come(date: PartialDate, as_of: datetime, *, by: day) -> bool:
    return date.instant <= as_of if date.instant is not None else by <= as_of.date()


def _is_over(date: PartialDate, as_of: datetime) -> bool:
    return date.instant <= as_of if date.instant is not None else date.earliest < as_of.date()


NO_OR_PERHAPS_NO = frozenset({ConsentState.REFUSED, ConsentState.REVOKED, ConsentState.DOUBTFUL})
"""The states that outvote an agreement."""


def standing(consents: Iterable[Consent], moment: Moment) -> tuple[Consent, ...]:
    """Of consents about one matter, the valid ones that no later "no" outvotes.

    The latest word counts: a refusal, a revocation, or what may be one, outvotes every agreement
    that was not surely signed after it.
    """
    # By place, not by id: two versions of one resource carry the same id.
    known = [(one, one.state(moment)) for one in consents if one.known(moment)]
    against = [one for one, state in known if state in NO_OR_PERHAPS_NO]
    return tuple(
        one
        for one, state in known
        if state is ConsentState.VALID and all(_surely_before(no, one) for no in against)
    )


def _surely_before(refusal: Consent, agreement: Consent) -> bool:
    said = refusal.revoked or refusal.signed or refusal.provenance.date
    signed = agreement.signed
    return said is not None and signed is not None and said.surely_before(signed)
