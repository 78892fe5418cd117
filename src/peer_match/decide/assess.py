"""Is this person safe, and who must act by when: the assessment of one history at one moment.

Steps:
1. Read the history as it was known at the moment (`timeline`), without what was taken back or
   reassessed by somebody who may.
2. Evaluate every safety rule in force; with a kernel, by forward chaining as well. Where the two
   differ, or the kernel fails, the more severe answer stands and a person looks at it.
3. The same at the time of every risk that became known late: what would have held then holds.
4. Severities combine by maximum. A rule that holds is an alert; evidence that was not escalated
   before opens an escalation, along the rule's pathway, with absolute deadlines.
5. What is unknown opens a question with its own deadline. It never lowers anything, and is never
   a severity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from peer_match.decide import assessment
from peer_match.decide.allowed import allowed_history
from peer_match.decide.assessment import (
    SCHEMA_VERSION,
    Alert,
    Assessment,
    Escalation,
    Evidence,
    OpenEscalation,
    OpenQuestion,
)
from peer_match.decide.both_ways import both_ways
from peer_match.decide.case import Case, view
from peer_match.decide.crisis_lines import lines_for
from peer_match.decide.evaluate import World, evaluate
from peer_match.decide.evidence import evidence_of, unknown_of
from peer_match.decide.kernel import Kernel
from peer_match.decide.recorded_screens import with_screens
from peer_match.decide.references import PersonRef, policy_ref, rule_ref
from peer_match.decide.seen_to import seen_to
from peer_match.decide.timeline import bounds, considered, timeline
from peer_match.decide.version import __version__
from peer_match.facts.event import EarlierEscalation, History
from peer_match.facts.offsets import minute_of
from peer_match.facts.patient import Patient, Person
from peer_match.facts.provenance import Moment
from peer_match.facts.truth import Truth
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.condition import Holds, sentences
from peer_match.policy.policy import Policy
from peer_match.policy.safety import Escalate, SafetyTimes
from peer_match.policy.safety_files import SEVERITIES, Severity

ID_LENGTH = 32  # of the 64 digits of a SHA-256: 128 bits, more than chance can meet twice
MINUTE = 60  # seconds


def assess(
    policy: Policy,
    history: History,
    *,
    as_of: datetime,
    known_at: datetime | None = None,
    patient: Patient | None = None,
    earlier: Iterable[EarlierEscalation] = (),
    staff: Mapping[str, Person] | None = None,
    country: str | None = None,
    kernel: Kernel | None = None,
) -> Assessment:
    """Assess one history at one moment.

    `as_of` and `known_at` (default: `as_of`) carry an offset. `patient` are the facts of the person
    whom the history is about, where they are known; `earlier` what was escalated for them before;
    `staff` names the person of each role. `country` chooses the crisis lines (default: the pack's).
    With a `kernel` every rule is evaluated by forward chaining as well; who gives one closes it.
    The result is complete: `project_assessment` it for a recipient before showing it to anyone.

    Raises ValueError where the pack says nothing of safety, where the history and the patient are
    of two people, when a moment has no offset, when `as_of` lies before the pack takes effect, and
    when an earlier escalation has no severity that there is.
    """
    times = policy.safety.times
    if times is None:
        raise ValueError("the pack says nothing of safety, so nobody can be assessed by it")
    if patient is not None and patient.id != history.subject:
        raise ValueError("the history and the facts are of two people")
    for one in (as_of, known_at or as_of):
        minute_of(one)
    before = tuple(earlier)
    for one in before:
        _severity(one)
    if as_of.date() < policy.pack.effective:
        raise ValueError(
            f"the rules take effect on {policy.pack.effective.isoformat()}; "
            f"nothing can be assessed as of {as_of.date().isoformat()}"
        )
    moment = Moment.at(as_of, known_at)
    request = _Request(
        policy,
        times,
        with_screens(history, patient, moment),
        patient,
        before,
        staff or {},
        kernel,
    )
    return request.assess(moment, country or times.country)


def _still_open(one: EarlierEscalation) -> OpenEscalation:
    since = None if one.since is None else one.since.isoformat()
    return OpenEscalation(one.id, one.rule, _severity(one), since)


def _severity(one: EarlierEscalation) -> Severity:
    if one.severity not in SEVERITIES:
        raise ValueError(f"the escalation `{one.id}` has the unknown severity `{one.severity}`")
    return one.severity


def _by_id(one: EarlierEscalation) -> str:
    return one.id


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says at one moment. `late` is the moment where it is a past one."""

    rule: Escalate
    truth: Truth
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...]
    findings: tuple[str, ...]
    late: datetime | None


