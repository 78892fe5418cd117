"""What a decision says of one group or mentor, line by line, for page and terminal alike.

Owns which lines there are and their order, never what they say. Every view is made from the
decision alone, so what a recipient may not see cannot appear here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peer_match.decide.decision import (
    FULL_SCORE,
    Change,
    Decision,
    Points,
    Reading,
    Score,
    Screening,
    Suggestion,
)
from peer_match.decide.project import UNAVAILABLE
from peer_match.decide.references import WITHHELD, RuleRef
from peer_match.surfaces.words import (
    NOT_AVAILABLE,
    NOT_FOR_YOU,
    join,
    reading_words,
    role_words,
    source_words,
    spread,
    tenths,
)

PATIENT = "patient"
PLACE = "group.place"
KEPT_BACK = ("hold", "blocked")
"""The outcomes with which a target is not suggested."""
NEUTRAL = {UNAVAILABLE: NOT_AVAILABLE, WITHHELD: NOT_FOR_YOU}


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact as it was seen: its value or why there is none, and where it came from.

    `about` is empty for the person, and for the group or mentor that is spoken of anyway.
    """

    key: str
    about: str
    meaning: str
    value: str
    known: bool
    withheld: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known, and the role that can answer; None where nobody is to be asked."""

    what: str
    role: str | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule by its title, and where to read it; `where` is empty when it is not told of.

    `asks` is the role that can answer or acknowledge, `override` who may set it aside and for how
    long, both in words.
    """

    id: str
    digest: str
    title: str
    why: str
    where: str
    owner: str
    sources: tuple[str, ...]
    confidential: bool
    asks: str | None = None
    override: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """What one rule that keeps apart, warns or asks has to say."""

    rule: RuleLine
    truth: str
    outcome: str
    asks: str | None
    note: str | None
    override: str | None
    waits_for: tuple[str, ...]
    seen: tuple[Seen, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class PointLine:
    """What one rule adds to the score; `low`, `high` and `most` are out of 10,000, as scores are.

    `exact` are the same three in the units of the decision, which nothing has rounded.
    """

    rule: RuleLine
    applies: str
    words: str
    low: int
    high: int
    most: int
    exact: tuple[int, int, int]
    measured: str | None
    note: str | None
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side's score and what it is made of. Groups have one side, mentors two."""

    title: str
    score: Score | None
    capped_by: tuple[str, ...]
    points: tuple[PointLine, ...]
    without_a_say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What would change where a target stands: supports by title, answers by what they mean."""

    supports: tuple[str, ...]
    answers: tuple[str, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class Card:
    """One group or mentor with all there is to say of it. `number` counts from 1 in its list."""

    number: int
    suggestion: Suggestion
    where: str | None
    screening: tuple[ScreenLine, ...]
    sides: tuple[Side, ...]
    supports: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    passed: tuple[RuleLine, ...]
    is_runner_up: bool
    is_proposed: bool


def names(decision: Decision) -> dict[str, str]:
    """The name of every group and mentor of a decision, by id."""
    lists = (decision.groups, decision.mentors)
    return {
        one.target: one.name
        for shortlist in lists
        for part in (
            shortlist.eligible,
            shortlist.eligible_with_support,
            shortlist.waiting,
            shortlist.blocked,
        )
        for one in part
    }


@dataclass(frozen=True)
class Reader:
    """A decision with the names that its ids stand for."""

    decision: Decision
    names: dict[str, str]

    @classmethod
    def of(cls, decision: Decision) -> Reader:
        """The reader of one decision."""
        return cls(decision, names(decision))

    # -- facts and rules ---------------------------------------------------------------------

    def seen(self, keys: Iterable[str], target: str = "") -> tuple[Seen, ...]:
        """Facts by their keys, where `target` is spoken of; one that is not told is left out."""
        found = ((key, self.decision.facts.get(key)) for key in keys)
        return tuple(self._seen(key, one, target) for key, one in found if one is not None)

    def _seen(self, key: str, reading: Reading, target: str) -> Seen:
        return Seen(
            key=key,
            about="" if reading.subject in (PATIENT, target) else self._about(reading),
            meaning=reading.meaning,
            value=reading_words(reading),
            known=reading.unknown is None and reading.withheld is None,
            withheld=reading.withheld is not None,
            sources=()
            if reading.withheld is not None
            else tuple(dict.fromkeys(source_words(one) for one in reading.sources)),
        )

    def _about(self, reading: Reading) -> str:
        kind = reading.fact.partition(".")[0]
        return self.names.get(reading.subject, f"the {kind}")

    def meanings(self, keys: Iterable[str]) -> tuple[str, ...]:
        """What facts mean, each once, in order."""
        found = (self.decision.facts.get(key) for key in keys)
        return tuple(dict.fromkeys(one.meaning for one in found if one is not None))

    def gaps(self, keys: Iterable[str]) -> tuple[Gap, ...]:
        """What of some facts is not known, each with the role that can answer for that fact."""
        found = (self.decision.facts.get(key) for key in keys)
        return tuple(
            dict.fromkeys(Gap(one.meaning, _role(one.asked_of)) for one in found if one is not None)
        )

    def unknowns(self) -> tuple[Seen, ...]:
        """What is not known about the person, or not for this recipient."""
        about = (key for key in self.decision.facts if "@" not in key)
        return tuple(one for one in self.seen(about) if not one.known)

    def rule(self, id: str) -> RuleLine:
        """A rule by its id. One that is not told of has a neutral title and nothing else."""
        if id in NEUTRAL:
            return _untold(id, NEUTRAL[id])
        found = self.decision.rules.get(id)
        return _untold(id, id) if found is None else rule_line(found)

    # -- a target ----------------------------------------------------------------------------

    def card(self, number: int, one: Suggestion, runner_up: str | None) -> Card:
        """Everything that there is to say of one target."""
        plan = self.decision.plan
        return Card(
            number=number,
            suggestion=one,
            where=self._where(one),
            screening=tuple(self.screen_line(screening, one.target) for screening in one.screening),
            sides=self._sides(one),
            supports=tuple(self.rule(id).title for id in one.supports),
            changes=tuple(self.change_line(change) for change in one.changes),
            passed=tuple(self.rule(id) for id in one.passed),
            is_runner_up=one.target == runner_up,
            is_proposed=one.target in (*plan.proposed_groups, *plan.proposed_mentors),
        )

    def _where(self, one: Suggestion) -> str | None:
        found = self.seen([f"{PLACE}@{one.target}"])
        return found[0].value if found and found[0].known else None

    def screen_line(self, screening: Screening, target: str) -> ScreenLine:
        """What one rule has to say of a target."""
        rule = self.rule(screening.rule)
        return ScreenLine(
            rule=rule,
            truth=screening.truth,
            outcome=screening.outcome,
            asks=_role(screening.question_to),
            note=screening.note,
            override=override_words(screening, rule),
            waits_for=self.meanings(screening.unknown_facts),
            seen=self.seen(screening.facts, target),
            gaps=self.gaps(screening.unknown_facts),
        )

    def _sides(self, one: Suggestion) -> tuple[Side, ...]:
        if one.kind == "group":
            return (self._side("Score", one.score, one, one.points),)
        novice, mentor = (
            [points for points in one.points if points.side == side]
            for side in ("novice", "mentor")
        )
        return (
            self._side("For the person", one.novice_score, one, novice),
            self._side("For the mentor", one.mentor_score, one, mentor),
        )

    def _side(
        self, title: str, score: Score | None, one: Suggestion, given: Sequence[Points]
    ) -> Side:
        weighed = sorted((p for p in given if p.applies != "no"), key=lambda p: (-p.weight, p.rule))
        return Side(
            title=title,
            score=score,
            capped_by=() if score is None else tuple(self.rule(id).title for id in score.capped_by),
            points=tuple(self.point_line(points, score, one.target) for points in weighed),
            without_a_say=tuple(self.rule(p.rule).title for p in given if p.applies == "no"),
        )

    def point_line(self, points: Points, score: Score | None, target: str) -> PointLine:
        """What one rule adds, out of 10,000; a share of its own weight where no score is shown."""
        if score is None or score.denominator == 0:
            low, high, most = points.grade_low, points.grade_high, FULL_SCORE
            words = f"{spread(tenths(low), tenths(high))}% of what this rule can give"
        else:
            low, high, most = (
                part // score.denominator for part in (points.low, points.high, points.weight)
            )
            words = f"{spread(tenths(low), tenths(high))} of {tenths(most)}"
        return PointLine(
            rule=self.rule(points.rule),
            applies=points.applies,
            words=words,
            low=low,
            high=high,
            most=most,
            exact=(points.low, points.high, points.weight),
            measured=points.measured,
            note=_points_note(points, self.meanings(points.unknown_facts)),
            seen=self.seen(points.facts, target),
        )

    def change_line(self, change: Change) -> ChangeLine:
        """Something that would change where a target stands."""
        return ChangeLine(
            supports=tuple(self.rule(id).title for id in change.supports),
            answers=self.meanings(change.answers),
            effect=change.effect,
        )


def rule_line(rule: RuleRef) -> RuleLine:
    """A rule that may be told of."""
    return RuleLine(
        id=rule.id,
        digest=rule.digest,
        title=rule.title,
        why=rule.why,
        where=f"{rule.file}:{rule.line}",
        owner=rule.owner,
        sources=rule.sources,
        confidential=rule.confidential,
        asks=_role(rule.asks),
        override=_override(rule),
    )


def _role(code: str | None) -> str | None:
    return None if code is None else role_words(code)


def _override(rule: RuleRef) -> str | None:
    if not rule.override:
        return None
    roles = [f"the {role_words(one)}" for one in rule.override]
    together = " together" if len(roles) > 1 else ""
    return f"{join(roles)}{together}, for at most {rule.override_at_most}"


def _untold(id: str, title: str) -> RuleLine:
    return RuleLine(id, "", title, "", "", "", (), confidential=False)


def override_words(screening: Screening, rule: RuleLine) -> str | None:
    """Who may override what keeps a target back; None where there is nothing to override."""
    if screening.outcome not in KEPT_BACK or not rule.where:
        return None
    if screening.truth == "error":
        return "not while the rule cannot be evaluated"
    if screening.facts_digest is None:
        return "nobody"
    return rule.override or "the people that the rule names"


def _points_note(points: Points, unknown: tuple[str, ...]) -> str | None:
    if points.applies == "error":
        return "This rule could not be evaluated, so it may give anything from nothing to all."
    if points.low == points.high:
        return None
    return f"Not known: {join(unknown)}." if unknown else None
