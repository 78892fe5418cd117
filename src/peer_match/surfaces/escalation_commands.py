"""`peer-match escalation`: who was called, who answered, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from peer_match.delivery import endings
from peer_match.delivery.ladders import call_key
from peer_match.facts.patient import Person
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Sending
from peer_match.surfaces import words
from peer_match.surfaces.faults import EXIT_CODES
from peer_match.surfaces.printing import JsonOption, print_json, print_text
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, now, records
from peer_match.surfaces.text_lines import deeper, indented, plain

escalation_app = typer.Typer(
    help="Who was called, who has answered, and what is open.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)
IdArgument = Annotated[str, typer.Argument(help="The id of an escalation.")]
ByOption = Annotated[str, typer.Option("--by", help="Who, by name.")]
RoleOption = Annotated[str | None, typer.Option("--role", help="Their role, such as clinician.")]
STYLE = {"open": "bold red", "acknowledged": "yellow", "closed": "dim"}


@escalation_app.command("list", epilog=EXIT_CODES)
def list_all(
    all: Annotated[bool, typer.Option("--all", help="Those that are closed as well.")] = False,
    subject: Annotated[str | None, typer.Option("--subject", help="Of one person.")] = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Every escalation that nobody has closed, the earliest first."""
    with records(database) as store, store.reading() as reader:
        found = (
            reader.escalations(("open", "acknowledged", "closed"), subject)
            if all
            else reader.escalations(subject=subject)
        )
    if json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        print_text("No escalation is open." if not all else "There is no escalation.")
    for one in found:
        for line in _brief(one):
            print_text(line)


@escalation_app.command(epilog=EXIT_CODES)
def show(id: IdArgument, database: DatabaseOption = DEFAULT, json: JsonOption = False) -> None:
    """One escalation with every step of its ladder."""
    with records(database) as store, store.reading() as reader:
        found = reader.escalation(id)
        sent = {one.key: one for one in reader.sendings(found.subject, "Task|")}
    steps = range(len(found.plan.steps))
    calls = [sent.get(call_key(found, number)) for number in steps]
    if json:
        told = [None if one is None else {**asdict(one), "body": None} for one in calls]
        print_json({**asdict(found), "calls": told})
        return
    for line in (*_brief(found), *_ladder(found, calls)):
        print_text(line)


@escalation_app.command(epilog=EXIT_CODES)
def acknowledge(
    id: IdArgument,
    by: ByOption,
    role: RoleOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Say that a named person has it in hand: nobody else is called."""
    with records(database) as store, store.writing(by, now()) as work:
        news = endings.acknowledge(work, id, Person(id=by, name=by, role=role))
        found = work.escalation(id)
    _say(found, news, json=json)


@escalation_app.command(epilog=EXIT_CODES)
def close(
    id: IdArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="What was done.")],
    role: RoleOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """End an escalation, for a reason. Only a person closes one; no assessment ever does."""
    with records(database) as store, store.writing(by, now()) as work:
        news = endings.close(work, id, Person(id=by, name=by, role=role), reason)
        found = work.escalation(id)
    _say(found, news, json=json)


def _say(found: StoredEscalation, news: bool, *, json: bool) -> None:
    if json:
        print_json({"changed": news, "escalation": asdict(found)})
        return
    if not news:
        print_text("It was so already; nothing has changed.")
    for line in _brief(found):
        print_text(line)


def _brief(one: StoredEscalation) -> Iterable[RenderableType]:
    step = one.plan.steps[one.step]
    yield plain(
        f"{one.severity}: {one.rule}", STYLE[one.state], f"  {one.subject}  {one.id}  {one.state}"
    )
    if one.state == "closed" and one.closed_by is not None:
        yield indented(f"closed by {one.closed_by.name}, {_when(one.closed_at)}: "
                       f"{one.closed_reason}")  # fmt: skip
    elif one.acknowledged_by is not None:
        yield indented(f"acknowledged by {one.acknowledged_by.name}, {_when(one.acknowledged_at)}")
    else:
        yield indented(
            f"nobody has acknowledged it; step {one.step + 1}: {step.title}, "
            f"{words.role_words(step.role)}, by {_when(one.due_at)}"
        )


def _ladder(one: StoredEscalation, calls: Sequence[Sending | None]) -> Iterable[RenderableType]:
    yield indented(f"pathway {one.pathway}, since {_when(one.opened_at)}")
    for number, step in enumerate(one.plan.steps):
        here = " (here)" if number == one.step and one.state == "open" else ""
        due = _when(datetime.fromisoformat(step.due))
        yield indented(f"{step.tier}. {step.title}: {words.role_words(step.role)}, by {due}{here}")
        call = calls[number]
        if call is not None:
            yield deeper(_went_out(call), "blocked" if call.state == "dead" else "dim")
    yield indented(f"evidence: {', '.join(one.evidence) or 'none'}")


def _went_out(call: Sending) -> str:
    """How far the task of a step has come. That somebody knows of it only they can say."""
    match call.state:
        case "sent":
            status = "" if call.status is None else f", there {call.status}"
            return f"its task was sent, kept as {call.remote_id}{status}"
        case "dead":
            return f"its task could not be sent: {call.error}; see `peer-match delivery list`"
        case _:
            tried = f" after {call.attempts} attempts: {call.error}" if call.error else ""
            return f"its task waits to be sent{tried}"


def _when(moment: datetime | None) -> str:
    return "no time" if moment is None else moment.strftime("%Y-%m-%d %H:%M UTC")
