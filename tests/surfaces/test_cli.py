"""Ordinary use of the command line: what each command prints, writes and ends with."""

import re
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from peer_match import __version__
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.fhir.intake import intake_questionnaire
from peer_match.policy.load import load_policy, shipped_rules
from peer_match.surfaces.cli import app
from peer_match.surfaces.faults import EXIT_CODES

from .command_line import GROUPS, Inputs, whole_inputs
from .in_process import done, in_json, peer_match, words

DECISION_SCHEMA = Path(__file__).parents[2] / "docs" / "decision.schema.json"

COMMANDS: dict[tuple[str, ...], str] = {
    (): "Match people in recovery",
    ("suggest",): "Which groups and mentors fit a person",
    ("explain",): "Why one group or mentor stands where it does",
    ("demo",): "The main job on the shipped sample caseload",
    ("assess",): "Whether a person is safe, as far as is known, and who must act by when",
    ("event",): "Keep what happened to people",
    ("event", "add"): "Keep an event, assess the person",
    ("event", "import"): "Keep a whole history",
    ("event", "retract"): "Take an event back",
    ("event", "reassess"): "Keep a reassessment of the risk",
    ("event", "kinds"): "The kinds of event that the rules know",
    ("engine",): "Where the rules engine gave no answer or another one",
    ("engine", "list"): "Everything that a person has to look at",
    ("engine", "close"): "Say by name what was found out about the engine",
    ("escalation",): "Who was called, who has answered",
    ("escalation", "list"): "Every escalation that nobody has closed",
    ("escalation", "show"): "One escalation with every step of its ladder",
    ("escalation", "acknowledge"): "nobody else is called",
    ("escalation", "close"): "Only a person closes one",
    ("worker",): "Call whoever is due",
    ("status",): "Whether deadlines fire and resources go out",
    ("audit",): "The chain of who did what when",
    ("audit", "head"): "The digest of the last row",
    ("audit", "check"): "Every row that is missing, was changed",
    ("delivery",): "What could not be sent to the EHR",
    ("delivery", "list"): "Every resource that was given up",
    ("delivery", "resend"): "Send again what was given up",
    ("directory",): "Directories of groups",
    ("directory", "read"): "Read a directory",
    ("instrument",): "Screening instruments: list them, and score answers",
    ("instrument", "list"): "Every instrument with its items",
    ("instrument", "score"): "What answers to an instrument say",
    ("intake",): "The intake, in FHIR",
    ("intake", "form"): "The questions of a pack as a FHIR R4 Questionnaire",
    ("intake", "blank"): "with every question and no answer",
    ("safety-plan",): "The safety plan of a person: six steps",
    ("safety-plan", "form"): "The six steps as a FHIR R4 Questionnaire",
    ("safety-plan", "blank"): "with every step and no answer",
    ("safety-plan", "review"): "What a safety plan lacks, and by when",
    ("roster",): "The roster of a programme",
    ("roster", "check"): "Every id of a roster that matches nobody",
    ("rules",): "Write, check and test rules",
    ("rules", "definitions"): "What an EHR can load of a pack",
    ("rules", "check"): "Every problem of a pack at once",
    ("rules", "test"): "Run the examples in the rule files",
    ("rules", "show"): "A rule, or every rule, as plain prose",
    ("rules", "new"): "Start a rule",
    ("rules", "facts"): "The facts that rules can read",
    ("rules", "vocabulary"): "The values that facts can have",
    ("rules", "schema"): "The JSON Schema of rule files",
}

