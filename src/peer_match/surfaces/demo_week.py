"""A week of events over the sample caseload, played through the records in the time of its events.

What is told, who is called, when and why: all of it comes from the records, as it would in service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
from rich.console import Console, RenderableType
from rich.progress import track

from peer_match import sample
from peer_match.decide.assessment import Assessment
from peer_match.decide.kernel import Kernel
from peer_match.decide.plan_review import PlanReview
from peer_match.decide.project_plan import project_plan
from peer_match.decide.safety_plan import review_plan
from peer_match.delivery import endings
from peer_match.delivery.follow_up import EHR, FollowUp
from peer_match.facts.event import About, Coverage, Event
from peer_match.facts.patient import Person
from peer_match.fhir.read_safety_plan import read_safety_plan
from peer_match.fhir.write_safety_plan import gap_words
from peer_match.policy.load import load_policy
from peer_match.policy.safety_files import SEVERITIES
from peer_match.records.deadlines import fire_due
from peer_match.records.escalations import StoredEscalation
from peer_match.records.store import Store, open_store
from peer_match.surfaces import words
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.inputs import roster_from
from peer_match.surfaces.text_lines import deeper, heading, indented, plain
from peer_match.surfaces.text_safety_plan import STANDING

DATABASE = "week.db"
PLAYER = "the demonstration"
DAILY = timedelta(days=1)
STYLE = {"emergent": "stat", "urgent": "asap", "soon": "urgent", "routine": ""}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in the week: `lines` say what, the first one in a word or two."""

    when: datetime
    subject: str
    severity: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What nobody has closed at the end: who has it in hand, or is called and by when."""

    severity: str
    subject: str
    title: str
    stands: str


@dataclass(frozen=True, slots=True)
class Week:
    """Everything that happened, in order, what is left of it, the most severe first, and what the
    safety plans lack at its end. `database` is where the records of it are."""

    moments: tuple[Moment, ...]
    database: Path
    open: tuple[Left, ...]
    plans: tuple[PlanReview, ...]


def play(out: Path, progress: Console) -> Week:
    """Play the week of the sample into records in a folder, from nothing each time."""
    database = out / DATABASE
    out.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (out / name).unlink(missing_ok=True)
    policy = load_policy()
    roster = roster_from(sample.roster(), policy.vocabularies, Faults())
    with open_store(f"sqlite:///{database.resolve()}") as store, Kernel() as kernel:
        store.migrate()
        player = _Player(FollowUp(policy, store, kernel, roster.staff), store, _week())
        entries = player.entries()
        for when, entry in track(
            entries, description="Playing a week", console=progress, transient=True,
            disable=not progress.is_terminal,
        ):  # fmt: skip
            player.advance(when)
            player.take(when, entry)
        player.advance(datetime.fromisoformat(player.week["ends"]))
        left, plans = player.left(), player.plans()
    return Week(tuple(player.moments), database, left, plans)


def _week() -> dict[str, Any]:
    return cast("dict[str, Any]", orjson.loads(sample.week().read_bytes()))


class _Player:
    """Plays one entry after the other; what falls due in between comes first."""

    def __init__(self, follow_up: FollowUp, store: Store, week: dict[str, Any]) -> None:
        self.follow_up, self.store, self.week = follow_up, store, week
        self.moments: list[Moment] = []
        self.known: set[str] = set()
        self.looked = datetime.fromisoformat(week["begins"])
        self.titles = {one.id: one.title for one in follow_up.policy.safety.escalates}

    def entries(self) -> list[tuple[datetime, dict[str, Any]]]:
        found = [(datetime.fromisoformat(one["at"]), one) for one in self.week["entries"]]
        return sorted(found, key=lambda one: one[0])

    def advance(self, until: datetime) -> None:
        """Fire what falls due before a moment, and look at everybody once a day."""
        while True:
            due = self._next_due()
            look = self.looked + DAILY
            following = min(look, due) if due is not None else look
            if following > until:
                return
            if due is not None and following == due:
                self._fire(due)
            else:
                self._look(look)

    def plans(self) -> tuple[PlanReview, ...]:
        """The safety plans of the sample, as the clinician sees them at the end of the week."""
        end, policy = datetime.fromisoformat(self.week["ends"]), self.follow_up.policy
        form = policy.safety.plan
        found: list[PlanReview] = []
        for name, path in sample.safety_plans().items():
            reading = (
                None
                if form is None
                else read_safety_plan(path.read_bytes(), name=path.name, form=form, subject=name)
            )
            if reading is None or reading.plan is None:
                continue
            with self.store.reading() as reader:
                history = reader.history(name, "patient")
            whole = review_plan(policy, reading.plan, history, as_of=end)
            found.append(project_plan(whole, policy, EHR))
        return tuple(found)

    def left(self) -> tuple[Left, ...]:
        """What nobody has closed: the most severe first, and what nobody has answered."""
        end = datetime.fromisoformat(self.week["ends"])
        with self.store.reading() as reader:
            every = reader.escalations()
        ordered = sorted(
            every,
            key=lambda one: (-SEVERITIES.index(one.severity), one.state != "open", one.subject),
        )
        return tuple(
            Left(one.severity, one.subject, self._title(one), _stands(one, end)) for one in ordered
        )

    def take(self, when: datetime, entry: dict[str, Any]) -> None:
        """One entry of the week: an event, or somebody's acknowledgement."""
        if "acknowledges" in entry:
            self._acknowledge(when, entry)
            return
        subject, about = entry["subject"], cast("About", entry.get("about", "patient"))
        event = Event.model_validate(entry["event"] | {"recorded": when})
        new: list[Event | Coverage] = [event]
        if subject not in self.known:
            self.known.add(subject)
            kinds = self.follow_up.policy.safety.events.kinds
            new.extend(Coverage(kind=code, begins=sample.RECORDED_SINCE)
                       for code, one in sorted(kinds.items())
                       if one.about == about)  # fmt: skip
        found = self.follow_up.take_in(subject, about, new, actor=PLAYER, now=when)
        kind = self.follow_up.policy.safety.events.kinds[event.kind]
        graded = "" if event.severity is None else f", {event.severity}"
        told = f"{kind.label}{graded} (told by {event.source}, of {_day(event)})"
        self._say(when, subject, told, found)

    def _acknowledge(self, when: datetime, entry: dict[str, Any]) -> None:
        person = Person.model_validate(entry["by"])
        with self.store.writing(PLAYER, when) as work:
            mine = work.escalations(("open",), entry["acknowledges"])
            for one in mine:
                endings.acknowledge(work, one.id, person)
        for one in mine:
            said = f"{person.name} has it in hand: {self._title(one)}"
            self.moments.append(Moment(when, one.subject, "", (said,)))

    def _look(self, when: datetime) -> None:
        self.looked = when
        with self.store.reading() as reader:
            subjects = reader.subjects()
        for subject, about in subjects:
            found = self.follow_up.look_again(subject, about, actor=PLAYER, now=when)
            self._say(when, subject, "time has passed", found)

    def _say(self, when: datetime, subject: str, told: str, found: Assessment) -> None:
        if not found.escalations:
            if told != "time has passed":
                self.moments.append(Moment(when, subject, "", (told, "nothing new follows")))
            return
        lines = [told]
        for one in found.escalations:
            first = one.steps[0]
            lines.append(f"{one.severity}: {self.titles[one.rule]}")
            lines.append(f"to act: {_who(first.role, first.person)}, by "
                         f"{_time(datetime.fromisoformat(first.due), when)}: {first.title}"
                         )  # fmt: skip
        self.moments.append(Moment(when, subject, found.escalations[0].severity, tuple(lines)))

    def _next_due(self) -> datetime | None:
        with self.store.reading() as reader:
            dues = [one.due_at for one in reader.escalations(("open",))]
        return min((one for one in dues if one is not None), default=None)

    def _fire(self, due: datetime) -> None:
        before = {one.id: one for one in self._open()}
        fire_due(self.store, due, self.follow_up.step_begun, PLAYER)
        for one in self._open():
            earlier = before[one.id]
            if one.call == earlier.call:
                continue
            step = one.plan.steps[one.step]
            if one.round > 1:
                continue  # the same person, again and again: told once
            again = " once more" if one.round else ""
            silent = words.role_words(earlier.plan.steps[earlier.step].role)
            said = (
                f"no answer from {silent}: {self._title(one)}",
                f"to act{again}: {_who(step.role, step.person)}, by "
                f"{_time(one.due_at, due)}: {step.title}",
            )
            self.moments.append(Moment(due, one.subject, one.severity, said))

    def _open(self) -> tuple[StoredEscalation, ...]:
        with self.store.reading() as reader:
            return reader.escalations(("open",))

    def _title(self, one: StoredEscalation) -> str:
        return self.titles.get(one.rule, one.rule)


