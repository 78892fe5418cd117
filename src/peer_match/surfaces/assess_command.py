"""`peer-match assess`: one history at one moment, and who must act by when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from peer_match.decide.assess import assess as decide
from peer_match.decide.assessment import Assessment
from peer_match.decide.kernel import Kernel
from peer_match.decide.project_assessment import project_assessment
from peer_match.fhir.write_assessment import assessment_bundle
from peer_match.surfaces.faults import Exit, Faults, stop
from peer_match.surfaces.files import check_named_outputs, write_or_stop
from peer_match.surfaces.histories import history_from
from peer_match.surfaces.inputs import patient_from
from peer_match.surfaces.person_commands import (
    AsOfOption,
    CountryOption,
    FhirOption,
    OfAPersonOption,
    RecipientOption,
    RulesOption,
)
from peer_match.surfaces.printing import JsonOption, print_json, print_text, working
from peer_match.surfaces.request import moment_of, policy_from
from peer_match.surfaces.text_assessment import render_assessment

HistoryArgument = Annotated[
    Path, typer.Argument(help="What happened to one person: a history as JSON.", readable=False)
]
WithoutKernelOption = Annotated[
    bool, typer.Option("--without-kernel", help="Evaluate once, without the rules engine beside.")
]


def assess(
    history: HistoryArgument,
    as_of: AsOfOption,
    known_at: Annotated[
        str | None, typer.Option("--known-at", help="By what was known then; default: --as-of.")
    ] = None,
    patient: OfAPersonOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    country: CountryOption = None,
    without_kernel: WithoutKernelOption = False,
    json: JsonOption = False,
    fhir: FhirOption = None,
) -> None:
    """Whether a person is safe, as far as is known, and who must act by when.

    For example: peer-match assess history.json --as-of 2026-03-01T09:00:00-08:00

    Nothing is kept and nobody is told: `peer-match event add` does that.
    """
    faults = Faults()
    moment = moment_of(as_of, faults)
    known = None if known_at is None else moment_of(known_at, faults)
    inputs = (history, *([patient] if patient is not None else []))
    check_named_outputs(() if fhir is None else (fhir,), inputs, faults)
    faults.stop_if_any()
    assert moment is not None
    policy = policy_from(rules)
    if recipient not in policy.recipients:
        faults.said.append(
            f"`{recipient}` is not a recipient; the pack lists {', '.join(policy.recipients)}"
        )
    found = history_from(history, policy.safety.events, faults)
    person = None if patient is None else patient_from(patient, (), policy, faults)
    faults.stop_if_any()
    assert found is not None
    facts = None if person is None else person.patient
    with working("Assessing"), Kernel() as kernel:
        try:
            whole = decide(
                policy,
                found,
                as_of=moment,
                known_at=known,
                patient=facts,
                country=country,
                kernel=None if without_kernel else kernel,
            )
        except ValueError as problem:
            stop([str(problem)])
    shown = project_assessment(whole, policy, recipient, () if facts is None else facts.consents)
    if fhir is not None:
        write_or_stop({fhir: orjson.dumps(assessment_bundle(shown), option=orjson.OPT_INDENT_2)})
    show(shown, json=json)


def show(assessment: Assessment, *, json: bool) -> None:
    """Print an assessment; where the engine needs a person to look, the exit code says so."""
    if json:
        print_json(assessment)
    else:
        print_text(render_assessment(assessment))
    if assessment.engine.needs_review:
        raise typer.Exit(Exit.PROBLEMS)
