"""The main job: which groups and which mentors fit a person, and what goes into the plan.

Steps:
1. Fix the moment and observe the patient's facts.
2. Screen and score every group and every mentor (`pairings`).
3. Rank them into four lists (`shortlist`), find the questions worth asking (`questions`), and
   draft the plan (`plan`).
4. Gather every fact and every rule that was referred to, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from peer_match.decide.assessment import Assessment
from peer_match.decide.case import Case, SubjectView, view
from peer_match.decide.decision import (
    SCHEMA_VERSION,
    Decision,
    Reading,
    Screening,
    Shortlist,
    Suggestion,
)
from peer_match.decide.evaluate import World
from peer_match.decide.pairings import Rulebook, suggestion
from peer_match.decide.plan import POINT_OF_CONTACT, Planning, draft_plan
from peer_match.decide.questions import best, questions
from peer_match.decide.readings import reading
from peer_match.decide.references import PersonRef, policy_ref, rule_ref
from peer_match.decide.safety_standing import open_escalation, standing
from peer_match.decide.screen import Pairing, said_of
from peer_match.decide.shortlist import shortlist
from peer_match.decide.version import __version__
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import latest
from peer_match.facts.group import Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.offsets import minute_of
from peer_match.facts.override import Override
from peer_match.facts.pair import holds_now, pair_of
from peer_match.facts.patient import Patient, Person, SubjectFacts
from peer_match.facts.provenance import Moment
from peer_match.facts.week import Meeting
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.measures import PERCENT
from peer_match.policy.policy import AnyRule, Policy, Target
from peer_match.policy.reads import all_facts

CLOSE_TIE = "close-tie"
"""The ties, such as one household, to which both people can agree for a group."""


def suggest(
    policy: Policy,
    patient: Patient,
    groups: Iterable[Group] = (),
    mentors: Iterable[Mentor] = (),
    *,
    as_of: datetime,
    known_at: datetime | None = None,
    assessment: Assessment | None = None,
    conflicts: Iterable[RecordedConflict] = (),
    overrides: Iterable[Override] = (),
    staff: Mapping[str, Person] | None = None,
    notes: Iterable[str] = (),
) -> Decision:
    """Decide for one person at one moment.

    `as_of` and `known_at` (default: `as_of`) carry an offset. `assessment` is that of the person at
    this moment by this policy, complete; without one the decision says that safety was not
    assessed, and whatever rules read of it is unknown. `staff` names the person of each
    role; the patient's own point of contact wins. `notes` are carried into the decision. The
    result is complete: `project` it for a recipient before showing it to anyone.

    Raises ValueError when two targets have one id; when `as_of` or `known_at` has no offset or lies
    outside the calendar of `facts.offsets`; when `as_of` lies before the pack takes effect: without
    rules everybody would fit everything; and for an assessment of somebody else, of another moment
    or policy, or projected. Raises TypeError for a patient that is none, such as that of a record
    which was refused.
    """
    if not isinstance(patient, Patient):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("there is no patient to decide for; see the notes of the record's reading")
    for one in (as_of, known_at or as_of):
        minute_of(one)
    moment = Moment.at(as_of, known_at)
    if as_of.date() < policy.pack.effective:
        raise ValueError(
            f"the rules take effect on {policy.pack.effective.isoformat()}; "
            f"nothing can be decided as of {as_of.date().isoformat()}"
        )
    if assessment is not None:
        _check_fits(assessment, policy, patient, moment)
    # Whatever a record says of it: only the assessment knows what is open.
    said = {"open_escalation": open_escalation(assessment, policy)}
    patient = patient.model_copy(update=said)
    all_groups, all_mentors = _unique(groups), _unique(mentors)
    request = _Request(
        policy, patient, moment, tuple(conflicts), tuple(overrides), tuple(all_mentors)
    )
    _check_apart(all_groups, all_mentors)
    group_list, group_facts = request.groups(all_groups)
    mentor_list, mentor_facts = request.mentors(all_mentors)
    facts = {**group_facts, **mentor_facts}
    hidden = frozenset(rule.id for rule in policy.must_nots if rule.shown_as_unavailable)
    wanted = request.patient_view.observed("patient.mentor_wanted").value
    lists = (group_list,) if wanted is False else (group_list, mentor_list)
    asked = best(
        question
        for one in lists
        for question in questions(
            policy, (*one.eligible, *one.eligible_with_support), one.waiting, facts, hidden
        )
    )
    people = _people(patient, moment, staff or {})
    patient_world = World(Case({"patient": request.patient_view}), policy.findings, as_of)
    for rule in policy.plans:
        for name in all_facts(rule, policy.findings):
            facts.setdefault(name, reading(name, patient_world.facts, policy.intake))
    plan = draft_plan(
        Planning(policy, patient.id, patient_world, people, policy.supports, standing(assessment)),
        group_list,
        mentor_list,
        asked,
        wanted,
    )
    contact = people.get(POINT_OF_CONTACT)
    return Decision(
        schema_version=SCHEMA_VERSION,
        engine_version=__version__,
        tzdata_version=TZDATA_VERSION,
        policy=policy_ref(policy),
        patient=PersonRef(patient.id, patient.name),
        as_of=moment.as_of.isoformat(),
        known_at=moment.known_at.isoformat(),
        safety=standing(assessment),
        assessment=assessment,
        recipient=None,
        point_of_contact=None if contact is None else contact.name,
        groups=group_list,
        mentors=mentor_list,
        mentors_wanted=wanted,
        questions=asked,
        plan=plan,
        facts={key: facts[key] for key in sorted(facts)},
        rules={rule.id: rule_ref(rule) for rule in policy.rules() if rule.in_force(as_of.date())},
        notes=(*notes, *request.unused_overrides()),
    )


def _check_fits(assessment: Assessment, policy: Policy, patient: Patient, moment: Moment) -> None:
    """Matching and safety must not disagree on whom, when and by which rules they speak."""
    if assessment.recipient is not None:
        raise ValueError("the assessment was projected for a recipient; give the complete one")
    if (assessment.about, assessment.subject.id) != ("patient", patient.id):
        raise ValueError("the assessment is of somebody else than the person to decide for")
    if assessment.policy.digest != policy.digest:
        raise ValueError("the assessment was made by other rules than these")
    then = (moment.as_of.isoformat(), moment.known_at.isoformat())
    if (assessment.as_of, assessment.known_at) != then:
        raise ValueError(f"the assessment is of another moment: as of {assessment.as_of}, known at "
                         f"{assessment.known_at}")  # fmt: skip


@dataclass
class _Request:
    """One person's request, with what every target shares."""

    policy: Policy
    patient: Patient
    moment: Moment
    conflicts: tuple[RecordedConflict, ...]
    overrides: tuple[Override, ...]
    roster: tuple[Mentor, ...]

    def __post_init__(self) -> None:
        self.patient_view = view(self.patient, self.moment, self.policy.vocabularies)
        self.priorities = _priorities(self.patient, self.moment, self.policy)
        self.shared: dict[Target, dict[str, Screening]] = {"group": {}, "mentor": {}}
        self.pairings: dict[str, Pairing] = {}
        self.also_known_as = _also_known_as(self.roster)
        placements = self.patient.placements
        self.placed = {
            one.value
            for one in placements.statements
            if holds_now(placements, one.value, self.moment) is not None
        }

    def groups(self, groups: Sequence[Group]) -> tuple[Shortlist, dict[str, Reading]]:
        """The four lists of groups."""
        book = self._book("group")
        found: list[Suggestion] = []
        pairings: dict[str, Pairing] = {}
        for group in groups:
            people = self._same_people((*group.members, *(one.id for one in group.facilitators)))
            pair = pair_of(
                self.patient,
                group.id,
                people,
                self.conflicts,
                moment=self.moment,
                may_be_agreed=self.policy.vocabularies["tie"].covered_by(CLOSE_TIE),
            )
            shared = {
                "patient": self.patient_view,
                "group": self._view(group),
                "pair": self._view(pair),
            }
            leaders = [self._view(one) for one in group.facilitators] or [self._nobody(group.id)]
            cases = [Case({**shared, "facilitator": one}) for one in leaders]
            pairing = pairings[group.id] = self._pairing(group.id, cases, book)
            found.append(suggestion(book, pairing, group.name, _doubts(group)))
        return self._listed(book, found, pairings)

    def mentors(self, mentors: Sequence[Mentor]) -> tuple[Shortlist, dict[str, Reading]]:
        """The four lists of mentors."""
        book = self._book("mentor")
        found: list[Suggestion] = []
        pairings: dict[str, Pairing] = {}
        for mentor in mentors:
            people = self._same_people((mentor.id,))
            pair = pair_of(self.patient, mentor.id, people, self.conflicts, moment=self.moment)
            views = {
                "patient": self.patient_view,
                "mentor": self._view(mentor),
                "pair": self._view(pair),
            }
            pairing = pairings[mentor.id] = self._pairing(mentor.id, [Case(views)], book)
            found.append(suggestion(book, pairing, mentor.name, ()))
        return self._listed(book, found, pairings)

    def _same_people(self, ids: Iterable[str]) -> set[str]:
        """The ids with every other id of the same people: a mentor attends groups as a person."""
        return {other for id in ids for other in self.also_known_as.get(id, {id})}

    def unused_overrides(self) -> Iterator[str]:
        """A note for each override that sets nothing aside: whoever granted it counts on it."""
        for one in sorted(self.overrides, key=lambda each: each.id):
            reason = self._why_unused(one)
            if reason is not None:
                yield f"override `{one.id}` of `{one.rule}` for `{one.target}`: {reason}"

    def _why_unused(self, override: Override) -> str | None:
        day = self.moment.as_of.date()
        rule = next((one for one in self.policy.must_nots if one.id == override.rule), None)
        pairing = self.pairings.get(override.target)
        if rule is None or not rule.in_force(day):
            return "no rule of that name is in force"
        if pairing is None or rule.id not in pairing.reads:
            return "the rule looked at no such target"
        return said_of(override, rule, pairing)

    def _listed(
        self, book: Rulebook, found: list[Suggestion], pairings: dict[str, Pairing]
    ) -> tuple[Shortlist, dict[str, Reading]]:
        self.pairings.update(pairings)
        hidden = frozenset(rule.id for rule in book.must_nots if rule.shown_as_unavailable)
        facts: dict[str, Reading] = {}
        for one in found:
            _gather(one, pairings[one.target], book, facts)
        return shortlist(book, found, pairings, hidden), facts

    def _book(self, target: Target) -> Rulebook:
        day = self.moment.as_of.date()
        policy = self.policy
        must_nots = [r for r in policy.must_nots if r.target == target and r.in_force(day)]
        prefers = [rule for rule in policy.prefers if rule.target == target and rule.in_force(day)]
        rules: list[AnyRule] = [*must_nots, *prefers]
        return Rulebook(
            target=target,
            must_nots=tuple(sorted(must_nots, key=lambda rule: rule.id)),
            prefers=tuple(sorted(prefers, key=lambda rule: rule.id)),
            supports={id: one for id, one in policy.supports.items() if one.in_force(day)},
            reads={rule.id: all_facts(rule, policy.findings) for rule in rules},
            priorities=self.priorities,
            intake=policy.intake,
        )

    def _pairing(self, target: str, cases: Sequence[Case], book: Rulebook) -> Pairing:
        as_of = self.moment.as_of
        return Pairing(
            target=target,
            patient=self.patient.id,
            worlds=tuple(World(case, self.policy.findings, as_of) for case in cases),
            existing=target in self.placed,
            overrides=self.overrides,
            reads=book.reads,
            shared=self.shared[book.target],
        )

    def _view(self, subject: SubjectFacts) -> SubjectView:
        return view(subject, self.moment, self.policy.vocabularies)

    def _nobody(self, group: str) -> SubjectView:
        return SubjectView(None, group, self.moment, self.policy.vocabularies)


