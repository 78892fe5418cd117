"""The sample caseload that ships with the engine: invented people, groups and mentors, as files.

Owns where the files lie and the day that they are about. Everything in them was made up for this
project; `README.md` beside this file says so, and docs/sample-caseload.md what should come out.
Must not know rules, decisions or FHIR: it gives paths, and whoever reads them chooses the reader.
"""

from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from peer_match.directories import FeedSettings

SAMPLE_AS_OF = datetime.fromisoformat("2026-03-02T09:00:00-06:00")
"""The moment that the sample is written for: a Monday morning, US central time."""

RECORDED_SINCE = datetime.fromisoformat("2025-03-01T00:00:00-06:00")
"""Since when all that happens to these people is taken to have been recorded."""

RETRIEVED = date(2026, 3, 1)
"""The day on which the directories are taken to have been fetched."""


@dataclass(frozen=True, slots=True)
class SampleDirectory:
    """One directory: its file, and what its reader has to be told beside the annotations.

    Fellowship and zone of each feed stand in the annotations, with their source and date:
    `annotations.settings_for(directory.name, directory.settings)` joins the two.
    """

    path: Path
    settings: FeedSettings

    @property
    def name(self) -> str:
        """The feed's name, with which the ids of its groups begin."""
        return self.path.stem


def patients() -> tuple[Path, ...]:
    """One R4 Bundle for each person, by name of the file, as an EHR would export it."""
    return _files("patients")


def intakes() -> dict[str, Path]:
    """The answered intakes (QuestionnaireResponse), by name of the patient's file without its
    ending. Not everybody has one.
    """
    return {path.stem: path for path in _files("intakes")}


def clinical_intakes() -> dict[str, Path]:
    """What a clinician answered about a person, by the same names: limits set by a court, whether
    they are ready for a group, medicines. To be read after the person's own answers.
    """
    return {path.stem: path for path in _files("clinical_intakes")}


def safety_plans() -> dict[str, Path]:
    """The safety plan of a person, by the name of their record; not everybody has one."""
    return {path.stem: path for path in _files("safety_plans")}


def directories() -> tuple[SampleDirectory, ...]:
    """The directories of groups: public feeds in three formats, and the programme's own groups."""
    return tuple(
        SampleDirectory(path, FeedSettings(retrieved=RETRIEVED)) for path in _files("directories")
    )


def annotations() -> Path:
    """The local annotations: what the feeds lack, each with its source and date."""
    return _folder() / "annotations.json"


def roster() -> Path:
    """The mentors, ties between people, placements and refusals, and who holds which role."""
    return _folder() / "roster.json"


def week() -> Path:
    """A week of events of some of these people, as they would be told to the records."""
    return _folder() / "week.json"


def _files(folder: str) -> tuple[Path, ...]:
    return tuple(sorted((_folder() / folder).glob("*.json")))


def _folder() -> Path:
    return Path(str(files(__name__)))
