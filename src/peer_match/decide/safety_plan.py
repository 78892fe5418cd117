"""A safety plan at a moment: what it lacks, and by when somebody looks at it again.

Steps:
1. Go through the six steps of the pack's form: a step with too few answers, one that the person
   preferred not to answer, somebody to turn to whom nobody could reach, a promise in place of help.
2. When it was made, or looked at since: the latest of what surely was. An event that may have been
   before the plan or after counts as after.
3. A review is due after the pack's span, and sooner where something happened after which the pack
   asks for one. Where nobody would have recorded that, it is not known whether one is.

A plan is no protection that could be counted on: nothing here lowers what an assessment says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from peer_match.decide.allowed import allowed_history
from peer_match.decide.assessment import SCHEMA_VERSION, Evidence
from peer_match.decide.crisis_lines import lines_for
from peer_match.decide.plan_review import Gap, PlanReview, ReviewedStep, Standing, Unrecorded
from peer_match.decide.recorded_screens import with_screens
from peer_match.decide.references import PersonRef, policy_ref
from peer_match.decide.timeline import Occurrence, Timeline, bounds, timeline
from peer_match.decide.version import __version__
from peer_match.facts.event import History
from peer_match.facts.offsets import minute_of
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import Moment
from peer_match.facts.safety_plan import PlanEntry, SafetyPlan, StepAnswers
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.policy import Policy
from peer_match.policy.safety_plan import PlanForm, promise_in
from peer_match.policy.safety_plan_files import PlanStepShape


def review_plan(
    policy: Policy,
    plan: SafetyPlan,
    history: History,
    *,
    as_of: datetime,
    known_at: datetime | None = None,
    patient: Patient | None = None,
    country: str | None = None,
) -> PlanReview:
    """Look at one version of a plan at one moment, by what is recorded of the person.

    `as_of` and `known_at` (default: `as_of`) carry an offset. `patient` are the person's facts,
    where they are known: they choose the crisis lines, as `country` does (default: the pack's).
    The result is complete: `project_plan` it for a recipient before showing it to anyone.

    Raises ValueError where the pack has no safety plan, where plan, history and facts are not of
    one person, and when a moment has no offset.
    """
    form, times = policy.safety.plan, policy.safety.times
    if form is None or times is None:
        raise ValueError("the pack has no safety plan")
    others = {history.subject, *([] if patient is None else [patient.id])} - {plan.subject}
    if others:
        raise ValueError("the plan, the history and the facts are not of one person")
    for one in (as_of, known_at or as_of):
        minute_of(one)
    moment = Moment.at(as_of, known_at)
    counted, not_counted = allowed_history(with_screens(history, patient, moment), times)
    told = timeline(counted, policy.safety.events, policy.instruments, moment)
    looked_at, latest = _looked_at(plan, told, form, moment)
    since = _since(told, form, looked_at)
    gaps = (*_gaps(plan, form), *_gaps_of_the_whole(plan, form, moment))
    review_by = _review_by(looked_at, since, policy, form, moment)
    unknown = () if looked_at is None else _unknown(told, form, looked_at, moment)
    standing = _standing(looked_at, since, unknown, review_by, moment)
    pressing = gaps or standing in ("overdue", "due")
    return PlanReview(
        schema_version=SCHEMA_VERSION,
        engine_version=__version__,
        tzdata_version=TZDATA_VERSION,
        policy=policy_ref(policy),
        subject=PersonRef(plan.subject, None if patient is None else patient.name),
        as_of=moment.as_of.isoformat(),
        known_at=moment.known_at.isoformat(),
        recipient=None,
        plan=plan.id,
        title=form.title,
        opening=form.opening,
        made=None if plan.made is None else plan.made.text,
        made_with=None
        if plan.made_with is None
        else PersonRef(plan.made_with.id, plan.made_with.name),
        steps=tuple(_step(one, plan) for one in form.steps),
        gaps=gaps,
        role=form.made_by,
        mend_by=_mend_by(plan, form, moment) if gaps else None,
        looked_at=None if looked_at is None else looked_at.isoformat(),
        standing=standing,
        review_by=review_by.isoformat(),
        reasons=tuple(_evidence(one, policy) for one in since),
        unknown=unknown,
        priority=form.priority_if_pressing if pressing else form.priority,
        lines=lines_for(
            policy.safety.lines, patient, moment, country or times.country, policy.vocabularies
        ),
        notes=(*told.notes, *not_counted, *_looked_at_elsewhere(latest, policy)),
    )


# -- the steps -------------------------------------------------------------------------------------


def _step(step: PlanStepShape, plan: SafetyPlan) -> ReviewedStep:
    said = plan.steps.get(step.step, StepAnswers())
    return ReviewedStep(step.step, step.title, step.asks, said.entries, said.declined)


def _gaps(plan: SafetyPlan, form: PlanForm) -> Iterator[Gap]:
    for step in form.steps:
        said = plan.steps.get(step.step, StepAnswers())
        # A promise is no answer: with nothing else below it, the step is as good as empty.
        promised = [(one, promise_in(_words(one), form.no_promises)) for one in said.entries]
        entries = [one for one, phrase in promised if phrase is None]
        for _, phrase in promised:
            if phrase is not None:
                yield Gap("a promise", step.step,
                          f"“{phrase}” is a promise, and no help: ask what helps")  # fmt: skip
        if said.declined and len(entries) < step.at_least:
            yield Gap("declined", step.step, "the person preferred not to say; ask again later")
        elif not entries:
            yield Gap("not answered", step.step, "nothing is written down")
        elif len(entries) < step.at_least:
            yield Gap("too few answers", step.step,
                      f"{len(entries)} of at least {step.at_least}")  # fmt: skip
        if step.entries == "contact" and entries and not any(one.contact for one in entries):
            yield Gap("nobody to reach", step.step, "nobody has a way to be reached")


def _words(entry: PlanEntry) -> str:
    return f"{entry.text} {entry.contact or ''}"


def _gaps_of_the_whole(plan: SafetyPlan, form: PlanForm, moment: Moment) -> Iterator[Gap]:
    if plan.made_with is None:
        role = form.made_by.replace("-", " ")
        yield Gap("no clinician", None, f"no {role} is named with whom it was made")
    if _made(plan, moment) is None:
        why = "is not noted" if plan.made is None else "lies after the moment of this review"
        yield Gap("no date", None, f"the day on which it was made {why}")


# -- when ------------------------------------------------------------------------------------------


def _made(plan: SafetyPlan, moment: Moment) -> datetime | None:
    """The first instant at which the plan can have been made; None where nobody knows one.

    The first: counted from there a review is due too early rather than too late.
    """
    if plan.made is None:
        return None
    first, _ = bounds(plan.made)
    return None if first > min(moment.as_of, moment.known_at) else first


def _looked_at(
    plan: SafetyPlan, told: Timeline, form: PlanForm, moment: Moment
) -> tuple[datetime | None, Occurrence | None]:
    """The instant from which a review is counted, and what was recorded of it after the plan."""
    made = _made(plan, moment)
    kinds = told.events.obligations[form.review].met_by
    done = [one for kind in kinds for one in told.occurrences.get(kind, ())
            if one.surely and one.last <= moment.as_of]  # fmt: skip
    latest = max(done, key=lambda one: (one.first, one.key), default=None)
    if made is None or (latest is not None and latest.first > made):
        return (None, None) if latest is None or made is None else (latest.first, latest)
    return made, None


def _since(told: Timeline, form: PlanForm, looked_at: datetime | None) -> tuple[Occurrence, ...]:
    """What happened after which the pack asks for a review, if it may have been since then."""
    if looked_at is None:
        return ()
    found = (one for kind in form.review_after for one in told.occurrences.get(kind, ())
             if one.last > looked_at)  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.first, one.kind, one.key)))


def _review_by(
    looked_at: datetime | None,
    since: Iterable[Occurrence],
    policy: Policy,
    form: PlanForm,
    moment: Moment,
) -> datetime:
    if looked_at is None:
        return moment.as_of
    within = policy.safety.events.obligations[form.review].within
    # An event that may have been before the plan counts from the plan: there it can be after it.
    sooner = (form.review_within.after(max(one.first, looked_at)) for one in since)
    return min([within.after(looked_at), *sooner]).astimezone(moment.as_of.tzinfo)


def _mend_by(plan: SafetyPlan, form: PlanForm, moment: Moment) -> str:
    """From when the plan was made, so that looking at it later gives no more time."""
    made = _made(plan, moment)
    by = moment.as_of if made is None else form.mended_within.after(made)
    return by.astimezone(moment.as_of.tzinfo).isoformat()


def _standing(
    looked_at: datetime | None,
    since: tuple[Occurrence, ...],
    unknown: tuple[Unrecorded, ...],
    review_by: datetime,
    moment: Moment,
) -> Standing:
    if looked_at is None or review_by < moment.as_of:
        return "overdue"
    if since:
        return "due"
    return "not known" if unknown else "in time"


def _unknown(
    told: Timeline, form: PlanForm, looked_at: datetime, moment: Moment
) -> tuple[Unrecorded, ...]:
    kinds = told.events.kinds
    return tuple(
        Unrecorded(kinds[kind].label, kinds[kind].privacy)
        for kind in form.review_after
        if not told.is_covered(kind, looked_at, moment.as_of)
    )


def _looked_at_elsewhere(latest: Occurrence | None, policy: Policy) -> Iterator[str]:
    if latest is not None:
        what = policy.safety.events.kinds[latest.kind].label
        yield (
            f"after this plan was recorded: {what} ({latest.key}); "
            "if that changed the plan, this is not its latest version"
        )


def _evidence(one: Occurrence, policy: Policy) -> Evidence:
    kind, event = policy.safety.events.kinds[one.kind], one.event
    return Evidence(
        key=one.key,
        what=kind.label,
        date=None if event.date is None else event.date.text,
        recorded=event.recorded.isoformat(),
        stated_by=event.stated_by.value,
        privacy=kind.privacy,
    )
