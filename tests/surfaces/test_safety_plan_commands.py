"""`peer-match safety-plan`: from a blank form to what the plan lacks and when it is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from peer_match.sample import patients, safety_plans
from policy.packs import Pack

from .in_process import done, in_json, peer_match, words

PLAN = safety_plans()["thomas-reed"]
PATIENT = next(one for one in patients() if one.stem == "thomas-reed")
AT = ("--as-of", "2026-03-09T09:00:00-06:00")


def history(folder: Path, **event: Any) -> Path:
    told = {"kind": "overdose", "source": "form", "id": "1", "date": "2026-03-08T22:00:00-06:00",
            "recorded": "2026-03-08T22:30:00-06:00"} | event  # fmt: skip
    path = folder / "history.json"
    path.write_bytes(orjson.dumps({"subject": "thomas-reed", "events": [told]}))
    return path


def plan(folder: Path, **other: Any) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps(json.loads(PLAN.read_text("utf-8")) | other), "utf-8")
    return path


def test_a_blank_form_can_be_filled_and_reviewed(tmp_path: Path) -> None:
    form = orjson.loads(done("safety-plan", "form"))
    assert form["resourceType"] == "Questionnaire"
    blank = orjson.loads(done("safety-plan", "blank", "--patient-id", "42"))
    assert blank["subject"] == {"reference": "Patient/42"}
    path = tmp_path / "plan.json"
    path.write_bytes(orjson.dumps(blank | {"status": "completed", "authored": "2026-03-05"}))
    found = in_json("safety-plan", "review", path, *AT)
    assert [one["lack"] for one in found["gaps"]] == ["not answered"] * 6 + ["no clinician"]


def test_a_plan_is_shown_with_what_it_lacks_and_when_it_is_looked_at(tmp_path: Path) -> None:
    said = words(done("safety-plan", "review", PLAN, *AT, "--history", history(tmp_path),
                      "--patient", PATIENT))  # fmt: skip
    for text in (
        "Thomas Reed A plan for when it gets hard Not clinically approved.",
        "Made on 2026-03-05 11:30 -0600 with Dr. Samir Rao",
        "4. Whom I can tell - My brother Dan (555-0142, also at night)",
        "6. How my surroundings become safer The person prefers not to say.",
        "Emergency: Emergency services, call 911 (verified by nobody yet)",
        "to be mended by the clinician by 2026-03-08 11:30 -0600, which has passed",
        "Something happened since: it is to be looked at again, by the clinician, by "
        "2026-03-09 22:00 -0600.",
        "because of: An overdose, on 2026-03-08 22:00 -0600 (form#1, stated by record)",
    ):
        assert text in said


def test_without_a_history_it_says_what_nobody_can_say() -> None:
    said = words(done("safety-plan", "review", PLAN, *AT))
    assert "It is to be looked at again, as far as is known" in said
    assert "Nobody would have recorded each of these since, so ask: - A suicide attempt" in said


def test_the_records_say_what_happened_since(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    done("event", "add", "overdose", "--subject", "thomas-reed", "--source", "form", "--id", "1",
         "--when", "2026-03-08T22:00:00-06:00", "--now", "2026-03-08T22:30:00-06:00",
         "--database", url)  # fmt: skip
    result = peer_match("safety-plan", "review", PLAN, *AT, "--records", url, "--json")
    assert "worker" in result.stderr  # nobody runs one here, and every surface says so
    found = orjson.loads(result.stdout)
    assert (found["standing"], [one["key"] for one in found["reasons"]]) == ("due", ["form#1"])


def test_the_bundle_is_for_its_recipient(tmp_path: Path) -> None:
    for recipient, types in (
        ("clinician", ["CarePlan", "Task", "Task", "Provenance"]), ("mentor", []),
    ):  # fmt: skip
        out = tmp_path / f"{recipient}.json"
        done("safety-plan", "review", PLAN, *AT, "--fhir", out, "--recipient", recipient)
        entries = orjson.loads(out.read_bytes()).get("entry", [])
        assert [one["resource"]["resourceType"] for one in entries] == types


def test_who_may_not_see_a_plan_is_told_nothing_of_it(tmp_path: Path) -> None:
    odd = plan(tmp_path, item=[{"linkId": "odd"}])
    result = peer_match("safety-plan", "review", odd, *AT, "--recipient", "mentor")
    assert result.exit_code == 0
    assert result.output == "Withheld: the recipient `mentor` is not told of safety plans.\n"


def test_what_was_left_out_is_a_warning_at_its_place(tmp_path: Path) -> None:
    result = peer_match("safety-plan", "review", plan(tmp_path, item=[{"linkId": "odd"}]), *AT)
    assert result.exit_code == 0
    assert "warning: QuestionnaireResponse.item[0].linkId: the plan has no question `odd`" \
        in words(result.stderr)  # fmt: skip


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"status": "in-progress"}, "QuestionnaireResponse.status: the answers have the status"),
        ({"subject": {"reference": "Patient/rosa-delgado"}}, "about somebody else"),
        ({"subject": None}, "the answers do not say whom they are about"),
    ],
)
def test_answers_that_cannot_be_relied_on_end_the_command(
    tmp_path: Path, other: dict[str, Any], said: str
) -> None:
    out = tmp_path / "out.json"
    result = peer_match("safety-plan", "review", plan(tmp_path, **other), *AT,
                        "--patient", PATIENT, "--fhir", out)  # fmt: skip
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in words(result.stderr)
    assert not out.exists()


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    result = peer_match("safety-plan", "review", plan(tmp_path, status="draft"), *AT,
                        "--recipient", "nobody", "--patient", tmp_path / "none.json")  # fmt: skip
    assert result.exit_code == 2
    for said in ("`nobody` is not a recipient", "only whole answers", "none.json"):
        assert said in words(result.stderr)


def test_a_history_of_somebody_else_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(orjson.dumps({"subject": "rosa-delgado", "events": []}))
    result = peer_match("safety-plan", "review", PLAN, *AT, "--history", other)
    assert result.exit_code == 2
    assert "not of one person" in result.stderr


def test_a_pack_without_a_plan_says_so(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "rules", whole=True)
    (pack.root / "safety_plan.yaml").unlink()
    for command in (("form",), ("blank",), ("review", PLAN, *AT)):
        result = peer_match("safety-plan", *command, "--rules", pack.root)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "the pack has no safety plan" in result.stderr
