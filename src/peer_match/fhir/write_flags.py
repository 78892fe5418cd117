"""A flag for each concern that cannot wait: what whoever opens the record sees first.

R4 (https://hl7.org/fhir/R4/flag.html): `category` is `safety`, and besides how severe it is, since
a Flag has no priority; `code` is the rule that holds; `period` has a start and no end, because only
a person takes a flag down. It is created once for an escalation, so what a person made inactive
stays inactive when the same alert is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.assessment import Alert, Assessment
from peer_match.fhir.write_concern import FLAGGED, concern_of, flag_id
from peer_match.fhir.write_elements import RESTRICTED, Json, coded, identifier, moment, present
from peer_match.fhir.write_people import engine_reference
from peer_match.fhir.write_safety_codes import rule_concept, severity_concept

CATEGORY = coded("http://terminology.hl7.org/CodeSystem/flag-category", "safety", "Safety")


def flags(assessment: Assessment) -> Iterator[Json]:
    """One Flag for each escalation of an alert of severity urgent or emergent.

    What another rule sees to is not flagged beside it.
    """
    seen: set[str] = set()
    for alert in assessment.alerts:
        is_flagged = alert.severity in FLAGGED and alert.escalated_as is None
        if is_flagged and alert.escalation not in seen:
            seen.add(alert.escalation)
            yield _flag(alert, assessment)


def _flag(alert: Alert, assessment: Assessment) -> Json:
    id = flag_id(alert.escalation)
    concern = concern_of(assessment, alert.rule)
    return present(
        {
            "resourceType": "Flag",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("flag", id)],
            "status": "active",
            "category": [CATEGORY, severity_concept(alert.severity)],
            "code": rule_concept(concern.rule),
            "subject": concern.flagged(),
            "period": {"start": moment(assessment.as_of)},
            "author": engine_reference(assessment.engine_version),
        }
    )
