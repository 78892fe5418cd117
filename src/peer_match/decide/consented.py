"""What a person's consents let a recipient see, at a moment."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.facts.consent import Consent, ConsentUse, standing
from peer_match.facts.provenance import Moment


def consented_categories(
    consents: Iterable[Consent], recipient: str, moment: Moment
) -> frozenset[str]:
    """The kinds of fact that valid consents let a recipient see at a moment."""
    disclosures = [one for one in consents if one.use is ConsentUse.DISCLOSURE]
    named = {category for one in disclosures for category in one.categories}
    return frozenset(
        category
        for category in named
        if standing((one for one in disclosures if _concerns(one, recipient, category)), moment)
    )


def _concerns(consent: Consent, recipient: str, category: str) -> bool:
    """A refusal that names no recipient or no kind of fact is about all of them."""
    if consent.agreed:
        return recipient in consent.recipients and category in consent.categories
    return (not consent.recipients or recipient in consent.recipients) and (
        not consent.categories or category in consent.categories
    )
