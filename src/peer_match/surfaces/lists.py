"""The lists of a decision arranged for reading: cut to a length, with what they have in common.

A feed has thousands of groups and a sparse record leaves the same things open for each of them.
So long lists are cut and counted by reason, and what is said of every group shown is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from peer_match.decide.decision import Decision, PlanTask, Screening, Shortlist, Suggestion
from peer_match.decide.in_words import comes_first
from peer_match.surfaces.views import (
    KEPT_BACK,
    PATIENT,
    Card,
    Gap,
    Reader,
    RuleLine,
    ScreenLine,
    Seen,
    override_words,
)

ELIGIBLE = "eligible"
SUPPORTED = "supported"
WAITING = "waiting"
BLOCKED = "blocked"
CHECK_IN = "check-in"
NOTHING_FITS = "nothing-fits"
COUNTED = {
    ELIGIBLE: ("fits", "fit"),
    SUPPORTED: ("fits with support", "fit with support"),
    WAITING: ("waits for an answer", "wait for an answer"),
    BLOCKED: ("does not fit", "do not fit"),
}
SURE = ("yes", "error")  # truths of a remark that is more than a gap in what is known


@dataclass(frozen=True, slots=True)
class Open:
    """What is not known and whom to ask (None: nobody in particular); `first` before placement."""

    first: bool
    role: str | None
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is to be said of a target beside its score: sure remarks by rule, and open points.

    `passed` are the rules that were checked and do not stand in the way.
    """

    sure: tuple[ScreenLine, ...]
    open: tuple[Open, ...]
    passed: tuple[RuleLine, ...]


NO_REMARKS = Remarks((), (), ())


@dataclass(frozen=True, slots=True)
class Entry:
    """One target of a list, with the remarks that are its own."""

    card: Card
    own: Remarks


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some targets wait or do not fit, how many of them, and who may override that.

    `gaps` are what is not known, each with the role that can answer. `seen` is what is known of
    the person that the rule rests on.
    """

    rule: RuleLine
    count: int
    waits_for: tuple[str, ...]
    overrides: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """How many of a list are shown in full, and how many more in brief."""

    full: int
    brief: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four lists: some of it in full, some in brief, and how many are not shown.

    `shared` holds for everything that is shown in full.
    """

    code: str
    total: int
    shared: Remarks
    full: tuple[Entry, ...]
    brief: tuple[Card, ...]
    not_shown: int
    reasons: tuple[Reason, ...]

    @property
    def counted(self) -> str:
        """`3 fit`, `1 waits for an answer`."""
        one, many = COUNTED[self.code]
        return f"{self.total:,} {one if self.total == 1 else many}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, whom to ask, and what it is about: the person (none named) or some targets."""

    asks: str
    role: str
    about: tuple[str, ...]
    reach: int
    swing: int


