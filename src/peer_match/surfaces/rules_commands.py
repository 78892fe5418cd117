"""`peer-match rules`: check, test, show, new, facts, vocabulary and schema."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

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
from peer_match.authoring.proofs import prove
from peer_match.authoring.prose import prose
from peer_match.authoring.scaffold import FOLDERS, ScaffoldError, scaffold
from peer_match.authoring.schema import schema
from peer_match.authoring.unfinished import unfinished
from peer_match.fhir.intake_of_pack import intake_questionnaire
from peer_match.fhir.safety_plan_form import safety_plan_form
from peer_match.fhir.write_code_systems import code_systems
from peer_match.fhir.write_pathways import plan_definitions
from peer_match.policy.diagnostics import (
    Diagnostic,
    as_json,
    as_text,
    counted,
    error,
    has_errors,
    in_order,
    printable,
    start_of_file,
)
from peer_match.policy.load import PackReading, read_pack, shipped_rules
from peer_match.policy.policy import Policy
from peer_match.policy.stewardship import overdue_reviews
from peer_match.surfaces.faults import EXIT_CODES, Exit, Faults, stop
from peer_match.surfaces.printing import (
    JsonOption,
    near,
    print_bytes,
    print_json,
    print_resource,
    working,
)

rules_app = typer.Typer(
    help="Write, check and test rules.", epilog=EXIT_CODES, no_args_is_help=True
)

PACK = "pack.yaml"

FolderArgument = Annotated[
    Path | None, typer.Argument(help="The folder of the pack; default: the shipped pack.")
]


def _read(folder: Path | None, *, json: bool) -> PackReading:
    """A pack with its problems; stops where there is no pack at all."""
    if folder is not None and folder.is_dir() and not (folder / PACK).is_file():
        _stop([_no_pack(folder)], json=json)
    with working("Reading the rules"):
        reading = read_pack(folder or shipped_rules())
    if folder is not None and not folder.is_dir():
        _stop(reading.diagnostics, json=json)
    return reading


def _no_pack(folder: Path) -> Diagnostic:
    return error(
        "PM100",
        f"`{folder}` is no folder of a pack: it has no `{PACK}`",
        start_of_file(str(folder)),
        f"name {_pack_near(folder)}",
    )


def _pack_near(folder: Path) -> str:
    """The nearest pack that a folder lies in, in words; what to look for where it is in none."""
    above = (one for one in folder.resolve().parents if (one / PACK).is_file())
    found = next(above, None)
    if found is None:
        return f"the folder that holds `{PACK}`"
    try:
        return f"`{found.relative_to(Path.cwd())}`"
    except ValueError:
        return f"`{found}`"


def _stop(problems: Iterable[Diagnostic], *, json: bool) -> NoReturn:
    """End where no pack can be used, with its problems in the form that was asked for."""
    if not json:
        stop([as_text(problems)])
    print_json({"diagnostics": as_json(problems)})
    raise typer.Exit(Exit.UNUSABLE)


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
    reading = _read(folder, json=json)
    with working("Running the examples"):
        run = run_examples(reading)
    problems = [*reading.diagnostics, *unfinished(reading), *run.diagnostics]
    day = datetime.now(UTC).date() if as_of is None else _day(as_of)
    if reading.policy is not None:
        with working("Proving what must always be so"):
            problems.extend(prove(reading.assembly, day))
    if as_of is not None:
        problems.extend(overdue_reviews(reading, day))
    count = 0 if reading.policy is None else len(reading.policy.rules_and_tables())
    _print(problems, json, f"{counted(count, 'rule')}, no problems", {"rules": count})


@rules_app.command(name="test", epilog=EXIT_CODES)
def run_tests(folder: FolderArgument = None, json: JsonOption = False) -> None:
    """Run the examples in the rule files."""
    reading = _read(folder, json=json)
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
    return 0 if reading.policy is None else len(reading.policy.rules_and_tables())


@rules_app.command(epilog=EXIT_CODES)
def show(
    rule: Annotated[
        str | None, typer.Argument(help="The id of a rule, or the folder of a pack; default: all.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--rules", help="The folder of the pack.")] = None,
    json: JsonOption = False,
) -> None:
    """A rule, or every rule, as plain prose."""
    if rule is not None and folder is None and Path(rule).is_dir():
        rule, folder = None, Path(rule)
    policy = _policy(folder, json=json)
    chosen = [one for one in policy.rules_and_tables() if rule is None or one.id == rule]
    if not chosen:
        known = [one.id for one in policy.rules_and_tables()]
        stop([f"the pack has no rule `{rule}`{near(rule or '', known)}"])
    texts = {one.id: prose(one, policy) for one in chosen}
    if json:
        print_json(texts)
    else:
        typer.echo("\n\n".join(texts.values()))


@rules_app.command(epilog=EXIT_CODES)
def new(
    kind: Annotated[str, typer.Argument(help=f"The kind of rule: {', '.join(FOLDERS)}.")],
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
    if not (folder / PACK).is_file():
        stop([f"`{folder}` holds no {PACK}; name the folder of your pack with --rules"])
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


@rules_app.command(epilog=EXIT_CODES)
def definitions(
    folder: Annotated[
        Path | None,
        typer.Option("--rules", help="The folder of the pack; default: the shipped pack."),
    ] = None,
    json: JsonOption = True,
) -> None:
    """What an EHR can load of a pack, as a FHIR R4 Bundle: its pathways as PlanDefinitions, its
    forms as Questionnaires, and every code that is written; always JSON.

    For example: peer-match rules definitions > definitions.json
    """
    policy = _policy(folder, json=False)
    resources = [intake_questionnaire(folder), *plan_definitions(policy), *code_systems(policy)]
    if policy.safety.plan is not None:
        resources.insert(1, safety_plan_form(policy.safety.plan))
    entries = [{"resource": one} for one in resources]
    print_resource({"resourceType": "Bundle", "type": "collection", "entry": entries})


PackOption = Annotated[
    Path | None,
    typer.Option("--rules", help="The folder of the pack; default: the shipped pack."),
]


def _policy(folder: Path | None, *, json: bool) -> Policy:
    reading = _read(folder, json=json)
    if reading.policy is None:
        _stop(reading.diagnostics, json=json)
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
    vocabularies = _policy(folder, json=json).vocabularies
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
    every = {one.id: one for one in _policy(folder, json=json).vocabularies}
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
