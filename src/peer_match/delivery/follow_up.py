"""From an event to what is on disk and on its way: the whole path in one transaction.

1. The event is appended to the history.
2. The history is assessed, with what was escalated before.
3. The assessment, its escalations with their first deadlines, and what goes to the EHR are kept
   together. Either all of it is there, or none, and the event is told again.
A later step goes out when the deadline of the one before it fires, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from peer_match.decide.assess import assess
from peer_match.decide.assessment import Alert, Assessment, HelpLine, Step
from peer_match.decide.kernel import Kernel
from peer_match.decide.plan import stable_id
from peer_match.decide.project_assessment import called_as, project_assessment
from peer_match.decide.references import PersonRef, RuleRef, rule_ref
from peer_match.delivery import endings
from peer_match.delivery.ladders import named_by_ladder
from peer_match.delivery.ledger import OVER
from peer_match.facts.event import About, Coverage, Event, Reassessment, Retraction
from peer_match.facts.patient import Patient, Person
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.fhir.write_communications import communication
from peer_match.fhir.write_elements import Json, identifier
from peer_match.fhir.write_escalation_tasks import step_resources
from peer_match.fhir.write_standalone import business_key, standalone
from peer_match.policy.policy import Policy
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Outgoing
from peer_match.records.store import Reader, Store, UnitOfWork

EHR = "clinician"
"""What goes to the EHR is for those who treat the person, as the treating clinician may see it."""

Entry = Event | Retraction | Reassessment | Coverage


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Takes in what happened, and sees to what follows. `staff` names the person of each role."""

    policy: Policy
    store: Store
    kernel: Kernel | None = None
    staff: Mapping[str, Person] | None = None

    def take_in(
        self,
        subject: str,
        about: About,
        entries: Iterable[Entry],
        *,
        actor: str,
        now: datetime,
        patient: Patient | None = None,
        stamped: bool = False,
    ) -> Assessment:
        """Append entries to a history, assess it, and keep all that follows, or nothing.

        `stamped` says that the moment at which events were recorded is this program's own: told
        again, an event keeps the one it was first told at.

        Raises RecordsError where nothing could be kept, ValueError where nothing can be assessed.
        """
        with self.store.writing(actor, now) as work:
            told = list(entries)
            if stamped:
                known = {one.key: one for one in work.history(subject, about).events}
                told = [_as_first_told(one, known) for one in told]
            work.append(subject, about, told)
            return self._assessed(work, subject, about, now, patient)

    def look_again(
        self,
        subject: str,
        about: About,
        *,
        actor: str,
        now: datetime,
        patient: Patient | None = None,
    ) -> Assessment:
        """Assess a history anew, as time alone can make something overdue.

        It is kept where something new follows from it: nothing is gained by the same answer again.
        Mostly nothing does, and that is seen without the one right to write: whoever tells of
        something, or calls somebody, must not wait until everybody was looked at.
        """
        with self.store.reading() as reader:
            found = self._found(reader, subject, about, now, patient)
        if not found.escalations and not found.engine.needs_review:
            return found
        with self.store.writing(actor, now) as work:
            return self._assessed(work, subject, about, now, patient, only_news=True)

    def _found(
        self, reader: Reader, subject: str, about: About, now: datetime, patient: Patient | None
    ) -> Assessment:
        return assess(
            self.policy,
            reader.history(subject, about),
            as_of=now,
            patient=patient,
            earlier=reader.earlier(subject, about),
            staff=self.staff,
            kernel=self.kernel,
        )

    def _assessed(
        self,
        work: UnitOfWork,
        subject: str,
        about: About,
        now: datetime,
        patient: Patient | None,
        *,
        only_news: bool = False,
    ) -> Assessment:
        found = self._found(work, subject, about, now, patient)
        if found.escalations or not only_news:
            latched = work.record(found)
            begun = [work.escalation(id) for id in (*latched.opened, *latched.raised)]
            shown = _shown(found, self.policy, patient, latched.opened)
            rows = _outgoing(shown, _over(work, subject))
            calls = [
                row for one in begun for row in self.called(one, now, shown.alerts, shown.lines)
            ]
            for id in latched.raised:
                endings.begin_again(work, work.escalation(id))
            work.send((*calls, *rows), subject)  # whoever is called first waits for nothing else
        if found.engine.needs_review:
            work.ask_for_engine_review(found)
        return found

    def step_begun(self, stored: StoredEscalation, step: Step) -> tuple[Outgoing, ...]:
        """What goes out when a step begins because nobody answered the one before it, or when the
        last is repeated."""
        began = stored.due_at or datetime.fromisoformat(step.begins)
        return self.called(stored, began)

    def called(
        self,
        stored: StoredEscalation,
        now: datetime,
        alerts: tuple[Alert, ...] = (),
        lines: tuple[HelpLine, ...] = (),
    ) -> tuple[Outgoing, ...]:
        """The call that is out: the task of its step, once, and a communication for each time that
        its role is called.

        `alerts` and `lines` are those of the assessment that began it, as the EHR may see them. A
        ladder that was begun again (because the severity rose) has tasks of its own.
        """
        plan = called_as(named_by_ladder(stored.plan, stored.ladder), self.policy, EHR)
        if plan is None:
            return ()
        step = plan.steps[stored.step]
        subject = PersonRef(stored.subject, None)
        said = communication(
            plan, step, stored.round + 1, now, status="in-progress", subject=subject,
            about=stored.about,
        )  # fmt: skip
        # By its rule: evidence that is new has another id than the escalation that it goes to.
        alert = next((one for one in alerts if one.rule == plan.rule), None)
        tasks = step_resources(
            plan,
            stored.step,
            subject,
            about=stored.about,
            rule=self._rule(plan.rule),
            evidence=() if alert is None else alert.evidence,
            lines=lines,
        )
        new = () if stored.round else tasks
        return tuple(_row(one, stored.subject) for one in (*new, said))

    def _rule(self, id: str) -> RuleRef | None:
        """The rule behind a call, None where the EHR may not know it."""
        found = (one for one in self.policy.safety.escalates if one.id == id)
        return next((rule_ref(one) for one in found), None)


