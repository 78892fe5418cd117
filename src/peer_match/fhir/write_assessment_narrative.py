"""The narrative of an assessment: what whoever has to act must see at a glance.

It says nothing that the projected assessment does not say. It says who is asked to act and by when,
never that anybody knows of it: that they know is said by themselves, when they acknowledge.
"""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.decide.assessment import Alert, Assessment, Engine, OpenQuestion, Step
from peer_match.fhir.write_concern import clock, concern_of, who
from peer_match.fhir.write_elements import plain, texts
from peer_match.fhir.write_escalation_tasks import line_words
from peer_match.fhir.write_markup import bold, listed, named, narrative_of, paragraph, sentence
from peer_match.fhir.write_people import role_words
from peer_match.fhir.write_safety_codes import severity_words
from peer_match.fhir.write_words import dated, joined


def narrative(assessment: Assessment) -> str:
    """The narrative as an XHTML `div`."""
    return narrative_of(_parts(assessment))


def _parts(assessment: Assessment) -> Iterator[str]:
    yield from _opening(assessment)
    if assessment.alerts:
        yield from named("What holds", (_alert(one, assessment) for one in assessment.alerts))
    yield from _escalations(assessment)
    yield from listed("Where to turn", map(line_words, assessment.lines))
    yield from listed(
        "What is not known", (_question(one, assessment) for one in assessment.questions)
    )
    yield from _closing(assessment)


def _opening(assessment: Assessment) -> Iterator[str]:
    name = plain(assessment.subject.name or "")
    whom = f" of {name}" if name else ""
    yield paragraph(f"This is an assessment of safety{whom}, made on {clock(assessment.as_of)}.")
    if assessment.severity is None:
        yield bold("No rule holds. That does not mean safe: see what is not known.")
    else:
        yield bold(f"{severity_words(assessment.severity)}.")
    yield paragraph(f"Please note: {plain(assessment.policy.statement)}.")
    yield paragraph("Rules have found this, and no diagnosis is made. A clinician has to judge it.")


def _alert(alert: Alert, assessment: Assessment) -> tuple[str, str]:
    """The title of the rule, and what there is to say."""
    said = [f"{severity_words(alert.severity)}."]
    if alert.late is not None:
        said.append(f"It held on {clock(alert.late)}, which became known only later.")
    if alert.escalated_as is not None:
        above = concern_of(assessment, alert.escalated_as).title
        said.append(f"Nobody is called twice for the same: see {above}.")
    elif not alert.is_new:
        said.append("An escalation was opened for it before.")
    seen = "; ".join(texts(f"{one.what} ({dated(one.date)})" for one in alert.evidence))
    if seen:
        said.append(f"Because of: {seen}.")
    return concern_of(assessment, alert.rule).title, " ".join(said)


def _escalations(assessment: Assessment) -> Iterator[str]:
    for escalation in assessment.escalations:
        title = concern_of(assessment, escalation.rule).title
        yield from listed(f"What to do: {title}", map(sentence, texts(escalation.instructions)))
        yield from listed(f"Who is to act: {title}", map(_step, escalation.steps))


def _step(step: Step) -> str:
    title = plain(step.title) or plain(step.id)
    return sentence(f"{who(step)}, from {clock(step.begins)} to {clock(step.due)}: {title}")


def _question(question: OpenQuestion, assessment: Assessment) -> str:
    title = concern_of(assessment, question.rule).title
    unknown = "; ".join(texts(question.unknown)) or "something that this rule asks for"
    said = [sentence(unknown), f"It could make a rule hold: {sentence(title)}"]
    if question.role is not None and question.due is not None:
        said.append(sentence(f"{role_words(question.role)} is to answer by {clock(question.due)}"))
    return " ".join(said)


def engine_words(engine: Engine) -> Iterator[str]:
    """How the two evaluations of the rules went, unless both gave the same."""
    rules = joined(texts(engine.rules))
    match engine.state:
        case "agreed":
            return
        case "not run":
            yield "The rules were evaluated once only: nobody ran the second evaluation."
        case "failed":
            yield (
                "The rules were to be evaluated twice, and the second evaluation gave no answer; "
                "the answer of the first stands. Somebody has to look at the engine."
            )
        case "differed":
            yield (
                f"The two evaluations of the rules differ{f' ({rules})' if rules else ''}; "
                "the more severe answer stands. Somebody has to look at the engine."
            )


def _closing(assessment: Assessment) -> Iterator[str]:
    yield from map(paragraph, engine_words(assessment.engine))
    if assessment.notes:
        yield paragraph(
            "Not everything in the history was understood: the notes of this assessment say what."
        )
    pack = assessment.policy
    yield paragraph(
        f"Made by peer_match {assessment.engine_version} with the rules {pack.id}, "
        f"version {pack.version}."
    )
