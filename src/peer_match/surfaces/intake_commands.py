"""`peer-match intake`: the questions of a pack, as a form for whoever answers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from peer_match.fhir.intake_of_pack import blank_response, intake_questionnaire
from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import PolicyError
from peer_match.surfaces.faults import EXIT_CODES, stop
from peer_match.surfaces.printing import JsonOption, print_resource

intake_app = typer.Typer(help="The intake, in FHIR.", epilog=EXIT_CODES, no_args_is_help=True)

RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules; default: the shipped pack.")
]
PatientIdOption = Annotated[
    str, typer.Option("--patient-id", help="The id of the person in their record.")
]


@intake_app.callback()
def intake() -> None:
    """The intake, in FHIR."""


@intake_app.command(epilog=EXIT_CODES)
def form(rules: RulesOption = None, json: JsonOption = True) -> None:
    """The questions of a pack as a FHIR R4 Questionnaire; always JSON.

    For example: peer-match intake form > intake.json
    """
    print_resource(_form(rules))


@intake_app.command(epilog=EXIT_CODES)
def blank(
    patient: PatientIdOption = "ID",
    rules: RulesOption = None,
    json: JsonOption = True,
) -> None:
    """A QuestionnaireResponse with every question and no answer, to be filled; always JSON.

    For example: peer-match intake blank --patient-id 42 > answers.json

    Fill in answers (docs/inputs.md shows each kind), add `authored`, and set the status to
    `completed`.
    """
    print_resource(blank_response(_form(rules), patient))


def _form(rules: Path | None) -> dict[str, Any]:
    try:
        return intake_questionnaire(rules)
    except PolicyError as problem:
        stop([as_text(problem.diagnostics)])
