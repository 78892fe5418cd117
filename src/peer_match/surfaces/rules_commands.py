"""`peer-match rules`: check, test, show, new, facts, vocabulary and schema."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from peer_match.authoring.examples import run_examples
from peer_match.authoring.glossary import (
    fact_as_json,
    fact_as_text,
    facts_about,
    vocabulary_as_json,
    vocabulary_as_text,
)
from peer_match.authoring.prose import prose
from peer_match.authoring.scaffold import ScaffoldError, scaffold
from peer_match.authoring.schema import schema
from peer_match.authoring.unfinished import unfinished
from peer_match.policy.diagnostics import (
    Diagnostic,
    as_json,
    as_text,
    counted,
    has_errors,
    in_order,
    printable,
)
from peer_match.policy.load import PackReading, read_pack, shipped_rules
from peer_match.policy.policy import Policy
from peer_match.policy.stewardship import overdue_reviews
from peer_match.surfaces.faults import EXIT_CODES, Exit, Faults, stop
from peer_match.surfaces.printing import JsonOption, near, print_bytes, print_json, working

rules_app = typer.Typer(
    help="Write, check and test rules.", epilog=EXIT_CODES, no_args_is_help=True
)

FolderArgument = Annotated[
    Path | None, typer.Argument(help="The folder of the pack; default: the shipped pack.")
]


def _read(folder: Path | None) -> PackReading:
    """A pack with its problems; stops where there is no pack at all."""
    with working("Reading the rules"):
        reading = read_pack(folder or shipped_rules())
    if folder is not None and not folder.is_dir():
        stop([as_text(reading.diagnostics)])
    return reading


def _print(problems: list[Diagnostic], json: bool, done: str, extra: dict[str, object]) -> None:
    ordered = in_order(problems)
    if json:
        body = {"diagnostics": as_json(ordered), **extra}
        print_json(body)
    elif ordered:
        typer.echo(as_text(ordered))
        noun = "problem" if has_errors(ordered) else "warning"
        typer.echo(f"\n{counted(len(ordered), noun)}")
    if not ordered and not json:
        typer.echo(done)
    if has_errors(ordered):
        raise typer.Exit(Exit.PROBLEMS)


@rules_app.command(epilog=EXIT_CODES)
def check(
    folder: FolderArgument = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Also report reviews that are overdue on this day."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Every problem of a pack at once, each where it is; the examples are run as well."""
    reading = _read(folder)
    with working("Running the examples"):
        run = run_examples(reading)
    problems = [*reading.diagnostics, *unfinished(reading), *run.diagnostics]
    if as_of is not None:
        problems.extend(overdue_reviews(reading, _day(as_of)))
    count = 0 if reading.policy is None else len(reading.policy.rules())
    _print(problems, json, f"{counted(count, 'rule')}, no problems", {"rules": count})


@rules_app.command(name="test", epilog=EXIT_CODES)
def run_tests(folder: FolderArgument = None, json: JsonOption = False) -> None:
    """Run the examples in the rule files."""
    reading = _read(folder)
    with working("Running the examples"):
        run = run_examples(reading)
    passed = sum(one.passed for one in run.results)
    said = f"{passed} examples of {counted(_rules(reading), 'rule')} came out as expected"
    extra: dict[str, object] = {
        "examples": [
            {
                "rule": one.rule,
                "number": one.number,
                "expected": one.expected,
                "got": one.got,
                "passed": one.passed,
            }
            for one in run.results
        ]
    }
    # Warnings are for `check`; without the errors of the pack, it would seem to be whole.
    of_the_pack = () if reading.policy is not None else reading.diagnostics
    _print([*of_the_pack, *run.diagnostics], json, said, extra)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop([f"`{text}` is not a date such as 2026-03-01"])


def _rules(reading: PackReading) -> int:
    return 0 if reading.policy is None else len(reading.policy.rules())


