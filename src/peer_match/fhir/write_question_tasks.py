"""A task for what one role has to find out by one time, because it could bear on safety.

A person of whom little is known has dozens of open questions, and most are answered in one talk. A
task for each would bury the ones that are due first, so those of one role and one time are one
task. Its inputs say each concern and what is not known of it; its note says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peer_match.decide.assessment import Assessment, OpenQuestion
from peer_match.decide.plan import stable_id
from peer_match.fhir.write_concern import concern_of
from peer_match.fhir.write_elements import (
    RESTRICTED,
    Json,
    identifier,
    inside,
    markdown,
    moment,
    plain,
    present,
    texts,
)
from peer_match.fhir.write_people import engine_reference, role_concept, role_words
from peer_match.fhir.write_safety_codes import (
    PRIORITY_OF,
    rule_concept,
    safety_task,
    severity_words,
)
from peer_match.policy.safety_files import SEVERITIES, Severity

NOT_KNOWN = "what is not known"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one role has to find out by one time; `questions` in the order of the assessment."""

    role: str
    due: str
    questions: tuple[OpenQuestion, ...]

    @property
    def could_be(self) -> Severity:
        """The most severe that any answer could mean."""
        worst = max(self.questions, key=lambda one: SEVERITIES.index(one.could_be))
        return worst.could_be

    @property
    def unknown(self) -> tuple[str, ...]:
        """Everything to find out, each once."""
        facts = (fact for one in self.questions for fact in texts(one.unknown))
        return tuple(dict.fromkeys(facts))


def asked_of(questions: Iterable[OpenQuestion]) -> tuple[Asked, ...]:
    """The questions that somebody is to answer by a time, together by role and time.

    What is noted only has no role or no time, and is not among them.
    """
    found: dict[tuple[str, str], list[OpenQuestion]] = {}
    for one in questions:
        if one.role is not None and one.due is not None:
            found.setdefault((one.role, one.due), []).append(one)
    return tuple(Asked(role, due, tuple(asked)) for (role, due), asked in found.items())


def question_tasks(assessment: Assessment, risk_assessment: str | None) -> Iterator[Json]:
    """A Task for each role and time of the open questions.

    Its identifier follows from whom it asks and what, not from when: the same list is the same
    task, and one that was answered once and is open again is a new one for whoever creates it where
    none is open. `risk_assessment` is the id of its entry, None where there is none.
    """
    for one in asked_of(assessment.questions):
        yield _task(one, assessment, risk_assessment)


def _task(asked: Asked, assessment: Assessment, risk_assessment: str | None) -> Json:
    concern = concern_of(assessment, asked.questions[0].rule)
    ids = sorted(one.id for one in asked.questions)
    id = stable_id(assessment.subject.id, "questions", asked.role, asked.could_be, *ids)
    return present(
        {
            "resourceType": "Task",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("task", id)],
            "status": "requested",
            "intent": "order",
            "priority": PRIORITY_OF[asked.could_be],
            "code": safety_task("safety-question"),
            "description": _description(asked),
            "focus": None if risk_assessment is None else inside(risk_assessment),
            "for": concern.task_for(),
            "authoredOn": moment(assessment.as_of),
            "requester": engine_reference(assessment.engine_version),
            "performerType": [role_concept(asked.role, role_words(asked.role))],
            "reasonCode": _reason(asked, assessment),
            "note": [{"text": markdown(line)} for line in _lines(asked, assessment)],
            "restriction": {"period": {"end": moment(asked.due)}},
            "input": [_input(one, assessment) for one in asked.questions],
        }
    )


def _description(asked: Asked) -> str:
    """`Find out: A; B`, or how much there is to find out where that is a list."""
    if len(asked.questions) == 1:
        return f"Find out: {'; '.join(asked.unknown) or NOT_KNOWN}"
    return f"Find out what is not known of {len(asked.questions)} concerns for safety"


def _reason(asked: Asked, assessment: Assessment) -> Json:
    """Why it is asked: the rule where there is one alone, and how severe it could be."""
    severe = f"{severity_words(asked.could_be)}, if it were so."
    first, *others = asked.questions
    if others:
        return {"text": f"Not known. {severe}"}
    rule = first.rule
    concern = concern_of(assessment, rule)
    return rule_concept(concern.rule, f"Not known: {concern.reason(rule)['text']}. {severe}")


def _lines(asked: Asked, assessment: Assessment) -> Iterator[str]:
    """For whoever sees no inputs: what it is about, then each fact once."""
    if len(asked.questions) > 1:
        yield f"Concerns: {'; '.join(_title(one, assessment) for one in asked.questions)}."
        yield f"Not known for these: {'; '.join(asked.unknown) or NOT_KNOWN}."


def _input(question: OpenQuestion, assessment: Assessment) -> Json:
    rule = concern_of(assessment, question.rule).rule
    unknown = "; ".join(texts(question.unknown))
    return {
        "type": rule_concept(rule, _title(question, assessment)),
        "valueString": unknown or NOT_KNOWN,
    }


def _title(question: OpenQuestion, assessment: Assessment) -> str:
    return plain(concern_of(assessment, question.rule).title)