def show(week: Week, console: Console) -> None:
    """The week for a terminal, and where its records are."""
    for line in _lines(week):
        console.print(line)
    console.print(f"Records: {week.database}", highlight=False, soft_wrap=True)


def _lines(week: Week) -> Iterator[RenderableType]:
    yield heading("A week of events")
    yield plain("Played in the time of its events; nobody was really called.", "dim")
    zone = sample.SAMPLE_AS_OF.tzinfo
    for one in week.moments:
        when = one.when.astimezone(zone)
        style = STYLE.get(one.severity, "")
        yield plain(f"{when:%a %d %b %H:%M}  {one.subject}", style, f"  {one.lines[0]}")
        for line in one.lines[1:]:
            yield deeper(line)
    yield heading("Open at the end of the week")
    if not week.open:
        yield indented("nothing")
    for left in week.open:
        style = STYLE.get(left.severity, "")
        yield plain(left.severity, style, f"  {left.subject}: {left.title}")
        yield deeper(left.stands)
    yield heading("Safety plans at the end of the week")
    for plan in week.plans:
        yield plain(plan.subject.id, "bold", f"  made with {_made_with(plan)}")
        for gap in plan.gaps:
            yield deeper(gap_words(plan, gap.step, gap.words))
        due = datetime.fromisoformat(plan.review_by)
        yield deeper(f"{STANDING[plan.standing].lower()}, by {_time(due, sample.SAMPLE_AS_OF)}")


def _made_with(plan: PlanReview) -> str:
    return "nobody who is named" if plan.made_with is None else plan.made_with.name or "somebody"


def _stands(one: StoredEscalation, end: datetime) -> str:
    step = one.plan.steps[one.step]
    who = _who(step.role, step.person)
    if one.state == "open":
        return f"nobody has answered; {who} is called, until {_time(one.due_at, end)}"
    by = one.acknowledged_by
    return "acknowledged" if by is None else f"{_who(by.role or step.role, by)} has it in hand"


def _who(role: str, person: object) -> str:
    name = getattr(person, "name", None)
    return f"{name} ({words.role_words(role)})" if name else words.role_words(role)


def _time(moment: datetime | None, near: datetime) -> str:
    if moment is None:
        return "no time"
    local = moment.astimezone(sample.SAMPLE_AS_OF.tzinfo)
    same_day = local.date() == near.astimezone(sample.SAMPLE_AS_OF.tzinfo).date()
    return f"{local:%H:%M}" if same_day else f"{local:%a %d %b %H:%M}"


def _day(event: Event) -> str:
    return "an unknown day" if event.date is None else event.date.text[: len("2026-03-01")]
