"""`peer-match delivery`: what could not be sent, and sending it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from peer_match.facts.patient import Person
from peer_match.records.outbox import DeadLetter, dead_letters, resend
from peer_match.surfaces.escalation_commands import ByOption, RoleOption
from peer_match.surfaces.faults import EXIT_CODES, stop
from peer_match.surfaces.printing import JsonOption, print_json, print_text
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, now, records
from peer_match.surfaces.text_lines import indented, plain

delivery_app = typer.Typer(
    help="What could not be sent to the EHR, and sending it again.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)


@delivery_app.command("list", epilog=EXIT_CODES)
def list_dead_letters(database: DatabaseOption = DEFAULT, json: JsonOption = False) -> None:
    """Every resource that was given up, the oldest first, with the last answer of the server."""
    with records(database) as store:
        found = dead_letters(store)
    if json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        print_text("Nothing was given up.")
    for one in found:
        _say(one)


@delivery_app.command("resend", epilog=EXIT_CODES)
def send_again(
    by: ByOption,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Numbers that `delivery list` gives.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Everything that was given up.")] = False,
    role: RoleOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Send again what was given up, once its cause is mended; a worker does it.

    For example: peer-match delivery resend 17 --by "Dana Ruiz"

    A resource on which somebody has acted meanwhile is left as it is.
    """
    if all == bool(numbers):
        stop(["say which: numbers of `peer-match delivery list`, or --all"])
    person = Person(id=by, name=by, role=role)
    with records(database) as store:
        wanted = [one.seq for one in dead_letters(store)] if all else numbers or []
        again = [resend(store, one, person, now()) for one in wanted]
    if json:
        print_json([asdict(one) for one in again])
        return
    for one in again:
        print_text(f"to be sent again: {one.seq}, {one.key}")
    if not again:
        print_text("Nothing was given up.")


def _say(one: DeadLetter) -> None:
    kind = one.key.partition("|")[0]
    print_text(plain(f"{one.seq}: {kind}", "bold red", f"  {one.subject}  {one.key}"))
    print_text(indented(f"tried {one.attempts} times; the last time: {one.error or 'no answer'}"))