def _gather(one: Suggestion, pairing: Pairing, book: Rulebook, facts: dict[str, Reading]) -> None:
    """Every fact that a suggestion refers to, each once."""
    for screening in one.screening:
        _read(screening.rule, screening.facts, pairing, book, facts)
    for points in one.points:
        _read(points.rule, points.facts, pairing, book, facts)


def _read(
    rule: str, keys: tuple[str, ...], pairing: Pairing, book: Rulebook, facts: dict[str, Reading]
) -> None:
    for key in keys:
        if key not in facts:
            name = key.partition("@")[0]
            world = next(one for one in pairing.worlds if one.facts.key(name) == key)
            facts[key] = reading(name, world.facts, book.intake)


def _also_known_as(mentors: Iterable[Mentor]) -> dict[str, set[str]]:
    """For each id of a mentor, every id of the same person."""
    by_person: dict[str, set[str]] = {}
    for one in mentors:
        person = one.person or one.id
        by_person.setdefault(person, {person}).add(one.id)
    return {id: ids for ids in by_person.values() for id in ids}


Subject = TypeVar("Subject", Group, Mentor)


def _unique(subjects: Iterable[Subject]) -> list[Subject]:
    found = sorted(subjects, key=lambda one: one.id)
    twice = sorted({a.id for a, b in pairwise(found) if a.id == b.id})
    if twice:
        raise ValueError(f"ids given to more than one subject: {', '.join(twice)}")
    return found


