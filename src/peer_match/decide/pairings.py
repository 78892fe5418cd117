"""One suggestion for one target: screened, scored, and with the supports that would lift a block.

Steps for a target:
1. Screen with every `must_not`. A target that is not kept apart is scored.
2. Where every rule that surely keeps apart names supports, the smallest set of offered supports
   with which all of them pass makes it eligible with support; or, where others may keep apart, it
   waits for their answers with the support.
3. Caps limit the score: surely where the rule fired, at the low end where it may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from peer_match.decide.case import with_supports
from peer_match.decide.decision import Points, Score, Screening, Suggestion
from peer_match.decide.evaluate import evaluate
from peer_match.decide.score import GRADES_A_PERCENT, score_rule, total
from peer_match.decide.screen import Pairing, rank, screen, screen_rule, worst
from peer_match.facts.truth import Truth
from peer_match.policy.edit import Edit
from peer_match.policy.policy import MustNot, Outcome, Prefer, Support, Target
from peer_match.policy.rule_files import IntakeItemShape

MOST_SUPPORTS = 3  # more supports than this at once are not a plan that a person can rely on
WORST_ELIGIBLE = rank("ask")
USUAL = 100  # percent of a weight: a dimension for which no priority was stated


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules in force for one kind of target, in the order of their ids."""

    target: Target
    must_nots: tuple[MustNot, ...]
    prefers: tuple[Prefer, ...]
    supports: Mapping[str, Support]
    reads: Mapping[str, tuple[str, ...]]
    priorities: Mapping[str, int]
    intake: tuple[IntakeItemShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one target; for a mentor the shown one is the smaller of the two sides."""

    shown: Score | None
    novice: Score | None
    mentor: Score | None


def suggestion(book: Rulebook, pairing: Pairing, name: str, doubts: tuple[str, ...]) -> Suggestion:
    """What is to be said of one target (steps 1 to 3 of this module)."""
    screenings = screen(book.must_nots, pairing)
    outcome = worst(one.outcome for one in screenings)
    supports: tuple[str, ...] = ()
    if rank(outcome) > WORST_ELIGIBLE:
        supports = _lifting(book, pairing, screenings) or ()
    if supports:
        screenings = tuple(with_supports_given(book, pairing, one, supports) for one in screenings)
        outcome = worst(one.outcome for one in screenings)
    points: tuple[Points, ...] = ()
    scores = Scores(None, None, None)
    if outcome != "blocked":
        points = points_of(book, pairing, supports)
        scores = scores_of(book, points, screenings)
    return Suggestion(
        target=pairing.target,
        kind=book.target,
        name=name,
        outcome=outcome,
        existing=pairing.existing,
        screening=tuple(one for one in screenings if _worth_telling(one, outcome)),
        passed=tuple(one.rule for one in screenings if not _worth_telling(one, outcome)),
        points=points,
        score=scores.shown,
        novice_score=scores.novice,
        mentor_score=scores.mentor,
        supports=supports,
        changes=(),
        doubts=doubts,
    )


def _keeps_apart(screening: Screening) -> bool:
    return rank(screening.outcome) > WORST_ELIGIBLE


def _worth_telling(screening: Screening, outcome: Outcome) -> bool:
    """Of a target that is kept apart, what keeps it apart; of others, all that did not say no."""
    if outcome == "blocked":
        return _keeps_apart(screening)
    return screening.truth != "no"


def points_of(book: Rulebook, pairing: Pairing, supports: Iterable[str]) -> tuple[Points, ...]:
    """What every preference gives, each seeing only the supports that it names."""
    given = set(supports)
    found: list[Points] = []
    for rule in book.prefers:
        edits = edits_of(book, given.intersection(rule.lifted_by))
        world = pairing.world.on(with_supports(pairing.world.facts, edits))
        priority = book.priorities.get(rule.dimension, USUAL)
        found.append(score_rule(rule, world, book.reads[rule.id], priority))
    return tuple(found)


def scores_of(book: Rulebook, points: Iterable[Points], screenings: Iterable[Screening]) -> Scores:
    """The scores of both sides, capped, and the smaller one (by low, then by high)."""
    given = tuple(points)
    caps = tuple(_caps(book, screenings))
    novice = total((one for one in given if one.side == "novice"), caps)
    if book.target == "group":
        return Scores(novice, None, None)
    mentor = total((one for one in given if one.side == "mentor"), caps)
    return Scores(_smaller(novice, mentor), novice, mentor)


def _smaller(one: Score | None, other: Score | None) -> Score | None:
    """The range that the smaller of two scores can have. It has no numerators of its own."""
    if one is None or other is None:
        return one or other
    caps = tuple(sorted({*one.capped_by, *other.capped_by}))
    return Score(min(one.low, other.low), min(one.high, other.high), 0, 0, 0, caps)


def _caps(book: Rulebook, screenings: Iterable[Screening]) -> Iterator[tuple[str, int, bool]]:
    caps = {rule.id: rule.cap for rule in book.must_nots if rule.cap is not None}
    for one in screenings:
        if one.rule in caps and one.truth in ("yes", "unknown"):
            yield one.rule, caps[one.rule] * GRADES_A_PERCENT, one.truth == "yes"


def edits_of(book: Rulebook, supports: Iterable[str]) -> tuple[Edit, ...]:
    """The edits of some supports, in the order of their ids."""
    return tuple(edit for id in sorted(supports) for edit in book.supports[id].provides)


def is_offered(book: Rulebook, support: str, pairing: Pairing) -> bool:
    """In force, and not surely out of place for this person."""
    found = book.supports.get(support)
    if found is None:
        return False
    try:
        fits = (
            Truth.YES if found.offered_when is None else evaluate(found.offered_when, pairing.world)
        )
    except Exception:  # what cannot be evaluated lifts no block
        return False
    return fits is not Truth.NO


def _lifting(
    book: Rulebook, pairing: Pairing, screenings: Iterable[Screening]
) -> tuple[str, ...] | None:
    """The smallest set of offered supports, first by size and then by id, that lifts every block.

    None where something surely keeps apart that no support may lift, and where nothing does. What
    may keep apart waits for its answer, with the supports or without.
    """
    rules = {rule.id: rule for rule in book.must_nots}
    every = tuple(screenings)
    blocks = [one for one in every if _keeps_apart(one) and one.truth != Truth.UNKNOWN]
    if any(one.truth == "error" or not rules[one.rule].lifted_by for one in blocks):
        return None
    candidates = sorted(
        {
            support
            for one in blocks
            for support in rules[one.rule].lifted_by
            if is_offered(book, support, pairing)
        }
    )
    for size in range(1, min(MOST_SUPPORTS, len(candidates)) + 1):
        for chosen in combinations(candidates, size):
            if all(_is_lifted(book, pairing, one, chosen) for one in every):
                return chosen
    return None


def _is_lifted(
    book: Rulebook, pairing: Pairing, screening: Screening, supports: Iterable[str]
) -> bool:
    """Whether some supports leave nothing of a rule but what may keep apart without them too."""
    found = with_supports_given(book, pairing, screening, supports)
    waits = _keeps_apart(screening) and screening.truth == found.truth == Truth.UNKNOWN
    return waits or not _keeps_apart(found)


def with_supports_given(
    book: Rulebook, pairing: Pairing, screening: Screening, supports: Iterable[str]
) -> Screening:
    """The same rule again with some supports.

    It is lifted by those that it names alone. But a support may break a rule that does not name
    it (a virtual seat, a court's limit on the internet), so the worse of the two counts.
    """
    rule = next(one for one in book.must_nots if one.id == screening.rule)
    given = tuple(supports)
    named = set(given).intersection(rule.lifted_by)
    lifted = screen_rule(rule, pairing, edits_of(book, named)) if named else screening
    with_all = screen_rule(rule, pairing, edits_of(book, given))
    return with_all if rank(with_all.outcome) > rank(lifted.outcome) else lifted
