"""From the files that a command names to facts, with every problem of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from peer_match.directories.annotate import annotate
from peer_match.directories.annotations import Annotations, read_annotations
from peer_match.directories.read import read_directory_file
from peer_match.directories.reading import DirectoryReading, FeedSettings
from peer_match.directories.roster import Roster, read_roster
from peer_match.facts.group import Group
from peer_match.facts.patient import Patient
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.intake import read_intake
from peer_match.fhir.read import PatientReading
from peer_match.fhir.read_notes import Note, NoteKind
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.files import check_readable, read_whole
from peer_match.surfaces.records import reading_of
from peer_match.surfaces.refused_rows import none_usable, warnings_of_purpose, warnings_of_rows
from peer_match.surfaces.same_ids import IdsOfFile, ids_of_directory


@dataclass(frozen=True)
class PatientInput:
    """A person as read from their record and their intake, and what was not understood.

    `pressing` are those of the notes that somebody should look at before anything rests on them.
    """

    patient: Patient
    notes: tuple[str, ...]
    pressing: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupsInput:
    """Every group of every directory, annotated, the ids of each file, and what fitted nothing.

    `notes` are what a decision has to say of the directories, `warnings` what whoever runs the
    command should look at; `purposes` says which directories fit nobody, for whoever decides.
    """

    groups: tuple[Group, ...]
    ids: tuple[IdsOfFile, ...]
    unmatched: tuple[str, ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


def patient_from(
    record: Path,
    intakes: Sequence[Path],
    policy: Policy,
    faults: Faults,
    *,
    person: str | None = None,
) -> PatientInput | None:
    """The person of a FHIR record, with the answers of their intakes in the order given.

    The person and their clinician answer different questions, each in a response of their own.
    `person` says whose record is taken from a bulk export.
    """
    try:
        reading = reading_of(record, person, policy, faults)
    except OSError as problem:
        faults.unreadable(record, problem)
        return None
    if reading is None:
        return None
    found = list(reading.notes)
    patient = reading.patient
    for note in reading.refusals:
        faults.record(record, note)
    if patient is None:
        return None
    for intake in intakes:
        answered = _answered(intake, patient, policy, faults)
        if answered is not None and answered.patient is not None:
            patient = answered.patient
            found.extend(answered.notes)
    pressing = (one for one in found if one.kind in _PRESSING)
    return PatientInput(patient, tuple(_told(found)), tuple(_told(pressing)))


_PRESSING = frozenset({NoteKind.NEEDS_A_PERSON, NoteKind.UNREADABLE})


def _answered(
    intake: Path, patient: Patient, policy: Policy, faults: Faults
) -> PatientReading | None:
    try:
        data = read_whole(intake)
    except OSError as problem:
        faults.unreadable(intake, problem)
        return None
    answered = read_intake(
        data,
        name=intake.name,
        items=policy.intake,
        vocabularies=policy.vocabularies,
        patient=patient,
    )
    for note in answered.refusals:
        faults.note(intake, note)
    return answered


def _told(notes: Iterable[Note]) -> Iterable[str]:
    for note in notes:
        if note.kind is not NoteKind.NOT_READ:
            times = f" ({note.times} times)" if note.times > 1 else ""
            yield f"{note.kind.value}: {note.where}: {note.message}{times}"


def annotations_from(path: Path | None, vocabularies: Vocabularies, faults: Faults) -> Annotations:
    """The annotation file, or none."""
    if path is None:
        return Annotations()
    try:
        data = read_whole(path)
    except OSError as problem:
        faults.unreadable(path, problem)
        return Annotations()
    found = read_annotations(data, vocabularies=vocabularies)
    for problem in found.problems:
        faults.problem(path, problem)
    return found


def groups_from(
    paths: Sequence[Path], annotations: Annotations, vocabularies: Vocabularies, faults: Faults
) -> GroupsInput:
    """Every group of some directories. Settings of a feed come from the annotations.

    A directory with rows of which none can be used is a fault: nothing follows from it.
    """
    groups: list[Group] = []
    ids: list[IdsOfFile] = []
    notes: list[str] = []
    warnings: list[str] = []
    read: list[tuple[Path, DirectoryReading]] = []
    for path in paths:
        settings = annotations.settings_for(path.stem, FeedSettings())
        try:
            check_readable(path)
            reading = read_directory_file(path, vocabularies=vocabularies, settings=settings)
        except OSError as problem:
            faults.unreadable(path, problem)
            continue
        for problem in reading.problems:
            faults.problem(path, problem)
        if reading.is_unusable and not reading.problems:
            faults.file(path, *none_usable(reading))
        elif not reading.problems:
            notes.extend(reading.warnings)
            warnings.extend(warnings_of_rows(path, reading))
            read.append((path, reading))
        groups.extend(reading.groups)
        ids.append(ids_of_directory(path, reading))
    joined = annotate(groups, annotations)
    return GroupsInput(
        groups=joined.groups,
        ids=tuple(ids),
        unmatched=tuple(map(str, joined.unmatched)),
        notes=tuple(notes),
        warnings=tuple(warnings),
        purposes=tuple(
            said
            for path, reading in read
            for said in warnings_of_purpose(path, reading, joined.groups)
        ),
    )


def roster_from(path: Path | None, vocabularies: Vocabularies, faults: Faults) -> Roster:
    """The roster of mentors, conflicts and staff, or an empty one."""
    if path is None:
        return Roster()
    try:
        data = read_whole(path)
    except OSError as problem:
        faults.unreadable(path, problem)
        return Roster()
    found = read_roster(data, vocabularies=vocabularies)
    for problem in found.problems:
        faults.problem(path, problem)
    return found
