"""Who sees what: a decision as one recipient may see it, denied by default.

Steps:
1. Which kinds of fact the recipient sees: those of the pack's disclosure table that need no
   consent, and those for which a valid consent names the recipient and the kind. Whoever is not
   treating the person sees nothing unless a consent lets them know that the person takes part:
   any word of a plan tells that somebody seeks recovery support.
2. A target that is kept apart by a rule shown as plain unavailability becomes exactly that, with
   nothing else said of it: a conflict and a full group look the same in every byte.
3. What a rule said is kept only where every fact that it read may be seen. Those who treat the
   person are told at least that something keeps apart or asks. Of a rule about another person not
   even that is told: it would tell that something is on record.
4. Whoever is not treating the person sees what is proposed and nothing else: what waits, what is
   blocked, what is asked and how much fits would each tell of facts that they may not see.
5. Every fact that the rules read and the recipient may not see is listed as withheld, with the
   basis, whether or not anything is known of it: which ones are listed tells nothing. A visible
   fact that nothing visible refers to is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from peer_match.decide.consented import consented_categories
from peer_match.decide.decision import (
    FULL_SCORE,
    Change,
    Decision,
    DraftPlan,
    PlanTask,
    Reading,
    Score,
    Screening,
    Shortlist,
    Suggestion,
)
from peer_match.decide.project_assessment import project_assessment
from peer_match.decide.references import WITHHELD, PersonRef
from peer_match.decide.safety_standing import NOT_TOLD, standing
from peer_match.decide.screen import rank, worst
from peer_match.facts.catalogue import CATALOGUE, PARTICIPATION
from peer_match.facts.consent import Consent
from peer_match.facts.fact_type import FactType
from peer_match.facts.provenance import Moment
from peer_match.policy.policy import Policy
from peer_match.policy.reads import all_facts
from peer_match.policy.rule_files import RecipientShape

UNAVAILABLE = "unavailable"
"""The neutral code of a target that is not available, whatever the reason."""
NOTHING = Shortlist((), (), (), (), None)
KEEPS_APART = rank("hold")
ADMINISTRATIVE, PREFERENCE, HEALTH = "administrative", "preference", "health"
HUNDREDTH = FULL_SCORE // 100
PATIENT_CATEGORIES = frozenset(
    fact.privacy for fact in CATALOGUE.values() if fact.subject == "patient"
)
"""Every kind of fact that a note on a person's record could be about."""
UNAVAILABLE_SCREENING = Screening(UNAVAILABLE, "yes", "blocked", (), ())


def project(
    decision: Decision,
    policy: Policy,
    recipient: str,
    consents: Sequence[Consent] = (),
    *,
    target: str | None = None,
) -> Decision:
    """The decision as a recipient may see it at the decision's own moment.

    `recipient` is a code of the pack's disclosure table; `consents` are the person's. `target` is
    the recipient's own id where the recipient is a mentor or a group.

    Raises KeyError for a recipient that the pack does not list, and ValueError for a decision
    that was projected before: only the complete one may be projected.
    """
    if decision.recipient is not None:
        raise ValueError("a projected decision cannot be projected again")
    shape = policy.recipients[recipient]
    moment = Moment.at(
        datetime.fromisoformat(decision.as_of), datetime.fromisoformat(decision.known_at)
    )
    consented = consented_categories(consents, recipient, moment)
    allowed = frozenset(shape.sees) | (consented & frozenset(shape.sees_with_consent))
    if not shape.treating and PARTICIPATION not in allowed:
        return _nothing(decision, recipient)
    if shape.sees_only_own and not _is_proposed(decision, target):
        return _nothing(decision, recipient)
    assessment = decision.assessment if shape.treating else None
    if assessment is not None:
        assessment = project_assessment(assessment, policy, recipient, consents)
    safety = standing(assessment) if shape.treating else NOT_TOLD
    told = replace(decision, safety=safety, assessment=assessment)
    return _Projection(told, policy, shape, allowed, target).result()


def _is_proposed(decision: Decision, target: str | None) -> bool:
    """Who is not proposed is told nothing: "not available" would tell that something is there."""
    return target in (*decision.plan.proposed_groups, *decision.plan.proposed_mentors)


def _nothing(decision: Decision, recipient: str) -> Decision:
    """Not even that the person is known here may be told."""
    return replace(
        decision,
        recipient=recipient,
        patient=PersonRef(WITHHELD, None),
        safety=NOT_TOLD,
        assessment=None,
        point_of_contact=None,
        groups=NOTHING,
        mentors=NOTHING,
        mentors_wanted=None,
        questions=(),
        plan=DraftPlan((), (), (), (), (), (), (), ()),
        facts={},
        rules={},
        notes=(f"withheld: no valid consent to disclose to the recipient `{recipient}`",),
    )


