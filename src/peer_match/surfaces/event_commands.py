"""`peer-match event`: what happened, kept and followed up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from pydantic import ValidationError

from peer_match.decide.kernel import Kernel
from peer_match.decide.project_assessment import project_assessment
from peer_match.delivery.follow_up import Entry, FollowUp
from peer_match.facts.event import About, Event, Reassessment, Retraction
from peer_match.facts.patient import Person
from peer_match.facts.provenance import PartialDate, StatedBy
from peer_match.policy.events import Events
from peer_match.surfaces.assess_command import WithoutKernelOption, show
from peer_match.surfaces.faults import EXIT_CODES, Faults, stop
from peer_match.surfaces.histories import history_from
from peer_match.surfaces.inputs import patient_from
from peer_match.surfaces.person_commands import RecipientOption, RulesOption
from peer_match.surfaces.printing import JsonOption, near, print_json, print_text
from peer_match.surfaces.request import moment_of, policy_from
from peer_match.surfaces.stores import DEFAULT, DatabaseOption, now, records

event_app = typer.Typer(
    help="Keep what happened to people, and see to what follows.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)
ABOUT = get_args(About)
UNKNOWN_DATE = "unknown"

ActorOption = Annotated[
    str, typer.Option("--actor", help="Who enters this, for the audit: a person or a program.")
]
SubjectOption = Annotated[str, typer.Option("--subject", help="Of whom: an id.")]
AboutOption = Annotated[
    str, typer.Option("--about", help=f"What the subject is: {', '.join(ABOUT)}.")
]
PatientOption = Annotated[
    Path | None,
    typer.Option("--patient", help="A FHIR R4 bundle of the person.", readable=False),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", help="Act as of this moment, for a trial; default: the clock."),
]


@event_app.command(epilog=EXIT_CODES)
def add(
    kind: Annotated[str, typer.Argument(help="A kind of event: `peer-match event kinds`.")],
    subject: SubjectOption,
    source: Annotated[str, typer.Option("--source", help="The feed, form or person it is from.")],
    when: Annotated[
        str,
        typer.Option(
            "--when",
            help="When it happened: 2026, 2026-03, 2026-03-01, an instant, or `unknown`.",
        ),
    ],
    id: Annotated[
        str | None,
        typer.Option("--id", help="Its id at the source, so that telling it twice is no news."),
    ] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="How severe it was.")] = None,
    points: Annotated[int | None, typer.Option("--points", help="A total.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="An answer to an item, as ITEM=ANSWER; may be given again."),
    ] = None,
    about: AboutOption = "patient",
    actor: ActorOption = "command line",
    patient: PatientOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    at: NowOption = None,
    database: DatabaseOption = DEFAULT,
    without_kernel: WithoutKernelOption = False,
    json: JsonOption = False,
) -> None:
    """Keep an event, assess the person, and put what follows on its way, all or nothing.

    For example: peer-match event add disclosure --subject ann --source group-form --id 17
    --when 2026-03-01T19:30:00-08:00 --severity severe
    """
    policy = policy_from(rules)
    faults = Faults()
    moment = _moment(at, faults)
    whom = _about(about, faults)
    _check_kind(kind, whom, severity, policy.safety.events, faults)
    answers = _answers(answer or [], faults)
    date = _date(when, faults)
    faults.stop_if_any()
    assert moment is not None
    try:
        told = Event(kind=kind, source=source, id=id, date=date, recorded=moment,
                     severity=severity, points=points, answers=answers,
                     stated_by=StatedBy.PROGRAMME)  # fmt: skip
    except ValidationError as problem:
        stop([one["msg"] for one in problem.errors()])
    _take_in([told], subject, whom, moment, actor, patient, rules, recipient, database,
             json=json, stamped=True, without_kernel=without_kernel)  # fmt: skip


@event_app.command("import", epilog=EXIT_CODES)
def import_history(
    history: Annotated[Path, typer.Argument(help="A history as JSON.", readable=False)],
    actor: ActorOption = "command line",
    patient: PatientOption = None,
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    at: NowOption = None,
    database: DatabaseOption = DEFAULT,
    without_kernel: WithoutKernelOption = False,
    json: JsonOption = False,
) -> None:
    """Keep a whole history (its events, coverage, corrections) as `event add` keeps one event.

    What is there already is no news, so a file may be imported again.
    """
    policy = policy_from(rules)
    faults = Faults()
    moment = _moment(at, faults)
    found = history_from(history, policy.safety.events, faults)
    faults.stop_if_any()
    assert found is not None and moment is not None
    entries: list[Entry] = [
        *found.events, *found.retractions, *found.reassessments, *found.coverage
    ]  # fmt: skip
    _take_in(entries, found.subject, found.about, moment, actor, patient, rules, recipient,
             database, json=json, without_kernel=without_kernel)  # fmt: skip


@event_app.command(epilog=EXIT_CODES)
def retract(
    event: Annotated[str, typer.Argument(help="The event's key: SOURCE#ID.")],
    subject: SubjectOption,
    by: Annotated[str, typer.Option("--by", help="Who says so, by name.")],
    role: Annotated[str, typer.Option("--role", help="Their role, such as clinician.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it was a mistake.")],
    about: AboutOption = "patient",
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    at: NowOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Take an event back that was recorded by mistake. It stays in the history, and so does this.

    Only the roles that the pack names may; the word of others is kept, and counts for nothing.
    """
    faults = Faults()
    moment = _moment(at, faults)
    whom = _about(about, faults)
    faults.stop_if_any()
    assert moment is not None
    person = Person(id=by, name=by, role=role)
    said = Retraction(event=event, by=person, recorded=moment, reason=reason)
    _take_in([said], subject, whom, moment, by, None, rules, recipient, database, json=json)


