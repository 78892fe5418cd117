"""A reviewed safety plan as a FHIR R4 transaction: the CarePlan, and the tasks that it asks for.

R4 (https://hl7.org/fhir/R4/careplan.html): each step is an activity in its own words. The plan is
`active` only where a clinician is named who made it with the person; else it is a `draft`. The
CarePlan follows from the answers alone, so it is created once; what it lacks at a moment, and by
when somebody looks at it again, are Tasks.

SNOMED CT 735324008 is a treatment escalation plan, and no safety plan: it is not used. No code of
a standard system was found, so the category beside US Core's is our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import orjson

from peer_match.decide.canonical import canonical_review
from peer_match.decide.plan import stable_id
from peer_match.decide.plan_review import PlanReview, ReviewedStep
from peer_match.decide.references import WITHHELD
from peer_match.facts.safety_plan import PlanEntry
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_care_plan import CATEGORY
from peer_match.fhir.write_concern import clock
from peer_match.fhir.write_elements import (
    FHIR_ID,
    RESTRICTED,
    Json,
    elsewhere,
    identifier,
    inside,
    markdown,
    moment,
    plain,
    present,
    texts,
)
from peer_match.fhir.write_escalation_tasks import line_words
from peer_match.fhir.write_markup import bold, listed, narrative_of, paragraph
from peer_match.fhir.write_people import (
    engine_reference,
    patient_reference,
    role_concept,
    role_words,
)
from peer_match.fhir.write_provenance import Origin, pack_uri, provenance_of
from peer_match.fhir.write_safety_codes import coded_of, safety_task
from peer_match.fhir.write_transaction import STILL_OPEN, checked, created_once, put, transaction
from peer_match.fhir.write_words import dated

CARE_PLAN_KIND = f"{BASE}:code:care-plan-kind"
NOTHING_YET = "Nothing is written down yet"
DECLINED = "The person prefers not to say"


def safety_plan_bundle(review: PlanReview) -> Json:
    """The transaction Bundle (R4, 4.0.1, JSON-ready) of a review that was projected.

    The same review gives the same bytes; for a recipient who is told of no plan it has no entries.

    Raises ValueError for a review that was not projected for a recipient; RuntimeError when what
    was written is not valid, which is a fault of this program.
    """
    if review.recipient is None:
        raise ValueError("project the review for its recipient before writing it")
    if review.subject.id == WITHHELD:
        return transaction(())
    plan = _care_plan(review)
    tasks = [*_tasks(review, plan["id"])]
    digest = hashlib.sha256(canonical_review(review)).hexdigest()
    entries = [created_once(plan)]
    entries += [created_once(one, STILL_OPEN["Task"]) for one in tasks]
    targets = [entry["resource"]["id"] for entry in entries]
    entries.append(put(provenance_of(_origin(review, digest), targets)))
    return checked(transaction(entries))


def care_plan_id(review: PlanReview) -> str:
    """The id of the plan: it follows from whose it is and from every word of it."""
    said = [(one.id, one.declined, [(e.text, e.contact) for e in one.entries])
            for one in review.steps]  # fmt: skip
    made_with = None if review.made_with is None else review.made_with.id
    words = orjson.dumps([review.plan, review.made, made_with, said])
    return stable_id(review.subject.id, "safety plan", hashlib.sha256(words).hexdigest())


def _care_plan(review: PlanReview) -> Json:
    id = care_plan_id(review)
    is_active = review.made_with is not None
    made = None if review.made is None else _as_written(review.made)
    has_id = FHIR_ID.fullmatch(review.plan.partition("/")[2])
    return present(
        {
            "resourceType": "CarePlan",
            "id": id,
            "meta": RESTRICTED,
            "text": {"status": "additional", "div": _narrative(review)},
            "identifier": [identifier("safety-plan", id)],
            "instantiatesUri": [pack_uri(review.policy)],
            "status": "active" if is_active else "draft",
            "intent": "plan" if is_active else "proposal",
            "category": [CATEGORY, coded_of(CARE_PLAN_KIND, "safety-plan")],
            "title": plain(review.title),
            "description": plain(review.opening),
            "subject": patient_reference(review.subject),
            "period": present({"start": made}),
            "created": made,
            "author": _author(review),
            "supportingInfo": [{"reference": review.plan}] if has_id else [],
            "activity": [_activity(one, is_active=is_active) for one in review.steps],
            "note": [{"text": markdown(text)} for text in _notes(review)],
        }
    )


def _as_written(made: str) -> str:
    """A date as FHIR has it: without a time that has no offset, which FHIR knows not."""
    if "T" not in made:
        return made
    try:
        return moment(made)
    except ValueError:
        return made.partition("T")[0]


def _author(review: PlanReview) -> Json:
    """The clinician who is named, or this program, which made a draft of the answers."""
    if review.made_with is None:
        return engine_reference(review.engine_version)
    type, slash, id = review.made_with.id.partition("/")
    name = plain(review.made_with.name or "")
    if slash and FHIR_ID.fullmatch(id) and type in ("Practitioner", "PractitionerRole"):
        return present({"reference": review.made_with.id, "display": name})
    return elsewhere("Practitioner", "practitioner", review.made_with.id, name)


def _activity(step: ReviewedStep, *, is_active: bool) -> Json:
    return {
        "detail": present(
            {
                "code": {"text": plain(step.title)},
                "status": "in-progress" if is_active else "not-started",
                "doNotPerform": False,
                "description": "; ".join(_said(step)),
            }
        )
    }


def _said(step: ReviewedStep) -> tuple[str, ...]:
    said = texts(entry_words(one) for one in step.entries)
    if said:
        return tuple(said)
    return (DECLINED if step.declined else NOTHING_YET,)


def entry_words(entry: PlanEntry) -> str:
    """What helps, or who: with how to reach them."""
    if entry.contact is None or entry.contact == entry.text:
        return entry.text
    return f"{entry.text} ({entry.contact})"


def _notes(review: PlanReview) -> Iterator[str]:
    """What holds of the plan whenever it is read: which line to call is the pack's, not theirs."""
    yield f"Please note: {plain(review.policy.statement)}."
    for line in review.lines:
        yield line_words(line)


