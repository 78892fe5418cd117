"""Facts that follow from other facts at a moment."""

from __future__ import annotations

from peer_match.facts.consent import Consent, ConsentState, ConsentUse
from peer_match.facts.fact import Unknown
from peer_match.facts.fact_type import FactType
from peer_match.facts.observed import Observed
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.facts.vocabulary import Vocabulary

_USES = {
    "group_consent": ConsentUse.GROUP_PLACEMENT,
    "mentor_consent": ConsentUse.MENTOR_PAIRING,
}


def derive(
    patient: Patient, type: FactType, vocabulary: Vocabulary | None, moment: Moment
) -> Observed:
    """The state of the consent that a derived fact is about, at a moment.

    One valid consent is enough; else the state of the consent signed last. A person who was never
    asked has no state: unknown.
    """
    consents = [
        one
        for one in patient.consents
        if one.use is _USES[type.field]
        and (one.provenance.recorded is None or one.provenance.recorded <= moment.known_at)
    ]
    if not consents:
        return Observed(type, vocabulary, unknown=Unknown.NOT_RECORDED)
    chosen = min(consents, key=lambda one: _order(one, moment))
    return Observed(
        type,
        vocabulary,
        (chosen.state(moment).value,),
        complete=True,
        unknown=None,
        basis=(chosen.provenance,),
    )


def _order(consent: Consent, moment: Moment) -> tuple[bool, int, str]:
    signed = consent.signed.latest.toordinal() if consent.signed is not None else 0
    return consent.state(moment) is not ConsentState.VALID, -signed, consent.id
