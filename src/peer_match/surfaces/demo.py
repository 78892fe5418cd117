"""The main job on the shipped sample caseload: read, decide, project, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import track

from peer_match import sample
from peer_match.decide.decision import Decision
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.directories.annotate import annotate
from peer_match.directories.read import read_directory_file
from peer_match.facts.group import Group
from peer_match.fhir.write_bundle import write_bundle
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.surfaces.files import write_whole
from peer_match.surfaces.inputs import Faults, annotations_from, patient_from, roster_from
from peer_match.surfaces.report import WeekPicture, report, week_picture
from peer_match.surfaces.text import caseload_summary

RECIPIENT = "clinician"
REPORT = "report.html"
TITLE = "Sample caseload"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demonstration made: the decisions, and where the report and the bundles are."""

    decisions: tuple[Decision, ...]
    report: Path
    bundles: Path
    refused: tuple[str, ...]


def run(out: Path, progress: Console) -> Outcome:
    """Decide for everyone of the sample caseload, and write a report and FHIR bundles to `out`.

    Progress is shown on `progress`. People whose record cannot be read are listed in `refused`.
    """
    policy = load_policy()
    faults = Faults()
    groups = _groups(policy, faults)
    roster = roster_from(sample.roster(), policy.vocabularies, faults)
    if faults.said:
        raise AssertionError(f"the sample caseload is broken: {faults.said}")
    by_id = {one.id: one for one in groups}
    answers = (sample.intakes(), sample.clinical_intakes())
    decisions: list[Decision] = []
    weeks: dict[str, WeekPicture] = {}
    refused: list[str] = []
    people = sample.patients()
    for record in track(people, description="Deciding", console=progress, transient=True):
        trouble = Faults()
        intakes = [one[record.stem] for one in answers if record.stem in one]
        person = patient_from(record, intakes, policy, trouble)
        if person is None or trouble.said:
            refused.extend(trouble.said)
            continue
        patient = roster.add_to(person.patient)
        whole = suggest(
            policy,
            patient,
            groups,
            roster.mentors,
            as_of=sample.SAMPLE_AS_OF,
            conflicts=roster.conflicts,
            staff=roster.staff,
            notes=person.notes,
        )
        decision = project(whole, policy, RECIPIENT, patient.consents)
        decisions.append(decision)
        picture = week_picture(decision, patient, by_id)
        if picture is not None:
            weeks[decision.patient.id] = picture
        bundle = orjson.dumps(write_bundle(decision, policy), option=orjson.OPT_INDENT_2)
        write_whole(out / "fhir" / record.name, bundle)
    page = report(decisions, title=TITLE, weeks=weeks)
    write_whole(out / REPORT, page.encode())
    return Outcome(tuple(decisions), out / REPORT, out / "fhir", tuple(refused))


def _groups(policy: Policy, faults: Faults) -> tuple[Group, ...]:
    annotations = annotations_from(sample.annotations(), policy.vocabularies, faults)
    found: list[Group] = []
    for one in sample.directories():
        reading = read_directory_file(
            one.path,
            vocabularies=policy.vocabularies,
            settings=annotations.settings_for(one.name, one.settings),
        )
        for problem in reading.problems:
            faults.problem(one.path, problem)
        found.extend(reading.groups)
    return annotate(found, annotations).groups


def show(outcome: Outcome, console: Console) -> None:
    """The summary for a terminal, and where to look next."""
    console.print(caseload_summary(outcome.decisions))
    for line in outcome.refused:
        console.print(f"refused: {line}", style="bold", highlight=False, markup=False)
    console.print(f"Report: {outcome.report}", highlight=False, soft_wrap=True)
    console.print(f"FHIR bundles: {outcome.bundles}", highlight=False, soft_wrap=True)
