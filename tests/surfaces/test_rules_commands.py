"""`peer-match rules` where there is no pack, or where it is named by its folder."""

import shutil
from pathlib import Path

import orjson
import pytest

from peer_match.policy.load import load_policy, shipped_rules

from .in_process import done, in_json, peer_match


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the shipped pack, to be changed."""
    return Path(shutil.copytree(shipped_rules(), tmp_path / "rules"))


@pytest.mark.parametrize("command", ["check", "test", "show"])
def test_a_folder_within_a_pack_is_one_problem(
    pack: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pack.parent)
    result = peer_match("rules", command, "rules/group/must_not")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "rules/group/must_not:1:1: PM100 error: `rules/group/must_not` is no folder of a pack: "
        "it has no `pack.yaml`\n  help: name `rules`\n"
    )


def test_a_folder_in_no_pack_is_one_problem(tmp_path: Path) -> None:
    result = peer_match("rules", "check", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("PM") == 1
    assert result.stderr.endswith("\n  help: name the folder that holds `pack.yaml`\n")


def test_a_pack_elsewhere_is_named_by_its_whole_path(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = pack.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    result = peer_match("rules", "check", pack / "group")
    assert f"help: name `{pack}`\n" in result.stderr


@pytest.mark.parametrize("command", ["check", "test", "show", "facts --rules"])
def test_no_pack_in_json_is_on_the_output(tmp_path: Path, command: str) -> None:
    arguments = command.split()
    for folder in (tmp_path, *([] if command == "show" else [tmp_path / "nowhere"])):
        result = peer_match("rules", *arguments, folder, "--json")
        assert (result.exit_code, result.stderr) == (2, "")
        [problem] = orjson.loads(result.stdout)["diagnostics"]
        assert (problem["code"], problem["severity"]) == ("PM100", "error")
        assert problem["file"] == str(folder)


def test_a_pack_with_errors_in_json_is_on_the_output(pack: Path) -> None:
    (pack / "intake.yaml").unlink()
    result = peer_match("rules", "show", "--rules", pack, "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    assert orjson.loads(result.stdout)["diagnostics"]


def test_a_pack_is_shown_by_its_folder(pack: Path) -> None:
    (pack / "group" / "must_not" / "medication-hostile-group.yaml").unlink()
    assert in_json("rules", "show", pack) == in_json("rules", "show", "--rules", pack)
    assert len(in_json("rules", "show", pack)) == len(load_policy().rules_and_tables()) - 1


def test_a_new_rule_without_a_pack_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = peer_match("rules", "new", "must_not", "too-loud")
    assert (result.exit_code, result.stderr) == (
        2,
        "`rules` holds no pack.yaml; name the folder of your pack with --rules\n",
    )


def test_what_an_ehr_can_load_of_a_pack_is_one_bundle() -> None:
    found = orjson.loads(done("rules", "definitions"))
    kinds = [one["resource"]["resourceType"] for one in found["entry"]]
    assert kinds[:2] == ["Questionnaire", "Questionnaire"]
    assert {*kinds} == {"Questionnaire", "PlanDefinition", "CodeSystem"}
    urls = [one["resource"]["url"] for one in found["entry"]]
    assert len(set(urls)) == len(urls)
