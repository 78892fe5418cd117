"""The week that `make demo` plays: everything that happens is told, whoever is silent is followed
by somebody else, and what is left is what nobody closed."""

import io
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from peer_match import sample
from peer_match.policy.safety_files import SEVERITIES
from peer_match.records.store import open_store
from peer_match.surfaces.demo_week import Week, play, show

PAGE = (Path(__file__).parents[2] / "docs" / "sample-caseload.md").read_text("utf-8")
ENTRIES = orjson.loads(sample.week().read_bytes())["entries"]
EVENTS = [one for one in ENTRIES if "event" in one]
ANSWERS = [one for one in ENTRIES if "acknowledges" in one]


def quietly() -> Console:
    return Console(file=io.StringIO(), width=200)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return play(tmp_path_factory.mktemp("week"), quietly())


def text(week: Week) -> str:
    console = quietly()
    show(week, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_event_is_told_in_its_place(week: Week) -> None:
    told = {(one.when, one.subject) for one in week.moments}
    for one in EVENTS:
        assert (datetime.fromisoformat(one["at"]), one["subject"]) in told
    assert [one.when for one in week.moments] == sorted(one.when for one in week.moments)


def test_whoever_acknowledges_is_named_and_nobody_is_called_for_it_afterwards(week: Week) -> None:
    for one in ANSWERS:
        name = one["by"]["name"]
        subject = one["acknowledges"]
        said = [
            at
            for at in week.moments
            if at.subject == subject and at.lines[0].startswith(f"{name} has it in hand: ")
        ]
        assert said, one
        in_hand = {at.lines[0].partition(": ")[2] for at in said}
        later = [at for at in week.moments if at.subject == subject and at.when > said[0].when]
        silent = {at.lines[0].partition(": ")[2] for at in later if "no answer from" in at.lines[0]}
        assert not in_hand & silent


def test_silence_calls_the_next_one(week: Week) -> None:
    assert any(
        one.subject == "bethany-cole" and one.lines[0].startswith("no answer from clinician")
        and "(supervisor)" in one.lines[1]
        for one in week.moments
    )  # fmt: skip


def test_what_is_left_is_what_the_records_hold_the_most_severe_first(week: Week) -> None:
    with open_store(f"sqlite:///{week.database}") as store, store.reading() as reader:
        held = reader.escalations()
    assert len(week.open) == len(held) > 0
    ranks = [SEVERITIES.index(one.severity) for one in week.open]  # pyright: ignore[reportArgumentType]
    assert ranks == sorted(ranks, reverse=True)
    in_hand = {one.id for one in held if one.state == "acknowledged"}
    assert sum("has it in hand" in one.stands for one in week.open) == len(in_hand)


def test_it_never_says_that_anybody_was_alerted(week: Week) -> None:
    shown = text(week).lower()
    for word in ("alerted", "notified", "informed", "safe."):
        assert word not in shown


def test_a_second_time_it_is_the_same_week(week: Week, tmp_path: Path) -> None:
    again = play(tmp_path, quietly())
    assert (again.moments, again.open) == (week.moments, week.open)


def test_the_page_of_the_sample_says_who_is_in_the_week_and_how_severe_it_becomes(
    week: Week,
) -> None:
    table = PAGE.partition("## The week of events")[2]
    for subject in {one["subject"] for one in EVENTS}:
        most = max(
            (one.severity for one in week.moments if one.subject == subject and one.severity),
            key=SEVERITIES.index,
        )
        assert f"| `{subject}` |" in table
        row = next(line for line in table.splitlines() if line.startswith(f"| `{subject}` |"))
        assert row.endswith(f"| {most} |"), row


def test_the_safety_plans_are_looked_at_as_of_its_end(week: Week) -> None:
    """By the records of the week, in which it was told that one was made."""
    assert [one.subject.id for one in week.plans] == [*sample.safety_plans()]
    [plan] = week.plans
    assert (plan.standing, plan.recipient) == ("in time", "clinician")
    assert [one.step for one in plan.gaps] == ["safer-surroundings"]
    said = text(week)
    assert "thomas-reed  made with Dr. Samir Rao" in said
    assert "it is to be looked at again, by Sat 04 Apr 11:30" in said
