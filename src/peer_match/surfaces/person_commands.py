"""`peer-match suggest` and `peer-match explain`: one person, and what fits them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from peer_match.decide.canonical import canonical
from peer_match.decide.decision import Decision, Suggestion
from peer_match.fhir.write_bundle import write_bundle
from peer_match.surfaces.explanation import explanation
from peer_match.surfaces.faults import stop
from peer_match.surfaces.files import write_or_stop
from peer_match.surfaces.printing import (
    JsonOption,
    near,
    print_bytes,
    print_json,
    print_text,
    working,
)
from peer_match.surfaces.report import report, week_picture
from peer_match.surfaces.request import Answer, Request, answer
from peer_match.surfaces.text import render_text
from peer_match.surfaces.text_target import explain as explain_target
from peer_match.surfaces.text_target import explain_briefly
from peer_match.surfaces.words import standing

# `readable=False`: typer would name one such file in words of its own, `check_readable` names all.
PatientOption = Annotated[
    Path,
    typer.Option(
        "--patient",
        help="A FHIR R4 bundle of one person; or, with --person, a bulk export: a folder of "
        ".ndjson files, or one.",
        readable=False,
    ),
]
PersonOption = Annotated[
    str | None, typer.Option("--person", help="Whose record to take from a bulk export: an id.")
]
IntakeOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--intake",
        help="Answers to the intake (QuestionnaireResponse), by the person or by their clinician; "
        "may be given again.",
        readable=False,
    ),
]
GroupsOption = Annotated[
    list[Path],
    typer.Option("--groups", help="A directory of groups; may be given again.", readable=False),
]
AnnotationsOption = Annotated[
    Path | None,
    typer.Option("--annotations", help="What directories lack, with its source.", readable=False),
]
MentorsOption = Annotated[
    Path | None,
    typer.Option("--mentors", help="The roster of mentors, conflicts and staff.", readable=False),
]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules; default: the shipped pack.")
]
HistoryOption = Annotated[
    Path | None,
    typer.Option(
        "--history",
        help="What happened to the person, as JSON: their safety is assessed by it, and the rules "
        "may read what is open.",
        readable=False,
    ),
]
RecordsOption = Annotated[
    str | None,
    typer.Option(
        "--records",
        help="Assess safety by these records instead: sqlite:///records.db or "
        "postgresql://user@host/name.",
    ),
]
AsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="The moment of the decision, such as 2026-03-01T09:00:00-08:00. A date alone, such "
        "as 2026-03-01, means the end of that day, wherever it ends last.",
    ),
]
OfAPersonOption = Annotated[
    Path | None,
    typer.Option("--patient", help="A FHIR R4 bundle of the person.", readable=False),
]
CountryOption = Annotated[
    str | None, typer.Option("--country", help="Whose crisis lines to show, such as US.")
]
FhirOption = Annotated[
    Path | None,
    typer.Option("--fhir", help="Write a FHIR R4 transaction bundle here.", readable=False),
]
RecipientOption = Annotated[
    str, typer.Option("--recipient", help="Who is going to see this: a code of disclosure.yaml.")
]


def suggest(
    patient: PatientOption,
    groups: GroupsOption,
    as_of: AsOfOption,
    person: PersonOption = None,
    intake: IntakeOption = None,
    annotations: AnnotationsOption = None,
    mentors: MentorsOption = None,
    history: HistoryOption = None,
    records: RecordsOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    json: JsonOption = False,
    fhir: FhirOption = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write an HTML report here.", readable=False)
    ] = None,
) -> None:
    """Which groups and mentors fit a person, and what goes into the plan.

    For example: peer-match suggest --patient person.json --groups meetings.json
    --as-of 2026-03-01 --html report.html

    Only their owner can read the files that it writes.
    Warnings on the error output are for whoever runs the command.
    """
    outputs = tuple(one for one in (fhir, html) if one is not None)
    found = answer(
        _request(
            patient,
            person,
            intake,
            groups,
            annotations,
            mentors,
            rules,
            as_of,
            recipient,
            outputs,
            history,
            records,
        )
    )
    contents: dict[Path, bytes] = {}
    with working("Writing"):
        if fhir is not None:
            bundle = write_bundle(found.decision, found.policy)
            contents[fhir] = orjson.dumps(bundle, option=orjson.OPT_INDENT_2)
        if html is not None:
            contents[html] = _page(found)
        write_or_stop(contents)
    if json:
        print_bytes(canonical(found.decision) + b"\n")
    else:
        print_text(render_text(found.decision))


def explain(
    patient: PatientOption,
    groups: GroupsOption,
    as_of: AsOfOption,
    target: Annotated[str, typer.Argument(help="The id of a group or a mentor.")],
    person: PersonOption = None,
    intake: IntakeOption = None,
    annotations: AnnotationsOption = None,
    mentors: MentorsOption = None,
    history: HistoryOption = None,
    records: RecordsOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    all: Annotated[
        bool, typer.Option("--all", help="Each rule with its facts, sources and dates.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Why one group or mentor stands where it does; with --all each rule, fact, source and date.

    For example: peer-match explain meetings/harbour-lights --patient person.json
    --groups meetings.json --as-of 2026-03-01
    """
    found = answer(
        _request(
            patient,
            person,
            intake,
            groups,
            annotations,
            mentors,
            rules,
            as_of,
            recipient,
            (),
            history,
            records,
        )
    )
    one = _one(found.decision, target)
    if json:
        print_json(explanation(found.decision, one))
    else:
        show = explain_target if all else explain_briefly
        print_text(show(found.decision, target))


def _request(
    patient: Path,
    person: str | None,
    intake: list[Path] | None,
    groups: list[Path],
    annotations: Path | None,
    mentors: Path | None,
    rules: Path | None,
    as_of: str,
    recipient: str,
    outputs: tuple[Path, ...],
    history: Path | None,
    records: str | None,
) -> Request:
    return Request(
        record=patient,
        person=person,
        intakes=tuple(intake or ()),
        directories=tuple(groups),
        annotations=annotations,
        roster=mentors,
        rules=rules,
        as_of=as_of,
        recipient=recipient,
        outputs=outputs,
        history=history,
        database=records,
    )


def _page(found: Answer) -> bytes:
    decision = found.decision
    picture = week_picture(decision, found.patient, {one.id: one for one in found.groups})
    weeks = {} if picture is None else {decision.patient.id: picture}
    return report([decision], title="Peer support suggestions", weeks=weeks).encode()


def _one(decision: Decision, target: str) -> Suggestion:
    if standing(decision) == "withheld":
        stop(
            [
                f"the recipient `{decision.recipient}` is told nothing about this person "
                "without a consent"
            ]
        )
    every = {
        one.target: one
        for part in (decision.groups, decision.mentors)
        for list in (part.eligible, part.eligible_with_support, part.waiting, part.blocked)
        for one in list
    }
    if target not in every:
        stop(
            [
                f"`{target}` is not among the {len(every)} groups and mentors of this decision"
                f"{_near_target(target, every)}"
            ]
        )
    return every[target]


def _near_target(wrong: str, every: dict[str, Suggestion]) -> str:
    """Ids near the one given, or of targets whose name was given for it."""
    named = [one.target for one in every.values() if one.name.casefold() == wrong.casefold()]
    return near(named[0] if named else wrong, every)
