"""The main job on the shipped sample caseload: read, decide, project, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import track

from peer_match import sample
from peer_match.decide.decision import Decision
from peer_match.decide.kernel import Kernel
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.directories.annotate import annotate
from peer_match.directories.read import read_directory_file
from peer_match.facts.event import Coverage, History
from peer_match.facts.group import Group
from peer_match.fhir.write_bundle import write_bundle
from peer_match.policy.load import load_policy, shipped_rules
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.files import check_outputs, write_or_stop
from peer_match.surfaces.inputs import (
    PatientInput,
    annotations_from,
    patient_from,
    roster_from,
)
from peer_match.surfaces.printing import warn
from peer_match.surfaces.report import WeekPicture, report, week_picture
from peer_match.surfaces.safety_inputs import Told
from peer_match.surfaces.text_caseload import caseload_summary
from peer_match.surfaces.unmatched import known_ids, lines_of, unmatched_rows

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

    Progress is shown on `progress`, where that is a terminal. People whose record cannot be read
    are listed in `refused`.
    """
    people = sample.patients()
    page, bundles = out / REPORT, {one: out / "fhir" / one.name for one in people}
    faults = Faults()
    check_outputs((page, *bundles.values()), _inputs(), faults)
    faults.stop_if_any()
    policy = load_policy()
    groups = _groups(policy, faults)
    roster = roster_from(sample.roster(), policy.vocabularies, faults)
    if faults.said:
        raise AssertionError(f"the sample caseload is broken: {faults.said}")
    trouble = Faults()
    read = {record: _person(record, policy, trouble) for record in people}
    patients = {one: person for one, person in read.items() if person is not None}
    known = known_ids((one.patient.id for one in patients.values()), groups, roster)
    warn(lines_of(sample.roster(), unmatched_rows(roster, known), known))
    by_id = {one.id: one for one in groups}
    decisions: list[Decision] = []
    weeks: dict[str, WeekPicture] = {}
    contents: dict[Path, bytes] = {}
    with Kernel() as kernel:
        for record, person in track(
            patients.items(),
            description="Deciding",
            console=progress,
            transient=True,
            disable=not progress.is_terminal,
        ):
            patient = roster.add_to(person.patient, groups)
            assessment = Told(_recorded(patient.id, policy)).assessed(
                policy, patient, sample.SAMPLE_AS_OF, roster.staff, kernel
            )
            whole = suggest(
                policy,
                patient,
                groups,
                roster.mentors,
                as_of=sample.SAMPLE_AS_OF,
                assessment=assessment,
                conflicts=roster.conflicts,
                staff=roster.staff,
                notes=person.notes,
            )
            decision = project(whole, policy, RECIPIENT, patient.consents)
            decisions.append(decision)
            picture = week_picture(decision, patient, by_id)
            if picture is not None:
                weeks[decision.patient.id] = picture
            bundle = write_bundle(decision, policy)
            contents[bundles[record]] = orjson.dumps(bundle, option=orjson.OPT_INDENT_2)
    contents[page] = report(decisions, title=TITLE, weeks=weeks).encode()
    write_or_stop(contents)
    return Outcome(tuple(decisions), page, out / "fhir", tuple(trouble.said))


def _recorded(subject: str, policy: Policy) -> History:
    """Nothing was told of anybody before the week begins, though all of it was kept."""
    kinds = policy.safety.events.kinds.values()
    coverage = tuple(Coverage(kind=one.code, begins=sample.RECORDED_SINCE) for one in kinds
                     if one.about == "patient")  # fmt: skip
    return History(subject=subject, about="patient", coverage=coverage)


def _inputs() -> tuple[Path, ...]:
    """Every file and folder that is read."""
    answers = (*sample.intakes().values(), *sample.clinical_intakes().values())
    directories = (one.path for one in sample.directories())
    joined = (sample.annotations(), sample.roster())
    return (*sample.patients(), *answers, *directories, *joined, shipped_rules())


def _person(record: Path, policy: Policy, trouble: Faults) -> PatientInput | None:
    answers = (sample.intakes(), sample.clinical_intakes())
    intakes = [one[record.stem] for one in answers if record.stem in one]
    faults = Faults()
    person = patient_from(record, intakes, policy, faults)
    trouble.said.extend(faults.said)
    # Without answers that were given, what fits a person is not known.
    return None if faults.said else person


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
    joined = annotate(found, annotations)
    warn(f"{sample.annotations()}: {one}" for one in joined.unmatched)
    return joined.groups


def show(outcome: Outcome, console: Console) -> None:
    """The summary for a terminal, and where to look next."""
    console.print(caseload_summary(outcome.decisions))
    for line in outcome.refused:
        console.print(f"refused: {line}", style="bold", highlight=False, markup=False)
    console.print(f"Report: {outcome.report}", highlight=False, soft_wrap=True)
    console.print(f"FHIR bundles: {outcome.bundles}", highlight=False, soft_wrap=True)
