"""The page: decisions arranged for the templates, and the templates filled in.

Everything that comes from data is cleaned of control characters and escaped; the style sheet is
inside the page and nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from peer_match.decide.decision import Decision, PlanTask
from peer_match.decide.in_words import HOW_SOON
from peer_match.decide.references import RuleRef
from peer_match.surfaces import words
from peer_match.surfaces.concerns import Concern, caseload_safety, concerns
from peer_match.surfaces.lists import (
    BLOCKED,
    ELIGIBLE,
    NOTHING_FITS,
    SUPPORTED,
    WAITING,
    Asked,
    Cut,
    First,
    Part,
    TaskLine,
    asked,
    awaited,
    firsts,
    part,
    tasks,
)
from peer_match.surfaces.report.week import Drawing, WeekPicture, drawing, times_words
from peer_match.surfaces.views import Card, Reader, RuleLine, Seen, rule_line
from peer_match.surfaces.words import Standing

PACKAGE = "peer_match.surfaces.report"

# How much of a list a reader is given; the counts by reason always cover all of it.
CUTS = {
    ("group", ELIGIBLE): Cut(full=3, brief=10),
    ("group", SUPPORTED): Cut(full=2, brief=5),
    ("group", WAITING): Cut(full=0, brief=8),
    ("group", BLOCKED): Cut(full=0, brief=8),
    ("mentor", ELIGIBLE): Cut(full=2, brief=5),
    ("mentor", SUPPORTED): Cut(full=1, brief=5),
    ("mentor", WAITING): Cut(full=0, brief=5),
    ("mentor", BLOCKED): Cut(full=0, brief=5),
}  # of waiting and blocked ones the reasons say more than the names
FIRST_QUESTIONS = 5  # the others are one click away
MOST_NOTES = 40  # notes of one person; a broken record can give thousands


@dataclass(frozen=True, slots=True)
class Lists:
    """The four lists of groups or of mentors."""

    eligible: Part
    supported: Part
    waiting: Part
    blocked: Part

    @property
    def parts(self) -> tuple[Part, ...]:
        """All four, in order."""
        return (self.eligible, self.supported, self.waiting, self.blocked)

    @property
    def total(self) -> int:
        """How many groups or mentors were looked at."""
        return sum(part.total for part in self.parts)

    @property
    def best(self) -> Card | None:
        """The first that fits, if need be with support."""
        first = next(iter((*self.eligible.full, *self.supported.full)), None)
        return None if first is None else first.card

    @property
    def main_reason(self) -> str | None:
        """The commonest reason why groups wait, or else why they do not fit."""
        found = (*self.waiting.reasons, *self.blocked.reasons)
        return found[0].rule.title if found else None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's section."""

    anchor: str
    decision: Decision
    name: str
    standing: Standing
    concerns: tuple[Concern, ...]
    firsts: tuple[First, ...]
    awaited: tuple[str, ...]
    groups: Lists
    mentors: Lists
    questions: tuple[Asked, ...]
    tasks: tuple[TaskLine, ...]
    ways_forward: tuple[PlanTask, ...]
    plan_rules: tuple[str, ...]
    unknowns: tuple[Seen, ...]
    notes: tuple[str, ...]
    notes_not_shown: int
    picture: WeekPicture | None
    week: Drawing | None
    meets: Mapping[str, str]
    not_drawn: tuple[str, ...]

    @property
    def way_forward(self) -> PlanTask | None:
        """Who has to find a way forward first, where nothing fits."""
        return next(iter(self.ways_forward), None)


@dataclass(frozen=True, slots=True)
class Tile:
    """How many people stand alike, and who they are where somebody has to act first."""

    standing: Standing
    title: str
    people: tuple[PersonPage, ...]

    @property
    def named(self) -> tuple[PersonPage, ...]:
        """The people to name; for the others the list below is enough."""
        return () if self.standing in ("fits", "comes-first") else self.people


def report(
    decisions: Sequence[Decision],
    *,
    title: str,
    weeks: Mapping[str, WeekPicture | None] | None = None,
) -> str:
    """One self-contained HTML page for a caseload, in the order given.

    `decisions` must already be projected for whoever is to read the page. `weeks` are pictures of
    the week by patient id. The same arguments always give the same page.
    """
    people = tuple(
        _person(f"person-{number}", decision, weeks or {})
        for number, decision in enumerate(decisions, start=1)
    )
    rules = _rules(decisions)
    anchors = {(one.id, one.digest): f"rule-{number}" for number, one in enumerate(rules, start=1)}
    return _environment().get_template("caseload.html.jinja").render(
        words=words,
        how_soon=HOW_SOON,
        first_questions=FIRST_QUESTIONS,
        rules=_by_kind(rules),
        anchors=anchors,
        title=title,
        style=_style(),
        people=people,
        tiles=_tiles(people),
        first_people=tuple(one for one in people if one.firsts),
        without_contact=tuple(
            one for one in people
            if one.decision.point_of_contact is None and one.standing != "withheld"
        ),
        statements=_distinct(one.policy.statement for one in decisions if not one.policy.signed),
        safeties=_distinct(one.safety for one in decisions if one.assessment is None),
        assessed=caseload_safety(decisions),
        basis=_basis(decisions),
    )  # fmt: skip


