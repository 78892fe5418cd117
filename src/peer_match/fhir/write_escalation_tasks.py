"""A task for each step of an escalation.

The element choices (R4, https://hl7.org/fhir/R4/task.html):

- `intent` is `order`: the pathway that a programme signed orders the step, nobody proposes it.
- `status` is `requested` for a step that has begun and `draft` for a later one. A draft becomes
  `requested` when the deadline before it fires (`step_resources`).
- `identifier` follows from escalation and step, so that a resend cannot make a second task;
  `groupIdentifier` is what all of one escalation have in common.
- `partOf` is the task of the first step. `basedOn` is the request group that says what follows
  what, `focus` the flag that somebody has to look at.
- `executionPeriod.start` is when the step begins, `restriction.period.end` the deadline by which it
  must have been acknowledged.
- `performerType` is the role. `owner` is the person who has that role now, where one is named;
  without an owner whoever has the role can claim it. Naming somebody says that they are asked, and
  not that they know: that they know is said by nobody but themselves, when they acknowledge.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.assessment import Assessment, Escalation, Evidence, HelpLine
from peer_match.decide.references import PersonRef, RuleRef
from peer_match.decide.version import __version__
from peer_match.facts.event import About
from peer_match.fhir.write_concern import (
    Addresses,
    Concern,
    by_identifier,
    concern_behind,
    escalation_identifier,
    in_bundle,
    is_told,
    task_id,
)
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    elsewhere,
    identifier,
    markdown,
    moment,
    plain,
    present,
    texts,
)
from peer_match.fhir.write_people import engine_reference, role_concept, role_words
from peer_match.fhir.write_safety_codes import (
    EMERGENCY_DISCLOSURE,
    coded_of,
    safety_task,
)
from peer_match.fhir.write_transaction import checked_alone
from peer_match.fhir.write_words import dated

_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def escalation_tasks(
    escalation: Escalation, assessment: Assessment, risk_assessment: str | None
) -> Iterator[Json]:
    """The chain: one Task for each step, the first requested, the later ones drafts.

    A step that the recipient may not know of has no task here: it is somebody else's to do.
    `risk_assessment` is the id of its entry, None where there is none.
    """
    concern = concern_behind(assessment, escalation)
    addresses = in_bundle(escalation, risk_assessment)
    told = [index for index, step in enumerate(escalation.steps) if is_told(step)]
    for index in told:
        status = "draft" if index else "requested"
        task = _task(escalation, index, status, concern, addresses)
        if index == told[0]:
            task |= _in_an_emergency(escalation, assessment.lines)
        yield task


def step_resources(
    escalation: Escalation,
    step_index: int,
    subject: PersonRef,
    *,
    about: About = "patient",
    rule: RuleRef | None = None,
    evidence: tuple[Evidence, ...] = (),
    lines: tuple[HelpLine, ...] = (),
    engine_version: str = __version__,
) -> tuple[Json, ...]:
    """What goes out when a later step has begun: its Task, requested, and nothing else yet.

    `step_index` counts from 0, as `Escalation.steps` does. `rule` and `evidence` say why, where
    they are at hand; `lines` are told where the first step of an emergent escalation begins once
    more. The Task is the one of the chain: the same id and identifier, and the others
    of the escalation by theirs, so that it makes sense to a receiver that never had them.

    Where the draft of the chain is there already, creating it once more does nothing: the sender
    must **update** it, from `draft` only and against the version that it read (`If-Match`), so that
    what somebody has accepted since is never requested again.

    Raises IndexError for a step that the escalation does not have; ValueError for one that was
    withheld, since its task would not be the one of the chain; RuntimeError when what was written
    is not valid, which is a fault of this program.
    """
    if step_index < 0:
        raise IndexError("the steps of an escalation are counted from 0")
    if not is_told(escalation.steps[step_index]):
        raise ValueError("a step that was withheld has no task")
    concern = Concern(subject, about, rule, evidence, engine_version)
    task = _task(escalation, step_index, "requested", concern, by_identifier(escalation))
    if step_index == 0:
        task |= _in_an_emergency(escalation, lines)
    return (checked_alone(task),)


def _task(
    escalation: Escalation, index: int, status: str, concern: Concern, addresses: Addresses
) -> Json:
    step = escalation.steps[index]
    id = task_id(escalation.id, step.id)
    return present(
        {
            "resourceType": "Task",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("task", id)],
            "basedOn": [addresses.request_group],
            "groupIdentifier": escalation_identifier(escalation.id),
            "partOf": [addresses.first_task] if index and addresses.first_task else None,
            "status": status,
            "intent": "order",
            "priority": step.priority,
            "code": safety_task("escalation-step"),
            "description": plain(step.title) or plain(step.id),
            "focus": addresses.flag,
            "for": concern.task_for(),
            "executionPeriod": {"start": moment(step.begins)},
            "authoredOn": moment(escalation.since),
            "requester": engine_reference(concern.engine_version),
            "performerType": [role_concept(step.role, role_words(step.role))],
            "owner": _owner(step.person),
            "reasonCode": concern.reason(escalation.rule),
            "reasonReference": addresses.risk_assessment,
            "restriction": {"period": {"end": moment(step.due)}},
        }
    )


def _owner(person: PersonRef | None) -> Json | None:
    """Who has the role: by name and by the programme's own id of its staff. Of which FHIR type a
    member of staff is, and where, only the programme knows."""
    return None if person is None else elsewhere("", "staff", person.id, person.name)


# --- in an emergency ---------------------------------------------------------------------------

# 42 CFR 2.51 (82 FR 6115, as amended by 85 FR 43038 and 89 FR 12628) lets a part 2 programme
# disclose to medical personnel, without consent, what is necessary to meet a bona fide medical
# emergency. Its paragraph (c) then wants in writing, immediately after the disclosure: the name of
# the medical personnel and their affiliation with any health care facility; the name of the person
# making the disclosure; the date and time; the nature of the emergency.
#
# Only whoever discloses knows these, so each is named here and left for them to fill. In R4 an
# input must have a value. `data-absent-reason` says that it is still to come; it stands on complex
# types, since the R4B models refuse a choice of a primitive type that has an extension only.
_DISCLOSURE = {
    "recipient": "valueHumanName",
    "recipient-affiliation": "valueCodeableConcept",
    "discloser": "valueHumanName",
    "disclosed-at": "valuePeriod",
    "nature-of-emergency": "valueCodeableConcept",
}


_TO_BE_DOCUMENTED = (
    "Whoever discloses something to medical personnel without consent, because of a medical "
    "emergency, writes down at once what the inputs of this task ask for (42 CFR 2.51(c))."
)


def _in_an_emergency(escalation: Escalation, lines: tuple[HelpLine, ...]) -> Json:
    """What the first person needs at hand, and what they must write down if they disclose; nothing
    where there is time to ask for consent."""
    if escalation.severity != "emergent":
        return {}
    said = (*texts(escalation.instructions), *map(line_words, lines), _TO_BE_DOCUMENTED)
    return {
        "note": [{"text": markdown(text)} for text in said],
        "input": [
            {
                "type": coded_of(EMERGENCY_DISCLOSURE, code),
                value: {"extension": [{"url": _ABSENT, "valueCode": "temp-unknown"}]},
            }
            for code, value in _DISCLOSURE.items()
        ],
    }


NOT_VERIFIED = "verified by nobody yet"


def line_words(line: HelpLine) -> str:
    """`988 Lifeline: call or text 988 (last verified on 1 March 2026)`."""
    when = "In an emergency: " if line.is_emergency else ""
    verified = NOT_VERIFIED if line.verified is None else f"last verified on {dated(line.verified)}"
    return f"{when}{plain(line.name)}: {plain(line.contact)} ({verified})"