@event_app.command(epilog=EXIT_CODES)
def reassess(
    subject: SubjectOption,
    by: Annotated[str, typer.Option("--by", help="Who reassessed, by name.")],
    role: Annotated[str, typer.Option("--role", help="Their role, such as clinician.")],
    considered: Annotated[
        list[str], typer.Option("--considered", help="Evidence looked at, by key; given again.")
    ],
    finding: Annotated[str, typer.Option("--finding", help="What was found.")] = "",
    about: AboutOption = "patient",
    rules: RulesOption = None,
    recipient: RecipientOption = "clinician",
    at: NowOption = None,
    database: DatabaseOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Keep a reassessment of the risk: evidence that it lists counts no more, the rest does."""
    faults = Faults()
    moment = _moment(at, faults)
    whom = _about(about, faults)
    faults.stop_if_any()
    assert moment is not None
    said = Reassessment(
        id=f"{by} {moment.isoformat()}",
        by=Person(id=by, name=by, role=role),
        recorded=moment,
        considered=tuple(considered),
        finding=finding,
    )
    _take_in([said], subject, whom, moment, by, None, rules, recipient, database, json=json)


@event_app.command(epilog=EXIT_CODES)
def kinds(rules: RulesOption = None, json: JsonOption = False) -> None:
    """The kinds of event that the rules know, with their severities."""
    events = policy_from(rules).safety.events
    if json:
        print_json({code: {"label": one.label, "about": one.about, "counts_as": one.counts_as,
                           "severities": one.scale} for code, one in events.kinds.items()}
                   )  # fmt: skip
        return
    for code, one in sorted(events.kinds.items()):
        graded = f"; {', '.join(one.scale)}" if one.scale else ""
        print_text(f"{code}: {one.label} ({one.about}, {one.counts_as}{graded})")


def _take_in(
    entries: list[Entry],
    subject: str,
    about: About,
    moment: datetime,
    actor: str,
    patient: Path | None,
    rules: Path | None,
    recipient: str,
    database: str,
    *,
    json: bool,
    without_kernel: bool = False,
    stamped: bool = False,
) -> None:
    policy = policy_from(rules)
    faults = Faults()
    if recipient not in policy.recipients:
        faults.said.append(
            f"`{recipient}` is not a recipient; the pack lists {', '.join(policy.recipients)}"
        )
    person = None if patient is None else patient_from(patient, (), policy, faults)
    faults.stop_if_any()
    facts = None if person is None else person.patient
    with records(database) as store, Kernel() as kernel:
        follow_up = FollowUp(policy, store, None if without_kernel else kernel)
        try:
            whole = follow_up.take_in(
                subject, about, entries, actor=actor, now=moment, patient=facts, stamped=stamped
            )
        except ValueError as problem:
            stop([str(problem)])
    consents = () if facts is None else facts.consents
    show(project_assessment(whole, policy, recipient, consents), json=json)


def _moment(text: str | None, faults: Faults) -> datetime | None:
    return now() if text is None else moment_of(text, faults)


def _about(text: str, faults: Faults) -> About:
    if text not in ABOUT:
        faults.said.append(f"`{text}` is none of {', '.join(ABOUT)}")
    return cast("About", text)


def _check_kind(
    kind: str, about: About, severity: str | None, events: Events, faults: Faults
) -> None:
    known = events.kinds.get(kind)
    if known is None:
        faults.said.append(
            f"no kind of event is called `{kind}`{near(kind, events.kinds)}\n"
            "  help: `peer-match event kinds` lists them"
        )
        return
    if known.about != about:
        faults.said.append(f"`{kind}` is about a {known.about}; say `--about {known.about}`")
    if severity is not None and severity not in known.scale:
        listed = ", ".join(known.scale) or "none: events of this kind are not graded"
        faults.said.append(f"`{severity}` is not a severity of `{kind}`; it has {listed}")


def _answers(given: list[str], faults: Faults) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        item, sign, answer = one.partition("=")
        if not sign or not item or not answer:
            faults.said.append(f"`{one}` is no answer; write ITEM=ANSWER, such as thoughts=yes")
        found[item] = answer
    return found


def _date(text: str, faults: Faults) -> PartialDate | None:
    """A date, None for what is said to be unknown: it may then lie in no window for sure."""
    if text == UNKNOWN_DATE:
        return None
    try:
        return PartialDate(text)
    except ValueError as problem:
        faults.said.append(str(problem))
        return None
