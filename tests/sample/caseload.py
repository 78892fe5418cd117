"""The sample caseload, read the way a site reads its own, and decided person by person."""

from dataclasses import dataclass
from functools import cache

from peer_match import load_policy, sample, suggest
from peer_match.decide.assess import assess
from peer_match.decide.assessment import Assessment
from peer_match.decide.decision import Decision, Shortlist, Suggestion
from peer_match.directories import DirectoryReading, annotate, read_annotations, read_directory_file
from peer_match.directories.roster import Roster, read_roster
from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.group import Group
from peer_match.facts.patient import Patient
from peer_match.fhir.intake import read_intake
from peer_match.fhir.read import read_patient_file
from peer_match.fhir.read_notes import Note
from peer_match.policy.policy import Policy


@cache
def policy() -> Policy:
    return load_policy()


@dataclass(frozen=True)
class Groups:
    """The groups by id, what became of each directory, and annotations that fit nothing."""

    by_id: dict[str, Group]
    readings: dict[str, DirectoryReading]
    problems: tuple[object, ...]


@cache
def groups() -> Groups:
    vocabularies = policy().vocabularies
    annotations = read_annotations(sample.annotations().read_bytes(), vocabularies=vocabularies)
    readings = {
        one.name: read_directory_file(
            one.path,
            vocabularies=vocabularies,
            settings=annotations.settings_for(one.name, one.settings),
        )
        for one in sample.directories()
    }
    joined = annotate([g for one in readings.values() for g in one.groups], annotations)
    return Groups(
        by_id={group.id: group for group in joined.groups},
        readings=readings,
        problems=(*annotations.problems, *joined.unmatched),
    )


@cache
def roster() -> Roster:
    return read_roster(sample.roster().read_bytes(), vocabularies=policy().vocabularies)


@dataclass(frozen=True)
class Record:
    """A person as read, with the notes of the record and of the answers, in that order."""

    patient: Patient
    notes: tuple[Note, ...]


@cache
def person(name: str) -> Record:
    """The person of a file's name, with their own answers and those of their clinician."""
    [path] = [one for one in sample.patients() if one.stem == name]
    reading = read_patient_file(path, vocabularies=policy().vocabularies)
    notes = list(reading.notes)
    patient = reading.patient
    for answers in (sample.intakes().get(name), sample.clinical_intakes().get(name)):
        if answers is None:
            continue
        assert patient is not None, notes
        answered = read_intake(
            answers.read_bytes(),
            name=answers.name,
            items=policy().intake,
            vocabularies=policy().vocabularies,
            patient=patient,
        )
        notes.extend(answered.notes)
        patient = answered.patient
    assert patient is not None, notes
    return Record(roster().add_to(patient), tuple(notes))


@cache
def names() -> tuple[str, ...]:
    return tuple(path.stem for path in sample.patients())


def assessment(subject: str, events: tuple[Event, ...]) -> Assessment:
    """Of these events, where everything else that happens would be recorded."""
    kinds = policy().safety.events.kinds.values()
    coverage = tuple(Coverage(kind=one.code, begins=sample.RECORDED_SINCE) for one in kinds
                     if one.about == "patient")  # fmt: skip
    history = History(subject=subject, events=events, coverage=coverage)
    return assess(policy(), history, as_of=sample.SAMPLE_AS_OF)


def decided(
    name: str,
    by: Policy,
    targets: tuple[str, ...] | None = None,
    events: tuple[Event, ...] = (),
) -> Decision:
    """The decision about a person, over every group and mentor or over some of them.

    Their safety is assessed by events alone and by the shipped pack, so that what a record says of
    it is seen where rules of matching read it.
    """
    chosen = None if targets is None else frozenset(targets)
    return suggest(
        by,
        person(name).patient,
        [one for one in groups().by_id.values() if chosen is None or one.id in chosen],
        [one for one in roster().mentors if chosen is None or one.id in chosen],
        as_of=sample.SAMPLE_AS_OF,
        assessment=assessment(person(name).patient.id, events),
        conflicts=roster().conflicts,
        staff=roster().staff,
    )


@cache
def decision(name: str) -> Decision:
    return decided(name, policy())


def ids(suggestions: tuple[Suggestion, ...]) -> tuple[str, ...]:
    return tuple(one.target for one in suggestions)


def everything(shortlist: Shortlist) -> dict[str, Suggestion]:
    """The suggestions of all four lists by target."""
    lists = (
        shortlist.eligible,
        shortlist.eligible_with_support,
        shortlist.waiting,
        shortlist.blocked,
    )
    return {one.target: one for suggestions in lists for one in suggestions}


def reasons(suggestion: Suggestion, outcome: str) -> frozenset[str]:
    """The rules that gave a target an outcome."""
    return frozenset(one.rule for one in suggestion.screening if one.outcome == outcome)
