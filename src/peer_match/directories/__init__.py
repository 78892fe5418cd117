"""Public meeting feeds and service directories, read into groups.

Owns the formats of others (Meeting Guide JSON, BMLT JSON, Open Referral HSDS 3), this project's own
groups file, and the local annotations that add what feeds lack. Every row is taken, taken with a
doubt, or refused, with a reason. Must not know patients, rules or FHIR: it imports facts alone.
"""

from peer_match.directories.annotate import AnnotatedGroups, Unmatched, annotate
from peer_match.directories.annotations import Annotations, read_annotations
from peer_match.directories.own_groups import write_groups
from peer_match.directories.read import read_directory, read_directory_file
from peer_match.directories.reading import (
    DirectoryReading,
    FeedNote,
    FeedSettings,
    Format,
    NoteKind,
    Problem,
    RowNote,
    WeekdayBase,
)
from peer_match.directories.reasons import REASONS, Reason

__all__ = [
    "REASONS",
    "AnnotatedGroups",
    "Annotations",
    "DirectoryReading",
    "FeedNote",
    "FeedSettings",
    "Format",
    "NoteKind",
    "Problem",
    "Reason",
    "RowNote",
    "Unmatched",
    "WeekdayBase",
    "annotate",
    "read_annotations",
    "read_directory",
    "read_directory_file",
    "write_groups",
]
