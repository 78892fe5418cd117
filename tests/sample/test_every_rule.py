"""Every rule of the pack matters to somebody of the sample: without it, a decision is another one.

The table names for each rule a person, and the group or mentor on whom it is seen. What is compared
is what people act on: lists, outcomes, supports, scores, what would change them, and the plan.
Rules of safety are no part of a match: they are about histories.
"""

from dataclasses import replace

import pytest

from peer_match.decide.decision import Decision, Score, Shortlist, Suggestion
from peer_match.facts.event import Event
from peer_match.facts.provenance import PartialDate
from peer_match.policy.assembly import SAFETY_FOLDER
from peer_match.policy.condition import AnyOf
from peer_match.policy.policy import AnyRule, Finding, Policy
from peer_match.policy.safety import Always, Escalate, Safety
from peer_match.sample import SAMPLE_AS_OF
from sample.caseload import decided, policy

# It is seen in the ranking, or in the plan that follows from it: all groups and mentors are needed.
ALL = None

# Rule -> the person, and the target; "" where it is seen without any, in the plan.
SHOWN_BY: dict[str, tuple[str, str | None]] = {
    "a-focus-on-people-like-me": ("chloe-barrett", "larkhaven-aa/prism-thursday"),
    "a-place-for-the-children": ("keisha-moore", "riverbend/parents-in-recovery"),
    "ask-about-thoughts-of-suicide": ("thomas-reed", ""),
    "attendance-that-a-court-requires": ("cody-barnes", ""),
    "attends-in-person-only": ("harold-jensen", ALL),
    "cannot-follow-the-meeting": ("aisha-grant", "riverbend/drinking-less"),
    "cannot-get-into-the-room": ("harold-jensen", "riverbend/talking-circle"),
    "check-in-every-two-weeks": ("aisha-grant", ALL),
    "childcare-support": ("keisha-moore", "larkhaven-services/medication-peers"),
    "close-enough-to-reach": ("aisha-grant", "riverbend/deaf-recovery"),
    "concern-the-mentor-knows": ("aisha-grant", "mentor-anh"),
    "cost-support": ("arthur-kim", ALL),
    "court-curfew": ("cody-barnes", "larkhaven-aa/by-appointment"),
    "court-limit-on-contact": ("shawna-pike", "larkhaven-aa/agnostics-and-freethinkers"),
    "court-limit-on-places": ("trent-aldous", "larkhaven-aa/agnostics-and-freethinkers"),
    "court-limit-on-the-internet": ("dwight-tanaka", "larkhaven-aa/moved-online"),
    "declined-before": ("chloe-barrett", "larkhaven-aa/prism-sunday-trans-nb"),
    "device-support": ("mateo-rivas", "larkhaven-services/smart-online"),
    "emergent-escalation-before-a-new-group": ("aisha-grant", "riverbend/deaf-recovery"),
    "emergent-escalation-before-a-new-mentor": ("aisha-grant", "mentor-anh"),
    "every-format-that-the-person-can-use": ("aisha-grant", "riverbend/deaf-recovery"),
    "facilitator-confidentiality-not-attested": ("alma-cruz", "riverbend/confidentiality-lapsed"),
    "facilitator-counselling-skills-lapsed": ("mateo-rivas", "riverbend/training-lapsed"),
    "facilitator-crisis-training-lapsed": ("george-papas", "riverbend/crisis-training-lapsed"),
    "facilitator-ethics-not-attested": ("mateo-rivas", "riverbend/ethics-lapsed"),
    "facilitator-may-not-lead": ("harold-jensen", "riverbend/mens-circle"),
    "facilitator-severe-incident-open": ("devon-clarke", "riverbend/open-incident"),
    "facilitator-supervision-lapsed": ("brian-doyle", "riverbend/lgbtq-evening"),
    "formats-the-mentor-offers": ("aisha-grant", "mentor-anh"),
    "free-of-charge": ("alma-cruz", "riverbend/drinking-less"),
    "goal-alcohol": ("aisha-grant", ""),
    "goal-calm": ("chloe-barrett", ""),
    "goal-drugs": ("bethany-cole", ""),
    "goal-keep-coming": ("aisha-grant", ALL),
    "goal-mood": ("devon-clarke", ""),
    "goal-people-to-turn-to": ("aisha-grant", ""),
    "goal-stay-on-medication": ("keisha-moore", ""),
    "goals-the-mentor-has-helped-with": ("aisha-grant", "mentor-miriam"),
    "group-full": ("alma-cruz", "larkhaven-aa/lunch-bunch-heights"),
    "group-mixed-about-medication": ("brian-doyle", "tri-rivers-na/301"),
    "group-not-meeting": ("aisha-grant", "larkhaven-aa/closed-for-repairs"),
    "hard-to-get-there": ("cody-barnes", ALL),
    "has-a-recovery-goal": ("aisha-grant", ALL),
    "help-with-costs": ("alma-cruz", ""),
    "high-suicide-risk": ("thomas-reed", ""),
    "high-suicide-risk-before-a-new-group": (
        "thomas-reed",
        "larkhaven-aa/agnostics-and-freethinkers",
    ),
    "high-suicide-risk-before-a-new-mentor": ("thomas-reed", "mentor-curtis"),
    "household-or-family-in-the-group": ("victor-salas", "larkhaven-aa/millbrook-wednesday"),
    "household-or-family-with-the-mentor": ("george-papas", "mentor-curtis"),
    "in-the-formats-of-the-person": ("aisha-grant", ALL),
    "information-flow-agreed": ("aisha-grant", ALL),
    "interpreter-support": ("aisha-grant", "larkhaven-aa/grupo-nueva-vida"),
    "kept-apart-from-someone-in-the-group": ("cody-barnes", "riverbend/recovery-with-medication"),
    "kept-apart-from-the-mentor": ("nadia-hassan", "mentor-ruth"),
    "languages-of-the-person": ("aisha-grant", "riverbend/deaf-recovery"),
    "limited-to-people-the-person-is-not-among": ("aisha-grant", "larkhaven-aa/monday-men"),
    "listing-not-confirmed-for-a-year": ("alma-cruz", "larkhaven-aa/rather-stale"),
    "listing-stale": ("brian-doyle", "larkhaven-aa/very-stale"),
    "medication-hostile-group": ("brian-doyle", "larkhaven-aa/monday-step-study"),
    "meets-access-needs": ("aisha-grant", "riverbend/deaf-recovery"),
    "meets-when-free": ("aisha-grant", "riverbend/deaf-recovery"),
    "mental-health-and-substance-use-together": ("george-papas", "larkhaven-aa/double-trouble"),
    "mentor-close-by": ("aisha-grant", "mentor-sage"),
    "mentor-declined-before": ("chloe-barrett", "mentor-jade"),
    "mentor-declines-the-concern": ("arthur-kim", "mentor-hollis"),
    "mentor-does-not-work-with-medication": ("harold-jensen", "mentor-curtis"),
    "mentor-early-in-recovery": ("aisha-grant", "mentor-otis"),
    "mentor-in-person-only-under-a-curfew": ("cody-barnes", "mentor-edda"),
    "mentor-in-person-only-under-a-limit-on-places": ("trent-aldous", "mentor-edda"),
    "mentor-in-the-languages-of-the-person": ("aisha-grant", "mentor-sage"),
    "mentor-not-taking-people": ("aisha-grant", "mentor-nate"),
    "mentor-not-wanted": ("alma-cruz", "mentor-curtis"),
    "mentor-of-a-culture-of-the-person": ("aisha-grant", "mentor-miriam"),
    "mentor-of-the-same-pathway": ("aisha-grant", "mentor-sage"),
    "mentor-online-only-under-a-limit-on-the-internet": ("toby-lang", "mentor-silas"),
    "mentor-recently-returned-to-use": ("aisha-grant", "mentor-vera"),
    "mentor-review-at-sixty-days": ("aisha-grant", ALL),
    "mentor-severe-incident-open": ("aisha-grant", "mentor-ingrid"),
    "mentor-supervision-lapsed": ("aisha-grant", "mentor-greg"),
    "mentor-training-lapsed": ("aisha-grant", "mentor-desmond"),
    "mentor-under-a-limit-on-contact": ("shawna-pike", "mentor-walt"),
    "mentor-under-high-strain": ("arthur-kim", "mentor-lorna"),
    "mentor-who-helped-with-the-goals": ("aisha-grant", "mentor-sage"),
    "mentor-who-knows-the-concern": ("aisha-grant", "mentor-sage"),
    "mentor-who-lived-through-something-similar": ("aisha-grant", "mentor-sage"),
    "mentor-who-meets-in-each-format": ("aisha-grant", "mentor-sage"),
    "mentor-who-recovered-with-medication": ("keisha-moore", "mentor-walt"),
    "mentor-with-a-light-load": ("aisha-grant", "mentor-anh"),
    "mentor-with-the-focus-asked-for": ("aisha-grant", "mentor-sage"),
    "mentor-with-time-for-the-person": ("aisha-grant", "mentor-sage"),
    "mentor-without-a-free-place": ("aisha-grant", "mentor-abel"),
    "moderate-suicide-risk-before-a-new-group": ("george-papas", "riverbend/drinking-less"),
    "moderate-suicide-risk-before-a-new-mentor": ("george-papas", "mentor-miriam"),
    "new-to-recovery-groups": ("alma-cruz", ALL),
    "newcomer-first-week": ("alma-cruz", ALL),
    "no-current-crisis-plan": ("george-papas", "riverbend/dual-recovery"),
    "no-format-in-common": ("arthur-kim", "larkhaven-services/smart-online"),
    "no-language-in-common": ("aisha-grant", "larkhaven-aa/grupo-nueva-vida"),
    "no-meeting-in-free-time": ("aisha-grant", "larkhaven-aa/attitude-adjustment"),
    "no-private-place-to-join-online": ("nadia-hassan", "riverbend/rural-online"),
    "no-recorded-recovery-goal": ("hannah-weiss", "riverbend/drinking-less"),
    "no-shared-goal": ("aisha-grant", "riverbend/drinking-less"),
    "no-time-in-common-with-the-mentor": ("aisha-grant", "mentor-hollis"),
    "no-valid-consent-to-a-group": ("bethany-cole", "larkhaven-aa/agnostics-and-freethinkers"),
    "no-valid-consent-to-a-mentor": ("brian-doyle", "mentor-jade"),
    "no-way-to-meet-the-mentor": ("harold-jensen", "mentor-hollis"),
    "no-workable-language-with-the-mentor": ("linh-tran", "mentor-curtis"),
    "nobody-for-the-children": ("keisha-moore", "larkhaven-aa/double-trouble"),
    "not-ready-for-a-group": ("ellen-price", "riverbend/after-overdose-loss"),
    "not-ready-for-a-mentor": ("jamal-carter", "mentor-curtis"),
    "not-yet-an-adult": ("grace-olsen", ALL),
    "novice-free-when-the-mentor-is": ("aisha-grant", "mentor-anh"),
    "novice-record-not-active": ("walter-finch", "mentor-curtis"),
    "novice-under-eighteen": ("grace-olsen", "mentor-anh"),
    "novice-without-recovery-goal": ("hannah-weiss", "mentor-curtis"),
    "offer-naloxone": ("bethany-cole", ""),
    "once-a-week": ("aisha-grant", ALL),
    "one-point-of-contact": ("brian-doyle", ""),
    "only-for-people-of-one-setting": ("harold-jensen", "larkhaven-aa/inside-alder-creek"),
    "place-of-faith-that-fits": ("alma-cruz", "riverbend/drinking-less"),
    "reached-without-a-car": ("cody-barnes", "larkhaven-aa/moved-online"),
    "record-not-active": ("irene-novak", "larkhaven-aa/agnostics-and-freethinkers"),
    "record-out-of-use": ("irene-novak", ALL),
    "recovery-agreement": ("aisha-grant", ALL),
    "refuses-groups": ("ray-dugan", "riverbend/drinking-less"),
    "review-suicide-risk": ("george-papas", ""),
    "rooted-in-a-culture-of-the-person": ("aisha-grant", "riverbend/deaf-recovery"),
    "run-the-way-the-person-asked-for": ("aisha-grant", "riverbend/deaf-recovery"),
    "safe-way-to-make-contact": ("nadia-hassan", ""),
    "schedule-swap": ("earl-simmons", "mentor-anh"),
    "second-role-with-the-mentor": ("harold-jensen", "mentor-ruth"),
    "shared-concern": ("aisha-grant", "riverbend/deaf-recovery"),
    "shared-experience": ("aisha-grant", "riverbend/deaf-recovery"),
    "shared-goals": ("aisha-grant", "riverbend/deaf-recovery"),
    "shared-pathway": ("aisha-grant", "riverbend/deaf-recovery"),
    "sign-language-support": ("aisha-grant", "riverbend/early-recovery-skills"),
    "stabilise-first": ("thomas-reed", ""),
    "takes-medication-for-opioid-use-disorder": ("marcus-webb", ALL),
    "talk-about-being-recognised": ("chloe-barrett", ALL),
    "talk-about-faith-in-groups": ("alma-cruz", ALL),
    "talk-about-goals-other-than-abstinence": ("alma-cruz", ALL),
    "talk-about-medication-in-groups": ("marcus-webb", ALL),
    "talk-about-the-first-meeting": ("alma-cruz", ALL),
    "time-is-not-their-own": ("earl-simmons", ALL),
    "too-far-to-reach": ("chloe-barrett", "larkhaven-aa/hollis-grove-sunday"),
    "transport-support": ("jolene-whitefeather", "larkhaven-aa/women-in-recovery"),
    "two-groups-and-a-mentor": ("aisha-grant", ALL),
    "under-eighteen-in-a-group-for-adults": ("grace-olsen", "riverbend/drinking-less"),
    "urgent-escalation-before-a-new-group": ("aisha-grant", "riverbend/deaf-recovery"),
    "urgent-escalation-before-a-new-mentor": ("aisha-grant", "mentor-anh"),
    "virtual-seat": ("priya-natarajan", "riverbend/women-healing"),
    "volunteer-at-full-load": ("aisha-grant", "mentor-colleen"),
    "welcomes-medication": ("brian-doyle", "tri-rivers-na/306"),
    "welcomes-newcomers": ("alma-cruz", "riverbend/drinking-less"),
    "wrong-purpose": ("aisha-grant", "larkhaven-al-anon/adult-children"),
}

