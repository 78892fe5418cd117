"""`peer-match safety-plan`: its form, and what a plan lacks and when it is looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from peer_match.decide.project_plan import project_plan
from peer_match.decide.safety_plan import review_plan
from peer_match.facts.event import History
from peer_match.fhir.intake_of_pack import blank_response
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_safety_plan import SafetyPlanReading, read_safety_plan
from peer_match.fhir.safety_plan_form import safety_plan_form
from peer_match.fhir.write_safety_plan import safety_plan_bundle
from peer_match.policy.policy import Policy
from peer_match.policy.safety_plan import PlanForm
from peer_match.surfaces.faults import EXIT_CODES, Faults, stop
from peer_match.surfaces.files import check_named_outputs, read_whole, write_or_stop
from peer_match.surfaces.inputs import patient_from
from peer_match.surfaces.intake_commands import PatientIdOption
from peer_match.surfaces.person_commands import (
    AsOfOption,
    CountryOption,
    FhirOption,
    HistoryOption,
    OfAPersonOption,
    RecipientOption,
    RecordsOption,
    RulesOption,
)
from peer_match.surfaces.printing import (
    JsonOption,
    print_json,
    print_resource,
    print_text,
    warn,
    working,
)
from peer_match.surfaces.request import moment_of, policy_from
from peer_match.surfaces.safety_inputs import told_of
from peer_match.surfaces.text_safety_plan import render_plan

safety_plan_app = typer.Typer(
    help="The safety plan of a person: six steps, in their own words.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)


@safety_plan_app.command(epilog=EXIT_CODES)
def form(rules: RulesOption = None, json: JsonOption = True) -> None:
    """The six steps as a FHIR R4 Questionnaire; always JSON.

    For example: peer-match safety-plan form > safety-plan.json
    """
    print_resource(safety_plan_form(_form(policy_from(rules))))


@safety_plan_app.command(epilog=EXIT_CODES)
def blank(
    patient: PatientIdOption = "ID",
    rules: RulesOption = None,
    json: JsonOption = True,
) -> None:
    """A QuestionnaireResponse with every step and no answer, to be filled; always JSON.

    For example: peer-match safety-plan blank --patient-id 42 > plan.json

    Fill it in with the person, add `authored`, name the clinician as `author`, and set the status
    to `completed`.
    """
    print_resource(blank_response(safety_plan_form(_form(policy_from(rules))), patient))


@safety_plan_app.command(epilog=EXIT_CODES)
def review(
    plan: Annotated[
        Path,
        typer.Argument(help="The answers: a QuestionnaireResponse as JSON.", readable=False),
    ],
    as_of: AsOfOption,
    history: HistoryOption = None,
    records: RecordsOption = None,
    patient: OfAPersonOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    country: CountryOption = None,
    json: JsonOption = False,
    fhir: FhirOption = None,
) -> None:
    """What a safety plan lacks, and by when somebody looks at it again with the person.

    For example: peer-match safety-plan review plan.json --as-of 2026-03-09 --history history.json

    Without a history or records nobody can say what happened since, and it says so. Nothing is
    kept: record that a plan was made or looked at with `peer-match event add safety-plan-made`.
    """
    faults = Faults()
    moment = moment_of(as_of, faults)
    given = [one for one in (plan, history, patient) if one is not None]
    check_named_outputs(() if fhir is None else (fhir,), given, faults)
    faults.stop_if_any()
    assert moment is not None
    policy = policy_from(rules)
    if recipient not in policy.recipients:
        faults.said.append(
            f"`{recipient}` is not a recipient; the pack lists {', '.join(policy.recipients)}"
        )
    person = None if patient is None else patient_from(patient, (), policy, faults)
    facts = None if person is None else person.patient
    reading = _read(plan, _form(policy), None if facts is None else facts.id, faults)
    found = None if reading is None else reading.plan
    told = None if found is None else told_of(found.subject, history, records, policy, faults)
    if faults.said or found is None or reading is None:
        stop(faults.said)
    with working("Reviewing"):
        try:
            whole = review_plan(
                policy,
                found,
                History(subject=found.subject) if told is None else told.history,
                as_of=moment,
                patient=facts,
                country=country,
            )
        except ValueError as problem:
            stop([str(problem)])
    shown = project_plan(whole, policy, recipient)
    if fhir is not None:
        write_or_stop({fhir: orjson.dumps(safety_plan_bundle(shown), option=orjson.OPT_INDENT_2)})
    if shown.steps:
        warn(f"{one.where}: {one.message}; {one.fix}" for one in reading.notes)
    if json:
        print_json(shown)
    else:
        print_text(render_plan(shown))


def _form(policy: Policy) -> PlanForm:
    if policy.safety.plan is None:
        stop(["the pack has no safety plan: there is no `safety_plan.yaml`"])
    return policy.safety.plan


def _read(
    path: Path, form: PlanForm, subject: str | None, faults: Faults
) -> SafetyPlanReading | None:
    try:
        data = read_whole(path)
    except OSError as problem:
        faults.unreadable(path, problem)
        return None
    reading = read_safety_plan(data, name=path.name, form=form, subject=subject)
    for note in reading.notes:
        if note.kind is NoteKind.REFUSED:
            faults.note(path, note)
    return reading
