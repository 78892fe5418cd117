"""The four lists of a decision, ranked, and what would change each target's place.

Rank: by low + high, then by low, then by id; ties therefore never depend on the order of input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from peer_match.decide.decision import Change, Shortlist, Suggestion
from peer_match.decide.pairings import Rulebook, is_offered, points_of, scores_of
from peer_match.decide.screen import Pairing

MOST_COMPARED = 10  # changes are worked out for the first of each list, where they can matter


def rank_key(one: Suggestion) -> tuple[int, int, str]:
    """Best first; a target without a score comes last."""
    if one.score is None:
        return (1, 1, one.target)
    return (-(one.score.low + one.score.high), -one.score.low, one.target)


def shortlist(
    book: Rulebook,
    suggestions: Iterable[Suggestion],
    pairings: dict[str, Pairing],
    hidden: frozenset[str],
) -> Shortlist:
    """The four lists, with the changes of those near the top."""
    ranked = sorted(suggestions, key=rank_key)
    eligible = [one for one in ranked if _is_eligible(one) and not one.supports]
    supported = [one for one in ranked if _is_eligible(one) and one.supports]
    waiting = [one for one in ranked if one.outcome == "hold"]
    blocked = sorted((one for one in ranked if one.outcome == "blocked"), key=lambda o: o.target)
    leader = eligible[0] if eligible else None
    compared = [
        replace(one, changes=tuple(_passing(book, one, leader, pairings[one.target])))
        for one in eligible[:MOST_COMPARED]
    ]
    return Shortlist(
        eligible=(*compared, *eligible[MOST_COMPARED:]),
        eligible_with_support=tuple(
            replace(one, changes=(Change(one.supports, (), "makes this eligible"),))
            for one in supported
        ),
        waiting=tuple(replace(one, changes=tuple(_answers(one, hidden))) for one in waiting),
        blocked=tuple(blocked),
        runner_up=eligible[1].target if len(eligible) > 1 else None,
    )


def _is_eligible(one: Suggestion) -> bool:
    return one.outcome in ("allowed", "caution", "ask")


def _passing(
    book: Rulebook, one: Suggestion, leader: Suggestion | None, pairing: Pairing
) -> Iterable[Change]:
    """Supports and answers that would bring an eligible target to the first place."""
    if leader is None or one.target == leader.target or one.score is None or leader.score is None:
        return
    goal = leader.score.low + leader.score.high
    if one.score.high > leader.score.low:
        keys = {key for points in one.points for key in points.unknown_facts}
        if keys:
            yield Change((), tuple(sorted(keys)), f"could pass {leader.name}")
    named = sorted({support for rule in book.prefers for support in rule.lifted_by})
    for support in named:
        if not is_offered(book, support, pairing):
            continue
        scores = scores_of(book, points_of(book, pairing, (support,)), one.screening)
        if scores.shown is not None and scores.shown.low + scores.shown.high > goal:
            yield Change((support,), (), f"would pass {leader.name}")


def _answers(one: Suggestion, hidden: frozenset[str]) -> Iterable[Change]:
    """The answers that a waiting target waits for, with the supports that it needs as well."""
    holds = [screening for screening in one.screening if screening.outcome == "hold"]
    if any(screening.rule in hidden or screening.truth != "unknown" for screening in holds):
        return
    keys = {key for screening in holds for key in screening.unknown_facts}
    if keys:
        yield Change(one.supports, tuple(sorted(keys)), "could become eligible")
