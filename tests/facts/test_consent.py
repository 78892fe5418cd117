"""What a consent amounts to at a moment, and which of several stands."""

from typing import Any

import pytest

from peer_match.facts.consent import Consent, ConsentState, ConsentUse, standing
from peer_match.facts.provenance import PartialDate

from .stated import NOW, said


def consent(id: str = "c", **told: Any) -> Consent:
    dates: dict[str, Any] = {
        key: PartialDate(one) if isinstance(one, str) else one for key, one in told.items()
    }
    dates.setdefault("provenance", said(None))
    return Consent(id=id, use=ConsentUse.GROUP_PLACEMENT, **dates)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"signed": "2026-01-01"}, ConsentState.VALID),
        ({}, ConsentState.UNSIGNED),
        ({"signed": "2026-01-01", "agreed": False}, ConsentState.REFUSED),
        ({"signed": "2026-01-01", "agreed": None}, ConsentState.DOUBTFUL),
        ({"signed": "2026-01-01", "begins": "2026-02-01"}, ConsentState.VALID),
        ({"signed": "2026-01-01", "begins": "2026-03"}, ConsentState.NOT_YET),
        ({"signed": "2026-01-01", "begins": "2026-04-01"}, ConsentState.NOT_YET),
        ({"signed": "2026-01-01", "revoked": "2026-02-01"}, ConsentState.REVOKED),
        # What was taken back is so, whatever is known of its signature.
        ({"revoked": "2026-02-01"}, ConsentState.REVOKED),
        ({"signed": "2026", "revoked": "2026-02-01"}, ConsentState.REVOKED),
        ({"signed": "2026-01-01", "expires": "2026-02-01"}, ConsentState.EXPIRED),
    ],
)
def test_the_state_of_a_consent(told: dict[str, Any], state: ConsentState) -> None:
    assert consent(**told).state(NOW) is state


@pytest.mark.parametrize("agreed", [False, None])
@pytest.mark.parametrize(
    ("date", "stands"), [("2025-12-31", True), ("2026-01-01", False), (None, False)]
)
def test_a_no_or_perhaps_a_no_outvotes_what_was_not_surely_signed_after_it(
    agreed: bool | None, date: str | None, stands: bool
) -> None:
    yes = consent("yes", signed="2026-01-01")
    no = consent("no", agreed=agreed, provenance=said(date))
    assert bool(standing([yes, no], NOW)) is stands


@pytest.mark.parametrize("places", [(0, 1), (1, 0)])
def test_versions_of_one_consent_are_told_apart(places: tuple[int, int]) -> None:
    versions = (consent(signed="2026-01-01"), consent(signed="2026-01-01", agreed=False))
    assert standing([versions[place] for place in places], NOW) == ()
