"""The record of one person: a file of their own, or their part of a bulk export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from peer_match.fhir.read import PatientReading, read_patient_file
from peer_match.fhir.read_bulk import is_export, read_bulk
from peer_match.fhir.read_notes import NoteKind
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.files import check_readable
from peer_match.surfaces.words import clean


def reading_of(
    record: Path, person: str | None, policy: Policy, faults: Faults
) -> PatientReading | None:
    """The reading of a record; None, with a fault, where there is none to be had.

    `person` is an id, for an export (a folder of `.ndjson` files, or one file), which holds many
    people. Of the others nothing is said, not even their ids.
    """
    if not is_export(record):
        if person is not None:
            faults.file(record, "this is the record of one person", "leave `--person` out")
            return None
        check_readable(record)
        return read_patient_file(
            record, vocabularies=policy.vocabularies, instruments=policy.instruments.values()
        )
    if person is None:
        faults.file(record, "a bulk export holds many people", "say whose with `--person ID`")
        return None
    # All of it is read, since what is said of a person may stand in any file.
    readings = list(
        read_bulk(record, vocabularies=policy.vocabularies, instruments=policy.instruments.values())
    )
    of_all = [note for one in readings if one.patient is None for note in one.notes]
    wanted = person.removeprefix("Patient/")
    found = next((one for one in readings if one.name == f"Patient/{wanted}"), None)
    if found is not None:
        # A line that cannot be read may be about them.
        perhaps = (note for note in of_all if note.kind is NoteKind.UNREADABLE)
        return replace(found, notes=(*found.notes, *perhaps))
    refused = [note for note in of_all if note.kind is NoteKind.REFUSED]
    for note in refused:
        faults.record(record, note)
    if not refused:
        said = f"nobody in it has the id `{clean(wanted)}`"
        faults.file(record, said, "take the id of a Patient of the export")
    return None
