"""A safety assessment as a FHIR R4 transaction, for the programme that treats the person.

What is written, in this order: the RiskAssessment, a Flag for each alert that cannot wait, for each
escalation its RequestGroup and the Tasks of its steps, the Tasks of open questions, Provenance.

Everything but a question is created only if nothing with its identifier is there, whatever has
become of it since: an escalation that somebody has finished is not begun again by sending it twice,
and a flag that somebody took down stays down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from peer_match.decide.assessment import Assessment
from peer_match.decide.canonical import canonical_assessment
from peer_match.decide.plan import stable_id
from peer_match.decide.references import WITHHELD
from peer_match.fhir.write_elements import Json, moment
from peer_match.fhir.write_escalation_tasks import escalation_tasks
from peer_match.fhir.write_flags import flags
from peer_match.fhir.write_provenance import Origin, provenance_of
from peer_match.fhir.write_question_tasks import question_tasks
from peer_match.fhir.write_request_group import request_group
from peer_match.fhir.write_risk_assessment import risk_assessment
from peer_match.fhir.write_transaction import STILL_OPEN, checked, created_once, put, transaction


def assessment_bundle(assessment: Assessment) -> Json:
    """The transaction Bundle (R4, 4.0.1, JSON-ready) of an assessment that was projected.

    The same assessment gives the same bytes. Without alerts and questions there is nothing to
    write, and neither is there for a recipient who may not even know that the person is known here:
    the bundle then has no entries.

    Raises ValueError for an assessment that was not projected for a recipient; RuntimeError when
    what was written is not valid, which is a fault of this program.
    """
    if assessment.recipient is None:
        raise ValueError("project the assessment for its recipient before writing it")
    if assessment.subject.id == WITHHELD:
        return transaction(())
    digest = hashlib.sha256(canonical_assessment(assessment)).hexdigest()
    written = _Written(assessment, digest)
    entries = list(_entries(written))
    if entries:
        targets = [entry["resource"]["id"] for entry in entries]
        entries.append(put(provenance_of(_origin(written), targets)))
    return checked(transaction(entries))


@dataclass(frozen=True, slots=True)
class _Written:
    """An assessment and the ids that follow from all of it: another answer is another resource, and
    so is the same answer where the two evaluations of the rules went otherwise."""

    assessment: Assessment
    digest: str

    def id(self, what: str) -> str:
        one = self.assessment
        return stable_id(one.subject.id, f"{what} of safety", self.digest, one.engine.state)


def _entries(written: _Written) -> Iterator[Json]:
    assessment = written.assessment
    found = risk_assessment(assessment, written.id("risk assessment"))
    whole = None if found is None else found["id"]
    if found is not None:
        yield created_once(found)
    yield from map(created_once, flags(assessment))
    for escalation in assessment.escalations:
        yield created_once(request_group(escalation, assessment))
        yield from map(created_once, escalation_tasks(escalation, assessment, whole))
    for question in question_tasks(assessment, whole):
        # What was found out once, and is not known again, is a new question.
        yield created_once(question, STILL_OPEN["Task"])


def _origin(written: _Written) -> Origin:
    assessment = written.assessment
    return Origin(
        id=written.id("provenance"),
        as_of=moment(assessment.as_of),
        policy=assessment.policy,
        engine_version=assessment.engine_version,
        tzdata_version=assessment.tzdata_version,
        kind="assessment-digest",
        digest=written.digest,
        words=f"Assessment of safety as of {assessment.as_of} on what was known at "
        f"{assessment.known_at}, for the recipient {assessment.recipient}",
    )
