"""The main job on the shipped sample caseload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import Progress

from peer_match import sample
from peer_match.decide.decision import Decision
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.fhir.write import write_bundle
from peer_match.policy.load import load_policy
from peer_match.surfaces.inputs import (
    Faults,
    annotations_from,
    groups_from,
    patient_from,
    roster_from,
)
from peer_match.surfaces.report import WeekPicture, picture_of, report
from peer_match.surfaces.text import caseload_summary

RECIPIENT = "clinician"
REPORT = "report.html"