def _check_apart(groups: Iterable[Group], mentors: Iterable[Mentor]) -> None:
    """A placement and a refusal name their target by id alone, so an id means one target."""
    both = {one.id for one in groups} & {one.id for one in mentors}
    if both:
        raise ValueError(f"ids given to a group and to a mentor: {', '.join(sorted(both))}")


def _priorities(patient: Patient, moment: Moment, policy: Policy) -> dict[str, int]:
    """The person's priorities in percent, by dimension; of several the latest, else none."""
    found: dict[str, int] = {}
    current = [one for one in patient.priorities.statements if one.in_force(moment)]
    for dimension in {one.value.dimension for one in current}:
        newest = latest(tuple(one for one in current if one.value.dimension == dimension))
        levels = {one.value.level for one in newest}
        factor = policy.pack.priorities.get(levels.pop()) if len(levels) == 1 else None
        found[dimension] = PERCENT if factor is None else factor
    return found


def _people(patient: Patient, moment: Moment, staff: Mapping[str, Person]) -> dict[str, Person]:
    """Who holds each role: the staff given, and the patient's own point of contact first."""
    people = dict(staff)
    current = tuple(one for one in patient.point_of_contact.statements if one.in_force(moment))
    contacts = {one.value.id: one.value for one in latest(current)}
    if len(contacts) == 1:
        people[POINT_OF_CONTACT] = next(iter(contacts.values()))
    elif contacts:
        people.pop(POINT_OF_CONTACT, None)
    return people


def _doubts(group: Group) -> tuple[str, ...]:
    """What is doubtful about when a group meets, to be checked before anyone goes there."""
    meetings: list[Meeting] = [
        meeting for one in group.meetings.statements for meeting in one.value
    ]
    said: list[str] = []
    if any(meeting.weekly is not True for meeting in meetings):
        said.append("may not meet every week")
    if any(meeting.length_assumed for meeting in meetings):
        said.append("the listing does not say how long it lasts")
    if any(meeting.zone is None for meeting in meetings):
        said.append("the listing does not say its time zone")
    return tuple(said)
