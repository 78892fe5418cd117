"""The command line: every command of `peer-match`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from peer_match import __version__
from peer_match.decide.canonical import digest
from peer_match.surfaces import demo as demonstration
from peer_match.surfaces import demo_week
from peer_match.surfaces.assess_command import assess
from peer_match.surfaces.audit_commands import audit_app
from peer_match.surfaces.delivery_commands import delivery_app
from peer_match.surfaces.directory_commands import directory_app
from peer_match.surfaces.engine_commands import engine_app
from peer_match.surfaces.escalation_commands import escalation_app
from peer_match.surfaces.event_commands import event_app
from peer_match.surfaces.faults import EXIT_CODES, Exit
from peer_match.surfaces.instrument_commands import instrument_app
from peer_match.surfaces.intake_commands import intake_app
from peer_match.surfaces.person_commands import explain, suggest
from peer_match.surfaces.printing import JsonOption, print_json
from peer_match.surfaces.roster_commands import roster_app
from peer_match.surfaces.rules_commands import rules_app
from peer_match.surfaces.safety_plan_commands import safety_plan_app
from peer_match.surfaces.worker_commands import status, worker

app = typer.Typer(
    name="peer-match",
    help="Match people in recovery with peer-led groups and mentors, by rules that explain "
    "themselves.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command(epilog=EXIT_CODES)(suggest)
app.command(epilog=EXIT_CODES)(explain)
app.command(epilog=EXIT_CODES)(assess)
app.command(epilog=EXIT_CODES)(worker)
app.command(epilog=EXIT_CODES)(status)
app.add_typer(audit_app, name="audit")
app.add_typer(delivery_app, name="delivery")
app.add_typer(directory_app, name="directory")
app.add_typer(engine_app, name="engine")
app.add_typer(escalation_app, name="escalation")
app.add_typer(event_app, name="event")
app.add_typer(instrument_app, name="instrument")
app.add_typer(intake_app, name="intake")
app.add_typer(roster_app, name="roster")
app.add_typer(rules_app, name="rules")
app.add_typer(safety_plan_app, name="safety-plan")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"peer-match {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Match people in recovery with peer-led groups and mentors."""


@app.command(epilog=EXIT_CODES)
def demo(
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write the report and bundles to.")
    ] = Path("build/demo"),
    json: JsonOption = False,
) -> None:
    """The main job on the shipped sample caseload: a summary here, and a report to open."""
    outcome = demonstration.run(out, Console(stderr=True))
    if json:
        print_json(
            {
                # A file's name may be bytes that are no text.
                "report": str(outcome.report).encode(errors="replace").decode(),
                "decisions": {one.patient.id: digest(one) for one in outcome.decisions},
                "refused": outcome.refused,
            }
        )
    else:
        demonstration.show(outcome, Console())
    played = demo_week.play(out, Console(stderr=True))
    if not json:
        demo_week.show(played, Console())
    if outcome.refused:
        raise typer.Exit(Exit.PROBLEMS)
