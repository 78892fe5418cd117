"""The assessment as a whole: what holds, on what evidence, and what is not known.

R4 (https://hl7.org/fhir/R4/riskassessment.html):

- `status` is `preliminary`: nothing is final before a clinician has looked at it.
- `prediction.qualitativeRisk` is a severity in words. There is no probability: no rule knows one.
- `basis` has the evidence that is a resource of the record. All other evidence is a note, and so is
  every question that is open: what is unknown is neither a risk nor its absence.
- `condition` is never written, and no Condition is: a screen is not a diagnosis.

R4 lets a RiskAssessment be about a Patient or a Group only, so there is none about a mentor or a
facilitator: nobody is made a patient by being looked after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from peer_match.decide.assessment import Alert, Assessment, Evidence, OpenQuestion
from peer_match.decide.in_words import STATED_BY
from peer_match.fhir.write_assessment_narrative import engine_words, narrative
from peer_match.fhir.write_concern import Concern, clock, concern_of
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    identifier,
    markdown,
    moment,
    plain,
    present,
    texts,
)
from peer_match.fhir.write_people import engine_reference, role_words
from peer_match.fhir.write_safety_codes import rule_concept, severity_concept, severity_words
from peer_match.fhir.write_words import dated

# The resources that facts and events are read from. Anything else that looks like a reference is
# told in words: a type that R4 does not know would make the whole bundle be refused.
_RECORD = re.compile(
    r"(Appointment|Condition|DocumentReference|Encounter|Goal|MedicationAdministration"
    r"|MedicationDispense|MedicationRequest|MedicationStatement|Observation|Patient|Procedure"
    r"|QuestionnaireResponse|RiskAssessment|ServiceRequest)/[A-Za-z0-9\-.]{1,64}"
)


def risk_assessment(assessment: Assessment, id: str) -> Json | None:
    """The RiskAssessment, or None where there is nothing to tell or nobody R4 could tell it of.

    `id` is the one that it is to have: it follows from the whole assessment.
    """
    concern = Concern(assessment.subject, assessment.about)
    subject = concern.subject_of_care()
    if subject is None or not (assessment.alerts or assessment.questions):
        return None
    pack = assessment.policy
    return present(
        {
            "resourceType": "RiskAssessment",
            "id": id,
            "meta": RESTRICTED,
            "text": {"status": "additional", "div": narrative(assessment)},
            "identifier": [identifier("risk-assessment", id)],
            "status": "preliminary",
            "method": {"text": plain(f"Rules {pack.id} {pack.version}, {pack.statement}")},
            "code": {"text": "Assessment of safety by rules"},
            "subject": subject,
            "occurrenceDateTime": moment(assessment.as_of),
            "performer": engine_reference(assessment.engine_version),
            "basis": [_basis(one) for one in _evidence(assessment) if _RECORD.fullmatch(one.key)],
            "prediction": [_prediction(alert, assessment) for alert in assessment.alerts],
            "note": [{"text": text} for text in _notes(assessment)],
        }
    )


def _evidence(assessment: Assessment) -> tuple[Evidence, ...]:
    """The evidence of every alert, each once, in the order of the alerts."""
    return tuple({one.key: one for a in assessment.alerts for one in a.evidence}.values())


def _basis(evidence: Evidence) -> Json:
    return {
        "reference": evidence.key,
        "display": plain(f"{evidence.what} ({dated(evidence.date)})"),
    }


def _prediction(alert: Alert, assessment: Assessment) -> Json:
    rule = assessment.rules.get(alert.rule)
    said = [plain(rule.why)] if rule is not None else []
    if alert.late is not None:
        said.append(f"It held on {clock(alert.late)}, which became known only later.")
    return present(
        {
            "outcome": rule_concept(rule),
            "qualitativeRisk": severity_concept(alert.severity),
            "rationale": " ".join(texts(said)),
        }
    )


def _notes(assessment: Assessment) -> Iterator[str]:
    for one in _evidence(assessment):
        if not _RECORD.fullmatch(one.key):
            yield markdown(
                f"Evidence: {one.what} ({dated(one.date)}, "
                f"{STATED_BY.get(one.stated_by, one.stated_by)}, {one.key})."
            )
    if assessment.severity is None and assessment.questions:
        yield "No rule holds. That does not mean safe: not everything is known."
    for question in assessment.questions:
        yield markdown(_unknown(question, assessment))
    for text in (*texts(assessment.notes), *engine_words(assessment.engine)):
        yield markdown(text)


def _unknown(question: OpenQuestion, assessment: Assessment) -> str:
    title = concern_of(assessment, question.rule).title
    unknown = "; ".join(texts(question.unknown)) or "something that this rule asks for"
    said = f"Not known: {unknown}. It could make a rule hold: {title}. "
    said += f"{severity_words(question.could_be)}, if it did."
    if question.role is not None and question.due is not None:
        said += f" To be answered by: {role_words(question.role)}, by {clock(question.due)}."
    return said