# Rule -> what has happened to the person meanwhile, where it is about that.
AFTER: dict[str, tuple[Event, ...]] = {
    f"{level}-escalation-before-a-new-{target}": (
        Event(kind="c-ssrs-screener", source="form", id="1", severity=result,
              date=PartialDate.of(SAMPLE_AS_OF), recorded=SAMPLE_AS_OF),
    )
    for level, result in (("emergent", "high"), ("urgent", "moderate"))
    for target in ("group", "mentor")
}  # fmt: skip

# The condition that never holds: of nothing, nothing is so.
NEVER = AnyOf(())


def without(whole: Policy, rule: str) -> Policy:
    """The same policy without a rule; a finding that is gone holds for nobody."""
    return replace(
        whole,
        must_nots=tuple(one for one in whole.must_nots if one.id != rule),
        prefers=tuple(one for one in whole.prefers if one.id != rule),
        plans=tuple(one for one in whole.plans if one.id != rule),
        supports={id: one for id, one in whole.supports.items() if id != rule},
        findings={
            id: replace(one, when=NEVER) if id == rule else one
            for id, one in whole.findings.items()
        },
    )


def acted_on(decision: Decision) -> object:
    """What people act on in a decision, without what names the rules."""
    plan = decision.plan
    return (
        _lists(decision.groups),
        _lists(decision.mentors),
        [(task.kind, task.title, task.target, task.owner) for task in plan.tasks],
        [goal.description for goal in plan.goals],
        (plan.frequency, plan.formats, plan.proposed_groups, plan.proposed_mentors),
    )


