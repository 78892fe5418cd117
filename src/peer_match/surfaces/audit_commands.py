"""`peer-match audit`: whether anything in the chain of what was done was changed or cut off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from peer_match.records.audit import head, verify
from peer_match.surfaces.faults import EXIT_CODES, Exit
from peer_match.surfaces.printing import JsonOption, print_json, print_text
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, records
from peer_match.surfaces.text_lines import indented, plain

audit_app = typer.Typer(
    help="The chain of who did what when: export its head, and check it.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)


@audit_app.command("head", epilog=EXIT_CODES)
def show_head(database: DatabaseOption = DEFAULT, json: JsonOption = False) -> None:
    """The digest of the last row. Keep it elsewhere: it shows later that rows were cut off.

    For example: peer-match audit head >> /somewhere/else/audit-heads
    """
    with records(database, quiet=True) as store:
        found = head(store)
    if json:
        print_json({"head": found})
    else:
        typer.echo(found)


@audit_app.command("check", epilog=EXIT_CODES)
def check(
    known: Annotated[
        str | None,
        typer.Option("--head", help="A head that was exported before: it must be there."),
    ] = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Every row that is missing, was changed, or does not follow the one before it.

    Without an earlier --head nobody can see that rows were cut off at the end.
    """
    with records(database, quiet=True) as store:
        found = verify(store, known)
    if json:
        print_json({"whole": not found, "head_given": known is not None,
                    "found": [asdict(one) for one in found]})  # fmt: skip
    elif found:
        print_text(plain("The audit chain is not whole.", "bold red"))
        for one in found:
            print_text(indented(f"row {one.seq}: {one.what}"))
    else:
        print_text(plain("The audit chain is whole.", "green"))
        if known is None:
            print_text(indented("Whether rows were cut off at its end needs an earlier --head."))
    if found:
        raise typer.Exit(Exit.PROBLEMS)