@dataclass(frozen=True)
class _Request:
    policy: Policy
    times: SafetyTimes
    history: History
    patient: Patient | None
    earlier: tuple[EarlierEscalation, ...]
    staff: Mapping[str, Person]
    kernel: Kernel | None

    def assess(self, moment: Moment, country: str) -> Assessment:
        allowed, notes = allowed_history(self.history, self.times)
        late = [Moment.at(one, moment.known_at) for one in self._late_moments(allowed, moment)]
        worlds = [self._world(allowed, one) for one in (moment, *late)]
        now = worlds[0]
        assert now.timeline is not None
        truths, engine = both_ways(self.policy, worlds, self.history.about, self.kernel)
        said = [
            one
            for number, world in enumerate(worlds)
            for one in self._said(world, truths[number], is_late=number > 0)
        ]
        alerts, escalations = self._alerts(said, moment)
        questions = tuple(self._questions(said, alerts, moment))
        severity = most_severe(one.severity for one in alerts)
        rules = {one.rule for one in (*alerts, *questions)}
        rules |= {one.escalated_as for one in alerts if one.escalated_as is not None}
        return Assessment(
            schema_version=SCHEMA_VERSION,
            engine_version=__version__,
            tzdata_version=TZDATA_VERSION,
            policy=policy_ref(self.policy),
            about=self.history.about,
            subject=PersonRef(
                self.history.subject, None if self.patient is None else self.patient.name
            ),
            as_of=moment.as_of.isoformat(),
            known_at=moment.known_at.isoformat(),
            recipient=None,
            severity=severity,
            alerts=alerts,
            escalations=escalations,
            still_open=tuple(
                _still_open(one) for one in sorted(self.earlier, key=_by_id) if one.is_open
            ),
            questions=questions,
            findings=self._findings(now),
            # Where nothing holds, nothing is shown: a line below "no rule holds" reads as a rule.
            lines=()
            if severity is None
            else lines_for(
                self.policy.safety.lines, self.patient, moment, country, self.policy.vocabularies
            ),
            rules={
                rule.id: rule_ref(rule) for rule in self.policy.safety.escalates if rule.id in rules
            },
            notes=(*now.timeline.notes, *notes),
            engine=engine,
        )

    # -- the history -----------------------------------------------------------------------

    def _world(self, history: History, moment: Moment) -> World:
        vocabularies = self.policy.vocabularies
        patient = self.patient or Patient(id=self.history.subject)
        facts = Case({"patient": view(patient, moment, vocabularies)})
        line = timeline(history, self.policy.safety.events, self.policy.instruments, moment)
        return World(facts, self.policy.findings, moment.as_of, line)

    def _late_moments(self, history: History, moment: Moment) -> list[datetime]:
        """When risks were that became known only later, and not long ago.

        What a reassessment has listed since is looked back at no more.
        """
        since = self.times.late.before(moment.as_of)
        seen = considered(history, moment)
        kinds = self.policy.safety.events.kinds
        found: set[datetime] = set()
        for one in history.events:
            kind = kinds.get(one.kind)
            is_risk = kind is not None and kind.counts_as == "risk"
            if not is_risk or not since < one.recorded <= moment.known_at or one.key in seen:
                continue
            # What is recorded has happened: a day alone cannot mean an hour after that.
            when = one.recorded if one.date is None else min(bounds(one.date)[1], one.recorded)
            if when < min(one.recorded, moment.as_of) and when.date() >= self.policy.pack.effective:
                found.add(when)
        return sorted(found)

    # -- rules -----------------------------------------------------------------------------

    def _said(self, world: World, truths: Mapping[str, Truth], *, is_late: bool) -> Iterator[Said]:
        for rule in self.policy.safety.escalates:
            truth = truths.get(rule.id)
            # Of the past only what held then is told: what was not known then may be known now.
            if truth is None or (is_late and truth is not Truth.YES):
                continue
            yield Said(
                rule=rule,
                truth=truth,
                evidence=evidence_of(rule.when, world) if truth is Truth.YES else (),
                unknown=unknown_of(rule.when, world) if truth is Truth.UNKNOWN else (),
                findings=tuple(sorted(_findings_that_hold(rule, world))),
                late=world.as_of if is_late else None,
            )

    def _findings(self, world: World) -> tuple[tuple[str, str], ...]:
        """Every finding that a safety rule names, with whether it holds."""
        named = {
            one.finding
            for rule in self.policy.safety.escalates
            if rule.about == self.history.about
            for one in sentences(rule.when)
            if isinstance(one, Holds)
        }
        return tuple(
            (id, evaluate(self.policy.findings[id].when, world).value) for id in sorted(named)
        )

    # -- alerts ----------------------------------------------------------------------------

    def _alerts(
        self, said: list[Said], moment: Moment
    ) -> tuple[tuple[Alert, ...], tuple[Escalation, ...]]:
        told: dict[str, Alert] = {}
        escalations: list[Escalation] = []
        holding = {one.rule.id: one.rule for one in said if one.truth is Truth.YES}
        # Whoever sees to a rule's evidence is seen to by fewer rules itself, so it comes first.
        for id, rule in sorted(holding.items(), key=lambda one: (len(one[1].seen_to_by), one[0])):
            every = [one for one in said if one.rule.id == id and one.truth is Truth.YES]
            # What holds now comes first; of the past, what is nearest to now.
            every.sort(key=lambda one: (one.late is not None, one.late or moment.as_of))
            found = every[0] if every[0].late is None else every[-1]
            keys = {one.key: one for each in every for one in each.evidence}
            evidence = tuple(keys[key] for key in sorted(keys))
            handled = seen_to(rule, self.earlier, told)
            fresh = [one for one in evidence if one.key not in handled.evidence]
            is_new = bool(fresh) if evidence else not handled.mine
            if found.late is not None and not is_new and not handled.is_open:
                continue  # it was dealt with in its time, and is not news because that has passed
            if is_new:
                escalation = self._escalation(found, fresh, moment)
                escalations.append(escalation)
                escalated_as, escalation_id = id, escalation.id
            else:
                escalated_as, escalation_id = handled.stands_under(keys)
            told[id] = Alert(
                rule=id,
                severity=found.rule.severity,
                findings=found.findings,
                evidence=evidence,
                escalation=escalation_id,
                is_new=is_new,
                late=None if found.late is None else found.late.isoformat(),
                escalated_as=None if escalated_as == id else escalated_as,
            )
        alerts = sorted(told.values(), key=lambda one: (-SEVERITIES.index(one.severity), one.rule))
        escalations.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.rule))
        return tuple(alerts), tuple(escalations)

    def _escalation(self, said: Said, evidence: list[Evidence], moment: Moment) -> Escalation:
        pathway = self.policy.safety.pathways[said.rule.pathway]
        newest = max(evidence, key=lambda one: (one.date or "", one.key), default=None)
        occasion = "" if newest is None else newest.key
        severity = said.rule.severity
        steps: list[assessment.Step] = []
        begins = moment.as_of
        for tier, step in enumerate(pathway.ladder(severity), 1):
            due = step.within.after(begins)
            person = self.staff.get(step.role)
            steps.append(
                assessment.Step(
                    id=step.id,
                    tier=tier,
                    title=step.title,
                    role=step.role,
                    person=None if person is None else PersonRef(person.id, person.name),
                    priority=step.priority,
                    begins=begins.isoformat(),
                    due=due.isoformat(),
                    minutes=int((due - begins).total_seconds()) // MINUTE,
                    repeats=step.then is None,
                )
            )
            begins = due
        return Escalation(
            id=_id(self.history.subject, said.rule.id, occasion),
            rule=said.rule.id,
            pathway=pathway.id,
            severity=severity,
            since=moment.as_of.isoformat(),
            steps=tuple(steps),
            instructions=pathway.instructions,
        )

    # -- questions -------------------------------------------------------------------------

    def _questions(
        self, said: list[Said], alerts: tuple[Alert, ...], moment: Moment
    ) -> Iterator[OpenQuestion]:
        holding = {one.rule for one in alerts}
        asked = [
            one
            for one in said
            if one.late is None and one.truth is Truth.UNKNOWN and one.rule.id not in holding
        ]
        for one in sorted(asked, key=lambda each: (-SEVERITIES.index(each.rule.severity),
                                                   each.rule.id)):  # fmt: skip
            severity: Severity = one.rule.severity
            due = self.times.questions_within[severity].after(moment.as_of)
            yield OpenQuestion(
                id=_id(self.history.subject, one.rule.id, "question"),
                rule=one.rule.id,
                could_be=severity,
                unknown=one.unknown,
                role=one.rule.asks if one.rule.review_if_unknown else None,
                due=due.isoformat() if one.rule.review_if_unknown else None,
            )


def _findings_that_hold(rule: Escalate, world: World) -> Iterator[str]:
    for one in sentences(rule.when):
        if isinstance(one, Holds) and evaluate(one, world) is Truth.YES:
            yield one.finding


def most_severe(severities: Iterable[Severity]) -> Severity | None:
    """The most severe of some, None of none."""
    found = set(severities)
    return next((one for one in reversed(SEVERITIES) if one in found), None)


def _id(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:ID_LENGTH]
