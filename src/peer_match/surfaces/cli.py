"""The command line. Exit codes: 0 done, 1 the content has problems, 2 the input cannot be used."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from peer_match import __version__
from peer_match.decide.canonical import canonical, digest
from peer_match.decide.decision import Decision
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest as decide
from peer_match.facts.group import Group
from peer_match.facts.patient import Patient
from peer_match.fhir.write_bundle import write_bundle
from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import PolicyError, load_policy
from peer_match.policy.policy import Policy
from peer_match.surfaces import demo as demonstration
from peer_match.surfaces.directory_commands import directory_app
from peer_match.surfaces.files import write_whole
from peer_match.surfaces.inputs import (
    Faults,
    annotations_from,
    groups_from,
    patient_from,
    roster_from,
)
from peer_match.surfaces.report import report, week_picture
from peer_match.surfaces.rules_commands import rules_app
from peer_match.surfaces.text import explain as explain_target
from peer_match.surfaces.text import render_text

END_OF_DAY = "T23:59:59-12:00"
"""The last moment of a day anywhere on earth: nothing recorded on that day is left out."""


class Exit(IntEnum):
    """What a command says by its exit code."""

    DONE = 0
    PROBLEMS = 1
    UNUSABLE = 2


app = typer.Typer(
    name="peer-match",
    help="Match people in recovery with peer-led groups and mentors, by rules that explain "
    "themselves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(directory_app, name="directory")
app.add_typer(rules_app, name="rules")

PatientOption = Annotated[Path, typer.Option("--patient", help="A FHIR R4 bundle of one person.")]
IntakeOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--intake",
        help="Answers to the intake (QuestionnaireResponse), by the person or by their clinician; "
        "may be given again.",
    ),
]
GroupsOption = Annotated[
    list[Path], typer.Option("--groups", help="A directory of groups; may be given again.")
]
AnnotationsOption = Annotated[
    Path | None, typer.Option("--annotations", help="What directories lack, with its source.")
]
MentorsOption = Annotated[
    Path | None, typer.Option("--mentors", help="The roster of mentors, conflicts and staff.")
]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules; default: the shipped pack.")
]
AsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="The moment of the decision, such as 2026-03-01T09:00:00-08:00. A date alone, such "
        "as 2026-03-01, means the end of that day, wherever it ends last.",
    ),
]
RecipientOption = Annotated[
    str, typer.Option("--recipient", help="Who is going to see this: a code of disclosure.yaml.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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


@app.command()
def suggest(
    patient: PatientOption,
    groups: GroupsOption,
    as_of: AsOfOption,
    intake: IntakeOption = None,
    annotations: AnnotationsOption = None,
    mentors: MentorsOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    json: JsonOption = False,
    fhir: Annotated[
        Path | None, typer.Option("--fhir", help="Write a FHIR R4 transaction bundle here.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write an HTML report here.")] = None,
) -> None:
    """Which groups and mentors fit a person, and what goes into the plan."""
    found = _decide(patient, intake, groups, annotations, mentors, rules, as_of, recipient)
    decision, policy, person, all_groups = found
    if fhir is not None:
        bundle = write_bundle(decision, policy)
        _write(fhir, orjson.dumps(bundle, option=orjson.OPT_INDENT_2))
    if html is not None:
        picture = week_picture(decision, person, {one.id: one for one in all_groups})
        weeks = {} if picture is None else {decision.patient.id: picture}
        page = report([decision], title="Peer support suggestions", weeks=weeks)
        _write(html, page.encode())
    if json:
        sys.stdout.buffer.write(canonical(decision) + b"\n")
    else:
        Console().print(render_text(decision))


@app.command()
def explain(
    patient: PatientOption,
    groups: GroupsOption,
    as_of: AsOfOption,
    target: Annotated[str, typer.Argument(help="The id of a group or a mentor.")],
    intake: IntakeOption = None,
    annotations: AnnotationsOption = None,
    mentors: MentorsOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    json: JsonOption = False,
) -> None:
    """Everything that was found about one group or mentor: each rule, fact, source and date."""
    decision, _, _, _ = _decide(
        patient, intake, groups, annotations, mentors, rules, as_of, recipient
    )
    every = [
        one
        for part in (decision.groups, decision.mentors)
        for list in (part.eligible, part.eligible_with_support, part.waiting, part.blocked)
        for one in list
    ]
    one = next((one for one in every if one.target == target), None)
    if one is None:
        _stop([f"`{target}` is not among the {len(every)} groups and mentors of this decision"])
        raise AssertionError
    if json:
        sys.stdout.buffer.write(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) + b"\n")
    else:
        Console().print(explain_target(decision, target))


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write the report and bundles to.")
    ] = Path("build/demo"),
    json: JsonOption = False,
) -> None:
    """The main job on the shipped sample caseload: a summary here, and a report to open."""
    outcome = demonstration.run(out, Console(stderr=True))
    if json:
        sys.stdout.buffer.write(
            orjson.dumps(
                {
                    "report": str(outcome.report),
                    "decisions": {one.patient.id: digest(one) for one in outcome.decisions},
                },
                option=orjson.OPT_SORT_KEYS,
            )
            + b"\n"
        )
    else:
        demonstration.show(outcome, Console())


def _decide(
    record: Path,
    intakes: list[Path] | None,
    directories: list[Path],
    annotation_file: Path | None,
    roster_file: Path | None,
    rules: Path | None,
    as_of: str,
    recipient: str,
) -> tuple[Decision, Policy, Patient, tuple[Group, ...]]:
    """Read everything, decide, and project for the recipient; stops with all problems at once."""
    moment = _moment(as_of)
    policy = _policy(rules)
    faults = Faults()
    if recipient not in policy.recipients:
        faults.said.append(
            f"`{recipient}` is not a recipient; the pack lists {', '.join(policy.recipients)}"
        )
    person = patient_from(record, intakes or [], policy, faults)
    annotations = annotations_from(annotation_file, policy.vocabularies, faults)
    found = groups_from(directories, annotations, policy.vocabularies, faults)
    roster = roster_from(roster_file, policy.vocabularies, faults)
    if faults.said or person is None:
        _stop(faults.said)
        raise AssertionError
    patient = roster.add_to(person.patient)
    try:
        whole = decide(
            policy,
            patient,
            found.groups,
            roster.mentors,
            as_of=moment,
            conflicts=roster.conflicts,
            staff=roster.staff,
            notes=(*person.notes, *found.unmatched),
        )
    except ValueError as problem:
        _stop([str(problem)])
        raise AssertionError from None
    shown = project(whole, policy, recipient, patient.consents)
    return shown, policy, patient, found.groups


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text if "T" in text else f"{text}{END_OF_DAY}")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _stop([f"`{text}` is not a moment such as 2026-03-01 or 2026-03-01T09:00:00-08:00"])
        raise AssertionError
    return moment


def _policy(rules: Path | None) -> Policy:
    try:
        return load_policy(rules)
    except PolicyError as problem:
        typer.echo(as_text(problem.diagnostics), err=True)
        raise typer.Exit(Exit.UNUSABLE) from None


def _stop(said: list[str]) -> None:
    for line in said:
        typer.echo(line, err=True)
    raise typer.Exit(Exit.UNUSABLE)


def _write(path: Path, data: bytes) -> None:
    """A file, or a plain word why it could not be written."""
    try:
        write_whole(path, data)
    except OSError as problem:
        _stop([f"{path}: {(problem.strerror or 'it cannot be written').lower()}"])
