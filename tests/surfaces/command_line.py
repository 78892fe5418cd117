"""What tests of the command line share: small whole inputs, and `peer-match` as a program."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

PROGRAM = Path(sys.executable).parent / "peer-match"
AS_OF = "2026-06-01T09:00:00-07:00"

PATIENT: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "name": [{"given": ["Ada"], "family": "Stone"}],
                "birthDate": "1984-02-03",
                "active": True,
            }
        }
    ],
}


def _chosen(fact: str, vocabulary: str, *codes: str) -> dict[str, Any]:
    system = f"urn:peer-match:vocabulary:{vocabulary}"
    answers = [{"valueCoding": {"system": system, "code": code}} for code in codes]
    return {"linkId": f"patient.{fact}", "answer": answers}


INTAKE: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "subject": {"reference": "Patient/p1"},
    "source": {"reference": "Patient/p1"},
    "authored": "2026-05-20T10:00:00-07:00",
    "item": [
        _chosen("purposes", "purpose", "own-substance-use"),
        _chosen("goals", "goal", "stay-stopped"),
        _chosen("languages", "language", "english"),
        _chosen("formats", "format", "in-person", "online"),
        {
            "linkId": "patient.availability",
            "item": [
                {
                    "linkId": "patient.availability.zone",
                    "answer": [{"valueString": "America/Los_Angeles"}],
                },
                {
                    "linkId": "patient.availability.free",
                    "answer": [{"valueString": "Tue 17:00-22:00"}],
                },
            ],
        },
        {
            "linkId": "patient.group_consent",
            "item": [
                {
                    "linkId": "patient.group_consent.agreed",
                    "answer": [{"valueCoding": {"system": "urn:peer-match:answer", "code": "yes"}}],
                },
                {
                    "linkId": "patient.group_consent.signed",
                    "answer": [{"valueDate": "2026-05-20"}],
                },
                {
                    "linkId": "patient.group_consent.expires",
                    "answer": [{"valueDate": "2027-05-19"}],
                },
            ],
        },
    ],
}

GROUPS: list[dict[str, Any]] = [
    {
        "name": "Harbour Lights",
        "slug": "harbour-lights",
        "day": 2,
        "time": "18:30",
        "end_time": "19:30",
        "types": ["O", "EN"],
        "attendance_option": "online",
        "conference_url": "https://meeting.test/1",
        "updated": "2026-05-01 10:00:00",
    },
    {
        "name": "Second Wind",
        "slug": "second-wind",
        "day": 3,
        "time": "07:00",
        "end_time": "08:00",
        "types": ["O", "EN"],
        "attendance_option": "in_person",
        "formatted_address": "1 Main St, Santa Ana, CA 92701, USA",
        "latitude": 33.7455,
        "longitude": -117.8677,
        "updated": "2026-05-01 10:00:00",
    },
]

ANNOTATIONS: dict[str, Any] = {
    "peer_match_annotations": 1,
    "feeds": [
        {
            "feed": "feed",
            "source": "the intergroup's pages",
            "date": "2026-05-02",
            "fellowship": "aa",
            "zone": "America/Los_Angeles",
        }
    ],
    "groups": [],
}

ROSTER: dict[str, Any] = {"peer_match_mentors": 1, "mentors": []}


@dataclass(frozen=True)
class Done:
    """How a run ended: its exit code, and what it printed."""

    code: int
    out: str
    err: str


def peer_match(
    *arguments: str | Path, memory: int | None = None, folder: Path | None = None
) -> Done:
    """Runs the program in a process of its own, with at most `memory` bytes of address space."""
    command: Sequence[str | Path] = [PROGRAM, *arguments]
    if memory is not None:
        limited = (
            "import os, resource, sys; "
            f"resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory})); "
            "os.execv(sys.argv[1], sys.argv[1:])"
        )
        command = [sys.executable, "-c", limited, *command]
    run = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Done(run.returncode, run.stdout.decode(), run.stderr.decode())


@dataclass(frozen=True)
class Inputs:
    """The files of one `suggest`, in a folder of their own, and where it writes."""

    folder: Path

    @property
    def patient(self) -> Path:
        return self.folder / "patient.json"

    @property
    def intake(self) -> Path:
        return self.folder / "intake.json"

    @property
    def groups(self) -> Path:
        return self.folder / "feed.json"

    @property
    def annotations(self) -> Path:
        return self.folder / "annotations.json"

    @property
    def mentors(self) -> Path:
        return self.folder / "roster.json"

    @property
    def written(self) -> Path:
        """The folder that `--fhir` and `--html` write to; it is not there before a run."""
        return self.folder / "out"

    def arguments(self, *, as_of: str = AS_OF) -> list[str | Path]:
        """The options that name the inputs."""
        return [
            *("--patient", self.patient, "--intake", self.intake, "--groups", self.groups),
            *("--annotations", self.annotations, "--mentors", self.mentors, "--as-of", as_of),
        ]

    def suggest(self, *more: str | Path, as_of: str = AS_OF, memory: int | None = None) -> Done:
        """`suggest --json` on these files, writing FHIR and a report."""
        outputs = ("--fhir", self.written / "fhir.json", "--html", self.written / "report.html")
        return peer_match(
            "suggest", *self.arguments(as_of=as_of), "--json", *outputs, *more, memory=memory
        )


def whole_inputs(folder: Path) -> Inputs:
    """Inputs that are all in order."""
    inputs = Inputs(folder)
    for path, content in (
        (inputs.patient, PATIENT),
        (inputs.intake, INTAKE),
        (inputs.groups, GROUPS),
        (inputs.annotations, ANNOTATIONS),
        (inputs.mentors, ROSTER),
    ):
        path.write_bytes(orjson.dumps(content))
    return inputs
