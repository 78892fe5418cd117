"""`peer-match engine`: where the two evaluations of the rules did not agree, and who has looked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from peer_match.facts.patient import Person
from peer_match.records.engine_reviews import EngineReview
from peer_match.surfaces.escalation_commands import ByOption, RoleOption
from peer_match.surfaces.faults import EXIT_CODES
from peer_match.surfaces.printing import JsonOption, print_json, print_text
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, now, records
from peer_match.surfaces.text_lines import indented, plain

engine_app = typer.Typer(
    help="Where the rules engine gave no answer or another one, and who has looked.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)
WORDS = {
    "failed": "the rules engine gave no answer",
    "differed": "the rules engine gave another answer; the more severe one stood",
}


@engine_app.command("list", epilog=EXIT_CODES)
def list_reviews(
    all: Annotated[bool, typer.Option("--all", help="Those that are closed as well.")] = False,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Everything that a person has to look at, the earliest first."""
    with records(database) as store, store.reading() as reader:
        found = reader.engine_reviews(closed=all)
    if json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        print_text("There is nothing to look at." if not all else "There was nothing to look at.")
    for one in found:
        _say(one)


@engine_app.command(epilog=EXIT_CODES)
def close(
    number: Annotated[int, typer.Argument(help="The number of a review.")],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="What was found out.")],
    role: RoleOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Say by name what was found out about the engine.

    For example: peer-match engine close 3 --by "Dana Ruiz" --reason "the worker ran out of memory"
    """
    with records(database) as store, store.writing(by, now()) as work:
        found = work.close_engine_review(number, Person(id=by, name=by, role=role), reason)
    if json:
        print_json(asdict(found))
    else:
        _say(found)


def _say(one: EngineReview) -> None:
    style = "bold red" if one.closed_by is None else "dim"
    print_text(plain(f"{one.id}: {WORDS[one.state]}", style, f"  {one.subject}"))
    print_text(indented(f"{one.times} times, last {one.last_at:%Y-%m-%d %H:%M UTC}: {one.reason}"))
    if one.rules:
        print_text(indented(f"rules: {', '.join(one.rules)}"))
    if one.closed_by is not None:
        when = f"{one.closed_at:%Y-%m-%d %H:%M UTC}"
        print_text(indented(f"closed by {one.closed_by.name}, {when}: {one.closed_reason}"))