@rules_app.command(epilog=EXIT_CODES)
def show(
    rule: Annotated[str | None, typer.Argument(help="The id of a rule; default: all.")] = None,
    folder: Annotated[Path | None, typer.Option("--rules", help="The folder of the pack.")] = None,
    json: JsonOption = False,
) -> None:
    """A rule, or every rule, as plain prose."""
    policy = _policy(folder)
    chosen = [one for one in policy.rules() if rule is None or one.id == rule]
    if not chosen:
        known = [one.id for one in policy.rules()]
        stop([f"the pack has no rule `{rule}`{near(rule or '', known)}"])
    texts = {one.id: prose(one, policy) for one in chosen}
    if json:
        print_json(texts)
    else:
        typer.echo("\n\n".join(texts.values()))


@rules_app.command(epilog=EXIT_CODES)
def new(
    kind: Annotated[str, typer.Argument(help="must_not, prefer, finding, support or plan.")],
    id: Annotated[str, typer.Argument(help="The rule's id, in kebab-case.")],
    folder: Annotated[Path, typer.Option("--rules", help="The folder of your pack.")] = Path(
        "rules"
    ),
    target: Annotated[
        str, typer.Option("--for", help="group or mentor, for must_not and prefer.")
    ] = "group",
    json: JsonOption = False,
) -> None:
    """Start a rule: a draft file with every key that it needs, and examples to fill in."""
    try:
        today = datetime.now(tz=UTC).date()
        path = scaffold(kind, id, folder, target, today)
    except ScaffoldError as problem:
        stop([str(problem)])
    except OSError as problem:
        faults = Faults()
        faults.unwritable(Path(problem.filename or folder), problem)
        stop(faults.said)
    if json:
        print_json({"wrote": str(path)})
    else:
        typer.echo(f"wrote {path}; fill it in, then run: peer-match rules check {folder}")


PackOption = Annotated[
    Path | None,
    typer.Option("--rules", help="The folder of the pack; default: the shipped pack."),
]


def _policy(folder: Path | None) -> Policy:
    reading = _read(folder)
    if reading.policy is None:
        stop([as_text(reading.diagnostics)])
    return reading.policy


@rules_app.command(epilog=EXIT_CODES)
def facts(
    word: Annotated[
        str, typer.Argument(help="A word of a fact's name, meaning or values; default: all facts.")
    ] = "",
    folder: PackOption = None,
    json: JsonOption = False,
) -> None:
    """The facts that rules can read: kind, unit or values, meaning, and a sentence for each."""
    vocabularies = _policy(folder).vocabularies
    found = facts_about(word, vocabularies)
    if not found:
        stop([f"no fact has the word `{printable(word)}`; without a word, all facts are listed"])
    if json:
        print_json([fact_as_json(one, vocabularies) for one in found])
    else:
        typer.echo("\n\n".join(fact_as_text(one, vocabularies) for one in found))


@rules_app.command(epilog=EXIT_CODES)
def vocabulary(
    id: Annotated[str | None, typer.Argument(help="The id of a vocabulary; default: all.")] = None,
    folder: PackOption = None,
    json: JsonOption = False,
) -> None:
    """The values that facts can have: the codes of a vocabulary, with their labels."""
    every = {one.id: one for one in _policy(folder).vocabularies}
    if id is not None and id not in every:
        stop([f"the pack has no vocabulary `{printable(id)}`{near(id, every)}"])
    found = [one for one in every.values() if id in (None, one.id)]
    if json:
        print_json([vocabulary_as_json(one) for one in found])
    else:
        typer.echo("\n\n".join(vocabulary_as_text(one) for one in found))


@rules_app.command(name="schema", epilog=EXIT_CODES)
def print_schema(
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON, on one line and not for reading.")
    ] = False,
) -> None:
    """The JSON Schema of rule files, for editors."""
    if json:
        print_json(schema())
    else:
        print_bytes(orjson.dumps(schema(), option=orjson.OPT_INDENT_2) + b"\n")
