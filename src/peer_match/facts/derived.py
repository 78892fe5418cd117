"""Facts that follow from other facts at a moment."""

from __future__ import annotations

from peer_match.facts.consent import Consent, ConsentState, ConsentUse, standing
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

    A valid consent that nothing later takes back is enough; else the state of what was said last,
    a "no" before anything else, and doubt before the rest. A person who was never asked has no
    state, and neither has a consent of which nobody can tell whether it agrees: unknown.
    """
    use = _USES[type.field]
    consents = [one for one in patient.consents if one.use is use and one.known(moment)]
    if not consents:
        return Observed(type, vocabulary, unknown=Unknown.NOT_RECORDED)
    valid = standing(consents, moment)
    others = [one for one in consents if one.state(moment) is not ConsentState.VALID]
    chosen = min(valid or others, key=lambda one: _order(one, moment))
    if chosen.state(moment) is ConsentState.DOUBTFUL:
        return Observed(type, vocabulary, unknown=Unknown.UNREADABLE, basis=(chosen.provenance,))
    return Observed(
        type,
        vocabulary,
        (chosen.state(moment).value,),
        complete=True,
        unknown=None,
        basis=(chosen.provenance,),
    )


_FIRST = (ConsentState.REFUSED, ConsentState.REVOKED)


def _order(consent: Consent, moment: Moment) -> tuple[int, int, str]:
    state = consent.state(moment)
    rank = 0 if state in _FIRST else 1 if state is ConsentState.DOUBTFUL else 2
    signed = consent.signed.latest.toordinal() if consent.signed is not None else 0
    return rank, -signed, consent.id
