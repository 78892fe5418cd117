"""`peer-match engine`: what a person has to look at, and who has looked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from peer_match.decide.assessment import Engine
from peer_match.records.store import open_store
from records.made import NOON, assessment

from .in_process import done, in_json, peer_match

FAILED = replace(assessment(), engine=Engine("failed", "it gave no answer in time", ("a-rule",)))


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    with open_store(url) as store:
        store.migrate()
        with store.writing("engine", NOON) as work:
            work.ask_for_engine_review(FAILED)
    return url


def test_it_is_told_until_a_named_person_has_closed_it(url: str) -> None:
    status = peer_match("status", "--database", url)
    assert status.exit_code == 1
    assert "the rules engine failed or differed, and nobody has looked: 1" in status.output
    listed = peer_match("engine", "list", "--database", url)
    assert listed.stderr.startswith("warning: The rules engine failed or differed")
    assert "1: the rules engine gave no answer" in listed.stdout
    assert "it gave no answer in time" in listed.stdout
    closing = ("engine", "close", "1", "--by", "Dana Ruiz", "--reason", "the machine was full")
    assert "closed by Dana Ruiz" in peer_match(*closing, "--database", url).stdout
    assert "There is nothing to look at." in done("engine", "list", "--database", url)
    [one] = in_json("engine", "list", "--all", "--database", url)
    assert (one["closed_by"]["name"], one["closed_reason"]) == ("Dana Ruiz", "the machine was full")
    assert peer_match("status", "--database", url).exit_code == 0


def test_what_is_not_open_is_refused(url: str) -> None:
    found = peer_match("engine", "close", "9", "--by", "Dana", "--reason", "x", "--database", url)
    assert found.exit_code == 2
    assert "no review of the engine with the number 9" in found.output