def _person(anchor: str, decision: Decision, weeks: Mapping[str, WeekPicture | None]) -> PersonPage:
    reader = Reader.of(decision)
    groups = _lists(reader, "group")
    picture = weeks.get(decision.patient.id)
    drawn = groups.eligible.full or groups.supported.full
    numbers = {one.card.suggestion.target: one.card.number for one in drawn}
    return PersonPage(
        anchor=anchor,
        decision=decision,
        name=words.person_words(decision),
        standing=words.standing(decision),
        concerns=concerns(decision.assessment),
        firsts=firsts(reader),
        awaited=awaited(reader),
        groups=groups,
        mentors=_lists(reader, "mentor"),
        questions=asked(reader),
        tasks=tuple(one for one in tasks(reader) if one.task.kind != NOTHING_FITS),
        ways_forward=tuple(one for one in decision.plan.tasks if one.kind == NOTHING_FITS),
        plan_rules=tuple(reader.rule(id).title for id in decision.plan.rules),
        unknowns=reader.unknowns(),
        notes=decision.notes[:MOST_NOTES],
        notes_not_shown=max(len(decision.notes) - MOST_NOTES, 0),
        picture=picture,
        week=None if picture is None else drawing(picture, numbers),
        not_drawn=tuple(
            one.card.suggestion.name
            for one in drawn
            if picture is not None and one.card.suggestion.target in picture.without_zone
        ),
        meets={} if picture is None else times_words(picture),
    )


def _lists(reader: Reader, kind: str) -> Lists:
    found = reader.decision.groups if kind == "group" else reader.decision.mentors
    eligible, supported, waiting, blocked = (
        part(reader, code, found, CUTS[kind, code])
        for code in (ELIGIBLE, SUPPORTED, WAITING, BLOCKED)
    )
    return Lists(eligible, supported, waiting, blocked)


def _tiles(people: tuple[PersonPage, ...]) -> tuple[Tile, ...]:
    found = (
        Tile(code, words.STANDING[code], tuple(one for one in people if one.standing == code))
        for code in words.STANDINGS
    )
    return tuple(
        tile for tile in found if tile.people or tile.standing not in ("comes-first", "withheld")
    )


def _basis(decisions: Sequence[Decision]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the page rests on, each value once."""
    return (
        ("As of", _distinct(words.date_words(one.as_of) for one in decisions)),
        (
            "By what was known at",
            _distinct(words.date_words(one.known_at) for one in decisions),
        ),
        ("Prepared for", _distinct(_recipient(one) for one in decisions)),
        ("Rules", _distinct(f"{one.policy.id} {one.policy.version}" for one in decisions)),
        ("Digest of the rules", _distinct(one.policy.digest for one in decisions)),
        ("Time zone data", _distinct(f"tzdata {one.tzdata_version}" for one in decisions)),
        ("Engine", _distinct(f"peer_match {one.engine_version}" for one in decisions)),
    )


def _rules(decisions: Iterable[Decision]) -> tuple[RuleRef, ...]:
    """Every rule that some decision tells of, once, by kind and title."""
    found = {(rule.id, rule.digest): rule for one in decisions for rule in one.rules.values()}
    kinds = tuple(words.KINDS)
    return tuple(
        sorted(found.values(), key=lambda one: (kinds.index(one.kind), one.title, one.digest))
    )


def _by_kind(rules: Iterable[RuleRef]) -> tuple[tuple[str, tuple[RuleLine, ...]], ...]:
    found = tuple(rules)
    return tuple(
        (title, tuple(rule_line(one) for one in found if one.kind == kind))
        for kind, title in words.KINDS.items()
        if any(one.kind == kind for one in found)
    )


def _recipient(decision: Decision) -> str:
    if decision.recipient is None:
        return "nobody yet: complete, and not to be handed on"
    return words.role_words(decision.recipient)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


# -- templates -----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )


def _printable(value: Any) -> Any:
    """Text from data, cleaned; what the templates themselves made is left alone."""
    return words.clean(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup(files(PACKAGE).joinpath("templates", "report.css").read_text("utf-8"))