def _narrative(review: PlanReview) -> str:
    def parts() -> Iterator[str]:
        yield paragraph(review.opening)
        for number, step in enumerate(review.steps, 1):
            yield from listed(f"{number}. {plain(step.title)}", _said(step))
        yield from listed("At any hour", map(line_words, review.lines))
        made = "on a day that nobody noted" if review.made is None else dated(review.made)
        name = None if review.made_with is None else review.made_with.name or review.made_with.id
        if name is None:
            yield bold(f"A draft, written down {made}: no {role_words(review.role)} is named.")
        else:
            yield paragraph(f"Made {made} with {name}.")

    return narrative_of(parts())


# -- tasks -----------------------------------------------------------------------------------------


def _tasks(review: PlanReview, plan: str) -> Iterator[Json]:
    if review.gaps and review.mend_by is not None:
        yield _task(
            review,
            plan,
            "complete-safety-plan",
            "Complete the safety plan together with the person",
            review.mend_by,
            [gap_words(review, one.step, one.words) for one in review.gaps],
        )
    yield _task(
        review,
        plan,
        "review-safety-plan",
        "Look at the safety plan again together with the person",
        review.review_by,
        [f"Since then: {one.what} ({dated(one.date)})" for one in review.reasons],
    )


def gap_words(review: PlanReview, step: str | None, words: str) -> str:
    """What is lacking, with the title of its step."""
    titles = {one.id: one.title for one in review.steps}
    return f"{titles[step]}: {words}" if step in titles else f"The plan: {words}"


def _task(review: PlanReview, plan: str, code: str, title: str, due: str, why: list[str]) -> Json:
    id = stable_id(plan, code, due, *why)
    return present(
        {
            "resourceType": "Task",
            "id": id,
            "meta": RESTRICTED,
            "identifier": [identifier("task", id)],
            "status": "requested",
            "intent": "order",
            "priority": review.priority,
            "code": safety_task(code),
            "description": f"{title}, by {clock(due)}",
            "focus": inside(plan),
            "for": patient_reference(review.subject),
            "authoredOn": moment(review.as_of),
            "requester": engine_reference(review.engine_version),
            "performerType": [role_concept(review.role, role_words(review.role))],
            "note": [{"text": markdown(text)} for text in why],
            "restriction": {"period": {"end": moment(due)}},
        }
    )


def _origin(review: PlanReview, digest: str) -> Origin:
    return Origin(
        id=stable_id(review.subject.id, "provenance of a safety plan", digest),
        as_of=moment(review.as_of),
        policy=review.policy,
        engine_version=review.engine_version,
        tzdata_version=review.tzdata_version,
        kind="plan-review-digest",
        digest=digest,
        words=f"Review of the safety plan {review.plan} as of {review.as_of} on what was known at "
        f"{review.known_at}, for the recipient {review.recipient}",
    )