@dataclass
class _Projection:
    """One decision for one recipient."""

    decision: Decision
    policy: Policy
    shape: RecipientShape
    allowed: frozenset[str]
    target: str | None

    def __post_init__(self) -> None:
        self.sees_whole = self.shape.treating and not self.shape.sees_only_own
        self.referred_to: set[str] = set()
        plan = self.decision.plan
        self.proposed = frozenset((*plan.proposed_groups, *plan.proposed_mentors))

    def result(self) -> Decision:
        groups = self._shortlist(self.decision.groups)
        mentors = self._shortlist(self.decision.mentors)
        targets = {one.target for list in (groups, mentors) for one in _all(list)}
        questions = tuple(
            one
            for one in self.decision.questions
            if CATALOGUE[one.fact].privacy in self.allowed
            and self.sees_whole
            and (one.about == "patient" or one.about in targets or one.about in self._leaders())
        )
        plan = self._plan(targets)
        facts = self._facts(plan)
        used = _rules_used((groups, mentors), plan)
        wanted = self.decision.mentors_wanted if PREFERENCE in self.allowed else None
        return replace(
            self.decision,
            recipient=self.shape.code,
            patient=PersonRef(
                self.decision.patient.id,
                self.decision.patient.name if ADMINISTRATIVE in self.allowed else None,
            ),
            groups=groups,
            mentors=mentors,
            mentors_wanted=wanted,
            questions=questions,
            plan=plan,
            facts=facts,
            rules={id: one for id, one in self.decision.rules.items() if id in used},
            notes=self.decision.notes if self.allowed >= PATIENT_CATEGORIES else (),
        )

    # -- targets ---------------------------------------------------------------------------

    def _shortlist(self, whole: Shortlist) -> Shortlist:
        shown = [one for one in _all(whole) if self._concerns(one.target)]
        if not self.sees_whole:
            return self._proposals(whole)
        neutral = {one.target for one in shown if self._is_unavailable(one)}

        def kept(part: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
            return tuple(
                self._suggestion(one)
                for one in part
                if self._concerns(one.target) and one.target not in neutral
            )

        blocked = [*kept(whole.blocked), *(_unavailable(o) for o in shown if o.target in neutral)]
        return Shortlist(
            eligible=kept(whole.eligible),
            eligible_with_support=kept(whole.eligible_with_support),
            waiting=kept(whole.waiting),
            blocked=tuple(sorted(blocked, key=lambda one: one.target)),
            runner_up=whole.runner_up,
        )

    def _proposals(self, whole: Shortlist) -> Shortlist:
        """What is proposed, in the order of the ids: a rank would tell of scores."""

        def kept(part: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
            shown = (one for one in part if self._concerns(one.target))
            return tuple(self._suggestion(one) for one in sorted(shown, key=lambda o: o.target))

        return Shortlist(kept(whole.eligible), kept(whole.eligible_with_support), (), (), None)

    def _concerns(self, target: str) -> bool:
        if self.shape.sees_only_own and target != self.target:
            return False
        return self.sees_whole or target in self.proposed

    def _is_unavailable(self, one: Suggestion) -> bool:
        return any(
            self._is_hidden(screening.rule) and rank(screening.outcome) >= KEEPS_APART
            for screening in one.screening
        )

    def _is_hidden(self, rule: str) -> bool:
        found = self.decision.rules.get(rule)
        return found is not None and found.confidential and not self.shape.sees_other_people

    def _suggestion(self, one: Suggestion) -> Suggestion:
        told = [
            screening
            for screening in one.screening
            if self._may_see(screening.facts)
            or (self.sees_whole and not self._is_hidden(screening.rule))
        ]
        screening = tuple(
            screening if self._may_see(screening.facts) else _withheld(screening)
            for screening in told
        )
        points = tuple(points for points in one.points if self._may_see(points.facts))
        for result in (*told, *one.points):
            if self._may_see(result.facts):
                self.referred_to.update(result.facts)
        whole = len(points) == len(one.points)
        return replace(
            one,
            outcome=worst(screening.outcome for screening in told),
            screening=tuple(dict.fromkeys(screening)),
            passed=tuple(
                rule
                for rule in one.passed
                if not self._is_hidden(rule) and self._may_see_rule(rule)
            ),
            points=points,
            score=self._score(one.score, whole=whole),
            novice_score=self._score(one.novice_score, whole=whole),
            mentor_score=self._score(one.mentor_score, whole=whole),
            supports=tuple(id for id in one.supports if self._may_see_rule(id)),
            changes=tuple(change for change in one.changes if self._may_see_change(change)),
        )

    def _score(self, score: Score | None, *, whole: bool) -> Score | None:
        """A score of which some points are withheld tells neither its sums nor its last digits."""
        if score is None or whole:
            return score
        if not self.sees_whole:
            return None
        low, high = (value // HUNDREDTH * HUNDREDTH for value in (score.low, score.high))
        caps = tuple(rule for rule in score.capped_by if self._may_see_rule(rule))
        return Score(low, high, 0, 0, 0, caps)

    def _may_see(self, keys: Iterable[str]) -> bool:
        return all(CATALOGUE[key.partition("@")[0]].privacy in self.allowed for key in keys)

    def _may_see_rule(self, rule: str) -> bool:
        return rule in self._visible_rules

    @cached_property
    def _visible_rules(self) -> frozenset[str]:
        return frozenset(
            rule.id
            for rule in self.policy.rules()
            if self._may_see(all_facts(rule, self.policy.findings))
        )

    def _may_see_change(self, change: Change) -> bool:
        return (
            self.sees_whole
            and self._may_see(change.answers)
            and all(self._may_see_rule(id) for id in change.supports)
        )

    def _leaders(self) -> frozenset[str]:
        """The ids of facilitators, whose facts a question may be about."""
        return frozenset(
            reading.subject
            for reading in self.decision.facts.values()
            if reading.fact.startswith("facilitator.")
        )

    # -- plan and facts --------------------------------------------------------------------

    def _plan(self, targets: set[str]) -> DraftPlan:
        plan = self.decision.plan
        own = self.shape.sees_only_own
        return DraftPlan(
            proposed_groups=tuple(one for one in plan.proposed_groups if one in targets),
            proposed_mentors=tuple(one for one in plan.proposed_mentors if one in targets),
            frequency=plan.frequency if {PREFERENCE, HEALTH} <= self.allowed else (),
            formats=plan.formats if PREFERENCE in self.allowed else (),
            goals=tuple(one for one in plan.goals if self._may_see_rule(one.rule)),
            tasks=tuple(one for one in plan.tasks if self._may_see_task(one, targets)),
            rules=tuple(id for id in plan.rules if not own and self._may_see_rule(id)),
            missing=() if own else plan.missing,
        )

    def _may_see_task(self, task: PlanTask, targets: set[str]) -> bool:
        if not self.sees_whole and task.target not in targets:
            return False
        return self._may_see(task.facts) and (task.rule is None or self._may_see_rule(task.rule))

    def _facts(self, plan: DraftPlan) -> dict[str, Reading]:
        """The readings that visible results refer to, and those that were withheld from them."""
        rules = {rule.id: rule for rule in self.policy.rules()}
        read_by_plan = {
            name for id in plan.rules for name in all_facts(rules[id], self.policy.findings)
        }
        shown = self.referred_to | read_by_plan
        found = {
            key: reading
            for key, reading in self.decision.facts.items()
            if key in shown and reading.privacy in self.allowed
        }
        read = {name for rule in rules.values() for name in all_facts(rule, self.policy.findings)}
        for name in read:
            fact = CATALOGUE[name]
            if fact.subject == "patient" and fact.privacy not in self.allowed:
                found[name] = self._withheld(fact)
        return {key: found[key] for key in sorted(found)}

    def _withheld(self, fact: FactType) -> Reading:
        basis = f"needs the person's consent to tell `{self.shape.code}` ({fact.privacy})"
        return Reading(
            fact=fact.name,
            subject=fact.subject,
            privacy=fact.privacy,
            meaning=fact.meaning,
            values=(),
            complete=False,
            unknown=None,
            sources=(),
            withheld=basis,
        )


def _all(list: Shortlist) -> tuple[Suggestion, ...]:
    return (*list.eligible, *list.eligible_with_support, *list.waiting, *list.blocked)


def _unavailable(one: Suggestion) -> Suggestion:
    """Nothing but the target's public name, and that it is not available."""
    return Suggestion(
        target=one.target,
        kind=one.kind,
        name=one.name,
        outcome="blocked",
        existing=one.existing,
        screening=(UNAVAILABLE_SCREENING,),
        passed=(),
        points=(),
        score=None,
        novice_score=None,
        mentor_score=None,
        supports=(),
        changes=(),
        doubts=(),
    )


def _withheld(screening: Screening) -> Screening:
    """The outcome alone, without the rule, the facts or the people behind it."""
    return Screening(WITHHELD, "unknown", screening.outcome, (), ())


def _rules_used(lists: tuple[Shortlist, ...], plan: DraftPlan) -> frozenset[str]:
    used: set[str] = set(plan.rules)
    used.update(task.rule for task in plan.tasks if task.rule is not None)
    used.update(goal.rule for goal in plan.goals)
    for list in lists:
        for one in _all(list):
            used.update(screening.rule for screening in one.screening)
            used.update(points.rule for points in one.points)
            used.update((*one.passed, *one.supports))
            used.update(support for change in one.changes for support in change.supports)
    return frozenset(used)
