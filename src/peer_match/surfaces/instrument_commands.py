"""`peer-match instrument`: which instruments the pack has, and what answers to one of them say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
import typer

from peer_match.decide.instruments import (
    REFUSED,
    AnswerError,
    InstrumentScore,
    score_instrument,
)
from peer_match.decide.references import UNSIGNED
from peer_match.facts.truth import Truth
from peer_match.policy.instrument import Instrument
from peer_match.policy.instrument_files import Sex
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import EXIT_CODES, Faults, stop
from peer_match.surfaces.files import read_whole
from peer_match.surfaces.printing import JsonOption, near, print_json, working
from peer_match.surfaces.request import policy_from
from peer_match.surfaces.words import clean, sentence

NOTHING_FOLLOWS = "A score alone tells nobody: whoever sees it must act on it."

instrument_app = typer.Typer(
    help="Screening instruments: list them, and score answers.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
)

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", help="The folder of the pack; default: the shipped pack."),
]


@instrument_app.command(name="list", epilog=EXIT_CODES)
def list_instruments(rules: RulesOption = None, json: JsonOption = False) -> None:
    """Every instrument with its items, the answers to each, and its bands.

    Items have short names; their words are on the form of the instrument.
    """
    policy = _policy(rules)
    every = [policy.instruments[id] for id in sorted(policy.instruments)]
    if json:
        print_json([_described(one) for one in every])
        return
    for one in every:
        typer.echo("\n".join(_lines_of(one)) + "\n")


@instrument_app.command(epilog=EXIT_CODES)
def score(
    instrument: Annotated[str, typer.Argument(help="The id of the instrument, such as phq-9.")],
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            help="ITEM=ANSWER; may be given again. `refused` is an answer to every item.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="A JSON file: items with their answers.", readable=False),
    ] = None,
    sex: Annotated[
        Sex | None,
        typer.Option("--sex", help="As the person stated it; some cuts differ by it."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The day of the answers; default: today (UTC).")
    ] = None,
    rules: RulesOption = None,
    json: JsonOption = False,
) -> None:
    """What answers to an instrument say; missing ones leave a range, and never count as no.

    For example: peer-match instrument score phq-2 --answer interest=several-days
    --answer mood=refused
    """
    faults = Faults()
    day = _day(as_of, faults)
    given = _answers(answer or (), answers, faults)
    faults.stop_if_any()
    policy = _policy(rules)
    found = _find(policy, instrument, cast("date", day))
    try:
        said = score_instrument(found, given, sex=sex)
    except AnswerError as problem:
        stop(clean(line) for line in problem.problems)
    if json:
        print_json(_as_json(policy, found, said))
    else:
        typer.echo("\n".join(_said(policy, found, said)))


def _policy(rules: Path | None) -> Policy:
    with working("Reading the rules"):
        return policy_from(rules)


def _find(policy: Policy, id: str, day: date) -> Instrument:
    found = policy.instruments.get(id)
    if found is None:
        stop([f"`{clean(id)}` is no instrument of the pack{near(id, policy.instruments)}"])
    if not found.in_force(day):
        why = (
            f"is a {found.status} rule"
            if found.status != "active"
            else "is not in force on that day"
        )
        stop([f"`{found.id}` {why}, so nothing is scored with it"])
    return found


def _day(text: str | None, faults: Faults) -> date | None:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.said.append(f"`{clean(text)}` is not a day; write for example 2026-03-01")
        return None


def _answers(pairs: Iterable[str], file: Path | None, faults: Faults) -> dict[str, str]:
    """The answers of a file and of options; an item is answered once."""
    found: dict[str, str] = {}
    for item, said in (*_of_file(file, faults), *_of_options(pairs, faults)):
        if item in found:
            faults.said.append(f"`{clean(item)}` is answered more than once")
        found[item] = said
    return found


def _of_options(pairs: Iterable[str], faults: Faults) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        item, equals, said = pair.partition("=")
        if not equals or not item or not said:
            faults.said.append(f"`{clean(pair)}` is not ITEM=ANSWER, such as mood=several-days")
        else:
            yield item, said


def _of_file(file: Path | None, faults: Faults) -> Iterator[tuple[str, str]]:
    if file is None:
        return
    try:
        content: Any = orjson.loads(read_whole(file))
    except OSError as problem:
        faults.unreadable(file, problem)
        return
    except orjson.JSONDecodeError as problem:
        place = f"{file}:{problem.lineno}:{problem.colno}"
        faults.said.append(f"{place}: this is not JSON: {problem.msg}")
        return
    if not isinstance(content, dict):
        faults.file(file, "expected items with their answers", 'write {"mood": "several-days"}')
        return
    for item, said in cast("dict[str, Any]", content).items():
        if isinstance(said, str):
            yield item, said
        else:
            faults.file(file, f"the answer to `{clean(item)}` is no text", "write its code")


# -- as text ---------------------------------------------------------------------------------------


def _said(policy: Policy, found: Instrument, said: InstrumentScore) -> Iterator[str]:
    yield f"{found.title} ({found.id})"
    most = found.lowest_and_highest[1]
    total = "" if said.total is None else f"Total {_range(said.total)} of {most}: "
    yield f"{total}{_range(said.band)}" if total else f"Result: {_range(said.band)}"
    for name, truth in said.signals.items():
        yield f"{name}: {truth.value}"
    if said.because:
        yield f"Because of {', '.join(said.because)}"
    if said.refused:
        yield f"Not answered by choice: {', '.join(said.refused)}"
    if said.unanswered:
        yield f"Still open: {', '.join(said.unanswered)}"
    if not said.is_settled:
        yield "What is open is not known; take it as the more severe until it is."
    for one in found.sources:
        yield f"Source: {one.cite} ({one.status}): {one.finding}"
    yield f"Rule: {found.position.file}, line {found.position.line}"
    if not policy.signed:
        yield f"{sentence(UNSIGNED)}."
    yield NOTHING_FOLLOWS


def _lines_of(one: Instrument) -> Iterator[str]:
    state = "" if one.status == "active" else f"; {one.status}, so not used"
    yield f"{one.id}: {one.title}{state}"
    for item in one.items:
        answers = ", ".join(
            f"{code} {points}" if one.method == "collect sum" else code
            for code, points in item.answers
        )
        yield f"  {item.id}: {answers}"
    yield f"  bands: {', '.join(one.bands)}"
    yield f"  every item also: {REFUSED}"


def _range(pair: tuple[object, object]) -> str:
    low, high = pair
    return f"{low}" if low == high else f"{low} to {high}"


# -- as JSON ---------------------------------------------------------------------------------------


def _as_json(policy: Policy, found: Instrument, said: InstrumentScore) -> dict[str, Any]:
    total = said.total
    return {
        "instrument": found.id,
        "rule_digest": found.digest,
        "policy_digest": policy.digest,
        "signed": policy.signed,
        "total": None if total is None else {"least": total[0], "most": total[1]},
        "band": {"least": said.band[0], "most": said.band[1]},
        "settled": said.is_settled,
        "signals": {name: truth.value for name, truth in said.signals.items()},
        "because": list(said.because),
        "refused": list(said.refused),
        "unanswered": list(said.unanswered),
    }


def _described(one: Instrument) -> dict[str, Any]:
    return {
        "instrument": one.id,
        "title": one.title,
        "status": one.status,
        "method": one.method,
        "bands": list(one.bands),
        "items": [
            {"item": item.id, "answers": [code for code, _ in item.answers]} for item in one.items
        ],
        "signals": [name for name, _ in one.signals],
        "unknown_is": Truth.UNKNOWN.value,
    }