@dataclass(frozen=True, slots=True)
class First:
    """A task that comes before everything else, and what was seen that it answers to."""

    task: PlanTask
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of the plan, what it is about, and how often it comes again until when."""

    task: PlanTask
    about: str | None
    more: int
    last_due: str


def four(shortlist: Shortlist) -> dict[str, tuple[Suggestion, ...]]:
    """The four lists by their codes, in order."""
    return {
        ELIGIBLE: shortlist.eligible,
        SUPPORTED: shortlist.eligible_with_support,
        WAITING: shortlist.waiting,
        BLOCKED: shortlist.blocked,
    }


def part(reader: Reader, code: str, shortlist: Shortlist, cut: Cut) -> Part:
    """One of the four lists, cut. What is proposed or already stands is never cut away."""
    suggestions = four(shortlist)[code]
    runner_up = shortlist.runner_up if code == ELIGIBLE else None
    cards: list[Card] = []
    brief: list[Card] = []
    for number, one in enumerate(suggestions, start=1):
        if len(cards) < cut.full:
            cards.append(reader.card(number, one, runner_up))
        elif len(brief) < cut.brief or one.existing or _is_proposed(one, reader.decision):
            brief.append(reader.card(number, one, runner_up))
    alike = _alike(cards)
    return Part(
        code=code,
        total=len(suggestions),
        shared=_remarks(cards[0], alike.__contains__) if cards else NO_REMARKS,
        full=tuple(Entry(card, _remarks(card, lambda it: it not in alike)) for card in cards),
        brief=tuple(brief),
        not_shown=len(suggestions) - len(cards) - len(brief),
        reasons=reasons(reader, suggestions),
    )


def _is_proposed(one: Suggestion, decision: Decision) -> bool:
    return one.target in (*decision.plan.proposed_groups, *decision.plan.proposed_mentors)


def _alike(cards: list[Card]) -> frozenset[object]:
    """What is said on every one of several cards."""
    if len(cards) < 2:
        return frozenset()
    first, *others = (
        {*(_key(line) for line in card.screening), *(rule.id for rule in card.passed)}
        for card in cards
    )
    return frozenset(first.intersection(*others))


def _key(line: ScreenLine) -> object:
    return (line.rule.id, line.truth, line.outcome, line.asks, line.note, line.waits_for)


def _remarks(card: Card, wanted: Callable[[object], bool]) -> Remarks:
    """Sure remarks one by one; what is not known together, by whom to ask."""
    told = [
        line
        for line in card.screening
        if wanted(_key(line)) and (line.outcome != "allowed" or line.note is not None)
    ]
    gaps: dict[tuple[bool, str | None], dict[str, None]] = {}
    for line in told:
        if line.truth not in SURE:
            first = line.outcome != "caution"
            for gap in line.gaps or (Gap(line.rule.title, line.asks),):
                gaps.setdefault((first, gap.role), {})[gap.what] = None
    for (first, role), what in gaps.items():
        if not first:  # what is asked before placement anyway is not asked again
            for asked_first in gaps.get((True, role), ()):
                what.pop(asked_first, None)
    gaps = {key: what for key, what in gaps.items() if what}
    ordered = sorted(gaps.items(), key=lambda gap: (not gap[0][0], gap[0][1] or ""))
    return Remarks(
        sure=tuple(line for line in told if line.truth in SURE),
        open=tuple(Open(first, role, tuple(what)) for (first, role), what in ordered),
        passed=tuple(rule for rule in card.passed if wanted(rule.id)),
    )


def reasons(reader: Reader, suggestions: Iterable[Suggestion]) -> tuple[Reason, ...]:
    """Why targets wait or do not fit, the commonest first; a target may have several."""
    found: dict[str, list[Screening]] = {}
    for one in suggestions:
        for screening in one.screening:
            if screening.outcome == one.outcome and screening.outcome in KEPT_BACK:
                found.setdefault(screening.rule, []).append(screening)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_reason(reader, reader.rule(id), same) for id, same in ranked)


def _reason(reader: Reader, rule: RuleLine, same: Sequence[Screening]) -> Reason:
    overrides = (override_words(one, rule) for one in same)
    return Reason(
        rule=rule,
        count=len(same),
        waits_for=tuple(
            dict.fromkeys(meaning for one in same for meaning in reader.meanings(one.unknown_facts))
        ),
        overrides=tuple(dict.fromkeys(one for one in overrides if one is not None)),
        gaps=tuple(dict.fromkeys(gap for one in same for gap in reader.gaps(one.unknown_facts))),
        seen=tuple(
            one for one in reader.seen(key for key in same[0].facts if "@" not in key) if one.known
        ),
    )


def awaited(reader: Reader) -> tuple[str, ...]:
    """What somebody waits for for whom nothing fits yet: what to answer, and whom to ask. The
    commonest reason comes first; what another person's record would tell is left out."""
    groups = reader.decision.groups
    if groups.eligible or groups.eligible_with_support:
        return ()
    return tuple(awaited_words(one) for one in reasons(reader, groups.waiting) if one.rule.where)


def awaited_words(reason: Reason) -> str:
    """What one reason waits for: the answers that are missing, or the facts that stand."""
    if reason.gaps:
        said = (
            f"{gap.what} ({f'ask the {gap.role}' if gap.role else 'nobody is to be asked'})"
            for gap in reason.gaps
        )
        return f"{reason.rule.title}. Not known: {'; '.join(said)}."
    stands = "; ".join(f"{one.meaning}: {one.value}" for one in reason.seen)
    seen = f" On record: {stands}." if stands else ""
    if reason.rule.asks is not None:
        whom = f" Ask the {reason.rule.asks} whether this still holds."
    else:
        whom = f" It may be set aside by {reason.rule.override}." if reason.rule.override else ""
    return f"{reason.rule.title}.{seen}{whom}"


def asked(reader: Reader) -> tuple[Asked, ...]:
    """The questions worth asking, best first; one that is about several targets comes once."""
    found: dict[tuple[str, str, bool], list[Asked]] = {}
    for one in reader.decision.questions:
        about_person = one.about == PATIENT
        about = () if about_person else (reader.names.get(one.about, "a facilitator"),)
        found.setdefault((one.asks, one.asked_of, about_person), []).append(
            Asked(one.asks, one.asked_of, about, one.reach, one.swing)
        )
    return tuple(
        Asked(
            asks,
            role,
            tuple(dict.fromkeys(name for one in same for name in one.about)),
            sum(one.reach for one in same),
            max(one.swing for one in same),
        )
        for (asks, role, _), same in found.items()
    )


def firsts(reader: Reader) -> tuple[First, ...]:
    """What must be done before anything else, with the facts behind it that are known, or else
    with all of them."""
    found = ((task, reader.seen(task.facts)) for task in comes_first(reader.decision.plan))
    return tuple(
        First(task, tuple(one for one in seen if one.known) or seen) for task, seen in found
    )


def tasks(reader: Reader) -> tuple[TaskLine, ...]:
    """The tasks of the plan in its order; a series of check-ins is one line."""
    series: dict[object, list[PlanTask]] = {}
    for task in reader.decision.plan.tasks:
        is_series = task.kind == CHECK_IN and task.rule is not None
        series.setdefault((task.rule, task.role) if is_series else task.id, []).append(task)
    return tuple(
        TaskLine(
            task=same[0],
            about=_about(reader, same[0]),
            more=len(same) - 1,
            last_due=same[-1].due,
        )
        for same in series.values()
    )


def _about(reader: Reader, task: PlanTask) -> str | None:
    """The name of the group or mentor, where the title does not say it."""
    name = None if task.target is None else reader.names.get(task.target)
    return None if name is None or name in task.title else name