def _lists(shortlist: Shortlist) -> list[list[object]]:
    return [
        [_one(suggestion) for suggestion in suggestions]
        for suggestions in (
            shortlist.eligible,
            shortlist.eligible_with_support,
            shortlist.waiting,
            shortlist.blocked,
        )
    ]


def _one(suggestion: Suggestion) -> object:
    scores = (suggestion.score, suggestion.novice_score, suggestion.mentor_score)
    return (
        suggestion.target,
        suggestion.outcome,
        suggestion.supports,
        suggestion.changes,
        [_range(score) for score in scores],
    )


def _range(score: Score | None) -> tuple[int, int] | None:
    return None if score is None else (score.low, score.high)


def is_of_a_match(rule: AnyRule) -> bool:
    """Whether a rule can be seen in a suggestion: neither its kind nor its folder is of safety."""
    if isinstance(rule, Finding):
        return f"/{SAFETY_FOLDER}/" not in rule.position.file
    return not isinstance(rule, Escalate | Always)


def test_the_table_names_every_rule_of_the_pack_that_a_match_can_show() -> None:
    assert SHOWN_BY.keys() == {rule.id for rule in policy().rules() if is_of_a_match(rule)}


def test_without_every_rule_of_safety_the_match_is_the_same() -> None:
    """What the table leaves out is seen in no suggestion."""
    whole = policy()
    less = replace(
        whole,
        safety=Safety(),
        findings={id: one for id, one in whole.findings.items() if is_of_a_match(one)},
    )
    assert len(less.rules()) < len(whole.rules())
    for name in ("aisha-grant", "thomas-reed"):
        assert acted_on(decided(name, less)) == acted_on(decided(name, whole))


@pytest.mark.parametrize("rule", sorted(SHOWN_BY))
def test_without_the_rule_a_decision_is_another_one(rule: str) -> None:
    name, target = SHOWN_BY[rule]
    targets = ALL if target is ALL else tuple(one for one in (target,) if one)
    less, events = without(policy(), rule), AFTER.get(rule, ())
    found = acted_on(decided(name, less, targets, events))
    assert found != acted_on(decided(name, policy(), targets, events))


def test_a_policy_without_nothing_decides_the_same() -> None:
    """The comparison is not of something that differs anyway."""
    for name in ("rosa-delgado", "harold-jensen"):
        same = without(policy(), "a-rule-that-is-not-there")
        assert acted_on(decided(name, same)) == acted_on(decided(name, policy()))
