"""One decision from the command line: from the options of a command to what may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from peer_match.decide.decision import Decision
from peer_match.decide.kernel import Kernel
from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.facts.group import Group
from peer_match.facts.offsets import FIRST_YEAR, LAST_YEAR, minute_of
from peer_match.facts.patient import Patient
from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import PolicyError, load_policy, shipped_rules
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults, stop
from peer_match.surfaces.files import check_named_outputs
from peer_match.surfaces.inputs import annotations_from, groups_from, patient_from, roster_from
from peer_match.surfaces.printing import warn, working
from peer_match.surfaces.safety_inputs import told_of
from peer_match.surfaces.same_ids import check_apart, ids_of_roster
from peer_match.surfaces.unmatched import (
    known_ids,
    notes_of,
    unmatched_rows,
    warnings_of,
    warnings_of_annotations,
)

END_OF_DAY = "T23:59:59-12:00"
"""The last moment of a day anywhere on earth: nothing recorded on that day is left out."""
DAY_AND_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?).*)?", re.ASCII)


@dataclass(frozen=True)
class Request:
    """What a command was asked: its inputs, its outputs, the moment and the recipient.

    Safety is assessed by a `history`, or by the records of a `database`; by neither, it is not.
    """

    record: Path
    person: str | None
    intakes: tuple[Path, ...]
    directories: tuple[Path, ...]
    annotations: Path | None
    roster: Path | None
    rules: Path | None
    as_of: str
    recipient: str
    outputs: tuple[Path, ...] = ()
    history: Path | None = None
    database: str | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file and folder that is read."""
        every = (self.annotations, self.roster, self.history)
        single = (one for one in every if one is not None)
        rules = self.rules or shipped_rules()
        return (self.record, *self.intakes, *self.directories, *single, rules)


@dataclass(frozen=True)
class Answer:
    """A decision as its recipient may see it, and what it was made from."""

    decision: Decision
    policy: Policy
    patient: Patient
    groups: tuple[Group, ...]


def answer(request: Request) -> Answer:
    """Read everything, decide, and project for the recipient; stops with all problems at once."""
    faults = Faults()
    moment = moment_of(request.as_of, faults)
    check_named_outputs(request.outputs, request.inputs, faults)
    if moment is None or faults.said:
        stop(faults.said)
    policy = policy_from(request.rules)
    with working("Reading and deciding"):
        return _decided(request, moment, policy)


def _decided(request: Request, moment: datetime, policy: Policy) -> Answer:
    faults = Faults()
    if request.recipient not in policy.recipients:
        faults.said.append(
            f"`{request.recipient}` is not a recipient; "
            f"the pack lists {', '.join(policy.recipients)}"
        )
    vocabularies = policy.vocabularies
    person = patient_from(request.record, request.intakes, policy, faults, person=request.person)
    annotations = annotations_from(request.annotations, vocabularies, faults)
    found = groups_from(request.directories, annotations, vocabularies, faults)
    roster = roster_from(request.roster, vocabularies, faults)
    ids = (
        found.ids if request.roster is None else (*found.ids, ids_of_roster(request.roster, roster))
    )
    check_apart(ids, faults)
    told = None if person is None else told_of(person.patient.id, request.history, request.database,
                                               policy, faults)  # fmt: skip
    if faults.said or person is None:
        stop(faults.said)
    warn((*found.warnings, *found.purposes))
    known = known_ids([person.patient.id], found.groups, roster)
    rows = unmatched_rows(roster, known)
    if request.annotations is not None:
        warn(warnings_of_annotations(request.annotations, found.unmatched))
    if request.roster is not None:
        warn(warnings_of(request.roster, rows, known))
    patient = roster.add_to(person.patient, found.groups)
    try:
        assessment = None
        if told is not None:
            with Kernel() as kernel:
                assessment = told.assessed(policy, patient, moment, roster.staff, kernel)
        whole = suggest(
            policy,
            patient,
            found.groups,
            roster.mentors,
            as_of=moment,
            assessment=assessment,
            conflicts=roster.conflicts,
            staff=roster.staff,
            notes=(*person.notes, *found.notes, *found.unmatched, *notes_of(rows)),
        )
    except ValueError as problem:
        stop([str(problem)])
    shown = project(whole, policy, request.recipient, patient.consents)
    # Only what the recipient may see: the output and the warnings lie in one terminal.
    warn(one for one in person.pressing if one in shown.notes)
    return Answer(shown, policy, patient, found.groups)


def moment_of(text: str, faults: Faults) -> datetime | None:
    """The moment that a text means; None, with a fault, for one that cannot be decided at.

    Times are compared over more than a year ahead and on the clocks of every zone, so the very
    ends of the calendar are refused here, before anything overflows.
    """
    try:
        moment = datetime.fromisoformat(text if "T" in text else f"{text}{END_OF_DAY}")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        why = _why_none(text) if moment is None else ": its offset is missing"
        faults.said.append(
            f"`{text}` is not a moment such as 2026-03-01 or 2026-03-01T09:00:00-08:00{why}"
        )
        return None
    try:
        minute_of(moment)
    except ValueError:
        faults.said.append(
            f"`{text}` is not between the years {FIRST_YEAR} and {LAST_YEAR}, "
            "for which times can be compared"
        )
        return None
    return moment


def _why_none(text: str) -> str:
    """What is wrong with a text that is written as a moment is; "" for any other."""
    found = DAY_AND_TIME.fullmatch(text)
    if found is None:
        return ""
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return ": there is no such day"
    try:
        time.fromisoformat(found[2] or "00:00")
    except ValueError:
        return ": there is no such time of day"
    return ""


def policy_from(rules: Path | None) -> Policy:
    """The policy of a folder or of the shipped pack; stops with its problems."""
    try:
        return load_policy(rules)
    except PolicyError as problem:
        stop([as_text(problem.diagnostics)])