def _shown(
    assessment: Assessment, policy: Policy, patient: Patient | None, opened: Collection[str]
) -> Assessment:
    """An assessment as the EHR may see it, with the escalations that were opened alone."""
    consents = () if patient is None else patient.consents
    news = tuple(one for one in assessment.escalations if one.id in opened)
    return project_assessment(replace(assessment, escalations=news), policy, EHR, consents)


def _outgoing(shown: Assessment, over: Collection[str]) -> tuple[Outgoing, ...]:
    """What goes to the EHR beside the calls: what was found and why, the flags, what is asked, and
    the ladders. `over` are the keys of the tasks that are done with at the receiver."""
    return tuple(
        _row(_asked_anew(one, over), shown.subject.id)
        for one in standalone(assessment_bundle(shown))
        if not _is_a_step(one)
    )


def _over(work: UnitOfWork, subject: str) -> frozenset[str]:
    return frozenset(one.key for one in work.sendings(subject, "Task|") if one.status in OVER)


def _asked_anew(resource: Json, over: Collection[str]) -> Json:
    """A question that was answered once, and is open again, as a task of its own: the receiver
    leaves the one that is done with as it is."""
    asked, number = resource, 1
    while asked["resourceType"] == "Task" and business_key(asked) in over:
        number += 1
        id = stable_id(resource["id"], "asked again", str(number))
        asked = {**resource, "id": id, "identifier": [identifier("task", id)]}
    return asked


def _as_first_told(entry: Entry, known: Mapping[str | None, Event]) -> Entry:
    if not isinstance(entry, Event) or entry.key is None or entry.key not in known:
        return entry
    return entry.model_copy(update={"recorded": known[entry.key].recorded})


def _is_a_step(resource: Json) -> bool:
    """Whether a resource is the task of a step: it goes out when the step begins."""
    return resource["resourceType"] == "Task" and "groupIdentifier" in resource


def _row(resource: Json, subject: str) -> Outgoing:
    return Outgoing(business_key(resource), subject, orjson.dumps(resource).decode())