FOLDERS = {one[:1] for one in COMMANDS if len(one) > 1}
"""The commands that only hold others."""


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the shipped pack, to be written in."""
    return Path(shutil.copytree(shipped_rules(), tmp_path / "rules"))


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_every_command_says_what_it_does(self, command: tuple[str, ...]) -> None:
        assert COMMANDS[command] in words(done(*command, "--help"))

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_every_command_says_how_it_can_end(self, command: tuple[str, ...]) -> None:
        assert EXIT_CODES in words(done(*command, "--help"))

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_every_command_has_json(self, command: tuple[str, ...]) -> None:
        is_a_command = command not in ((), *FOLDERS)
        assert ("--json" in done(*command, "--help")) == is_a_command

    def test_no_command_is_left_out_here(self) -> None:
        found = {
            (*(() if group is None else (group,)), name)
            for group, typer_app in _apps()
            for name in _command_names(typer_app)
        }
        assert found == {one for one in COMMANDS if one} - FOLDERS

    @pytest.mark.parametrize("command", [(), *sorted(FOLDERS)])
    def test_a_command_that_is_incomplete_shows_its_help(self, command: tuple[str, ...]) -> None:
        result = peer_match(*command)
        assert result.exit_code == 2
        assert "Commands" in result.output

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["sugest"], "sugest"),
            (["suggest"], "--patient"),
            (["suggest", "--patent", "x"], "--patient"),
            (["directory", "read"], "file"),
            (["directory", "read", "feed.json", "--format", "xml"], "meeting-guide"),
        ],
    )
    def test_a_wrong_call_says_what_is_wrong(self, arguments: list[str], said: str) -> None:
        result = peer_match(*arguments)
        assert result.exit_code == 2
        assert said in words(result.output)

    def test_the_version(self) -> None:
        assert done("--version") == f"peer-match {__version__}\n"


class TestSuggest:
    def test_in_words(self, inputs: Inputs) -> None:
        said = words(done("suggest", *inputs.arguments()))
        for part in (
            "Ada Stone",
            "Harbour Lights",
            "Not clinically approved",
            "Safety not assessed",
        ):
            assert part in said

    def test_as_json_that_fits_the_published_schema(self, inputs: Inputs) -> None:
        decision = in_json("suggest", *inputs.arguments())
        Draft202012Validator(orjson.loads(DECISION_SCHEMA.read_bytes())).validate(decision)
        assert decision["patient"]["id"] == "p1"
        assert decision["recipient"] == "clinician"
        assert [one["target"] for one in decision["groups"]["eligible"]] == ["feed/harbour-lights"]
        [blocked] = decision["groups"]["blocked"]
        assert "no-meeting-in-free-time" in {one["rule"] for one in blocked["screening"]}

    def test_fhir_and_a_report_are_written_beside_what_is_printed(self, inputs: Inputs) -> None:
        outputs = ("--fhir", inputs.written / "fhir.json", "--html", inputs.written / "report.html")
        assert "Harbour Lights" in done("suggest", *inputs.arguments(), *outputs)
        bundle = orjson.loads((inputs.written / "fhir.json").read_bytes())
        kinds = [one["resource"]["resourceType"] for one in bundle["entry"]]
        assert (bundle["type"], kinds.count("CarePlan")) == ("transaction", 1)
        assert "Harbour Lights" in (inputs.written / "report.html").read_text("utf-8")
        assert len(list(inputs.written.iterdir())) == 2

    def test_twice_the_same_bytes(self, inputs: Inputs) -> None:
        once = done("suggest", *inputs.arguments(), "--json")
        inputs.groups.write_bytes(orjson.dumps(GROUPS[::-1]))
        rows = {"feed row 1", "feed row 2"}
        twice = done("suggest", *inputs.arguments(), "--json")
        # The order of rows shows in nothing but in which row each is.
        assert _without(rows, once) == _without(rows, twice)

    def test_intakes_and_directories_may_be_given_again(self, inputs: Inputs) -> None:
        more = inputs.folder / "more.json"
        more.write_bytes(orjson.dumps([{**GROUPS[0], "slug": "night-owls", "name": "Night Owls"}]))
        clinical = inputs.folder / "clinical.json"
        answers = orjson.loads(inputs.intake.read_bytes())
        answers["source"] = {"reference": "Practitioner/d1"}
        coding = {"system": "urn:peer-match:answer", "code": "none"}
        answers["item"] = [
            {"linkId": f"patient.{fact}", "answer": [{"valueCoding": coding}]}
            for fact in ("readiness", "legal_limits")
        ]
        clinical.write_bytes(orjson.dumps(answers))
        alone = in_json("suggest", *inputs.arguments())
        annotations = orjson.loads(inputs.annotations.read_bytes())
        annotations["feeds"].append({**annotations["feeds"][0], "feed": "more"})
        inputs.annotations.write_bytes(orjson.dumps(annotations))
        both = in_json("suggest", *inputs.arguments(), "--intake", clinical, "--groups", more)
        assert _asks(alone) - _asks(both) >= {"not-ready-for-a-group", "refuses-groups"}
        everywhere = {one["target"] for part in _lists(both) for one in part}
        assert everywhere == {"feed/harbour-lights", "feed/second-wind", "more/night-owls"}

    def test_a_date_alone_is_a_moment(self, inputs: Inputs) -> None:
        as_of = in_json("suggest", *inputs.arguments(as_of="2026-06-01"))["as_of"]
        assert as_of.startswith("2026-06-01T")

    def test_a_recipient_sees_their_own_view(self, inputs: Inputs) -> None:
        shown = in_json("suggest", *inputs.arguments(), "--recipient", "researcher")
        assert shown["recipient"] == "researcher"
        assert shown["patient"] == {"id": "withheld", "name": None}
        assert not any(_lists(shown))
        assert "Ada" not in done("suggest", *inputs.arguments(), "--recipient", "researcher")

    def test_what_was_not_understood_is_in_the_notes(self, inputs: Inputs) -> None:
        answers = orjson.loads(inputs.intake.read_bytes())
        answers["item"].append({"linkId": "patient.shoe_size", "answer": [{"valueInteger": 43}]})
        inputs.intake.write_bytes(orjson.dumps(answers))
        notes = in_json("suggest", *inputs.arguments())["notes"]
        assert any("shoe_size" in one for one in notes)

    def test_an_annotation_that_fits_nothing_is_told(self, inputs: Inputs) -> None:
        annotations = orjson.loads(inputs.annotations.read_bytes())
        one = {"group": "feed/nowhere", "source": "a call", "date": "2026-05-01"}
        annotations["groups"] = [{**one, "facts": {"free_seats": 3}}]
        inputs.annotations.write_bytes(orjson.dumps(annotations))
        result = peer_match("suggest", *inputs.arguments(), "--json")
        assert result.exit_code == 0
        assert any("feed/nowhere" in one for one in orjson.loads(result.stdout)["notes"])
        assert "feed/nowhere" in result.stderr


class TestExplain:
    def test_a_group_that_fits(self, inputs: Inputs) -> None:
        said = words(done("explain", "feed/harbour-lights", *inputs.arguments()))
        assert "Harbour Lights" in said
        one = in_json("explain", "feed/harbour-lights", *inputs.arguments())["suggestion"]
        assert one in in_json("suggest", *inputs.arguments())["groups"]["eligible"]

    def test_a_group_that_does_not_says_which_rule_and_why(self, inputs: Inputs) -> None:
        said = words(done("explain", "feed/second-wind", *inputs.arguments()))
        rule = next(o for o in load_policy().must_nots if o.id == "no-meeting-in-free-time")
        assert rule.title in said

    def test_a_target_that_is_not_there(self, inputs: Inputs) -> None:
        result = peer_match("explain", "feed/nowhere", *inputs.arguments())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "`feed/nowhere` is not among the 2 groups and mentors" in result.stderr
        assert "did you mean" not in result.stderr

    @pytest.mark.parametrize(
        "target", ["feed/harbor-lights", "harbour-lights", "Feed/Harbour-Lights", "Harbour lights"]
    )
    def test_a_target_that_is_not_quite_there(self, inputs: Inputs, target: str) -> None:
        result = peer_match("explain", target, *inputs.arguments())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "; did you mean `feed/harbour-lights`" in result.stderr


class TestDirectory:
    def test_what_became_of_the_rows(self, inputs: Inputs) -> None:
        inputs.groups.write_bytes(orjson.dumps([*GROUPS, {"name": "No slug"}]))
        arguments = ("directory", "read", inputs.groups, "--fellowship", "aa")
        result = peer_match(*arguments)
        assert (result.exit_code, result.stderr) == (1, "")
        said = result.stdout
        assert said.startswith("feed: 3 rows, 2 groups (meeting-guide)\n")
        assert "1  refused: id-missing" in said
        assert "2  taken-with-doubt: zone-missing" in said
        assert (
            "\n  zone-missing: no time zone in the row or in the settings: its time cannot be "
            "compared\n"
        ) in said
        assert said.count("  --json lists the rows\n") == 1
        assert said.endswith(
            f"{inputs.groups}: row 3: id-missing: the listing has no slug or id, "
            "so nothing could refer to it again\n"
        )
        found = orjson.loads(peer_match(*arguments, "--json").stdout)
        assert (found["rows"], found["groups"]) == (3, 2)
        assert found["tzdata_version"] == TZDATA_VERSION
        assert {"kind": "refused", "reason": "id-missing", "rows": 1} in found["reasons"]

    def test_what_was_read_can_be_matched_in_place_of_the_feed(self, inputs: Inputs) -> None:
        # The same folder name for the feed, so that ids and annotations stay as they are.
        kept = inputs.folder / "kept" / "feed.json"
        options = ("--fellowship", "aa", "--zone", "America/Los_Angeles", "--out", kept)
        done("directory", "read", inputs.groups, *options)
        from_feed = in_json("suggest", *inputs.arguments())["groups"]
        inputs.groups.write_bytes(kept.read_bytes())
        from_kept = in_json("suggest", *inputs.arguments())["groups"]
        assert from_feed["eligible"]
        for name, part in from_feed.items():
            if name != "runner_up":
                assert _outcomes(part) == _outcomes(from_kept[name])

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--fellowship", "a-a"), "`a-a` is not in the vocabulary `fellowship`"),
            (("--zone", "Mars/Olympus"), "Mars/Olympus"),
            (("--retrieved", "yesterday"), "`yesterday` is not a date such as 2026-03-01"),
            (("--format", "peer-match"), "it has no `peer_match_groups`"),
        ],
    )
    def test_wrong_settings(self, inputs: Inputs, options: tuple[str, str], said: str) -> None:
        out = inputs.folder / "out.json"
        result = peer_match("directory", "read", inputs.groups, *options, "--out", out)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
        assert not out.exists()

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_the_ends_of_the_calendar(self, inputs: Inputs, day: str) -> None:
        done("directory", "read", inputs.groups, "--retrieved", day)
        inputs.groups.write_bytes(orjson.dumps([{**GROUPS[0], "updated": f"{day} 00:00:00"}]))
        done("directory", "read", inputs.groups, "--retrieved", day)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        result = peer_match("directory", "read", tmp_path / "nowhere.json")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nowhere.json: no such file or directory" in result.stderr


class TestIntake:
    def test_the_form_is_that_of_the_pack(self, pack: Path) -> None:
        form = orjson.loads(done("intake", "form"))
        assert in_json("intake", "form") == form == intake_questionnaire()
        questions = pack / "intake.yaml"
        questions.write_text(
            questions.read_text("utf-8").replace("When in the week are you free?", "When?"), "utf-8"
        )
        asked = {
            one["linkId"]: one["text"] for one in in_json("intake", "form", "--rules", pack)["item"]
        }
        assert asked["patient.availability"] == "When?"

    def test_a_blank_response_is_refused_until_it_is_complete(self, inputs: Inputs) -> None:
        answers = in_json("intake", "blank", "--patient-id", "p1")
        assert answers["subject"] == {"reference": "Patient/p1"}
        inputs.intake.write_bytes(orjson.dumps(answers))
        result = peer_match("suggest", *inputs.arguments())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "the answers have the status in-progress" in result.stderr

    def test_a_pack_that_is_not_there(self, tmp_path: Path) -> None:
        result = peer_match("intake", "form", "--rules", tmp_path / "nowhere")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nowhere:1:1: PM100 error: " in result.stderr


class TestRules:
    def test_the_shipped_pack_has_no_problems(self) -> None:
        count = len(load_policy().rules_and_tables())
        assert done("rules", "check") == f"{count} rules, no problems\n"
        assert in_json("rules", "check") == {"diagnostics": [], "rules": count}

    def test_reviews_that_are_overdue_are_told_on_a_day(self) -> None:
        assert "PM" in peer_match("rules", "check", "--as-of", "2040-01-01").stdout
        result = peer_match("rules", "check", "--as-of", "soon")
        assert (result.exit_code, result.stderr) == (2, "`soon` is not a date such as 2026-03-01\n")

    def test_the_examples_of_the_shipped_pack_come_out(self) -> None:
        assert re.fullmatch(
            r"\d+ examples of \d+ rules came out as expected\n", done("rules", "test")
        )
        found = in_json("rules", "test")
        assert found["diagnostics"] == []
        assert len(found["examples"]) > 3 * 45
        assert all(one["passed"] for one in found["examples"])

    def test_a_rule_in_prose(self) -> None:
        said = done("rules", "show", "medication-hostile-group")
        assert "Someone taking medication for opioid use disorder" in said
        assert in_json("rules", "show", "medication-hostile-group") == {
            "medication-hostile-group": said.rstrip("\n")
        }
        assert len(in_json("rules", "show")) == len(load_policy().rules_and_tables())

    def test_a_rule_that_is_not_there(self) -> None:
        result = peer_match("rules", "show", "medication-hostile")
        assert (result.exit_code, result.stderr) == (
            2,
            "the pack has no rule `medication-hostile`; did you mean `medication-hostile-group`?\n",
        )
        result = peer_match("rules", "show", "x")
        assert (result.exit_code, result.stderr) == (2, "the pack has no rule `x`\n")

    def test_a_pack_that_is_not_there(self, tmp_path: Path) -> None:
        for command in ("check", "test"):
            result = peer_match("rules", command, tmp_path / "nowhere")
            assert (result.exit_code, result.stdout) == (2, "")
            assert "nowhere:1:1: PM100 error: " in result.stderr

    def test_a_new_rule_passes_the_check_and_its_own_examples(self, pack: Path) -> None:
        said = done("rules", "new", "must_not", "too-loud", "--rules", pack)
        path = pack / "group" / "must_not" / "too-loud.yaml"
        assert str(path) in said
        count = len(load_policy().rules_and_tables()) + 1
        said = done("rules", "check", pack)
        assert (said.count("PM405 warning"), said.splitlines()[-1]) == (3, "3 warnings")
        assert f"of {count} rules came out as expected" in done("rules", "test", pack)
        assert "too-loud" in in_json("rules", "show", "too-loud", "--rules", pack)
        other = in_json("rules", "new", "plan", "too-quiet", "--rules", pack)
        assert other == {"wrote": str(pack / "plan" / "too-quiet.yaml")}
        again = peer_match("rules", "new", "must_not", "too-loud", "--rules", pack)
        assert again.exit_code == 2
        assert "Traceback" not in again.output

    def test_a_problem_is_told_where_it_is(self, pack: Path) -> None:
        done("rules", "new", "must_not", "too-loud", "--rules", pack)
        path = pack / "group" / "must_not" / "too-loud.yaml"
        path.write_text(path.read_text("utf-8").replace("is opposed", "is oposed"), "utf-8")
        result = peer_match("rules", "check", pack)
        assert result.exit_code == 1
        assert re.search(r"too-loud\.yaml:\d+:\d+: PM\d+ error: .*`oposed`", result.stdout)
        assert "did you mean `opposed`?" in result.stdout
        in_machine = peer_match("rules", "check", pack, "--json")
        assert in_machine.exit_code == 1
        found = orjson.loads(in_machine.stdout)["diagnostics"]
        [problem] = [one for one in found if one["severity"] == "error"]
        assert problem["code"] in result.stdout

    def test_an_example_that_fails_is_a_problem(self, pack: Path) -> None:
        done("rules", "new", "must_not", "too-loud", "--rules", pack)
        path = pack / "group" / "must_not" / "too-loud.yaml"
        path.write_text(path.read_text("utf-8").replace("expect: blocked", "expect: hold"), "utf-8")
        result = peer_match("rules", "test", pack, "--json")
        assert result.exit_code == 1
        found = orjson.loads(result.stdout)
        failed = [one for one in found["examples"] if not one["passed"]]
        assert [(one["expected"], one["got"]) for one in failed] == [("hold", "blocked")]
        assert found["diagnostics"]

    def test_the_schema_is_one_and_knows_a_rule(self) -> None:
        schema = orjson.loads(done("rules", "schema"))
        Draft202012Validator.check_schema(schema)
        assert in_json("rules", "schema") == schema
        assert not Draft202012Validator(schema).is_valid({"must_not": "x"})


def _apps() -> list[tuple[str | None, Any]]:
    return [(None, app), *((one.name, one.typer_instance) for one in app.registered_groups)]


def _command_names(typer_app: Any) -> list[str]:
    return [one.name or one.callback.__name__ for one in typer_app.registered_commands]


def _without(texts: set[str], said: str) -> str:
    for text in texts:
        said = said.replace(text, "feed row")
    return said


def _lists(decision: Any) -> list[list[Any]]:
    return [part for name, part in decision["groups"].items() if name != "runner_up"]


def _asks(decision: Any) -> set[str]:
    return {
        said["rule"]
        for one in decision["groups"]["eligible"]
        for said in one["screening"]
        if said["outcome"] == "ask"
    }


def _outcomes(part: list[Any]) -> list[tuple[str, str, Any]]:
    return [(one["target"], one["outcome"], one["score"]) for one in part]
