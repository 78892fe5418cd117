"""Who sees what of a safety plan: whoever treats the person and may see what a plan is about."""

from __future__ import annotations

from dataclasses import replace

from peer_match.decide.plan_review import PlanReview
from peer_match.decide.references import WITHHELD, PersonRef
from peer_match.policy.policy import Policy


def project_plan(review: PlanReview, policy: Policy, recipient: str) -> PlanReview:
    """The review as a recipient may see it, denied by default.

    Whoever does not treat the person, or may not see what a plan is about, is told nothing, not
    even that there is a plan: by its words it names others, too. What happened since is told to
    whoever may see its category; that a review is due is told all the same.

    Raises KeyError for a recipient that the pack does not list, and ValueError for a review that
    was projected before.
    """
    if review.recipient is not None:
        raise ValueError("a projected review cannot be projected again")
    shape, form = policy.recipients[recipient], policy.safety.plan
    allowed = frozenset(shape.sees)
    if form is None or not shape.treating or form.privacy not in allowed:
        return _nothing(review, recipient)
    return replace(
        review,
        recipient=recipient,
        reasons=tuple(one for one in review.reasons if one.privacy in allowed),
        unknown=tuple(one for one in review.unknown if one.privacy in allowed),
        lines=tuple(one for one in review.lines if "identity" in allowed or not one.for_veterans),
    )


def _nothing(review: PlanReview, recipient: str) -> PlanReview:
    return replace(
        review,
        recipient=recipient,
        subject=PersonRef(WITHHELD, None),
        plan=WITHHELD,
        made=None,
        made_with=None,
        steps=(),
        gaps=(),
        mend_by=None,
        looked_at=None,
        standing="not known",
        review_by=review.as_of,
        reasons=(),
        unknown=(),
        lines=(),
        notes=(f"withheld: the recipient `{recipient}` is not told of safety plans",),
    )
