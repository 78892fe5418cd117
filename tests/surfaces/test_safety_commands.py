"""The commands of safety: assess, event, escalation, worker, status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from delivery import receiver as receivers
from delivery.receiver import Receiver

from .in_process import peer_match, words

ROUNDS = 10
KIM = {"type": "Practitioner", "identifier": {"value": "kim"}, "display": "Kim Park"}
TODAY = datetime.now(UTC).isoformat()
NOW = "2026-03-01T09:00:00-08:00"
DISCLOSURE: dict[str, Any] = {
    "kind": "disclosure-of-suicidal-thoughts",
    "source": "group-form",
    "id": "17",
    "date": "2026-03-01T07:30:00-08:00",
    "recorded": "2026-03-01T08:00:00-08:00",
    "severity": "immediate",
    "stated_by": "programme",
}


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Records of its own for each test."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    monkeypatch.setenv("PEER_MATCH_DATABASE", url)
    return url


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.running() as one:
        yield one


def history(folder: Path, *events: dict[str, Any], **more: object) -> Path:
    path = folder / "history.json"
    path.write_bytes(orjson.dumps({"subject": "ann", "events": list(events), **more}))
    return path


def done(*arguments: str | Path) -> str:
    """What a command printed that ended well, whatever it warns of: no worker is alive here."""
    result = peer_match(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def in_json(*arguments: str | Path) -> Any:
    return orjson.loads(done(*arguments, "--json"))


def sent_to(receiver: Receiver) -> list[dict[str, Any]]:
    """Every Task at the server after as many rounds as it takes."""
    arguments = ["worker", "--once", "--server", receiver.base, "--loopback"]
    for _ in range(ROUNDS):
        assert peer_match(*arguments).exit_code == 0
        if in_json("status")["outbox_waiting"] == 0:
            return receiver.kept("Task")
    raise AssertionError("something still waits to be sent")


def told(*more: str, when: str = TODAY) -> Any:
    """A disclosure that is a danger to life, kept; what the command prints as JSON."""
    return in_json(
        "event", "add", "disclosure-of-suicidal-thoughts", "--subject", "ann",
        "--source", "group-form", "--id", "17", "--severity", "immediate", "--when", when, *more,
    )  # fmt: skip


def open_ones(*more: str) -> list[Any]:
    return in_json("escalation", "list", *more)


class TestAssess:
    def test_an_emergency_comes_first_and_says_that_nobody_was_told(self, tmp_path: Path) -> None:
        said = words(done("assess", history(tmp_path, DISCLOSURE), "--as-of", NOW))
        head = said.index("Emergency: ")
        assert head < said.index("What holds, and who must act by when")
        assert "911" in said
        assert "group-form#17" in said
        assert "by 2026-03-01 09:10 -0800" in said
        assert "alerted" not in said

    def test_a_line_that_nobody_verified_says_so(self, tmp_path: Path) -> None:
        said = words(done("assess", history(tmp_path, DISCLOSURE), "--as-of", NOW))
        assert "(verified by nobody yet)" in said

    def test_nothing_known_is_not_read_as_safe(self, tmp_path: Path) -> None:
        said = words(done("assess", history(tmp_path), "--as-of", NOW))
        assert "This is not a finding of safety" in said
        assert "Not known, and to be looked at" in said

    def test_each_fact_that_is_not_known_is_said_once_to_each_role(self, tmp_path: Path) -> None:
        said = words(done("assess", history(tmp_path), "--as-of", NOW))
        blocks = said.split("To be answered by ")[1:]
        assert len({one.partition(":")[0] for one in blocks}) == len(blocks) > 1
        for block in blocks:
            assert block.count("whether there was in the past 2 days: An overdose") <= 1

    def test_in_json(self, tmp_path: Path) -> None:
        found = in_json("assess", history(tmp_path, DISCLOSURE), "--as-of", NOW)
        assert found["severity"] == "emergent"
        assert found["escalations"][0]["steps"][0]["role"] == "clinician"

    def test_by_what_was_known_then(self, tmp_path: Path) -> None:
        """What was recorded only afterwards was not known."""
        before = "2026-03-01T07:45:00-08:00"
        path = history(tmp_path, DISCLOSURE)
        found = in_json("assess", path, "--as-of", NOW, "--known-at", before)
        assert found["alerts"] == []

    def test_fhir_is_written_as_a_transaction(self, tmp_path: Path) -> None:
        out = tmp_path / "out.json"
        done("assess", history(tmp_path, DISCLOSURE), "--as-of", NOW, "--fhir", out)
        written = orjson.loads(out.read_bytes())
        assert written["type"] == "transaction"
        kinds = {one["resource"]["resourceType"] for one in written["entry"]}
        assert {"Flag", "RiskAssessment", "Task"} <= kinds

    def test_another_recipient_sees_a_concern_and_not_what_it_is(self, tmp_path: Path) -> None:
        said = words(
            done("assess", history(tmp_path, DISCLOSURE), "--as-of", NOW,
                 "--recipient", "point-of-contact")
        )  # fmt: skip
        assert "A concern for the person’s safety" in said
        assert "thoughts of suicide" not in said.lower()

    def test_every_problem_of_a_history_is_said_at_once(self, tmp_path: Path) -> None:
        bad = {**DISCLOSURE, "kind": "no-such-kind"}
        worse = {**DISCLOSURE, "id": "18", "severity": "huge"}
        result = peer_match("assess", history(tmp_path, bad, worse), "--as-of", NOW)
        assert result.exit_code == 2
        assert "no-such-kind" in result.stderr
        assert "huge" in result.stderr

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"subject": "ann", "events": 1}'])
    def test_a_file_that_is_no_history_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "history.json"
        path.write_text(text, "utf-8")
        result = peer_match("assess", path, "--as-of", NOW)
        assert result.exit_code == 2
        assert "history.json" in result.stderr


class TestEvent:
    def test_an_event_is_kept_and_an_escalation_opened(self) -> None:
        assert told()["severity"] == "emergent"
        (found,) = [one for one in open_ones() if one["severity"] == "emergent"]
        assert found["subject"] == "ann"
        assert found["state"] == "open"
        assert found["evidence"] == ["group-form#17"]

    def test_when_it_happened_has_to_be_said(self) -> None:
        """Nobody finds out only later that a disclosure of today lies in no window for sure."""
        result = peer_match("event", "add", "overdose", "--subject", "ann", "--source", "x")
        assert result.exit_code == 2
        assert "--when" in words(result.stderr)

    def test_an_unknown_day_makes_a_question_of_it_and_never_safety(self) -> None:
        found = told(when="unknown")
        asked = {one["rule"]: one["due"] for one in found["questions"]}
        assert found["severity"] is None
        assert asked["suicidal-thoughts-danger-now"] is not None

    def test_told_twice_it_is_one_escalation(self) -> None:
        told()
        first = open_ones()
        told()
        assert open_ones() == first

    def test_a_kind_that_is_not_known_is_refused_and_nothing_is_kept(self) -> None:
        result = peer_match(
            "event",
            "add",
            "dissclosure",
            "--subject",
            "ann",
            "--source",
            "x",
            "--when",
            "2026-03-01",
        )
        assert result.exit_code == 2
        assert "disclosure" in result.stderr
        assert open_ones("--all") == []

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (["--severity", "huge"], "huge"),
            (["--when", "yesterday"], "yesterday"),
            (["--about", "cat"], "cat"),
            (["--now", "soon"], "soon"),
            (["--answer", "item"], "item"),
        ],
    )
    def test_what_cannot_be_is_refused(self, more: list[str], said: str) -> None:
        result = peer_match(
            "event",
            "add",
            "disclosure",
            "--subject",
            "ann",
            "--source",
            "x",
            *([] if "--when" in more else ["--when", "2026-03-01"]),
            *more,
        )
        assert result.exit_code == 2
        assert said in words(result.stderr)
        assert open_ones("--all") == []

    def test_a_history_is_imported_once_however_often(self, tmp_path: Path) -> None:
        path = history(tmp_path, DISCLOSURE)
        in_json("event", "import", path, "--now", NOW)
        first = open_ones()
        assert first
        in_json("event", "import", path, "--now", NOW)
        assert open_ones() == first

    def test_a_retraction_counts_only_from_a_role_that_may(self) -> None:
        told()
        common = ["event", "retract", "group-form#17", "--subject", "ann", "--by", "Kim Park",
                  "--reason", "another person"]  # fmt: skip
        assert in_json(*common, "--role", "mentor")["severity"] == "emergent"
        after = in_json(*common, "--role", "clinician")
        assert "group-form#17" not in str(after["alerts"])

    def test_a_retraction_closes_nothing(self) -> None:
        """An escalation is latched: only a named person ends it."""
        told()
        done("event", "retract", "group-form#17", "--subject", "ann", "--by", "Kim Park",
             "--role", "clinician", "--reason", "another person")  # fmt: skip
        assert [one["state"] for one in open_ones() if one["severity"] == "emergent"] == ["open"]

    def test_a_reassessment_takes_away_what_it_lists(self) -> None:
        told()
        after = in_json(
            "event", "reassess", "--subject", "ann", "--by", "Kim Park", "--role", "clinician",
            "--considered", "group-form#17", "--finding", "no intent",
        )  # fmt: skip
        assert after["severity"] is None
        assert after["alerts"] == []

    def test_kinds(self) -> None:
        assert "disclosure-of-suicidal-thoughts: " in done("event", "kinds")
        assert in_json("event", "kinds")["overdose"]["counts_as"] == "risk"


class TestEscalation:
    def test_nothing_is_open(self) -> None:
        assert done("escalation", "list") == "No escalation is open.\n"

    def test_one_with_its_ladder(self) -> None:
        told()
        one = open_ones()[0]
        said = words(done("escalation", "show", one["id"]))
        assert "nobody has acknowledged it" in said
        for step in one["plan"]["steps"]:
            assert words(step["title"]) in said

    def test_how_far_each_call_has_come(self, receiver: Receiver) -> None:
        told()
        one = next(each for each in open_ones() if each["severity"] == "emergent")
        assert "its task waits to be sent" in words(done("escalation", "show", one["id"]))
        sent_to(receiver)
        said = words(peer_match("escalation", "show", one["id"]).output)
        assert "its task was sent, kept as Task/" in said
        assert ", there requested" in said
        for word in ("alerted", "notified", "was told"):
            assert word not in said
        [call, *later] = orjson.loads(peer_match("escalation", "show", one["id"], "--json").stdout)[
            "calls"
        ]
        assert (call["state"], call["status"]) == ("sent", "requested")
        assert later == [None] * len(later)

    def test_a_named_person_acknowledges_and_closes_it(self) -> None:
        told()
        one = open_ones()[0]["id"]
        said = words(
            done("escalation", "acknowledge", one, "--by", "Kim Park", "--role", "clinician")
        )
        assert "acknowledged by Kim Park" in said
        again = done("escalation", "acknowledge", one, "--by", "Kim Park", "--role", "clinician")
        assert "nothing has changed" in again
        said = words(done("escalation", "close", one, "--by", "Kim Park", "--reason", "seen"))
        assert "closed by Kim Park" in said
        assert one not in [each["id"] for each in open_ones()]
        assert one in [each["id"] for each in open_ones("--all")]

    @pytest.mark.parametrize(
        "arguments",
        [("show", "no-such"), ("acknowledge", "no-such", "--by", "Kim Park"),
         ("close", "no-such", "--by", "Kim Park", "--reason", "x")],
    )  # fmt: skip
    def test_one_that_is_not_there(self, arguments: tuple[str, ...]) -> None:
        result = peer_match("escalation", *arguments)
        assert result.exit_code == 2
        assert "no-such" in result.stderr

    @pytest.mark.parametrize("command", ["acknowledge", "close"])
    def test_nobody_without_a_name_does(self, command: str) -> None:
        told()
        one = open_ones()[0]["id"]
        reason = ["--reason", "x"] if command == "close" else []
        result = peer_match("escalation", command, one, "--by", " ", *reason)
        assert result.exit_code == 2
        assert open_ones()[0]["state"] == "open"


class TestWorkerAndStatus:
    def test_empty_records_are_healthy(self) -> None:
        assert "Healthy." in done("status")

    def test_without_a_worker_every_command_says_that_nobody_is_being_called(self) -> None:
        told()
        result = peer_match("status")
        assert result.exit_code == 1
        assert "no worker is alive" in words(result.output)
        assert "No worker is alive" in words(peer_match("escalation", "list").stderr)

    def test_what_follows_reaches_the_server_once(self, receiver: Receiver) -> None:
        told()
        first = sent_to(receiver)
        assert sent_to(receiver) == first

    def test_who_is_called_waits_for_nothing_else(self, receiver: Receiver) -> None:
        """The first that is sent of a person is the call, before all that is only asked."""
        told()
        sent_to(receiver)
        first = receiver.kept("Task")[0]
        assert first["priority"] == "stat"
        assert "groupIdentifier" in first

    def test_a_deadline_that_has_passed_begins_the_next_step(self) -> None:
        told("--now", NOW, when="2026-03-01T07:30:00-08:00")
        one = next(each for each in open_ones() if each["severity"] == "emergent")
        result = peer_match("worker", "--once")
        assert one["id"] in words(result.output)
        after = in_json("escalation", "show", one["id"])
        assert after["step"] > one["step"]

    def test_what_the_server_says_is_taken_in(self, receiver: Receiver) -> None:
        told()
        one = sent_to(receiver)[0]
        receiver.change(
            f"Task/{one['id']}",
            status="accepted",
            owner=KIM,
        )
        arguments = ["worker", "--once", "--server", receiver.base, "--loopback"]
        assert "acknowledged: " in peer_match(*arguments).output
        states = {each["state"] for each in open_ones() if each["severity"] == "emergent"}
        assert "acknowledged" in states

    @pytest.mark.parametrize(
        "more",
        [["--server", "ftp://ehr.example"], ["--server", "http://127.0.0.1:1"],
         ["--server", "https://ehr.example/fhir", "--client-id", "x"]],
    )  # fmt: skip
    def test_a_server_that_may_not_be_called_is_refused(self, more: list[str]) -> None:
        assert peer_match("worker", "--once", *more).exit_code == 2
